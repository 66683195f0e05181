"""What came in is kept with the token that says so, handled once, and forgotten when it was handled."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import EventId
from bot.store import inbox
from bot.store.database import Database
from bot.store.inbox import InboxRow

NIGHT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def row(name: str, **fields: object) -> InboxRow:
    usual: dict[str, Any] = {
        "room": "!alarm:a.example", "sender": "@anna:a.example", "type": "m.room.message",
        "received_at": NIGHT + timedelta(seconds=1), "said_at": NIGHT, "raw": '{"body":"alarm"}',
    }  # fmt: skip
    return InboxRow(event_id=EventId(name), **{**usual, **fields})


async def names(conn: AsyncConnection, limit: int = 99) -> list[str]:
    return [found.event_id for found in await inbox.waiting(conn, limit)]


async def test_a_batch_waits_in_the_order_in_which_it_came(conn: AsyncConnection) -> None:
    whole = row("$b", decrypted=True, sender_key_known=True)
    await inbox.store_batch(conn, "s1", [whole, row("$a", undecryptable=True)], NIGHT)
    await inbox.store_batch(conn, "s2", [row("$0", said_at=NIGHT - timedelta(hours=1))], NIGHT)
    assert await names(conn) == ["$b", "$a", "$0"]
    assert await names(conn, limit=1) == ["$b"]
    assert (await inbox.waiting(conn, 1))[0] == replace(whole, position=1)
    assert await inbox.token(conn) == "s2"
    assert await inbox.waiting_count(conn) == 3


async def test_before_the_first_sync_there_is_no_token(conn: AsyncConnection) -> None:
    assert await inbox.token(conn) is None


async def test_what_can_be_read_is_not_behind_what_cannot(conn: AsyncConnection) -> None:
    sealed = [row(f"$sealed{n}", undecryptable=True) for n in range(600)]
    await inbox.store_batch(conn, "s1", [*sealed, row("$alarm")], NIGHT)
    assert [found.event_id for found in await inbox.waiting(conn, 500, 0, undecryptable=False)] == ["$alarm"]
    first = await inbox.waiting(conn, 500, 0, undecryptable=True)
    rest = await inbox.waiting(conn, 500, first[-1].position, undecryptable=True)
    assert [found.event_id for found in (*first, *rest)] == [found.event_id for found in sealed]


async def test_a_crash_before_the_commit_keeps_neither_events_nor_token(database: Database) -> None:
    async with database.begin() as conn:
        await inbox.store_batch(conn, "s1", [row("$a")], NIGHT)

    async def crashes_before_the_commit() -> None:
        async with database.begin() as conn:
            await inbox.store_batch(conn, "s2", [row("$b")], NIGHT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await crashes_before_the_commit()
    async with database.read() as conn:
        assert await inbox.token(conn) == "s1"
        assert await names(conn) == ["$a"]
        assert not await inbox.knows(conn, EventId("$b"))


async def test_an_event_that_comes_twice_is_kept_once(conn: AsyncConnection) -> None:
    await inbox.store_batch(conn, "s1", [row("$a"), row("$b"), row("$a", raw="{}")], NIGHT)
    assert await inbox.first_time(conn, EventId("$a"))
    await inbox.store_batch(conn, "s2", [row("$a"), row("$c"), row("$b")], NIGHT)
    assert await names(conn) == ["$b", "$c"]


async def test_an_event_is_handled_once_and_its_text_is_forgotten(conn: AsyncConnection) -> None:
    await inbox.store_batch(conn, "s1", [row("$a")], NIGHT)
    assert await inbox.first_time(conn, EventId("$a"))
    assert not await inbox.first_time(conn, EventId("$a"))
    await inbox.mark(conn, EventId("$a"), "waiting")
    (again,) = await inbox.waiting(conn, 9)
    assert again.raw is None


async def test_handling_that_was_rolled_back_is_still_to_be_done(database: Database) -> None:
    async with database.begin() as conn:
        await inbox.store_batch(conn, "s1", [row("$a")], NIGHT)

    async def crashes_while_handling() -> None:
        async with database.begin() as conn:
            assert await inbox.first_time(conn, EventId("$a"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await crashes_while_handling()
    async with database.begin() as conn:
        assert (await inbox.waiting(conn, 9))[0].raw == '{"body":"alarm"}'
        assert await inbox.first_time(conn, EventId("$a"))


async def test_an_event_that_never_came_by_the_inbox_is_handled_once_too(conn: AsyncConnection) -> None:
    assert await inbox.first_time(conn, EventId("form-1"))
    assert not await inbox.first_time(conn, EventId("form-1"))
    assert await inbox.first_time(conn, EventId("form-2"))
    assert await inbox.knows(conn, EventId("form-1"))
    await inbox.store_batch(conn, "s1", [row("form-1"), row("$a")], NIGHT)
    assert await names(conn) == ["$a"]


@pytest.mark.parametrize(("state", "text"), [("handled", None), ("ignored", None), ("failed", '{"body":"alarm"}')])
async def test_only_a_failed_event_keeps_its_text(
    conn: AsyncConnection, state: inbox.InboxState, text: str | None
) -> None:
    await inbox.store_batch(conn, "s1", [row("$a"), row("$b")], NIGHT)
    await inbox.mark(conn, EventId("$a"), state, "why")
    assert await names(conn) == ["$b"]
    assert not await inbox.first_time(conn, EventId("$a"))
    await inbox.mark(conn, EventId("$a"), "waiting", "once more")
    assert [(found.raw, found.error) for found in await inbox.waiting(conn, 1)] == [(text, "once more")]


async def test_a_malformed_event_does_not_refuse_its_batch(conn: AsyncConnection) -> None:
    strange = row("$a\x00", type="m.\ud83d", sender="@\x00:a.example", raw='{"body":"\udc00 🌊"}')
    await inbox.store_batch(conn, "s1", [strange, row("$b")], NIGHT)
    found = (await inbox.waiting(conn, 1))[0]
    assert (found.event_id, found.type, found.raw) == ("$a\ufffd", "m.\ufffd", '{"body":"\ufffd 🌊"}')
    assert await inbox.knows(conn, EventId("$a\x00"))
    assert await inbox.first_time(conn, EventId("$a\x00"))
    assert await names(conn) == ["$b"]


async def test_everybody_has_a_turn_while_one_sender_floods(conn: AsyncConnection) -> None:
    flood = [row(f"$f{n}", sender="@flood:a.example") for n in range(3 * inbox.AT_A_TURN)]
    await inbox.store_batch(conn, "t1", [*flood, row("$ja")], NIGHT)
    first = await inbox.turns(conn, 99, undecryptable=False)
    assert [found.event_id for found in first] == [*(f"$f{n}" for n in range(inbox.AT_A_TURN)), "$ja"]
    kept = {found.position for found in first}
    assert (await inbox.turns(conn, 99, undecryptable=False, but=kept))[0].event_id == f"$f{inbox.AT_A_TURN}"
    assert await inbox.turns(conn, 99, undecryptable=True) == []


async def test_an_ordinary_night_is_heard_in_its_order(conn: AsyncConnection) -> None:
    said = [row(f"$e{n}", sender=f"@{n % 3}:a.example") for n in range(30)]
    await inbox.store_batch(conn, "t1", said, NIGHT)
    assert [found.event_id for found in await inbox.turns(conn, 99, undecryptable=False)] == [
        f"$e{n}" for n in range(30)
    ]
