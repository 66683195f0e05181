"""The alarm clock: our own loop on the monotonic clock, every second, and at once when the earliest timer is due before that.

Each due incident gets a `Tick`; then the heartbeat row is written, and only after that write is the outside told that we live.
Measured: a scheduler on the wall clock stands still for an hour when that clock is set back an hour, so it wakes no escalation.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.desk import Desk
from bot.domain import commands as c
from bot.domain.ids import IncidentId
from bot.folding import BrokenLog
from bot.store import directory, heartbeat

EVERY: Final = timedelta(seconds=1)
BEAT_EVERY: Final = 2.0  # seconds


@dataclass(slots=True)
class Wake:
    """`alive` is called after each heartbeat that reached the database; `ripple` ends the wait early.

    `lag` is how late (seconds) the last round was for the timer that was due first.
    """

    desk: Desk
    monotonic: Callable[[], float]
    alive: Callable[[], None]
    ripple: asyncio.Event
    boot: str = ""  # names the time since which `monotonic` counts, where that is known
    lag: float = 0.0
    _until: datetime | None = None
    _broken: set[IncidentId] = field(default_factory=set)
    _beaten: float = float("-inf")

    async def run(self) -> None:
        while True:
            self.ripple.clear()
            await self.once()
            waiting = asyncio.ensure_future(self.ripple.wait())
            await asyncio.wait((waiting,), timeout=self._seconds())
            waiting.cancel()

    def expect(self, due: datetime | None) -> None:
        """A timer was set for `due`: the wait ends early when that is before the next round."""
        if due is not None and self._until is not None and due < self._until:
            self.ripple.set()

    async def once(self) -> int:
        """One round; how many incidents were ticked."""
        moment = self.desk.clock()
        async with self.desk.database.read() as tx:
            coming = await directory.due(tx, moment.now + EVERY)
        coming = [(incident, due) for incident, due in coming if incident not in self._broken]
        late = [(incident, due) for incident, due in coming if due <= moment.now]
        self.lag = (moment.now - late[0][1]).total_seconds() if late else 0.0
        self._until = min((due for _, due in coming if due > moment.now), default=moment.now + EVERY)
        for incident, _ in late:
            await self._tick(incident)
        if self.monotonic() - self._beaten >= BEAT_EVERY:
            async with self.desk.database.begin() as tx:
                moment = self.desk.clock()
                await heartbeat.beat(tx, moment.wall, moment.now, self.boot, self.monotonic())
            self._beaten = self.monotonic()
            self.alive()
        return len(late)

    async def _tick(self, incident: IncidentId) -> None:
        try:
            await self.desk.handle(incident, c.Tick())
        except BrokenLog as broken:
            # the escalations of the others go on
            await self.desk.set_aside(broken)
            self._broken.add(incident)

    def _seconds(self) -> float:
        assert self._until is not None, "a round says until when to wait"
        return max(0.0, (self._until - self.desk.clock().now).total_seconds())
