"""Lessons are found by their words or by the kind of case, with typos, and fit a phone in both languages."""

from pathlib import Path

import pytest

from bot.domain.contacts import Reference
from bot.domain.learned import Behind, Harvest, Learned
from bot.reference.load import load_reference
from bot.words import learned_words, replies
from bot.words.catalogue import LANGUAGES, load
from bot.words.fit import ANSWER_CHARACTERS, ANSWER_LINES

ROOT = Path(__file__).parents[2]
CATALOGUE = load()
WHOLE = load_reference(ROOT / "contacts" / "example", ROOT / "playbooks")
assert isinstance(WHOLE, Reference), WHOLE
SHIPPED: Reference = WHOLE
SCHOOL = Learned("eerder de school bellen", (Behind("2026-014", "F03", False), Behind("2026-002", "F01", True)))
SQUARE = Learned("het plein beter bekijken", (Behind("2026-009", "F01", False),))
HARVEST = Harvest((SCHOOL, SQUARE), left_out=2)


def asked(query: str) -> tuple[str, ...]:
    return learned_words.lessons(CATALOGUE, "nl", SHIPPED, HARVEST, query)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("weggeefactie", [SCHOOL]), ("wegeefactie", [SCHOOL]), ("giveaway", [SCHOOL]), ("shcool", [SCHOOL]),
        ("rellen", [SCHOOL, SQUARE]), ("plien bekijken", [SQUARE]), ("F03", [SCHOOL]), ("plein school", []), ("drone", []),
        ("", [SCHOOL, SQUARE]),
    ],
)  # fmt: skip
def test_a_lesson_is_found_by_what_it_says_or_by_the_kind_of_case(query: str, found: list[Learned]) -> None:
    told = [text for text in asked(query) if text.startswith("· ")]
    assert [text[2:].partition(" (")[0] for text in told] == [one.text for one in found]


def test_each_lesson_says_which_incidents_are_behind_it_and_how_many_were_left_out() -> None:
    assert asked("school") == (
        "Lessen over „school”:",
        "· eerder de school bellen (2026-014, 2026-002, oefening)",
        "Weggelaten: 2, met mogelijk persoonsgegevens.",
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_many_long_lessons_come_in_pages_of_one_screen(lang: str) -> None:
    many = tuple(Learned(f"les {n} " + "woord " * 80, SQUARE.behind) for n in range(40))
    lines = learned_words.lessons(CATALOGUE, lang, SHIPPED, Harvest(many), "", ("2026-003",))  # type: ignore[arg-type]
    assert lines[-1].endswith("2026-003")
    for page in replies.pages(CATALOGUE, lang, lines):  # type: ignore[arg-type]
        assert len(page) <= ANSWER_LINES
        assert sum(len(text) + 1 for text in page) - 1 <= ANSWER_CHARACTERS


def test_nothing_learned_says_so() -> None:
    assert learned_words.lessons(CATALOGUE, "nl", SHIPPED, Harvest(()), "") == ("Er zijn nog geen lessen.",)
    assert learned_words.open_questions(CATALOGUE, "en", Harvest(())) == ("No knowledge questions are open.",)
    assert learned_words.open_questions(CATALOGUE, "nl", Harvest((SQUARE,)))[1].endswith("(2026-009)")
