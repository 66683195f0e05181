"""Asks Pushover which emergencies were acknowledged on a phone, because it may not be able to reach us to say so.

A receipt says "acknowledged" for good. So it counts only while nothing was answered since its notice left: who takes the yes back,
or says yes and never comes, is not made to come again by the tap of before.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.by_channel import OPEN
from bot.desk import Desk
from bot.domain import commands as c
from bot.domain.ids import PageId, PersonId
from bot.domain.incident import Page
from bot.domain.origin import Origin
from bot.folding import BrokenLog
from bot.pagers.pushover import PushoverPush
from bot.store import outbox


@dataclass(frozen=True, slots=True)
class Receipts:
    """One round asks after every emergency whose page still takes an answer, also when the next person was called already: the
    notice rings on until then."""

    desk: Desk
    pager: PushoverPush

    async def poll(self, seconds: float, pause: Callable[[float], Awaitable[None]]) -> None:
        while True:
            await self.once()
            await pause(seconds)

    async def once(self) -> int:
        """How many pages were answered so."""
        async with self.desk.database.read() as tx:
            rows = await outbox.sent_by_channel(tx, "pushover")
        answered = 0
        for row in rows:
            assert row.incident is not None, "a page belongs to an incident"
            try:
                incident = await self.desk.incident(row.incident)
            except BrokenLog:  # operators were told; nobody can answer in it
                continue
            page = incident.pages.get(PageId(row.subject or ""))
            if page is None or incident.state != "open" or not row.event_id or not _still_asks(row, page):
                continue
            if await self.pager.acknowledged(row.event_id):
                person = PersonId(row.target.rpartition(":")[2])
                by = Origin(actor=person, account=f"pushover:{page.id}", via="pushover", room="direct", proof="clear")
                answered += await self._answer(row, c.Acknowledge(page=page.id, answer_by="button", by=by))
        return answered

    async def _answer(self, row: outbox.OutboxRow, command: c.Acknowledge) -> bool:
        assert row.incident is not None, "a page belongs to an incident"
        try:
            await self.desk.handle(row.incident, command)
        except c.Refused:
            return False  # answered over another channel meanwhile
        return True


def _still_asks(row: outbox.OutboxRow, page: Page) -> bool:
    """Whether this notice left after the last that was answered or taken back, and nothing was since."""
    return page.state in OPEN and page.answered_at is None and row.created_at >= page.since
