"""Campaign C3: one incident is one room, encrypted and with everybody invited, also when the homeserver dies making it."""

import os
import signal
from collections import Counter
from collections.abc import Collection, Mapping
from random import Random
from typing import Any, Final
from urllib.parse import quote

import httpx

from bot.domain.ids import EventId
from bot.running import incident_of
from tests.campaign.ground import CALLED, Bots, Ground, WentWrong
from tests.campaign.wire import Trap, to

LATEST: Final = 0.4  # seconds; making a room takes Synapse about half of this
EXPECTED: Final = {f"@{name}:iog.example" for name in CALLED}


async def run(ground: Ground, seed: int, kills: int) -> Counter[str]:
    """For each alarm the homeserver is killed while it makes the room, or when it has, before the bot hears so."""
    rng = Random(f"C3:{seed}")
    codes = [f"proef-c3-{seed}-{number}" for number in range(kills)]
    moments = [None if rng.random() < 0.2 else rng.uniform(0, LATEST) for _ in codes]
    counted = await _struck(ground, "as_it_is", dict(zip(codes, moments, strict=True)))
    counted.update(await ground.judge(codes))
    return counted


async def control(ground: Ground, seed: int, kills: int) -> Counter[str]:
    """createRoom until it answers: there must be incidents with two rooms, or one without encryption."""
    codes = [f"proef-c3-control-{seed}-{number}" for number in range(kills)]
    counted = await _struck(ground, "naive_room", dict.fromkeys(codes))
    await ground.judge(codes)
    return counted


async def _struck(ground: Ground, variant: str, moments: Mapping[str, float | None]) -> Counter[str]:
    ground.way.begin()
    async with ground.bots(variant).life() as bot:
        settled = [await _killed(ground, bot, code, moment) for code, moment in moments.items()]
    counted = Counter(server_kills=len(moments), unsettled=settled.count(False))
    counted.update(await _judge(ground, moments.keys()))
    return counted


async def _killed(ground: Ground, bot: Bots, code: str, delay: float | None) -> bool:
    """One alarm with the homeserver killed `delay` seconds into createRoom, or when it has done it; whether all settled."""
    homeserver = ground.playground.homeserver

    def strike() -> None:
        os.kill(homeserver.pid, signal.SIGKILL)

    trap = Trap(to("/createRoom"), 1, "after" if delay is None else "during", strike, delay or 0.0)
    ground.way.begin(trap)
    await ground.raise_alarm(code)
    if not await trap.springs_within(120):
        raise WentWrong("the bot makes no room")
    await homeserver.kill()
    await homeserver.restart()
    return await ground.settled(bot)


async def _judge(ground: Ground, codes: Collection[str]) -> Counter[str]:
    """What the homeserver has for these incidents, seen with the bot's own login."""
    counted = Counter(rooms=0, lost=0, doubled=0, unencrypted=0, uninvited=0, clear=0)
    incidents = {str(incident_of(EventId(ground.alarms[code]))) for code in codes}
    found: Counter[str] = Counter()
    settings = ground.playground.settings
    headers = {"Authorization": f"Bearer {settings.access_token.get_secret_value()}"}
    base = f"{ground.playground.homeserver.url}/_matrix/client/v3"
    async with httpx.AsyncClient(headers=headers, timeout=60) as http:
        for room in (await http.get(f"{base}/joined_rooms")).raise_for_status().json()["joined_rooms"]:
            path = f"{base}/rooms/{quote(room)}"
            state = (await http.get(f"{path}/state")).raise_for_status().json()
            marker = _state(state, "m.room.create").get("nl.iog.incident", "")
            if marker not in incidents:
                continue
            found[marker] += 1
            said = (await http.get(f"{path}/messages?dir=b&limit=500")).raise_for_status().json()["chunk"]
            counted["rooms"] += 1
            counted["unencrypted"] += _state(state, "m.room.encryption").get("algorithm") != "m.megolm.v1.aes-sha2"
            counted["uninvited"] += len(EXPECTED - _there(state))
            counted["clear"] += sum(event["type"] == "m.room.message" for event in said)
    counted["lost"] = len(incidents - found.keys())
    counted["doubled"] = sum(n - 1 for n in found.values())
    return counted


def _state(state: list[dict[str, Any]], kind: str) -> Mapping[str, Any]:
    return next((event["content"] for event in state if event["type"] == kind), {})


def _there(state: list[dict[str, Any]]) -> set[str]:
    members = (event for event in state if event["type"] == "m.room.member")
    return {event["state_key"] for event in members if event["content"]["membership"] in ("join", "invite")}
