"""Walking the room through the playbook: each role that is here has one open step at a time."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.aftercare import is_aftercare, steps_left
from bot.domain.answering import UNDO_SECONDS
from bot.domain.authority import takes_part
from bot.domain.conditions import come_due
from bot.domain.draft import Draft
from bot.domain.ids import PersonId, RoleId, StepId
from bot.domain.incident import Incident, StepState, finished, owner_of
from bot.domain.people import CALLED, COORDINATOR, MELDER
from bot.domain.playbook import Step
from bot.domain.reasons import stands

PUT_OFF: Final = timedelta(minutes=15)
# Who says "done" so soon after somebody else did, means the same step and not the one that was put just now.
SAME_MOMENT: Final = timedelta(seconds=5)


def present(incident: Incident) -> tuple[RoleId, ...]:
    """The roles that a step can be put to: somebody reported, answered or is in charge."""
    answered = tuple(r for r, call in incident.calls.items() if call.state == "answered")
    shared = (CALLED,) if answered else ()
    return tuple(dict.fromkeys((MELDER, COORDINATOR, *answered, *shared)))


def open_next(draft: Draft, before: Incident) -> None:
    """Puts the next step to every role that is present and has none open. Steps begin when the room is there.

    `before` is the incident before the command: what changed since may make a step due.
    """
    incident = draft.incident
    if incident.state == "closed":
        _open_aftercare(draft, before)
    if incident.state != "open" or "main" not in incident.rooms:
        return
    come_due(draft, before)
    for role in present(incident):
        if _put(draft.incident, role) is None and (step := _next(draft, role)) is not None:
            draft.record(e.StepOpened(step=step.id, role=role))


def _put(incident: Incident, role: RoleId) -> Step | None:
    """The open step of a role; one of the aftercare, put before the incident was opened again, holds up nothing."""
    found = incident.open_step(role)
    return None if found is not None and incident.state == "open" and is_aftercare(incident, found) else found


def _next(draft: Draft, role: RoleId) -> Step | None:
    incident = draft.incident
    for step in incident.steps_in_time:
        state = incident.progress.get(step.id)
        if state is None:
            free = incident.applies(step) and not is_aftercare(incident, step) and incident.doer(step) == role
        else:
            free = state.role == role and state.until is not None and state.until <= draft.world.now
        if free and not finished(incident, step):
            return step
    return None


def _open_aftercare(draft: Draft, before: Incident) -> None:
    """Once the aftercare began, its steps are put too, one at a time to each who does them. What was to be done by a role that
    nobody answered for is the coordinator's: after the end nobody is called any more."""
    if draft.incident.after.begins_at is None or not draft.incident.after.began:
        return
    come_due(draft, before)
    here = present(draft.incident)
    for step in steps_left(draft.incident):
        doer = draft.incident.doer(step)
        role = doer if doer in here else COORDINATOR
        if step.id not in draft.incident.progress and not _has_aftercare(draft.incident, role):
            draft.record(e.StepOpened(step=step.id, role=role))


def _has_aftercare(incident: Incident, role: RoleId) -> bool:
    put = (incident.progress.get(step.id) for step in steps_left(incident))
    return any(state is not None and state.role == role for state in put)


def roles_of(incident: Incident, person: PersonId) -> tuple[RoleId, ...]:
    """The roles that a person answered for here, the shared one last."""
    held = [r for r in present(incident) if incident.owner(r) == person]
    return (*held, CALLED)


def number_of(incident: Incident, step: StepId) -> str:
    """What people call a step by: its place in the list."""
    return next(str(nr) for nr, known in enumerate(incident.steps, start=1) if known.id == step)


def _chosen(draft: Draft, step: StepId | None) -> Step:
    """The step that was named, or the sender's own open step: one that they took on goes before those of their roles."""
    incident, actor = draft.incident, draft.by.actor
    if step is not None:
        found = next((s for s in incident.steps if s.id == step), None)
        if found is None:
            raise c.Refused("no_such_step", {"step": step})
        return found
    for own in incident.steps:
        state = incident.progress.get(own.id)
        now = incident.state == "open" or is_aftercare(incident, own)
        if now and state is not None and state.progress == "claimed" and state.person == actor:
            return own
    for role in roles_of(incident, actor):
        if put := _own(incident, role):
            return put
    raise c.Refused("no_open_step")


def _own(incident: Incident, role: RoleId) -> Step | None:
    """After the end the aftercare goes before what was left open."""
    if incident.state == "closed":
        for step in steps_left(incident):
            if (put := incident.progress.get(step.id)) is not None and put.role == role:
                return step
    return incident.open_step(role)


def _unfinished(draft: Draft, step: StepId | None, shown: int | None = None) -> Step:
    """`shown` is the round of the message that it is said of: what was put before this round is over."""
    chosen = _chosen(draft, step)
    incident = draft.incident
    if (
        shown is not None
        and shown < incident.round
        and chosen.id in incident.again
        and chosen.id not in incident.progress
    ):
        raise c.Refused("step_of_old_round", {"step": number_of(incident, chosen.id), "round": str(shown)})
    if finished(draft.incident, chosen):
        raise _already_done(draft.incident, chosen.id)
    return chosen


def _already_done(incident: Incident, step: StepId) -> c.Refused:
    person = incident.progress[step].person
    by = incident.name(person) if person is not None else "–"
    return c.Refused("step_already_done", {"step": number_of(incident, step), "by": by})


def _with_somebody(draft: Draft, step: StepId | None) -> tuple[Step, StepState]:
    """A step that is with somebody now."""
    chosen = _unfinished(draft, step)
    state = draft.incident.progress.get(chosen.id)
    if state is None:
        raise c.Refused("step_not_put", {"step": number_of(draft.incident, chosen.id)})
    return chosen, state


def finish(draft: Draft, command: c.FinishStep) -> None:
    step = _unfinished(draft, command.step, command.round)
    if command.step is None:
        _done_by_another(draft, step)
    point = asks_decision(draft.incident, step.id)
    if point is not None:
        raise c.Refused("step_asks_decision", {"step": number_of(draft.incident, step.id), "point": point})
    draft.meet(draft.by.actor)
    draft.record(e.StepFinished(step=step.id, person=draft.by.actor, remark=command.remark))


def _done_by_another(draft: Draft, step: Step) -> None:
    """Refuses what was said of the step before this one, which somebody else finished at the same moment."""
    incident, now = draft.incident, draft.world.now
    own = incident.progress.get(step.id)
    if own is None or own.put_at is None or now - own.put_at > SAME_MOMENT:
        return
    for other, state in incident.progress.items():
        ended = state.role == own.role and state.progress in ("done", "skipped")
        if ended and state.person != draft.by.actor and state.at == own.put_at:
            raise _already_done(incident, other)


def asks_decision(incident: Incident, step: StepId) -> str | None:
    """The type of decision without which an unfinished step cannot be done; None when nothing of the kind is missing."""
    asked = next((s.decision for s in incident.steps if s.id == step and not finished(incident, s)), None)
    return None if asked is None or _decided(incident, asked) else asked


def _decided(incident: Incident, point: str) -> bool:
    """Whether a decision of this type holds that was taken in this round; of a type that nobody knows there can be none."""
    if incident.decision_type(point) is None:
        return True
    taken = (d for d in incident.decisions if d.point == point and stands(d))
    return any(incident.round_at is None or decision.at >= incident.round_at for decision in taken)


def skip(draft: Draft, command: c.SkipStep) -> None:
    step = _unfinished(draft, command.step, command.round)
    if not command.reason.strip():
        raise c.Refused("reason_needed")
    draft.meet(draft.by.actor)
    draft.record(e.StepSkipped(step=step.id, person=draft.by.actor, reason=command.reason))


def claim(draft: Draft, command: c.ClaimStep) -> None:
    step = _unfinished(draft, command.step, command.round)
    draft.meet(draft.by.actor)
    draft.record(e.StepClaimed(step=step.id, person=draft.by.actor))


def reopen(draft: Draft, command: c.ReopenStep) -> None:
    """A step that was finished, or that the sender took on. A reaction that is taken away later than a minute means nothing."""
    step = _chosen(draft, command.step)
    number = number_of(draft.incident, step.id)
    state = draft.incident.progress.get(step.id)
    mine = state is not None and state.progress == "claimed" and state.person == draft.by.actor
    if state is None or not (mine or finished(draft.incident, step)):
        raise c.Refused("step_not_done", {"step": number})
    assert state.at is not None, "what was done was done at a time"
    late = draft.world.now - state.at > timedelta(seconds=UNDO_SECONDS)
    if late and draft.by.via == "reaction":
        raise c.Refused("step_undo_late", {"step": number})
    draft.record(e.StepReopened(step=step.id, person=draft.by.actor))


# --- later, and somebody else -------------------------------------------------------------------------------------------


def postpone(draft: Draft, command: c.PostponeStep) -> None:
    step, _ = _with_somebody(draft, command.step)
    until = command.until or draft.world.now + PUT_OFF
    if until <= draft.world.now:
        raise c.Refused("time_over")
    draft.meet(draft.by.actor)
    draft.record(e.StepPostponed(step=step.id, until=until))


def put_again(draft: Draft, step: StepId) -> None:
    draft.record(e.StepOpened(step=step, role=draft.incident.progress[step].role))


def pass_on(draft: Draft, command: c.PassOnStep) -> None:
    """Only who takes part can be asked; who names oneself takes it on at once."""
    step, state = _with_somebody(draft, command.step)
    known = draft.world.person(command.person)
    if known is None or not takes_part(draft.incident, known):
        name = draft.incident.name(command.person) if known is None else known.name
        raise c.Refused("duty_person_away", {"person": name})
    holder = owner_of(draft.incident, step.id)
    if (holder == known.id and state.progress == "claimed") or state.offered_to == known.id:
        raise c.Refused("already_recorded")
    draft.meet(draft.by.actor)
    if known.id == draft.by.actor:
        draft.record(e.StepClaimed(step=step.id, person=known.id))
        return
    draft.meet(known.id)
    draft.record(e.StepOffered(step=step.id, person=known.id, holder=holder))


def accept(draft: Draft, command: c.AcceptStep) -> None:
    draft.record(e.StepPassedOn(step=_offered(draft, command.step), person=draft.by.actor))


def keep(draft: Draft, command: c.KeepStep) -> None:
    draft.record(e.StepKept(step=_offered(draft, command.step), person=draft.by.actor))


def _offered(draft: Draft, step: StepId | None) -> StepId:
    for known, state in draft.incident.progress.items():
        if state.offered_to == draft.by.actor and step in (None, known):
            return known
    raise c.Refused("nothing_offered")


# --- past their time ----------------------------------------------------------------------------------------------------


def remind(draft: Draft, late: Iterable[StepId]) -> None:
    """Who does a step hears of it alone; the coordinator of all that is still open, in one go."""
    incident = draft.incident
    coordinator = incident.owner(COORDINATOR)
    left: list[StepId] = []
    for step in late:
        owner = owner_of(incident, step)
        if owner is not None and incident.progress[step].reminders == 0:
            draft.meet(owner)
            draft.record(e.StepReminded(steps=(step,), person=owner, who="owner"))
        else:
            left.append(step)
    if left and coordinator is not None:
        draft.record(e.StepReminded(steps=tuple(left), person=coordinator, who="coordinator"))
