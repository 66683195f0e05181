"""Replacements on the roster, made by people while the bot runs; the rotations themselves are YAML."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import PersonId, RoleId
from bot.domain.roster import Layer, Override
from bot.store.schema import override
from bot.store.statements import values_of


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """An override and who made it; a withdrawn one stays as history and counts no more."""

    id: str
    role: RoleId
    layer: Layer
    person: PersonId
    start: datetime
    end: datetime
    made_by: PersonId
    made_at: datetime
    withdrawn_at: datetime | None = None

    @property
    def override(self) -> Override:
        return Override(self.role, self.layer, self.person, self.start, self.end)


async def add(conn: AsyncConnection, row: OverrideRow) -> None:
    await conn.execute(override.insert().values(values_of(row)))


async def withdraw(conn: AsyncConnection, override_id: str, at: datetime) -> bool:
    """Whether there was one to withdraw."""
    stands = update(override).where(override.c.id == override_id, override.c.withdrawn_at.is_(None))
    return (await conn.execute(stands.values(withdrawn_at=at))).rowcount == 1


async def standing(conn: AsyncConnection, since: datetime, until: datetime) -> list[OverrideRow]:
    """The overrides, not withdrawn, that touch [since, until), in the order in which they were made (the last wins)."""
    touches = (override.c.withdrawn_at.is_(None), override.c.end > since, override.c.start < until)
    rows = await conn.execute(select(override).where(*touches).order_by(override.c.made_at, override.c.id))
    return [OverrideRow(**row) for row in rows.mappings()]


async def get(conn: AsyncConnection, override_id: str) -> OverrideRow | None:
    row = (await conn.execute(select(override).where(override.c.id == override_id))).mappings().one_or_none()
    return None if row is None else OverrideRow(**row)
