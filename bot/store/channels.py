"""Where a person is reached: addresses with their direct room."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import PersonId, RoomId
from bot.store.schema import channel
from bot.store.statements import upsert

ChannelKind = Literal["matrix"]


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One address of a person."""

    person: PersonId
    kind: ChannelKind
    address: str
    room: RoomId | None = None


async def write(conn: AsyncConnection, row: ChannelRow) -> None:
    """Write the row of an address over the one before."""
    await upsert(conn, channel, row)


async def of_person(conn: AsyncConnection, person: PersonId) -> list[ChannelRow]:
    found = select(channel).where(channel.c.person == person).order_by(channel.c.kind, channel.c.address)
    return [ChannelRow(**row) for row in (await conn.execute(found)).mappings()]


async def every(conn: AsyncConnection) -> list[ChannelRow]:
    """All channels, by person."""
    found = select(channel).order_by(channel.c.person, channel.c.kind, channel.c.address)
    return [ChannelRow(**row) for row in (await conn.execute(found)).mappings()]
