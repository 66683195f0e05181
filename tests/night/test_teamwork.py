"""Duties, steps and rounds in a night: who has what changes hands, what is late is said once, and a tick decides nothing."""

import pytest

from tests.night.told import plain
from tests.story import Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_duties_change_hands_and_the_log_knows_who_had_them(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "voorzitter, mag ik iets vragen", where="room")
    await story.says("bakker", "rollen", where="room")
    assert "voorzitter: niemand" in await story.last("bakker", "room")
    await story.says("bakker", "voorzitter ik", where="room")
    story.hears("vandijk", "is nu voorzitter")
    await story.passes(minutes=21)
    assert "Nog niemand is verslaglegger" in await story.last("vandijk")
    await story.says("bakker", "voorzitter @vandijk", where="room")
    assert "Word jij voorzitter?" in await story.last("vandijk")
    await story.crash_and_restart()
    await story.says("vandijk", "1")
    assert "na " in story.hears("bakker", "is nu voorzitter").body
    await story.says("bakker", "rollen om 03:10", where="room")
    assert "voorzitter: Bakker" in (await story.last("bakker", "room")).replace("Anouk ", "")
    await story.says("vandijk", "verslaglegger @bakker", where="room")
    await story.says("bakker", "nog niet")
    story.hears("vandijk", "wordt geen verslaglegger")
    await story.says("vandijk", "leg voorzitter neer", where="room")
    story.hears("bakker", "is geen voorzitter meer")
    kinds = [kind for kind in await story.entries() if kind.startswith(("duty.", "duties."))]
    assert kinds == [
        "duty.given", "duties.unclaimed", "duty.offered", "duty.given", "duty.offered", "duty.declined", "duty.laid.down",
    ]  # fmt: skip
    story.heeds_everything()


async def test_a_step_is_put_off_passed_on_late_and_asks_for_its_decision(story: Story) -> None:
    await plain(story)
    first = story.hears("bakker", "☐ Stap 1/20")
    await story.reacts("bakker", first, "🔁")
    assert "draag over 1 @naam" in await story.last("bakker", "room")
    await story.replies("bakker", first, "draag over @vandijk")
    asked = story.hears("vandijk", "doe jij stap 1?")
    await story.reacts("vandijk", asked, "✅")
    story.hears("bakker", "Stap 1: ")
    assert await story.step("BA01") == "claimed"
    await story.says("vandijk", "klaar 1", where="room")
    second = story.hears("bakker", "☐ Stap 2/20")
    await story.reacts("bakker", second, "⏰")
    assert await story.step("BA02") == "later"
    await story.says("vandijk", "klaar 3", where="room")
    decides = story.hears("vandijk", "☐ Stap 4/20")
    await story.reacts("vandijk", decides, "✅")
    assert "B1: Opschalen?" in await story.last("vandijk", "room")
    assert await story.step("BA04") == "open"
    await story.crash_and_restart()
    await story.passes(minutes=11)
    assert "Stap 4 is over tijd" in await story.last("vandijk")
    await story.says("vandijk", "besluit B1 3", where="room")
    assert await story.step("BA04") == "done"
    story.heeds_everything()
    assert {"step.offered", "step.passed.on", "step.postponed", "step.reminded"} <= set(await story.entries())


async def test_a_round_begins_again_and_two_changes_of_an_action_go_in_one(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "actie bel de school", where="room")
    await story.says("bakker", "actie 1 @vandijk over 20 minuten", where="room")
    (action,) = (await story.incident()).actions
    assert action.owner == "vandijk"
    assert action.due is not None
    await story.says("vandijk", "ronde", where="room")
    assert "nog niets om opnieuw te doen" in await story.last("vandijk", "room")
    await story.says("vandijk", "klaar 9 gedeeld", where="room")
    await story.says("vandijk", "ronde", where="room")
    story.hears("bakker", "Ronde 2")
    await story.says("bakker", "open", where="room")
    assert "Actie 1" in await story.last("bakker", "room")
    assert (await story.incident()).round == 2
    story.heeds_everything()
