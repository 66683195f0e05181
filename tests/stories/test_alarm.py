"""One message is enough: how an alarm is heard, whom it calls at once and whom after the grace, and how it is put right."""

import pytest

from tests.story import CALLED, RIOT, Story

pytestmark = pytest.mark.asyncio(loop_scope="session")

PROPOSED = "alarm jongeren roepen op snapchat op om vanavond te gaan knokken bij het station"


async def test_a_proposed_phenomenon_leaves_half_a_minute_to_think(story: Story) -> None:
    await story.says("bakker", PROPOSED)
    received = story.hears("bakker", "Alarm ontvangen")
    assert "Ik roep over 30 s op" in received.body
    assert "Waterbrug" in received.body  # the reporter's own municipality, although nobody named it
    story.hears("bakker", "De kamer is open")
    story.expects_page("vandijk", "coördinator")
    story.hears_nothing("jansen")
    await story.passes(seconds=15)
    story.hears_nothing("jansen")
    await story.passes(seconds=15)
    for expert in CALLED[1:]:
        story.expects_page(expert)
    story.hears("bakker", "ik roep nu op")


async def test_now_does_not_wait(story: Story) -> None:
    await story.says("bakker", PROPOSED)
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    await story.says("bakker", "nu")
    for person in CALLED:
        story.expects_page(person)
    await story.passes(seconds=40)  # nobody is called a second time when the grace would have ended


async def test_a_tick_on_the_confirmation_does_not_wait_either(story: Story) -> None:
    await story.says("bakker", PROPOSED)
    received = story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    await story.reacts("bakker", received, "👍🏽")
    for person in CALLED:
        story.expects_page(person)


async def test_stop_calls_no_experts_and_the_coordinator_stays(story: Story) -> None:
    await story.says("bakker", PROPOSED)
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    story.expects_page("vandijk")
    await story.says("bakker", "stop")
    story.hears("bakker", "gestopt")
    await story.passes(seconds=40)
    story.hears_nothing("jansen")
    await story.says("bakker", "stop")
    assert "Ik vraag niets meer" in await story.last("bakker")  # the questions about the place and the time
    await story.says("bakker", "stop")
    assert "wacht niemand" in await story.last("bakker")


async def test_the_domain_is_put_right_by_word(story: Story) -> None:
    await story.says("bakker", PROPOSED)
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    story.expects_page("vandijk")
    await story.says("bakker", "domein cter")
    story.hears("bakker", "aangepast")
    await story.passes(seconds=31)
    story.expects_page("deboer", "CTER")
    story.hears_nothing("jansen")
    story.hears_nothing("dejong")


async def test_the_domain_is_put_right_by_a_tap(story: Story) -> None:
    await story.says("bakker", PROPOSED)
    received = story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    story.expects_page("vandijk")
    await story.reacts("bakker", received, "1️⃣")
    await story.passes(seconds=31)
    story.expects_page("jansen", "cyber")
    story.hears_nothing("deboer")


async def test_an_alarm_without_a_word_calls_the_coordinator(story: Story) -> None:
    await story.says("bakker", "alarm")
    assert "Waar gaat het om?" in story.hears("bakker", "Alarm ontvangen").body
    story.hears("bakker", "De kamer is open")
    story.expects_page("vandijk")
    await story.passes(seconds=31)
    story.hears_nothing("jansen")


async def test_danger_to_life_calls_everybody_and_112_comes_first(story: Story) -> None:
    await story.says("bakker", "alarm Waterbrug: er is geschoten bij het station")
    assert story.hears("bakker", "Bel eerst 112!").body.startswith("🔔 Bel eerst 112!")
    story.hears("bakker", "De kamer is open")
    for person in ("vandijk", "jansen", "deboer", "hendriks", "vandenberg"):
        story.expects_page(person)


async def test_a_mistyped_alarm_is_asked_about_and_a_yes_raises_it(story: Story) -> None:
    await story.says("bakker", RIOT.replace("alarm", "alram"))
    assert "Bedoel je" in await story.last("bakker")
    story.hears_nothing("vandijk")
    await story.says("bakker", "ja")
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    for person in CALLED:
        story.expects_page(person)
    assert "op TikTok oproep" in (await story.incident()).text


async def test_an_alarm_in_the_alarm_room_is_answered_there(story: Story) -> None:
    await story.says("bakker", RIOT, where="alarm")
    received = story.hears("bakker", "Alarm ontvangen")
    assert received.room_id == story.brigade.playground.alarm_room
    story.hears("bakker", "De kamer is open")
    for person in CALLED:
        story.expects_page(person)


async def test_a_cry_for_help_on_a_message_in_the_alarm_room(story: Story) -> None:
    event = await story.says("mulder", "op insta staat een oproep om in Polderdam te gaan rellen", where="alarm")
    story.hears_nothing("mulder")
    await story.reacts("dejong", event, "🆘", where="alarm")
    story.hears("dejong", "Alarm ontvangen")
    story.hears("dejong", "De kamer is open")
    story.expects_page("vandijk")
    incident = await story.incident()
    assert (incident.municipality_name, incident.reporter) == ("Polderdam", "dejong")
    assert "op insta staat een oproep" in incident.text


async def test_the_same_case_twice_is_joined(story: Story) -> None:
    await story.alarm("bakker")
    first = await story.number()
    await story.passes(minutes=4)
    await story.says("bakker", "alarm Waterbrug rellen: nu ook op snapchat")
    assert f"Lijkt op {first}" in story.hears("bakker", "Alarm ontvangen").body
    story.hears("bakker", "De kamer is open")
    story.expects_page("vandijk", "Herhaling 2")
    story.expects_page("vandijk", await story.number())  # a possible duplicate never delays the coordinator's page
    for expert in CALLED[1:]:
        story.expects_page(expert, "Herhaling 2")  # of the first alarm; the second waits for the reporter's word
        story.hears_nothing(expert)
    await story.says("bakker", "zelfde")
    story.hears("bakker", f"dezelfde zaak als {first}")
    assert (await story.incident()).joined_into == first
    await story.passes(seconds=31)
    story.hears_nothing("jansen")
