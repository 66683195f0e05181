"""Decisions that must stand: from a list, reasoned one question at a time, seen by a second person, and looked at again."""

import pytest

from tests.night.told import plain
from tests.story import Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_every_question_is_asked_and_a_restart_loses_none(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "feit 40 jongeren bij het station", where="room")
    await story.says("vandijk", "besluit B1")
    assert "3 IOG+ inzetten" in story.hears("vandijk", "⚖️ B1: Opschalen?").body
    await story.says("vandijk", "3")
    assert "B1 Opschalen: IOG+ inzetten" in story.hears("bakker", "Besluit 1 vastgelegd").body
    story.hears("vandijk", "vraag 1/13 · Feiten")
    await story.says("vandijk", "99")
    assert "Regel 99" in await story.last("vandijk")
    await story.says("vandijk", "1")
    assert "1 GW172-1" in story.hears("vandijk", "vraag 2/13 · Grondslag").body
    await story.says("vandijk", "1")
    story.hears("vandijk", "vraag 3/13 · Proportionaliteit")
    await story.says("vandijk", "later")
    story.hears("vandijk", "vraag 4/13 · Subsidiariteit")
    await story.says("vandijk", "nvt")
    assert "Waarom niet?" in await story.last("vandijk")
    await story.says("vandijk", "nvt omdat dit al het lichtste is")
    story.hears("vandijk", "vraag 5/13 · Grondrechten")
    await story.crash_and_restart()
    for text, following in (
        ("alleen openbare berichten", "vraag 6/13 · Doel"),
        ("rust op het plein", "vraag 7/13 · Gebied"),
        ("stationsplein", "vraag 8/13 · Tot wanneer"),
    ):
        await story.says("vandijk", text)
        story.hears("vandijk", following)
    await story.says("vandijk", "ooit een keer")
    assert "Die tijd begrijp ik niet" in await story.last("vandijk")
    await story.says("vandijk", "gisteren 20:00")
    assert "Die tijd is al voorbij" in await story.last("vandijk")
    await story.says("vandijk", "over 3 uur")
    assert "☑ Tot wanneer: over 3 uur (" in story.hears("vandijk", "vraag 9/13").body
    await story.says("vandijk", "stop")
    assert "nog 6 vragen open" in await story.last("vandijk")
    await story.says("vandijk", "gewoon een zin die nu geen antwoord meer is")
    assert len((await story.incident()).decisions[0].given) == 7
    await story.says("vandijk", "redenen 1")
    story.hears("vandijk", "vraag 3/13 · Proportionaliteit")
    for _ in range(6):
        await story.says("vandijk", "daar is over gesproken")
    story.hears("vandijk", "Besluit 1 is compleet")
    await story.says("vandijk", "besluit 1")
    shown = await story.last("vandijk")
    assert "Feiten: regel 1" in shown
    assert "Subsidiariteit: niet van toepassing, omdat dit al het lichtste is" in shown
    assert "Compleet." in shown
    story.heeds_everything()


async def test_whose_decision_it_is_is_asked_in_the_room_and_reasons_follow_later(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "besluit B7 13", where="room")
    assert "geen vaststaande bevoegdheid" in await story.last("bakker", "room")
    await story.says("bakker", "besluit B7 4 rond het station spoed", where="room")
    story.hears("bakker", "Dit besluit is van de burgemeester")
    await story.says("vandijk", "1", where="room")  # he was not asked
    assert not (await story.incident()).decisions
    await story.says("bakker", "1", where="room")
    shown = story.hears("vandijk", "Besluit 1 vastgelegd").body
    assert "Licht bevel (172 lid 3) – rond het station" in shown
    assert "burgemeester besloot" in shown
    await story.says("bakker", "klopt 1", where="room")
    assert "Iemand anders moet meekijken" in await story.last("bakker", "room")
    await story.says("vandijk", "klopt 1", where="room")
    story.hears("bakker", "tweede paar ogen akkoord")
    await story.crash_and_restart()
    await story.passes(hours=2)
    story.hears("bakker", "⏰ Besluit 1 mist redenen")
    await story.passes(minutes=15)
    story.hears("vandijk", "⏰ Besluit 1 mist redenen")
    await story.says("bakker", "besluiten", where="room")
    assert "(redenen volgen)" in await story.last("bakker", "room")
    story.heeds_everything()


async def test_a_reply_answers_in_the_room_and_talk_stays_talk(story: Story) -> None:
    await plain(story)
    await story.says("vandijk", "besluit B1 2", where="room")
    asked = story.hears("vandijk", "vraag 1/13 · Feiten")
    await story.says("bakker", "hoeveel zijn het er?", where="room")
    await story.replies("vandijk", asked, "40 jongeren bij het station")
    story.hears("vandijk", "vraag 2/13 · Grondslag")
    await story.says("vandijk", "reden 1 doel: rust", where="room")
    decision = (await story.incident()).decisions[0]
    assert {name: given.text for name, given in decision.given.items()} == {
        "feiten": "40 jongeren bij het station",
        "doel": "rust",
    }
    story.heeds_everything()


async def test_a_decision_is_looked_at_again_and_replaced(story: Story) -> None:
    await plain(story)
    await story.says("vandijk", "besluit B1 2", where="room")
    await story.says("vandijk", "herzien 1 over 1 uur", where="room")
    story.hears("bakker", "wordt herzien op")
    await story.crash_and_restart()
    await story.passes(hours=1)
    story.hears("vandijk", "⏰ Kijk weer naar besluit 1")
    await story.says("vandijk", "herzie 1 3", where="room")
    story.hears("bakker", "Besluit 2 (was 1)")
    await story.says("bakker", "besluit 1", where="room")
    assert "Vervangen door besluit 2." in await story.last("bakker", "room")
    await story.says("bakker", "trek in 2 het is rustig", where="room")
    story.hears("bakker", "Dit besluit is van de coördinator")
    await story.says("bakker", "1", where="room")
    told = story.hears("vandijk", "Besluit 2 ingetrokken").body
    assert "het is rustig" in told
    assert "Besluit 1 geldt daarmee niet opnieuw." in told
    story.heeds_everything()
