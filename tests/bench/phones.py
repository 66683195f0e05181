"""A process of its own that takes what every channel brings, says yes, and keeps when each request was there.

It stands for the providers in the race of the alarms, where the full counterparts would cost more than what is measured.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.web.health import serve


@dataclass(frozen=True, slots=True)
class Brought:
    """One request to a channel; `at` in seconds of the monotonic clock, which all processes of a machine share."""

    channel: str
    at: float
    body: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Providers:
    """`url` of the process, and what it took since it was asked last."""

    url: str
    http: httpx.AsyncClient

    def address(self, channel: str) -> str:
        """Where a page over the channel is brought; the settings hold the front part of it."""
        return self.url + {"sms": "/sms", "ntfy": "/ntfy", "pushover": "/1/messages.json"}[channel]

    def settings(self) -> dict[str, object]:
        """The settings of a bot that pages over them."""
        return {
            "public_url": "http://127.0.0.1:9",
            "sms_provider": "generic",
            "sms_url": self.address("sms"),
            "sms_token": "token",
            "sms_inbox_url": self.address("sms"),
            "sms_poll_seconds": 600,
            "sms_sender": "31600009000",
            "ntfy_url": self.address("ntfy"),
            "pushover_url": self.url,
            "pushover_token": "a" * 30,
        }

    async def took(self) -> list[Brought]:
        """Everything since the last time, in the order in which it came."""
        answer = await self.http.get(f"{self.url}/took")
        return [Brought(**one) for one in answer.json()]


@asynccontextmanager
async def providers() -> AsyncIterator[Providers]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.phones", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        port = int(await process.stdout.readline())
        async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
            yield Providers(f"http://127.0.0.1:{port}", http)
    finally:
        process.terminate()
        await process.communicate()


def _app() -> Starlette:
    taken: list[dict[str, Any]] = []
    numbers = count(1)

    async def take(request: Request) -> Response:
        at = time.monotonic()
        channel = {"/sms": "sms", "/ntfy": "ntfy"}.get(request.url.path, "pushover")
        kept = {name: request.headers[name] for name in ("content-type", "authorization") if name in request.headers}
        taken.append({"channel": channel, "at": at, "body": (await request.body()).decode(), "headers": kept})
        number = next(numbers)
        return JSONResponse({"id": f"m{number}", "event": "message", "status": 1, "receipt": f"{number:030}"})

    async def took(_: Request) -> Response:
        said = JSONResponse(taken)
        taken.clear()
        return said

    async def done(_: Request) -> Response:
        """What is called off rings nowhere here."""
        return JSONResponse({"id": "m0", "event": "message_delete", "status": 1})

    return Starlette(
        routes=[
            Route("/sms", take, methods=["POST"]),
            Route("/ntfy", take, methods=["POST"]),
            Route("/ntfy/{topic}/{sequence}", done, methods=["DELETE"]),
            Route("/1/messages.json", take, methods=["POST"]),
            Route("/1/receipts/{rest:path}", done, methods=["GET", "POST"]),
            Route("/took", took, methods=["GET"]),
        ]
    )


async def _serve() -> None:
    async with serve(_app(), "127.0.0.1", 0) as port:
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    # without a handler: SIGTERM ends it, and nothing of it is worth keeping
    asyncio.run(_serve())
