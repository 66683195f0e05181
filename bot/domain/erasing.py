"""Erasing what a log says, with four eyes, and the hold that forbids it: the opening goes, the commitment stays."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Final, assert_never

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.authority import LEADING, takes_part
from bot.domain.custody import Asked, Log, Recorded
from bot.domain.draft import Draft
from bot.domain.ids import EventId, PersonId

# Somebody's later words about a thing are words about it too.
_ALSO: Final[Mapping[str, frozenset[e.Written]]] = {
    "line": frozenset(("line", "answer")),
    "decision": frozenset(("decision", "reason")),
    "action": frozenset(("action",)),
    "sitrep": frozenset(("sitrep",)),
}


@dataclass(frozen=True, slots=True)
class Place:
    """One field of one entry."""

    log: Log
    seq: int
    name: str


def ask(draft: Draft, command: c.AskErasure) -> None:
    ground = command.ground.strip()
    if not ground:
        raise c.Refused("erase_ground")
    _unheld(draft)
    of, which = _meant(draft.world.recorded, command.of, command.which)
    places(draft, of, which)
    draft.meet(draft.by.actor)
    draft.record(e.ErasureAsked(of=of, which=which, ground=ground))


def confirm(draft: Draft) -> None:
    """By another person than who asked: nobody erases alone."""
    asked = draft.incident.custody.asked
    if asked is None:
        raise c.Refused("nothing_to_erase")
    _unheld(draft)
    if asked.by == draft.by.actor:
        raise c.Refused("four_eyes")
    draft.meet(draft.by.actor)
    _erase(draft, asked, draft.by.actor)


def erase_at_once(draft: Draft, command: c.EraseNow) -> None:
    """At a terminal, with the names of the two who decided it."""
    ground = command.ground.strip()
    if not ground:
        raise c.Refused("erase_ground")
    _unheld(draft)
    if command.first == command.second:
        raise c.Refused("four_eyes")
    for person in (command.first, command.second):
        known = draft.world.person(person)
        if known is None or not takes_part(draft.incident, known) or LEADING.isdisjoint(known.roles):
            raise c.Refused("not_allowed")
        draft.meet(person)
    of, which = _meant(draft.world.recorded, command.of, command.which)
    _erase(draft, Asked(of, which, ground, command.first), command.second)


def _meant(recorded: Iterable[Recorded], of: e.Erasable, which: str) -> tuple[e.Erasable, str]:
    """An entry or a message that people know otherwise is erased as that: with what was corrected in it, and a name wherever it
    stands. A message that became more than one thing stays a message, and all of them go with it."""
    match of:
        case "entry":
            found = {_known_as(one) for one in recorded if one.log == "incident" and one.seq == int(which)}
        case "message":
            found = _became(recorded, which)
        case _:
            return of, which
    return found.pop() if len(found) == 1 else (of, which)


def _known_as(recorded: Recorded) -> tuple[e.Erasable, str]:
    match recorded.entry:
        case e.LineRecorded(line=int(number)):
            return "line", str(number)
        case e.DecisionRecorded(decision=number):
            return "decision", str(number)
        case e.ActionGiven(action=number):
            return "action", str(number)
        case e.SitrepRecorded(sitrep=number):
            return "sitrep", str(number)
        case e.AlarmRaised() | e.PageRequested():  # who is called reads the alarm's own words
            return "alarm", ""
        case e.PersonSeen(person=person):
            return "person", person
        case _:
            return "entry", str(recorded.seq)


def _became(recorded: Iterable[Recorded], message: str) -> set[tuple[e.Erasable, str]]:
    """What was written in the incident's log out of a message in the chat, as far as it has words."""
    own = [one for one in recorded if one.log == "incident" and _said_in(one.entry, message)]
    return {_known_as(one) for one in own if _erasable(one.entry) & _holds(one.entry)}


def place_hold(draft: Draft, command: c.PlaceHold) -> None:
    reason = command.reason.strip()
    if not reason:
        raise c.Refused("hold_reason")
    if draft.incident.custody.hold is not None:
        raise c.Refused("hold_stands")
    draft.meet(draft.by.actor)
    draft.record(e.HoldPlaced(reason=reason))


def lift_hold(draft: Draft, command: c.LiftHold) -> None:
    reason = command.reason.strip()
    if not reason:
        raise c.Refused("hold_reason")
    if draft.incident.custody.hold is None:
        raise c.Refused("no_hold")
    draft.meet(draft.by.actor)
    draft.record(e.HoldLifted(reason=reason))


def places(draft: Draft, of: e.Erasable, which: str) -> tuple[Place, ...]:
    """The fields that hold those words and are not erased yet, with what was kept of the same messages where all is kept.

    Raises Refused: nothing has that number, nothing of it can be erased, or all of it is erased already.
    """
    known = tuple(draft.world.recorded)
    things = _became(known, which) if of == "message" else {(of, which)}
    own = [one for one in known if one.log == "incident" and any(_is_it(one, *thing) for thing in things)]
    meant = own or [one for one in known if of == "message" and _said_in(one.entry, which)]
    if not meant:
        number = {"number": draft.incident.number}
        raise c.Refused("message_not_recorded", number) if of == "message" else c.Refused("not_recorded")
    said = {event for one in meant for event in words_of(one.entry)}
    also = [one for one in known if one not in meant and getattr(one.entry, "message", None) in said]
    every = [*meant, *also]
    if not any(_erasable(one.entry) & _holds(one.entry) for one in every):
        raise c.Refused("not_erasable")
    found = tuple(Place(one.log, one.seq, name) for one in every for name in sorted(_erasable(one.entry) & one.open))
    if not found:
        raise c.Refused("already_erased")
    return found


def words_of(entry: e.Entry | e.TranscriptEntry) -> tuple[EventId, ...]:
    """The messages in which somebody wrote what the entry says; a reaction that marked one is none."""
    message = getattr(entry, "message", None)
    source = getattr(entry, "source", None)
    typed = entry.origin.cause if entry.origin.via == "text" and source is None else None
    return tuple(event for event in (message, source, entry.origin.typed or typed) if event is not None)


def _said_in(entry: e.Entry | e.TranscriptEntry, message: str) -> bool:
    """Whether somebody wrote it there; that its writer was met for the first time is no words of theirs."""
    return message in words_of(entry) and not isinstance(entry, e.PersonSeen)


def _erase(draft: Draft, asked: Asked, second: PersonId) -> None:
    found = places(draft, asked.of, asked.which)
    for n, place in enumerate(found, 1):
        draft.record(
            e.FieldErased(
                log=place.log,
                seq=place.seq,
                name=place.name,
                of=asked.of,
                which=asked.which,
                ground=asked.ground,
                asked_by=asked.by,
                confirmed_by=second,
                left=len(found) - n,
            )
        )


def _unheld(draft: Draft) -> None:
    if draft.incident.custody.hold is not None:
        raise c.Refused("hold_stands")


def _is_it(recorded: Recorded, of: e.Erasable, which: str) -> bool:
    """Called with entries of the incident's own log, whose numbers are those that people see."""
    entry = recorded.entry
    match of:
        case "message":
            return _said_in(entry, which)
        case "entry":
            return recorded.seq == int(which)
        case "alarm":
            edited = isinstance(entry, e.SourceEdited) and entry.about == "alarm"
            return isinstance(entry, e.AlarmRaised | e.IntakeAnswered | e.AlarmTakenIn) or edited
        case "closing":
            return isinstance(entry, e.IncidentClosed | e.IncidentReopened | e.IncidentFinished)
        case "person":
            return isinstance(entry, e.PersonSeen) and entry.person == which
        case "line" | "decision" | "action" | "sitrep":
            if isinstance(entry, e.SourceEdited):
                return entry.about in _ALSO[of] and entry.number == int(which)
            return getattr(entry, of, None) == int(which)
        case _:
            assert_never(of)


def _erasable(entry: e.Entry | e.TranscriptEntry) -> frozenset[str]:
    return frozenset(one.name for one in fields(entry) if "erasable" in one.metadata)


def _holds(entry: e.Entry | e.TranscriptEntry) -> frozenset[str]:
    """The fields that say something: one left at its default was never written."""
    return frozenset(one.name for one in fields(entry) if getattr(entry, one.name) != one.default)
