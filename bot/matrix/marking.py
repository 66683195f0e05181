"""Somebody's message put in the log as it was said: by a reaction to it, or by a reply that names the kind of line."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.domain import commands as c
from bot.domain.ids import Account, EventId
from bot.domain.people import Person
from bot.matrix import line_commands
from bot.matrix.act import Acting, Event
from bot.matrix.events import RawEvent, child, instant
from bot.matrix.keeping import shared_file
from bot.matrix.line_commands import Quoted
from bot.matrix.reading import Written
from bot.matrix.translate import Heard
from bot.matrix.wire import room_path
from bot.words.alarm_when import begins
from bot.words.emoji import MARKS
from bot.words.grammar import LINE_KINDS
from bot.words.line_marks import marked
from bot.words.parse import Chat, NotUnderstood, Said, clean


def kind_alone(understood: Said | NotUnderstood | Chat) -> Said | None:
    """The kind of line that a reply names without a text of its own, with the marks behind it: what it answers is the text."""
    match understood:
        case NotUnderstood(why="argument", verb=str(verb)) if verb in LINE_KINDS and verb != "correction":
            return Said(verb)
        case Said(verb="indicators", incident=""):  # the same word alone asks for figures where it answers nothing
            return Said("evaluation")
        case Said(verb=verb, argument=argument) if verb in LINE_KINDS and not marked(argument)[0]:
            return understood
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Marking:
    """Reads what a person wrote before, and puts it in the log."""

    acting: Acting

    async def reacted(self, event: Event, heard: Heard, person: Person, key: str, target: EventId) -> None:
        """📌, ⚖️, 🆘 and the signs of the kinds, on what a person wrote."""
        verb = MARKS.get(key)
        wanted = event.place == "alarm" if verb == "alarm" else event.incident is not None
        if verb is None or not wanted:
            await self.acting.done(event.row, "ignored")
            return
        if verb == "alarm":
            await self._alarm(event, heard, person, target)
            return
        await self.put(event, heard, person, Said(verb), target)

    async def put(self, event: Event, heard: Heard, person: Person, said: Said, target: EventId) -> None:
        """What stands in the message `target` becomes a line of the kind that was said."""
        quoted = self._quoted(event, target)
        if quoted == "not_yet":
            return
        if quoted is None:
            await self.acting.refuse(event, person, c.Refused("cannot_read_message"))
            return
        if quoted.file == "clear":
            await self.acting.refuse(event, person, c.Refused("file_in_clear"))
            return
        command = line_commands.quoted(said, quoted, heard.by)
        await self.acting.command(event, heard, person, lambda: command)

    async def _alarm(self, event: Event, heard: Heard, person: Person, target: EventId) -> None:
        quoted = self._quoted(event, target)
        if quoted == "not_yet":
            return
        if quoted is None:
            await self.acting.refuse(event, person, c.Refused("cannot_read_message"))
            return
        when = begins(quoted.text, heard.now or self.acting.desk.clock().now, heard.zone)
        alarm = c.RaiseAlarm(text=quoted.text, begins=when, by=heard.by)
        await self.acting.command(event, replace(heard, incident=None), person, lambda: alarm)

    def _quoted(self, event: Event, target: EventId) -> Quoted | Literal["not_yet"] | None:
        """What is quoted must be somebody's whom we know."""
        read = self.acting.reading.ask(event.row.event_id, lambda: self.fetch(event, target))
        if read == "not_yet":
            return "not_yet"
        author = None if read is None else self.acting.contacts().person_of(Account(read.sender))
        if read is None or author is None:
            return None
        return Quoted(target, author.id, clean(read.text), read.at, read.file)

    async def fetch(self, event: Event, target: EventId) -> Written | None:
        """Who wrote a message, when, and what it says now; None when we cannot be sure of that."""
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
        if not isinstance(text, str):
            return None
        return Written(original.sender, text, instant(original.origin_server_ts), shared_file(original.content))

    async def _proved(self, event: Event, source: Mapping[str, Any]) -> RawEvent | None:
        """In an encrypted room what the server shows counts only when its sender's own device encrypted it."""
        client = self.acting.client
        found = client.read(event.row.room, source)
        if found is None or found.undecryptable:
            return None
        found = await client.try_decrypt(found)
        proved = found.decrypted and found.sender_key_known
        return found if proved or not event.room.must_encrypt else None


def _replaces(source: Mapping[str, Any], target: EventId) -> bool:
    relation = child(child(source, "content"), "m.relates_to")
    return relation.get("rel_type") == "m.replace" and relation.get("event_id") == target
