"""`systemctl reload` sends SIGHUP: the running bot reads its files again, says what changed, and keeps the old on a mistake."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.campaign.ground import Ground
from tests.campaign.wire import Trap, listens

pytestmark = pytest.mark.asyncio(loop_scope="session")


@contextmanager
def changed(path: Path, old: str, new: str) -> Iterator[None]:
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_text(before.replace(old, new), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")


async def test_sighup_reads_the_files_again_and_says_so_to_the_operators(ground: Ground) -> None:
    vandijk, room = ground.peers["vandijk"], ground.playground.management_room
    people = ground.playground.settings.contacts_dir / "personen.yaml"
    await vandijk.join(room)
    async with ground.bots("as_it_is").life() as bot:
        listening = Trap(listens, 1, "during", lambda: None)
        ground.way.begin(listening)
        assert await listening.springs_within(60)
        with changed(people, "naam: Deboer", "naam: Den Boer"):
            os.kill(bot.pid, signal.SIGHUP)
            await vandijk.wait_text(room, "1 gewijzigd", 60)
        with changed(people, "rollen: [coordinator]", "rollen: [coordinatr]"):
            os.kill(bot.pid, signal.SIGHUP)
            assert "personen.yaml:" in (await vandijk.wait_text(room, "Niet geladen", 60)).body
        assert bot.alive
        await ground.raise_alarm("proef-reload-1")
        assert await ground.settled(bot)
    counts = await ground.judge(["proef-reload-1"])
    assert (counts["lost"], counts["pages"]) == (0, 3), counts
