"""Reads a stored log back: verified, folded into the incident that it tells, or refused as broken."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.domain import entries as e
from bot.domain.ids import IncidentId
from bot.domain.incident import Incident, evolve
from bot.logbook.blob import names_in
from bot.logbook.chain import EMPTY, Break, Head, LogEntry, Opening, parse, read_log
from bot.logbook.codec import Codec
from bot.logbook.merkle import Frontier, frontier_of
from bot.store import directory

CODEC: Final = Codec(e.KINDS)
INDEX_CODEC: Final = Codec(e.INDEX_KINDS)


@dataclass(frozen=True, slots=True)
class Held:
    """An incident as its log tells it, with what is needed to add the next entry."""

    incident: Incident
    head: Head = EMPTY
    frontier: Frontier = Frontier()
    row: directory.DirectoryRow | None = None


class BrokenLog(Exception):
    """A stored log does not verify at entry `seq`: nothing may be added to it, and an operator must know."""

    def __init__(self, incident: IncidentId, number: str, seq: int, why: str) -> None:
        super().__init__(f"{number}: entry {seq}: {why}")
        self.incident = incident
        self.number = number
        self.seq = seq


def fold(
    row: directory.DirectoryRow,
    raws: Sequence[bytes],
    openings: Iterable[Opening],
    blobs: Callable[[str], bytes],
    until: datetime | None = None,
) -> Held:
    """Verifies a stored log and folds it (up to `until`); raises BrokenLog when it is not what was written."""
    entries = read_log(row.log, raws)
    if isinstance(entries, Break):
        raise BrokenLog(row.id, row.number, entries.seq, entries.why)
    by_seq: dict[int, list[Opening]] = {}
    for opening in openings:
        by_seq.setdefault(opening.seq, []).append(opening)
    incident, head = Incident(row.id), EMPTY
    try:
        for sealed in entries:
            if until is not None and sealed.ts > until:
                break
            incident = evolve(incident, CODEC.read(sealed, by_seq.get(sealed.seq, []), blobs), sealed.ts)
            head = sealed.head
    except (ValueError, LookupError) as wrong:
        # a text that is gone, and an entry about something that no entry before it began
        raise BrokenLog(row.id, row.number, head.seq + 1, str(wrong)) from wrong
    if until is None and head != Head(row.head_seq, row.head_h):
        raise BrokenLog(row.id, row.number, head.seq, f"the log ends here, and the directory says at {row.head_seq}")
    return Held(incident, head, frontier_of(raws), row)


def read_entries(
    raws: Iterable[bytes], openings: Iterable[Opening], blobs: Callable[[str], bytes]
) -> list[tuple[LogEntry, e.Entry]]:
    """The entries of an incident's log as sealed and as told, for those who show or export them."""
    by_seq: dict[int, list[Opening]] = {}
    for opening in openings:
        by_seq.setdefault(opening.seq, []).append(opening)
    sealed = (parse(raw) for raw in raws)
    return [(entry, CODEC.read(entry, by_seq.get(entry.seq, []), blobs)) for entry in sealed]


def blob_names(openings: Iterable[Opening]) -> set[str]:
    """The blobs that the fields of these openings refer to, by SHA-256 in hex."""
    # Few fields refer to a blob; looking for the word is ten times as fast as looking for the reference.
    return {name for opening in openings if b'"sha256"' in opening.pre for name in names_in(opening.pre)}
