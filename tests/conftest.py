"""What every test may ask for: one real homeserver for the whole run, and people on it whom no other test knows."""

import itertools
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from bot.embedded.homeserver import Homeserver
from bot.matrix.peer import Peer

# A machine on which something else runs makes an example slow, and not wrong.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
_numbers = itertools.count(1)
# A folder is told on one worker, because its homeserver and its brigade are made once; the long ones begin first.
_LONGEST = ("tests/stories", "tests/night", "tests/campaign", "tests/pagers")


class ByFolder(LoadScopeScheduling):  # type: ignore[misc]  # xdist comes without types
    """Hands out whole folders, so that two workers each make what a folder shares only once."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0].rpartition("/")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFolder:  # noqa: ANN401 - xdist's own producer
    return ByFolder(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {folder: place for place, folder in enumerate(_LONGEST)}
    items.sort(key=lambda item: order.get(item.nodeid.partition("::")[0].rpartition("/")[0], len(order)))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def homeserver(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Homeserver]:
    running = await Homeserver.start(tmp_path_factory.mktemp("homeserver"), secret=secrets.token_hex())
    yield running
    await running.stop()


@pytest.fixture
def fresh() -> Callable[[str], str]:
    """Turns a first name into a user name that no other test has used: the homeserver is shared."""
    return lambda name: f"{name}{next(_numbers)}"


@pytest_asyncio.fixture
async def person(
    homeserver: Homeserver, fresh: Callable[[str], str], tmp_path: Path
) -> AsyncIterator[Callable[[str], Awaitable[Peer]]]:
    """Registers somebody under a fresh name and gives their logged-in client."""
    logged_in: list[Peer] = []

    async def login(name: str) -> Peer:
        user, password = fresh(name), secrets.token_hex(8)
        await homeserver.register(user, password, displayname=name.capitalize())
        logged_in.append(await Peer.login(homeserver.url, user, password, tmp_path / user))
        return logged_in[-1]

    yield login
    for peer in logged_in:
        await peer.close()
