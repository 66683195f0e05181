"""The outbox loop, the one door out: takes what waits, lane by lane, hands it to a channel, and settles what became of it.

Different targets go side by side, one target in order. While pages are on their way nothing else starts, for two seconds at
most: one person's slow page does not hold up the room. Talk and ornament (lanes TALK and COSMETIC) wait in the same way for
answers and for the room: a homeserver serves one request at a time, and sixteen reactions would come before one invitation.
Longer than most modules: it is one loop, and what left and is not written down yet concerns each of its steps.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice, takewhile
from typing import Final, assert_never

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk import Desk
from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.delivery import TOO_OLD, Delivered, GaveUp, Outcome, Retry, Unclear, wait
from bot.domain.files import settled
from bot.domain.ids import IncidentId, PageId
from bot.domain.paging import may_page
from bot.folding import BrokenLog
from bot.outgoing import HELD_FOR, PAGING, crowded, given_up, target_of, with_rooms
from bot.reporting import BY_DELIVERY, fetched, fields_of, file_outcome, page_report, room_report
from bot.store import outbox, rooms
from bot.store.outbox import OutboxRow, again

Post = Callable[[OutboxRow], Awaitable[Outcome]]
LookBack = Callable[[OutboxRow], Awaitable[Outcome | None]]
AT_A_TIME: Final = 200
PAGES_ALONE: Final = 2.0  # seconds
# What is not urgent waits for what is, but no row waits longer than this for that reason: alarms may come in a stream.
PATIENCE: Final = timedelta(seconds=5)
URGENT: Final = frozenset((m.Lane.PAGE, m.Lane.LOUDER, m.Lane.ANSWER, m.Lane.ROOM))
_PAGES: Final = frozenset((m.Lane.PAGE,))
# Invitations, the card after them, what people are told, and ornament: each may be repeated and needs nothing of one before in its
# lane, so the next leaves before the last is settled. A step that is settled edits one that may stand just before it.
_IN_ONE_GO: Final = frozenset(
    ("Invite", "CardPosted", "Seeds", "Checkpoint", "LogKey", "TopicChanged", "CardChanged")
) | frozenset(
    kind.__name__
    for kind, of in m.TRAITS.items()
    if of.lane in (m.Lane.ANSWER, m.Lane.TALK) and of.shape in ("text", "notice")
)
_MOST_IN_ONE_GO: Final = 10  # so many at most are sent again after a crash, under the names that they had


async def no_authority(row: OutboxRow) -> Outcome:
    """Where none puts time stamps, also for what was asked before it was taken out of the settings."""
    return GaveUp("not_configured")


async def nowhere(row: OutboxRow) -> Outcome | None:
    """Where nothing can be looked up."""
    return None


@dataclass(frozen=True, slots=True)
class Chances:
    """The monotonic clock (seconds) and chance (in [0, 1)) of this loop."""

    monotonic: Callable[[], float]
    chance: Callable[[], float]


@dataclass(slots=True)
class _Flight:
    """Rows to one target on their way, one after the other; `landed` holds what became of them and is not settled yet."""

    lane: int
    since: float
    landed: list[tuple[OutboxRow, Outcome]] = field(default_factory=list)
    task: asyncio.Task[None] | None = None

    @property
    def flying(self) -> bool:
        return self.task is not None and not self.task.done()


@dataclass(slots=True)
class Deliverer:
    """Runs for as long as the process; `run` ends only by cancellation or an error that the process must not survive.

    `post` carries out what goes by Matrix, `pagers` what goes by another channel.
    `stamp` asks for time stamps. `look_back` says what became of a row that is older than `TOO_OLD`, None when it did not leave.
    `rested` is set once what waited at the start has left, or has been tried.
    """

    desk: Desk
    post: Post
    pagers: Post
    chances: Chances
    delivered: Callable[[OutboxRow, Outcome], None]
    look_back: LookBack = nowhere
    stamp: Post = no_authority
    _flights: dict[str, _Flight] = field(default_factory=dict)
    _landed: asyncio.Event = field(default_factory=asyncio.Event)
    _unwritten: list[tuple[OutboxRow, Outcome]] = field(default_factory=list)  # outlives a database that is away
    rested: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        self._flights.clear()
        try:
            while True:
                self._landed.clear()
                # After pages first what is next: the room is on its way while we write down what became of them.
                if self._flights and not any(f.lane in _PAGES and not f.flying for f in self._flights.values()):
                    await self._settle_landed()
                self.desk.committed.clear()
                waits = await self._launch()
                if self.idle:
                    self.rested.set()
                while not await self._settle_landed():
                    await self._rest(waits)
                    if self.desk.committed.is_set() or not self._on_its_way(_PAGES):
                        break
                    self._landed.clear()
        finally:
            for flight in self._flights.values():
                if flight.task is not None:
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
        unwritten = {row.key for row, _ in self._unwritten}
        async with self.desk.database.read() as tx:
            # what is on its way still stands there as waiting, and must not keep out what could leave beside it
            ready = await outbox.ready(tx, now, AT_A_TIME + len(self._flights) + len(unwritten))
            rows = await with_rooms(tx, [row for row in ready if row.key not in unwritten])
            held = await crowded(tx, rows, now)
            later = await outbox.next_not_before(tx)
        for row in rows:
            if row.lane in _PAGES:  # by chat at once: what has to be written before a call leaves holds up none of them
                self._start(row, ())
        rows = await self._ruled(rows, held, now)
        waits = [max(0.05, (later - now).total_seconds())] if later is not None else []
        for at, row in enumerate(rows):
            if row.lane > m.Lane.LOUDER and self._on_its_way(_PAGES):
                waits.append(PAGES_ALONE)
                break
            left = (PATIENCE - (now - row.created_at)).total_seconds()
            if row.lane not in URGENT and left > 0 and self._on_its_way(URGENT, unsettled=True):
                waits.append(max(0.05, left))
            else:
                self._start(row, rows[at + 1 :])
        return min(waits, default=None)

    async def _ruled(self, rows: list[OutboxRow], held: frozenset[str], now: datetime) -> list[OutboxRow]:
        """Without the repeats for whom so much rings already that they are held back a while; and with a mark, on disk before it
        leaves, on what may not leave twice: after a crash the provider is asked first."""
        first: dict[str, OutboxRow] = {}
        for row in rows:
            if row.key not in held:
                first.setdefault(target_of(row), row)
        # of one target the first only: a mark on what never began to leave would pass it over after a crash
        leaving = [row for row in first.values() if row.kind == "ChannelPage" and not self._busy(row)]
        marked = [row.key for row in leaving if row.error != outbox.LEAVING]
        if held or marked:
            async with self.desk.database.begin() as tx:
                await outbox.hold(tx, sorted(held), now + HELD_FOR)
                await outbox.mark_leaving(tx, marked)
        return [row for row in rows if row.key not in held]

    def _busy(self, row: OutboxRow) -> bool:
        return target_of(row) in self._flights

    def _on_its_way(self, lanes: frozenset[m.Lane], *, unsettled: bool = False) -> bool:
        """Whether something of these lanes left not long ago and has not arrived, or (`unsettled`) was not written down.

        What is written down may be followed by something as urgent: a room by the invitations to it.
        """
        now = self.chances.monotonic()
        recent = (f for f in self._flights.values() if f.lane in lanes and now - f.since < PAGES_ALONE)
        return any(f.flying or unsettled for f in recent)

    def _more_urgent(self, lane: int) -> bool:
        """Whether something may have come that goes before this lane."""
        before = frozenset(one for one in URGENT if one < lane)
        return self.desk.committed.is_set() or self._on_its_way(before, unsettled=True)

    def _start(self, row: OutboxRow, others: Sequence[OutboxRow]) -> None:
        target = target_of(row)
        if target in self._flights:
            return
        rows = [row]
        if row.kind in _IN_ONE_GO:
            next_ones = (other for other in others if target_of(other) == target and other.lane == row.lane)
            rows += islice(takewhile(lambda other: other.kind in _IN_ONE_GO, next_ones), _MOST_IN_ONE_GO - 1)
        flight = self._flights[target] = _Flight(row.lane, self.chances.monotonic())
        flight.task = asyncio.ensure_future(self._fly(flight, rows))
        flight.task.add_done_callback(lambda _: self._landed.set())

    async def _fly(self, flight: _Flight, rows: Sequence[OutboxRow]) -> None:
        for n, row in enumerate(rows):
            if n and row.lane != m.Lane.ROOM and self._more_urgent(row.lane):
                return
            flight.since = self.chances.monotonic()
            outcome = given_up(row, await self._try(row))
            flight.landed.append((row, outcome))
            if row.lane in URGENT:  # talk is written down together: each commit would hold up what is said next
                self._landed.set()
            if not isinstance(outcome, Delivered):
                return

    async def _try(self, row: OutboxRow) -> Outcome:
        if row.kind == "StampAsked":
            return await self.stamp(row)  # an authority that is away for days is asked again when it is back
        if self.desk.clock().now - row.created_at > TOO_OLD:
            return await self._old(row)
        if row.kind in PAGING and not await self._may_page(row):
            return GaveUp("over")
        if row.kind == "EmptyRoom" and not await self._may_empty(row):
            return GaveUp("must be kept")
        if row.kind == "ChannelPage" and not self.desk.database.surely_rules(self.chances.monotonic()):
            return Retry("another node may rule")  # as after a sleep: what it rings cannot be taken back
        return await (self.pagers if row.target.startswith("channel:") else self.post)(row)

    async def _old(self, row: OutboxRow) -> Outcome:
        """Its transaction id may be forgotten: it is looked for where it would stand, and leaves under another only when it is
        not there and somebody still waits for it."""
        if row.target.startswith("channel:"):
            return GaveUp("too_old")
        found = await self.look_back(row)
        if found is not None:
            return found
        if row.incident is None or not await self._still_wanted(row, row.incident):
            return GaveUp("too_old")
        return await self.post(again(row))

    async def _still_wanted(self, row: OutboxRow, incident: IncidentId) -> bool:
        if row.kind in PAGING:
            return await self._may_page(row)
        try:
            return (await self.desk.incident(incident)).state == "open"
        except BrokenLog:
            return False

    async def _may_page(self, row: OutboxRow) -> bool:
        """Asked at the moment of sending; of a log that cannot be read any more a page goes out rather than not."""
        assert row.incident is not None, "a page belongs to an incident"
        try:
            return may_page(await self.desk.incident(row.incident), PageId(row.subject or ""))
        except BrokenLog:
            return True

    async def _may_empty(self, row: OutboxRow) -> bool:
        """Asked at the moment of doing it: a hold may have been placed since, or the incident opened again."""
        assert row.incident is not None, "the rooms that are emptied are of an incident"
        try:
            incident = await self.desk.incident(row.incident)
        except BrokenLog:
            return False
        return incident.state == "finished" and incident.custody.hold is None

    async def _settle_landed(self) -> bool:
        """Writes down what became of rows; whether there were any."""
        # pages are settled together once all have landed: writing must not hold up the sending of the others
        if self._on_its_way(_PAGES):
            return False
        ended = [target for target, flight in self._flights.items() if not flight.flying]
        for flight in self._flights.values():
            self._unwritten += flight.landed
            flight.landed = []
        for flight in self._flights.values():
            if flight.task is not None and not flight.flying:
                flight.task.result()  # an error in sending ends this loop
        landed = self._unwritten
        await self._settle_plain([(row, outcome) for row, outcome in landed if row.kind not in _REPORTED])
        await self._report_pages([(row, outcome) for row, outcome in landed if row.kind in PAGING])
        for row, outcome in landed:
            if row.kind == "MakeRoom":
                await self._report_room(row, outcome)
            if row.kind == "FetchFile":
                await self._report_file(row, outcome)
            if row.kind == "EmptyRoom":
                await self._report_emptied(row, outcome)
        for target in ended:
            del self._flights[target]
        for row, outcome in landed:
            self.delivered(row, outcome)
        return bool(ended or landed)

    async def _settle_plain(self, landed: Sequence[tuple[OutboxRow, Outcome]]) -> None:
        if landed:
            async with self.desk.database.begin() as tx:
                for row, outcome in landed:
                    await self._settle(tx, row, outcome)
            self._written(landed)

    def _written(self, landed: Sequence[tuple[OutboxRow, Outcome]]) -> None:
        keys = {row.key for row, _ in landed}
        self._unwritten = [one for one in self._unwritten if one[0].key not in keys]

    async def _settle(self, tx: AsyncConnection, row: OutboxRow, outcome: Outcome) -> None:
        now = self.desk.clock().now
        match outcome:
            case Delivered(event=event, room=room):
                await outbox.settle(tx, row.key, event, room, now)
            case Retry(reason=reason, after=after):
                await outbox.postpone(tx, row.key, self._again(row, after, now), reason)
            case GaveUp(reason=reason) | Unclear(reason=reason):
                await outbox.give_up(tx, row.key, reason, now)
                if row.kind not in _QUIET:
                    await self._tell(tx, row, reason, now)
            case _:
                assert_never(outcome)

    def _again(self, row: OutboxRow, after: float | None, now: datetime) -> datetime:
        return now + timedelta(seconds=max(after or 0.0, wait(row.attempts, self.chances.chance())))

    async def _tell(self, tx: AsyncConnection, row: OutboxRow, reason: str, now: datetime) -> None:
        """A message that nobody will ever see is a line in the management room."""
        number = str(fields_of(row).get("number", ""))
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

    async def _report_pages(self, landed: Sequence[tuple[OutboxRow, Outcome]]) -> None:
        """What became of pages is a fact of their incident; it is written with the rows, in one transaction for each."""
        for incident in dict.fromkeys(row.incident for row, _ in landed):
            of_incident = [(row, outcome) for row, outcome in landed if row.incident == incident]
            await self._report(of_incident, [report for one in of_incident if (report := page_report(*one))])

    async def _report_room(self, row: OutboxRow, outcome: Outcome) -> None:
        report = room_report(row, outcome)
        await self._report([(row, outcome)], [report] if report else [])

    async def _report_emptied(self, row: OutboxRow, outcome: Outcome) -> None:
        """The index log says that a room is empty, in the transaction in which it is no room of ours any more."""

        async def settle(tx: AsyncConnection) -> None:
            await self._settle(tx, row, outcome)
            if isinstance(outcome, Delivered) and outcome.room is not None:
                await rooms.left(tx, outcome.room, self.desk.clock().now)

        if isinstance(outcome, Delivered) and outcome.room is not None and row.incident is not None:
            await self.desk.note(e.RoomEmptied(incident=row.incident, room_id=outcome.room), settles=settle)
        else:
            async with self.desk.database.begin() as tx:
                await settle(tx)
        self._written([(row, outcome)])

    async def _report_file(self, row: OutboxRow, outcome: Outcome) -> None:
        """Whether a file is kept is a fact of the log that asked for it."""
        request, found = fetched(row), file_outcome(outcome)
        if request is None or found is None or not request.transcript:
            about = c.ReportFile(message=request.message, outcome=found, by=BY_DELIVERY) if request and found else None
            await self._report([(row, outcome)], [about] if about else [])
            return

        async def settle(tx: AsyncConnection) -> None:
            await self._settle(tx, row, outcome)

        assert row.incident is not None, "what is said belongs to an incident"
        try:
            entry = replace(settled(request.message, found), origin=BY_DELIVERY)
            await self.desk.overhear(row.incident, (entry,), settles=settle, shared=request)
        except BrokenLog as broken:
            await self.desk.set_aside(broken)
            async with self.desk.database.begin() as tx:
                await settle(tx)
        self._written([(row, outcome)])

    async def _report(
        self,
        landed: Sequence[tuple[OutboxRow, Outcome]],
        reports: Sequence[c.ReportDelivery | c.ReportRoom | c.ReportFile],
    ) -> None:
        async def settle(tx: AsyncConnection) -> None:
            for row, outcome in landed:
                await self._settle(tx, row, outcome)
                if row.kind == "MakeRoom" and isinstance(outcome, Delivered) and outcome.room is not None:
                    now = self.desk.clock().now
                    await rooms.write(tx, rooms.RoomRow(outcome.room, "incident", now, True, incident=row.incident))

        if reports:
            incident = landed[0][0].incident
            assert incident is not None, "pages and rooms belong to an incident"
            try:
                await self.desk.handle_all(incident, reports, settles=settle)
                self._written(landed)
                return
            except c.Refused:
                pass  # an incident that is past this
            except BrokenLog as broken:
                await self.desk.set_aside(broken)
        # also when the incident cannot take it: what left has left, and must not leave again
        async with self.desk.database.begin() as tx:
            await settle(tx)
        self._written(landed)


_REPORTED: Final = frozenset(("PageText", "ChannelPage", "MakeRoom", "FetchFile", "EmptyRoom"))
_QUIET: Final = frozenset(
    (
        "ManagementNote",
        "Seeds",
        "CardChanged",
        "PageText",
        "ChannelPage",
        "PageSettled",
        "StepSettled",
        "FetchFile",
        "EmptyRoom",
        "StampAsked",
    )
)
