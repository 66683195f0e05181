"""One question over HTTP with a deadline: whatever happens becomes a value, and no secret comes out of it."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Final, TypeVar

import httpx
import msgspec

from bot.domain.delivery import GaveUp, Retry, Unclear

CONNECT_SECONDS: Final = 5.0
TOTAL_SECONDS: Final = 10.0
MOST_BYTES: Final = 256 * 1024
MOST_AT_A_TIME: Final = 100  # of one channel: a flood must leave file handles to the rest of the bot
LONGEST_WAIT: Final = 60.0  # seconds; whoever asks for more is passed over in favour of another channel
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that came in whole; `after` is what Retry-After said, in seconds."""

    status: int
    body: bytes = field(repr=False)
    after: float | None = None

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300

    def read(self, shape: type[T]) -> T | None:
        """The JSON of the body; None when it is not of that shape."""
        try:
            return msgspec.json.decode(self.body, type=shape)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None


@dataclass(frozen=True, slots=True)
class NotSent:
    """The other side never got the question."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unheard:
    """The question may have arrived, but no whole answer came."""

    reason: str


Asked = Answer | NotSent | Unheard


@dataclass(frozen=True, slots=True)
class Asking:
    """A pool of connections of its own for each channel, so that a slow provider takes none of another's."""

    http: httpx.AsyncClient
    total: float = TOTAL_SECONDS

    async def __call__(self, request: httpx.Request, auth: httpx.Auth | None = None) -> Asked:
        try:
            async with asyncio.timeout(self.total):
                response = await self.http.send(request, auth=auth, stream=True)
                try:
                    return await _whole(response)
                finally:
                    await response.aclose()
        except (
            httpx.ConnectError,
            httpx.ConnectTimeout,
            httpx.PoolTimeout,
            httpx.UnsupportedProtocol,
            httpx.ProxyError,
        ):
            return NotSent("unreachable")
        except TimeoutError:
            return Unheard("no_answer_in_time")
        # The text of these errors holds addresses with keys and numbers in them; only the kind of error is kept.
        except httpx.HTTPError as error:
            return Unheard(type(error).__name__)


async def _whole(response: httpx.Response) -> Answer | Unheard:
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > MOST_BYTES:
            return Unheard("answer_too_long")
    after = response.headers.get("Retry-After", "")
    return Answer(response.status_code, bytes(body), float(after) if after.isascii() and after.isdigit() else None)


@asynccontextmanager
async def asking(total: float = TOTAL_SECONDS) -> AsyncIterator[Asking]:
    """Connections for one channel. Redirects are not followed: they would carry keys elsewhere."""
    # httpx tells every address at "info", and addresses hold numbers and keys here.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    timeout = httpx.Timeout(total, connect=min(CONNECT_SECONDS, total))
    # A connection that was kept may be gone by the next page, and then nobody knows whether that page left.
    limits = httpx.Limits(max_connections=MOST_AT_A_TIME, max_keepalive_connections=0)
    async with httpx.AsyncClient(timeout=timeout, limits=limits, follow_redirects=False, verify=_trusted()) as http:
        yield Asking(http, total)


@cache
def _trusted() -> ssl.SSLContext:
    """Read once for all channels: a tenth of a second each is long where everything is started anew."""
    return httpx.create_ssl_context()


def not_accepted(asked: Asked) -> Retry | GaveUp | Unclear:
    """What anything but a success means for something that must not be said twice."""
    if isinstance(asked, NotSent):
        return Retry(asked.reason)
    if isinstance(asked, Unheard):
        return Unclear(asked.reason)
    match asked.status:
        case 408 | 425 | 429 | 503:
            if (asked.after or 0.0) > LONGEST_WAIT:
                return GaveUp(f"busy_{asked.status}")
            return Retry(f"busy_{asked.status}", asked.after)
        case status if status >= 500 or 200 <= status < 300:
            return Unclear(f"answer_{status}")
        case status:
            return GaveUp(f"refused_{status}")


def may_be_repeated(asked: Asked) -> Retry | GaveUp:
    """The same for what the other side recognises when it comes again."""
    outcome = not_accepted(asked)
    return Retry(outcome.reason) if isinstance(outcome, Unclear) else outcome
