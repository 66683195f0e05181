"""Sealed addresses: one verified for each channel beside one that waits for its code, and what people said of getting ready."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import messages as m
from bot.domain.ids import PersonId
from bot.domain.ladder import Channel
from bot.posting import rows_of
from bot.store import outbox, reach
from bot.store.reach import PENDING, ReachRow, ReadyRow

NOON = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
ANNA, BRAM = PersonId("anna"), PersonId("bram")


def row(person: PersonId, kind: str, mark: str = "f1", *, minutes: int = 0) -> ReachRow:
    return ReachRow(person, kind, b"sealed", mark, NOON + timedelta(minutes=minutes))


async def test_the_address_in_use_and_the_one_that_waits_do_not_touch_each_other(conn: AsyncConnection) -> None:
    used, waits = row(ANNA, "sms"), row(ANNA, f"{PENDING}sms", "f2")
    for one in (used, waits, row(ANNA, "mail", "f3"), row(BRAM, "sms", "f4")):
        await reach.write(conn, one)
    assert await reach.get(conn, ANNA, "sms") == used
    assert await reach.pending(conn, ANNA, "sms") == waits
    assert (used.channel, waits.channel) == ("sms", "sms")
    assert [one.kind for one in await reach.of_person(conn, ANNA)] == ["sms", "mail"]
    assert await reach.pending_of(conn, ANNA) == [waits]
    assert [(one.person, one.kind) for one in await reach.every(conn)] == [
        (ANNA, "mail"), (ANNA, "sms"), (BRAM, "sms"),
    ]  # fmt: skip
    assert await reach.whose(conn, "sms", "f1") == ANNA
    assert await reach.whose(conn, "sms", "f2") is None  # not proved: anybody could have typed it
    newer = replace(waits, code_hash="h", code_tries=3)
    await reach.write(conn, newer)
    assert await reach.pending(conn, ANNA, "sms") == newer


async def test_what_is_removed_or_was_never_proved_is_gone(conn: AsyncConnection) -> None:
    for one in (row(ANNA, "sms"), row(ANNA, f"{PENDING}mail"), row(BRAM, f"{PENDING}mail", minutes=10)):
        await reach.write(conn, one)
    assert await reach.forget_unproved(conn, NOON + timedelta(minutes=5)) == 1
    assert await reach.pending_of(conn, ANNA) == []
    assert len(await reach.pending_of(conn, BRAM)) == 1
    await reach.remove(conn, ANNA, ["sms"])
    assert await reach.every(conn) == []


async def test_a_proof_is_of_the_channels_that_were_heard(conn: AsyncConnection) -> None:
    for kind in ("sms", "voice", "mail"):
        await reach.write(conn, row(ANNA, kind))
    heard: tuple[Channel, ...] = ("sms", "voice")
    await reach.prove(conn, ANNA, heard, NOON)
    await reach.prove(conn, ANNA, heard[1:], None)
    proved = {one.kind: one.proved_at for one in await reach.of_person(conn, ANNA)}
    assert proved == {"sms": NOON, "voice": None, "mail": None}


async def test_codes_are_counted_over_all_channels_of_one_person(conn: AsyncConnection) -> None:
    def code(person: PersonId, n: int) -> m.ChannelCode:
        return m.ChannelCode(to=m.To("channel", f"sms:{person}"), channel="sms", person=person, seed=f"$e{n}")

    for n, person in enumerate((ANNA, ANNA, BRAM)):
        at = NOON + timedelta(minutes=n)
        await outbox.enqueue(conn, rows_of(f"reply/$e{n}", None, None, (code(person, n),), at))
    assert await reach.sent_since(conn, ANNA, "ChannelCode", NOON - timedelta(seconds=1)) == 2
    assert await reach.sent_since(conn, ANNA, "ChannelCode", NOON) == 1
    assert await reach.sent_since(conn, ANNA, "ChannelTest", NOON - timedelta(seconds=1)) == 0
    assert await reach.sent_since(conn, BRAM, "ChannelCode", NOON) == 1


async def test_the_last_word_on_a_step_counts(conn: AsyncConnection) -> None:
    for step in (ReadyRow(ANNA, "sound", "later", NOON), ReadyRow(BRAM, "sound", "done", NOON)):
        await reach.say_ready(conn, step)
    said = ReadyRow(ANNA, "sound", "done", NOON + timedelta(days=1))
    await reach.say_ready(conn, said)
    assert await reach.steps_of(conn, ANNA) == {"sound": said}
    assert [(one.person, one.state) for one in await reach.all_steps(conn)] == [(ANNA, "done"), (BRAM, "done")]
