"""Campaign C12: of several nodes on one PostgreSQL one writes, also when the one that ruled is killed or sleeps and wakes up."""

import asyncio
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Final

from bot.playground import ROOT
from bot.store.migrate import upgrade
from tests.campaign.ground import WentWrong
from tests.campaign.holder import LOST
from tests.postgres import Server, server

GRACE: Final = 1.0  # seconds on top of the lease within which the next node must rule
ENDS_WITHIN: Final = 15.0
_TABLE: Final = "CREATE TABLE written (id bigserial PRIMARY KEY, epoch bigint NOT NULL)"
# A row of an epoch that is older than one before it was written by a process that had been replaced.
_ZOMBIES: Final = """\
SELECT count(*) FROM (SELECT epoch, max(epoch) OVER (ORDER BY id) AS newest FROM written) AS so WHERE epoch < newest
"""
New = Callable[[str], Awaitable["Node"]]


class Node:
    """A holder process; `pid` to send signals to."""

    def __init__(self, process: asyncio.subprocess.Process, name: str) -> None:
        self._process = process
        self.name = name

    @classmethod
    async def started(cls, variant: str, url: str, name: str, seconds: float) -> "Node":
        command = (sys.executable, "-m", "tests.campaign.holder", variant, url, name, str(seconds))
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
        node = cls(process, name)
        await node.says("stands by", 60)
        return node

    async def says(self, word: str, within: float) -> bool:
        assert self._process.stdout is not None
        try:
            said = await asyncio.wait_for(self._process.stdout.readline(), within)
        except TimeoutError:
            return False
        if said.decode().strip() != word:
            raise WentWrong(f"{self.name} says {said!r} and not {word!r}")
        return True

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def ends(self, within: float) -> int | None:
        """Its exit code; None when it still runs."""
        try:
            return await asyncio.wait_for(self._process.wait(), within)
        except TimeoutError:
            return None

    async def over(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


async def run(seed: int, kills: int, pauses: int, seconds: float, variant: str = "as_it_is") -> Counter[str]:
    """The ruling node is killed so many times and paused so many times, in an order drawn from chance."""
    rng = Random(f"C12:{seed}")
    strikes = [signal.SIGKILL] * kills + [signal.SIGSTOP] * pauses
    rng.shuffle(strikes)
    counted = Counter(kills=kills, pauses=pauses, late=0, zombies=0, unsettled=0)
    async with _town(seconds, variant) as (ruler, postgres, new):
        for number, strike in enumerate(strikes):
            next_one = await new(f"knoop-{number + 1}")
            await asyncio.sleep(rng.uniform(0.05, seconds / 2))
            ruler.send(strike)
            began = time.monotonic()
            if not await next_one.says("took", 3 * seconds + 10):
                counted["late"] += 1
                break
            counted["late"] += time.monotonic() - began > seconds + GRACE
            if strike == signal.SIGSTOP:
                ruler.send(signal.SIGCONT)
                # what it was about to write when it fell asleep is written now, or never
                if await ruler.ends(ENDS_WITHIN if variant == "as_it_is" else 1.0) != LOST:
                    counted["unsettled"] += 1
            await ruler.over()
            ruler = next_one
        counted["written"] = int(postgres.psql("SELECT count(*) FROM written", "c12"))
        counted["zombies"] = int(postgres.psql(_ZOMBIES, "c12"))
    return counted


async def control(seed: int, pauses: int, seconds: float) -> Counter[str]:
    """A bot that does not look at the lease when it writes: what it writes after its sleep must be found."""
    return await run(seed, 0, pauses, seconds, "unfenced")


@asynccontextmanager
async def _town(seconds: float, variant: str) -> AsyncIterator[tuple[Node, Server, New]]:
    nodes: list[Node] = []
    with server() as postgres:
        postgres.psql("CREATE DATABASE c12")
        url = postgres.url("c12")
        await upgrade(url)
        postgres.psql(_TABLE, "c12")

        async def new(name: str) -> Node:
            nodes.append(await Node.started(variant, url, name, seconds))
            return nodes[-1]

        try:
            ruler = await new("knoop-0")
            await ruler.says("took", 10)
            yield ruler, postgres, new
        finally:
            for node in nodes:
                await node.over()
