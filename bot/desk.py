"""The one transaction that changes an incident: the one door in. What must be said goes out through the outbox it fills.

The database has one writer at a time (store.database), so what a transaction reads is what it decides upon; that two
processes cannot both write is the epoch's work. `unique (log, seq)` in the store is an assertion.
Longer than most modules: it is one transaction, and in pieces nobody would see what belongs to it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from typing import Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.addressing import to_person
from bot.domain.announce import announce
from bot.domain.authority import authorise
from bot.domain.contacts import Reference
from bot.domain.decide import decide
from bot.domain.flood import FLOOD, bundled_into
from bot.domain.ids import EventId, IncidentId, PersonId
from bot.domain.incident import Incident, evolve
from bot.domain.ladder import Channel
from bot.domain.privacy import colleagues
from bot.domain.roster import SIGHT
from bot.domain.transcript import announce as overheard
from bot.domain.transcript import keeps
from bot.domain.world import Recent, World
from bot.erasing import QUOTING, carry_out, exports_of, recorded
from bot.erasures import Listed
from bot.folding import CODEC, INDEX_CODEC, BrokenLog, Held, blob_names, fold
from bot.logbook.chain import EMPTY, Head, LogEntry, Opening, parse, seal
from bot.logbook.checkpoint import public_key_text
from bot.logbook.merkle import Frontier, frontier_of
from bot.posting import rows_of
from bot.registering import first_row, row_of
from bot.sealing import INDEX, Seal
from bot.store import directory, inbox, log, outbox, overrides, survey
from bot.store.database import Database
from bot.transcribing import CODEC as TRANSCRIPT_CODEC
from bot.transcribing import Transcript, keep_row
from bot.transcribing import load as load_transcript
from bot.transcribing import write as add_to_transcript

# A checkpoint follows a decision (and the last entry of a key) at once,
# and else the tenth entry or five minutes, whichever comes first (log format).
CHECKPOINT_ENTRIES: Final = 10
CHECKPOINT_WAIT: Final = timedelta(minutes=5)
# What may call somebody, and so must know over which channels.
CALLING: Final[frozenset[type[c.Command]]] = frozenset(
    (
        c.RaiseAlarm, c.CallNow, c.CorrectCall, c.StartPlaybook, c.CallRole, c.CallPerson, c.Escalate, c.Acknowledge,
        c.Decline, c.Tick, c.ReopenIncident, c.ReportDelivery,
    )
)  # fmt: skip
# What needs to know everything that the logs hold.
ERASING: Final[frozenset[type[c.Command]]] = frozenset((c.AskErasure, c.ConfirmErasure, c.EraseNow))
DECISIVE: Final[frozenset[type[e.Entry]]] = frozenset(
    (e.DecisionRecorded, e.DecisionExplained, e.DecisionChanged, e.DecisionWithdrawn, e.IncidentClosed, e.KeyRotated)
)
HELD_INCIDENTS: Final = 2_000  # folded incidents kept in memory; any other is folded again from its log

Settle = Callable[[AsyncConnection], Awaitable[None]]
Reachable = Callable[[AsyncConnection], Awaitable[Mapping[PersonId, frozenset[Channel]]]]


async def nobody_reachable(tx: AsyncConnection) -> Mapping[PersonId, frozenset[Channel]]:
    """Where no other channel than Matrix is set up."""
    return {}


@dataclass(frozen=True, slots=True)
class Moment:
    """`now` is our own even time (UTC, whole milliseconds); `wall` is what the wall clock says."""

    now: datetime
    wall: datetime


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
        self.reachable: Reachable = nobody_reachable
        self.channels: frozenset[Channel] = frozenset()
        self.stamped = False  # whether an authority outside puts time stamps on checkpoints
        self.listed: Callable[[Sequence[Listed]], None] = lambda erased: None  # keeps the list of what was erased
        self.recorded: Callable[[Incident, Sequence[e.Entry]], None] = lambda incident, entries: None
        self._held: OrderedDict[IncidentId, Held] = OrderedDict()
        self._transcripts: OrderedDict[IncidentId, Transcript] = OrderedDict()
        self._unsound: set[IncidentId] = set()

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
        return await self.handle_all(incident_id, (command,), cause=cause, settles=settles)

    async def handle_all(
        self,
        incident_id: IncidentId,
        commands: Sequence[c.Command],
        *,
        cause: EventId | None = None,
        settles: Settle | None = None,
    ) -> Incident:
        """The incident after several commands, in one transaction: all are recorded, or (when one is refused) none."""
        try:
            return await self._handle(incident_id, commands, cause, settles)
        except c.Refused:
            raise
        except BaseException:
            # an error at the commit leaves open whether it happened: what is in memory may be behind the log
            self._held.pop(incident_id, None)
            self._transcripts.clear()
            raise

    async def overhear(
        self,
        incident_id: IncidentId,
        entries: Sequence[e.TranscriptEntry],
        *,
        once: EventId | None = None,
        settles: Settle | None = None,
        shared: m.FetchFile | None = None,
    ) -> None:
        """Keeps what was said where all is kept, in the incident's transcript; elsewhere nothing, nor where the transcript is not
        what was written any more. Exactly once for `once`.

        `settles` writes what became of the outbox row that asked for a file, and `shared` is that request.
        """
        try:
            await self._overhear(incident_id, entries, once, settles, shared)
        except BaseException:
            self._held.pop(incident_id, None)
            self._transcripts.clear()
            raise

    async def _overhear(
        self,
        incident_id: IncidentId,
        entries: Sequence[e.TranscriptEntry],
        once: EventId | None,
        settles: Settle | None,
        shared: m.FetchFile | None,
    ) -> None:
        async with self.database.begin() as tx:
            held = await self._load(tx, incident_id)
            if settles is not None:
                await settles(tx)
            if not keeps(held.incident) or (once is not None and not await inbox.first_time(tx, once)):
                return
            kept = await self._add_said(tx, held.incident, entries, shared)
            row = held.row
            if kept is not None and row is not None and kept.uncovered and row.checkpoint_due is None:
                now = self.clock().now
                row = row_of(row, held.incident, held.head, row.checkpoint_size, now + CHECKPOINT_WAIT)
                await directory.write(tx, row)
        self._keep(incident_id, replace(held, row=row))
        if kept is not None:
            self._keep_transcript(incident_id, kept)
        self.committed.set()

    async def _add_said(
        self, tx: AsyncConnection, incident: Incident, entries: Sequence[e.TranscriptEntry], shared: m.FetchFile | None
    ) -> Transcript | None:
        now, origin = self.clock().now, self.seal.transcript(incident.id)
        before = await self._transcript(tx, incident)
        if before is None:
            return None
        if before.head == EMPTY:
            begun = e.TranscriptBegun(incident=incident.id, number=incident.number, log=origin)
            await self._index(tx, begun, now)
        head = before.head
        sealed: list[tuple[LogEntry, tuple[Opening, ...]]] = []
        rows: list[outbox.OutboxRow] = []
        for entry in entries:
            encoded = TRANSCRIPT_CODEC.encode(entry)
            one = seal(origin, head, now, encoded.type, encoded.fields, self.seal.salts)
            head = one[0].head
            sealed.append(one)
            told = overheard(incident, entry, shared)
            rows += rows_of(f"{incident.id}{outbox.CHAT}{head.seq}", incident.id, head, told, now)
        kept = await add_to_transcript(tx, sealed, before)
        await outbox.enqueue(tx, rows)
        if kept.uncovered >= CHECKPOINT_ENTRIES:
            return await self._cover_transcript(tx, incident, kept, now)
        await keep_row(tx, incident.id, origin, kept)
        return kept

    async def _transcript(self, tx: AsyncConnection, incident: Incident) -> Transcript | None:
        """None when it is not what was written: management is told once, and the incident goes on without it, because a page or
        a yes may not wait for a record of what was said."""
        found = self._transcripts.get(incident.id)
        if found is not None or incident.id in self._unsound:
            return found
        try:
            return await load_transcript(tx, incident.id, incident.number, self.seal.transcript(incident.id))
        except BrokenLog as broken:
            self._unsound.add(incident.id)
            rows = rows_of(
                f"broken/{incident.id}/chat", None, None, (_broken("chat_broken", broken),), self.clock().now
            )
            await outbox.enqueue(tx, rows)
            return None

    async def _cover_transcript(
        self, tx: AsyncConnection, incident: Incident, kept: Transcript, now: datetime
    ) -> Transcript:
        """Puts what was said under a checkpoint, beside that of the incident's own log."""
        origin, frontier = self.seal.transcript(incident.id), kept.frontier
        note = self.seal.note(origin, frontier, now).decode()
        message = m.Checkpoint(to=m.To("room", "main"), number=incident.number, note=note, of="transcript")
        key = f"{incident.id}{outbox.CHAT}{frontier.size}/checkpoint"
        await outbox.enqueue(tx, rows_of(key, incident.id, kept.head, (message,), now))
        covered = replace(kept, covered=frontier.size)
        await keep_row(tx, incident.id, origin, covered)
        return covered

    def _keep_transcript(self, incident_id: IncidentId, kept: Transcript) -> None:
        self._transcripts[incident_id] = kept
        self._transcripts.move_to_end(incident_id)
        if len(self._transcripts) > HELD_INCIDENTS:
            self._transcripts.popitem(last=False)

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
            world = await self._world(tx, commands, moment)
            if (over := _survey_over(held.incident, commands, moment.now)) is not None:
                world = replace(world, answered=await survey.answers(tx, over))
            if held.row is not None and any(type(command) in ERASING for command in commands):
                known = await recorded(tx, held.row.log, self.seal.transcript(incident_id))
                world = replace(world, recorded=known)
            held, commands = await self._bundled(tx, held, commands, world)
            incident = held.incident
            for command in commands:
                decided = decide(incident, command, world)
                incident = reduce(lambda so_far, entry: evolve(so_far, entry, moment.now), decided, incident)
                entries += decided
            if not entries and not _checkpoint_due(held, moment.now):
                return held.incident
            if erased := [x for x in entries if isinstance(x, e.FieldErased)]:
                held = await self._erase(tx, held, erased, world)
            held = await self._write(tx, held, entries, moment)
            if erased:
                await self._tell_of_copies(tx, held, erased[0], moment.now)
            other = await self._pass_on(tx, held.incident, entries, world)
        self._keep(held.incident.id, held)
        if other is not None:
            self._keep(other.incident.id, other)
        self.committed.set()
        self.recorded(held.incident, entries)
        return held.incident

    async def _erase(self, tx: AsyncConnection, held: Held, erased: Sequence[e.FieldErased], world: World) -> Held:
        """The incident as its log tells it without those words, so that what is said of the erasure does not repeat them."""
        incident, row = held.incident, held.row
        assert row is not None, "what can be erased was recorded"
        origins = {"incident": row.log, "transcript": self.seal.transcript(incident.id)}
        key = f"{incident.id}/{held.head.seq + 1}"
        self.listed(await carry_out(tx, incident.id, origins, erased, world.recorded, key, world.now))
        self._held.pop(incident.id, None)
        return await self._load(tx, incident.id)

    async def _tell_of_copies(self, tx: AsyncConnection, held: Held, erased: e.FieldErased, now: datetime) -> None:
        """Both who decided it hear that there are exports of before: files that people have cannot be taken back."""
        made = await exports_of(tx, self.seal.index, held.incident.id)
        both = (erased.asked_by, erased.confirmed_by) if made else ()
        told = [m.CopiesOut(made=made, **to_person(held.incident, person)) for person in both]
        await outbox.enqueue(tx, rows_of(f"{held.incident.id}/{held.head.seq}/copies", None, None, told, now))

    async def erase_again(self, listed: Sequence[Listed]) -> int:
        """Takes away once more what a copy that was put back still had, and says so in the log; how many fields that were.

        An incident whose log is broken is set aside: nothing can be written into it.
        """
        done = 0
        for incident in dict.fromkeys(one.incident for one in listed):
            try:
                done += await self._erase_again([one for one in listed if one.incident == incident])
            except BrokenLog as broken:
                await self.set_aside(broken)
            except _HeldError as held:
                details = (("number", held.number),)
                note = m.ManagementNote(
                    to=m.To("management"), number=held.number, code="erasure_waits", details=details
                )
                await self.say(f"erasure_waits/{incident}/{held.seq}", (note,))
        return done

    async def _erase_again(self, listed: Sequence[Listed]) -> int:
        async with self.database.begin() as tx:
            incident_id = listed[0].incident
            row = await directory.get(tx, incident_id)
            if row is None:
                return 0
            self._held.pop(incident_id, None)
            loaded = await self._load(tx, incident_id)
            known = await recorded(tx, row.log, self.seal.transcript(incident_id))
            there = {(x.log, x.seq): x.open for x in known}
            erased: list[e.FieldErased] = []
            for one in {(one.log, one.seq, one.name): one for one in listed}.values():
                kind: Literal["incident", "transcript"] = "incident" if one.log == row.log else "transcript"
                raws = await log.entries(tx, one.log, first=one.seq, until_seq=one.seq)
                if raws and one.name in there.get((kind, one.seq), ()) and parse(raws[0]).h == one.h:
                    by = {"asked_by": one.asked_by, "confirmed_by": one.confirmed_by}
                    what = {"seq": one.seq, "name": one.name, "of": one.of, "which": one.which, "ground": one.ground}
                    erased.append(e.FieldErased(log=kind, again=True, **what, **by))  # type: ignore[arg-type]
            if not erased:
                return 0
            if loaded.incident.custody.hold is not None:
                raise _HeldError(loaded.incident.number, loaded.head.seq)
            erased = [replace(one, left=len(erased) - n) for n, one in enumerate(erased, 1)]
            moment = self.clock()
            origins = {"incident": row.log, "transcript": self.seal.transcript(incident_id)}
            key = f"{incident_id}/{row.head_seq + 1}"
            await carry_out(tx, incident_id, origins, erased, known, key, moment.now)
            held = await self._write(tx, await self._load(tx, incident_id), erased, moment)
        self._keep(incident_id, held)
        self.committed.set()
        self.recorded(held.incident, erased)
        return len(erased)

    async def _pass_on(
        self, tx: AsyncConnection, incident: Incident, entries: Sequence[e.Entry], world: World
    ) -> Held | None:
        """An alarm that joined another incident is taken in there, in the same transaction, so that no word of it is lost; and
        so is what its reporter makes of it later."""
        joined = next((x.into for x in entries if isinstance(x, e.AlarmJoined)), None)
        text = incident.text
        for entry in entries:
            if isinstance(entry, e.SourceEdited) and entry.about == "alarm" and incident.joined_into:
                joined, text = incident.joined_into, entry.text
        row = None if joined is None else await directory.by_number(tx, joined)
        if row is None or (text != incident.text and row.state != "open"):
            return None
        other = await self._load(tx, row.id)
        take_in = c.TakeIn(number=incident.number, person=incident.reporter, text=text)
        taken = decide(other.incident, take_in, world)
        return await self._write(tx, other, taken, Moment(world.now, world.wall))

    async def _bundled(
        self, tx: AsyncConnection, held: Held, commands: Sequence[c.Command], world: World
    ) -> tuple[Held, Sequence[c.Command]]:
        """An alarm too many of one reporter is taken in where the last one is, as an order of the bot itself."""
        match commands:
            case (c.RaiseAlarm(exercise=False) as alarm,) if held.incident.state == "none":
                authorise(held.incident, alarm, world.reference.contacts)
                number = bundled_into(world.recent, alarm.by.actor, world.now)
                row = None if number is None else await directory.by_number(tx, number)
                if row is not None:
                    take_in = c.TakeIn(number="", person=alarm.by.actor, text=alarm.text, flood=True, by=alarm.by)
                    return await self._load(tx, row.id), (take_in,)
        return held, commands

    async def say(self, key: str, messages: Sequence[m.Message], *, cause: EventId | None = None) -> None:
        """Answers a question: messages that no entry stands behind. Exactly once for a `cause`."""
        async with self.database.begin() as tx:
            if cause is not None and not await inbox.first_time(tx, cause):
                return
            rows = rows_of(key, None, None, messages, self.clock().now)
            number = next((one.number for one in messages if type(one).__name__ in QUOTING and one.number), "")
            about = await self._numbered(tx, number) if number else None
            if about is not None:  # what is erased or destroyed there is so in what was answered about it
                rows = [replace(row, incident=about) if row.kind in QUOTING else row for row in rows]
            await outbox.enqueue(tx, rows)
        self.committed.set()

    async def _numbered(self, tx: AsyncConnection, number: str) -> IncidentId | None:
        for held in reversed(self._held.values()):  # who asks waits for the answer: as a rule it is about one of these
            if held.incident.number == number:
                return held.incident.id
        row = await directory.by_number(tx, number)
        return None if row is None else row.id

    async def note(
        self, entry: e.IndexEntry, *messages: m.Message, cause: EventId | None = None, settles: Settle | None = None
    ) -> None:
        """Records what concerns the installation in the index log; `settles` writes rows of no incident with it."""
        async with self.database.begin() as tx:
            if cause is not None and not await inbox.first_time(tx, cause):
                return
            if settles is not None:
                await settles(tx)
            now = self.clock().now
            head = await self._index(tx, entry, now)
            await outbox.enqueue(tx, rows_of(f"{INDEX}/{head.seq}", None, head, messages, now))
        self.committed.set()

    async def keep(
        self,
        key: str,
        settles: Settle,
        messages: Sequence[m.Message] = (),
        *,
        entries: Sequence[e.IndexEntry] = (),
        cause: EventId | None = None,
    ) -> None:
        """Rows of no incident, what the index log says of them and what people hear of it, in one transaction.

        Exactly once for a `cause`.
        """
        async with self.database.begin() as tx:
            if cause is not None and not await inbox.first_time(tx, cause):
                return
            await settles(tx)
            now = self.clock().now
            for entry in entries:
                await self._index(tx, entry, now)
            await outbox.enqueue(tx, rows_of(key, None, None, messages, now))
        self.committed.set()

    async def checkpoint_index(self) -> None:
        """Puts the index log's checkpoint into the management room."""
        async with self.database.begin() as tx:
            raws = await log.entries(tx, self.seal.index)
            frontier, now, public = frontier_of(raws), self.clock().now, public_key_text(self.seal.key.public_key())
            note = self.seal.note(self.seal.index, frontier, now).decode()
            message = m.Checkpoint(to=m.To("management"), note=note)
            rows = rows_of(f"{INDEX}/{frontier.size}/checkpoint", None, None, (message,), now)
            if self.stamped:
                asked = m.StampAsked(to=m.To("authority"), note=note)
                rows += rows_of(f"{INDEX}/{frontier.size}/stamp", None, None, (asked,), now)
            # once for each key: a row of that name is left as it is
            rows += rows_of(f"{INDEX}/{public}", None, None, (m.LogKey(to=m.To("management"), public_key=public),), now)
            await outbox.enqueue(tx, rows)
        self.committed.set()

    async def incident(self, incident_id: IncidentId) -> Incident:
        """The incident as its log tells it now."""
        if (held := self._held.get(incident_id)) is not None:
            return held.incident
        async with self.database.read() as tx:
            held = await self._load(tx, incident_id)
        # on PostgreSQL a transaction may have gone further while this one read
        newer = self._held.get(incident_id)
        if newer is None or newer.head.seq < held.head.seq:
            self._keep(incident_id, held)
            newer = held
        return newer.incident

    def forget(self, incident_id: IncidentId) -> None:
        """Drops what is in memory of an incident whose log is no more."""
        self._held.pop(incident_id, None)
        self._transcripts.pop(incident_id, None)

    async def set_aside(self, broken: BrokenLog) -> None:
        """Tells management, once, that nothing can be done with an incident until an operator has looked."""
        await self.say(f"broken/{broken.incident}/{broken.seq}", (_broken("log_broken", broken),))

    async def _world(self, tx: AsyncConnection, commands: Sequence[c.Command], moment: Moment) -> World:
        reference = self.reference()
        changes = await overrides.changes(tx, moment.wall - SIGHT, moment.wall + SIGHT)
        world = World(moment.now, moment.wall, reference, changes)
        if any(type(command) in CALLING for command in commands):
            world = replace(world, reachable=await self.reachable(tx), channels=self.channels)
        if not any(isinstance(command, c.RaiseAlarm) for command in commands):
            return world
        since = moment.now - max(reference.contacts.policy.duplicate_window, FLOOD.within)
        rows = [row for row in reversed(await directory.raised_since(tx, since)) if row.state == "open"]
        recent = tuple([await self._recent(tx, row) for row in rows if not row.exercise])
        year = moment.wall.astimezone(ZoneInfo(reference.contacts.region.zone)).year
        serial = await directory.next_serial(tx, year)
        return replace(world, recent=recent, next_number=f"{year}-{serial:03d}")

    async def _recent(self, tx: AsyncConnection, row: directory.DirectoryRow) -> Recent:
        try:
            reporter = (await self._load(tx, row.id)).incident.reporter
        except BrokenLog:
            reporter = PersonId("")  # one broken log keeps no new alarm out
        return Recent(row.number, row.municipality, row.phenomenon, row.opened_at, reporter)

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
        return fold(replace(row, verified_at=self.clock().wall), raws, openings, texts.__getitem__)

    async def _write(self, tx: AsyncConnection, held: Held, entries: Sequence[e.Entry], moment: Moment) -> Held:
        """Everything of one kind in one statement: an alarm is some twenty entries, and pages wait until they are written."""
        incident, head, frontier = held.incident, held.head, held.frontier
        origin, known = self.seal.origin(incident.id), colleagues(self.reference().contacts)
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
            said = announce(incident, entry, moment.now, known)
            rows += rows_of(f"{incident.id}/{head.seq}", incident.id, head, said, moment.now)
            await self._register(tx, entry, incident, frontier, moment.now)
        if written:
            await log.extend(tx, written, blobs)
        await outbox.enqueue(tx, rows)
        for entry in entries:
            if isinstance(
                entry, e.Acknowledged | e.EtaGiven | e.SignOfLife | e.AnswerLapsed | e.Declined | e.PageWithdrawn
            ):
                # what still waits to be sent about a page is not sent any more once it is answered or withdrawn
                await outbox.withdraw_pages(tx, incident.id, entry.page, moment.now)
            if isinstance(entry, e.SurveyClosed):
                await survey.forget(tx, incident.id)
        held = Held(incident, head, frontier, held.row)
        return await self._directory(tx, held, entries, moment)

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
                said = await self._transcript(tx, incident) if keeps(incident) else None
                if said is not None and said.frontier.size:
                    size, root = said.frontier.size, said.frontier.root().hex()
                    await self._index(tx, e.TranscriptSealed(incident=incident.id, size=size, root=root), now)
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
        row = held.row or first_row(incident, self.seal.origin(incident.id), moment.now)
        due = row.checkpoint_due or moment.now + CHECKPOINT_WAIT
        decisive = any(type(x) in DECISIVE for x in entries)
        covered = row.checkpoint_size
        if decisive or size - covered >= CHECKPOINT_ENTRIES or due <= moment.now:
            closed = any(isinstance(x, e.IncidentClosed) for x in entries)
            await self._checkpoint(tx, held, moment.now, stamp=closed and self.stamped)
            covered = size
        row = row_of(row, incident, held.head, covered, None if covered == size else due)
        await directory.write(tx, row)
        return replace(held, row=row)

    async def _checkpoint(self, tx: AsyncConnection, held: Held, now: datetime, *, stamp: bool) -> None:
        origin, frontier = self.seal.origin(held.incident.id), held.frontier
        note = self.seal.note(origin, frontier, now).decode()
        to, number = m.To("room", "main"), held.incident.number
        messages: list[m.Message] = [m.Checkpoint(to=to, number=number, note=note)]
        if stamp:
            messages.append(m.StampAsked(to=m.To("authority"), number=number, note=note))
        key = f"{held.incident.id}/{frontier.size}/checkpoint"
        rows = rows_of(key, held.incident.id, held.head, messages, now)
        public = public_key_text(self.seal.key.public_key())
        # once for each key: a row of that name is left as it is
        told = m.LogKey(to=to, number=number, public_key=public)
        rows += rows_of(f"{held.incident.id}/{public}", held.incident.id, held.head, (told,), now)
        await outbox.enqueue(tx, rows)
        if keeps(held.incident):
            said = await self._transcript(tx, held.incident)
            if said is not None and said.uncovered:
                covered = await self._cover_transcript(tx, held.incident, said, now)
                self._keep_transcript(held.incident.id, covered)

    def _keep(self, incident_id: IncidentId, held: Held) -> None:
        if held.incident.state == "none":
            return
        self._held[incident_id] = held
        self._held.move_to_end(incident_id)
        if len(self._held) > HELD_INCIDENTS:
            self._held.popitem(last=False)


class _HeldError(Exception):
    """What is on the list of erasures waits while everything of the incident must be kept: its transaction never committed, and the
    hold came after it."""

    def __init__(self, number: str, seq: int) -> None:
        super().__init__(number)
        self.number = number
        self.seq = seq


def _broken(code: str, broken: BrokenLog) -> m.ManagementNote:
    details = (("number", broken.number), ("seq", str(broken.seq)))
    return m.ManagementNote(to=m.To("management"), number=broken.number, code=code, details=details)


def _survey_over(incident: Incident, commands: Sequence[c.Command], now: datetime) -> IncidentId | None:
    """The incident whose survey ends by what is asked now."""
    sent = incident.after.survey
    ticked = any(isinstance(command, c.Tick) for command in commands)
    return incident.id if ticked and sent is not None and sent.results is None and sent.until <= now else None


def _checkpoint_due(held: Held, now: datetime) -> bool:
    return held.row is not None and held.row.checkpoint_due is not None and held.row.checkpoint_due <= now
