"""Every test gets a town of its own: a database, the services that bring codes, and people in direct chat."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.reach.ground import Town
from tests.reach.ground import town as a_town
from tests.store.conftest import migrated_file, sqlite_url

__all__ = ["migrated_file", "sqlite_url"]


@pytest_asyncio.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with a_town(sqlite_url, tmp_path) as made:
        yield made
