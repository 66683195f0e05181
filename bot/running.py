"""The running bot: its loops, what they tell each other, and what happens when the database or one event fails them.

Longer than most modules: the loops share one state, and each is a few lines.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID, uuid5

import structlog
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.applications import Starlette

from bot.auditor import Auditor
from bot.clock import EvenClock
from bot.clock import away as since_last_beat
from bot.config import Settings
from bot.deliver import Deliverer
from bot.desk import Desk
from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.contacts import Reference
from bot.domain.delivery import Delivered, GaveUp, Outcome, Retry
from bot.domain.escalation import faster
from bot.domain.ids import Account, EventId, IncidentId, PersonId
from bot.domain.incident import Incident
from bot.domain.ladder import sooner
from bot.domain.origin import Origin
from bot.domain.people import Language
from bot.domain.timers import next_due
from bot.duty import Duties
from bot.folding import BrokenLog
from bot.leaving import let_go
from bot.made_files import clear, clear_of, place_of, places_of, sweep
from bot.matrix.client import MatrixClient
from bot.matrix.crosssigning import CrossSigned, ensure_cross_signed
from bot.matrix.dead_man import DeadMan
from bot.matrix.emergency import WITHIN, Emergency
from bot.matrix.hear import Hearing
from bot.matrix.listen import Ears
from bot.matrix.roster_told import news_of_contacts
from bot.matrix.send import Gateway
from bot.pagers.inbound import TYPE as SMS
from bot.picturing import pictured
from bot.readings import take_in
from bot.reference.check import check
from bot.reference.load import load_reference
from bot.reference.problems import Broken, Problem
from bot.retention import Places, destroy, outlook
from bot.store import directory, heartbeat, inbox, outbox, overrides, rooms, told_roster
from bot.store.database import AWAY, Database, Fenced
from bot.store.inbox import InboxRow
from bot.store.outbox import OutboxRow
from bot.switchboard import Switchboard
from bot.systemd import Supervisor
from bot.wake import Wake
from bot.web.metrics import Metrics
from bot.web.site import site
from bot.web.vital import ChannelVital, Vital
from bot.words.replies import Lines, pages

VERSION: Final = "0.2.0"
# An alarm's incident takes its id from the event that raised it: heard twice, it is one incident.
NAMESPACE: Final = UUID("6c2f2b0e-6f0e-5f0a-9c0e-1f5b6f1a7d10")
RETRY_AFTER: Final = 1.0  # seconds between two tries of a database that is away
WATCH_EVERY: Final = 1.0
DELIVER_FIRST: Final = 5.0  # seconds that what waited at the start has before the first tick
AWAY_TOLD: Final = 60  # seconds; a shorter absence delayed nothing that people wait for
SIGN_AGAIN: Final = 60.0  # seconds
AT_A_TIME: Final = 500
OUTAGE_OVER: Final = 10.0  # seconds without a failure after which the database counts as back
MEASURE_EVERY: Final = 5.0
REMEMBERED: Final = timedelta(days=1)  # how far ahead replacements on the roster are kept in memory
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
    boot: str = ""  # names the start of this machine since which `monotonic` counts; empty when unknown


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
    dead_man: DeadMan
    auditor: Auditor
    metrics: Metrics
    board: Switchboard
    duties: Duties
    reference: Reference
    problems: tuple[Problem, ...] = ()
    leading: asyncio.Task[None] | None = None  # keeps the lease; ends with Fenced when another node took it
    signed: bool = False
    inbox_news: asyncio.Event = field(default_factory=asyncio.Event)
    reload_asked: asyncio.Event = field(default_factory=asyncio.Event)
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
            self._patiently(self._tick, "wake"),
            self._patiently(self._watch, "watch"),
            self._patiently(self._sign, "sign"),
            self._patiently(self._reloads, "reload"),
            self._patiently(self._verify_rest, "verify"),
            self._patiently(self._measure, "measure"),
            self._patiently(self._lead, "lead"),
            self._patiently(self.dead_man.run, "dead_man"),
            self._patiently(self.auditor.run, "audit"),
            *(self._patiently(loop, name) for name, loop in self.board.loops().items()),
            self._until_stopped(),
        )
        tasks = [asyncio.create_task(loop) for loop in loops]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            while not self.stopping.is_set() and all(t.exception() is None for t in done):
                # the verification of old incidents and the signing end by themselves
                tasks = [t for t in tasks if t not in done]
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception):
                raise error

    async def _lead(self) -> None:
        if self.leading is not None:
            await asyncio.shield(self.leading)

    async def _until_stopped(self) -> None:
        await self.stopping.wait()

    async def _patiently(self, loop: Callable[[], Awaitable[None]], name: str) -> None:
        """Neither a database that is away nor one broken log ends a loop.

        The process stays for as long as the database is away: it goes on listening, the token does not move, and alarms go
        out as emergency pages. That nothing is written any more is heard from /readyz and from the silence outside.
        """
        while True:
            try:
                if await self._ends(loop):
                    return
            except AWAY as lost:
                log.error(
                    "database", loop=name, reason=type(lost.orig if isinstance(lost, DBAPIError) else lost).__name__
                )
                await self._without_database(name)
            await self.around.pause(RETRY_AFTER)

    async def _ends(self, loop: Callable[[], Awaitable[None]]) -> bool:
        try:
            await loop()
        except BrokenLog as broken:
            log.error("log_broken", incident=broken.incident, seq=broken.seq)
            await self.desk.set_aside(broken)
            return False
        return True

    async def _without_database(self, name: str) -> None:
        now = self.around.monotonic()
        begun, last = self.outages.get(name, (now, now))
        begun = begun if now - last < OUTAGE_OVER else now
        self.outages[name] = begun, now
        if begun == now:
            self._release_ballast()
        else:
            await self.emergency.page(self.ears.unheard)

    async def _watch(self) -> None:
        """A database that hangs raises nothing: when it answers nobody, people are paged all the same."""
        while True:
            probe = asyncio.ensure_future(self._probe())
            try:
                while not (await asyncio.wait((probe,), timeout=WITHIN))[0]:
                    now = self.around.monotonic()
                    self.outages["watch"] = now, now
                    log.error("database", loop="watch", reason="hangs")
                    await self.emergency.page(self.ears.unheard)
                probe.result()
            finally:
                probe.cancel()
            await self.around.pause(WATCH_EVERY)

    async def _probe(self) -> None:
        async with self.database.read() as tx:
            await inbox.token(tx)

    async def _tick(self) -> None:
        """What waited at the start goes first: a page that was never sent may not lapse at once."""
        rested = asyncio.ensure_future(self.deliverer.rested.wait())
        await asyncio.wait((rested,), timeout=DELIVER_FIRST)
        rested.cancel()
        self.deliverer.rested.set()  # the alarm clock waits for it only once
        await self.wake.run()

    async def _sign(self) -> None:
        """Phones do not trust an unsigned device; what a homeserver refused at the start it may take later."""
        while not self.signed:
            await self.around.pause(SIGN_AGAIN)
            await self.sign()

    async def sign(self) -> None:
        found = await ensure_cross_signed(self.client, self.settings.pickle_key.get_secret_value())
        self.signed = isinstance(found, CrossSigned)

    async def _reloads(self) -> None:
        """Who asks by a signal reads in the management room what came of it."""
        while True:
            await self.reload_asked.wait()
            lang = self.settings.language
            first, *rest = pages(self.hearing.acting.catalogue, lang, await self.reload(lang))
            told = m.Answer(to=m.To("management"), lang=lang, lines=first, rest=tuple(rest))
            await self.desk.say(f"reload/{self.clock().now.isoformat()}", (told,))
            self.reload_asked.clear()

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
        """Handles what waits in the inbox; whether something stays: its key, or what it answers, is not there yet."""
        early = await self._hear(undecryptable=False)
        return await self._hear(undecryptable=True) or early

    async def _hear(self, *, undecryptable: bool) -> bool:
        kept: set[int] = set()
        while True:
            async with self.database.read() as tx:
                rows = await inbox.turns(tx, AT_A_TIME, undecryptable, kept)
            if not rows:
                return bool(kept)
            for row in rows:
                if undecryptable and self.inbox_news.is_set():
                    return True  # what can be read goes before what could not
                if not await self._hear_one(row):
                    kept.add(row.position)

    async def _hear_one(self, row: InboxRow) -> bool:
        try:
            done = await (self.board.texting.hear(row) if row.type == SMS else self.hearing.hear(row))
        except (DataError, IntegrityError) as bug:
            return await self._failed(row, bug)  # the database works; it is the event that does not fit
        except (Fenced, *AWAY):
            raise
        except Exception as bug:  # noqa: BLE001 - the top of the loop: one bad event may not stop the line
            return await self._failed(row, bug)
        if not done and row.undecryptable and row.event_id not in self.unreadable:
            self.unreadable.add(row.event_id)
            self.metrics.undecryptable_events.inc()
        if done:
            self.ears.unheard.pop(row.event_id, None)
            await self._report_emergencies()
        return done

    async def _failed(self, row: InboxRow, bug: Exception) -> Literal[True]:
        """Operators hear of it, and so does who said it: an alarm or a yes that was lost in silence is the worst."""
        log.error("event_failed", kind=type(bug).__name__)
        details = (("account", row.sender), ("kind", type(bug).__name__))
        told: list[m.Message] = [m.ManagementNote(to=m.To("management"), code="event_failed", details=details)]
        person = self.reference.contacts.person_of(Account(row.sender))
        if person is not None:
            told.append(m.Refusal(to=m.To("person", person.id), lang=person.language, code="event_failed"))
        await self.desk.say(f"failed/{row.event_id}", told)
        async with self.database.begin() as tx:
            await inbox.mark(tx, row.event_id, "failed", type(bug).__name__)
        self.ears.unheard.pop(row.event_id, None)
        return True

    async def _report_emergencies(self) -> None:
        """What was paged without the log is written into it, once the alarm itself is; also what an earlier process paged."""
        for event in [event for event in self.emergency.paged if event not in self.ears.unheard]:
            if self.emergency.is_ringing(event):
                continue  # whom it reached is still to be seen
            incident, persons = incident_of(EventId(event)), self.emergency.reached(event)
            if persons and (await self.desk.incident(incident)).state != "none":
                report = c.ReportEmergency(persons=persons, reason="database", at=self.clock().now)
                await self.desk.handle(incident, report, cause=EventId(f"emergency/{event}"))
            else:
                async with self.database.read() as tx:
                    if await inbox.state(tx, EventId(event)) in (None, "waiting"):
                        continue  # its turn in the inbox is still to come
            await self.emergency.recorded(event)

    async def _verify_rest(self) -> None:
        """Old incidents are verified in the background, most urgent first; nothing escalates before its own is."""
        async with self.database.read() as tx:
            rows = await directory.open_rows(tx)
        for row in rows:
            try:
                await self.desk.incident(row.id)
            except BrokenLog as broken:
                await self.desk.set_aside(broken)
            await asyncio.sleep(0)  # a page or an alarm goes between two old logs

    # --- what the loops tell -----------------------------------------------------------------------------------------

    def site(self) -> Starlette:
        """What the web server shows: health, numbers, and what answers over other channels."""
        return site(self.vital, self.metrics, *self.board.parts())

    def on_tick(self) -> None:
        self.ticked = self.around.monotonic()
        self.around.supervisor.alive()

    def on_sync(self) -> None:
        self.synced = self.around.monotonic()
        self.metrics.malformed_to_device.inc(self.ears.malformed)
        self.ears.malformed = 0

    def on_recorded(self, incident: Incident, entries: Sequence[e.Entry]) -> None:
        self.wake.expect(next_due(incident))
        for entry in entries:
            if isinstance(entry, e.FieldErased):
                clear_of(self.settings.dossiers, incident.number)
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
        if row.kind in ("DossierReady", "Answer") and not isinstance(outcome, Retry):
            for place in places_of(row):
                clear(self.settings.dossiers, place)

    def vital(self) -> Vital:
        now = self.around.monotonic()
        return Vital(
            tick_age=None if self.ticked is None else now - self.ticked,
            tick_lag=self.wake.lag,
            sync_age=None if self.synced is None else now - self.synced,
            database=all(now - last > OUTAGE_OVER for _, last in self.outages.values()),
            cross_signed=self.signed,
            oldest_waiting=self.oldest_waiting,
            outbox=dict(self.waiting),
            incidents_open=self.open_incidents,
            channels={s.channel: ChannelVital(not s.down, self._age(s.last_success)) for s in self.board.states()},
            overdue=dict(self.auditor.found),
        )

    def _age(self, at: datetime | None) -> float | None:
        return None if at is None else (self.clock().now - at).total_seconds()

    async def measure(self) -> None:
        """The numbers that need the database, taken now and then, so that a probe answers from memory."""
        now = self.clock().now
        async with self.database.read() as tx:
            waiting = await outbox.ready(tx, now, 1_000)
            open_rows = await directory.open_rows(tx)
        self.waiting = {lane.name.lower(): sum(r.lane == lane for r in waiting) for lane in m.Lane}
        self.oldest_waiting = max(((now - r.created_at).total_seconds() for r in waiting), default=0.0)
        self.open_incidents = len(open_rows)
        await self.remember()
        await self._report_emergencies()
        await take_in(self.desk, self.settings.readings)
        if (jumped := self.clock.take_jump()) is not None:
            seconds = round(jumped.total_seconds())
            note = m.ManagementNote(to=m.To("management"), code="clock_jumped", details=(("seconds", str(seconds)),))
            await self.desk.note(e.ClockJumped(seconds=seconds), note)

    # --- questions that the chat asks -----------------------------------------------------------------------------------

    async def picture(self, said: str, lang: Language, asked: EventId) -> tuple[tuple[str, ...], tuple[str, ...]]:
        words, made_in, now = self.hearing.acting.catalogue, self.settings.dossiers, self.clock().now
        return await pictured(self.database, self.reference, words, lang, said, now, made_in, place_of(asked))

    async def sweep(self) -> None:
        """Files that the bot made and that nobody waits for do not stay."""
        await sweep(self.database, self.settings.dossiers)

    async def empty_rooms(self) -> None:
        """Asks for the rooms whose term is over to be emptied; what else is past its term waits for a human."""
        found = await outlook(self.desk, self.reference.contacts.retention)
        places = Places(self.settings.files, self.settings.dossiers, self.settings.certificates)
        await destroy(self.desk, [one for one in found if one.kind == "room"], places, Origin())

    async def reload(self, lang: Language) -> Lines:
        """Validates, shows the difference, and keeps the old on any error."""
        found = load_reference(self.settings.contacts_dir, self.settings.playbooks_dir)
        words = self.hearing.acting.catalogue
        if isinstance(found, Broken):
            await self.desk.note(e.ReferenceRefused(problems=len(found.problems)))
            lines = tuple(problem.text(lang) for problem in found.problems)
            return (words.text(lang, "reload.refused", count=str(len(lines))), *lines)
        found = hurried(found, self.settings.speed)
        changed = _difference(self.reference, found)
        warnings = check(self.settings.contacts_dir, self.settings.playbooks_dir, self.clock().wall)
        self.reference, self.problems = found, ()
        await self._in_force()
        counts = {name: str(number) for name, number in changed.items()}
        return (words.text(lang, "reload.done", **counts), *(p.text(lang) for p in warnings))

    async def _in_force(self) -> None:
        """Records the contacts that count, and tells everybody whose shifts are others than they were told last: before a start,
        too, and before the time in safe mode, which has a roster of its own."""
        after = self.reference.contacts
        async with self.database.read() as tx:
            before = await told_roster.read(tx)
        told = (
            () if before is None
            else await news_of_contacts(self.desk, self.hearing.acting.catalogue, before, after)
        )  # fmt: skip

        async def settles(tx: AsyncConnection) -> None:
            await told_roster.write(tx, after.rotations, self.clock().now)

        await self.desk.note(e.ReferenceLoaded(digest=self.reference.digest), *told, settles=settles)

        await let_go(self.desk, after.people)

    def has_left(self, person: PersonId) -> bool:
        """Whether somebody is in the contacts no more; of contacts that cannot be read nobody has left."""
        return not self.problems and person not in self.reference.contacts.people

    async def forget(self) -> None:
        """Once a day: what nobody proved, links that nobody can use any more, and addresses of people who left."""
        await self.duties.forget()
        if not self.problems:
            await let_go(self.desk, self.reference.contacts.people)

    async def remember(self) -> None:
        """What an emergency page needs when the database cannot be read any more."""
        wall = self.clock().wall
        async with self.database.read() as tx:
            direct = await rooms.of_kind(tx, "direct")
            alarm = await rooms.of_kind(tx, "alarm")
            changes = await overrides.changes(tx, wall, wall + REMEMBERED)
            await self.board.loud.remember(tx)
        direct = [row for row in direct if row.must_encrypt]
        self.emergency.rooms = {
            row.person: row.room_id for row in direct if row.person is not None and row.must_encrypt
        }
        self.emergency.alarm_rooms = frozenset(row.room_id for row in alarm)
        self.emergency.overrides = changes

    # --- start and end ----------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Ready before perfect: hear what was said while we were away, then send, then tick."""
        await self.ears.catch_up()
        await self.sign()
        async with self.database.read() as tx:
            beat = await heartbeat.last(tx)
        gone = since_last_beat(beat, self.clock().wall, self.around.monotonic(), self.around.boot)
        away = round(gone.total_seconds())
        notes = [
            m.ManagementNote(to=m.To("management"), code="started", details=(("away", str(away)), ("version", VERSION)))
        ]
        if not self.signed:
            notes.append(m.ManagementNote(to=m.To("management"), code="not_cross_signed"))
        for problem in self.problems:
            details = (("problem", problem.text(self.settings.language)),)
            notes.append(m.ManagementNote(to=m.To("management"), code="reference_broken", details=details))
        if lost := await self.board.addresses.lost():
            details = (("count", str(lost)),)
            notes.append(m.ManagementNote(to=m.To("management"), code="addresses_lost", details=details))
        epoch = self.database.epoch or 0
        await self.desk.note(e.BotStarted(version=VERSION, epoch=epoch, away_seconds=away), *notes)
        if self.problems:
            await self.desk.note(e.ReferenceRefused(problems=len(self.problems)))
        else:
            await self._in_force()
        await self.remember()
        with contextlib.suppress(OSError):  # the daily round tries again, and of that one the auditor tells
            await self.sweep()
        await self.hear_all()
        self.wake.away = away if away >= AWAY_TOLD else 0
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
    contacts = reference.contacts
    people = {
        known: person if person.ladder is None else replace(person, ladder=sooner(person.ladder, speed))
        for known, person in contacts.people.items()
    }
    return replace(reference, contacts=replace(contacts, policy=faster(contacts.policy, speed), people=people))
