"""What a mark on a message takes into the log: its latest wording, and only when its author's own device encrypted it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest_asyncio

from bot.domain.ids import EventId, RoomId
from bot.matrix.act import Acting, Event
from bot.matrix.marking import Marking
from bot.matrix.peer import Peer
from bot.matrix.reading import Written
from bot.matrix.wire import room_path
from bot.store.database import open_database
from bot.store.inbox import InboxRow
from bot.store.rooms import RoomRow
from bot.words.catalogue import load
from tests.builders import NIGHT, contacts
from tests.desk.ground import INCIDENT, Ground
from tests.matrix.conftest import Bot
from tests.store.conftest import migrated_file, sqlite_url

__all__ = ["migrated_file", "sqlite_url"]


@pytest_asyncio.fixture
async def marking(bot: Bot, sqlite_url: str, tmp_path: Path) -> AsyncIterator[Marking]:
    async def ask(_: object) -> tuple[()]:
        return ()

    database = await open_database(sqlite_url)
    acting = Acting(bot.client, Ground(database).desk, contacts, ask, load(), lambda _: INCIDENT)
    yield Marking(acting)
    await database.close()


def mark(room: str) -> Event:
    row = InboxRow(EventId("$mark"), room, "@x:iog.example", "m.reaction", NIGHT, NIGHT, "{}")
    return Event(row, RoomRow(RoomId(room), "incident", NIGHT, True), {}, None, None)


def _said(read: Written | None) -> tuple[str, str]:
    assert read is not None
    assert read.at is not None  # when the original was written, beside when it was recorded
    return read.sender, read.text


async def test_the_latest_wording_counts(bot: Bot, marking: Marking, person: Callable[[str], Awaitable[Peer]]) -> None:
    anna = await person("anna")
    room = await bot.direct_with(anna)
    original = EventId(await anna.say(room, "veertien jongeren"))
    await bot.hears("veertien jongeren")
    assert _said(await marking.fetch(mark(room), original)) == (anna.user_id, "veertien jongeren")
    new = {"msgtype": "m.text", "body": "veertig jongeren"}
    relation = {"rel_type": "m.replace", "event_id": original}
    await anna.say(room, "* veertig jongeren", **{"m.new_content": new, "m.relates_to": relation})
    await bot.hears("* veertig jongeren")
    assert _said(await marking.fetch(mark(room), original)) == (anna.user_id, "veertig jongeren")


async def test_what_was_said_in_clear_is_not_taken(
    bot: Bot, marking: Marking, person: Callable[[str], Awaitable[Peer]]
) -> None:
    anna = await person("anna")
    room = await bot.direct_with(anna)
    body = {"msgtype": "m.text", "body": "in het open"}
    put = await anna.raw("PUT", room_path(room, "send", "m.room.message", "open"), body)
    assert await marking.fetch(mark(room), EventId(str(put["event_id"]))) is None
