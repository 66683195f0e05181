"""The emergency page: when an alarm cannot be written down twice within five seconds, people are paged all the same.

Who is called comes from memory, the text is fixed, and the transaction id follows from event and person: however often this is
tried, each person gets one message. It is recorded afterwards. A decision is never recorded this way.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.desk import Moment
from bot.domain.contacts import Contacts
from bot.domain.ids import Account, PersonId, RoleId
from bot.domain.people import COORDINATOR
from bot.matrix.client import MatrixClient
from bot.matrix.events import RawEvent
from bot.matrix.send import Gateway, Sent
from bot.words.catalogue import Catalogue
from bot.words.parse import Said, clean, parse

WITHIN: Final = 5.0  # seconds between the two failures


@dataclass(slots=True)
class Emergency:
    """`rooms` are the direct rooms by person, kept in memory while the database could be read."""

    client: MatrixClient
    gateway: Gateway
    catalogue: Catalogue
    contacts: Callable[[], Contacts]
    clock: Callable[[], Moment]
    rooms: Mapping[PersonId, str] = field(default_factory=dict)
    paged: dict[str, tuple[PersonId, ...]] = field(default_factory=dict)

    async def page(self, events: Sequence[RawEvent]) -> bool:
        """Pages for every alarm among the events that was not paged so yet; whether there was one."""
        found = False
        for event in events:
            if event.event_id in self.paged or not self._is_alarm(event):
                continue
            found = True
            sent = await asyncio.gather(*(self._send(event, person) for person in self._called()))
            self.paged[event.event_id] = tuple(p for p in sent if p is not None)
            await self._say_unrecorded(event)
        return found

    def _is_alarm(self, event: RawEvent) -> bool:
        person = self.contacts().person_of(Account(event.sender))
        body = event.content.get("body")
        if person is None or event.type != "m.room.message" or not isinstance(body, str):
            return False
        said = parse(clean(body), "direct")
        return isinstance(said, Said) and said.verb == "alarm"

    def _called(self) -> tuple[PersonId, ...]:
        contacts, wall = self.contacts(), self.clock().wall
        roles: tuple[RoleId, ...] = (COORDINATOR, *contacts.policy.brigade)
        people = [contacts.on_call(role, "eerste", wall) for role in roles]
        named = [p.id for p in people if p is not None] or list(contacts.fallback)
        return tuple(dict.fromkeys(named))

    async def _send(self, event: RawEvent, person: PersonId) -> PersonId | None:
        room = self.rooms.get(person)
        known = self.contacts().people.get(person)
        if room is None or known is None or not known.accounts:
            return None
        text = self.catalogue.text(known.language, "emergency.page")
        content = {"msgtype": "m.text", "body": text, "m.mentions": {"user_ids": [known.accounts[0]]}}
        sent = await self.gateway.send(room, "m.room.message", content, _txn(event, person))
        return person if isinstance(sent, Sent) else None

    async def _say_unrecorded(self, event: RawEvent) -> None:
        person = self.contacts().person_of(Account(event.sender))
        text = self.catalogue.text(person.language if person else "nl", "emergency.unrecorded")
        content = {"msgtype": "m.text", "body": text, "m.mentions": {}}
        await self.gateway.send(event.room_id, "m.room.message", content, _txn(event, PersonId("room")))


def _txn(event: RawEvent, person: PersonId) -> str:
    return "emergency-" + hashlib.sha256(f"{event.event_id}\n{person}".encode()).hexdigest()[:40]
