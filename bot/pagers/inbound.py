"""Text messages that come in, by webhook or by looking in the provider's inbox: in our own inbox before anybody says it arrived."""

import json
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import structlog

from bot.domain.ids import EventId
from bot.pagers.channel import Inbound, SmsPager, reference_of
from bot.reach import Number, Vault, read_number
from bot.store import inbox
from bot.store.database import Database
from bot.store.inbox import InboxRow
from bot.words.sms_words import LONGEST

TYPE: Final = "iog.sms"
ROOM: Final = "sms"
ABOUT: Final = "sms:in"
_PLAIN: Final = re.compile(r"[\w.:-]{1,80}", re.ASCII)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Incoming:
    """`heard` reads the body of the provider's webhook; `news` wakes whoever handles the inbox."""

    provider: str
    database: Database
    vault: Vault
    heard: Callable[[bytes], Inbound | None]
    now: Callable[[], datetime]
    news: Callable[[], None]

    async def take(self, body: bytes) -> bool:
        """Keeps what a webhook brought; False when it is no text message. Brought twice, it is one message."""
        message = self.heard(body)
        if message is None:
            log.warning("sms_nonsense", provider=self.provider)
            return False
        await self.keep((message,))
        return True

    async def keep(self, messages: Sequence[Inbound]) -> int:
        """How many of these were new."""
        rows = [self._row(message) for message in messages]
        async with self.database.begin() as tx:
            new = await inbox.append(tx, rows)
        if new:
            log.info("sms_in", provider=self.provider, count=new)
            self.news()
        return new

    async def look(self, pager: SmsPager) -> bool:
        """One look in the provider's inbox; whether there is one that can be read.

        What lay there before the very first look is taken as read: an alarm of last month must not ring tonight.
        """
        messages = await pager.inbox()
        if messages is None:
            return False
        begun = EventId(f"sms:{self.provider}:begun")
        async with self.database.read() as tx:
            known = await inbox.knows(tx, begun)
        if known:
            await self.keep(messages)
            return True
        mark = InboxRow(begun, ROOM, "", TYPE, self.now(), None, None, state="handled")
        old = [InboxRow(self._id(m), ROOM, "", TYPE, self.now(), None, None, state="ignored") for m in messages]
        async with self.database.begin() as tx:
            await inbox.append(tx, [*old, mark])
        return True

    async def poll(self, pager: SmsPager, seconds: float, pause: Callable[[float], Awaitable[None]]) -> None:
        """Looks again and again. Not beside a webhook of the same provider: there a message may go by another name."""
        while True:
            await self.look(pager)
            await pause(seconds)

    def _row(self, message: Inbound) -> InboxRow:
        now = self.now()
        # who sends under a name cannot be answered; and nobody makes us text to numbers abroad or at a fee: ours are all Dutch
        read = read_number(message.number)
        number = message.number if isinstance(read, Number) and read.mobile else ""
        sealed = b64encode(self.vault.seal(number, ABOUT)).decode() if number else ""
        raw = json.dumps({"text": message.text[:LONGEST], "sealed": sealed})
        mark = self.vault.fingerprint(message.number)
        return InboxRow(self._id(message), ROOM, mark, TYPE, now, message.at, raw)

    def _id(self, message: Inbound) -> EventId:
        """A `1` without a time or a number of its own is the same as one of the same hour, and not as one of last week."""
        if not message.id:
            message = replace(message, id=reference_of(f"{message.number}/{self.now():%Y-%m-%dT%H}/{message.text}"))
        given = message.id if _PLAIN.fullmatch(message.id) else reference_of(message.id)
        return EventId(f"sms:{self.provider}:{given}")
