"""How a person was last reached: addresses with their direct room and the outcome of the last tries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import PersonId, RoomId
from bot.store.schema import channel
from bot.store.statements import upsert

ChannelKind = Literal["matrix"]


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One address of a person; `verified_at` is when the person last answered over it."""

    person: PersonId
    kind: ChannelKind
    address: str
    room: RoomId | None = None
    verified_at: datetime | None = None
    last_success: datetime | None = None
    last_failure: datetime | None = None


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


async def succeeded(conn: AsyncConnection, person: PersonId, kind: ChannelKind, address: str, at: datetime) -> None:
    """A message was delivered over this address."""
    await _note(conn, person, kind, address, "last_success", at)


async def failed(conn: AsyncConnection, person: PersonId, kind: ChannelKind, address: str, at: datetime) -> None:
    """A message could not be delivered over this address."""
    await _note(conn, person, kind, address, "last_failure", at)


async def verified(conn: AsyncConnection, person: PersonId, kind: ChannelKind, address: str, at: datetime) -> None:
    """The person answered over this address: it is read."""
    await _note(conn, person, kind, address, "verified_at", at)


async def _note(
    conn: AsyncConnection, person: PersonId, kind: ChannelKind, address: str, what: str, at: datetime
) -> None:
    which = (channel.c.person == person, channel.c.kind == kind, channel.c.address == address)
    await conn.execute(update(channel).where(*which).values({what: at}))
