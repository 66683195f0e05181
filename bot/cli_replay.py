"""The command at a terminal that tells an incident again: how it stood at one moment, or entry by entry."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.cli_words import say
from bot.config import Settings
from bot.domain.people import Language
from bot.dossier.collect import Broken, collect, tell
from bot.dossier.replay import Stood, as_of, read_bundle, stood
from bot.logbook.bundle import ENTRIES
from bot.terminal import console, language_of, moment_of, note_reading, reading, run, settings_or_stop, sound, stop
from bot.words import catalogue, timeline
from bot.words.catalogue import Catalogue
from bot.words.replay_words import as_it_stood
from bot.words.shown import moment, visible


def replay(
    incident: Annotated[
        str, typer.Argument(help="Number (2026-014) or id of the incident, or a bundle: a zip or a directory.")
    ],
    at: Annotated[str | None, typer.Option(help="As it stood at 03:10, 22-11 03:10 or 2026-11-22 03:10.")] = None,
    step: Annotated[bool, typer.Option("--step", help="Entry by entry: Enter, b, a number, q.")] = False,
    config: Annotated[Path | None, typer.Option("--config", help="config.yaml; else $IOGPLUS_CONFIG.")] = None,
    lang: Annotated[
        Literal["nl", "en"] | None, typer.Option("--lang", help="Language of the output; else that of the settings.")
    ] = None,
) -> None:
    """What was known, decided and open: at a moment, at the end, or after each entry. The index log keeps that you asked."""
    path = Path(incident)
    if path.is_file() or (path / ENTRIES).is_file():
        language = language_of(lang, None)
        told = _of_bundle(path, language)
    else:
        settings = settings_or_stop(config)
        language = language_of(lang, settings)
        told = run(_of_database(settings, incident, language))
    words = catalogue.load()
    number = told[-1].incident.number
    place: int | None = 0 if step else len(told) - 1
    if at is not None:
        place = as_of(told, moment_of(at, told[-1].at, language))
    if place is None:
        raise stop(say(language, "before_alarm", number=number), 1)
    if step:
        _walk(told, place, words, language)
    else:
        _show(told, place, words, language)


def _of_bundle(path: Path, lang: Language) -> tuple[Stood, ...]:
    try:
        found = read_bundle(path)
    except OSError:
        raise stop(say(lang, "cannot_read", path=path)) from None
    if isinstance(found, Broken):
        raise stop(say(lang, "refused", where=visible(found.where), why=visible(found.why)), 1)
    if not found:
        raise stop(say(lang, "empty_bundle", path=path), 1)
    return found


async def _of_database(settings: Settings, which: str, lang: Language) -> tuple[Stood, ...]:
    async with reading(settings, lang) as database:
        stored = await collect(database, which)
    if stored is None:
        raise stop(say(lang, "unknown_incident", which=which), 1)
    told = stood(sound(tell(stored, catalogue.load()), lang))
    await note_reading(settings, stored.row.id, "replay", lang)
    return told


def _show(told: tuple[Stood, ...], place: int, words: Catalogue, lang: Language) -> None:
    one, last = told[place], told[-1]
    console.print(
        say(lang, "replay_at", number=last.incident.number, seq=one.seq, last=last.seq, when=moment(one.at, lang))
    )
    # Names of the end: an alarm is entered before it says who its reporter is.
    named = replace(one.incident, people=last.incident.people)
    console.print(f"#{one.seq} · {one.h[:8]} {timeline.line(words, one.fact, named, one.at, lang)}")
    console.print("")
    for line in as_it_stood(words, lang, one.incident):
        console.print(line)


def _walk(told: tuple[Stood, ...], place: int, words: Catalogue, lang: Language) -> None:
    """Reads what to do from standard input, line by line, until `q` or its end."""
    _show(told, place, words, lang)
    for said in sys.stdin:
        match said.strip().lower():
            case "q":
                return
            case "":
                place, beyond = min(place + 1, len(told) - 1), place + 1 == len(told)
            case "b":
                place, beyond = max(place - 1, 0), place == 0
            case asked:
                found = _place_of(told, asked.removeprefix("#"))
                if found is None:
                    console.print(say(lang, "replay_how", last=told[-1].seq))
                    continue
                place, beyond = found, False
        if beyond:
            console.print(say(lang, "replay_end" if place else "replay_begin"))
        else:
            console.print("")
            _show(told, place, words, lang)


def _place_of(told: tuple[Stood, ...], seq: str) -> int | None:
    """Where the entry with this seq stands; None when it is not there or was passed over."""
    return next((place for place, one in enumerate(told) if str(one.seq) == seq), None)
