"""What people do beside typing: reactions, marks, edits, removals, coming and going."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot import answers
from bot.domain import commands as c
from bot.domain.ids import Account, EventId
from bot.domain.people import Person
from bot.matrix import translate
from bot.matrix.act import Acting, Event
from bot.matrix.events import RawEvent, child
from bot.matrix.said import MEANT, Saying
from bot.matrix.translate import Heard
from bot.matrix.wire import room_path
from bot.store import outbox
from bot.words.emoji import MARKS, domain_picked, normal, reacted
from bot.words.parse import clean


@dataclass(frozen=True, slots=True)
class Signs:
    """Understands everything that is not a text message."""

    acting: Acting
    saying: Saying

    async def reaction(self, event: Event) -> None:
        relation = event.content.get("m.relates_to")
        relation = relation if isinstance(relation, dict) else {}
        key, target = str(relation.get("key", "")), EventId(str(relation.get("event_id", "")))
        heard = self.acting.heard(event, "reaction", event.incident)
        if heard.person is None:
            await self.acting.done(event.row, "ignored")
            return
        async with self.acting.desk.database.read() as tx:
            row = await outbox.by_event(tx, target)
        if row is None:
            await self._mark(event, heard, heard.person, normal(key), target)
            return
        await self._reacted(event, heard, heard.person, key, row)

    async def _reacted(self, event: Event, heard: Heard, person: Person, key: str, row: outbox.OutboxRow) -> None:
        if row.kind in MEANT and normal(key) in ("✅", "❌"):
            await self.saying.run_meant(event, heard, person, row, "yes" if normal(key) == "✅" else "no")
            return
        if row.incident is None:
            await self.acting.done(event.row, "ignored")
            return
        incident = await self.acting.desk.incident(row.incident)
        heard = replace(heard, incident=incident)
        verb = reacted(row.kind, key)
        if row.kind == "AlarmReceived" and (role := domain_picked(key)) is not None:
            picked = c.CorrectCall(roles=(role,), by=heard.by)
            await self.acting.command(event, heard, person, lambda: picked)
        elif (
            verb is None
            or not self._is_asked(row, person)
            or (verb == "now" and incident.similar_to is not None and incident.awaiting == ())
        ):
            await self.acting.done(event.row, "ignored")
        else:
            await self.acting.command(event, heard, person, lambda: translate.reaction(verb, row, heard))

    def _is_asked(self, row: outbox.OutboxRow, person: Person) -> bool:
        """In a direct room only the person it is for; elsewhere everybody, and the domain decides who may."""
        kind, _, name = row.target.partition(":")
        return kind != "person" or name == person.id

    async def _mark(self, event: Event, heard: Heard, person: Person, key: str, target: EventId) -> None:
        """📌, ⚖️ and 🆘 on what a person wrote."""
        verb = MARKS.get(key)
        wanted = event.incident is not None if verb in ("pin", "decision") else event.place == "alarm"
        if verb is None or not wanted:
            await self.acting.done(event.row, "ignored")
            return
        read = await self._fetch(event, target)
        author = self.acting.contacts().person_of(Account(read[0])) if read is not None else None
        if read is None or author is None:
            await self.acting.refuse(event, person, c.Refused("cannot_read_message"))
            return
        text = read[1]
        if verb == "alarm":
            alarm = c.RaiseAlarm(text=clean(text), by=heard.by)
            await self.acting.command(event, replace(heard, incident=None), person, lambda: alarm)
            return
        command = translate.marked(verb, target, clean(text), author.id, heard)
        await self.acting.command(event, heard, person, lambda: command)

    async def _fetch(self, event: Event, target: EventId) -> tuple[str, str] | None:
        """Who wrote a message and what it says now; None when we cannot be sure of that."""
        answer = await self.acting.client.call("GET", room_path(event.row.room, "event", target))
        original = await self._proved(event, answer.body) if answer.ok else None
        if original is None or original.event_id != target:
            return None
        text = original.content.get("body")
        newer = child(child(child(answer.body, "unsigned"), "m.relations"), "m.replace")
        edit = await self._proved(event, newer) if newer else None
        # the relation stands outside the encryption; what it says to replace, only the same sender may
        if edit is not None and edit.sender == original.sender and _replaces(newer, target):
            text = child(edit.content, "m.new_content").get("body", text)
        return (original.sender, text) if isinstance(text, str) else None

    async def _proved(self, event: Event, source: Mapping[str, Any]) -> RawEvent | None:
        """In an encrypted room what the server shows counts only when its sender's own device encrypted it."""
        client = self.acting.client
        found = client.read(event.row.room, source)
        if found is None or found.undecryptable:
            return None
        found = await client.try_decrypt(found)
        proved = found.decrypted and found.sender_key_known
        return found if proved or not event.room.must_encrypt else None

    async def redaction(self, event: Event) -> None:
        removed = EventId(str(event.content.get("redacts", "")))
        heard = self.acting.heard(event, "reaction", event.incident)
        candidates = [event.incident] if event.incident else await answers.incidents(self.acting.desk)
        for incident in candidates:
            command = translate.taken_away(incident, removed, heard)
            if command is not None and heard.person is not None:
                about = replace(heard, incident=incident)
                await self.acting.command(event, about, heard.person, lambda: command)  # noqa: B023 - called at once
                return
        await self.acting.done(event.row, "ignored")

    async def member(self, event: Event) -> None:
        person = self.acting.contacts().person_of(Account(event.state_key or ""))
        membership = event.content.get("membership")
        if event.incident is None or person is None or membership not in ("join", "leave", "ban"):
            await self.acting.done(event.row, "ignored")
            return
        by = replace(self.acting.origin(event, "membership"), actor=person.id, account=event.state_key)
        report = c.ReportMember(person=person.id, name="main", joined=membership == "join", by=by)
        await self.acting.quietly(event, event.incident.id, report)

    async def tombstone(self, event: Event) -> None:
        """A room that is replaced is never followed: whoever replaced it would choose where we speak."""
        if event.incident is None:
            await self.acting.manage(event, f"replaced_{event.room.kind}")
            return
        lost = c.ReportRoomLost(name="main", why="replaced", by=self.acting.origin(event, "membership"))
        await self.acting.quietly(event, event.incident.id, lost)


def _replaces(source: Mapping[str, Any], target: EventId) -> bool:
    relation = child(child(source, "content"), "m.relates_to")
    return relation.get("rel_type") == "m.replace" and relation.get("event_id") == target
