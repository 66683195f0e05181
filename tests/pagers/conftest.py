"""The services that carry pages, on this machine and each test its own; and questions to them that wait no longer than a second."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.embedded.provider_push import NtfyCounterpart, PushoverCounterpart
from bot.embedded.provider_sms import CmCounterpart, GatewayCounterpart, SpryngCounterpart
from bot.embedded.provider_voice import VoiceCounterpart
from bot.embedded.providers import running
from bot.pagers.asking import Asking, asking
from bot.words.catalogue import Catalogue, load
from tests.pagers.ground import Clock


@pytest.fixture(scope="session")
def words() -> Catalogue:
    return load()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def ask() -> AsyncIterator[Asking]:
    async with asking(1.0) as one:
        yield one


@pytest_asyncio.fixture
async def cm() -> AsyncIterator[CmCounterpart]:
    one = CmCounterpart()
    async with running(one):
        yield one


@pytest_asyncio.fixture
async def spryng() -> AsyncIterator[SpryngCounterpart]:
    one = SpryngCounterpart()
    async with running(one):
        yield one


@pytest_asyncio.fixture
async def gateway() -> AsyncIterator[GatewayCounterpart]:
    one = GatewayCounterpart()
    async with running(one):
        yield one


@pytest_asyncio.fixture
async def voice(clock: Clock) -> AsyncIterator[VoiceCounterpart]:
    one = VoiceCounterpart(now=clock)
    async with running(one):
        yield one


@pytest_asyncio.fixture
async def ntfy() -> AsyncIterator[NtfyCounterpart]:
    one = NtfyCounterpart()
    async with running(one):
        yield one


@pytest_asyncio.fixture
async def pushover() -> AsyncIterator[PushoverCounterpart]:
    one = PushoverCounterpart(users=frozenset(("u" * 30,)))
    async with running(one):
        yield one
