"""The regional picture that a coordinator asks for in chat: counted from the logs, as lines and as files to post."""

import asyncio
from datetime import datetime
from pathlib import Path

from bot.domain.contacts import Reference
from bot.domain.people import Language
from bot.domain.regional import Picture, case_of, known_kinds, mapped, only, picture
from bot.dossier.csv_files import excel_csv
from bot.dossier.regional_files import drawing, flat, png
from bot.ended import ended
from bot.store.database import Database
from bot.words.catalogue import Catalogue
from bot.words.regional_words import RegionalWords, wanted
from bot.words.replies import Lines
from bot.words.shown import ZONE


async def pictured(
    database: Database,
    reference: Reference,
    catalogue: Catalogue,
    lang: Language,
    said: str,
    now: datetime,
    made_in: Path,
    place: str,
) -> tuple[Lines, tuple[str, ...]]:
    """The lines, and the files that go with them, in `place` below the directory `made_in`; none while there is nothing to tell.

    `now` is aware; raises Refused for a month that is not over or does not exist.
    """
    asked = wanted(said, now, ZONE)
    found = await ended(database)
    cases = [case_of(one, reference.contacts) for one in found.incidents if not one.exercise]
    known = known_kinds(reference)
    counted, region = [one for one in cases if one], mapped(reference.contacts)
    shown = picture(counted, known, asked.when, ZONE, domain=asked.domain, region=region)
    if asked.table is not None:
        shown = only(shown, asked.table)
    words = RegionalWords(catalogue, lang, reference)
    files = await asyncio.to_thread(_files, shown, words, made_in, place) if shown.stretches else ()
    return words.screen(shown, found.broken), files


def _files(shown: Picture, words: RegionalWords, made_in: Path, folder: str) -> tuple[str, ...]:
    """The drawing for everybody who looks, the table for who computes on."""
    catalogue, lang = words.catalogue, words.lang
    about = [words.name("domain", shown.domain)] if shown.domain else []
    about += [words.heading(shown.alone)] if shown.alone else []
    parts = (f"{shown.year}-{shown.month:02}", *(part.casefold().replace(" ", "-") for part in about))
    name = catalogue.template(lang, "picture.file").format(month="-".join(parts))
    image = png(drawing(shown, words, catalogue, lang))
    table = b"".join(excel_csv(flat(shown, words, catalogue, lang)))
    (made_in / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    for suffix, data in ((".png", image), (".csv", table)):
        (made_in / folder / f"{name}{suffix}").write_bytes(data)
    return tuple(f"{folder}/{name}{suffix}" for suffix in (".png", ".csv"))
