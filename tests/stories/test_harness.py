"""The demands at a story's end can fail: a harness that lets everything pass would look like success."""

import pytest
import structlog
from sqlalchemy import text

from tests.faults import away
from tests.story import Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_unexpected_page_fails_the_story(story: Story) -> None:
    await story.alarm(called=("vandijk",))
    with pytest.raises(AssertionError, match="was rung for: 🚨"):
        await story.ends()
    story.heeds_everything()


async def test_an_error_of_the_bot_fails_the_story(story: Story) -> None:
    structlog.get_logger().error("database", reason=type(away()).__name__)
    with pytest.raises(AssertionError, match="database"):
        await story.ends()
    story.forgiven |= {"database"}


async def test_a_changed_log_fails_the_story(story: Story) -> None:
    await story.alarm()
    log = (await story.row()).log
    swap = "UPDATE opening SET salt = :salt WHERE log = :log AND seq = 0 AND name = 'number'"
    read = "SELECT salt FROM opening WHERE log = :log AND seq = 0 AND name = 'number'"
    async with story.brigade.bot.database.begin() as tx:
        right = (await tx.execute(text(read), {"log": log})).scalar_one()
        await tx.execute(text(swap), {"log": log, "salt": bytes(32)})
    with pytest.raises((AssertionError, ValueError)):
        await story.log_is_sound()
    async with story.brigade.bot.database.begin() as tx:
        await tx.execute(text(swap), {"log": log, "salt": right})
