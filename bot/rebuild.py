"""Makes the directory again out of the logs: the one table that only repeats what the logs say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import entries as e
from bot.domain.ids import IncidentId, MunicipalityId
from bot.domain.timers import next_due
from bot.folding import INDEX_CODEC, BrokenLog, Held, blob_names, fold
from bot.logbook.chain import EMPTY, Break, Opening, entry_hash, parse, read_log
from bot.logbook.codec import wire_type
from bot.sealing import INDEX
from bot.store import directory, log, transcripts
from bot.store.database import Database
from bot.store.directory import DirectoryRow
from bot.store.transcripts import TranscriptRow

_INCIDENT: Final = "/log/inc-"
_SAID: Final = "/log/chat-"
_BEGUN: Final = frozenset(wire_type(kind) for kind in (e.IncidentRegistered, e.TranscriptBegun))


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many logs were read, whose rows changed, which logs do not verify (with the reason), and which incidents
    the index log knows that have no log any more."""

    read: int
    changed: tuple[str, ...]
    broken: tuple[str, ...]
    lost: tuple[str, ...]


async def rebuild(database: Database, at: datetime) -> Rebuilt:
    """Write the row of every log that verifies, in one transaction; a row of a broken log is left as it is.

    `at` (UTC) is written as the moment at which the logs were found sound.
    """
    changed: list[str] = []
    broken: list[str] = []
    async with database.begin() as tx:
        names = await log.names(tx)
        gone = await directory.struck(tx)
        logs = [name for name in names if _INCIDENT in name and name.split(_INCIDENT)[1] not in gone]
        for name in logs:
            try:
                row = await _row(tx, name, at)
            except BrokenLog as why:
                broken.append(str(why))
                continue
            before = await directory.get(tx, row.id)
            if before is None or replace(before, verified_at=None) != replace(row, verified_at=None):
                changed.append(row.number)
            await directory.write(tx, row)
        said = [await _said(tx, name) for name in names if _SAID in name and name.split(_SAID)[1] not in gone]
        broken += [wrong for wrong in said if wrong is not None]
        lost: list[str] = []
        for name in names:
            if not name.endswith(f"/log/{INDEX}"):
                continue
            try:
                lost += [number for origin, number in await _registered(tx, name) if origin not in names]
            except ValueError as why:
                broken.append(f"{name}: {why}")
    return Rebuilt(len(logs), tuple(changed), tuple(broken), tuple(lost))


async def _said(tx: AsyncConnection, name: str) -> str | None:
    """Write where the log of what was said in an incident ends; what is wrong with it, when it does not verify."""
    raws = await log.entries(tx, name)
    read = read_log(name, raws)
    if isinstance(read, Break):
        return f"{name}: entry {read.seq}: {read.why}"
    incident, head = IncidentId(name.split(_SAID)[1]), read[-1].head
    before = await transcripts.get(tx, incident)
    covered = min(before.checkpoint_size, len(raws)) if before else 0
    await transcripts.write(tx, TranscriptRow(incident, name, head.seq, head.h, covered))
    return None


async def _row(tx: AsyncConnection, name: str, at: datetime) -> DirectoryRow:
    incident_id = IncidentId(name.split(_INCIDENT)[1])
    raws = await log.entries(tx, name)
    openings = await log.openings(tx, name)
    blobs = await log.blobs(tx, blob_names(openings))
    before = await directory.get(tx, incident_id)

    def blob(digest: str) -> bytes:
        if digest not in blobs:
            raise ValueError(f"the text {digest} is not stored")
        return blobs[digest]

    held = fold(_blank(incident_id, name, raws, at), raws, openings, blob)
    last = parse(raws[-1])
    covered = min(before.checkpoint_size, len(raws)) if before else 0
    checkpoint_due = None if covered == len(raws) else (before and before.checkpoint_due) or last.ts
    return _filled(held, covered, checkpoint_due)


def _blank(incident: IncidentId, name: str, raws: Sequence[bytes], at: datetime) -> DirectoryRow:
    """What a row needs before its log is read: where it ends, so that `fold` compares nothing with itself twice."""
    return DirectoryRow(
        id=incident,
        log=name,
        number=incident,
        year=0,
        serial=0,
        municipality=MunicipalityId(""),
        state="open",
        exercise=False,
        opened_at=at,
        closed_at=None,
        next_due=None,
        main_room=None,
        head_seq=len(raws) - 1,
        head_h=entry_hash(raws[-1]) if raws else EMPTY.h,
        verified_at=at,
    )


def _filled(held: Held, covered: int, checkpoint_due: datetime | None) -> DirectoryRow:
    incident, row = held.incident, held.row
    if row is None or incident.alarm_at is None:
        raise BrokenLog(incident.id, incident.id, 0, "the log begins with no alarm")
    year, serial = incident.number.split("-")
    return replace(
        row,
        number=incident.number,
        year=int(year),
        serial=int(serial),
        municipality=incident.municipality,
        state="open" if incident.state == "none" else incident.state,
        exercise=incident.exercise,
        opened_at=incident.alarm_at,
        closed_at=incident.closed_at,
        next_due=min((t for t in (next_due(incident), checkpoint_due) if t is not None), default=None),
        main_room=incident.rooms.get("main"),
        phenomenon=incident.phenomenon,
        checkpoint_size=covered,
        checkpoint_due=checkpoint_due,
    )


async def _registered(tx: AsyncConnection, name: str) -> list[tuple[str, str]]:
    """The logs and numbers of the incidents that an index log has registered; ValueError when it does not verify."""
    by_seq: dict[int, list[Opening]] = {}
    for opening in await log.openings(tx, name):
        by_seq.setdefault(opening.seq, []).append(opening)
    read = read_log(name, await log.entries(tx, name))
    if isinstance(read, Break):
        raise ValueError(f"entry {read.seq}: {read.why}")  # noqa: TRY004  # a break is a value, not a wrong type
    # Only these: who read a dossier is not kept for ever.
    begun = [sealed for sealed in read if sealed.type in _BEGUN]
    found = [INDEX_CODEC.read(sealed, by_seq.get(sealed.seq, []), _no_blob) for sealed in begun]
    return [(x.log, x.number) for x in found if isinstance(x, e.IncidentRegistered | e.TranscriptBegun)]


def _no_blob(digest: str) -> bytes:
    raise ValueError(f"an index log refers to no text, and this one to {digest}")
