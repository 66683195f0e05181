"""Everything beside Matrix, put together: whose number is whose, the configured channels, and what runs for them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.addresses import Addresses, readable
from bot.config import Settings
from bot.desk import Desk
from bot.domain.delivery import Outcome
from bot.domain.ids import PersonId
from bot.domain.ladder import Channel
from bot.linking import Linking
from bot.pagers.breaker import Breakers
from bot.pagers.build import HEARD, Channels, channels
from bot.pagers.inbound import Incoming
from bot.pagers.proving import Proving
from bot.pagers.receipts import Receipts
from bot.pagers.replying import Replying
from bot.pagers.road import Pagers
from bot.reach import Vault
from bot.store.outbox import OutboxRow
from bot.words.catalogue import Catalogue

KEEP_EVERY: Final = 10.0  # seconds between two writings of how the channels do
Loop = Callable[[], Awaitable[None]]
Pause = Callable[[float], Awaitable[None]]


class Chance(Protocol):
    """Chance (32 random bytes) and waiting (seconds), as the composition root has them."""

    @property
    def salts(self) -> Callable[[], bytes]: ...

    @property
    def pause(self) -> Pause: ...


@dataclass(frozen=True, slots=True)
class Switchboard:
    """`road` carries out every row that goes over a channel; `loops` run as long as the bot does."""

    settings: Settings
    desk: Desk
    vault: Vault
    addresses: Addresses
    channels: Channels
    pagers: Pagers
    road: Callable[[OutboxRow], Awaitable[Outcome]]
    incoming: Incoming | None
    pause: Pause

    async def reachable(self, tx: AsyncConnection) -> Mapping[PersonId, frozenset[Channel]]:
        """On which channels people can be rung now: verified by them, and configured."""
        if not self.pagers.available:
            return {}
        found = await readable(tx, self.vault)
        return {person: has & self.pagers.available for person, has in found.items()}

    def loops(self) -> dict[str, Loop]:
        """By name, what asks and writes now and then."""
        found: dict[str, Loop] = {"channels": self._keep}
        sms, incoming = self.channels.sms, self.incoming
        if sms is not None and incoming is not None and not self.settings.sms_webhook_secret.get_secret_value():
            found["sms inbox"] = lambda: incoming.poll(sms, self.settings.sms_poll_seconds, self.pause)
        if (pushover := self.channels.pushover) is not None:
            receipts = Receipts(self.desk, pushover)
            found["receipts"] = lambda: receipts.poll(self.settings.pushover_poll_seconds, self.pause)
        return found

    async def _keep(self) -> None:
        while True:
            await self.pagers.keep()
            await self.pause(KEEP_EVERY)


@asynccontextmanager
async def switched(
    settings: Settings, desk: Desk, vault: Vault, words: Catalogue, around: Chance, news: Callable[[], None]
) -> AsyncIterator[Switchboard]:
    """The switchboard, with its connections. `news` wakes whoever handles the inbox."""

    def now() -> datetime:
        return desk.clock().now

    addresses = Addresses(desk.database, vault)
    link = Linking(desk.database, settings.public_url, around.salts, now)
    async with channels(settings, words) as made:
        pagers = Pagers(made.every, desk.database, words, addresses, link, now, now(), Breakers(tuple(made.every)))
        await pagers.remember()
        road = Replying(Proving(pagers, pagers.bring, addresses, words, now), pagers.bring, vault)
        heard = HEARD.get(settings.sms_provider)
        incoming = None if heard is None else Incoming(settings.sms_provider, desk.database, vault, heard, now, news)
        yield Switchboard(settings, desk, vault, addresses, made, pagers, road, incoming, around.pause)
