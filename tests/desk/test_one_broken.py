"""One thing that is broken stops nothing else: a log that was changed, a text that is gone, a message that nobody can read."""

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot import answers
from bot.clock import EvenClock, reached
from bot.deliver import Chances, Deliverer
from bot.domain import commands as c
from bot.domain import messages as m
from bot.domain.delivery import Delivered, GaveUp, Outcome
from bot.domain.ids import EventId, IncidentId, RoomId
from bot.folding import CODEC, BrokenLog
from bot.store.outbox import OutboxRow
from bot.wake import Wake
from tests.builders import ALARM, by
from tests.desk.ground import INCIDENT, Ground

OTHER = IncidentId("00000000-0000-4000-8000-000000000015")


async def two_of_which_one_has_lost_a_text(ground: Ground) -> None:
    """And nothing in memory, as after a start."""
    await ground.alarm()
    await ground.desk.handle(OTHER, c.RaiseAlarm(text=ALARM, by=by("visser")))
    async with ground.database.begin() as tx:
        await tx.execute(text("DELETE FROM opening WHERE log LIKE :log AND seq = 0"), {"log": f"%{INCIDENT}"})
    ground.desk = ground.another_desk()


async def told(ground: Ground) -> list[str]:
    notes = [json.loads(row.message) for row in await ground.outbox("ManagementNote")]
    return [note["code"] for note in notes if note["code"] == "log_broken"]


async def test_the_escalation_of_the_others_goes_on_and_operators_hear_of_it_once(ground: Ground) -> None:
    await two_of_which_one_has_lost_a_text(ground)
    wake = Wake(ground.desk, lambda: ground.now.timestamp(), lambda: None, asyncio.Event())
    for _ in range(3):
        ground.now += timedelta(minutes=5)
        await wake.once()
    assert "page.unanswered" in await ground.kinds(ground.desk.seal.origin(OTHER))
    assert await told(ground) == ["log_broken"]


async def test_a_yes_still_finds_its_page(ground: Ground) -> None:
    await two_of_which_one_has_lost_a_text(ground)
    assert [incident.id for incident in await answers.incidents(ground.desk)] == [OTHER]
    with pytest.raises(BrokenLog):
        await ground.desk.incident(INCIDENT)


async def test_a_frozen_text_that_is_gone_is_a_broken_log(ground: Ground) -> None:
    await ground.alarm()
    async with ground.database.begin() as tx:
        await tx.execute(text("DELETE FROM blob"))
    CODEC._read_blobs.clear()  # as after a start
    with pytest.raises(BrokenLog):
        await ground.another_desk().incident(INCIDENT)


async def delivers_until(ground: Ground, outcome: Outcome, done: asyncio.Event, enough: int) -> Deliverer:
    landed: list[str] = []

    async def post(row: OutboxRow) -> Outcome:
        return outcome

    def delivered(row: OutboxRow, _: Outcome) -> None:
        landed.append(row.key)
        if len(landed) >= enough:
            done.set()

    deliverer = Deliverer(ground.desk, post, post, Chances(lambda: 1.0, lambda: 0.5), delivered)
    running = asyncio.create_task(deliverer.run())
    try:
        async with asyncio.timeout(20):
            await done.wait()
            await deliverer.rested.wait()
        assert not running.done()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return deliverer


async def test_a_page_that_left_for_a_broken_log_is_settled(ground: Ground) -> None:
    await two_of_which_one_has_lost_a_text(ground)
    rows = len(await ground.outbox())
    await delivers_until(ground, Delivered(EventId("$e"), RoomId("!kamer")), asyncio.Event(), rows)
    assert await ground.outbox("PageText") == []
    assert (await ground.kinds(ground.desk.seal.origin(OTHER))).count(
        "page.delivered"
    ) == 1  # what may be a duplicate calls the coordinator


async def test_a_row_that_cannot_be_read_is_given_up_and_told(ground: Ground) -> None:
    await ground.desk.say("x", (m.Answer(to=m.To("asked", "!kamer"), lines=("stand",)),))
    await ground.alarm()
    async with ground.database.begin() as tx:
        await tx.execute(text("UPDATE outbox SET message = :gone"), {"gone": b"\xff"})
    pages = len(await ground.outbox("PageText"))
    await delivers_until(ground, GaveUp("unreadable"), asyncio.Event(), pages + 1)
    assert (await ground.kinds()).count("page.undeliverable") >= pages


async def test_time_begins_after_the_last_entry_even_without_a_heartbeat(ground: Ground) -> None:
    await ground.alarm()
    index = ground.desk.seal.index
    async with ground.database.read() as tx:
        last = await reached(tx, index, ground.now - timedelta(hours=1))
    assert last == ground.now
    set_back = ground.now - timedelta(hours=2)
    assert EvenClock(lambda: set_back, lambda: 0.0, last)().now >= ground.now
