"""The alarm clock of escalations: due incidents are ticked, the heart beats after the write, and it never dies quietly."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from bot.domain import commands as c
from bot.domain.ids import IncidentId
from bot.store import directory, heartbeat
from bot.wake import BEAT_EVERY, Wake
from tests.builders import ALARM, by
from tests.desk.ground import INCIDENT, Ground
from tests.faults import counted


def clockwork(ground: Ground, alive: Callable[[], None] = lambda: None) -> Wake:
    return Wake(ground.desk, lambda: ground.now.timestamp(), alive, asyncio.Event())


async def test_who_is_silent_is_followed_by_the_next(ground: Ground) -> None:
    await ground.alarm()
    wake = clockwork(ground)
    assert await wake.once() == 0
    ground.now += timedelta(minutes=5)
    assert await wake.once() == 1
    assert "page.unanswered" in await ground.kinds()
    assert await wake.once() == 0  # a second round finds nothing that was due


async def test_all_that_are_due_are_ticked(ground: Ground) -> None:
    for n in range(3):
        await ground.desk.handle(
            IncidentId(f"00000000-0000-4000-8000-{n:012d}"), c.RaiseAlarm(text=ALARM, by=by("bakker"))
        )
    ground.now += timedelta(minutes=5)
    assert await clockwork(ground).once() == 3


async def test_after_an_absence_every_incident_hears_of_it_once_and_before_anything_is_done_late(
    ground: Ground,
) -> None:
    await ground.alarm()
    other = IncidentId("00000000-0000-4000-8000-000000000015")
    ground.now += timedelta(minutes=5)
    await ground.desk.handle(other, c.RaiseAlarm(text=ALARM, by=by("bakker")))
    before = len(await ground.kinds())
    wake = clockwork(ground)
    wake.away = 240
    for k in (1, 3, 5):  # a database that fails meanwhile
        with counted(ground.database, lambda: True, fails_at=k), pytest.raises(DBAPIError):
            await wake.once()
    await wake.once()
    await wake.once()
    late = (await ground.kinds())[before:]
    assert late[0] == "bot.was.away"
    assert late.count("bot.was.away") == 1
    assert "page.unanswered" in late
    assert (await ground.kinds(ground.desk.seal.origin(other))).count("bot.was.away") == 1


async def test_the_heart_beats_while_many_are_ticked(ground: Ground) -> None:
    beats: list[str] = []
    wake = clockwork(ground)

    def slow() -> float:
        ground.now += timedelta(seconds=1)
        return ground.now.timestamp()

    wake.monotonic, wake.alive = slow, lambda: beats.append("beat")
    for n in range(5):
        await ground.desk.handle(
            IncidentId(f"00000000-0000-4000-8000-{n:012d}"), c.RaiseAlarm(text=ALARM, by=by("bakker"))
        )
    ground.now += timedelta(minutes=5)
    assert await wake.once() == 5
    assert len(beats) >= 3


async def test_the_outside_hears_that_we_live_only_after_the_write(ground: Ground) -> None:
    await ground.database.take_epoch()
    beats: list[str] = []
    wake = clockwork(ground, lambda: beats.append(ground.now.isoformat()))
    with counted(ground.database, lambda: True) as calls:
        await wake.once()
    assert beats == [ground.now.isoformat()]
    for k in range(1, len(calls) + 1):
        ground.now += timedelta(seconds=BEAT_EVERY)
        with counted(ground.database, lambda: True, fails_at=k), pytest.raises(DBAPIError):
            await wake.once()
    assert len(beats) == 1
    ground.now += timedelta(seconds=BEAT_EVERY)
    await wake.once()
    assert len(beats) == 2
    async with ground.database.read() as tx:
        beat = await heartbeat.last(tx)
    assert beat is not None
    assert beat.beat_at == ground.now


async def test_no_fault_of_the_database_is_swallowed_and_none_loses_the_escalation(ground: Ground) -> None:
    """The loop ends with the error, for who runs it to decide; the next round does what this one could not."""
    await ground.alarm()
    with counted(ground.database, lambda: True) as calls:
        ground.now += timedelta(minutes=2)
        await clockwork(ground).once()
    for k in range(1, len(calls) + 1):
        own = IncidentId(f"00000000-0000-4000-8000-1{k:011d}")
        alarm = await ground.desk.handle(own, c.RaiseAlarm(text=ALARM, by=by("bakker")))
        alarmed = alarm.id  # its own, or that of an alarm like it
        ground.now += timedelta(seconds=150)
        wake = clockwork(ground)
        with counted(ground.database, lambda: True, fails_at=k) as seen:
            with pytest.raises(DBAPIError):
                await _until_it_fails(wake, ground)
            assert len(seen) == k
        await wake.once()
        async with ground.database.read() as tx:
            row = await directory.get(tx, alarmed)
            late = await directory.due(tx, ground.now)
        assert row is not None
        assert row.next_due is not None
        assert not late  # law: after a tick nothing that was due remains unfired
        assert await ground.desk.incident(alarmed) == await ground.another_desk().incident(alarmed)
    assert await ground.desk.incident(INCIDENT) == await ground.another_desk().incident(INCIDENT)


async def _until_it_fails(wake: Wake, ground: Ground) -> None:
    for _ in range(20):
        await wake.once()
        ground.now += timedelta(seconds=150)


async def test_news_ends_the_wait(ground: Ground) -> None:
    beaten = asyncio.Event()
    wake = clockwork(ground, beaten.set)
    running = asyncio.create_task(wake.run())
    async with asyncio.timeout(5):
        await beaten.wait()
        beaten.clear()
        ground.now += timedelta(seconds=BEAT_EVERY)
        wake.ripple.set()
        await beaten.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
