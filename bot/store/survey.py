"""What people answered to the survey of an incident, until it is over; then only what no longer names anybody stays, in its log."""

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import IncidentId, PersonId
from bot.domain.survey import Answered
from bot.store.schema import survey
from bot.store.statements import upsert


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """What one person answered so far; `asked` is the number of the last question, 0 when they want to hear no more of it."""

    incident: IncidentId
    person: PersonId
    asked: int = 1
    reached: int | None = None
    worked: int | None = None
    remark: str | None = None


async def write(conn: AsyncConnection, row: SurveyRow) -> None:
    """Write what somebody answered over what they answered before."""
    await upsert(conn, survey, row)


async def get(conn: AsyncConnection, incident: IncidentId, person: PersonId) -> SurveyRow | None:
    """What a person answered so far; None when nothing."""
    which = (survey.c.incident == incident, survey.c.person == person)
    row = (await conn.execute(select(survey).where(*which))).mappings().one_or_none()
    return None if row is None else SurveyRow(**row)


async def answers(conn: AsyncConnection, incident: IncidentId) -> list[Answered]:
    """The answers to the survey of an incident, without whose they are."""
    columns = select(survey.c.reached, survey.c.worked, survey.c.remark).where(survey.c.incident == incident)
    return [Answered(row.reached, row.worked, row.remark or "") for row in await conn.execute(columns)]


async def forget(conn: AsyncConnection, incident: IncidentId) -> None:
    """Remove who answered what."""
    await conn.execute(delete(survey).where(survey.c.incident == incident))
