"""What an observer gives after the end: a theme, a score and the lines that show it, and nothing quoted from the room."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.domain import messages as m
from bot.domain.people import Language
from bot.domain.themes import Score, Theme
from bot.words.catalogue import Catalogue
from bot.words.fit import Line, line
from bot.words.folding import fold
from bot.words.shown import loose

_THEMES: Final[Mapping[Theme, tuple[str, ...]]] = {
    "alarmering": ("alarmering", "alerting"),
    "beeldvorming": ("beeldvorming", "beeld", "situation"),
    "oordeelsvorming": ("oordeelsvorming", "oordeel", "judgement"),
    "besluitvorming": ("besluitvorming", "besluiten", "decisions"),
    "interventie": ("interventie", "interventies", "intervention"),
    "platformroute": ("platformroute", "platform", "platforms"),
    "communicatie": ("communicatie", "communication"),
    "samenwerking": ("samenwerking", "cooperation"),
    "grondrechten": ("grondrechten en privacy", "grondrechten", "privacy", "rights and privacy", "rights"),
    "resultaat": ("resultaat", "result"),
    "nafase": ("nafase en leren", "nafase", "leren", "aftercare and learning", "aftercare", "learning"),
}
_THEME_OF: Final[Mapping[str, Theme]] = {word: theme for theme, words in _THEMES.items() for word in words}
# Keyboards of phones make dashes of two hyphens.
_SCORES: Final[Mapping[Score, str]] = {
    "++": r"\+\s?\+",
    "--": r"[-–]\s?[-–]|—",
    "+": r"\+",
    "-": r"[-–−]",
    "nvt": r"n\.?\s?v\.?\s?t\.?|n/?a",
}
_WORDS: Final = "|".join(re.escape(word) for word in sorted(_THEME_OF, key=len, reverse=True))
_OBSERVED: Final = re.compile(
    rf"({_WORDS})\s*[:=]?\s*"
     "(?:" + "|".join(f"({pattern})" for pattern in _SCORES.values()) + ")"
    r"(?:[\s,;:]*(?:regels?|lines?)\s*((?:#?[0-9]{1,4}(?![0-9])[\s,]*(?:(?:en|and)\b[\s,]*)?)+))?[\s.]*"
)  # fmt: skip
_NUMBER: Final = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Observed:
    theme: Theme
    score: Score
    lines: tuple[int, ...]


def read(said: str) -> Observed | None:
    """`beeldvorming + regel 12, 14`, `samenwerking n.v.t.`; None for anything else, so that no free words get in."""
    hit = _OBSERVED.fullmatch(fold(said).text)
    if hit is None:
        return None
    word, *scores, numbers = hit.groups()
    score = next(score for score, found in zip(_SCORES, scores, strict=True) if found)
    lines = dict.fromkeys(int(number) for number in _NUMBER.findall(numbers or ""))
    return Observed(_THEME_OF[word], score, tuple(lines))


def note(catalogue: Catalogue, said: m.ObservationNote) -> list[Line]:
    """To the observer alone: what was kept, and what is left."""
    shown = observed(catalogue, said.lang, said.theme, said.score, said.lines)
    first = line("observation.first", number=said.number, shown=loose(shown))
    if not said.left:
        return [first, line("observation.all")]
    theme = catalogue.template(said.lang, f"theme.{said.left[0]}").lower()
    return [first, line("observation.left", count=str(len(said.left)), number=said.number, theme=theme)]


def observed(catalogue: Catalogue, lang: Language, theme: Theme, score: Score, lines: tuple[int, ...]) -> str:
    """`Beeldvorming: + · regel 12, 14`."""
    name, mark = catalogue.template(lang, f"theme.{theme}"), catalogue.template(lang, f"score.{score}")
    numbers = ", ".join(map(str, lines))
    behind = f" · {catalogue.text(lang, 'observation.lines', lines=numbers)}" if lines else ""
    return f"{name}: {mark}{behind}"
