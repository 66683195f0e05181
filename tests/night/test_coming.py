"""A yes holds until nothing comes of it, two may be wanted of one role, and at the end of a shift a role changes hands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.domain.ids import RoleId
from bot.matrix.peer import Seen
from tests.night.phones import Phones, asleep
from tests.night.told import all_but, only_the_coordinator, plain
from tests.stories.test_accidents import changed
from tests.story import CALLED, Story

pytestmark = pytest.mark.asyncio(loop_scope="session")
CYBER, CTER = RoleId("expert_cyber"), RoleId("expert_cter")


async def comes_in_a_quarter(story: Story) -> None:
    """Jansen says that he comes in fifteen minutes, and is not in the room."""
    await plain(story)
    await story.says("vandijk", "roep cyber")
    story.expects_page("jansen", "cyber")
    await story.says("jansen", "15")
    story.hears("jansen", "15 min")


async def asked_whether_he_comes(story: Story) -> Seen:
    """Fifteen minutes, and the ten of the margin."""
    await story.passes(minutes=24, seconds=50)
    story.hears_nothing("jansen", "Kom je nog?")
    await story.passes(seconds=20)
    return story.hears("jansen", "Kom je nog? cyber")


# --- a yes is a lease ---------------------------------------------------------------------------------------------------


@pytest.mark.on_synapse
async def test_who_does_not_come_in_time_is_asked_again_and_then_followed_by_the_reserve(story: Story) -> None:
    await comes_in_a_quarter(story)
    await asked_whether_he_comes(story)
    await story.passes(minutes=4, seconds=30)
    story.hears_nothing("devries")
    await story.passes(seconds=40)
    story.expects_page("devries", "cyber")
    assert any("gaf geen teken van leven" in text for text in await story.texts("vandijk", "room"))
    await story.answers("devries")
    call = await story.call(CYBER)
    assert (call.by, call.state) == ("devries", "answered")
    await story.says("jansen", "1")  # and may still come
    story.heeds_everything()
    assert (await story.call(CYBER)).by == "devries"


@pytest.mark.parametrize("sign", ["1", "✅", "10", "room"])
async def test_a_sign_of_life_stops_the_question(story: Story, sign: str) -> None:
    await comes_in_a_quarter(story)
    question = await asked_whether_he_comes(story)
    match sign:
        case "✅":
            await story.reacts("jansen", question, sign)
        case "room":
            await story.joins("jansen")
        case _:
            await story.says("jansen", sign)
    await story.passes(minutes=6)
    story.hears_nothing("devries")
    assert (await story.call(CYBER)).by == "jansen"
    story.heeds_everything()


async def test_a_no_to_the_question_calls_the_reserve_at_once(story: Story) -> None:
    await comes_in_a_quarter(story)
    question = await asked_whether_he_comes(story)
    await story.reacts("jansen", question, "❌")
    story.expects_page("devries", "cyber")
    story.heeds_everything()
    await story.answers("devries")


@pytest.mark.on_synapse
async def test_a_restart_in_between_keeps_the_lease(story: Story) -> None:
    await comes_in_a_quarter(story)
    await story.passes(minutes=10)
    await story.crash_and_restart()
    await story.passes(minutes=14, seconds=30)
    story.hears_nothing("jansen", "Kom je nog?")
    await story.passes(seconds=40)
    story.hears("jansen", "Kom je nog?")
    await story.crash_and_restart()
    story.hears_nothing("jansen", "Kom je nog?")
    await story.passes(minutes=5, seconds=5)
    story.expects_page("devries", "cyber")
    await story.answers("devries")


async def test_who_said_yes_by_telephone_is_asked_again_by_telephone(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen", channels=("voice",))
    await phones.passes("jansen", 120)
    phones.rings("jansen", "voice")
    story.expects_page("jansen", "Herhaling 2")
    await phones.presses("jansen", "1")
    story.hears("jansen", "Genoteerd, je komt")
    for person in ("vandijk", "dejong", "willems", "deboer", "dewit", "hendriks", "vandenberg"):
        await story.joins(person)
    await story.passes(minutes=40)
    story.hears("jansen", "Kom je nog?")
    phones.rings("jansen", "voice")
    assert "Je komt" in await phones.presses("jansen", "1")
    story.heeds_everything()
    await story.passes(minutes=6)
    assert (await story.call(CYBER)).by == "jansen"
    story.hears_nothing("devries")


# --- two of one role ----------------------------------------------------------------------------------------------------


@asynccontextmanager
async def two_of_cter(story: Story) -> AsyncIterator[None]:
    """The region wants two of CTER for every case."""
    region = story.brigade.contacts / "regio.yaml"
    with changed(region, "  bedenktijd: 30s", "  aantal: {expert_cter: 2}\n  bedenktijd: 30s"):
        await story.says("vandijk", "herlaad")
        try:
            yield
        finally:
            await story.brigade.recovers()
    await story.says("vandijk", "herlaad")


async def test_two_are_called_at_once_and_both_are_waited_for(story: Story) -> None:
    async with two_of_cter(story):
        await story.alarm()
        story.expects_page("peters")
        await story.answers("deboer")
        assert (await story.call(CTER)).state == "calling"
        assert await page_state(story, "peters") == "open"
        await story.says("peters", "1")
        story.hears("peters", "You are coming")
        call = await story.call(CTER)
        assert (call.state, call.holders) == ("answered", ("deboer", "peters"))
        story.heeds_everything()


async def page_state(story: Story, person: str) -> str:
    pages = [p for p in (await story.incident()).pages.values() if p.person == person]
    return pages[-1].state


async def test_a_no_of_one_of_two_moves_on_at_once_and_the_other_stays(story: Story) -> None:
    async with two_of_cter(story):
        await story.alarm()
        story.expects_page("peters")
        for person in ("vandijk", "deboer"):
            await story.answers(person)
        await story.says("peters", "0")
        story.hears("peters", "Van Dijk")
        story.expects_page("vandijk", "CTER")
        call = await story.call(CTER)
        assert (call.state, call.holders) == ("calling", ("deboer",))
        story.heeds_everything()
        await story.says("vandijk", "0")
        assert (await story.call(CTER)).state == "exhausted"
        assert any("1 van 2" in text for text in await story.texts("vandijk"))
        story.heeds_everything()


# --- the end of a shift -------------------------------------------------------------------------------------------------


async def until_four(story: Story) -> None:
    """De Vries stands in for Jansen until four at night, comes for a case and is in its room; it becomes four."""
    await story.says("devries", "ik neem cyber over tot 04:00")
    story.heeds_everything()
    await plain(story)
    await story.says("vandijk", "roep cyber")
    story.expects_page("devries", "cyber")
    await story.answers("devries")
    await story.joins("devries")
    await story.passes(minutes=54)
    story.hears_nothing("jansen")
    await story.passes(minutes=2)


async def test_at_the_end_of_a_shift_the_role_is_offered_and_a_tick_takes_it(story: Story) -> None:
    await until_four(story)
    offer = story.hears("jansen", "Overdracht cyber: De Vries → jou")
    assert (await story.call(CYBER)).by == "devries"
    await story.reacts("jansen", offer, "✅")
    call = await story.call(CYBER)
    assert (call.by, call.offered_to) == ("jansen", None)
    assert any("Jansen heeft overgenomen van De Vries" in text for text in await story.texts("vandijk", "room"))
    await story.passes(minutes=31)
    story.hears_nothing("jansen", "Overdracht")
    story.heeds_everything()


async def test_without_an_answer_the_first_stays_responsible(story: Story) -> None:
    await until_four(story)
    story.hears("jansen", "Overdracht cyber")
    for _ in range(2):
        await story.passes(minutes=15)
        story.hears("jansen", "Overdracht cyber")
        assert (await story.call(CYBER)).by == "devries"
    await story.passes(minutes=60)  # three times is enough: people must arrange it
    story.hears_nothing("jansen", "Overdracht")
    assert any("cyber" in text and "Jansen" in text for text in await story.texts("vandijk", "management"))
    assert (await story.call(CYBER)).by == "devries"
    story.heeds_everything()


async def test_a_successor_who_puts_it_off_is_asked_later(story: Story) -> None:
    await until_four(story)
    story.hears("jansen", "Overdracht cyber")
    await story.says("jansen", "nog niet")
    assert any("Jansen neemt nog niet over" in text for text in await story.texts("vandijk", "room"))
    await story.passes(minutes=14)
    story.hears_nothing("jansen", "Overdracht")
    await story.passes(minutes=2)
    story.hears("jansen", "Overdracht cyber")
    await story.says("jansen", "ik neem over")
    assert (await story.call(CYBER)).by == "jansen"
    story.heeds_everything()


async def test_a_restart_at_the_end_of_a_shift_offers_the_role_once(story: Story) -> None:
    await until_four(story)
    offer = story.hears("jansen", "Overdracht cyber")
    await story.crash_and_restart()
    story.hears_nothing("jansen", "Overdracht")
    await story.reacts("jansen", offer, "❌")
    assert (await story.call(CYBER)).by == "devries"
    await story.reacts("jansen", offer, "✅")
    assert (await story.call(CYBER)).by == "jansen"
    story.heeds_everything()


async def test_somebody_else_cannot_take_the_offered_role(story: Story) -> None:
    await until_four(story)
    story.hears("jansen", "Overdracht cyber")
    await story.says("deboer", "ik neem over")
    assert (await story.call(CYBER)).by == "devries"
    story.heeds_everything()


async def test_a_shift_that_was_made_longer_meanwhile_is_not_handed_over(story: Story) -> None:
    await story.says("devries", "ik neem cyber over tot 04:00")
    story.heeds_everything()
    await plain(story)
    await story.says("vandijk", "roep cyber")
    story.expects_page("devries", "cyber")
    await story.answers("devries")
    await story.joins("devries")
    await story.says("devries", "ik neem cyber over van 04:00 tot 06:00")
    story.heeds_everything()
    await story.passes(minutes=70)
    story.hears_nothing("jansen", "Overdracht")
    assert (await story.call(CYBER)).by == "devries"
    story.heeds_everything()


async def test_nobody_is_asked_whether_they_come_after_all_came(story: Story) -> None:
    await all_but(story)
    await story.joins("bakker", *CALLED)
    await story.passes(minutes=55)
    for person in CALLED:
        story.hears_nothing(person, "Kom je nog?")
    story.heeds_everything()
    await only_the_coordinator(story)
    story.heeds_everything()
