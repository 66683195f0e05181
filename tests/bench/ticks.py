"""One look of the alarm clock at a thousand open incidents of which none is due, beside one SELECT of the due rows."""

import asyncio
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from bot.desk import Desk, Moment
from bot.sealing import Seal
from bot.store.database import Database, open_database
from bot.store.migrate import upgrade
from bot.store.schema import incident
from bot.wake import Wake
from tests.bench.archive import fill, reference, utc_now
from tests.bench.report import Measured

INCIDENTS, ENTRIES = 1_000, 100
EACH = 50  # looks a run
AHEAD = timedelta(seconds=1)


@dataclass(slots=True)
class Seconds:
    """A clock that stands still between two looks, so that the heartbeat is written when the bench wants it."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


async def ticks(directory: Path, runs: int, *, small: bool) -> list[Measured]:
    """With and without the sign of life that every second look writes: that is a commit, and the disk decides what it costs."""
    incidents = INCIDENTS // 50 if small else INCIDENTS
    path = directory / "ticks.db"
    await upgrade(f"sqlite:///{path}")
    seal = Seal("iog.example", Ed25519PrivateKey.generate(), lambda: secrets.token_bytes(32))
    await asyncio.to_thread(fill, path, seal, [ENTRIES] * incidents, utc_now())
    database = await open_database(f"sqlite:///{path}")
    given = reference()
    seconds = Seconds()
    wake = Wake(
        Desk(database, seal, lambda: Moment(utc_now(), utc_now()), lambda: given), seconds, _no, asyncio.Event()
    )
    try:
        await database.take_epoch()
        for _ in range(incidents):  # what was due before the bench looked
            if not await wake.once():
                break
        looks, beats, selects = await _measure(database, wake, seconds, runs * EACH)
    finally:
        await database.close()
    what = f"a tick over {incidents:,} open incidents, none due"
    return [
        Measured("tick", f"{what}, beside one SELECT of the due rows", "ms", 3.0, looks, selects),
        Measured("beat", f"{what}, with the heartbeat that every second tick writes", "ms", None, beats, selects),
    ]


async def _measure(
    database: Database, wake: Wake, seconds: Seconds, times: int
) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    looks, beats, selects = [], [], []
    for n in range(times + 1):
        seconds.now += 10.0
        beat = await _look(wake)
        look = await _look(wake)
        selected = await _select(database)
        if n:  # the first round compiles the statements
            beats.append(beat)
            looks.append(look)
            selects.append(selected)
    return tuple(looks), tuple(beats), tuple(selects)


async def _look(wake: Wake) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    ticked = await wake.once()
    taken = time.perf_counter() - began
    if ticked:
        raise AssertionError("an incident was due")
    return taken * 1000


async def _select(database: Database) -> float:
    """The same question by itself, with nothing of ours around it but the transaction. Milliseconds."""
    began = time.perf_counter()
    async with database.read() as tx:
        rows = (await tx.execute(select(incident.c.id).where(incident.c.next_due <= utc_now() + AHEAD))).all()
    taken = time.perf_counter() - began
    if rows:
        raise AssertionError("an incident was due")
    return taken * 1000


def _no() -> None:
    """Nobody listens to the heartbeat here."""
