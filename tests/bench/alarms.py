"""Twenty-five alarms at once, eight people each, four channels: when the first page was in the hands of every one of them.

The bare script says what the bot said, to the same addresses, all side by side; it writes nothing down. Each municipality has
people of its own: the bot rings nobody for more than five incidents in a quarter of an hour.
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx
from nio import AsyncClient, MatrixRoom, RoomMessageText

from bot.domain.ids import EventId, PersonId
from bot.reach import about
from bot.running import incident_of
from bot.store import directory as incidents
from bot.store import reach
from tests.bench.archive import utc_now
from tests.bench.bare import Bare
from tests.bench.phones import Brought, Providers, providers
from tests.bench.region import BESIDE, Brigade, address, write_contacts
from tests.bench.report import Measured
from tests.bench.town import Town, clock, town
from tests.bench.wire import Exchange, Stopwatch, sends

ALARMS, FEW = 25, 2
MOST_ROUNDS = 4  # with the unmeasured one five incidents of each reporter; a sixth would join the last
LONG = 900.0  # seconds; the first round makes keys for two hundred rooms, and after the pages a room is made for every alarm
ALARM = "alarm rellen nu: op sociale media roept men op om vanavond om 21u te komen rellen bij het station"
PAGE_BODY = "rellen"
NUMBER = re.compile(r"\d{4}-\d{3}")


class Missing(AssertionError):
    """A page did not come over every channel, so that its time means nothing."""


@dataclass(frozen=True, slots=True)
class Call:
    """What the bare script says at one alarm: to rooms, and to the other channels."""

    number: str
    pages: Mapping[str, Mapping[str, Any]]
    brought: Sequence[Brought]


class Crowd(Bare):
    """The bare script, answering any number of alarms side by side; `calls` by the room in which the alarm will be said."""

    def __init__(self, client: AsyncClient) -> None:
        super().__init__(client)
        self.calls: dict[str, Call] = {}
        self.work: list[asyncio.Future[None]] = []
        self.heard = asyncio.Event()  # every alarm was
        self.address: Callable[[str], str] = str
        self.http = httpx.AsyncClient(trust_env=False, timeout=LONG)

    async def answered(self) -> None:
        """Until every alarm was heard and answered."""
        async with asyncio.timeout(LONG):
            await self.heard.wait()
            await asyncio.gather(*self.work)

    async def _said(self, room: MatrixRoom, event: RoomMessageText) -> None:
        if event.sender != self.client.user_id and room.room_id in self.calls:
            self.work.append(asyncio.ensure_future(self._call(self.calls.pop(room.room_id))))
            if not self.calls:
                self.heard.set()

    async def _call(self, call: Call) -> None:
        pages = (self.send(room, page, call.number) for room, page in call.pages.items())
        await asyncio.gather(*pages, *(self._bring(one) for one in call.brought))

    async def _bring(self, one: Brought) -> None:
        answer = await self.http.post(self.address(one.channel), content=one.body, headers=one.headers)
        answer.raise_for_status()


@dataclass(slots=True)
class Region:
    """`pages` and `brought`: what the bot said to the first brigade, by its members; the bare script says it to all."""

    built: Town
    phones: Providers
    crowd: Crowd
    brigades: tuple[Brigade, ...]
    watches: dict[PersonId, Stopwatch] = field(default_factory=dict)
    pages: dict[PersonId, dict[str, Any]] = field(default_factory=dict)
    brought: list[Brought] = field(default_factory=list)

    @property
    def pages_each(self) -> int:
        return sum(len(one.called) for one in self.brigades)

    async def alarm(self, rooms: Mapping[PersonId, str]) -> dict[Brigade, tuple[EventId, float]]:
        """Every officer says the alarm at once: the event, and when the request left."""
        began, peers = clock(), self.built.peers
        who = [one.reporter for one in self.brigades]
        events = await asyncio.gather(*(peers[one].say(rooms[one], ALARM) for one in who))
        left = [next(x.asked for x in sends(self.watches[one].since(began))) for one in who]
        return {one: (EventId(event), at) for one, event, at in zip(self.brigades, events, left, strict=True)}

    async def took(self) -> list[Brought]:
        """What the providers took, once it is a request for everybody on every channel."""
        found: list[Brought] = []
        count = self.pages_each * len(BESIDE)
        async with asyncio.timeout(LONG):
            while len(found := found + await self.phones.took()) < count:  # noqa: ASYNC110 - they are in another process
                await asyncio.sleep(0.2)
        return found

    def call(self, brigade: Brigade, number: str) -> Call:
        """What the bot said to the first brigade, under another number and to others."""
        first = self.brigades[0]
        instead = dict(zip(first.called, brigade.called, strict=True))
        pages = {
            self.built.bare_rooms[person]: {k: NUMBER.sub(number, text) for k, text in self.pages[old].items()}
            for old, person in instead.items()
        }
        brought = []
        for one in self.brought:
            old = _whose(one, first.called)
            addresses = ((address(old, channel), address(instead[old], channel)) for channel in BESIDE)
            body = NUMBER.sub(number, one.body)
            for theirs, ours in addresses:
                body = body.replace(theirs, ours)
            brought.append(Brought(one.channel, 0.0, body, one.headers))
        return Call(number, pages, brought)


def times(
    left: Mapping[Brigade, float], matrix: Iterable[tuple[PersonId, float]], brought: Iterable[Brought]
) -> tuple[float, ...]:
    """Milliseconds from each alarm to the last of the channels of each person it calls; raises Missing."""
    whose = {person: brigade for brigade in left for person in brigade.called}
    last: dict[PersonId, list[float]] = {person: [] for person in whose}
    for person, at in matrix:
        last[person].append(at)
    for one in brought:
        last[_whose(one, tuple(whose))].append(one.at)
    if {len(each) for each in last.values()} != {1 + len(BESIDE)}:
        raise Missing("somebody was not paged once over every channel")
    return tuple((max(each) - left[whose[person]]) * 1000 for person, each in last.items())


def _whose(one: Brought, people: Sequence[PersonId]) -> PersonId:
    return next(person for person in people if any(address(person, channel) in one.body for channel in BESIDE))


async def alarms(directory: Path, runs: int, *, small: bool) -> list[Measured]:
    """One unmeasured round first: it makes the keys of every room, and what the bot says in it the bare script says as well."""
    brigades = tuple(Brigade(n) for n in range(1, (FEW if small else ALARMS) + 1))
    contacts = directory / "contacts"
    await asyncio.to_thread(write_contacts, contacts, brigades)
    people = [person for one in brigades for person in one.everybody]
    ours, theirs = [], []
    async with providers() as phones, town(directory, contacts, Crowd, people, **phones.settings()) as built:
        assert isinstance(built.bare, Crowd)
        region = Region(built, phones, built.bare, brigades)
        await _ready(region)
        for n in range(min(MOST_ROUNDS, max(1, runs // 3)) + 1):
            ours.append(await _bot(region))
            theirs.append(await _bare(region, n))
        await built.bare.http.aclose()
    return _measured(len(brigades), ours[1:], theirs[1:])


def _measured(count: int, ours: Sequence[tuple[float, ...]], theirs: Sequence[tuple[float, ...]]) -> list[Measured]:
    what = f"{count} alarms at once → first page in the hands of every channel"
    return [
        Measured("alarms", f"{what}, p50", "ms", 1.3, sum(ours, ()), sum(theirs, ())),
        Measured("alarms p99", f"{what}, p99", "ms", 1.3, tuple(map(_p99, ours)), tuple(map(_p99, theirs))),
    ]


def _p99(found: tuple[float, ...]) -> float:
    return quantiles(found, n=100, method="inclusive")[-1]


async def _bot(region: Region) -> tuple[float, ...]:
    built = region.built
    await built.settled(LONG)
    await region.phones.took()
    left = await region.alarm(built.bot_rooms)
    first = min(at for _, at in left.values())
    await built.bot_sent(first, ".PageText", region.pages_each, LONG)
    brought = await region.took()
    whose = {room: person for person, room in built.bot_rooms.items()}
    matrix = [(whose[_room(x)], x.answered) for x in sends(built.wire.since(first), ".PageText")]
    await built.settled(LONG)
    if not region.pages:
        await _remember(region, brought)
    await _one_each(region, [event for event, _ in left.values()])
    return times({one: at for one, (_, at) in left.items()}, matrix, brought)


async def _bare(region: Region, n: int) -> tuple[float, ...]:
    built, crowd = region.built, region.crowd
    rooms = built.bare_rooms
    async with crowd.listening():
        await region.phones.took()
        crowd.heard.clear()
        crowd.work.clear()
        crowd.calls = {rooms[one.reporter]: region.call(one, f"{3000 + n}-{one.number:03}") for one in region.brigades}
        left = await region.alarm(rooms)
        await crowd.answered()
        brought = await region.took()
    whose = {room: person for person, room in rooms.items()}
    accepted = sends(crowd.wire.since(min(at for _, at in left.values())))
    matrix = [(whose[_room(x)], x.answered) for x in accepted]
    return times({one: at for one, (_, at) in left.items()}, matrix, brought)


def _room(sent: Exchange) -> str:
    return sent.path.partition("/rooms/")[2].partition("/send/")[0]


async def _one_each(region: Region, events: Sequence[EventId]) -> None:
    """An alarm that was taken for a repeat would have called nobody anew."""
    async with region.built.bot.database.read() as tx:
        rows = [await incidents.get(tx, incident_of(event)) for event in events]
    if None in rows:
        raise Missing("an alarm was no incident of its own")


async def _remember(region: Region, brought: Sequence[Brought]) -> None:
    """What the bot said to the first brigade."""
    first = region.brigades[0].called
    for person in first:
        await region.built.peers[person].sync()
        region.pages[person] = region.built.body(person, PAGE_BODY)
    region.brought = [one for one in brought if any(address(p, c) in one.body for p in first for c in BESIDE)]


async def _ready(region: Region) -> None:
    """A stopwatch at every officer's client, and addresses as if each had been proved with a code."""
    built, vault, now = region.built, region.built.bot.board.vault, utc_now()
    region.crowd.address = region.phones.address
    for one in region.brigades:
        watch = region.watches[one.reporter] = Stopwatch()
        watch.attach(built.peers[one.reporter].client.client_session)
    async with built.bot.database.begin() as tx:
        for one in region.brigades:
            for person in one.called:
                for channel in BESIDE:
                    known = address(person, channel)
                    sealed = vault.seal(known, about(person, channel))
                    row = reach.ReachRow(person, channel, sealed, vault.fingerprint(known), now, now, now)
                    await reach.write(tx, row)
