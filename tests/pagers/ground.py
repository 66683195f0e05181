"""Notices, numbers that nobody has, and a way to ask a provider on this machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.domain.people import Language
from bot.embedded.providers import Counterpart, running
from bot.pagers.channel import Notice

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TEXT = "OPROEP cyber 2026-014 Waterbrug 03:05. Antwoord 1=ik kom 0=kan niet, of https://iog.example/a/K7Q2XM"
LINK = "https://iog.example/a/K7Q2XM"


def number(n: int) -> str:
    """A mobile number that nobody has."""
    return f"+3160000{n:04}"


def notice(
    address: str,
    *,
    key: str = "incident/7/0",
    text: str = TEXT,
    link: str = LINK,
    lang: Language = "nl",
    urgent: bool = True,
) -> Notice:
    title = "OPROEP cyber · 2026-014 · Waterbrug"
    return Notice(key=key, address=address, lang=lang, title=title, text=text, link=link, urgent=urgent, asked_at=NOON)


class Clock:
    """A clock that only moves when told to."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@asynccontextmanager
async def listening(bodies: list[bytes], status: int = 200) -> AsyncIterator[str]:
    """An address that keeps what is brought to it."""

    async def keep(request: Request) -> Response:
        bodies.append(await request.body())
        return Response(status_code=status)

    @dataclass(slots=True)
    class Webhook(Counterpart):
        def routes(self) -> list[Route]:
            return [Route("/", keep, methods=["POST"])]

    webhook = Webhook()
    async with running(webhook):
        yield webhook.url
