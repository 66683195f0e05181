"""Faults of a database, made at the wire: what the driver would raise, in the middle of the bot's own statements."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.util import await_only

from bot.store.database import Database


def away() -> OperationalError:
    """What every statement meets when the disk or the server is gone."""
    return OperationalError("(fault)", {}, sqlite3.OperationalError("disk I/O error"))


@contextmanager
def gone(database: Database, mine: Callable[[], bool] = lambda: True) -> Iterator[None]:
    """Every statement for which `mine` says yes fails."""

    def refuse(*_: object) -> None:
        if mine():
            raise away()

    event.listen(database._engine.sync_engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(database._engine.sync_engine, "before_cursor_execute", refuse)


@contextmanager
def hanging(database: Database) -> Iterator[None]:
    """Every statement waits for an answer that comes only at the end. What waits stays registered: the engine goes through its
    listeners meanwhile."""
    answered = asyncio.Event()

    def wait(*_: object) -> None:
        await_only(answered.wait())

    event.listen(database._engine.sync_engine, "before_cursor_execute", wait)
    try:
        yield
    finally:
        answered.set()


@contextmanager
def counted(database: Database, mine: Callable[[], bool], fails_at: int | None = None) -> Iterator[list[str]]:
    """The statements and commits for which `mine` says yes; the one of number `fails_at` (from 1) fails, once."""
    seen: list[str] = []

    def notice(what: str) -> None:
        if mine():
            seen.append(what)
            if len(seen) == fails_at:
                raise away()

    def statement(_: object, __: object, text: str, *___: object) -> None:
        notice(text.split(maxsplit=1)[0])

    def commit(_: object) -> None:
        notice("COMMIT")

    engine = database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "commit", commit)
