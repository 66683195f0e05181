"""People typing to the bot about their own channels, with services on this machine that bring what the bot sends."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path

import msgspec

from bot.addresses import Addresses
from bot.domain import commands as c
from bot.domain import messages as m
from bot.domain.contacts import Contacts
from bot.domain.delivery import Delivered, Outcome
from bot.domain.ids import Account, EventId, PersonId, RoomId
from bot.domain.ladder import Channel
from bot.embedded.provider_push import NtfyCounterpart
from bot.embedded.provider_sms import GatewayCounterpart
from bot.embedded.provider_voice import VoiceCounterpart
from bot.embedded.providers import running
from bot.entering import Entering, Installation
from bot.matrix.act import Acting
from bot.matrix.client import MatrixClient
from bot.matrix.hear import Hearing
from bot.matrix.questions import Questions
from bot.matrix.reach import Cards, Reaching, Sender
from bot.matrix.wire import Account as Login
from bot.onboarding import Onboarding
from bot.pagers.asking import asking
from bot.pagers.channel import Notice, Pager
from bot.pagers.ntfy import NtfyPush
from bot.pagers.proving import Proving
from bot.pagers.sms_generic import GenericSms
from bot.pagers.voice import VoiceCalls
from bot.reach import Vault
from bot.store import inbox, outbox, reach, rooms
from bot.store.database import open_database
from bot.store.inbox import InboxRow
from bot.words.catalogue import Catalogue, load
from bot.words.replies import Lines
from tests.builders import account, contacts
from tests.desk.ground import FAR_FUTURE, INCIDENT, Ground
from tests.pagers.ground import number

KEY = bytes(range(32))
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)  # ma 23-11 12:00 in Amsterdam
FIELDS = {name: name for name in ("to", "from", "text", "reference", "id")}
WORDS = load()
SENDER = Sender((number(9),), "bot@regio.example", "https://push.regio.example")
_SIX = re.compile(r"\b([0-9]{3}) ([0-9]{3})\b")


@dataclass
class Town:
    """`sms`, `voice` and `ntfy` are the services; `file` is where the database is."""

    ground: Ground
    file: Path
    client: MatrixClient
    sms: GatewayCounterpart
    voice: VoiceCounterpart
    ntfy: NtfyCounterpart
    pagers: dict[Channel, Pager]
    known: Contacts = field(default_factory=contacts)
    words: Catalogue = WORDS
    gone: set[PersonId] = field(default_factory=set)
    key: bytes = KEY
    said: "count[int]" = field(default_factory=lambda: count(1))
    drawn: "count[int]" = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.starts_again()

    def starts_again(self) -> None:
        """As after a restart: nothing in memory, the same key."""
        self.ground.desk = self.ground.another_desk()
        desk = self.ground.desk
        self.vault = Vault(self.key, lambda: sha256(f"chance{next(self.drawn)}".encode()).digest())
        self.addresses = Addresses(self.ground.database, self.vault)
        self.house = Installation(desk, self.vault, self.words, lambda: frozenset(self.pagers), self.gone.__contains__)
        self.entering = Entering(self.house)
        self.onboarding = Onboarding(self.house, has_numbers=True)
        self.cards = Cards(self.addresses, self.words, SENDER)
        reaching = Reaching(self.entering, self.onboarding, lambda: self.known)
        questions = Questions(desk, self.words, lambda: self.known, _export, _reload)
        acting = Acting(
            self.client, desk, lambda: self.known, questions, self.words, lambda _: INCIDENT, reaching
        )  # fmt: skip
        self.hearing = Hearing(acting)
        self.proving = Proving(_no_page, self._bring, self.addresses, self.words, self.now)

    async def _bring(self, channel: Channel, notice: Notice) -> Outcome:
        return await self.pagers[channel].send(notice)

    def now(self) -> datetime:
        return self.ground.now

    def passes(self, **by: float) -> None:
        self.ground.now += timedelta(**by)

    # --- what people do ---------------------------------------------------------------------------------------------

    async def says(self, person: str, text: str, *, known_device: bool = True) -> list[m.Message]:
        """What the bot answers, once what it sent by other channels has arrived."""
        event = EventId(f"$said{next(self.said)}")
        raw = json.dumps({"content": {"msgtype": "m.text", "body": text}, "state_key": None})
        return await self._heard(event, "m.room.message", person, raw, known_device)

    async def reacts(self, person: str, to: str, key: str) -> list[m.Message]:
        """A reaction to the newest message of this kind."""
        async with self.ground.database.read() as tx:
            row = await outbox.last_sent_to(tx, RoomId(f"!{person}"), (to,))
        assert row is not None
        event = EventId(f"$said{next(self.said)}")
        relation = {"rel_type": "m.annotation", "event_id": row.event_id, "key": key}
        raw = json.dumps({"content": {"m.relates_to": relation}, "state_key": None})
        return await self._heard(event, "m.reaction", person, raw, known_device=True)

    async def _heard(self, event: EventId, kind: str, person: str, raw: str, known_device: bool) -> list[m.Message]:
        self.passes(seconds=1)  # people type no faster
        row = InboxRow(
            event, f"!{person}", Account(account(person)), kind, self.now(), self.now(), raw,
            decrypted=True, sender_key_known=known_device,
        )  # fmt: skip
        async with self.ground.database.begin() as tx:
            await inbox.store_batch(tx, f"after-{event}", [row], self.now())
        assert await self.hearing.hear(row)
        return [said for said in await self.sends() if not isinstance(said, m.ChannelCode | m.ChannelTest)]

    async def sends(self) -> list[m.Message]:
        """Everything that waits leaves; what was sent, without the reactions that the bot offers."""
        async with self.ground.database.read() as tx:
            rows = await outbox.ready(tx, self.now() + FAR_FUTURE, 1_000)
        sent: list[m.Message] = []
        for row in rows:
            outcome = await self._outcome(row)
            self.passes(milliseconds=1)  # one after the other, as to one room they go
            async with self.ground.database.begin() as tx:
                if isinstance(outcome, Delivered):
                    await outbox.settle(tx, row.key, outcome.event, outcome.room, self.now())
                else:
                    await outbox.give_up(tx, row.key, str(outcome), self.now())
            if row.kind != "Seeds":
                sent.append(msgspec.json.decode(row.message, type=m.BY_NAME[row.kind]))
        return sent

    async def _outcome(self, row: outbox.OutboxRow) -> Outcome:
        kind, _, name = row.target.partition(":")
        if kind == "channel":
            return await self.proving(row)
        room = RoomId(name if kind == "asked" else f"!{name}")
        return Delivered(EventId(f"$sent-{row.key}"), room)

    # --- what they see ----------------------------------------------------------------------------------------------

    def code_by_sms(self, to: str) -> str:
        """The six digits of the last text message on a phone."""
        return code_in(self.sms.phone(to)[-1])

    async def reach(self, person: str) -> list[reach.ReachRow]:
        async with self.ground.database.read() as tx:
            return await reach.of_person(tx, PersonId(person))

    async def index(self) -> list[str]:
        return await self.ground.kinds(self.ground.desk.seal.index)

    async def verifies(self, person: str, to: str) -> None:
        """The whole way of one mobile number."""
        await self.says(person, f"nummer {to}")
        await self.says(person, self.code_by_sms(to))
        assert await self.reach(person)


def code_in(text: str) -> str:
    found = _SIX.search(text)
    assert found is not None, text
    return "".join(found.groups())


def lines_of(messages: list[m.Message]) -> str:
    return "\n".join(line for said in messages if isinstance(said, m.Answer) for line in said.lines)


def refusals(messages: list[m.Message]) -> list[str]:
    return [said.code for said in messages if isinstance(said, m.Refusal)]


async def _export(*_: object) -> tuple[m.Message, ...]:
    raise c.Refused("not_allowed")


async def _reload(_: object) -> Lines:
    return ("herladen",)


async def _no_page(row: outbox.OutboxRow) -> Outcome:
    raise AssertionError(row.kind)


@asynccontextmanager
async def town(database_url: str, directory: Path) -> AsyncIterator[Town]:
    """The services run, everybody has a direct room, and nobody gave an address."""
    async with AsyncExitStack() as stack:
        database = await open_database(database_url)
        stack.push_async_callback(database.close)
        client = MatrixClient(Login("https://iog.example", "@iog:iog.example", "BOT", "x"), directory, "y")
        stack.push_async_callback(client.close)
        ask = await stack.enter_async_context(asking(1.0))
        ground = Ground(database, NOON)
        sms, voice, ntfy = GatewayCounterpart(), VoiceCounterpart(now=lambda: ground.now), NtfyCounterpart()
        await stack.enter_async_context(running(sms, voice, ntfy))
        pagers: dict[Channel, Pager] = {
            "sms": GenericSms(ask, f"{sms.url}/send", sms.token, "IOG", FIELDS, "", ""),
            "voice": VoiceCalls(ask, voice.account, voice.token, number(9), f"{voice.url}/2010-04-01"),
            "ntfy": NtfyPush(ask, ntfy.url, ntfy.token, WORDS),
        }
        made = Town(ground, Path(database_url.removeprefix("sqlite:///")), client, sms, voice, ntfy, pagers)
        for person in made.known.people:
            room = rooms.RoomRow(RoomId(f"!{person}"), "direct", ground.now, True, person=person)
            async with database.begin() as tx:
                await rooms.write(tx, room)
        yield made
