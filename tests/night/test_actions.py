"""Who does what in a night: given in the room, done by a tap or in words, and brought to mind on the owner's own phone."""

import pytest

from tests.night.told import plain
from tests.story import Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_action_is_given_reminded_after_a_restart_and_done(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "actie bel de school @vandijk over 20 minuten", where="room")
    shown = await story.last("bakker", "room")
    assert shown.startswith("Actie 1 · ")
    assert "bel de school" in shown
    await story.crash_and_restart()
    await story.passes(minutes=21)
    assert "Actie 1 moest klaar zijn" in await story.last("vandijk")
    await story.says("vandijk", "actie 1 klaar de rector komt", where="room")
    await story.says("bakker", "acties", where="room")
    assert "0 van 1 acties open" in await story.last("bakker", "room")
    kinds = [kind for kind in await story.entries() if kind.startswith("action.")]
    assert kinds == ["action.given", "action.reminded", "action.done"]
    story.heeds_everything()


async def test_what_is_open_counts_actions_and_an_unknown_time_or_name_gives_none(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "actie bewaar het filmpje", where="room")
    await story.says("bakker", "open", where="room")
    assert "Actie 1 · bewaar het filmpje" in await story.last("bakker", "room")
    await story.says("bakker", "actie bel de school vandaag 00:01", where="room")
    assert "Die tijd begrijp ik niet" in await story.last("bakker", "room")
    await story.says("bakker", "actie 1 vervalt", where="room")
    assert "Waarom vervalt actie 1?" in await story.last("bakker", "room")
    await story.says("bakker", "actie 1 vervalt omdat de politie het heeft", where="room")
    assert "Actie 1 vervalt" in await story.last("bakker", "room")
    await story.says("bakker", "actie bel de ouders @vandijk", where="room")
    await story.reacts("vandijk", story.hears("vandijk", "Actie 2 · "), "✅")
    assert "Actie 2 is klaar" in await story.last("bakker", "room")
    story.heeds_everything()
