"""One rotation: whose turn it is by the roster's clock, when it counts, and when it next may change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from bot.domain.ids import MunicipalityId, PersonId, RoleId
from bot.domain.wall import instant_of, shown

Layer = Literal["eerste", "reserve"]
Every = Literal["uur", "dag", "week"]
Holidays = Literal["wel", "niet", "alleen"]
LAYERS: Final[tuple[Layer, ...]] = ("eerste", "reserve")

_UNIT: Final[dict[Every, timedelta]] = {"uur": timedelta(hours=1), "dag": timedelta(days=1), "week": timedelta(weeks=1)}
_DAY: Final = timedelta(days=1)
_MIDNIGHT: Final = time()


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the day, in wall time, on some days: from `start` up to the next `end`, which may be on the day after.

    `days` counts from Monday = 0; the day on which the part begins decides. `holidays`: as any day (wel), not on them
    (niet), or on nothing else (alleen). Both times midnight: the whole day.
    """

    days: frozenset[int] = frozenset(range(7))
    start: time = _MIDNIGHT
    end: time = _MIDNIGHT
    holidays: Holidays = "wel"

    def begins_on(self, day: date, holidays: frozenset[date]) -> bool:
        """Whether this part begins on the day."""
        if day.weekday() not in self.days:
            return False
        return self.holidays == "wel" or (day in holidays) == (self.holidays == "alleen")

    def covers(self, wall: datetime, holidays: frozenset[date]) -> bool:
        """Whether the roster's clock shows a time within."""
        clock, today = wall.time(), wall.date()
        if self.start < self.end:
            return self.start <= clock < self.end and self.begins_on(today, holidays)
        if clock >= self.start and self.begins_on(today, holidays):
            return True
        return clock < self.end and self.begins_on(today - _DAY, holidays)


@dataclass(frozen=True, slots=True)
class Rotation:
    """People in turn for one role and layer.

    `start` is the local date-time (naive, in `zone`) of the first hand-over of `order[0]`; hand-overs follow every
    `turns` local hours, days or weeks at the same wall time, up to `until` (naive). On the night that skips the
    hand-over's wall time the hand-over is at the first instant that exists; on the night that has it twice it is at the
    first of the two.

    It counts only within its windows, if it has any; the turns go on outside them. Without an order it keeps the place
    of a rotation and nobody is on call. `reason` says why what it leaves open is open on purpose. `fixed`: agreed for a period,
    and stronger than any rotation that is not. `municipalities`: only for alarms of these; empty is for all.
    """

    role: RoleId
    layer: Layer
    every: Every
    start: datetime
    order: tuple[PersonId, ...]
    zone: str = "Europe/Amsterdam"
    turns: int = 1
    until: datetime | None = None
    windows: tuple[Window, ...] = ()
    holidays: frozenset[date] = frozenset()
    municipalities: frozenset[MunicipalityId] = frozenset()
    fixed: bool = False
    reason: str = ""

    @property
    def length(self) -> timedelta:
        """How long one turn is by the clock on the wall."""
        return self.turns * _UNIT[self.every]

    def serves(self, municipality: MunicipalityId | None) -> bool:
        """Whether it counts for an alarm of the municipality; without one, only what is for all counts."""
        return not self.municipalities or municipality in self.municipalities

    def runs(self, wall: datetime) -> bool:
        """Whether it has begun and is not over, whatever its windows say."""
        return self.start <= wall and (self.until is None or wall < self.until)

    def open(self, wall: datetime) -> bool:
        """Whether its windows, if any, cover this time."""
        return not self.windows or any(window.covers(wall, self.holidays) for window in self.windows)

    def turn_of(self, wall: datetime) -> PersonId | None:
        """Whose turn it is at a time at which the rotation runs."""
        return self.order[(wall - self.start) // self.length % len(self.order)] if self.order else None


def hand_over(rotation: Rotation, turn: int) -> datetime:
    """The instant (UTC) at which turn number `turn` begins; turn 0 begins at the rotation's start."""
    return instant_of(rotation.start + turn * rotation.length, rotation.zone)


def next_edge(rotation: Rotation, at: datetime) -> datetime | None:
    """The first instant (UTC) after `at` at which the rotation may say something else; None when it never will again.

    It may be an instant at which nothing changes, but between two edges nothing ever does.
    """
    wall = shown(at, rotation.zone)
    coming = [edge for edge in _edges(rotation, wall) if edge > wall]
    return instant_of(min(coming), rotation.zone) if coming else None


def _edges(rotation: Rotation, wall: datetime) -> Iterator[datetime]:
    if wall < rotation.start:
        yield rotation.start
        return
    if rotation.until is not None:
        if wall >= rotation.until:
            return
        yield rotation.until
    if len(rotation.order) > 1:
        yield rotation.start + ((wall - rotation.start) // rotation.length + 1) * rotation.length
    for window in rotation.windows:
        for day in (wall.date(), wall.date() + _DAY):
            yield datetime.combine(day, window.start)
            yield datetime.combine(day, window.end)
