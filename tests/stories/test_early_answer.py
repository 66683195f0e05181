"""Somebody answers before the bot knows that its own message went out, because the homeserver's answer to the sending is slow."""

import asyncio

import pytest

from bot.domain.delivery import Outcome
from bot.domain.ids import EventId
from bot.store import inbox
from bot.store.outbox import OutboxRow
from tests.story import Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_tap_on_a_page_whose_sending_was_not_yet_written_down_counts(story: Story) -> None:
    deliverer, jansen = story.brigade.bot.deliverer, story.peer("jansen")
    post, answered = deliverer.post, asyncio.Event()

    async def slow(row: OutboxRow) -> Outcome:
        outcome = await post(row)
        if row.kind == "PageText":
            await answered.wait()
        return outcome

    deliverer.post = slow
    try:
        alarm = await story.peer("bakker").say(await story.room("bakker", "direct"), "alarm Waterbrug rellen: oproep")
        page = await story.sees("jansen", "🚨 ")
        tapped = EventId(await jansen.react(page.room_id, page.event_id, "✅"))

        async def heard() -> bool:
            async with story.brigade.bot.database.read() as tx:
                return await inbox.knows(tx, tapped)

        await story._until(heard)
        await story.brigade.bot.hear_all()  # the bot has looked at it while the page is still under way
    finally:
        deliverer.post = post
        answered.set()
    await story.sent(alarm)
    await story.sent(tapped)
    story.heeds_everything()
    found = {str(page.person): page.state for page in (await story.incident()).pages.values()}
    assert found["jansen"] == "acknowledged", found
