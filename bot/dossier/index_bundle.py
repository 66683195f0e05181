"""The bundle of the index log: who exported, read or was refused what, with its checkpoints, its time stamps and a verifier."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import messages as m
from bot.domain.ids import EVERY_INCIDENT
from bot.dossier.bundle import Exported, half_made, whole_file
from bot.dossier.collect import Broken
from bot.dossier.json_lines import json_lines
from bot.folding import blob_names
from bot.logbook.bundle import STAMP, STAMPED, Packing, log_files
from bot.logbook.canonical import jcs
from bot.logbook.chain import Break, LogEntry, Opening, read_log
from bot.logbook.checkpoint import public_key_text, stated
from bot.logbook.merkle import Frontier
from bot.sealing import INDEX, Seal
from bot.store import log, outbox, stamps
from bot.store.database import Database
from bot.store.stamps import StampRow

CHECKPOINTS: Final = "checkpoints.jsonl"
STAMPS: Final = "stamps/"
KEYS: Final = "keys.json"
LINES: Final = "log.jsonl"


@dataclass(frozen=True, slots=True)
class _Collected:
    """The first entries of the log as stored, and what was said outside of so many of them."""

    raws: Sequence[bytes]
    openings: Sequence[Opening]
    blobs: Mapping[str, bytes]
    posted: Sequence[outbox.OutboxRow]
    stamped: Sequence[StampRow]


async def export_index(
    database: Database, seal: Seal, out_dir: Path, now: datetime, entries: int | None = None
) -> Exported | Broken | None:
    """Write the bundle of the first `entries` of the index log, without a number of all; None when there are not so many.

    The same entries signed with the same keys (`now` says which, UTC) give the same bytes. Raises OSError.
    """
    async with database.read() as tx:
        found = await _collected(tx, seal.index, entries)
    if entries is not None and len(found.raws) != entries:
        return None
    # In a thread: years of readings take seconds.
    return await asyncio.to_thread(_written, found, seal, out_dir, now)


async def _collected(tx: AsyncConnection, index: str, entries: int | None) -> _Collected:
    last = None if entries is None else entries - 1
    openings = await log.openings(tx, index, until_seq=last)
    return _Collected(
        raws=await log.entries(tx, index, until_seq=last),
        openings=openings,
        blobs=await log.blobs(tx, blob_names(openings)),
        posted=await outbox.posted_checkpoints(tx),
        stamped=await stamps.every(tx, index),
    )


def _written(found: _Collected, seal: Seal, out_dir: Path, now: datetime) -> Exported | Broken:
    sealed = read_log(seal.index, found.raws)
    if isinstance(sealed, Break):
        return Broken(f"{INDEX}, #{sealed.seq}", sealed.why)
    sizes = _sizes(sealed)
    path = out_dir / f"{INDEX}-{len(sealed)}.zip"
    try:
        with half_made(out_dir) as beside, whole_file(path, beside) as stream, Packing(stream) as packing:
            for name, data in _files(found, sizes, seal, now):
                packing.add(name, data)
            packing.finish(seal.index, seal.key.public_key(), found.raws)
    except _Unfit as unfit:
        return Broken(f"{INDEX}, {unfit.size}", "the checkpoint is of another log")
    with path.open("rb") as stream:
        digest = file_digest(stream, "sha256").hexdigest()
    head = sealed[-1].h if sealed else ""
    return Exported(EVERY_INCIDENT, path, digest, len(sealed), head, path.stat().st_size)


class _Unfit(Exception):
    """A checkpoint that was given out says something else than the log."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size


def _sizes(sealed: Sequence[LogEntry]) -> list[Frontier]:
    """The log at each of its sizes, from none on."""
    frontiers = [Frontier()]
    for entry in sealed:
        frontiers.append(frontiers[-1].add(entry.raw))
    return frontiers


def _files(found: _Collected, sizes: Sequence[Frontier], seal: Seal, now: datetime) -> Iterator[tuple[str, bytes]]:
    note = seal.note(seal.index, sizes[-1], now)
    yield from log_files(found.raws, found.openings, note, (), found.blobs)
    yield LINES, b"".join(json_lines(found.raws, found.openings))
    yield CHECKPOINTS, b"".join(_posted(found.posted, sizes, seal.index))
    yield KEYS, _keys(seal)
    covered = [one for one in found.stamped if _covers(one.note, sizes, seal.index)]
    for one in covered:
        yield f"{STAMPS}{one.size:08}.note", one.note
        yield f"{STAMPS}{one.size:08}.tsr", one.answer
    if covered:
        yield STAMP, covered[-1].answer
        if covered[-1].note != note:
            yield STAMPED, covered[-1].note


def _posted(rows: Sequence[outbox.OutboxRow], sizes: Sequence[Frontier], index: str) -> Iterator[bytes]:
    """The checkpoints that were put into the management room, each with its place there, in the order of the log."""
    noted = [(msgspec.json.decode(row.message, type=m.Checkpoint).note, row) for row in rows]
    ours = [(stated(note.encode())[1], note, row) for note, row in noted if _covers(note.encode(), sizes, index)]
    for size, note, row in sorted(ours, key=lambda one: (one[0], one[2].key)):
        yield jcs({"event": row.event_id or "", "note": note, "room": row.room or "", "size": size}) + b"\n"


def _covers(note: bytes, sizes: Sequence[Frontier], index: str) -> bool:
    """Whether it is of a part of these entries; raises _Unfit when it is of other entries in their place."""
    name, size, root = stated(note)
    if name != index or size >= len(sizes):
        return False
    if sizes[size].root() != root:
        raise _Unfit(size)
    return True


def _keys(seal: Seal) -> bytes:
    """The public key of the log, and those before it with the moment (UTC) at which each was replaced."""
    before = [
        {"public_key": public_key_text(one.key.public_key()), "replaced_at": one.at.isoformat()}
        for one in sorted(seal.retired, key=lambda one: one.at)
    ]
    told = {"before": before, "public_key": public_key_text(seal.key.public_key())}
    return json.dumps(told, sort_keys=True, indent=2).encode() + b"\n"
