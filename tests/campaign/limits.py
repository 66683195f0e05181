"""Campaign C18: a homeserver with the limits of Synapse itself: the doctor says that they bite, and without them a drill runs."""

import asyncio
import secrets
import sys
import time
from collections import Counter
from typing import Final

import httpx

from bot.matrix.wire import quoted
from bot.playground import ROOT
from tests.campaign.ground import Ground, WentWrong
from tests.campaign.wire import Trap, listens

ALARMS: Final = 5  # each with a room, four invitations and some ten messages
WITHIN: Final = 30.0  # seconds for the drill, when nothing limits the bot


async def run(ground: Ground, seed: int) -> Counter[str]:
    """The drill as provisioned; then the limits as they come, of which the doctor must tell."""
    counted = await _drill(ground, f"proef-c18-{seed}")
    counted["unreported"] = int(await _doctor(ground) != 0)  # nothing is wrong yet
    await _limited(ground)
    counted["unreported"] += await _doctor(ground) != 1
    return counted


async def control(ground: Ground, seed: int) -> Counter[str]:
    """A bot that was never provisioned: its drill does not get done in time."""
    await _limited(ground)
    return await _drill(ground, f"proef-c18-control-{seed}")


async def _drill(ground: Ground, code: str) -> Counter[str]:
    codes = [f"{code}-{number}" for number in range(ALARMS)]
    before = _sent(ground)
    async with ground.bots("as_it_is").life() as bot:
        listening = Trap(listens, 1, "during", lambda: None)
        ground.way.begin(listening)
        if not await listening.springs_within(60):
            raise WentWrong("the bot does not listen")
        began = time.monotonic()
        for each in codes:
            await ground.raise_alarm(each, "bakker")  # a login more would meet a limit of its own
        try:
            settled = await asyncio.wait_for(ground.settled(bot), WITHIN - (time.monotonic() - began))
        except TimeoutError:
            settled = False
    counted = Counter(sent=_sent(ground) - before, late=int(not settled))
    if settled:
        counted.update(await ground.judge(codes))
    else:
        ground.forget(codes)
    return counted


def _sent(ground: Ground) -> int:
    found = ground.ask("SELECT count(*) FROM outbox WHERE state = 'sent'")
    assert found is not None, "the file can be read from outside"
    return int(found[0])


async def _doctor(ground: Ground) -> int:
    """The exit code of `iogplus doctor`."""
    command = (sys.executable, "-m", "bot", "doctor", "--config", str(ground.directory / "config.yaml"))
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=quiet, stderr=quiet)
    return await asyncio.wait_for(process.wait(), 120)


async def _limited(ground: Ground) -> None:
    """As if nobody had provisioned the bot: an administrator takes its exemption away."""
    homeserver, password = ground.playground.homeserver, secrets.token_hex(8)
    name = f"opperbeheer-{secrets.token_hex(4)}"
    await homeserver.register(name, password, admin=True)
    token = (await homeserver.login(name, password)).access_token
    async with httpx.AsyncClient(base_url=homeserver.url, timeout=30) as http:
        path = f"/_synapse/admin/v1/users/{quoted(ground.playground.bot)}/override_ratelimit"
        (await http.delete(path, headers={"Authorization": f"Bearer {token}"})).raise_for_status()
