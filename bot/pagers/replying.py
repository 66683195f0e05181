"""Sends an answer back to where somebody wrote from; every other row goes the road of pages."""

from base64 import b64decode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import msgspec

from bot.domain import messages as m
from bot.domain.delivery import Delivered, GaveUp, Outcome, Unclear
from bot.domain.ladder import Channel
from bot.pagers.channel import Notice
from bot.pagers.inbound import ABOUT
from bot.reach import Vault
from bot.store.outbox import OutboxRow

Road = Callable[[OutboxRow], Awaitable[Outcome]]
Bring = Callable[[Channel, Notice], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Replying:
    """Called with a row; gives what became of it. `bring` sends one notice, `road` carries everything else out."""

    road: Road
    bring: Bring
    vault: Vault

    async def __call__(self, row: OutboxRow) -> Outcome:
        if row.kind != "ChannelReply":
            return await self.road(row)
        try:
            message = msgspec.json.decode(row.message, type=m.ChannelReply)
            address = self.vault.open(b64decode(message.sealed, validate=True), ABOUT)
        except ValueError:
            return GaveUp("unreadable row")  # of another version of the program
        if not address:
            return GaveUp("no_address")
        notice = Notice(
            key=row.key, address=address, lang=message.lang, title="", text=message.text, urgent=False,
            asked_at=row.created_at,
        )  # fmt: skip
        outcome = await self.bring(message.channel, notice)
        # nobody waits for it twice: who hears nothing texts again
        return Delivered() if isinstance(outcome, Unclear) else outcome
