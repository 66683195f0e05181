"""How an alarm may be worded, whom each wording calls at once, and whom only after the grace."""

import pytest

from tests.night.told import BRIGADE, PLAIN, PROPOSED, only_the_coordinator, proposed
from tests.story import CALLED, RIOT, Story

pytestmark = pytest.mark.asyncio(loop_scope="session")
GIVEAWAY = ("vandijk", "dejong", "vandenberg", "dewit", "jansen", "deboer", "hendriks")


@pytest.mark.parametrize(
    ("sentence", "called"),
    [
        pytest.param("Alarm Waterbrug rellen: oproep op TikTok", CALLED, id="with-a-capital"),
        pytest.param("ALARM WATERBRUG RELLEN: OPROEP OP TIKTOK", CALLED, id="shouted"),
        pytest.param("alarm wbrug rellen: oproep op TikTok", CALLED, id="by-the-other-name-of-the-town"),
        pytest.param("alarm F01 Waterbrug oproep op TikTok", CALLED, id="by-the-code-of-the-phenomenon"),
        pytest.param("alarm PB01: oproep in Waterbrug", CALLED, id="by-the-code-of-the-playbook"),
        pytest.param("alarm F13: vuurwerk bij het station", CALLED, id="by-the-second-code-of-a-playbook"),
        pytest.param("alarm Waterbrug weggeefactie: influencer deelt telefoons uit", GIVEAWAY, id="another-phenomenon"),
        pytest.param("alarm nu: iets raars op internet", BRIGADE, id="now-without-a-phenomenon"),
        pytest.param("alarm spoed Waterbrug: iets raars op internet", BRIGADE, id="hurry-by-another-word"),
        pytest.param("alarm er is een bommelding op school", CALLED, id="a-bomb-threat"),
        pytest.param("alarm Waterbrug: brand op het plein, mensen gewond", BRIGADE, id="fire"),
        pytest.param("alert Waterbrug riot: call on TikTok", CALLED, id="in-english"),
        pytest.param("  alarm   Waterbrug   rellen:   oproep\n\nop twee regels", CALLED, id="spaces-and-lines"),
        pytest.param("alarm Waterbrug rellen: bericht van \"jan\" <b>& co</b>", CALLED, id="with-markup-in-it"),
        pytest.param("alarm Waterbrug rellen: 🔥🔥🔥 kom allemaal 😱", CALLED, id="with-emoji-in-it"),
    ],
)  # fmt: skip
async def test_who_is_called_at_once(story: Story, sentence: str, called: tuple[str, ...]) -> None:
    await story.says("bakker", sentence)
    story.hears("bakker", "Alarm ontvangen" if "bom" not in sentence and "brand" not in sentence else "112")
    story.hears("bakker", "De kamer is open")
    for person in called:
        story.expects_page(person)
    await story.passes(seconds=35)  # and nobody else when a grace would have ended


@pytest.mark.parametrize(
    ("sentence", "after"),
    [
        pytest.param("alarm ze willen gaan rellen in Waterbrug", CALLED[1:], id="a-word-of-the-phenomenon"),
        pytest.param("alarm livestreamer geeft gratis telefoons weg", GIVEAWAY[1:], id="another-phenomenon"),
        pytest.param("alarm", (), id="no-word-at-all"),
        pytest.param("alarm vreemd bericht over onze school", (), id="nothing-recognised"),
        pytest.param("alarm Waterbrug: om 21:00 is er iets te doen", (), id="a-time-is-no-head"),
    ],
)
async def test_who_is_called_after_the_grace(story: Story, sentence: str, after: tuple[str, ...]) -> None:
    await story.says("bakker", sentence)
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    story.expects_page("vandijk", "coördinator")
    await story.passes(seconds=25)
    for person in after:
        story.hears_nothing(person)
    await story.passes(seconds=6)
    for person in after:
        story.expects_page(person)
    if after:
        story.hears("bakker", "ik roep nu op")


@pytest.mark.parametrize(
    "text",
    ["is er alarm?", "het alarm ging vannacht af", "vals alarm hoor", "hoe werkt een alarm", "alarmen zijn stom"],
)
async def test_talk_about_an_alarm_is_no_alarm(story: Story, text: str) -> None:
    await story.says("mulder", text, where="alarm")
    story.hears_nothing("vandijk", "🚨")
    assert await story._incidents() == []


@pytest.mark.parametrize("person", ["dejong", "smit"])
async def test_police_and_coordinators_raise_alarms_too(story: Story, person: str) -> None:
    await story.says(person, RIOT)
    story.hears(person, "Alarm ontvangen")
    story.hears(person, "De kamer is open")
    for called in CALLED:
        story.expects_page(called)
    assert (await story.incident()).municipality_name == "Waterbrug"


@pytest.mark.parametrize("person", ["jansen", "willems", "dewit"])
async def test_who_may_not_raise_an_alarm_is_told_so(story: Story, person: str) -> None:
    await story.says(person, RIOT)
    assert "mag je hier niet" in await story.last(person)
    assert await story._incidents() == []


@pytest.mark.on_synapse
async def test_now_while_the_grace_runs_and_again_afterwards(story: Story) -> None:
    await proposed(story)
    await story.passes(seconds=10)
    await story.says("bakker", "nu")
    for person in CALLED[1:]:
        story.expects_page(person)
    await story.says("bakker", "nu")
    assert "Ik vraag niets meer" in await story.last("bakker"), "it was asked when it begins"
    await story.says("bakker", "nu")
    assert "wacht niemand" in await story.last("bakker")
    await story.passes(seconds=30)


@pytest.mark.parametrize("how", ["✅", "👍🏿"])
async def test_any_tick_ends_the_grace(story: Story, how: str) -> None:
    await story.says("bakker", PROPOSED)
    received = story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    await story.reacts("bakker", received, how)
    for person in CALLED:
        story.expects_page(person)


@pytest.mark.on_synapse
async def test_a_cross_on_the_confirmation_stops_the_call(story: Story) -> None:
    await story.says("bakker", PROPOSED)
    received = story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    story.expects_page("vandijk")
    await story.reacts("bakker", received, "❌")
    story.hears("bakker", "gestopt")
    await story.passes(minutes=1)
    assert (await story.incident()).state == "open"


async def test_stop_comes_too_late_when_all_are_called(story: Story) -> None:
    await story.alarm()
    await story.says("bakker", "stop")
    assert "Te laat om te stoppen" in await story.last("bakker")
    assert {page.state for page in (await story.incident()).pages.values()} == {"open"}


@pytest.mark.on_synapse
async def test_two_corrections_and_the_last_one_counts(story: Story) -> None:
    await proposed(story)
    await story.says("bakker", "domein cter")
    story.hears("bakker", "aangepast")
    await story.says("bakker", "domein zorg")
    story.hears("bakker", "aangepast")
    await story.passes(seconds=31)
    story.expects_page("vandenberg", "zorg")
    story.hears_nothing("deboer")


async def test_a_correction_after_the_call_calls_one_more(story: Story) -> None:
    await only_the_coordinator(story)
    story.expects_page("vandijk")
    await story.says("bakker", "domein cyber")
    story.expects_page("jansen", "cyber")
    story.heeds_everything()


async def test_an_unknown_domain_is_asked_about(story: Story) -> None:
    await proposed(story)
    await story.says("bakker", "domein aardappelen")
    assert "aardappelen" in await story.last("bakker") or "domein" in await story.last("bakker")
    await story.passes(seconds=31)
    for person in CALLED[1:]:
        story.expects_page(person)


@pytest.mark.on_synapse
async def test_the_same_word_by_the_police_in_the_alarm_room(story: Story) -> None:
    await story.says("dejong", RIOT, where="alarm")
    story.hears("dejong", "Alarm ontvangen")
    story.hears("dejong", "De kamer is open")
    for person in CALLED:
        story.expects_page(person)
    assert (await story.incident()).alarm_place == "alarm"


async def test_a_similar_case_in_another_town_is_another_case(story: Story) -> None:
    await story.alarm()
    await story.says("mulder", RIOT.replace("Waterbrug", "Polderdam"))
    assert "Lijkt op" not in story.hears("mulder", "Alarm ontvangen").body
    story.hears("mulder", "De kamer is open")
    for person in CALLED:
        story.expects_page(person, "Polderdam")
    assert (await story.incident()).similar_to is None


async def test_half_an_hour_later_it_is_a_new_case(story: Story) -> None:
    await only_the_coordinator(story)
    story.expects_page("vandijk")
    await story.answers("vandijk")
    await story.passes(minutes=31)
    await story.says("bakker", PLAIN)
    assert "Lijkt op" not in story.hears("bakker", "Alarm ontvangen").body
    story.hears("bakker", "De kamer is open")
    story.expects_page("vandijk")


@pytest.mark.on_synapse
async def test_a_similar_case_that_is_not_the_same_goes_on_by_itself(story: Story) -> None:
    await story.alarm()
    for person in CALLED:
        await story.answers(person)
    await story.says("bakker", "alarm Waterbrug rellen: nu ook op snapchat")
    story.hears("bakker", "Lijkt op")
    story.hears("bakker", "De kamer is open")
    second = await story.number()
    story.expects_page("vandijk", second)
    await story.passes(seconds=31)
    for person in CALLED[1:]:
        story.expects_page(person, second)
    story.heeds_everything()
    assert (await story.incident()).joined_into is None


@pytest.mark.on_synapse
async def test_three_alarms_of_three_towns_within_a_minute(story: Story) -> None:
    for person, town in (("bakker", "Waterbrug"), ("mulder", "Polderdam"), ("dejong", "Nieuwkerk")):
        await story.says(person, RIOT.replace("Waterbrug", town))
        story.hears(person, "Alarm ontvangen")
        story.hears(person, "De kamer is open")
        story.expects_page("vandenberg", town)
        story.heeds_everything()  # who is called for a role may differ from town to town
    numbers = {row.number for row in await story._incidents()}
    assert len(numbers) == 3


async def test_the_bot_is_asked_for_help_in_the_middle_of_it(story: Story) -> None:
    await proposed(story)
    await story.says("bakker", "help")
    assert "alarm" in await story.last("bakker")
    await story.says("bakker", "help nu")
    await story.passes(seconds=31)
    for person in CALLED[1:]:
        story.expects_page(person)
    story.heeds_everything()
    assert PLAIN not in "\n".join(await story.texts("bakker"))
