"""Words about the roster: names and roles taken out of a sentence, spans with their days, and every reply as it was approved."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import Account, PersonId
from bot.domain.people import Language, Person
from bot.words.catalogue import LANGUAGES, load
from bot.words.fit import FIRST_LINE, MOST_CHARACTERS, MOST_LINES
from bot.words.roster_phrases import (
    Assigned,
    Mistyped,
    Nobody,
    Swapped,
    Turn,
    assigned,
    find_person,
    mistyped_role,
    named_first,
    swapped,
    turn,
)
from bot.words.roster_words import Telling
from tests.words.roster_samples import golden_roster
from tests.words.samples import GOLDEN

CATALOGUE = load()


def person(name: str, words: str) -> Person:
    return Person(PersonId(name), words, "Regio", (Account(f"@{name}:iog.example"),), ())


PEOPLE = (
    person("jansen", "Jansen"),
    person("devries", "De Vries"),
    person("boer1", "Anna de Boer"),
    person("boer2", "Bram de Boer"),
)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_replies_read_as_they_were_approved(lang: Language) -> None:
    assert golden_roster(CATALOGUE, lang) == (GOLDEN / f"roster.{lang}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_rings_a_phone_fits_its_lock_screen(lang: Language) -> None:
    said = [part for part in golden_roster(CATALOGUE, lang).split("\n\n") if " m.text" in part.splitlines()[0]]
    assert len(said) > 8
    for part in said:
        first, *rest = part.strip().splitlines()[1:]
        assert len(first) <= FIRST_LINE, part
        assert len(rest) < MOST_LINES, part
        assert len("\n".join((first, *rest))) <= MOST_CHARACTERS, part


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("@jansen", "jansen"),
        ("JANSEN.", "jansen"),
        ("@jansen:iog.example", "jansen"),
        ("de vries", "devries"),
        ("DeVríes", "devries"),
        ("vries", "devries"),
        ("Anna de Boer", "boer1"),
        ("@jansen:elders.example", None),
        ("piet", None),
        ("x", None),
        ("", None),
    ],
)
def test_people_are_found_by_what_others_call_them(said: str, found: str | None) -> None:
    who = find_person(said, PEOPLE)
    assert (who.id if isinstance(who, Person) else None) == found


def test_a_name_of_two_and_a_mistyped_name_are_asked_about() -> None:
    both = find_person("boer", PEOPLE)
    assert isinstance(both, Nobody)
    assert [p.id for p in both.near] == ["boer1", "boer2"]
    near = find_person("@jansn", PEOPLE)
    assert isinstance(near, Nobody)
    assert [p.id for p in near.near] == ["jansen"]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("za 22:00–zo 08:00 met @devries", Swapped(Turn(None, "za 22:00–zo 08:00"), "@devries")),
        ("met @devries za 22:00–zo 08:00", Swapped(Turn(None, "za 22:00–zo 08:00"), "@devries")),
        ("van za 22:00 tot zo 08:00 met De Vries", Swapped(Turn(None, "van za 22:00 tot zo 08:00"), "De Vries")),
        ("reserve za–zo met devries.", Swapped(Turn("reserve", "za–zo"), "devries")),
        ("za–zo van @jansen met @devries", Swapped(Turn(None, "za–zo"), "@devries", "@jansen")),
        ("za–zo met @devries van Jansen", Swapped(Turn(None, "za–zo"), "@devries", "Jansen")),
        ("sat–sun from @jansen with @devries", Swapped(Turn(None, "sat–sun"), "@devries", "@jansen")),
        ("za 22:00", None),
    ],
)
def test_a_swap_is_taken_apart(said: str, found: Swapped | None) -> None:
    assert swapped(said) == found


def test_a_mention_that_came_as_a_link_is_the_account() -> None:
    link = "[De Vries](https://matrix.to/#/%40devries%3Aiog.example)"
    found = swapped(f"za–zo met {link}")
    assert found is not None
    assert find_person(found.other, PEOPLE) == PEOPLE[1]
    put = assigned(f"{link} op cyber tot 08:00")
    assert put is not None
    assert find_person(put.person, PEOPLE) == PEOPLE[1]


@pytest.mark.parametrize(
    ("said", "who", "when"),
    [
        ("@devries 3 dec–10 dec", "devries", "3 dec–10 dec"),
        ("De Vries morgen", "devries", "morgen"),
        ("Anna de Boer 3 dec", "boer1", "3 dec"),
        ("@piet 3 dec", None, "3 dec"),
    ],
)
def test_a_name_in_front_of_a_time(said: str, who: str | None, when: str) -> None:
    found = named_first(said, PEOPLE)
    assert found is not None
    assert (found[0].id if isinstance(found[0], Person) else None, found[1]) == (who, when)


@pytest.mark.parametrize("said", ["3 dec–10 dec", "morgen", "za 22:00–zo 08:00", ""])
def test_a_time_alone_names_nobody(said: str) -> None:
    assert named_first(said, PEOPLE) is None


def test_a_turn_and_an_assignment_are_taken_apart() -> None:
    assert turn("reserve over tot 08:00") == Turn("reserve", "tot 08:00", over=True)
    assert turn("eerste za–zo") == Turn("eerste", "za–zo")
    assert assigned("@jansen op cyber reserve tot 08:00") == Assigned("@jansen", "cyber", Turn("reserve", "tot 08:00"))
    assert assigned("@jansen tot 08:00") is None
    assert mistyped_role("cybr zaterdag") == Mistyped("cybr", "cyber", "zaterdag")
    assert mistyped_role("brandweer") is None


@given(st.text(max_size=500))
def test_any_words_are_taken_apart_without_a_crash(said: str) -> None:
    swapped(said)
    assigned(said)
    mistyped_role(said)
    named_first(said, PEOPLE)
    assert turn(said).layer in (None, "eerste", "reserve")
    assert isinstance(find_person(said, PEOPLE), Person | Nobody)


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        ((11, 28, 21), (11, 29, 7), "za 28-11 22:00–zo 29-11 08:00"),
        ((11, 28, 21), (11, 28, 22), "za 28-11 22:00–23:00"),
        ((11, 28, 7), (11, 28, 23), "za 28-11 08:00–24:00"),
        ((12, 2, 23), (12, 10, 23), "do 03-12 00:00–do 10-12 24:00"),
    ],
)
def test_a_span_names_its_days(start: tuple[int, int, int], end: tuple[int, int, int], shown: str) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    telling = Telling(CATALOGUE, "nl", {}, now)
    begin, until = (datetime(2026, *at, tzinfo=UTC) for at in (start, end))
    assert telling.span(begin, until) == shown


def test_another_year_is_said_and_so_is_which_of_two_hours() -> None:
    telling = Telling(CATALOGUE, "nl", {}, datetime(2026, 11, 22, tzinfo=UTC))
    assert telling.at(datetime(2027, 10, 31, 0, 30, tzinfo=UTC)) == "zo 31-10-2027 02:30 CEST"
    assert telling.span(datetime(2026, 12, 31, 21, tzinfo=UTC), datetime(2027, 1, 1, 7, tzinfo=UTC)) == (
        "do 31-12 22:00–vr 01-01-2027 08:00"
    )
