"""What every test may ask for: one real homeserver for the whole run, and names nobody else has used on it."""

import itertools
import secrets
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from bot.embedded.homeserver import Homeserver

_numbers = itertools.count(1)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def homeserver(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Homeserver]:
    running = await Homeserver.start(tmp_path_factory.mktemp("homeserver"), secret=secrets.token_hex())
    yield running
    await running.stop()


@pytest.fixture
def fresh() -> Callable[[str], str]:
    """Turns a first name into a user name that no other test has used: the homeserver is shared."""
    return lambda name: f"{name}{next(_numbers)}"
