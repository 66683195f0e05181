"""Reads one incident's log as stored, at one moment, and tells it: nothing here is sealed or written again."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.domain import entries as e
from bot.domain.altered import altered
from bot.domain.circle import CIRCLE, is_open, open_part
from bot.domain.ids import IncidentId, PageId, PersonId, RoleId
from bot.domain.incident import Incident, evolve
from bot.domain.origin import Confidentiality, Place, Proof, Via
from bot.domain.people import Language
from bot.folding import blob_names
from bot.logbook.bundle import Anchor
from bot.logbook.chain import EMPTY, Break, Head, LogEntry, Opening, read_log
from bot.logbook.checkpoint import stated
from bot.logbook.codec import Codec
from bot.logbook.merkle import frontier_of
from bot.store import directory, files, log, outbox, stamps, transcripts
from bot.store.database import Database
from bot.store.directory import DirectoryRow
from bot.store.stamps import StampRow
from bot.store.transcripts import TranscriptRow
from bot.words.catalogue import LANGUAGES, Catalogue
from bot.words.timeline import line


@dataclass(frozen=True, slots=True)
class Broken:
    """A stored log that is not what was written: `where` names the incident and the entry, `why` what is wrong there."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Stored:
    """The bytes of one log and all that they refer to, read in one transaction; `blobs` by SHA-256 (hex)."""

    row: DirectoryRow
    raws: Sequence[bytes]
    openings: Sequence[Opening]
    blobs: Mapping[str, bytes]
    sent: Sequence[outbox.OutboxRow]
    missing: frozenset[str] = frozenset()  # files that are named and are not there, by SHA-256 (hex)
    said: "Said | None" = None
    stamp: StampRow | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """The bytes of the log of all that was said, where that is kept."""

    row: TranscriptRow
    raws: Sequence[bytes]
    openings: Sequence[Opening]
    files: Mapping[str, bytes]
    missing: frozenset[str]


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as people read it; `text` is one sentence per language, `at` is our time (UTC)."""

    seq: int
    h: str
    at: datetime
    actor: PersonId
    acting_as: RoleId | None
    room: Place
    via: Via
    proof: Proof | None
    confidentiality: Confidentiality
    happened_at: datetime | None
    text: Mapping[Language, str]
    open: bool = True  # whether everybody who takes part may read it


@dataclass(frozen=True, slots=True)
class Recorded:
    """One entry with its place in the log and its time (UTC)."""

    seq: int
    at: datetime
    fact: e.Entry


@dataclass(frozen=True, slots=True)
class Dossier:
    """An incident as its log tells it: the state at the end, every line on the way, and what proves both.

    `facts` are the entries behind the lines. `requested` is when each page was first asked for; `withheld` counts the fields whose
    opening is erased or kept back.
    """

    incident: Incident
    lines: tuple[Line, ...]
    requested: Mapping[PageId, datetime]
    origin: str
    head: Head
    root: bytes
    withheld: int
    anchors: tuple[Anchor, ...]
    facts: tuple[Recorded, ...] = ()
    stamp: StampRow | None = None
    kept_back: int = 0  # entries of the closed circle that stand in the log and are not told here


async def collect(database: Database, which: str, folder: Path | None = None) -> Stored | None:
    """The log of the incident with this id or number; None when there is no such incident.

    With a `folder` the files that people shared come with it, and so does all that was said, where that is kept.
    """
    async with database.read() as conn:
        row = await directory.by_number(conn, which) or await directory.get(conn, IncidentId(which))
        if row is None:
            return None
        openings = await log.openings(conn, row.log)
        names = blob_names(openings)
        stored = Stored(
            row=row,
            raws=await log.entries(conn, row.log),
            openings=openings,
            blobs=await log.blobs(conn, names),
            sent=await outbox.anchors(conn, row.id),
            stamp=await stamps.newest(conn, row.log),
        )
        if folder is None:
            return stored
        said = await transcripts.get(conn, row.id)
        talk = None if said is None else (await log.entries(conn, said.log), await log.openings(conn, said.log))
    found = await asyncio.to_thread(files.read_all, folder, names - stored.blobs.keys())
    stored = replace(
        stored, blobs={**stored.blobs, **found}, missing=frozenset(names - stored.blobs.keys() - found.keys())
    )
    if said is None or talk is None:
        return stored
    names = blob_names(talk[1])
    kept = await asyncio.to_thread(files.read_all, folder, names)
    return replace(stored, said=Said(said, *talk, kept, frozenset(names - kept.keys())))


def tell(stored: Stored, catalogue: Catalogue, until: datetime | None = None) -> Dossier | Broken:
    """The dossier of a verified log, as far as `until` (UTC, inclusive); Broken at the first place that is not as written."""
    row = stored.row
    sealed = read_log(row.log, stored.raws)
    if isinstance(sealed, Break):
        return Broken(f"{row.number}, #{sealed.seq}", sealed.why)
    head = sealed[-1].head if sealed else EMPTY
    if (broken := _otherwise_known(stored, sealed, head)) is not None:
        return broken
    wanted = [entry for entry in sealed if until is None or entry.ts <= until]
    by_seq: dict[int, list[Opening]] = {}
    for opening in stored.openings:
        by_seq.setdefault(opening.seq, []).append(opening)
    codec = Codec(e.KINDS)  # its own, as its cache is no place for two threads
    facts: list[tuple[LogEntry, e.Entry]] = []
    for entry in wanted:
        try:
            facts.append((entry, codec.read(entry, by_seq.get(entry.seq, []), stored.blobs.__getitem__)))
        except KeyError as missing:
            return Broken(f"{row.number}, #{entry.seq}", f"the text {missing} is not stored")
        except ValueError as wrong:
            return Broken(f"{row.number}, #{entry.seq}", str(wrong))
    incident = Incident(row.id)
    for entry, fact in facts:
        incident = evolve(incident, fact, entry.ts)
    return Dossier(
        incident=incident,
        lines=tuple(_lines(row.id, facts, incident, catalogue)),
        requested={fact.page: entry.ts for entry, fact in reversed(facts) if isinstance(fact, e.PageRequested)},
        origin=row.log,
        head=wanted[-1].head if wanted else EMPTY,
        root=frontier_of(entry.raw for entry in wanted).root(),
        withheld=sum(len(entry.body) - len(by_seq.get(entry.seq, [])) for entry in wanted),
        anchors=_anchors(stored.sent, sealed),
        facts=tuple(Recorded(entry.seq, entry.ts, fact) for entry, fact in facts),
        stamp=stored.stamp if stored.stamp is not None and stored.stamp.size <= len(wanted) else None,
    )


def _otherwise_known(stored: Stored, sealed: Sequence[LogEntry], head: Head) -> Broken | None:
    """What is said of this log elsewhere and does not hold."""
    row, stamp = stored.row, stored.stamp
    if head != Head(row.head_seq, row.head_h):
        return Broken(f"{row.number}, #{head.seq}", f"the directory says that the log ends at #{row.head_seq}")
    if stamp is not None and not _fits(stamp, row.log, sealed):
        return Broken(f"{row.number}, #{stamp.size - 1}", "the checkpoint with a time stamp is of another log")
    return None


def _fits(stamp: StampRow, origin: str, sealed: Sequence[LogEntry]) -> bool:
    """Whether what was stamped is how this log began."""
    try:
        found = stated(stamp.note)
    except ValueError:
        return False
    begun = sealed[: stamp.size]
    return found == (origin, len(begun), frontier_of(entry.raw for entry in begun).root())


def _lines(
    incident_id: IncidentId, facts: Sequence[tuple[LogEntry, e.Entry]], end: Incident, catalogue: Catalogue
) -> Iterator[Line]:
    """Each line with the state it was recorded in, and the names of the end: an alarm stands there before its reporter does.

    Folded once more, because to keep every state of a long night took four gigabytes.
    """
    state = Incident(incident_id)
    for entry, fact in facts:
        state = evolve(state, fact, entry.ts)
        yield _line(entry, fact, altered(state, people=end.people), catalogue)


def _line(entry: LogEntry, fact: e.Entry, incident: Incident, catalogue: Catalogue) -> Line:
    by = fact.origin
    return Line(
        seq=entry.seq,
        h=entry.h,
        at=entry.ts,
        actor=by.actor,
        acting_as=by.acting_as,
        room=by.room,
        via=by.via,
        proof=by.proof,
        confidentiality=by.confidentiality,
        happened_at=by.happened_at,
        text={lang: line(catalogue, fact, incident, entry.ts, lang) for lang in LANGUAGES},
        open=is_open(fact),
    )


def open_part_of(stored: Stored, dossier: Dossier) -> tuple[Stored, Dossier]:
    """The same for who is not in the closed circle: its entries stay in the chain as commitments, and nothing opens them."""
    kept = {line.seq for line in dossier.lines if not line.open}
    if not kept:
        return stored, dossier
    openings = [opening for opening in stored.openings if opening.seq not in kept]
    named = blob_names(openings)
    room = dossier.incident.rooms.get(CIRCLE)
    return (
        replace(stored, openings=openings, blobs={name: data for name, data in stored.blobs.items() if name in named}),
        replace(
            dossier,
            incident=open_part(dossier.incident),
            lines=tuple(line for line in dossier.lines if line.open),
            facts=tuple(one for one in dossier.facts if one.seq not in kept),
            anchors=tuple(one for one in dossier.anchors if one.seq not in kept and one.room != room),
            withheld=dossier.withheld + len(stored.openings) - len(openings),
            kept_back=len(kept),
        ),
    )


def _anchors(sent: Sequence[outbox.OutboxRow], sealed: Sequence[LogEntry]) -> tuple[Anchor, ...]:
    """Where the hashes of entries stand outside the log; the answer to a question carries none."""
    return tuple(
        Anchor(event=row.event_id, h=sealed[row.seq].h, room=row.room, seq=row.seq)
        for row in sent
        if row.seq is not None and row.seq < len(sealed) and row.event_id is not None and row.room is not None
    )
