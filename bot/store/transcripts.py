"""Where the log of what is said in an incident ends, so that a line that was cut off at its end is missed."""

from dataclasses import dataclass, fields

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import IncidentId
from bot.store.schema import transcript
from bot.store.statements import upsert


@dataclass(frozen=True, slots=True)
class TranscriptRow:
    """`checkpoint_size` is how many entries the last checkpoint covers."""

    incident: IncidentId
    log: str
    head_seq: int
    head_h: str
    checkpoint_size: int = 0


_COLUMNS = tuple(transcript.c[field.name] for field in fields(TranscriptRow))


async def write(conn: AsyncConnection, row: TranscriptRow) -> None:
    """Write the row of an incident's transcript over the one before."""
    await upsert(conn, transcript, row)


async def get(conn: AsyncConnection, incident: IncidentId) -> TranscriptRow | None:
    """None when nothing was kept of what is said in the incident."""
    row = (await conn.execute(select(*_COLUMNS).where(transcript.c.incident == incident))).one_or_none()
    return None if row is None else TranscriptRow(*row)


async def forget(conn: AsyncConnection, incident: IncidentId) -> None:
    """Remove the row of an incident's transcript; its log is not touched."""
    await conn.execute(delete(transcript).where(transcript.c.incident == incident))
