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
        subtrees = [*self.subtrees]
        _grow(subtrees, self.size, leaf)
        return type(self)(self.size + 1, tuple(subtrees))

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
    subtrees: list[bytes] = []
    size = 0
    for leaf in leaves:
        _grow(subtrees, size, leaf)
        size += 1
    return Frontier(size, tuple(subtrees))


def _grow(subtrees: list[bytes], size: int, leaf: bytes) -> None:
    node = sha256(b"\0" + leaf).digest()
    while size & 1:
        node = _node(subtrees.pop(), node)
        size >>= 1
    subtrees.append(node)


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()
