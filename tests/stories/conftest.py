"""Every story gets the same brigade on a new night, and ends with the demands that hold for all of them."""

import itertools
import secrets
from collections.abc import AsyncIterator, Generator

import pytest
import pytest_asyncio

from bot.matrix.peer import Peer
from tests.stories.brigade import Brigade, assembled
from tests.story import Story

_numbers = itertools.count(1)
TOLD = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "call":
        item.stash[TOLD] = report.passed
    return report


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def brigade() -> AsyncIterator[Brigade]:
    async with assembled() as brigade:
        yield brigade


@pytest_asyncio.fixture(loop_scope="session")
async def story(brigade: Brigade, request: pytest.FixtureRequest) -> AsyncIterator[Story]:
    story = Story(brigade)
    with story.listening():
        await story.begins()
        yield story
        try:
            if request.node.stash.get(TOLD, False):  # a story that broke off would only fail a second time
                await story.ends()
        finally:
            await story.cleans_up()


@pytest_asyncio.fixture(loop_scope="session")
async def stranger(brigade: Brigade) -> AsyncIterator[Peer]:
    """Somebody with an account on the same homeserver who is in no contacts file."""
    homeserver, name, password = brigade.playground.homeserver, f"vandijk-{next(_numbers)}", secrets.token_hex(8)
    await homeserver.register(name, password)
    peer = await Peer.login(homeserver.url, name, password, brigade.directory / "peers" / name)
    yield peer
    await peer.close()
