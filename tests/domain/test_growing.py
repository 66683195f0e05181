"""A mapping that grows: what a dict would hold, in its order, and every earlier one as it was."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.growing import Growing

ADDITIONS = st.lists(st.dictionaries(st.integers(0, 60), st.integers(), max_size=5), max_size=120)


@given(ADDITIONS)
def test_it_holds_what_a_dict_would_and_what_was_stays(additions: list[dict[int, int]]) -> None:
    plain: dict[int, int] = {}
    grown: Growing[int, int] = Growing()
    for more in additions:
        before, was = grown, dict(plain)
        plain.update(more)
        grown = grown | more
        assert (list(grown.items()), len(grown)) == (list(plain.items()), len(plain))
        assert (dict(before), len(before)) == (was, len(was))
    assert grown == plain
    assert Growing(plain) == grown
    assert {key: grown.get(key) for key in range(61)} == {key: plain.get(key) for key in range(61)}


def test_so_it_is_with_more_than_each_of_its_parts_can_hold() -> None:
    plain: dict[int, int] = {}
    grown: Growing[int, int] = Growing()
    earlier: list[tuple[Growing[int, int], dict[int, int]]] = []
    for n in range(20_000):
        more = {n: n, (n * 7) % (n + 1): -n} if n % 3 else {n: n}  # every so often one that is there already
        plain.update(more)
        grown = grown | more
        assert len(grown) == len(plain)
        if n in (40, 600, 9_000, 9_010, 19_999):
            earlier.append((grown, dict(plain)))
    for was, held in earlier:
        assert list(was.items()) == list(held.items())
