"""Shifts that one person asked another to take; only a yes makes an override of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import PersonId, RoleId
from bot.domain.roster import Layer
from bot.store.schema import swap
from bot.store.statements import values_of

SwapState = Literal["asked", "accepted", "refused", "withdrawn"]


@dataclass(frozen=True, slots=True)
class SwapRow:
    """The shift [start, end) of `asker` that `other` is asked to take; `override` is what a yes made of it."""

    id: str
    role: RoleId
    layer: Layer
    asker: PersonId
    other: PersonId
    start: datetime
    end: datetime
    asked_at: datetime
    state: SwapState = "asked"
    override: str | None = None
    municipalities: str | None = None  # as in an override


async def add(conn: AsyncConnection, row: SwapRow) -> None:
    await conn.execute(swap.insert().values(values_of(row)))


async def settle(conn: AsyncConnection, swap_id: str, state: SwapState, override_id: str | None = None) -> bool:
    """Whether it was still open."""
    waits = update(swap).where(swap.c.id == swap_id, swap.c.state == "asked")
    return (await conn.execute(waits.values(state=state, override=override_id))).rowcount == 1


async def get(conn: AsyncConnection, swap_id: str) -> SwapRow | None:
    row = (await conn.execute(select(swap).where(swap.c.id == swap_id))).mappings().one_or_none()
    return None if row is None else SwapRow(**row)


async def open_of(conn: AsyncConnection, person: PersonId, since: datetime) -> list[SwapRow]:
    """What this person asked or was asked and nobody answered yet, of shifts that are not over at `since`."""
    concerns = or_(swap.c.asker == person, swap.c.other == person)
    waits = select(swap).where(swap.c.state == "asked", swap.c.end > since, concerns).order_by(swap.c.asked_at)
    return [SwapRow(**row) for row in (await conn.execute(waits)).mappings()]
