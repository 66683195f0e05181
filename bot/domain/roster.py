"""Who is on call: the one resolver for pager, chat, console and calendars. Computed for an instant and never stored.

Rotations are local wall time (bot/domain/wall.py has the rule for the daylight-saving nights); what people change while the
bot runs is in UTC and lies on top. Every moment of every role and layer is held by one person or is a gap that is told.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from bot.domain.duty import Absence, Change, Duty, Gap, Held, Override, Shift, Span, Vacant
from bot.domain.ids import MunicipalityId, PersonId, RoleId
from bot.domain.rota import LAYERS, Every, Layer, Rotation, Window, hand_over, next_edge
from bot.domain.wall import instant_of, shown

__all__ = [
    "LAYERS", "SIGHT", "Absence", "Change", "Duty", "Every", "Gap", "Held", "Layer", "Override", "Rotation", "Shift",
    "Span", "Vacant", "Window", "duty", "gaps", "hand_over", "instant_of", "lying_on", "on_call", "shift_end", "shift_of", "shifts",
    "shifts_of", "spans",
]  # fmt: skip

# As far as one shift is followed, either way. Whoever is on call longer has no end that anybody waits for.
SIGHT: Final = timedelta(days=62)


class _Counting(NamedTuple):
    """The rotation that counts at a moment, what its clock then shows, and whether its windows are open."""

    rotation: Rotation
    wall: datetime
    is_open: bool


def on_call(
    rotations: Sequence[Rotation],
    changes: Sequence[Change],
    role: RoleId,
    layer: Layer,
    at: datetime,
    municipality: MunicipalityId | None = None,
) -> PersonId | None:
    """Who is on call for the role and layer at the instant `at` (aware), seen from a municipality; None when nobody is."""
    match duty(rotations, changes, role, layer, at, municipality):
        case Held(person=person):
            return person
        case Vacant():
            return None


def duty(
    rotations: Sequence[Rotation],
    changes: Sequence[Change],
    role: RoleId,
    layer: Layer,
    at: datetime,
    municipality: MunicipalityId | None = None,
) -> Duty:
    """Who is on call at the instant `at` (aware) and by what, or why nobody is.

    An override wins over every rotation for as many municipalities or more, one for some municipalities over one for all, and of
    the same a later override over an earlier one. Of the rotations that
    count then, one for fewer municipalities wins over one for more, a fixed one over the others, one that started later
    over one that started earlier (so that a new order can be planned ahead), one with windows over one without, and
    one further on in the sequence over the rest. Whoever this gives and is absent leaves a gap.

    A hand-over at 02:30 in Amsterdam is at 01:00 UTC (03:00 on the clock) on the night in March and at 00:30 UTC (the
    first 02:30) on the night in October.
    """
    found = _by_rotation(rotations, role, layer, at, municipality)
    own = found.rotation.municipalities if found is not None and found.is_open else frozenset()
    stand_in = _stand_in(changes, role, layer, at, municipality, own)
    if stand_in is not None:
        return _unless_absent(Held(stand_in, "override"), changes, at)
    if found is None:
        return Vacant("none")
    rotation = found.rotation
    person = rotation.turn_of(found.wall) if found.is_open else None
    if person is None:
        return Vacant("intended", reason=rotation.reason) if rotation.reason else Vacant("none")
    return _unless_absent(Held(person, "fixed" if rotation.fixed else "rota"), changes, at)


def _stand_in(
    changes: Sequence[Change],
    role: RoleId,
    layer: Layer,
    at: datetime,
    municipality: MunicipalityId | None,
    own: frozenset[MunicipalityId],
) -> PersonId | None:
    """The last override for the fewest municipalities; `own` are those of the rotation that it would replace."""
    best: Override | None = None
    for change in reversed(changes):
        if isinstance(change, Absence) or (change.role, change.layer) != (role, layer):
            continue
        served = change.municipalities
        if not change.start <= at < change.end or (served and municipality not in served):
            continue
        if own and (not served or len(served) > len(own)):
            continue
        if best is None or (served and (not best.municipalities or len(served) < len(best.municipalities))):
            best = change
    return best.person if best is not None else None


def _by_rotation(
    rotations: Sequence[Rotation], role: RoleId, layer: Layer, at: datetime, municipality: MunicipalityId | None
) -> _Counting | None:
    """The rotation that counts; when all are closed at this time, the first of those that say why."""
    zone, wall = "", at
    opened: list[Rotation] = []
    closed: list[Rotation] = []
    for rotation in reversed(rotations):  # of equals the last counts, and `max` takes the first
        if rotation.role != role or rotation.layer != layer or not rotation.serves(municipality):
            continue
        if rotation.zone != zone:
            zone, wall = rotation.zone, shown(at, rotation.zone)
        if not rotation.runs(wall):
            continue
        if rotation.open(wall):
            opened.append(rotation)
        elif rotation.reason:
            closed.append(rotation)
    found = opened or closed
    if not found:
        return None
    best = max(found, key=_rank) if len(found) > 1 else found[0]
    return _Counting(best, wall if best.zone == zone else shown(at, best.zone), bool(opened))


def _rank(rotation: Rotation) -> tuple[bool, int, bool, datetime, bool]:
    narrow = len(rotation.municipalities)
    return bool(narrow), -narrow, rotation.fixed, hand_over(rotation, 0), bool(rotation.windows)


def _unless_absent(held: Held, changes: Iterable[Change], at: datetime) -> Duty:
    for change in changes:
        if isinstance(change, Absence) and change.person == held.person and change.start <= at < change.end:
            return Vacant("absent", held.person)
    return held


def lying_on(changes: Sequence[Change], served: frozenset[MunicipalityId]) -> list[Change]:
    """What lies on the rosters of just these municipalities, or on those of all when there are none."""
    return [c for c in changes if isinstance(c, Absence) or c.municipalities == served]


def spans(
    rotations: Sequence[Rotation],
    changes: Sequence[Change],
    role: RoleId,
    layer: Layer,
    start: datetime,
    end: datetime,
    municipality: MunicipalityId | None = None,
) -> tuple[Span, ...]:
    """The whole of [start, end) as spans in order, in UTC; what adjoins and is answered alike is one span."""
    return tuple(_spans(rotations, changes, role, layer, start, end, municipality))


def _spans(
    rotations: Sequence[Rotation],
    changes: Sequence[Change],
    role: RoleId,
    layer: Layer,
    start: datetime,
    end: datetime,
    municipality: MunicipalityId | None,
) -> Iterator[Span]:
    mine = [r for r in rotations if (r.role, r.layer) == (role, layer) and r.serves(municipality)]
    lying = [c for c in changes if isinstance(c, Absence) or (c.role, c.layer) == (role, layer)]
    cuts = sorted({edge.astimezone(UTC) for c in lying for edge in (c.start, c.end) if start < edge < end})
    begin = now = start.astimezone(UTC)
    current: Duty | None = None
    cut = 0
    while now < end:
        found = duty(mine, lying, role, layer, now, municipality)
        if current is not None and found != current:
            yield Span(begin, now, current)
            begin = now
        current = found
        while cut < len(cuts) and cuts[cut] <= now:
            cut += 1
        edges = [edge for rotation in mine if (edge := next_edge(rotation, now))]
        now = min(*edges, *cuts[cut : cut + 1], end.astimezone(UTC), end.astimezone(UTC))
    if current is not None:
        yield Span(begin, end.astimezone(UTC), current)


def shifts(
    rotations: Sequence[Rotation],
    changes: Sequence[Change],
    role: RoleId,
    layer: Layer,
    start: datetime,
    end: datetime,
    municipality: MunicipalityId | None = None,
) -> tuple[Shift, ...]:
    """The spans within [start, end) in which somebody is on call, in order; what adjoins is joined per person."""
    found: list[Shift] = []
    for span in _spans(rotations, changes, role, layer, start, end, municipality):
        match span.duty:
            case Held(person=person) if found and found[-1].person == person and found[-1].end == span.start:
                found[-1] = Shift(role, layer, person, found[-1].start, span.end)
            case Held(person=person):
                found.append(Shift(role, layer, person, span.start, span.end))
            case Vacant():
                pass
    return tuple(found)


def gaps(
    rotations: Sequence[Rotation],
    changes: Sequence[Change],
    role: RoleId,
    layer: Layer,
    start: datetime,
    end: datetime,
    municipality: MunicipalityId | None = None,
) -> tuple[Gap, ...]:
    """The spans within [start, end) in which nobody is on call, in order; shifts and gaps together are the whole period."""
    found = _spans(rotations, changes, role, layer, start, end, municipality)
    return tuple(Gap(role, layer, span.start, span.end, span.duty) for span in found if isinstance(span.duty, Vacant))


def shift_of(
    rotations: Sequence[Rotation],
    changes: Sequence[Change],
    role: RoleId,
    layer: Layer,
    at: datetime,
    municipality: MunicipalityId | None = None,
) -> Shift | None:
    """The whole shift that runs at the instant `at`, cut off at `SIGHT` either way; None in a gap."""
    for shift in shifts(rotations, changes, role, layer, at - SIGHT, at + SIGHT, municipality):
        if shift.start <= at < shift.end:
            return shift
    return None


def shift_end(
    rotations: Sequence[Rotation],
    changes: Sequence[Change],
    person: PersonId,
    role: RoleId,
    layer: Layer,
    at: datetime,
    municipality: MunicipalityId | None = None,
) -> datetime | None:
    """When the shift that the person has at `at` ends (UTC), own shifts that adjoin taken as one.

    None when the person is not on call for this then, or has no end within `SIGHT`.
    """
    end: datetime | None = None
    for span in _spans(rotations, changes, role, layer, at, at + SIGHT, municipality):
        if not isinstance(span.duty, Held) or span.duty.person != person:
            return end
        end = span.end
    return None


def shifts_of(
    rotations: Sequence[Rotation], changes: Sequence[Change], person: PersonId, start: datetime, end: datetime
) -> tuple[Shift, ...]:
    """All shifts of one person within [start, end), for every role, layer and group of municipalities, by their start."""
    lines = {(r.role, r.layer, r.municipalities): None for r in rotations}
    lines |= {(c.role, c.layer, c.municipalities): None for c in changes if isinstance(c, Override)}
    found: list[Shift] = []
    for role, layer, served in lines:
        own = [rotation for rotation in rotations if rotation.municipalities == served]
        lying = lying_on(changes, served)
        computed = shifts(own, lying, role, layer, start, end, min(served, default=None))
        found += [replace(shift, municipalities=served) for shift in computed if shift.person == person]
    return tuple(sorted(found, key=lambda shift: (shift.start, shift.role, shift.layer)))
