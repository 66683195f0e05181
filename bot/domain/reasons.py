"""Which reasons a decision needs, which are missing, and how it therefore stands: pure reading of what was frozen and recorded."""

from typing import Final, Literal

from bot.domain.incident import Decision, Incident
from bot.domain.playbook import DecisionOption, DecisionType, Reason

_PROMISES: Final = 2
# How a decision stands; `promised` is open with the reasons to follow, `second` waits for another pair of eyes.
Standing = Literal["withdrawn", "replaced", "advice", "second", "promised", "open", "complete"]


def option_of(kind: DecisionType | None, option: str | None) -> DecisionOption | None:
    return next((one for one in kind.options if one.id == option), None) if kind is not None else None


def asked(incident: Incident, decision: Decision) -> tuple[Reason, ...]:
    """The questions of its motivation in the order of asking; none for advice, and none for a decision in free words."""
    kind = incident.decision_type(decision.point) if decision.point else None
    option = option_of(kind, decision.option)
    if kind is None or option is None or decision.capacity == "advice":
        return ()
    wanted = frozenset((*kind.asks, *option.asks))
    frozen = next(book.reasons for book in reversed(incident.playbooks) if kind in book.decisions)
    return tuple(reason for reason in frozen if reason.id in wanted)


def basis_of(incident: Incident, decision: Decision) -> tuple[str, ...]:
    """The legal codes that can carry what was chosen."""
    kind = incident.decision_type(decision.point) if decision.point else None
    option = option_of(kind, decision.option)
    return option.basis if option is not None else ()


def missing(incident: Incident, decision: Decision) -> tuple[Reason, ...]:
    return tuple(reason for reason in asked(incident, decision) if reason.id not in decision.given)


def next_missing(incident: Incident, decision: Decision, after: str | None = None) -> Reason | None:
    """The first question without an answer that comes after the one named, in the order of asking."""
    order = [reason.id for reason in asked(incident, decision)]
    begin = order.index(after) + 1 if after in order else 0
    return next((r for r in missing(incident, decision) if order.index(r.id) >= begin), None)


def stands(decision: Decision) -> bool:
    """Whether it is a decision that holds: no advice, not withdrawn, not replaced."""
    return not decision.withdrawn and decision.replaced_by is None and decision.capacity != "advice"


def last_promise(decision: Decision) -> bool:
    """Whether its reasons were put off as often as can be: minutes count once or twice, and not for ever."""
    return decision.promises >= _PROMISES


def standing(incident: Incident, decision: Decision) -> Standing:
    if decision.withdrawn:
        return "withdrawn"
    if decision.replaced_by is not None:
        return "replaced"
    if decision.capacity == "advice":
        return "advice"
    if decision.four_eyes and decision.seconded_by is None:
        return "second"
    if decision.point is None:
        return "complete" if decision.reason else "open"
    if not missing(incident, decision):
        return "complete"
    return "open" if decision.reasons_due is None else "promised"


def unfinished(incident: Incident) -> tuple[Decision, ...]:
    """Decisions that hold and still lack a reason or a second pair of eyes; one in free words lacks its reason until somebody gives
    it, or says why it needs none."""
    waiting = ("second", "promised", "open")
    return tuple(d for d in incident.decisions if standing(incident, d) in waiting)


def reviews(incident: Incident) -> tuple[Decision, ...]:
    """Decisions that hold and are to be looked at again, of which nobody was reminded twice."""
    return tuple(d for d in incident.decisions if stands(d) and d.review_at is not None and d.review_reminded < 2)
