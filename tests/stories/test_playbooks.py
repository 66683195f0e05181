"""Whole playbooks worked in the room: by tap, by word, in English, several in one incident; decisions refused, names warned of."""

import asyncio
from dataclasses import replace
from typing import Any, Final

import pytest

from bot.matrix.peer import Seen
from tests.stories.test_english import english
from tests.story import RIOT, Story
from tests.walk import Habits, Walk, dead_ends

__all__ = ["english"]
pytestmark = pytest.mark.asyncio(loop_scope="session")
GIVEAWAY: Final = "alarm Waterbrug weggeefactie: om 16 uur deelt iemand gratis spullen uit in het winkelcentrum"
GIVEAWAY_EN: Final = "alert Waterbrug giveaway: somebody hands out free things at 16:00 in the mall"
RIOT_EN: Final = "alert Waterbrug riot: call on TikTok to riot at the station tonight 21:00"
RUMOUR: Final = "alarm Waterbrug nepnieuws: tien bellers vragen of hier een azc komt, er gaat een brief rond"
BY_TAP: Final = Habits(ways=("tap",), records=True)
BY_WORD: Final = Habits(ways=("word",))


async def worked(walk: Walk, text: str, book: str) -> None:
    """From the alarm to the end of the days after."""
    await walk.called(text)
    await walk.works()
    assert [str(one.id) for one in (await walk.story.incident()).playbooks] == [book]
    await ends(walk)


async def ends(walk: Walk) -> None:
    assert dead_ends(await walk.story.incident()) == ()
    await walk.closes()
    await walk.finishes()
    incident = await walk.story.incident()
    assert (incident.state, dead_ends(incident)) == ("finished", ())
    assert {s.decision for s in incident.steps if s.decision} <= {d.point for d in incident.decisions}


@pytest.mark.parametrize(
    ("text", "book"), [pytest.param(RIOT, "PB01", id="riot"), pytest.param(GIVEAWAY, "PB03", id="giveaway")]
)
async def test_a_playbook_by_tap_wherever_no_words_are_asked(story: Story, text: str, book: str) -> None:
    await worked(Walk(story, BY_TAP), text, book)


@pytest.mark.parametrize(
    ("text", "book", "explains"),
    [pytest.param(RIOT, "PB01", True, id="riot"), pytest.param(GIVEAWAY, "PB03", False, id="giveaway")],
)
async def test_a_playbook_by_word_alone(story: Story, text: str, book: str, explains: bool) -> None:
    await worked(Walk(story, replace(BY_WORD, explains=explains)), text, book)


DUTCH: Final = ("Stap ", "Besluit ", "vastgelegd", "Kamer", "Evaluatie")


@pytest.mark.parametrize(
    ("text", "book"), [pytest.param(RIOT_EN, "PB01", id="riot"), pytest.param(GIVEAWAY_EN, "PB03", id="giveaway")]
)
async def test_a_playbook_in_english(english: Story, text: str, book: str) -> None:
    await worked(Walk(english, BY_WORD, "en"), text, book)
    read = [body for where in ("room", "direct") for body in await english.texts("bakker", where)]
    assert [body for body in read if any(word in body for word in DUTCH)] == []


async def test_a_rumour_becomes_a_protest_and_then_a_riot(story: Story) -> None:
    walk = Walk(story, Habits(ways=("tap", "word", "reply")))
    await walk.called(RUMOUR)
    rumour = await story.incident()
    first = shown(story, "bakker", await story.room("bakker", "room"), "☐ Stap 1/")
    await story.reacts("bakker", first, "✅")
    assert "politie" not in rumour.calls
    for book in ("PB02", "PB01"):
        before = await story.incident()
        await story.says("vandijk", f"draaiboek {book}", where="room")
        story.heeds_everything()
        after = await story.incident()
        ids = [step.id for step in after.steps]
        assert len(set(ids)) == len(ids)  # the base steps are there once
        assert after.steps[: len(before.steps)] == before.steps  # what stands on a screen keeps its number
        assert len(after.steps) > len(before.steps)
        assert await story.step("BA01") == "done"
        assert len(after.pages) >= len(before.pages)  # who is here already is not called again
    incident = await story.incident()
    assert [str(one.id) for one in incident.playbooks] == ["PB07", "PB02", "PB01"]
    assert {"politie", "om"} <= set(incident.calls)
    paged = [str(page.person) for page in incident.pages.values()]
    assert len(set(paged)) == len(paged)
    await story.says("vandijk", "draaiboek PB01", where="room")
    assert len((await story.incident()).playbooks) == 3
    await walk.come()  # who was called in between
    await walk.works()
    assert dead_ends(await story.incident()) == ()
    await walk.closes()
    await story.passes(hours=5)
    await walk.reopens()
    await story.says("bakker", "feit de groep staat er weer", where="room")
    await story.says("bakker", "herstel stap 1", where="room")
    await walk.works()  # what was done stays done, and what was taken back is put again
    assert await story.step("BA01") == "done"
    await ends(walk)
    kinds = await story.entries()
    assert [kinds.count(f"incident.{what}") for what in ("closed", "reopened", "finished")] == [2, 1, 1]


def shown(story: Story, person: str, room: str, start: str) -> Seen:
    """The newest message of the bot there that begins so."""
    return next(s for s in reversed(story.peer(person).timeline(room)) if s.body.startswith(start))


# --- decisions ----------------------------------------------------------------------------------------------------------


async def in_the_room(story: Story) -> None:
    await story.says("bakker", "alarm Waterbrug: er is iets raars aan de hand op internet")
    await story.answers("vandijk")
    await story.joins("bakker", "vandijk")
    story.heeds_everything()


REFUSED: Final = (
    ("bakker", "besluit B99", "Besluittype B99 ken ik hier niet"),
    ("bakker", "besluit B7 99", "B7 heeft 13 keuzes"),
    ("bakker", "besluit B7 13 namens", "geen vaststaande bevoegdheid"),
    ("bakker", "besluit B7 4", "Dit besluit is van de burgemeester"),
    ("bakker", "klopt 9", "Er is nog geen besluit vastgelegd"),
    ("bakker", "besluit B7 4 namens", "Besluit 1 vastgelegd"),
    ("bakker", "reden 1 feiten: 77", "Regel 77 bestaat niet"),
    ("bakker", "reden 1 grondslag: GW999", "Die grondslag hoort niet bij deze keuze"),
    ("bakker", "reden 1 tot wanneer: ooit een keer", "Die tijd begrijp ik niet"),
    ("bakker", "klopt 1", "Iemand anders moet meekijken"),
    ("bakker", "klopt 9", "Besluit 9 bestaat niet"),
    ("bakker", "herzien 1 gisteren 03:00", "Die tijd"),
    ("bakker", "herzie 1 in andere woorden", "is een keuze uit B7"),
    ("vandijk", "klopt 1", "tweede paar ogen akkoord"),
    ("bakker", "besluit B7 4 advies", "Advies 2 vastgelegd"),
    ("bakker", "herzien 2 za 20:00", "is een advies en geen besluit"),
    ("bakker", "herzie 1 5 namens", "Besluit 3 (was 1)"),
    ("bakker", "herzien 1 za 20:00", "is vervangen door besluit 3"),
    ("bakker", "trek in 3", "Waarom geldt besluit 3 niet meer?"),
    ("bakker", "trek in 3 het plein is leeg", "Dit besluit is van de burgemeester"),
    ("bakker", "trek in 3 namens het plein is leeg", "Besluit 3 ingetrokken"),
    ("bakker", "klopt 3", "is ingetrokken"),
    ("bakker", "besluit we volgen dit", "Besluit 4 vastgelegd"),
    ("bakker", "redenen 4", "Bij nummer 4 stel ik geen vragen"),
)  # fmt: skip


async def test_a_decision_and_everything_that_it_can_be_refused_for(story: Story) -> None:
    await in_the_room(story)
    for person, text, expected in REFUSED:
        before = len(story.peer(person).timeline(await story.room(person, "room")))
        await story.says(person, text, where="room")
        said = "\n".join(s.body for s in story.peer(person).timeline(await story.room(person, "room"))[before:])
        assert any(part in said for part in expected.split("|")), f"{text}: {said}"
    decision = shown(story, "bakker", await story.room("bakker", "room"), "⚖️ Besluit 4 vastgelegd")
    number = await story.number()
    await story.says("mulder", f"besluit {number} van een ander")  # of another municipality
    assert "Dat mag je hier niet" in await story.last("mulder")
    await story.reacts("vandijk", decision, "❌")  # a tap is not enough to undo one
    assert not (await story.incident()).decisions[3].withdrawn
    await story.says("vandijk", "sluit", where="room")
    await story.says("vandijk", "sluit ja de rest volgt", where="room")
    assert (await story.incident()).state == "closed"
    story.heeds_everything()
    await story.says("bakker", f"besluit {number} B7 4 namens")
    assert "gesloten" in await story.last("bakker")
    assert len((await story.incident()).decisions) == 4


# --- personal data, and two at once -------------------------------------------------------------------------------------


async def test_who_writes_a_name_hears_it_at_once_and_nobody_else_does(story: Story) -> None:
    await in_the_room(story)
    await story.says("bakker", "feit de oproep komt van dhr. Fictief, @fictief_op_snap", where="room")
    warned = story.hears("bakker", "persoonsgegevens")
    assert warned.room_id == await story.room("bakker", "direct")
    assert "Fictief" not in warned.body
    story.hears_nothing("vandijk", "persoonsgegevens")
    await story.says("bakker", "vervang 1 de oproep komt van een bekende maker", where="room")
    await story.says("bakker", "regel 2", where="room")
    assert "een bekende maker" in await story.last("bakker", "room")
    story.heeds_everything()


async def test_two_people_tick_one_step_at_the_same_moment(story: Story) -> None:
    await in_the_room(story)
    room = await story.room("bakker", "room")
    first = shown(story, "bakker", room, "☐ Stap 1/")
    taps: list[Any] = [story.peer(person).react(room, first.event_id, "✅") for person in ("bakker", "vandijk")]
    story.takes_a_second()
    story.said += await asyncio.gather(*taps)
    await story.settle()
    done = [kind for kind in await story.entries() if kind == "step.finished"]
    assert len(done) == 1
    told = [text for text in await story.texts("bakker", "room") if text.startswith("☑ Stap 1/")]
    assert len(told) == 1
    story.heeds_everything()
