"""The outbox loop, the one door out: takes what waits, lane by lane, hands it to a channel, and settles what became of it.

Different targets go side by side, one target in order. While pages are on their way nothing else starts, for two seconds at
most: one person's slow page does not hold up the room.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, assert_never

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk import Desk
from bot.domain import commands as c
from bot.domain import messages as m
from bot.domain.delivery import ROOM_TROUBLE_AFTER, TOO_OLD, Delivered, GaveUp, Outcome, Retry, wait
from bot.domain.ids import PageId
from bot.domain.origin import Origin
from bot.store import outbox, rooms
from bot.store.outbox import OutboxRow

Post = Callable[[OutboxRow], Awaitable[Outcome]]
AT_A_TIME: Final = 200
PAGES_ALONE: Final = 2.0  # seconds
BY_DELIVERY: Final = Origin(via="delivery")


@dataclass(frozen=True, slots=True)
class Chances:
    """The monotonic clock (seconds) and chance (in [0, 1)) of this loop."""

    monotonic: Callable[[], float]
    chance: Callable[[], float]


@dataclass(slots=True)
class _Flight:
    row: OutboxRow
    task: asyncio.Task[Outcome]
    since: float


@dataclass(slots=True)
class Deliverer:
    """Runs for as long as the process; `run` ends only by cancellation or an error that the process must not survive."""

    desk: Desk
    post: Post
    chances: Chances
    delivered: Callable[[OutboxRow, Outcome], None]
    _flights: dict[str, _Flight] = field(default_factory=dict)
    _landed: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        self._flights.clear()
        try:
            while True:
                self.desk.committed.clear()
                self._landed.clear()
                await self._settle_landed()
                waits = await self._launch()
                await self._rest(waits)
        finally:
            for flight in self._flights.values():
                flight.task.cancel()

    @property
    def idle(self) -> bool:
        """Whether nothing is on its way."""
        return not self._flights

    async def _rest(self, seconds: float | None) -> None:
        news = [asyncio.ensure_future(self.desk.committed.wait()), asyncio.ensure_future(self._landed.wait())]
        try:
            await asyncio.wait(news, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in news:
                task.cancel()

    async def _launch(self) -> float | None:
        """Starts what may start; how long (seconds) until a postponed row may, None when there is none."""
        now = self.desk.clock().now
        async with self.desk.database.read() as tx:
            rows = await outbox.ready(tx, now, AT_A_TIME)
            later = await outbox.next_not_before(tx)
        pages = [row for row in rows if row.lane == m.Lane.PAGE]
        for row in pages:
            self._start(row)
        if not self._pages_alone():
            for row in rows:
                self._start(row)
        if self._pages_alone() or later is None:
            return PAGES_ALONE if self._flights else None
        return max(0.05, (later - now).total_seconds())

    def _pages_alone(self) -> bool:
        now = self.chances.monotonic()
        return any(f.row.lane == m.Lane.PAGE and now - f.since < PAGES_ALONE for f in self._flights.values())

    def _start(self, row: OutboxRow) -> None:
        target = f"{row.incident}/{row.target}"
        if target in self._flights:
            return
        task = asyncio.ensure_future(self._try(row))
        self._flights[target] = _Flight(row, task, self.chances.monotonic())
        task.add_done_callback(lambda _: self._landed.set())

    async def _try(self, row: OutboxRow) -> Outcome:
        if self.desk.clock().now - row.created_at > TOO_OLD:
            return GaveUp("too_old")
        return await self.post(row)

    async def _settle_landed(self) -> None:
        # pages are settled together once all have landed: writing must not hold up the sending of the others
        if self._pages_alone() and any(f.row.lane == m.Lane.PAGE and not f.task.done() for f in self._flights.values()):
            return
        landed = [(target, f) for target, f in self._flights.items() if f.task.done()]
        plain = [(f.row, f.task.result()) for _, f in landed if f.row.kind not in _REPORTED]
        if plain:
            async with self.desk.database.begin() as tx:
                for row, outcome in plain:
                    await self._settle(tx, row, outcome)
        for _, flight in landed:
            if flight.row.kind in _REPORTED:
                await self._report(flight.row, flight.task.result())
        for target, flight in landed:
            del self._flights[target]
            self.delivered(flight.row, flight.task.result())

    async def _settle(self, tx: AsyncConnection, row: OutboxRow, outcome: Outcome) -> None:
        now = self.desk.clock().now
        match outcome:
            case Delivered(event=event, room=room):
                await outbox.settle(tx, row.key, event, room, now)
            case Retry(reason=reason, after=after):
                await outbox.postpone(tx, row.key, self._again(row, after, now), reason)
            case GaveUp(reason=reason):
                await outbox.give_up(tx, row.key, reason, now)
                if row.kind not in _QUIET:
                    await self._tell(tx, row, reason, now)
            case _:
                assert_never(outcome)

    def _again(self, row: OutboxRow, after: float | None, now: datetime) -> datetime:
        return now + timedelta(seconds=max(after or 0.0, wait(row.attempts, self.chances.chance())))

    async def _tell(self, tx: AsyncConnection, row: OutboxRow, reason: str, now: datetime) -> None:
        """A message that nobody will ever see is a line in the management room."""
        number = msgspec.json.decode(row.message)["number"]
        details = (("kind", row.kind), ("number", number), ("reason", reason))
        note = m.ManagementNote(to=m.To("management"), number=number, code="message_lost", details=details)
        lost = OutboxRow(
            key=f"{row.key}/lost",
            incident=row.incident,
            seq=row.seq,
            lane=m.TRAITS[m.ManagementNote].lane,
            target="management:",
            kind="ManagementNote",
            message=msgspec.json.encode(note),
            created_at=now,
        )
        await outbox.enqueue(tx, [lost])

    async def _report(self, row: OutboxRow, outcome: Outcome) -> None:
        """What became of a page or a room is a fact of the incident; it is written with the row, in one transaction."""
        assert row.incident is not None, "pages and rooms belong to an incident"

        async def settle(tx: AsyncConnection) -> None:
            await self._settle(tx, row, outcome)
            if row.kind == "MakeRoom" and isinstance(outcome, Delivered) and outcome.room is not None:
                now = self.desk.clock().now
                await rooms.write(tx, rooms.RoomRow(outcome.room, "incident", now, True, incident=row.incident))

        command = _command(row, outcome)
        if command is None:
            async with self.desk.database.begin() as tx:
                await settle(tx)
        else:
            await self.desk.handle(row.incident, command, settles=settle)


_REPORTED: Final = frozenset(("PageText", "MakeRoom"))
_QUIET: Final = frozenset(("ManagementNote", "Seeds", "CardChanged", "PageText", "PageSettled", "StepSettled"))


def _command(row: OutboxRow, outcome: Outcome) -> c.ReportDelivery | c.ReportRoom | None:
    if row.kind == "MakeRoom":
        match outcome:
            case Delivered(room=room):
                return c.ReportRoom(name="main", room_id=room, by=BY_DELIVERY)
            case Retry(reason=reason) if row.attempts + 1 == ROOM_TROUBLE_AFTER:
                return c.ReportRoom(name="main", room_id=None, reason=reason, by=BY_DELIVERY)
            case GaveUp(reason=reason):
                return c.ReportRoom(name="main", room_id=None, reason=reason, by=BY_DELIVERY)
            case _:
                return None
    page = PageId(row.subject or "")
    attempt = msgspec.json.decode(row.message)["attempt"]
    match outcome:
        case Delivered(event=event):
            return c.ReportDelivery(
                page=page, attempt=attempt, channel="matrix", outcome="delivered", event=event, by=BY_DELIVERY
            )
        case GaveUp(reason=reason):
            return c.ReportDelivery(
                page=page, attempt=attempt, channel="matrix", outcome="undeliverable", reason=reason, by=BY_DELIVERY
            )
        case Retry():
            return None
