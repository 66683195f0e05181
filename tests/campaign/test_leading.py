"""Campaign C12 in small: two nodes of three on one PostgreSQL are killed and paused in turn."""

from tests.campaign import leading
from tests.campaign.table import faults

SECONDS = 1.5  # how long a lease runs


async def test_c12_two_kills_and_two_pauses_leave_one_writer_and_no_zombie() -> None:
    counts = await leading.run(1, kills=2, pauses=2, seconds=SECONDS)
    assert counts["written"] > 20
    assert faults(counts) == 0, counts


async def test_c12_catches_a_bot_that_writes_without_looking_at_the_lease() -> None:
    assert (await leading.control(1, pauses=1, seconds=SECONDS))["zombies"] > 0
