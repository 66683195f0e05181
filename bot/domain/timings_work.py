"""How the decisions, the work and the aftercare of an incident went, in numbers that its own log gives."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from bot.domain import entries as e
from bot.domain.incident import Decision, Incident
from bot.domain.indicator import Indicator, counted, share, unknown
from bot.domain.reasons import asked, missing, stands

Told = Sequence[tuple[e.Entry, datetime]]

CAUSALITY: Final = "B4"  # whether what happens online leads to disorder in the street


def decisions(told: Told, incident: Incident) -> Iterator[Indicator]:
    holding = [one for one in incident.decisions if one.point is not None and stands(one)]
    causal = [one for one in holding if one.point == CAUSALITY]
    yield share("causality", sum(_complete(incident, one) for one in causal), len(causal), target=100)
    yield counted("dissent", sum(_differs(one, holding) for one in incident.decisions))
    yield share("decisions_complete", sum(_complete(incident, one) for one in holding), len(holding))
    kinds = (incident.decision_type(one.point) for one in holding if one.point)
    yield counted("options", sum(len(kind.options) for kind in kinds if kind is not None))
    yield counted("reviews", sum(isinstance(x, e.ReviewPlanned) for x, _ in told))
    changed = (
        isinstance(x, e.DecisionChanged) or (isinstance(x, e.DecisionRecorded) and x.replaces is not None)
        for x, _ in told
    )
    yield counted("revisions", sum(changed))


def _complete(incident: Incident, decision: Decision) -> bool:
    """Every question of its motivation was answered, and a second person looked where four eyes are asked for."""
    if not asked(incident, decision) or missing(incident, decision):
        return False
    return not decision.four_eyes or decision.seconded_by is not None


def _differs(advice: Decision, holding: Sequence[Decision]) -> bool:
    """Advice that chose otherwise than the decision at the same point."""
    if advice.capacity != "advice" or advice.withdrawn:
        return False
    return any(one.point == advice.point and one.option != advice.option for one in holding)


def work(told: Told, incident: Incident) -> Iterator[Indicator]:
    yield _actions(told, incident)
    now = told[-1][1]
    on_time = late = 0
    for step in incident.steps:
        state = incident.progress.get(step.id)
        done_at = state.at if state is not None and state.progress == "done" else None
        if not incident.applies(step) or (state is not None and state.progress == "skipped"):
            continue
        if done_at is not None and done_at <= incident.due_at(step):
            on_time += 1
        elif done_at is not None or incident.due_at(step) < (incident.closed_at or now):
            late += 1
    yield share("steps_on_time", on_time, on_time + late)
    yield counted("steps_late", late, of=on_time + late)
    skipped = sum(state.progress == "skipped" for state in incident.progress.values())
    yield counted("steps_skipped", skipped, of=len(incident.steps))


def _actions(told: Told, incident: Incident) -> Indicator:
    """Of the actions that had a time and were not dropped; one that is open counts once its time has passed."""
    done = {x.action: at for x, at in told if isinstance(x, e.ActionDone)}
    now = told[-1][1]
    timed = [
        (one.due, done.get(one.number)) for one in incident.actions if one.due is not None and one.state != "dropped"
    ]
    counts = [at is not None and at <= due for due, at in timed if at is not None or due < now]
    return share("actions_on_time", sum(counts), len(counts))


def aftercare(told: Told, incident: Incident) -> Iterator[Indicator]:
    points = incident.after.improvements
    # A point cannot be noted without an owner, so all that were noted have one.
    yield counted("improvements", len(points))
    finished: dict[int, datetime] = {}
    for entry, at in told:
        match entry:
            case e.ImprovementReviewed(improvement=number, outcome="done" | "dropped"):
                finished.setdefault(number, at)
            case _:
                pass
    for name, which in (("improvements_30", 0), ("improvements_90", 1)):
        due = [(one.number, one.ask_at[which]) for one in points]
        over = [number in finished and finished[number] <= by for number, by in due if by <= told[-1][1]]
        if points and not over:
            yield unknown(name, "too_early", "percent")
        else:
            yield share(name, sum(over), len(over))
    yield counted("improvements_open", sum(one.state == "open" for one in points), of=len(points))
