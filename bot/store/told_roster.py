"""The rotations that people were told of last, so that what changed while no process ran is told at the next start."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.rota import Rotation
from bot.store.schema import told_roster
from bot.store.statements import insert


async def read(conn: AsyncConnection) -> tuple[Rotation, ...] | None:
    """None when nobody was ever told, or by a version that wrote them in another form: then there is nothing to compare."""
    kept: bytes | None = (await conn.execute(select(told_roster.c.rotations))).scalar_one_or_none()
    if kept is None:
        return None
    try:
        return msgspec.json.decode(kept, type=tuple[Rotation, ...])
    except msgspec.MsgspecError:
        return None


async def write(conn: AsyncConnection, rotations: Sequence[Rotation], at: datetime) -> None:
    values = {"rotations": msgspec.json.encode(tuple(rotations)), "told_at": at}
    written = insert(conn, told_roster).values(id=1, **values)
    await conn.execute(written.on_conflict_do_update(index_elements=["id"], set_=values))
