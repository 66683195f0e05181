"""Commits that last, one writer at a time, and a process that was replaced writes nothing more."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import get_ident

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import EventId
from bot.store import heartbeat, inbox, schema
from bot.store.database import Database, Fenced, UnfitDatabase, open_database
from bot.store.patient import PatientConnection
from bot.store.statements import values_of
from tests.postgres import Server

NIGHT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


async def count_up(database: Database) -> None:
    """Reads first and writes afterwards: what two writers at once would get wrong."""
    async with database.begin() as conn:
        seen = await inbox.token(conn)
        await inbox.store_batch(conn, str(int(seen or 0) + 1), [], NIGHT)


async def counted(database: Database) -> str | None:
    async with database.read() as conn:
        return await inbox.token(conn)


async def test_an_error_in_the_block_leaves_nothing(database: Database) -> None:
    async def fails_halfway() -> None:
        async with database.begin() as conn:
            await inbox.store_batch(conn, "1", [], NIGHT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails_halfway()
    assert await counted(database) is None


async def test_a_cancelled_writer_leaves_nothing_and_lets_the_next_one_in(database: Database) -> None:
    written = asyncio.Event()

    async def stuck() -> None:
        async with database.begin() as conn:
            await inbox.store_batch(conn, "1", [], NIGHT)
            written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(stuck())
    await written.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    await count_up(database)
    assert await counted(database) == "1"


async def test_a_writer_that_is_cancelled_at_any_statement_leaves_no_lock(database: Database) -> None:
    await database.take_epoch()
    tasks: list[asyncio.Task[None]] = []  # kept, with their tracebacks, as whoever awaits them may do
    left = 0

    def cancel_at_last(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            tasks[-1].cancel()

    for moment in ("before_cursor_execute", "commit"):
        event.listen(database._engine.sync_engine, moment, cancel_at_last)
    while not tasks or tasks[-1].cancelled():
        left = len(tasks) + 1
        tasks.append(asyncio.create_task(count_up(database)))
        await asyncio.wait(tasks)
        left = 0
        before = await counted(database)
        await count_up(database)
        assert int(await counted(database) or 0) == int(before or 0) + 1
    assert len(tasks) >= 5


async def test_who_reads_from_a_file_waits_for_nobody_and_who_writes_waits_for_the_disk(sqlite_url: str) -> None:
    database, apart = await open_database(sqlite_url), dict[str, bool]()

    def ran(statement: str) -> None:
        apart[statement.partition(" ")[0] if statement != "BEGIN IMMEDIATE" else statement] = get_ident() != here

    here = get_ident()
    async with database.read() as conn:
        driver = (await conn.get_raw_connection()).driver_connection
        assert isinstance(driver, PatientConnection)
        driver._conn.set_trace_callback(ran)
    await counted(database)
    assert apart == {"ROLLBACK": False, "BEGIN": False, "SELECT": False}
    apart.clear()
    await count_up(database)
    assert apart == {"PRAGMA": False, "BEGIN IMMEDIATE": True, "SELECT": False, "INSERT": False, "COMMIT": True}
    await database.close()


async def test_an_error_of_the_database_does_not_tell_what_was_written(database: Database) -> None:
    secret = inbox.InboxRow(
        EventId("$a"), "!r", "@anna", "m.room.message", None, None, "Mevrouw De Vries belde", state="handled"
    )
    async with database.begin() as conn:
        await inbox.store_batch(conn, "1", [secret], NIGHT)
    with pytest.raises(IntegrityError) as wrong:
        async with database.begin() as conn:
            await conn.execute(schema.inbox.insert().values(values_of(secret)))
    assert "De Vries" not in str(wrong.value)
    assert "parameters hidden" in str(wrong.value)


async def test_many_writers_in_one_process_take_turns(database: Database) -> None:
    await asyncio.gather(*(count_up(database) for _ in range(30)))
    assert await counted(database) == "30"


async def test_two_programs_that_write_never_meet_a_locked_file(sqlite_url: str) -> None:
    one, other = await open_database(sqlite_url), await open_database(sqlite_url)
    await asyncio.gather(*(count_up(database) for database in (one, other) for _ in range(10)))
    assert await counted(one) == "20"
    await one.close()
    await other.close()


async def test_a_transaction_inside_a_transaction_is_a_bug_and_not_a_hang(database: Database) -> None:
    async with database.begin():
        with pytest.raises(RuntimeError, match="inside a transaction"):
            async with database.begin():
                pass


async def test_reading_sees_one_moment_and_writes_nothing(database: Database) -> None:
    await count_up(database)
    with pytest.raises(DBAPIError):
        async with database.read() as conn:
            await inbox.store_batch(conn, "9", [], NIGHT)
    assert await counted(database) == "1"
    await count_up(database)
    assert await counted(database) == "2"


async def test_on_postgresql_a_reader_does_not_wait_for_the_writer(postgres_url: str) -> None:
    database = await open_database(postgres_url)
    await count_up(database)
    async with database.read() as reader:
        assert await inbox.token(reader) == "1"
        await count_up(database)
        assert await inbox.token(reader) == "1"
    await database.close()


async def test_a_reader_beside_the_bot_writes_nothing(url: str, database: Database) -> None:
    await count_up(database)
    beside = await open_database(url, readonly=True)
    assert await counted(beside) == "1"
    with pytest.raises(RuntimeError, match="read only"):
        await count_up(beside)
    await beside.close()
    assert await counted(database) == "1"


# The fence


async def test_an_epoch_rises_at_each_start(url: str) -> None:
    for expected in (1, 2, 3):
        database = await open_database(url)
        assert await database.take_epoch() == database.epoch == expected
        await database.close()


async def test_a_process_that_was_replaced_writes_nothing_more(url: str, database: Database) -> None:
    await database.take_epoch()
    await count_up(database)
    newer = await open_database(url)
    await newer.take_epoch()
    with pytest.raises(Fenced):
        await count_up(database)
    await count_up(newer)
    assert await counted(database) == "2"
    await newer.close()


async def test_a_new_process_waits_for_the_transaction_that_already_passed_the_fence(postgres_url: str) -> None:
    old, new = await open_database(postgres_url), await open_database(postgres_url)
    await old.take_epoch()
    async with old.begin() as conn:
        taking = asyncio.create_task(new.take_epoch())
        waits = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        async with old.read() as look:
            while (await look.execute(waits)).scalar_one() == 0:
                # The statistics are frozen at a transaction's first look.
                await look.rollback()
        assert not taking.done()
        # The heartbeat is the very row that both hold.
        await heartbeat.beat(conn, NIGHT, NIGHT)
    assert await taking == 2
    with pytest.raises(Fenced):
        await count_up(old)
    await old.close()
    await new.close()


async def test_a_beat_carries_the_time_over_a_restart_and_leaves_the_epoch(database: Database) -> None:
    async with database.begin() as conn:
        assert await heartbeat.last(conn) is None
    await database.take_epoch()
    async with database.begin() as conn:
        await heartbeat.beat(conn, NIGHT, NIGHT + timedelta(seconds=5))
    await database.take_epoch()
    async with database.begin() as conn:
        assert await heartbeat.last(conn) == heartbeat.Beat(2, NIGHT, NIGHT + timedelta(seconds=5))


# Durability

CHILD = """
import asyncio, sys
from datetime import UTC, datetime
from bot.store import inbox
from bot.store.database import open_database

async def main():
    database = await open_database(sys.argv[1])
    async with database.begin() as conn:
        await inbox.store_batch(conn, "confirmed", [], datetime(2026, 3, 1, tzinfo=UTC))
    async with database.begin() as conn:
        rows = [
            inbox.InboxRow(f"$event{n}", "!room:a.example", "@anna:a.example", "m.room.message", None, None, "x" * 5000)
            for n in range(2000)
        ]
        await inbox.store_batch(conn, "lost", rows, datetime(2026, 3, 1, tzinfo=UTC))
        print("halfway", flush=True)
        sys.stdin.read()

asyncio.run(main())
"""


def killed_halfway(url: str) -> None:
    with subprocess.Popen([sys.executable, "-c", CHILD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"halfway\n"
        child.kill()
        assert child.wait() == -signal.SIGKILL


async def test_kill_9_in_mid_transaction_leaves_what_was_confirmed_and_nothing_else(url: str) -> None:
    await asyncio.to_thread(killed_halfway, url)
    after = await open_database(url)
    async with after.begin() as conn:
        assert await inbox.token(conn) == "confirmed"
        assert await inbox.waiting_count(conn) == 0
        if conn.dialect.name == "sqlite":
            assert (await conn.execute(text("PRAGMA integrity_check"))).scalar_one() == "ok"
    await after.close()


async def test_a_commit_survives_the_death_of_the_server_and_the_bot_goes_on(
    postgres: Server, postgres_url: str
) -> None:
    database = await open_database(postgres_url)
    await count_up(database)
    postgres.stop("immediate")
    with pytest.raises(OperationalError):
        await count_up(database)
    postgres.start()
    await count_up(database)
    assert await counted(database) == "2"
    await database.close()


async def test_a_connection_that_was_cut_is_replaced(postgres: Server, postgres_url: str) -> None:
    database = await open_database(postgres_url)
    await count_up(database)
    postgres.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'iogplus'")
    await count_up(database)
    assert await counted(database) == "2"
    await database.close()


async def pragma(conn: AsyncConnection, name: str) -> object:
    return (await conn.execute(text(f"PRAGMA {name}"))).scalar_one()


async def test_sqlite_writes_through_to_the_disk(sqlite_url: str) -> None:
    database = await open_database(sqlite_url)
    async with database.begin() as conn:
        found = [await pragma(conn, name) for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")]
    await database.close()
    assert found == ["delete", 2, 1, 1]


async def test_a_file_that_another_program_keeps_in_wal_is_refused(sqlite_url: str) -> None:
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("BEGIN").execute("SELECT * FROM room").fetchall()
        with pytest.raises(UnfitDatabase):
            await open_database(sqlite_url)


async def test_a_file_that_was_left_in_wal_is_taken_out_of_it(sqlite_url: str) -> None:
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as other:
        assert other.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)
    database = await open_database(sqlite_url)
    async with database.begin() as conn:
        assert await pragma(conn, "journal_mode") == "delete"
    await database.close()


async def test_a_file_that_is_no_database_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Geachte heer, mevrouw, " * 100)
    with pytest.raises(UnfitDatabase, match=r"^The database cannot be opened \(file is not a database\)\.$"):
        await open_database(f"sqlite:///{tmp_path / 'letter.db'}")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://a.example/bot"])
async def test_other_kinds_of_database_are_refused(url: str) -> None:
    with pytest.raises(UnfitDatabase, match="must be sqlite"):
        await open_database(url)


async def test_a_missing_postgresql_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnfitDatabase, match="cannot be opened"):
        await open_database(f"postgresql://iog@/bot?host={tmp_path}")


async def test_a_postgresql_that_does_not_wait_for_the_disk_is_refused(postgres: Server, postgres_url: str) -> None:
    name = postgres_url.removesuffix(f"?{postgres_url.partition('?')[2]}").rpartition("/")[2]
    postgres.psql(f"ALTER DATABASE {name} SET synchronous_commit = off")
    with pytest.raises(UnfitDatabase, match="synchronous_commit=off"):
        await open_database(postgres_url)
