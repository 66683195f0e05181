"""What the homeserver will say in a room by itself when the bot falls silent: kept, so that the next process can take it back."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import RoomId
from bot.store.schema import dead_man
from bot.store.statements import upsert


@dataclass(frozen=True, slots=True)
class Switch:
    """The delayed event of a room. Who knows `delay_id` can cancel it without a login: it goes into no log."""

    room: RoomId
    delay_id: str = field(repr=False)
    refreshed_at: datetime


async def every(conn: AsyncConnection) -> list[Switch]:
    return [Switch(*row) for row in await conn.execute(select(dead_man).order_by(dead_man.c.room))]


async def keep(conn: AsyncConnection, switches: Collection[Switch]) -> None:
    """These and no others are armed."""
    await conn.execute(delete(dead_man).where(dead_man.c.room.not_in([switch.room for switch in switches])))
    for switch in switches:
        await upsert(conn, dead_man, switch)
