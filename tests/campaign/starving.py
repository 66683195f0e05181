"""Campaign C14: the disk is full, takes no write or gives no more file handles: people are paged, and no decision is confirmed.

What a process may take is limited while it runs (RLIMIT_FSIZE, RLIMIT_NOFILE); where we may mount, its directory stands on a small
disk of its own, which is then filled.
"""

import asyncio
import os
import resource
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Final, Literal

from tests.campaign.ground import Bots, Ground, WentWrong, prepared
from tests.campaign.wire import Trap, listens

Want = Literal["writes", "growth", "handles", "full"]
LIMITS: Final[tuple[Want, ...]] = ("writes", "growth", "handles")
ON_CALL: Final = ("vandijk", "deboer")  # the coordinator, and who is called for both experts of the brigade
PAGED_WITHIN: Final = 60.0  # seconds; the machine may be busy
NOBODY_WITHIN: Final = 30.0  # seconds that the control waits for nobody: three times what a whole life takes otherwise
DISK_BYTES: Final = 64 * 1024 * 1024


@asynccontextmanager
async def own_disk(directory: Path) -> AsyncIterator[tuple[Ground, tuple[Want, ...]]]:
    """A ground whose bot has a small disk of its own where we may mount one, and what can be taken from it."""
    state = directory / "state"
    state.mkdir(mode=0o700)
    mounted = _mount("-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=700", "tmpfs", state)
    try:
        async with prepared(directory) as ground:
            yield ground, (*LIMITS, "full") if mounted else LIMITS
    finally:
        if mounted:
            await asyncio.to_thread(subprocess.run, ("umount", "-l", state), check=True)


async def run(
    ground: Ground, seed: int, wants: tuple[Want, ...], variant: str = "as_it_is", within: float = PAGED_WITHIN
) -> Counter[str]:
    """One life for each want, in an order drawn from chance."""
    rng = Random(f"C14:{seed}")
    counted: Counter[str] = Counter(runs=0, unpaged=0, confirmed=0, unrecorded=0, unsettled=0)
    wants = tuple(rng.sample(wants, len(wants)))
    for number, want in enumerate(wants):
        counted += await _life(ground, want, f"proef-c14-{seed}-{number}-{want.replace('_', '')}", variant, within)
        counted["runs"] += 1
    return counted


async def control(ground: Ground, seed: int) -> Counter[str]:
    """A bot without emergency pages: nobody is woken while the disk is full."""
    counted = await run(ground, seed, ("growth",), "no_emergency", NOBODY_WITHIN)
    ground.forget([*ground.alarms])
    return counted


async def _life(ground: Ground, want: Want, code: str, variant: str, within: float) -> Counter[str]:
    counted: Counter[str] = Counter()
    vandijk = ground.peers["vandijk"]
    async with ground.bots(variant).life() as bot:
        await _listens(ground)
        await ground.raise_alarm(f"{code}-kamer")
        if not await ground.settled(bot):
            raise WentWrong("the bot does not come to rest before anything is taken from it")
        room = await _newest_room(ground)
        before = {person: await _emergencies(ground, person) for person in ON_CALL}
        recorded, decided = _recorded(ground, "emergency.paged"), _recorded(ground, "decision.recorded")
        with _taken(ground, bot, want):
            await ground.raise_alarm(code)
            await vandijk.say(room, f"besluit plein afsluiten {code}")
            paged = await _paged(ground, before, code, within)
            counted["unpaged"] += not paged
            # from outside, where nothing is limited
            counted["confirmed"] += (
                await _confirmed(ground, room, code) and _recorded(ground, "decision.recorded") == decided
            )
        counted["unsettled"] += not await ground.settled(bot)
        emergency = any([before[person] < await _emergencies(ground, person) for person in ON_CALL])
        counted["emergencies"] += emergency
        counted["unrecorded"] += _recorded(ground, "emergency.paged") != recorded + emergency
        counted["unconfirmed"] += not await _confirmed(ground, room, code)
    counted.update(await ground.judge([f"{code}-kamer", code]))
    return counted


async def _paged(ground: Ground, before: dict[str, int], code: str, within: float) -> bool:
    """Whether everybody who is on call was woken in time, by an emergency page or by a page like any other."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while loop.time() - began < within:
        woken = [
            await _emergencies(ground, person) > before[person]
            or any(t.code == code for t in await ground.told(person))
            for person in ON_CALL
        ]
        if all(woken):
            return True
        await asyncio.sleep(0.5)
    return False


async def _emergencies(ground: Ground, person: str) -> int:
    return sum("NOODOPROEP" in told.body for told in await ground.told(person))


async def _confirmed(ground: Ground, room: str, code: str) -> bool:
    """Whether the bot said in the room that the decision stands in the log."""
    peer = ground.peers["vandijk"]
    await peer.sync(timeout_ms=300)
    return any(
        "⚖️" in seen.body and code in seen.body for seen in peer.timeline(room) if seen.sender == ground.playground.bot
    )


def _recorded(ground: Ground, kind: str) -> int:
    found = ground.ask(f"""SELECT count(*) FROM log_entry WHERE CAST(raw AS TEXT) LIKE '%"type":"{kind}"%'""")
    assert found is not None, "the file can be read from outside"
    return int(found[0])


async def _newest_room(ground: Ground) -> str:
    """The room of the incident that was made last, with the coordinator in it."""
    found = ground.ask("SELECT main_room FROM incident ORDER BY opened_at DESC LIMIT 1")
    assert found
    await ground.peers["vandijk"].join(found[0])
    return found[0]


async def _listens(ground: Ground) -> None:
    listening = Trap(listens, 1, "during", lambda: None)
    ground.way.begin(listening)
    if not await listening.springs_within(60):
        raise WentWrong("the bot does not listen")


@contextmanager
def _taken(ground: Ground, bot: Bots, want: Want) -> Iterator[None]:
    """What the block's bot has to do without."""
    state, pid = ground.playground.settings.state_dir, bot.pid
    match want:
        case "writes":
            with _limited(pid, resource.RLIMIT_FSIZE, 0):
                yield
        case "growth":
            # its keys stay below it: only the database may not grow
            with _limited(pid, resource.RLIMIT_FSIZE, (state / "iogplus.db").stat().st_size):
                yield
        case "handles":
            with _limited(pid, resource.RLIMIT_NOFILE, len(os.listdir(f"/proc/{pid}/fd"))):
                yield
        case "full":
            filling = state / "filling"
            _fill(filling)
            try:
                yield
            finally:
                filling.unlink()


@contextmanager
def _limited(pid: int, what: int, soft: int) -> Iterator[None]:
    before = resource.prlimit(pid, what)
    resource.prlimit(pid, what, (soft, before[1]))
    try:
        yield
    finally:
        with suppress(ProcessLookupError):  # it ended, which its life will say
            resource.prlimit(pid, what, before)


def _fill(path: Path) -> None:
    block = bytes(1024 * 1024)
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(block)
        except OSError:
            pass


def _mount(*arguments: str | Path) -> bool:
    return subprocess.run(("mount", *arguments), capture_output=True, check=False).returncode == 0
