"""A night on a real database behind the real web server on loopback: an alarm, and links to the page of the cyber expert."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio
from starlette.applications import Starlette

from bot.by_channel import Answering
from bot.domain.contacts import Contacts
from bot.domain.ids import PersonId
from bot.domain.incident import Page
from bot.domain.people import Person
from bot.store import links
from bot.store.database import open_database
from bot.web.answer import AnswerPages
from bot.web.health import serve
from bot.web.wire import Misses
from bot.words import catalogue
from tests.desk.ground import INCIDENT, Ground
from tests.store.conftest import migrated_file, sqlite_url

__all__ = ["migrated_file", "sqlite_url"]
CYBER = PersonId("cyber1")
WORDS = catalogue.load()


@dataclass
class Night:
    """`ticks` is the monotonic clock of the web server, in seconds."""

    ground: Ground
    ticks: float = 0.0
    changed: dict[PersonId, Person] = field(default_factory=dict)
    client: httpx.AsyncClient = field(init=False)
    answering: Answering = field(init=False)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.answering = Answering(self.ground.desk, self.contacts)

    def contacts(self) -> Contacts:
        known = self.ground.desk.reference().contacts
        return replace(known, people={**known.people, **self.changed})

    def changes(self, person: str, **change: Any) -> None:  # noqa: ANN401 - fields of a person
        """From now on the contacts say something else of somebody."""
        old = self.contacts().people[PersonId(person)]
        self.changed[old.id] = replace(old, **change)

    def chance(self) -> bytes:
        return next(self._numbers).to_bytes(16, "big") * 2

    def answer_pages(self) -> AnswerPages:
        return AnswerPages(self.answering, WORDS, lambda: "nl", Misses(lambda: self.ticks))

    async def page(self, person: str = CYBER) -> Page:
        incident = await self.ground.desk.incident(INCIDENT)
        return next(page for page in reversed(list(incident.pages.values())) if page.person == person)

    async def pages(self) -> None:
        """The alarm of three o'clock, which calls everybody at once."""
        await self.ground.alarm()

    async def link(self, channel: str = "sms", person: str = CYBER, **good_for: float) -> str:
        """The code of a fresh link to the newest page of somebody."""
        code = links.code_of(self.chance())
        page = await self.page(person)
        until = self.ground.now + timedelta(**(good_for or {"hours": 12}))
        link = links.made(code, INCIDENT, page.id, PersonId(person), channel, self.ground.now, until)
        async with self.ground.database.begin() as tx:
            await links.add(tx, link)
        return code

    async def opens(self, code: str) -> httpx.Response:
        return await self.client.get(f"/a/{code}")

    async def posts(self, code: str, answer: str, token: str | None = None) -> httpx.Response:
        sent = {"answer": answer, "token": links.form_token(code) if token is None else token}
        return await self.client.post(f"/a/{code}", data=sent)

    async def revokes(self, person: str, channel: str) -> None:
        async with self.ground.database.begin() as tx:
            await links.revoke(tx, PersonId(person), (channel,), self.ground.now)

    async def length(self) -> int:
        return len(await self.ground.kinds())

    @property
    def now(self) -> datetime:
        return self.ground.now


@pytest_asyncio.fixture
async def ground(sqlite_url: str) -> AsyncIterator[Ground]:
    database = await open_database(sqlite_url)
    yield Ground(database)
    await database.close()


@pytest_asyncio.fixture
async def night(ground: Ground, tmp_path: Path) -> AsyncIterator[Night]:
    made = Night(ground)
    async with AsyncExitStack() as stack:
        app = Starlette(routes=made.answer_pages().routes())
        port = await stack.enter_async_context(serve(app, "127.0.0.1", 0))
        made.client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False)
        )
        await made.pages()
        yield made
