"""The root over all entries in the shape of RFC 6962 section 2.1, grown one entry at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Self


@dataclass(frozen=True, slots=True)
class Frontier:
    """What is needed of `size` leaves to add the next: the roots of the full subtrees, largest first."""

    size: int = 0
    subtrees: tuple[bytes, ...] = ()

    def add(self, leaf: bytes) -> Self:
        """Give the frontier with the bytes `leaf` (an entry's raw) appended; O(log size)."""
        subtrees = self.subtrees
        node = sha256(b"\0" + leaf).digest()
        size = self.size
        while size & 1:
            node = _node(subtrees[-1], node)
            subtrees = subtrees[:-1]
            size >>= 1
        return type(self)(self.size + 1, (*subtrees, node))

    def root(self) -> bytes:
        """Give the root over everything added so far, 32 bytes."""
        if not self.subtrees:
            return sha256(b"").digest()
        *larger, root = self.subtrees
        for left in reversed(larger):
            root = _node(left, root)
        return root


def frontier_of(leaves: Iterable[bytes]) -> Frontier:
    """Give the frontier over `leaves` in order."""
    frontier = Frontier()
    for leaf in leaves:
        frontier = frontier.add(leaf)
    return frontier


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()
