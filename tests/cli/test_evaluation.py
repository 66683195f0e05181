"""`iogplus evaluation`: the numbers of a night in words and as JSON, and plain words when there are none."""

import json
from pathlib import Path

from tests.cli.conftest import Runs
from tests.dossier.story import NUMBER


def test_an_incident_is_told_in_numbers_in_both_languages(installation: Path, iogplus: Runs) -> None:
    dutch, english = iogplus("evaluation", NUMBER, "--lang", "nl"), iogplus("evaluation", NUMBER, "--lang", "en")
    assert "Van alarm tot bevestiging door de coördinator: 0:23 · gehaald (doel 5:00)" in dutch.stdout
    assert "From alarm to confirmation by the coordinator: 0:23 · met (target 5:00)" in english.stdout
    assert "From alarm to first situation report: 38:43 · missed (target 30:00)" in english.stdout


def test_a_program_reads_the_same_as_json(installation: Path, iogplus: Runs) -> None:
    told = json.loads(iogplus("evaluation", NUMBER, "--json").stdout)
    assert (told["format"], told["incident"]) == ("iogplus-evaluation/1", NUMBER)
    confirmed = next(one for one in told["indicators"] if one["id"] == "confirmed")
    assert (confirmed["value"], confirmed["target"], confirmed["verdict"]) == (23, 300, "met")


def test_an_incident_that_is_not_there_gives_one_line(installation: Path, iogplus: Runs) -> None:
    said = iogplus("evaluation", "2026-999")
    assert (said.exit_code, said.stderr.count("\n")) == (1, 1)
