"""Counterparts of the services that carry pages: small servers on this machine that answer as the real ones are documented to.

They refuse what those would refuse, keep what they accepted, and misbehave when told to. For the demonstration and the tests:
here one can see what the phone saw, and answer from it.
"""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from bot.embedded.ports import free_port

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
HTML: Final = b"<html><body>It works!</body></html>"
_PATIENCE: Final = 10.0  # seconds
_UNFINISHED: Final = "ASGI callable returned without completing response."


@dataclass(slots=True)
class Knobs:
    """How the server misbehaves. What is `after` was accepted first, as with a proxy that fails on the way back."""

    refuse: int | None = None  # answer this status and accept nothing
    delay: float = 0.0  # seconds between accepting and answering
    fail_after: int | None = None  # answer this status afterwards
    cut_after: bool = False  # break the answer off in the middle
    nonsense_after: bytes | None = None  # answer 200 with this instead
    twice: bool = False  # bring every callback two times


@dataclass(slots=True)
class Counterpart:
    """One server. `port` stays the same when it is stopped and started again."""

    knobs: Knobs = field(default_factory=Knobs)
    port: int = 0
    taken: int = 0  # requests that reached the service itself
    _server: uvicorn.Server | None = None
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _out: httpx.AsyncClient | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def routes(self) -> list[Route]:
        raise NotImplementedError

    async def start(self) -> None:
        """Answer on the port; on a free one the first time."""
        self.port = self.port or free_port()
        listening = socket.create_server(("127.0.0.1", self.port))
        app = _Misbehaving(Starlette(routes=self.routes()), self)
        config = uvicorn.Config(app, access_log=False, lifespan="off", log_config=None, ws="none")
        logging.getLogger("uvicorn.error").addFilter(_not_our_cut)
        config.load()
        # Without `serve`: that takes the signals of the process, and a tenth of a second for each start and stop.
        self._server = uvicorn.Server(config)
        self._server.lifespan = config.lifespan_class(config)
        await self._server.startup(sockets=[listening])
        self._out = httpx.AsyncClient(timeout=_PATIENCE, trust_env=False, verify=False)  # only to this machine

    async def stop(self) -> None:
        """Refuse connections from now on, as a service that is down; what was received is kept."""
        if self._server is None:
            return
        for listening in self._server.servers:
            listening.close()
        for task in list(self._server.server_state.tasks):
            task.cancel()
        for connection in list(self._server.server_state.connections):
            connection.shutdown()
        self._server = None
        if self._out is not None:
            await self._out.aclose()

    async def until(self, seen: Callable[[], bool]) -> None:
        """Wait for what has been received to be so; TimeoutError after ten seconds."""
        async with asyncio.timeout(_PATIENCE), self._news:
            await self._news.wait_for(seen)

    async def noticed(self) -> None:
        """Something was received."""
        async with self._news:
            self._news.notify_all()

    async def bring(
        self,
        url: str,
        *,
        json: object = None,
        form: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """Call back as the service does: once more when told to; gives the last answer."""
        assert self._out is not None, "the counterpart is running"
        for _ in range(1 + self.knobs.twice):
            answer = await self._out.post(url, json=json, data=form, headers=headers)
        return answer


@dataclass(frozen=True, slots=True)
class _Misbehaving:
    """The service behind its knobs."""

    app: Starlette
    counterpart: Counterpart

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        knobs = self.counterpart.knobs
        if knobs.refuse is not None:
            await _answer(send, knobs.refuse, HTML)
            return
        said: list[Message] = []

        async def keep(message: Message) -> None:
            said.append(message)

        await self.app(scope, receive, keep)
        self.counterpart.taken += 1
        await self.counterpart.noticed()
        if knobs.delay:
            await asyncio.sleep(knobs.delay)
        if knobs.fail_after is not None:
            await _answer(send, knobs.fail_after, HTML)
        elif knobs.nonsense_after is not None:
            await _answer(send, 200, knobs.nonsense_after)
        elif knobs.cut_after:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
            await send({"type": "http.response.body", "body": b'{"', "more_body": True})
        else:
            for message in said:
                await send(message)


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"text/html"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _not_our_cut(record: logging.LogRecord) -> bool:
    """An answer that is broken off on purpose is no error of the server."""
    return record.getMessage() != _UNFINISHED


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form, each once."""
    return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))


@asynccontextmanager
async def running(*counterparts: Counterpart) -> AsyncIterator[None]:
    """The counterparts, started and in the end stopped."""
    try:
        for one in counterparts:
            await one.start()
        yield
    finally:
        for one in counterparts:
            await one.stop()
