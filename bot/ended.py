"""The incidents that are over, as their logs tell them, for what counts or searches them all; it only reads."""

import asyncio
from dataclasses import dataclass

from bot.domain.incident import Incident
from bot.folding import BrokenLog, blob_names, fold
from bot.store import directory, log
from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class Ended:
    """`broken` are the numbers of those whose log is not what was written: they are left out."""

    incidents: tuple[Incident, ...]
    broken: tuple[str, ...] = ()


async def ended(database: Database) -> Ended:
    """All closed and finished incidents, oldest first; one at a time and in a thread, so that a running bot pages on meanwhile."""
    async with database.read() as tx:
        rows = await directory.ended_rows(tx)
    found: list[Incident] = []
    broken: list[str] = []
    for row in rows:
        async with database.read() as tx:
            now = await directory.get(tx, row.id)
            if now is None or now.state not in ("closed", "finished"):
                continue  # destroyed or opened again meanwhile
            raws = await log.entries(tx, row.log)
            openings = await log.openings(tx, row.log)
            blobs = await log.blobs(tx, blob_names(openings))
        try:
            kept = await asyncio.to_thread(fold, now, raws, openings, blobs.__getitem__)
            found.append(kept.incident)
        except BrokenLog:
            broken.append(row.number)
    return Ended(tuple(found), tuple(broken))
