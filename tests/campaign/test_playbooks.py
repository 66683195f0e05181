"""C22 in small: the playbook with a closed circle is worked to its end; a playbook and a bot with a dead end are caught."""

from pathlib import Path

import pytest

from tests.campaign import playbooks
from tests.campaign.table import faults
from tests.walk import Habits

pytestmark = pytest.mark.asyncio(loop_scope="session")
SEED = 1


async def test_c22_a_playbook_is_worked_to_its_end(tmp_path: Path) -> None:
    habits = Habits(ways=("tap", "word", "reply"), records=True, skips=0.2, options=True)
    counts = await playbooks.run(tmp_path, SEED, ["PB11"], "wire", habits)
    assert (faults(counts), counts["playbooks"]) == (0, 1), counts
    assert {"stuck", "unsettled", "unsound"} <= counts.keys(), "what was not found is told too"
    assert counts["steps"] > counts["not_applicable"] > 0, counts
    assert counts["lines"] > 10, counts


async def test_c22_takes_a_required_step_for_answered_that_does_not_apply_by_the_answer_it_hangs_on(
    tmp_path: Path,
) -> None:
    counts = await playbooks.run(tmp_path, SEED, ["PB06"], "wire", Habits(fear=1))
    assert faults(counts) == 0, counts


async def test_c22_catches_a_playbook_with_a_required_step_that_nothing_leads_to(tmp_path: Path) -> None:
    counts = await playbooks.control_playbook(tmp_path, SEED, "wire")
    assert counts["stuck"] > 0, counts
    assert "could answer PB99-2" in (tmp_path / "PB99.txt").read_text()


async def test_c22_catches_a_bot_that_puts_nothing_after_a_step_that_does_not_apply(tmp_path: Path) -> None:
    assert (await playbooks.control_bot(tmp_path, SEED, "wire"))["stuck"] > 0
