"""Looks addresses up at the moment they are needed: the vault opens them for one send or one glance, and nothing keeps them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import PersonId
from bot.domain.ladder import Channel
from bot.reach import Vault, about
from bot.store import reach
from bot.store.database import Database
from bot.store.reach import ReachRow


def _nobody(_: PersonId) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Addresses:
    """What the vault and the table know together. Where Apprise goes is the operator's to say (`of_operator`): an address that a
    person could type would send the bot anywhere."""

    database: Database
    vault: Vault
    of_operator: Callable[[PersonId], str | None] = _nobody

    async def __call__(self, person: PersonId, channel: Channel) -> str | None:
        """Somebody's verified address on a channel; None also when it was sealed with a key that is lost."""
        if channel == "apprise":
            return self.of_operator(person)
        async with self.database.read() as tx:
            row = await reach.get(tx, person, channel)
        return self._open(row)

    async def pending(self, person: PersonId, channel: Channel, now: datetime) -> str | None:
        """The address that a code is on its way to; None once that code is of no use any more."""
        async with self.database.read() as tx:
            row = await reach.pending(tx, person, channel)
        return self._open(row) if row is not None and row.code_expires and now < row.code_expires else None

    async def topic(self, person: PersonId) -> str | None:
        """The secret address of somebody's push channel, also before it is verified."""
        async with self.database.read() as tx:
            row = await reach.pending(tx, person, "ntfy") or await reach.get(tx, person, "ntfy")
        return self._open(row)

    async def number(self, person: PersonId) -> str | None:
        """The number to call somebody by hand."""
        return await self(person, "voice") or await self(person, "sms")

    async def whose(self, channel: Channel, address: str) -> PersonId | None:
        """Who verified this address; a number counts however it was verified."""
        mark = self.vault.fingerprint(address)
        kinds: tuple[Channel, ...] = ("sms", "voice") if channel in ("sms", "voice") else (channel,)
        async with self.database.read() as tx:
            found = [await reach.whose(tx, kind, mark) for kind in kinds]
        return next((person for person in found if person is not None), None)

    async def lost(self) -> int:
        """How many addresses no key of ours opens: the key file was not put back with the database."""
        async with self.database.read() as tx:
            return sum(self._open(row) is None for row in await reach.every(tx))

    async def heard_on(self, person: PersonId, channel: Channel, now: datetime) -> None:
        """Somebody answered over a channel: that proves it, and answers the test that runs for it."""
        row = reach.ReadyRow(person, f"test:{channel}", "done", now)
        async with self.database.begin() as tx:
            await reach.prove(tx, person, (channel,), now)
            await reach.say_ready(tx, row)

    def _open(self, row: ReachRow | None) -> str | None:
        return None if row is None else opened(self.vault, row)


def opened(vault: Vault, row: ReachRow) -> str | None:
    """The address of a row; None when another key sealed it."""
    return vault.open(row.sealed, about(row.person, row.kind))


async def readable(tx: AsyncConnection, vault: Vault) -> Mapping[PersonId, frozenset[Channel]]:
    """On which channels people can be reached: verified, and the address can still be opened. Matrix is not among them."""
    found: dict[PersonId, set[Channel]] = {}
    for row in await reach.every(tx):
        if opened(vault, row) is not None:
            found.setdefault(row.person, set()).add(row.channel)
    return {person: frozenset(channels) for person, channels in found.items()}
