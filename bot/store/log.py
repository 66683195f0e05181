"""The sealed entries as stored bytes, the openings of their fields, and the frozen texts they name by hash."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256

from sqlalchemy import ColumnElement, Table, and_, delete, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.logbook.chain import EMPTY, Head, LogEntry, Opening
from bot.store import schema
from bot.store.statements import insert


async def append(
    conn: AsyncConnection, entry: LogEntry, openings: Iterable[Opening], blobs: Mapping[str, bytes] | None = None
) -> None:
    """Write an entry with its openings and the blobs it names; see `extend`."""
    await extend(conn, [(entry, tuple(openings))], blobs or {})


async def extend(
    conn: AsyncConnection, entries: Sequence[tuple[LogEntry, Sequence[Opening]]], blobs: Mapping[str, bytes]
) -> None:
    """Write entries with their openings and the blobs they name (by SHA-256 in hex; a known blob is kept once).

    Raises sqlalchemy.exc.IntegrityError when the log already goes on from an entry's `prev`: a log never forks.
    """
    if any(opening.seq != entry.seq for entry, openings in entries for opening in openings):
        raise ValueError("these openings belong to another entry")
    if any(sha256(data).hexdigest() != name for name, data in blobs.items()):
        raise ValueError("a blob is named by its SHA-256")
    sealed = [{"log": e.log, "seq": e.seq, "raw": e.raw, "h": e.h, "prev": e.prev} for e, _ in entries]
    await conn.execute(schema.log_entry.insert(), sealed)
    opened = [
        {"log": entry.log, "seq": o.seq, "name": o.name, "salt": o.salt, "pre": o.pre}
        for entry, openings in entries
        for o in openings
    ]
    if opened:
        await conn.execute(schema.opening.insert(), opened)
    kept = [{"sha256": name, "bytes": data} for name, data in blobs.items()]
    if kept:
        await conn.execute(insert(conn, schema.blob).on_conflict_do_nothing(), kept)


async def head(conn: AsyncConnection, log: str) -> Head:
    """The last entry of a log; EMPTY when it has none."""
    table = schema.log_entry
    last = select(table.c.seq, table.c.h).where(table.c.log == log).order_by(table.c.seq.desc()).limit(1)
    row = (await conn.execute(last)).one_or_none()
    return EMPTY if row is None else Head(row.seq, row.h)


async def tips(conn: AsyncConnection, index: str) -> list[bytes]:
    """The last entry of every log that may still go on: those of incidents that are not finished, with what was said in them,
    and `index`."""
    table, known = schema.log_entry, schema.incident
    last = and_(known.c.log == table.c.log, known.c.head_seq == table.c.seq, known.c.state != "finished")
    found = list((await conn.execute(select(table.c.raw).join(known, last))).scalars())
    said = schema.transcript
    chat = and_(said.c.log == table.c.log, said.c.head_seq == table.c.seq)
    still = and_(known.c.id == said.c.incident, known.c.state != "finished")
    found += (await conn.execute(select(table.c.raw).join(said, chat).join(known, still))).scalars()
    newest = select(table.c.raw).where(table.c.log == index).order_by(table.c.seq.desc()).limit(1)
    return [*found, *(await conn.execute(newest)).scalars()]


async def names(conn: AsyncConnection) -> list[str]:
    """The origins of all logs that have an entry, in their order."""
    log = schema.log_entry.c.log
    return list((await conn.execute(select(log).distinct().order_by(log))).scalars())


async def entries(conn: AsyncConnection, log: str, *, first: int = 0, until_seq: int | None = None) -> list[bytes]:
    """The entries as sealed, `first` and `until_seq` included."""
    table = schema.log_entry
    wanted = select(table.c.raw).where(_span(table, log, first, until_seq)).order_by(table.c.seq)
    return list((await conn.execute(wanted)).scalars())


async def openings(conn: AsyncConnection, log: str, *, first: int = 0, until_seq: int | None = None) -> list[Opening]:
    """What opens the fields of those entries, in their order; erased ones are absent."""
    table = schema.opening
    wanted = (
        select(table.c.seq, table.c.name, table.c.salt, table.c.pre)
        .where(_span(table, log, first, until_seq))
        .order_by(table.c.seq, table.c.name)
    )
    return [Opening(*row) for row in (await conn.execute(wanted)).all()]


async def blob(conn: AsyncConnection, name: str) -> bytes:
    """The content with this SHA-256 (hex); raises KeyError when it was never stored."""
    found = await blobs(conn, [name])
    return found[name]


async def blobs(conn: AsyncConnection, names: Collection[str]) -> dict[str, bytes]:
    """The contents by SHA-256 of those names that are stored."""
    table = schema.blob
    rows = await conn.execute(select(table.c.sha256, table.c.bytes).where(table.c.sha256.in_(names)))
    return {row.sha256: row.bytes for row in rows}


async def erase(conn: AsyncConnection, log: str, seq: int, name: str) -> bool:
    """Delete the opening of one field, so that only its commitment is left; False when there was none."""
    table = schema.opening
    gone = delete(table).where(table.c.log == log, table.c.seq == seq, table.c.name == name)
    return (await conn.execute(gone)).rowcount == 1


async def erase_all(conn: AsyncConnection, logs: Collection[str]) -> int:
    """Delete the openings of whole logs, so that only their commitments are left; how many there were."""
    table = schema.opening
    return (await conn.execute(delete(table).where(table.c.log.in_(logs)))).rowcount


async def referring(conn: AsyncConnection) -> list[Opening]:
    """The openings, of all logs, that may refer to a blob."""
    table = schema.opening
    word = literal(b'"sha256"')
    at = (
        func.position(word.op("IN")(table.c.pre))
        if conn.dialect.name == "postgresql"
        else func.instr(table.c.pre, word)
    )
    wanted = select(table.c.seq, table.c.name, table.c.salt, table.c.pre).where(at > 0)
    return [Opening(*row) for row in (await conn.execute(wanted)).all()]


async def forget_blobs(conn: AsyncConnection, names: Collection[str]) -> None:
    """Delete what no opening refers to any more."""
    await conn.execute(delete(schema.blob).where(schema.blob.c.sha256.in_(names)))


def _span(table: Table, log: str, first: int, until_seq: int | None) -> ColumnElement[bool]:
    span = and_(table.c.log == log, table.c.seq >= first)
    return span if until_seq is None else and_(span, table.c.seq <= until_seq)
