"""Our own time runs evenly: a jump of the wall clock neither fires nor delays anything, and nothing ever runs back."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import EvenClock, away
from bot.store import heartbeat
from bot.store.heartbeat import Beat
from bot.wake import Wake
from tests.desk.ground import Ground

START = datetime(2026, 10, 25, 0, 59, 30, 123456, tzinfo=UTC)  # the night in which an hour comes twice


@dataclass
class Watch:
    """A wall clock and a monotonic one; `tick` moves both, `jump` only the wall."""

    now: datetime = START
    seconds: float = 5_000.0

    def tick(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.seconds += seconds

    def jump(self, by: timedelta) -> None:
        self.now += by

    def clock(self, last: datetime = START) -> EvenClock:
        return EvenClock(lambda: self.now, lambda: self.seconds, last)


def test_it_says_whole_milliseconds() -> None:
    watch = Watch()
    moment = watch.clock()()
    assert (moment.now.microsecond % 1000, moment.wall.microsecond % 1000) == (0, 0)
    assert moment.now == START.replace(microsecond=123_000)


@pytest.mark.parametrize("hours", [-1, 1])
def test_an_hour_forward_or_back_changes_no_waiting_time(hours: int) -> None:
    watch = Watch()
    clock = watch.clock()
    before = clock().now
    watch.tick(100)
    watch.jump(timedelta(hours=hours))
    watch.tick(200)
    assert clock().now - before == timedelta(seconds=300)
    jumped = clock.take_jump()
    assert jumped is not None
    assert abs(jumped - timedelta(hours=hours)) < timedelta(seconds=1)
    assert clock.take_jump() is None  # said once


def test_after_a_jump_the_wall_is_not_trusted_until_a_new_start() -> None:
    watch = Watch()
    clock = watch.clock()
    clock()
    watch.jump(timedelta(hours=1))
    clock()
    watch.jump(timedelta(hours=-1))
    watch.tick(10)
    assert clock().now == START.replace(microsecond=123_000) + timedelta(seconds=10)
    assert not clock.trusted
    assert watch.clock(clock.last).trusted


def test_it_never_runs_back_whatever_the_clocks_do() -> None:
    watch = Watch()
    clock = watch.clock()
    seen = [clock().now]
    for seconds, jump in ((1, 0), (0, -4), (0.0004, 0), (3, 2), (0, -7_200), (1, 7_200), (0, 0), (5, -1)):
        watch.tick(seconds)
        watch.jump(timedelta(seconds=jump))
        seen.append(clock().now)
    assert seen == sorted(seen)


def test_a_slow_drift_is_followed_forward() -> None:
    watch = Watch()
    clock = watch.clock()
    clock()
    for _ in range(100):
        watch.tick(60)
        watch.jump(timedelta(milliseconds=100))  # our oscillator is slow; the network's time is right
        moment = clock()
    assert moment.now == moment.wall
    assert clock.take_jump() is None


def test_a_process_goes_on_from_where_the_last_one_was() -> None:
    watch = Watch()
    reached = START + timedelta(hours=2)  # the wall was set back while the bot was down
    clock = watch.clock(reached)
    first = clock().now
    watch.tick(60)
    assert first >= reached.replace(microsecond=123_000)
    assert clock().now - first == timedelta(seconds=60)


# --- how long nobody was there ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jump", [timedelta(), timedelta(hours=1), timedelta(hours=-1), timedelta(days=1)])
def test_a_clock_that_was_set_meanwhile_makes_no_absence_longer_or_shorter(jump: timedelta) -> None:
    watch = Watch()
    beat = Beat(1, watch.now, watch.now, "this-boot", round(watch.seconds * 1000))
    watch.tick(240)
    watch.jump(jump)
    assert away(beat, watch.now, watch.seconds, "this-boot") == timedelta(minutes=4)


def test_after_a_start_of_the_machine_the_wall_clock_says_how_long() -> None:
    watch = Watch(seconds=90_000.0)
    beat = Beat(1, watch.now, watch.now, "boot-before", round(watch.seconds * 1000))
    later = watch.now + timedelta(minutes=4)
    assert away(beat, later, 60.0, "this-boot") == timedelta(minutes=4)
    assert away(beat, later, 60.0, "") == timedelta(minutes=4)  # where no boot has a name
    assert away(Beat(1, watch.now, watch.now), later, 60.0, "this-boot") == timedelta(minutes=4)  # of an older version


def test_a_wall_clock_that_stood_an_hour_ahead_at_the_last_beat_does_not_hide_the_absence() -> None:
    watch = Watch()
    beat = Beat(1, watch.now + timedelta(hours=1), watch.now, "boot-before", 0)
    assert away(beat, watch.now + timedelta(minutes=4), 60.0, "this-boot") == timedelta(minutes=4)


def test_who_never_was_there_was_not_away() -> None:
    assert away(None, START, 1.0, "this-boot") == away(Beat(1, None, None), START, 1.0, "this-boot") == timedelta(0)


async def test_the_beat_holds_what_the_next_process_needs(ground: Ground) -> None:
    wake = Wake(ground.desk, lambda: 12.3456, lambda: None, asyncio.Event(), "this-boot")
    await wake.once()
    async with ground.database.read() as tx:
        beat = await heartbeat.last(tx)
    assert beat is not None
    assert (beat.boot, beat.monotonic) == ("this-boot", 12_346)
