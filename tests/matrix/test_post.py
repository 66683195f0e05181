"""One row of the outbox on Matrix: what cannot be said gives up, and a page that nobody can read is no page."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from bot.desk import Moment
from bot.domain import messages as m
from bot.domain.delivery import Delivered, GaveUp, Retry
from bot.domain.ids import Account, IncidentId, PageId, PersonId, RoleId, RoomId
from bot.embedded.homeserver import Homeserver
from bot.matrix import readback
from bot.matrix.peer import Peer
from bot.matrix.post import Post, Posted
from bot.matrix.send import Unsent
from bot.matrix.share import NotShared, share
from bot.store import outbox
from bot.store.database import Database, open_database
from bot.store.outbox import OutboxRow
from bot.words.catalogue import Catalogue, load
from tests.builders import NIGHT, contacts
from tests.matrix.conftest import Bot
from tests.store.conftest import migrated_file, sqlite_url

__all__ = ["migrated_file", "sqlite_url"]
FLOOD, CYBER = IncidentId("flood"), PersonId("cyber1")
PAGE = m.PageText(
    page=PageId("p1"), roles=(RoleId("expert_cyber"),), municipality="Waterbrug", text="rellen", reporter="Bakker",
    organisation="", said_at=NIGHT, next_at=NIGHT, to=m.To("person", CYBER), number="2026-014",
)  # fmt: skip


@dataclass
class Office:
    bot: Bot
    database: Database
    catalogue: Catalogue
    account: Account | None = None

    def post(self) -> Post:
        known = contacts()
        accounts = () if self.account is None else (self.account,)
        people = {**known.people, CYBER: replace(known.people[CYBER], accounts=accounts)}
        known = replace(known, people=people, region=replace(known.region, break_glass=Account("")))
        tools = Posted(
            self.bot.client, self.bot.gateway, self.database, self.catalogue, lambda: known,
            lambda: Moment(NIGHT, NIGHT), minimal=False,
        )  # fmt: skip
        return Post(tools, Path())


def row(message: m.Message, key: str = "flood/1/0") -> OutboxRow:
    return OutboxRow(
        key=key, incident=FLOOD, seq=None, lane=0, target=f"{message.to.kind}:{message.to.name}",
        kind=type(message).__name__, message=msgspec.json.encode(message), created_at=NIGHT, subject=m.subject(message),
    )  # fmt: skip


@pytest_asyncio.fixture
async def office(bot: Bot, sqlite_url: str) -> AsyncIterator[Office]:
    database = await open_database(sqlite_url)
    yield Office(bot, database, load())
    await database.close()


async def test_a_row_of_another_version_gives_up_and_ends_nothing(office: Office) -> None:
    post = office.post()
    assert await post(replace(row(PAGE), message=b'{"to":{"kind":"person"}}')) == GaveUp("unreadable row")
    assert await post(replace(row(PAGE), message=b"\xff")) == GaveUp("unreadable row")
    assert await post(replace(row(PAGE), kind="Telegram")) == GaveUp("unreadable row")


async def test_a_message_without_words_gives_up(office: Office) -> None:
    office.catalogue = Catalogue({"nl": {}, "en": {}})
    assert await office.post()(replace(row(PAGE), room=RoomId("!kamer"))) == GaveUp("no words: KeyError")


async def test_somebody_without_an_account_is_not_waited_for(office: Office) -> None:
    assert await office.post()(row(PAGE)) == GaveUp("no account")


async def test_a_page_that_no_device_can_read_is_undeliverable(
    office: Office, homeserver: Homeserver, fresh: Callable[[str], str]
) -> None:
    name = fresh("stil")
    await homeserver.register(name, "geheim-genoeg")
    office.account = Account(f"@{name}:{office.bot.client.account.server_name}")
    assert await office.post()(row(PAGE)) == GaveUp("no device that can read it")


async def test_a_page_that_somebody_can_read_is_delivered(
    office: Office, person: Callable[[str], Awaitable[Peer]]
) -> None:
    anna = await person("anna")
    office.account = Account(anna.user_id)
    assert isinstance(await office.post()(row(PAGE)), Delivered)


async def test_an_edit_waits_for_the_message_that_it_changes(office: Office) -> None:
    settled = m.PageSettled(page=PageId("p1"), state="acknowledged", at=NIGHT, to=PAGE.to, number=PAGE.number)
    edit = replace(row(settled, "flood/2/0"), room=RoomId("!kamer"))
    async with office.database.begin() as tx:
        await outbox.enqueue(tx, [row(PAGE)])
    assert isinstance(await office.post()(edit), Retry)
    async with office.database.begin() as tx:
        await outbox.give_up(tx, "flood/1/0", "too_old", NIGHT)
    assert await office.post()(edit) == Delivered()


async def test_a_room_that_a_sync_took_away_is_a_reason_and_no_crash(
    bot: Bot, person: Callable[[str], Awaitable[Peer]]
) -> None:
    room = await bot.direct_with(await person("anna"))
    assert not isinstance(
        await bot.gateway.send(room, "m.room.message", {"msgtype": "m.text", "body": "x"}, "a"), Unsent
    )
    bot.client.nio.rooms.pop(room)
    assert await share(bot.client, room) == NotShared("the bot is not in the room")


async def test_what_left_long_ago_is_found_in_its_room_and_what_did_not_is_not(
    office: Office, person: Callable[[str], Awaitable[Peer]], monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await person("anna")
    office.account = Account(anna.user_id)
    room = RoomId(await office.bot.direct_with(anna))
    post = office.post()
    sent, under_another = replace(row(PAGE), room=room), replace(row(PAGE, "flood/2/0"), room=room)
    first, second = await post(sent), await post(outbox.again(under_another))
    await office.bot.gateway.send(room, "m.room.message", {"msgtype": "m.text", "body": "van voor de namen"}, "a")
    never = m.Answer(to=m.To("person", CYBER), lines=("nooit gezegd",))
    older = replace(never, lines=("van voor de namen",))
    # one event at a time, so that every page of what was said is asked for
    monkeypatch.setattr(readback, "PAGE", 1)
    assert isinstance(first, Delivered)
    assert await post.look_back(sent) == first
    assert await post.look_back(under_another) == second
    assert await post.look_back(replace(row(never, "flood/3/0"), room=room)) is None
    assert isinstance(await post.look_back(replace(row(older, "flood/4/0"), room=room)), Delivered)
    assert await post.look_back(row(never, "flood/5/0")) is None  # who has no room was told nothing
    assert (
        await post.look_back(replace(row(PAGE, "flood/6/0"), room=room, created_at=NIGHT + timedelta(days=400))) is None
    )
    monkeypatch.setattr(readback, "MOST_PAGES", 1)
    assert await post.look_back(replace(row(never, "flood/3/0"), room=room)) == GaveUp("too much was said since")
    lost = replace(row(PAGE), room=RoomId("!elders:iog.example"))
    assert isinstance(await post.look_back(lost), GaveUp | Retry)


async def test_an_effect_that_is_the_same_twice_is_not_looked_for(office: Office) -> None:
    making = m.MakeRoom(to=m.To("room"), name="main", number="2026-014", municipality="Waterbrug")
    assert await office.post().look_back(row(making)) is None
