"""What goes wrong on the way to a homeserver and in it, as values: where, how often, and what happens there."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Dropped:
    """The connection breaks without an answer: before the homeserver did anything, or `after` it did everything."""

    after: bool = False


@dataclass(frozen=True)
class Answered:
    """Another answer than the right one, and nothing is done: a busy homeserver, or a proxy before one that is away."""

    status: int
    body: dict[str, Any] | bytes = b"<html>Bad Gateway</html>"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Held:
    """The answer waits until `until` is set: everything is done `after`, or before it, so that others see it first."""

    until: asyncio.Event
    after: bool = True


@dataclass(frozen=True)
class Cut:
    """All is done and half of the answer arrives."""


@dataclass(frozen=True)
class Shortened:
    """A sync shows no more than so many events of a room and leaves a gap before them."""

    limit: int


Fault = Dropped | Answered | Held | Cut | Shortened


def too_many(milliseconds: int) -> Answered:
    """What a homeserver says whose limits were not lifted."""
    body = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": milliseconds}
    return Answered(429, body, (("Retry-After", str(max(1, milliseconds // 1000))),))


@dataclass
class Planned:
    """`met` counts how often it happened; `left` is how often it still will."""

    what: Fault
    method: str
    path: re.Pattern[str]
    who: str
    left: int
    met: int = 0

    def fits(self, method: str, path: str, user_id: str) -> bool:
        ours = self.method in ("", method) and self.who in ("", user_id)
        return ours and self.left > 0 and self.path.search(path) is not None


@dataclass
class Faults:
    planned: list[Planned] = field(default_factory=list)

    @contextmanager
    def on(
        self, what: Fault, path: str, *, method: str = "", who: str = "", times: int = 1_000_000
    ) -> Iterator[Planned]:
        """Inside the block the first `times` calls whose path (as a regular expression) fits meet the fault."""
        planned = Planned(what, method, re.compile(path), who, times)
        self.planned.append(planned)
        try:
            yield planned
        finally:
            self.planned.remove(planned)

    def meets(self, method: str, path: str, user_id: str) -> Fault | None:
        for planned in self.planned:
            if planned.fits(method, path, user_id):
                planned.left -= 1
                planned.met += 1
                return planned.what
        return None
