"""What others must hear of an entry: messages without wording, derived from what was recorded and from nothing else.

Longer than most modules: one `match` over the closed list of kinds; a kind that nobody needs to hear of is named so.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Literal, assert_never

from bot.domain import announce_actions as actions
from bot.domain import announce_after as after
from bot.domain import announce_custody as custody
from bot.domain import announce_decisions as decisions
from bot.domain import announce_flags as flags
from bot.domain import announce_intake as intake
from bot.domain import announce_lines as lines
from bot.domain import announce_pages as pages
from bot.domain import announce_record as record
from bot.domain import announce_work as work
from bot.domain import catching_up, circle
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.addressing import ROOM, in_room, main_room, manage, to_person
from bot.domain.aftercare import is_aftercare, lead
from bot.domain.closing import required_left
from bot.domain.echo import hushed
from bot.domain.ids import PersonId, RoleId, StepId
from bot.domain.incident import MOST_SITREP_REMINDERS, Incident, Page, finished
from bot.domain.intake import DANGER
from bot.domain.lines import still_open
from bot.domain.paging import asked_for
from bot.domain.people import COORDINATOR
from bot.domain.playbook import Step
from bot.domain.reasons import reviews, stands, unfinished
from bot.domain.sentence import says
from bot.domain.sitreps import told_parts
from bot.domain.timers import ends

_NO_PLAYBOOK: Final = flags.NO_PLAYBOOK


def announce(
    incident: Incident, entry: e.Entry, at: datetime, colleagues: Collection[str] = frozenset()
) -> list[m.Message]:
    """The messages that follow from `entry`, recorded at `at`; `incident` is the state after it. What people wrote is repeated
    without personal data; the handles of `colleagues` may be named."""
    said = circle.kept(entry, hushed(_said(incident, entry, at), colleagues), ROOM)
    if not circle.is_open(entry):
        return said
    if type(entry) in _CARD_CHANGES and "main" in incident.rooms and not isinstance(entry, e.RoomOpened):
        said.append(m.CardChanged(card=card(incident), **in_room(incident)))
    return said


# What the status card shows; anything else leaves it as it is.
_CARD_CHANGES: Final[frozenset[type[e.Entry]]] = frozenset(
    (
        e.PlaybookStarted, e.PageRequested, e.Acknowledged, e.Declined, e.AnswerUndone, e.EtaGiven, e.EscalationExhausted,
        e.RoleTakenOver, e.StepFinished, e.StepSkipped, e.StepReopened, e.DecisionRecorded, e.DecisionWithdrawn,
        e.DecisionSeconded, e.ReasonGiven,
        e.AnswerLapsed, e.SignOfLife, e.RoleHandedOver, e.PageUnanswered, e.PageUndeliverable, e.TimerDropped,
        e.RoundStarted, e.StepBecameDue, e.SitrepRecorded, e.IncidentClosed, e.IncidentReopened, e.PersonJoined, e.PersonLeft,
        e.MunicipalityInvolved, e.MunicipalityReleased, e.FlagRaised, e.FlagLowered,
        e.LanguageChosen,
    )
)  # fmt: skip


def _reporter(incident: Incident) -> dict[str, Any]:
    """The reporter hears the answer where the alarm was said."""
    where = to_person(incident, incident.reporter)
    return {**where, "to": m.To("alarm")} if incident.alarm_place == "alarm" else where


def _said(incident: Incident, entry: e.Entry, at: datetime) -> Iterable[m.Message]:
    # one closed match over every kind, so longer than a function should be
    match entry:
        case e.AlarmRaised():
            yield from _alarm(incident, entry)
        case e.BrigadeCalled(why=why, roles=roles):
            if why not in ("always", "named", "danger"):
                yield m.CallNote(what="corrected" if why == "corrected" else "now", roles=roles, **_reporter(incident))
            yield from intake.called(incident, entry)
        case e.CallCorrected(awaiting=roles):
            yield m.CallNote(what="corrected", roles=roles, **_reporter(incident))
        case e.CallStopped():
            yield m.CallNote(what="stopped", **_reporter(incident))
            yield from intake.question(incident)
        case e.IntakeAnswered():
            yield from intake.answered(incident, entry, at)
        case e.ExpectedTimeSet():
            yield from intake.expected(incident, entry, at)
        case e.AlarmJoined(into=other):
            yield m.CallNote(what="joined", other=other, **_reporter(incident))
            yield from pages.silenced(incident, incident.calls)
        case e.AlarmTakenIn(person=person, text=text):
            if entry.flood:
                yield from _flood(incident, text)
            by = incident.name(person)
            yield m.LineNote(
                kind="bericht",
                line=incident.lines,
                text=text or "–",
                by=by,
                at=at,
                danger=says(text, DANGER),
                **in_room(incident),
            )
            if "main" in incident.rooms and person not in incident.members:
                yield m.Invite(person=person, **in_room(incident))
        case e.PageRequested() | e.PageRepeated():
            yield from _page(incident, entry)
        case e.PageTried(channel=channel):
            yield from pages.tried(incident, incident.pages[entry.page], channel)
        case e.ChannelFailed() | e.PageUnclear():
            missed = incident.pages[entry.page]
            what = "channel_failed" if isinstance(entry, e.ChannelFailed) else "page_unclear"
            given = {"person": incident.name(missed.person), "channel": entry.channel, "reason": entry.reason}
            yield manage(incident, what, **given)
        case e.PageUndeliverable():
            missed = incident.pages[entry.page]
            yield _not_reached(incident, missed, "undeliverable", at)
            yield manage(incident, "page_undeliverable", person=incident.name(missed.person), reason=entry.reason)
        case e.PageUnanswered():
            yield _not_reached(incident, incident.pages[entry.page], "unanswered", at)
        case e.PageWithdrawn():
            yield from _withdrawn(incident, incident.pages[entry.page], at)
        case e.Acknowledged():
            yield from _acknowledged(incident, entry, at)
            yield from pages.answered(incident, incident.pages[entry.page], "yes", entry.answer_by)
            yield from flags.proposed(incident, entry)
            yield from pages.silenced(incident, incident.pages[entry.page].roles)
        case e.EtaGiven():
            page = incident.pages[entry.page]
            yield _confirmed(incident, page, at)
            yield _answer(incident, page, "eta", at)
        case e.Declined():
            page = incident.pages[entry.page]
            yield from _nothing_follows(incident, page)
            yield m.PageSettled(page=page.id, state="declined", at=at, **to_person(incident, page.person))
            yield _answer(incident, page, "cannot", at)
            yield from pages.answered(incident, page, "no", entry.answer_by)
        case e.AnswerUndone():
            page = incident.pages[entry.page]
            yield m.AnswerTakenBack(page=page.id, **to_person(incident, page.person))
            yield _answer(incident, page, "undone", at)
        case e.AskedAgain():
            yield from pages.asked_again(incident, incident.pages[entry.page], at)
        case e.SignOfLife():
            page = incident.pages[entry.page]
            yield _confirmed(incident, page, at)
            yield _answer(incident, page, "coming", at)
        case e.AnswerLapsed():
            yield _not_reached(incident, incident.pages[entry.page], "lapsed", at)
        case e.ShiftEndNoted(ends=None) | e.HandoverOffered() | e.HandoverPutOff() | e.RoleHandedOver():
            yield from pages.handing_over(incident, entry, at)
        case e.NumbersShown(persons=persons):
            yield pages.numbers(incident, entry.origin.actor, persons)
        case e.BotWasAway(seconds=seconds):
            yield m.AwayNote(seconds=seconds, at=at, **in_room(incident))
        case e.TimerDropped():
            yield from _dropped(incident, entry, at)
        case e.EscalationStepEmpty():
            yield m.EmptyStepNote(role=entry.role, whom=entry.whom, why=entry.why, at=at, **in_room(incident))
            yield manage(incident, f"step_empty_{entry.why}", role=entry.role, whom=entry.whom)
        case e.EscalationExhausted(role=role):
            yield from _exhausted(incident, role, at)
        case e.RoleTakenOver(role=role, person=person):
            who = incident.name(person)
            yield m.AnswerNote(person=who, roles=(role,), what="took_over", at=at, **in_room(incident))
            if "main" in incident.rooms:
                yield m.Invite(person=person, **in_room(incident))
            yield from pages.silenced(incident, (role,))
        case e.EmergencyPaged():
            yield manage(incident, "emergency_recorded", count=str(len(entry.persons)), reason=entry.reason)
        case e.OthersHeldBack(roles=roles, latest=until):
            yield m.CallNote(what="later", roles=roles, until=until, **_reporter(incident))
        case e.MunicipalityInvolved() | e.MunicipalityReleased():
            yield from flags.neighbour(incident, entry, at)
        case e.FlagRaised() | e.FlagLowered():
            yield from flags.flagged(incident, entry, at)
        case e.LanguageChosen():
            yield from flags.language_chosen(incident, entry, at)
        case e.CircleFormed() | e.CircleWidened() | e.CircleNarrowed():
            yield from flags.circled(incident, entry, at)
        case e.RoomOpened(name="closed_circle"):
            yield from flags.circle_opened(incident, at)
        case e.PersonJoined(name="closed_circle", person=person):
            yield from flags.in_circle(incident, person, at)
        case e.RoomOpened(name="main"):
            yield from _opened(incident)
        case e.RoomNotMade(reason=reason):
            yield manage(incident, "room_not_made", reason=reason)
        case e.RoomLost(why=why):
            yield manage(incident, f"room_{why}")
        case e.PersonJoined(person=person, late=late):
            # who was invited later has no keys of what was said before
            if person not in incident.from_the_start:
                yield m.CardRepeated(card=card(incident), newcomer=incident.name(person), **in_room(incident))
            if late:
                yield catching_up.told(circle.open_part(incident), **to_person(incident, person))
        case e.PlaybookStarted(playbook=playbook) if "main" in incident.rooms:
            yield m.PlaybookNote(title=playbook.title, steps=len(playbook.steps), **in_room(incident))
            yield from flags.proposed(incident, entry)
        case e.StepOpened(step=step_id, role=role):
            yield _step_shown(incident, step_id, role)
        case e.StepClaimed() | e.StepFinished() | e.StepSkipped() | e.StepReopened():
            yield _step_settled(incident, entry, at)
        case e.StepPostponed():
            yield _step_settled(incident, entry, at)
        case e.StepOffered() | e.StepKept():
            yield from work.passed(incident, entry, at)
        case e.StepPassedOn():
            yield _step_settled(incident, entry, at)
            yield from work.passed(incident, entry, at)
        case e.StepReminded():
            yield work.late(incident, entry)
        case e.RoundStarted():
            yield work.began(incident, entry, at)
        case e.DutyOffered() | e.DutyGiven() | e.DutyDeclined() | e.DutyLaidDown():
            yield from work.duty(incident, entry, at)
        case e.DutiesUnclaimed():
            yield work.unclaimed(incident, entry)
        case e.StepBecameDue():
            yield _became_due(incident, entry, at)
        case e.StepStayedDue():
            nr, step = _number(incident, entry.step)
            yield m.StepDueNote(nr=nr, text=step.text, at=at, **in_room(incident))
        case e.LineRecorded():
            yield lines.recorded(incident, entry, at)
        case e.PersonalDataNoticed():
            yield from lines.noticed(incident, entry)
        case e.LineQualified() | e.AssumptionSettled() | e.QuestionAnswered() | e.NoticeAnswered():
            yield lines.followed(incident, entry, at)
        case e.DecisionRecorded():
            yield from decisions.recorded(incident, entry, at)
        case e.DecisionConfirmed() | e.DecisionExplained() | e.DecisionChanged() | e.DecisionWithdrawn():
            yield from decisions.changed(incident, entry, at)
        case e.DecisionSeconded() | e.ReasonsPromised() | e.ReviewPlanned():
            yield from decisions.changed(incident, entry, at)
        case e.ReasonGiven():
            yield from decisions.reasoned(incident, entry, at)
        case e.ReasonsReminded() | e.ReviewReminded():
            yield from decisions.reminded(incident, entry, at)
        case e.SitrepRecorded():
            yield _sitrep(incident, at)
        case e.SitrepReminded():
            yield from _sitrep_due(incident)
        case e.SitrepPostponed(until=until):
            yield m.SitrepLater(until=until, **in_room(incident))
        case e.SourceEdited() | e.SourceRemoved():
            yield from record.retold(incident, entry, at)
        case e.FileShared() | e.FileKept() | e.FileNotKept():
            yield from record.filed(incident, entry)
        case e.ActionGiven() | e.ActionPassedOn() | e.ActionMoved():
            yield actions.shown(incident, entry, at)
        case e.ActionDone() | e.ActionDropped():
            yield actions.noted(incident, entry, at)
        case e.ActionReminded():
            yield actions.due(incident, entry)
        case e.ClosingProposed(person=person):
            yield _closing(incident, by=incident.name(person))
        case e.ClosingSuggested(person=person):
            yield replace(_closing(incident, by=""), mention=(person,))
        case e.ClosingRejected(person=person):
            yield m.EndNote(what="kept_open", by=incident.name(person), at=at, **in_room(incident))
        case e.IncidentClosed(person=person, reason=reason):
            by, begins = incident.name(person), entry.aftercare_at
            yield m.EndNote(what="closed", by=by, at=at, reason=reason, aftercare_at=begins, **in_room(incident))
            yield m.LockRoom(locked=True, **in_room(incident))
            yield from flags.circle_ended(incident, "closed", person, at)
            yield from pages.silenced(incident, incident.calls)
        case e.IncidentReopened(person=person, reason=reason):
            yield m.LockRoom(locked=False, **in_room(incident))
            yield m.EndNote(what="reopened", by=incident.name(person), at=at, reason=reason, **in_room(incident))
            yield from flags.circle_ended(incident, "reopened", person, at)
        case e.IncidentFinished():
            yield from after.finished(incident, entry, at)
        case (
            e.AftercareBegan() | e.SurveySent() | e.SurveyClosed() | e.EvaluationPlanned() | e.EvaluationReminded()
            | e.ImprovementNoted() | e.ImprovementAsked() | e.ImprovementReviewed() | e.ObservationRecorded()
        ):  # fmt: skip
            yield from after.told(incident, entry, at)
        case e.ErasureAsked() | e.FieldErased() | e.HoldPlaced() | e.HoldLifted():
            yield from custody.told(incident, entry, at)
        case e.KeyRotated():
            return  # its checkpoint comes with the key
        case e.ShiftEndNoted():
            return  # said when it comes to an end
        case e.PersonSeen() | e.PageDelivered() | e.PersonLeft():
            return  # the log knows; nobody needs to hear
        case e.RoomOpened() | e.PlaybookStarted():
            return  # said with the alarm, with the card, or not yet
        case _:
            assert_never(entry)


def _alarm(incident: Incident, entry: e.AlarmRaised) -> Iterable[m.Message]:
    grace = None
    if entry.call_at is not None and entry.quiet_until is None:
        assert incident.alarm_at is not None, "an alarm has a time"
        grace = round((entry.call_at - incident.alarm_at).total_seconds())
    yield m.AlarmReceived(
        municipality=entry.municipality_name,
        text=entry.text,
        roles=entry.awaiting or (COORDINATOR,),
        grace_seconds=grace,
        danger=entry.danger,
        calls_at=entry.call_at if entry.quiet_until is not None else None,
        similar_to=entry.similar_to,
        **_reporter(incident),
    )
    yield m.MakeRoom(name="main", municipality=entry.municipality_name, **in_room(incident))


def _page(incident: Incident, entry: e.PageRequested | e.PageRepeated) -> Iterable[m.Message]:
    page = incident.pages[entry.page]
    assert incident.policy is not None, "pages follow a policy"
    assert incident.alarm_at is not None, "pages follow an alarm"
    reporter = incident.people.get(incident.reporter)
    yield m.PageText(
        page=page.id,
        roles=page.roles,
        municipality=incident.municipality_name,
        text=incident.text,
        reporter=incident.name(incident.reporter),
        organisation=reporter.organisation if reporter else "",
        said_at=incident.alarm_at,
        next_at=ends(incident.policy, incident, page),
        expected_at=incident.expected_at,
        attempt=page.attempts,
        late_seconds=entry.late_seconds if isinstance(entry, e.PageRequested) else 0,
        **to_person(incident, page.person),
    )
    if isinstance(entry, e.PageRequested):
        if "main" in incident.rooms:
            yield m.Invite(person=page.person, **in_room(incident))
        if entry.why != "first":
            name = incident.name(page.person)
            late = entry.late_seconds
            yield m.CalledNote(
                page=page.id, roles=page.roles, person=name, at=page.since, late_seconds=late, **in_room(incident)
            )
        if entry.why == "declined":
            for role in page.roles:
                yield from _declined(incident, role, incident.name(page.person))


def _nothing_follows(incident: Incident, page: Page) -> Iterable[m.Message]:
    """A no that calls nobody new is confirmed at once: the roles are answered, or somebody is being asked already."""
    calling = [r for r in page.roles if incident.calls[r].state == "calling"]
    asked = [asked_for(incident, r) for r in calling]
    if None not in asked:
        name = incident.name(asked[0]) if asked and asked[0] is not None else None
        yield m.DeclineConfirmed(page=page.id, next=name, **to_person(incident, page.person))


def _declined(incident: Incident, role: RoleId, next_name: str | None) -> Iterable[m.Message]:
    """Whoever said no hears who is called instead, once that is known: with the next page, or when the list is exhausted."""
    before = [p for p in incident.pages.values() if role in p.roles and p.state != "open"]
    if before and before[-1].state == "declined" and before[-1].roles[0] == role:
        page = before[-1]
        yield m.DeclineConfirmed(page=page.id, next=next_name, **to_person(incident, page.person))


def _not_reached(
    incident: Incident, page: Page, why: Literal["unanswered", "undeliverable", "lapsed"], at: datetime
) -> m.Message:
    return m.EscalationNote(roles=page.roles, missed=incident.name(page.person), why=why, at=at, **in_room(incident))


def _withdrawn(incident: Incident, page: Page, at: datetime) -> Iterable[m.Message]:
    takers = [incident.calls[r].by for r in page.roles]
    taken_by = next((incident.name(p) for p in takers if p is not None), None)
    yield m.PageOver(page=page.id, taken_by=taken_by, **to_person(incident, page.person))
    yield m.PageSettled(page=page.id, state="withdrawn", at=at, **to_person(incident, page.person))
    yield from pages.called_off(incident, page)
    yield from pages.over(incident, page, taken_by)


def _confirmed(incident: Incident, page: Page, at: datetime) -> m.Message:
    return m.AckConfirmed(
        page=page.id,
        at=at,
        municipality=incident.municipality_name,
        room=main_room(incident),
        eta_minutes=page.eta_minutes,
        **to_person(incident, page.person),
    )


def _answer(
    incident: Incident, page: Page, what: Literal["coming", "eta", "cannot", "undone"], at: datetime
) -> m.Message:
    return m.AnswerNote(
        person=incident.name(page.person),
        roles=page.roles,
        what=what,
        at=at,
        after_seconds=round((at - page.since).total_seconds()),
        eta_minutes=page.eta_minutes,
        **in_room(incident),
    )


def _acknowledged(incident: Incident, entry: e.Acknowledged, at: datetime) -> Iterable[m.Message]:
    page = incident.pages[entry.page]
    others = [incident.calls[r].by for r in page.roles if incident.calls[r].by != entry.person]
    if entry.late and others and others[0] is not None:
        yield m.LateAnswer(
            page=page.id,
            taken_by=incident.name(others[0]),
            municipality=incident.municipality_name,
            room=main_room(incident),
            **to_person(incident, page.person),
        )
    else:
        yield _confirmed(incident, page, at)
    if "main" in incident.rooms and page.person not in incident.from_the_start | incident.members:
        yield m.Invite(person=page.person, **in_room(incident))
    yield m.PageSettled(page=page.id, state="acknowledged", at=at, **to_person(incident, page.person))
    yield _answer(incident, page, "coming" if entry.eta_minutes is None else "eta", at)


def _exhausted(incident: Incident, role: RoleId, at: datetime) -> Iterable[m.Message]:
    tried = [p for p in incident.pages.values() if role in p.roles]
    coordinator = incident.owner(COORDINATOR) or next(
        (p.person for p in incident.pages.values() if COORDINATOR in p.roles), None
    )
    names = tuple(dict.fromkeys(incident.name(p.person) for p in tried))
    number = incident.policy.duty_number if incident.policy else ""
    yield from _declined(incident, role, None)
    call = incident.calls[role]
    came, wanted = len(call.holders), call.wanted
    yield m.ExhaustedNote(
        role=role, at=at, tried=names, duty_number=number, came=came, wanted=wanted, **in_room(incident)
    )
    yield manage(incident, "exhausted", role=role)
    if coordinator is not None:
        assert incident.alarm_at is not None, "escalation follows an alarm"
        yield m.NobodyReached(
            role=role,
            tried=tuple(incident.name(p.person) for p in tried),
            since=tried[0].since if tried else incident.alarm_at,
            at=at,
            duty_number=number,
            came=came,
            wanted=wanted,
            **to_person(incident, coordinator),
        )


def _dropped(incident: Incident, entry: e.TimerDropped, at: datetime) -> Iterable[m.Message]:
    """What was too late to be done is said loudly where it mattered: somebody must call by hand."""
    yield manage(incident, "timer_dropped", what=entry.wants)
    page = incident.pages.get(entry.page) if entry.page is not None else None
    if entry.wants == "unanswered" and page is not None:
        for role in page.roles:
            if incident.calls[role].state == "exhausted":
                yield from _exhausted(incident, role, at)


def _flood(incident: Incident, text: str) -> Iterable[m.Message]:
    """The coordinator is rung for the first, and for every tenth after it."""
    yield m.CallNote(what="bundled", other=incident.number, **_reporter(incident))
    pages_of = (p.person for p in incident.pages.values() if COORDINATOR in p.roles)
    coordinator = incident.owner(COORDINATOR) or next(pages_of, None)
    if coordinator is not None and incident.bundled % 10 == 1:
        name = incident.name(incident.reporter)
        yield m.FloodNote(reporter=name, count=incident.bundled, text=text, **to_person(incident, coordinator))


def _opened(incident: Incident) -> Iterable[m.Message]:
    """Invites first, most needed first: who said yes, then the reporter, then whoever is still being called."""
    came = [p.person for p in incident.pages.values() if p.state == "acknowledged"]
    for person in dict.fromkeys((*came, incident.reporter, *sorted(incident.from_the_start))):
        yield m.Invite(person=person, **in_room(incident))
    yield m.CardPosted(card=card(incident), **in_room(incident))
    if incident.chat == "all":
        yield m.ChatKept(municipality=incident.municipality_name, **in_room(incident))
    room = incident.rooms["main"]
    for person in dict.fromkeys((incident.reporter, *came)):
        yield m.RoomReady(municipality=incident.municipality_name, room=room, **to_person(incident, person))


def _number(incident: Incident, step: StepId) -> tuple[int, Step]:
    return next((i, s) for i, s in enumerate(incident.steps, start=1) if s.id == step)


def _step_shown(incident: Incident, step_id: StepId, role: RoleId) -> m.Message:
    nr, step = _number(incident, step_id)
    owner = incident.owner(role)
    where = {**in_room(incident), "mention": (owner,) if owner else ()}
    if incident.state == "closed":
        where = to_person(incident, owner or lead(incident))  # nobody but the bot can speak in the room any more
    return m.StepShown(
        step=step.id,
        nr=nr,
        total=len(incident.steps),
        text=step.text,
        role=role,
        due_at=incident.due_at(step),
        for_role=step.role if step.role != role else None,
        help=step.help,
        point=step.decision if step.decision and incident.decision_type(step.decision) else None,
        round=incident.round if step.id in incident.again else 1,
        **where,
    )


def _became_due(incident: Incident, entry: e.StepBecameDue, at: datetime) -> m.Message:
    nr, step = _number(incident, entry.step)
    causes = tuple(
        m.DueCause(
            decision=cause.decision,
            step=None if cause.step is None else _number(incident, cause.step)[0],
            skipped=cause.outcome == "nvt",
            phenomenon=cause.phenomenon,
        )
        for cause in entry.because
    )
    return m.StepDueNote(nr=nr, text=step.text, at=at, because=causes, **in_room(incident))


def _closing(incident: Incident, by: str) -> m.Message:
    wanted = (s for s in incident.steps if incident.applies(s) and not is_aftercare(incident, s))
    shown = circle.open_part(incident)
    return m.ClosingAsked(
        by=by,
        open_steps=tuple(s.text for s in wanted if not finished(incident, s)),
        required=tuple(s.text for s in required_left(incident)),
        open_decisions=tuple(d.number for d in unfinished(shown)),
        actions=sum(a.state == "open" for a in incident.actions),
        open_lines=tuple(one.number for one in still_open(shown)),
        reviews=tuple(d.number for d in reviews(shown)),
        **in_room(incident),
    )


_Settled = e.StepClaimed | e.StepFinished | e.StepSkipped | e.StepReopened | e.StepPostponed | e.StepPassedOn
_PROGRESS: Final[dict[type, Literal["open", "claimed", "later", "done", "skipped"]]] = {
    e.StepClaimed: "claimed",
    e.StepPassedOn: "claimed",
    e.StepPostponed: "later",
    e.StepFinished: "done",
    e.StepSkipped: "skipped",
    e.StepReopened: "open",
}


def _step_settled(incident: Incident, entry: _Settled, at: datetime) -> m.Message:
    nr, step = _number(incident, entry.step)
    remark = entry.remark if isinstance(entry, e.StepFinished) else ""
    return m.StepSettled(
        step=step.id,
        nr=nr,
        total=len(incident.steps),
        text=step.text,
        progress=_PROGRESS[type(entry)],
        by=incident.name(entry.origin.actor if isinstance(entry, e.StepPostponed) else entry.person),
        at=at,
        remark=entry.reason if isinstance(entry, e.StepSkipped) else remark,
        until=entry.until if isinstance(entry, e.StepPostponed) else None,
        **in_room(incident),
    )


def _sitrep(incident: Incident, at: datetime) -> m.Message:
    told = incident.reports[-1]
    return m.SitrepShown(
        sitrep=told.number,
        text=told.text,
        unchanged=told.unchanged,
        by=incident.name(told.by),
        at=at,
        parts=told_parts(told.text, told.parts),
        **in_room(incident),
    )


def _sitrep_due(incident: Incident) -> Sequence[m.Message]:
    minutes = incident.duty_holder("verslaglegger") if incident.sitrep_asked <= 1 else None
    # who keeps the minutes writes it; when nothing comes of that, who leads sees to it
    person = minutes or incident.owner(COORDINATOR) or incident.reporter
    done = sum(finished(incident, s) for s in incident.steps)
    where = {**in_room(incident), "mention": (person,)}
    return (
        m.SitrepDue(
            sitrep=incident.sitreps + 1,
            person=incident.name(person),
            last_at=incident.sitrep_at,
            steps_done=done,
            steps_total=len(incident.steps),
            decisions=sum(stands(d) for d in circle.open_part(incident).decisions),
            last=incident.sitrep_asked >= MOST_SITREP_REMINDERS,
            **where,
        ),
    )


def card(incident: Incident) -> m.Card:
    """The facts of the status card as the log tells them now."""
    incident = circle.open_part(incident)
    reporter = incident.people.get(incident.reporter)
    assert incident.alarm_at is not None, "a card follows an alarm"
    return m.Card(
        municipality=incident.municipality_name,
        title=incident.playbooks[-1].title if incident.playbooks else _NO_PLAYBOOK,
        phase=incident.phase,
        state="open" if incident.state == "none" else incident.state,
        reporter=incident.name(incident.reporter),
        organisation=reporter.organisation if reporter else "",
        alarm_at=incident.alarm_at,
        calls=tuple(_card_call(incident, role) for role in incident.calls),
        steps_done=sum(finished(incident, s) for s in incident.steps),
        steps_total=len(incident.steps),
        decisions=sum(stands(d) for d in incident.decisions),
        decisions_open=len(unfinished(incident)),
        sitreps=incident.sitreps,
        round=incident.round,
        present=len(incident.members),
        chat=incident.chat,
        neighbours=tuple(neighbour.name for neighbour in incident.neighbours),
        wide="bovenregionaal" in incident.flags,
        **pages.head_count(incident),
    )


def _card_call(incident: Incident, role: RoleId) -> m.CardCall:
    call = incident.calls[role]
    pages = [p for p in incident.pages.values() if role in p.roles]
    page = next((p for p in pages if p.person == call.by), pages[-1] if pages else None)
    person = incident.name(call.by or (page.person if page else PersonId("")))
    at = (page.answered_at or page.since) if page else None
    return m.CardCall(role, call.state, person, at, page.eta_minutes if page and call.by else None)
