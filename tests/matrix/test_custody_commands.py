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


def test_a_reason_that_speaks_of_it_later_places_a_hold() -> None:
    placed = custody_commands.hold("omdat het Woo-verzoek niet langer kan wachten", LEAD)
    assert placed == c.PlaceHold(reason=placed.reason, by=LEAD)
    assert "niet langer" in placed.reason
