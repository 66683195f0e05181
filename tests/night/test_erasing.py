"""Words that are taken out of an incident by two people, in the chat where they were said."""

import pytest

from bot.domain.erased import ERASED
from tests.night.told import plain
from tests.story import Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_line_is_erased_by_two_people_also_from_the_room(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "feit Jelle Hofstra staat bij het station", where="room")
    await story.says("vandijk", "wis regel 1 omdat het om een kind gaat", where="room")
    assert "Er is nog niets weg" in await story.last("vandijk", where="room")
    await story.says("vandijk", f"export {await story.number()}")
    await story.says("vandijk", "wis klopt", where="room")
    assert (await story.incident()).log_lines[1].text.startswith("Jelle"), "nobody erases alone"
    await story.crash_and_restart()
    await story.says("bakker", "wis klopt", where="room")
    await story.settle()
    for person in ("vandijk", "bakker"):
        assert "van vóór het wissen: 1." in story.hears(person, "Exports van").body
    retracted = await story.outbox_rows((await story.incident()).id, "Retract")
    assert len(retracted) >= 2, "the message itself, and the bot's own that repeated it"
    assert {row.state for row in retracted} == {"sent"}
    texts = "\n".join(await story.texts("vandijk", "room"))
    assert "Gewist: regel 1" in texts
    assert (await story.incident()).log_lines[1].text == ERASED
    await story.crash_and_restart()
    assert (await story.incident()).log_lines[1].text == ERASED
    story.heeds_everything()


async def test_nothing_is_erased_while_a_request_runs(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "feit Jelle Hofstra staat bij het station", where="room")
    await story.says("vandijk", "bewaar omdat er een Woo-verzoek loopt", where="room")
    await story.says("vandijk", "wis regel 1 omdat het om een kind gaat", where="room")
    assert "Er kan niets gewist worden" in await story.last("vandijk", where="room")
    await story.says("vandijk", "bewaar niet langer omdat het is beantwoord", where="room")
    assert (await story.incident()).custody.hold is None
    assert (await story.incident()).log_lines[1].text.startswith("Jelle")
    story.heeds_everything()
