"""The desk is tested on both databases, with the servers and the migrated files that the store's tests use."""

from pathlib import Path

import pytest

from bot.store.database import Database
from tests.desk.ground import Ground
from tests.store.conftest import database, migrated_file, migrated_postgres, postgres, postgres_url, sqlite_url, url

__all__ = ["database", "migrated_file", "migrated_postgres", "postgres", "postgres_url", "sqlite_url", "url"]


@pytest.fixture
def ground(database: Database) -> Ground:
    return Ground(database)


@pytest.fixture
def one_file(sqlite_url: str) -> Path:
    return Path(sqlite_url.removeprefix("sqlite:///"))
