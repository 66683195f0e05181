"""Whole playbooks worked in the room: by tap, by word, in English, several in one incident; decisions refused, names warned of."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from bot.domain.closing import required_left
from bot.domain.incident import Incident, finished
from bot.domain.people import Language
from bot.domain.playbook import Step
from bot.matrix.peer import Seen
from tests.stories.test_english import english
from tests.story import RIOT, Story

__all__ = ["english"]
pytestmark = pytest.mark.asyncio(loop_scope="session")
MOST_ROUNDS: Final = 40
GIVEAWAY: Final = "alarm Waterbrug weggeefactie: om 16 uur deelt iemand gratis spullen uit in het winkelcentrum"
RUMOUR: Final = "alarm Waterbrug nepnieuws: tien bellers vragen of hier een azc komt, er gaat een brief rond"
Answer = Callable[[Story, Step, int, str], Awaitable[None]]
WORDS: Final[dict[Language, dict[str, str]]] = {
    "nl": {
        "done": "klaar",
        "decision": "besluit",
        "behalf": "namens",
        "urgent": "spoed",
        "close": "sluit",
        "yes": "sluit ja",
    },
    "en": {
        "done": "done",
        "decision": "decision",
        "behalf": "behalf",
        "urgent": "urgent",
        "close": "close",
        "yes": "close yes",
    },
}


async def called(story: Story, text: str, *, tap: bool = True) -> None:
    """An alarm to which everybody who is called comes, and is in the room with the reporter."""
    await story.says("bakker", text)
    people = list(dict.fromkeys(str(page.person) for page in (await story.incident()).pages.values()))
    for person in people:
        page = story.hears(person, "🚨 ")
        await (story.reacts(person, page, "✅") if tap else story.says(person, "1"))
    await story.joins("bakker", *people)
    story.heeds_everything()


async def works(story: Story, answer: Answer) -> Incident:
    """Every step that is put to somebody is answered, until none is left."""
    for _ in range(MOST_ROUNDS):
        incident = await story.incident()
        steps = list(enumerate(incident.steps, start=1))
        put = [(nr, s) for nr, s in steps if (at := incident.progress.get(s.id)) is not None and at.progress == "open"]
        if not put:
            return incident
        for nr, step in put:
            owner = incident.owner(incident.progress[step.id].role)
            await answer(story, step, nr, str(owner or "bakker"))
        story.heeds_everything()
    raise AssertionError("the steps do not end")


async def ends(story: Story, lang: Language = "nl") -> None:
    """Closed, with everything that is required done or with a reason; a day later it is over or on its way there."""
    words, before = WORDS[lang], await story.incident()
    await story.says("vandijk", words["close"], where="room")
    reason = " de rest volgt" if required_left(before) else ""
    await story.says("vandijk", f"{words['yes']}{reason}", where="room")
    incident = await story.incident()
    assert incident.state == "closed"
    # what is required after the end is still to come
    assert not required_left(incident) or reason
    story.heeds_everything()


def shown(story: Story, person: str, room: str, start: str) -> Seen:
    """The newest message of the bot there that begins so."""
    return next(s for s in reversed(story.peer(person).timeline(room)) if s.body.startswith(start))


async def by_tap(story: Story, step: Step, nr: int, owner: str) -> None:
    """✅; but a decision takes words from a known device."""
    room = await story.room(owner, "room")
    if step.decision is not None:
        await by_word(story, step, nr, owner)
    else:
        await story.reacts(owner, shown(story, owner, room, f"☐ Stap {nr}/"), "✅")


async def by_word(story: Story, step: Step, nr: int, owner: str, lang: Language = "nl") -> None:
    words = WORDS[lang]
    if step.decision is not None:
        option = 3 if step.decision == "B4" else 1
        told = f"{words['decision']} {step.decision} {option} {words['behalf']} {words['urgent']}"
        await story.says(owner, told, where="room")
    if not finished(await story.incident(), step):
        await story.says(owner, f"{words['done']} {nr}", where="room")
    assert finished(await story.incident(), step), step.id


async def in_english(story: Story, step: Step, nr: int, owner: str) -> None:
    await by_word(story, step, nr, owner, "en")


async def all_done(story: Story, book: str) -> None:
    incident = await story.incident()
    assert [str(one.id) for one in incident.playbooks][-1] == book
    left = [s.id for s in incident.steps if incident.applies(s) and not finished(incident, s) and s.phase != "nafase"]
    assert left == []
    assert {s.decision for s in incident.steps if s.decision} <= {d.point for d in incident.decisions}


async def test_a_call_to_riot_by_tap(story: Story) -> None:
    await called(story, RIOT)
    await works(story, by_tap)
    await all_done(story, "PB01")
    await ends(story)


async def test_a_giveaway_by_word_alone(story: Story) -> None:
    await called(story, GIVEAWAY, tap=False)
    await works(story, by_word)
    await all_done(story, "PB03")
    await ends(story)


async def test_a_giveaway_in_english(english: Story) -> None:
    await called(english, "alert Waterbrug giveaway: somebody hands out free things at 16:00 in the mall", tap=False)
    await works(english, in_english)
    await all_done(english, "PB03")
    dutch = ("Stap ", "Besluit ", "vastgelegd", "Kamer")
    room = await english.texts("bakker", "room")
    assert [body for body in room if any(word in body for word in dutch)] == []
    await ends(english, "en")


async def test_a_rumour_becomes_a_protest_and_then_a_riot(story: Story) -> None:
    await called(story, RUMOUR)
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
        assert {step.id for step in before.steps} < set(ids)
        assert await story.step("BA01") == "done"
        assert len(after.pages) >= len(before.pages)  # who is here already is not called again
    incident = await story.incident()
    assert [str(one.id) for one in incident.playbooks] == ["PB07", "PB02", "PB01"]
    assert {"politie", "om"} <= set(incident.calls)
    paged = [str(page.person) for page in incident.pages.values()]
    assert len(set(paged)) == len(paged)
    dues = [step.due for step in incident.steps]
    assert dues == sorted(dues)
    await story.says("dejong", "1")
    await story.says("vandijk", "draaiboek PB01", where="room")
    assert len((await story.incident()).playbooks) == 3
    story.heeds_everything()


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
    ("bakker", "trek in 3", "Besluit 3 ingetrokken"),
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
    await ends(story)
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
