"""How people say who has which duty, who does a step and when, and what of that is only talk."""

from datetime import timedelta

import pytest

from bot.domain import commands as c
from bot.domain.ids import PersonId, StepId
from bot.domain.incident import Incident
from bot.domain.people import DUTIES
from bot.matrix.team_commands import duty, later, passed_on
from bot.words.catalogue import load
from bot.words.grammar import DUTY_VERBS, DUTY_WORDS, Where
from bot.words.parse import Chat, NotUnderstood, Said, parse
from bot.words.teamwork_words import listed
from tests.builders import NIGHT, Case, by, contacts

CATALOGUE = load()
PEOPLE = tuple(contacts().people.values())
OFFICER = by("bakker")


def said(text: str, place: Where = "incident") -> Said:
    heard = parse(text, place)
    assert isinstance(heard, Said), heard
    return heard


@pytest.mark.parametrize("known", DUTIES)
def test_every_duty_is_given_by_each_of_its_words(known: str) -> None:
    for words in DUTY_WORDS[known]:  # type: ignore[index]
        for word in words:
            for verb in ("rol", "role"):
                given = duty(said(f"{verb} {word} @cyber1"), OFFICER, PEOPLE)
                assert given == c.GiveDuty(duty=known, person=PersonId("cyber1"), by=OFFICER)  # type: ignore[arg-type]
            assert said(f"leg {word} neer") == Said("lay_down", known)


def test_the_common_duties_are_words_of_their_own() -> None:
    for verb, known in DUTY_VERBS.items():
        word = DUTY_WORDS[known][0][0]
        assert said(f"{word} ik").verb == verb
        assert duty(said(f"{word.capitalize()} aan @cter1."), OFFICER, PEOPLE).person == "cter1"  # type: ignore[union-attr]
        assert duty(said(f"{word}: ik"), OFFICER, PEOPLE) == c.GiveDuty(duty=known, by=OFFICER)
    with pytest.raises(c.Refused, match="no_such_person"):
        duty(said("voorzitter @niemand"), OFFICER, PEOPLE)


@pytest.mark.parametrize(
    "talk",
    ["voorzitter", "Voorzitter, mag ik iets vragen?", "voorzitter jansen is ziek", "later", "later bellen we de school",
     "rol de hekken naar links", "leg uit wat je ziet", "rollen we de hekken uit?", "ronde 2 was zwaar"],
)  # fmt: skip
def test_what_people_say_to_each_other_stays_talk(talk: str) -> None:
    assert isinstance(parse(talk, "incident"), Chat)


def test_rellen_is_no_mistyped_rollen() -> None:
    heard = parse("rellen station", "direct")
    assert not isinstance(heard, NotUnderstood) or heard.suggestion != "rollen"


def test_a_step_is_put_off_to_a_time_or_for_a_while() -> None:
    step = StepId("BA03")

    def read(text: str) -> c.Command:
        return later(said(text), step, OFFICER, NIGHT, "Europe/Amsterdam")

    assert read("later 2") == c.PostponeStep(step=step, by=OFFICER)
    assert read("later 2 04:00") == c.PostponeStep(step=step, until=NIGHT + timedelta(minutes=56), by=OFFICER)
    assert read("later 2 over een half uur") == c.PostponeStep(
        step=step, until=NIGHT + timedelta(minutes=30), by=OFFICER
    )
    with pytest.raises(c.Refused, match="step_time"):
        read("later 2 ooit")


def test_a_step_is_passed_on_by_name_or_taken_by_oneself() -> None:
    asked = passed_on(said("draag over 2 aan @cyber1"), StepId("BA03"), OFFICER, PEOPLE)
    assert asked == c.PassOnStep(step=StepId("BA03"), person=PersonId("cyber1"), by=OFFICER)
    assert said("draag over 2 @cyber1").number == 2
    assert said("pass on 2 me") == Said("pass_on_step", number=2)


def test_who_is_what_is_told_in_both_languages() -> None:
    case = Case()
    case.alarm()
    case.answers("coordinator1")
    case.opens_room()
    case.do(c.GiveDuty(duty="voorzitter", by=OFFICER))
    case.do(c.GiveDuty(duty="liaison", person=PersonId("coordinator1"), by=OFFICER))
    dutch = listed(CATALOGUE, "nl", case.incident)
    assert dutch[0] == "2026-014 · wie is wat"
    assert "voorzitter: Bakker, sinds zo 22-11 03:04" in dutch
    assert "liaison: niemand; Coordinator1 is gevraagd" in dutch
    assert "verslaglegger: niemand" in dutch
    assert any(line.endswith(": Coordinator1") for line in dutch)
    english = listed(CATALOGUE, "en", case.incident, NIGHT)
    assert english[0].startswith("2026-014 · who was what, ")
    assert "note-taker: nobody" in english
    assert isinstance(case.incident, Incident)
