"""One event of the inbox, understood and acted upon exactly once; what cannot be read yet is tried again."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bot.desk import Desk
from bot.domain import messages as m
from bot.domain.ids import Account, EventId, IncidentId, RoomId
from bot.domain.people import COORDINATOR, Person
from bot.domain.roster import LAYERS
from bot.matrix.act import Acting, Event
from bot.matrix.events import RawEvent
from bot.matrix.overhear import Overhearing
from bot.matrix.said import Saying
from bot.matrix.signs import Signs
from bot.store import directory, inbox, outbox, overrides, rooms
from bot.store.inbox import InboxRow
from bot.store.rooms import RoomRow

UNREADABLE_AFTER: Final = timedelta(seconds=10)
GIVE_UP_READING_AFTER: Final = timedelta(hours=1)
WRITTEN_WITHIN: Final = timedelta(seconds=60)
TOLD: Final = "told"


@dataclass(frozen=True, slots=True)
class Hearing:
    """Understands events, whatever their kind."""

    acting: Acting

    @property
    def desk(self) -> Desk:
        return self.acting.desk

    async def hear(self, row: InboxRow) -> bool:
        """Whether the event is done with; False keeps it waiting: for its key, for what it answers, or for what it marks."""
        if self.acting.reading.waits(row.event_id):
            return False
        async with self.desk.database.read() as tx:
            room = await rooms.get(tx, RoomId(row.room))
            found = await directory.by_room(tx, RoomId(row.room))
        if room is None or row.raw is None:
            await self.acting.done(row, "ignored")
            return True
        if row.undecryptable:
            opened = await self._open(row, room, found.id if found else None)
            if opened is None:
                return False
            row = opened
        kept = json.loads(row.raw or "{}")
        incident = await self.desk.incident(found.id) if found else None
        event = Event(row, room, kept.get("content", {}), kept.get("state_key"), incident)
        if await self._too_early(event):
            return False
        await self._act(event)
        return not self.acting.reading.holds(row.event_id)

    async def _too_early(self, event: Event) -> bool:
        """Whether it answers a message of ours of which the sending is not written down yet: the homeserver may show a message to
        people long before its answer reaches us. Not for ever, because some of what we send stands in no outbox."""
        about = _answered(event)
        now = self.desk.clock().now
        if about is None or now - (event.row.received_at or now) > WRITTEN_WITHIN:
            return False
        async with self.desk.database.read() as tx:
            if await outbox.by_event(tx, about) is not None:
                return False
            return await inbox.sender(tx, about) == self.acting.client.account.user_id

    async def _act(self, event: Event) -> None:
        saying = Saying(self.acting)
        signs = Signs(self.acting, saying)
        match event.row.type:
            case "m.room.message":
                await saying.message(event)
            case "m.reaction":
                await signs.reaction(event)
            case "m.room.redaction":
                await signs.redaction(event)
            case "m.room.member":
                await signs.member(event)
            case "m.room.tombstone":
                await signs.tombstone(event)
            case _:
                await self.acting.done(event.row, "ignored")

    async def _open(self, row: InboxRow, room: RoomRow, about: IncidentId | None) -> InboxRow | None:
        """Tries to decrypt again: keys often come after the message. After 10 seconds the sender is told how to go on."""
        source = json.loads(row.raw or "{}").get("source") or {}
        event = self.acting.client.read(row.room, source)
        if event is not None and not event.undecryptable:
            event = await self.acting.client.try_decrypt(event)
            return _opened(row, event)
        now = self.desk.clock().now
        age = now - (row.received_at or now)
        if age > GIVE_UP_READING_AFTER:
            await self.acting.done(row, "ignored")
        elif age > UNREADABLE_AFTER and row.error != TOLD:
            incident = await self.desk.incident(about) if about else None
            await Overhearing(self.acting).unreadable(Event(row, room, {}, None, incident))
            await self._unreadable(row, room)
        return None

    async def _unreadable(self, row: InboxRow, room: RoomRow) -> None:
        person = self.acting.contacts().person_of(Account(row.sender))
        lines: list[m.Message] = [
            m.ManagementNote(to=m.To("management"), code="unreadable", details=(("account", row.sender),))
        ]
        if person is not None and room.kind in ("direct", "alarm"):
            lines.append(m.Refusal(to=m.To("asked", row.room), lang=person.language, code="unreadable"))
            on_call = await self._calls_back(person)
            if on_call is not None:
                to, mention = m.To("person", on_call.id), (on_call.id,)
                lines.append(m.UnreadableFrom(to=to, lang=on_call.language, mention=mention, person=person.name))
        await self.desk.say(f"unreadable/{row.event_id}", lines)
        async with self.desk.database.begin() as tx:
            await inbox.mark(tx, row.event_id, "waiting", TOLD)

    async def _calls_back(self, sender: Person) -> Person | None:
        """The coordinator on call (stand-ins count), else the reserve, else the fallback; never the sender."""
        wall = self.desk.clock().wall
        async with self.desk.database.read() as tx:
            changes = await overrides.changes(tx, wall, wall + timedelta(seconds=1))
        contacts = self.acting.contacts()
        on_call = [contacts.on_call(COORDINATOR, layer, wall, changes) for layer in LAYERS]
        found = [*on_call, *(contacts.people.get(person) for person in contacts.fallback)]
        return next((one for one in found if one is not None and one.id != sender.id), None)


def _answered(event: Event) -> EventId | None:
    """The message that a reaction or a reply is about."""
    relation = event.content.get("m.relates_to")
    if not isinstance(relation, dict):
        return None
    if event.row.type == "m.reaction":
        found = relation.get("event_id")
    else:
        reply = relation.get("m.in_reply_to")
        found = reply.get("event_id") if isinstance(reply, dict) else None
    return EventId(found) if isinstance(found, str) else None


def _opened(row: InboxRow, event: RawEvent) -> InboxRow:
    kept = {"content": dict(event.content), "state_key": event.state_key}
    return replace(
        row,
        type=event.type,
        raw=json.dumps(kept),
        decrypted=event.decrypted,
        sender_key_known=event.sender_key_known,
        undecryptable=False,
    )
