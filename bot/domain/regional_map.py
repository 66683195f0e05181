"""How many incidents a municipality had, on the map of the region, where that can be told: the rule of five, one table in another.

A municipality is counted among those of its size. How many incidents a size had over a *window* of stretches is told in the
picture; within that, the municipalities are a table of their own, in which every incident of the window stands in one row.

Why nothing follows that is hidden: in any counts of the sizes that fit the picture, a size has the same sum over each of its
windows, and the incidents of a window can be given to any of its stretches. So what was hidden of the sizes stays so. And of a
window nobody knows more than its sum, which is what the rule of five starts from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.ids import MunicipalityId
from bot.domain.rule_of_five import Row, told


@dataclass(frozen=True, slots=True)
class Place:
    """How many incidents of the year, up to and including a month (1 to 12): five or more."""

    count: int
    until: int


def told_places(
    counted: Sequence[Mapping[str, int]],
    size_of: Mapping[MunicipalityId, str],
    sizes: Mapping[str, Row],
    lasts: Sequence[int],
) -> Mapping[MunicipalityId, Place]:
    """The municipalities of which a count can be told. `counted` has for each stretch how many incidents a municipality had,
    `size_of` has them all, `sizes` is what was told of each size (empty: all are one), `lasts` the month that ends each stretch."""
    found: dict[MunicipalityId, Place] = {}
    for size in dict.fromkeys(size_of.values()):
        within = [municipality for municipality, of in size_of.items() if of == size]
        windows = sizes[size].windows if sizes else tuple((n, n + 1) for n in range(len(counted)))
        rows = told_within(counted, within, windows)
        for municipality in within:
            row = rows[municipality]
            if row.total is not None:
                found[municipality] = Place(row.total, lasts[windows[row.until - 1][1] - 1])
    return found


def told_within(
    counted: Sequence[Mapping[str, int]], within: Sequence[str], windows: Sequence[tuple[int, int]]
) -> Mapping[str, Row]:
    """The rule of five for the municipalities of one size; a row has a count for each window."""
    return told({
        row: [sum(one.get(row, 0) for one in counted[start:end]) for start, end in windows] for row in within
    })  # fmt: skip
