"""What is announced, what was left open, and danger: the night of a reporter who writes one sentence."""

import pytest

from tests.night.told import goes_to, only_the_coordinator, plain
from tests.story import CALLED, Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_what_is_announced_for_saturday_wakes_nobody_until_the_morning(story: Story) -> None:
    await goes_to(story, 2026, 11, 24, 3, 4)
    await story.says("bakker", "alarm Waterbrug rellen, verwacht za 20:00: oproep op TikTok bij het station")
    received = story.hears("bakker", "Alarm ontvangen").body
    assert "Om 07:00 roep ik op" in received
    understood = story.hears("bakker", "Zo begrijp ik je melding").body
    assert "Soort: Oproep tot rellen, want: rellen." in understood
    assert "Waar: bij het station · Kanaal: TikTok" in understood
    assert "Verwacht: za 28-11 20:00" in understood
    story.hears("bakker", "De kamer is open")
    assert "Verwacht za 28-11 20:00" in story.expects_page("vandijk").body
    await story.passes(hours=1)
    story.heeds_everything()  # the situation report is due
    for person in CALLED[1:]:
        story.hears_nothing(person, "🚨")
    await story.says("bakker", "verwacht za 21:00")
    assert "Verwacht: za 28-11 21:00" in story.hears("bakker", "📅").body
    await story.crash_and_restart()
    await goes_to(story, 2026, 11, 24, 7, 1)
    for person in CALLED[1:]:
        story.expects_page(person)
    assert (await story.incident()).urgency == "gepland"
    assert "expected.time.set" in await story.entries()
    story.heeds_everything()


async def test_questions_are_answered_by_number_in_words_or_not_at_all(story: Story) -> None:
    await plain(story)
    asked = story.hears("bakker", "Waar is het, of waar loopt het af?")
    assert asked.content["msgtype"] == "m.notice", "a question rings nobody"
    await story.reacts("bakker", asked, "2️⃣")
    story.hears("bakker", "Waar: station (Bakker)")
    story.hears("bakker", "Wanneer begint het?")
    await story.says("bakker", "za 20:00")
    story.hears("bakker", "Waarop gaat het rond?")
    await story.says("bakker", "1")
    story.hears("bakker", "Ik vraag niets meer")
    incident = await story.incident()
    assert (incident.channels, incident.intake["where"].choice) == (("snapchat",), "station")
    await story.says("bakker", "status")
    status = await story.last("bakker")
    assert "Waar: station" in status
    assert "Verwacht: za 28-11 20:00" in status
    assert "Kanaal: Snapchat" in status
    story.heeds_everything()


async def test_questions_are_skipped_and_an_alarm_is_no_answer(story: Story) -> None:
    await plain(story)
    number = await story.number()
    await story.says("bakker", "overslaan")
    await story.says("bakker", "stop")
    assert [one.skipped for one in (await story.incident(number)).intake.values()] == [True, True, True]
    await story.says("mulder", "alarm Polderdam: iets raars op internet")
    story.hears("mulder", "Waar is het, of waar loopt het af?")
    await story.says("mulder", "alarm Polderdam: brand en nog iets anders op internet")
    await story.says("mulder", "in het park")
    first, second = [await story.incident(row.number) for row in await story._incidents() if row.number != number]
    assert (first.intake, second.place) == ({}, "in het park")
    story.heeds_everything()


async def test_danger_in_a_line_or_in_talk_says_112_first(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "feit er wordt geschoten op de kade", where="room")
    assert (await story.last("bakker", "room")).startswith("🆘 Bel eerst 112!")
    await story.says("bakker", "feit geen gewonden, de kade is leeg", where="room")
    assert "112" not in await story.last("bakker", "room")
    await story.says("bakker", "er liggen nu ook gewonden op de brug")
    assert (await story.last("bakker")).startswith("🆘 Bel eerst 112!")
    await story.says("willems", "alarm er is een steekpartij")
    assert (await story.last("willems")).startswith("🆘 Bel eerst 112!")
    story.heeds_everything()


@pytest.mark.parametrize("text", ["besluit", "stand om 99:99", "roep piet puk", "alram rellen bij het station"])
async def test_a_command_that_went_wrong_is_no_answer_to_a_question(story: Story, text: str) -> None:
    await only_the_coordinator(story)
    story.expects_page("vandijk")
    story.heeds_everything()
    before = await story.entries()
    await story.says("bakker", text)
    assert await story.last("bakker"), "somebody who waits gets an answer"
    story.heeds_everything()
    assert await story.entries() == before
