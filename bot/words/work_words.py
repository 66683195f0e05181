"""Actions in words: how people say whose they are and by when, and how they are shown."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.domain import messages as m
from bot.domain.incident import Action, Incident
from bot.domain.people import Language, Person
from bot.words.catalogue import Catalogue
from bot.words.fit import Line, line
from bot.words.folding import fold
from bot.words.incident_lines import IN_LIST
from bot.words.roster_phrases import Nobody, find_person
from bot.words.shown import clock, loose, moment, shorten, visible
from bot.words.when import Unclear, Understood, point

_NUMBERED: Final = re.compile(r"#?([0-9]{1,4})[.:,]?\s+")
_DONE: Final = re.compile(r"(?:is\s+)?(?:klaar|gedaan|gereed|done)\b[\s.,:;!-]*")
_DROPPED: Final = re.compile(r"(?:vervalt|vervallen|dropped|drop)\b[\s.,:;!-]*(?:(?:omdat|want|because)\b[\s:]*)?")
_NAMED: Final = re.compile(r"(?<!\S)@[^\s,;!?()]+")
_DAY: Final = (
    r"(?:(?:vandaag|morgen|overmorgen|today|tomorrow|"
    r"(?:maan|dins|woens|donder|vrij|zater|zon)dag|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\s+)?"
)
_CLOCK: Final = r"(?:om\s+|at\s+)?[0-9]{1,2}[:.][0-9]{2}(?![0-9])(?:\s*(?:uur|h)\b)?"
_LENGTH: Final = r"(?:over|in)\s+[0-9]{1,3}\s*(?:minuten|minutes|min|uur|hours?)\b"
_TIMED: Final = re.compile(rf"(?<!\S)(?:(?:voor|uiterlijk|before|by)\s+)?({_DAY}{_CLOCK}|{_LENGTH})")
_LOOSE_END: Final = re.compile(r"[\s,;–-]+$")


@dataclass(frozen=True, slots=True)
class Wish:
    """A new action. `owner` None: nobody was named; a Nobody was named and is not known. `due` is UTC."""

    text: str
    owner: Person | Nobody | None
    due: datetime | Unclear | None


@dataclass(frozen=True, slots=True)
class Done:
    number: int
    remark: str


@dataclass(frozen=True, slots=True)
class Dropped:
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Changed:
    """Another owner or another time for an action that is there; one of both or both."""

    number: int
    owner: Person | Nobody | None
    due: datetime | Unclear | None


def read(said: str, people: Iterable[Person], now: datetime, zone: str) -> Wish | Done | Dropped | Changed:
    """What follows the word `actie`. `now` is aware; `zone` an IANA name. What names no action by number is a new one."""
    hit = _NUMBERED.match(said)
    if hit is not None:
        number, rest = int(hit.group(1)), fold(said[hit.end() :])
        if done := _DONE.match(rest.text):
            return Done(number, rest.after(done.end()).bare)
        if dropped := _DROPPED.match(rest.text):
            return Dropped(number, rest.after(dropped.end()).bare)
        about = _wish(said[hit.end() :], people, now, zone)
        if not about.text and (about.owner is not None or about.due is not None):
            return Changed(number, about.owner, about.due)
    return _wish(said, people, now, zone)


def _wish(said: str, people: Iterable[Person], now: datetime, zone: str) -> Wish:
    """The last name and the last time count; they are left out of the text only where it ends with them."""
    owner: Person | Nobody | None = None
    due: datetime | Unclear | None = None
    named = list(_NAMED.finditer(said))
    timed = list(_TIMED.finditer(fold(said).text))
    if named:
        owner = find_person(named[-1].group().rstrip(".:"), people)
    if timed:
        when = point(timed[-1].group(1), now, zone)
        due = when.at if isinstance(when, Understood) else when if isinstance(when, Unclear) else None
    spans = [hit.span() for hit in (*named[-1:], *timed[-1:])]
    return Wish(_without(said, spans), owner, due)


def _without(said: str, spans: list[tuple[int, int]]) -> str:
    text = _LOOSE_END.sub("", said)
    for start, end in sorted(spans, reverse=True):
        if len(text) <= end or not text[end:].strip(" .,;"):
            text = _LOOSE_END.sub("", text[:start])
    return text.strip()


def shown(catalogue: Catalogue, said: m.ActionShown) -> list[Line]:
    number = str(said.action)
    when = moment(said.due, said.lang) if said.due else catalogue.text(said.lang, "action.no_time")
    return [
        line("action.first", action=number, owner=loose(said.owner)),
        line("quote", text=loose(said.text)),
        line("action.due", due=when),
        line("action.by", by=loose(said.by), time=clock(said.at)),
        line("action.type", action=number),
    ]


def noted(said: m.ActionNote) -> list[Line]:
    first = line(f"action.{said.what}", action=str(said.action), by=loose(said.by), time=clock(said.at))
    remark = [line("action.remark", remark=loose(said.remark))] if said.remark else []
    return [first, line("quote", text=loose(said.text)), *remark]


def due(said: m.ActionDue) -> list[Line]:
    number = str(said.action)
    values = {"action": number, "due": moment(said.due, said.lang)}
    first = line("action.late", **values) if said.owner is None else line("action.late_other", **values)
    whose = [] if said.owner is None else [line("action.whose", owner=loose(said.owner))]
    return [
        first,
        line("quote", text=loose(said.text)),
        *whose,
        line("action.type_due", number=said.number, action=number),
    ]


def listed(catalogue: Catalogue, lang: Language, incident: Incident) -> tuple[str, ...]:
    """All actions, those that are still to be done first."""
    if not incident.actions:
        return (catalogue.text(lang, "actions.none", number=incident.number),)
    left = str(sum(action.state == "open" for action in incident.actions))
    first = catalogue.text(lang, "actions.first", number=incident.number, count=left, total=str(len(incident.actions)))
    ordered = sorted(incident.actions, key=lambda action: action.state != "open")
    return (first, *(action_line(catalogue, lang, incident, action) for action in ordered))


def mine(catalogue: Catalogue, lang: Language, found: Sequence[tuple[Incident, Sequence[Action]]]) -> tuple[str, ...]:
    """Open actions of several incidents, each with the number of its incident."""
    if not found:
        return (catalogue.text(lang, "actions.nothing"),)
    shown = [
        catalogue.text(
            lang, "actions.of_incident", number=incident.number, action=action_line(catalogue, lang, incident, one)
        )
        for incident, open_ones in found
        for one in open_ones
    ]
    return (catalogue.text(lang, "actions.mine", count=str(len(shown))), *shown)


def action_line(catalogue: Catalogue, lang: Language, incident: Incident, action: Action) -> str:
    when = moment(action.due, lang) if action.due else catalogue.text(lang, "action.no_time")
    text = shorten(visible(action.text), IN_LIST)
    owner = incident.name(action.owner)
    return catalogue.text(lang, f"actions.{action.state}", action=str(action.number), text=text, owner=owner, due=when)
