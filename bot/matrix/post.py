"""Carries out one row of the outbox on Matrix: words it, finds the room, sends it under the row's own transaction id."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from bot.desk import Moment
from bot.domain import messages as m
from bot.domain.contacts import Contacts
from bot.domain.delivery import Delivered, GaveUp, Outcome, Retry
from bot.domain.ids import EventId, IncidentId, PersonId, RoomId
from bot.matrix.client import MatrixClient
from bot.matrix.power import room_levels
from bot.matrix.rooms import INCIDENT, NotYet, RoomSpec, make_direct, make_room
from bot.matrix.send import Gateway, Invited, Sent, Unsent, Uploaded
from bot.store import directory, outbox, rooms
from bot.store.database import Database
from bot.store.outbox import OutboxRow
from bot.words.catalogue import Catalogue
from bot.words.render import Rendered, is_worded, render

NO_ROOM_YET: Final = Retry("no room yet", 0.2)
# An edit changes the message of this kind about the same subject.
EDITS: Final[Mapping[str, str]] = {"PageSettled": "PageText", "CardChanged": "CardPosted", "StepSettled": "StepShown"}


class Unworded(Exception):
    """A message that cannot be put into words: one bad row gives up, the next goes out (and a page counts as undeliverable)."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What a row needs beyond itself: the login, the rooms, the words and the people."""

    client: MatrixClient
    gateway: Gateway
    database: Database
    catalogue: Catalogue
    contacts: Callable[[], Contacts]
    clock: Callable[[], Moment]
    minimal: bool  # keep the alarm's own words out of pages (lock screens)


@dataclass(frozen=True, slots=True)
class Post:
    """Called with a row; gives what became of it."""

    tools: Posted
    dossiers: Path

    async def __call__(self, row: OutboxRow) -> Outcome:
        try:
            message = msgspec.json.decode(row.message, type=m.BY_NAME[row.kind])
        except (msgspec.MsgspecError, KeyError):
            return GaveUp("unreadable row")  # of another version of the program: it must not keep the others waiting
        try:
            return await self._carry_out(row, message)
        except Unworded as bug:
            return GaveUp(f"no words: {bug}")

    async def _carry_out(self, row: OutboxRow, message: m.Message) -> Outcome:
        match message:
            case m.MakeRoom():
                return await self._make_room(row, message)
            case m.Invite():
                return await self._invite(row, message)
            case m.LockRoom():
                return await self._lock(row, message)
            case m.Checkpoint():
                return await self._checkpoint(row, message)
            case m.Seeds():
                return await self._seeds(row, message)
            case m.DossierReady():
                return await self._dossier(row, message)
            case _ if row.kind in EDITS:
                return await self._edit(row, message)
            case _:
                return await self._text(row, message)

    async def _room(self, row: OutboxRow, message: m.Message) -> RoomId | Retry | GaveUp:
        if row.room is not None:
            return row.room  # looked up with the row, for many rows at once
        match message.to.kind:
            case "asked":
                return RoomId(message.to.name)
            case "person":
                return await self.direct(PersonId(message.to.name))
            case "room":
                assert row.incident is not None, "a room belongs to an incident"
                async with self.tools.database.read() as tx:
                    found = await directory.get(tx, row.incident)
                return found.main_room if found and found.main_room else NO_ROOM_YET
            case "alarm" | "management":
                async with self.tools.database.read() as tx:
                    known = await rooms.of_kind(tx, message.to.kind)
                return known[-1].room_id if known else NO_ROOM_YET

    async def direct(self, person: PersonId) -> RoomId | Retry | GaveUp:
        """The direct room with a person; made now if nobody did so beforehand, because a page may not wait for that."""
        async with self.tools.database.read() as tx:
            known = await rooms.direct(tx, person)
        if known is not None:
            return known.room_id
        found = self.tools.contacts().people.get(person)
        if found is None or not found.accounts:
            return GaveUp("no account")
        contacts = self.tools.contacts()
        made = await make_direct(
            self.tools.client,
            self.tools.gateway,
            found.accounts[0],
            name=self.tools.catalogue.text(found.language, "room.direct.name"),
            federate=contacts.region.federate,
        )
        if isinstance(made, NotYet):
            return Retry(made.reason, made.retry_after)
        room = rooms.RoomRow(RoomId(made.room_id), "direct", self.tools.clock().now, True, person=person)
        async with self.tools.database.begin() as tx:
            await rooms.write(tx, room)
        return room.room_id

    def _words(self, message: m.Message, anchor: tuple[int, str] | None) -> Rendered:
        assert is_worded(message), "acts are carried out, not said"
        try:
            return render(message, self.tools.catalogue, self._account, anchor=anchor, minimal=self.tools.minimal)
        except (LookupError, ValueError, TypeError) as bug:
            raise Unworded(type(bug).__name__) from bug

    def _account(self, person: PersonId) -> str | None:
        found = self.tools.contacts().people.get(person)
        return found.accounts[0] if found and found.accounts else None

    async def _text(self, row: OutboxRow, message: m.Message) -> Outcome:
        room = await self._room(row, message)
        if isinstance(room, Retry | GaveUp):
            return room
        anchor = self._anchor(row, message)
        content = _content(self._words(message, anchor), anchor)
        if reply_to := getattr(message, "reply_to", ""):
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": reply_to}}
        sent = await self.tools.gateway.send(room, "m.room.message", content, _txn(row))
        if isinstance(sent, Sent) and isinstance(message, m.PageText) and self._blind(message, sent):
            return GaveUp("no device that can read it")
        if isinstance(sent, Sent) and isinstance(message, m.CardPosted):
            pinned = await self.tools.gateway.pin(room, [sent.event_id])
            if isinstance(pinned, Unsent):
                return _outcome(pinned, room)
        return _outcome(sent, room)

    def _blind(self, page: m.PageText, sent: Sent) -> bool:
        """Whether nobody of the page's person could be given the key: then the next person must be called at once."""
        found = self.tools.contacts().people.get(PersonId(page.to.name))
        accounts = set(found.accounts) if found else set()
        return bool(accounts & set(sent.blind)) and not accounts & set(sent.reached)

    async def _edit(self, row: OutboxRow, message: m.Message) -> Outcome:
        room = await self._room(row, message)
        if isinstance(room, Retry | GaveUp):
            return room
        assert row.incident is not None, "only messages of an incident are edited"
        async with self.tools.database.read() as tx:
            sent = await outbox.find_sent(tx, row.incident, EDITS[row.kind], row.subject)
            to_come = not sent and await outbox.waits(tx, row.incident, EDITS[row.kind], row.subject)
        if to_come:
            return Retry("the message that it changes was not sent yet")
        if not sent:
            # the message it would change was withdrawn before anybody saw it
            return Delivered()
        anchor = self._anchor(row, message)
        outcome: Outcome = Delivered()
        for n, original in enumerate(sent):
            content = _content(self._words(message, anchor), anchor)
            edit = {
                **content,
                "body": f"* {content['body']}",
                "m.mentions": {},
                "m.new_content": content,
                "m.relates_to": {"rel_type": "m.replace", "event_id": original.event_id},
            }
            put = await self.tools.gateway.send(original.room or room, "m.room.message", edit, f"{_txn(row)}.{n}")
            outcome = _outcome(put, room)
            if not isinstance(outcome, Delivered):
                return outcome
        return outcome

    def _anchor(self, row: OutboxRow, message: m.Message) -> tuple[int, str] | None:
        """The entry that a message of the room stands for, so that everybody's client becomes a witness of the log."""
        if row.seq is None or row.head_h is None or not m.TRAITS[type(message)].anchored:
            return None
        return row.seq, row.head_h

    async def _make_room(self, row: OutboxRow, message: m.MakeRoom) -> Outcome:
        assert row.incident is not None, "a room is made for an incident"
        made = await make_room(self.tools.client, self.tools.gateway, self._spec(row.incident, message))
        if isinstance(made, NotYet):
            return Retry(made.reason, made.retry_after)
        return Delivered(room=RoomId(made.room_id))

    def _spec(self, incident: IncidentId, message: m.MakeRoom) -> RoomSpec:
        region = self.tools.contacts().region
        words = self.tools.catalogue
        # names and topics are not encrypted: the number and the municipality, and no word of what it is about
        values = {"number": message.number, "municipality": message.municipality}
        kind = "exercise" if message.exercise else "incident"
        return RoomSpec(
            alias_localpart=f"iog-{incident}",
            marker_key=INCIDENT,
            marker_value=incident,
            name=words.text(message.lang, f"room.{kind}.name", **values),
            topic=words.text(message.lang, f"room.{kind}.topic", **values),
            additional_creators=(region.break_glass,) if region.break_glass else (),
            federate=region.federate,
        )

    async def _invite(self, row: OutboxRow, message: m.Invite) -> Outcome:
        room = await self._room(row, message)
        if isinstance(room, Retry | GaveUp):
            return room
        account = self._account(message.person)
        if account is None:
            return GaveUp("no account")
        invited = await self.tools.gateway.invite(room, account)
        return Delivered(room=room) if isinstance(invited, Invited) else _outcome(invited, room)

    async def _lock(self, row: OutboxRow, message: m.LockRoom) -> Outcome:
        room = await self._room(row, message)
        if isinstance(room, Retry | GaveUp):
            return room
        levels = room_levels(read_only=message.locked)
        return _outcome(await self.tools.gateway.put_state(room, "m.room.power_levels", levels), room)

    async def _checkpoint(self, row: OutboxRow, message: m.Checkpoint) -> Outcome:
        room = await self._room(row, message)
        if isinstance(room, Retry | GaveUp):
            return room
        put = await self.tools.gateway.put_state(room, "nl.iog.checkpoint", {"note": message.note})
        return _outcome(put, room)

    async def _seeds(self, row: OutboxRow, message: m.Seeds) -> Outcome:
        async with self.tools.database.read() as tx:
            parent = await outbox.get(tx, row.after or "")
        if parent is None or parent.event_id is None or parent.room is None:
            return GaveUp("nothing to react to")
        for n, key in enumerate(message.keys):
            relation = {"rel_type": "m.annotation", "event_id": parent.event_id, "key": key}
            put = await self.tools.gateway.send(
                parent.room, "m.reaction", {"m.relates_to": relation}, f"{_txn(row)}.{n}", require_encrypted=False
            )
            if isinstance(put, Unsent) and "M_DUPLICATE_ANNOTATION" not in put.reason:
                return _outcome(put, parent.room)
        return Delivered(room=parent.room)

    async def _dossier(self, row: OutboxRow, message: m.DossierReady) -> Outcome:
        room = await self._room(row, message)
        if isinstance(room, Retry | GaveUp):
            return room
        path = self.dossiers / message.path
        if not path.is_file():
            return GaveUp("the dossier is gone")
        uploaded = await self.tools.gateway.upload_encrypted(path.read_bytes(), path.name, "application/zip")
        if not isinstance(uploaded, Uploaded):
            return _outcome(uploaded, room)
        file = await self.tools.gateway.send(room, "m.room.message", uploaded.content, f"{_txn(row)}.file")
        if isinstance(file, Unsent):
            return _outcome(file, room)
        content = _content(self._words(message, None), None)
        return _outcome(await self.tools.gateway.send(room, "m.room.message", content, _txn(row)), room)


def _txn(row: OutboxRow) -> str:
    """Unique per effect for the lifetime of the device: the row's key and the kind of effect."""
    return f"{row.key.replace('/', '.')}.{row.kind}"


def _content(words: Rendered, anchor: tuple[int, str] | None) -> dict[str, Any]:
    content: dict[str, Any] = {"msgtype": words.msgtype, "body": words.body, "m.mentions": {}}
    if words.html:
        content |= {"format": "org.matrix.custom.html", "formatted_body": words.html}
    if words.mentions:
        content["m.mentions"] = {"user_ids": list(words.mentions)}
    if anchor is not None:
        content["nl.iog.log"] = {"seq": anchor[0], "h": anchor[1]}
    return content


def _outcome(sent: Sent | Unsent, room: RoomId) -> Outcome:
    if isinstance(sent, Sent):
        return Delivered(EventId(sent.event_id), room)
    return Retry(sent.reason, sent.retry_after) if sent.retry else GaveUp(sent.reason)
