"""A way to the homeserver that fails on demand: before the server hears of a request, or after it has done it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

Rule = Callable[[str, str], bool]


def never(method: str, path: str) -> bool:
    return False


@dataclass
class Proxy:
    """Each rule says for which method and path it holds.

    `refuse` answers 502 in the server's place, `lie` 200 with a page that is no JSON, `limit` 429 with that many
    seconds; `swallow` lets the server work and drops the answer; `hold` keeps the request until `release` is set.
    """

    url: str = ""
    refuse: Rule = never
    lie: Rule = never
    swallow: Rule = never
    hold: Rule = never
    limit: float | None = None
    release: asyncio.Event = field(default_factory=asyncio.Event)
    passed: list[tuple[str, str]] = field(default_factory=list)


def first(count: int, part: str) -> Rule:
    """True for the first so many requests with this part in their path."""
    left = [count]

    def matches(method: str, path: str) -> bool:
        if part not in path or not left[0]:
            return False
        left[0] -= 1
        return True

    return matches


@asynccontextmanager
async def proxy(server: str) -> AsyncIterator[Proxy]:
    through = Proxy()

    async def forward(request: web.Request) -> web.Response:
        if through.refuse(request.method, request.path):
            return web.Response(status=502, text="<html>Bad gateway</html>", content_type="text/html")
        if through.lie(request.method, request.path):
            return web.Response(text="<html>Please log in to the network</html>", content_type="text/html")
        if through.limit is not None:
            body = {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": through.limit * 1000}
            return web.json_response(body, status=429)
        if through.hold(request.method, request.path):
            await through.release.wait()
        headers = {name: request.headers[name] for name in ("Authorization", "Content-Type") if name in request.headers}
        sent = await request.read()
        async with session.request(
            request.method, server + request.raw_path, data=sent or None, headers=headers
        ) as answer:
            content = await answer.read()
        through.passed.append((request.method, request.path))
        if through.swallow(request.method, request.path):
            assert request.transport is not None
            request.transport.close()
        return web.Response(status=answer.status, body=content, content_type="application/json")

    app = web.Application(client_max_size=10_000_000)
    app.router.add_route("*", "/{path:.*}", forward)
    runner = web.AppRunner(app)
    async with aiohttp.ClientSession(auto_decompress=True) as session:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        through.url = f"http://{host}:{port}"
        try:
            yield through
        finally:
            await runner.cleanup()
