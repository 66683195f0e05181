"""The log comes back byte for byte, cannot fork, and an erased field leaves nothing but its commitment."""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.logbook.chain import EMPTY, Head, LogEntry, Opening, first_break, seal
from bot.store import log, schema
from bot.store.database import Database, open_database

ORIGIN = "iog.example/log/a"
OTHER = "iog.example/log/b"
NIGHT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)

_salts = count()


def sealed(head: Head, origin: str = ORIGIN, **fields: str) -> tuple[LogEntry, tuple[Opening, ...]]:
    return seal(origin, head, NIGHT, "fact.recorded", fields, lambda: sha256(str(next(_salts)).encode()).digest())


async def write(conn: AsyncConnection, number: int, origin: str = ORIGIN) -> tuple[list[LogEntry], list[Opening]]:
    entries: list[LogEntry] = []
    openings: list[Opening] = []
    head = EMPTY
    for n in range(number):
        entry, opened = sealed(head, origin, actor="anna", text=f"Peil {n} cm — stijgend")
        await log.append(conn, entry, opened)
        head = entry.head
        entries.append(entry)
        openings.extend(opened)
    return entries, openings


async def test_what_was_sealed_comes_back_byte_for_byte(conn: AsyncConnection) -> None:
    entries, openings = await write(conn, 12)
    await write(conn, 3, OTHER)
    stored = await log.entries(conn, ORIGIN)
    assert stored == [entry.raw for entry in entries]
    assert first_break(ORIGIN, stored) is None
    assert await log.openings(conn, ORIGIN) == openings
    assert await log.head(conn, ORIGIN) == entries[-1].head
    assert await log.entries(conn, ORIGIN, first=3, until_seq=5) == [entry.raw for entry in entries[3:6]]
    assert await log.openings(conn, ORIGIN, first=3, until_seq=5) == openings[6:12]


async def test_a_log_that_is_not_there_is_empty(conn: AsyncConnection) -> None:
    assert await log.head(conn, ORIGIN) == EMPTY
    assert await log.entries(conn, ORIGIN) == []
    assert await log.openings(conn, ORIGIN) == []


@pytest.mark.parametrize("after", [0, 1])
async def test_two_writers_cannot_fork_a_log(database: Database, after: int) -> None:
    async with database.begin() as conn:
        entries, _ = await write(conn, 3)
    head = EMPTY if after == 0 else entries[after - 1].head
    rival, opened = sealed(head, text="iets anders")
    with pytest.raises(IntegrityError):
        async with database.begin() as conn:
            await log.append(conn, rival, opened)
    async with database.read() as conn:
        assert await log.entries(conn, ORIGIN) == [entry.raw for entry in entries]


async def test_a_fork_under_another_number_is_refused_too(database: Database) -> None:
    async with database.begin() as conn:
        entries, _ = await write(conn, 3)
    rival, opened = sealed(Head(7, entries[0].h), text="iets anders")
    with pytest.raises(IntegrityError):
        async with database.begin() as conn:
            await log.append(conn, rival, opened)


async def test_openings_of_another_entry_are_refused(conn: AsyncConnection) -> None:
    first, _ = sealed(EMPTY, text="een")
    _, openings = sealed(first.head, text="twee")
    with pytest.raises(ValueError, match="another entry"):
        await log.append(conn, first, openings)


async def test_erasing_takes_one_opening_and_leaves_the_chain(conn: AsyncConnection) -> None:
    entries, openings = await write(conn, 3)
    assert await log.erase(conn, ORIGIN, 1, "text")
    assert not await log.erase(conn, ORIGIN, 1, "text")
    gone = next(opening for opening in openings if (opening.seq, opening.name) == (1, "text"))
    assert await log.openings(conn, ORIGIN) == [opening for opening in openings if opening is not gone]
    assert await log.entries(conn, ORIGIN) == [entry.raw for entry in entries]


def readable(path: Path) -> bool:
    return b"De Vries" in path.read_bytes()


async def test_an_erased_field_cannot_be_read_in_the_file_either(sqlite_url: str) -> None:
    database = await open_database(sqlite_url)
    entry, openings = sealed(EMPTY, text="Mevrouw De Vries belde")
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    async with database.begin() as conn:
        await log.append(conn, entry, openings)
    assert readable(path)
    async with database.begin() as conn:
        await log.erase(conn, ORIGIN, 0, "text")
    await database.close()
    assert not readable(path)


def named(*contents: bytes) -> Mapping[str, bytes]:
    return {sha256(content).hexdigest(): content for content in contents}


async def test_a_frozen_text_is_kept_once_however_often_it_is_named(conn: AsyncConnection) -> None:
    playbook, policy = named(b"draaiboek"), named(b"schema \x00\xff")
    first, opened = sealed(EMPTY, playbook=next(iter(playbook)))
    await log.append(conn, first, opened, {**playbook, **policy})
    second, opened = sealed(first.head, playbook=next(iter(playbook)))
    await log.append(conn, second, opened, playbook)
    assert await log.blob(conn, next(iter(policy))) == b"schema \x00\xff"
    assert await log.blobs(conn, [*playbook, *policy, "0" * 64]) == {**playbook, **policy}
    assert await log.blobs(conn, []) == {}
    with pytest.raises(KeyError):
        await log.blob(conn, "0" * 64)


async def test_a_blob_under_another_name_is_refused(conn: AsyncConnection) -> None:
    entry, opened = sealed(EMPTY, text="een")
    with pytest.raises(ValueError, match="named by its SHA-256"):
        await log.append(conn, entry, opened, {"0" * 64: b"draaiboek"})


async def test_a_long_log_is_read_in_two_questions(database: Database) -> None:
    entry, (opening,) = sealed(EMPTY, text="Peil stijgt")
    async with database.begin() as conn:
        rows = [
            {"log": ORIGIN, "seq": n, "raw": entry.raw, "h": f"{n:064}", "prev": f"{n - 1:064}"} for n in range(10_000)
        ]
        await conn.execute(schema.log_entry.insert(), rows)
        fields = [
            {"log": ORIGIN, "seq": n, "name": "text", "salt": opening.salt, "pre": opening.pre} for n in range(10_000)
        ]
        await conn.execute(schema.opening.insert(), fields)
    asked: list[str] = []
    async with database.read() as conn:
        assert conn.sync_connection is not None
        event.listen(conn.sync_connection, "before_cursor_execute", lambda *_: asked.append(_[2]))
        assert len(await log.entries(conn, ORIGIN)) == 10_000
        assert len(await log.openings(conn, ORIGIN)) == 10_000
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 2
