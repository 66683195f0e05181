"""The composition root: builds the bot in one straight line, runs it, and tears down in reverse.

Only here the clock, chance and identity of the real world are read. `opened` is long on purpose: what the bot is made of is
said once, in the order in which it must come up.
"""

import asyncio
import os
import random
import secrets
import shutil
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import httpx
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.auditor import Auditor
from bot.calendar_jobs import beat_outside, schedule
from bot.clock import EvenClock, reached
from bot.config import Settings
from bot.config_words import Wrong
from bot.deliver import Chances, Deliverer
from bot.desk import Desk
from bot.domain.people import Language
from bot.domain.playbook import Both
from bot.duty import Duties, hours
from bot.entering import Entering, Installation
from bot.erasures import add_to_list, read_list
from bot.exporting import Exporting
from bot.keyfiles import read_key, write_key
from bot.logbook.chain import EMPTY
from bot.made_files import clear_erased
from bot.matrix.act import Acting
from bot.matrix.client import MatrixClient
from bot.matrix.dead_man import DeadMan
from bot.matrix.emergency import Emergency
from bot.matrix.hear import Hearing
from bot.matrix.keeping import Bounds, Keeping
from bot.matrix.listen import Ears
from bot.matrix.post import Post, Posted
from bot.matrix.questions import Questions
from bot.matrix.reach import Cards, Reaching, Sender
from bot.matrix.reading import Reading
from bot.matrix.send import Gateway
from bot.matrix.wire import Account
from bot.onboarding import Onboarding
from bot.reach import Vault
from bot.reference.load import load_reference
from bot.reference.problems import Broken
from bot.rostering import Rostering
from bot.rotation import Taken, carry_on, taken_up
from bot.running import RETRY_AFTER, Bot, Surroundings, hurried, incident_of
from bot.safe import safe_reference
from bot.sealing import INDEX, Seal
from bot.stamping import stamping
from bot.store import channels
from bot.store import log as log_rows
from bot.store.database import AWAY, Database, Node, UnfitDatabase, UnreachableDatabase, open_database
from bot.store.keeper import SoleKeeper
from bot.store.migrate import is_new, schema_at_head, upgrade
from bot.switchboard import House, switched
from bot.systemd import Supervisor
from bot.wake import Wake
from bot.web.health import serve
from bot.web.metrics import Metrics
from bot.words import catalogue

_OLD_SCHEMA: Final = Both(
    "de database heeft een ouder schema: draai eerst `iogplus migrate`",
    "the database has an older schema: run `iogplus migrate` first",
)
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_UNWRITABLE: Final = "The database cannot be written."
_ELSEWHERE: Final = Both(
    "op een andere machine draait een bot op deze database", "a bot runs on this database on another machine"
)
MIB: Final = 1024 * 1024
BALLAST_BYTES: Final = 8 * MIB
PLENTY_BYTES: Final = 32 * BALLAST_BYTES
DATABASE_PATIENCE: Final = 300.0  # seconds; the unit's TimeoutStartSec is longer
TELL_EVERY: Final = 60.0  # seconds between two lines about a database that is awaited
STAND_BY_EVERY: Final = 0.5  # seconds between two tries for the lease of another node
log = structlog.get_logger()


class CannotStart(Exception):
    """Why the bot does not start: one plain sentence in both languages."""

    def __init__(self, why: Both) -> None:
        super().__init__(why.en)
        self.why = why

    def text(self, lang: Language) -> str:
        return self.why.en if lang == "en" else self.why.nl


def real_world() -> Surroundings:
    """The clock, chance and supervisor of this process."""
    return Surroundings(
        wall=lambda: datetime.now(UTC),
        monotonic=time.monotonic,
        chance=random.random,
        salts=lambda: secrets.token_bytes(32),
        pause=asyncio.sleep,
        supervisor=Supervisor(os.environ.get("NOTIFY_SOCKET")),
        boot=_boot(),
    )


def _boot() -> str:
    """What Linux calls this start of the machine; elsewhere nothing."""
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""


@asynccontextmanager
async def opened(settings: Settings, around: Surroundings, patience: float = 0.0) -> AsyncIterator[Bot]:
    """The built bot, ready to `start` and `run`; everything is closed again in reverse.

    A database that cannot be reached or written is tried again for `patience` seconds. Raises CannotStart.
    """
    async with AsyncExitStack() as stack:
        settings.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        keeper = SoleKeeper(settings.keeper_lock)
        if not keeper.take():
            raise CannotStart(
                Both("er draait al een bot op deze state_dir", "another bot already runs on this state_dir")
            )
        stack.callback(keeper.release)
        database = await _patiently(settings, around, patience)
        stack.push_async_callback(database.close)
        leading = await stack.enter_async_context(_kept(database, around))
        async with database.read() as tx:
            taken = _log_keys(
                settings, around, fresh=await log_rows.head(tx, f"{settings.log_host}/log/{INDEX}") == EMPTY
            )
            seal = Seal(settings.log_host, taken.keys.key, around.salts, taken.keys.retired)
            known = await channels.every(tx)
            last = await reached(tx, seal.index, around.wall())
        clock = EvenClock(around.wall, around.monotonic, last)
        _keep_ballast(settings.state_dir / "ballast")
        found = load_reference(settings.contacts_dir, settings.playbooks_dir)
        reference = safe_reference(settings, known) if isinstance(found, Broken) else hurried(found, settings.speed)

        desk = Desk(database, seal, clock, lambda: bot.reference)
        account = Account(
            settings.homeserver_url, settings.user_id, settings.device_id, settings.access_token.get_secret_value()
        )
        client = MatrixClient(account, settings.crypto_store, settings.pickle_key.get_secret_value())
        await client.open(afresh=database.succeeds_unasked)
        stack.push_async_callback(client.close)
        gateway = Gateway(client)
        words = catalogue.load()
        minimal = settings.lock_screen == "minimal"
        house = House(lambda: bot.reference.contacts, incident_of, lambda: bot.inbox_news.set())
        board = await stack.enter_async_context(
            switched(settings, desk, _vault(settings, around), words, around, house)
        )
        desk.reachable, desk.channels = board.reachable, board.pagers.available
        sender = _sender(settings)
        exporting = Exporting(desk, settings, words)
        onboarding = Onboarding(
            Installation(
                desk,
                board.vault,
                words,
                lambda: board.pagers.available - {"apprise"},
                lambda person: bot.has_left(person),
            ),
            bool(sender),
        )
        reaching = Reaching(Entering(onboarding.house), onboarding, lambda: bot.reference.contacts, settings.public_url)
        tools = Posted(
            client, gateway, database, words, lambda: bot.reference.contacts, clock, minimal, board.addresses.number,
            Cards(board.addresses, words, sender, settings.public_url),
            Keeping(
                client, desk, settings.files, _file_bounds(settings),
                lambda incident, said: seal.transcript(incident) if said else seal.origin(incident),
            ),
            exporting,
        )  # fmt: skip
        post = Post(tools, settings.dossiers)
        kept = settings.state_dir / "emergencies.json"
        emergency = Emergency(
            client, gateway, words, lambda: bot.reference.contacts, clock, kept, board.loud,
            lambda: database.surely_rules(around.monotonic()),
        )  # fmt: skip
        stack.push_async_callback(emergency.close)
        dead_man = DeadMan(
            client, gateway, database, words, lambda: bot.reference.contacts, clock, lambda: bot.vital().alive, around.pause
        )  # fmt: skip
        auditor = Auditor(
            desk, around.monotonic, around.pause, settings.language, lambda: all(bot.vital().checks.values())
        )
        ears = Ears(
            client, desk, lambda: bot.reference.contacts, around.chance, around.pause,
            heard=lambda: bot.inbox_news.set(), synced=lambda: bot.on_sync(),
        )  # fmt: skip
        questions = Questions(
            desk, words, lambda: bot.reference.contacts,
            export=exporting.request, reload=lambda lang: bot.reload(lang), channels=board.states,
            picture=lambda said, lang, event: bot.picture(said, lang, event),
        )  # fmt: skip
        reading = Reading(lambda: bot.inbox_news.set())
        stack.push_async_callback(reading.close)
        hearing = Hearing(
            Acting(client, desk, lambda: bot.reference.contacts, questions, words, incident_of, reaching, reading)
        )
        deliverer = Deliverer(
            desk, post, board.road, Chances(around.monotonic, around.chance), lambda row, outcome: bot.on_delivered(row, outcome),
            post.look_back, await stack.enter_async_context(stamping(settings, desk)),
        )  # fmt: skip
        wake = Wake(desk, around.monotonic, lambda: bot.on_tick(), asyncio.Event(), around.boot)
        bot = Bot(
            settings=settings,
            around=around,
            clock=clock,
            database=database,
            desk=desk,
            client=client,
            gateway=gateway,
            ears=ears,
            hearing=hearing,
            deliverer=deliverer,
            wake=wake,
            emergency=emergency,
            dead_man=dead_man,
            auditor=auditor,
            board=board,
            duties=Duties(
                onboarding,
                Rostering(desk, lambda: bot.reference.contacts),
                lambda: bot.reference.contacts,
                hours(settings.reminder_hours),
                hours(settings.warning_hours),
            ),
            metrics=Metrics(lambda: bot.vital()),
            reference=reference,
            problems=found.problems if isinstance(found, Broken) else (),
            leading=leading,
        )
        rotated = await carry_on(desk, settings.log_key, clock().now, lost=taken.lost)
        if isinstance(rotated, Wrong):
            raise CannotStart(Both(rotated.text("nl"), rotated.text("en")))
        desk.recorded = bot.on_recorded
        desk.listed = partial(add_to_list, settings.erasures)
        listed = read_list(settings.erasures)
        await desk.erase_again(listed)  # before anything is read, said or sent
        await clear_erased(database, settings.dossiers, {one.incident for one in listed})
        yield bot


async def run(settings: Settings) -> None:
    """Runs the bot until a signal asks it to stop, or an error ends it."""
    loop = asyncio.get_running_loop()
    async with opened(settings, real_world(), DATABASE_PATIENCE) as bot, AsyncExitStack() as stack:
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, bot.stopping.set)
        loop.add_signal_handler(signal.SIGHUP, bot.reload_asked.set)
        web = serve(bot.site(), settings.web_host, settings.web_port, settings.trusted_proxies)
        bot.web_port = await stack.enter_async_context(web)
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=10))
        scheduler = AsyncIOScheduler(timezone=bot.reference.contacts.region.zone)
        schedule(scheduler, bot)
        bot.auditor.beat = partial(beat_outside, settings.heartbeat_url.get_secret_value(), http)
        await bot.start()
        scheduler.start()
        stack.callback(scheduler.shutdown, wait=False)
        log.info("ready", epoch=bot.database.epoch, web_port=bot.web_port, cross_signed=bot.signed)
        await bot.run()
        bot.around.supervisor.stopping()


def _file_bounds(settings: Settings) -> Bounds:
    each, hour, free = settings.file_max_mib, settings.file_hour_mib, settings.file_free_mib
    return Bounds(each * MIB, hour * MIB, free * MIB, settings.file_downloads)


async def _patiently(settings: Settings, around: Surroundings, patience: float) -> Database:
    """The database that this process rules from now on: after a power cut its server may come up later than we do.

    While another node rules it, this one stands by, for as long as that takes; with no patience it is refused.
    """
    begun, told = around.monotonic(), -TELL_EVERY
    while True:
        try:
            database = await _database(settings)
            try:
                while not await _ruled(database, settings):
                    if not patience:
                        raise CannotStart(_ELSEWHERE)
                    around.supervisor.waiting()
                    await around.pause(STAND_BY_EVERY)
                    begun = around.monotonic()
            except BaseException:
                await database.close()
                raise
            return database
        except (UnreachableDatabase, *AWAY) as lost:
            waited = around.monotonic() - begun
            if waited >= patience:
                why = str(lost) if isinstance(lost, UnreachableDatabase) else _UNWRITABLE
                raise CannotStart(Both(why, why)) from lost
            if waited - told >= TELL_EVERY:
                log.error("database_awaited", seconds=round(waited), reason=type(lost).__name__)
                told = waited
            await around.pause(RETRY_AFTER)


async def _ruled(database: Database, settings: Settings) -> bool:
    if database.has_lease:
        return await database.take_lease(Node(settings.node, settings.lease_seconds))
    await database.take_epoch()
    return True


@asynccontextmanager
async def _kept(database: Database, around: Surroundings) -> AsyncIterator[asyncio.Task[None]]:
    """From its first moment on, and not only when everything runs: a start can take longer than a lease."""
    keeping = asyncio.create_task(database.keep_lease(around.pause, around.monotonic), name="lease")
    try:
        yield keeping
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await database.give_back_lease()


async def _database(settings: Settings) -> Database:
    """The database with its schema; a new one gets it, an old one is refused: migrating is a decision of an operator."""
    try:
        database = await open_database(settings.database)
        async with database.read() as tx:
            current, empty = await schema_at_head(tx), await is_new(tx)
    except UnreachableDatabase:
        raise
    except UnfitDatabase as unfit:
        raise CannotStart(Both(str(unfit), str(unfit))) from unfit
    if not current and not empty:
        await database.close()
        raise CannotStart(_OLD_SCHEMA)
    if empty:
        await database.close()
        await upgrade(settings.database)
        database = await open_database(settings.database)
    return database


def _log_keys(settings: Settings, around: Surroundings, *, fresh: bool) -> Taken:
    taken = taken_up(settings.log_key, around.salts, fresh=fresh)
    if isinstance(taken, Wrong):
        raise CannotStart(Both(taken.text("nl"), taken.text("en")))
    return taken


def _sender(settings: Settings) -> Sender:
    """From where people are rung, as far as it is an address: a word as the sender of texts cannot be saved as a contact."""
    texts = settings.sms_sender if settings.is_answered_by_text else ""
    numbers = tuple(dict.fromkeys(number for number in (settings.voice_from, texts) if number))
    return Sender(numbers, settings.mail_from, settings.ntfy_url)


def _vault(settings: Settings, around: Surroundings) -> Vault:
    key = read_key(settings.reach_key)
    if key is None:
        key = write_key(settings.reach_key, around.salts())
    if isinstance(key, Wrong):
        raise CannotStart(Both(key.text("nl"), key.text("en")))
    return Vault(key, around.salts)


def _keep_ballast(path: Path) -> None:
    """Room on the disk that is given up when it is full, so that an alarm can still be written down.

    Taken only where there is plenty: a bot that starts on a full disk must not fill it again.
    """
    with suppress(OSError):
        if not path.exists() and shutil.disk_usage(path.parent).free > PLENTY_BYTES:
            path.write_bytes(bytes(BALLAST_BYTES))
