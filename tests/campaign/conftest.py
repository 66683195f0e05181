"""One ground on each database for all campaigns of a test run: each has alarms of its own, and counts only what was said since."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.campaign.ground import Ground, prepared


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def ground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    directory: Path = tmp_path_factory.mktemp("campaign")
    async with prepared(directory) as made:
        yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def on_postgresql(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    async with prepared(tmp_path_factory.mktemp("on_postgresql"), on_postgresql=True) as made:
        yield made
