"""Campaign C12 in small: of three nodes on one PostgreSQL the ruling one is killed, paused and cut off in turn."""

import pytest

from tests.campaign import leading, nodes
from tests.campaign.ground import Ground
from tests.campaign.table import faults

pytestmark = pytest.mark.asyncio(loop_scope="session")
SECONDS = 1.5  # how long a lease runs


async def test_c12_a_kill_and_a_pause_leave_one_writer_and_no_zombie() -> None:
    counts = await leading.run(1, kills=1, pauses=1, seconds=SECONDS)
    assert counts["written"] > 20
    assert faults(counts) - counts["late"] == 0, counts  # how fast is for the campaign


async def test_c12_catches_a_bot_that_writes_without_looking_at_the_lease() -> None:
    assert (await leading.control(1, pauses=1, seconds=SECONDS))["zombies"] > 0


async def test_c12_whole_bots_that_are_struck_page_everybody_once_and_only_the_ruling_one_writes(
    on_postgresql: Ground,
) -> None:
    counts = await nodes.run(on_postgresql, 1, kills=1, pauses=1, cuts=1, seconds=2 * SECONDS)
    assert counts["written"] > 20
    assert (faults(counts) - counts["late"], counts["pages"]) == (0, 3 * counts["alarms"]), counts


async def test_c12_catches_whole_bots_that_write_without_looking_at_the_lease(on_postgresql: Ground) -> None:
    assert (await nodes.control(on_postgresql, 1, pauses=1, seconds=SECONDS))["zombies"] > 0
