"""What the bot advises to type about a decision is what it understands."""

import re
from pathlib import Path

import pytest

from bot.domain import commands as c
from bot.domain.contacts import Reference
from bot.domain.people import Language
from bot.reference.load import load_reference
from bot.words import decision_words
from bot.words.catalogue import LANGUAGES, load
from bot.words.decision_phrases import named
from bot.words.parse import Said, parse
from tests.builders import Case, by

ROOT = Path(__file__).parents[2]
CATALOGUE = load()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_reason_can_be_given_at_once_as_it_is_advised(lang: Language) -> None:
    case = Case()
    case.alarm()
    case.opens_room()
    case.answers("coordinator1")
    case.do(c.TakeDecision(point="B1", option=1, by=by("coordinator1")))
    for reason in ("feiten", "doel"):
        shown = "\n".join(decision_words.whole(CATALOGUE, lang, case.incident, 1) or ())
        advised = re.search(r"(?:reden|reason) 1 (?:.*?): ", shown)
        assert advised is not None, shown
        said = parse(f"{advised.group()}rust op het plein", "incident")
        assert isinstance(said, Said)
        kinds = case.incident.playbooks[-1].reasons
        assert (said.verb, said.number) == ("reason", 1)
        found = named(kinds, said.argument)
        assert found is not None
        assert (found[0].id, found[1]) == (reason, "rust op het plein")
        case.do(c.GiveReason(decision=1, reason=reason, text=found[1], by=by("coordinator1")))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_question_can_be_named(lang: Language) -> None:
    reference = load_reference(ROOT / "contacts" / "example", ROOT / "playbooks")
    assert isinstance(reference, Reference)
    book = next(book for book in reference.playbooks.values() if book.decisions)
    for kind in book.decisions:
        for option in kind.options:
            questions = tuple(one for one in book.reasons if one.id in (*kind.asks, *option.asks))
            assert questions, kind.id
            for question in questions:
                name = question.name.nl if lang == "nl" else question.name.en
                said = parse(f"{'reden' if lang == 'nl' else 'reason'} 3 {name.lower()}: rust", "incident")
                assert isinstance(said, Said)
                assert named(questions, said.argument) == (question, "rust")
