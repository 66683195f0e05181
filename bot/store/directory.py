"""One row per incident, derived from its log: enough to find it, to wake it and to number the next."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import IncidentId, MunicipalityId, RoomId
from bot.store.schema import destroyed, incident, room
from bot.store.statements import upsert

IncidentState = Literal["open", "closed", "finished"]


@dataclass(frozen=True, slots=True)
class DirectoryRow:
    """Where an incident stands; `next_due` is its earliest timer, `verified_at` when its log was last found sound."""

    id: IncidentId
    log: str
    number: str
    year: int
    serial: int
    municipality: MunicipalityId
    state: IncidentState
    exercise: bool
    opened_at: datetime
    closed_at: datetime | None
    next_due: datetime | None
    main_room: RoomId | None
    head_seq: int
    head_h: str
    verified_at: datetime | None
    phenomenon: str | None = None
    checkpoint_size: int = 0  # how many entries the last checkpoint covers
    checkpoint_due: datetime | None = None  # when those after it must be covered; `next_due` counts it in


_COLUMNS = tuple(incident.c[field.name] for field in fields(DirectoryRow))


async def write(conn: AsyncConnection, row: DirectoryRow) -> None:
    """Write the row of an incident over the one before."""
    await upsert(conn, incident, row)


async def get(conn: AsyncConnection, incident_id: IncidentId) -> DirectoryRow | None:
    return await _one(conn, incident.c.id == incident_id)


async def main_rooms(conn: AsyncConnection, incidents: Collection[IncidentId]) -> dict[IncidentId, RoomId]:
    """The main room of each of these incidents that has one."""
    if not incidents:
        return {}
    found = select(incident.c.id, incident.c.main_room).where(
        incident.c.id.in_(incidents), incident.c.main_room.is_not(None)
    )
    return {row.id: row.main_room for row in await conn.execute(found)}


async def by_number(conn: AsyncConnection, number: str) -> DirectoryRow | None:
    """The incident that people call `2026-014`."""
    return await _one(conn, incident.c.number == number)


async def by_room(conn: AsyncConnection, room_id: RoomId) -> DirectoryRow | None:
    """The incident that this room belongs to: its main room or another of its rooms."""
    of_room = select(room.c.incident).where(room.c.room_id == room_id).scalar_subquery()
    return await _one(conn, or_(incident.c.main_room == room_id, incident.c.id == of_room))


async def due(conn: AsyncConnection, until: datetime) -> list[tuple[IncidentId, datetime]]:
    """The incidents with a timer at or before `until`, and when their first one is due: the longest overdue first."""
    columns = select(incident.c.id, incident.c.next_due)
    late = columns.where(incident.c.next_due <= until).order_by(incident.c.next_due, incident.c.id)
    return [(IncidentId(row.id), row.next_due) for row in await conn.execute(late)]


async def open_rows(conn: AsyncConnection) -> list[DirectoryRow]:
    """The open incidents, most urgent first: the earliest timer, then the oldest."""
    order = (incident.c.next_due.nulls_last(), incident.c.opened_at, incident.c.id)
    rows = await conn.execute(select(*_COLUMNS).where(incident.c.state == "open").order_by(*order))
    return [DirectoryRow(*row) for row in rows]


async def closed_rows(conn: AsyncConnection) -> list[DirectoryRow]:
    """The incidents that are closed but not finished, the one closed last first."""
    closed = select(incident).where(incident.c.state == "closed").order_by(incident.c.closed_at.desc(), incident.c.id)
    return [DirectoryRow(**row) for row in (await conn.execute(closed)).mappings()]


async def ended_rows(conn: AsyncConnection) -> list[DirectoryRow]:
    """The incidents that are closed or finished, oldest first."""
    over = select(*_COLUMNS).where(incident.c.state.in_(("closed", "finished")))
    rows = await conn.execute(over.order_by(incident.c.opened_at, incident.c.id))
    return [DirectoryRow(*row) for row in rows]


async def lasting_rows(conn: AsyncConnection, since: datetime) -> list[DirectoryRow]:
    """The incidents in which somebody may still have something to do, the newest first: those that are not finished, those with a
    timer, and those closed at or after `since`."""
    lasting = or_(incident.c.state != "finished", incident.c.next_due.is_not(None), incident.c.closed_at >= since)
    rows = await conn.execute(select(*_COLUMNS).where(lasting).order_by(incident.c.opened_at.desc(), incident.c.id))
    return [DirectoryRow(*row) for row in rows]


async def raised_since(conn: AsyncConnection, moment: datetime) -> list[DirectoryRow]:
    """The incidents opened at or after `moment`, oldest first (to find a possible duplicate)."""
    recent = select(*_COLUMNS).where(incident.c.opened_at >= moment).order_by(incident.c.opened_at, incident.c.id)
    return [DirectoryRow(*row) for row in await conn.execute(recent)]


async def last_exercises(conn: AsyncConnection) -> dict[MunicipalityId, datetime]:
    """When each municipality last gave an alarm for practice."""
    asked = select(incident.c.municipality, func.max(incident.c.opened_at).label("last"))
    rows = await conn.execute(asked.where(incident.c.exercise).group_by(incident.c.municipality))
    return {MunicipalityId(row.municipality): row.last for row in rows}


async def next_serial(conn: AsyncConnection, year: int) -> int:
    """The serial of the next incident of a year, from 1; to be used in the same transaction."""
    numbered = select(func.max(incident.c.serial)).where(incident.c.year == year)
    gone = select(func.max(destroyed.c.serial)).where(destroyed.c.year == year)
    highest: list[int | None] = [(await conn.execute(asked)).scalar_one() for asked in (numbered, gone)]
    return max(one or 0 for one in highest) + 1


async def closed_before(conn: AsyncConnection, at: datetime) -> list[DirectoryRow]:
    """The incidents that were closed at or before `at`, the oldest first."""
    closed = select(*_COLUMNS).where(incident.c.closed_at <= at, incident.c.state != "open")
    rows = await conn.execute(closed.order_by(incident.c.closed_at, incident.c.id))
    return [DirectoryRow(*row) for row in rows]


async def strike(conn: AsyncConnection, row: DirectoryRow, at: datetime) -> None:
    """Takes an incident whose log was destroyed out of the directory; its number is never given again."""
    values = {
        "incident": row.id,
        "log": row.log,
        "number": row.number,
        "year": row.year,
        "serial": row.serial,
        "at": at,
    }
    await conn.execute(destroyed.insert().values(values))
    await conn.execute(delete(incident).where(incident.c.id == row.id))


async def struck(conn: AsyncConnection) -> dict[IncidentId, str]:
    """The incidents whose logs were destroyed, with their numbers."""
    rows = await conn.execute(select(destroyed.c.incident, destroyed.c.number).order_by(destroyed.c.number))
    return {IncidentId(row.incident): row.number for row in rows}


async def _one(conn: AsyncConnection, which: ColumnElement[bool]) -> DirectoryRow | None:
    row = (await conn.execute(select(incident).where(which))).mappings().one_or_none()
    return None if row is None else DirectoryRow(**row)
