"""Whoever lays the picture of a domain beside that of all computes no count from one to four, whatever the counts are."""

from collections.abc import Mapping, Sequence

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.rule_beside import Kind, free, running_beside, told_beside
from bot.domain.rule_of_five import LEAST, Row, stretches, told
from tests.domain.reader import Cell, Fact, Reader, columns_of, facts_of

# Of each kind, by stretch: how many with the domain, how many without it.
Split = tuple[tuple[tuple[int, int], ...], ...]


@st.composite
def splits(draw: st.DrawFn) -> Split:
    height = draw(st.integers(2, 3))
    count = st.sampled_from((0, 1, 2, 4, 5, 6, 7)) if height == 2 else st.sampled_from((0, 1, 2, 5, 6))
    column = st.lists(st.tuples(count, count), min_size=height, max_size=height)
    kept = column.filter(lambda c: LEAST <= sum(map(sum, c)) <= (28 if height == 2 else 22))
    columns = draw(st.lists(kept, min_size=1, max_size=3 if height == 2 else 2))
    return tuple(tuple(column[r] for column in columns) for r in range(height))


def finest(split: Split) -> list[list[int]]:
    """Two rows of each kind: with the domain, then without."""
    return [[pair[side] for pair in kind] for kind in split for side in (0, 1)]


class Both:
    """The picture of all and that of the domain, and what of them are the counts that a reader may look for."""

    def __init__(self, split: Split) -> None:
        self.table = finest(split)
        self.height, self.width = len(split), len(split[0])
        names = [f"kind {k}" for k in range(self.height)]
        self.parts: Mapping[str, Sequence[int]] = {name: (2 * k, 2 * k + 1) for k, name in enumerate(names)}
        self.all = {name: [a + b for a, b in split[k]] for k, name in enumerate(names)}
        self.having = {name: [a for a, _ in split[k]] for k, name in enumerate(names)}
        with_ = [sum(counts[n] for counts in self.having.values()) for n in range(self.width)]
        self.sums = columns_of(self.table)
        self.called = told({"with": with_, "without": [a - b for a, b in zip(self.sums, with_, strict=True)]})["with"]
        self.of_all = told(self.all)
        self.windows = self.called.windows
        usable = [window if free(self.called, window) else None for window in self.windows]
        self.of_domain = told_beside(self.all, self.having, self.of_all, usable)

    def facts(self) -> list[Fact]:
        of_all = facts_of(self.of_all, self.parts, self.table)
        having = facts_of({"with": self.called}, {"with": range(0, 2 * self.height, 2)}, self.table)
        cells = (
            Fact(frozenset((2 * k, n) for n in range(*window)), count)
            for k, row in enumerate(self.of_domain.values())
            for window, count in zip(self.windows, row.counts, strict=True)
            if count is not None
        )
        return [*of_all, *having, *cells]

    def asked(self) -> list[frozenset[Cell]]:
        """Each count with the domain, without it and of both, in each stretch, with and without it in each window,
        and what is left of a window when all that was told is taken off."""
        each = [frozenset(((r, n),)) for r in range(2 * self.height) for n in range(self.width)]
        both = [frozenset(((2 * k, n), (2 * k + 1, n))) for k in range(self.height) for n in range(self.width)]
        of_windows = [
            frozenset((r, n) for n in range(*window)) for r in range(2 * self.height) for window in self.windows
        ]
        domain = [
            frozenset((2 * k + side, n) for k in range(self.height)) for side in (0, 1) for n in range(self.width)
        ]
        left = [
            frozenset((2 * k + side, m) for k in hidden for m in range(*window))
            for n, window in enumerate(self.windows)
            for hidden in ([k for k, row in enumerate(self.of_domain.values()) if row.counts[n] is None],)
            for side in (0, 1)
        ]
        return [*each, *both, *of_windows, *domain, *left]

    def leaks(self) -> list[frozenset[Cell]]:
        return Reader(2 * self.height, self.sums, self.facts()).leaks(self.table, self.asked())


class With(Both):
    """One kind that an incident has (the first) or has not (the second): only the first stands in the pictures."""

    def __init__(self, split: Split) -> None:
        super().__init__(split)
        with_ = [sum(counts[n] for counts in self.having.values()) for n in range(self.width)]
        self.kind = Kind(self.sums, with_, self.all["kind 0"], self.having["kind 0"])
        self.row = running_beside(self.kind, self.of_all["kind 0"], self.windows)

    def facts(self) -> list[Fact]:
        of_all = facts_of({"kind 0": self.of_all["kind 0"]}, self.parts, self.table)
        having = facts_of({"with": self.called}, {"with": (0, 2)}, self.table)
        return [*of_all, *having, *self.told()]

    def told(self) -> list[Fact]:
        spans = [(self.windows[first][0], self.windows[end - 1][1]) for first, end in self.row.windows]
        cells = [frozenset((0, n) for n in range(*span)) for span in spans]
        return [Fact(one, sum(self.table[r][n] for r, n in one)) for one in cells]

    def asked(self) -> list[frozenset[Cell]]:
        """Over the months of each total too."""
        spans = [(self.windows[first][0], self.windows[end - 1][1]) for first, end in self.row.windows]
        return [*super().asked(), *(frozenset((r, n) for n in range(*span)) for r in range(4) for span in spans)]


@st.composite
def small_splits(draw: st.DrawFn) -> Split:
    """Two or three stretches of few incidents, which are told together if at all."""
    width = draw(st.sampled_from((2, 3)))
    most, count = (12, st.sampled_from((1, 2, 3, 4, 0))) if width == 2 else (9, st.sampled_from((1, 2, 3, 0)))
    column = st.lists(st.tuples(count, count), min_size=2, max_size=2).filter(
        lambda c: LEAST <= sum(map(sum, c)) <= most
    )
    columns = draw(st.lists(column, min_size=width, max_size=width))
    return tuple(tuple(column[r] for column in columns) for r in range(2))


MONTHS_TOGETHER = (((2, 3), (3, 2)), ((2, 3), (3, 2)))


@settings(max_examples=60, deadline=None)
@example(MONTHS_TOGETHER)
@example((((4, 0), (1, 6)), ((0, 4), (6, 1))))
@example((((4, 1), (4, 4)), ((1, 4), (1, 4))))
@given(small_splits())
def test_running_totals_of_a_domain_leave_no_count_from_one_to_four_to_be_computed(split: Split) -> None:
    assert With(split).leaks() == []


@settings(max_examples=250, deadline=None)
@given(small_splits())
def test_a_running_total_of_a_domain_is_true_and_is_never_taken_back(split: Split) -> None:
    before: With | None = None
    for until in range(1, len(split[0]) + 1):
        found = With(tuple(kind[:until] for kind in split))
        over = found.windows[found.row.until - 1][1] if found.row.until else 0
        assert found.row.total == (sum(found.table[0][:over]) or None)
        if before is not None:
            known = len(before.windows)
            assert found.row.counts[:known] == before.row.counts
            assert found.row.ends[: len(before.row.ends)] == before.row.ends
        before = found


def test_a_red_flag_is_told_of_a_domain_over_months_that_are_small_by_themselves() -> None:
    found = With(MONTHS_TOGETHER)
    assert found.windows == ((0, 2),)
    assert (found.row.total, found.row.until) == (5, 1)
    assert found.leaks() == []


TOLD = (((6, 7),), ((5, 8),))
OVER_MONTHS = (((2, 6), (6, 2)), ((2, 5), (5, 2)))


@settings(max_examples=120, deadline=None)
@example(TOLD)
@example(OVER_MONTHS)
@example((((6, 2),), ((7, 8),)))
@example((((6, 6),), ((1, 5),), ((4, 0),)))
@example((((6, 6),), ((1, 2),), ((2, 0),)))
@example((((5, 5), (1, 0)), ((0, 5), (5, 5))))
@given(splits())
def test_beside_the_picture_of_all_no_count_from_one_to_four_can_be_computed(split: Split) -> None:
    assert Both(split).leaks() == []


@settings(max_examples=250, deadline=None)
@given(splits())
def test_what_is_told_of_a_domain_is_true_five_or_more_with_it_and_without_and_is_never_taken_back(
    split: Split,
) -> None:
    before: Mapping[str, Row] | None = None
    for until in range(1, len(split[0]) + 1):
        both = Both(tuple(kind[:until] for kind in split))
        for k, (name, row) in enumerate(both.of_domain.items()):
            for (start, end), count in zip(both.windows, row.counts, strict=True):
                with_, without = (sum(both.table[2 * k + side][start:end]) for side in (0, 1))
                assert count is None or (count == with_ >= LEAST and without >= LEAST)
            if before is not None:
                assert row.counts[: len(before[name].counts)] == before[name].counts
        before = both.of_domain


def test_kinds_are_told_in_a_month_and_over_months_that_are_small_by_themselves() -> None:
    assert [row.counts for row in Both(TOLD).of_domain.values()] == [(6,), (5,)]
    over = Both(OVER_MONTHS)
    assert over.windows == ((0, 2),)
    assert [row.counts for row in over.of_domain.values()] == [(8,), (7,)]


def test_one_domain_told_by_the_rule_alone_would_be_caught() -> None:
    """Six of eight incidents of a kind had the domain: two had not."""
    both = Both((((6, 2),), ((7, 8),)))
    alone = told(both.having)
    assert alone["kind 0"].counts == (6,)
    cells = [
        Fact(frozenset(((2 * k, 0),)), count) for k, row in enumerate(alone.values()) for count in row.counts if count
    ]
    reader = Reader(4, both.sums, [*both.facts(), *cells])
    assert frozenset(((1, 0),)) in reader.leaks(both.table, both.asked())


def test_stretches_of_a_domain_by_itself_would_be_caught() -> None:
    """A month in which all incidents but two had the domain tells the two, were it told by itself."""
    both = Both((((5, 1), (3, 4)), ((4, 1), (4, 5))))
    with_ = [sum(counts[n] for counts in both.having.values()) for n in range(2)]
    assert stretches(with_) == ((0, 1), (1, 2))
    own = [Fact(frozenset(((0, n), (2, n))), count) for n, count in enumerate(with_)]
    reader = Reader(4, both.sums, [*both.facts(), *own])
    assert frozenset(((1, 0), (3, 0))) in reader.leaks(both.table, both.asked())
