"""A mapping that grows by one and leaves what it was as it is, without a copy of everything each time.

An incident is folded entry by entry, and each state is a value of its own. Copying all lines for every new one would make a long
night quadratic: measured, ten thousand lines took four times as long each as a thousand did.
"""

from collections.abc import Iterator, Mapping
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")
_SMALL = 32


class Growing(Mapping[K, V]):
    """Immutable; `growing | {key: value}` is the next. Keys stand in the order in which they came, as in a dict.

    What came last lies in a small dict beside the large one, until it is as large as the square root of that: an addition then
    costs as many steps as that root, on average.
    """

    __slots__ = ("_large", "_latest", "_new")

    def __init__(self, start: Mapping[K, V] | None = None) -> None:
        self._large: dict[K, V] = dict(start or {})
        self._latest: dict[K, V] = {}
        self._new = 0  # how many of the latest are not in the large one

    def __or__(self, more: Mapping[K, V]) -> "Growing[K, V]":
        grown: Growing[K, V] = Growing()
        latest = {**self._latest, **more}
        if len(latest) > _SMALL and len(latest) ** 2 > len(self._large):
            grown._large = {**self._large, **latest}
            return grown
        grown._large, grown._latest = self._large, latest
        grown._new = self._new
        for key in more:
            if key not in self._latest and key not in self._large:
                grown._new += 1
        return grown

    def __getitem__(self, key: K) -> V:
        return self._latest[key] if key in self._latest else self._large[key]

    def __iter__(self) -> Iterator[K]:
        yield from self._large
        yield from (key for key in self._latest if key not in self._large)

    def __len__(self) -> int:
        return len(self._large) + self._new

    def __repr__(self) -> str:
        return f"Growing({dict(self)!r})"
