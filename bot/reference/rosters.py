"""Reads the rosters: every mistake between roosters.yaml and the other files, and the rotations that they become."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from bot.domain.ids import MunicipalityId, PersonId, RoleId
from bot.domain.people import COORDINATOR
from bot.domain.roster import LAYERS, Layer, Rotation, Window
from bot.reference.fields import guess
from bot.reference.free_days import free_days, names
from bot.reference.models import (
    WEEKDAYS,
    FixedShape,
    MunicipalitiesFile,
    PeopleFile,
    RegionFile,
    RotationsFile,
    RotationShape,
    WindowShape,
)
from bot.reference.problems import Problem
from bot.reference.yaml_source import Document

_ALWAYS: Final = datetime(2000, 1, 3)  # noqa: DTZ001 - rotations count in local wall time
_Steps = tuple[str | int, ...]


def unknown_person(document: Document, path: _Steps, name: str, known: tuple[str, ...]) -> Problem:
    near = guess(name, known)
    if near is None:
        return document.problem("person_unknown", *path, value=name)
    return document.problem("person_guess", *path, value=name, guess=near)


def holiday_problems(file: RegionFile, document: Document) -> Iterator[Problem]:
    """Names of holidays that do not exist, which would otherwise be silence on the day itself."""
    for field, words in (("niet", file.feestdagen.niet), ("ook", file.feestdagen.ook)):
        for n, word in enumerate(words):
            if word.casefold() in (name.casefold() for name in names()):
                continue
            path, near = ("feestdagen", field, n), guess(word, names())
            key = "holiday_guess" if near else "holiday_unknown"
            yield document.problem(key, *path, value=word, **({"guess": near} if near else {}))


def coordinator_problems(file: MunicipalitiesFile, people: PeopleFile, document: Document) -> Iterator[Problem]:
    roles = {person.id: person.rollen for person in people.personen}
    for n, shape in enumerate(file.gemeenten):
        if shape.coordinator is not None:
            yield from _person_problems(
                document, ("gemeenten", n, "coordinator"), shape.coordinator, COORDINATOR, roles
            )


def roster_problems(
    file: RotationsFile, municipalities: MunicipalitiesFile, people: PeopleFile, document: Document
) -> Iterator[Problem]:
    """What the rosters say of people and places that do not exist, and of times that cannot be."""
    roles = {person.id: person.rollen for person in people.personen}
    seen: dict[tuple[object, ...], int] = {}
    for n, shape in enumerate(file.roosters):
        at = ("roosters", n)
        start = (shape.rol, shape.vanaf, shape.gemeente, shape.regio)
        if not shape.alleen and start in seen:
            yield document.problem("rotation_twice", *at, "rol", role=shape.rol, line=seen[start])
        if not shape.alleen:
            seen.setdefault(start, document.place(*at, "rol").line)
        yield from _order_problems(shape, document, at)
        yield from _place_problems(shape, municipalities, document, at)
        for field in ("volgorde", "eerste", "reserve"):
            for k, name in enumerate(getattr(shape, field) or ()):
                yield from _person_problems(document, (*at, field, k), name, shape.rol, roles)
    for n, fixed in enumerate(file.vast):
        at = ("vast", n)
        if (fixed.persoon is None) == (fixed.bewust_leeg is None):
            yield document.problem("fixed_nobody", *at)
        if fixed.persoon is not None:
            yield from _person_problems(document, (*at, "persoon"), fixed.persoon, fixed.rol, roles)
        yield from _place_problems(fixed, municipalities, document, at)
        for k, other in enumerate(file.vast[:n]):
            if _overlap(fixed, other):
                line = document.place("vast", k).line
                yield document.problem("fixed_overlap", *at, "vanaf", line=line)


def _overlap(one: FixedShape, other: FixedShape) -> bool:
    same = (one.rol, one.laag, one.gemeente, one.regio) == (other.rol, other.laag, other.gemeente, other.regio)
    return same and one.vanaf < other.tot and other.vanaf < one.tot


def _order_problems(shape: RotationShape, document: Document, at: _Steps) -> Iterator[Problem]:
    if shape.volgorde is not None:
        for field in ("eerste", "reserve"):
            if getattr(shape, field) is not None:
                yield document.problem("order_twice", *at, field, field=field)
        if len(shape.volgorde) < 2:
            yield document.problem("order_short", *at, "volgorde")
    elif shape.eerste is None:
        yield document.problem("order_missing", *at)
    elif shape.reserve is None and shape.bewust_leeg is None:
        yield document.problem("reserve_missing", *at)


def _place_problems(
    shape: RotationShape | FixedShape, municipalities: MunicipalitiesFile, document: Document, at: _Steps
) -> Iterator[Problem]:
    if shape.tot is not None and shape.tot <= shape.vanaf:
        yield document.problem("until_order", *at, "tot")
    if shape.gemeente is not None and shape.regio is not None:
        yield document.problem("place_twice", *at, "regio")
    if shape.gemeente is not None and shape.gemeente not in {m.id for m in municipalities.gemeenten}:
        yield document.problem("municipality_unknown", *at, "gemeente", value=shape.gemeente)
    if shape.regio is not None and shape.regio not in {m.regio for m in municipalities.gemeenten}:
        yield document.problem("region_unknown", *at, "regio", value=shape.regio)


def _person_problems(
    document: Document, path: _Steps, name: str, role: str, roles: Mapping[str, Sequence[str]]
) -> Iterator[Problem]:
    if name not in roles:
        yield unknown_person(document, path, name, tuple(roles))
    elif role not in roles[name]:
        yield document.problem("role_not_held", *path, person=name, role=role)


def rotations(region: RegionFile, municipalities: MunicipalitiesFile, file: RotationsFile) -> tuple[Rotation, ...]:
    """All that the files say about who is on call, as the resolver reads it; holidays are dates by now."""
    looks = any(w.feestdagen != "wel" for shape in file.roosters for w in shape.alleen)
    days = free_days(region.feestdagen) if looks else frozenset()
    return (
        *(_standing(m.id, m.coordinator, region) for m in municipalities.gemeenten if m.coordinator is not None),
        *(_rotation(shape, layer, municipalities, region, days) for shape in file.roosters for layer in LAYERS),
        *(_fixed(shape, municipalities, region) for shape in file.vast),
    )


def _standing(municipality: str, person: str, region: RegionFile) -> Rotation:
    """One person always: a rotation of one, begun so long ago that every real one for the municipality is later."""
    served = frozenset((MunicipalityId(municipality),))
    order = (PersonId(person),)
    return Rotation(COORDINATOR, "eerste", "week", _ALWAYS, order, region.tijdzone, municipalities=served)


def order_of(shape: RotationShape, layer: Layer) -> list[str]:
    """The names in turn of one layer; of a rolling order the next person is the reserve."""
    if shape.volgorde is not None:
        return shape.volgorde if layer == "eerste" else [*shape.volgorde[1:], shape.volgorde[0]]
    return (shape.eerste if layer == "eerste" else shape.reserve) or []


def _rotation(
    shape: RotationShape, layer: Layer, municipalities: MunicipalitiesFile, region: RegionFile, days: frozenset[date]
) -> Rotation:
    every, turns = shape.wissel
    return Rotation(
        role=RoleId(shape.rol),
        layer=layer,
        every=every,
        start=shape.vanaf,
        order=tuple(PersonId(name) for name in order_of(shape, layer)),
        zone=region.tijdzone,
        turns=turns,
        until=shape.tot,
        windows=tuple(_window(window) for window in shape.alleen),
        holidays=days if any(window.feestdagen != "wel" for window in shape.alleen) else frozenset(),
        municipalities=_served(shape, municipalities),
        reason=shape.bewust_leeg or "",
    )


def _window(shape: WindowShape) -> Window:
    return Window(frozenset(WEEKDAYS.index(day) for day in shape.dagen), shape.van, shape.tot, shape.feestdagen)


def _fixed(shape: FixedShape, municipalities: MunicipalitiesFile, region: RegionFile) -> Rotation:
    return Rotation(
        role=RoleId(shape.rol),
        layer=shape.laag,
        every="week",
        start=shape.vanaf,
        order=() if shape.persoon is None else (PersonId(shape.persoon),),
        zone=region.tijdzone,
        until=shape.tot,
        municipalities=_served(shape, municipalities),
        fixed=True,
        reason=shape.bewust_leeg or "",
    )


def _served(shape: RotationShape | FixedShape, municipalities: MunicipalitiesFile) -> frozenset[MunicipalityId]:
    if shape.gemeente is not None:
        return frozenset((MunicipalityId(shape.gemeente),))
    if shape.regio is not None:
        return frozenset(MunicipalityId(m.id) for m in municipalities.gemeenten if m.regio == shape.regio)
    return frozenset()
