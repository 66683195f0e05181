"""The rooms the bot is in: what each is for, and whether it must be encrypted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import IncidentId, MunicipalityId, PersonId, RoomId
from bot.store.schema import room
from bot.store.statements import insert, values_of

RoomKind = Literal["direct", "alarm", "management", "incident"]
_DIRECT: Final = (room.c.kind == "direct", room.c.left_at.is_(None), room.c.must_encrypt)


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room: `person` for a direct room, `municipality` for an alarm room, `incident` for a room of an incident."""

    room_id: RoomId
    kind: RoomKind
    created_at: datetime
    must_encrypt: bool
    incident: IncidentId | None = None
    person: PersonId | None = None
    municipality: MunicipalityId | None = None
    left_at: datetime | None = None


async def write(conn: AsyncConnection, row: RoomRow) -> None:
    """Write a room over the row before; what must be encrypted stays so, or a homeserver could talk us out of it."""
    values = values_of(row)
    written = insert(conn, room).values(values)
    newer = {name: written.excluded[name] for name in values if name not in ("room_id", "must_encrypt")}
    stays = {"must_encrypt": or_(room.c.must_encrypt, written.excluded.must_encrypt)}
    await conn.execute(written.on_conflict_do_update(index_elements=["room_id"], set_={**newer, **stays}))


async def get(conn: AsyncConnection, room_id: RoomId) -> RoomRow | None:
    row = (await conn.execute(select(room).where(room.c.room_id == room_id))).mappings().one_or_none()
    return None if row is None else RoomRow(**row)


async def of_kind(conn: AsyncConnection, kind: RoomKind) -> list[RoomRow]:
    """The rooms of a kind that we did not leave, oldest first."""
    found = select(room).where(room.c.kind == kind, room.c.left_at.is_(None))
    rows = await conn.execute(found.order_by(room.c.created_at, room.c.room_id))
    return [RoomRow(**row) for row in rows.mappings()]


async def of_incident(conn: AsyncConnection, incident: IncidentId) -> list[RoomRow]:
    """The rooms of an incident that we did not leave, oldest first."""
    found = select(room).where(room.c.incident == incident, room.c.left_at.is_(None))
    rows = await conn.execute(found.order_by(room.c.created_at, room.c.room_id))
    return [RoomRow(**row) for row in rows.mappings()]


async def ever_of_incident(conn: AsyncConnection, incident: IncidentId) -> list[RoomRow]:
    """The rooms of an incident, also those that we left."""
    rows = await conn.execute(
        select(room).where(room.c.incident == incident).order_by(room.c.created_at, room.c.room_id)
    )
    return [RoomRow(**row) for row in rows.mappings()]


async def beside(conn: AsyncConnection, incident: IncidentId, main: RoomId | None) -> RoomId | None:
    """The room of an incident that is not its main one: that of the closed circle."""
    others = [row.room_id for row in await of_incident(conn, incident) if row.room_id != main]
    return others[-1] if others else None


async def direct(conn: AsyncConnection, person: PersonId) -> RoomRow | None:
    """The newest direct room with a person that we did not leave; one in clear is none, because nothing may be sent there."""
    found = select(room).where(room.c.person == person, *_DIRECT)
    newest = found.order_by(room.c.created_at.desc(), room.c.room_id).limit(1)
    row = (await conn.execute(newest)).mappings().one_or_none()
    return None if row is None else RoomRow(**row)


async def direct_of(conn: AsyncConnection, persons: Collection[PersonId]) -> dict[PersonId, RoomId]:
    """As `direct`, for each of these people; who has none is left out."""
    if not persons:
        return {}
    found = select(room.c.person, room.c.room_id).where(room.c.person.in_(persons), *_DIRECT)
    oldest_first = found.order_by(room.c.created_at, room.c.room_id.desc())
    return {row.person: row.room_id for row in await conn.execute(oldest_first)}


async def left(conn: AsyncConnection, room_id: RoomId, at: datetime) -> None:
    """We are in this room no more."""
    await conn.execute(update(room).where(room.c.room_id == room_id).values(left_at=at))
