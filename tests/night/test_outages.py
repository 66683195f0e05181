"""The bot was away: it says so, does late what is still of use, leaves what is not, and calls nobody twice."""

import pytest

from tests.night.phones import Phones, asleep
from tests.night.told import PLAIN, all_but, only_the_coordinator, plain
from tests.stories.test_accidents import changed
from tests.story import RIOT, Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def pages(story: Story, person: str) -> list[str]:
    """The pages that somebody was sent in the chat in this night, as they came."""
    return [s.body for s in story._new(person) if s.body.startswith("🚨") and "m.new_content" not in s.content]


@pytest.mark.on_synapse
async def test_the_room_reads_how_long_the_bot_was_away_and_a_late_page_how_late_it_is(story: Story) -> None:
    await all_but(story, "jansen")
    await story.joins("vandijk")
    async with story.bot_down():
        story.brigade.moves(story.minutes(9))
    assert any("Ik was 9 min" in text for text in await story.texts("vandijk", "room"))
    assert "Vertraagd met" in story.expects_page("devries", "cyber").body
    assert len(await pages(story, "devries")) == 1
    assert len(await pages(story, "jansen")) == 1  # the one of before
    assert "bot.was.away" in await story.entries()
    await story.answers("devries")
    story.heeds_everything()


async def test_a_short_absence_is_told_to_nobody(story: Story) -> None:
    await all_but(story, "jansen")
    await story.joins("vandijk")
    async with story.bot_down():
        story.brigade.moves(story.minutes(0.7))
    assert not any("weg" in text and "Ik was" in text for text in await story.texts("vandijk", "room"))
    await story.passes(minutes=1, seconds=20)
    story.expects_page("jansen", "Herhaling 2")
    await story.answers("jansen")


async def test_of_the_rungs_that_were_missed_only_the_loudest_is_tried(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen")
    since = (await phones.page("jansen")).since
    async with story.bot_down():
        story.brigade.moves(since + story.minutes(2.5) - story.brigade.now)
    phones.rings("jansen", "voice")
    phones.silent("jansen")  # no text message and no mail after all
    story.expects_page("jansen", "Herhaling 2")
    await phones.presses("jansen", "1")
    story.hears("jansen", "Genoteerd, je komt")
    story.heeds_everything()
    assert phones.still("jansen") == []


async def test_what_fell_due_a_day_ago_wakes_nobody_and_is_said_aloud(story: Story) -> None:
    await all_but(story, "jansen")
    await story.joins("vandijk")
    before = len(await pages(story, "jansen"))
    async with story.bot_down():
        story.brigade.moves(story.minutes(21 * 60))
    story.hears_nothing("devries", "🚨")
    assert len(await pages(story, "jansen")) == before
    assert "timer.dropped" in await story.entries()
    assert (await story.call("expert_cyber")).state == "exhausted"
    assert any("Niemand bereikt voor cyber" in text for text in await story.texts("vandijk"))
    story.heeds_everything()


async def test_after_an_absence_everybody_is_called_at_most_once_for_two_cases(story: Story) -> None:
    await only_the_coordinator(story)
    story.expects_page("vandijk")
    await story.says("mulder", PLAIN.replace("Waterbrug", "Polderdam"))
    story.heeds_everything()
    async with story.bot_down():
        story.brigade.moves(story.minutes(6))
    late = await pages(story, "smit")
    assert len(late) == 2  # one for each case
    assert all("Vertraagd met" in body for body in late)
    story.heeds_everything()


async def test_two_absences_in_one_night_are_told_twice_and_call_nobody_twice(story: Story) -> None:
    await plain(story)
    await story.says("vandijk", "roep cyber")
    story.expects_page("jansen", "cyber")
    for minutes in (6, 6):
        async with story.bot_down():
            story.brigade.moves(story.minutes(minutes))
    story.expects_page("devries", "cyber")
    story.expects_page("vandijk", "cyber")
    told = [text for text in await story.texts("vandijk", "room") if "Ik was" in text]
    assert len(told) == 2
    assert [len(await pages(story, person)) for person in ("jansen", "devries")] == [1, 1]
    story.heeds_everything()


async def test_a_flood_of_one_reporter_is_bundled_and_another_town_is_heard(story: Story) -> None:
    for n in range(8):
        await story.says("bakker", f"alarm Waterbrug: melding nummer {n} over het plein")
    assert len(await story._incidents()) == 5
    assert "Je geeft veel alarmen achter elkaar" in await story.last("bakker")
    assert sum("alarmen gebundeld" in s.body for s in story._new("vandijk")) == 1
    kept = await story.entries()
    assert kept.count("alarm.taken.in") == 3
    story.heeds_everything()
    await story.says("mulder", RIOT.replace("Waterbrug", "Polderdam"))
    assert len(await story._incidents()) == 6
    story.heeds_everything()


async def test_a_person_is_rung_for_five_cases_in_a_quarter_and_for_the_first_page_of_each(story: Story) -> None:
    """Beyond that the repeats wait; a new case never does."""
    with changed(story.brigade.contacts / "regio.yaml", "dubbel_binnen: 30m", "dubbel_binnen: 0m"):
        await story.says("vandijk", "herlaad")
        for n in range(4):
            await story.says("bakker", f"alarm Waterbrug: zaak {n}")
        for n in range(3):
            await story.says("mulder", f"alarm Polderdam: zaak {n}")
        assert len(await pages(story, "vandijk")) == 7
        story.heeds_everything()
        await story.passes(minutes=2, seconds=30)
        assert 7 < len(await pages(story, "vandijk")) <= 12
        story.heeds_everything()
    await story.says("vandijk", "herlaad")
