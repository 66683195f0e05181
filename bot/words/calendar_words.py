"""A roster as an iCalendar file: shifts in Amsterdam time, stand-ins marked, and every gap an event of its own.

An event keeps its name (UID) from one fetch to the next for as long as it begins when it began, so that a calendar program
changes it in place. What reaches over the edge of the period is named by its other end.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Final

from icalendar import Calendar, Event, Timezone, vDuration

from bot.domain.contacts import Contacts
from bot.domain.duty import Change, Held, Override, Span, Vacant
from bot.domain.ids import MunicipalityId, PersonId, RoleId
from bot.domain.people import Language
from bot.domain.roster import lying_on, spans
from bot.domain.rota import LAYERS, Layer
from bot.words.catalogue import Catalogue
from bot.words.names import role_name
from bot.words.shown import ZONE, visible

BACK: Final = timedelta(weeks=4)
AHEAD: Final = timedelta(weeks=26)
REFRESH: Final = timedelta(hours=1)
_TZID: Final = "Europe/Amsterdam"


@dataclass(frozen=True, slots=True)
class Slot:
    """One stretch of a line of the roster; `served` are its municipalities, empty for all."""

    role: RoleId
    layer: Layer
    served: frozenset[MunicipalityId]
    span: Span


@dataclass(frozen=True, slots=True)
class Period:
    start: datetime
    end: datetime


def period(now: datetime) -> Period:
    """From a Monday four weeks back to half a year ahead; by whole weeks, so that its edges do not move every hour."""
    local = now.astimezone(ZONE).date()
    monday = datetime.combine(local - timedelta(days=local.weekday()), datetime.min.time(), ZONE)
    return Period((monday - BACK).astimezone(UTC), (monday + AHEAD).astimezone(UTC))


def slots_of_role(contacts: Contacts, changes: Sequence[Change], role: RoleId, over: Period) -> list[Slot]:
    """Everybody's shifts in a role, both layers, and the gaps between them."""
    return [
        slot
        for layer in LAYERS
        for served in _served(contacts, changes, role, layer)
        for slot in _slots(contacts, changes, role, layer, served, over)
    ]


def slots_of_person(contacts: Contacts, changes: Sequence[Change], person: PersonId, over: Period) -> list[Slot]:
    """A person's own shifts, and those that nobody has because this person is away."""
    lines = {(r.role, r.layer): None for r in contacts.rotations if person in r.order}
    lines |= {(c.role, c.layer): None for c in changes if isinstance(c, Override) and c.person == person}
    return [
        slot
        for role, layer in lines
        for served in _served(contacts, changes, role, layer)
        for slot in _slots(contacts, changes, role, layer, served, over)
        if slot.span.duty.person == person
    ]


def _served(
    contacts: Contacts, changes: Sequence[Change], role: RoleId, layer: Layer
) -> list[frozenset[MunicipalityId]]:
    """The groups of municipalities for which a role has a roster of its own, or a stand-in of their own."""
    for_all: frozenset[MunicipalityId] = frozenset()
    own = {r.municipalities: None for r in contacts.rotations if (r.role, r.layer) == (role, layer)} or {for_all: None}
    stood = [c for c in changes if isinstance(c, Override) and (c.role, c.layer) == (role, layer)]
    return list(own | {c.municipalities: None for c in stood if c.municipalities})


def _slots(
    contacts: Contacts,
    changes: Sequence[Change],
    role: RoleId,
    layer: Layer,
    served: frozenset[MunicipalityId],
    over: Period,
) -> Iterable[Slot]:
    own = [r for r in contacts.rotations if (r.role, r.layer, r.municipalities) == (role, layer, served)]
    found = spans(own, lying_on(changes, served), role, layer, over.start, over.end, min(served, default=None))
    # beside a stand-in on no roster of its own that for all counts: there is no gap
    listed = bool(own) or not served
    return (Slot(role, layer, served, span) for span in found if listed or span.duty != Vacant("none"))


@dataclass(frozen=True, slots=True)
class Calendars:
    """`host` makes the names of events unique in the world."""

    catalogue: Catalogue
    contacts: Contacts
    host: str
    lang: Language

    def of_person(self, slots: Sequence[Slot], over: Period, now: datetime) -> bytes:
        names = {"rota": "calendar.duty", "fixed": "calendar.duty", "override": "calendar.duty_stand_in"}
        return self._file(self._text("calendar.name_person"), slots, over, now, names)

    def of_role(self, role: RoleId, slots: Sequence[Slot], over: Period, now: datetime) -> bytes:
        names = {"rota": "calendar.held", "fixed": "calendar.held", "override": "calendar.held_stand_in"}
        title = self._text("calendar.name_role", role=role_name(self.catalogue, self.lang, role))
        return self._file(title, slots, over, now, names)

    def _file(self, title: str, slots: Sequence[Slot], over: Period, now: datetime, names: Mapping[str, str]) -> bytes:
        calendar = Calendar()
        for name, value in (
            ("PRODID", "-//iogplus//roster//NL"), ("VERSION", "2.0"), ("CALSCALE", "GREGORIAN"), ("METHOD", "PUBLISH"),
            ("NAME", title), ("X-WR-CALNAME", title), ("X-WR-TIMEZONE", _TZID),
        ):  # fmt: skip
            calendar.add(name, value)
        calendar.add("REFRESH-INTERVAL", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", vDuration(REFRESH))
        calendar.add_component(_zone(over.start.year, over.end.year + 1))
        for slot in sorted(slots, key=lambda s: (s.span.start, s.role, s.layer, sorted(s.served))):
            calendar.add_component(self._event(slot, over, now, names))
        return bytes(calendar.to_ical())

    def _event(self, slot: Slot, over: Period, now: datetime, names: Mapping[str, str]) -> Event:
        event = Event()
        event.add("UID", f"{_mark(slot, over)}@{self.host}")
        event.add("DTSTAMP", now.astimezone(UTC).replace(microsecond=0))
        event.add("DTSTART", _local(slot.span.start))
        event.add("DTEND", _local(slot.span.end))
        event.add("SUMMARY", self._summary(slot, names))
        # on call is not in a meeting
        event.add("TRANSP", "TRANSPARENT")
        return event

    def _summary(self, slot: Slot, names: Mapping[str, str]) -> str:
        shown = role_name(self.catalogue, self.lang, slot.role)
        role = self._text("roster.reserve_of", role=shown) if slot.layer == "reserve" else shown
        what = self._what(slot.span, role, names)
        if not slot.served:
            return what
        known = {m.id: m.name for m in self.contacts.municipalities}
        where = ", ".join(sorted(known.get(one, str(one)) for one in slot.served))
        return self._text("calendar.only_for", what=what, municipalities=where)

    def _what(self, span: Span, role: str, names: Mapping[str, str]) -> str:
        match span.duty:
            case Held(person=person, by=by):
                values = {"role": role, "name": self._name(person)}
                return self._text(names[by], **values)
            case Vacant(why="absent", person=str() as person):
                return self._text("calendar.gap_absent", role=role, name=self._name(PersonId(person)))
            case Vacant(why="intended", reason=reason):
                return self._text("calendar.gap_meant", role=role, reason=reason)
            case Vacant():
                return self._text("calendar.gap", role=role)

    def _name(self, person: PersonId) -> str:
        known = self.contacts.people.get(person)
        return known.name if known else visible(person)

    def _text(self, key: str, **values: str) -> str:
        return self.catalogue.text(self.lang, key, **values)


def _mark(slot: Slot, over: Period) -> str:
    begins, ends = slot.span.start > over.start, slot.span.end < over.end
    when = f"from {slot.span.start:%Y%m%dT%H%M%SZ}" if begins else f"to {slot.span.end:%Y%m%dT%H%M%SZ}" if ends else ""
    about = (slot.role, slot.layer, *sorted(slot.served), when)
    return sha256("/".join(about).encode()).hexdigest()[:32]


def _local(at: datetime) -> datetime:
    """Amsterdam time; in the hour that October has twice a local time means the first, so the second is written in UTC."""
    local = at.astimezone(ZONE)
    return at.astimezone(UTC) if local.fold else local


@cache
def _zone(first: int, last: int) -> Timezone:
    """The rules of summer time, as far as the calendar reaches; taking them from the zone's tables is slow."""
    begin, end = (datetime(year, 1, 1, tzinfo=UTC).date() for year in (first, last + 1))
    return Timezone.from_tzid(_TZID, first_date=begin, last_date=end)
