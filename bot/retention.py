"""Destroys what is past its term, in one transaction with what the index log says of it, and writes the certificate.

What needs the homeserver is asked of the outbox: rooms are emptied by the bot that runs. A destroyed log keeps its entries: without
their openings nobody can read them, and everybody can still see how many there were and that a copy elsewhere is the real one.
"""

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final, assert_never

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk import Desk
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.ids import IncidentId
from bot.domain.origin import Origin
from bot.domain.retention import Destruction, Facts, Terms, due
from bot.folding import INDEX_CODEC, BrokenLog, blob_names
from bot.logbook.chain import LogEntry, Opening, parse
from bot.logbook.codec import wire_type
from bot.logbook.merkle import frontier_of
from bot.made_files import about
from bot.posting import rows_of
from bot.sealing import Seal
from bot.store import directory, inbox, links, log, outbox, rooms, survey, transcripts
from bot.store.directory import DirectoryRow

# What the index log says of who read: only these are destroyed in it.
_ACCESS: Final = frozenset(wire_type(kind) for kind in (e.DossierRead, e.DossierExported))
_GONE: Final = wire_type(e.RecordsDestroyed)
EMPTYING: Final = "EmptyRoom"


@dataclass(frozen=True, slots=True)
class Places:
    """Directories with copies of the bot's own: shared files, dossiers that it made, and where certificates go."""

    files: Path
    dossiers: Path
    certificates: Path


@dataclass(slots=True)
class _Readings:
    """Per incident: where the index log says who read or exported it, and the ends of the log that a whole dossier was made of."""

    places: dict[int, datetime] = field(default_factory=dict)
    heads: set[str] = field(default_factory=set)


async def outlook(desk: Desk, terms: Terms) -> tuple[Destruction, ...]:
    """All that is past its term now, also what must stay and why; reads only."""
    now = desk.clock().now
    async with desk.database.read() as tx:
        rows = await directory.closed_before(tx, now)
        gone = await directory.struck(tx)
        read = await _readings(tx, desk.seal.index)
    known = [await _facts(desk, row, read.get(row.id, _Readings())) for row in rows]
    # Only of what would go its log is read: years of incidents lie behind the few that are past a term today.
    asked = {one.incident for one in due(known, terms, now)}
    known = [await _with_hold(desk, facts) if facts.incident in asked else facts for facts in known]
    known += [_only_read(incident, number, read[incident]) for incident, number in gone.items() if incident in read]
    return due(known, terms, now)


async def destroy(desk: Desk, wanted: Sequence[Destruction], places: Places, origin: Origin) -> tuple[Destruction, ...]:
    """Does what an outlook of this moment gave, as far as nothing bars it; what was done, a room being asked of the bot."""
    done = [one for one in wanted if one.barred is None]
    for one in done:
        match one.kind:
            case "room":
                await _ask_to_empty(desk, one)
            case "paging":
                await _destroy_pages(desk, one, origin)
            case "access":
                await _destroy_readings(desk, one, origin)
            case "exercise" | "record":
                await _destroy_log(desk, one, places, origin)
            case _:
                assert_never(one.kind)
    return tuple(done)


async def _facts(desk: Desk, row: DirectoryRow, read: _Readings) -> Facts:
    async with desk.database.read() as tx:
        there = {room.room_id for room in await rooms.of_incident(tx, row.id)}
        asked = {one.room for one in await _waiting(tx, row.id)}
        pages = await outbox.count_pages(tx, row.id)
    return Facts(
        incident=row.id,
        number=row.number,
        exercise=row.exercise,
        finished=row.state == "finished",
        closed_at=row.closed_at,
        exported=row.head_h in read.heads,
        rooms=len(there - asked),
        emptying=bool(there),
        pages=pages,
        readings=tuple(sorted(read.places.values())),
    )


async def _with_hold(desk: Desk, facts: Facts) -> Facts:
    try:
        incident = await desk.incident(facts.incident)
    except BrokenLog:
        return replace(facts, sound=False)
    return replace(facts, held=incident.custody.hold is not None)


def _only_read(incident: IncidentId, number: str, read: _Readings) -> Facts:
    """Of an incident whose log is gone there is still who read it."""
    readings = tuple(sorted(read.places.values()))
    return Facts(incident=incident, number=number, exercise=False, finished=True, closed_at=None, readings=readings)


async def _waiting(tx: AsyncConnection, incident: IncidentId) -> list[outbox.OutboxRow]:
    rows = await outbox.of_incident(tx, incident)
    return [row for row in rows if row.kind == EMPTYING and row.state == "waiting"]


async def _readings(tx: AsyncConnection, index: str) -> dict[IncidentId, _Readings]:
    by_seq: dict[int, list[Opening]] = {}
    for opening in await log.openings(tx, index):
        by_seq.setdefault(opening.seq, []).append(opening)
    raws = await log.entries(tx, index)
    return await asyncio.to_thread(_told, raws, by_seq)


def _told(raws: Sequence[bytes], by_seq: Mapping[int, Sequence[Opening]]) -> dict[IncidentId, _Readings]:
    found: dict[IncidentId, _Readings] = {}
    for sealed in map(parse, raws):
        if sealed.type not in _ACCESS or sealed.seq not in by_seq:
            continue
        entry = _of_index(sealed, by_seq[sealed.seq])
        assert isinstance(entry, e.DossierRead | e.DossierExported), "only these have such a type"
        of = found.setdefault(entry.incident, _Readings())
        of.places[sealed.seq] = sealed.ts
        if isinstance(entry, e.DossierExported) and (entry.disclosure, entry.format) == ("whole", "bundle"):
            of.heads.add(entry.head)
    return found


def _of_index(sealed: LogEntry, opened: Sequence[Opening]) -> e.IndexEntry:
    return INDEX_CODEC.read(sealed, opened, dict[str, bytes]().__getitem__)


async def _ask_to_empty(desk: Desk, one: Destruction) -> None:
    now = desk.clock().now
    async with desk.database.read() as tx:
        there = await rooms.of_incident(tx, one.incident)
        asked = {row.room for row in await _waiting(tx, one.incident)}

    async def settles(tx: AsyncConnection) -> None:
        for room in there:
            if room.room_id not in asked:
                told = m.EmptyRoom(to=m.To("asked", room.room_id), number=one.number)
                rows = rows_of(
                    f"{one.incident}/empty/{room.room_id}/{now.isoformat()}", one.incident, None, (told,), now
                )
                await outbox.enqueue(tx, [replace(row, room=room.room_id) for row in rows])

    await desk.keep(f"empty/{one.incident}/{now.isoformat()}", settles)


async def _destroy_pages(desk: Desk, one: Destruction, origin: Origin) -> None:
    async def settles(tx: AsyncConnection) -> None:
        await outbox.forget_pages(tx, one.incident)
        await links.forget_incident(tx, one.incident)

    await desk.keep(f"destroyed/{one.kind}/{one.incident}", settles, entries=(_said(one, origin),))


async def _destroy_readings(desk: Desk, one: Destruction, origin: Origin) -> None:
    async with desk.database.read() as tx:
        read = (await _readings(tx, desk.seal.index))[one.incident].places
    oldest = sorted(read, key=lambda seq: (read[seq], seq))[: one.count]

    async def settles(tx: AsyncConnection) -> None:
        for seq in oldest:
            for opening in await log.openings(tx, desk.seal.index, first=seq, until_seq=seq):
                await log.erase(tx, desk.seal.index, seq, opening.name)

    await desk.keep(f"destroyed/{one.kind}/{one.incident}", settles, entries=(_said(one, origin),))


async def _destroy_log(desk: Desk, one: Destruction, places: Places, origin: Origin) -> None:
    """The bot's own dossiers go first: a crash after that loses no more than a copy. Shared files go last, unreadable by then."""
    now = desk.clock().now
    async with desk.database.read() as tx:
        row = await directory.get(tx, one.incident)
        talk = await transcripts.get(tx, one.incident)
        assert row is not None, "what is past its term stands in the directory"
        logs = [row.log] if talk is None else [row.log, talk.log]
        openings = [opening for name in logs for opening in await log.openings(tx, name)]
        there = [room.room_id for room in await rooms.ever_of_incident(tx, one.incident)]
    entry = replace(_said(one, origin), count=len(openings), log=row.log, size=row.head_seq + 1, head=row.head_h)
    if talk is not None:
        size, head = talk.head_seq + 1, talk.head_h
        entry = replace(entry, transcript=talk.log, transcript_size=size, transcript_head=head)
    names = blob_names(openings)
    await asyncio.to_thread(lambda: _remove(about(places.dossiers, row.number)))
    alone: set[str] = set()

    async def settles(tx: AsyncConnection) -> None:
        await log.erase_all(tx, logs)
        alone.update(names - blob_names(await log.referring(tx)))
        await log.forget_blobs(tx, alone)
        await inbox.forget_rooms(tx, there)
        await outbox.forget(tx, one.incident)
        await links.forget_incident(tx, one.incident)
        await survey.forget(tx, one.incident)
        await transcripts.forget(tx, one.incident)
        await directory.strike(tx, row, now)

    await desk.keep(f"destroyed/{one.kind}/{one.incident}", settles, entries=(entry,))
    desk.forget(one.incident)
    await asyncio.to_thread(_remove, [places.files / name for name in sorted(alone)])


def _said(one: Destruction, origin: Origin) -> e.RecordsDestroyed:
    return e.RecordsDestroyed(
        what=one.kind, incident=one.incident, number=one.number, count=one.count, since=one.since, origin=origin
    )


def _remove(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Certified:
    """One destroyed log as the index log tells it: which entry (`seq`, `h`), when (UTC), and what it says."""

    seq: int
    h: str
    at: datetime
    entry: e.RecordsDestroyed


async def certified(tx: AsyncConnection, index: str) -> list[Certified]:
    """Every log that was destroyed, in the order in which that was done."""
    found = []
    for sealed in map(parse, await log.entries(tx, index)):
        if sealed.type == _GONE:
            entry = _of_index(sealed, await log.openings(tx, index, first=sealed.seq, until_seq=sealed.seq))
            if isinstance(entry, e.RecordsDestroyed) and entry.log is not None:
                found.append(Certified(sealed.seq, sealed.h, sealed.ts, entry))
    return found


async def signed_index(tx: AsyncConnection, seal: Seal, now: datetime) -> bytes:
    """A checkpoint over the index log as it is at `now` (UTC)."""
    frontier = frontier_of(await log.entries(tx, seal.index))
    return seal.note(seal.index, frontier, now)


def write_certificate(folder: Path, name: str, text: str, note: bytes) -> None:
    """The text and the signed checkpoint beside it, each whole or not at all; raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path, data in ((folder / f"{name}.checkpoint", note), (folder / f"{name}.txt", text.encode())):
        begun = path.with_name(f".{path.name}")
        with os.fdopen(os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        begun.replace(path)
