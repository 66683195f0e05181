"""Whose shifts become others: what a change of the roster, or new contacts, gives to people and takes from them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.domain.duty import Change, Override, Shift
from bot.domain.ids import MunicipalityId, PersonId, RoleId
from bot.domain.people import Person
from bot.domain.roster import lying_on, shifts
from bot.domain.rota import Layer, Rotation

# As far ahead as somebody is told that new contacts gave them other shifts; what is later they read in their calendar.
AHEAD: Final = timedelta(days=14)

_Line = tuple[RoleId, Layer, frozenset[MunicipalityId]]


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides who is on call: the rotations, and what people changed on top of them in the order in which they did."""

    rotations: Sequence[Rotation]
    changes: Sequence[Change]

    def with_change(self, change: Change) -> "Standing":
        return replace(self, changes=(*self.changes, change))


@dataclass(frozen=True, slots=True)
class Shifted:
    """What one person is on call for that was not so before, and the other way round; each in order of time."""

    person: PersonId
    gained: tuple[Shift, ...]
    lost: tuple[Shift, ...]


def shifted(before: Standing, after: Standing, start: datetime, end: datetime) -> tuple[Shifted, ...]:
    """The differences within [start, end), one for each person who has any."""
    old, new = _held(before, start, end), _held(after, start, end)
    found = []
    for person in dict.fromkeys(shift.person for shift in (*old, *new)):
        mine_old, mine_new = ([s for s in held if s.person == person] for held in (old, new))
        gained, lost = _without(mine_new, mine_old), _without(mine_old, mine_new)
        if gained or lost:
            found.append(Shifted(person, gained, lost))
    return tuple(found)


def held(
    standing: Standing,
    role: RoleId,
    layer: Layer,
    start: datetime,
    end: datetime,
    served: frozenset[MunicipalityId] = frozenset(),
) -> tuple[Shift, ...]:
    """Who is on call within [start, end), as an alarm sees it of a municipality without rosters of its own, or of one of those
    `served` by a roster of their own."""
    return shifts(standing.rotations, standing.changes, role, layer, start, end, min(served, default=None))


def groups(rotations: Sequence[Rotation], role: RoleId) -> tuple[frozenset[MunicipalityId], ...]:
    """The groups of municipalities with rosters of their own for a role; the smallest first."""
    own = dict.fromkeys(r.municipalities for r in rotations if r.role == role and r.municipalities)
    return tuple(sorted(own, key=lambda served: (len(served), sorted(served))))


def group_of(rotations: Sequence[Rotation], role: RoleId, person: Person) -> frozenset[MunicipalityId]:
    """On whose roster somebody stands in who names none: that of their own municipality, or the one that they stand on and on
    no roster for all; else that for all."""
    mine = [r for r in rotations if r.role == role and person.id in r.order]
    for served in groups(rotations, role):
        listed = any(r.municipalities == served for r in mine) and all(r.municipalities for r in mine)
        if person.municipality in served or listed:
            return served
    return frozenset()


def holds_all(shifts_: Iterable[Shift], person: PersonId, start: datetime, end: datetime) -> bool:
    """Whether the person is on call for the whole of [start, end)."""
    mine = [(shift.start, shift.end) for shift in shifts_ if shift.person == person]
    return not _minus((start, end), mine)


def _held(standing: Standing, start: datetime, end: datetime) -> list[Shift]:
    """Every shift of everybody; rotations of some municipalities, with what lies on them, count apart from those for all."""
    lines: dict[_Line, None] = {(r.role, r.layer, r.municipalities): None for r in standing.rotations}
    lines |= {(c.role, c.layer, c.municipalities): None for c in standing.changes if isinstance(c, Override)}
    found: list[Shift] = []
    for role, layer, served in lines:
        own = [rotation for rotation in standing.rotations if rotation.municipalities == served]
        lying = lying_on(standing.changes, served)
        computed = shifts(own, lying, role, layer, start, end, min(served, default=None))
        found += [replace(shift, municipalities=served) for shift in computed]
    return sorted(found, key=lambda shift: (shift.start, shift.role, shift.layer))


def _without(of: Sequence[Shift], other: Sequence[Shift]) -> tuple[Shift, ...]:
    """What is left of the first when the second is taken out, line by line."""
    left: list[Shift] = []
    for shift in of:
        line = (shift.role, shift.layer, shift.municipalities)
        same = [(s.start, s.end) for s in other if (s.role, s.layer, s.municipalities) == line]
        left += [replace(shift, start=start, end=end) for start, end in _minus((shift.start, shift.end), same)]
    return tuple(left)


def _minus(
    span: tuple[datetime, datetime], taken: Iterable[tuple[datetime, datetime]]
) -> list[tuple[datetime, datetime]]:
    left = [span]
    for begin, until in taken:
        cut = [part for start, end in left for part in ((start, min(end, begin)), (max(start, until), end))]
        left = [(start, end) for start, end in cut if start < end]
    return sorted(left)
