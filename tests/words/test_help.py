"""Help fits a screen wherever somebody asks, and the pages of documentation are made from the same table."""

from typing import get_args

import pytest

from bot.domain.messages import BY_NAME as KINDS
from bot.domain.messages import TRAITS
from bot.domain.people import ROLES, Language
from bot.words.catalogue import LANGUAGES, load
from bot.words.emoji import MARKS, REACTIONS, domain_picked, normal, reacted
from bot.words.fit import ANSWER_CHARACTERS, MOST_LINES
from bot.words.grammar import BY_NAME, VERBS, Where
from bot.words.help import about, overview
from bot.words.parse import Said, parse
from bot.words.reference_page import reference_page
from tests.words.regenerate import PAGES

CATALOGUE = load()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("place", get_args(Where))
def test_help_is_six_lines_everywhere(place: Where, lang: Language) -> None:
    for roles in ((), ROLES):
        lines = overview(CATALOGUE, lang, place, roles)
        assert 2 <= len(lines) <= MOST_LINES
        assert len("\n".join(lines)) <= ANSWER_CHARACTERS


def test_help_depends_on_place_and_role() -> None:
    expert, coordinator = ROLES[2:3], ROLES[1:2]
    assert "herlaad" in "\n".join(overview(CATALOGUE, "nl", "management", coordinator))
    assert "herlaad" not in "\n".join(overview(CATALOGUE, "nl", "management", expert))
    assert "besluit …" in "\n".join(overview(CATALOGUE, "nl", "incident", expert))
    assert "besluit …" not in "\n".join(overview(CATALOGUE, "nl", "closed", expert))


def test_what_help_teaches_is_understood() -> None:
    fill = {
        "…": "tekst",
        "en één zin": "er is iets",
        "and one sentence": "er is iets",
        "reden": "reden",
        "reason": "reason",
    }
    for verb in VERBS:
        for lang in LANGUAGES:
            use = CATALOGUE.template(lang, f"use.{verb.name}")
            for what, by in fill.items():
                use = use.replace(what, by)
            heard = parse(use, "direct")
            assert isinstance(heard, Said), (verb.name, use)
            assert heard.verb == verb.name, (verb.name, use)


def test_help_about_one_word_names_all_its_words() -> None:
    for verb in VERBS:
        text = "\n".join(about(CATALOGUE, "nl", verb.name))
        assert all(word in text for word in verb.words)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_reference_page_is_current(lang: Language) -> None:
    assert PAGES[lang].read_text(encoding="utf-8") == reference_page(CATALOGUE, lang)


def test_reactions_lead_to_verbs_and_every_offered_one_does() -> None:
    assert set(REACTIONS.values()) <= set(BY_NAME)
    assert set(MARKS.values()) - {"pin"} <= set(BY_NAME)
    assert {kind for kind, _ in REACTIONS} <= set(KINDS)
    for kind, traits in TRAITS.items():
        for key in traits.seeds:
            assert reacted(kind.__name__, key) is not None, (kind.__name__, key)


DRESSED = (("👍🏽", "✅"), ("✔️", "✅"), ("⏭️", "⏭"), ("🙋🏿‍♀️", "👤"), ("⚖️", "⚖"), ("x", "x"))


@pytest.mark.parametrize(("key", "emoji"), DRESSED)
def test_emoji_of_any_dress_mean_the_same(key: str, emoji: str) -> None:
    assert normal(key) == emoji


def test_numbers_pick_a_domain() -> None:
    assert domain_picked("2️⃣") == domain_picked("2") == "expert_cter"
    assert domain_picked("5") is None
    assert reacted("PageText", "🎉") is None
