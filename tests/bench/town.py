"""The stage of the races: one Synapse, the bot and the bare script on it, the same people in the rooms of both."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.app import opened, real_world
from bot.domain.ids import PersonId, RoleId
from bot.embedded.homeserver import Homeserver
from bot.matrix.peer import Peer
from bot.playground import Playground, set_up
from bot.running import Bot
from bot.store import inbox, outbox, rooms
from tests.bench.archive import ALARM, REPORTER, ROOT, utc_now
from tests.bench.bare import Bare
from tests.bench.wire import Stopwatch

# Whom the example's playbook for riots calls, with the coordinator and the standing brigade: eight people.
ROLES = (
    "coordinator", "politie", "om", "expert_cter", "communicatie", "expert_cyber", "expert_ondermijning", "expert_zorg",
)  # fmt: skip
PATIENCE = 60.0  # seconds
EXAMPLE = ROOT / "contacts" / "example"


@dataclass(slots=True)
class Town:
    """`bot_rooms` and `bare_rooms`: the direct room of each person with the bot and with the bare script."""

    playground: Playground
    bot: Bot
    wire: Stopwatch
    bare: Bare
    peers: dict[PersonId, Peer]
    called: tuple[PersonId, ...]
    bot_rooms: dict[PersonId, str] = field(default_factory=dict)
    bare_rooms: dict[PersonId, str] = field(default_factory=dict)

    async def settled(self, patience: float = PATIENCE) -> None:
        """Until the bot has nothing left to hear or to send."""
        async with asyncio.timeout(patience):
            while True:
                async with self.bot.database.read() as tx:
                    left = await outbox.waiting_count(tx) + await inbox.waiting_count(tx)
                if not left and self.bot.deliverer.idle:
                    return
                await asyncio.sleep(0.05)

    async def alarm(self, room: str) -> float:
        """The reporter says the alarm; when the request left."""
        return await self.say(REPORTER, room, f"alarm {ALARM}")

    async def say(self, person: PersonId, room: str, text: str) -> float:
        """Give the moment at which the encrypted message itself left, not the keys before it."""
        peer = self.peers[person]
        watch = Stopwatch()
        watch.attach(peer.client.client_session)
        try:
            await peer.say(room, text)
        finally:
            peer.client.client_session.trace_configs.pop()
        return next(x.asked for x in watch.seen if "/send/" in x.path)

    async def bot_sent(self, moment: float, part: str, count: int, patience: float = PATIENCE) -> None:
        """Until the homeserver accepted so many of the bot's messages of a kind since `moment`."""
        async with asyncio.timeout(patience):
            while sum(part in x.path and x.status == 200 for x in self.wire.since(moment)) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.02)  # the stopwatch may not be slowed down by an event

    def body(self, person: PersonId, part: str) -> dict[str, Any]:
        """The last message of the bot with this text, as the person read it: the bare script says the same."""
        seen = [s for s in self.peers[person].timeline(self.bot_rooms[person]) if part in s.body]
        return {k: v for k, v in seen[-1].content.items() if k in ("msgtype", "body", "format", "formatted_body")}


@contextlib.asynccontextmanager
async def town(
    directory: Path,
    contacts: Path = EXAMPLE,
    bare_script: type[Bare] = Bare,
    people: Sequence[PersonId] = (),
    **given: Any,  # noqa: ANN401 - settings of any kind
) -> AsyncIterator[Town]:
    """Everybody logged in, in their rooms, the bot (with the settings `given`) running; torn down in reverse.

    `people` are those who need a client; without it the reporter and the eight who are called.
    """
    async with contextlib.AsyncExitStack() as stack:
        homeserver = await Homeserver.start(directory / "homeserver", secret=secrets.token_hex())
        stack.push_async_callback(homeserver.stop)
        playground = await set_up(directory, homeserver, contacts_dir=contacts, **given)
        password = secrets.token_urlsafe(12)
        await homeserver.register("bare", password)
        admin = await homeserver.register("meting", secrets.token_urlsafe(12), admin=True)
        session = await homeserver.login("meting", admin.password)
        await homeserver.override_ratelimit(f"@bare:{homeserver.name}", session.access_token)
        bare = await bare_script.login(homeserver.url, "bare", password, directory / "bare")
        stack.push_async_callback(bare.client.close)
        called = () if people else _called(playground)
        peers: dict[PersonId, Peer] = {}
        for person in people or (REPORTER, *called):
            peers[person] = await playground.peer(person, directory / "peers")
            stack.push_async_callback(peers[person].close)
        bot = await stack.enter_async_context(opened(playground.settings, real_world()))
        wire = Stopwatch()
        assert bot.client._http is not None
        wire.attach(bot.client._http)
        built = Town(playground, bot, wire, bare, peers, called)
        await _rooms(built)
        await bot.start()
        running = asyncio.create_task(bot.run())
        stack.push_async_callback(_stop, bot, running)
        yield built


async def _stop(bot: Bot, running: asyncio.Task[None]) -> None:
    bot.stopping.set()
    await running


def _called(playground: Playground) -> tuple[PersonId, ...]:
    found = (playground.contacts.on_call(RoleId(role), "eerste", utc_now()) for role in ROLES)
    return tuple(dict.fromkeys(person.id for person in found if person is not None))


async def _rooms(built: Town) -> None:
    """Everybody joins their room with the bot and one with the bare script, and each client has seen it."""
    for person, peer in built.peers.items():
        async with built.bot.database.read() as tx:
            known = await rooms.direct(tx, person)
        assert known is not None
        built.bot_rooms[person] = known.room_id
        built.bare_rooms[person] = await built.bare.direct(peer.user_id)
        for room_id in (built.bot_rooms[person], built.bare_rooms[person]):
            await peer.join(room_id)


def clock() -> float:
    return time.monotonic()
