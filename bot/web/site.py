"""The one web server of the bot: what operators read, and (for those who answer without the chat) what comes from outside.

A proxy that lets the outside in passes on these paths only: `/a/`, `/stijl.css`, `/voice`, `/sms/` and `/rooster/`. It says in
`X-Forwarded-For` who asks; that is believed of `trusted_proxies` alone, by default of this machine.
"""

from collections.abc import Callable
from typing import Final, Protocol

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from bot.web.health import health_app
from bot.web.metrics import Metrics
from bot.web.vital import Vital

FROM_OUTSIDE: Final = ("/a/", "/stijl.css", "/voice", "/sms/", "/rooster/")


class Part(Protocol):
    """One part of the site, with addresses of its own."""

    def routes(self) -> list[Route]: ...


def site(vital: Callable[[], Vital], metrics: Metrics, *parts: Part) -> Starlette:
    """Health and numbers, and the parts that the settings ask for."""
    routes: list[BaseRoute] = list(health_app(vital, metrics).routes)
    for part in parts:
        routes += part.routes()
    return Starlette(routes=routes)
