"""Addresses of people who left the contacts: kept for a while, because a file may be wrong for a day, and then gone."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk import Desk
from bot.domain import entries as e
from bot.domain.ids import PersonId
from bot.store import links, reach

# Longer than a holiday, so that a mistake in the contacts is noticed before anybody has to prove a number again; and no longer than
# is needed for that (GDPR, article 5(1)(e)): who left is never rung.
KEPT_AFTER_LEAVING: Final = timedelta(days=30)


async def let_go(desk: Desk, known: Collection[PersonId]) -> None:
    """Notes who is in the contacts no more, and removes what is sealed of those for whom that is so long enough.

    `known` is everybody in contacts that were read well; in safe mode this may not be called.
    """
    now = desk.clock().now
    async with desk.database.read() as tx:
        due = await reach.left_before(tx, now - KEPT_AFTER_LEAVING)
        rows = [row for person in due if person not in known for row in await _all_of(tx, person)]
    removed = [(row.person, row.channel) for row in rows if row.verified_at is not None]

    async def settle(tx: AsyncConnection) -> None:
        await reach.note_left(tx, known, now)
        for person in {row.person for row in rows}:
            await reach.forget_person(tx, person)
        for person, channel in removed:
            await links.revoke(tx, person, (channel,), now)

    notes = [e.ChannelRemoved(person=person, channel=channel) for person, channel in removed]
    await desk.keep(f"left/{now.isoformat()}", settle, entries=notes)


async def _all_of(tx: AsyncConnection, person: PersonId) -> list[reach.ReachRow]:
    return [*await reach.of_person(tx, person), *await reach.pending_of(tx, person)]
