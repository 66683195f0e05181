"""One switch for a bill that became law, and whom a playbook wants first: as written; mistakes are named with their place."""

from pathlib import Path

import pytest

from bot.domain.contacts import Reference
from bot.domain.ids import PlaybookId, RoleId
from bot.reference.check import check
from bot.reference.load import load_reference
from tests.reference.mistakes import Mistake
from tests.reference.test_check import AT, seeded

BASES, DRILL = "playbooks/grondslagen.yaml", "playbooks/PB10.yaml"
BILL = "    status: wetsvoorstel\n    vlag: wet_oaov_36789\n"
WRONG = (
    Mistake(
        "first without a page",
        DRILL,
        "eerst: [iog]",
        "eerst: [iog, jurist]",
        ("playbooks/PB10.yaml:9:14: eerst: jurist staat niet bij oproepen",),
    ),
    Mistake(
        "an answer that waits for a law which stands nowhere",
        BASES,
        "vlag: wet_oaov_36789",
        "vlag: wet_oaov",
        ("playbooks/besluiten.yaml:288:136: geen grondslag met vlag wet_oaov_36789",),
    ),
)


def removal(reference: Reference) -> str | None:
    """The bill that keeps anybody from choosing the removal order; None when nothing does."""
    options = {option.id: option for option in reference.decisions["B7"].options}
    return options["verwijderbevel_36789"].law


def loaded(mistake: Mistake, directory: Path) -> Reference:
    found = load_reference(*seeded(mistake, directory))
    assert isinstance(found, Reference), found
    return found


def test_a_bill_bars_its_option_until_its_one_switch_says_that_it_is_law(tmp_path: Path) -> None:
    law = Mistake("law", BASES, BILL, "    status: geldend\n    vlag: wet_oaov_36789\n    aan: true\n", ())
    nothing = Mistake("nothing", BASES, BILL, BILL, ())
    assert removal(loaded(nothing, tmp_path / "bill")) == "wet_oaov_36789"
    assert removal(loaded(law, tmp_path / "law")) is None


def test_whom_a_playbook_wants_first_and_in_confidence_is_as_written(tmp_path: Path) -> None:
    reference = loaded(Mistake("nothing", DRILL, "eerst: [iog]", "eerst: [iog]", ()), tmp_path)
    assert reference.playbooks[PlaybookId("PB10")].first == (RoleId("iog"),)
    assert [book for book in reference.playbooks if reference.playbooks[book].closed_circle] == ["PB11"]
    assert reference.contacts.policy.first_alone.total_seconds() == 180


@pytest.mark.parametrize("mistake", WRONG, ids=lambda mistake: mistake.name)
def test_a_mistake_is_named_with_file_line_and_column(mistake: Mistake, tmp_path: Path) -> None:
    problems = check(*seeded(mistake, tmp_path), AT)
    assert tuple(str(problem).replace(f"{tmp_path}/", "") for problem in problems) == mistake.said
