"""Every store test runs on SQLite and on a real PostgreSQL, and finds a migrated database with nothing in it."""

import itertools
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database, open_database
from bot.store.migrate import upgrade
from tests.postgres import Server, server

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with server() as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "migrated.db"
    await upgrade(f"sqlite:///{path}")
    return path


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def migrated_postgres(postgres: Server) -> Server:
    postgres.psql("CREATE DATABASE migrated")
    await upgrade(postgres.url("migrated"))
    return postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    postgres: Server = request.getfixturevalue("postgres")
    name = f"empty{next(_numbers)}"
    postgres.psql(f"CREATE DATABASE {name}")
    return postgres.url(name)


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'bot.db')}"


@pytest.fixture
def postgres_url(migrated_postgres: Server) -> str:
    name = f"bot{next(_numbers)}"
    migrated_postgres.psql(f"CREATE DATABASE {name} TEMPLATE migrated")
    return migrated_postgres.url(name)


@pytest.fixture(params=["sqlite_url", "postgres_url"], ids=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(request.param)
    return found


@pytest_asyncio.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = await open_database(url)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def shared_sqlite_url(migrated_file: Path) -> str:
    return f"sqlite:///{shutil.copy(migrated_file, migrated_file.with_name('shared.db'))}"


@pytest.fixture(scope="session")
def shared_postgres_url(migrated_postgres: Server) -> str:
    migrated_postgres.psql("CREATE DATABASE shared TEMPLATE migrated")
    return migrated_postgres.url("shared")


@pytest.fixture(params=["shared_sqlite_url", "shared_postgres_url"], ids=["sqlite", "postgresql"])
def shared_url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(request.param)
    return found


@pytest_asyncio.fixture
async def conn(shared_url: str) -> AsyncIterator[AsyncConnection]:
    """One write transaction for the whole test, rolled back: making a database for each takes a third of a second."""
    opened = await open_database(shared_url)
    async with opened.begin() as begun:
        yield begun
        await begun.rollback()
    await opened.close()
