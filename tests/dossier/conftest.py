"""The night of `story`, told once; each test that reads, changes or breaks it gets a copy of the database."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store.database import open_database
from bot.words.catalogue import Catalogue, load
from tests.dossier.story import Night, told


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def told_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("night") / "bot.db"
    async with told(path):
        pass
    return path


@pytest_asyncio.fixture
async def night(told_night: Path, tmp_path: Path) -> AsyncIterator[Night]:
    database = await open_database(f"sqlite:///{shutil.copy(told_night, tmp_path / 'bot.db')}")
    yield Night(database)
    await database.close()
