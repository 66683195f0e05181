"""The campaigns in small, each with the known-bad bot that it must catch."""

import pytest

from tests.campaign import hearing, pages, readable, rooms
from tests.campaign.ground import Ground
from tests.campaign.table import faults

pytestmark = pytest.mark.asyncio(loop_scope="session")
SEED = 1


async def test_c1_twenty_kills_and_every_page_is_one_event(ground: Ground) -> None:
    counts = await pages.run(ground, SEED, kills=20)
    assert counts["alarms"] >= 5
    assert (faults(counts), counts["pages"]) == (0, 3 * counts["alarms"]), counts


async def test_c1_catches_a_bot_with_random_transaction_ids(ground: Ground) -> None:
    assert (await pages.control(ground, SEED, kills=3))["doubled"] > 0


async def test_c2_every_page_can_be_read_from_five_fresh_processes_with_failing_key_requests(ground: Ground) -> None:
    counts = await readable.run(ground, SEED, kills=5)
    assert (faults(counts), counts["pages"]) == (0, 15), counts


async def test_c2_catches_a_bot_that_believes_that_every_key_arrived(ground: Ground) -> None:
    assert (await readable.control(ground, SEED, kills=1))["unreadable"] > 0


async def test_c3_five_homeserver_kills_leave_one_encrypted_room_each_with_everybody_invited(ground: Ground) -> None:
    counts = await rooms.run(ground, SEED, kills=5)
    assert (faults(counts), counts["rooms"]) == (0, 5), counts


async def test_c3_catches_a_bot_that_creates_until_it_is_answered(ground: Ground) -> None:
    assert (await rooms.control(ground, SEED, kills=1))["doubled"] > 0


async def test_c11_ten_kills_and_a_gap_larger_than_a_sync_lose_no_alarm(ground: Ground) -> None:
    counts = await hearing.run(ground, SEED, kills=10)
    assert counts["alarms"] >= 10
    assert (faults(counts), counts["pages"]) == (0, counts["alarms"]), counts


async def test_c11_catches_a_bot_that_asks_for_nothing_that_a_sync_left_out(ground: Ground) -> None:
    assert (await hearing.control_gap(ground, SEED))["lost"] > 0


async def test_c11_catches_a_bot_that_keeps_its_token_before_the_events(ground: Ground) -> None:
    assert (await hearing.control_token(ground, SEED, kills=2))["lost"] > 0
