"""How each channel has been doing: failures in a row, and when it last worked and last failed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ladder import Channel
from bot.store.schema import channel_health
from bot.store.statements import upsert


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """One channel; `failures` counts those since the last success, `reason` is that of the last failure."""

    channel: Channel
    failures: int = 0
    last_success: datetime | None = None
    last_failure: datetime | None = None
    reason: str | None = None


async def every(conn: AsyncConnection) -> list[ChannelHealth]:
    """The channels that were ever used, by name."""
    found = await conn.execute(select(channel_health).order_by(channel_health.c.channel))
    return [ChannelHealth(**row) for row in found.mappings()]


async def write(conn: AsyncConnection, rows: Iterable[ChannelHealth]) -> None:
    """Write what is known now over what was known before."""
    for row in rows:
        await upsert(conn, channel_health, row)
