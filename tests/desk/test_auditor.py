"""The auditor finds what did not happen, says so once, and lets the outside hear that we are well only when we are."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import insert, update

from bot.auditor import Auditor
from bot.domain import commands as c
from bot.domain.ids import EventId
from bot.store import inbox, outbox
from bot.store.schema import channel_health
from bot.store.schema import inbox as inbox_table
from bot.store.schema import outbox as outbox_table
from tests.desk.ground import Ground


@dataclass
class Night:
    """An auditor on a ground, and what it told: `beats` is the monitor outside."""

    ground: Ground
    auditor: Auditor = field(init=False)
    beats: int = 0
    fit: bool = True
    meanwhile: Callable[[], Awaitable[None]] | None = None

    def __post_init__(self) -> None:
        self.auditor = Auditor(
            self.ground.desk, lambda: self.ground.now.timestamp(), self._pause, "nl", lambda: self.fit, self._beat
        )

    async def _beat(self) -> None:
        self.beats += 1

    async def _pause(self, seconds: float) -> None:
        self.ground.now += timedelta(seconds=seconds)
        if self.meanwhile is not None:
            await self.meanwhile()

    async def notes(self) -> list[str]:
        return [
            row.message.decode() for row in await self.ground.outbox("ManagementNote") if row.key.startswith("audit/")
        ]


@pytest.fixture
def night(ground: Ground) -> Night:
    return Night(ground)


async def test_a_quiet_night_is_told_to_the_outside(night: Night) -> None:
    await night.auditor.once()
    await night.auditor.once()
    assert (night.beats, await night.notes()) == (2, [])


async def test_a_bot_that_is_unfit_for_another_reason_keeps_silent(night: Night) -> None:
    night.fit = False
    await night.auditor.once()
    assert (night.beats, await night.notes()) == (0, [])


async def test_a_timer_that_nobody_fires_silences_the_heartbeat_until_it_is_fired(night: Night, ground: Ground) -> None:
    await ground.alarm()
    await ground.sends_all()
    await night.auditor.once()
    assert (night.beats, night.auditor.found) == (1, {})
    ground.now += timedelta(minutes=5)  # and no tick comes
    await night.auditor.once()
    await night.auditor.once()
    assert (night.beats, night.auditor.found) == (1, {"timers": 1})
    (note,) = await night.notes()  # said once
    assert '"overdue"' in note
    await _ticks(ground)
    await night.auditor.once()
    assert (night.beats, night.auditor.found) == (2, {})
    (note,) = await night.notes()  # the first was sent meanwhile
    assert '"on_time"' in note


async def test_what_is_done_while_it_looks_is_not_overdue(night: Night, ground: Ground) -> None:
    await ground.alarm()
    await ground.sends_all()
    ground.now += timedelta(minutes=5)

    night.meanwhile = partial(_ticks, ground)
    await night.auditor.once()
    assert (night.beats, await night.notes()) == (1, [])


async def test_a_page_that_does_not_leave_is_found(night: Night, ground: Ground) -> None:
    await ground.alarm()
    waiting = len(await ground.outbox("PageText"))
    assert waiting
    ground.now += timedelta(seconds=62)
    await night.auditor.once()
    assert night.auditor.found["pages"] == waiting


async def test_a_page_that_was_put_off_has_time_and_one_that_keeps_failing_has_not(
    night: Night, ground: Ground
) -> None:
    await ground.alarm()
    (first, *_) = await ground.outbox("PageText")
    far = ground.now + timedelta(hours=1)
    async with ground.database.begin() as tx:
        await tx.execute(update(outbox_table).values(not_before=far))
    ground.now += timedelta(minutes=10)
    await night.auditor.once()
    assert night.auditor.found == {"timers": 1}
    async with ground.database.begin() as tx:
        await outbox.postpone(tx, first.key, far, "502")
    await night.auditor.once()
    assert night.auditor.found == {"timers": 1, "pages": 1}


async def test_an_event_that_nobody_hears_is_found_and_one_without_its_key_is_not(night: Night, ground: Ground) -> None:
    await ground.hears("$a")
    await ground.hears("$b")
    async with ground.database.begin() as tx:
        await tx.execute(update(inbox_table).where(inbox_table.c.event_id == "$b").values(undecryptable=True))
    ground.now += timedelta(seconds=62)
    await night.auditor.once()
    assert night.auditor.found == {"events": 1}
    async with ground.database.begin() as tx:
        await inbox.mark(tx, EventId("$a"), "handled")
    await night.auditor.once()
    assert night.auditor.found == {}


async def test_a_job_of_the_calendar_that_does_not_run_is_found(night: Night, ground: Ground) -> None:
    night.auditor.expects("lint", 3600)
    ground.now += timedelta(seconds=3500)
    await night.auditor.once()
    assert night.auditor.found == {}
    ground.now += timedelta(seconds=200)
    await night.auditor.once()
    assert night.auditor.found == {"jobs": 1}
    night.auditor.ran("lint")
    await night.auditor.once()
    assert night.auditor.found == {}


async def test_channels_are_found_when_every_one_of_them_is_down(night: Night, ground: Ground) -> None:
    async with ground.database.begin() as tx:
        for channel, failures in (("sms", 3), ("voice", 2)):
            await tx.execute(insert(channel_health).values(channel=channel, failures=failures))
    await night.auditor.once()
    assert night.auditor.found == {}
    async with ground.database.begin() as tx:
        await tx.execute(update(channel_health).values(failures=4))
    await night.auditor.once()
    assert night.auditor.found == {"channels": 2}


async def _ticks(ground: Ground) -> None:
    for _ in range(20):
        due = (await ground.row()).next_due
        if due is None or due > ground.now:
            break
        await ground.do(c.Tick())
    await ground.sends_all()
