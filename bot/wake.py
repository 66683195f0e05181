"""The alarm clock: our own loop on the monotonic clock, every second and at once when something was committed.

Each due incident gets a `Tick`; then the heartbeat row is written, and only after that write is the outside told that we live.
Measured: a scheduler on the wall clock stands still for an hour when that clock is set back an hour, so it wakes no escalation.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.desk import Desk
from bot.domain import commands as c
from bot.store import directory, heartbeat

EVERY: Final = 1.0  # seconds
BEAT_EVERY: Final = 2.0


@dataclass(slots=True)
class Wake:
    """`alive` is called after each heartbeat that reached the database; `ripple` ends the wait early."""

    desk: Desk
    monotonic: Callable[[], float]
    alive: Callable[[], None]
    ripple: asyncio.Event
    _beaten: float = float("-inf")

    async def run(self) -> None:
        while True:
            self.ripple.clear()
            await self.once()
            waiting = asyncio.ensure_future(self.ripple.wait())
            await asyncio.wait((waiting,), timeout=EVERY)
            waiting.cancel()

    async def once(self) -> int:
        """One round; how many incidents were ticked."""
        moment = self.desk.clock()
        async with self.desk.database.read() as tx:
            due = await directory.due(tx, moment.now)
        for incident in due:
            await self.desk.handle(incident, c.Tick())
        if self.monotonic() - self._beaten >= BEAT_EVERY:
            async with self.desk.database.begin() as tx:
                moment = self.desk.clock()
                await heartbeat.beat(tx, moment.wall, moment.now)
            self._beaten = self.monotonic()
            self.alive()
        return len(due)
