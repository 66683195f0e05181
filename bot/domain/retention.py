"""What is kept for how long, and what may go now: counted from the closing of an incident, and never while something forbids it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from bot.domain import entries as e
from bot.domain.ids import IncidentId

# A reason why what is past its term stays; of several the first here counts.
Barred = Literal["broken", "hold", "not_finished", "no_export", "room_first"]


@dataclass(frozen=True, slots=True)
class Terms:
    """How long after the closing of an incident each kind stays; of `access` how long after the reading. `record` None: for ever.

    What the law asks of the record of a real incident differs by municipality and was not verified for all; its place is the
    archive, so unless somebody says otherwise the bot never destroys it.
    """

    room: timedelta = timedelta(days=30)
    record: timedelta | None = None
    exercise: timedelta = timedelta(days=90)
    access: timedelta = timedelta(days=365)
    paging: timedelta = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one closed incident; times are UTC. Without `closed_at` its log is gone already.

    `exported`: a whole dossier was made of the log as it ends now. `rooms` are those that the bot is still in and that nobody asked
    to be emptied; `pages` the messages that called people and are still kept; `readings` when somebody read or exported it.
    """

    incident: IncidentId
    number: str
    exercise: bool
    finished: bool
    closed_at: datetime | None
    held: bool = False
    sound: bool = True  # its log verifies
    exported: bool = False
    rooms: int = 0
    emptying: bool = False  # a room is still to be emptied or left
    pages: int = 0
    readings: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Destruction:
    """One kind of data of one incident that is past its term since `since` (UTC): `count` things; `barred` says why it stays."""

    kind: e.Destroyable
    incident: IncidentId
    number: str
    count: int
    since: datetime
    barred: Barred | None = None


# In the order in which they go: a log is the last, because what else is there is found through it.
ORDER: Final[tuple[e.Destroyable, ...]] = ("room", "paging", "access", "exercise", "record")


def due(known: Iterable[Facts], terms: Terms, now: datetime) -> tuple[Destruction, ...]:
    """All that is past its term at `now`, also what must stay, oldest incident first."""
    found = [one for facts in known for one in _of(facts, terms, now)]
    return tuple(sorted(found, key=lambda one: (ORDER.index(one.kind), one.since, one.number)))


def _of(facts: Facts, terms: Terms, now: datetime) -> Iterable[Destruction]:
    read = [at + terms.access for at in facts.readings if at + terms.access <= now]
    if read:
        yield _one(facts, "access", len(read), min(read), _unreadable_or_held(facts))
    if facts.closed_at is None:
        return
    real = not facts.exercise
    if (since := facts.closed_at + terms.room) <= now and facts.rooms:
        yield _one(facts, "room", facts.rooms, since, _barred(facts, export=real))
    if (since := facts.closed_at + terms.paging) <= now and facts.pages:
        yield _one(facts, "paging", facts.pages, since, _barred(facts))
    term = terms.record if real else terms.exercise
    if term is not None and facts.closed_at + term <= now:
        barred = _barred(facts, export=real) or ("room_first" if facts.rooms or facts.emptying else None)
        yield _one(facts, "record" if real else "exercise", 1, facts.closed_at + term, barred)


def _one(facts: Facts, kind: e.Destroyable, count: int, since: datetime, barred: Barred | None) -> Destruction:
    return Destruction(kind, facts.incident, facts.number, count, since, barred)


def _unreadable_or_held(facts: Facts) -> Barred | None:
    if not facts.sound:
        return "broken"  # whether a hold stands cannot be read
    return "hold" if facts.held else None


def _barred(facts: Facts, *, export: bool = False) -> Barred | None:
    if (why := _unreadable_or_held(facts)) is not None:
        return why
    if not facts.finished:
        return "not_finished"
    return "no_export" if export and not facts.exported else None
