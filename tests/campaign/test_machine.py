"""C8 in small: two hundred lives of an incident in any order, and the bot that forgets a yes is caught."""

import asyncio
from pathlib import Path

from tests.campaign import machine
from tests.campaign.table import faults

SEED = 1
LIVES, STEPS = 200, 30


async def test_c8_any_order_of_commands_times_and_crashes_keeps_the_promises(tmp_path: Path) -> None:
    file = await machine.migrated(tmp_path)
    counts = await asyncio.to_thread(machine.run, file, SEED, LIVES, STEPS)
    assert faults(counts) == 0, counts
    assert counts["lives"] >= LIVES
    assert counts["accepted"] > LIVES
    assert counts["refused"] > LIVES
    assert min(counts["crashes"], counts["pages"], counts["entries"]) > 0, counts


async def test_c8_catches_a_bot_that_goes_on_paging_after_a_yes(tmp_path: Path) -> None:
    file = await machine.migrated(tmp_path)
    assert (await asyncio.to_thread(machine.run, file, SEED, 40, 30, forgets=True))["unsound"] > 0
