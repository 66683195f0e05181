"""The running bot: its loops, what they tell each other, and what happens when the database or one event fails them.

Longer than most modules: the loops share one state, and each is a few lines.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

import structlog
from sqlalchemy.exc import DBAPIError

from bot.clock import EvenClock
from bot.config import Settings
from bot.deliver import Deliverer
from bot.desk import Desk
from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.contacts import Reference
from bot.domain.delivery import Delivered, GaveUp, Outcome
from bot.domain.escalation import faster
from bot.domain.ids import EventId, IncidentId
from bot.domain.incident import Incident
from bot.domain.people import Language, Person
from bot.dossier.bundle import Exported, export
from bot.matrix.client import MatrixClient
from bot.matrix.crosssigning import CrossSigned, ensure_cross_signed
from bot.matrix.emergency import WITHIN, Emergency
from bot.matrix.hear import Hearing
from bot.matrix.listen import Ears
from bot.matrix.send import Gateway
from bot.reference.check import check
from bot.reference.load import load_reference
from bot.reference.problems import Broken, Problem
from bot.store import directory, heartbeat, inbox, outbox, rooms
from bot.store.database import Database, Fenced
from bot.store.inbox import InboxRow
from bot.store.outbox import OutboxRow
from bot.systemd import Supervisor
from bot.wake import Wake
from bot.web.metrics import Metrics
from bot.web.vital import Vital
from bot.words.replies import Lines

VERSION: Final = "0.1.0"
# An alarm's incident takes its id from the event that raised it: heard twice, it is one incident.
NAMESPACE: Final = UUID("6c2f2b0e-6f0e-5f0a-9c0e-1f5b6f1a7d10")
DATABASE_AWAY: Final = 60.0  # seconds without a database after which the process ends and starts afresh
OUTAGE_OVER: Final = 10.0  # seconds without a failure after which the database counts as back
MEASURE_EVERY: Final = 5.0
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Clock (aware UTC; seconds), chance (in [0, 1); 32 bytes), waiting (seconds) and the supervisor."""

    wall: Callable[[], datetime]
    monotonic: Callable[[], float]
    chance: Callable[[], float]
    salts: Callable[[], bytes]
    pause: Callable[[float], Awaitable[None]]
    supervisor: Supervisor


def incident_of(event: EventId) -> IncidentId:
    return IncidentId(str(uuid5(NAMESPACE, event)))


@dataclass(slots=True)
class Bot:
    """The built bot. `reference` is what is in force; `problems` is what is wrong with the files when that is not them."""

    settings: Settings
    around: Surroundings
    clock: EvenClock
    database: Database
    desk: Desk
    client: MatrixClient
    gateway: Gateway
    ears: Ears
    hearing: Hearing
    deliverer: Deliverer
    wake: Wake
    emergency: Emergency
    metrics: Metrics
    reference: Reference
    problems: tuple[Problem, ...] = ()
    signed: bool = False
    inbox_news: asyncio.Event = field(default_factory=asyncio.Event)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    ticked: float | None = None
    synced: float | None = None
    outages: dict[str, tuple[float, float]] = field(default_factory=dict)  # by loop: first and last failure in a row
    web_port: int = 0
    waiting: dict[str, int] = field(default_factory=dict)
    unreadable: set[EventId] = field(default_factory=set)
    oldest_waiting: float = 0.0
    open_incidents: int = 0

    # --- the loops ------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Runs until `stopping` is set or a loop ends by an error, which then ends the process."""
        loops = (
            self._patiently(self.ears.run, "listen"),
            self._patiently(self._inbox, "inbox"),
            self._patiently(self.deliverer.run, "deliver"),
            self._patiently(self.wake.run, "wake"),
            self._patiently(self._verify_rest, "verify"),
            self._patiently(self._measure, "measure"),
            self._until_stopped(),
        )
        tasks = [asyncio.create_task(loop) for loop in loops]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            while not self.stopping.is_set() and all(t.exception() is None for t in done):
                # only the verification of old incidents ends by itself
                tasks = [t for t in tasks if t not in done]
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception):
                raise error

    async def _until_stopped(self) -> None:
        await self.stopping.wait()

    async def _patiently(self, loop: Callable[[], Awaitable[None]], name: str) -> None:
        """A database that is away for a moment ends no loop; what it would lose goes out as an emergency page."""
        while True:
            try:
                await loop()
                return
            except DBAPIError as lost:
                log.error("database", loop=name, reason=type(lost.orig).__name__)
                now = self.around.monotonic()
                begun, last = self.outages.get(name, (now, now))
                begun = begun if now - last < OUTAGE_OVER else now
                self.outages[name] = begun, now
                if begun == now:
                    self._release_ballast()
                else:
                    await self.emergency.page(tuple(self.ears.unheard.values()))
                if now - begun > DATABASE_AWAY:
                    raise
                await self.around.pause(min(1.0, WITHIN / 4))

    async def _measure(self) -> None:
        while True:
            await self.measure()
            await self.around.pause(MEASURE_EVERY)

    async def _inbox(self) -> None:
        while True:
            self.inbox_news.clear()
            kept_waiting = await self.hear_all()
            pause = asyncio.ensure_future(self.inbox_news.wait())
            await asyncio.wait((pause,), timeout=0.5 if kept_waiting else 30.0)
            pause.cancel()

    async def hear_all(self) -> bool:
        """Handles what waits in the inbox; whether something stays because its key has not come yet."""
        waits: set[EventId] = set()
        while True:
            async with self.database.read() as tx:
                rows = [row for row in await inbox.waiting(tx, 500) if row.event_id not in waits]
            if not rows:
                return bool(waits)
            for row in rows:
                if not await self._hear_one(row):
                    waits.add(row.event_id)

    async def _hear_one(self, row: InboxRow) -> bool:
        try:
            done = await self.hearing.hear(row)
        except (DBAPIError, Fenced):
            raise
        except Exception as bug:  # noqa: BLE001 - the top of the loop: one bad event may not stop the line (house rule 7)
            log.error("event_failed", kind=type(bug).__name__)
            await self._failed(row, bug)
            self.ears.unheard.pop(row.event_id, None)
            return True
        if not done and row.event_id not in self.unreadable:
            self.unreadable.add(row.event_id)
            self.metrics.undecryptable_events.inc()
        if row.event_id in self.emergency.paged:
            await self._report_emergency(row)
        if done:
            self.ears.unheard.pop(row.event_id, None)
        return done

    async def _failed(self, row: InboxRow, bug: Exception) -> None:
        note = m.ManagementNote(
            to=m.To("management"), code="event_failed", details=(("account", row.sender), ("kind", type(bug).__name__))
        )
        async with self.database.begin() as tx:
            await inbox.mark(tx, row.event_id, "failed", type(bug).__name__)
        await self.desk.say(f"failed/{row.event_id}", (note,))

    async def _report_emergency(self, row: InboxRow) -> None:
        persons = self.emergency.paged.pop(row.event_id)
        incident = incident_of(row.event_id)
        known = await self.desk.incident(incident)
        if known.state != "none":
            report = c.ReportEmergency(persons=persons, reason="database", at=self.clock().now)
            await self.desk.handle(incident, report)

    async def _verify_rest(self) -> None:
        """Old incidents are verified in the background, most urgent first; nothing escalates before its own is."""
        async with self.database.read() as tx:
            rows = await directory.open_rows(tx)
        for row in rows:
            await self.desk.incident(row.id)
            await asyncio.sleep(0)

    # --- what the loops tell -----------------------------------------------------------------------------------------

    def on_tick(self) -> None:
        self.ticked = self.around.monotonic()
        self.around.supervisor.alive()

    def on_sync(self) -> None:
        self.synced = self.around.monotonic()
        self.metrics.malformed_to_device.inc(self.ears.malformed)
        self.ears.malformed = 0

    def on_recorded(self, incident: Incident, entries: Sequence[e.Entry]) -> None:
        for entry in entries:
            if isinstance(entry, e.Acknowledged):
                page = incident.pages[entry.page]
                if page.answered_at is not None:
                    self.metrics.page_ack_seconds.observe((page.answered_at - page.since).total_seconds())

    def on_delivered(self, row: OutboxRow, outcome: Outcome) -> None:
        if row.kind == "PageText":
            result = {Delivered: "delivered", GaveUp: "undeliverable"}.get(type(outcome), "again")
            self.metrics.page_sent.labels("matrix", result).inc()
        if row.kind == "MakeRoom" and not isinstance(outcome, Delivered):
            self.metrics.room_not_made.inc()

    def vital(self) -> Vital:
        now = self.around.monotonic()
        return Vital(
            tick_age=None if self.ticked is None else now - self.ticked,
            tick_lag=0.0,
            sync_age=None if self.synced is None else now - self.synced,
            database=all(now - last > OUTAGE_OVER for _, last in self.outages.values()),
            cross_signed=self.signed,
            oldest_waiting=self.oldest_waiting,
            outbox=dict(self.waiting),
            incidents_open=self.open_incidents,
        )

    async def measure(self) -> None:
        """The numbers that need the database, taken now and then, so that a probe answers from memory."""
        now = self.clock().now
        async with self.database.read() as tx:
            waiting = await outbox.ready(tx, now, 1_000)
            open_rows = await directory.open_rows(tx)
        self.waiting = {lane.name.lower(): sum(r.lane == lane for r in waiting) for lane in m.Lane}
        self.oldest_waiting = max(((now - r.created_at).total_seconds() for r in waiting), default=0.0)
        self.open_incidents = len(open_rows)
        if (jumped := self.clock.take_jump()) is not None:
            seconds = round(jumped.total_seconds())
            note = m.ManagementNote(to=m.To("management"), code="clock_jumped", details=(("seconds", str(seconds)),))
            await self.desk.note(e.ClockJumped(seconds=seconds), note)

    # --- questions that the chat asks -----------------------------------------------------------------------------------

    async def export(self, incident: Incident, person: Person, lang: Language) -> m.DossierReady:
        folder = self.settings.state_dir / "dossiers"
        folder.mkdir(mode=0o700, exist_ok=True)
        made = await export(self.database, self.desk.seal.key, incident.id, folder, self.hearing.acting.catalogue)
        if not isinstance(made, Exported):
            raise c.Refused("export_broken", {"number": incident.number})
        entry = e.DossierExported(incident=incident.id, head=made.head, digest=made.digest)
        await self.desk.note(replace(entry, origin=replace(entry.origin, actor=person.id)))
        to = m.To("person", person.id)
        return m.DossierReady(
            to=to,
            lang=lang,
            number=incident.number,
            exercise=incident.exercise,
            path=made.path.name,
            entries=made.entries,
        )

    async def reload(self, lang: Language) -> Lines:
        """Validates, shows the difference, and keeps the old on any error."""
        found = load_reference(self.settings.contacts_dir, self.settings.playbooks_dir)
        words = self.hearing.acting.catalogue
        if isinstance(found, Broken):
            lines = tuple(problem.text(lang) for problem in found.problems)
            return (words.text(lang, "reload.refused", count=str(len(lines))), *lines)
        found = hurried(found, self.settings.speed)
        changed = _difference(self.reference, found)
        warnings = check(self.settings.contacts_dir, self.settings.playbooks_dir, self.clock().wall)
        self.reference, self.problems = found, ()
        await self.remember_rooms()
        await self.desk.note(e.ReferenceLoaded(digest=found.digest))
        counts = {name: str(number) for name, number in changed.items()}
        return (words.text(lang, "reload.done", **counts), *(p.text(lang) for p in warnings))

    async def remember_rooms(self) -> None:
        """The direct rooms in memory, for the emergency page."""
        async with self.database.read() as tx:
            direct = await rooms.of_kind(tx, "direct")
        self.emergency.rooms = {row.person: row.room_id for row in direct if row.person is not None}

    # --- start and end ----------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Ready before perfect: hear what was said while we were away, then send, then tick."""
        await self.ears.catch_up()
        found = await ensure_cross_signed(self.client, self.settings.pickle_key.get_secret_value())
        self.signed = isinstance(found, CrossSigned)
        async with self.database.read() as tx:
            beat = await heartbeat.last(tx)
        away = 0
        if beat is not None and beat.beat_at is not None:
            away = max(0, round((self.clock().wall - beat.beat_at).total_seconds()))
        notes = [
            m.ManagementNote(to=m.To("management"), code="started", details=(("away", str(away)), ("version", VERSION)))
        ]
        if not self.signed:
            notes.append(m.ManagementNote(to=m.To("management"), code="not_cross_signed"))
        for problem in self.problems:
            details = (("problem", problem.text(self.settings.language)),)
            notes.append(m.ManagementNote(to=m.To("management"), code="reference_broken", details=details))
        epoch = self.database.epoch or 0
        await self.desk.note(e.BotStarted(version=VERSION, epoch=epoch, away_seconds=away), *notes)
        await self.remember_rooms()
        await self.hear_all()
        self.around.supervisor.ready()

    def _release_ballast(self) -> None:
        with contextlib.suppress(OSError):
            (self.settings.state_dir / "ballast").unlink(missing_ok=True)


def _difference(old: Reference, new: Reference) -> dict[str, int]:
    people_old, people_new = old.contacts.people, new.contacts.people
    return {
        "added": len(people_new.keys() - people_old.keys()),
        "removed": len(people_old.keys() - people_new.keys()),
        "changed": sum(1 for p in people_new.keys() & people_old.keys() if people_new[p] != people_old[p]),
        "playbooks": sum(1 for p in new.playbooks if old.playbooks.get(p) != new.playbooks[p]),
    }


def hurried(reference: Reference, speed: float) -> Reference:
    """With a speed above 1 every wait is that much shorter: for the demo, and for exercises in compressed time."""
    contacts = replace(reference.contacts, policy=faster(reference.contacts.policy, speed))
    return replace(reference, contacts=contacts)
