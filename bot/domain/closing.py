"""The end of an incident: what is required and still open stands in the proposal, and closing all the same needs a reason."""

from dataclasses import replace
from typing import Final

from bot.domain import aftercare
from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.draft import Draft
from bot.domain.incident import Incident, finished
from bot.domain.people import COORDINATOR
from bot.domain.playbook import Step

# The type of decision that a close of the incident answers: go on, or close.
_GO_ON_OR_CLOSE: Final = "B11"


def required_left(incident: Incident) -> tuple[Step, ...]:
    """The required steps that are neither done nor skipped; a step whose condition did not come true is not asked of anybody, and
    the steps of the aftercare are for after the end."""
    wanted = (s for s in incident.steps if s.required and incident.applies(s) and not finished(incident, s))
    return tuple(s for s in wanted if not _is_the_closing(s) and not aftercare.is_aftercare(incident, s))


def _is_the_closing(step: Step) -> bool:
    return step.phase == "nafase" and step.decision == _GO_ON_OR_CLOSE


def suggest(draft: Draft) -> None:
    """The bot never closes: it asks who may, and of those who chairs."""
    incident = draft.incident
    chair, leads = incident.duty_holder("voorzitter"), (incident.owner(COORDINATOR), incident.reporter)
    person = chair if chair is not None and chair in leads else leads[0] or leads[1]
    draft.record(e.ClosingSuggested(person=person))


def close(draft: Draft, command: c.CloseIncident) -> None:
    """Closes, and with it does the step that asks for it. Refused without a reason while something required is open."""
    if draft.incident.closing_by is None:
        raise c.Refused("propose_first")
    left = required_left(draft.incident)
    reason = command.reason.strip()
    if left and not reason:
        raise c.Refused("close_reason_needed", {"count": str(len(left))})
    draft.meet(draft.by.actor)
    for step in draft.incident.steps:
        if _is_the_closing(step) and not finished(draft.incident, step):
            draft.record(e.StepFinished(step=step.id, person=draft.by.actor))
    begins_at, evaluate_at = aftercare.planned(draft)
    ends = e.IncidentClosed(person=draft.by.actor, reason=reason, left=tuple(s.id for s in left))
    draft.record(replace(ends, aftercare_at=begins_at, evaluate_at=evaluate_at))


def reopen(draft: Draft, command: c.ReopenIncident) -> None:
    """Closing can be taken back for as long as the policy says; the aftercare, which goes on longer, does not stretch that."""
    incident, policy = draft.incident, draft.incident.policy
    assert policy is not None, "a closed incident has its policy"
    assert incident.closed_at is not None, "a closed incident knows when it was closed"
    if draft.world.now - incident.closed_at >= policy.reopen_window:
        raise c.Refused("reopen_too_late")
    draft.meet(draft.by.actor)
    draft.record(e.IncidentReopened(person=draft.by.actor, reason=command.reason.strip()))
