"""On a real homeserver: a bot that falls silent is missed within its time, and one that lives is never said to be dead."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.desk import Moment
from bot.domain.ids import IncidentId, MunicipalityId, RoomId
from bot.domain.people import Language
from bot.matrix.dead_man import DeadMan, held
from bot.matrix.peer import Peer, Seen
from bot.matrix.wire import room_path
from bot.store import dead_man, directory, rooms
from bot.store.database import Database, open_database
from bot.store.directory import DirectoryRow
from bot.store.migrate import upgrade
from bot.words import catalogue
from tests.builders import reference
from tests.matrix.conftest import Bot, MakeBot

NIGHT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
SILENCE = 1.2  # seconds
EVENTS = "/_matrix/client/unstable/org.matrix.msc4140/delayed_events"
INCIDENT = IncidentId("00000000-0000-4000-8000-000000000014")

Person = Callable[[str], Awaitable[Peer]]


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    await upgrade(url)
    opened = await open_database(url)
    yield opened
    await opened.close()


def switch(
    bot: Bot, database: Database, *, silence: float = SILENCE, alive: Callable[[], bool] = lambda: True, duty: str = ""
) -> DeadMan:
    contacts = reference().contacts
    contacts = replace(contacts, policy=replace(contacts.policy, duty_number=duty))
    return DeadMan(
        bot.client, bot.gateway, database, catalogue.load(), lambda: contacts, lambda: Moment(_now(), _now()), alive,
        asyncio.sleep, silence, silence / 5,
    )  # fmt: skip


def _now() -> datetime:
    return datetime.now(UTC)


async def management(bot: Bot, database: Database, peer: Peer) -> str:
    room = await bot.direct_with(peer)
    async with database.begin() as tx:
        await rooms.write(tx, rooms.RoomRow(RoomId(room), "management", NIGHT, True))
    return room


async def incident(database: Database, room: str, state: directory.IncidentState) -> None:
    row = DirectoryRow(
        INCIDENT, "iog.example/log/a", "2026-014", 2026, 14, MunicipalityId("waterbrug"), state, False, NIGHT, None,
        None, RoomId(room), 0, "", None,
    )  # fmt: skip
    async with database.begin() as tx:
        await directory.write(tx, row)


async def scheduled(bot: Bot) -> list[dict[str, Any]]:
    """What the homeserver holds for the bot."""
    status, body = await bot.client.raw("GET", EVENTS)
    assert status == 200
    return list(body["delayed_events"])


def said(peer: Peer, room: str) -> list[Seen]:
    return [seen for seen in peer.timeline(room) if "stil" in seen.body]


async def test_a_bot_that_falls_silent_is_missed_and_everybody_in_the_room_is_rung(
    make_bot: MakeBot, person: Person, database: Database
) -> None:
    bot, anna = await make_bot(), await person("anna")
    room = await management(bot, database, anna)
    assert await switch(bot, database).refresh()
    # and now nothing more: its process is gone
    await anna.wait_for(lambda peer: bool(said(peer, room)), 20)
    seen = said(anna, room)[0]
    assert seen.readable
    assert seen.type == "m.room.message"
    assert seen.content["m.mentions"] == {"room": True}
    assert "de bot is al 1 minuten stil" in seen.body.lower()


async def test_a_bot_that_lives_is_never_said_to_be_dead(make_bot: MakeBot, person: Person, database: Database) -> None:
    bot, anna = await make_bot(), await person("anna")
    room = await management(bot, database, anna)
    running = asyncio.create_task(switch(bot, database).run())
    began = asyncio.get_running_loop().time()
    while asyncio.get_running_loop().time() - began < 3 * SILENCE:
        await anna.sync(timeout_ms=200)
    running.cancel()
    assert not said(anna, room)
    await anna.wait_for(lambda peer: bool(said(peer, room)), 20)  # the same switch, once nobody pushes it


async def test_a_process_whose_wake_loop_stands_still_counts_as_dead(
    make_bot: MakeBot, person: Person, database: Database
) -> None:
    bot, anna = await make_bot(), await person("anna")
    room = await management(bot, database, anna)
    turning = [True]
    armed = switch(bot, database, alive=lambda: turning[0])
    running = asyncio.create_task(armed.run())
    await anna.wait_for(lambda _: bool(armed.armed), 20)
    turning[0] = False
    await anna.wait_for(lambda peer: bool(said(peer, room)), 20)
    assert not running.done()
    running.cancel()


async def test_who_comes_later_can_read_it_too(make_bot: MakeBot, person: Person, database: Database) -> None:
    bot, anna, bram = await make_bot(), await person("anna"), await person("bram")
    room = await management(bot, database, anna)
    armed = switch(bot, database, silence=3.0)
    await armed.refresh()
    first = armed.armed[RoomId(room)].delay_id
    await armed.refresh()
    assert armed.armed[RoomId(room)].delay_id == first  # nobody came: only its time is moved
    await anna.raw("POST", room_path(room, "invite"), {"user_id": bram.user_id})
    await bram.wait_for(lambda peer: room in peer.invites)
    await bram.join(room)
    await bot.until(lambda b: bram.user_id in b.client.members(room) or None)
    await armed.refresh()
    assert armed.armed[RoomId(room)].delay_id != first
    assert len(await scheduled(bot)) == 1
    await bram.wait_for(lambda peer: bool(said(peer, room)), 20)
    assert said(bram, room)[0].readable


async def test_it_names_whom_to_call_by_hand(make_bot: MakeBot, person: Person, database: Database) -> None:
    """The region's duty number of now, also when the contacts changed since it was handed over."""
    bot, anna = await make_bot(), await person("anna")
    room = await management(bot, database, anna)
    armed = switch(bot, database, silence=2.0)
    await armed.refresh()
    first = armed.armed[RoomId(room)].delay_id
    contacts = armed.contacts()
    renewed = replace(contacts, policy=replace(contacts.policy, duty_number="085-0000000"))
    armed.contacts = lambda: renewed
    await armed.refresh()
    second = armed.armed[RoomId(room)].delay_id
    assert second != first
    await armed.refresh()
    assert [held["delay_id"] for held in await scheduled(bot)] == [second]
    await anna.wait_for(lambda peer: bool(said(peer, room)), 20)
    assert said(anna, room)[0].body.endswith("Dienstnummer van de regio: 085-0000000")


@pytest.mark.parametrize("key", ["dead_man.management", "dead_man.room"])
@pytest.mark.parametrize("lang", catalogue.LANGUAGES)
def test_what_it_says_fits_on_a_phone(lang: Language, key: str) -> None:
    words = catalogue.load()
    said = [
        words.text(lang, key, number="2026-1014", minutes="5"),
        words.text(lang, "dead_man.duty", duty="085-0000000"),
    ]
    lines = "\n".join(said).split("\n")
    assert len(lines) <= 6
    assert len(lines[0]) <= 60
    assert sum(map(len, lines)) + len(lines) <= 320


@pytest.mark.parametrize(
    ("offered", "many"),
    [
        ({"max_delay_ms": 86_400_000, "max_scheduled": 100}, 100),
        ({"max_delay_ms": 299_999, "max_scheduled": 100}, 0),
        ({"max_delay_ms": 86_400_000}, 0),
        ({"max_delay_ms": "86400000", "max_scheduled": 100}, 0),
        ({}, 0),
    ],
)
def test_a_homeserver_that_holds_messages_too_short_is_no_watch(offered: dict[str, object], many: int) -> None:
    assert held({"org.matrix.msc4140.delayed_events": offered}) == many


async def test_an_open_incident_is_watched_until_it_is_closed(
    make_bot: MakeBot, person: Person, database: Database
) -> None:
    bot, anna = await make_bot(), await person("anna")
    of_management = await management(bot, database, anna)
    room = await bot.own_room()
    armed = switch(bot, database, silence=60)
    await incident(database, room, "open")
    await armed.refresh()
    assert {event["room_id"] for event in await scheduled(bot)} == {of_management, room}
    assert {event["type"] for event in await scheduled(bot)} == {"m.room.encrypted"}
    await incident(database, room, "closed")
    await armed.refresh()
    assert [event["room_id"] for event in await scheduled(bot)] == [of_management]
    async with database.read() as tx:
        assert [kept.room for kept in await dead_man.every(tx)] == [of_management]


async def test_the_next_process_takes_over_what_the_last_one_left(
    make_bot: MakeBot, person: Person, database: Database
) -> None:
    """Also what it did not live to write down: else the room would be told that a living bot is silent."""
    bot, anna = await make_bot(), await person("anna")
    room = await management(bot, database, anna)
    await switch(bot, database, silence=60).refresh()
    forgotten = await bot.gateway.send_later(room, "m.room.message", {"msgtype": "m.text", "body": "stil"}, "x", 60)
    assert "delay_id" not in repr(forgotten)
    assert len(await scheduled(bot)) == 2
    again = switch(bot, database, silence=60)
    await again.refresh()
    (left,) = await scheduled(bot)
    assert left["delay_id"] == again.armed[RoomId(room)].delay_id


async def test_it_is_armed_again_after_it_went_off(make_bot: MakeBot, person: Person, database: Database) -> None:
    bot, anna = await make_bot(), await person("anna")
    room = await management(bot, database, anna)
    armed = switch(bot, database)
    await armed.refresh()
    await anna.wait_for(lambda peer: bool(said(peer, room)), 20)
    await armed.refresh()
    assert [event["room_id"] for event in await scheduled(bot)] == [room]
    await anna.wait_for(lambda peer: len(said(peer, room)) == 2, 20)


async def test_a_homeserver_without_delayed_events_is_left_alone(make_bot: MakeBot, database: Database) -> None:
    bot = await make_bot()
    weeks = switch(bot, database, silence=14 * 86_400)  # longer than this homeserver holds anything
    async with asyncio.timeout(20):
        await weeks.run()
    assert not weeks.armed
