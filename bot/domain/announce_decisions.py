"""What others hear of a decision: that it was taken, what it still lacks, the next question, and when to look at it again."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, assert_never

from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.addressing import in_room, to_person
from bot.domain.ids import PersonId
from bot.domain.incident import Decision, Incident
from bot.domain.origin import Place
from bot.domain.playbook import Reason
from bot.domain.reasons import asked, basis_of, last_promise, missing, next_missing, standing

Changed = (
    e.DecisionConfirmed
    | e.DecisionExplained
    | e.DecisionChanged
    | e.DecisionWithdrawn
    | e.DecisionSeconded
    | e.ReasonsPromised
    | e.ReviewPlanned
)


def _where(incident: Incident, person: PersonId, place: Place | None) -> dict[str, Any]:
    """Questions come where the decision was taken: to the person alone, or by name in the room."""
    return to_person(incident, person) if place == "direct" else {**in_room(incident), "mention": (person,)}


def recorded(incident: Incident, entry: e.DecisionRecorded, at: datetime) -> Iterable[m.Message]:
    decision = incident.decisions[entry.decision - 1]
    left = missing(incident, decision)
    yield m.DecisionShown(
        decision=entry.decision,
        text=entry.text,
        by=incident.name(decision.by),
        at=at,
        point=entry.point,
        capacity=entry.capacity,
        role=entry.taken_by,
        second=standing(incident, decision) == "second",
        missing=len(left),
        due=entry.reasons_due,
        replaces=entry.replaces,
        **in_room(incident),
    )
    if left and entry.reasons_due is None:
        yield question(incident, decision, left[0], _where(incident, entry.origin.actor, entry.origin.room))


def question(
    incident: Incident,
    decision: Decision,
    reason: Reason,
    where: dict[str, Any],
    before: Reason | None = None,
) -> m.ReasonAsked:
    """One question of the motivation, after what was given to the one `before` it."""
    order = [one.id for one in asked(incident, decision)]
    given = decision.given.get(before.id) if before is not None else None
    return m.ReasonAsked(
        decision=decision.number,
        reason=reason.id,
        name=reason.name,
        question=reason.question,
        nr=order.index(reason.id) + 1,
        total=len(order),
        codes=basis_of(incident, decision) if reason.kind == "grondslag" else (),
        before=before.name if before is not None and given is not None else None,
        given=given.text if given is not None else "",
        applies=given is None or given.applies,
        **where,
    )


def reasoned(incident: Incident, entry: e.ReasonGiven, at: datetime) -> Iterable[m.Message]:
    decision = incident.decisions[entry.decision - 1]
    before = next((one for one in asked(incident, decision) if one.id == entry.reason), None)
    where = _where(incident, entry.origin.actor, entry.origin.room)
    following = next_missing(incident, decision, entry.reason)
    left = missing(incident, decision)
    if following is not None:
        yield question(incident, decision, following, where, before)
        return
    what: Literal["left", "complete"] = "left" if left else "complete"
    by = incident.name(entry.origin.actor)
    note: dict[str, Any] = {"decision": decision.number, "what": what, "text": "", "by": by, "at": at}
    if left or entry.origin.room == "direct":
        yield m.DecisionNote(**note, missing=len(left), **where)
    if not left:
        yield m.DecisionNote(**note, **in_room(incident))


def changed(incident: Incident, entry: Changed, at: datetime) -> Iterable[m.Message]:
    """To the room; what names a time also to who named it elsewhere."""
    text, lacking = "", 0
    until: datetime | None = None
    replaces = None
    last = False
    match entry:
        case e.DecisionConfirmed():
            what = "confirmed"
        case e.DecisionExplained(reason=text):
            what = "explained"
        case e.DecisionChanged(text=text):
            what = "changed"
        case e.DecisionWithdrawn(reason=text):
            what, replaces = "withdrawn", incident.decisions[entry.decision - 1].replaces
        case e.DecisionSeconded():
            what = "seconded"
        case e.ReasonsPromised(due=until):
            decision = incident.decisions[entry.decision - 1]
            what, lacking, last = "promised", len(missing(incident, decision)), last_promise(decision)
        case e.ReviewPlanned(at=until):
            what = "review"
        case _:
            assert_never(entry)
    given: dict[str, Any] = {
        "what": what,
        "text": text,
        "until": until,
        "missing": lacking,
        "replaces": replaces,
        "last": last,
    }
    by = incident.name(entry.origin.actor)
    yield m.DecisionNote(decision=entry.decision, by=by, at=at, **given, **in_room(incident))
    if until is not None and entry.origin.room == "direct":
        where = to_person(incident, entry.origin.actor)
        yield m.DecisionNote(decision=entry.decision, by=by, at=at, **given, **where)


def reminded(incident: Incident, entry: e.ReasonsReminded | e.ReviewReminded, at: datetime) -> Iterable[m.Message]:
    """To one person; and once to the room, when reasons did not come after every reminder, or cannot be put off again."""
    decision = incident.decisions[entry.decision - 1]
    lacking = len(missing(incident, decision))
    reasons = isinstance(entry, e.ReasonsReminded)
    late: dict[str, Any] = {"decision": decision.number, "text": "", "by": incident.name(decision.recorder), "at": at}
    late |= {"missing": lacking, **in_room(incident)}
    if isinstance(entry, e.ReasonsReminded) and entry.everybody:
        yield m.DecisionNote(what="unanswered", **late)
        return
    yield m.DecisionReminder(
        decision=decision.number,
        what="reasons" if reasons else "review",
        text=decision.text,
        missing=lacking,
        **to_person(incident, entry.person),
    )
    if reasons and last_promise(decision) and entry.person == decision.recorder:
        yield m.DecisionNote(what="overdue", **late)
