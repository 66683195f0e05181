"""C17 in small: the flood goes on while somebody else's alarm is heard, paged and answered; without bundling it is caught."""

from pathlib import Path

from bot.domain.flood import FLOOD
from tests.campaign import flood
from tests.campaign.table import faults

SEED = 1


async def test_c17_a_flood_drowns_neither_a_new_alarm_nor_an_answer(tmp_path: Path) -> None:
    counts = await flood.run(tmp_path, SEED, alarms=30, users=5)
    assert (faults(counts) - counts["late"], counts["crowded"]) == (0, 0), counts  # how fast is for the campaign
    assert counts["alarms"] == 31
    assert counts["incidents"] == FLOOD.alarms + 1


async def test_c17_catches_a_bot_that_makes_an_incident_of_every_alarm(tmp_path: Path) -> None:
    assert (await flood.control(tmp_path, SEED))["crowded"] > 0
