"""When a step with a condition is to be done: what was answered so far, and whether that makes it due.

A condition that came true once stays so: taking the answer back undoes nothing that people may already be doing.
"""

from typing import Literal

from bot.domain import entries as e
from bot.domain.draft import Draft
from bot.domain.incident import Decision, Incident, finished
from bot.domain.playbook import Cause, Condition, Outcome, Step
from bot.domain.reasons import stands

Standing = Literal["holds", "waits", "fails"]
_OUTCOMES: dict[str, Outcome] = {"done": "gedaan", "skipped": "nvt"}


def standing(incident: Incident, step: Step) -> Standing:
    """As things stand now: all conditions hold, one is not answered yet, or one was answered otherwise."""
    found = {_standing(incident, condition) for condition in step.when}
    return "fails" if "fails" in found else "waits" if "waits" in found else "holds"


def _standing(incident: Incident, condition: Condition) -> Standing:
    if condition.decision is not None:
        decision = _taken(incident, condition.decision)
        if decision is None:
            return "waits"
        return "holds" if decision.option in condition.options else "fails"
    if condition.step is not None:
        return _of_step(incident, condition)
    return "holds" if condition.phenomenon in _phenomena(incident) else "waits"


def _of_step(incident: Incident, condition: Condition) -> Standing:
    state = incident.progress.get(condition.step) if condition.step is not None else None
    outcome = _OUTCOMES.get(state.progress) if state is not None else None
    if outcome is not None:
        return "holds" if outcome == condition.outcome else "fails"
    asked = next((s for s in incident.steps if s.id == condition.step), None)
    never = asked is not None and not incident.applies(asked) and standing(incident, asked) == "fails"
    return "fails" if never else "waits"


def _taken(incident: Incident, point: str) -> Decision | None:
    """The decision of a type that counts: the latest that holds. Advice is none."""
    return next((d for d in reversed(incident.decisions) if d.point == point and stands(d)), None)


def _phenomena(incident: Incident) -> frozenset[str]:
    started = frozenset(code for playbook in incident.playbooks for code in playbook.phenomena)
    return started | ({incident.phenomenon} if incident.phenomenon is not None else frozenset())


def _cause(incident: Incident, condition: Condition) -> Cause:
    if condition.decision is not None:
        decision = _taken(incident, condition.decision)
        assert decision is not None, "a condition that holds has its decision"
        return Cause(decision=decision.number, option=decision.option)
    if condition.step is not None:
        return Cause(step=condition.step, outcome=condition.outcome)
    return Cause(phenomenon=condition.phenomenon)


def come_due(draft: Draft, before: Incident) -> None:
    """Records which steps became due by what was just recorded, and of which the answer was just taken back. A new round takes
    no answer back: it only asks again."""
    same_round = draft.incident.round == before.round
    for step in draft.incident.steps:
        if not step.when or finished(draft.incident, step):
            continue
        holds = standing(draft.incident, step) == "holds"
        if holds and step.id not in draft.incident.came_due:
            causes = tuple(_cause(draft.incident, condition) for condition in step.when)
            draft.record(e.StepBecameDue(step=step.id, because=causes))
        elif not holds and same_round and step.id in before.came_due and standing(before, step) == "holds":
            draft.record(e.StepStayedDue(step=step.id))
