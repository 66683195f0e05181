"""The rule of five for a picture of some incidents (those of one domain) that lies beside the picture of all.

A count of all less a count of some is a count too: of those without. So the picture of some has the same stretches, or several of
them together, each a *window* of which the picture of all tells how many had the domain. It tells of a kind what is five or more
with the domain and without it, and only where the sum of that kind over the window can be read in the picture of all.

Why nothing follows that is hidden: take any counts of all that fit the picture of all. A kind that is told here has the same sum in
the window, and those that are not told have the same sum together. As nothing in the window says when in it the domain was called,
the incidents with the domain can be spread over any such counts, for each domain by itself. So whatever was hidden stays so. Of the
kinds that are not told there are two or more, with five or more both with the domain and without, so one can always be exchanged.

That is for tables in which an incident has one kind. A kind that an incident has or has not is told as a running total too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Kind:
    """For each stretch of the picture of all: all incidents, those with the domain, those of the kind, and those of both."""

    all: Counts
    called: Counts
    having: Counts
    both: Counts


def running_beside(kind: Kind, of_all: Row, windows: Sequence[Window]) -> Row:
    """What may be told of the incidents with the domain that had a kind, where each incident has it or not: a running total, and
    the count of each window that is told by itself.

    A total is told where that of the kind is known in the picture of all. What was hidden there, of the kind or of the domain, can
    be one more in a stretch and one less in another. With room of one above and below, such counts still give the same total.
    """
    counts: list[int | None] = [None] * len(windows)
    begin, total, ends = 0, 0, [0]
    for n, (start, end) in enumerate(windows):
        if not of_all.known_over(begin, end) or not _roomy(kind, begin, end):
            continue
        count = sum(kind.both[begin:end])
        if begin == start:
            counts[n] = count
        begin, total = end, total + count
        ends.append(n + 1)
    return Row(tuple(counts), total if begin else None, ends[-1], tuple(ends[1:]))


def _roomy(kind: Kind, start: int, end: int) -> bool:
    """Whether each of the four counts (with the kind or not, with the domain or not) is five or more, and leaves open how it is
    made up of stretches: two of them at least could have more or less."""
    every, called, having, both = (sum(one[start:end]) for one in (kind.all, kind.called, kind.having, kind.both))
    if min(both, having - both, called - both, every - having - called + both) < LEAST:
        return False
    rows = list(zip(kind.all[start:end], kind.called[start:end], kind.having[start:end], strict=True))
    least = [max(0, had + came - many) for many, came, had in rows]
    most = [min(had, came) for _, came, had in rows]
    open_ = sum(low < high for low, high in zip(least, most, strict=True))
    return sum(least) < both < sum(most) and (open_ >= 2 or end - start == 1)
