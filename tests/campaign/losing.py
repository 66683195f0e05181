"""Campaign C10: the database is lost in the middle of things, again and again, and no alarm and no page is."""

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Final

from tests.campaign.ground import CALLED, Ground
from tests.campaign.wire import Trap, listens
from tests.postgres import Server

# Only what acts upon an alarm is cut, for three seconds: that it came in is on the disk by then.
_STORM: Final = """\
DO $$ BEGIN FOR n IN 1..600 LOOP
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'iogplus' AND state <> 'idle' AND query ~ '(log_entry|opening|INTO incident)';
  PERFORM pg_sleep(0.005); PERFORM pg_stat_clear_snapshot();
END LOOP; END $$"""
_CUT: Final = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'iogplus'"
LONG_LOCK: Final = 3.0  # seconds; longer than a write waits


async def run(ground: Ground, seed: int, cuts: int, stops: int) -> Counter[str]:
    """On PostgreSQL: all connections are cut `cuts` times, and the server is stopped as by a power cut `stops` times."""
    rng, postgres = Random(f"C10:{seed}"), _server(ground)
    strikes = ["cut"] * cuts + ["stop"] * stops
    rng.shuffle(strikes)
    counted = Counter(cuts=0, stops=stops)
    codes: list[str] = []
    async with ground.bots("as_it_is").life() as bot:
        await _listens(ground)  # a start that meets no database ends the process, and its supervisor tries again
        for number, strike in enumerate(strikes):
            if rng.random() < 0.25 or not codes:
                codes.append(f"proef-c10-{seed}-{number}")
                await ground.raise_alarm(codes[-1])
            await asyncio.sleep(rng.uniform(0, 0.3))
            if strike == "cut":
                said = await asyncio.to_thread(postgres.psql, _CUT)
                counted["cuts"] += int(
                    said.splitlines()[-1]
                )  # before it may stand that a connection had just ended by itself
            else:
                await asyncio.to_thread(postgres.stop, "immediate")
                await asyncio.sleep(rng.uniform(0, 1))
                await asyncio.to_thread(postgres.start)
        counted["unsettled"] = int(not await ground.settled(bot))
    return await _judged(ground, codes, counted)


async def run_locked(ground: Ground, seed: int, locks: int) -> Counter[str]:
    """On SQLite: another program locks the file, mostly for an instant, now and then for longer than a write waits."""
    rng, path = Random(f"C10:locked:{seed}"), ground.playground.settings.state_dir / "iogplus.db"
    counted = Counter(locks=locks)
    codes: list[str] = []
    async with ground.bots("as_it_is").life() as bot:
        await _listens(ground)
        for number in range(locks):
            if rng.random() < 0.1 or not codes:
                codes.append(f"proef-c10-locked-{seed}-{number}")
                await ground.raise_alarm(codes[-1])
            await asyncio.sleep(rng.uniform(0, 0.05))
            seconds = LONG_LOCK if rng.random() < 0.01 else rng.uniform(0, 0.1)
            counted["refused"] += not await asyncio.to_thread(_lock, path, seconds)
        counted["unsettled"] = int(not await ground.settled(bot))
    return await _judged(ground, codes, counted)


async def control(ground: Ground, seed: int, alarms: int) -> Counter[str]:
    """A bot that takes an event for heard although the database failed: alarms must be lost."""
    postgres, codes = _server(ground), [f"proef-c10-control-{seed}-{number}" for number in range(alarms)]
    async with ground.bots("gives_up").life() as bot:
        await _listens(ground)
        for code in codes:
            storm = asyncio.create_task(asyncio.to_thread(postgres.psql, _STORM))
            await ground.raise_alarm(code)
            await storm
        await ground.settled(bot, patience=5)
    ground.forget(codes)
    return await ground.judge(codes)


async def _judged(ground: Ground, codes: Sequence[str], counted: Counter[str]) -> Counter[str]:
    counted.update(await ground.judge(codes, CALLED))
    return counted


async def _listens(ground: Ground) -> None:
    listening = Trap(listens, 1, "during", lambda: None)
    ground.way.begin(listening)
    await listening.springs_within(60)


def _server(ground: Ground) -> Server:
    assert ground.postgres is not None, "this ground stands on SQLite"
    return ground.postgres


def _lock(path: Path, seconds: float) -> bool:
    """Whether the file was ours for so long."""
    with closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as other:
        try:
            other.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            return False
        time.sleep(seconds)
        other.execute("ROLLBACK")
    return True
