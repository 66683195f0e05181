"""Who is on call: rotations in local wall time, overrides on top, computed for an instant and never stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.domain.ids import PersonId, RoleId

Layer = Literal["eerste", "reserve"]
Every = Literal["dag", "week"]


@dataclass(frozen=True, slots=True)
class Rotation:
    """People in turn for one role and layer.

    `start` is the local date-time (naive, in `zone`) of the first hand-over of `order[0]`; hand-overs follow every local day or
    week at that same wall time. On the night that skips the hand-over's wall time the hand-over is at the first instant that
    exists; on the night that has it twice it is at the first of the two.
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

