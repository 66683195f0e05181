"""How the channels do is remembered over a restart, one row for each."""

from datetime import UTC, datetime

from bot.store import channel_health
from bot.store.channel_health import ChannelHealth
from bot.store.database import Database

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


async def test_what_is_written_last_counts(database: Database) -> None:
    async with database.begin() as tx:
        assert await channel_health.every(tx) == []
        await channel_health.write(tx, [ChannelHealth("voice"), ChannelHealth("sms", 2, None, NOON, "unreachable")])
        await channel_health.write(tx, [ChannelHealth("sms", 0, NOON, NOON, "unreachable")])
    async with database.read() as tx:
        assert await channel_health.every(tx) == [
            ChannelHealth("sms", 0, NOON, NOON, "unreachable"),
            ChannelHealth("voice"),
        ]
