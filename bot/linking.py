"""Makes the answer links that pages carry: those of pages that leave together are written together."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.domain.ids import IncidentId, PageId, PersonId
from bot.store import links
from bot.store.database import Database
from bot.store.links import Link

# Whoever opens the message over breakfast must still find the page, and what came of it; it closes with the page anyway.
GOOD_FOR: Final = timedelta(hours=12)


@dataclass
class Linking:
    """Called for each page that goes out over a channel; gives the address, empty when the bot cannot be reached from outside.

    `chance` gives at least 16 random bytes. The address works once this has returned.
    """

    database: Database
    public_url: str
    chance: Callable[[], bytes]
    now: Callable[[], datetime]
    _waiting: list[Link] = field(default_factory=list)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def __call__(self, incident: IncidentId, page: PageId, person: PersonId, channel: str) -> str:
        if not self.public_url:
            return ""
        code, now = links.code_of(self.chance()), self.now()
        link = links.made(code, incident, page, person, channel, now, now + GOOD_FOR)
        self._waiting.append(link)
        async with self._turn:
            # who had the turn before wrote for all that waited then: a disk confirms one write as slowly as fifty
            if link in self._waiting:
                await self._write()
        return links.address(self.public_url, channel, code)

    async def _write(self) -> None:
        batch, self._waiting = self._waiting, []
        try:
            async with self.database.begin() as tx:
                await links.add_all(tx, batch)
        except BaseException:
            self._waiting = [*batch, *self._waiting]  # each of them finds out for itself
            raise
