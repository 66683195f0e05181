"""The closed circle: named people who go on in confidence, in a room of their own within the same incident and the same log.

What is said there is answered there and shown nowhere else: `keep_apart` holds commands to their room, `kept` the messages that
follow from them, and `open_part` and `is_open` what others read.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.draft import Draft
from bot.domain.growing import Growing
from bot.domain.ids import BOT, PersonId
from bot.domain.incident import Incident
from bot.domain.origin import Place

CIRCLE: Final[Place] = "closed_circle"
ROOM: Final = m.To("room", CIRCLE)
# Lines and free decisions; steps, actions, situation reports and decisions from a list are the work of the whole room.
WITHIN: Final[frozenset[type[c.Command]]] = frozenset(
    (
        c.RecordLine, c.QualifyLine, c.ReplaceLine, c.SettleAssumption, c.AnswerQuestion, c.AnswerNotice, c.RecordDecision,
        c.ConfirmDecision, c.ExplainDecision, c.ChangeDecision, c.WithdrawDecision, c.EditSource, c.RemoveSource,
        c.WidenCircle, c.NarrowCircle, c.ReportMember, c.ReportRoomLost,
    )
)  # fmt: skip
_OF_ROOMS: Final = (e.RoomOpened, e.RoomNotMade, e.RoomLost, e.PersonJoined, e.PersonLeft)


def keep_apart(incident: Incident, command: c.Command) -> None:
    """Refuses what would carry something out of the circle, or into it: a thing is dealt with where it was recorded."""
    inside = command.by.room == CIRCLE
    actor = command.by.actor
    if inside and type(command) not in WITHIN:
        raise c.Refused("not_in_circle")
    seen = isinstance(command, c.ReportMember | c.RemoveSource)
    if inside and actor != BOT and actor not in incident.circle and not seen:
        raise c.Refused("not_allowed")
    if inside and isinstance(command, c.RecordLine) and command.file is not None:
        raise c.Refused("no_file_in_circle")
    number, kept = _about(incident, command)
    if number is not None and kept != inside:
        code = "not_of_circle" if inside else "of_circle" if actor in incident.circle else "not_for_you"
        raise c.Refused(code, {"number": str(number)})


def _about(incident: Incident, command: c.Command) -> tuple[int | None, bool]:
    """The number of the line or decision that a command is about, and whether it is kept in the circle."""
    match command:
        case (
            c.QualifyLine(line=number)
            | c.ReplaceLine(line=number)
            | c.SettleAssumption(line=number)
            | c.AnswerQuestion(line=number)
            | c.AnswerNotice(line=number)
            | c.RecordLine(about=int(number))
        ):
            line = incident.log_lines.get(number)
            return (None, False) if line is None else (number, line.place == CIRCLE)
        case (
            c.ConfirmDecision(decision=number)
            | c.ChangeDecision(decision=number)
            | c.WithdrawDecision(decision=number)
            | c.GiveReason(decision=number)
            | c.PromiseReasons(decision=number)
            | c.PlanReview(decision=number)
            | c.ExplainDecision(decision=int(number))
            | c.RecordDecision(replaces=int(number))
            | c.TakeDecision(replaces=int(number))
        ):
            found = next((d for d in incident.decisions if d.number == number), None)
            return (None, False) if found is None else (number, found.place == CIRCLE)
        case c.ExplainDecision() if incident.decisions:
            last = incident.decisions[-1]
            return last.number, last.place == CIRCLE
        case _:
            return None, False


def form(draft: Draft, command: c.FormCircle) -> None:
    if draft.incident.circle:
        raise c.Refused("circle_exists")
    _within(draft)
    _meet(draft, (draft.by.actor, *command.persons))
    persons = tuple(dict.fromkeys((draft.by.actor, *command.persons)))
    draft.record(e.CircleFormed(persons=persons, reason=command.reason.strip()))


def widen(draft: Draft, command: c.WidenCircle) -> None:
    new = tuple(p for p in dict.fromkeys(command.persons) if p not in draft.incident.circle)
    if not new:
        raise c.Refused("already_in_circle")
    _within(draft)
    _meet(draft, new)
    draft.record(e.CircleWidened(persons=new))


def narrow(draft: Draft, command: c.NarrowCircle) -> None:
    """Somebody must be left to go on."""
    gone = tuple(p for p in dict.fromkeys(command.persons) if p in draft.incident.circle)
    if not gone:
        raise c.Refused("not_in_this_circle")
    if len(gone) == len(draft.incident.circle):
        raise c.Refused("circle_of_nobody")
    _within(draft)
    for person in gone:
        draft.record(e.CircleNarrowed(person=person))


def _within(draft: Draft) -> None:
    """Wherever it was said: who belongs to the circle is for the circle."""
    draft.by = replace(draft.by, room=CIRCLE, confidentiality="vertrouwelijk")


def _meet(draft: Draft, persons: Iterable[PersonId]) -> None:
    for person in persons:
        draft.meet(person)


def kept(entry: e.Entry, messages: Iterable[m.Message], main: m.To) -> list[m.Message]:
    """What follows from an entry of the circle is said in its room; other messages go where they were going."""
    if entry.origin.room != CIRCLE:
        return list(messages)
    return [replace(message, to=ROOM) if message.to == main else message for message in messages]


def is_open(entry: e.Entry) -> bool:
    """Whether everybody who takes part may read the entry."""
    if isinstance(entry, _OF_ROOMS) and entry.name == CIRCLE:
        return False
    return entry.origin.room != CIRCLE


def open_part(incident: Incident) -> Incident:
    """The incident as everybody who takes part may read it: nothing that was recorded in the circle, nor who is in it."""
    if not incident.circle_ever:
        return incident
    paged = {page.person for page in incident.pages.values()}
    holders = {person for call in incident.calls.values() for person in call.holders}
    guests = {person for neighbour in incident.neighbours for person in neighbour.people}
    hidden = incident.circle_ever - {incident.reporter} - paged - holders - guests - incident.members
    return replace(
        incident,
        decisions=tuple(d for d in incident.decisions if d.place != CIRCLE),
        log_lines=Growing({number: line for number, line in incident.log_lines.items() if line.place != CIRCLE}),
        rooms={name: room for name, room in incident.rooms.items() if name != CIRCLE},
        lost_rooms=incident.lost_rooms - {CIRCLE},
        people={person: seen for person, seen in incident.people.items() if person not in hidden},
        circle=(),
        circle_ever=frozenset(),
        circle_present=frozenset(),
    )
