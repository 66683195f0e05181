"""Campaign C2: those who are called can read their pages, from every fresh process and when key requests fail."""

from collections import Counter
from dataclasses import replace
from random import Random
from typing import Final

from tests.campaign.ground import Ground
from tests.campaign.lives import Plan, drawn, live, rest
from tests.campaign.wire import first

KEYS: Final = ("/sendToDevice/", "/keys/claim", "/keys/query")


async def run(ground: Ground, seed: int, kills: int) -> Counter[str]:
    """In every life an alarm, up to three requests with keys that fail, and a kill."""
    rng = Random(f"C2:{seed}")
    codes: list[str] = []
    for number in range(kills):
        plan = drawn(rng, f"proef-c2-{seed}-{number}", chance=1.0)
        codes += [code for code, _ in plan.alarms]
        await live(ground, replace(plan, refuse=first(rng.randint(0, 3), rng.choice(KEYS))))
    counted = Counter(kills=kills, unsettled=int(not await rest(ground)))
    counted.update(await ground.judge(codes))
    return counted


async def control(ground: Ground, seed: int, kills: int) -> Counter[str]:
    """A bot that believes that every key arrived: some pages must be there and unreadable."""
    codes = [f"proef-c2-control-{seed}-{number}" for number in range(kills)]
    for code in codes:
        plan = Plan("moment", 0, 5.0, ((code, 0),), refuse=first(3, KEYS[0]))
        await live(ground, plan, "trusting")
    await rest(ground, "trusting")
    return Counter(kills=kills) + await ground.judge(codes)
