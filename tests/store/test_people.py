"""Replacements, channels and rooms: plain rows that say how a person is reached."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import IncidentId, MunicipalityId, PersonId, RoleId, RoomId
from bot.domain.roster import Override
from bot.domain.rota import Rotation, Window
from bot.store import channels, overrides, rooms, schema, told_roster
from bot.store.channels import ChannelRow
from bot.store.overrides import OverrideRow
from bot.store.rooms import RoomRow

NIGHT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
ANNA, BRAM = PersonId("anna"), PersonId("bram")
COORDINATOR = RoleId("coordinator")


def hours(number: int) -> datetime:
    return NIGHT + timedelta(hours=number)


def swap(name: str, start: int, end: int, made: int = 0) -> OverrideRow:
    return OverrideRow(name, COORDINATOR, "eerste", BRAM, hours(start), hours(end), ANNA, hours(made))


async def test_an_override_stands_where_it_touches_a_period_and_the_last_made_comes_last(conn: AsyncConnection) -> None:
    for made in (swap("late", 8, 10, made=-1), swap("b", 0, 8, made=-1), swap("a", 2, 3, made=-2), swap("past", -8, 0)):
        await overrides.add(conn, made)
    assert await overrides.changes(conn, hours(0), hours(8)) == (swap("a", 2, 3).override, swap("b", 0, 8).override)
    assert await overrides.get(conn, "b") == swap("b", 0, 8, made=-1)
    assert swap("b", 0, 8).override == Override(COORDINATOR, "eerste", BRAM, hours(0), hours(8))


async def test_a_withdrawn_override_stays_as_history(conn: AsyncConnection) -> None:
    await overrides.add(conn, swap("a", 0, 8))
    assert await overrides.withdraw(conn, "a", hours(1))
    assert not await overrides.withdraw(conn, "a", hours(2))
    assert not await overrides.withdraw(conn, "b", hours(2))
    assert await overrides.changes(conn, hours(0), hours(8)) == ()
    kept = await overrides.get(conn, "a")
    assert kept is not None
    assert kept.withdrawn_at == hours(1)
    assert await overrides.get(conn, "b") is None


async def test_a_person_has_an_address_for_each_account(conn: AsyncConnection) -> None:
    one, two = ChannelRow(ANNA, "matrix", "@anna:a.example"), ChannelRow(ANNA, "matrix", "@anna:b.example")
    for row in (two, one, ChannelRow(BRAM, "matrix", "@bram:a.example")):
        await channels.write(conn, row)
    assert await channels.of_person(conn, ANNA) == [one, two]
    assert [found.person for found in await channels.every(conn)] == [ANNA, ANNA, BRAM]
    moved = ChannelRow(ANNA, "matrix", one.address, RoomId("!direct:a.example"))
    await channels.write(conn, moved)
    assert await channels.of_person(conn, ANNA) == [moved, two]


def room(name: str, kind: rooms.RoomKind, *, person: PersonId | None = None, at: int = 0) -> RoomRow:
    incident = IncidentId("flood") if kind == "incident" else None
    return RoomRow(RoomId(name), kind, hours(at), True, incident, person, MunicipalityId("waterbrug"))


async def test_rooms_are_found_by_what_they_are_for_until_we_leave(conn: AsyncConnection) -> None:
    old, new = room("!old", "direct", person=ANNA), room("!new", "direct", person=ANNA, at=1)
    main, circle = room("!main", "incident", at=1), room("!circle", "incident")
    for row in (old, new, main, circle, room("!alarm", "alarm")):
        await rooms.write(conn, row)
    assert await rooms.direct(conn, ANNA) == new
    assert await rooms.direct(conn, BRAM) is None
    assert await rooms.of_incident(conn, IncidentId("flood")) == [circle, main]
    assert await rooms.of_kind(conn, "direct") == [old, new]
    await rooms.left(conn, new.room_id, hours(2))
    await rooms.left(conn, circle.room_id, hours(2))
    assert await rooms.direct(conn, ANNA) == old
    assert await rooms.of_incident(conn, IncidentId("flood")) == [main]
    assert await rooms.of_kind(conn, "direct") == [old]
    gone = await rooms.get(conn, new.room_id)
    assert gone is not None
    assert gone.left_at == hours(2)
    assert await rooms.get(conn, RoomId("!nowhere")) is None


async def test_a_newer_direct_room_in_clear_does_not_take_the_pages(conn: AsyncConnection) -> None:
    safe = room("!safe", "direct", person=ANNA)
    for row in (safe, RoomRow(RoomId("!clear"), "direct", hours(1), False, person=ANNA)):
        await rooms.write(conn, row)
    await rooms.write(conn, RoomRow(RoomId("!only"), "direct", hours(1), False, person=BRAM))
    assert await rooms.direct(conn, ANNA) == safe
    assert await rooms.direct(conn, BRAM) is None
    assert await rooms.direct_of(conn, {ANNA, BRAM}) == {ANNA: safe.room_id}


async def test_a_room_that_must_be_encrypted_stays_so(conn: AsyncConnection) -> None:
    strict = room("!alarm", "alarm")
    await rooms.write(conn, strict)
    lax = RoomRow(strict.room_id, "alarm", hours(1), False)
    await rooms.write(conn, lax)
    found = await rooms.get(conn, strict.room_id)
    assert found is not None
    assert (found.must_encrypt, found.created_at, found.municipality) == (True, hours(1), None)
    clear = RoomRow(RoomId("!clear"), "alarm", hours(1), False)
    await rooms.write(conn, clear)
    assert await rooms.get(conn, clear.room_id) == clear


async def test_the_roster_that_was_told_comes_back_whole_and_in_another_form_as_nothing(conn: AsyncConnection) -> None:
    assert await told_roster.read(conn) is None
    window = Window(frozenset((5, 6)), time(17), time(8), "niet")
    rotation = Rotation(
        COORDINATOR, "reserve", "week", datetime(2026, 1, 5, 8), (BRAM,), turns=2,  # noqa: DTZ001 - wall time
        until=datetime(2027, 1, 4, 8), windows=(window,), holidays=frozenset((date(2026, 12, 25),)),  # noqa: DTZ001
        municipalities=frozenset((MunicipalityId("waterbrug"),)), fixed=True, reason="Kerst.",
    )  # fmt: skip
    for rotations in ((rotation,), (rotation, replace(rotation, order=()))):
        await told_roster.write(conn, rotations, hours(0))
        assert await told_roster.read(conn) == rotations
    await conn.execute(schema.told_roster.update().values(rotations=b'[{"role": 1}]'))
    assert await told_roster.read(conn) is None
