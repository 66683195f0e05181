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
# What takes longest begins first, so that no worker ends long after the other.
_LONGEST = ("tests/stories", "tests/night on Synapse", "tests/campaign", "tests/pagers")


def told_together(nodeid: str) -> str:
    """What one worker tells: a folder, because its homeserver and its brigade are made once. But each module of nights makes its
    own at the wire, and shares one with the other modules only on Synapse."""
    path = nodeid.partition("::")[0]
    folder = path.rpartition("/")[0]
    if folder != "tests/night":
        return folder
    return f"{folder} on Synapse" if "[synapse" in nodeid else path


class Together(LoadScopeScheduling):  # type: ignore[misc]  # xdist comes without types
    """Hands out what is told together as a whole, so that two workers each make what it shares only once."""

    def _split_scope(self, nodeid: str) -> str:
        return told_together(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:  # noqa: ANN401 - xdist's own producer
    return Together(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {together: place for place, together in enumerate(_LONGEST)}
    items.sort(key=lambda item: order.get(told_together(item.nodeid), len(order)))


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
