"""Sends codes and tests over a channel; every other row goes the road of pages."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from bot.addresses import Addresses
from bot.domain import messages as m
from bot.domain.delivery import Delivered, GaveUp, Outcome, Unclear
from bot.domain.ladder import Channel
from bot.pagers.channel import Notice
from bot.store.outbox import OutboxRow
from bot.words import reach_words
from bot.words.catalogue import Catalogue

# A test that waited for its channel must not ring hours later, when nobody expects it.
TEST_WAITS: Final = timedelta(minutes=15)
Road = Callable[[OutboxRow], Awaitable[Outcome]]
Bring = Callable[[Channel, Notice], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Proving:
    """Called with a row; gives what became of it. `bring` sends one notice, `road` carries everything else out."""

    road: Road
    bring: Bring
    addresses: Addresses
    catalogue: Catalogue
    now: Callable[[], datetime]

    async def __call__(self, row: OutboxRow) -> Outcome:
        try:
            match row.kind:
                case "ChannelCode":
                    return await self._code(row, msgspec.json.decode(row.message, type=m.ChannelCode))
                case "ChannelTest":
                    return await self._test(row, msgspec.json.decode(row.message, type=m.ChannelTest))
                case _:
                    return await self.road(row)
        except msgspec.MsgspecError:
            return GaveUp("unreadable row")  # of another version of the program

    async def _code(self, row: OutboxRow, message: m.ChannelCode) -> Outcome:
        address = await self.addresses.pending(message.person, message.channel, self.now())
        if address is None:
            return GaveUp("expired")
        code = self.addresses.vault.code(message.seed)
        words = reach_words.code_notice(self.catalogue, message.lang, code)
        return await self._brought(row, message.channel, message, address, words)

    async def _test(self, row: OutboxRow, message: m.ChannelTest) -> Outcome:
        if self.now() - row.created_at > TEST_WAITS:
            return GaveUp("expired")
        address = await self.addresses(message.person, message.channel)
        if address is None:
            return GaveUp("no_address")
        words = reach_words.test_notice(self.catalogue, message.lang)
        # there it would ring every half minute until somebody taps; a test rings once
        urgent = message.channel != "pushover"
        return await self._brought(row, message.channel, message, address, words, urgent=urgent)

    async def _brought(
        self,
        row: OutboxRow,
        channel: Channel,
        message: m.Message,
        address: str,
        words: reach_words.Notice,
        *,
        urgent: bool = False,
    ) -> Outcome:
        notice = Notice(
            key=row.key, address=address, lang=message.lang, title=words.title, text=words.text, speech=words.speech,
            urgent=urgent, asked_at=row.created_at,
        )  # fmt: skip
        outcome = await self.bring(channel, notice)
        # Nobody waits for a second one: who sees nothing asks for another code, or says that the test was not heard.
        # The reference is not kept, for a push address may be part of it.
        return Delivered() if isinstance(outcome, Delivered | Unclear) else outcome
