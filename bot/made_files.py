"""Files that the bot made to be sent: each request has a directory of its own, gone once they are sent or nobody waits for them.

A file left behind would go on telling what is erased later.
"""

import asyncio
import os
import re
import shutil
from collections.abc import Collection
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import messages as m
from bot.domain.ids import EventId, IncidentId
from bot.store import directory, inbox, outbox
from bot.store.database import Database
from bot.store.outbox import OutboxRow

CARRYING: Final = frozenset(("MakeDossier", "DossierReady", "Answer"))


def place_of(asked: EventId) -> str:
    """The directory of what was asked for in this message."""
    return sha256(asked.encode()).hexdigest()[:16]


def places_of(row: OutboxRow) -> frozenset[str]:
    """The directories of which a row needs the files, or will; none for most rows."""
    if row.kind not in CARRYING:
        return frozenset()
    try:
        message = msgspec.json.decode(row.message, type=m.BY_NAME[row.kind])
    except msgspec.MsgspecError:
        return frozenset()  # of another version of the program: it is given up
    match message:
        case m.MakeDossier(asked=asked):
            return frozenset((place_of(asked),))
        case m.DossierReady(path=path):
            return frozenset((path.partition("/")[0],))
        case m.Answer(files=files):
            return frozenset(path.partition("/")[0] for path in files)
        case _:
            return frozenset()


def clear(folder: Path, place: str) -> None:
    """Takes the directory away; what the disk refuses now goes with the next sweep, for no page may wait for it."""
    with suppress(OSError):
        _removed(folder / place)


async def sweep(database: Database, folder: Path) -> None:
    """Takes away what no message that is still to be handled or sent needs; raises OSError.

    What is there is looked at before what is needed: a directory that is made between the two is left alone.
    """
    there = await asyncio.to_thread(_within, folder)
    async with database.read() as tx:
        needed = await _needed(tx)
    for path in there:
        if path.name not in needed:
            await asyncio.to_thread(_removed, path)


def about(folder: Path, number: str) -> list[Path]:
    """Whatever was made of this incident: every such file has its number in its name."""
    whole = re.compile(rf"(?<![0-9]){re.escape(number)}(?![0-9])")
    found = (
        Path(at, name) for at, _, names in os.walk(folder) for name in names
    )  # a directory that goes meanwhile is no error
    return sorted(path for path in found if whole.search(path.name))


def clear_of(folder: Path, number: str) -> None:
    """Takes away what was made of an incident, also what still waits to be sent: it tells what was erased.

    Who makes one at this moment sees to it that it is made anew.
    """
    for path in about(folder, number):
        with suppress(OSError):
            if not path.name.startswith("."):
                path.unlink()


async def clear_erased(database: Database, folder: Path, erased: Collection[IncidentId]) -> None:
    """Takes away what was made of incidents in which something was erased: a crash may have come between the two. What was made
    since goes too, for no clock tells it apart; who waits for it hears to ask again."""
    async with database.read() as tx:
        rows = [row for one in erased if (row := await directory.get(tx, one)) is not None]
    for row in rows:
        await asyncio.to_thread(clear_of, folder, row.number)


async def _needed(tx: AsyncConnection) -> set[str]:
    # in this order: what is handled between the two stands in the second
    asked = {place_of(one) for one in await inbox.unhandled(tx)}
    return asked | {place for row in await outbox.waiting_of(tx, CARRYING) for place in places_of(row)}


def _within(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _removed(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
