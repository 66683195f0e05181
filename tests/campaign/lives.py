"""Lives of the bot that end by SIGKILL, at a random moment or at a random request: before the server heard, or after."""

import asyncio
import os
import signal
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from tests.campaign.ground import URGENT, Ground
from tests.campaign.wire import Rule, Trap, never, to, writes

LONGEST: Final = 2.5  # seconds; a start takes about one, an alarm's messages about two more
WRITES: Final = 30  # so many of a life's first requests are chosen from


@dataclass(frozen=True, slots=True)
class Plan:
    """How one life goes: who says what when, and how it ends. `at` counts the bot's writes, 0 is before it starts."""

    end: Literal["moment", "before", "after", "server"]
    nth: int
    seconds: float
    alarms: tuple[tuple[str, int], ...] = ()  # code, at
    sentence: str = URGENT
    matches: Rule = writes
    refuse: Rule = never


def drawn(rng: Random, code: str, *, chance: float = 1 / 3, most: int = 1) -> Plan:
    """A life that is drawn from chance, with up to `most` alarms."""
    alarms = tuple((f"{code}-{n}", rng.randint(0, 12)) for n in range(most) if rng.random() < chance)
    end: Literal["moment", "before", "after"] = rng.choice(("moment", "before", "after"))
    return Plan(end, rng.randint(1, WRITES), rng.uniform(0, LONGEST), alarms)


def at_a_page(rng: Random, code: str) -> Plan:
    """A life in which an alarm's page is accepted by the server and the bot dies before it hears so."""
    return Plan("after", rng.randint(1, 3), LONGEST * 2, ((code, 0),), matches=to("/send/m.room.encrypted/"))


async def live(ground: Ground, plan: Plan, variant: str = "as_it_is") -> None:
    """One life from its start to its kill; returns when the alarms of the plan were accepted by the homeserver."""
    for code, at in plan.alarms:
        if at == 0:
            await ground.raise_alarm(code, sentence=plan.sentence)
    bot = ground.bots(variant)
    trap = None
    if plan.end != "moment":
        act = (lambda: _strike(ground)) if plan.end == "server" else bot.kill
        when: Literal["before", "after"] = "before" if plan.end == "before" else "after"
        trap = Trap(plan.matches, plan.nth, when, act)
    ground.way.begin(trap, plan.refuse)
    async with bot.life():
        said = asyncio.create_task(_say(ground, plan))
        try:
            if plan.end == "server" and trap is not None:
                await _server_dies(ground, trap)
            await bot.ends(plan.seconds if plan.end in ("moment", "server") else max(plan.seconds, LONGEST))
            bot.kill()
            await said
        finally:
            said.cancel()


def _strike(ground: Ground) -> None:
    os.kill(ground.playground.homeserver.pid, signal.SIGKILL)


async def _server_dies(ground: Ground, trap: Trap) -> None:
    await trap.springs_within(LONGEST)  # and not later: it would strike the server that comes back
    await ground.playground.homeserver.kill()
    await ground.playground.homeserver.restart()


async def _say(ground: Ground, plan: Plan) -> None:
    for code, at in sorted(plan.alarms, key=lambda alarm: alarm[1]):
        if at == 0:
            continue
        # a life that is too short to get there leaves its alarm for the next one to find
        reached = asyncio.ensure_future(ground.way.reached(at))
        await asyncio.wait((reached,), timeout=LONGEST / 2)
        reached.cancel()
        await ground.raise_alarm(code, sentence=plan.sentence)


async def rest(ground: Ground, variant: str = "as_it_is", patience: float = 60.0) -> bool:
    """A life that is left alone until nothing is waiting; whether it came to that (see `Ground.settled`)."""
    ground.way.begin()
    async with ground.bots(variant).life() as bot:
        return await ground.settled(bot, patience)
