"""The command at a terminal that tells the regional picture: in words, as CSV or as a drawing."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.app import real_world
from bot.cli_words import say
from bot.config import Settings
from bot.domain import commands as c
from bot.domain.contacts import Reference
from bot.domain.ids import EVERY_INCIDENT, RoleId
from bot.domain.people import Language
from bot.domain.regional import Case, Dimension, Picture, case_of, known_kinds, mapped, only, picture
from bot.dossier.csv_files import excel_csv, plain_csv
from bot.dossier.regional_files import drawing, flat, png
from bot.ended import Ended, ended
from bot.reference.load import load_reference
from bot.reference.problems import Broken
from bot.terminal import console, errors, language_of, note_reading, reading, run, settings_or_stop, stop
from bot.words import catalogue
from bot.words.regional_words import RegionalWords, month_of
from bot.words.shown import ZONE


def regional(
    # long, for its options
    month: Annotated[str, typer.Option(help="2026-11, or 2026; else the last whole month.")] = "",
    domain: Annotated[
        Literal["cyber", "cter", "ondermijning", "zorg"] | None,
        typer.Option(help="Only incidents in which it was called."),
    ] = None,
    alone: Annotated[Dimension | None, typer.Option("--only", help="One table by itself.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="For programs.")] = False,
    as_excel: Annotated[bool, typer.Option("--excel", help="CSV for Dutch Excel.")] = False,
    as_svg: Annotated[bool, typer.Option("--svg", help="A drawing.")] = False,
    image: Annotated[Path | None, typer.Option("--png", help="The drawing into this file.")] = None,
    exercises: Annotated[bool, typer.Option("--exercises", help="Count exercises, and nothing else.")] = False,
    config: Annotated[Path | None, typer.Option("--config", help="config.yaml; else $IOGPLUS_CONFIG.")] = None,
    lang: Annotated[
        Literal["nl", "en"] | None, typer.Option("--lang", help="Language of the output; else that of the settings.")
    ] = None,
) -> None:
    """How many incidents there were, by kind of case, domain, decision and red flag: no count below five, and nobody's name."""
    settings = settings_or_stop(config)
    language = language_of(lang, settings)
    words = catalogue.load()
    reference = _reference(settings, language)
    try:
        when = month_of(month, real_world().wall(), ZONE)
    except c.Refused as refused:
        raise stop(words.text(language, f"refused.{refused.code}", **refused.details)) from None
    run(note_reading(settings, EVERY_INCIDENT, "picture", language))
    found = run(_ended(settings, language))
    cases = [case_of(one, reference.contacts) for one in found.incidents if one.exercise is exercises]
    shown = _picture([one for one in cases if one], reference, when, exercises, domain, alone)
    say_it = RegionalWords(words, language, reference)
    if as_csv or as_excel:
        table = flat(shown, say_it, words, language)
        typer.echo(b"".join((excel_csv if as_excel else plain_csv)(table)), nl=False)
    elif as_svg:
        typer.echo(drawing(shown, say_it, words, language).encode(), nl=False)
    elif image is None:
        for line in say_it.lines(shown, found.broken):
            console.print(line)
        return
    if image is not None:
        image.write_bytes(png(drawing(shown, say_it, words, language)))
    if found.broken:  # a table or a drawing is no place for it
        errors.print(words.text(language, "picture.broken", numbers=", ".join(found.broken)))


def _picture(
    cases: list[Case],
    reference: Reference,
    when: tuple[int, int],
    exercises: bool,
    domain: str | None,
    alone: Dimension | None,
) -> Picture:
    role = RoleId(f"expert_{domain}") if domain else None
    known, region = known_kinds(reference), mapped(reference.contacts)
    shown = picture(cases, known, when, ZONE, exercises=exercises, domain=role, region=region)
    return only(shown, alone) if alone else shown


async def _ended(settings: Settings, lang: Language) -> Ended:
    async with reading(settings, lang) as database:
        return await ended(database)


def _reference(settings: Settings, lang: Language) -> Reference:
    known = load_reference(settings.contacts_dir, settings.playbooks_dir)
    if isinstance(known, Broken):
        raise stop(say(lang, "warning", text=known.problems[0].text(lang)), 1)
    return known
