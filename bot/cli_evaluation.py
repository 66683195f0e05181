"""The command at a terminal that tells how an incident went, in numbers: in words, or as JSON for programs."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.cli_words import say
from bot.config import Settings
from bot.domain.people import Language
from bot.dossier.collect import Dossier, collect, tell
from bot.dossier.evaluation import evaluation_json, measured
from bot.terminal import console, language_of, note_reading, reading, run, settings_or_stop, sound, stop
from bot.words import catalogue
from bot.words.indicator_words import in_words


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
    dossier = run(_told(settings, incident, language))
    if as_json:
        console.print(evaluation_json(dossier).decode(), end="")
        return
    words = catalogue.load()
    console.print(say(language, "evaluation", number=dossier.incident.number))
    for one in measured(dossier):
        console.print(in_words(words, language, one))


async def _told(settings: Settings, which: str, lang: Language) -> Dossier:
    async with reading(settings, lang) as database:
        stored = await collect(database, which)
    if stored is None:
        raise stop(say(lang, "unknown_incident", which=which), 1)
    dossier = sound(tell(stored, catalogue.load()), lang)
    await note_reading(settings, stored.row.id, "evaluation", lang)
    return dossier
