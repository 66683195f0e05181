"""Carries out the rows of the outbox that ask an authority outside for a time stamp on a checkpoint: until there is one, however
long that takes, and with nothing else waiting for it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import httpx
import msgspec
from cryptography.x509 import Certificate

from bot.config import Settings
from bot.deliver import Post, no_authority
from bot.desk import Desk
from bot.domain import messages as m
from bot.domain.delivery import Delivered, GaveUp, Outcome, Retry
from bot.keyfiles import read_certificates
from bot.logbook.checkpoint import stated
from bot.pagers.asking import Answer, Asking, asking
from bot.store import stamps
from bot.store.outbox import OutboxRow

TOTAL_SECONDS: Final = 30.0
# Seconds before the next try, by the number of failed ones; the last for all further ones. Nobody waits for it.
AGAIN: Final = (60.0, 120.0, 300.0, 600.0, 1800.0)
_HEADERS: Final = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


@asynccontextmanager
async def stamping(settings: Settings, desk: Desk) -> AsyncIterator[Post]:
    """What asks the authority of the settings; the extra `timestamps` is needed only for that."""
    if not settings.timestamp_url or settings.timestamp_ca_file is None:
        yield no_authority
        return
    trusted = read_certificates(settings.timestamp_ca_file)
    assert isinstance(trusted, tuple), "the settings were looked at when they were read"
    desk.stamped = True
    async with asking(TOTAL_SECONDS) as ask:
        yield Stamping(desk, ask, settings.timestamp_url, trusted)


@dataclass(frozen=True, slots=True)
class Stamping:
    """Called with a row; gives what became of it. An answer is kept before the row is settled: asked twice, the first stays."""

    desk: Desk
    ask: Asking
    url: str
    trusted: Sequence[Certificate]

    async def __call__(self, row: OutboxRow) -> Outcome:
        from bot import rfc3161

        try:
            note = msgspec.json.decode(row.message, type=m.StampAsked).note.encode()
            log, size, _ = stated(note)
        except (msgspec.MsgspecError, ValueError):
            return GaveUp("unreadable row")
        asked = rfc3161.question(note)
        heard = await self.ask(httpx.Request("POST", self.url, content=asked.data, headers=_HEADERS))
        if not isinstance(heard, Answer):
            return Retry(heard.reason, _again(row))
        if not heard.good:
            return Retry(f"answer_{heard.status}", max(_again(row), heard.after or 0.0))
        at = rfc3161.stamped_at(heard.body, note, self.trusted, asked.nonce)
        if isinstance(at, rfc3161.Unfit):
            await self._refused(log, size, at.why)
            return Retry(f"unfit_{at.why}", _again(row))
        async with self.desk.database.begin() as tx:
            await stamps.keep(tx, stamps.StampRow(log, size, note, heard.body, at))
        return Delivered()

    async def _refused(self, log: str, size: int, why: str) -> None:
        """Said once for a checkpoint: the next try may get the same answer."""
        details = (("log", log), ("size", str(size)))
        note = m.ManagementNote(to=m.To("management"), code=f"stamp_{why}", details=details)
        await self.desk.say(f"stamp/{log}/{size}", (note,))


def _again(row: OutboxRow) -> float:
    return AGAIN[min(row.attempts, len(AGAIN) - 1)]
