"""Who opens a chat with the bot is heard in it, whatever broke off in between; pages go where they are encrypted."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest_asyncio

from bot.domain.ids import Account, PersonId, RoomId
from bot.matrix.events import Invite
from bot.matrix.peer import Peer
from bot.matrix.welcome import AGAIN, Welcome
from bot.store import rooms
from bot.store.database import open_database
from tests.builders import contacts
from tests.desk.ground import Ground
from tests.matrix.conftest import Bot
from tests.matrix.proxy import first, proxy
from tests.store.conftest import migrated_file, sqlite_url

__all__ = ["migrated_file", "sqlite_url"]
ANNA = PersonId("cyber1")


@dataclass
class Door:
    bot: Bot
    ground: Ground
    anna: Peer
    welcome: Welcome

    async def asked(self, room: str) -> None:
        batch = await self.bot.sync(timeout_ms=1_000)
        assert [invite.room_id for invite in batch.invites] == [room]
        self.welcome.asked |= {room: Invite(room, self.anna.user_id, is_direct=True)}

    async def row(self, room: str) -> rooms.RoomRow | None:
        async with self.ground.database.read() as tx:
            return await rooms.get(tx, RoomId(room))

    async def clear_room(self) -> str:
        body = {"preset": "private_chat", "is_direct": True, "invite": [self.bot.user_id]}
        return str((await self.anna.raw("POST", "/_matrix/client/v3/createRoom", body))["room_id"])


@pytest_asyncio.fixture
async def door(bot: Bot, person: Callable[[str], Awaitable[Peer]], sqlite_url: str) -> AsyncIterator[Door]:
    anna, known = await person("anna"), contacts()
    people = {**known.people, ANNA: replace(known.people[ANNA], accounts=(Account(anna.user_id),))}
    database = await open_database(sqlite_url)
    ground = Ground(database)
    yield Door(bot, ground, anna, Welcome(bot.client, ground.desk, lambda: replace(known, people=people)))
    await database.close()


async def test_a_join_or_a_look_that_failed_once_is_tried_again(door: Door) -> None:
    room = await door.anna.create_direct(door.bot.user_id)
    await door.asked(room)
    async with proxy(door.bot.client.account.homeserver_url) as way:
        door.bot.client.account = replace(door.bot.client.account, homeserver_url=way.url)
        for part in ("/join/", "/members", "m.room.encryption"):
            way.refuse = first(1, part)
            await door.welcome.settle()
            assert await door.row(room) is None
            door.ground.now += AGAIN
        await door.welcome.settle()
    row = await door.row(room)
    assert row is not None
    assert (row.person, row.must_encrypt) == (ANNA, True)
    assert door.welcome.asked == {}


async def test_a_chat_that_was_joined_and_not_written_down_is_heard_again(door: Door) -> None:
    room = await door.bot.direct_with(door.anna)
    ours = await door.bot.own_room()
    await door.bot.until(lambda b: ours in b.client.nio.rooms)
    await door.welcome.settle()
    row = await door.row(room)
    assert row is not None
    assert (row.kind, row.person) == ("direct", ANNA)
    assert await door.row(ours) is None
    passed = door.ground.now + timedelta(hours=1)
    door.ground.now = passed
    await door.welcome.settle()
    assert await door.row(room) == row


async def test_a_chat_in_clear_takes_no_pages_and_its_opener_is_told(door: Door) -> None:
    safe = await door.anna.create_direct(door.bot.user_id)
    await door.asked(safe)
    await door.welcome.settle()
    clear = await door.clear_room()
    await door.asked(clear)
    await door.welcome.settle()
    row = await door.row(clear)
    assert row is not None
    assert not row.must_encrypt
    async with door.ground.database.read() as tx:
        assert (await rooms.direct_of(tx, {ANNA})) == {ANNA: safe}
    assert [told.target for told in await door.ground.outbox("Refusal")] == [f"person:{ANNA}"]


async def test_a_stranger_is_left_alone(door: Door) -> None:
    room = await door.anna.create_direct(door.bot.user_id)
    await door.asked(room)
    door.welcome.contacts = contacts
    await door.welcome.settle()
    assert await door.row(room) is None
    assert len(await door.ground.outbox("ManagementNote")) == 1
