"""The evaluation of an incident: its indicators by theme as a section of the dossier, and as JSON for programs."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.domain.after import Observation
from bot.domain.entries import LineRecorded
from bot.domain.indicator import Indicator
from bot.domain.people import Language
from bot.domain.themes import SCORES, THEME_OF, THEMES, Theme
from bot.domain.timings import indicators
from bot.dossier.collect import Dossier
from bot.dossier.sheet import Block, Cell, Length, Ref, Section, Sentence, Table
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
        scores = _scores(dossier, theme, lang, catalogue)
        blocks: list[Block] = [Table(_header(lang, catalogue), rows)] if rows else []
        if scores:
            header = tuple(catalogue.text(lang, f"evaluation.column_{name}") for name in ("score", "lines"))
            blocks.append(Table(header, scores))
        if blocks:
            themes.append(Section(f"evaluation-{theme}", catalogue.text(lang, f"theme.{theme}"), tuple(blocks)))
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


def _scores(dossier: Dossier, theme: Theme, lang: Language, catalogue: Catalogue) -> tuple[tuple[Cell, ...], ...]:
    """One row for each observer, best score first and without their names; a line that is told here can be followed."""
    seqs = {one.fact.line: one.seq for one in dossier.facts if isinstance(one.fact, LineRecorded)}
    given = [one for one in dossier.incident.after.observations if one.theme == theme]
    return tuple(
        (catalogue.text(lang, f"score.{one.score}"), tuple(_line(number, seqs) for number in one.lines) or "")
        for one in sorted(given, key=lambda one: (SCORES.index(one.score), one.lines))
    )


def _line(number: int, seqs: Mapping[int, int]) -> Cell:
    return Ref(str(number), f"line-{seqs[number]}") if number in seqs else str(number)


def evaluation_json(dossier: Dossier) -> bytes:
    """`evaluation.json`; its members stand in docs/beheer/evaluatie.md."""
    incident = dossier.incident
    told = as_data(incident.number, measured(dossier), incident.after.observations)
    text = json.dumps(told, ensure_ascii=False, indent=2)
    return f"{text}\n".encode()


def as_data(number: str, found: Sequence[Indicator], observations: Sequence[Observation]) -> dict[str, Any]:
    """Each indicator with its theme, value, unit, target and verdict; `why` is there when it has no value. Scores of observers come
    by theme, without who gave them."""
    given = sorted(observations, key=lambda one: (THEMES.index(one.theme), SCORES.index(one.score), one.lines))
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
        "observations": [{"theme": one.theme, "score": one.score, "lines": list(one.lines)} for one in given],
    }
