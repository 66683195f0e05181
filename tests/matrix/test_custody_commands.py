"""Keeping and keeping no longer are opposites: the order of words may not turn one into the other."""

import pytest

from bot.domain import commands as c
from bot.matrix import custody_commands
from tests.builders import by

LEAD = by("coordinator1")


@pytest.mark.parametrize(
    "said", ["niet langer omdat het is beantwoord", ", niet meer: het is beantwoord", "No longer, because it is over"]
)
def test_a_hold_is_lifted_wherever_the_number_stood(said: str) -> None:
    lifted = custody_commands.hold(said, LEAD)
    assert isinstance(lifted, c.LiftHold)
    assert "langer" not in lifted.reason
    assert "longer" not in lifted.reason


@pytest.mark.parametrize("said", [
    "niet meer weggooien, er loopt een Woo-verzoek", "niet langer dan nodig is wachten", "no longer than needed", "niet",
    "niets", "stop", "opheffen", "stoppen omdat het klaar is", "lift", "niet weggooien", "no", ", niet meer wissen",
])  # fmt: skip
def test_words_that_may_mean_the_opposite_are_asked_about(said: str) -> None:
    with pytest.raises(c.Refused, match="hold_or_not"):
        custody_commands.hold(said, LEAD)


@pytest.mark.parametrize("why", ["dan nodig is", "than needed", "weggooien", "wachten met wissen"])
def test_so_are_they_behind_the_words_that_lift(why: str) -> None:
    with pytest.raises(c.Refused, match="hold_or_not"):
        custody_commands.lift(why, LEAD)
    assert custody_commands.lift("omdat het is beantwoord", LEAD).reason == "het is beantwoord"


@pytest.mark.parametrize(
    "said", ["omdat er een zaak loopt", "want de rechter vroeg erom", "stopzetting is aangevochten", ""]
)
def test_any_other_reason_keeps(said: str) -> None:
    assert isinstance(custody_commands.hold(said, LEAD), c.PlaceHold)


def test_a_reason_that_speaks_of_it_later_places_a_hold() -> None:
    placed = custody_commands.hold("omdat het Woo-verzoek niet langer kan wachten", LEAD)
    assert placed == c.PlaceHold(reason=placed.reason, by=LEAD)
    assert "niet langer" in placed.reason
