"""The alarm clock: our own loop on the monotonic clock, every second, and at once when the earliest timer is due before that.

Each due incident gets a `Tick`; then the heartbeat row is written, and only after that write is the outside told that we live.
After an absence every open incident hears of it before anything is done late there: first those in which something is.
Measured: a scheduler on the wall clock stands still for an hour when that clock is set back an hour, so it wakes no escalation.
"""

import asyncio
from collections.abc import Callable, Sequence
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

    `lag` is how late (seconds) the last round was for the timer that was due first. `away`: the next round tells every open
    incident that we were gone for so many seconds.
    """

    desk: Desk
    monotonic: Callable[[], float]
    alive: Callable[[], None]
    ripple: asyncio.Event
    boot: str = ""  # names the time since which `monotonic` counts, where that is known
    lag: float = 0.0
    away: int = 0
    _until: datetime | None = None
    _broken: set[IncidentId] = field(default_factory=set)
    _told: set[IncidentId] = field(
        default_factory=set
    )  # of the absence, or ticked since: a second time would be untrue
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
        untold = await self._untold()
        for incident, _ in late:
            told: tuple[c.Command, ...] = (c.ReportAway(seconds=self.away),) if incident in untold else ()
            await self._tick(incident, (*told, c.Tick()))
            self._told.add(incident)
        for incident in untold:
            if incident not in self._told:
                await self._tick(incident, (c.ReportAway(seconds=self.away),))
                self._told.add(incident)
        self.away = 0
        await self._beat()
        return len(late)

    async def _untold(self) -> tuple[IncidentId, ...]:
        """The open incidents that must hear of an absence."""
        if not self.away:
            return ()
        async with self.desk.database.read() as tx:
            known = [row.id for row in await directory.open_rows(tx)]
        return tuple(one for one in known if one not in self._broken and one not in self._told)

    async def _tick(self, incident: IncidentId, commands: Sequence[c.Command]) -> None:
        await self._beat()  # a thousand that are due take longer than a heart may stand still
        try:
            await self.desk.handle_all(incident, commands)
        except BrokenLog as broken:
            # the escalations of the others go on
            await self.desk.set_aside(broken)
            self._broken.add(incident)

    async def _beat(self) -> None:
        if self.monotonic() - self._beaten < BEAT_EVERY:
            return
        async with self.desk.database.begin() as tx:
            moment = self.desk.clock()
            await heartbeat.beat(tx, moment.wall, moment.now, self.boot, self.monotonic())
        self._beaten = self.monotonic()
        self.alive()

    def _seconds(self) -> float:
        assert self._until is not None, "a round says until when to wait"
        return max(0.0, (self._until - self.desk.clock().now).total_seconds())
