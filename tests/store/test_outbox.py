"""What must be said is said once, in the right order, or is taken back before it is said."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import EventId, IncidentId, RoomId
from bot.store import outbox
from bot.store.database import Database
from bot.store.outbox import OutboxRow

NIGHT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
FLOOD = IncidentId("flood")
FIRE = IncidentId("fire")
ROOM = RoomId("!kamer:a.example")


def seconds(number: float) -> datetime:
    return NIGHT + timedelta(seconds=number)


def row(key: str, **fields: object) -> OutboxRow:
    usual: dict[str, Any] = {
        "incident": FLOOD, "seq": 0, "lane": 1, "target": "person:anna", "kind": "page.requested",
        "message": b'{"n":1}', "created_at": NIGHT,
    }  # fmt: skip
    return OutboxRow(key=key, **{**usual, **fields})


async def keys(conn: AsyncConnection, now: datetime = NIGHT, limit: int = 99) -> list[str]:
    return [found.key for found in await outbox.ready(conn, now, limit)]


async def states(conn: AsyncConnection, *wanted: str) -> list[str | None]:
    found = [await outbox.get(conn, key) for key in wanted]
    return [None if one is None else one.state for one in found]


async def test_a_row_comes_back_as_it_was_written(conn: AsyncConnection) -> None:
    whole = row("a", subject="page-1", slot="card", not_before=seconds(3), message=b"\x00\xff{}")
    bare = row("b", incident=None, seq=None)
    await outbox.enqueue(conn, [whole, bare])
    assert await outbox.get(conn, "a") == whole
    assert await outbox.get(conn, "b") == bare
    assert await outbox.get(conn, "c") is None
    assert await outbox.waiting_count(conn) == 2


async def test_urgent_lanes_go_first_then_the_order_of_asking(conn: AsyncConnection) -> None:
    await outbox.enqueue(
        conn,
        [
            row("f/10/0", seq=10),
            row("f/9/1", seq=9),
            row("f/9/0", seq=9),
            row("f/1/0", seq=1, created_at=seconds(1)),
            row("f/11/0", seq=11, lane=0, created_at=seconds(2)),
        ],
    )
    assert await keys(conn) == ["f/11/0", "f/9/0", "f/9/1", "f/10/0", "f/1/0"]
    assert await keys(conn, limit=2) == ["f/11/0", "f/9/0"]


async def test_the_same_key_again_is_left_as_it_is(conn: AsyncConnection) -> None:
    await outbox.enqueue(conn, [row("a")])
    await outbox.settle(conn, "a", EventId("$a"), ROOM, seconds(1))
    await outbox.enqueue(conn, [row("a", message=b"{}")])
    assert await states(conn, "a") == ["sent"]
    assert await keys(conn) == []


async def test_of_a_slot_only_the_newest_waiting_row_counts(conn: AsyncConnection) -> None:
    await outbox.enqueue(conn, [row("sent", slot="card")])
    await outbox.settle(conn, "sent", EventId("$sent"), ROOM, seconds(1))
    await outbox.enqueue(conn, [row("old", slot="card"), row("fire", slot="card", incident=FIRE), row("free")])
    await outbox.enqueue(conn, [row("new", slot="card", created_at=seconds(2))])
    assert await states(conn, "sent", "old", "new", "fire", "free") == [
        "sent",
        "withdrawn",
        "waiting",
        "waiting",
        "waiting",
    ]
    old = await outbox.get(conn, "old")
    assert old is not None
    assert old.settled_at == seconds(2)


async def test_a_repeated_older_row_does_not_supersede_the_newer_one(conn: AsyncConnection) -> None:
    await outbox.enqueue(conn, [row("old", slot="card"), row("new", slot="card")])
    await outbox.enqueue(conn, [row("old", slot="card")])
    assert await states(conn, "old", "new") == ["withdrawn", "waiting"]


async def test_a_slot_outside_incidents_is_a_slot_too(conn: AsyncConnection) -> None:
    await outbox.enqueue(conn, [row("old", slot="duty", incident=None), row("new", slot="duty", incident=None)])
    assert await states(conn, "old", "new") == ["withdrawn", "waiting"]


async def test_withdrawing_takes_what_waits_about_a_subject_only(conn: AsyncConnection) -> None:
    await outbox.enqueue(
        conn,
        [
            row("sent", subject="page-1"),
            row("sms", subject="page-1"),
            row("follows", after="sms"),
            row("other", subject="page-2"),
            row("fire", subject="page-1", incident=FIRE),
        ],
    )
    await outbox.settle(conn, "sent", EventId("$sent"), ROOM, seconds(1))
    assert await outbox.withdraw(conn, FLOOD, "page-1", seconds(2)) == 2
    assert await outbox.withdraw(conn, FLOOD, "page-1", seconds(2)) == 0
    assert await states(conn, "sent", "sms", "follows", "other", "fire") == [
        "sent", "withdrawn", "withdrawn", "waiting", "waiting",
    ]  # fmt: skip


async def test_withdrawing_pages_leaves_what_answers_them(conn: AsyncConnection) -> None:
    await outbox.enqueue(
        conn,
        [
            row("page", subject="page-1", kind="PageText"),
            row("seeds", after="page", kind="Seeds"),
            row("answer", subject="page-1", kind="AckConfirmed"),
            row("other", subject="page-2", kind="PageText"),
        ],
    )
    assert await outbox.withdraw_pages(conn, FLOOD, "page-1", seconds(1)) == 2
    assert await states(conn, "page", "seeds", "answer", "other") == ["withdrawn", "withdrawn", "waiting", "waiting"]


async def test_an_edit_finds_what_was_sent_about_its_subject(conn: AsyncConnection) -> None:
    await outbox.enqueue(
        conn,
        [
            row("second", subject="page-1", kind="PageText", seq=2, created_at=seconds(2)),
            row("first", subject="page-1", kind="PageText", seq=1),
            row("waits", subject="page-1", kind="PageText"),
            row("other kind", subject="page-1", kind="AckConfirmed"),
            row("other page", subject="page-2", kind="PageText"),
            row("card", kind="StatusCard"),
            row("fire", subject="page-1", kind="PageText", incident=FIRE),
        ],
    )
    for key in ("second", "first", "other kind", "other page", "card", "fire"):
        await outbox.settle(conn, key, EventId(f"${key}"), ROOM, seconds(3))
    assert [found.key for found in await outbox.find_sent(conn, FLOOD, "PageText", "page-1")] == ["first", "second"]
    assert [found.key for found in await outbox.find_sent(conn, FLOOD, "StatusCard", None)] == ["card"]


async def test_settling_what_was_never_asked_for_is_a_bug(conn: AsyncConnection) -> None:
    with pytest.raises(KeyError):
        await outbox.settle(conn, "nobody", None, None, NIGHT)


async def test_a_row_waits_for_the_one_it_comes_after(conn: AsyncConnection) -> None:
    await outbox.enqueue(conn, [row("room"), row("card", lane=0, after="room"), row("pin", lane=0, after="card")])
    assert await keys(conn) == ["room"]
    await outbox.postpone(conn, "room", seconds(5), "busy")
    assert await keys(conn) == []
    await outbox.settle(conn, "room", None, ROOM, seconds(5))
    assert await keys(conn) == ["card"]
    await outbox.settle(conn, "card", EventId("$card"), ROOM, seconds(6))
    assert await keys(conn) == ["pin"]


async def test_what_came_after_a_lost_row_is_withdrawn_down_the_line(conn: AsyncConnection) -> None:
    await outbox.enqueue(conn, [row("room"), row("card", after="room"), row("pin", after="card"), row("page")])
    await outbox.give_up(conn, "room", "forbidden", seconds(9))
    await outbox.enqueue(conn, [row("late", after="pin", created_at=seconds(10))])
    assert await states(conn, "room", "card", "pin", "late", "page") == [
        "gave_up", "withdrawn", "withdrawn", "withdrawn", "waiting",
    ]  # fmt: skip
    lost = await outbox.get(conn, "room")
    assert lost is not None
    assert (lost.error, lost.attempts, lost.settled_at) == ("forbidden", 1, seconds(9))


async def test_after_a_row_that_does_not_exist_is_a_bug(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.begin() as conn:
            await outbox.enqueue(conn, [row("card", after="room")])


async def test_a_postponed_row_is_left_alone_until_its_time(conn: AsyncConnection) -> None:
    await outbox.enqueue(
        conn, [row("a"), row("b"), row("c", not_before=seconds(30)), row("d", after="c", not_before=NIGHT)]
    )
    await outbox.postpone(conn, "a", seconds(10), "busy")
    await outbox.postpone(conn, "a", seconds(20), "busy again")
    assert await keys(conn) == ["b"]
    assert await outbox.next_not_before(conn) == seconds(20)
    assert await keys(conn, seconds(20)) == ["a", "b"]
    again = await outbox.get(conn, "a")
    assert again is not None
    assert (again.attempts, again.error, again.state) == (2, "busy again", "waiting")


async def test_with_nothing_postponed_there_is_no_time_to_wake(conn: AsyncConnection) -> None:
    await outbox.enqueue(conn, [row("a")])
    assert await outbox.next_not_before(conn) is None


async def test_what_was_sent_while_it_was_withdrawn_counts_as_sent(conn: AsyncConnection) -> None:
    await outbox.enqueue(conn, [row("a", subject="page-1")])
    await outbox.withdraw(conn, FLOOD, "page-1", seconds(1))
    await outbox.settle(conn, "a", EventId("$a"), ROOM, seconds(2))
    assert await states(conn, "a") == ["sent"]


async def test_a_settled_row_is_not_postponed_or_given_up(conn: AsyncConnection) -> None:
    await outbox.enqueue(conn, [row("a"), row("b", subject="page-1")])
    await outbox.settle(conn, "a", EventId("$a"), ROOM, seconds(1))
    await outbox.withdraw(conn, FLOOD, "page-1", seconds(1))
    for key in ("a", "b"):
        await outbox.postpone(conn, key, seconds(9), "late answer")
        await outbox.give_up(conn, key, "late answer", seconds(9))
    assert await states(conn, "a", "b") == ["sent", "withdrawn"]
    assert await outbox.waiting_count(conn) == 0


async def test_a_reaction_finds_the_row_it_is_about(conn: AsyncConnection) -> None:
    await outbox.enqueue(conn, [row("a")])
    await outbox.settle(conn, "a", EventId("$a"), ROOM, seconds(1))
    found = await outbox.by_event(conn, EventId("$a"))
    assert found is not None
    assert (found.key, found.room, found.settled_at) == ("a", ROOM, seconds(1))
    assert await outbox.by_event(conn, EventId("$b")) is None


async def test_a_bare_answer_finds_the_last_question_in_its_room(conn: AsyncConnection) -> None:
    kinds = {"first": "Answer", "last": "DidYouMean", "seeds": "Seeds", "card": "CardChanged", "elsewhere": "Answer"}
    await outbox.enqueue(conn, [row(key, kind=kind) for key, kind in {**kinds, "waits": "Answer"}.items()])
    for second, key in enumerate(("first", "last", "seeds", "card")):
        await outbox.settle(conn, key, EventId(f"${key}"), ROOM, seconds(second))
    await outbox.settle(conn, "elsewhere", EventId("$elsewhere"), RoomId("!hal:a.example"), seconds(9))
    found = await outbox.last_sent_to(conn, ROOM, ("Answer", "DidYouMean"))
    assert found is not None
    assert found.key == "last"
    answer = await outbox.last_sent_to(conn, ROOM, ("Answer",))
    assert answer is not None
    assert answer.key == "first"
    assert await outbox.last_sent_to(conn, RoomId("!leeg:a.example"), ("Answer",)) is None


async def test_an_edit_can_ask_whether_its_message_is_still_to_come(conn: AsyncConnection) -> None:
    await outbox.enqueue(conn, [row("step", kind="StepShown", subject="BA04")])
    assert await outbox.waits(conn, FLOOD, "StepShown", "BA04")
    assert not await outbox.waits(conn, FLOOD, "StepShown", "BA05")
    await outbox.settle(conn, "step", EventId("$step"), ROOM, seconds(1))
    assert not await outbox.waits(conn, FLOOD, "StepShown", "BA04")


async def test_anchors_are_the_events_of_an_incident_in_the_order_of_its_log(conn: AsyncConnection) -> None:
    await outbox.enqueue(
        conn,
        [
            row("f/10/0", seq=10),
            row("f/9/0", seq=9),
            row("f/11/0", seq=11),
            row("f/8/0", seq=8),
            row("g/1/0", incident=FIRE),
        ],
    )
    for key in ("f/10/0", "f/9/0", "g/1/0"):
        await outbox.settle(conn, key, EventId(f"${key}"), ROOM, seconds(1))
    await outbox.settle(conn, "f/8/0", None, ROOM, seconds(1))
    assert [found.event_id for found in await outbox.anchors(conn, FLOOD)] == ["$f/9/0", "$f/10/0"]
