"""What the log says of keeping and erasing its own words: what was asked to be erased, and whether all of it must be kept."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from bot.domain import entries as e
from bot.domain.ids import PersonId

Log = Literal["incident", "transcript"]
CustodyEntry = e.ErasureAsked | e.FieldErased | e.HoldPlaced | e.HoldLifted


@dataclass(frozen=True, slots=True)
class Recorded:
    """One stored entry and the names of its fields that still have an opening."""

    log: Log
    seq: int
    entry: e.Entry | e.TranscriptEntry
    open: frozenset[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """Words that somebody wants erased; another must confirm. `which` is a number, or the id of a person or a message."""

    of: e.Erasable
    which: str
    ground: str
    by: PersonId


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing of this incident may be erased or destroyed, since `at` (UTC)."""

    reason: str
    by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True)
class Custody:
    asked: Asked | None = None
    hold: Hold | None = None


def evolved(custody: Custody, entry: CustodyEntry, at: datetime) -> Custody:
    match entry:
        case e.ErasureAsked():
            return replace(custody, asked=Asked(entry.of, entry.which, entry.ground, entry.origin.actor))
        case e.FieldErased():
            return custody if entry.again else replace(custody, asked=None)
        case e.HoldPlaced():
            return replace(custody, asked=None, hold=Hold(entry.reason, entry.origin.actor, at))
        case e.HoldLifted():
            return replace(custody, hold=None)
        case _:
            assert_never(entry)
