"""The regional picture in words: which one is meant, what each kind is called, and the picture as lines."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, TypeVar
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_month_names

from bot.domain import commands as c
from bot.domain.contacts import Reference
from bot.domain.ids import RoleId
from bot.domain.people import Language, Municipality, Tile
from bot.domain.playbook import Both
from bot.domain.regional import DIMENSIONS, NONE, Dimension, Picture, last_whole_month
from bot.domain.regional_map import Place
from bot.domain.rule_of_five import Row
from bot.words.catalogue import Catalogue
from bot.words.names import role_name
from bot.words.replies import Lines, pages
from bot.words.shown import shorten

MARK: Final = "<5/–"
_MONTH: Final = re.compile(r"(20[0-9]{2})(?:-(0?[1-9]|1[0-2]))?")
_NAMED: Final = re.compile(r"([a-z]+)\.?(?: (20[0-9]{2}))?")
_LANGUAGES: Final[tuple[Language, ...]] = ("nl", "en")
_WIDTHS: Final[tuple[Literal["wide", "abbreviated"], ...]] = ("wide", "abbreviated")
_NAMES: Final[Mapping[str, int]] = {
    name.rstrip(".").casefold(): number
    for lang in _LANGUAGES for width in _WIDTHS for number, name in get_month_names(width, "stand-alone", lang).items()
}  # fmt: skip
_TITLE: Final = 48
Meaning = TypeVar("Meaning")
# In both languages, as a person may type either.
_DOMAINS: Final[Mapping[str, RoleId]] = {
    word: RoleId(f"expert_{domain}")
    for domain, words in (
        ("cyber", ("cyber",)), ("cter", ("cter",)), ("ondermijning", ("ondermijning", "undermining")), ("zorg", ("zorg", "care")),
    )
    for word in words
}  # fmt: skip
_TABLES: Final[Mapping[str, Dimension]] = {
    "rode vlaggen": "red_flag", "rode vlag": "red_flag", "red flags": "red_flag", "red flag": "red_flag",
    "soorten": "phenomenon", "kinds": "phenomenon", "grootte": "size", "size": "size", "domeinen": "domain", "domains": "domain",
    "besluiten": "intervention", "decisions": "intervention", "afloop": "outcome", "outcome": "outcome",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which picture somebody asked for: up to which month, of which domain, and which table alone."""

    when: tuple[int, int]
    domain: RoleId | None = None
    table: Dimension | None = None


def wanted(said: str, now: datetime, zone: ZoneInfo) -> Wanted:
    """What `zorg 2026-09` or `rode vlaggen september` asks for: a domain, a table and a month, in this order, each or none. Raises
    Refused for a month that is not over or that does not exist."""
    domain, rest = _leading(_DOMAINS, said)
    table, rest = _leading(_TABLES, rest)
    return Wanted(month_of(rest, now, zone), domain, table)


def _leading(words: Mapping[str, Meaning], said: str) -> tuple[Meaning | None, str]:
    """What the first word or words mean, and what comes after them."""
    text = " ".join(said.split())
    for word, meaning in words.items():
        if text.casefold() == word or text.casefold().startswith(f"{word} "):
            return meaning, text[len(word) + 1 :]
    return None, text


def month_of(said: str, now: datetime, zone: ZoneInfo) -> tuple[int, int]:
    """The year and month of `2026-11` or `november 2026`; of `november` the last that is over; of `2026` its last whole month, of
    nothing the last whole month. Raises Refused for a month that is not over or that does not exist."""
    last = last_whole_month(now, zone)
    text = said.strip()
    if not text:
        return last
    named = _NAMED.fullmatch(text.casefold())
    if named is not None and (number := _NAMES.get(named[1])) is not None:
        year = int(named[2]) if named[2] else last[0] - (number > last[1])
        text = f"{year}-{number}"
    hit = _MONTH.fullmatch(text)
    if hit is None:
        raise c.Refused("no_such_month", {"month": shorten(text, 20)})
    year = int(hit[1])
    wanted = (year, int(hit[2])) if hit[2] else (last if year == last[0] else (year, 12))
    if wanted > last:
        raise c.Refused("month_not_over", {"month": text})
    return wanted


class RegionalWords:
    """Words for one picture in one language, with the names that the reference data gives now."""

    def __init__(self, catalogue: Catalogue, lang: Language, reference: Reference) -> None:
        self.catalogue, self.lang, self.reference = catalogue, lang, reference

    def title(self, picture: Picture) -> str:
        kind = "exercises" if picture.exercises else "title"
        title = self._text(kind, year=str(picture.year), month=self.month(picture.month, wide=True))
        return f"{title}: {self.name('domain', picture.domain)}" if picture.domain else title

    def month(self, month: int, *, wide: bool = False) -> str:
        return format_date(date(2026, month, 1), "LLLL" if wide else "LLL", locale=self.lang).rstrip(".")

    def months(self, first: int, last: int) -> str:
        """`jan–mrt`, or one month."""
        return self.month(first) if first == last else f"{self.month(first)}–{self.month(last)}"

    def heading(self, dimension: Dimension, left: int = 0) -> str:
        """`left` is how many kinds are told in the table only."""
        about = self._text(f"about_{dimension}")
        return self._text("more", about=about, count=str(left)) if left else about

    def name(self, dimension: Dimension, kind: str) -> str:
        """What a kind is called; its code alone when the reference data does not know it any more."""
        if kind == NONE:
            return self._text(f"none_{dimension}")
        match dimension:
            case "phenomenon":
                known = self.reference.handbook.phenomena.get(kind)
                return f"{kind} {self._both(known.title)}" if known else kind
            case "size":
                return self._text(f"size_{kind}")
            case "domain":
                return role_name(self.catalogue, self.lang, RoleId(kind))
            case "intervention":
                return f"{kind.partition('.')[0]} {self._option(kind)}"
            case "outcome":
                return self._text(f"outcome_{kind}")
            case "red_flag":
                signals = (one for group in self.reference.handbook.signals for one in group.signals)
                found = next((one for one in signals if one.code == kind), None)
                return f"{kind} {self._both(found.text)}" if found else kind

    def total(self, picture: Picture, row: Row) -> str:
        """The running total with the month up to which it goes; the mark when none is told."""
        if row.total is None:
            return MARK
        return self._text("total", count=str(row.total), month=self.month(picture.stretches[row.until - 1].last))

    def on_map(self, picture: Picture) -> tuple[tuple[Municipality, Tile, Place | None], ...]:
        """The municipalities on the map, row by row from the top left, with what is told of each; none without a map, or while
        nothing is told at all. The order says where a municipality lies, and nothing else."""
        laid = [(one, one.tile) for one in self.reference.contacts.municipalities if one.tile]
        if picture.domain or picture.alone or not picture.stretches:
            return ()
        laid.sort(key=lambda found: (found[1].row, found[1].column))
        return tuple((one, tile, picture.places.get(one.id)) for one, tile in laid)

    def place(self, place: Place | None) -> str:
        """The count of a municipality with the month up to which it goes, or the mark."""
        return self._text("total", count=str(place.count), month=self.month(place.until)) if place else MARK

    def until(self, place: Place | None) -> str:
        """`t/m sep`, for below a count."""
        return self._text("until", month=self.month(place.until)) if place else ""

    def waiting(self, picture: Picture) -> str:
        """What the months at the end hold that are not told yet; empty when there are none."""
        if picture.waiting is None:
            return ""
        return self._text("waiting_domain" if picture.domain else "waiting", months=self.months(*picture.waiting))

    def notes(self, picture: Picture) -> Lines:
        """What a reader must know of the counts, or why there are none."""
        if not picture.stretches and picture.domain:
            return (self._text("nothing_domain", domain=self.name("domain", picture.domain)),)
        if not picture.stretches:
            return (self._text("nothing"),)
        empty = picture.alone is not None and not told_rows(picture, picture.alone)
        none = (self._text("nothing_table"),) if empty else ()
        domain = (self._text("legend_domain", domain=self.name("domain", picture.domain)),) if picture.domain else ()
        return (*none, self._text("legend"), *domain)

    def screen(self, picture: Picture, broken: Sequence[str] = ()) -> Lines:
        """The picture on one screen of chat: of each table as many kinds as fit, the most frequent first."""
        whole = self.lines(picture, broken)
        most = max((len(told_rows(picture, dimension)) for dimension in DIMENSIONS), default=0)
        while most > 1 and len(pages(self.catalogue, self.lang, whole)) > 1:
            most -= 1
            whole = self.lines(picture, broken, most)
        return whole

    def lines(self, picture: Picture, broken: Sequence[str] = (), most: int | None = None) -> Lines:
        """The picture with the kinds of which there is something to tell, of each table no more than `most`."""
        first = self.title(picture)
        lost = (self._text("broken", numbers=", ".join(broken)),) if broken else ()
        if not picture.stretches:
            return (first, *self.notes(picture), *lost)
        spans = [f"{self.months(one.first, one.last)} {one.count}" for one in picture.stretches]
        over = " · ".join([*spans, *filter(None, (self.waiting(picture),))])
        counted = self._text("counted", count=str(picture.counted))
        return (first, counted, over, *self._tables(picture, most), *self.notes(picture), *lost)

    def _tables(self, picture: Picture, most: int | None) -> Iterator[str]:
        for dimension in DIMENSIONS:
            rows = told_rows(picture, dimension)
            shown = rows[:most]
            if rows:
                yield self.heading(dimension, len(rows) - len(shown))
            for kind, row in shown:
                yield f"· {shorten(self.name(dimension, kind), _TITLE)}: {self._told(picture, row)}"

    def _told(self, picture: Picture, row: Row) -> str:
        """The total, or each stretch where there is none; both in a table by itself."""
        found = zip(picture.stretches, row.counts, strict=True)
        spans = " · ".join(f"{self.months(one.first, one.last)} {n}" for one, n in found if n is not None)
        if row.total is None:
            return spans
        return f"{self.total(picture, row)} ({spans})" if picture.alone and spans else self.total(picture, row)

    def _option(self, kind: str) -> str:
        point, _, option = kind.partition(".")
        decision = self.reference.decisions.get(point)
        found = next((one for one in decision.options if one.id == option), None) if decision else None
        return self._both(found.label) if found else option

    def _both(self, both: Both) -> str:
        return both.nl if self.lang == "nl" else both.en

    def _text(self, key: str, **values: str) -> str:
        return self.catalogue.text(self.lang, f"picture.{key}", **values)


def told_rows(picture: Picture, dimension: Dimension) -> tuple[tuple[str, Row], ...]:
    """The rows of a table of which anything is told, those with the largest total first."""
    table = picture.tables.get(dimension, {})
    rows = [(kind, row) for kind, row in table.items() if row.total is not None or any(row.counts)]
    return tuple(sorted(rows, key=lambda one: -(one[1].total or 0)))
