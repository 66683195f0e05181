"""Campaign C11: no alarm is lost, when the bot dies while people speak or was away for longer than one sync shows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Final

from tests.campaign.ground import PLAIN, Ground, WentWrong
from tests.campaign.lives import drawn, live, rest
from tests.campaign.wire import Trap, listens

GAP: Final = 120  # events; one sync shows a hundred
HEARD: Final = ("vandijk",)  # such an alarm is told to the coordinator, and confirmed to who raised it


async def run(ground: Ground, seed: int, kills: int) -> Counter[str]:
    """Two people raise alarms while the bot is killed; then it is away while much is said."""
    rng = Random(f"C11:{seed}")
    codes: list[str] = []
    for number in range(kills):
        plan = replace(drawn(rng, f"proef-c11-{seed}-{number}", chance=0.6, most=2), sentence=PLAIN)
        codes += [code for code, _ in plan.alarms]
        await live(ground, plan)
    in_gap = await _away(ground, f"proef-c11-gap-{seed}")
    settled = await rest(ground)
    counted = Counter(kills=kills, gap=GAP, unsettled=int(not settled))
    counted.update(await ground.judge([*codes, *in_gap], HEARD))
    return counted


async def _away(ground: Ground, code: str) -> Sequence[str]:
    """Three alarms in a room, with so much between them that one sync cannot show it all; gives their codes."""
    codes, reporter = [f"{code}-{n}" for n in range(3)], await ground.reporter()
    for code in codes[:2]:
        await ground.raise_alarm(code, reporter, PLAIN)
        for n in range(GAP // 2):
            # a notice: the bot hears it and answers nothing
            await ground.peers[reporter].say(ground.direct[reporter], f"gerucht {n}", msgtype="m.notice")
    await ground.raise_alarm(codes[2], reporter, PLAIN)
    return codes


async def control_gap(ground: Ground, seed: int) -> Counter[str]:
    """A bot that does not ask for what a sync left out: the first alarm of the gap must be lost."""
    codes = await _away(ground, f"proef-c11-control-gap-{seed}")
    return await _judged(ground, codes, "no_backfill")


async def control_token(ground: Ground, seed: int, kills: int) -> Counter[str]:
    """A bot that keeps its token before what came with it, killed between the two: alarms must be lost."""
    codes = [f"proef-c11-control-token-{seed}-{number}" for number in range(kills)]
    for code in codes:
        listening = Trap(listens, 1, "during", lambda: None)
        ground.way.begin(listening)
        async with ground.bots("token_first").life() as bot:
            if not await listening.springs_within(60):
                raise WentWrong("the bot does not listen")
            await ground.raise_alarm(code, sentence=PLAIN)
            await bot.ends(0.5)
    return await _judged(ground, codes, "token_first")


async def _judged(ground: Ground, codes: Sequence[str], variant: str) -> Counter[str]:
    await rest(ground, variant, patience=5)
    ground.forget(codes)
    return Counter(await ground.judge(codes, HEARD))
