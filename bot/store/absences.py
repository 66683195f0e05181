"""Who said to be away, and until when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.duty import Absence
from bot.domain.ids import PersonId
from bot.store.schema import absence
from bot.store.statements import values_of


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """An absence and who noted it; a withdrawn one stays as history and counts no more."""

    id: str
    person: PersonId
    start: datetime
    end: datetime
    made_by: PersonId
    made_at: datetime
    withdrawn_at: datetime | None = None

    @property
    def absence(self) -> Absence:
        return Absence(self.person, self.start, self.end)


async def add(conn: AsyncConnection, row: AbsenceRow) -> None:
    await conn.execute(absence.insert().values(values_of(row)))


async def withdraw(conn: AsyncConnection, absence_id: str, at: datetime) -> bool:
    """Whether there was one to withdraw."""
    stands = update(absence).where(absence.c.id == absence_id, absence.c.withdrawn_at.is_(None))
    return (await conn.execute(stands.values(withdrawn_at=at))).rowcount == 1


async def standing(conn: AsyncConnection, since: datetime, until: datetime) -> list[AbsenceRow]:
    """The absences, not withdrawn, that touch [since, until), in the order in which they were noted."""
    touches = (absence.c.withdrawn_at.is_(None), absence.c.end > since, absence.c.start < until)
    rows = await conn.execute(select(absence).where(*touches).order_by(absence.c.made_at, absence.c.id))
    return [AbsenceRow(**row) for row in rows.mappings()]


async def get(conn: AsyncConnection, absence_id: str) -> AbsenceRow | None:
    row = (await conn.execute(select(absence).where(absence.c.id == absence_id))).mappings().one_or_none()
    return None if row is None else AbsenceRow(**row)
