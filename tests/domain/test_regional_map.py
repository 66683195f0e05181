"""A map tells of a municipality what is five or more, and never so that a smaller count can be computed from it."""

from collections.abc import Mapping, Sequence

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.ids import MunicipalityId
from bot.domain.regional_map import Place, told_places, told_within
from bot.domain.rule_of_five import LEAST, Row, told
from tests.domain.reader import Cell, Fact, Reader, columns_of, facts_of

# Of each size its municipalities, of each of those a count by stretch.
Region = tuple[tuple[tuple[int, ...], ...], ...]


@st.composite
def regions(draw: st.DrawFn) -> Region:
    """Two sizes with two municipalities in each, or three in one of them."""
    shape = draw(st.sampled_from(((2, 2), (2, 2), (3, 2))))
    count = st.sampled_from((0, 1, 2, 3, 5, 6)) if shape == (2, 2) else st.sampled_from((0, 2, 4, 5, 6))
    column = st.lists(count, min_size=sum(shape), max_size=sum(shape)).filter(lambda c: LEAST <= sum(c) <= 18)
    columns = draw(st.lists(column, min_size=1, max_size=3 if shape == (2, 2) else 2))
    rows = iter(zip(*columns, strict=True))
    return tuple(tuple(next(rows) for _ in range(many)) for many in shape)


class Mapped:
    def __init__(self, region: Region) -> None:
        self.table = [list(counts) for size in region for counts in size]
        self.width = len(self.table[0])
        at, self.parts = 0, {}
        for n, size in enumerate(region):
            self.parts[f"size {n}"] = range(at, at := at + len(size))
        self.sums = columns_of(self.table)
        self.sizes = told({
            size: [sum(self.table[r][n] for r in rows) for n in range(self.width)] for size, rows in self.parts.items()
        })  # fmt: skip
        self.counted = [{str(r): counts[n] for r, counts in enumerate(self.table)} for n in range(self.width)]

    def within(self, size: str) -> Mapping[str, Row]:
        return told_within(self.counted, [str(r) for r in self.parts[size]], self.sizes[size].windows)

    def facts(self) -> list[Fact]:
        """More than a map tells: the counts of each window too, not the totals alone."""
        found = facts_of(self.sizes, self.parts, self.table)
        for size in self.parts:
            windows = self.sizes[size].windows
            for name, row in self.within(size).items():
                spans = [window for window, count in zip(windows, row.counts, strict=True) if count is not None]
                spans += [(windows[start][0], windows[end - 1][1]) for start, end in row.windows]
                for start, end in dict.fromkeys(spans):
                    cells = frozenset((int(name), n) for n in range(start, end))
                    found.append(Fact(cells, sum(self.table[r][n] for r, n in cells)))
        return found

    def asked(self) -> list[frozenset[Cell]]:
        """Each municipality and each size, in each stretch and in each window."""
        groups: list[tuple[Sequence[int], Sequence[tuple[int, int]]]] = []
        for size, rows in self.parts.items():
            spans = [(n, n + 1) for n in range(self.width)] + [*self.sizes[size].windows]
            groups += [([r], spans) for r in rows] + [(rows, spans)]
        return [frozenset((r, n) for r in rows for n in range(*span)) for rows, spans in groups for span in spans]

    def leaks(self, facts: Sequence[Fact]) -> list[frozenset[Cell]]:
        return Reader(len(self.table), self.sums, facts).leaks(self.table, self.asked())


SMALL_BESIDE_LARGE: Region = (((6,), (2,)), ((7,), (4,)))


@settings(max_examples=120, deadline=None)
@example(SMALL_BESIDE_LARGE)
@example((((5, 6), (6, 5)), ((5, 5), (1, 5))))
@example((((3, 3), (4, 4)), ((2, 4), (5, 3))))
@example((((6,), (5,), (4,)), ((5,), (2,))))
@given(regions())
def test_no_count_from_one_to_four_can_be_computed_with_the_map(region: Region) -> None:
    found = Mapped(region)
    assert found.leaks(found.facts()) == []


def test_municipalities_counted_without_regard_to_their_size_would_be_caught() -> None:
    """Two small ones with eight together: six of one leave two of the other."""
    found = Mapped(SMALL_BESIDE_LARGE)
    flat = told({str(r): counts for r, counts in enumerate(found.table)})
    assert flat["0"].counts == (6,)
    cells = facts_of(flat, {name: (int(name),) for name in flat}, found.table)
    assert frozenset(((1, 0),)) in found.leaks([*facts_of(found.sizes, found.parts, found.table), *cells])


def places(
    counted: Sequence[Mapping[str, int]], sizes: Mapping[str, Row], size_of: Mapping[str, str]
) -> dict[str, Place]:
    named = {MunicipalityId(name): size for name, size in size_of.items()}
    return {str(name): place for name, place in told_places(counted, named, sizes, [2, 5, 9]).items()}


def test_a_map_tells_totals_up_to_the_month_in_which_they_could_be_told() -> None:
    size_of = {"a": "klein", "b": "klein", "c": "groot", "d": "groot"}
    counted = [{"a": 6, "b": 5, "c": 6, "d": 1}, {"a": 5, "b": 7, "c": 6}, {"a": 9, "d": 3}]
    sizes = told({"klein": [11, 12, 9], "groot": [7, 6, 3]})
    assert places(counted, sizes, size_of) == {"a": Place(11, 5), "b": Place(12, 5)}
    assert places(counted[:2], told({"klein": [11, 12], "groot": [7, 6]}), size_of) == {
        "a": Place(11, 5),
        "b": Place(12, 5),
    }


def test_without_sizes_all_municipalities_are_counted_as_one() -> None:
    size_of = dict.fromkeys("abc", "")
    assert places([{"a": 6, "b": 4, "c": 8}], {}, size_of) == {"c": Place(8, 2)}
