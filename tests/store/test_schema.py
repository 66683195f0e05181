"""The tables are what the migrations make of them, and what may never change cannot be changed."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete, inspect, select, text, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import heartbeat, schema
from bot.store.database import Database, open_database
from bot.store.migrate import schema_at_head, upgrade


def differences(conn: Connection) -> list[object]:
    context = MigrationContext.configure(conn, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, schema.metadata))


def checks(conn: Connection) -> dict[str, set[str | None]]:
    look = inspect(conn)
    return {table: {found["name"] for found in look.get_check_constraints(table)} for table in schema.metadata.tables}


async def test_the_sum_of_the_migrations_is_the_schema(conn: AsyncConnection) -> None:
    assert await conn.run_sync(differences) == []


async def test_a_difference_would_be_seen(conn: AsyncConnection) -> None:
    await conn.execute(text("ALTER TABLE outbox ADD COLUMN surplus TEXT"))
    assert len(await conn.run_sync(differences)) == 1


async def test_the_checks_of_the_schema_are_in_the_migrations(empty_url: str) -> None:
    database = await open_database(empty_url)
    async with database.begin() as conn:
        await conn.run_sync(schema.metadata.create_all)
        wanted = await conn.run_sync(checks)
        await conn.run_sync(schema.metadata.drop_all)
    await upgrade(empty_url)
    async with database.read() as conn:
        assert await conn.run_sync(checks) == wanted
    await database.close()


async def test_an_upgrade_brings_an_empty_database_to_the_head_and_may_be_repeated(empty_url: str) -> None:
    database = await open_database(empty_url)
    async with database.read() as before:
        assert not await schema_at_head(before)
    await upgrade(empty_url)
    await upgrade(empty_url)
    async with database.read() as after:
        assert await schema_at_head(after)
    await database.close()


async def test_a_failing_upgrade_changes_nothing(empty_url: str) -> None:
    database = await open_database(empty_url)
    async with database.begin() as conn:
        await conn.execute(text("CREATE TABLE room (of_somebody_else TEXT)"))
    with pytest.raises(DBAPIError):
        await upgrade(empty_url)
    async with database.read() as after:
        assert await after.run_sync(lambda c: inspect(c).get_table_names()) == ["room"]
    await database.close()


@pytest.mark.parametrize("change", [update(schema.log_entry).values(raw=b"other"), delete(schema.log_entry)])
async def test_nobody_changes_or_deletes_an_entry(database: Database, change: object) -> None:
    entry = {"log": "iog.example/log/a", "seq": 0, "raw": b"{}", "h": "a" * 64, "prev": "0" * 64}
    async with database.begin() as conn:
        await conn.execute(schema.log_entry.insert(), entry)
    with pytest.raises(DBAPIError, match="written once"):
        async with database.begin() as conn:
            await conn.execute(change)  # type: ignore[call-overload]
    async with database.read() as conn:
        assert (await conn.execute(select(schema.log_entry.c.raw))).scalars().all() == [b"{}"]


async def test_an_instant_comes_back_in_utc_cut_to_the_millisecond(conn: AsyncConnection) -> None:
    amsterdam = timezone(timedelta(hours=1))
    await heartbeat.beat(
        conn, datetime(2026, 1, 2, 3, 4, 5, 678_999, amsterdam), datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC)
    )
    found = await heartbeat.last(conn)
    assert found is not None
    assert found.beat_at == datetime(2026, 1, 2, 2, 4, 5, 678_000, UTC)
    assert found.beat_at.tzinfo is UTC
    assert found.effective == datetime(1969, 12, 31, 23, 59, 59, 999_000, UTC)


async def test_a_naive_instant_is_refused(conn: AsyncConnection) -> None:
    naive = datetime(2026, 1, 2)  # noqa: DTZ001
    with pytest.raises(StatementError, match="carries its zone"):
        await heartbeat.beat(conn, naive, naive)
