"""Brings a database to the newest schema, in one transaction.

`log_entry` is never migrated: it is an envelope that third parties verify byte for byte. What entries mean changes in
`bot/logbook`, on reading.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import open_database


async def upgrade(url: str) -> None:
    """Bring the database at `url` to the newest schema; nothing changes when it is there already or a step fails."""
    database = await open_database(url)
    try:
        async with database.begin() as conn:
            await conn.run_sync(_upgrade)
    finally:
        await database.close()


async def schema_at_head(conn: AsyncConnection) -> bool:
    """Whether the database has the newest schema."""
    return await conn.run_sync(_at_head)


async def is_new(conn: AsyncConnection) -> bool:
    """Whether nothing of ours was ever made in this database."""
    return await conn.run_sync(lambda plain: not inspect(plain).get_table_names())


def _config() -> Config:
    config = Config()
    # A percent sign in a path would be read as interpolation.
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(conn: Connection) -> None:
    config = _config()
    config.attributes["connection"] = conn
    command.upgrade(config, "head")


def _at_head(conn: Connection) -> bool:
    heads = ScriptDirectory.from_config(_config()).get_heads()
    return set(MigrationContext.configure(conn).get_current_heads()) == set(heads)
