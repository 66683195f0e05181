"""An SQLite connection that hands to its thread only what may wait, and leaves no lock behind when a task is cancelled.

aiosqlite runs everything in a thread, where a cancelled statement goes on. Its cursor then lives in the traceback, SQLite keeps
the closed connection's transaction for as long as that cursor, and every later write meets "database is locked".

Handing over costs more than most statements take, the more so when the event loop is busy (measured: about a quarter of an
alarm's transaction). So only what waits for the disk or for another program goes there: opening, BEGIN IMMEDIATE, PRAGMA, and
COMMIT or ROLLBACK of what was written. A plain BEGIN takes no lock before the first statement; `query_only` is a mark in memory.
The connection is used by one task at a time (`Database`), so both threads never use it at once.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final

import aiosqlite

_WAITING: Final = ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK", "PRAGMA")
_READ_ONLY: Final = "PRAGMA query_only"


class PatientConnection(aiosqlite.Connection):
    """On cancellation it waits for the statement in hand, rolls back, and only then lets the cancellation go on."""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._stopped: asyncio.Future[Any] | None = None
        self._reads_only = False
        # A connection that nobody closed must not keep a process that wants to end.
        self._thread.daemon = True

    def stop(self) -> asyncio.Future[Any] | None:
        self._stopped = super().stop()
        return self._stopped

    async def _connect(self) -> aiosqlite.Connection:
        """When the file cannot be opened, the thread has ended before anybody hears of it: else it may tell a closed loop."""
        try:
            return await super()._connect()
        except BaseException:
            if self._stopped is not None:
                await _ended(self._stopped)
            raise

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        if self._connection is not None and not self._may_wait(fn, args):
            return fn(*args, **kwargs)
        run: Callable[..., Coroutine[Any, Any, Any]] = super()._execute
        work = asyncio.ensure_future(run(fn, *args, **kwargs))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            await _ended(work)
            await _ended(asyncio.ensure_future(run(self._let_go, fn)))
            raise

    def _may_wait(self, fn: Callable[..., Any], args: tuple[Any, ...]) -> bool:
        owner, name = getattr(fn, "__self__", None), getattr(fn, "__name__", "")
        if not isinstance(owner, sqlite3.Cursor):
            return name != "cursor" and not (self._reads_only and name in ("commit", "rollback"))
        statement = str(args[0]) if name.startswith("execute") else ""
        if statement.startswith(_READ_ONLY):
            self._reads_only = statement.endswith("ON")
            return False
        return statement.startswith(_WAITING)

    def _let_go(self, fn: Callable[..., Any]) -> None:
        cursor = getattr(fn, "__self__", None)
        with suppress(sqlite3.ProgrammingError, ValueError):  # it was closing that was cancelled
            if isinstance(cursor, sqlite3.Cursor):
                cursor.close()
            self._conn.rollback()


async def _ended(work: asyncio.Future[Any]) -> None:
    while not work.done():
        # Told again to stop: that is what we are doing.
        with suppress(asyncio.CancelledError):
            await asyncio.wait([work])
    if not work.cancelled():
        # Looked at, so that asyncio does not call it forgotten: the task hears that it was cancelled, and that is all.
        work.exception()
