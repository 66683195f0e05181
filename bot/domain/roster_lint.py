"""What will go wrong with the rosters: the same findings for `iogplus check`, the daily job and the warnings to people.

Pure: a finding says who, what and when, and leaves the words and the file's line to whoever tells it.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from bot.domain.contacts import Contacts
from bot.domain.ids import MunicipalityId, PersonId, RoleId
from bot.domain.ladder import Channel, independent
from bot.domain.roster import LAYERS, Absence, Change, Gap, Layer, Override, Shift, gaps, shifts
from bot.domain.standby import standby
from bot.domain.wall import instant_of

HORIZON: Final = timedelta(days=14)

FindingCode = Literal[
    "gap", "intended_gap", "both_layers", "unknown_person", "no_channel", "ladder_long",
    "standby_days", "standby_rest", "standby_nights",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or, for an intended gap, that is meant: whom it is about and from when to when (UTC).

    A gap names who is away, if anybody. `municipality` is set when only alarms of that municipality are concerned; `reason` is
    that of an intended gap. `found` and `limit` are independent channels (no_channel), seconds (ladder_long), days, blocks of
    48 hours or nights (standby).
    """

    code: FindingCode
    persons: tuple[PersonId, ...]
    role: RoleId | None = None
    layer: Layer | None = None
    start: datetime | None = None
    end: datetime | None = None
    municipality: MunicipalityId | None = None
    reason: str = ""
    found: int = 0
    limit: int = 0


@dataclass(frozen=True, slots=True)
class _View:
    """The rosters of one role as an alarm of one municipality sees them, or of any without rosters of its own."""

    role: RoleId
    municipality: MunicipalityId | None
    shifts: Mapping[Layer, tuple[Shift, ...]]
    gaps: Mapping[Layer, tuple[Gap, ...]]


def lint(
    contacts: Contacts,
    changes: Sequence[Change],
    at: datetime,
    reachable: Mapping[PersonId, Set[Channel]] | None = None,
    channels: int = 1,
) -> tuple[Finding, ...]:
    """What will go wrong from `at` (aware) up to `HORIZON` later, by the time it begins; what always is comes first.

    `reachable` says over which verified channels each person can be reached, and `channels` how many independent ones
    are needed; without `reachable` nobody is judged by that.
    """
    views = tuple(_views(contacts, changes, at))
    found: list[Finding] = []
    found += _gaps(views)
    found += _both_layers(views)
    found += _unknown(contacts, changes, at)
    if reachable is not None:
        found += _out_of_reach(contacts, views, reachable, channels)
    found += _too_much(contacts, changes, at)
    found += _ladders(contacts)
    return tuple(sorted(dict.fromkeys(found), key=_begins))


def _begins(finding: Finding) -> tuple[str, str, str, str]:
    start = finding.start.isoformat() if finding.start else ""
    return start, finding.role or "", finding.layer or "", finding.code


def _views(contacts: Contacts, changes: Sequence[Change], at: datetime) -> Iterator[_View]:
    """Every role as most alarms see it, and as each municipality sees it that has rosters of its own."""
    until = at + HORIZON
    for role in dict.fromkeys(rotation.role for rotation in contacts.rotations):
        served = [rotation.municipalities for rotation in contacts.rotations if rotation.role == role]
        seen: list[MunicipalityId | None] = [None] if not all(served) else []
        seen += [m.id for m in contacts.municipalities if not seen or any(m.id in own for own in served)]
        for municipality in seen:
            asked = [(layer, (contacts.rotations, changes, role, layer, at, until, municipality)) for layer in LAYERS]
            yield _View(
                role,
                municipality,
                {layer: shifts(*arguments) for layer, arguments in asked},
                {layer: gaps(*arguments) for layer, arguments in asked},
            )


def _gaps(views: Sequence[_View]) -> Iterator[Finding]:
    for_all = {gap for view in views if view.municipality is None for layer in LAYERS for gap in view.gaps[layer]}
    for view in views:
        for gap in (gap for layer in LAYERS for gap in view.gaps[layer]):
            if view.municipality is not None and gap in for_all:
                continue
            yield Finding(
                "intended_gap" if gap.vacant.why == "intended" else "gap",
                (gap.vacant.person,) if gap.vacant.person else (),
                view.role,
                gap.layer,
                gap.start,
                gap.end,
                view.municipality,
                gap.vacant.reason,
            )


def _both_layers(views: Sequence[_View]) -> Iterator[Finding]:
    """Where one person is both first and reserve, the reserve is nobody."""
    for_all: set[tuple[RoleId, PersonId, datetime, datetime]] = set()
    for view in views:
        for first in view.shifts["eerste"]:
            for second in view.shifts["reserve"]:
                start, end = max(first.start, second.start), min(first.end, second.end)
                if first.person != second.person or start >= end:
                    continue
                if view.municipality is None:
                    for_all.add((view.role, first.person, start, end))
                elif (view.role, first.person, start, end) in for_all:
                    continue
                yield Finding("both_layers", (first.person,), view.role, None, start, end, view.municipality)


def _unknown(contacts: Contacts, changes: Sequence[Change], at: datetime) -> Iterator[Finding]:
    """Whoever stands in or is away and is no longer in the contacts; the shift of such a stand-in is a gap."""
    for change in changes:
        if change.person in contacts.people or change.end <= at or change.start >= at + HORIZON:
            continue
        match change:
            case Override(role=role, layer=layer, person=person, start=start, end=end, municipalities=served):
                yield Finding("unknown_person", (person,), role, layer, start, end, min(served, default=None))
            case Absence(person=person, start=start, end=end):
                yield Finding("unknown_person", (person,), None, None, start, end)


def _out_of_reach(
    contacts: Contacts, views: Sequence[_View], reachable: Mapping[PersonId, Set[Channel]], channels: int
) -> Iterator[Finding]:
    """Who is on call with fewer channels than needed: once each, for the first shift."""
    coming = sorted(
        (shift.start, shift.end, view.role, layer, shift.person, view.municipality or "")
        for view in views
        for layer in LAYERS
        for shift in view.shifts[layer]
        if shift.person in contacts.people
    )
    told: set[PersonId] = set()
    for start, end, role, layer, person, municipality in coming:
        has = independent(reachable.get(person, frozenset()))
        if has < channels and person not in told:
            told.add(person)
            own = MunicipalityId(municipality) if municipality else None
            yield Finding("no_channel", (person,), role, layer, start, end, own, found=has, limit=channels)


def _too_much(contacts: Contacts, changes: Sequence[Change], at: datetime) -> Iterator[Finding]:
    rules, zone = contacts.standby, contacts.region.zone
    on = dict.fromkeys(person for rotation in contacts.rotations for person in rotation.order)
    on |= dict.fromkeys(change.person for change in changes if isinstance(change, Override))
    for person in on:
        for excess in standby(rules, contacts.rotations, changes, person, at, at + HORIZON, zone):
            start = instant_of(excess.start, zone)
            yield Finding(excess.what, (person,), start=start, found=excess.found, limit=excess.limit)


def _ladders(contacts: Contacts) -> Iterator[Finding]:
    """Who has a ladder of their own on which the last rung comes when the next person is already being called."""
    shortest = min(step.wait for step in contacts.policy.steps)
    for person in contacts.people.values():
        last = max((rung.after for rung in person.ladder or ()), default=timedelta(0))
        if last >= shortest:
            seconds = (int(span.total_seconds()) for span in (last, shortest))
            yield Finding("ladder_long", (person.id,), None, None, None, None, None, "", *seconds)
