"""Who is on call: rotations in local wall time, overrides on top, computed for an instant and never stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final, Literal
from zoneinfo import ZoneInfo

from bot.domain.ids import PersonId, RoleId

Layer = Literal["eerste", "reserve"]
Every = Literal["dag", "week"]
LAYERS: Final[tuple[Layer, ...]] = ("eerste", "reserve")

_TURN: Final[dict[Every, timedelta]] = {"dag": timedelta(days=1), "week": timedelta(weeks=1)}
_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Rotation:
    """People in turn for one role and layer.

    `start` is the local date-time (naive, in `zone`) of the first hand-over of `order[0]`; hand-overs follow every
    local day or week at that same wall time. On the night that skips the hand-over's wall time the hand-over is at the
    first instant that exists; on the night that has it twice it is at the first of the two.
    """

    role: RoleId
    layer: Layer
    every: Every
    start: datetime
    order: tuple[PersonId, ...]
    zone: str = "Europe/Amsterdam"


@dataclass(frozen=True, slots=True)
class Override:
    """A replacement for a period [start, end) in UTC: `person` stands in for the role and layer."""

    role: RoleId
    layer: Layer
    person: PersonId
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Shift:
    """A computed span [start, end) in UTC in which one person is on call."""

    role: RoleId
    layer: Layer
    person: PersonId
    start: datetime
    end: datetime


def on_call(
    rotations: Sequence[Rotation], overrides: Sequence[Override], role: RoleId, layer: Layer, at: datetime
) -> PersonId | None:
    """Who is on call for the role and layer at the instant `at` (aware); None when nobody is.

    An override wins over every rotation, a later override in the sequence over an earlier one. Of several
    rotations the one that started last counts, so that a new order can be planned ahead. The two daylight-saving nights follow the
    rule of `Rotation`: a hand-over at 02:30 in Amsterdam is at 01:00 UTC (03:00 on the clock) in March and at 00:30
    UTC (the first 02:30) in October.
    """
    for override in reversed(overrides):
        if (override.role, override.layer) == (role, layer) and override.start <= at < override.end:
            return override.person
    begun = [
        (started, rotation)
        for rotation in rotations
        if (rotation.role, rotation.layer) == (role, layer) and rotation.order
        if (started := hand_over(rotation, 0)) <= at
    ]
    if not begun:
        return None
    rotation = max(begun, key=lambda pair: pair[0])[1]
    return rotation.order[_turn_at(rotation, at) % len(rotation.order)]


def shifts(
    rotations: Sequence[Rotation],
    overrides: Sequence[Override],
    role: RoleId,
    layer: Layer,
    start: datetime,
    end: datetime,
) -> tuple[Shift, ...]:
    """The spans within [start, end) in which somebody is on call, in order, in UTC; what adjoins is joined.

    What lies between two spans that do not touch is a gap.
    """
    edges = {start.astimezone(UTC), end.astimezone(UTC)}
    for override in overrides:
        if (override.role, override.layer) == (role, layer):
            edges |= {override.start.astimezone(UTC), override.end.astimezone(UTC)}
    for rotation in rotations:
        if (rotation.role, rotation.layer) == (role, layer):
            edges.update(_hand_overs(rotation, start, end))
    cuts = sorted(edge for edge in edges if start <= edge <= end)
    found: list[Shift] = []
    for begin, until in pairwise(cuts):
        person = on_call(rotations, overrides, role, layer, begin)
        if person is None:
            continue
        if found and found[-1].end == begin and found[-1].person == person:
            begin = found.pop().start
        found.append(Shift(role, layer, person, begin, until))
    return tuple(found)


def hand_over(rotation: Rotation, turn: int) -> datetime:
    """The instant (UTC) at which turn number `turn` begins; turn 0 begins at the rotation's start."""
    return instant_of(rotation.start + turn * _TURN[rotation.every], rotation.zone)


def instant_of(wall: datetime, zone: str) -> datetime:
    """The UTC instant of a naive wall time: the first of two, and the first that exists after a skipped one."""
    tz = ZoneInfo(zone)
    # PEP 495: in a gap, fold=0 lands after the jump and fold=1 before it, so the jump itself lies between the two.
    late, early = (wall.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1))
    if late.astimezone(tz).replace(tzinfo=None) == wall:
        return late
    before = early.astimezone(tz).utcoffset()
    while late - early > _INSTANT:
        middle = early + (late - early) // 2
        if middle.astimezone(tz).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


def _turn_at(rotation: Rotation, at: datetime) -> int:
    """The number of the turn that runs at `at`, which is not before the rotation's first hand-over."""
    local = at.astimezone(ZoneInfo(rotation.zone)).replace(tzinfo=None)
    turn = max((local - rotation.start) // _TURN[rotation.every], 0)
    # The wall clock is off by up to an hour around a jump, so the count may be one short or one too many.
    while hand_over(rotation, turn) > at:
        turn -= 1
    while hand_over(rotation, turn + 1) <= at:
        turn += 1
    return turn


def _hand_overs(rotation: Rotation, start: datetime, end: datetime) -> Iterator[datetime]:
    turn = 0 if hand_over(rotation, 0) >= start else _turn_at(rotation, start)
    while (instant := hand_over(rotation, turn)) < end:
        yield instant
        turn += 1
