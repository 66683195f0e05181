"""What one sentence says, and that no word of it is lost."""

import pytest

from bot.domain.ids import PersonId
from bot.domain.intake import read_alarm
from tests.builders import NIGHT, reference

REFERENCE = reference()
BAKKER = REFERENCE.contacts.people[PersonId("bakker")]


@pytest.mark.parametrize(
    ("sentence", "municipality", "named", "proposed", "text"),
    [
        ("Waterbrug rellen: om 21:00 bij het station", "waterbrug", True, "PB01", "om 21:00 bij het station"),
        ("Polderdam: oproep om te rellen", "polderdam", False, "PB01", "oproep om te rellen"),
        (
            "ze willen om 21:00 rellen in Polderdam",
            "polderdam",
            False,
            "PB01",
            "ze willen om 21:00 rellen in Polderdam",
        ),
        ("F01 bij het station", "waterbrug", True, "PB01", "F01 bij het station"),
        ("let op: iets vreemds", "waterbrug", False, None, "let op: iets vreemds"),
        ("", "waterbrug", False, None, ""),
        ("Nieuwkerk: iets", "waterbrug", False, None, "Nieuwkerk: iets"),
        ("RÉLLEN Waterbrug: nu", "waterbrug", True, "PB01", "nu"),
    ],
)
def test_a_sentence_is_understood(
    sentence: str, municipality: str, named: bool, proposed: str | None, text: str
) -> None:
    intake = read_alarm(sentence, BAKKER, REFERENCE, NIGHT.date())
    assert intake.municipality is not None
    found = (intake.municipality.id, intake.named, intake.playbook.id if intake.playbook else None, intake.text)
    assert found == (municipality, named, proposed, text)


@pytest.mark.parametrize(
    ("sentence", "now", "danger"),
    [
        ("Waterbrug nu: rellen", True, False),
        ("nu rellen bij station", True, False),
        ("er wordt geschoten", False, True),
        ("we eten vanavond om 21:00", False, False),
        ("brandweer oefent", False, False),
    ],
)
def test_hurry_and_danger_are_read_from_explicit_words(sentence: str, now: bool, danger: bool) -> None:
    intake = read_alarm(sentence, BAKKER, REFERENCE, NIGHT.date())
    assert (intake.now, intake.danger) == (now, danger)
