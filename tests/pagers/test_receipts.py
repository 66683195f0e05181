"""Taps on an emergency of Pushover: they count once, late as well, and never for what was asked afterwards."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count

import msgspec
import pytest_asyncio

from bot.desk import Desk
from bot.domain import commands as c
from bot.domain import messages as m
from bot.domain.delivery import Delivered
from bot.domain.escalation import Lease
from bot.domain.ids import RoomId
from bot.domain.incident import Page
from bot.embedded.provider_push import PushoverCounterpart
from bot.pagers.asking import Asking
from bot.pagers.channel import Notice
from bot.pagers.pushover import PushoverPush
from bot.pagers.receipts import Receipts
from bot.store import outbox
from bot.store.database import open_database
from tests.builders import by, reference
from tests.desk.ground import INCIDENT, Ground
from tests.store.conftest import migrated_file, sqlite_url

__all__ = ["migrated_file", "sqlite_url"]
USER = "u" * 30
PERSON = "cyber1"


@dataclass
class Night:
    """One page of a night, and the phone with the app."""

    ground: Ground
    service: PushoverCounterpart
    pager: PushoverPush
    _numbers: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        desk, known = self.ground.desk, reference(lease=Lease())
        self.ground.desk = Desk(desk.database, desk.seal, desk.clock, lambda: known)
        self.receipts = Receipts(self.ground.desk, self.pager)

    async def page(self) -> Page:
        found = await self.ground.desk.incident(INCIDENT)
        return next(page for page in reversed(list(found.pages.values())) if page.person == PERSON)

    async def rings(self) -> None:
        """The page goes out over Pushover too."""
        page, now = await self.page(), self.ground.now
        key = f"{INCIDENT}/pushover/{next(self._numbers)}"
        said = m.ChannelPage(
            to=m.To("channel", f"pushover:{PERSON}"), page=page.id, channel="pushover", person=page.person, roles=page.roles,
            municipality="Waterbrug", number="2026-014", said_at=now, next_at=now,
        )  # fmt: skip
        sent = await self.pager.send(Notice(key, USER, "nl", "OPROEP", "Bevestigen is: ik kom."))
        assert isinstance(sent, Delivered)
        row = outbox.OutboxRow(
            key=key, incident=INCIDENT, seq=1, lane=1, target=f"channel:pushover:{PERSON}", kind="ChannelPage",
            message=msgspec.json.encode(said), created_at=now, subject=page.id,
        )  # fmt: skip
        async with self.ground.database.begin() as tx:
            await outbox.enqueue(tx, [row])
            await outbox.settle(tx, key, sent.event, None, now)


@pytest_asyncio.fixture
async def night(pushover: PushoverCounterpart, ask: Asking, sqlite_url: str) -> AsyncIterator[Night]:
    database = await open_database(sqlite_url)
    made = Night(Ground(database), pushover, PushoverPush(ask, pushover.token, pushover.url))
    await made.ground.alarm()
    await made.ground.do(c.Tick(), minutes=1)
    await made.rings()
    yield made
    await database.close()


async def test_a_tap_is_a_yes_and_is_told_once(night: Night) -> None:
    assert await night.receipts.once() == 0
    night.service.acknowledge(USER)
    assert await night.receipts.once() == 1
    assert (await night.page()).state == "acknowledged"
    looked = night.service.looks
    assert await night.receipts.once() == 0
    assert night.service.looks == looked, "nobody asks after what was answered"


async def test_a_tap_still_counts_after_the_next_was_called(night: Night) -> None:
    await night.ground.do(c.Tick(), minutes=10)
    assert (await night.page()).state == "unanswered"
    night.service.acknowledge(USER)
    assert await night.receipts.once() == 1
    assert (await night.page()).state == "acknowledged"


async def test_who_takes_the_yes_back_is_not_made_to_come_by_the_tap_of_before(night: Night) -> None:
    night.service.acknowledge(USER)
    assert await night.receipts.once() == 1
    await night.ground.do(c.UndoAnswer(page=(await night.page()).id, by=by(PERSON)), seconds=20)
    assert (await night.page()).state == "open"
    assert await night.receipts.once() == 0
    await night.rings()
    night.service.acknowledge(USER)
    assert await night.receipts.once() == 1, "the notice of afterwards counts"


async def test_who_said_yes_and_never_came_is_not_made_to_come_by_the_tap_of_before(night: Night) -> None:
    night.service.acknowledge(USER)
    assert await night.receipts.once() == 1
    await night.ground.do(c.ReportRoom(name="main", room_id=RoomId("!kamer")), seconds=5)
    for _ in range(8):
        await night.ground.do(c.Tick(), minutes=10)
    assert (await night.page()).state == "unanswered"
    assert await night.receipts.once() == 0
    assert (await night.page()).state == "unanswered"


async def test_a_tap_after_the_end_answers_nothing(night: Night) -> None:
    night.service.acknowledge(USER)
    await night.ground.do(c.Decline(page=(await night.page()).id, answer_by="text", by=by(PERSON)))
    assert await night.receipts.once() == 0
    assert (await night.page()).state == "declined"
