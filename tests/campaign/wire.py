"""The way between the bot and its homeserver: counts what the bot does, and springs a trap at a chosen request."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, Literal

import aiohttp
from aiohttp import web

Rule = Callable[[str, str], bool]  # method, path with query
BIGGEST: Final = 10_000_000  # bytes


def never(method: str, path: str) -> bool:
    return False


def writes(method: str, path: str) -> bool:
    """What may change something: everything but reading and syncing."""
    return method != "GET"


def to(part: str) -> Rule:
    return lambda method, path: part in path and method != "GET"


def listens(method: str, path: str) -> bool:
    """The sync that waits for news: whoever asks for it has caught up."""
    return "/sync?" in path and "timeout=30000" in path


def first(count: int, part: str) -> Rule:
    """True for the first so many writes with this part in their path."""
    left = [count]

    def matches(method: str, path: str) -> bool:
        if part not in path or method == "GET" or not left[0]:
            return False
        left[0] -= 1
        return True

    return matches


@dataclass
class Trap:
    """Acts at the `nth` request that `matches`: before the server hears of it, after it did the work (the answer is
    dropped), or `delay` seconds after the request went to the server."""

    matches: Rule
    nth: int
    when: Literal["before", "during", "after"]
    act: Callable[[], None]
    delay: float = 0.0
    sprung: asyncio.Event = field(default_factory=asyncio.Event)

    def springs(self, method: str, path: str) -> bool:
        if self.sprung.is_set() or not self.matches(method, path):
            return False
        self.nth -= 1
        return self.nth == 0

    async def springs_within(self, seconds: float) -> bool:
        """Whether it acted; after this it never will."""
        acted = asyncio.ensure_future(self.sprung.wait())
        await asyncio.wait((acted,), timeout=seconds)
        acted.cancel()
        in_time = self.sprung.is_set()
        self.sprung.set()
        return in_time

    def spring(self) -> None:
        if not self.sprung.is_set():
            self.sprung.set()
            self.act()


@dataclass
class Way:
    """`refuse` answers 502 in the server's place. `reached(n)` waits for the n-th write since `begin`."""

    server: str
    url: str = ""
    refuse: Rule = never
    trap: Trap | None = None
    count: int = 0
    _moved: asyncio.Condition = field(default_factory=asyncio.Condition)

    def begin(self, trap: Trap | None = None, refuse: Rule = never) -> None:
        """A new life of the bot begins."""
        self.count, self.trap, self.refuse = 0, trap, refuse

    async def reached(self, count: int) -> None:
        async with self._moved:
            await self._moved.wait_for(lambda: self.count >= count)

    async def forward(self, request: web.Request, session: aiohttp.ClientSession) -> web.StreamResponse:
        asked = (request.method, request.raw_path)
        if writes(*asked):
            async with self._moved:
                self.count += 1
                self._moved.notify_all()
        trap = self.trap if self.trap is not None and self.trap.springs(*asked) else None
        if trap is not None and trap.when == "before":
            trap.spring()
            return _cut_off(request)
        if self.refuse(*asked):
            return web.Response(status=502, text="Bad gateway")
        if trap is not None and trap.when == "during":
            asyncio.get_running_loop().call_later(trap.delay, trap.spring)
        answer = await self._passed_on(request, session)
        if trap is not None and trap.when == "after":
            trap.spring()
            return _cut_off(request)
        return answer

    async def _passed_on(self, request: web.Request, session: aiohttp.ClientSession) -> web.Response:
        headers = {name: request.headers[name] for name in ("Authorization", "Content-Type") if name in request.headers}
        data = await request.read()
        try:
            async with session.request(
                request.method, self.server + request.raw_path, data=data or None, headers=headers
            ) as answer:
                content = await answer.read()
                return web.Response(status=answer.status, body=content, content_type="application/json")
        except aiohttp.ClientError:
            return web.Response(status=502, text="Bad gateway")


def _cut_off(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.close()
    return web.Response(status=502)


@asynccontextmanager
async def way_to(server: str) -> AsyncIterator[Way]:
    """Opens the way on a free loopback port; it stays while servers and bots come and go."""
    way = Way(server)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout) as session:

        async def forward(request: web.Request) -> web.StreamResponse:
            return await way.forward(request, session)

        app = web.Application(client_max_size=BIGGEST)
        app.router.add_route("*", "/{path:.*}", forward)
        # A sync of a bot that was killed ends at once, or hundreds would wait out their thirty seconds.
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1.0, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            host, port = runner.addresses[0][:2]
            way.url = f"http://{host}:{port}"
            yield way
        finally:
            await runner.cleanup()
