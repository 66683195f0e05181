"""Campaign C14 in small: once each, the disk, the file size and the handles run out under the real bot."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.campaign import starving
from tests.campaign.ground import Ground
from tests.campaign.table import faults

pytestmark = pytest.mark.asyncio(loop_scope="session")
SEED = 1
Starved = tuple[Ground, tuple[starving.Want, ...]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def starved(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Starved]:
    async with starving.own_disk(tmp_path_factory.mktemp("starving")) as made:
        yield made


async def test_c14_without_disk_or_handles_people_are_paged_and_no_decision_is_confirmed(starved: Starved) -> None:
    ground, wants = starved
    counts = await starving.run(ground, SEED, wants)
    assert counts["runs"] == len(wants) >= 2
    assert (faults(counts), counts["unconfirmed"]) == (0, 0), counts


async def test_c14_catches_a_bot_without_emergency_pages(starved: Starved) -> None:
    assert (await starving.control(starved[0], SEED))["unpaged"] > 0
