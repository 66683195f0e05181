"""The root: the frontier gives what RFC 6962 defines over all leaves at once."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from bot.logbook.merkle import Frontier, frontier_of


def root_by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\1" + root_by_definition(leaves[:k]) + root_by_definition(leaves[k:])).digest()


@given(st.lists(st.binary(max_size=8), max_size=80))
def test_every_prefix_has_the_root_of_the_definition(leaves: list[bytes]) -> None:
    frontier = Frontier()
    for n, leaf in enumerate(leaves):
        assert frontier.root() == root_by_definition(leaves[:n])
        frontier = frontier.add(leaf)
    assert frontier == frontier_of(leaves)
    assert frontier.root() == root_by_definition(leaves)


@given(st.integers(0, 300))
def test_a_frontier_keeps_one_node_per_set_bit_of_its_size(size: int) -> None:
    frontier = frontier_of(b"" for _ in range(size))
    assert (frontier.size, len(frontier.subtrees)) == (size, size.bit_count())


def test_known_roots_of_certificate_transparency() -> None:
    # The first leaves of the reference test data of Certificate Transparency, with their roots.
    leaves = [b"", b"\x00", b"\x10", b"\x20\x21"]
    assert frontier_of([]).root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert frontier_of(leaves[:1]).root().hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert frontier_of(leaves[:2]).root().hex() == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    assert frontier_of(leaves[:3]).root().hex() == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
