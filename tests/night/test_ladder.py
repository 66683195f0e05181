"""Who sleeps through the chat is woken by what is louder, in order and to the second; and an answer over any of it ends it all."""

import pytest

from tests.night.phones import EVERY, Phones, asleep
from tests.night.told import all_but
from tests.story import CALLED, RIOT, Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def rung_by_text(story: Story, phones: Phones, *people: str) -> None:
    """A minute after the page: mail and a text message."""
    await phones.passes(people[0], 60)
    for person in people:
        phones.rings(person, "mail", "OPROEP")
        phones.rings(person, "sms", "OPROEP")


async def rung_by_telephone(story: Story, phones: Phones, person: str) -> None:
    await rung_by_text(story, phones, person)
    await phones.passes(person, 120)
    story.expects_page(person, "Herhaling 2")
    phones.rings(person, "voice")


async def quiet_from_here(story: Story, phones: Phones, person: str) -> None:
    """Nothing follows an answer: no second call, no repeat, no next person."""
    assert phones.still(person) == []
    await story.escalates(6)
    phones.silent(person)
    story.hears_nothing(person, "🚨")


@pytest.mark.on_synapse
async def test_quiet_first_and_loud_later_to_the_second(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen")
    await phones.passes("jansen", 59)
    phones.silent("jansen")
    await phones.passes("jansen", 60)
    phones.rings("jansen", "mail")
    phones.rings("jansen", "sms")
    await phones.passes("jansen", 119)
    phones.silent("jansen")
    await phones.passes("jansen", 120)
    phones.rings("jansen", "voice")
    story.expects_page("jansen", "Herhaling 2")
    await phones.passes("jansen", 209)
    phones.silent("jansen")
    await phones.passes("jansen", 210)
    phones.rings("jansen", "voice")
    await phones.passes("jansen", 299)
    story.hears_nothing("devries")
    await phones.passes("jansen", 300)
    story.expects_page("devries", "cyber")
    came = {channel: await phones.after("jansen", channel) for channel in EVERY}
    assert came == {"ntfy": [0], "mail": [60], "sms": [60], "voice": [120, 210]}


async def test_what_somebody_does_not_have_is_passed_over_and_not_waited_for(story: Story, phones: Phones) -> None:
    await phones.given("jansen", channels=("voice",))
    await phones.given("deboer", channels=("sms",))
    await all_but(story, "jansen", "deboer")
    phones.silent("jansen")
    phones.silent("deboer")
    await phones.passes("jansen", 60)
    phones.rings("deboer", "sms")
    phones.silent("jansen")
    await phones.passes("jansen", 120)
    for person in ("jansen", "deboer"):
        story.expects_page(person, "Herhaling 2")
    phones.rings("jansen", "voice")
    await story.answers("deboer")
    await story.answers("jansen")


async def test_who_has_the_chat_alone_is_called_by_the_chat_alone(story: Story, phones: Phones) -> None:
    await phones.given("jansen")
    await all_but(story, "deboer")
    phones.rings("jansen", "ntfy")  # taken back at the answer
    await story.passes(minutes=2)
    story.expects_page("deboer", "Herhaling 2")
    await story.passes(minutes=3)
    story.expects_page("peters")
    story.heeds_everything()
    assert "page.tried" not in (await story.entries())[-12:]


async def test_a_yes_by_text_message_is_echoed_there_and_ends_the_ladder(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen", "deboer")
    await rung_by_text(story, phones, "jansen", "deboer")
    await phones.texts("jansen", "1")
    story.hears("jansen", "Genoteerd, je komt")
    assert "Genoteerd, je komt: cyber" in phones.rings("jansen", "sms").text
    assert phones.still("jansen") == []  # the push was taken back
    assert phones.still("deboer") == ["ntfy"]  # and only hers
    page = await phones.page("jansen")
    assert (page.state, page.eta_minutes) == ("acknowledged", None)
    await phones.passes("deboer", 120)  # others go on
    phones.rings("deboer", "voice")
    story.expects_page("deboer", "Herhaling 2")
    phones.silent("jansen")
    await phones.texts("deboer", "ja")
    phones.rings("deboer", "sms", "Genoteerd, je komt")
    story.hears("deboer", "Genoteerd, je komt")
    await quiet_from_here(story, phones, "deboer")


async def test_minutes_by_text_message_are_a_yes_with_a_time(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen")
    await rung_by_text(story, phones, "jansen")
    await phones.texts("jansen", "15")
    story.hears("jansen", "15 min")
    assert "je komt over 15 min" in phones.rings("jansen", "sms").text
    assert (await phones.page("jansen")).eta_minutes == 15
    await quiet_from_here(story, phones, "jansen")


async def test_a_no_by_text_message_calls_the_reserve_at_once_over_her_own_phones(story: Story, phones: Phones) -> None:
    await phones.given("devries")
    await asleep(story, phones, "jansen")
    await rung_by_text(story, phones, "jansen")
    await phones.texts("jansen", "0")
    assert "je kunt niet" in phones.rings("jansen", "sms").text
    story.hears("jansen", "Ik roep nu De Vries op")
    story.expects_page("devries", "cyber")
    phones.rings("devries", "ntfy")
    assert await phones.after("devries", "ntfy") == [0]
    await phones.taps("devries", "Ik kom")
    story.hears("devries", "Genoteerd, je komt")
    await quiet_from_here(story, phones, "jansen")
    phones.silent("devries")


async def test_a_key_is_an_answer_and_is_read_back(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen")
    await rung_by_telephone(story, phones, "jansen")
    assert await phones.presses("jansen", "1") == "Genoteerd. Je komt."
    story.hears("jansen", "Genoteerd, je komt")
    assert (await story.call("expert_cyber")).by == "jansen"
    await quiet_from_here(story, phones, "jansen")
    assert phones.came("jansen", "voice") == 1


async def test_a_no_by_key_calls_the_reserve_at_once(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen")
    await rung_by_telephone(story, phones, "jansen")
    assert "Je kunt niet" in await phones.presses("jansen", "0")
    story.hears("jansen", "Ik roep nu De Vries op")
    story.expects_page("devries", "cyber")
    await story.answers("devries")
    await quiet_from_here(story, phones, "jansen")


async def test_a_wrong_key_is_said_and_the_right_one_still_counts(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen")
    await rung_by_telephone(story, phones, "jansen")
    assert "Die toets ken ik niet" in await phones.presses("jansen", "7")
    assert (await phones.page("jansen")).state == "open"
    call = phones.ringing("jansen")
    said = await phones.handsets.services.voice.press(call, "1")
    assert said == ["Genoteerd. Je komt."]
    await story.settle()
    story.hears("jansen", "Genoteerd, je komt")
    await quiet_from_here(story, phones, "jansen")


async def test_a_voicemail_is_no_answer(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen")
    await rung_by_telephone(story, phones, "jansen")
    assert "telt niet als antwoord" in await phones.machine("jansen")
    assert (await phones.page("jansen")).state == "open"
    await phones.passes("jansen", 210)
    phones.rings("jansen", "voice")
    await phones.presses("jansen", "1")
    story.hears("jansen", "Genoteerd, je komt")


async def test_opening_a_link_changes_nothing_and_its_button_answers(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen")
    await rung_by_text(story, phones, "jansen")
    before, link = await story.entries(), phones.link("jansen")
    shown = await phones.opens(link)
    await story.settle()
    assert (shown.status_code, await story.entries()) == (200, before)
    assert (await phones.page("jansen")).state == "open"
    posted = await phones.posts(link, "1")
    assert posted.status_code == 200
    assert "je komt" in posted.text.lower()
    story.hears("jansen", "Genoteerd, je komt")
    assert (await story.call("expert_cyber")).by == "jansen"
    await quiet_from_here(story, phones, "jansen")


async def test_a_link_answers_once(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen")
    await rung_by_text(story, phones, "jansen")
    link = phones.link("jansen")
    assert (await phones.posts(link, "0")).status_code == 200
    story.hears("jansen", "Ik roep nu De Vries op")
    story.expects_page("devries", "cyber")
    before = await story.entries()
    assert (await phones.posts(link, "1")).status_code in (400, 409)  # no button is shown any more, and none counts
    assert await story.entries() == before
    await story.answers("devries")
    await quiet_from_here(story, phones, "jansen")


async def test_the_link_of_the_text_message_answers_as_well(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen", channels=("sms", "voice"))
    await phones.passes("jansen", 60)
    link = phones.link_in(phones.rings("jansen", "sms").text)
    assert (await phones.posts(link, "30")).status_code == 200
    story.hears("jansen", "30 min")
    assert (await phones.page("jansen")).eta_minutes == 30
    await quiet_from_here(story, phones, "jansen")


async def test_a_button_of_the_push_answers(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen")
    await phones.taps("jansen", "Kan niet")
    story.hears("jansen", "Ik roep nu De Vries op")
    story.expects_page("devries", "cyber")
    await story.answers("devries")
    await quiet_from_here(story, phones, "jansen")


async def test_an_answer_in_the_chat_hangs_up_and_takes_the_push_back(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen")
    await rung_by_telephone(story, phones, "jansen")
    assert phones.still("jansen") == ["voice", "ntfy"]
    await story.answers("jansen")
    await quiet_from_here(story, phones, "jansen")


async def test_a_second_answer_hears_that_the_first_stands(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen")
    await rung_by_text(story, phones, "jansen")
    await phones.texts("jansen", "1")
    phones.rings("jansen", "sms", "Genoteerd, je komt")
    story.hears("jansen", "Genoteerd, je komt")
    before = await story.entries()
    await phones.texts("jansen", "1")
    phones.rings("jansen", "sms", "Dat stond al genoteerd: je komt")
    posted = await phones.posts(phones.link("jansen"), "0")
    assert posted.status_code != 200
    assert await story.entries() == before
    await quiet_from_here(story, phones, "jansen")


async def test_the_reserve_who_was_texted_hears_that_somebody_else_comes(story: Story, phones: Phones) -> None:
    await phones.given("devries", channels=("sms",))
    await all_but(story, "jansen")
    await story.escalates(5)
    story.expects_page("jansen", "Herhaling 2")
    story.expects_page("devries", "cyber")
    await phones.passes("devries", 60)
    phones.rings("devries", "sms", "OPROEP cyber")
    await story.answers("jansen")  # late, and welcome
    assert "Jansen heeft de oproep" in phones.rings("devries", "sms").text
    story.hears("devries", "voorbij")
    await phones.texts("devries", "1")
    assert "is voorbij" in phones.rings("devries", "sms").text
    assert (await story.call("expert_cyber")).by == "jansen"


async def test_a_late_yes_by_text_hears_that_somebody_is_there_already(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen", channels=("sms",))
    await phones.passes("jansen", 60)
    phones.rings("jansen", "sms", "OPROEP")
    await story.escalates(4)
    story.expects_page("jansen", "Herhaling 2")
    story.expects_page("devries", "cyber")
    await story.answers("devries")
    await phones.texts("jansen", "1")
    phones.rings("jansen", "sms")
    story.hears("jansen", "De Vries is er al")
    call = await story.call("expert_cyber")
    assert (call.by, call.state) == ("devries", "answered")


async def test_a_reply_to_a_page_that_is_over(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen")
    await rung_by_text(story, phones, "jansen")
    link = phones.link("jansen")
    await story.says("vandijk", "sluit")
    await story.says("vandijk", "sluit ja loos alarm")
    phones.rings("jansen", "sms", "is voorbij")
    story.heeds_everything()
    assert phones.still("jansen") == []
    before = await story.entries()
    await phones.texts("jansen", "1")
    said = phones.rings("jansen", "sms").text
    assert "voorbij" in said or "geen oproep" in said
    assert (await phones.opens(link)).status_code == 404
    assert (await phones.posts(link, "1")).status_code == 404
    assert await story.entries() == before


async def test_words_that_mean_nothing_are_asked_about_and_answer_nothing(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen")
    await rung_by_text(story, phones, "jansen")
    await phones.texts("jansen", "wie is dit")
    assert "Niet begrepen" in phones.rings("jansen", "sms").text
    assert (await phones.page("jansen")).state == "open"
    await phones.passes("jansen", 120)
    phones.rings("jansen", "voice")
    story.expects_page("jansen", "Herhaling 2")
    await story.answers("jansen")


async def test_with_two_pages_open_a_bare_yes_asks_which(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen", channels=("sms",))
    first = await story.number()
    await story.says("mulder", RIOT.replace("Waterbrug", "Polderdam"))
    second = await story.number()
    story.heeds_everything()
    await phones.passes("jansen", 60)
    for _ in range(2):
        phones.rings("jansen", "sms", "OPROEP")
    await phones.texts("jansen", "1")
    assert "Je hebt 2 oproepen open" in phones.rings("jansen", "sms").text
    await phones.texts("jansen", f"1 {first.rpartition('-')[2]}")
    phones.rings("jansen", "sms", f"Genoteerd, je komt: cyber {first}")
    story.heeds_everything()
    one, two = await story.incident(first), await story.incident(second)
    assert [i.calls["expert_cyber"].by for i in (one, two)] == ["jansen", None]  # type: ignore[index]
    await phones.texts("jansen", "0")
    phones.rings("jansen", "sms", f"je kunt niet: cyber {second}")
    story.heeds_everything()


async def test_one_persons_answer_over_two_channels_at_once_counts_once(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen")
    await rung_by_telephone(story, phones, "jansen")
    phones.handsets.services.voice.knobs.twice = phones.handsets.services.sms.knobs.twice = True
    assert "Je komt" in await phones.presses("jansen", "1")
    story.hears("jansen", "Genoteerd, je komt")
    await phones.texts("jansen", "1")
    phones.rings("jansen", "sms", "Dat stond al genoteerd")
    assert (await story.entries()).count("acknowledged") == len(CALLED)
    await quiet_from_here(story, phones, "jansen")
