"""The directory finds an incident, says which one is due, and numbers the next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import IncidentId, MunicipalityId, RoomId
from bot.store import directory, rooms
from bot.store.database import Database
from bot.store.directory import DirectoryRow

NIGHT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def minutes(number: int) -> datetime:
    return NIGHT + timedelta(minutes=number)


def row(serial: int, year: int = 2026) -> DirectoryRow:
    name = f"{year}-{serial:03}"
    return DirectoryRow(
        id=IncidentId(f"uuid-{name}"),
        log=f"iog.example/log/inc-{name}",
        number=name,
        year=year,
        serial=serial,
        municipality=MunicipalityId("waterbrug"),
        state="open",
        exercise=False,
        opened_at=NIGHT,
        closed_at=None,
        next_due=None,
        main_room=None,
        head_seq=0,
        head_h="a" * 64,
        verified_at=None,
    )


async def test_a_row_is_written_over_and_found_by_id_number_and_room(conn: AsyncConnection) -> None:
    await directory.write(conn, row(1))
    await directory.write(conn, row(2))
    moved = replace(
        row(1),
        state="closed",
        exercise=True,
        closed_at=minutes(60),
        next_due=minutes(90),
        main_room=RoomId("!een:a.example"),
        head_seq=12,
        head_h="b" * 64,
        verified_at=minutes(61),
        phenomenon="hoogwater",
        checkpoint_size=10,
        checkpoint_due=minutes(62),
    )
    await directory.write(conn, moved)
    assert await directory.get(conn, moved.id) == moved
    assert await directory.by_number(conn, "2026-001") == moved
    assert await directory.by_room(conn, RoomId("!een:a.example")) == moved
    assert await directory.get(conn, row(2).id) == row(2)
    assert await directory.get(conn, IncidentId("nobody")) is None
    assert await directory.by_number(conn, "2026-003") is None
    assert await directory.by_room(conn, RoomId("!twee:a.example")) is None


async def test_an_incident_is_found_by_its_closed_circle_too(conn: AsyncConnection) -> None:
    await directory.write(conn, row(1))
    circle = RoomId("!kring:a.example")
    await rooms.write(conn, rooms.RoomRow(circle, "incident", NIGHT, must_encrypt=True, incident=row(1).id))
    assert await directory.by_room(conn, circle) == row(1)


async def test_the_longest_overdue_comes_first_and_what_is_not_due_stays(conn: AsyncConnection) -> None:
    for serial, due in ((1, minutes(5)), (2, minutes(1)), (3, minutes(6)), (4, None)):
        await directory.write(conn, replace(row(serial), next_due=due))
    assert await directory.due(conn, minutes(5)) == [(row(2).id, minutes(1)), (row(1).id, minutes(5))]
    assert await directory.due(conn, minutes(0)) == []


async def test_without_timers_nothing_is_due(conn: AsyncConnection) -> None:
    await directory.write(conn, row(1))
    assert await directory.due(conn, minutes(999)) == []


async def test_open_incidents_come_most_urgent_first(conn: AsyncConnection) -> None:
    await directory.write(conn, replace(row(1), next_due=None, opened_at=minutes(3)))
    await directory.write(conn, replace(row(2), next_due=minutes(9)))
    await directory.write(conn, replace(row(3), next_due=minutes(2)))
    await directory.write(conn, replace(row(4), next_due=minutes(1), state="closed"))
    await directory.write(conn, replace(row(5), next_due=None, opened_at=minutes(1)))
    assert [found.serial for found in await directory.open_rows(conn)] == [3, 2, 5, 1]


async def test_closed_incidents_come_last_closed_first(conn: AsyncConnection) -> None:
    for serial, closed in ((1, minutes(5)), (2, minutes(9))):
        await directory.write(conn, replace(row(serial), state="closed", closed_at=closed))
    await directory.write(conn, replace(row(3), state="finished", closed_at=minutes(1)))
    await directory.write(conn, row(4))
    assert [found.serial for found in await directory.closed_rows(conn)] == [2, 1]


async def test_serials_start_at_one_each_year(conn: AsyncConnection) -> None:
    assert await directory.next_serial(conn, 2026) == 1
    for made in (row(1), row(2), row(7), row(1, 2027)):
        await directory.write(conn, made)
    assert await directory.next_serial(conn, 2026) == 8
    assert await directory.next_serial(conn, 2027) == 2


async def test_a_number_is_given_once(database: Database) -> None:
    async with database.begin() as conn:
        await directory.write(conn, row(1))
    with pytest.raises(IntegrityError):
        async with database.begin() as conn:
            await directory.write(conn, replace(row(1), id=IncidentId("other"), log="iog.example/log/other"))


async def test_recent_incidents_are_found_from_a_moment_on(conn: AsyncConnection) -> None:
    for serial, opened in ((1, minutes(-31)), (2, minutes(-30)), (3, minutes(0))):
        await directory.write(conn, replace(row(serial), opened_at=opened))
    assert [found.serial for found in await directory.raised_since(conn, minutes(-30))] == [2, 3]
