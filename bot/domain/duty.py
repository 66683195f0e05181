"""What a roster answers for a moment or a period, and what people change on top of it while the bot runs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.domain.ids import MunicipalityId, PersonId, RoleId
from bot.domain.rota import Layer


@dataclass(frozen=True, slots=True)
class Override:
    """A replacement for a period [start, end) in UTC: `person` stands in for the role and layer, on the rosters of all or on
    those of just these `municipalities`."""

    role: RoleId
    layer: Layer
    person: PersonId
    start: datetime
    end: datetime
    municipalities: frozenset[MunicipalityId] = frozenset()


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody who is on call for nothing in a period [start, end) in UTC. Nobody moves up in silence: it leaves a gap."""

    person: PersonId
    start: datetime
    end: datetime


Change = Override | Absence


@dataclass(frozen=True, slots=True)
class Held:
    """`person` is on call, by the rotation, by a shift fixed for a period, or by an override."""

    person: PersonId
    by: Literal["rota", "fixed", "override"]


@dataclass(frozen=True, slots=True)
class Vacant:
    """Nobody is on call: no rotation counts (none), `person` is away (absent), is not in the contacts (unknown), or it is
    meant so, for `reason` (intended)."""

    why: Literal["none", "absent", "unknown", "intended"]
    person: PersonId | None = None
    reason: str = ""


Duty = Held | Vacant


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch [start, end) in UTC with one answer; the spans of a period leave out nothing and overlap nowhere."""

    start: datetime
    end: datetime
    duty: Duty


@dataclass(frozen=True, slots=True)
class Shift:
    """A computed span [start, end) in UTC in which one person is on call; `municipalities` as in `Rotation`."""

    role: RoleId
    layer: Layer
    person: PersonId
    start: datetime
    end: datetime
    municipalities: frozenset[MunicipalityId] = frozenset()


@dataclass(frozen=True, slots=True)
class Gap:
    """A computed span [start, end) in UTC in which nobody is on call, and what we know about why."""

    role: RoleId
    layer: Layer
    start: datetime
    end: datetime
    vacant: Vacant
