"""The rule of five for a picture of some incidents (those of one domain) that lies beside the picture of all.

A count of all less a count of some is a count too: of those without. So the picture of some has the same stretches, or several of
them together, each a *window* of which the picture of all tells how many had the domain. It tells of a kind what is five or more
with the domain and without it, and only where the sum of that kind over the window can be read in the picture of all.

Why nothing follows that is hidden: take any counts of all that fit the picture of all. A kind that is told here has the same sum in
the window, and those that are not told have the same sum together. As nothing in the window says when in it the domain was called,
the incidents with the domain can be spread over any such counts, for each domain by itself. So whatever was hidden stays so. Of the
kinds that are not told there are two or more, with five or more both with the domain and without, so one can always be exchanged.
"""

from collections.abc import Mapping, Sequence

from bot.domain.rule_of_five import LEAST, Counts, Row

Window = tuple[int, int]


def free(of_all: Row, window: Window) -> bool:
    """Whether nothing is told of the domain inside the window but its sum."""
    start, end = window
    return end - start == 1 or all(count is None for count in of_all.counts[start:end])


def told_beside(
    table: Mapping[str, Counts],
    having: Mapping[str, Counts],
    of_all: Mapping[str, Row],
    windows: Sequence[Window | None],
) -> Mapping[str, Row]:
    """What may be told in each window of the incidents that are `having` the domain. The tables have the same rows, with a count
    for each stretch of the picture of all; `of_all` is what that told of them. Of a window that is None no kind is told."""
    columns = [_window(table, having, of_all, window) if window else {} for window in windows]
    return {row: _row([column.get(row) for column in columns]) for row in table}


def _window(
    table: Mapping[str, Counts], having: Mapping[str, Counts], of_all: Mapping[str, Row], window: Window
) -> Mapping[str, int]:
    start, end = window
    with_ = {row: sum(counts[start:end]) for row, counts in having.items()}
    without = {row: sum(counts[start:end]) - with_[row] for row, counts in table.items()}
    smaller = {row: min(with_[row], without[row]) for row in table}
    shown = [row for row in table if smaller[row] >= LEAST and of_all[row].known_over(start, end)]
    while shown and not _hides([row for row in table if row not in shown], with_, without):
        shown.remove(min(shown, key=smaller.__getitem__))
    return {row: with_[row] for row in shown}


def _hides(hidden: Sequence[str], with_: Mapping[str, int], without: Mapping[str, int]) -> bool:
    """Whether what is not shown stays hidden beside the sums of all, with the domain and without it."""
    if not hidden:
        return True
    return len(hidden) >= 2 and all(sum(counts[row] for row in hidden) >= LEAST for counts in (with_, without))


def _row(counts: Sequence[int | None]) -> Row:
    """The total goes up to the first window that is hidden: it is no more than what stands there."""
    until = next((n for n, count in enumerate(counts) if count is None), len(counts))
    ends = tuple(range(1, until + 1))
    return Row(tuple(counts), sum(count or 0 for count in counts[:until]) if until else None, until, ends)
