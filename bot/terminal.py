"""What the commands at a terminal share: one plain line for what cannot be, the lock of the one writer, the database."""

import asyncio
import re
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

import typer
from rich.console import Console

from bot.app import real_world
from bot.cli_words import say
from bot.clock import EvenClock, cut, reached
from bot.config import Settings, load_settings
from bot.config_words import Wrong
from bot.desk import Desk
from bot.domain.contacts import Reference
from bot.domain.ids import IncidentId, PersonId
from bot.domain.origin import Origin
from bot.domain.people import Language
from bot.dossier.collect import Broken, Dossier
from bot.keyfiles import LogKeys, read_log_keys
from bot.readings import Reading, leave, take_in
from bot.reference.load import load_reference
from bot.sealing import Seal
from bot.store.database import Database, UnfitDatabase, open_database
from bot.store.keeper import SoleKeeper
from bot.store.migrate import schema_at_head
from bot.words.shown import ZONE, recall

T = TypeVar("T")

# Soft wrap: a line that is cut at 80 columns can no longer be copied, and what people wrote is not markup.
console: Final = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
errors: Final = Console(highlight=False, markup=False, emoji=False, soft_wrap=True, stderr=True)

_CLOCK: Final = re.compile(r"([0-3]?[0-9]-[01]?[0-9] )?[0-2]?[0-9]:[0-5][0-9]", re.ASCII)
_MINUTE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}", re.ASCII)


def stop(line: str, code: int = 2) -> typer.Exit:
    """Says one line on standard error; what it gives is to be raised."""
    errors.print(line)
    return typer.Exit(code)


def language_of(asked: Language | None, settings: Settings | None) -> Language:
    """The language that was asked for, else that of the settings, else Dutch."""
    return asked or (settings.language if settings else "nl")


def settings_or_stop(config: Path | None, *, login: bool = False) -> Settings:
    """The settings; with `login` the bot's device must be there too, for a command that speaks to the homeserver."""
    found = load_settings(config, login=login)
    if isinstance(found, Settings):
        return found
    for wrong in found[:-1]:
        errors.print(wrong.text())
    raise stop(found[-1].text())


def origin_of(settings: Settings, by: str, lang: Language) -> Origin:
    """Who stands behind a command, as the index log keeps it: somebody of the contacts, or nobody by name."""
    at_terminal = Origin(via="terminal", room="management")
    if not by:
        return at_terminal
    known = load_reference(settings.contacts_dir, settings.playbooks_dir)
    if not isinstance(known, Reference):
        raise stop(known.problems[0].text(lang), 1)
    if PersonId(by) not in known.contacts.people:
        raise stop(say(lang, "by_nobody", which=by))
    return replace(at_terminal, actor=PersonId(by))


def run(work: Coroutine[None, None, T]) -> T:
    """Does the work of a command to its end."""
    return asyncio.run(work)


@contextmanager
def keeping(settings: Settings, lang: Language) -> Iterator[None]:
    """Be the one writer; stops when the bot (or another command) is."""
    if not settings.state_dir.is_dir():
        raise stop(say(lang, "no_directory", path=settings.state_dir))
    keeper = SoleKeeper(settings.keeper_lock)
    if not keeper.take():
        raise stop(say(lang, "bot_runs"))
    try:
        yield
    finally:
        keeper.release()


@asynccontextmanager
async def reading(settings: Settings, lang: Language) -> AsyncIterator[Database]:
    """The database to read only, beside a running bot."""
    async with _opened(settings, lang, readonly=True) as database:
        yield database


@asynccontextmanager
async def writing(settings: Settings, lang: Language) -> AsyncIterator[Database]:
    """The database to write; within `keeping` only."""
    async with _opened(settings, lang, readonly=False) as database:
        yield database


def sound(found: Dossier | Broken, lang: Language) -> Dossier:
    """The dossier of a log that verifies; stops when it does not."""
    if isinstance(found, Broken):
        raise stop(say(lang, "broken_log", where=found.where, why=found.why), 1)
    return found


def moment_of(said: str, now: datetime, lang: Language) -> datetime:
    """The instant (UTC) up to which a log is to be told; a minute counts to its end. A time without a date is the last
    one before `now`, the end of the log."""
    if _CLOCK.fullmatch(said):
        day, _, clock = said.rpartition(" ")
        hour, minute = (int(part) for part in clock.split(":"))
        short = f"{hour:02}:{minute:02}"
        if day:
            number, month = (int(part) for part in day.split("-"))
            short = f"{number:02}-{month:02} {short}"
        if hour < 24 and (found := recall(short, now)) is not None:
            return found
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        raise stop(say(lang, "bad_moment", said=said)) from None
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZONE)
    return at + timedelta(minutes=1) if _MINUTE.fullmatch(said) else at


async def note_reading(settings: Settings, incident: IncidentId, what: str, lang: Language) -> None:
    """Keeps that somebody reads this incident, before it is shown; in the index log at once when no bot runs, else by the bot."""
    around = real_world()
    try:
        leave(settings.readings, around.salts(), Reading(incident, what, cut(around.wall())))
    except OSError as wrong:
        raise stop(say(lang, "not_noted", path=settings.readings, why=wrong.strerror)) from None
    keys, keeper = read_log_keys(settings.log_key), SoleKeeper(settings.keeper_lock)
    if not isinstance(keys, LogKeys) or not keeper.take():
        return
    try:
        async with writing(settings, lang) as database:
            await take_in(await clerk(settings, database, keys), settings.readings)
    finally:
        keeper.release()


async def clerk(settings: Settings, database: Database, keys: LogKeys) -> Desk:
    """A desk that writes into the index log in the name of this installation; it knows no contacts. Within `keeping` only."""
    around = real_world()
    seal = Seal(settings.log_host, keys.key, around.salts, keys.retired)
    async with database.read() as tx:
        last = await reached(tx, seal.index, around.wall())
    return Desk(database, seal, EvenClock(around.wall, around.monotonic, last), _no_reference)


def _no_reference() -> Reference:
    raise AssertionError("to write into the index log takes no contacts")


def log_keys(settings: Settings, lang: Language) -> LogKeys:
    """The keys that sign the logs; stops when there is none, or it cannot be read."""
    keys = read_log_keys(settings.log_key)
    if isinstance(keys, Wrong):
        raise stop(keys.text(lang))
    if keys is None:
        raise stop(say(lang, "no_log_key", path=settings.log_key))
    return keys


@asynccontextmanager
async def _opened(settings: Settings, lang: Language, *, readonly: bool) -> AsyncIterator[Database]:
    try:
        database = await open_database(settings.database, readonly=readonly)
    except UnfitDatabase as why:
        raise stop(str(why)) from None
    try:
        async with database.read() as tx:
            if not await schema_at_head(tx):
                raise stop(say(lang, "old_schema"))
        yield database
    finally:
        await database.close()
