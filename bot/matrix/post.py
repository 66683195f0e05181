"""Carries out one row of the outbox on Matrix: words it, finds the room, sends it under the row's own transaction id.

Longer than most modules: one short method for each kind of effect.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import msgspec

from bot.desk import Moment
from bot.domain import messages as m
from bot.domain.contacts import Contacts
from bot.domain.delivery import Delivered, GaveUp, Outcome, Retry
from bot.domain.ids import IncidentId, PersonId, RoomId
from bot.domain.paging import LATE
from bot.matrix.client import MatrixClient
from bot.matrix.content import content_of, outcome_of, txn_of
from bot.matrix.emptying import empty
from bot.matrix.power import room_levels
from bot.matrix.reach import Card, File, upload
from bot.matrix.readback import NAME, NotRead, left_before
from bot.matrix.rooms import INCIDENT, NotYet, RoomSpec, make_direct, make_room
from bot.matrix.send import Gateway, Invited, Sent, Unsent
from bot.store import directory, outbox, rooms
from bot.store.database import Database
from bot.store.outbox import OutboxRow, again
from bot.words import flag_words, ladder_words
from bot.words.catalogue import Catalogue
from bot.words.render import Rendered, is_worded, render

NO_ROOM_YET: Final = Retry("no room yet", 0.2)
_TYPES: Final[Mapping[str, str]] = {
    ".zip": "application/zip",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".html": "text/html",
    ".jsonl": "application/jsonl",
    ".ics": "text/calendar",
    ".csv": "text/csv",
    ".png": "image/png",
}
# An edit changes the message of this kind about the same subject.
EDITS: Final[Mapping[str, str]] = {
    "PageSettled": "PageText",
    "CardChanged": "CardPosted",
    "StepSettled": "StepShown",
    "DossierProgress": "DossierMaking",
}


class Unworded(Exception):
    """A message that cannot be put into words: one bad row gives up, the next goes out (and a page counts as undeliverable)."""


async def no_card(message: m.ReachShown) -> Card | None:
    """Where the bot has no address of its own."""
    return None


async def no_number(person: PersonId) -> str | None:
    """Where no numbers are kept."""
    return None


async def no_file(row: OutboxRow, message: m.FetchFile) -> Outcome:
    """Where no files are kept."""
    return GaveUp("unavailable")


async def no_dossier(row: OutboxRow, message: m.MakeDossier) -> Outcome:
    """Where no dossiers are made."""
    return GaveUp("unavailable")


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
    number: Callable[[PersonId], Awaitable[str | None]] = no_number  # somebody's telephone number
    card: Callable[[m.ReachShown], Awaitable[Card | None]] = no_card  # what a contact card or a push channel looks like
    fetch: Callable[[OutboxRow, m.FetchFile], Awaitable[Outcome]] = no_file  # fetches a file that somebody shared
    make: Callable[[OutboxRow, m.MakeDossier], Awaitable[Outcome]] = no_dossier  # makes what somebody asked for


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

    async def look_back(self, row: OutboxRow) -> Outcome | None:
        """What became of a message that is older than a transaction id lasts; None when it never left, or when the same effect
        twice is one. It may have been sent under either of its names (`again`)."""
        try:
            message = msgspec.json.decode(row.message, type=m.BY_NAME[row.kind])
        except (msgspec.MsgspecError, KeyError):
            return GaveUp("unreadable row")
        told = is_worded(message) or isinstance(message, m.ReachShown)
        if not told or row.kind in EDITS or (message.to.kind == "person" and row.room is None):
            return None
        room = await self._room(row, message)
        if isinstance(room, Retry | GaveUp):
            return None  # without a room nothing was said in it
        body = None if isinstance(message, m.ReachShown | m.Numbers) else self._body(row, message)
        names = frozenset((txn_of(row), txn_of(again(row))))
        found = await left_before(self.tools.client, room, names, body, row.created_at)
        match found:
            case NotRead(retry=True, reason=reason, retry_after=after):
                return Retry(reason, after)
            case NotRead(reason=reason):
                return GaveUp(reason)
            case None:
                return None
            case event:
                return Delivered(event, room)

    def _body(self, row: OutboxRow, message: m.Message) -> str | None:
        try:
            return self._words(message, self._anchor(row, message)).body
        except Unworded:
            return None

    async def _carry_out(self, row: OutboxRow, message: m.Message) -> Outcome:
        match message:
            case m.MakeRoom():
                return await self._make_room(row, message)
            case m.Invite():
                return await self._invite(row, message)
            case m.Remove():
                return await self._remove(row, message)
            case m.TopicChanged():
                return await self._topic(row, message)
            case m.Retract():
                return await self._retract(row, message)
            case m.EmptyRoom():
                return await empty(self.tools.client, self.tools.gateway, RoomId(message.to.name))
            case m.LockRoom():
                return await self._lock(row, message)
            case m.Checkpoint():
                return await self._checkpoint(row, message)
            case m.LogKey():
                return await self._log_key(row, message)
            case m.Seeds():
                return await self._seeds(row, message)
            case m.DossierReady():
                return await self._with_files(row, message, (message.path,))
            case m.Answer(files=files) if files:
                return await self._with_files(row, message, files)
            case m.FetchFile():
                return await self.tools.fetch(row, message)
            case m.MakeDossier():
                return await self.tools.make(row, message)
            case m.ReachShown():
                return await self._card(row, message)
            case m.Numbers():
                return await self._text(row, await self._numbers(message))
            case m.PageText():
                return await self._text(row, self._late(row, message))
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
                    main = found.main_room if found else None
                    there = main if message.to.name == "main" else await rooms.beside(tx, row.incident, main)
                return there or NO_ROOM_YET
            case "channel" | "media" | "authority" | "press":
                return GaveUp("not by Matrix")
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
        content = content_of(self._words(message, anchor), anchor)
        if reply_to := getattr(message, "reply_to", ""):
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": reply_to}}
        content[NAME] = txn_of(row)
        sent = await self.tools.gateway.send(room, "m.room.message", content, txn_of(row))
        if isinstance(sent, Sent) and isinstance(message, m.PageText) and self._blind(message, sent):
            return GaveUp("no device that can read it")
        if isinstance(sent, Sent) and isinstance(message, m.CardPosted):
            pinned = await self.tools.gateway.pin(room, [sent.event_id])
            if isinstance(pinned, Unsent):
                return outcome_of(pinned, room)
        return outcome_of(sent, room)

    def _blind(self, page: m.PageText, sent: Sent) -> bool:
        """Whether nobody of the page's person could be given the key: then the next person must be called at once."""
        found = self.tools.contacts().people.get(PersonId(page.to.name))
        accounts = set(found.accounts) if found else set()
        return bool(accounts & set(sent.blind)) and not accounts & set(sent.reached)

    async def _edit(self, row: OutboxRow, message: m.Message) -> Outcome:
        room = await self._room(row, message)
        if isinstance(room, Retry | GaveUp):
            return room
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
            content = content_of(self._words(message, anchor), anchor)
            edit = {
                **content,
                "body": f"* {content['body']}",
                "m.mentions": {},
                "m.new_content": content,
                "m.relates_to": {"rel_type": "m.replace", "event_id": original.event_id},
            }
            where = original.room or room
            put = await self.tools.gateway.send(where, "m.room.message", edit, f"{txn_of(row)}.{n}")
            outcome = outcome_of(put, where)
            if not isinstance(outcome, Delivered):
                return outcome
        return outcome

    def _late(self, row: OutboxRow, page: m.PageText) -> m.PageText:
        """A page that waited here says so: what was planned when it was written is no longer true."""
        waited = self.tools.clock().now - row.created_at
        return replace(page, late_seconds=page.late_seconds + round(waited.total_seconds())) if waited >= LATE else page

    async def _card(self, row: OutboxRow, message: m.ReachShown) -> Outcome:
        """Files first, then the lines: what they hold is looked up now and goes into no table on its way."""
        room = await self._room(row, message)
        if isinstance(room, Retry | GaveUp):
            return room
        card = await self.tools.card(message)
        if card is None:
            return GaveUp("nothing to show")
        unsent = await upload(self.tools.gateway, room, card.files, txn_of(row))
        if unsent is not None:
            return outcome_of(unsent, room)
        shown = m.Answer(to=message.to, lang=message.lang, lines=card.lines, reply_to=message.reply_to)
        return await self._text(row, shown)

    async def _numbers(self, asked: m.Numbers) -> m.Answer:
        """The numbers are looked up now and go into no table on their way."""
        found = [
            (name, await self.tools.number(person)) for person, name in zip(asked.persons, asked.names, strict=True)
        ]
        lines = ladder_words.numbers(self.tools.catalogue, asked.lang, found, asked.duty_number)
        return m.Answer(to=asked.to, lang=asked.lang, number=asked.number, exercise=asked.exercise, lines=lines)

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
        if message.name == "closed_circle":
            kind = "exercise_circle" if message.exercise else "circle"
            values = {"number": message.number}
        own = "" if message.name == "main" else f"-{message.name.replace('_', '-')}"
        return RoomSpec(
            alias_localpart=f"iog-{incident}{own}",
            marker_key=INCIDENT,
            marker_value=f"{incident}{own}",
            name=words.text(message.lang, f"room.{kind}.name", **values),
            topic=words.text(message.lang, f"room.{kind}.topic", **values),
            additional_creators=(region.break_glass,) if region.break_glass else (),
            federate=region.federate,
            # who is named later reads nothing of before, whatever the homeserver would show
            history_visibility="shared" if message.name == "main" else "invited",
        )

    async def _topic(self, row: OutboxRow, message: m.TopicChanged) -> Outcome:
        """As all topics not encrypted: names of municipalities, and no word of what it is about."""
        room = await self._room(row, message)
        if isinstance(room, Retry | GaveUp):
            return room
        words, lang = self.tools.catalogue, message.lang
        kind = "exercise" if message.exercise else "incident"
        values = {"number": message.number, "municipality": message.municipality}
        also = flag_words.beside(words, lang, message.neighbours, wide=message.wide)
        topic = words.text(lang, f"room.{kind}.topic", **values) + (f" · {also}" if also else "")
        return outcome_of(await self.tools.gateway.put_state(room, "m.room.topic", {"topic": topic}), room)

    async def _remove(self, row: OutboxRow, message: m.Remove) -> Outcome:
        room = await self._room(row, message)
        if isinstance(room, Retry | GaveUp):
            return room
        account = self._account(message.person)
        if account is None:
            return GaveUp("no account")
        removed = await self.tools.gateway.remove(room, account)
        return Delivered(room=room) if removed is None else outcome_of(removed, room)

    async def _invite(self, row: OutboxRow, message: m.Invite) -> Outcome:
        room = await self._room(row, message)
        if isinstance(room, Retry | GaveUp):
            return room
        account = self._account(message.person)
        if account is None:
            return GaveUp("no account")
        invited = await self.tools.gateway.invite(room, account)
        return Delivered(room=room) if isinstance(invited, Invited) else outcome_of(invited, room)

    async def _lock(self, row: OutboxRow, message: m.LockRoom) -> Outcome:
        room = await self._room(row, message)
        if isinstance(room, Retry | GaveUp):
            return room
        levels = room_levels(read_only=message.locked)
        return outcome_of(await self.tools.gateway.put_state(room, "m.room.power_levels", levels), room)

    async def _retract(self, row: OutboxRow, message: m.Retract) -> Outcome:
        """Where the bot may not take away what others said, people must: that is in the manual."""
        room = await self._room(row, message)
        if isinstance(room, Retry | GaveUp):
            return room
        event = message.event
        if event is None:
            async with self.tools.database.read() as tx:
                sent = await outbox.get(tx, message.key)
            event = None if sent is None else sent.event_id
        if event is None:
            return Delivered(room=room)  # it became no event
        return outcome_of(await self.tools.gateway.redact(room, event, txn_of(row)), room)

    async def _checkpoint(self, row: OutboxRow, message: m.Checkpoint) -> Outcome:
        room = await self._room(row, message)
        if isinstance(room, Retry | GaveUp):
            return room
        put = await self.tools.gateway.put_state(room, "nl.iog.checkpoint", {"note": message.note}, message.of)
        return outcome_of(put, room)

    async def _log_key(self, row: OutboxRow, message: m.LogKey) -> Outcome:
        room = await self._room(row, message)
        if isinstance(room, Retry | GaveUp):
            return room
        content = {"public_key": message.public_key}
        return outcome_of(await self.tools.gateway.put_state(room, "nl.iog.log_key", content), room)

    async def _seeds(self, row: OutboxRow, message: m.Seeds) -> Outcome:
        async with self.tools.database.read() as tx:
            parent = await outbox.get(tx, row.after or "")
        if parent is None or parent.event_id is None or parent.room is None:
            return GaveUp("nothing to react to")
        for n, key in enumerate(message.keys):
            relation = {"rel_type": "m.annotation", "event_id": parent.event_id, "key": key}
            put = await self.tools.gateway.send(
                parent.room, "m.reaction", {"m.relates_to": relation}, f"{txn_of(row)}.{n}", require_encrypted=False
            )
            if isinstance(put, Unsent) and "M_DUPLICATE_ANNOTATION" not in put.reason:
                return outcome_of(put, parent.room)
        return Delivered(room=parent.room)

    async def _with_files(self, row: OutboxRow, message: m.DossierReady | m.Answer, paths: tuple[str, ...]) -> Outcome:
        """Files first, then what the message says."""
        room = await self._room(row, message)
        if isinstance(room, Retry | GaveUp):
            return room
        found = [self.dossiers / path for path in paths]
        try:
            files = [File(p.name, _TYPES.get(p.suffix, "application/octet-stream"), p.read_bytes()) for p in found]
        except FileNotFoundError:
            return await self._text(row, self._taken_away(message))
        unsent = await upload(self.tools.gateway, room, files, txn_of(row))
        if unsent is not None:
            return outcome_of(unsent, room)
        content = content_of(self._words(message, None), None)
        content[NAME] = txn_of(row)
        return outcome_of(await self.tools.gateway.send(room, "m.room.message", content, txn_of(row)), room)

    def _taken_away(self, message: m.DossierReady | m.Answer) -> m.Message:
        """An erasure takes away what was made and not sent yet: who asked must know that nothing comes, and ask again."""
        if isinstance(message, m.Answer):
            gone = self.tools.catalogue.text(message.lang, "refused.files_gone")
            return replace(message, lines=(*message.lines, gone), files=())
        return m.Refusal(to=message.to, lang=message.lang, number=message.number, code="files_gone")
