"""Replacements on the roster, made by people while the bot runs; the rotations themselves are YAML.

With the absences they are all that people change, and are read together wherever it matters who is on call.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, bindparam, func, literal, null, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import MunicipalityId, PersonId, RoleId
from bot.domain.roster import Absence, Change, Layer, Override
from bot.store.schema import absence, override, swap
from bot.store.statements import values_of


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """An override and who made it; a withdrawn one stays as history and counts no more.

    `municipalities` is what `joined` makes of those whose own roster it is on.
    """

    id: str
    role: RoleId
    layer: Layer
    person: PersonId
    start: datetime
    end: datetime
    made_by: PersonId
    made_at: datetime
    withdrawn_at: datetime | None = None
    municipalities: str | None = None

    @property
    def override(self) -> Override:
        return Override(self.role, self.layer, self.person, self.start, self.end, parted(self.municipalities))


def joined(served: Collection[MunicipalityId]) -> str | None:
    """Municipalities as one text, None for none; no comma stands in the id of a municipality."""
    return ",".join(sorted(served)) or None


def parted(kept: str | None) -> frozenset[MunicipalityId]:
    return frozenset(MunicipalityId(one) for one in (kept or "").split(",") if one)


async def add(conn: AsyncConnection, row: OverrideRow) -> None:
    await conn.execute(override.insert().values(values_of(row)))


async def withdraw(conn: AsyncConnection, override_id: str, at: datetime) -> bool:
    """Whether there was one to withdraw."""
    stands = update(override).where(override.c.id == override_id, override.c.withdrawn_at.is_(None))
    return (await conn.execute(stands.values(withdrawn_at=at))).rowcount == 1


async def get(conn: AsyncConnection, override_id: str) -> OverrideRow | None:
    row = (await conn.execute(select(override).where(override.c.id == override_id))).mappings().one_or_none()
    return None if row is None else OverrideRow(**row)


def _touching() -> Select[Any]:
    parts = [
        select(role, layer, served, table.c.person, table.c.start, table.c.end, table.c.made_at, table.c.id).where(
            table.c.withdrawn_at.is_(None), table.c.end > bindparam("since"), table.c.start < bindparam("until")
        )
        for table, role, layer, served in (
            (override, override.c.role, override.c.layer, override.c.municipalities),
            (absence, null().label("role"), null().label("layer"), null().label("municipalities")),
        )
    ]
    both = union_all(*parts).subquery()
    return select(both).order_by(both.c.made_at, func.length(both.c.id), both.c.id)


# Built once: it is asked at every command, and building it costs as much as asking.
_TOUCHING: Final = _touching()


async def changes(conn: AsyncConnection, since: datetime, until: datetime) -> tuple[Change, ...]:
    """The overrides and absences, not withdrawn, that touch [since, until), in the order in which they were made."""
    rows = await conn.execute(_TOUCHING, {"since": since, "until": until})
    return tuple(
        Absence(row.person, row.start, row.end)
        if row.role is None
        else Override(row.role, row.layer, row.person, row.start, row.end, parted(row.municipalities))
        for row in rows
    )


async def last_made_by(conn: AsyncConnection, person: PersonId, since: datetime) -> str | None:
    """The number of the last change of the roster by this person that stands and is not over at `since`."""
    parts = [
        select(table.c.id, made.label("made_at")).where(by == person, table.c.end > since, stands)
        for table, made, by, stands in (
            (override, override.c.made_at, override.c.made_by, override.c.withdrawn_at.is_(None)),
            (absence, absence.c.made_at, absence.c.made_by, absence.c.withdrawn_at.is_(None)),
            (swap, swap.c.asked_at, swap.c.asker, swap.c.state == "asked"),
        )
    ]
    every = union_all(*parts).subquery()
    # of one moment the longer number is the later one
    order = (every.c.made_at.desc(), func.length(every.c.id).desc(), every.c.id.desc())
    found: str | None = (await conn.execute(select(every.c.id).order_by(*order).limit(1))).scalar_one_or_none()
    return found


async def next_number(conn: AsyncConnection) -> str:
    """A short name for the next change of the roster, which people type to undo it. No row of the three tables is ever deleted."""
    counts = [select(func.count()).select_from(table).scalar_subquery() for table in (override, absence, swap)]
    made: int = (await conn.execute(select(counts[0] + counts[1] + counts[2] + literal(1)))).scalar_one()
    return str(made)
