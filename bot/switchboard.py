"""Everything beside Matrix, put together: whose number is whose, the configured channels, and what runs for them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.addresses import Addresses, readable
from bot.by_channel import Answering
from bot.config import Settings
from bot.desk import Desk
from bot.domain.contacts import Contacts
from bot.domain.delivery import Outcome
from bot.domain.ids import EventId, IncidentId, PersonId
from bot.domain.ladder import Channel, ChannelState
from bot.domain.people import Language
from bot.linking import Linking
from bot.pagers.breaker import Breakers, is_down
from bot.pagers.build import HEARD, Channels, channels
from bot.pagers.emergency import LoudPages
from bot.pagers.hear import SmsHearing
from bot.pagers.inbound import Incoming
from bot.pagers.proving import Proving
from bot.pagers.receipts import Receipts
from bot.pagers.replying import Replying
from bot.pagers.road import Pagers
from bot.reach import Vault
from bot.store.outbox import OutboxRow
from bot.strangers import Strangers
from bot.web.answer import AnswerPages
from bot.web.calendars import CalendarPages
from bot.web.site import Part
from bot.web.sms import SmsWebhook
from bot.web.voice import VoicePages
from bot.web.wire import Misses
from bot.words.catalogue import Catalogue

KEEP_EVERY: Final = 10.0  # seconds between two writings of how the channels do
_NONE: Final[frozenset[Channel]] = frozenset()
Loop = Callable[[], Awaitable[None]]
Pause = Callable[[float], Awaitable[None]]


class Around(Protocol):
    """Chance (32 random bytes), the monotonic clock (seconds) and waiting (seconds), as the composition root has them."""

    @property
    def salts(self) -> Callable[[], bytes]: ...

    @property
    def monotonic(self) -> Callable[[], float]: ...

    @property
    def pause(self) -> Pause: ...


@dataclass(frozen=True, slots=True)
class House:
    """`contacts` are those in force; `new_id` makes an incident's id from what raised it; `news` wakes who handles the inbox."""

    contacts: Callable[[], Contacts]
    new_id: Callable[[EventId], IncidentId]
    news: Callable[[], None]

    def language(self) -> Language:
        return self.contacts().region.language

    def duty_number(self) -> str:
        return self.contacts().policy.duty_number


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
    loud: LoudPages
    incoming: Incoming | None
    texting: SmsHearing
    voice_pages: VoicePages
    answer_pages: AnswerPages
    calendars: CalendarPages
    misses: Misses
    pause: Pause
    people: Callable[[], Iterable[PersonId]]

    async def reachable(self, tx: AsyncConnection) -> Mapping[PersonId, frozenset[Channel]]:
        """On which channels people can be rung now: verified by them, and configured."""
        if not self.pagers.available:
            return {}
        found = await readable(tx, self.vault)
        one_way = {
            person: frozenset[Channel](("apprise",)) for person in self.people() if self.addresses.of_operator(person)
        }
        has = {
            person: found.get(person, _NONE) | one_way.get(person, _NONE) for person in found.keys() | one_way.keys()
        }
        return {person: channels & self.pagers.available for person, channels in has.items()}

    def states(self) -> tuple[ChannelState, ...]:
        """How the configured channels do at this moment, from memory."""
        health = self.pagers.breakers.health()
        return tuple(ChannelState(h.channel, is_down(h), h.last_success, h.reason or "") for h in health)

    def parts(self) -> tuple[Part, ...]:
        """What the web server shows of all this: only what the settings ask for."""
        found: list[Part] = []
        if self.settings.public_url:
            found += [self.answer_pages, self.calendars]
        if self.channels.voice is not None:
            found.append(self.voice_pages)
        secret = self.settings.sms_webhook_secret.get_secret_value()
        if self.incoming is not None and secret:
            found.append(SmsWebhook(secret, self.incoming.take, self.misses))
        return tuple(found)

    def loops(self) -> dict[str, Loop]:
        """By name, what asks and writes now and then."""
        found: dict[str, Loop] = {"channels": self._keep}
        sms, incoming = self.channels.sms, self.incoming
        every = 0.0 if self.settings.sms_webhook_secret.get_secret_value() else self.settings.sms_poll_seconds
        if sms is not None and incoming is not None and every:
            found["sms inbox"] = lambda: incoming.poll(sms, every, self.pause)
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
    settings: Settings, desk: Desk, vault: Vault, words: Catalogue, around: Around, house: House
) -> AsyncIterator[Switchboard]:
    """The switchboard, with its connections; long because it says once what it is made of."""

    def now() -> datetime:
        return desk.clock().now

    def of_operator(person: PersonId) -> str | None:
        """A person's own address, else that of the first of their roles that has one."""
        known = house.contacts().people.get(person)
        names = (person, *known.roles) if known is not None else ()
        return next((apprise[name] for name in names if name in apprise), None)

    apprise = settings.apprise_of
    addresses = Addresses(desk.database, vault, of_operator)
    link = Linking(desk.database, settings.public_url, around.salts, now)
    async with channels(settings, words) as made:
        pagers = Pagers(
            made.every, desk.database, words, addresses, link, now, Breakers(tuple(made.every)),
            hears_texts=settings.hears_texts,
        )  # fmt: skip
        await pagers.remember()
        road = Replying(Proving(pagers, pagers.bring, addresses, words, now), pagers.bring, vault)
        heard = HEARD.get(settings.sms_provider)
        incoming = None
        if heard is not None:
            incoming = Incoming(settings.sms_provider, desk.database, vault, heard, now, house.news)
        strangers, misses = Strangers(desk, now), Misses(around.monotonic)
        answering = Answering(desk, house.contacts)
        token = settings.voice_token.get_secret_value()
        yield Switchboard(
            settings=settings,
            desk=desk,
            vault=vault,
            addresses=addresses,
            channels=made,
            pagers=pagers,
            road=road,
            loud=LoudPages(pagers.bring, pagers.available, vault, words, now, house.duty_number),
            incoming=incoming,
            texting=SmsHearing(
                desk, house.contacts, words, house.language, strangers, addresses.heard_on, house.new_id
            ),
            voice_pages=VoicePages(
                answering, words, house.language, settings.public_url, token, addresses.whose, vault.fingerprint,
                strangers, house.new_id,
            ),
            answer_pages=AnswerPages(answering, words, house.language, misses),
            calendars=CalendarPages(
                desk.database, house.contacts, words, settings.log_host, lambda: desk.clock().wall, misses
            ),
            misses=misses,
            pause=around.pause,
            people=lambda: house.contacts().people,
        )  # fmt: skip
