"""The lease that one of several nodes holds on PostgreSQL: who has it writes, by the clock of the database and no other.

An advisory lock would not do: a process that hangs keeps it, and writes on when it wakes up after another took over. Statements
only; `Database` says when each is made.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

_NOW: Final = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"


@dataclass(frozen=True, slots=True)
class Lease:
    """Who holds it under which epoch, and for how many seconds more (negative: it has run out)."""

    holder: str
    epoch: int
    left: float


def _stuck(seconds: float) -> str:
    """Milliseconds. Who is stopped in the middle of a transaction keeps the row locked: the database ends it before the lease has
    run out, which is renewed every third of its length."""
    return str(round(seconds * 1000 * 2 / 3))


def _sql(statement: str) -> TextClause:
    return text(statement.replace("NOW", _NOW))


_FIRST: Final = _sql("INSERT INTO lease (id, holder, epoch, expires) VALUES (1, '', 0, 0) ON CONFLICT DO NOTHING")
# The limit alone does not do: after a statement of many rows the driver sends a Flush behind the Sync, and PostgreSQL (seen with
# 18.6) mostly stops the clock of the limit at that message and never starts it again. So the next node looks for itself.
_END_STUCK: Final = _sql(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND application_name = current_setting('application_name') AND xact_start IS NOT NULL AND wait_event = 'ClientRead'"
    " AND clock_timestamp() - state_change > make_interval(secs => CAST(:stuck AS double precision) / 1000)"
)
# Nothing of the old holder can come once the row is ours; as long as a transaction that has passed the fence lasts it is not.
_FREE: Final = _sql(
    "SELECT holder = :holder OR expires <= NOW, set_config('idle_in_transaction_session_timeout', :stuck, true)"
    " FROM lease WHERE id = 1 FOR UPDATE SKIP LOCKED"
)
_ABANDONED: Final = _sql("SELECT holder <> :holder AND expires > 0 FROM lease WHERE id = 1")
_TAKE: Final = _sql("UPDATE lease SET holder = :holder, epoch = :epoch, expires = NOW + :length WHERE id = 1")
# Also when it has run out: as long as the epoch is ours nobody wrote since, and a database that was away costs no restart.
_RENEW: Final = _sql("UPDATE lease SET expires = NOW + :length WHERE id = 1 AND epoch = :epoch")
_RETURN: Final = _sql("UPDATE lease SET expires = 0 WHERE id = 1 AND epoch = :epoch")
_FENCE: Final = _sql(
    "SELECT epoch, expires > NOW, set_config('idle_in_transaction_session_timeout', :stuck, true)"
    " FROM lease WHERE id = 1 FOR SHARE"
)
_SHOW: Final = _sql("SELECT holder, epoch, (expires - NOW) / 1000.0 FROM lease WHERE id = 1")


async def free(conn: AsyncConnection, holder: str, seconds: float) -> bool:
    """Whether it may be taken now: it has run out, or it is the holder's own from before, and nobody is about to write under it.
    Until the transaction ends nobody else can. Who was stopped in the middle of a transaction is ended."""
    await conn.execute(_FIRST)
    await conn.execute(_END_STUCK, {"stuck": _stuck(seconds)})
    return bool((await conn.execute(_FREE, {"holder": holder, "stuck": _stuck(seconds)})).scalar_one_or_none())


async def abandoned(conn: AsyncConnection, holder: str) -> bool:
    """Whether another had it last and did not give it back: that one may be cut off from here and still speak with people."""
    return bool((await conn.execute(_ABANDONED, {"holder": holder})).scalar_one())


async def take(conn: AsyncConnection, holder: str, epoch: int, seconds: float) -> None:
    """To be called in the transaction in which it was `free`; `epoch` is higher than any before."""
    await conn.execute(_TAKE, {"holder": holder, "epoch": epoch, "length": round(seconds * 1000)})


async def renew(conn: AsyncConnection, epoch: int, seconds: float) -> bool:
    """False: another holds it."""
    return (await conn.execute(_RENEW, {"epoch": epoch, "length": round(seconds * 1000)})).rowcount == 1


async def give_back(conn: AsyncConnection, epoch: int) -> None:
    """The next node need not wait until it has run out."""
    await conn.execute(_RETURN, {"epoch": epoch})


async def fence(conn: AsyncConnection, seconds: float) -> tuple[int, bool]:
    """The epoch that rules, and whether its lease of so many seconds still runs; held so until the transaction ends."""
    epoch, runs, _ = (await conn.execute(_FENCE, {"stuck": _stuck(seconds)})).one()
    return epoch, runs


async def show(conn: AsyncConnection) -> Lease | None:
    """As it stands; None when no node ever took it."""
    found = (await conn.execute(_SHOW)).one_or_none()
    return None if found is None else Lease(found[0], found[1], float(found[2]))
