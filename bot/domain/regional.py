"""The regional picture: how many incidents there were in a year, by kind of case, domain, intervention, red flag and more.

It counts incidents, and nothing about who took part. What it tells follows the rule of five. Incidents count in the month in which
they were closed: what was counted once stays as it was, unless an incident is opened again. Exercises are counted apart.
An incident that went on in another is not counted twice.

In which municipality it was is told only where the region laid a map: see `bot/domain/regional_map.py`. There is one picture of all
incidents, and one of those in which a domain was called; they can lie beside each other.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

from bot.domain.circle import open_part
from bot.domain.contacts import Contacts, Reference
from bot.domain.ids import MunicipalityId, RoleId
from bot.domain.incident import Incident
from bot.domain.people import ROLES, Size
from bot.domain.regional_map import Place, told_places
from bot.domain.rule_beside import Kind, free, running_beside, told_beside
from bot.domain.rule_of_five import Counts, Row, stretches, told

Dimension = Literal["phenomenon", "size", "domain", "intervention", "red_flag", "outcome"]
DIMENSIONS: Final[tuple[Dimension, ...]] = get_args(Dimension)
# What came of an incident, as far as its log says so in a field: it is closed in free words, and those are never counted.
Outcome = Literal["assumption_refuted", "decision_replaced", "notice_answered", "step_skipped", "question_open"]
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
# Of these an incident has exactly one, of the others any number.
ONE_EACH: Final[frozenset[Dimension]] = frozenset(("phenomenon", "size"))
ALIKE: Final = 3  # municipalities of one size, at the least
NONE: Final = ""  # an incident of no known kind, a municipality of no known size
DOMAINS: Final[tuple[RoleId, ...]] = tuple(role for role in ROLES if role.startswith("expert_"))
# How a red flag that was seen begins its line in the log.
_FLAG: Final = re.compile(r"(?:Rode vlag|Dempend signaal|Red flag|Damping signal) ([A-Z][0-9]{1,2}),")


@dataclass(frozen=True, slots=True)
class Case:
    """What is counted of one incident; `closed_at` is UTC. `kinds` has at least one for each dimension of `ONE_EACH`."""

    closed_at: datetime
    kinds: Mapping[Dimension, frozenset[str]]
    municipality: MunicipalityId = MunicipalityId("")


@dataclass(frozen=True, slots=True)
class Stretch:
    """From and to which month (both included, 1 to 12), and how many incidents: five or more."""

    first: int
    last: int
    count: int


@dataclass(frozen=True, slots=True)
class Picture:
    """One calendar year up to and including a month. `tables` has every kind that is known, whether it came about or not; a table
    in which nothing can be told apart is left out."""

    year: int
    month: int
    exercises: bool
    stretches: tuple[Stretch, ...]
    tables: Mapping[Dimension, Mapping[str, Row]]
    domain: RoleId | None = None  # only of incidents in which this domain was called
    alone: Dimension | None = None  # this one table, and no other
    places: Mapping[MunicipalityId, Place] = field(default_factory=dict)  # of which a count can be told, on a map

    @property
    def counted(self) -> int:
        return sum(stretch.count for stretch in self.stretches)

    @property
    def waiting(self) -> tuple[int, int] | None:
        """The months at the end that have too few incidents to be told, as yet."""
        last = self.stretches[-1].last if self.stretches else 0
        return (last + 1, self.month) if last < self.month else None


def case_of(incident: Incident, contacts: Contacts) -> Case | None:
    """What is counted of an incident; None when it is not closed, or went on in another. What was recorded in its closed circle is
    left out."""
    if incident.state not in ("closed", "finished") or incident.closed_at is None or incident.joined_into is not None:
        return None
    shown = open_part(incident)
    municipality = contacts.municipality(incident.municipality)
    size = municipality.size if municipality is not None else None
    taken = (
        one for one in shown.decisions if one.point and one.option and not one.withdrawn and one.replaced_by is None
    )
    seen = (_FLAG.match(line.text) for line in shown.log_lines.values() if line.replaced_by is None)
    kinds: dict[Dimension, frozenset[str]] = {
        "phenomenon": frozenset((incident.phenomenon or NONE,)),
        "size": frozenset((size or NONE,)),
        "domain": frozenset(role for role in DOMAINS if role in incident.calls),
        "intervention": frozenset(f"{one.point}.{one.option}" for one in taken),
        "red_flag": frozenset(found.group(1) for found in seen if found),
        "outcome": frozenset(_outcomes(shown)),
    }
    return Case(incident.closed_at, kinds, incident.municipality)


def _outcomes(incident: Incident) -> Iterator[Outcome]:
    lines = [line for line in incident.log_lines.values() if line.replaced_by is None]
    if any(line.outcome == "refuted" for line in lines):
        yield "assumption_refuted"
    if any(decision.replaced_by is not None for decision in incident.decisions):
        yield "decision_replaced"
    if any(line.kind == "externe_melding" and line.answered_at is not None for line in lines):
        yield "notice_answered"
    if any(step.progress == "skipped" for step in incident.progress.values()):
        yield "step_skipped"
    if any(line.kind == "kennisvraag" and line.answered_at is None for line in lines):
        yield "question_open"


def known_kinds(reference: Reference) -> Mapping[Dimension, tuple[str, ...]]:
    """Every kind that the reference data knows, in its order."""
    sizes: Counter[str] = Counter(municipality.size or NONE for municipality in reference.contacts.municipalities)
    return {
        "phenomenon": (*reference.handbook.phenomena, NONE),
        "size": tuple(size for size in (*get_args(Size), NONE) if size in sizes) if _crowded(sizes) else (),
        "domain": DOMAINS,
        "intervention": tuple(
            f"{point.id}.{option.id}" for point in reference.decisions.values() for option in point.options
        ),
        "red_flag": tuple(signal.code for group in reference.handbook.signals for signal in group.signals),
        "outcome": OUTCOMES,
    }


def mapped(contacts: Contacts) -> Mapping[MunicipalityId, str] | None:
    """The size of every municipality, when the region laid a map."""
    if not any(one.tile for one in contacts.municipalities):
        return None
    return {one.id: one.size or NONE for one in contacts.municipalities}


def _crowded(sizes: Counter[str]) -> bool:
    """Whether no size is that of so few municipalities that it is as good as their names."""
    return min(sizes.values()) >= ALIKE


def last_whole_month(now: datetime, zone: ZoneInfo) -> tuple[int, int]:
    """The year and month before the one of `now` (aware)."""
    local = now.astimezone(zone)
    return (local.year, local.month - 1) if local.month > 1 else (local.year - 1, 12)


def picture(
    cases: Iterable[Case],
    known: Mapping[Dimension, Sequence[str]],
    when: tuple[int, int],
    zone: ZoneInfo,
    *,
    exercises: bool = False,
    domain: RoleId | None = None,
    region: Mapping[MunicipalityId, str] | None = None,
) -> Picture:
    """The picture of the year and up to the month of `when`, which must be over: a month that goes on would be told twice. With a
    `domain`, that of the incidents in which it was called: it can lie beside the picture of all. `region` has the
    size of every municipality of a region that laid a map."""
    year, month = when
    months: list[list[Case]] = [[] for _ in range(month)]
    for case in cases:
        local = case.closed_at.astimezone(zone)
        if local.year == year and local.month <= month:
            months[local.month - 1].append(case)
    spans = stretches([len(one) for one in months])
    columns = [[case for one in months[start:end] for case in one] for start, end in spans]
    tables = {dimension: _table(columns, dimension, known[dimension]) for dimension in DIMENSIONS if columns}
    found = tuple(Stretch(start + 1, end, len(cs)) for (start, end), cs in zip(spans, columns, strict=True))
    whole = Picture(year, month, exercises, found, {name: table for name, table in tables.items() if table})
    if domain is not None:
        return _of_domain(whole, columns, known, domain)
    return replace(whole, places=_places(whole, columns, region)) if region and columns else whole


def only(shown: Picture, dimension: Dimension) -> Picture:
    """One table of a picture by itself."""
    tables = {name: table for name, table in shown.tables.items() if name == dimension}
    return replace(shown, tables=tables, alone=dimension, places={})


def _places(
    whole: Picture, columns: Sequence[Collection[Case]], region: Mapping[MunicipalityId, str]
) -> Mapping[MunicipalityId, Place]:
    """Municipalities are counted within those of their size, where the sizes are told; else within all."""
    sizes = whole.tables.get("size", {})
    rest = [NONE, *sizes][-1]  # those that have gone from the contacts count with the last size
    size_of = {one: size if sizes else NONE for one, size in region.items()} | {MunicipalityId(NONE): rest}
    counted = [
        Counter(case.municipality if case.municipality in region else NONE for case in cases) for cases in columns
    ]
    return told_places(counted, size_of, sizes, [stretch.last for stretch in whole.stretches])


def _table(columns: Sequence[Collection[Case]], dimension: Dimension, known: Sequence[str]) -> Mapping[str, Row]:
    parts = _parts(columns, dimension, known)
    return {kind: row for part in parts for kind, row in told(part).items() if kind in known}


def _parts(
    columns: Sequence[Collection[Case]], dimension: Dimension, known: Sequence[str]
) -> Sequence[Mapping[str, Counts]]:
    """The tables, of each of which every incident stands in exactly one row."""
    if dimension not in ONE_EACH:
        # each kind is a table of its own: with it, and without
        return [_with_and_without(columns, dimension, kind) for kind in known]
    if len(known) < 2:
        return []
    others = known[-1]  # a kind that has gone from the reference data counts with those of none

    def kind_of(case: Case) -> str:
        (kind,) = case.kinds[dimension]
        return kind if kind in known else others

    return [{kind: _counts(columns, lambda case, kind=kind: kind_of(case) == kind) for kind in known}]  # type: ignore[misc]


def _of_domain(
    whole: Picture, columns: Sequence[Sequence[Case]], known: Mapping[Dimension, Sequence[str]], domain: RoleId
) -> Picture:
    """How many had the domain is told as the picture of all tells it; which other domains they had is in no picture."""
    of_all = whole.tables.get("domain", {}).get(domain, Row(()))
    called = [[case for case in cases if domain in case.kinds["domain"]] for cases in columns]
    found = tuple(
        Stretch(
            whole.stretches[start - 1].last + 1 if start else 1,
            whole.stretches[end - 1].last,
            sum(len(cases) for cases in called[start:end]),
        )
        for start, end in of_all.windows
    )
    windows = [window if free(of_all, window) else None for window in of_all.windows]
    tables: dict[Dimension, Mapping[str, Row]] = {}
    for dimension in DIMENSIONS:
        if dimension != "domain" and found:
            both = zip(*(_parts(some, dimension, known[dimension]) for some in (columns, called)), strict=True)
            if dimension in ONE_EACH:
                rows = [told_beside(table, having, told(table), windows) for table, having in both]
            else:
                every, those = ([len(cases) for cases in some] for some in (columns, called))
                each = ((next(iter(table)), table, having) for table, having in both)
                rows = [
                    {kind: running_beside(Kind(every, those, all_[kind], had[kind]), told(all_)[kind], of_all.windows)}
                    for kind, all_, had in each
                ]
            tables[dimension] = {kind: row for part in rows for kind, row in part.items()}
    return replace(
        whole, stretches=found, tables={name: table for name, table in tables.items() if table}, domain=domain
    )


def _with_and_without(
    columns: Sequence[Collection[Case]], dimension: Dimension, kind: str
) -> Mapping[str, Sequence[int]]:
    having = _counts(columns, lambda case: kind in case.kinds[dimension])
    return {kind: having, f"not {kind}": [len(cases) - n for cases, n in zip(columns, having, strict=True)]}


def _counts(columns: Sequence[Collection[Case]], fits: Callable[[Case], bool]) -> list[int]:
    return [sum(fits(case) for case in cases) for cases in columns]
