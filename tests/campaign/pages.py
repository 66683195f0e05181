"""Campaign C1: a confirmed alarm leads to every page, and each page is exactly one Matrix event, whatever is killed."""

from collections import Counter
from dataclasses import replace
from random import Random

from tests.campaign.ground import Ground
from tests.campaign.lives import Plan, at_a_page, drawn, live, rest


async def run(ground: Ground, seed: int, kills: int, server_kills: int = 0) -> Counter[str]:
    """The bot is killed `kills` times, and in some of those lives the homeserver too."""
    rng = Random(f"C1:{seed}")
    with_server = set(rng.sample(range(kills), server_kills))
    counted = Counter(kills=kills, server_kills=server_kills)
    codes: list[str] = []
    for number in range(kills):
        plan = _plan(rng, f"proef-c1-{seed}-{number}", number in with_server)
        codes += [code for code, _ in plan.alarms]
        await live(ground, plan)
    counted["unsettled"] = int(not await rest(ground))
    counted.update(await ground.judge(codes))
    return counted


def _plan(rng: Random, code: str, server: bool) -> Plan:
    plan = drawn(rng, code)
    if server:
        return replace(plan, end="server")
    # now and then the hardest moment of all: accepted, and nobody heard
    return at_a_page(rng, f"{code}-0") if rng.random() < 0.1 else plan


async def control(ground: Ground, seed: int, kills: int) -> Counter[str]:
    """Transaction ids that differ every time, at the hardest moment: pages must be said twice."""
    rng = Random(f"C1:control:{seed}")
    codes = [f"proef-c1-control-{seed}-{number}" for number in range(kills)]
    for code in codes:
        await live(ground, at_a_page(rng, code), "random_ids")
    await rest(ground, "random_ids")
    return Counter(kills=kills) + await ground.judge(codes)
