"""`check` says of every seeded mistake where it is and what to do, and of the shipped files that they are right."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.contacts import Contacts
from bot.domain.duty import Absence, Override
from bot.domain.ids import PersonId, RoleId
from bot.domain.ladder import Channel
from bot.reference.check import check
from bot.reference.contacts import load_contacts
from bot.reference.load import load_reference
from bot.reference.problems import Broken
from tests.reference.mistakes import MISTAKES, Mistake

ROOT = Path(__file__).parents[2]
EXAMPLE, PLAYBOOKS = ROOT / "contacts" / "example", ROOT / "playbooks"
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)

# These files can be used as they are; only `check` says what will go wrong with them.
ONLY_UNWISE = {
    "called role without rotation",
    "brigade role without rotation",
    "no coordinator on call",
    "rotation that starts in the future",
    "rotation that starts after the horizon",
    "same person in both layers",
    "same person in both layers later",
    "review date passed",
    "help from a card that is not there",
    "a ladder longer than the wait",
    "one person too often",
    "a region's own gap",
    "a municipality off the map",
}


def seeded(mistake: Mistake, directory: Path) -> tuple[Path, Path]:
    contacts = Path(shutil.copytree(EXAMPLE, directory / "contacts"))
    playbooks = Path(shutil.copytree(PLAYBOOKS, directory / "playbooks"))
    file = directory / mistake.file
    match mistake.right, mistake.wrong:
        case None, None:
            file.unlink()
        case None, str(wrong):
            file.write_text(wrong, encoding="utf-8")
        case str(right), str() | bytes() as wrong:
            data = file.read_bytes()
            assert right.encode() in data
            file.write_bytes(data.replace(right.encode(), wrong if isinstance(wrong, bytes) else wrong.encode(), 1))
        case _:
            raise AssertionError(mistake)
    return contacts, playbooks


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_seeded_mistake_is_named_with_file_line_and_column(mistake: Mistake, tmp_path: Path) -> None:
    problems = check(*seeded(mistake, tmp_path), AT)

    assert tuple(str(problem).replace(f"{tmp_path}/", "") for problem in problems) == mistake.said
    for problem in problems:
        assert problem.text("en").startswith(f"{problem.path}:{problem.line}:{problem.column}: ")
        assert problem.text("en") != problem.text("nl")


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_what_cannot_be_used_is_not_loaded(mistake: Mistake, tmp_path: Path) -> None:
    loaded = load_reference(*seeded(mistake, tmp_path))

    if mistake.name in ONLY_UNWISE:
        assert not isinstance(loaded, Broken)
    else:
        assert isinstance(loaded, Broken)
        assert {str(p).replace(f"{tmp_path}/", "") for p in loaded.problems} == set(mistake.said)


def test_the_shipped_files_have_no_problems() -> None:
    assert check(EXAMPLE, PLAYBOOKS, AT) == ()


def test_mistakes_in_several_files_are_told_together_in_order(tmp_path: Path) -> None:
    contacts, playbooks = seeded(next(m for m in MISTAKES if m.name == "unknown key far from any"), tmp_path)
    step = playbooks / "PB01.yaml"
    step.write_text(step.read_text(encoding="utf-8").replace("besluit: B8", "besluit: B18"), encoding="utf-8")

    assert [str(problem).replace(f"{tmp_path}/", "") for problem in check(contacts, playbooks, AT)] == [
        "contacts/regio.yaml:8:1: onbekend veld: kleur",
        "playbooks/PB01.yaml:48:14: onbekend besluit: B18",
    ]


def test_directories_that_do_not_exist_are_missing_files(tmp_path: Path) -> None:
    problems = check(tmp_path / "a", tmp_path / "b", AT)

    assert {problem.message.nl for problem in problems} == {"het bestand ontbreekt"}
    assert len(problems) == 10


def test_a_planned_second_block_of_a_rotation_closes_the_gap_and_is_no_mistake(tmp_path: Path) -> None:
    contacts = Path(shutil.copytree(EXAMPLE, tmp_path / "contacts"))
    rotations = contacts / "roosters.yaml"
    planned = (
        "  - rol: expert_cyber\n    wissel: week\n    vanaf: 2026-11-30 08:00\n"
        "    eerste: [devries, jansen]\n    reserve: [jansen, devries]\n"
    )
    text = rotations.read_text(encoding="utf-8")
    rotations.write_text(
        text.replace("  - rol: communicatie\n", planned + "  - rol: communicatie\n", 1), encoding="utf-8"
    )

    assert check(contacts, PLAYBOOKS, AT) == ()


def test_what_only_the_running_bot_knows_is_told_beside_it() -> None:
    """Who is away, who stands in, and over which verified channels each person can be reached."""
    cyber = RoleId("expert_cyber")
    away = Absence(PersonId("jansen"), AT + timedelta(days=1), AT + timedelta(days=3))
    gone = Override(cyber, "reserve", PersonId("vertrokken"), AT + timedelta(days=9), AT + timedelta(days=10))
    people = load_contacts(EXAMPLE)
    assert isinstance(people, Contacts)
    reachable: dict[PersonId, frozenset[Channel]] = {person: frozenset(("sms",)) for person in people.people}
    reachable[PersonId("post")] = frozenset()

    problems = check(EXAMPLE, PLAYBOOKS, AT, [away, gone], reachable)
    assert [problem.text().removeprefix(f"{EXAMPLE}/") for problem in problems] == [
        "roosters.yaml:5:3: vertrokken staat niet in de contacten, maar is vanaf 2026-12-01 13:00 ingeroosterd of afwezig gemeld",
        (
            "roosters.yaml:12:12: gat in het rooster: expert_cyber (eerste) heeft van 2026-11-23 13:00 tot 2026-11-25 13:00"
            " niemand, want jansen is afwezig"
        ),
        "roosters.yaml:53:23: post heeft dienst vanaf 2026-11-22 13:00 en is maar op 0 manieren bereikbaar; nodig: 1",
    ]


def test_other_servers_are_welcome_when_the_region_federates(tmp_path: Path) -> None:
    contacts = Path(shutil.copytree(EXAMPLE, tmp_path / "contacts"))
    for name, right, wrong in (
        ("regio.yaml", "federatie: false", "federatie: true"),
        ("personen.yaml", "@visser:iog.example", "@visser:elders.example"),
    ):
        file = contacts / name
        file.write_text(file.read_text(encoding="utf-8").replace(right, wrong), encoding="utf-8")

    assert check(contacts, PLAYBOOKS, AT) == ()
