"""The main job: alarm, pages, answers, room, steps, decisions, situation report, close."""

import pytest

from tests.story import Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_night_with_riots(story: Story) -> None:
    await story.alarm("bakker")
    await story.answers("jansen", "1")
    await story.joins("bakker", "jansen", "vandijk")
    assert "☐ Stap 1/" in "\n".join(await story.texts("bakker", "room"))
