"""Campaign C7: at every minute of ten years one person is on call or a gap is told; random rosters against a watchman.

A round makes a roster by its seed: several rotations of every kind, with windows, holidays, fixed shifts, groups of municipalities,
overrides and absences, many of them in the two nights in which the clock is set. The answer of the resolver at every minute
must be the watchman's, and its spans must be the whole of the ten years, each answered as the minutes in it are.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.duty import Absence, Change, Duty, Held, Override, Span, Vacant
from bot.domain.ids import MunicipalityId, PersonId, RoleId
from bot.domain.roster import duty, spans
from bot.domain.rota import Every, Holidays, Layer, Rotation, Window
from bot.reference.free_days import free_days
from bot.reference.models import HolidaysShape
from tests.campaign.watchman import EPOCH, Answer, Runs, Watchman, clock_changes, minute_of

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
END: Final = datetime(2036, 1, 1, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)
ROLE: Final = RoleId("expert_cyber")
LAYER: Final[Layer] = "eerste"
AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
PEOPLE: Final = tuple(map(PersonId, ("jansen", "devries", "deboer", "peters", "hendriks", "dekker")))
PLACES: Final = tuple(map(MunicipalityId, ("waterbrug", "polderdam", "nieuwkerk")))
_NIGHT: Final = tuple(time(h, m) for h, m in ((1, 59), (2, 0), (2, 15), (2, 30), (2, 59), (3, 0), (3, 1)))
_DAYTIME: Final = tuple(time(h) for h in (0, 6, 7, 8, 9, 12, 17, 18, 20, 22))

Resolver = Callable[["Roster", datetime], Duty]


@dataclass(frozen=True, slots=True)
class Roster:
    """What is asked about: all rotations and changes, and from where it is seen."""

    rotations: tuple[Rotation, ...]
    changes: tuple[Change, ...]
    municipality: MunicipalityId | None


def random_roster(seed: int) -> Roster:
    """A roster that a mad planner might make; the same for the same seed."""
    chance = Random(seed)
    holidays = free_days(HolidaysShape())
    many = [_rotation(chance, holidays) for _ in range(chance.randint(4, 8))]
    # Rotations that begin at the same moment are told apart by everything else.
    same = many[0].start
    many = [replace(r, start=same) if chance.random() < 0.4 and not r.fixed else r for r in many]
    # One that always counts, so that most minutes have somebody; where it is left out, the gaps are long.
    if chance.random() < 0.6:
        begin = datetime(2025, 12, chance.randint(1, 28), 8)  # noqa: DTZ001 - wall time
        many.append(Rotation(ROLE, LAYER, chance.choice(("dag", "week")), begin, PEOPLE[:4]))
    other: Layer = "reserve"
    many += [replace(_rotation(chance, holidays), layer=other), replace(_rotation(chance, holidays), role=RoleId("om"))]
    chance.shuffle(many)
    crowded = [START + timedelta(minutes=chance.randrange((END - START) // MINUTE)) for _ in range(3)]
    crowded += [EPOCH + timedelta(minutes=chance.choice(clock_changes(range(2026, 2036)))[0]) for _ in range(5)]
    changes = [_change(chance, crowded) for _ in range(chance.randint(15, 40))]
    return Roster(tuple(many), tuple(changes), chance.choice((None, *PLACES, *PLACES)))


def _clock(chance: Random) -> time:
    return chance.choice(_NIGHT if chance.random() < 0.5 else _DAYTIME)


def _rotation(chance: Random, holidays: frozenset[date]) -> Rotation:
    day = date(2024, 1, 1) + timedelta(days=chance.randrange(365 * 6))
    start = datetime.combine(day, _clock(chance))
    fixed = chance.random() < 0.25
    length = timedelta(days=chance.randrange(1, 400 if fixed else 1500), minutes=chance.randrange(600))
    every: Every = chance.choice(("uur", "dag", "week"))
    windows = tuple(_window(chance) for _ in range(chance.choice((0, 0, 1, 2, 3))))
    served = frozenset(chance.sample(PLACES, chance.choice((1, 2, 3)))) if chance.random() < 0.4 else frozenset()
    size = 1 if fixed else chance.randint(1, 5)
    return Rotation(
        role=ROLE,
        layer=LAYER,
        every=every,
        start=start,
        order=() if chance.random() < 0.1 else tuple(chance.sample(PEOPLE, size)),
        turns=chance.choice((1, 8, 12, 24, 36, 100)) if every == "uur" else chance.choice((1, 1, 2, 3)),
        until=start + length if fixed or chance.random() < 0.3 else None,
        windows=windows,
        holidays=holidays,
        municipalities=served,
        fixed=fixed,
        reason=chance.choice(("", "", "overdag belt men de balie")),
    )


def _window(chance: Random) -> Window:
    days = frozenset(chance.choice(((0, 1, 2, 3, 4), (5, 6), (6,), (4, 5), tuple(range(7)))))
    holidays: Holidays = chance.choice(("wel", "wel", "niet", "alleen"))
    return Window(days, _clock(chance), _clock(chance), holidays)


def _change(chance: Random, crowded: Sequence[datetime]) -> Change:
    """Near one of a few moments, so that several lie over each other; most are nights in which the clock is set."""
    start = chance.choice(crowded) + timedelta(minutes=chance.randrange(-180, 180))
    end = start + timedelta(minutes=chance.choice((1, 30, 60, 600, 1440, 20000, 60000)))
    person = chance.choice(PEOPLE)
    if chance.random() < 0.4:
        return Absence(person, start, end)
    own = Random(f"{start} {person}")  # apart, so that a seed gives the roster that it always gave
    served = frozenset(own.sample(PLACES, own.choice((1, 2, 3)))) if own.random() < 0.4 else frozenset()
    return Override(ROLE, chance.choice(("eerste", "eerste", "reserve")), person, start, end, served)


def answer_of(found: Duty) -> Answer:
    match found:
        case Held(person=person, by=by):
            return "held", person, by
        case Vacant(why=why, person=person, reason=reason):
            return "vacant", why, person or "", reason


def resolved(roster: Roster, at: datetime) -> Duty:
    """The resolver of the bot."""
    return duty(roster.rotations, roster.changes, ROLE, LAYER, at, roster.municipality)


def watched(roster: Roster, start: datetime = START, end: datetime = END) -> Runs:
    return Watchman(roster.rotations, roster.changes, ROLE, LAYER, roster.municipality).walk(start, end)


def tiled(roster: Roster, start: datetime = START, end: datetime = END) -> tuple[Span, ...]:
    return spans(roster.rotations, roster.changes, ROLE, LAYER, start, end, roster.municipality)


def holes(tiles: tuple[Span, ...], start: datetime = START, end: datetime = END) -> int:
    """How often spans leave something out, overlap, run backwards, or do not begin and end where they should."""
    found = sum(span.start >= span.end for span in tiles)
    found += sum(before.end != after.start for before, after in pairwise(tiles))
    return found + (tiles[0].start != start) + (tiles[-1].end != end)


def compared(roster: Roster, resolver: Resolver, start: datetime = START, end: datetime = END) -> Counter[str]:
    """The counts of every minute between two moments."""
    runs = watched(roster, start, end)
    counts = Counter({"minutes": 0, "changes": len(runs), "gap_minutes": 0, "disagreements": 0})
    for (begin, answer), (until, _) in pairwise([*runs, (minute_of(end), ())]):
        counts["minutes"] += until - begin
        counts["gap_minutes"] += (until - begin) * (answer[0] == "vacant")
        at = EPOCH + begin * MINUTE
        for _ in range(begin, until):
            if answer_of(resolver(roster, at)) != answer:
                counts["disagreements"] += 1
            at += MINUTE
    tiles = tiled(roster, start, end)
    counts["unsound"] = holes(tiles, start, end)
    counts["disagreements"] += [(minute_of(span.start), answer_of(span.duty)) for span in tiles] != runs
    return counts


async def run(_: Path, seed: int) -> Counter[str]:
    """One random roster, every minute of ten years."""
    return await asyncio.to_thread(compared, random_roster(seed), resolved)


def runs_back(roster: Roster, at: datetime) -> Duty:
    """A resolver that takes the wall clock as it is: the doubled hour of autumn is lived twice."""
    wall = at.astimezone(AMSTERDAM).replace(tzinfo=UTC)
    rotations = tuple(replace(rotation, zone="UTC") for rotation in roster.rotations)
    return duty(rotations, (), ROLE, LAYER, wall, roster.municipality)


def winter_time(roster: Roster, at: datetime) -> Duty:
    """A resolver that counts turns in hours since the first hand-over: in summer everybody comes an hour late."""
    rotations = tuple(replace(rotation, zone="Etc/GMT-1") for rotation in roster.rotations)
    return duty(rotations, (), ROLE, LAYER, at, roster.municipality)


def handed_over_at_night() -> Roster:
    """Two people who hand over at half past two every night."""
    begin = datetime(2026, 1, 5, 2, 30)  # noqa: DTZ001 - wall time
    return Roster((Rotation(ROLE, LAYER, "dag", begin, PEOPLE[:2]),), (), None)


async def control_back(_: Path, seed: int) -> Counter[str]:
    return await asyncio.to_thread(compared, handed_over_at_night(), runs_back, START, START + timedelta(days=365))


async def control_winter(_: Path, seed: int) -> Counter[str]:
    return await asyncio.to_thread(compared, handed_over_at_night(), winter_time, START, START + timedelta(days=365))
