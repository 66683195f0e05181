"""No count below five can be read or computed from a picture, whatever the counts are: looked for in every table that fits it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.rule_of_five import LEAST, Row, stretches, told

Table = Sequence[Sequence[int]]  # by row, by stretch


@st.composite
def tables(draw: st.DrawFn) -> Mapping[str, tuple[int, ...]]:
    height = draw(st.integers(2, 3))
    column = st.lists(st.integers(0, 7), min_size=height, max_size=height).filter(lambda c: LEAST <= sum(c) <= 12)
    columns = draw(st.lists(column, min_size=1, max_size=3))
    return {f"row {r}": tuple(counts[r] for counts in columns) for r in range(height)}


def columns_like(shown: Sequence[int | None], total: int) -> Iterator[tuple[int, ...]]:
    """Every column of counts with this sum that shows the same."""
    if not shown:
        if total == 0:
            yield ()
        return
    first, *rest = shown
    for count in (first,) if first is not None else range(total + 1):
        if count <= total:
            yield from ((count, *more) for more in columns_like(rest, total - count))


def pictures(table: Mapping[str, tuple[int, ...]]) -> list[Mapping[str, Row]]:
    """What was told each time that a stretch was full."""
    width = len(next(iter(table.values())))
    return [told({row: counts[: n + 1] for row, counts in table.items()}) for n in range(width)]


def known_to_a_reader(table: Mapping[str, tuple[int, ...]]) -> dict[tuple[int, int], set[int]]:
    """By row and stretch, every count that fits all the pictures of the year together and the sums of the stretches."""
    rows, seen = tuple(table), pictures(table)
    width = len(table[rows[0]])
    totals = {(r, seen[n][row].until): seen[n][row].total for n in range(width) for r, row in enumerate(rows)}
    last = [
        list(columns_like([seen[-1][row].counts[n] for row in rows], sum(table[row][n] for row in rows)))
        for n in range(width)
    ]

    def fits(sums: tuple[int, ...], until: int) -> bool:
        return all(totals.get((r, until)) in (None, found) for r, found in enumerate(sums) if until)

    # forwards all running sums that can be, backwards those that come to a good end
    ahead: list[set[tuple[int, ...]]] = [{tuple(0 for _ in rows)}]
    for n in range(width):
        sums = {tuple(a + b for a, b in zip(so_far, one, strict=True)) for so_far in ahead[-1] for one in last[n]}
        ahead.append({one for one in sums if fits(one, n + 1)})
    possible: dict[tuple[int, int], set[int]] = defaultdict(set)
    good = ahead[-1]
    for n in reversed(range(width)):
        before = set()
        for so_far in ahead[n]:
            for one in last[n]:
                if tuple(a + b for a, b in zip(so_far, one, strict=True)) in good:
                    before.add(so_far)
                    for r, count in enumerate(one):
                        possible[r, n].add(count)
        good = before
    return possible


@settings(max_examples=250, deadline=None)
@example({"a": (5,), "b": (0,)})
@example({"a": (7,), "b": (3,)})
@example({"a": (7, 3), "b": (1, 6)})
@example({"a": (4, 4), "b": (4, 4)})
@example({"a": (0, 5, 0), "b": (5, 0, 5), "c": (1, 1, 1)})
@given(tables())
def test_nothing_that_is_hidden_can_be_computed(table: Mapping[str, tuple[int, ...]]) -> None:
    possible = known_to_a_reader(table)
    for r, row in enumerate(told(table).values()):
        for n, count in enumerate(row.counts):
            if count is None:
                assert len(possible[r, n]) > 1, (table, r, n)


@settings(max_examples=250, deadline=None)
@given(tables())
def test_what_is_told_is_true_five_or_more_and_is_never_taken_back(table: Mapping[str, tuple[int, ...]]) -> None:
    before: Mapping[str, Row] | None = None
    for picture in pictures(table):
        for name, row in picture.items():
            assert all(count is None or count == table[name][n] >= LEAST for n, count in enumerate(row.counts))
            assert row.total is None or row.total == sum(table[name][: row.until]) >= LEAST
            if before is not None:
                assert before[name].counts == row.counts[:-1]
                assert before[name].until <= row.until
        before = picture


@settings(max_examples=250, deadline=None)
@given(tables())
def test_what_is_left_of_a_sum_is_five_or_more(table: Mapping[str, tuple[int, ...]]) -> None:
    seen = told(table)
    for n in range(len(next(iter(table.values())))):
        hidden = [table[name][n] for name, row in seen.items() if row.counts[n] is None]
        assert not hidden or (len(hidden) >= 2 and sum(hidden) >= LEAST)
    for name, row in seen.items():
        others = sum(sum(counts[: row.until]) for other, counts in table.items() if other != name)
        assert row.until == 0 or others >= LEAST


@settings(max_examples=250, deadline=None)
@example({"a": (4, 4), "b": (3, 3), "c": (2, 2)})
@given(tables())
def test_what_the_totals_leave_of_any_months_together_is_five_or_more(table: Mapping[str, tuple[int, ...]]) -> None:
    """The sums are those that a reader makes: all incidents of some stretches in a row, less every total that lies within them."""
    rows, seen = tuple(table), pictures(table)
    width = len(seen)
    ends = {row: sorted({picture[row].until for picture in seen} | {0}) for row in rows}
    for first in range(width):
        for end in range(first + 1, width + 1):
            left = {(row, n) for row in rows for n in range(first, end) if seen[-1][row].counts[n] is None}
            for row in rows:
                for begin, until in pairwise(ends[row]):
                    if first <= begin and until <= end:
                        left -= {(row, n) for n in range(begin, until)}
            assert not left or sum(table[row][n] for row, n in left) >= LEAST


def test_large_counts_are_shown_with_their_totals() -> None:
    assert told({"a": (6, 7), "b": (8, 9)}) == {"a": Row((6, 7), 13, 2), "b": Row((8, 9), 17, 2)}


def test_small_counts_add_up_to_a_total_that_is_shown() -> None:
    seen = told({"a": (3, 3, 4), "b": (4, 4, 3), "c": (4, 4, 4)})
    assert [row.counts for row in seen.values()] == [(None, None, None)] * 3
    assert [(row.total, row.until) for row in seen.values()] == [(6, 2), (8, 2), (8, 2)]


def test_months_are_taken_together_until_there_are_five() -> None:
    assert stretches([1, 0, 4, 5, 0, 2]) == ((0, 3), (3, 4))
    assert stretches([4]) == ()
