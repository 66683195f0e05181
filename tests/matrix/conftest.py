"""The bot's side of the wire in these tests: one login with its gateway, synced by hand."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest_asyncio

from bot.embedded.homeserver import Homeserver
from bot.matrix.client import MatrixClient
from bot.matrix.events import RawEvent, SyncBatch
from bot.matrix.peer import Peer
from bot.matrix.rooms import INCIDENT, Made, RoomSpec, make_room
from bot.matrix.send import Gateway
from bot.matrix.wire import Account, room_path

T = TypeVar("T")


@dataclass
class Bot:
    client: MatrixClient
    gateway: Gateway
    password: str = field(repr=False)
    pickle_key: str = field(repr=False)
    since: str | None = None
    events: list[RawEvent] = field(default_factory=list)

    @property
    def user_id(self) -> str:
        return self.client.account.user_id

    async def sync(self, *, timeout_ms: int = 0, timeline_limit: int = 100) -> SyncBatch:
        batch = await self.client.sync_once(
            self.since, timeout_ms=timeout_ms, full_state=False, timeline_limit=timeline_limit
        )
        assert isinstance(batch, SyncBatch)
        self.since = batch.next_batch
        self.events += batch.events
        assert await self.client.after_sync() == ()
        return batch

    async def until(self, found: Callable[["Bot"], T | None]) -> T:
        """Sync until something is there; a test that waits in vain for fifteen syncs has failed."""
        for _ in range(15):
            if value := found(self):
                return value
            await self.sync(timeout_ms=1_000)
        raise AssertionError("it did not come")

    async def hears(self, part: str) -> RawEvent:
        return await self.until(
            lambda bot: next((event for event in bot.events if part in str(event.content.get("body", ""))), None)
        )

    async def event(self, event_id: str) -> RawEvent:
        return await self.until(lambda bot: next((e for e in bot.events if e.event_id == event_id), None))

    async def accept(self, room_id: str) -> None:
        status, _ = await self.client.raw("POST", room_path(room_id, "join"), {})
        assert status == 200
        await self.until(
            lambda bot: bot.user_id in bot.client.members(room_id) and bot.client.nio.rooms[room_id].encrypted
        )

    async def own_room(self) -> str:
        """An encrypted room of the bot with nobody else in it."""
        name = f"kamer-{secrets.token_hex(8)}"
        made = await make_room(self.client, self.gateway, RoomSpec(name, INCIDENT, name, "Kamer"))
        assert isinstance(made, Made)
        return made.room_id

    async def direct_with(self, peer: Peer) -> str:
        """A person opens a direct chat with the bot; both have seen the other join."""
        room_id = await peer.create_direct(self.user_id)
        await self.accept(room_id)
        await peer.wait_for(lambda p: self.user_id in p.members(room_id))
        return room_id


MakeBot = Callable[..., Awaitable[Bot]]


@pytest_asyncio.fixture
async def make_bot(homeserver: Homeserver, fresh: Callable[[str], str], tmp_path: Path) -> AsyncIterator[MakeBot]:
    """Makes a bot; `like` gives the same login once more (as after a restart, or on a copy of its keys when another took them
    over), `url` another way to the server."""
    made: list[Bot] = []

    async def make(*, like: Bot | None = None, url: str | None = None, taken_over: Path | None = None) -> Bot:
        if like is not None:
            password, pickle_key, store, account = (
                like.password,
                like.pickle_key,
                taken_over or like.client.store,
                like.client.account,
            )
        else:
            name, password, pickle_key = fresh("bot"), secrets.token_hex(8), secrets.token_hex()
            await homeserver.register(name, password)
            session = await homeserver.login(name, password, "BOT")
            account = Account(url or homeserver.url, session.user_id, session.device_id, session.access_token)
            store = tmp_path / name
        client = MatrixClient(account, store, pickle_key)
        await client.open(afresh=taken_over is not None)
        bot = Bot(client, Gateway(client), password, pickle_key)
        made.append(bot)
        await client.sync_once(None, timeout_ms=0, full_state=False, state_only=True)
        if like is None:
            await bot.sync()
        else:
            bot.since = like.since
            await client.after_sync()
        return bot

    yield make
    for bot in made:
        await bot.client.close()


@pytest_asyncio.fixture
async def bot(make_bot: MakeBot) -> Bot:
    return await make_bot()
