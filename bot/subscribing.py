"""Calendars by subscription: who asks gets a secret address that is shown once, and can end it or move it to another."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import messages as m
from bot.domain.commands import Refused
from bot.domain.ids import RoleId
from bot.entering import Asker, Installation
from bot.reach import Vault
from bot.store import feeds
from bot.store.feeds import FeedKind
from bot.store.links import code_of


@dataclass(frozen=True, slots=True)
class Subscribing:
    """`public_url` is where calendar programs reach the bot; empty when they cannot."""

    house: Installation
    public_url: str

    async def begin(self, asker: Asker, role: RoleId | None) -> None:
        """A new address for the own shifts, or for everybody's in a role; an older one of the same ends with it."""
        if not self.public_url:
            raise Refused("no_calendar")
        person, now = asker.person, self.house.desk.clock().now
        kind: FeedKind = "person" if role is None else "role"
        shown = m.ReachShown(
            to=asker.to, lang=person.language, what="calendar", person=person.id, seed=asker.event,
            reply_to=asker.replied,
        )  # fmt: skip

        async def settle(tx: AsyncConnection) -> None:
            await feeds.make_feed(tx, _chance(self.house.vault, asker.event), kind, role or person.id, person.id, now)

        await self.house.desk.keep(f"reply/{asker.event}", settle, (shown,), cause=asker.event)

    async def end(self, asker: Asker) -> None:
        """Every address that this person made stops to work."""
        person, now = asker.person, self.house.desk.clock().now
        async with self.house.desk.database.read() as tx:
            standing = await feeds.standing(tx, person.id)
        if not standing:
            raise Refused("no_calendar_yet")

        async def settle(tx: AsyncConnection) -> None:
            for feed in standing:
                await feeds.revoke(tx, feed.kind, feed.subject, now, made_by=person.id)

        lines = (self.house.catalogue.text(person.language, "calendar.stopped"),)
        await self.house.desk.keep(
            f"reply/{asker.event}", settle, (self.house.answer(asker, lines),), cause=asker.event
        )


def calendar_link(vault: Vault, public_url: str, seed: str) -> str:
    """The same for the same seed, so that a message that is sent again after a crash shows the address that works."""
    return feeds.address(public_url, code_of(_chance(vault, seed)))


def _chance(vault: Vault, seed: str) -> bytes:
    # no address of a person looks like this, so it is nobody's fingerprint
    return bytes.fromhex(vault.fingerprint(f"calendar {seed}"))
