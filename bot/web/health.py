"""The small web server beside the bot: `/healthz` (alive), `/readyz` (fit for duty, and why not) and `/metrics`."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import uvicorn
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.web.metrics import Metrics
from bot.web.vital import Vital

_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
THIS_MACHINE: Final = ("127.0.0.1", "::1")
STOP_SECONDS: Final = 2  # a collector that hangs on must not hold up the end of the bot


def health_app(vital: Callable[[], Vital], metrics: Metrics) -> Starlette:
    """The application; `vital` must answer at once, from memory: a probe that waits for the database proves nothing."""

    async def healthz(_: Request) -> Response:
        alive = vital().alive
        return PlainTextResponse("ok\n" if alive else "no tick\n", 200 if alive else 503, _HEADERS)

    async def readyz(_: Request) -> Response:
        checks = vital().checks
        ready = all(checks.values())
        return JSONResponse({"ready": ready, "checks": dict(checks)}, 200 if ready else 503, _HEADERS)

    async def collected(_: Request) -> Response:
        # `Response`, not a text response: the type names its own charset.
        headers = {**_HEADERS, "Content-Type": CONTENT_TYPE_LATEST}
        return Response(generate_latest(metrics.registry), 200, headers)

    return Starlette(
        routes=[Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", collected)],
    )


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the bot: uvicorn would take them and end itself alone."""
        yield


@asynccontextmanager
async def serve(app: Starlette, host: str, port: int, proxies: Sequence[str] = THIS_MACHINE) -> AsyncIterator[int]:
    """Serve until the block is left; gives the port, which is chosen when `port` is 0. Raises OSError when it is taken.

    `proxies` are the addresses or networks that are believed when they say in X-Forwarded-For who asks.
    """
    # Bound here, because uvicorn ends the whole process when it cannot bind.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family)
    server = _Server(
        uvicorn.Config(
            app,
            access_log=False,
            forwarded_allow_ips=list(proxies),  # given, or else uvicorn asks the environment
            lifespan="off",
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=STOP_SECONDS,
            ws="none",
        )
    )
    task = asyncio.create_task(server.serve(sockets=[listening]), name="web")
    try:
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = True
        await task
        listening.close()
