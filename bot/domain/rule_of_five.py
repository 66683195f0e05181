"""The rule of five: which counts of a table may leave the team, so that none below five can be read or computed from the others.

Counting goes by the time in which something ended. A month with fewer than five incidents is taken together with those after it
until there are five: a *stretch*. Each count of a stretch is settled when the stretch is full, and each running total when it is
first told; neither changes later. So two pictures of one year, laid beside each other, tell no more than the last of them.

Every hidden count is shown with one mark. If those that are hidden for being small and those that are hidden for their sake were
told apart, the second would be known to be five or more, and a hidden count beside it could be computed.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

LEAST: Final = 5

Count = int | None  # None: hidden
Counts = Sequence[int]  # one for each stretch


@dataclass(frozen=True, slots=True)
class Row:
    """What is told of one kind: a count for each stretch, and `total` over the first `until` stretches (0: none is told). `ends`
    are all stretches after which a total was told, in this picture and those before it."""

    counts: tuple[Count, ...]
    total: Count = None
    until: int = 0
    ends: tuple[int, ...] = field(default=(), compare=False)

    @property
    def windows(self) -> tuple[tuple[int, int], ...]:
        """From and up to, not including, which stretch there is a sum that everybody can read or compute."""
        return tuple(pairwise((0, *self.ends)))

    def known_over(self, start: int, end: int) -> bool:
        """Whether everybody can compute the sum of these stretches."""
        return {start, end} <= {0, *self.ends} or None not in self.counts[start:end]


def stretches(months: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """From and up to, not including, which month each stretch goes; months at the end that are too few belong to none."""
    found, start, held = [], 0, 0
    for end, count in enumerate(months, start=1):
        held += count
        if held >= LEAST:
            found.append((start, end))
            start, held = end, 0
    return tuple(found)


def told(table: Mapping[str, Counts]) -> Mapping[str, Row]:
    """What may be told of a table in which every incident stands in exactly one row; all stretches have five incidents or more, and
    how many is known to everybody. A table of one row tells what is known already."""
    rows = tuple(table)
    width = len(next(iter(table.values()), ()))
    columns = [_column([table[row][n] for row in rows]) for n in range(width)]
    cells = [[columns[n][r] for n in range(width)] for r in range(len(rows))]
    closed = _totals([list(table[row]) for row in rows], cells)
    return {row: _row(table[row], cells[r], closed[r]) for r, row in enumerate(rows)}


def _row(counts: Counts, shown: Sequence[bool], ends: Sequence[int]) -> Row:
    until = ends[-1] if ends else 0
    cells = tuple(count if show else None for count, show in zip(counts, shown, strict=True))
    return Row(cells, sum(counts[:until]) if ends else None, until, tuple(ends))


def _column(counts: Counts) -> list[bool]:
    """Which of the counts of one stretch are shown; those that are not are at least two, and five or more together."""
    shown = [count >= LEAST for count in counts]
    while not all(shown) and not _hides(counts, shown):
        smallest = min((count, n) for n, count in enumerate(counts) if shown[n])[1]
        shown[smallest] = False
    return shown


def _hides(counts: Counts, shown: Sequence[bool]) -> bool:
    """Whether what is not shown stays hidden beside the sum of all."""
    hidden = [count for count, show in zip(counts, shown, strict=True) if not show]
    return len(hidden) >= 2 and sum(hidden) >= LEAST


def _totals(table: Sequence[Counts], shown: Sequence[Sequence[bool]]) -> list[list[int]]:
    """After which stretches the running total of each row is told: never one from which something hidden follows."""
    ends: list[list[int]] = [[] for _ in table]
    for end in range(1, len(table[0]) + 1 if table else 1):
        for r, counts in enumerate(table):
            start = ends[r][-1] if ends[r] else 0
            others = sum(sum(other[start:end]) for o, other in enumerate(table) if o != r)
            if not _adds_up(counts[start:end], shown[r][start:end], others):
                continue
            ends[r].append(end)
            if not (_leaves_enough(table, shown, ends, end) and _Flow(table, shown, ends, end).keeps_all()):
                ends[r].pop()
    return ends


def _adds_up(counts: Counts, shown: Sequence[bool], others: int) -> bool:
    """Whether the sum of a piece of a row, and what that says of the other rows, is five or more, and hides what is hidden."""
    if sum(counts) < LEAST or others < LEAST:
        return False
    return all(shown) or _hides(counts, shown)


def _leaves_enough(
    table: Sequence[Counts], shown: Sequence[Sequence[bool]], ends: Sequence[list[int]], end: int
) -> bool:
    """Whether what the totals leave of any stretches up to `end` is five or more together, or nothing that is hidden."""
    for first in range(end):
        left = [
            counts[n]
            for r, counts in enumerate(table)
            for n in range(first, end)
            if not shown[r][n] and not _within(ends[r], n, first, end)
        ]
        if left and sum(left) < LEAST:
            return False
    return True


def _within(ends: Sequence[int], n: int, first: int, end: int) -> bool:
    """Whether the piece that this stretch belongs to was told, and lies between the two."""
    begins = max((one for one in ends if one <= n), default=0)
    return first <= begins and any(n < one <= end for one in ends)


class _Flow:
    """The counts as a flow: from each piece of a row (up to where its total was told) to the stretches, what is told being fixed.

    Another table that looks the same from outside differs by a flow around a circle. So a hidden count can be computed from what is
    told when, and only when, no circle goes through it: that is exact, for whole numbers that are not negative.
    """

    def __init__(self, table: Sequence[Counts], shown: Sequence[Sequence[bool]], ends: Sequence[list[int]], width: int):
        # `_links[a][b]`: one more from a to b can be; the pieces that are not told share one source, which may give what it likes
        self._links: dict[object, set[object]] = {}
        self._hidden: list[tuple[object, int, int]] = []
        for r, counts in enumerate(table):
            for n in range(width):
                if not shown[r][n]:
                    piece = next((("piece", r, end) for end in ends[r] if n < end), ("open", r, 0))
                    self._link(piece, n, counts[n])
                    self._hidden.append((piece, n, counts[n]))
            start = ends[r][-1] if ends[r] else 0
            self._link("source", ("open", r, 0), sum(counts[start:width]))

    def _link(self, tail: object, head: object, amount: int) -> None:
        self._links.setdefault(tail, set()).add(head)
        if amount:
            self._links.setdefault(head, set()).add(tail)

    def keeps_all(self) -> bool:
        return all(self._keeps(*one) for one in self._hidden)

    def _keeps(self, tail: object, head: int, amount: int) -> bool:
        if self._reaches(head, tail, (head, tail)):
            return True
        return amount > 0 and self._reaches(tail, head, (tail, head))

    def _reaches(self, start: object, goal: object, without: tuple[object, object]) -> bool:
        seen, waiting = {start}, deque([start])
        while waiting:
            at = waiting.popleft()
            for to in self._links.get(at, ()):
                if (at, to) == without or to in seen:
                    continue
                if to == goal:
                    return True
                seen.add(to)
                waiting.append(to)
        return False
