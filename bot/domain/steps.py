"""Walking the room through the playbook: each role that is here has one open step at a time."""

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.aftercare import is_aftercare, steps_left
from bot.domain.conditions import come_due
from bot.domain.draft import Draft
from bot.domain.ids import PersonId, RoleId, StepId
from bot.domain.incident import Incident, finished
from bot.domain.people import CALLED, COORDINATOR, MELDER
from bot.domain.playbook import Step


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
        if _put(draft.incident, role) is None and (step := _next(draft.incident, role)) is not None:
            draft.record(e.StepOpened(step=step.id, role=role))


def _put(incident: Incident, role: RoleId) -> Step | None:
    """The open step of a role; one of the aftercare, put before the incident was opened again, holds up nothing."""
    found = incident.open_step(role)
    return None if found is not None and incident.state == "open" and is_aftercare(incident, found) else found


def _next(incident: Incident, role: RoleId) -> Step | None:
    for step in incident.steps:
        free = step.id not in incident.progress and incident.applies(step) and not is_aftercare(incident, step)
        if free and incident.doer(step) == role and not finished(incident, step):
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


def _chosen(draft: Draft, step: StepId | None) -> Step:
    """The step that was named, or the sender's own open step."""
    incident = draft.incident
    if step is not None:
        found = next((s for s in incident.steps if s.id == step), None)
        if found is None:
            raise c.Refused("no_such_step", {"step": step})
        return found
    for role in roles_of(incident, draft.by.actor):
        if own := _own(incident, role):
            return own
    raise c.Refused("no_open_step")


def _own(incident: Incident, role: RoleId) -> Step | None:
    """After the end the aftercare goes before what was left open."""
    if incident.state == "closed":
        for step in steps_left(incident):
            if (put := incident.progress.get(step.id)) is not None and put.role == role:
                return step
    return incident.open_step(role)


def _unfinished(draft: Draft, step: StepId | None) -> Step:
    chosen = _chosen(draft, step)
    if finished(draft.incident, chosen):
        raise c.Refused("step_already_done", {"step": chosen.id})
    return chosen


def finish(draft: Draft, command: c.FinishStep) -> None:
    step = _unfinished(draft, command.step)
    draft.meet(draft.by.actor)
    draft.record(e.StepFinished(step=step.id, person=draft.by.actor, remark=command.remark))


def skip(draft: Draft, command: c.SkipStep) -> None:
    step = _unfinished(draft, command.step)
    if not command.reason.strip():
        raise c.Refused("reason_needed")
    draft.meet(draft.by.actor)
    draft.record(e.StepSkipped(step=step.id, person=draft.by.actor, reason=command.reason))


def claim(draft: Draft, command: c.ClaimStep) -> None:
    step = _unfinished(draft, command.step)
    draft.meet(draft.by.actor)
    draft.record(e.StepClaimed(step=step.id, person=draft.by.actor))


def reopen(draft: Draft, command: c.ReopenStep) -> None:
    step = _chosen(draft, command.step)
    if not finished(draft.incident, step):
        raise c.Refused("step_not_done", {"step": step.id})
    draft.record(e.StepReopened(step=step.id, person=draft.by.actor))
