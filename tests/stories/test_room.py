"""In the room: steps one at a time, decisions and what becomes of them, marks, situation reports, and the end."""

import pytest

from bot.matrix.peer import Seen
from tests.story import Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def in_the_room(story: Story, *more: str) -> None:
    """A plain alarm of Waterbrug; Bakker and the coordinator are in the room."""
    await story.says("bakker", "alarm Waterbrug: er is iets raars aan de hand op internet")
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    story.expects_page("vandijk")
    await story.answers("vandijk")
    await story.joins("bakker", "vandijk", *more)


def shown(story: Story, person: str, step: str) -> Seen:
    return story.hears(person, step)


async def test_steps_by_tap_by_word_by_reply(story: Story) -> None:
    await in_the_room(story)
    first = shown(story, "bakker", "☐ Stap 1/20")
    assert first.content["m.mentions"] == {"user_ids": [story.account("bakker")]}  # only who does it is rung
    await story.reacts("bakker", first, "✅")
    second = shown(story, "bakker", "☐ Stap 2/20")
    await story.replies("bakker", second, "klaar hal van het station, 21:00")
    assert await story.step("BA02") == "done"
    shown(story, "bakker", "☐ Stap 7/20")
    mine = shown(story, "vandijk", "☐ Stap 3/20")
    await story.reacts("vandijk", mine, "👤")
    assert await story.step("BA03") == "claimed"
    await story.says("vandijk", "klaar 3", where="room")
    shown(story, "vandijk", "☐ Stap 4/20")
    await story.says("vandijk", "nvt 4 is al besloten aan de telefoon", where="room")
    assert [await story.step(step) for step in ("BA03", "BA04")] == ["done", "skipped"]
    texts = await story.texts("bakker", "room")
    assert any(t.startswith("☑ Stap 1/20") and "gedaan, Bakker" in t for t in texts)
    await story.says("vandijk", "herstel stap 3", where="room")
    assert await story.step("BA03") == "open"
    await story.says("vandijk", "klaar 99", where="room")
    assert "Stap 99 bestaat niet" in await story.last("vandijk", "room")


async def test_not_applicable_by_tap_asks_why(story: Story) -> None:
    await in_the_room(story)
    first = shown(story, "bakker", "☐ Stap 1/20")
    await story.reacts("bakker", first, "⏭️")
    assert "nvt" in await story.last("bakker", "room")
    assert await story.step("BA01") == "open"
    await story.says("bakker", "nvt geen levensgevaar", where="room")
    assert await story.step("BA01") == "skipped"


async def test_a_decision_and_what_becomes_of_it(story: Story) -> None:
    await in_the_room(story)
    await story.says("bakker", "besluit burgemeester roept op om weg te blijven", where="room")
    decision = story.hears("vandijk", "Besluit 1 vastgelegd")
    assert "burgemeester roept op om weg te blijven" in decision.body
    assert decision.content["nl.iog.log"]["seq"] > 0
    await story.reacts("vandijk", decision, "✅")
    assert (await story.incident()).decisions[0].confirmed
    await story.replies("bakker", decision, "anders komen er honderden")
    assert (await story.incident()).decisions[0].reason == "anders komen er honderden"
    await story.says("bakker", "wijzig 1 burgemeester roept op Instagram op om weg te blijven", where="room")
    assert "op Instagram" in (await story.incident()).decisions[0].text
    await story.says("bakker", "besluit 1", where="room")
    asked = await story.last("bakker", "room")
    assert "op Instagram" in asked
    assert "anders komen er honderden" in asked
    await story.says("bakker", "trek in 1 is al door het OM gedaan", where="room")
    assert (await story.incident()).decisions[0].withdrawn
    await story.says("bakker", "reden waarom dan", where="room")
    assert "is ingetrokken" in await story.last("bakker", "room")
    kinds = await story.entries()
    assert [k for k in kinds if k.startswith("decision.")] == [
        "decision.recorded", "decision.confirmed", "decision.explained", "decision.changed", "decision.withdrawn",
    ]  # fmt: skip


async def test_marks_on_what_people_say_and_what_happens_to_it_later(story: Story) -> None:
    await in_the_room(story)
    fact = await story.says("bakker", "de groep verzamelt bij de fontein", where="room")
    assert (await story.incident()).lines == 0  # chat is not in the log by itself
    await story.reacts("vandijk", fact, "📌")
    await story.reacts("bakker", fact, "📌")  # marked twice is once
    weighed = await story.says("bakker", "we sluiten het plein af", where="room")
    await story.reacts("vandijk", weighed, "⚖️")
    incident = await story.incident()
    assert incident.lines == 2
    assert incident.decisions == ()  # a decision needs words from a known device
    await story.edits("bakker", fact, "de groep verzamelt bij het station")
    await story.takes_back("bakker", weighed, where="room")
    kinds = await story.entries()
    assert kinds[-2:] == ["source.edited", "source.removed"]
    room = "\n".join(await story.texts("vandijk", "room"))
    assert "Bakker wijzigde regel 1 in de chat" in room
    assert "Bakker verwijderde regel 2 uit de chat" in room
    await story.says("vandijk", "logboek 20", where="room")
    told = await story.last("vandijk", "room")
    assert "bij de fontein" in told  # the first text stays
    assert "bij het station" in told


async def test_an_edit_never_changes_what_was_carried_out(story: Story) -> None:
    await in_the_room(story)
    event = await story.says("bakker", "feit er staan 50 mensen", where="room")
    before = await story.entries()
    await story.edits("bakker", event, "feit er staan 500 mensen")
    assert [k for k in await story.entries() if k == "line.recorded"] == [k for k in before if k == "line.recorded"]


async def test_situation_reports(story: Story) -> None:
    await in_the_room(story)
    await story.says("bakker", "sitrap geen wijziging", where="room")
    assert "nog geen sitrap" in await story.last("bakker", "room")
    await story.says("bakker", "sitrap 50 mensen, rustig, politie rijdt rond", where="room")
    story.hears("vandijk", "Sitrap 1")
    await story.passes(minutes=61)
    due = story.hears("vandijk", "Sitrap 2 is aan de beurt")
    assert due.content["m.mentions"] == {"user_ids": [story.account("vandijk")]}
    await story.reacts("vandijk", due, "✅")
    story.hears("bakker", "Geen wijziging")
    await story.passes(minutes=61)
    later = story.hears("vandijk", "Sitrap 3 is aan de beurt")
    await story.reacts("vandijk", later, "⏰")
    await story.passes(minutes=16)
    story.hears("vandijk", "Sitrap 3 is aan de beurt")
    await story.says("vandijk", "sitrap stop", where="room")
    await story.passes(hours=3)


async def test_closing_takes_words_and_can_be_undone(story: Story) -> None:
    await in_the_room(story)
    number = await story.number()
    await story.says("bakker", "sluit ja", where="room")
    assert "Typ eerst" in await story.last("bakker", "room")
    await story.says("bakker", "sluit", where="room")
    proposal = story.hears("vandijk", f"{number} sluiten?")
    await story.reacts("vandijk", proposal, "✅")
    assert (await story.incident()).state == "open"
    await story.reacts("vandijk", proposal, "❌")
    assert (await story.incident()).closing_by is None
    await story.says("vandijk", "sluit", where="room")
    story.hears("vandijk", f"{number} sluiten?")
    await story.says("vandijk", "sluit ja het is rustig", where="room")
    assert (await story.incident()).state == "closed"
    await story.says("bakker", f"besluit {number} te laat")  # nobody but the bot may speak in the room now
    assert "incident is gesloten" in await story.last("bakker")
    await story.says("bakker", "heropen toch weer onrust")
    assert (await story.incident()).state == "open"
    await story.says("bakker", "feit de rust is terug", where="room")
    assert (await story.incident()).lines == 1


async def test_after_a_day_it_cannot_be_opened_again_and_by_hand_it_is_finished(story: Story) -> None:
    await in_the_room(story)
    number = await story.number()
    await story.says("vandijk", "sluit")
    story.hears("vandijk", "sluiten?")
    await story.says("vandijk", "sluit ja het is rustig")
    await story.passes(hours=31)
    story.hears("vandijk", "☐ Stap 19/20")
    story.hears("vandijk", f"Evaluatie {number} · vraag 1 van 3")
    story.hears("bakker", f"Evaluatie {number} · vraag 1 van 3")
    await story.says("vandijk", f"heropen {number}")
    assert "te lang geleden gesloten" in await story.last("vandijk")
    await story.says("vandijk", f"rond af {number}")
    assert "Van de nazorg is nog open: 3" in await story.last("vandijk")
    await story.says("vandijk", f"rond af {number} er was niets aan de hand")
    assert (await story.incident()).state == "finished"
    await story.says("vandijk", f"heropen {number}")
    assert "kan niet meer open" in await story.last("vandijk")
