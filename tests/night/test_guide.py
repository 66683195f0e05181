"""Everything that the pages for users tell people to type is typed from those pages, and the bot answers what stands there."""

import re
from pathlib import Path
from typing import Final

import pytest

from bot.demo.phones import Handsets
from bot.words.grammar import VERBS, Verb, Where
from bot.words.parse import Said, clean, parse
from tests.house.test_promises import PLACES, USE
from tests.house.tree import named, text
from tests.night.guide import Talk, answered, conversations, fits, typed
from tests.story import Story

asynchronous = pytest.mark.asyncio(loop_scope="session")


def commands(page: Path) -> list[str]:
    """What a page shows as typed, without its conversations."""
    body = re.sub(r"^```gesprek\n.*?^```$|<!--.*?-->", "", text(page), flags=re.MULTILINE | re.DOTALL)
    return [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", body) if not code.startswith("#")]


def like(command: str) -> re.Pattern[str]:
    """What counts as typing it: dots stand for any words, and one number or person is like another."""
    parts = [re.escape(part) for part in re.split(r"…", clean(command))]
    pattern = re.sub(r"\d+", r"\\d+", ".+".join(parts))
    return re.compile(re.sub(r"@\w+", r"@\\w+", pattern), re.IGNORECASE)


def spelled(words: str) -> str:
    """With a number where the page leaves one open."""
    words = re.sub(r"\{over \d+ dagen\}", "3 dec", words.replace("{zaak}", "2026-014"))
    return clean(re.sub(r"\{[^}]+\}", "1", words))


@asynchronous
@pytest.mark.parametrize("page", USE, ids=named)
async def test_what_a_page_says_is_what_happens(story: Story, handsets: Handsets, page: Path) -> None:
    await Talk(story, handsets, page).play(conversations(text(page)))
    story.heeds_everything()


@pytest.mark.parametrize("page", USE, ids=named)
def test_every_command_on_a_page_is_typed_there_and_answered(page: Path) -> None:
    lines = conversations(text(page))
    said = [spelled(words) for _, words in typed(lines)]
    assert [code for code in commands(page) if not any(like(code).fullmatch(words) for words in said)] == []
    heard = {line.number for line in answered(lines)}
    orders = [line for line, words in typed(lines) if any(isinstance(parse(spelled(words), p), Said) for p in PLACES)]
    assert [line.text for line in orders if line.number not in heard] == []


def test_every_word_of_the_grammar_is_typed_on_a_page() -> None:
    said = {spelled(words) for page in USE for _, words in typed(conversations(text(page)))}
    found = {verb.name for words in said for place in PLACES for verb in _verbs(words, place)}
    assert [verb.name for verb in VERBS if verb.name not in found] == []


def _verbs(words: str, place: Where) -> list[Verb]:
    heard = parse(words, place)
    return [verb for verb in VERBS if isinstance(heard, Said) and heard.verb == verb.name]


ANSWER: Final = "Besluit 3 vastgelegd (za 20-11 03:12)\nReden: rust\nWie: De Wit"


@pytest.mark.parametrize(
    ("expected", "good"),
    [
        ("Besluit 3 vastgelegd (zo 01-01 23:59)", True),
        ("Besluit …", True),
        ("Besluit 3 vastgelegd …\nWie: De Wit", True),
        ("Besluit 4 vastgelegd …", False),
        ("Reden: rust", False),
        ("Besluit …\nWie: De Wit\nReden: rust", False),
    ],
)
def test_an_answer_is_compared_line_by_line(expected: str, good: bool) -> None:
    assert fits(expected, ANSWER) == good
