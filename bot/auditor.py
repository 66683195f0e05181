"""The auditor: asks once a minute whether anything is overdue, and only when nothing is may the outside hear that we are well.

A loop of its own beside those that do the work: each of them can stand still while all others look healthy.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.desk import Desk
from bot.domain import messages as m
from bot.domain.people import Language
from bot.store import overdue

EVERY: Final = 60.0  # seconds
LOOK_AGAIN: Final = 5.0  # what is being done at this very moment is not overdue


async def _nothing() -> None:
    return


@dataclass(slots=True)
class Auditor:
    """`fit` is whether all else is well; `beat` tells the monitor outside. `found` is what is overdue, by name and number.

    `monotonic` and all lengths are in seconds.
    """

    desk: Desk
    monotonic: Callable[[], float]
    pause: Callable[[float], Awaitable[None]]
    language: Language
    fit: Callable[[], bool]
    beat: Callable[[], Awaitable[None]] = _nothing
    found: Mapping[str, int] = field(default_factory=dict)
    _jobs: dict[str, tuple[float, float]] = field(
        default_factory=dict
    )  # by name: at most so long between two, last run

    async def run(self) -> None:
        while True:
            await self.pause(EVERY)
            await self.once()

    async def once(self) -> None:
        found = await self._look()
        if found:
            await self.pause(LOOK_AGAIN)
            again = await self._look()
            found = {name: again[name] for name in found if name in again}
        if bool(found) != bool(self.found):
            await self._tell(found)
        self.found = found
        if self.fit() and not found:
            await self.beat()

    def expects(self, job: str, within: float) -> None:
        """The job must end well once in so much time, counted from now."""
        self._jobs[job] = within, self.monotonic()

    def ran(self, job: str) -> None:
        self._jobs[job] = self._jobs[job][0], self.monotonic()

    async def _look(self) -> dict[str, int]:
        now = self.desk.clock().now
        async with self.desk.database.read() as tx:
            counted = await overdue.counts(tx, now)
        late = sum(self.monotonic() - last > within for within, last in self._jobs.values())
        return {name: number for name, number in {**counted, "jobs": late}.items() if number}

    async def _tell(self, found: Mapping[str, int]) -> None:
        """One line when it begins, one when it is over."""
        details = tuple((name, str(found.get(name, 0))) for name in ("timers", "pages", "events", "jobs", "channels"))
        to = m.To("management")
        note = m.ManagementNote(to=to, lang=self.language, code="overdue", details=details)
        if not found:
            note = m.ManagementNote(to=to, lang=self.language, code="on_time")
        await self.desk.say(f"audit/{self.desk.clock().now.isoformat()}", (note,))
