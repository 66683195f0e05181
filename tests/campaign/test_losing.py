"""Campaign C10 in small: a bot on a real PostgreSQL that loses it, and one on an SQLite file that others lock."""

import pytest

from tests.campaign import losing
from tests.campaign.ground import Ground
from tests.campaign.table import faults

pytestmark = pytest.mark.asyncio(loop_scope="session")
SEED = 1


async def test_c10_cut_connections_and_a_server_that_dies_lose_no_alarm_and_double_no_page(
    on_postgresql: Ground,
) -> None:
    counts = await losing.run(on_postgresql, SEED, cuts=12, stops=2)
    assert counts["cuts"] > 12
    assert (faults(counts), counts["pages"]) == (0, 3 * counts["alarms"]), counts


async def test_c10_catches_a_bot_that_takes_an_event_for_heard_although_the_database_failed(
    on_postgresql: Ground,
) -> None:
    assert (await losing.control(on_postgresql, SEED, alarms=3))["lost"] > 0


async def test_c10_a_file_that_another_program_locks_loses_nothing(ground: Ground) -> None:
    counts = await losing.run_locked(ground, SEED, locks=40)
    assert (faults(counts), counts["pages"]) == (0, 3 * counts["alarms"]), counts
