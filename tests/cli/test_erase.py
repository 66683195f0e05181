"""`iogplus erase` on an installation on disk: two names, one thing, and a bundle that verifies afterwards."""

import sqlite3
from pathlib import Path

import pytest

from bot.logbook.verify import Verified, verify_bundle
from tests.cli.conftest import Runs
from tests.cli.test_commands import ORIGIN, PUBLIC
from tests.dossier.story import NUMBER

WHY = ("--ground", "naam van een kind", "--asked-by", "vandijk", "--confirmed-by", "bakker")


def test_two_names_erase_a_decision_and_the_bundle_verifies(installation: Path, iogplus: Runs) -> None:
    words = "Wij zetten de ME in bij het station."
    assert words in iogplus("show", NUMBER).stdout
    waiting = installation / "state" / "dossiers" / "0123456789abcdef" / f"dossier-{NUMBER}.zip"
    waiting.parent.mkdir(parents=True)
    waiting.write_bytes(words.encode())
    iogplus("export", NUMBER, "--out", "eerder")
    said = iogplus("erase", NUMBER, "--decision", "1", *WHY)
    assert (said.exit_code, said.stderr) == (0, "")
    assert "exports van vóór het wissen: 1 (" in said.stdout
    assert not waiting.exists(), "it was made and not sent yet"
    assert "gewist" in said.stdout
    assert words not in iogplus("show", NUMBER).stdout
    made = iogplus("export", NUMBER, "--out", "uit")
    found = verify_bundle(Path(made.stdout.splitlines()[0]), ORIGIN, PUBLIC)
    assert isinstance(found, Verified)
    assert found.missing_openings > 0
    listed = (installation / "state" / "erasures.jsonl").read_text()
    assert words not in listed
    assert len(listed.splitlines()) == found.missing_openings
    left = sqlite3.connect(installation / "state" / "iogplus.db")
    assert left.execute("SELECT count(*) FROM opening WHERE instr(pre, ?)", (words.encode(),)).fetchone() == (0,)
    left.close()
    again = iogplus("erase", NUMBER, "--decision", "1", *WHY)
    assert (again.exit_code, again.stderr) == (1, "Dat is al gewist.\n")


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        ((NUMBER, *WHY), 2, "noem precies een van"),
        ((NUMBER, "--line", "1", "--alarm", *WHY), 2, "noem precies een van"),
        (("2031-001", "--alarm", *WHY), 1, "incident 2031-001 is er niet"),
        ((NUMBER, "--line", "999", *WHY), 1, "Dat staat niet in het logboek."),
        ((NUMBER, "--message", "$nergens", *WHY), 1, f"Van dat bericht staat niets in het logboek van {NUMBER}."),
        ((NUMBER, "--alarm", *WHY[:-1], "vandijk"), 1, "Je vroeg het zelf."),
        ((NUMBER, "--alarm", *WHY[:-1], "niemand"), 1, ""),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    installation: Path, iogplus: Runs, arguments: tuple[str, ...], code: int, line: str
) -> None:
    said = iogplus("erase", *arguments)
    assert (said.exit_code, said.stdout, said.stderr.count("\n")) == (code, "", 1)
    assert said.stderr.startswith(line)
    assert not (installation / "state" / "erasures.jsonl").exists()
