"""Campaign C6: the machine's clock is set in the middle of an escalation, under the real bot; nobody is paged early or not at all.

libfaketime stands between the bot's process and the system: it moves the wall clock and leaves the monotonic one alone, as an
operator or a time server does.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final

from bot.matrix.wire import room_path
from tests.campaign.ground import CALLED, Ground, WentWrong, prepared
from tests.campaign.wire import Trap, listens

HOUR: Final = 3_600
JUMPS: Final = (HOUR, -HOUR, 24 * HOUR, -24 * HOUR)
# A minute before the clock in Amsterdam goes from 02:00 to 03:00, and from 03:00 to 02:00.
NIGHTS: Final = (datetime(2027, 3, 28, 0, 59, 50, tzinfo=UTC), datetime(2026, 10, 25, 0, 59, 50, tzinfo=UTC))
# Seconds after the alarm was heard: the page, and once more. Two repeats that a slow machine is late for would become one.
DUE: Final = (0.0, 12.0)
EARLY: Final = 0.2  # seconds; both moments are on the homeserver's clock
LATE: Final = 30.0  # the machine may be busy
PER_GROUND: Final = (
    2  # escalations; who was sent more than five pages in a quarter of an hour is not rung again for a while
)
PATIENCE: Final = 75.0  # seconds after an alarm until a page that did not come is called suppressed
ESCALATION: Final = """\
opschaling:
  stappen:
    - {wie: eerste, wacht: 12u, herhaal: 1, herhaal_na: 12s}
  altijd: [expert_cter, expert_zorg]
  bedenktijd: 12u
  dubbel_binnen: 1s
  heropenen_binnen: 24u
  sitrap_elke: 12u
"""

Pages = Mapping[str, Sequence[float]]  # by person: seconds since the alarm


@asynccontextmanager
async def moved_ground(directory: Path) -> AsyncIterator[Ground]:
    """A ground whose bot reads the wall clock through libfaketime; raises WentWrong where that is not installed."""
    libraries = _libraries()
    if not libraries:
        raise WentWrong(
            "libfaketime is not installed here (Debian: apt-get install libfaketime): the clock cannot be set"
        )
    async with prepared(directory, escalation=ESCALATION) as ground:
        ground.surroundings = {
            "LD_PRELOAD": str(libraries[0]),
            "FAKETIME_TIMESTAMP_FILE": str(directory / "offset"),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # its mend for older C libraries: Python's threads hand over thirty times slower, and a transaction takes seconds
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
            "FAKETIME_CACHE_DURATION": "1",  # seconds; looked up at every call of a clock it would slow the bot down
            "NO_FAKE_STAT": "1",
        }
        yield ground


async def run(directory: Path, seed: int, jumps: int) -> Counter[str]:
    """An escalation for each jump, no more on one ground than people are rung for; then one for each of the nights, on ground of
    its own: months pass there, and what earlier alarms have left would be due all at once."""
    rng = Random(f"C6:{seed}")
    counted: Counter[str] = Counter(jumps=jumps, nights=len(NIGHTS), pages=0, suppressed=0, early=0, late=0)
    for first in range(0, jumps, PER_GROUND):
        async with moved_ground(_made(directory / f"jumps-{first}")) as ground:
            for number in range(first, min(first + PER_GROUND, jumps)):
                by, after = rng.choice(JUMPS), rng.uniform(1, DUE[-1])
                lived = await _escalation(ground, f"proef-c6-{seed}-{number}", "as_it_is", by=by, after=after)
                counted.update(_judged(lived))
    for number, night in enumerate(NIGHTS):
        async with moved_ground(_made(directory / f"night-{number}")) as ground:
            begins = round((night - datetime.now(UTC)).total_seconds())
            lived = await _escalation(ground, f"proef-c6-{seed}-nacht-{number}", "as_it_is", begins=begins)
            counted.update(_judged(lived))
    return counted


async def control(directory: Path, seed: int) -> Counter[str]:
    """A bot that reads off the wall what is due, and a clock that is set back: nobody is called again."""
    async with moved_ground(directory) as ground:
        return _judged(await _escalation(ground, f"proef-c6-control-{seed}", "wall_clock", by=-HOUR))


def _made(directory: Path) -> Path:
    directory.mkdir()
    return directory


def _judged(lived: Pages) -> Counter[str]:
    counted: Counter[str] = Counter()
    for person in CALLED:
        came = sorted(lived[person])
        counted["pages"] += len(came)
        counted["suppressed"] += max(0, len(DUE) - len(came))
        counted["doubled"] += max(0, len(came) - len(DUE))
        for due, at in zip(DUE, came, strict=False):
            counted["early"] += at < due - EARLY
            counted["late"] += at > due + LATE
    return counted


async def _escalation(
    ground: Ground, code: str, variant: str, *, begins: int = 0, by: int = 0, after: float = 0.0
) -> Pages:
    """One life with one alarm that nobody answers; the wall clock is `begins` seconds off, and `after` some (for a
    known-bad bot: when everybody was paged once) moves `by` more."""
    loop = asyncio.get_running_loop()
    _set(ground, begins)
    async with ground.bots(variant).life() as bot:
        listening = Trap(listens, 1, "during", lambda: None)
        ground.way.begin(listening)
        if not await listening.springs_within(60):
            raise WentWrong("the bot does not listen")
        said = await _said(ground, await ground.raise_alarm(code, "bakker"))
        began = loop.time()
        await asyncio.sleep(after)
        moved = variant == "as_it_is"
        if moved:
            _set(ground, begins + by)
        while True:
            told = {person: [t for t in await ground.told(person) if t.code == code] for person in CALLED}
            if not moved and all(told.values()):
                moved = True
                _set(ground, begins + by)  # what is still due was reckoned before
            if loop.time() - began > PATIENCE or all(len(pages) >= len(DUE) for pages in told.values()):
                return {person: [page.at - said for page in pages] for person, pages in told.items()}
            if await bot.ends(1.0):
                raise WentWrong("the bot ended when the clock was set")


async def _said(ground: Ground, event: str) -> float:
    """When the homeserver took the alarm (seconds, on its clock)."""
    room = ground.direct["bakker"]
    found = await ground.peers["bakker"].raw("GET", room_path(room, "event", event))
    return float(found["origin_server_ts"]) / 1000


def _libraries() -> list[Path]:
    return sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


def _set(ground: Ground, offset: int) -> None:
    """Whole or not at all: the bot reads it at every look at the clock."""
    path = ground.directory / "offset"
    fresh = path.with_suffix(".new")
    fresh.write_text(f"{offset:+d}\n", encoding="ascii")
    fresh.replace(path)
