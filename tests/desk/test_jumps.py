"""Campaign C6 in small, with clocks of our own: whatever the wall clock does, everybody is paged at the same moments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from bot.clock import EvenClock, cut
from bot.desk import Moment
from bot.domain import entries as e
from bot.domain.escalation import EscalationStep, Whom
from bot.domain.timers import next_due
from tests.builders import NIGHT, Case

POLICIES = 60
HORIZON = 3_600.0  # seconds of each night that are lived through
HOUR = 3_600.0
JUMPS = (HOUR, -HOUR, 24 * HOUR, -24 * HOUR, 6.0, -6.0)
# In Amsterdam the clock goes from 02:00 to 03:00 and from 03:00 to 02:00.
NIGHTS = (NIGHT, datetime(2027, 3, 28, 0, 50, tzinfo=UTC), datetime(2026, 10, 25, 0, 50, tzinfo=UTC))

Jump = tuple[float, float]  # seconds since the alarm, seconds that the wall clock moves
Moments = list[tuple[str, str, float]]  # what, who, seconds since the alarm
Clock = Callable[[], Moment]


@dataclass
class Walls:
    """A wall clock that is set by `jumps`, and a monotonic one that nobody sets."""

    start: datetime
    jumps: Sequence[Jump]
    elapsed: float = 0.0

    def wall(self) -> datetime:
        moved = sum(by for at, by in self.jumps if at <= self.elapsed)
        return self.start + timedelta(seconds=self.elapsed + moved)


def even(walls: Walls) -> Clock:
    return EvenClock(walls.wall, lambda: walls.elapsed, walls.start)


def on_the_wall(walls: Walls) -> Clock:
    """A known-bad clock: what is due is read off the wall."""
    return lambda: Moment(cut(walls.wall()), cut(walls.wall()))


def night(walls: Walls, steps: tuple[EscalationStep, ...], made: Callable[[Walls], Clock] = even) -> Moments:
    """One alarm that nobody answers, looked at every second as the bot does; what came of it and when."""
    clock, case = made(walls), Case(steps=steps)
    seen: Moments = []

    def now() -> None:
        moment = clock()
        case.world = replace(case.world, now=moment.now, wall=moment.wall)

    def note(entries: Sequence[e.Entry]) -> None:
        for entry in entries:
            if isinstance(entry, e.PageRequested | e.PageRepeated | e.PageUnanswered):
                seen.append((type(entry).__name__, str(entry.page), round(walls.elapsed)))

    now()
    note(case.alarm())
    while walls.elapsed < HORIZON:
        walls.elapsed += 1
        now()
        due = next_due(case.incident)
        if due is not None and due <= case.world.now:
            note(case.tick())
    return seen


def drawn(rng: Random) -> tuple[EscalationStep, ...]:
    whom: tuple[Whom, ...] = ("eerste", "reserve", "coordinator")
    return tuple(
        EscalationStep(
            whom[n], timedelta(seconds=rng.randint(20, 400)), repeats=rng.randint(0, 2),
            repeat_every=timedelta(seconds=rng.randint(15, 90)),
        )
        for n in range(3)
    )  # fmt: skip


@pytest.mark.parametrize("start", NIGHTS, ids=["november", "spring", "autumn"])
def test_no_jump_of_the_wall_clock_suppresses_or_hastens_a_page(start: datetime) -> None:
    rng, pages = Random(f"C6:{start}"), 0
    for _ in range(POLICIES // len(NIGHTS)):
        steps = drawn(rng)
        jumps = [(rng.uniform(1, 900), rng.choice(JUMPS)) for _ in range(rng.randint(1, 4))]
        quiet, disturbed = night(Walls(start, ()), steps), night(Walls(start, jumps), steps)
        assert disturbed == quiet, (steps, jumps)
        pages += sum(kind != "PageUnanswered" for kind, _, _ in quiet)
    assert pages > 10 * POLICIES // len(NIGHTS)


@pytest.mark.parametrize("hours", [-1, 1])
def test_it_catches_a_clock_that_reads_the_wall(hours: int) -> None:
    steps, jumps = drawn(Random(1)), [(60.0, hours * HOUR)]
    quiet = night(Walls(NIGHT, ()), steps, on_the_wall)
    assert quiet == night(Walls(NIGHT, ()), steps)
    disturbed = night(Walls(NIGHT, jumps), steps, on_the_wall)
    # set back, nobody is called any more; set forward, everybody at once
    assert len(disturbed) < len(quiet) if hours < 0 else disturbed != quiet
