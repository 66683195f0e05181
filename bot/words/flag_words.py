"""Whom else an incident concerns, the language of its rooms, and the closed circle, in words."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from bot.domain import messages as m
from bot.domain.commands import Refused
from bot.domain.incident import Incident
from bot.domain.people import Language
from bot.words.catalogue import Catalogue
from bot.words.fit import Line, line
from bot.words.folding import fold
from bot.words.names import chosen
from bot.words.page_words import room_line
from bot.words.shown import loose, moment, room_link

Lines = list[Line]
_NAMED: Final = re.compile(r"(?<!\S)@[^\s,;!?()]+")
_BETWEEN: Final = re.compile(r"^(?:[\s,;:–-]|\b(?:en|and|met|with|omdat|want|because)\b)+", re.IGNORECASE)


def named(said: str) -> tuple[tuple[str, ...], str]:
    """The names with an @ in what somebody said, and what else it says."""
    names = tuple(_NAMED.findall(said))
    return names, _BETWEEN.sub("", " ".join(_NAMED.sub(" ", said).split())).strip(" ,;")


def beside(catalogue: Catalogue, lang: Language, neighbours: Sequence[str], *, wide: bool) -> str:
    """What the card and the topic say beside the responsible municipality; empty when it concerns nobody else."""
    also = [catalogue.text(lang, "flags.also", names=", ".join(neighbours))] if neighbours else []
    return " · ".join((*also, *([catalogue.text(lang, "flags.wide")] if wide else [])))


def of_incident(catalogue: Catalogue, lang: Language, incident: Incident) -> str:
    names = tuple(neighbour.name for neighbour in incident.neighbours)
    return beside(catalogue, lang, names, wide="bovenregionaal" in incident.flags)


def neighbour(said: m.NeighbourTold) -> Lines:
    first = line(f"neighbour.{said.what}", name=loose(said.name), number=said.number)
    title = chosen(said.lang, said.title.nl, said.title.en)
    what = line("neighbour.what", municipality=loose(said.municipality), title=title)
    by = loose(said.by)
    if said.what == "released":
        return [first, what, line("neighbour.over", by=by)]
    return [
        first,
        what,
        line("neighbour.may", by=by, lead=loose(said.municipality)),
        room_line(said.number, said.municipality, said.room),
    ]


def note(said: m.FlagNote) -> Lines:
    values = {"when": moment(said.at, said.lang), "by": loose(said.by), "name": loose(said.name)}
    return [line(f"flag.{said.what}", **values), *_reason(said.reason)]


def language_chosen(said: m.LanguageNote) -> Lines:
    return [line("language.chosen", when=moment(said.at, said.lang), by=loose(said.by))]


_LANGUAGES: Final[Mapping[str, Language]] = {
    "nl": "nl", "nederlands": "nl", "dutch": "nl", "en": "en", "engels": "en", "english": "en",
}  # fmt: skip


def language(said: str) -> Language:
    """Raises Refused for any other word: the texts are there in these two."""
    found = _LANGUAGES.get(fold(said).text.strip(" .!"))
    if found is None:
        raise Refused("which_language")
    return found


def _reason(reason: str) -> Lines:
    return [line("quote", text=loose(reason))] if reason else []


def wide(said: m.WideTold) -> Lines:
    number = [line("wide.number", number=loose(said.duty_number))] if said.duty_number else [line("wide.no_number")]
    return [
        line("wide.first", number=said.number, by=loose(said.by)),
        *_reason(said.reason),
        line("wide.what"),
        *number,
    ]


def circle_told(said: m.CircleTold) -> Lines:
    by, names = loose(said.by), loose(", ".join(said.names))
    first = line(f"circle.{said.what}", number=said.number, by=by)
    if said.what == "left":
        return [first, line("circle.left_what")]
    who = line("circle.who", names=names)
    if said.room is None:
        return [first, *_reason(said.reason), who, line("circle.coming")]
    room = line("circle.room", number=said.number, url=room_link(said.room))
    return [first, who, line("circle.reads"), room]


def circle_shown(said: m.CircleShown) -> Lines:
    names, when = loose(", ".join(said.names)), moment(said.at, said.lang)
    first = line(f"circleroom.{said.what}", names=names, when=when, number=said.number)
    if said.what == "widened":
        return [first, line("circle.newcomer")]
    if said.what != "opened":
        return [first]
    return [first, line("circle.who", names=names), line("circle.rule"), line("circleroom.type")]


def proposed(said: m.CircleProposed) -> Lines:
    title = chosen(said.lang, said.title.nl, said.title.en)
    return [line("circle.proposed", number=said.number), line("circle.why", title=title), line("circle.how")]


def members(catalogue: Catalogue, lang: Language, incident: Incident) -> tuple[str, ...]:
    """Who is in the circle, and who of them is in its room."""
    there, away = (
        [incident.name(p) for p in incident.circle if (p in incident.circle_present) is present]
        for present in (True, False)
    )
    return (
        catalogue.text(lang, "circle.list", number=incident.number, count=str(len(incident.circle))),
        *_listed(catalogue, lang, "circle.in_room", there),
        *_listed(catalogue, lang, "circle.not_in_room", away),
        catalogue.text(lang, "circle.change"),
        catalogue.text(lang, "circle.newcomer"),
    )


def _listed(catalogue: Catalogue, lang: Language, key: str, names: Iterable[str]) -> tuple[str, ...]:
    shown = ", ".join(names)
    return (catalogue.text(lang, key, names=shown),) if shown else ()
