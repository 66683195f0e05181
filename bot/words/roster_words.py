"""What is said about the roster: who is on call when, what was understood of a change, and whom it touches.

Every line is plain text in the reader's language, with weekday and date beside each time.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from babel.dates import format_date

from bot.domain.contacts import OnCall
from bot.domain.duty import Shift, Span, Vacant
from bot.domain.ids import MunicipalityId, PersonId, RoleId
from bot.domain.people import Language, Person
from bot.domain.rota import Layer
from bot.domain.shift_changes import Shifted
from bot.words.catalogue import Catalogue
from bot.words.names import role_name
from bot.words.shown import ZONE, clock, moment
from bot.words.when import Odd, Unclear

Lines = tuple[str, ...]
SHIFTS_SHOWN: Final = 3  # in a message that rings; the rest is one `rooster` away
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Telling:
    """To whom it is said: the texts, the reader's language, everybody's names, now, and the names of municipalities."""

    catalogue: Catalogue
    lang: Language
    people: Mapping[PersonId, Person]
    now: datetime
    places: Mapping[MunicipalityId, str] = field(default_factory=dict)

    def text(self, key: str, **values: str) -> str:
        return self.catalogue.text(self.lang, key, **values)

    def name(self, person: PersonId) -> str:
        known = self.people.get(person)
        return known.name if known else str(person)

    def role(self, role: RoleId, layer: Layer, served: Collection[MunicipalityId] = ()) -> str:
        """With the municipalities when it is on a roster of their own."""
        shown = role_name(self.catalogue, self.lang, role)
        if served:
            shown = f"{shown} {', '.join(sorted(self.places.get(one, one) for one in served))}"
        return self.text("roster.reserve_of", role=shown) if layer == "reserve" else shown

    def at(self, when: datetime) -> str:
        """`za 28-11 22:00`, with the year when it is another one."""
        return _with_year(moment(when, self.lang), when, self.now)

    def span(self, start: datetime, end: datetime) -> str:
        """`za 28-11 22:00–zo 29-11 08:00`; what ends at midnight ends at 24:00 of the day before."""
        begin, until = start.astimezone(ZONE), end.astimezone(ZONE)
        if until.hour == until.minute == until.second == 0 and until > begin:
            last = until.date() - _DAY
            shown = "24:00" if last == begin.date() else f"{self.day(last)} 24:00"
        else:
            shown = clock(end) if begin.date() == until.date() else self.at(end)
        return f"{self.at(start)}–{shown}"

    def day(self, day: date) -> str:
        shown = format_date(day, "EEE dd-MM", locale=self.lang)
        return shown if day.year == self.now.astimezone(ZONE).year else f"{shown}-{day.year}"

    def shift(self, shift: Shift) -> str:
        return self.text(
            "roster.shift",
            role=self.role(shift.role, shift.layer, shift.municipalities),
            span=self.span(shift.start, shift.end),
        )


def _with_year(shown: str, when: datetime, now: datetime) -> str:
    local = when.astimezone(ZONE)
    if local.year == now.astimezone(ZONE).year:
        return shown
    return shown.replace(f"{local:%d-%m}", f"{local:%d-%m-%Y}", 1)


# --- who and when ---------------------------------------------------------------------------------------------------------


def on_call(telling: Telling, rows: Sequence[tuple[RoleId, OnCall, OnCall]], at: datetime | None = None) -> Lines:
    """Per role who is on call and who is the reserve, now or at a moment; in a gap who stands for it."""
    first = telling.text("who.first") if at is None else telling.text("who.first_at", when=telling.at(at))
    lines = [
        telling.text(
            "who.line",
            role=role_name(telling.catalogue, telling.lang, role),
            first=_held(telling, own, first=True),
            reserve=_held(telling, reserve, first=False),
        )
        for role, own, reserve in rows
    ]
    return (first, *(lines or [telling.text("who.no_rosters")]))


def _held(telling: Telling, found: OnCall, *, first: bool) -> str:
    if found.gap is None:
        return found.person.name if found.person else telling.text("who.nobody")
    if found.person is None or not first:
        return telling.text("who.nobody")
    return telling.text("who.nobody_but", name=found.person.name)


def overview(
    telling: Telling, role: RoleId, layers: Sequence[tuple[Layer, Sequence[Span]]], *, alone: bool = True
) -> Lines:
    """The spans of a role, layer by layer, gaps and all; who is away is told only to somebody `alone`."""
    lines = [telling.text("roster.first", role=role_name(telling.catalogue, telling.lang, role))]
    for layer, spans in layers:
        lines.append(telling.text(f"roster.layer_{layer}"))
        lines += [
            telling.text("roster.line", span=telling.span(s.start, s.end), who=_who(telling, s, alone)) for s in spans
        ]
    return tuple(lines)


def _who(telling: Telling, span: Span, alone: bool) -> str:
    match span.duty:
        case Vacant(why="absent", person=str() as person) if alone:
            return telling.text("roster.gap_absent", name=telling.name(person))
        case Vacant(why="intended", reason=reason):
            return telling.text("roster.gap_meant", reason=reason)
        case Vacant():
            return telling.text("roster.gap")
        case held:
            return telling.name(held.person)


def mine(telling: Telling, shifts: Sequence[Shift], kept: Sequence[str]) -> Lines:
    """Somebody's own shifts, and below them the own absences and open questions."""
    first = telling.text("roster.mine") if shifts else telling.text("roster.mine_none")
    return (first, *(telling.shift(shift) for shift in shifts), *kept)


# --- what came of a change --------------------------------------------------------------------------------------------------


def shifts_of(telling: Telling, *kinds: tuple[str, Sequence[Shift]]) -> Lines:
    """The first few shifts of each kind, each on a line made by the kind's key, and how many more there are."""
    each = SHIFTS_SHOWN if sum(bool(shifts) for _, shifts in kinds) == 1 else SHIFTS_SHOWN - 1
    shown = [telling.text(key, shift=telling.shift(shift)) for key, shifts in kinds for shift in shifts[:each]]
    left = sum(len(shifts) for _, shifts in kinds) - len(shown)
    return (*shown, telling.text("roster.more", count=str(left))) if left else tuple(shown)


def replaced(telling: Telling, shifted: Sequence[Shifted], taker: PersonId) -> Lines:
    """Instead of whom: everybody who loses something to the taker."""
    names = ", ".join(telling.name(one.person) for one in shifted if one.lost and one.person != taker)
    return (telling.text("roster.instead", names=names) if names else telling.text("roster.instead_nobody"),)


def odd_time(telling: Telling, odd: Odd) -> Lines:
    return (telling.text(f"when.{odd}"),) if odd else ()


def undo(telling: Telling, number: str) -> Lines:
    return (telling.text("roster.undo", number=number),)


def news(telling: Telling, one: Shifted, by: str) -> Lines:
    """To somebody whose own shifts are others now."""
    return (
        telling.text("roster.news", by=by) if by else telling.text("roster.news_contacts"),
        *shifts_of(telling, ("roster.lost", one.lost), ("roster.gained", one.gained)),
    )


# --- what was not understood --------------------------------------------------------------------------------------------------


def unclear(telling: Telling, found: Unclear) -> Lines:
    """Why a time was not understood, with what it may have been and how to say it."""
    if not found.phrase:
        return (telling.text("when.empty"), telling.text("when.example"))
    choices = [telling.at(c) if isinstance(c, datetime) else telling.day(c) for c in found.choices]
    said = found.phrase if len(found.phrase) <= _QUOTED else found.phrase[: _QUOTED - 1] + "…"
    shown = telling.text("when.between").join(choices)
    return (telling.text(f"when.{found.why}", said=said, choices=shown or "–"), telling.text("when.example"))


_QUOTED: Final = 40
