"""The command at a terminal that tells how an incident went, in numbers: in words, or as JSON for programs."""

import json
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer

from bot.cli_words import say
from bot.config import Settings
from bot.domain.indicator import Indicator
from bot.domain.people import Language
from bot.domain.timings import indicators
from bot.dossier.collect import Stored, collect, tell
from bot.folding import read_entries
from bot.terminal import console, language_of, note_reading, reading, run, settings_or_stop, sound, stop
from bot.words import catalogue
from bot.words.indicator_words import in_words

FORMAT: Final = "iogplus-evaluation/1"


def evaluation(
    incident: Annotated[str, typer.Argument(help="Number (2026-014) or id of the incident.")],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    config: Annotated[Path | None, typer.Option("--config", help="config.yaml; else $IOGPLUS_CONFIG.")] = None,
    lang: Annotated[
        Literal["nl", "en"] | None, typer.Option("--lang", help="Language of the output; else that of the settings.")
    ] = None,
) -> None:
    """How an incident went, in numbers from its own log; the index log keeps that you asked. The bot may run."""
    settings = settings_or_stop(config)
    language = language_of(lang, settings)
    number, found = run(_measured(settings, incident, language))
    if as_json:
        console.print(json.dumps(as_data(number, found), ensure_ascii=False, indent=2))
        return
    words = catalogue.load()
    console.print(say(language, "evaluation", number=number))
    for one in found:
        console.print(in_words(words, language, one))


def as_data(number: str, found: tuple[Indicator, ...]) -> dict[str, Any]:
    """`evaluation.json`: each indicator with its value, unit, target and verdict; `why` is there when it has no value."""
    return {
        "format": FORMAT,
        "incident": number,
        "indicators": [
            {
                "id": one.id,
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


async def _measured(settings: Settings, which: str, lang: Language) -> tuple[str, tuple[Indicator, ...]]:
    async with reading(settings, lang) as database:
        stored = await collect(database, which)
    if stored is None:
        raise stop(say(lang, "unknown_incident", which=which), 1)
    found = measured(stored, lang)
    await note_reading(settings, stored.row.id, "evaluation", lang)
    return stored.row.number, found


def measured(stored: Stored, lang: Language) -> tuple[Indicator, ...]:
    """The indicators of a log that verifies; stops when it does not."""
    dossier = sound(tell(stored, catalogue.load()), lang)
    entries = read_entries(stored.raws, stored.openings, stored.blobs.__getitem__)
    return indicators([(fact, sealed.ts) for sealed, fact in entries], dossier.incident)
