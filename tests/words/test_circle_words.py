"""The closed circle in words: whoever joins it later is told what they can read and what they cannot."""

import pytest

from bot.domain import commands as c
from bot.domain import messages as m
from bot.domain.announce import announce
from bot.domain.ids import PersonId, RoomId
from bot.domain.people import Language
from bot.words import flag_words
from bot.words.catalogue import load
from bot.words.render import render
from tests.builders import Case, by

CATALOGUE = load()
SAYS: dict[Language, str] = {
    "nl": "Wie erbij komt, leest wat al is vastgelegd, niet wat eerder is gepraat.",
    "en": "Who joins reads what was recorded already, not what was chatted before.",
}


@pytest.mark.parametrize("lang", SAYS)
def test_the_list_says_what_a_newcomer_reads(lang: Language) -> None:
    case = Case()
    case.alarm()
    case.opens_room()
    case.do(c.FormCircle(persons=(PersonId("cter1"),), by=by("bakker")))
    assert SAYS[lang] in flag_words.members(CATALOGUE, lang, case.incident)


def test_the_invitation_and_the_room_say_it_as_well() -> None:
    case = Case()
    case.alarm()
    case.opens_room()
    case.do(c.FormCircle(persons=(PersonId("cter1"),), by=by("bakker")))
    case.do(c.ReportRoom(name="closed_circle", room_id=RoomId("!kring")))
    entries = case.do(c.WidenCircle(persons=(PersonId("visser"),), by=by("bakker")))
    heard = [one for entry in entries for one in announce(case.incident, entry, case.world.now)]
    bodies = {
        one.to.name: render(one, CATALOGUE, lambda person: None).body
        for one in heard
        if isinstance(one, m.CircleTold | m.CircleShown)
    }
    assert "Je leest wat is vastgelegd, niet de oude chat." in bodies["visser"]
    assert SAYS["nl"] in bodies["closed_circle"]
