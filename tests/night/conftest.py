"""Every night gets the same brigade, on the homeserver at the wire; marked `on_synapse`, the same night on a real one too."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.demo.phones import Handsets
from tests.night.phones import Phones, carried
from tests.stories.brigade import Brigade, assembled
from tests.stories.conftest import TOLD, pytest_runtest_makereport, story, stranger
from tests.story import Story

__all__ = ["pytest_runtest_makereport", "story", "stranger"]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "on_synapse: told on a real homeserver as well")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "brigade" in metafunc.fixturenames:
        real = metafunc.definition.get_closest_marker("on_synapse") is not None
        metafunc.parametrize("brigade", ["wire", "synapse"] if real else ["wire"], indirect=True)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def at_the_wire() -> AsyncIterator[Brigade]:
    """New for each module, because a start of the bot takes as long as there are rooms, and each night leaves one."""
    async with assembled("wire", still=True) as made:
        yield made


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def on_synapse() -> AsyncIterator[Brigade]:
    async with assembled("synapse", still=True) as made:
        yield made


@pytest.fixture(scope="module")
def brigade(request: pytest.FixtureRequest) -> Brigade:
    made: Brigade = request.getfixturevalue("on_synapse" if request.param == "synapse" else "at_the_wire")
    return made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def handsets(brigade: Brigade) -> AsyncIterator[Handsets]:
    async with carried(brigade) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def phones(story: Story, handsets: Handsets, request: pytest.FixtureRequest) -> AsyncIterator[Phones]:
    made = Phones(story, handsets)
    yield made
    try:
        if request.node.stash.get(TOLD, False):
            await story.settle()
            made.ends()
    finally:
        await story.brigade.recovers()
        await made.put_back()
