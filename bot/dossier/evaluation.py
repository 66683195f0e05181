"""The evaluation of an incident: its indicators by theme as a section of the dossier, and as JSON for programs."""

import json
from collections.abc import Sequence
from typing import Any, Final

from bot.domain.indicator import Indicator
from bot.domain.people import Language
from bot.domain.themes import THEME_OF, THEMES
from bot.domain.timings import indicators
from bot.dossier.collect import Dossier
from bot.dossier.sheet import Block, Cell, Length, Section, Sentence, Table
from bot.words.catalogue import Catalogue
from bot.words.indicator_words import name_of, target_of, value_of

FORMAT: Final = "iogplus-evaluation/1"


def measured(dossier: Dossier) -> tuple[Indicator, ...]:
    """The indicators of what the dossier tells; without the entries of a closed circle when those are kept back."""
    return indicators([(one.fact, one.at) for one in dossier.facts], dossier.incident)


def evaluation_section(dossier: Dossier, lang: Language, catalogue: Catalogue) -> Section:
    """A section with one within it for each theme of which there is something to tell."""
    found = measured(dossier)
    themes = []
    for theme in THEMES:
        rows = tuple(_row(one, lang, catalogue) for one in found if THEME_OF[one.id] == theme)
        blocks: tuple[Block, ...] = (Table(_header(lang, catalogue), rows),) if rows else ()
        if blocks:
            themes.append(Section(f"evaluation-{theme}", catalogue.text(lang, f"theme.{theme}"), blocks))
    about = "evaluation.about" if themes else "evaluation.nothing"
    return Section(
        "evaluation",
        catalogue.text(lang, "evaluation.heading"),
        (Sentence(catalogue.text(lang, about)),),
        tuple(themes),
    )


def _header(lang: Language, catalogue: Catalogue) -> tuple[str, ...]:
    return tuple(catalogue.text(lang, f"evaluation.column_{name}") for name in ("what", "value", "target", "verdict"))


def _row(one: Indicator, lang: Language, catalogue: Catalogue) -> tuple[Cell, ...]:
    value: Cell = value_of(catalogue, lang, one)
    if one.unit == "seconds" and one.value is not None:
        value = Length(value_of(catalogue, lang, one), round(one.value))
    verdict = catalogue.text(lang, f"evaluation.{one.verdict}") if one.verdict in ("met", "missed") else ""
    return name_of(catalogue, lang, one), value, target_of(one), verdict


def evaluation_json(dossier: Dossier) -> bytes:
    """`evaluation.json`; its members stand in docs/beheer/evaluatie.md."""
    text = json.dumps(as_data(dossier.incident.number, measured(dossier)), ensure_ascii=False, indent=2)
    return f"{text}\n".encode()


def as_data(number: str, found: Sequence[Indicator]) -> dict[str, Any]:
    """Each indicator with its theme, value, unit, target and verdict; `why` is there when it has no value."""
    return {
        "format": FORMAT,
        "incident": number,
        "indicators": [
            {
                "id": one.id,
                "theme": THEME_OF[one.id],
                "about": one.about or None,
                "value": one.value,
                "unit": one.unit,
                "of": one.of,
                "target": one.target,
                "verdict": one.verdict,
                "why": one.why,
            }
            for one in found
        ],
    }
