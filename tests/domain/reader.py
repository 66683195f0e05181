"""A reader who lays everything that was told side by side and computes every count that can be, in whole numbers and exactly."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.domain.rule_of_five import LEAST, Row

Cell = tuple[int, int]  # which row of the finest table, which stretch


@dataclass(frozen=True)
class Fact:
    """The sum of some counts, as somebody was told it."""

    cells: frozenset[Cell]
    total: int

    def within(self, stretch: int) -> frozenset[int]:
        return frozenset(row for row, at in self.cells if at == stretch)

    @property
    def stretches(self) -> frozenset[int]:
        return frozenset(at for _, at in self.cells)


@dataclass(frozen=True)
class Reader:
    """Knows `facts` of the counts: by row of the finest table, by stretch. Tables of counts are lists of rows."""

    height: int
    sums: Sequence[int]  # of each stretch, which everybody knows
    facts: Sequence[Fact]

    def possible(self, asked: frozenset[Cell]) -> set[int]:
        """Every value that the sum of these counts can have."""
        wide = [fact for fact in self.facts if len(fact.stretches) > 1]
        states: set[tuple[int, ...]] = {(0,) * (len(wide) + 1)}
        for stretch in range(len(self.sums)):
            inside = [*(fact.within(stretch) for fact in wide), frozenset(r for r, at in asked if at == stretch)]
            steps = {tuple(sum(column[r] for r in rows) for rows in inside) for column in self._columns(stretch)}
            states = {
                after
                for state in states
                for step in steps
                for after in (tuple(a + b for a, b in zip(state, step, strict=True)),)
                if all(sum_ <= fact.total for sum_, fact in zip(after, wide, strict=False))
            }
        totals = tuple(fact.total for fact in wide)
        return {state[-1] for state in states if state[:-1] == totals}

    def _columns(self, stretch: int) -> Sequence[tuple[int, ...]]:
        narrow = [(fact.within(stretch), fact.total) for fact in self.facts if fact.stretches == {stretch}]
        return list(self._filled((), self.sums[stretch], narrow))

    def _filled(
        self, begun: tuple[int, ...], left: int, narrow: Sequence[tuple[frozenset[int], int]]
    ) -> Iterator[tuple[int, ...]]:
        at = len(begun)
        for rows, total in narrow:
            have = sum(begun[r] for r in rows if r < at)
            if have > total or (have != total and max(rows) < at):
                return
        if at == self.height:
            if left == 0:
                yield begun
            return
        for count in range(left + 1) if at < self.height - 1 else (left,):
            yield from self._filled((*begun, count), left - count, narrow)

    def leaks(self, table: Sequence[Sequence[int]], asked: Sequence[frozenset[Cell]]) -> list[frozenset[Cell]]:
        """Which of these sums are one to four and can be computed."""
        small = (one for one in asked if 0 < sum(table[r][n] for r, n in one) < LEAST)
        return [one for one in small if len(self.possible(one)) == 1]


def facts_of(rows: Mapping[str, Row], parts: Mapping[str, Sequence[int]], table: Sequence[Sequence[int]]) -> list[Fact]:
    """What the rows of a table told, in this picture and in those before it; `parts` are the rows of the finest table that each is
    made of."""
    found: list[Fact] = []
    for name, row in rows.items():
        spans = [(n, n + 1) for n, count in enumerate(row.counts) if count is not None] + list(pairwise((0, *row.ends)))
        for start, end in dict.fromkeys(spans):
            cells = frozenset((r, n) for r in parts[name] for n in range(start, end))
            found.append(Fact(cells, sum(table[r][n] for r, n in cells)))
    return found


def columns_of(table: Sequence[Sequence[int]]) -> list[int]:
    sums: dict[int, int] = defaultdict(int)
    for counts in table:
        for n, count in enumerate(counts):
            sums[n] += count
    return [sums[n] for n in range(len(table[0]))]
