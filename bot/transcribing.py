"""The log of what is said in an incident: read back and verified, and added to, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import entries as e
from bot.domain.ids import IncidentId
from bot.folding import BrokenLog
from bot.logbook.chain import EMPTY, Break, Head, LogEntry, Opening, read_log
from bot.logbook.codec import Codec
from bot.logbook.merkle import Frontier, frontier_of
from bot.store import log, transcripts
from bot.store.transcripts import TranscriptRow

CODEC: Final = Codec(e.TRANSCRIPT_KINDS)


@dataclass(frozen=True, slots=True)
class Transcript:
    """Where it stands: what is needed to add the next entry, and how many of its entries a checkpoint covers."""

    head: Head = EMPTY
    frontier: Frontier = Frontier()
    covered: int = 0

    @property
    def uncovered(self) -> int:
        return self.frontier.size - self.covered


def checked(incident: IncidentId, number: str, row: TranscriptRow, raws: Sequence[bytes]) -> tuple[LogEntry, ...]:
    """The entries of a stored transcript; raises BrokenLog when it is not what was written."""
    entries = read_log(row.log, raws)
    if isinstance(entries, Break):
        raise BrokenLog(incident, number, entries.seq, entries.why)
    head = entries[-1].head if entries else EMPTY
    if head != Head(row.head_seq, row.head_h):
        raise BrokenLog(incident, number, head.seq, f"what was said ends here, and its row says at {row.head_seq}")
    return entries


async def load(tx: AsyncConnection, incident: IncidentId, number: str, origin: str) -> Transcript:
    """The transcript of an incident, verified; an empty one when nothing was said yet. Raises BrokenLog."""
    row = await transcripts.get(tx, incident)
    if row is None:
        if await log.head(tx, origin) != EMPTY:
            raise BrokenLog(incident, number, 0, "what was said has no row")
        return Transcript()
    raws = await log.entries(tx, row.log)
    entries = checked(incident, number, row, raws)
    return Transcript(entries[-1].head, frontier_of(raws), row.checkpoint_size)


async def write(
    tx: AsyncConnection, sealed: Sequence[tuple[LogEntry, tuple[Opening, ...]]], before: Transcript
) -> Transcript:
    """Add sealed entries; its row is the caller's to write, with what a checkpoint covers by then."""
    await log.extend(tx, sealed, {})
    frontier = before.frontier
    for entry, _ in sealed:
        frontier = frontier.add(entry.raw)
    return Transcript(sealed[-1][0].head, frontier, before.covered)


async def keep_row(tx: AsyncConnection, incident: IncidentId, origin: str, transcript: Transcript) -> None:
    head = transcript.head
    await transcripts.write(tx, TranscriptRow(incident, origin, head.seq, head.h, transcript.covered))
