"""A start with a thousand open incidents beside the start of an empty bot: how soon it pages, verifies, and in what memory."""

import asyncio
import contextlib
import json
import secrets
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.embedded.homeserver import Homeserver
from bot.keyfiles import read_log_key
from bot.matrix.peer import Peer
from bot.playground import set_up
from bot.sealing import Seal
from tests.bench.archive import ALARM, REPORTER, fill, utc_now
from tests.bench.child import MARK
from tests.bench.report import Measured

INCIDENTS, ENTRIES = 1_000, 100
FIRST_SERIAL = 500  # below it are the alarms of this bench itself
PATIENCE = 300.0  # seconds
MEMORY = 300.0  # MiB


@dataclass(slots=True)
class Started:
    """A running child, and when it was started (seconds, monotonic)."""

    process: asyncio.subprocess.Process
    at: float

    async def hears(self, what: str) -> dict[str, Any]:
        """What the child says next of this."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            async for line in self.process.stdout:
                text = line.decode()
                if text.startswith(MARK) and (said := json.loads(text.removeprefix(MARK)))["what"] == what:
                    return dict(said)
        raise RuntimeError(f"the bot ended before it said {what!r}")


@contextlib.asynccontextmanager
async def started(config: Path) -> AsyncIterator[Started]:
    at = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.child", str(config), stdout=asyncio.subprocess.PIPE
    )
    try:
        yield Started(process, at)
    finally:
        process.send_signal(signal.SIGTERM)
        await process.communicate()


@dataclass(slots=True)
class Stage:
    """`empty` and `full` are configurations of one bot; only their databases differ."""

    empty: Path
    full: Path
    peer: Peer
    room: str

    async def alarm(self) -> None:
        await self.peer.say(self.room, f"alarm {ALARM}")


async def restart(directory: Path, runs: int, *, small: bool) -> list[Measured]:
    incidents = INCIDENTS // 50 if small else INCIDENTS
    begun, accepted, verified, hashed, memory, highest = ([] for _ in range(6))
    async with _stage(directory, incidents) as stage:
        for _ in range(max(3, runs // 3)):
            async with started(stage.empty) as bot:
                begun.append(((await bot.hears("ready"))["at"] - bot.at) * 1000)
            _same_place(stage.empty, stage.full)
            await stage.alarm()
            async with started(stage.full) as bot:
                accepted.append(((await bot.hears("page"))["at"] - bot.at) * 1000)
            async with started(stage.full) as bot:  # unmeasured: what was due while nobody ran is done
                while (await bot.hears("ticked"))["late"]:
                    pass
            async with started(stage.full) as bot:
                said = await bot.hears("verified")
            verified.append(said["seconds"] * 1000)
            memory.append(said["rss"])
            highest.append(said["highest"])
            _same_place(stage.full, stage.empty)
            hashed.append(await _hashed(_database(stage.full)))
    full = f"{incidents:,} open incidents of {ENTRIES} entries"
    return [
        Measured("restart", f"start with {full} → alarm accepted, beside an empty start", "ms", 2.0, *_both(accepted, begun)),
        Measured("verify", f"verification of {full}, beside read and hash", "ms", 2.0, *_both(verified, hashed)),
        Measured("memory", f"memory with {full}", "MiB", MEMORY, tuple(memory)),
        Measured("highest", f"highest memory with {full}", "MiB", MEMORY, tuple(highest)),
    ]  # fmt: skip


def _both(ours: list[float], theirs: list[float]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return tuple(ours), tuple(theirs)


@contextlib.asynccontextmanager
async def _stage(directory: Path, incidents: int) -> AsyncIterator[Stage]:
    async with contextlib.AsyncExitStack() as stack:
        homeserver = await Homeserver.start(directory / "homeserver", secret=secrets.token_hex())
        stack.push_async_callback(homeserver.stop)
        playground = await set_up(directory, homeserver)
        peer = await playground.peer(REPORTER, directory / "peers")
        stack.push_async_callback(peer.close)
        room = next(room_id for room_id, inviter in peer.invites.items() if inviter == playground.bot)
        await peer.join(room)
        empty, full = directory / "config.yaml", directory / "full.yaml"
        database = playground.settings.state_dir / "full.db"
        full.write_text(json.dumps(json.loads(empty.read_text()) | {"database_url": f"sqlite:///{database}"}))
        stage = Stage(empty, full, peer, room)
        await stage.alarm()
        async with started(empty) as bot:  # unmeasured: it makes keys, and Python's compiled files
            await bot.hears("page")
            await asyncio.sleep(5)
        shutil.copyfile(_database(empty), database)
        key = read_log_key(playground.settings.log_key)
        assert isinstance(key, Ed25519PrivateKey)
        seal = Seal(playground.settings.log_host, key, lambda: secrets.token_bytes(32))
        await asyncio.to_thread(fill, database, seal, [ENTRIES] * incidents, utc_now(), FIRST_SERIAL)
        yield stage


def _database(config: Path) -> Path:
    settings = json.loads(config.read_text())
    url = settings.get("database_url", f"sqlite:///{settings['state_dir']}/iogplus.db")
    return Path(str(url).removeprefix("sqlite:///"))


def _same_place(known: Path, other: Path) -> None:
    """Both databases are of one device: what one heard the other must not hear again."""
    with contextlib.closing(sqlite3.connect(_database(known))) as conn:
        (token,) = conn.execute("SELECT token FROM sync").fetchone()
    with contextlib.closing(sqlite3.connect(_database(other))) as conn:
        conn.execute("UPDATE sync SET token = ?", (token,))
        conn.commit()


async def _hashed(database: Path) -> float:
    """Milliseconds, in a process of its own like the bot."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.hashing", str(database), stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    return float(told) * 1000
