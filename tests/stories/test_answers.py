"""Who is called answers with a tap, a number or a word; who cannot or does not is followed by the next, up to the coordinator."""

import pytest

from tests.story import CALLED, Story

pytestmark = pytest.mark.asyncio(loop_scope="session")

PLAIN = "alarm Waterbrug: er is iets raars aan de hand op internet"  # no phenomenon: the coordinator alone is called


async def only_the_coordinator(story: Story) -> None:
    await story.says("bakker", PLAIN)
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")


async def test_a_tick_a_digit_minutes_and_a_message_in_the_room_are_all_answers(story: Story) -> None:
    await story.says("bakker", "alarm Waterbrug rellen: oproep op TikTok")
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    pages = {person: story.expects_page(person) for person in CALLED}
    await story.reacts("jansen", pages["jansen"], "✅")
    assert "Escalatie stopt" in story.hears("jansen", "Genoteerd, je komt").body
    await story.answers("deboer", "1")
    await story.says("hendriks", "15")
    story.hears("hendriks", "je komt over 15 min")
    await story.joins("vandenberg", "vandijk")  # joining is no answer
    assert await story.page("p8") == "open"
    await story.says("vandenberg", "ik zit achter mijn laptop, wat weten we al", where="room")
    story.hears("vandenberg", "Genoteerd, je komt")
    answered = {p.person for p in (await story.incident()).pages.values() if p.state == "acknowledged"}
    assert answered == {"jansen", "deboer", "hendriks", "vandenberg"}
    # each is told in the room, without ringing anybody
    room = "\n".join(await story.texts("vandijk", "room"))
    for name in ("Jansen (cyber) komt", "De Boer (CTER) komt", "Hendriks (ondermijning) komt over 15 min"):
        assert name in room
    # and the page itself now says so
    assert any(text.startswith("✅ Aangenomen") for text in await story.texts("jansen"))


async def test_who_comes_can_still_say_when(story: Story) -> None:
    await only_the_coordinator(story)
    story.expects_page("vandijk")
    await story.answers("vandijk")
    await story.says("vandijk", "over een kwartier")
    story.hears("vandijk", "je komt over 15 min")
    await story.says("vandijk", "1")
    assert "al beantwoord" in await story.last("vandijk")


async def test_a_no_calls_the_reserve_at_once(story: Story) -> None:
    await story.alarm()
    await story.says("jansen", "0")
    story.hears("jansen", "Ik roep nu De Vries op")
    page = story.expects_page("devries", "cyber")
    await story.reacts("devries", page, "👎🏿")
    story.hears("devries", "Ik roep nu Van Dijk op")
    story.expects_page("vandijk", "cyber")  # the third step of the policy is the coordinator


async def test_silence_goes_by_repeat_and_reserve_to_the_coordinator_who_takes_over(story: Story) -> None:
    await story.alarm()
    for person in CALLED:
        if person != "jansen":
            await story.answers(person)
    await story.escalates(2)
    story.expects_page("jansen", "Herhaling 2")
    story.hears_nothing("devries")
    await story.escalates(3)
    story.expects_page("devries", "cyber")
    await story.escalates(2)
    story.expects_page("devries", "Herhaling 2")
    await story.escalates(3)
    story.expects_page("vandijk", "cyber")
    await story.escalates(3)
    story.expects_page("vandijk", "Herhaling 2")
    await story.escalates(3)
    story.expects_page("vandijk", "Herhaling 3")
    await story.escalates(4)
    story.hears("vandijk", "Niemand bereikt voor cyber ·")
    await story.says("vandijk", "neem over")
    call = await story.call("expert_cyber")
    assert (call.state, call.by) == ("answered", "vandijk")
    await story.joins("vandijk")
    room = "\n".join(await story.texts("vandijk", "room"))
    assert "Jansen niet bereikt voor cyber" in room
    assert "Van Dijk neemt cyber over" in room


async def test_a_late_answer_is_welcome(story: Story) -> None:
    await story.alarm()
    for person in CALLED:
        if person != "jansen":
            await story.answers(person)
    await story.escalates(5)
    story.expects_page("jansen", "Herhaling 2")
    story.expects_page("devries")
    await story.answers("devries")
    await story.says("jansen", "1")
    late = story.hears("jansen", "De Vries is er al")
    assert "Jij bent ook welkom" in late.body
    assert (await story.call("expert_cyber")).by == "devries"


async def test_late_but_before_anybody_else(story: Story) -> None:
    await story.alarm()
    for person in CALLED:
        if person != "jansen":
            await story.answers(person)
    await story.escalates(5)
    story.expects_page("jansen", "Herhaling 2")
    story.expects_page("devries")
    await story.answers("jansen")
    story.hears("devries", "is voorbij: Jansen komt")  # a notice: whoever sleeps on is not rung again
    await story.escalates(3)


async def test_a_tick_taken_away_within_a_minute_and_after_it(story: Story) -> None:
    await only_the_coordinator(story)
    page = story.expects_page("vandijk")
    tick = await story.reacts("vandijk", page, "✅")
    story.hears("vandijk", "Genoteerd, je komt")
    await story.passes(seconds=30)
    await story.takes_back("vandijk", tick)
    story.hears("vandijk", "teruggenomen")
    assert await story.page("p1") == "open"
    again = await story.reacts("vandijk", page, "✅")
    story.hears("vandijk", "Genoteerd, je komt")
    await story.passes(seconds=65)
    await story.takes_back("vandijk", again)
    assert "Terugnemen kan één minuut" in await story.last("vandijk")
    assert await story.page("p1") == "acknowledged"


async def test_two_open_pages_are_listed_and_named(story: Story) -> None:
    await story.alarm("bakker")
    first = await story.number()
    await story.says("mulder", "alarm Polderdam rellen: oproep op snapchat")
    story.hears("mulder", "Alarm ontvangen")
    story.hears("mulder", "De kamer is open")
    second = await story.number()
    for person in CALLED:
        story.expects_page(person, second)
    await story.says("jansen", "1")
    asked = await story.last("jansen")
    assert "Welke bedoel je?" in asked
    assert first in asked
    assert second in asked
    await story.says("jansen", f"1 {first}")
    assert first in story.hears("jansen", "Genoteerd, je komt").body
    await story.says("jansen", f"0 {second}")
    story.hears("jansen", "Ik roep nu De Vries op")
    story.expects_page("devries", second)
    await story.says("jansen", "1")  # nothing waits any more: who could not come to the newest now can
    assert second in story.hears("jansen", "Genoteerd, je komt").body
    story.hears("devries", "is voorbij: Jansen komt")


async def test_a_stray_yes_finds_no_page(story: Story) -> None:
    await story.says("mulder", "1")
    assert "geen oproep" in await story.last("mulder")
