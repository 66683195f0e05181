"""The benchmark itself runs and says what it measured; how fast things are is for `make bench`, on a machine at rest."""

import asyncio
from pathlib import Path

from tests.bench.command import command
from tests.bench.report import Measured


def test_a_small_run_measures_a_command_in_two_incidents(tmp_path: Path) -> None:
    ratio, first = asyncio.run(command(tmp_path, 1, small=True))
    assert len(ratio.ours) == len(ratio.theirs) == 10
    assert ratio.value > 0
    assert first.met


def test_a_target_is_missed_when_the_ratio_of_the_medians_is_above_it() -> None:
    samples = (1.0, 2.0, 9.0), (1.0, 1.0, 1.0)
    assert Measured("a", "", "ms", 2.0, *samples).met
    assert not Measured("a", "", "ms", 1.9, *samples).met
    assert not Measured("a", "", "MiB", 1.9, (2.0,)).met
