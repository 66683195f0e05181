"""How much of four weeks one person may be on call: the rules on standby duty, as far as a roster shows them.

Arbeidstijdenwet 5:9 asks that somebody is free of standby on at least 14 times 24 hours in every 28, and twice for 48 hours
on end. Standby between midnight and six on 16 or more of the nights in 16 weeks shortens the working week. Collective
agreements and the police have rules of their own, so all of it is a setting, and a lawyer has the last word.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Final, Literal

from bot.domain.ids import PersonId, RoleId
from bot.domain.roster import Change, Layer, Rotation, shifts_of
from bot.domain.wall import shown

PERIOD: Final = timedelta(days=28)
NIGHTS: Final = timedelta(weeks=16)
_DAY: Final = timedelta(days=1)
_MORNING: Final = time(6)

Stretch = tuple[datetime, datetime]  # local wall time: a night that lacks an hour is a whole night to the law


@dataclass(frozen=True, slots=True)
class StandbyRules:
    """At most `days` of 28 on standby, `blocks` times 48 hours free of it, at most `nights` in 16 weeks (None: any).

    Only `layers` count, and no role in `exempt`.
    """

    days: int = 14
    blocks: int = 2
    nights: int | None = None
    layers: tuple[Layer, ...] = ("eerste",)
    exempt: frozenset[RoleId] = frozenset()


@dataclass(frozen=True, slots=True)
class Excess:
    """From `start` (local wall time, naive) a person has `found` days or nights of standby or blocks free of it."""

    what: Literal["standby_days", "standby_rest", "standby_nights"]
    start: datetime
    found: int
    limit: int


def standby(
    rules: StandbyRules,
    rotations: Sequence[Rotation],
    changes: Sequence[Change],
    person: PersonId,
    at: datetime,
    until: datetime,
    zone: str,
) -> tuple[Excess, ...]:
    """What is too much in the periods that begin with a shift that runs or begins within [at, until); each kind once.

    A municipality's one standing person is a function and no shift, and does not count.
    """
    counted = [
        r
        for r in rotations
        if r.layer in rules.layers
        and r.role not in rules.exempt
        and not (r.municipalities and len(r.order) == 1 and r.until is None)
    ]
    ahead = PERIOD if rules.nights is None else NIGHTS
    on = _joined(
        (shown(shift.start, zone), shown(shift.end, zone))
        for shift in shifts_of(counted, changes, person, at - PERIOD, until + ahead)
        if shift.layer in rules.layers and shift.role not in rules.exempt
    )
    looked, begin, end = (shown(edge, zone) for edge in (at - PERIOD, at, until))
    found: dict[str, Excess] = {}
    for start in (start for start, stop in on if stop > begin and start < end):
        # Of a shift that is older than we look, only what comes can still be mended.
        for excess in _from(rules, on, start if start > looked else begin):
            found.setdefault(excess.what, excess)
    return tuple(found.values())


def _from(rules: StandbyRules, on: Sequence[Stretch], start: datetime) -> Iterable[Excess]:
    free = _free(on, start, start + PERIOD)
    days = PERIOD // _DAY - sum(stretch // _DAY for stretch in free)
    if days > rules.days:
        yield Excess("standby_days", start, days, rules.days)
    blocks = sum(stretch // (2 * _DAY) for stretch in free)
    if blocks < rules.blocks and days <= rules.days:  # who has too many days is told that first
        yield Excess("standby_rest", start, blocks, rules.blocks)
    if rules.nights is not None:
        nights = sum(_on_at_night(on, datetime.combine(start, time()) + n * _DAY) for n in range(NIGHTS // _DAY))
        if nights > rules.nights:
            yield Excess("standby_nights", start, nights, rules.nights)


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    joined: list[Stretch] = []
    for start, end in sorted(stretches):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined


def _free(on: Sequence[Stretch], start: datetime, end: datetime) -> list[timedelta]:
    """How long each stretch between two shifts within [start, end) is."""
    inside = [(max(a, start), min(b, end)) for a, b in on if a < end and b > start]
    edges = [(start, start), *inside, (end, end)]
    return [after[0] - before[1] for before, after in pairwise(edges)]


def _on_at_night(on: Sequence[Stretch], midnight: datetime) -> bool:
    return any(start < midnight.replace(hour=_MORNING.hour) and end > midnight for start, end in on)
