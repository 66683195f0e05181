"""`iogplus erase`: erases recorded words at a terminal, with the names of the two people who decided it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.app import real_world
from bot.cli_words import say
from bot.clock import EvenClock, reached
from bot.config import Settings
from bot.desk import Desk
from bot.domain import commands as c
from bot.domain.entries import Erasable
from bot.domain.ids import IncidentId, PersonId
from bot.domain.origin import Origin
from bot.domain.people import Language
from bot.erasing import exports_of
from bot.erasures import Listed, add_to_list
from bot.made_files import clear_of
from bot.reference.load import load_reference
from bot.reference.problems import Broken
from bot.sealing import Seal
from bot.store import directory
from bot.terminal import console, keeping, language_of, log_keys, run, settings_or_stop, stop, writing
from bot.words import catalogue
from bot.words.shown import ZONE


def erase(
    # Long because each kind of thing is an option of its own, which the help shows.
    incident: Annotated[str, typer.Argument(help="Number (2026-014) or id of the incident.")],
    ground: Annotated[str, typer.Option(help="Why; it stays in the log, so without the words themselves.")],
    asked_by: Annotated[str, typer.Option(help="Id of the coordinator or officer who asks it.")],
    confirmed_by: Annotated[str, typer.Option(help="Id of another one, who confirms it.")],
    line: Annotated[int | None, typer.Option(help="Number of a line.")] = None,
    decision: Annotated[int | None, typer.Option(help="Number of a decision.")] = None,
    action: Annotated[int | None, typer.Option(help="Number of an action.")] = None,
    sitrep: Annotated[int | None, typer.Option(help="Number of a situation report.")] = None,
    message: Annotated[
        str | None, typer.Option(help="Id of a message in the chat, also one that became no line.")
    ] = None,
    entry: Annotated[int | None, typer.Option(help="Number (#) of any entry of the log.")] = None,
    closing: Annotated[
        bool, typer.Option("--closing", help="The reasons given at closing, reopening and finishing.")
    ] = False,
    alarm: Annotated[bool, typer.Option("--alarm", help="The text of the alarm.")] = False,
    person: Annotated[str | None, typer.Option(help="Id of a person whose name must go.")] = None,
    config: Annotated[Path | None, typer.Option("--config", help="config.yaml; else $IOGPLUS_CONFIG.")] = None,
    lang: Annotated[
        Literal["nl", "en"] | None, typer.Option("--lang", help="Language of the output; else that of the settings.")
    ] = None,
) -> None:
    """Erase the words of one thing in an incident; the log goes on to verify. The bot must not run."""
    settings = settings_or_stop(config)
    language = language_of(lang, settings)
    numbered: dict[Erasable, str | int | None] = {
        "line": line, "decision": decision, "action": action, "person": person, "sitrep": sitrep, "entry": entry,
        "message": message,
        "closing": "" if closing else None, "alarm": "" if alarm else None,
    }  # fmt: skip
    named = [(of, str(which)) for of, which in numbered.items() if which is not None]
    if len(named) != 1:
        raise stop(say(language, "erase_one"))
    ((of, which),) = named
    first, second = PersonId(asked_by), PersonId(confirmed_by)
    by = Origin(via="terminal", room="management")
    command = c.EraseNow(of=of, which=which, ground=ground, first=first, second=second, by=by)
    with keeping(settings, language):
        count, copies = run(_erased(settings, incident, command, language))
    console.print(say(language, "erased", number=incident, count=count))
    if copies:
        last = f"{copies[-1].astimezone(ZONE):%Y-%m-%d %H:%M}"
        console.print(say(language, "copies_out", count=len(copies), last=last))


async def _erased(
    settings: Settings, which: str, command: c.EraseNow, lang: Language
) -> tuple[int, tuple[datetime, ...]]:
    keys = log_keys(settings, lang)
    known = load_reference(settings.contacts_dir, settings.playbooks_dir)
    if isinstance(known, Broken):
        raise stop(known.problems[0].text(lang), 1)
    around = real_world()
    seal = Seal(settings.log_host, keys.key, around.salts, keys.retired)
    listed: list[Listed] = []

    def keep(erased: Sequence[Listed]) -> None:
        add_to_list(settings.erasures, erased)
        listed.extend(erased)

    async with writing(settings, lang) as database:
        async with database.read() as tx:
            last = await reached(tx, seal.index, around.wall())
            row = await directory.by_number(tx, which) or await directory.get(tx, IncidentId(which))
        if row is None:
            raise stop(say(lang, "unknown_incident", which=which), 1)
        desk = Desk(database, seal, EvenClock(around.wall, around.monotonic, last), lambda: known)
        desk.listed = keep
        try:
            await desk.handle(row.id, command)
        except c.Refused as refused:
            raise stop(catalogue.load().text(lang, f"refused.{refused.code}", **refused.details), 1) from None
        await asyncio.to_thread(clear_of, settings.dossiers, row.number)
        async with database.read() as tx:
            return len(listed), await exports_of(tx, seal.index, row.id)
