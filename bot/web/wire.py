"""What every page for people and services has in common: headers, bounded bodies, and a limit to guessing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

MOST_BYTES: Final = 64 * 1024
MOST_FIELDS: Final = 100
# OWASP ASVS 3.4.3, 3.4.4, 3.4.6 and 14.3.2. No script can run, whatever a browser finds in the page, and what stands in the
# address is told to nobody.
HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
# One address may try so many wrong codes in so many seconds. 128 bits cannot be guessed; the limit keeps a guesser from
# the database, where pages wait for their turn.
MOST_MISSES: Final = 20
MISS_SECONDS: Final = 60.0
_ADDRESSES: Final = 10_000


class TooLarge(Exception):
    """The body is longer than anything that is sent here."""


async def body_of(request: Request) -> bytes:
    """The whole body, at most 64 KiB; raises TooLarge without having read the rest."""
    said = request.headers.get("content-length", "")
    if said.isascii() and said.isdigit() and int(said) > MOST_BYTES:
        raise TooLarge
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise TooLarge
    return bytes(body)


def fields_of(body: bytes) -> list[tuple[str, str]] | None:
    """The fields of a form as browsers and services send it, empty ones included; None when it is no such form."""
    try:
        return parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, strict_parsing=bool(body), max_num_fields=MOST_FIELDS
        )
    except ValueError:
        return None


def too_large() -> Response:
    return PlainTextResponse("too large\n", 413, HEADERS)


def page(html: str, status: int = 200, **headers: str) -> Response:
    return HTMLResponse(html, status, {**HEADERS, **headers})


@dataclass
class Misses:
    """How often each address was wrong lately; in memory, because a restart may forgive. `monotonic` in seconds."""

    monotonic: Callable[[], float]
    counted: dict[str, tuple[float, int]] = field(default_factory=dict)

    def too_many(self, request: Request) -> bool:
        begun, misses = self.counted.get(_address(request), (0.0, 0))
        return misses >= MOST_MISSES and self.monotonic() - begun < MISS_SECONDS

    def miss(self, request: Request) -> None:
        address, now = _address(request), self.monotonic()
        begun, misses = self.counted.pop(address, (now, 0))
        if now - begun >= MISS_SECONDS:
            begun, misses = now, 0
        if len(self.counted) >= _ADDRESSES:
            del self.counted[next(iter(self.counted))]  # the one that was wrong longest ago
        self.counted[address] = begun, misses + 1


def _address(request: Request) -> str:
    """Whoever has one IPv6 address has 2^64 of them, so these count by their network."""
    host = request.client.host if request.client is not None else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else host
