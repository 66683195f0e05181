"""What an observer types: themes and scores as phones write them, and never a word more."""

import pytest

from bot.words.observation_words import Observed, read
from bot.words.parse import Chat, NotUnderstood, Said, parse


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("beeldvorming + regel 12, 14", Observed("beeldvorming", "+", (12, 14))),
        ("beeldvorming: ++", Observed("beeldvorming", "++", ())),
        ("Alarmering -- regels 3 en #4 5", Observed("alarmering", "--", (3, 4, 5))),
        ("alarmering – –", Observed("alarmering", "--", ())),
        ("alarmering ––", Observed("alarmering", "--", ())),
        ("alarmering — regel 7.", Observed("alarmering", "--", (7,))),
        ("nafase en leren – ", Observed("nafase", "-", ())),
        ("grondrechten en privacy n.v.t.", Observed("grondrechten", "nvt", ())),
        ("rights and privacy n/a", Observed("grondrechten", "nvt", ())),
        ("situation - lines 1 and 2, 2", Observed("beeldvorming", "-", (1, 2))),
    ],
)
def test_a_theme_a_score_and_lines_are_understood(said: str, meant: Observed) -> None:
    assert read(said) == meant


@pytest.mark.parametrize(
    "said",
    ["", "beeldvorming", "+", "beeldvorming + want Jansen was te laat", "beeldvorming +++", "sfeer +",
     "beeldvorming + regel", "beeldvorming + regel 12345", "beeldvorming + 12"],
)  # fmt: skip
def test_anything_else_is_not_so_that_no_words_get_in(said: str) -> None:
    assert read(said) is None


def test_in_the_room_other_words_are_talk_and_to_the_bot_a_question_follows() -> None:
    assert parse("waarneming van de wijkagent: rustig", "incident") == Chat()
    assert parse("waarneming beeldvorming + regel 2", "closed") == Said("observation", "beeldvorming + regel 2")
    asked = parse("waarneming van de wijkagent", "direct")
    assert isinstance(asked, NotUnderstood)
    assert asked.verb == "observation"


@pytest.mark.parametrize("tail", ["1" * 390, "1 " * 190, "1   , en " * 40, "1" + " " * 380])
def test_no_message_keeps_the_reader_busy(tail: str) -> None:
    """An expression that can split the same signs in many ways would never come to an end."""
    assert read(f"nafase + regel {tail}x") is None
