"""The time stamps that an authority outside put on checkpoints: the note, its answer as it came, and the time that it states."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import stamp
from bot.store.statements import insert, values_of


@dataclass(frozen=True, slots=True)
class StampRow:
    """`note` is the checkpoint over the first `size` entries of `log`; `answer` is DER (RFC 3161), `at` its own time (UTC)."""

    log: str
    size: int
    note: bytes
    answer: bytes
    at: datetime


_COLUMNS = tuple(stamp.c[field.name] for field in fields(StampRow))


async def keep(conn: AsyncConnection, row: StampRow) -> None:
    """Keep a stamp; the first of a checkpoint stays, as it is the oldest proof."""
    await conn.execute(insert(conn, stamp).on_conflict_do_nothing(), [values_of(row)])


async def every(conn: AsyncConnection, log: str) -> list[StampRow]:
    """The stamps on all checkpoints of a log, the shortest first."""
    rows = await conn.execute(select(*_COLUMNS).where(stamp.c.log == log).order_by(stamp.c.size))
    return [StampRow(*row) for row in rows]


async def newest(conn: AsyncConnection, log: str) -> StampRow | None:
    """The stamp on the longest checkpoint of a log; None when there is none."""
    found = select(*_COLUMNS).where(stamp.c.log == log).order_by(stamp.c.size.desc()).limit(1)
    row = (await conn.execute(found)).one_or_none()
    return None if row is None else StampRow(*row)
