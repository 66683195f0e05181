"""A mapping that grows by one and leaves what it was as it is, without a copy of everything each time.

An incident is folded entry by entry, and each state is a value of its own. Copying all lines for every new one would make a long
night quadratic: measured, ten thousand lines took four times as long each as a thousand did.
"""

from collections.abc import Iterator, Mapping
from typing import Final, TypeVar

K = TypeVar("K")
V = TypeVar("V")
# How many keys each dict may hold behind the first, which has no bound: what came last lies in the smallest, at the end.
_ROOM: Final = (8_192, 512, 32)


class Growing(Mapping[K, V]):
    """Immutable; `growing | {key: value}` is the next. Keys stand in the order in which they came, as in a dict.

    A dict that is full goes into the one before it. So an addition copies some dozens of keys on average, also with a hundred
    thousand of them.
    """

    __slots__ = ("_length", "_parts")

    def __init__(self, start: Mapping[K, V] | None = None) -> None:
        self._parts: list[dict[K, V]] = [dict(start or {}), *({} for _ in _ROOM)]
        self._length = len(self._parts[0])

    def __or__(self, more: Mapping[K, V]) -> "Growing[K, V]":
        parts = self._parts.copy()
        parts[-1] = {**parts[-1], **more}
        for n in range(len(_ROOM), 0, -1):
            if len(parts[n]) <= _ROOM[n - 1]:
                break
            parts[n - 1], parts[n] = {**parts[n - 1], **parts[n]}, {}
        grown: Growing[K, V] = Growing.__new__(Growing)
        grown._parts = parts
        grown._length = self._length
        for key in more:
            if key not in self:
                grown._length += 1
        return grown

    def __getitem__(self, key: K) -> V:
        for part in reversed(self._parts):
            if key in part:
                return part[key]
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        for part in self._parts:  # noqa: SIM110 - a generator for each of a million questions takes longer than the answer
            if key in part:
                return True
        return False

    def __iter__(self) -> Iterator[K]:
        first, *others = self._parts
        yield from first
        for n, part in enumerate(others, start=1):
            before = self._parts[:n]
            yield from (key for key in part if not any(key in one for one in before))

    def __len__(self) -> int:
        return self._length

    def __repr__(self) -> str:
        return f"Growing({dict(self)!r})"
