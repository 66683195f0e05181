"""Every way to say yes, no or later to a page, and what people do around it: twice, too late, by mistake, for another."""

import pytest

from tests.night.told import all_but, only_the_coordinator, plain
from tests.story import CALLED, Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    "text",
    ["1", "Ja!", "OK", "ik kom eraan", "ben onderweg", "coming", "1 2026", "👍"],
)  # fmt: skip
async def test_a_yes_in_words(story: Story, text: str) -> None:
    await only_the_coordinator(story)
    story.expects_page("vandijk")
    await story.says("vandijk", text)
    story.hears("vandijk", "Genoteerd, je komt")
    assert await story.page("p1") == "acknowledged"
    await story.passes(minutes=3)  # and nobody is called again


@pytest.mark.parametrize(
    ("text", "minutes"), [("15", 15), ("over 20 minuten", 20), ("over een kwartier", 15), ("30 min", 30)]
)
async def test_a_yes_with_a_time(story: Story, text: str, minutes: int) -> None:
    await only_the_coordinator(story)
    story.expects_page("vandijk")
    await story.says("vandijk", text)
    story.hears("vandijk", f"je komt over {minutes} min")
    assert (await story.incident()).pages["p1"].eta_minutes == minutes  # type: ignore[index]


@pytest.mark.parametrize("text", ["0", "nee", "ik kan niet", "can't"])
async def test_a_no_in_words(story: Story, text: str) -> None:
    await story.alarm()
    await story.says("jansen", text)
    story.hears("jansen", "Ik roep nu De Vries op")
    story.expects_page("devries", "cyber")
    await story.answers("devries")
    assert (await story.call("expert_cyber")).by == "devries"


@pytest.mark.parametrize("key", ["✅", "👍🏻", "☑️"])
async def test_a_yes_by_a_tap_in_any_look(story: Story, key: str) -> None:
    await only_the_coordinator(story)
    page = story.expects_page("vandijk")
    await story.reacts("vandijk", page, key)
    story.hears("vandijk", "Genoteerd, je komt")


@pytest.mark.parametrize("key", ["❌", "👎🏽"])
async def test_a_no_by_a_tap_in_any_look(story: Story, key: str) -> None:
    await story.alarm()
    page = next(s for s in story._new("deboer") if s.body.startswith("🚨"))
    await story.reacts("deboer", page, key)
    story.hears("deboer", "Ik roep nu Peters op")
    story.expects_page("peters")
    await story.says("peters", "coming")
    story.hears("peters", "You are coming")


@pytest.mark.parametrize("key", ["🍕", "👀", "nee"])
async def test_a_tap_that_says_nothing_answers_nothing(story: Story, key: str) -> None:
    await only_the_coordinator(story)
    page = story.expects_page("vandijk")
    await story.reacts("vandijk", page, key)
    assert await story.page("p1") == "open"
    story.hears_nothing("vandijk", "Genoteerd")


async def test_somebody_elses_page_cannot_be_answered(story: Story) -> None:
    await story.alarm()
    page = next(s for s in story._new("jansen") if s.body.startswith("🚨"))
    relation = {"rel_type": "m.annotation", "event_id": page.event_id, "key": "✅"}
    room = await story.room("deboer", "direct")
    await story.sent(await story.peer("deboer")._put(room, "m.reaction", {"m.relates_to": relation}))
    assert (await story.call("expert_cyber")).state == "calling"
    assert (await story.call("expert_cter")).state == "calling"


@pytest.mark.on_synapse
async def test_a_repeat_is_answered_as_well_as_the_first(story: Story) -> None:
    await only_the_coordinator(story)
    story.expects_page("vandijk")
    await story.escalates(2)
    again = story.expects_page("vandijk", "Herhaling 2")
    await story.reacts("vandijk", again, "✅")
    story.hears("vandijk", "Genoteerd, je komt")
    await story.escalates(4)


async def test_the_first_page_is_tapped_after_its_repeat_came(story: Story) -> None:
    await only_the_coordinator(story)
    first = story.expects_page("vandijk")
    await story.escalates(2)
    story.expects_page("vandijk", "Herhaling 2")
    await story.reacts("vandijk", first, "✅")
    story.hears("vandijk", "Genoteerd, je komt")


@pytest.mark.on_synapse
async def test_a_message_in_the_room_is_an_answer(story: Story) -> None:
    await only_the_coordinator(story)
    story.expects_page("vandijk")
    await story.joins("bakker", "vandijk")
    assert await story.page("p1") == "open"  # being there says nothing
    await story.says("vandijk", "ik lees even mee", where="room")
    story.hears("vandijk", "Genoteerd, je komt")


async def test_any_words_in_the_direct_room_are_an_answer(story: Story) -> None:
    await only_the_coordinator(story)
    story.expects_page("vandijk")
    await story.says("vandijk", "jeetje wat een gedoe, even wakker worden")
    story.hears("vandijk", "Genoteerd, je komt")


@pytest.mark.on_synapse
async def test_a_no_after_a_yes_calls_the_next(story: Story) -> None:
    await all_but(story)
    await story.passes(minutes=3)
    await story.says("jansen", "0")
    story.hears("jansen", "Ik roep nu De Vries op")
    story.expects_page("devries", "cyber")
    assert (await story.call("expert_cyber")).by is None
    await story.answers("devries")


@pytest.mark.on_synapse
async def test_a_yes_after_a_no_is_welcome(story: Story) -> None:
    await all_but(story, "jansen")
    await story.says("jansen", "0")
    story.hears("jansen", "Ik roep nu De Vries op")
    story.expects_page("devries", "cyber")
    await story.says("jansen", "1")
    story.hears("jansen", "Genoteerd, je komt")
    story.hears("devries", "is voorbij: Jansen komt")
    await story.escalates(3)


@pytest.mark.parametrize("seconds", [1, 30, 59])
async def test_a_tick_taken_back_in_time_pages_on(story: Story, seconds: int) -> None:
    await only_the_coordinator(story)
    page = story.expects_page("vandijk")
    tick = await story.reacts("vandijk", page, "✅")
    story.hears("vandijk", "Genoteerd, je komt")
    await story.passes(seconds=seconds)
    await story.takes_back("vandijk", tick)
    story.hears("vandijk", "teruggenomen")
    assert await story.page("p1") == "open"
    await story.escalates(2)
    story.expects_page("vandijk", "Herhaling 2")  # the waits begin anew


@pytest.mark.on_synapse
async def test_a_no_taken_back_while_the_reserve_is_called(story: Story) -> None:
    await all_but(story, "jansen")
    page = next(s for s in story._new("jansen") if s.body.startswith("🚨"))
    cross = await story.reacts("jansen", page, "❌")
    story.hears("jansen", "Ik roep nu De Vries op")
    story.expects_page("devries")
    await story.takes_back("jansen", cross)
    story.hears("jansen", "teruggenomen")
    await story.answers("jansen")
    assert (await story.call("expert_cyber")).by == "jansen"
    story.heeds_everything()


@pytest.mark.on_synapse
async def test_two_people_say_yes_in_the_same_second(story: Story) -> None:
    await all_but(story, "jansen")
    await story.escalates(5)
    story.expects_page("jansen", "Herhaling 2")
    story.expects_page("devries")
    jansen, devries = story.peer("jansen"), story.peer("devries")
    first = await jansen.say(await story.room("jansen", "direct"), "1")
    second = await devries.say(await story.room("devries", "direct"), "1")
    story.said += [first, second]
    await story.settle()
    call = await story.call("expert_cyber")
    assert call.state == "answered"
    assert call.by in ("jansen", "devries")
    assert [page.state for page in (await story.incident()).pages.values()].count("open") == 0
    story.heeds_everything()


async def test_a_yes_said_five_times_is_one_yes(story: Story) -> None:
    await plain(story)
    before = await story.entries()
    for _ in range(5):
        await story.says("vandijk", "1")
        assert "al beantwoord" in await story.last("vandijk")
    assert await story.entries() == before


@pytest.mark.on_synapse
async def test_a_yes_when_the_case_is_closed(story: Story) -> None:
    await story.alarm()
    await story.says("vandijk", "sluit")
    await story.says("vandijk", "sluit ja het is rustig")
    await story.says("jansen", "1")
    assert "oproep" in await story.last("jansen")
    story.heeds_everything()
    assert (await story.call("expert_cyber")).state == "calling"


@pytest.mark.on_synapse
async def test_the_coordinator_takes_a_role_over_and_its_page_ends(story: Story) -> None:
    await all_but(story, "jansen")
    await story.says("vandijk", "neem over cyber")
    call = await story.call("expert_cyber")
    assert (call.state, call.by) == ("answered", "vandijk")
    story.heeds_everything()
    await story.escalates(6)
    story.hears_nothing("devries")
    story.hears_nothing("jansen", "Herhaling")


async def test_an_expert_may_not_take_over(story: Story) -> None:
    await all_but(story, "jansen")
    await story.says("deboer", "neem over cyber")
    assert "mag je hier niet" in await story.last("deboer")
    assert (await story.call("expert_cyber")).state == "calling"


async def test_minutes_beyond_reason_are_asked_about(story: Story) -> None:
    await only_the_coordinator(story)
    story.expects_page("vandijk")
    await story.says("vandijk", "100000")
    assert await story.page("p1") in ("open", "acknowledged")
    story.heeds_everything()


async def test_an_answer_by_the_number_of_another_case(story: Story) -> None:
    await all_but(story, "jansen")
    await story.says("jansen", "1 2025-999")
    story.heeds_everything()
    assert (await story.call("expert_cyber")).state in ("calling", "answered")
    assert len(CALLED) == 8
