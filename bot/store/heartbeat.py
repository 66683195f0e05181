"""The sign of life of the running process and the effective time it had reached."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import heartbeat
from bot.store.statements import insert


@dataclass(frozen=True, slots=True)
class Beat:
    """The last beat: wall clock and effective time (None before the first), by the process that holds `epoch`.

    `monotonic` is in milliseconds and only means something beside another reading in the same boot of the same machine.
    """

    epoch: int
    beat_at: datetime | None
    effective: datetime | None
    boot: str | None = None
    monotonic: int | None = None


async def beat(
    conn: AsyncConnection, beat_at: datetime, effective: datetime, boot: str = "", monotonic: float = 0.0
) -> None:
    """Write that the process lives; `effective` is where the next process takes up the time, `monotonic` is in seconds."""
    since = {"boot": boot, "monotonic": round(monotonic * 1000)} if boot else {"boot": None, "monotonic": None}
    values = {"beat_at": beat_at, "effective": effective, **since}
    written = insert(conn, heartbeat).values(id=1, epoch=0, **values)
    await conn.execute(written.on_conflict_do_update(index_elements=["id"], set_=values))


async def last(conn: AsyncConnection) -> Beat | None:
    """The last beat; None when no process ever ran on this database."""
    kept = heartbeat.c
    found = await conn.execute(select(kept.epoch, kept.beat_at, kept.effective, kept.boot, kept.monotonic))
    row = found.one_or_none()
    return None if row is None else Beat(*row)
