"""The one door out: pages first and side by side, one target in order, nobody held up by somebody else's slow phone."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.deliver import PAGES_ALONE, Chances, Deliverer
from bot.domain import commands as c
from bot.domain import messages as m
from bot.domain.delivery import ROOM_TROUBLE_AFTER, TOO_OLD, Delivered, GaveUp, Outcome, Retry, Unclear
from bot.domain.ids import EventId, PageId, PersonId, RoleId, RoomId
from bot.domain.ladder import Channel
from bot.store import outbox
from bot.store.outbox import OutboxRow
from tests.builders import by
from tests.desk.ground import INCIDENT, Ground


@dataclass
class Wire:
    """Where messages leave: notes their order, and answers as told, at once or when the test says so."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)  # by kind
    held: set[str] = field(default_factory=set)  # targets whose sending lasts until `free`
    free: asyncio.Event = field(default_factory=asyncio.Event)
    started: list[OutboxRow] = field(default_factory=list)
    gathers: int = 0  # nobody is served before so many have come
    gathered: asyncio.Event = field(default_factory=asyncio.Event)
    now: float = 1_000.0
    looked: list[str] = field(default_factory=list)
    found: dict[str, Outcome] = field(default_factory=dict)  # by key: what stands in the room already
    flying: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    most: int = 0

    async def look_back(self, row: OutboxRow) -> Outcome | None:
        self.looked.append(row.key)
        return self.found.get(row.key)

    async def post(self, row: OutboxRow) -> Outcome:
        self.started.append(row)
        self.flying[row.target] += 1
        assert self.flying[row.target] == 1, "one target, one at a time"
        self.most = max(self.most, sum(self.flying.values()))
        if len(self.started) >= self.gathers:
            self.gathered.set()
        await self.gathered.wait()
        if row.target in self.held:
            await self.free.wait()
        self.flying[row.target] -= 1
        if row.kind in self.outcomes:
            return self.outcomes[row.kind]
        return Delivered(EventId(f"${row.key}"), RoomId("!kamer"))


@asynccontextmanager
async def delivering(ground: Ground, wire: Wire) -> AsyncIterator[asyncio.Queue[tuple[OutboxRow, Outcome]]]:
    landed: asyncio.Queue[tuple[OutboxRow, Outcome]] = asyncio.Queue()
    chances = Chances(lambda: wire.now, lambda: 0.5)
    deliverer = Deliverer(
        ground.desk, wire.post, wire.post, chances, lambda row, outcome: landed.put_nowait((row, outcome)),
        wire.look_back,
    )  # fmt: skip
    running = asyncio.create_task(deliverer.run())
    try:
        async with asyncio.timeout(20):
            yield landed
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_pages_go_first_and_together(ground: Ground) -> None:
    await ground.alarm()
    pages = len(await ground.outbox("PageText"))
    wire = Wire(gathers=pages)
    async with delivering(ground, wire) as landed:
        for _ in range(pages + 2):
            await landed.get()
    assert [row.kind for row in wire.started[:pages]] == ["PageText"] * pages
    assert wire.most == pages == 8
    assert (await ground.kinds()).count("page.delivered") == pages


async def test_one_slow_phone_holds_up_nobody_for_longer_than_two_seconds(ground: Ground) -> None:
    await ground.alarm()
    slow = (await ground.outbox("PageText"))[0].target
    wire = Wire(held={slow}, gathers=8)
    async with delivering(ground, wire) as landed:
        await wire.gathered.wait()
        assert {row.kind for row in wire.started} == {"PageText"}
        wire.now += PAGES_ALONE
        ground.desk.committed.set()
        kinds = set()
        while "MakeRoom" not in kinds:
            kinds.add((await landed.get())[0].kind)
        assert "PageText" in kinds  # the other seven are settled, although the eighth still flies
        wire.free.set()
        while (await landed.get())[0].target != slow:
            pass
    assert (await ground.kinds()).count("page.delivered") == 8


async def test_what_failed_is_tried_again_later_and_then_no_more(ground: Ground) -> None:
    await ground.alarm()
    wire = Wire(outcomes={"PageText": Retry("503", 7.0)})
    async with delivering(ground, wire) as landed:
        for _ in range(8):
            await landed.get()
    async with ground.database.read() as tx:
        rows = [row for row in await outbox.ready(tx, ground.now + timedelta(hours=1), 100) if row.kind == "PageText"]
    assert [row.attempts for row in rows] == [1] * 8
    assert {row.not_before for row in rows} == {ground.now + timedelta(seconds=7)}


async def test_a_page_that_can_never_arrive_calls_the_next_at_once(ground: Ground) -> None:
    await ground.alarm()
    wire = Wire(outcomes={"PageText": GaveUp("403 M_FORBIDDEN")})
    async with delivering(ground, wire) as landed:
        for _ in range(8):
            await landed.get()
    kinds = await ground.kinds()
    assert kinds.count("page.undeliverable") >= 8
    assert (await ground.desk.incident(INCIDENT)).calls[RoleId("expert_cyber")].step > 0


async def test_a_room_that_is_not_made_is_told_after_some_tries(ground: Ground) -> None:
    await ground.alarm()
    wire = Wire(outcomes={"MakeRoom": Retry("502", 0.0)})
    async with delivering(ground, wire) as landed:
        tries = 0
        while tries < ROOM_TROUBLE_AFTER:
            row, _ = await landed.get()
            tries += row.kind == "MakeRoom"
            ground.now += timedelta(seconds=20)
            ground.desk.committed.set()
    assert (await ground.kinds()).count("room.not.made") == 1


async def test_what_is_older_than_a_day_is_not_sent_any_more(ground: Ground) -> None:
    await ground.desk.say(
        "old", (m.EndNote(to=m.To("room"), number="2026-001", what="closed", by="Bakker", at=ground.now),)
    )
    ground.now += TOO_OLD + timedelta(seconds=1)
    wire = Wire()
    async with delivering(ground, wire) as landed:
        row, outcome = await landed.get()
        lost = (await landed.get())[0]
    assert (row.key, outcome) == ("old/0", GaveUp("too_old"))
    assert [r.kind for r in wire.started] == ["ManagementNote"]  # operators hear of it
    note = msgspec.json.decode(lost.message, type=m.ManagementNote)
    assert note.code == "message_lost"


async def test_an_old_page_is_looked_for_and_sent_under_another_name_only_while_it_may_page(ground: Ground) -> None:
    """Twenty hours without the homeserver: one page had left, one was answered meanwhile, the others are still wanted."""
    await ground.alarm()
    pages = [row for row in await ground.outbox("PageText") if row.attempts == 0]
    had_left, answered, *wanted = pages
    wire = Wire(found={had_left.key: Delivered(EventId("$then"), RoomId("!kamer"))})
    who = by(answered.target.removeprefix("person:"))
    await ground.do(c.Acknowledge(page=PageId(answered.subject or ""), answer_by="text", by=who))
    ground.now += TOO_OLD + timedelta(seconds=1)
    async with delivering(ground, wire) as landed:
        outcomes: dict[str, Outcome] = {}
        while len(outcomes) < len(pages) - 1:
            row, outcome = await landed.get()
            if row.kind == "PageText":
                outcomes[row.key] = outcome
    assert outcomes[had_left.key] == Delivered(EventId("$then"), RoomId("!kamer"))
    assert answered.key not in outcomes  # withdrawn with the answer
    sent = [row.key for row in wire.started if row.kind == "PageText"]
    assert sorted(sent) == sorted(f"{row.key}/again" for row in wanted)
    async with ground.database.read() as tx:
        (kept,) = [await outbox.get(tx, row.key) for row in wanted[:1]]
    assert kept is not None
    assert (kept.state, kept.event_id) == ("sent", f"${wanted[0].key}/again")


async def test_while_the_room_cannot_be_read_an_old_page_waits(ground: Ground) -> None:
    await ground.alarm()
    pages = [row.key for row in await ground.outbox("PageText")]
    ground.now += TOO_OLD + timedelta(seconds=1)
    wire = Wire(found=dict.fromkeys(pages, Retry("no answer")))
    async with delivering(ground, wire) as landed:
        for _ in pages:
            assert (await landed.get())[1] == Retry("no answer")
    assert not [row for row in wire.started if row.kind == "PageText"]


async def test_within_a_room_the_order_is_that_of_the_log(ground: Ground) -> None:
    await ground.alarm()
    await ground.do(c.ReportRoom(name="main", room_id=RoomId("!kamer")))
    for n in range(5):
        await ground.do(c.RecordLine(kind="feit", text=f"{n}", by=by("bakker")))
    wire = Wire()
    async with delivering(ground, wire) as landed:
        seen = 0
        while seen < 5:
            seen += (await landed.get())[0].kind == "LineNote"
    lines = [msgspec.json.decode(row.message, type=m.LineNote).text for row in wire.started if row.kind == "LineNote"]
    assert lines == ["0", "1", "2", "3", "4"]


async def test_what_a_room_is_told_leaves_in_one_go(ground: Ground) -> None:
    """The next line does not wait until it is written down that the last one left."""
    await five_lines(ground)
    waiting: list[int] = []

    @dataclass
    class Looking(Wire):
        async def post(self, row: OutboxRow) -> Outcome:
            waiting.append(len(await ground.outbox("LineNote")))
            return await super().post(row)

    async with delivering(ground, Looking()) as landed:
        for _ in range(5):
            await landed.get()
        assert await ground.outbox("LineNote") == []
    assert waiting == [5] * 5


async def test_talk_gives_way_to_an_answer_that_came_meanwhile(ground: Ground) -> None:
    await five_lines(ground)
    answered = asyncio.Event()

    @dataclass
    class Asked(Wire):
        async def post(self, row: OutboxRow) -> Outcome:
            if not self.started:
                self.started.append(row)
                to = m.To("person", PersonId("bakker"))
                await ground.desk.say("reply/1", (m.Refusal(to=to, code="no_incident"),))
                return Delivered(EventId(f"${row.key}"), RoomId("!kamer"))
            if row.kind == "Refusal":
                await answered.wait()
            return await super().post(row)

    wire = Asked()
    async with delivering(ground, wire) as landed:
        assert (await landed.get())[0].kind == "LineNote"
        assert len(wire.started) == 1  # the other four wait for the answer
        answered.set()
        kinds = [(await landed.get())[0].kind for _ in range(5)]
    assert kinds == ["Refusal", *["LineNote"] * 4]


async def five_lines(ground: Ground) -> None:
    await ground.alarm()
    await ground.do(c.ReportRoom(name="main", room_id=RoomId("!kamer")))
    await ground.sends_all()
    for n in range(5):
        await ground.do(c.RecordLine(kind="feit", text=f"{n}", by=by("bakker")))
    async with ground.database.begin() as tx:  # the lines alone
        for row in await outbox.ready(tx, ground.now, 1_000):
            if row.kind != "LineNote":
                await outbox.settle(tx, row.key, None, None, ground.now)


async def test_only_what_really_leaves_is_marked_so(ground: Ground) -> None:
    """Behind a text message that hangs the next one waits for its turn; after a crash it must not be passed over."""

    async def by_text(tx: AsyncConnection) -> Mapping[PersonId, frozenset[Channel]]:
        return {PersonId("cyber1"): frozenset(("sms", "voice"))}

    ground.desk.reachable = by_text
    await ground.alarm()
    await ground.sends_all()
    await ground.do(c.Tick(), seconds=60)
    (page,) = await ground.outbox("ChannelPage")
    async with ground.database.begin() as tx:
        await outbox.enqueue(tx, [replace(page, key=f"{page.key}/again")])
    wire = Wire(held={page.target})
    async with delivering(ground, wire):
        await wire.gathered.wait()
        async with ground.database.read() as tx:
            marked = await outbox.leaving(tx)
    assert marked == {page.key}


async def test_what_nobody_knows_of_after_a_crash_goes_to_the_next_channel_at_once(ground: Ground) -> None:
    async def by_telephone(tx: AsyncConnection) -> Mapping[PersonId, frozenset[Channel]]:
        return {PersonId("cyber1"): frozenset(("sms", "voice"))}

    ground.desk.reachable = by_telephone
    await ground.alarm()
    await ground.sends_all()
    await ground.do(c.Tick(), seconds=60)
    (page,) = await ground.outbox("ChannelPage")
    async with ground.database.begin() as tx:
        await outbox.mark_leaving(tx, [page.key])  # and the process ended
    wire = Wire(outcomes={"ChannelPage": Unclear("cut_short")})
    async with delivering(ground, wire) as landed:
        while (await landed.get())[0].kind != "ChannelPage":
            pass
        while (await landed.get())[0].kind != "ChannelPage":
            pass
    left = [row.target for row in wire.started if row.kind == "ChannelPage"]
    assert left[:2] == ["channel:sms:cyber1", "channel:voice:cyber1"]
    kinds = [kind for kind in await ground.kinds() if kind in ("page.unclear", "page.tried")]
    assert kinds[:3] == ["page.tried", "page.unclear", "page.tried"]  # no minute was waited for


async def test_what_left_while_the_database_could_not_be_written_does_not_leave_again(ground: Ground) -> None:
    """A full disk: reading works, writing does not, and the loop begins again every second."""

    async def by_text(tx: AsyncConnection) -> Mapping[PersonId, frozenset[Channel]]:
        return {PersonId("cyber1"): frozenset(("sms",))}

    ground.desk.reachable = by_text
    await ground.alarm()
    await ground.sends_all()
    await ground.do(c.Tick(), seconds=60)
    assert [row.target for row in await ground.outbox("ChannelPage")] == ["channel:sms:cyber1"]
    wire = Wire()
    written = asyncio.Event()

    def down(row: OutboxRow, outcome: Outcome) -> None:
        if row.kind == "ChannelPage":
            written.set()

    chances = Chances(lambda: wire.now, lambda: 0.5)
    deliverer = Deliverer(ground.desk, wire.post, wire.post, chances, down, wire.look_back)
    await ground.renames("log_entry", "log_entry_away")
    for _ in range(3):
        with pytest.raises(DBAPIError):
            await asyncio.wait_for(deliverer.run(), 20)
    await ground.renames("log_entry_away", "log_entry")
    running = asyncio.create_task(deliverer.run())
    await asyncio.wait_for(written.wait(), 20)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [row.kind for row in wire.started].count("ChannelPage") == 1
    assert (await ground.kinds()).count("page.delivered") == 9  # eight by Matrix and this one
