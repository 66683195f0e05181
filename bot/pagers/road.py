"""Carries out the rows of the outbox that go over other channels than Matrix: address, link, words, breaker, send, outcome."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, assert_never

import msgspec

from bot.domain import messages as m
from bot.domain.delivery import Delivered, GaveUp, Outcome, Unclear
from bot.domain.ids import IncidentId, PageId, PersonId
from bot.domain.ladder import Channel
from bot.pagers.breaker import Breakers
from bot.pagers.channel import Notice, Pager
from bot.store import channel_health, outbox
from bot.store.database import Database
from bot.store.outbox import OutboxRow
from bot.words import channel_words
from bot.words.catalogue import Catalogue

Address = Callable[[PersonId, Channel], Awaitable[str | None]]
LinkMaker = Callable[[IncidentId, PageId, PersonId, Channel], Awaitable[str]]
ChannelMessage = m.ChannelPage | m.ChannelEcho | m.ChannelCalledOff
KINDS: Final[Mapping[str, type[ChannelMessage]]] = {
    "ChannelPage": m.ChannelPage,
    "ChannelEcho": m.ChannelEcho,
    "ChannelCalledOff": m.ChannelCalledOff,
}
# What a phone would show or ring a second time.
_NEVER_TWICE: Final[frozenset[Channel]] = frozenset(("sms", "voice", "apprise"))


@dataclass(frozen=True, slots=True)
class Pagers:
    """Called with a row; gives what became of it.

    `address` gives somebody's verified address for a channel, `link` makes the answer link of a page (the TwiML address for a
    call). `cut_short` holds the keys of rows whose sending was broken off, as when a process ended: the provider is asked first.
    `hears_texts`: whether a text message back arrives.
    """

    pagers: Mapping[Channel, Pager]
    database: Database
    catalogue: Catalogue
    address: Address
    link: LinkMaker
    now: Callable[[], datetime]
    breakers: Breakers
    cut_short: set[str] = field(default_factory=set)
    hears_texts: bool = True

    @property
    def available(self) -> frozenset[Channel]:
        """What the settings configure, whether it works just now or not."""
        return frozenset(self.pagers)

    async def __call__(self, row: OutboxRow) -> Outcome:
        try:
            message = msgspec.json.decode(row.message, type=KINDS[row.kind])
        except (msgspec.MsgspecError, KeyError):
            return GaveUp("unreadable row")  # of another version of the program: it must not keep the others waiting
        if message.channel not in self.pagers:
            return GaveUp("not_configured")
        if isinstance(message, m.ChannelCalledOff):
            return await self._call_off(row, message)
        address = await self.address(message.person, message.channel)
        if address is None:
            return GaveUp("no_address")
        try:
            notice = await self._notice(row, message, address)
        except (LookupError, ValueError, TypeError) as bug:
            return GaveUp(f"no words: {type(bug).__name__}")  # one bad row gives up; the next rung is tried
        if row.key in self.cut_short:
            known = await self._left_before(message.channel, notice)
            self.cut_short.discard(row.key)
            if known is not None:
                return known
        try:
            return await self.bring(message.channel, notice)
        except BaseException:
            self.cut_short.add(row.key)  # it may have left before the sending was broken off
            raise

    async def bring(self, channel: Channel, notice: Notice) -> Outcome:
        """Send a notice if the channel's breaker lets it, and look it up where the answer is unclear."""
        if channel not in self.pagers:
            return GaveUp("not_configured")
        if not self.breakers.lets_through(channel, self.now()):
            return GaveUp("breaker_open")
        try:
            outcome = await self.pagers[channel].send(notice)
            if isinstance(outcome, Unclear):
                outcome = await self.pagers[channel].find(notice) or outcome
        except BaseException:
            self.breakers.dropped(channel)
            raise
        self.breakers.settle(channel, outcome, self.now())
        return outcome

    async def remember(self) -> None:
        """Take up what an earlier run knew and was doing; to be called once, before anything is sent."""
        async with self.database.read() as tx:
            self.breakers.take(await channel_health.every(tx))
            self.cut_short.update(await outbox.leaving(tx))

    async def keep(self) -> None:
        """Write how the channels do, where that changed; to be called from time to time, and never by a send."""
        if rows := self.breakers.changed():
            async with self.database.begin() as tx:
                await channel_health.write(tx, rows)

    async def _notice(self, row: OutboxRow, message: m.ChannelPage | m.ChannelEcho, address: str) -> Notice:
        match message:
            case m.ChannelPage():
                assert row.incident is not None, "pages belong to an incident"
                # where Apprise brings it others may read along, and a link answers for whoever opens it
                one_way = message.channel == "apprise"
                link = "" if one_way else await self.link(row.incident, message.page, message.person, message.channel)
                said = channel_words.page(self.catalogue, message, link, hears_texts=self.hears_texts)
            case m.ChannelEcho():
                link, said = "", channel_words.echo(self.catalogue, message)
            case _:
                assert_never(message)
        return Notice(
            key=row.key,
            address=address,
            lang=message.lang,
            title=said.title,
            text=said.text,
            speech=said.speech,
            link=link,
            urgent=isinstance(message, m.ChannelPage),
            asked_at=row.created_at,
        )

    async def _left_before(self, channel: Channel, notice: Notice) -> Outcome | None:
        """What became of a notice that a process was sending when it ended; None when it may be sent now."""
        found = await self.pagers[channel].find(notice)
        match found:
            case Delivered():
                return found
            case None if channel in _NEVER_TWICE:
                return Unclear("cut_short")
            case _:
                return None  # the provider does not have it, or knows a repeat when it sees one

    async def _call_off(self, row: OutboxRow, message: m.ChannelCalledOff) -> Outcome:
        """Stop everything of the page that this channel took, oldest first; the first that does not succeed is told."""
        assert row.incident is not None, "pages belong to an incident"
        async with self.database.read() as tx:
            sent = await outbox.find_sent(tx, row.incident, "ChannelPage", row.subject)
        address = (
            await self.address(message.person, message.channel) or ""
        )  # taken away since: then nothing is found there
        for one in sent:
            if one.target != row.target or not one.event_id:
                continue
            outcome = await self.pagers[message.channel].call_off(one.event_id, address)
            if not isinstance(outcome, Delivered):
                return outcome
        return Delivered()
