"""The benchmark itself runs and says what it measured; how fast things are is for `make bench`, on a machine at rest."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench.alarms import Missing, times
from tests.bench.casework import casework
from tests.bench.command import command
from tests.bench.exports import exports
from tests.bench.phones import Brought
from tests.bench.region import BESIDE, Brigade, address
from tests.bench.report import Measured
from tests.bench.ticks import ticks


def test_a_small_run_measures_a_command_in_two_incidents(tmp_path: Path) -> None:
    ratio, first = asyncio.run(command(tmp_path, 1, small=True))
    assert len(ratio.ours) == len(ratio.theirs) == 10
    assert ratio.value > 0
    assert first.met


def test_a_small_run_measures_a_look_at_incidents_that_are_not_due(tmp_path: Path) -> None:
    look, beat = asyncio.run(ticks(tmp_path, 1, small=True))
    assert len(look.ours) == len(look.theirs) == len(beat.ours) == 50
    assert beat.value > look.value > 0  # with the heartbeat it is written to disk


def test_a_page_counts_once_it_is_in_the_hands_of_every_channel_of_a_person() -> None:
    brigade = Brigade(7)
    matrix = [(person, 10.1) for person in brigade.called]
    brought = [
        Brought(channel, 10.2, f"{address(person, channel)} OPROEP", {})
        for channel in BESIDE
        for person in brigade.called
    ]
    brought[0] = replace(brought[0], at=10.5)
    assert sorted(round(one) for one in times({brigade: 10.0}, matrix, brought)) == [200] * 7 + [500]
    for wrong in (brought[1:], [*brought, brought[0]]):
        with pytest.raises(Missing):
            times({brigade: 10.0}, matrix, wrong)


def test_a_target_is_missed_when_the_ratio_of_the_medians_is_above_it() -> None:
    samples = (1.0, 2.0, 9.0), (1.0, 1.0, 1.0)
    assert Measured("a", "", "ms", 2.0, *samples).met
    assert not Measured("a", "", "ms", 1.9, *samples).met
    assert not Measured("a", "", "MiB", 1.9, (2.0,)).met


def test_a_small_run_measures_lines_steps_and_a_playbook(tmp_path: Path) -> None:
    line, step, start = asyncio.run(casework(tmp_path, 1, small=True))
    assert len(line.ours) == len(line.theirs) == 10
    assert len(step.ours) == len(step.theirs) == 2
    assert len(start.ours) == len(start.theirs) == 1


def test_a_small_run_measures_every_form_of_a_dossier(tmp_path: Path) -> None:
    found = {one.name: one for one in asyncio.run(exports(tmp_path, 1, small=True))}
    assert {name for name, one in found.items() if one.theirs} == {
        "export_json", "export_csv_excel", "export_csv", "export_pdf", "export_bundle", "export_verify", "export_linear",
    }  # fmt: skip
    assert all(one.value > 0 for one in found.values() if one.theirs)
    assert found["export_pdf_memory"].met  # two hundred lines
