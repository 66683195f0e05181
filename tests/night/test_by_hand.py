"""What a coordinator does by hand: somebody by name, the next without waiting, a role taken over, and numbers to call oneself."""

import pytest

from bot.domain.ids import RoleId
from tests.night.phones import EVERY, Phones, address, asleep
from tests.night.told import all_but, plain
from tests.story import Story

pytestmark = pytest.mark.asyncio(loop_scope="session")
CYBER = RoleId("expert_cyber")


async def card(story: Story) -> str:
    """The status card of the room as it reads now."""
    texts = await story.texts("vandijk", "room")
    return next(text for text in texts if text.startswith("📍"))


@pytest.mark.on_synapse
async def test_somebody_called_by_name_is_called_over_all_their_phones(story: Story, phones: Phones) -> None:
    await phones.given("devries")
    await plain(story)
    await story.says("vandijk", "roep @devries")
    story.expects_page("devries", "cyber")
    phones.rings("devries", "ntfy")
    await phones.passes("devries", 60)
    for channel in EVERY[1:3]:
        phones.rings("devries", channel)
    await phones.texts("devries", "15")
    phones.rings("devries", "sms", "je komt over 15 min")
    story.hears("devries", "15 min")
    assert (await story.call(CYBER)).by == "devries"


async def test_calling_the_reserve_leaves_the_first_his_turn(story: Story) -> None:
    await all_but(story, "jansen")
    await story.says("vandijk", "roep cyber reserve")
    story.expects_page("devries", "cyber")
    await story.answers("devries")
    call = await story.call(CYBER)
    assert (call.by, call.state) == ("devries", "answered")
    story.heeds_everything()
    await story.escalates(3)
    story.hears_nothing("jansen", "🚨")  # his page ended with her yes


async def test_who_is_called_already_is_not_called_twice(story: Story) -> None:
    await plain(story)
    await story.says("vandijk", "roep cyber")
    story.expects_page("jansen", "cyber")
    await story.says("vandijk", "roep @jansen")
    assert "is al opgeroepen" in await story.last("vandijk")
    await story.says("vandijk", "roep cyber")
    assert "is al opgeroepen" in await story.last("vandijk")
    await story.answers("jansen")


async def test_nobody_of_that_name_and_nobody_on_call(story: Story) -> None:
    await plain(story)
    before = await story.entries()
    await story.says("vandijk", "roep @nieman")
    await story.says("vandijk", "roep iog reserve zaterdag")
    assert await story.entries() == before
    story.heeds_everything()


async def test_a_stale_click_to_go_on_without_waiting_is_refused(story: Story) -> None:
    await all_but(story, "jansen")
    await story.joins("vandijk")
    await story.says("jansen", "0")
    story.hears("jansen", "Ik roep nu De Vries op")
    story.expects_page("devries", "cyber")
    room = await story.room("vandijk", "room")
    note = next(s for s in story._new("vandijk") if s.room_id == room and "De Vries" in s.body and "cyber" in s.body)
    await story.answers("devries")
    before = await story.entries()
    await story.reacts("vandijk", note, "🆘")
    assert await story.entries() == before
    assert (await story.call(CYBER)).by == "devries"
    await story.says("vandijk", "escaleer cyber")
    assert "Dit is al verder" in await story.last("vandijk")
    assert await story.entries() == before
    story.heeds_everything()


async def test_going_on_without_waiting_withdraws_nothing_that_may_still_be_answered(
    story: Story, phones: Phones
) -> None:
    await asleep(story, phones, "jansen")
    await story.says("vandijk", "escaleer cyber")
    story.expects_page("devries", "cyber")
    await phones.passes("devries", 61)
    phones.silent("jansen")  # his ladder ended there
    await phones.taps("jansen", "Ik kom")  # the notice still stands, and his yes counts
    story.heeds_everything()
    assert (await story.call(CYBER)).by == "jansen"
    assert phones.still("jansen") == []


async def test_a_role_taken_over_silences_who_was_called(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen")
    await phones.passes("jansen", 60)
    phones.rings("jansen", "mail")
    phones.rings("jansen", "sms")
    await story.says("vandijk", "neem over cyber")
    assert "Van Dijk heeft de oproep" in phones.rings("jansen", "sms").text
    story.hears("jansen", "voorbij: Van Dijk komt")
    assert phones.still("jansen") == []
    assert (await story.call(CYBER)).by == "vandijk"
    await story.escalates(5)
    phones.silent("jansen")
    story.hears_nothing("jansen", "🚨")
    story.hears_nothing("devries")


async def test_numbers_are_shown_to_the_coordinator_alone_and_recorded(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen", "deboer", channels=("voice",))
    number = address("jansen", "voice")
    for person in ("deboer", "bakker"):
        await story.says(person, "toon nummers")
        assert "mag" in await story.last(person)
        assert number[-8:] not in await story.last(person)
    story.heeds_everything()
    assert "numbers.shown" not in await story.entries()
    await story.says("vandijk", "toon nummers")
    told = await story.last("vandijk")
    assert number in told
    assert address("deboer", "voice") in told
    assert "Dienstnummer van de regio: 085-0000000" in told
    assert "Van Dijk:" not in told  # who came needs no call
    assert (await story.entries()).count("numbers.shown") == 1
    for line in story.logged:
        assert number[-8:] not in str(line)
    story.heeds_everything()


async def test_the_card_counts_who_comes(story: Story) -> None:
    await all_but(story, "jansen", "deboer", "hendriks", "vandenberg")
    await story.joins("vandijk")
    assert "8 gevraagd · 4 komen" in await card(story)
    await story.says("jansen", "15")
    story.hears("jansen", "15 min")
    arrival = (story.brigade.now + story.minutes(15)).astimezone().strftime(":%M")
    assert "8 gevraagd · 4 komen · 1 onderweg" in await card(story)
    assert arrival in await card(story)
    await story.passes(minutes=5)
    assert "onbereikbaar" in await card(story)
    story.heeds_everything()


async def test_when_nobody_is_left_the_room_reads_whom_to_call_by_hand(story: Story) -> None:
    await plain(story)
    await story.says("vandijk", "roep cyber")
    story.expects_page("jansen", "cyber")
    for minutes in (5, 5):
        await story.passes(minutes=minutes, seconds=1)
    story.expects_page("devries", "cyber")
    story.expects_page("vandijk", "cyber")  # the coordinator is the last who is asked
    await story.passes(minutes=10, seconds=1)
    assert (await story.call(CYBER)).state == "exhausted"
    told = story.hears("vandijk", "Niemand bereikt voor cyber").body
    assert "Dienstnummer van de regio: 085-0000000" in told
    room = "\n".join(await story.texts("vandijk", "room"))
    assert "🆘" in room
    assert "Bel zelf: Jansen, De Vries, Van Dijk" in room
    assert "085-0000000" in room
    story.heeds_everything()
    await story.reacts("vandijk", next(s for s in story._new("vandijk") if s.body == told), "✅")
    assert (await story.call(CYBER)).by == "vandijk"
    story.heeds_everything()
