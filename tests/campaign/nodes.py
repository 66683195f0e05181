"""Campaign C12 with whole bots: three machines on one PostgreSQL and one homeserver, of which the one that rules is struck.

It is killed, put to sleep for longer than its lease, or cut off from the database and nothing else. The disk with the keys of the
Matrix device goes with the lease: what stands on it when the blow falls is what the next one opens, and what the old one still
writes is written for nobody. Who wrote what is kept by PostgreSQL itself, where every machine has a role of its own.
"""

import asyncio
import json
import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final, Literal

from tests.campaign.ground import CALLED, DATABASE, Bots, Ground, WentWrong
from tests.campaign.line import Cut, Line, line_to
from tests.postgres import Server

NAMES: Final = ("knoop_1", "knoop_2", "knoop_3")
GRACE: Final = 1.0  # seconds on top of the lease within which the next node must rule
PATIENCE: Final = 60.0  # seconds; the machine may be busy
EVERY: Final = 0.1  # seconds between two looks
BEFORE: Final = 0.2  # seconds before the lease runs out, when the disk is moved away from who was cut off
ENDS_WITHIN: Final = 20.0
CUTS: Final[tuple[Cut, ...]] = ("closed", "silent")
# What a machine has of its own, like its settings; the rest of its directory goes with the lease.
_SECRETS: Final = ("log_key", "reach_key", "device_id", "access_token", "pickle_key")
# At the commit, when it is settled who holds the lease: until then no other can take it.
_WATCH: Final = """\
CREATE TABLE written (id bigserial PRIMARY KEY, node text NOT NULL, holder text NOT NULL);
CREATE TABLE took (epoch bigint NOT NULL, node text NOT NULL, at double precision NOT NULL);
CREATE FUNCTION c12_written() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO written (node, holder) SELECT session_user, holder FROM lease; RETURN NULL; END $$;
CREATE FUNCTION c12_took() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO took VALUES (NEW.epoch, NEW.holder, extract(epoch FROM clock_timestamp())); RETURN NULL; END $$;
CREATE TRIGGER c12 AFTER UPDATE ON lease FOR EACH ROW WHEN (OLD.epoch <> NEW.epoch) EXECUTE FUNCTION c12_took();
DO $$ DECLARE it text; BEGIN
  FOR it IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('lease', 'written', 'took') LOOP
    EXECUTE format('CREATE CONSTRAINT TRIGGER c12 AFTER INSERT OR UPDATE OR DELETE ON %I DEFERRABLE INITIALLY DEFERRED'
                   ' FOR EACH ROW EXECUTE FUNCTION c12_written()', it);
  END LOOP; END $$"""
_SESSIONS: Final = """\
SELECT usename, state, wait_event, now() - state_change, left(query, 60), pg_blocking_pids(pid), pid FROM pg_stat_activity
WHERE usename LIKE 'knoop%'"""
_WATCH_NO_MORE: Final = "DROP FUNCTION c12_written, c12_took CASCADE; DROP TABLE written, took"
_ROLES: Final = "".join(
    f"DO $$ BEGIN CREATE ROLE {name} SUPERUSER LOGIN; EXCEPTION WHEN duplicate_object THEN END $$;" for name in NAMES
)

Strike = Literal["kill", "pause", "cut"]


@dataclass
class Host:
    """A machine: its bot, its directory, and its line to the database."""

    name: str
    bots: Bots
    line: Line
    state: Path

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.bots.pid, number)

    async def over(self) -> None:
        self.line.heal()
        if self.bots.alive:
            self.bots.kill()
            await self.bots.over()


@dataclass
class Town:
    """The machines, and what PostgreSQL tells of them. `disk` is the directory that goes with the lease, as it was moved last."""

    postgres: Server
    hosts: Mapping[str, Host]
    disk: Path
    seconds: float

    async def ask(self, question: str) -> str:
        return await asyncio.to_thread(self.postgres.psql, question, DATABASE)

    async def reign(self) -> tuple[int, Host | None]:
        """The epoch, and who rules."""
        epoch, name = (await self.ask("SELECT epoch, holder FROM lease")).split("|")
        return int(epoch), self.hosts.get(name)

    async def all_up(self) -> Host:
        """Every machine has a bot that rules or stands by; gives the one that rules."""
        for host in self.hosts.values():
            if not host.bots.alive:
                await self.begins(host)
        async with asyncio.timeout(PATIENCE):
            while True:
                _, ruler = await self.reign()
                if ruler is not None and ruler.bots.alive:
                    return ruler
                await asyncio.sleep(0.1)

    async def begins(self, host: Host) -> None:
        """A bot that has found the database, and so rules or stands by."""
        host.line.heal()
        self.mount(host)
        await host.bots.begins()
        connected = f"SELECT count(*) FROM pg_stat_activity WHERE usename = '{host.name}'"
        async with asyncio.timeout(PATIENCE):
            while await self.ask(connected) == "0":
                if not host.bots.alive:
                    raise WentWrong(f"{host.name} ended while it started")
                await asyncio.sleep(0.1)

    def mount(self, host: Host) -> None:
        shutil.rmtree(host.state / "crypto", ignore_errors=True)
        shutil.copytree(self.disk, host.state / "crypto")

    def moves(self, ruler: Host) -> None:
        """The disk goes from who rules to who may rule next; nobody writes on it meanwhile."""
        self.seize(ruler)
        for host in self.hosts.values():
            if host is not ruler:
                self.mount(host)

    def seize(self, ruler: Host) -> None:
        shutil.rmtree(self.disk)
        shutil.copytree(ruler.state / "crypto", self.disk)

    async def succeeds(self, epoch: int, struck: float) -> bool:
        """Waits until another rules than under `epoch`; whether that was in time. Raises WentWrong when nobody ever does."""
        for _ in range(round(PATIENCE / EVERY)):
            if at := await self.ask(f"SELECT min(at) FROM took WHERE epoch > {epoch}"):
                return float(at) - struck <= self.seconds + GRACE
            await asyncio.sleep(EVERY)
        raise WentWrong(f"nobody takes over: {await self.ask(_SESSIONS)}")


async def run(
    ground: Ground, seed: int, *, kills: int, pauses: int, cuts: int, seconds: float, variant: str = "as_it_is"
) -> Counter[str]:
    """The ruling machine is struck so many times, in an order drawn from chance, and at each blow an alarm is raised."""
    rng = Random(f"C12:nodes:{seed}")
    given: tuple[tuple[Strike, int], ...] = (("kill", kills), ("pause", pauses), ("cut", cuts))
    strikes = [strike for strike, count in given for _ in range(count)]
    rng.shuffle(strikes)
    counted: Counter[str] = Counter(kills=kills, pauses=pauses, cuts=cuts, late=0, zombies=0, unsettled=0)
    codes = [f"proef-c12-{variant.replace('_', '')}-{seed}-{number}" for number in range(len(strikes))]
    async with _town(ground, seconds, variant) as town:
        for code, strike in zip(codes, strikes, strict=True):
            ruler = await town.all_up()
            await asyncio.sleep(rng.uniform(0, seconds))  # also while it starts
            raising = asyncio.create_task(_raise(ground, code, rng.uniform(0, seconds)))
            await asyncio.sleep(rng.uniform(0, seconds / 2))
            counted += await _struck(town, ruler, strike, rng, variant)
            await raising
        ruler = await town.all_up()
        counted["unsettled"] += not await ground.settled(ruler.bots) if variant == "as_it_is" else 0
        # one takes the lease at the beginning; who loses it unasked was too busy to keep it
        counted["unasked"] = int(await town.ask("SELECT count(*) FROM took")) - 1 - len(strikes)
        counted["written"] = int(await town.ask("SELECT count(*) FROM written"))
        counted["zombies"] = int(await town.ask("SELECT count(*) FROM written WHERE node <> holder"))
    if variant == "as_it_is":
        counted["emergencies"] = await _emergencies(ground)
        counted.update(await ground.judge(codes))
    else:
        ground.forget(codes)
    return counted


async def control(ground: Ground, seed: int, *, pauses: int, seconds: float) -> Counter[str]:
    """Bots that do not look at the lease when they write: what one of them writes after its sleep must be found."""
    return await run(ground, seed, kills=0, pauses=pauses, cuts=0, seconds=seconds, variant="unfenced")


async def _raise(ground: Ground, code: str, after: float) -> None:
    await asyncio.sleep(after)
    await ground.raise_alarm(code)


async def _struck(town: Town, ruler: Host, strike: Strike, rng: Random, variant: str) -> Counter[str]:
    """One blow, until another rules and the old one is gone."""
    counted: Counter[str] = Counter()
    epoch, _ = await town.reign()
    struck = time.time()
    match strike:
        case "kill":
            ruler.bots.kill()
            await ruler.bots.over()
        case "pause":
            ruler.signal(signal.SIGSTOP)
        case "cut":
            ruler.line.cut(rng.choice(CUTS))
            expires = float(await town.ask("SELECT expires / 1000.0 FROM lease"))
            await asyncio.sleep(
                expires - time.time() - BEFORE
            )  # until then all that it says with its keys is on its disk
            if ruler.bots.alive:
                ruler.signal(signal.SIGSTOP)
    town.moves(ruler)
    if strike == "cut" and ruler.bots.alive:
        ruler.signal(signal.SIGCONT)
    counted["late"] += not await town.succeeds(epoch, struck)
    if strike == "cut":
        await asyncio.sleep(rng.uniform(0, 8))  # long enough for a page without the log, now and then
        ruler.line.heal()
    if strike == "pause":
        ruler.signal(signal.SIGCONT)
    # what it was about to write when it fell asleep or was cut off is written now, or never
    if strike != "kill" and not await ruler.bots.ends(ENDS_WITHIN if variant == "as_it_is" else 5.0):
        counted["unsettled"] += variant == "as_it_is"
    await ruler.over()
    return counted


async def _emergencies(ground: Ground) -> int:
    told = [each for person in CALLED for each in await ground.told(person)]
    return sum("NOODOPROEP" in each.body for each in told)


@asynccontextmanager
async def _town(ground: Ground, seconds: float, variant: str) -> AsyncIterator[Town]:
    postgres, home = ground.postgres, ground.playground.settings.state_dir
    assert postgres is not None, "this ground stands on SQLite"
    socket = Path(postgres.url(DATABASE).partition("host=")[2]) / ".s.PGSQL.5432"
    base = ground.directory / f"nodes-{variant}"
    async with AsyncExitStack() as stack:
        postgres.psql(_ROLES)
        postgres.psql(_WATCH, DATABASE)
        stack.callback(postgres.psql, _WATCH_NO_MORE, DATABASE)
        hosts: dict[str, Host] = {}
        for name in NAMES:
            line = await stack.enter_async_context(line_to(socket))
            state = _furnished(ground, base / name, name, line, seconds)
            bots = Bots(base / name, variant, ground.surroundings)
            stack.callback(bots.close)
            hosts[name] = Host(name, bots, line, state)
        disk = shutil.copytree(home / "crypto", base / "disk")
        town = Town(postgres, hosts, disk, seconds)
        stack.push_async_callback(_leave, town, home)
        await town.begins(hosts[NAMES[0]])
        yield town


async def _leave(town: Town, home: Path) -> None:
    """The keys go back to where the ground keeps them."""
    _, ruler = await town.reign()
    for host in town.hosts.values():
        await host.over()
    if ruler is not None:
        town.seize(ruler)
    shutil.rmtree(home / "crypto")
    shutil.copytree(town.disk, home / "crypto")


def _furnished(ground: Ground, directory: Path, name: str, line: Line, seconds: float) -> Path:
    """A machine's settings and secrets."""
    state = directory / "state"
    state.mkdir(mode=0o700, parents=True)
    given = json.loads((ground.directory / "config.yaml").read_text(encoding="utf-8"))
    given |= {
        "state_dir": str(state), "node_name": name, "lease_seconds": seconds,
        "database_url": f"postgresql://{name}@127.0.0.1:{line.port}/{DATABASE}",
    }  # fmt: skip
    (directory / "config.yaml").write_text(json.dumps(given), encoding="utf-8")
    for secret in _SECRETS:
        shutil.copy(ground.playground.settings.state_dir / secret, state / secret)
    return state
