"""The one place where a command becomes entries: when it is allowed, who may give it, and which rule answers it.

`_carry_out` is long on purpose: one case for each command and nothing else, so that none can be forgotten;
the module is longer than most for the same reason.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, assert_never

from bot.domain import (
    actions,
    aftercare,
    answering,
    by_hand,
    catching_up,
    circle,
    closing,
    deciding,
    duties,
    erasing,
    expecting,
    files,
    flags,
    lines,
    paging,
    privacy,
    rewritten,
    rounds,
    sitreps,
    steps,
    waves,
)
from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.authority import authorise
from bot.domain.draft import Draft
from bot.domain.ids import MunicipalityId, PageId, RoleId
from bot.domain.incident import Incident, State
from bot.domain.intake import Intake, read_alarm, urgency
from bot.domain.people import COORDINATOR
from bot.domain.playbook import BASE
from bot.domain.timers import Timer, timers
from bot.domain.wall import shown
from bot.domain.world import World

_OPEN: Final[frozenset[State]] = frozenset(("open",))
_RUN: Final[frozenset[State]] = frozenset(("open", "closed"))
_ANY: Final[frozenset[State]] = frozenset(("open", "closed", "finished"))
# In which states a command makes sense; every command not named here needs an open incident.
WHEN: Final[Mapping[type[c.Command], frozenset[State]]] = {
    c.RaiseAlarm: frozenset(("none",)),
    c.ReopenIncident: frozenset(("closed",)),
    c.Tick: frozenset(("none", "open", "closed", "finished")),
    c.ReportDelivery: _ANY,
    c.ReportRoom: _ANY,
    c.ReportRoomLost: _ANY,
    c.ReportMember: _ANY,
    c.ReportEmergency: _ANY,
    c.ReportFile: _ANY,
    c.ReportAway: _OPEN,
    c.EditSource: _ANY,
    c.RemoveSource: _ANY,
    c.RecordLine: _RUN,  # aftercare goes on in the log of a closed incident
    c.QualifyLine: _RUN,
    c.ReplaceLine: _RUN,
    c.SettleAssumption: _RUN,
    c.AnswerQuestion: _RUN,
    c.AnswerNotice: _RUN,
    c.ExplainDecision: _RUN,
    c.GiveReason: _RUN,
    c.PromiseReasons: _RUN,
    c.ConfirmDecision: _RUN,
    # an order can be in force for longer than the incident lasts; a new one wants it opened again
    c.PlanReview: _ANY,
    c.WithdrawDecision: _ANY,
    c.GiveAction: _RUN,
    # who promised something is held to it, however long ago the case was
    c.FinishAction: _ANY,
    c.DropAction: _ANY,
    c.PassOnAction: _ANY,
    c.MoveAction: _ANY,
    c.FinishStep: _RUN,
    c.SkipStep: _RUN,
    c.ClaimStep: _RUN,
    c.ReopenStep: _RUN,
    c.PostponeStep: _RUN,
    c.PassOnStep: _RUN,
    c.AcceptStep: _RUN,
    c.KeepStep: _RUN,
    c.FinishIncident: frozenset(("closed",)),
    c.PlanEvaluation: _RUN,
    c.NoteImprovement: _ANY,
    c.ReviewImprovement: _ANY,
    c.RecordObservation: frozenset(("closed", "finished")),
    # who observes is often named when it is over
    c.GiveDuty: _RUN,
    c.AcceptDuty: _RUN,
    c.DeclineDuty: _RUN,
    c.LayDownDuty: _RUN,
    c.AskErasure: _ANY,
    c.ConfirmErasure: _ANY,
    c.EraseNow: _ANY,
    c.PlaceHold: _ANY,
    c.LiftHold: _ANY,
    c.ReplaceKey: _RUN,
}

_NOT_NOW: Final[Mapping[State, str]] = {
    "none": "no_incident",
    "open": "incident_open",
    "closed": "incident_closed",
    "finished": "incident_finished",
}


def decide(incident: Incident, command: c.Command, world: World) -> list[e.Entry]:
    """The entries that `command` leads to, at `world.now`. Raises `Refused`; then nothing is recorded."""
    if incident.state not in WHEN.get(type(command), _OPEN):
        raise c.Refused(_NOT_NOW[incident.state])
    authorise(incident, command, world.reference.contacts)
    circle.keep_apart(incident, command)
    draft = Draft(incident, command.by, world)
    _carry_out(draft, command)
    waves.follow(draft)
    privacy.notice(draft)
    if draft.entries:
        steps.open_next(draft, incident)
    return draft.entries


def _carry_out(draft: Draft, command: c.Command) -> None:
    match command:
        case c.RaiseAlarm():
            _raise(draft, command)
        case c.AnswerIntake():
            expecting.answer(draft, command)
        case c.SkipIntake():
            expecting.skip_rest(draft)
        case c.SetExpectedTime():
            expecting.set_time(draft, command)
        case c.CallNow():
            _call_awaiting(draft, "now")
        case c.StopCall():
            _stop(draft)
        case c.CorrectCall():
            _correct(draft, command)
        case c.JoinSimilar():
            _join(draft)
        case c.TakeIn():
            draft.meet(command.person)
            draft.record(_taken_in(command))
        case c.StartPlaybook():
            _start(draft, command)
        case c.CallRole():
            by_hand.call_role(draft, command)
        case c.CallPerson():
            by_hand.call_person(draft, command)
        case c.Escalate():
            by_hand.escalate(draft, command)
        case c.ShowNumbers():
            by_hand.show_numbers(draft)
        case c.Acknowledge():
            answering.acknowledge(draft, command)
        case c.Decline():
            answering.decline(draft, command)
        case c.UndoAnswer():
            answering.undo(draft, command)
        case c.TakeOver():
            answering.take_over(draft, command)
        case c.AcceptHandover():
            answering.accept_handover(draft, command)
        case c.PutOffHandover():
            answering.put_off_handover(draft, command)
        case c.FinishStep():
            steps.finish(draft, command)
        case c.SkipStep():
            steps.skip(draft, command)
        case c.ClaimStep():
            steps.claim(draft, command)
        case c.ReopenStep():
            steps.reopen(draft, command)
        case c.RecordLine():
            lines.record(draft, command)
        case c.QualifyLine():
            lines.qualify(draft, command)
        case c.ReplaceLine():
            lines.put_in_place(draft, command)
        case c.SettleAssumption():
            lines.settle(draft, command)
        case c.AnswerQuestion():
            lines.answer_question(draft, command)
        case c.AnswerNotice():
            lines.answer_notice(draft, command)
        case c.RecordDecision():
            deciding.record(draft, command)
        case c.ConfirmDecision():
            deciding.confirm(draft, command)
        case c.ExplainDecision():
            deciding.explain(draft, command)
        case c.ChangeDecision():
            deciding.change(draft, command)
        case c.WithdrawDecision():
            deciding.withdraw(draft, command)
        case c.TakeDecision():
            deciding.take(draft, command)
        case c.GiveReason():
            deciding.give_reason(draft, command)
        case c.PromiseReasons():
            deciding.promise(draft, command)
        case c.PlanReview():
            deciding.plan_review(draft, command)
        case c.RecordSitrep():
            sitreps.record(draft, command)
        case c.PostponeSitrep():
            sitreps.postpone(draft, command)
        case c.EditSource():
            rewritten.edit_source(draft, command)
        case c.RemoveSource():
            rewritten.remove_source(draft, command)
        case c.GiveAction():
            actions.give(draft, command)
        case c.FinishAction():
            actions.finish(draft, command)
        case c.DropAction():
            actions.drop(draft, command)
        case c.PassOnAction():
            actions.pass_on(draft, command)
        case c.MoveAction():
            actions.move(draft, command)
        case c.InvolveMunicipality():
            flags.involve(draft, command)
        case c.ReleaseMunicipality():
            flags.release(draft, command)
        case c.RaiseFlag():
            flags.raise_flag(draft, command)
        case c.LowerFlag():
            flags.lower_flag(draft, command)
        case c.ChooseLanguage():
            flags.choose_language(draft, command)
        case c.FormCircle():
            circle.form(draft, command)
        case c.WidenCircle():
            circle.widen(draft, command)
        case c.NarrowCircle():
            circle.narrow(draft, command)
        case c.PostponeStep():
            steps.postpone(draft, command)
        case c.PassOnStep():
            steps.pass_on(draft, command)
        case c.AcceptStep():
            steps.accept(draft, command)
        case c.KeepStep():
            steps.keep(draft, command)
        case c.StartRound():
            rounds.start(draft, command)
        case c.GiveDuty():
            duties.give(draft, command)
        case c.AcceptDuty():
            duties.accept(draft, command)
        case c.DeclineDuty():
            duties.decline(draft, command)
        case c.LayDownDuty():
            duties.lay_down(draft, command)
        case c.ProposeClosing():
            draft.record(e.ClosingProposed(person=draft.by.actor))
        case c.CloseIncident():
            closing.close(draft, command)
            _withdraw_all(draft)
        case c.KeepOpen():
            _keep_open(draft)
        case c.ReopenIncident():
            closing.reopen(draft, command)
            paging.resume(draft)
            paging.call(draft, draft.incident.awaiting, "by_hand")
        case c.FinishIncident():
            aftercare.finish(draft, command)
        case c.PlanEvaluation():
            aftercare.plan_evaluation(draft, command)
        case c.NoteImprovement():
            aftercare.note(draft, command)
        case c.ReviewImprovement():
            aftercare.review(draft, command)
        case c.RecordObservation():
            aftercare.observe(draft, command)
        case c.AskErasure():
            erasing.ask(draft, command)
        case c.ConfirmErasure():
            erasing.confirm(draft)
        case c.EraseNow():
            erasing.erase_at_once(draft, command)
        case c.PlaceHold():
            erasing.place_hold(draft, command)
        case c.LiftHold():
            erasing.lift_hold(draft, command)
        case c.ReplaceKey():
            if draft.incident.log_key != command.new_pub:
                draft.record(e.KeyRotated(new_pub=command.new_pub))
        case c.Tick():
            _tick(draft)
        case c.ReportDelivery():
            paging.report_delivery(draft, command)
        case c.ReportRoom():
            _room(draft, command)
        case c.ReportRoomLost():
            if command.name not in draft.incident.lost_rooms:
                draft.record(e.RoomLost(name=command.name, why=command.why))
        case c.ReportMember():
            _member(draft, command)
        case c.ReportEmergency():
            draft.record(e.EmergencyPaged(persons=command.persons, reason=command.reason))
        case c.ReportFile():
            files.report(draft, command)
        case c.ReportAway():
            draft.record(e.BotWasAway(seconds=command.seconds))
        case _:
            assert_never(command)


def _taken_in(command: c.TakeIn) -> e.AlarmTakenIn:
    return e.AlarmTakenIn(number=command.number, person=command.person, text=command.text, flood=command.flood)


def _raise(draft: Draft, command: c.RaiseAlarm) -> None:
    """The coordinator is called at once, whatever was understood; the experts at once or after the grace."""
    world = draft.world
    reporter = world.person(command.by.actor)
    assert reporter is not None, "authority knows the reporter"
    begins = command.begins if command.begins is not None and command.begins.at > world.now else None
    local = shown(
        world.wall + (begins.at - world.now if begins else timedelta(0)), world.reference.contacts.region.zone
    )
    intake = read_alarm(command.text, reporter, world.reference, local.date(), begins)
    policy = world.reference.contacts.policy
    similar = None if command.exercise else _similar(intake, world)
    # nobody is woken twice for one case: what may be a duplicate leaves the reporter the grace to say so
    at_once = (intake.named and similar is None) or intake.now or intake.danger
    morning = expecting.tonight(draft)
    hurry = urgency(intake, begins, morning, world.now)
    quiet = morning if hurry == "gepland" else None
    roles = _wanted(intake, policy.brigade)
    later = quiet or (None if at_once else world.now + policy.grace)
    draft.record(
        e.AlarmRaised(
            number=world.next_number,
            municipality=intake.municipality.id if intake.municipality else MunicipalityId(""),
            municipality_name=intake.municipality.name if intake.municipality else "?",
            reporter=reporter.id,
            text=intake.text,
            phenomenon=intake.phenomenon,
            urgency=hurry,
            danger=intake.danger,
            expected_at=begins.at if begins else None,
            call_at=later if roles else None,
            awaiting=roles,
            similar_to=similar,
            exercise=command.exercise,
            language=world.reference.contacts.region.language,
            chat=intake.municipality.chat if intake.municipality else "marked_only",
            policy=policy,
            because=intake.because,
            place=intake.place,
            channels=intake.channels,
            quiet_until=quiet,
            zone=world.reference.contacts.region.zone,
        )
    )
    draft.meet(reporter.id)
    if playbook := intake.playbook or world.reference.playbooks.get(BASE):
        draft.record(e.PlaybookStarted(playbook=playbook))
    if later is None and roles:
        why: e.CallWhy = "named" if intake.named else "now" if intake.now else "danger"
        # where every second counts nobody waits for anybody
        started = paging.call if intake.now or intake.danger else waves.call
        started(draft, (COORDINATOR, *roles), why)
    else:
        paging.call(draft, (COORDINATOR,), "always")


def _wanted(intake: Intake, brigade: tuple[RoleId, ...]) -> tuple[RoleId, ...]:
    """Without a phenomenon the coordinator chooses, unless there is danger or hurry: then the brigade comes."""
    if intake.playbook is not None:
        return tuple(dict.fromkeys((*intake.playbook.calls, *brigade)))
    return brigade if intake.now or intake.danger else ()


def _similar(intake: Intake, world: World) -> str | None:
    within = world.reference.contacts.policy.duplicate_window
    for recent in (known for known in world.recent if world.now - known.raised_at <= within):
        same = intake.municipality is not None and recent.municipality == intake.municipality.id
        kind = intake.phenomenon
        if same and (kind is None or recent.phenomenon in (None, kind)):
            return recent.number
    return None


def _call_awaiting(draft: Draft, why: e.CallWhy) -> None:
    if not draft.incident.awaiting:
        raise c.Refused("nobody_awaiting")
    paging.call(draft, draft.incident.awaiting, why)


def _stop(draft: Draft) -> None:
    if not draft.incident.awaiting:
        raise c.Refused("too_late_to_stop" if len(draft.incident.calls) > 1 else "nobody_awaiting")
    draft.record(e.CallStopped())


def _correct(draft: Draft, command: c.CorrectCall) -> None:
    """Before the call the list is replaced; after it the named roles are called as well."""
    new = tuple(r for r in dict.fromkeys(command.roles) if r not in draft.incident.calls)
    if not new:
        raise c.Refused("already_called", {"role": command.roles[0]})
    if draft.incident.awaiting:
        draft.record(e.CallCorrected(awaiting=new))
    else:
        paging.call(draft, new, "corrected")


def _join(draft: Draft) -> None:
    if draft.incident.similar_to is None:
        raise c.Refused("not_similar")
    draft.record(e.AlarmJoined(into=draft.incident.similar_to))
    _withdraw_all(draft)


def _start(draft: Draft, command: c.StartPlaybook) -> None:
    playbook = draft.world.reference.playbooks.get(command.playbook)
    if playbook is None:
        raise c.Refused("no_such_playbook", {"playbook": command.playbook})
    if any(p.id == playbook.id for p in draft.incident.playbooks):
        raise c.Refused("playbook_already_started", {"playbook": command.playbook})
    draft.record(e.PlaybookStarted(playbook=playbook))
    policy = draft.incident.policy
    brigade = policy.brigade if policy else ()
    waves.call(draft, (*playbook.calls, *brigade), "by_hand")


def _withdraw_all(draft: Draft) -> None:
    for page in tuple(draft.incident.pages.values()):
        if page.state == "open":
            draft.record(e.PageWithdrawn(page=page.id, why="incident_closed"))


def _keep_open(draft: Draft) -> None:
    if draft.incident.closing_by is None:
        raise c.Refused("not_closing")
    draft.record(e.ClosingRejected(person=draft.by.actor))


def _room(draft: Draft, command: c.ReportRoom) -> None:
    if command.room_id is None:
        draft.record(e.RoomNotMade(name=command.name, reason=command.reason))
    elif draft.incident.rooms.get(command.name) != command.room_id:
        draft.record(e.RoomOpened(name=command.name, room_id=command.room_id))


def _member(draft: Draft, command: c.ReportMember) -> None:
    incident = draft.incident
    present = incident.circle_present if command.name == circle.CIRCLE else incident.members
    if command.joined == (command.person in present):
        return
    draft.meet(command.person)
    if command.joined:
        late = catching_up.came_late(draft, command.person)
        draft.record(e.PersonJoined(person=command.person, name=command.name, late=late))
    else:
        draft.record(e.PersonLeft(person=command.person, name=command.name))


def _tick(draft: Draft) -> None:
    """Fires every timer that is due; firing one can make another due (a wait of zero), so until none is.

    A wait that is over comes before a repeat that is due too: after an outage nobody is paged twice and passed over at once.
    """
    while due := [t for t in timers(draft.incident) if t.due <= draft.world.now]:
        known = len(draft.entries)
        first = min(due, key=lambda t: (t.wants != "unanswered", t.due))
        _fire(draft, first, [t for t in due if t.wants == first.wants])
        assert len(draft.entries) > known, f"the timer {first.wants} was fired and nothing came of it"


def _fire(draft: Draft, timer: Timer, alike: list[Timer]) -> None:
    now, incident = draft.world.now, draft.incident
    if timer.expired(now):
        about: dict[str, Any] = {"page": timer.page, "role": timer.role, "decision": timer.decision}
        about |= {"action": timer.action, "improvement": timer.improvement, "step": timer.step}
        draft.record(e.TimerDropped(wants=timer.wants, due=timer.due, **about))
        return
    match timer.wants:
        case "call":
            waves.go_on(draft)
        case "repeat":
            paging.repeat(draft, paging.page_of(incident, _given(timer)))
        case "louder":
            paging.louder(draft, paging.page_of(incident, _given(timer)))
        case "unanswered":
            late = [(paging.page_of(incident, _given(t)), now - t.due) for t in alike if not t.expired(now)]
            paging.lapse(draft, late)
        case "ask_again":
            answering.ask_again(draft, paging.page_of(incident, _given(timer)))
        case "lapse":
            answering.lapse(draft, paging.page_of(incident, _given(timer)), now - timer.due)
        case "hand_over":
            assert timer.role is not None, "a role's timer names its role"
            answering.shift_over(draft, timer.role)
        case "reasons" | "review":
            assert timer.decision is not None, "a decision's timer names its decision"
            deciding.remind(draft, timer.decision, timer.wants)
        case "sitrep":
            draft.record(e.SitrepReminded(sitrep=draft.incident.sitreps + 1))
        case "finish":
            left = tuple(step.id for step in aftercare.steps_left(incident))
            draft.record(e.IncidentFinished(left=left if incident.after.begins_at is not None else ()))
        case "action":
            assert timer.action is not None, "an action's timer names its action"
            actions.remind(draft, timer.action)
        case "aftercare":
            aftercare.begin(draft)
        case "survey_over":
            aftercare.end_survey(draft)
        case "evaluation":
            aftercare.remind_of_evaluation(draft)
        case "improvement":
            assert timer.improvement is not None, "the timer of a point to improve names it"
            aftercare.ask_about(draft, timer.improvement)
        case "step":
            steps.remind(draft, [t.step for t in alike if t.step is not None and not t.expired(now)])
        case "step_later":
            assert timer.step is not None, "a step's timer names its step"
            steps.put_again(draft, timer.step)
        case "duties":
            duties.remind(draft)
        case "quiet":
            closing.suggest(draft)
        case _:
            assert_never(timer.wants)


def _given(timer: Timer) -> PageId:
    assert timer.page is not None, "a page's timer names its page"
    return timer.page
