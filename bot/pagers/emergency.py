"""The emergency page over the loud channels, from memory: the sealed addresses are opened for one send, and nothing is written.

What it says is fixed, and nobody can answer it: without the database there is no link and no key that anybody would hear.
"""

from collections.abc import Awaitable, Callable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.addresses import opened
from bot.domain.delivery import GaveUp, Outcome
from bot.domain.ids import PersonId
from bot.domain.ladder import Channel
from bot.domain.people import Language, Person
from bot.pagers.channel import Notice
from bot.reach import Vault
from bot.store import reach
from bot.store.reach import ReachRow
from bot.words.catalogue import Catalogue
from bot.words.gsm7 import cut

# What wakes somebody; mail is read in the morning, and what Apprise does with a notice nobody knows.
LOUD: Final[tuple[Channel, ...]] = ("ntfy", "pushover", "sms", "voice")


@dataclass(slots=True)
class LoudPages:
    """`bring` sends one notice; `available` is what the settings configure; `duty_number` is the region's, or empty.

    `known` are the sealed addresses by person, as the database last told them.
    """

    bring: Callable[[Channel, Notice], Awaitable[Outcome]]
    available: Set[Channel]
    vault: Vault
    catalogue: Catalogue
    now: Callable[[], datetime]
    duty_number: Callable[[], str]
    known: Mapping[PersonId, Mapping[Channel, ReachRow]] = field(default_factory=dict, repr=False)

    async def remember(self, tx: AsyncConnection) -> None:
        """To be called while the database can be read."""
        found: dict[PersonId, dict[Channel, ReachRow]] = {}
        for row in await reach.every(tx):
            found.setdefault(row.person, {})[row.channel] = row
        self.known = found

    def ways(self, person: PersonId) -> tuple[Channel, ...]:
        """The loud channels on which this person can be rung."""
        has = self.known.get(person, {}).keys() & self.available
        return tuple(channel for channel in LOUD if channel in has)

    async def ring(self, key: str, person: Person, channel: Channel) -> Outcome:
        """Brings the emergency page; `key` is the same for the same alarm and person."""
        row = self.known.get(person.id, {}).get(channel)
        address = None if row is None else opened(self.vault, row)
        if address is None:
            return GaveUp("no_address")
        title, _, text = self.catalogue.text(person.language, "emergency.page").partition("\n")
        whom = self._whom(person.language)
        notice = Notice(
            key=key,
            address=address,
            lang=person.language,
            title=title,
            text=cut(self._said(person, "sms", whom)) if channel == "sms" else f"{text}\n{whom}",
            speech=self._said(person, "speech", whom),
            asked_at=self.now(),
        )
        return await self.bring(channel, notice)

    def _said(self, person: Person, how: str, whom: str) -> str:
        return self.catalogue.text(person.language, f"emergency.{how}", whom=whom)

    def _whom(self, lang: Language) -> str:
        duty = self.duty_number()
        key = "emergency.call_duty" if duty else "emergency.call_coordinator"
        return self.catalogue.text(lang, key, number=duty)
