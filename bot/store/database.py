"""One database, SQLite or PostgreSQL, with one writer: durable commits, and a fence against an older process.

Between nodes on PostgreSQL a lease (`lease.py`) says who the one writer is; on one host, and always on SQLite, the epoch does.
Longer than most modules: what fences a write and what lets it last is to be read in one place.
"""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import aiosqlite
from sqlalchemy import URL, event, make_url, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool

from bot.store import lease
from bot.store.patient import PatientConnection
from bot.store.schema import heartbeat
from bot.store.statements import insert

# Two tries of an alarm's transaction must fit in the 5 seconds after which people are paged without the log.
BUSY_SECONDS: Final = 2.0

# Who waits longer for a turn waits for a transaction that hangs: an alarm that comes then must still be heard and paged.
TURN_SECONDS: Final = 10.0

# A server that is busy with something else must fail in time; reading a whole log takes a tenth of this.
STATEMENT_MILLISECONDS: Final = 4_000

# Under this name a connection remembers whether it may write.
_WRITES: Final = "iog_writes"

# Anything weaker loses commits at a power cut, and WAL can corrupt a file before SQLite 3.51.3. secure_delete, because
# an erased field must not stay readable in the free pages of the file.
_SQLITE_MUST: Final = (
    ("journal_mode", "DELETE", "delete"),
    ("synchronous", "FULL", 2),
    ("foreign_keys", "ON", 1),
    ("secure_delete", "ON", 1),
)
_POSTGRESQL_MUST: Final = (
    ("fsync", {"on"}),
    ("full_page_writes", {"on"}),
    ("synchronous_commit", {"on", "local", "remote_write", "remote_apply"}),
    ("server_encoding", {"UTF8"}),
)

# It writes every statement with its values into its debug lines: what people said, and keys.
logging.getLogger("aiosqlite").setLevel(logging.WARNING)


class Lapsed(Exception):
    """Our lease has run out and nobody else took it: nothing may be written until it is renewed."""


class Unwritable(Exception):
    """Something that must be on a disk of ours before the database may go further cannot be written there now."""


# What a database raises that cannot be reached or written now; NoneFree: every connection of the pool was taken for too long.
AWAY: Final = (DBAPIError, NoneFree, Lapsed, Unwritable)


class UnfitDatabase(Exception):
    """The database cannot keep what we promise; the message is one plain sentence."""


class UnreachableDatabase(UnfitDatabase):
    """It cannot be opened now; a moment later it may."""


class Fenced(Exception):
    """A newer process took over: this one may write nothing more and must end."""


@dataclass(frozen=True, slots=True)
class Node:
    """One of several that may hold the lease: its name, for which no other goes, and how long (seconds) a lease runs."""

    name: str
    seconds: float


class Database:
    """Transactions on one database; made by `open_database`.

    `epoch` is None until `take_epoch` or `take_lease`; from then on every write first checks that no newer process took an
    epoch, and with a lease that it still runs. `succeeds_unasked`: the lease was another node's, which may not know it yet.
    """

    def __init__(self, engine: AsyncEngine, readonly: bool, apart: AsyncEngine | None = None) -> None:
        self.epoch: int | None = None
        self.succeeds_unasked = False
        self._node: Node | None = None
        self._renewed = float("-inf")
        self._engine = engine
        self._apart = apart  # connections outside the pool: a renewal may not wait for a free one
        self._readonly = readonly
        self._sqlite = engine.dialect.name == "sqlite"
        self._writing = engine.execution_options(writes=True)
        # A dossier reads several tables and must see them at one moment.
        snapshot = {} if self._sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reading = engine.execution_options(**snapshot)
        self._turn = asyncio.Lock()
        self._holder: asyncio.Task[Any] | None = None

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """A write transaction, the only one at a time; when the block has ended without error it is on disk.

        Raises Fenced when a newer process took over, one of AWAY when the database cannot be written.
        """
        if self._readonly:
            raise RuntimeError("this database was opened to read only")
        async with self._alone(), self._writing.begin() as conn:
            if self.epoch is not None:
                await self._pass_fence(conn)
            yield conn

    async def _pass_fence(self, conn: AsyncConnection) -> None:
        if self._node is not None:
            newest, runs = await lease.fence(conn, self._node.seconds)
        else:
            # FOR SHARE (PostgreSQL): a new process waits with its epoch until this transaction has ended.
            fence = select(heartbeat.c.epoch).where(heartbeat.c.id == 1).with_for_update(read=True)
            newest, runs = (await conn.execute(fence)).scalar_one(), True
        if newest != self.epoch:
            raise Fenced(f"epoch {newest} rules; this process holds {self.epoch}")
        if not runs:
            raise Lapsed(f"the lease of epoch {self.epoch} has run out")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A consistent view of one moment; writing in it fails. On SQLite it waits for its turn with the writer."""
        if self._sqlite:
            async with self._alone(), self._reading.connect() as conn:
                yield conn
        else:
            async with self._reading.connect() as conn:
                yield conn

    async def take_epoch(self) -> int:
        """Rule from now on: an older process that still lives cannot write any more."""
        async with self._alone(), self._writing.begin() as conn:
            epoch = await _rise(conn)
        self.epoch = epoch
        return epoch

    @property
    def has_lease(self) -> bool:
        """Whether this kind of database knows a lease: several nodes can reach it."""
        return self._apart is not None

    async def take_lease(self, node: Node) -> bool:
        """As `take_epoch` where several nodes may want to rule; False while another node's lease runs.

        A lease that runs in this node's own name is taken at once: who calls this holds the file lock, so that its process
        is gone. From here on `keep_lease` must run.
        """
        async with self._alone(), self._writing.begin() as conn:
            if not await lease.free(conn, node.name, node.seconds):
                return False
            unasked = await lease.abandoned(conn, node.name)
            epoch = await _rise(conn)
            await lease.take(conn, node.name, epoch, node.seconds)
        self.epoch, self._node, self.succeeds_unasked = epoch, node, unasked
        return True

    async def keep_lease(self, pause: Callable[[float], Awaitable[None]], monotonic: Callable[[], float]) -> None:
        """Renews the lease until another node has it, which raises Fenced: then this process must end.

        A database that cannot be reached says nothing about that. Nothing can be written meanwhile, people can still be
        paged without it, and its first answer decides. Returns at once without a lease.
        """
        while self._node is not None and self._apart is not None:
            third = self._node.seconds / 3
            try:
                async with self._apart.connect() as conn:
                    while True:
                        await self._renew(conn, self._node, monotonic())
                        await pause(third)
            except AWAY:
                await pause(min(third, 1.0))

    async def _renew(self, conn: AsyncConnection, node: Node, now: float) -> None:
        assert self.epoch is not None, "who has a lease has an epoch"
        if not await lease.renew(conn, self.epoch, node.seconds):
            raise Fenced(f"another node took the lease of epoch {self.epoch}")
        self._renewed = now

    def surely_rules(self, now: float) -> bool:
        """Whether no other node can have taken over by `now` (seconds, monotonic): to be asked before what cannot be fenced
        or repeated leaves the house. A process that slept through its lease sees it here before it has asked anybody."""
        return self._node is None or now - self._renewed < self._node.seconds

    async def give_back_lease(self) -> None:
        """At an orderly end: another node may begin at once. A database that is away takes no notice."""
        if self._node is not None and self.epoch is not None:
            with suppress(*AWAY):
                async with self._alone(), self._writing.begin() as conn:
                    await lease.give_back(conn, self.epoch)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._engine.dispose()

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        if self._holder is not None and self._holder is asyncio.current_task():
            raise RuntimeError("a transaction inside a transaction of the same task would wait for itself")
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await self._turn.acquire()
        except TimeoutError:
            raise NoneFree("another transaction does not end") from None
        self._holder = asyncio.current_task()
        try:
            yield
        finally:
            self._holder = None
            self._turn.release()


async def open_database(url: str, *, readonly: bool = False) -> Database:
    """Open `sqlite:///path` or `postgresql://…` and check that it keeps its promises; raises UnfitDatabase.

    `readonly` is for a reader beside the running bot: `read()` only.
    """
    parsed = make_url(url)
    apart: AsyncEngine | None = None
    match parsed.get_backend_name():
        case "sqlite" if parsed.database and parsed.database != ":memory:":
            engine = _sqlite_engine(parsed.database, readonly)
        case "postgresql":
            engine = _postgresql_engine(
                parsed, pool_size=5, max_overflow=0, pool_timeout=BUSY_SECONDS, pool_pre_ping=True
            )
            # without a transaction: one that is stopped before its commit would keep the next node waiting
            apart = _postgresql_engine(parsed, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        case _:
            raise UnfitDatabase("The database must be sqlite:///path or postgresql://…")
    try:
        async with engine.connect() as conn:
            if engine.dialect.name == "postgresql":
                await _check_postgresql(conn)
            else:
                await conn.execute(text("PRAGMA schema_version"))
    except DBAPIError as wrong:
        await engine.dispose()
        said = str(wrong.orig).strip().splitlines() or [""]
        unfit = UnreachableDatabase if isinstance(wrong, OperationalError) else UnfitDatabase
        raise unfit(f"The database cannot be opened ({said[0]}).") from wrong
    except UnfitDatabase:
        await engine.dispose()
        raise
    return Database(engine, readonly, apart)


async def _rise(conn: AsyncConnection) -> int:
    first = insert(conn, heartbeat).values(id=1, epoch=1)
    risen = first.on_conflict_do_update(index_elements=["id"], set_={"epoch": heartbeat.c.epoch + 1})
    epoch: int = (await conn.execute(risen.returning(heartbeat.c.epoch))).scalar_one()
    return epoch


def _sqlite_engine(path: str, readonly: bool) -> AsyncEngine:
    file = f"file:{quote(path)}?mode=ro" if readonly else path

    async def connect() -> aiosqlite.Connection:
        # With another isolation_level Python's sqlite3 begins transactions by itself, too late for the fence and for DDL.
        return await PatientConnection(
            lambda: sqlite3.connect(
                file, uri=readonly, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
        )

    # One connection: then nothing of ours can meet "database is locked".
    engine = create_async_engine(
        "sqlite+aiosqlite:///", async_creator=connect, poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0,
        hide_parameters=True,
    )  # fmt: skip

    def on_connect(raw: DBAPIConnection, _: object) -> None:
        try:
            if not readonly:
                _set_sqlite(raw)
        except BaseException:
            # SQLAlchemy forgets a connection that fails here; its thread would keep the process alive.
            raw.close()
            raise

    def on_begin(conn: Connection) -> None:
        writes = conn.get_execution_options().get("writes", False)
        # each statement is a walk to the connection's thread and back: the mode is set only when it is another
        if conn.connection.info.get(_WRITES) != writes:
            conn.connection.info.pop(_WRITES, None)
            conn.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
            conn.connection.info[_WRITES] = writes
        # IMMEDIATE: a transaction that reads first and writes later could otherwise be refused halfway.
        conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine.sync_engine, "connect", on_connect)
    event.listen(engine.sync_engine, "begin", on_begin)
    return engine


def _set_sqlite(raw: DBAPIConnection) -> None:
    cursor = raw.cursor()
    for name, wanted, reads_back in _SQLITE_MUST:
        cursor.execute(f"PRAGMA {name} = {wanted}")
        cursor.execute(f"PRAGMA {name}")
        if (row := cursor.fetchone()) is None or row[0] != reads_back:
            raise UnfitDatabase(f"SQLite does not accept {name}={wanted}; is another program using the file?")
    cursor.close()


def _postgresql_engine(url: URL, **pool: Any) -> AsyncEngine:  # noqa: ANN401 - what SQLAlchemy takes for a pool
    # A server that is gone must be noticed within the time of an emergency page, not after TCP's two hours.
    arguments: dict[str, object] = {
        "connect_timeout": 3,
        "tcp_user_timeout": 3000,
        "options": f"-c statement_timeout={STATEMENT_MILLISECONDS}",
        "application_name": "iogplus",
    }
    return create_async_engine(
        url.set(drivername="postgresql+psycopg"), hide_parameters=True, connect_args=arguments, **pool
    )


async def _check_postgresql(conn: AsyncConnection) -> None:
    for name, allowed in _POSTGRESQL_MUST:
        value = (await conn.execute(text(f"SHOW {name}"))).scalar_one()
        if value not in allowed:
            raise UnfitDatabase(f"PostgreSQL has {name}={value}; a confirmed decision would not survive a power cut.")
