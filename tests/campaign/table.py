"""The campaigns: what each promises, how much of it a round does, and the known-bad bot that each must catch."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.campaign import (
    clocks,
    flood,
    hearing,
    leading,
    limits,
    losing,
    machine,
    nodes,
    pages,
    playbooks,
    readable,
    rooms,
    rosters,
    starving,
    tamper,
)
from tests.campaign.ground import Ground, prepared

Play = Callable[[Ground, int], Awaitable[Counter[str]]]
Round = Callable[[Path, int], Coroutine[Any, Any, Counter[str]]]  # an empty directory, the seed
# Counts that must be zero in a run, whichever campaign it is; in a control one of them must not be.
FAULTS: Final = (
    "lost", "doubled", "unreadable", "unsettled", "unencrypted", "uninvited", "clear", "unsound", "disagreements",
    "late", "zombies", "suppressed", "early", "unpaged", "unrecorded", "confirmed", "unreported", "crowded",
    "stuck",
)  # fmt: skip


def faults(counts: Mapping[str, int]) -> int:
    return sum(counts.get(fault, 0) for fault in FAULTS)


@dataclass(frozen=True, slots=True)
class Control:
    """A bot with a known fault, and the count in which that fault must show."""

    name: str
    play: Round
    shows: str

    def caught(self, counts: Mapping[str, int]) -> bool:
        return counts.get(self.shows, 0) > 0


@dataclass(frozen=True, slots=True)
class Campaign:
    """`play` does one round with a seed of its own; `rounds` of them make the campaign."""

    name: str
    promise: str
    rounds: int
    play: Round
    controls: tuple[Control, ...] = ()


@dataclass
class Result:
    """What was counted: the rounds by number, the controls by name. Kept on disk after each, so that it can go on."""

    seed: int
    rounds: dict[int, dict[str, int]] = field(default_factory=dict)
    controls: dict[str, dict[str, int]] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def total(self) -> Counter[str]:
        total: Counter[str] = Counter()
        for counts in self.rounds.values():
            total.update(counts)
        return total

    def passed(self, campaign: Campaign) -> bool:
        """All rounds were played, none of them with a fault, and every control was caught."""
        whole = len(self.rounds) == campaign.rounds and all(self.rounds.values())
        return (
            whole and not faults(self.total) and all(c.caught(self.controls.get(c.name, {})) for c in campaign.controls)
        )


def on_ground(play: Play) -> Round:
    """A round that stands on a fresh installation."""

    async def played(directory: Path, seed: int) -> Counter[str]:
        async with prepared(directory) as ground:
            return await play(ground, seed)

    return played


def on_postgresql(play: Play) -> Round:
    """A round that stands on a fresh installation with a PostgreSQL of its own."""

    async def played(directory: Path, seed: int) -> Counter[str]:
        async with prepared(directory, on_postgresql=True) as ground:
            return await play(ground, seed)

    return played


def on_limits(play: Play) -> Round:
    """A round on a homeserver that limits as Synapse does by itself."""

    async def played(directory: Path, seed: int) -> Counter[str]:
        async with prepared(directory, limits=True) as ground:
            return await play(ground, seed)

    return played


def on_own_disk(play: Callable[[Ground, int, tuple[starving.Want, ...]], Awaitable[Counter[str]]]) -> Round:
    """A round on an installation with a small disk of its own, where we may mount one."""

    async def played(directory: Path, seed: int) -> Counter[str]:
        async with starving.own_disk(directory) as (ground, wants):
            return await play(ground, seed, wants)

    return played


async def _lost(directory: Path, seed: int) -> Counter[str]:
    """Both databases, one after the other."""
    here, there = directory / "postgresql", directory / "sqlite"
    for each in (here, there):
        each.mkdir()
    cut = await on_postgresql(lambda ground, seed: losing.run(ground, seed, cuts=50, stops=5))(here, seed)
    return cut + await on_ground(lambda ground, seed: losing.run_locked(ground, seed, locks=100))(there, seed)


async def _led(directory: Path, seed: int) -> Counter[str]:
    """Whole bots, and after them the bare database and lease, which is struck and written more often."""
    whole = await on_postgresql(lambda ground, seed: nodes.run(ground, seed, kills=4, pauses=4, cuts=2, seconds=4.0))(
        directory, seed
    )
    bare = await leading.run(seed, kills=4, pauses=4, seconds=3.0)
    return whole + Counter(
        {f"bare_{name}" if name in ("kills", "pauses", "written") else name: n for name, n in bare.items()}
    )


async def _tampered(_: Path, seed: int) -> Counter[str]:
    counts = await asyncio.to_thread(tamper.run, seed, 10_000)
    return Counter({name: value for name, value in asdict(counts).items() if name != "seed"})


CAMPAIGNS: Final = (
    Campaign(
        "C1",
        "every page of a confirmed alarm is exactly one Matrix event",
        20,
        on_ground(lambda ground, seed: pages.run(ground, seed, kills=50, server_kills=2)),
        (
            Control(
                "random transaction ids", on_ground(lambda ground, seed: pages.control(ground, seed, 20)), "doubled"
            ),
        ),
    ),
    Campaign(
        "C2",
        "who is called can read the page",
        2,
        on_ground(lambda ground, seed: readable.run(ground, seed, kills=30)),
        (
            Control(
                "believes that keys arrived",
                on_ground(lambda ground, seed: readable.control(ground, seed, 5)),
                "unreadable",
            ),
        ),
    ),
    Campaign(
        "C3",
        "one incident is one usable, encrypted room",
        3,
        on_ground(lambda ground, seed: rooms.run(ground, seed, kills=20)),
        (
            Control(
                "createRoom until it answers", on_ground(lambda ground, seed: rooms.control(ground, seed, 5)), "doubled"
            ),
        ),
    ),
    Campaign(
        "C6",
        "no setting of the machine's clock suppresses or hastens a page",
        5,
        lambda directory, seed: clocks.run(directory, seed, jumps=10),
        (Control("reads off the wall what is due", clocks.control, "suppressed"),),
    ),
    Campaign(
        "C7",
        "at every minute of ten years one person is on call, or a gap is told",
        10,
        rosters.run,
        (
            Control("lives the doubled hour twice", rosters.control_back, "disagreements"),
            Control("keeps winter time all year", rosters.control_winter, "disagreements"),
        ),
    ),
    Campaign(
        "C10",
        "no alarm and no page is lost with the database",
        10,
        _lost,
        (
            Control(
                "takes an event for heard although the database failed",
                on_postgresql(lambda ground, seed: losing.control(ground, seed, 3)),
                "lost",
            ),
        ),
    ),
    Campaign(
        "C11",
        "no alarm is lost",
        2,
        on_ground(lambda ground, seed: hearing.run(ground, seed, kills=30)),
        (
            Control("asks for nothing that a sync left out", on_ground(hearing.control_gap), "lost"),
            Control(
                "token before events", on_ground(lambda ground, seed: hearing.control_token(ground, seed, 5)), "lost"
            ),
        ),
    ),
    Campaign(
        "C12",
        "of several nodes on one PostgreSQL one writes",
        5,
        _led,
        (
            Control(
                "writes without the lease", lambda _, seed: leading.control(seed, pauses=3, seconds=3.0), "zombies"
            ),
            Control(
                "whole bots that write without the lease",
                on_postgresql(lambda ground, seed: nodes.control(ground, seed, pauses=2, seconds=3.0)),
                "zombies",
            ),
        ),
    ),
    Campaign(
        "C14",
        "without disk or handles people are paged and no decision is confirmed",
        10,
        on_own_disk(starving.run),
        (
            Control(
                "no emergency pages",
                on_own_disk(lambda ground, seed, _: starving.control(ground, seed)),
                "unpaged",
            ),
        ),
    ),
    Campaign(
        "C18",
        "the limits of a homeserver as it comes are told, and without them a drill runs",
        2,
        on_limits(limits.run),
        (Control("never provisioned", on_limits(limits.control), "late"),),
    ),
    Campaign(
        "C8",
        "any order of commands, answers and crashes keeps the promises",
        10,
        machine.campaign,
        (Control("forgets every yes", machine.control, "unsound"),),
    ),
    Campaign(
        "C17",
        "a flood drowns neither a new alarm nor an answer",
        2,
        flood.run,
        (Control("an incident of every alarm", flood.control, "crowded"),),
    ),
    Campaign(
        "C22",
        "every playbook is worked to its end, with nothing required left",
        2,
        playbooks.run,
        (
            Control("a required step that nothing leads to", playbooks.control_playbook, "stuck"),
            Control("puts nothing after a step that does not apply", playbooks.control_bot, "stuck"),
        ),
    ),
    Campaign("C19", "no change to a dossier goes unnoticed", 6, _tampered),
)
