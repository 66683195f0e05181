"""Alarm to pages, alarm to room, answer to confirmation, question to answer: the bot and the bare script in turns, on one
homeserver."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.bench.archive import REPORTER
from tests.bench.bare import Plan
from tests.bench.report import Measured
from tests.bench.town import PATIENCE, Town, town
from tests.bench.wire import Exchange, sends

PAGES = 8
PAGE_BODY = "rellen"
CONFIRMED = "Waterbrug"
YES, WHO, CARD = "1", "wie", "kaart noodbevel"
WHO_BODY = "cyber"
CARD_BODY = "GW175"


class OutOfOrder(AssertionError):
    """The bot did something before its turn, so that its time means nothing."""


@dataclass(slots=True)
class Times:
    """Milliseconds."""

    pages: list[float] = field(default_factory=list)
    room: list[float] = field(default_factory=list)
    answer: list[float] = field(default_factory=list)
    who: list[float] = field(default_factory=list)
    card: list[float] = field(default_factory=list)


# One more alarm of the same reporter would be bundled with the one before it: that is the rule of floods, and no measure of speed.
IN_A_TOWN: Final = 4


async def race(directory: Path, runs: int) -> list[Measured]:
    """One unmeasured round first: it makes the keys of every room, and what the bot says in it the bare script says as well."""
    ours, theirs = Times(), Times()
    for part in range(0, runs, IN_A_TOWN):
        async with town(directory / str(part)) as built:
            await _bot(built, Times())
            plan = await _plan(built)
            await _bare(built, plan, Times(), 0)
            for n in range(1, min(IN_A_TOWN, runs - part) + 1):
                await _bot(built, ours)
                await _bare(built, plan, theirs, n)
    return [
        Measured("pages", "alarm received → last of 8 pages accepted", "ms", 1.25, *_both(ours.pages, theirs.pages)),
        Measured("room", "alarm received → room usable", "ms", 1.15, *_both(ours.room, theirs.room)),
        Measured("answer", "answer sent → confirmation accepted", "ms", 1.5, *_both(ours.answer, theirs.answer)),
        Measured("who", "`wie` sent → answer accepted", "ms", 1.2, *_both(ours.who, theirs.who)),
        Measured("card", "`kaart` sent → answer accepted", "ms", 1.2, *_both(ours.card, theirs.card)),
    ]


def _both(ours: list[float], theirs: list[float]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return tuple(ours), tuple(theirs)


async def _bot(built: Town, times: Times) -> None:
    await built.settled()
    said = await built.alarm(built.bot_rooms[REPORTER])
    await built.bot_sent(said, ".CardPosted", 1)
    await built.settled()
    heard, seen = built.wire.heard(said), built.wire.since(said)
    pages = sends(seen, ".PageText")
    _in_order(pages, seen)
    times.pages.append((max(x.answered for x in pages) - heard) * 1000)
    times.room.append((sends(seen, ".CardPosted")[0].answered - heard) * 1000)
    times.answer += await _answers(built, YES, ".AckConfirmed")
    times.who += await _answers(built, WHO, ".Answer")
    times.card += await _answers(built, CARD, ".Answer")


async def _answers(built: Town, text: str, kind: str) -> list[float]:
    """Everybody says this in turn; how long (milliseconds) until the bot's answer of this kind was accepted."""
    found = []
    for person in built.called:
        said = await built.say(person, built.bot_rooms[person], text)
        await built.bot_sent(said, kind, 1)
        found.append((sends(built.wire.since(said), kind)[0].answered - said) * 1000)
        await built.settled()
    return found


def _in_order(pages: list[Exchange], seen: list[Exchange]) -> None:
    """Pages go first, and the room starts once they are accepted."""
    room = min(x.asked for x in seen if "/directory/room/" in x.path or x.path.endswith("/createRoom"))
    invited = [x for x in seen if x.path.endswith("/invite") and x.status == 200]
    if len(pages) != PAGES or len(invited) != PAGES + 1:
        raise OutOfOrder(f"{len(pages)} pages and {len(invited)} invites")
    if room < min(x.answered for x in pages):
        raise OutOfOrder("the room was begun before a page was accepted")


async def _plan(built: Town) -> Plan:
    """What the bot said in the first round, to be said by the bare script."""
    for person in (REPORTER, *built.called):
        await built.peers[person].sync()
    pages = {built.bare_rooms[person]: built.body(person, PAGE_BODY) for person in built.called}
    everybody = [built.peers[person].user_id for person in (REPORTER, *built.called)]
    rescuer = built.playground.contacts.region.break_glass
    card = next(iter(pages.values()))
    first = built.called[0]
    echoes = {
        YES: built.body(first, CONFIRMED),
        WHO: built.body(first, WHO_BODY),
        CARD: built.body(first, CARD_BODY),
    }
    return Plan(pages, everybody, rescuer or "", card, echoes)


async def _bare(built: Town, plan: Plan, times: Times, n: int) -> None:
    bare = built.bare
    bare.plan, plan.room = plan, f"bare-{n}"
    async with bare.listening():
        bare.done.clear()
        said = await built.alarm(built.bare_rooms[REPORTER])
        async with asyncio.timeout(PATIENCE):
            await bare.done.wait()
        heard, seen = bare.wire.heard(said), bare.wire.since(said)
        accepted = sends(seen)
        if len(accepted) != PAGES + 1:
            raise OutOfOrder(f"{len(accepted)} sends of the bare script")
        times.pages.append((sorted(x.answered for x in accepted)[-2] - heard) * 1000)
        times.room.append((accepted[-1].answered - heard) * 1000)
        times.answer += await _echoes(built, YES)
        times.who += await _echoes(built, WHO)
        times.card += await _echoes(built, CARD)


async def _echoes(built: Town, text: str) -> list[float]:
    """The same of the bare script."""
    bare, found = built.bare, []
    for person in built.called:
        bare.done.clear()
        said = await built.say(person, built.bare_rooms[person], text)
        async with asyncio.timeout(PATIENCE):
            await bare.done.wait()
        found.append((sends(bare.wire.since(said))[0].answered - said) * 1000)
        await asyncio.sleep(0.2)
    return found
