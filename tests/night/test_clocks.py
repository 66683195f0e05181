"""The nights in which the clock is set, the turn of the year, and days without a word: waits are waits, whatever a watch shows."""

import pytest

from tests.night.told import all_but, goes_to, only_the_coordinator
from tests.story import Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def paged_for_five_minutes(story: Story) -> None:
    """Jansen is silent: two minutes to the repeat, five to the reserve."""
    await story.passes(seconds=100)
    story.hears_nothing("jansen", "Herhaling")
    await story.passes(seconds=30)
    story.expects_page("jansen", "Herhaling 2")
    await story.passes(seconds=140)
    story.hears_nothing("devries")
    await story.passes(seconds=50)
    story.expects_page("devries", "cyber")


async def test_the_night_in_which_an_hour_is_left_out(story: Story) -> None:
    await goes_to(story, 2027, 3, 28, 1, 58)
    await all_but(story, "jansen")
    page = next(s for s in story._new("jansen") if s.body.startswith("🚨"))
    assert (
        "03:0" in page.body.split("roep ik")[0][-8:] or "Om 0" in page.body
    )  # the next is called at a time that exists
    await paged_for_five_minutes(story)
    assert story.clock() >= "03:0"
    told = await story.stand_at("03:01")
    assert "Waterbrug" in told or "rellen" in told


async def test_the_night_in_which_an_hour_comes_twice(story: Story) -> None:
    await goes_to(story, 2027, 10, 31, 2, 57)
    await all_but(story, "jansen")
    await paged_for_five_minutes(story)
    assert story.clock() == "02:02" or story.clock().startswith("02:0")
    times = await story.times()
    assert times == sorted(times)


async def test_the_turn_of_the_year_begins_the_numbers_anew(story: Story) -> None:
    await goes_to(story, 2027, 12, 31, 23, 55)
    await only_the_coordinator(story)
    story.expects_page("vandijk")
    await story.answers("vandijk")
    before = await story.number()
    await story.passes(minutes=40)
    story.hears("vandijk", "Kom je nog?")  # nobody saw the coordinator in the room
    await only_the_coordinator(story)
    story.expects_page("vandijk")
    after = await story.number()
    assert (before[:4], after) == ("2027", "2028-001")


async def test_a_case_that_lasts_three_days(story: Story) -> None:
    await all_but(story)
    for _ in range(3):
        await story.passes(hours=24)
    story.heeds_everything()
    await story.says("bakker", "status")
    assert await story.number() in await story.last("bakker")
    await story.says("vandijk", "sluit")
    story.heeds_everything()
    await story.says("vandijk", "sluit ja het is rustig")
    assert (await story.incident()).state == "closed"


async def test_the_shift_changes_while_somebody_is_called(story: Story) -> None:
    """Police change at seven: who is called before it goes on, and the next alarm calls by the new shift."""
    await story.passes(hours=3, minutes=54)
    await story.alarm()
    await story.passes(minutes=10)
    calls = (await story.incident()).calls
    assert calls["politie"].step >= 0  # type: ignore[index]
    story.heeds_everything()
