"""What is said in a room where all is kept, put into its transcript before anything else is done with it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.files import shared
from bot.domain.ids import Account, EventId, PersonId
from bot.domain.origin import Origin, Via
from bot.domain.transcript import keeps
from bot.matrix.act import Acting, Event
from bot.matrix.events import child
from bot.matrix.keeping import shared_file
from bot.store import inbox
from bot.words.parse import clean

# Who is in no contacts file is told apart by the account, which can be erased; who acted cannot.
STRANGER: Final = PersonId("stranger")
LONGEST: Final = 60_000  # characters; what a homeserver takes is shorter, and a value of the log may be 256 KiB
_SAID: Final = frozenset(("m.room.message", "m.room.encrypted"))


@dataclass(frozen=True, slots=True)
class Overhearing:
    """Keeps messages, changes of them and their removal; each once, however often the event is heard."""

    acting: Acting

    async def message(self, event: Event) -> None:
        if not self._kept(event) or (event.room.must_encrypt and not event.row.decrypted):
            return
        relation = child(event.content, "m.relates_to")
        if relation.get("rel_type") == "m.replace":
            await self._changed(event, EventId(str(relation.get("event_id", ""))))
            return
        person = self.acting.contacts().person_of(Account(event.row.sender))
        by = self._by(event, "text")
        reply = child(relation, "m.in_reply_to").get("event_id")
        said = e.MessageSaid(
            message=event.row.event_id,
            name=person.name if person else event.row.sender,
            text=_text(event.content),
            answers=EventId(reply) if isinstance(reply, str) else None,
            origin=by,
        )
        file = shared_file(event.content)
        if file == "clear":
            await self._refused(event)
        told: list[e.TranscriptEntry] = [said]
        if file is not None and file != "clear":
            told.append(replace(shared(event.row.event_id, by.actor, file), origin=by))
        await self._keep(event, told)

    async def unreadable(self, event: Event) -> None:
        """A gap that says nothing would look as if nothing had been said."""
        if self._kept(event):
            person = self.acting.contacts().person_of(Account(event.row.sender))
            name = person.name if person else event.row.sender
            by = self._by(event, "text")
            unread = e.MessageUnreadable(message=event.row.event_id, name=name, origin=by)
            await self._keep(event, [unread], "unread")

    async def withdrawn(self, event: Event, removed: EventId) -> None:
        """A reaction that was taken back is no message; and what the bot says itself stands in the log."""
        if not self._kept(event):
            return
        async with self.acting.desk.database.read() as tx:
            kind, sender = await inbox.kind(tx, removed), await inbox.sender(tx, removed)
        if kind in _SAID and sender != self.acting.client.account.user_id:
            by = self._by(event, "reaction")
            await self._keep(event, [e.MessageWithdrawn(message=removed, origin=by)])

    async def _changed(self, event: Event, original: EventId) -> None:
        """Only who wrote a message can change it; anything else was made up by a server."""
        async with self.acting.desk.database.read() as tx:
            if await inbox.sender(tx, original) != event.row.sender:
                return
        text = _text(child(event.content, "m.new_content"))
        by = self._by(event, "text")
        await self._keep(event, [e.MessageChanged(message=original, text=text, origin=by)])

    def _by(self, event: Event, via: Via) -> Origin:
        by = self.acting.origin(event, via)
        known = self.acting.contacts().person_of(Account(event.row.sender))
        return by if known else replace(by, actor=STRANGER)

    async def _keep(self, event: Event, entries: list[e.TranscriptEntry], what: str = "chat") -> None:
        assert event.incident is not None, "what is kept is said in an incident"
        once = EventId(f"{what}/{event.row.event_id}")
        await self.acting.desk.overhear(event.incident.id, entries, once=once)

    def _kept(self, event: Event) -> bool:
        """Of the closed circle only lines and decisions are kept: a transcript is read by all who may have the dossier."""
        return event.incident is not None and event.belongs == "main" and keeps(event.incident)

    async def _refused(self, event: Event) -> None:
        """A file that everybody at the homeserver can read is no part of a record that only the room may read."""
        person = self.acting.contacts().person_of(Account(event.row.sender))
        if person is not None:
            to = self.acting.reply_to(event, person)
            line = m.Refusal(to=to, lang=person.language, code="file_in_clear", reply_to=event.row.event_id)
            await self.acting.desk.say(f"clear-file/{event.row.event_id}", (line,))


def _text(content: Mapping[str, Any]) -> str:
    body = content.get("body")
    return clean(body)[:LONGEST] if isinstance(body, str) else ""
