"""Our own time: even, never running back, and tied to the wall clock only as long as that one moves evenly too."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk import Moment
from bot.logbook.chain import parse
from bot.store import heartbeat, log

JUMP: Final = timedelta(seconds=5)
_MILLISECOND: Final = timedelta(milliseconds=1)
_START: Final = datetime(1970, 1, 1, tzinfo=UTC)


def cut(moment: datetime) -> datetime:
    """Whole milliseconds: what is decided on is exactly what the log will say."""
    return _START + (moment - _START) // _MILLISECOND * _MILLISECOND


async def reached(tx: AsyncConnection, index: str, wall: datetime) -> datetime:
    """The time that the processes before this one had reached: by their heartbeat, or by what they wrote down after it.

    `index` is the origin of the index log; `wall` is the answer when there is nothing to go by.
    """
    beat = await heartbeat.last(tx)
    times = [beat.effective] if beat is not None and beat.effective is not None else []
    for raw in await log.tips(tx, index):
        with suppress(ValueError):  # who verifies the log says that it is broken
            times.append(parse(raw).ts)
    return max(times, default=wall)


def away(beat: heartbeat.Beat | None, wall: datetime, monotonic: float, boot: str) -> timedelta:
    """How long nobody beat before `wall` and `monotonic` (seconds) were read.

    Within one boot of the machine by the monotonic clock, which no jump moves. Else by the wall clock; when that says that
    the last beat is still to come it stood wrong, and our own time at that beat is nearer.
    """
    if beat is None or beat.beat_at is None:
        return timedelta(0)
    if boot and beat.boot == boot and beat.monotonic is not None:
        return max(timedelta(0), timedelta(seconds=monotonic) - timedelta(milliseconds=beat.monotonic))
    if wall < beat.beat_at and beat.effective is not None:
        return max(timedelta(0), wall - beat.effective)
    return max(timedelta(0), wall - beat.beat_at)


@dataclass(slots=True)
class EvenClock:
    """`wall` gives aware UTC, `monotonic` seconds. `last` is the time that an earlier process had reached.

    Time goes on with the monotonic clock; the wall clock pulls it forward while both agree to within five seconds. A jump
    of the wall clock neither fires nor delays an escalation: it is counted in `jumps` and the wall is not trusted from
    then on, until the process starts again.
    """

    wall: Callable[[], datetime]
    monotonic: Callable[[], float]
    last: datetime
    jumped: timedelta = timedelta(0)
    trusted: bool = True
    _at: float = 0.0

    def __post_init__(self) -> None:
        self._at = self.monotonic()
        self.last = max(cut(self.last), cut(self.wall()))

    def __call__(self) -> Moment:
        tick = self.monotonic()
        even = self.last + timedelta(seconds=tick - self._at)
        wall = self.wall()
        if self.trusted and abs(wall - even) > JUMP:
            self.trusted = False
            self.jumped = wall - even
        now = max(even, wall) if self.trusted else even
        self.last, self._at = now, tick
        return Moment(cut(now), cut(wall))

    def take_jump(self) -> timedelta | None:
        """The jump that was seen since the last question, once."""
        jumped, self.jumped = self.jumped, timedelta(0)
        return jumped or None
