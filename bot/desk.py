"""The one transaction that changes an incident: the one door in. What must be said goes out through the outbox it fills.

The database has one writer at a time (store.database), so what a transaction reads is what it decides upon; that two
processes cannot both write is the epoch's work. `unique (log, seq)` in the store is an assertion.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.announce import announce
from bot.domain.contacts import Reference
from bot.domain.decide import decide
from bot.domain.ids import EventId, IncidentId, MunicipalityId
from bot.domain.incident import Incident, evolve
from bot.domain.timers import next_due
from bot.domain.world import Recent, World
from bot.logbook.blob import names_in
from bot.logbook.chain import EMPTY, Break, Head, LogEntry, Opening, parse, read_log, seal
from bot.logbook.checkpoint import sign
from bot.logbook.codec import Codec
from bot.logbook.merkle import Frontier, frontier_of
from bot.store import directory, inbox, log, outbox, overrides
from bot.store.database import Database

# A checkpoint follows a decision at once, and else the tenth entry or five minutes, whichever comes first (log format).
CHECKPOINT_ENTRIES: Final = 10
CHECKPOINT_WAIT: Final = timedelta(minutes=5)
DECISIVE: Final[frozenset[type[e.Entry]]] = frozenset(
    (e.DecisionRecorded, e.DecisionExplained, e.DecisionChanged, e.DecisionWithdrawn, e.IncidentClosed)
)
HELD_INCIDENTS: Final = 2_000  # folded incidents kept in memory; any other is folded again from its log
INDEX: Final = "index"

Settle = Callable[[AsyncConnection], Awaitable[None]]
CODEC: Final = Codec(e.KINDS)
INDEX_CODEC: Final = Codec(e.INDEX_KINDS)


@dataclass(frozen=True, slots=True)
class Moment:
    """`now` is our own even time (UTC, whole milliseconds); `wall` is what the wall clock says."""

    now: datetime
    wall: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """An incident as its log tells it, with what is needed to add the next entry."""

    incident: Incident
    head: Head = EMPTY
    frontier: Frontier = Frontier()
    row: directory.DirectoryRow | None = None


class BrokenLog(Exception):
    """A stored log does not verify; nothing may be added to it, and an operator must know."""


@dataclass(frozen=True, slots=True)
class Seal:
    """The installation's key and name: what its logs are sealed with, and the chance that its salts come from."""

    host: str
    key: Ed25519PrivateKey
    salts: Callable[[], bytes]

    def origin(self, incident: IncidentId) -> str:
        return f"{self.host}/log/inc-{incident}"

    @property
    def index(self) -> str:
        return f"{self.host}/log/{INDEX}"


class Desk:
    """Takes commands, one at a time; `on_commit` is called after each transaction so that nobody has to poll."""

    def __init__(
        self, database: Database, seal_: Seal, clock: Callable[[], Moment], reference: Callable[[], Reference]
    ) -> None:
        self.database = database
        self.seal = seal_
        self.clock = clock
        self.reference = reference
        self.committed = asyncio.Event()
        self.recorded: Callable[[Incident, Sequence[e.Entry]], None] = lambda incident, entries: None
        self._held: OrderedDict[IncidentId, Held] = OrderedDict()

    async def handle(
        self,
        incident_id: IncidentId,
        command: c.Command,
        *,
        cause: EventId | None = None,
        settles: Settle | None = None,
    ) -> Incident:
        """The incident after `command`. Raises `Refused`; then nothing was recorded and `cause` is still unhandled.

        `cause` is the Matrix event that led to it; a cause that was handled before changes nothing. `settles` writes,
        in the same transaction, what became of the outbox row that the command reports on.
        """
        try:
            return await self._handle(incident_id, (command,), cause, settles)
        except c.Refused:
            raise
        except BaseException:
            # an error at the commit leaves open whether it happened: what is in memory may be behind the log
            self._held.pop(incident_id, None)
            raise

    async def handle_all(
        self, incident_id: IncidentId, commands: Sequence[c.Command], *, settles: Settle | None = None
    ) -> Incident:
        """The incident after several commands, in one transaction: all are recorded, or (when one is refused) none."""
        try:
            return await self._handle(incident_id, commands, None, settles)
        except c.Refused:
            raise
        except BaseException:
            self._held.pop(incident_id, None)
            raise

    async def _handle(
        self, incident_id: IncidentId, commands: Sequence[c.Command], cause: EventId | None, settles: Settle | None
    ) -> Incident:
        async with self.database.begin() as tx:
            held = await self._load(tx, incident_id)
            if settles is not None:
                await settles(tx)
            if cause is not None and not await inbox.first_time(tx, cause):
                return held.incident
            moment = self.clock()
            entries: list[e.Entry] = []
            incident, world = held.incident, await self._world(tx, commands, moment)
            for command in commands:
                decided = decide(incident, command, world)
                incident = reduce(lambda so_far, entry: evolve(so_far, entry, moment.now), decided, incident)
                entries += decided
            if not entries and not _checkpoint_due(held, moment.now):
                return held.incident
            held = await self._write(tx, held, entries, moment)
        self._keep(incident_id, held)
        self.committed.set()
        self.recorded(held.incident, entries)
        return held.incident

    async def say(self, key: str, messages: Sequence[m.Message], *, cause: EventId | None = None) -> None:
        """Answers a question: messages that no entry stands behind. Exactly once for a `cause`."""
        async with self.database.begin() as tx:
            if cause is not None and not await inbox.first_time(tx, cause):
                return
            await outbox.enqueue(tx, _rows(key, None, None, messages, self.clock().now))
        self.committed.set()

    async def note(self, entry: e.IndexEntry, *messages: m.Message, cause: EventId | None = None) -> None:
        """Records what concerns the installation in the index log."""
        async with self.database.begin() as tx:
            if cause is not None and not await inbox.first_time(tx, cause):
                return
            now = self.clock().now
            head = await self._index(tx, entry, now)
            await outbox.enqueue(tx, _rows(f"{INDEX}/{head.seq}", None, head, messages, now))
        self.committed.set()

    async def checkpoint_index(self) -> None:
        """Puts the index log's checkpoint into the management room."""
        async with self.database.begin() as tx:
            raws = await log.entries(tx, self.seal.index)
            frontier = frontier_of(raws)
            note = sign(self.seal.index, frontier.size, frontier.root(), self.seal.key).decode()
            message = m.Checkpoint(to=m.To("management"), note=note)
            rows = _rows(f"{INDEX}/{frontier.size}/checkpoint", None, None, (message,), self.clock().now)
            await outbox.enqueue(tx, rows)
        self.committed.set()

    async def incident(self, incident_id: IncidentId) -> Incident:
        """The incident as its log tells it now."""
        if (held := self._held.get(incident_id)) is not None:
            return held.incident
        async with self.database.read() as tx:
            held = await self._load(tx, incident_id)
        self._keep(incident_id, held)
        return held.incident

    async def _world(self, tx: AsyncConnection, commands: Sequence[c.Command], moment: Moment) -> World:
        reference = self.reference()
        standing = await overrides.standing(tx, moment.wall, moment.wall + timedelta(seconds=1))
        world = World(moment.now, moment.wall, reference, tuple(row.override for row in standing))
        if not any(isinstance(command, c.RaiseAlarm) for command in commands):
            return world
        since = moment.now - reference.contacts.policy.duplicate_window
        recent = tuple(
            Recent(row.number, row.municipality, row.phenomenon, row.opened_at)
            for row in reversed(await directory.raised_since(tx, since))
        )
        year = _year(moment, reference)
        serial = await directory.next_serial(tx, year)
        return replace(world, recent=recent, next_number=f"{year}-{serial:03d}")

    async def _load(self, tx: AsyncConnection, incident_id: IncidentId) -> Held:
        held = self._held.get(incident_id)
        if held is not None:
            return held
        row = await directory.get(tx, incident_id)
        if row is None:
            return Held(Incident(incident_id))
        raws = await log.entries(tx, row.log)
        openings = await log.openings(tx, row.log)
        texts = await log.blobs(tx, blob_names(openings))
        return fold(row, raws, openings, texts.__getitem__)

    async def _write(self, tx: AsyncConnection, held: Held, entries: Sequence[e.Entry], moment: Moment) -> Held:
        """Everything of one kind in one statement: an alarm is some twenty entries, and pages wait until they are written."""
        incident, head, frontier = held.incident, held.head, held.frontier
        origin = self.seal.origin(incident.id)
        written: list[tuple[LogEntry, tuple[Opening, ...]]] = []
        blobs: dict[str, bytes] = {}
        rows: list[outbox.OutboxRow] = []
        for entry in entries:
            encoded = CODEC.encode(entry)
            sealed, openings = seal(origin, head, moment.now, encoded.type, encoded.fields, self.seal.salts)
            written.append((sealed, openings))
            blobs |= encoded.blobs
            head, frontier = sealed.head, frontier.add(sealed.raw)
            incident = evolve(incident, entry, moment.now)
            said = announce(incident, entry, moment.now)
            rows += _rows(f"{incident.id}/{head.seq}", incident.id, head, said, moment.now)
            await self._register(tx, entry, incident, frontier, moment.now)
        if written:
            await log.extend(tx, written, blobs)
        await outbox.enqueue(tx, rows)
        for entry in entries:
            await self._withdraw(tx, entry, incident.id, moment.now)
        held = Held(incident, head, frontier, held.row)
        return await self._directory(tx, held, entries, moment)

    async def _withdraw(self, tx: AsyncConnection, entry: e.Entry, incident: IncidentId, now: datetime) -> None:
        """What is still waiting to be sent about a page is not sent any more once the page is answered or withdrawn."""
        match entry:
            case e.Acknowledged(page=page) | e.Declined(page=page) | e.PageWithdrawn(page=page):
                await outbox.withdraw_pages(tx, incident, page, now)
            case _:
                return

    async def _register(
        self, tx: AsyncConnection, entry: e.Entry, incident: Incident, frontier: Frontier, now: datetime
    ) -> None:
        """The index log records the beginning and the closing of every incident's log."""
        origin = self.seal.origin(incident.id)
        match entry:
            case e.AlarmRaised(number=number):
                await self._index(tx, e.IncidentRegistered(incident=incident.id, number=number, log=origin), now)
            case e.IncidentClosed():
                root = frontier.root().hex()
                await self._index(tx, e.IncidentSealed(incident=incident.id, size=frontier.size, root=root), now)
            case _:
                return

    async def _index(self, tx: AsyncConnection, entry: e.IndexEntry, now: datetime) -> Head:
        head = await log.head(tx, self.seal.index)
        encoded = INDEX_CODEC.encode(entry)
        sealed, openings = seal(self.seal.index, head, now, encoded.type, encoded.fields, self.seal.salts)
        await log.append(tx, sealed, openings, encoded.blobs)
        return sealed.head

    async def _directory(self, tx: AsyncConnection, held: Held, entries: Sequence[e.Entry], moment: Moment) -> Held:
        incident, size = held.incident, held.frontier.size
        row = held.row or self._first_row(incident, moment)
        due = row.checkpoint_due or moment.now + CHECKPOINT_WAIT
        decisive = any(type(x) in DECISIVE for x in entries)
        covered = row.checkpoint_size
        if decisive or size - covered >= CHECKPOINT_ENTRIES or due <= moment.now:
            await self._checkpoint(tx, held, moment.now)
            covered = size
        checkpoint_due = None if covered == size else due
        timer = next_due(incident)
        row = replace(
            row,
            state="open" if incident.state == "none" else incident.state,
            closed_at=incident.closed_at,
            next_due=min((t for t in (timer, checkpoint_due) if t is not None), default=None),
            main_room=incident.rooms.get("main"),
            head_seq=held.head.seq,
            head_h=held.head.h,
            checkpoint_size=covered,
            checkpoint_due=checkpoint_due,
        )
        await directory.write(tx, row)
        return replace(held, row=row)

    def _first_row(self, incident: Incident, moment: Moment) -> directory.DirectoryRow:
        year, serial = incident.number.split("-")
        return directory.DirectoryRow(
            id=incident.id,
            log=self.seal.origin(incident.id),
            number=incident.number,
            year=int(year),
            serial=int(serial),
            municipality=MunicipalityId(incident.municipality),
            state="open",
            exercise=incident.exercise,
            opened_at=moment.now,
            closed_at=None,
            next_due=None,
            main_room=None,
            head_seq=-1,
            head_h=EMPTY.h,
            verified_at=moment.now,
            phenomenon=incident.phenomenon,
        )

    async def _checkpoint(self, tx: AsyncConnection, held: Held, now: datetime) -> None:
        origin, frontier = self.seal.origin(held.incident.id), held.frontier
        note = sign(origin, frontier.size, frontier.root(), self.seal.key).decode()
        message = m.Checkpoint(to=m.To("room", "main"), number=held.incident.number, note=note)
        key = f"{held.incident.id}/{frontier.size}/checkpoint"
        await outbox.enqueue(tx, _rows(key, held.incident.id, held.head, (message,), now))

    def _keep(self, incident_id: IncidentId, held: Held) -> None:
        if held.incident.state == "none":
            return
        self._held[incident_id] = held
        self._held.move_to_end(incident_id)
        if len(self._held) > HELD_INCIDENTS:
            self._held.popitem(last=False)


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
        raise BrokenLog(f"{row.number}: entry {entries.seq}: {entries.why}")
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
    except ValueError as wrong:
        raise BrokenLog(f"{row.number}: entry {head.seq + 1}: {wrong}") from wrong
    if until is None and head != Head(row.head_seq, row.head_h):
        raise BrokenLog(f"{row.number}: the log ends at {head.seq}, the directory says {row.head_seq}")
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


def _checkpoint_due(held: Held, now: datetime) -> bool:
    return held.row is not None and held.row.checkpoint_due is not None and held.row.checkpoint_due <= now


def _year(moment: Moment, reference: Reference) -> int:
    return moment.wall.astimezone(ZoneInfo(reference.contacts.region.zone)).year


def _rows(
    base: str, incident: IncidentId | None, head: Head | None, messages: Sequence[m.Message], now: datetime
) -> list[outbox.OutboxRow]:
    """Outbox rows with keys that follow from the entry: sent twice after a crash they are one event."""
    rows = []
    for n, message in enumerate(messages):
        traits = m.TRAITS[type(message)]
        row = outbox.OutboxRow(
            key=f"{base}/{n}",
            incident=incident,
            seq=head.seq if head else None,
            head_h=head.h if head else None,
            lane=traits.lane,
            target=f"{message.to.kind}:{message.to.name}",
            kind=type(message).__name__,
            message=msgspec.json.encode(message),
            created_at=now,
            subject=m.subject(message),
            slot=traits.slot,
        )
        rows.append(row)
        if keys := m.seeds(message):
            seeds = m.Seeds(to=message.to, lang=message.lang, number=message.number, keys=keys)
            rows.append(
                replace(
                    row, key=f"{row.key}/seeds", kind="Seeds", lane=m.Lane.COSMETIC, after=row.key,
                    subject=None, slot=None, message=msgspec.json.encode(seeds),
                )
            )  # fmt: skip
    return rows
