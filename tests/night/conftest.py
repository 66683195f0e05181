"""Every night gets the same brigade, on the homeserver at the wire; marked `on_synapse`, the same night on a real one too."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.stories.brigade import Brigade, assembled
from tests.stories.conftest import pytest_runtest_makereport, story, stranger

__all__ = ["pytest_runtest_makereport", "story", "stranger"]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "on_synapse: told on a real homeserver as well")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "brigade" in metafunc.fixturenames:
        real = metafunc.definition.get_closest_marker("on_synapse") is not None
        metafunc.parametrize("brigade", ["wire", "synapse"] if real else ["wire"], indirect=True, scope="package")


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def brigade(request: pytest.FixtureRequest) -> AsyncIterator[Brigade]:
    async with assembled(request.param) as made:
        yield made
