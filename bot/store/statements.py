"""The few statements that SQLite and PostgreSQL both know but SQLAlchemy spells per dialect."""

from dataclasses import fields
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert(conn: AsyncConnection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that may end in `on_conflict_do_nothing` or `on_conflict_do_update`."""
    return postgresql.insert(table) if conn.dialect.name == "postgresql" else sqlite.insert(table)


def values_of(row: Any) -> dict[str, Any]:  # noqa: ANN401  (any of the row dataclasses of this package)
    """The fields of a row dataclass by column name."""
    return {field.name: getattr(row, field.name) for field in fields(row)}


async def upsert(conn: AsyncConnection, table: Table, row: Any) -> None:  # noqa: ANN401
    """Write a row dataclass; a row with the same primary key is replaced."""
    await conn.execute(_upsert(conn.dialect.name, table), values_of(row))


@cache
def _upsert(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    # Kept, because building `excluded` takes longer than the statement itself.
    statement = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    others = {c.name: statement.excluded[c.name] for c in table.columns if not c.primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=others)
