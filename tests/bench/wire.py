"""What a client's HTTP session did and when, seen at the wire: the same stopwatch for the bot and for the bare script."""

import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from urllib.parse import unquote

import aiohttp
from aiohttp import TraceConfig, TraceRequestEndParams, TraceRequestStartParams


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request: `asked` and `answered` in seconds of the monotonic clock; a path without its query, unquoted."""

    method: str
    path: str
    status: int
    asked: float
    answered: float


@dataclass(slots=True)
class Stopwatch:
    """Keeps what every attached session exchanged, in the order of the answers."""

    seen: list[Exchange] = field(default_factory=list)

    def attach(self, session: aiohttp.ClientSession) -> None:
        """Listen to a session that is already open."""
        trace = TraceConfig()
        trace.on_request_start.append(self._asked)
        trace.on_request_end.append(self._answered)
        trace.freeze()
        session.trace_configs.append(trace)

    async def _asked(self, _: aiohttp.ClientSession, ctx: SimpleNamespace, __: TraceRequestStartParams) -> None:
        ctx.asked = time.monotonic()

    async def _answered(self, _: aiohttp.ClientSession, ctx: SimpleNamespace, answer: TraceRequestEndParams) -> None:
        path = unquote(answer.url.raw_path)
        now = time.monotonic()
        self.seen.append(Exchange(answer.method, path, answer.response.status, ctx.asked, now))

    def since(self, moment: float) -> list[Exchange]:
        """What was asked at or after a moment."""
        return [x for x in self.seen if x.asked >= moment]

    def heard(self, moment: float) -> float:
        """When the first sync that was answered after `moment` came in."""
        return next(
            x.answered for x in self.seen if x.path.endswith("/sync") and x.answered >= moment and x.status == 200
        )


def sends(found: list[Exchange], part: str = "") -> list[Exchange]:
    """The accepted events of rooms whose path (with the transaction id) holds `part`."""
    return [x for x in found if x.method == "PUT" and "/send/" in x.path and part in x.path and x.status == 200]
