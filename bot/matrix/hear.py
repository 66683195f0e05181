"""One event of the inbox, understood and acted upon exactly once: a command to the desk, an answer to a question, or nothing."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, assert_never

from bot import answers
from bot.desk import Desk
from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.authority import PRIVILEGED
from bot.domain.contacts import Contacts
from bot.domain.ids import Account, EventId, IncidentId, PersonId, RoomId
from bot.domain.incident import Incident
from bot.domain.origin import Origin, Place, Proof, Via
from bot.domain.people import COORDINATOR, Language, Person
from bot.matrix import translate
from bot.matrix.client import MatrixClient
from bot.matrix.events import RawEvent
from bot.matrix.translate import Heard
from bot.matrix.wire import room_path
from bot.store import directory, inbox, outbox, rooms
from bot.store.inbox import InboxRow
from bot.store.rooms import RoomRow
from bot.words import replies
from bot.words.catalogue import Catalogue
from bot.words.emoji import MARKS, domain_picked, normal, reacted
from bot.words.grammar import BY_NAME, Where, role_word
from bot.words.parse import Chat, NotUnderstood, Said, clean, parse

UNREADABLE_AFTER: Final = timedelta(seconds=10)
GIVE_UP_READING_AFTER: Final = timedelta(hours=1)
TOLD: Final = "told"

Ask = Callable[["Asked"], Awaitable[tuple[m.Message, ...]]]


def instant(milliseconds: int) -> datetime | None:
    """The homeserver's time as evidence; None when it is nonsense."""
    if not 0 < milliseconds < 253_402_300_800_000:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: who asks what, where, and about which incident; the answer goes `to`, in `lang`."""

    said: Said
    person: Person
    place: Where
    incident: Incident | None
    to: m.To
    lang: Language
    event: EventId
    proof: Proof


@dataclass(frozen=True, slots=True)
class Event:
    """A stored event with its room."""

    row: InboxRow
    room: RoomRow
    content: Mapping[str, Any]
    state_key: str | None
    incident: Incident | None

    @property
    def place(self) -> Where:
        if self.room.kind == "incident":
            return "incident" if self.incident is not None and self.incident.state == "open" else "closed"
        return self.room.kind


PLACES: Final[Mapping[str, Place]] = {
    "incident": "main",
    "direct": "direct",
    "alarm": "alarm",
    "management": "management",
}


@dataclass(frozen=True, slots=True)
class Hearing:
    """Understands events; `ask` answers questions, and is given by who builds the bot."""

    client: MatrixClient
    desk: Desk
    contacts: Callable[[], Contacts]
    ask: Ask
    catalogue: Catalogue
    new_id: Callable[[EventId], IncidentId]

    async def hear(self, row: InboxRow) -> bool:
        """Whether the event is done with; False keeps it waiting for its key."""
        async with self.desk.database.read() as tx:
            room = await rooms.get(tx, RoomId(row.room))
            found = await directory.by_room(tx, RoomId(row.room))
        if room is None or row.raw is None:
            await self._done(row, "ignored")
            return True
        if row.undecryptable:
            opened = await self._open(row, room)
            if opened is None:
                return False
            row = opened
        kept = json.loads(row.raw or "{}")
        incident = await self.desk.incident(found.id) if found else None
        event = Event(row, room, kept.get("content", {}), kept.get("state_key"), incident)
        await self._act(event)
        return True

    async def _act(self, event: Event) -> None:
        match event.row.type:
            case "m.room.message":
                await self._message(event)
            case "m.reaction":
                await self._reaction(event)
            case "m.room.redaction":
                await self._redaction(event)
            case "m.room.member":
                await self._member(event)
            case "m.room.tombstone":
                await self._tombstone(event)
            case _:
                await self._done(event.row, "ignored")

    async def _open(self, row: InboxRow, room: RoomRow) -> InboxRow | None:
        """Tries to decrypt again: keys often come after the message. After 10 seconds the sender is told how to go on."""
        source = json.loads(row.raw or "{}").get("source") or {}
        event = self.client.read(row.room, source)
        if event is not None and not event.undecryptable:
            event = await self.client.try_decrypt(event)
            return _opened(row, event)
        now = self.desk.clock().now
        age = now - (row.received_at or now)
        if age > GIVE_UP_READING_AFTER:
            await self._done(row, "ignored")
        elif age > UNREADABLE_AFTER and row.error != TOLD:
            await self._unreadable(row, room)
        return None

    async def _unreadable(self, row: InboxRow, room: RoomRow) -> None:
        person = self.contacts().person_of(Account(row.sender))
        lines: list[m.Message] = [
            m.ManagementNote(to=m.To("management"), code="unreadable", details=(("account", row.sender),))
        ]
        if person is not None and room.kind in ("direct", "alarm"):
            lines.append(m.Refusal(to=m.To("asked", row.room), lang=person.language, code="unreadable"))
            on_call = self.contacts().on_call(COORDINATOR, "eerste", self.desk.clock().wall)
            if on_call is not None and on_call.id != person.id:
                told = m.Refusal(
                    to=m.To("person", on_call.id),
                    lang=on_call.language,
                    code="unreadable_from",
                    details=(("person", person.name),),
                )
                lines.append(told)
        await self.desk.say(f"unreadable/{row.event_id}", lines)
        async with self.desk.database.begin() as tx:
            await inbox.mark(tx, row.event_id, "waiting", TOLD)

    # --- who and whence ---------------------------------------------------------------------------------------------

    def _origin(self, event: Event, via: Via) -> Origin:
        row = event.row
        person = self.contacts().person_of(Account(row.sender))
        proof: Proof = "clear"
        if row.decrypted:
            proof = "known_device" if row.sender_key_known else "decrypted"
        return Origin(
            # an account that is in no contacts file is its own person
            actor=person.id if person else PersonId(row.sender),
            account=row.sender,
            via=via,
            said_at=row.said_at,
            cause=row.event_id,
            room=PLACES[event.room.kind],
            proof=proof,
        )

    def _heard(self, event: Event, via: Via, incident: Incident | None) -> Heard:
        person = self.contacts().person_of(Account(event.row.sender))
        return Heard(person, self._origin(event, via), incident)

    def _reply_to(self, event: Event, person: Person) -> m.To:
        """Answers go where the question was asked, but never into a room that is not encrypted."""
        return m.To("asked", event.row.room) if event.room.must_encrypt else m.To("person", person.id)

    # --- messages ---------------------------------------------------------------------------------------------------

    async def _message(self, event: Event) -> None:
        content = event.content
        relation = content.get("m.relates_to")
        relation = relation if isinstance(relation, dict) else {}
        body = content.get("body")
        if content.get("msgtype") != "m.text" or not isinstance(body, str):
            await self._done(event.row, "ignored")  # notices are never obeyed: two bots would talk for ever
            return
        if event.room.must_encrypt and not event.row.decrypted:
            await self._done(event.row, "ignored")  # in clear in an encrypted room: the server may have put it there
            await self._manage(event, "clear_text")
            return
        if relation.get("rel_type") == "m.replace":
            await self._edited(event, content, str(relation.get("event_id", "")))
            return
        heard = self._heard(event, "text", event.incident)
        if heard.person is None:
            await self._stranger(event)
            return
        answered = relation.get("m.in_reply_to")
        answered = str(answered.get("event_id", "")) if isinstance(answered, dict) else ""
        await self._understand(event, heard, heard.person, clean(body), answered)

    async def _understand(self, event: Event, heard: Heard, person: Person, text: str, answered: str) -> None:
        if await self._picked(event, heard, person, text):
            return
        understood = parse(text, event.place)
        match understood:
            case Said():
                await self._said(event, heard, person, understood, answered)
            case Chat():
                await self._chat(event, heard, person, answered, text)
            case NotUnderstood():
                await self._not_understood(event, heard, person, understood)
            case _:
                assert_never(understood)

    async def _picked(self, event: Event, heard: Heard, person: Person, text: str) -> bool:
        """`2` behind a question that offers four domains is the second of them, when no page of the sender waits."""
        role = domain_picked(text)
        if role is None or event.place not in ("direct", "alarm"):
            return False
        incident = await answers.spoken_of(self.desk, person)
        waiting, _ = await answers.pages_of(self.desk, person.id)
        if waiting or incident is None or incident.reporter != person.id or not incident.awaiting:
            return False
        correct = c.CorrectCall(roles=(role,), by=heard.by)
        await self._command(event, replace(heard, incident=incident), person, lambda: correct)
        return True

    async def _said(self, event: Event, heard: Heard, person: Person, said: Said, answered: str) -> None:
        if said.verb in ("yes", "no") and await self._meant(event, heard, person, said.verb):
            return
        heard = await self._about(event, heard, person, said)
        said = await self._replied(said, answered)
        if said.verb in ("yes", "no", "eta") and heard.page is None:
            await self._which_page(event, heard, person, said)
            return
        if said.verb in translate.QUESTIONS:
            await self._question(event, heard, person, said)
            return
        await self._command(event, heard, person, lambda: translate.command(said, heard))

    async def _about(self, event: Event, heard: Heard, person: Person, said: Said) -> Heard:
        """Which incident and page is meant: the room's, the one that was named, or the newest that concerns the sender."""
        if said.verb == "alarm":
            return replace(heard, incident=None)
        incident = heard.incident
        if incident is None and said.incident:
            incident = await answers.numbered(self.desk, said.incident)
        if said.verb in ("yes", "no", "eta"):
            waiting, others = await answers.pages_of(self.desk, person.id)
            if said.incident:
                waiting = [o for o in waiting if o.incident.number == said.incident]
                others = [o for o in others if o.incident.number == said.incident]
            chosen = waiting or others
            if chosen and (len(waiting) < 2 or said.incident):
                return replace(heard, incident=chosen[0].incident, page=chosen[0].page.id)
            return replace(heard, incident=incident)
        if incident is None and said.verb == "reopen":
            incident = await answers.last_closed(self.desk, person)
        if incident is None:
            incident = await answers.spoken_of(self.desk, person)
        return replace(heard, incident=incident)

    async def _which_page(self, event: Event, heard: Heard, person: Person, said: Said) -> None:
        """With more than one page open the bot lists them; with none it says so."""
        waiting, _ = await answers.pages_of(self.desk, person.id)
        if not waiting:
            await self._refuse(event, person, c.Refused("no_page"))
            return
        shown = [(o.incident.number, o.incident.municipality_name, o.page.roles) for o in waiting]
        lines = replies.choose_page(self.catalogue, person.language, shown)
        to = self._reply_to(event, person)
        await self._say(event, m.Answer(to=to, lang=person.language, lines=lines, reply_to=event.row.event_id))

    async def _replied(self, said: Said, answered: str) -> Said:
        """A reply to a step's or decision's message is about that step or decision."""
        if not answered or said.number is not None:
            return said
        async with self.desk.database.read() as tx:
            row = await outbox.by_event(tx, EventId(answered))
        if row is None or row.subject is None:
            return said
        if row.kind == "StepShown" and said.verb in ("done", "skip", "claim") and row.incident is not None:
            incident = await self.desk.incident(row.incident)
            place = next((n for n, s in enumerate(incident.steps, 1) if s.id == row.subject), None)
            return replace(said, number=place)
        if row.kind in ("DecisionShown", "DecisionNote") and said.verb in ("reason", "confirm", "withdraw", "change"):
            return replace(said, number=int(row.subject))
        return said

    async def _chat(self, event: Event, heard: Heard, person: Person, answered: str, text: str) -> None:
        """A message written after the page is an answer to it; a reply to a decision's question is its reason."""
        if event.incident is not None:
            if answered and await self._reason(event, heard, person, answered, text):
                return
            page = next((p for p in event.incident.pages.values() if p.person == person.id and p.state == "open"), None)
            if page is not None:
                sign = c.Acknowledge(page=page.id, answer_by="message", by=heard.by)
                await self._command(event, heard, person, lambda: sign)
                return
        await self._done(event.row, "ignored")

    async def _reason(self, event: Event, heard: Heard, person: Person, answered: str, text: str) -> bool:
        async with self.desk.database.read() as tx:
            row = await outbox.by_event(tx, EventId(answered))
        if row is None or row.kind != "DecisionShown":
            return False
        why = c.ExplainDecision(reason=text, decision=int(row.subject or 0), by=heard.by)
        await self._command(event, heard, person, lambda: why)
        return True

    async def _not_understood(self, event: Event, heard: Heard, person: Person, said: NotUnderstood) -> None:
        # what may be a no, a wrong number or a half command is asked about: only a sign of life counts as coming
        if (said.suggestion is None and said.why == "word") or said.why == "sentence":
            waiting, _ = await answers.pages_of(self.desk, person.id)
            if len(waiting) == 1 and event.place == "direct":
                page = waiting[0]
                sign = c.Acknowledge(page=page.page.id, answer_by="message", by=heard.by)
                await self._command(event, replace(heard, incident=page.incident), person, lambda: sign)
                return
        to = self._reply_to(event, person)
        lines = replies.not_understood(self.catalogue, person.language, said)
        if said.suggestion is not None and said.meant is not None:
            meant = _typed(said.meant, person.language)
            question = m.DidYouMean(to=to, lang=person.language, lines=lines, meant=meant, reply_to=event.row.event_id)
            await self._say(event, question)
        else:
            await self._say(event, m.Answer(to=to, lang=person.language, lines=lines, reply_to=event.row.event_id))

    async def _meant(self, event: Event, heard: Heard, person: Person, verb: str) -> bool:
        """A yes or no to "did you mean …?", when that was the last thing that the bot asked here."""
        async with self.desk.database.read() as tx:
            row = await outbox.last_sent_to(tx, RoomId(event.row.room))
        if row is None or row.kind != "DidYouMean":
            return False
        await self._run_meant(event, heard, person, row, verb)
        return True

    async def _run_meant(self, event: Event, heard: Heard, person: Person, row: outbox.OutboxRow, verb: str) -> None:
        if verb == "no":
            await self._done(event.row, "handled")
            return
        said = parse(json.loads(row.message)["meant"], event.place)
        if isinstance(said, Said):
            await self._said(event, heard, person, said, "")
        else:
            await self._done(event.row, "ignored")

    # --- reactions, edits, removals, members ----------------------------------------------------------------------------

    async def _reaction(self, event: Event) -> None:
        relation = event.content.get("m.relates_to")
        relation = relation if isinstance(relation, dict) else {}
        key, target = str(relation.get("key", "")), EventId(str(relation.get("event_id", "")))
        heard = self._heard(event, "reaction", event.incident)
        if heard.person is None:
            await self._done(event.row, "ignored")
            return
        async with self.desk.database.read() as tx:
            row = await outbox.by_event(tx, target)
        if row is None:
            await self._mark(event, heard, heard.person, normal(key), target)
            return
        await self._reacted(event, heard, heard.person, key, row)

    async def _reacted(self, event: Event, heard: Heard, person: Person, key: str, row: outbox.OutboxRow) -> None:
        if row.kind == "DidYouMean" and normal(key) in ("✅", "❌"):
            await self._run_meant(event, heard, person, row, "yes" if normal(key) == "✅" else "no")
            return
        if row.incident is None:
            await self._done(event.row, "ignored")
            return
        incident = await self.desk.incident(row.incident)
        heard = replace(heard, incident=incident)
        verb = reacted(row.kind, key)
        if row.kind == "AlarmReceived" and (role := domain_picked(key)) is not None:
            picked = c.CorrectCall(roles=(role,), by=heard.by)
            await self._command(event, heard, person, lambda: picked)
        elif (
            verb is None
            or not self._is_asked(row, person)
            or (verb == "now" and incident.similar_to is not None and incident.awaiting == ())
        ):
            await self._done(event.row, "ignored")
        else:
            await self._command(event, heard, person, lambda: translate.reaction(verb, row, heard))

    def _is_asked(self, row: outbox.OutboxRow, person: Person) -> bool:
        """In a direct room only the person it is for; elsewhere everybody, and the domain decides who may."""
        kind, _, name = row.target.partition(":")
        return kind != "person" or name == person.id

    async def _mark(self, event: Event, heard: Heard, person: Person, key: str, target: EventId) -> None:
        """📌, ⚖️ and 🆘 on what a person wrote."""
        verb = MARKS.get(key)
        wanted = event.incident is not None if verb in ("pin", "decision") else event.place == "alarm"
        if verb is None or not wanted:
            await self._done(event.row, "ignored")
            return
        original = await self._fetch(event.row.room, target)
        text = original.content.get("body") if original else None
        author = self.contacts().person_of(Account(original.sender)) if original else None
        if original is None or not isinstance(text, str) or author is None:
            await self._refuse(event, person, c.Refused("cannot_read_message"))
            return
        if verb == "alarm":
            alarm = c.RaiseAlarm(text=clean(text), by=heard.by)
            await self._command(event, replace(heard, incident=None), person, lambda: alarm)
            return
        command = translate.marked(verb, target, clean(text), author.id, heard)
        await self._command(event, heard, person, lambda: command)

    async def _fetch(self, room: str, event_id: str) -> RawEvent | None:
        answer = await self.client.call("GET", room_path(room, "event", event_id))
        event = self.client.read(room, answer.body) if answer.ok else None
        return None if event is None or event.undecryptable else event

    async def _edited(self, event: Event, content: Mapping[str, Any], original: str) -> None:
        """An edit never changes what was carried out; when the message stands in the log, the new wording is added."""
        new = content.get("m.new_content")
        text = new.get("body") if isinstance(new, dict) else None
        if event.incident is None or EventId(original) not in event.incident.sources or not isinstance(text, str):
            await self._done(event.row, "ignored")
            return
        heard = self._heard(event, "text", event.incident)
        edit = c.EditSource(source=EventId(original), text=clean(text), by=heard.by)
        await self._quietly(event, event.incident.id, edit)

    async def _redaction(self, event: Event) -> None:
        removed = EventId(str(event.content.get("redacts", "")))
        heard = self._heard(event, "reaction", event.incident)
        candidates = [event.incident] if event.incident else await answers.incidents(self.desk)
        for incident in candidates:
            command = translate.taken_away(incident, removed, heard)
            if command is not None and heard.person is not None:
                about = replace(heard, incident=incident)
                await self._command(event, about, heard.person, lambda: command)  # noqa: B023 - called at once
                return
        await self._done(event.row, "ignored")

    async def _member(self, event: Event) -> None:
        person = self.contacts().person_of(Account(event.state_key or ""))
        membership = event.content.get("membership")
        if event.incident is None or person is None or membership not in ("join", "leave", "ban"):
            await self._done(event.row, "ignored")
            return
        by = replace(self._origin(event, "membership"), actor=person.id, account=event.state_key)
        report = c.ReportMember(person=person.id, name="main", joined=membership == "join", by=by)
        await self._quietly(event, event.incident.id, report)

    async def _tombstone(self, event: Event) -> None:
        """A room that is replaced is never followed: whoever replaced it would choose where we speak."""
        if event.incident is None:
            await self._manage(event, f"replaced_{event.room.kind}")
            return
        lost = c.ReportRoomLost(name="main", why="replaced", by=self._origin(event, "membership"))
        await self._quietly(event, event.incident.id, lost)

    # --- acting -----------------------------------------------------------------------------------------------------

    async def _command(self, event: Event, heard: Heard, person: Person, make: Callable[[], c.Command]) -> None:
        command: c.Command | None = None
        try:
            command = make()
            incident = heard.incident.id if heard.incident is not None else None
            if isinstance(command, c.RaiseAlarm):
                incident = self.new_id(event.row.event_id)
            if incident is None:
                raise c.Refused("no_incident")
            await self.desk.handle(incident, command, cause=event.row.event_id)
        except c.Refused as refused:
            await self._refuse(event, person, refused, command)

    async def _quietly(self, event: Event, incident: IncidentId, command: c.Command) -> None:
        """What nobody waits for an answer to."""
        try:
            await self.desk.handle(incident, command, cause=event.row.event_id)
        except c.Refused:
            await self._done(event.row, "ignored")

    async def _refuse(self, event: Event, person: Person, refused: c.Refused, command: c.Command | None = None) -> None:
        details = tuple(sorted(refused.details.items()))
        answer = m.Refusal(
            to=self._reply_to(event, person),
            lang=person.language,
            code=refused.code,
            details=details,
            reply_to=event.row.event_id,
        )
        if command is not None and type(command) in PRIVILEGED and refused.code == "not_allowed":
            note = e.CommandRefused(
                command=type(command).__name__,
                reason=refused.code,
                incident=event.incident.id if event.incident else None,
                origin=self._origin(event, "text"),
            )
            await self.desk.note(note, answer, cause=event.row.event_id)
        else:
            await self._say(event, answer)

    async def _question(self, event: Event, heard: Heard, person: Person, said: Said) -> None:
        to = self._reply_to(event, person)
        proof = heard.by.proof or "clear"
        asked = Asked(said, person, event.place, heard.incident, to, person.language, event.row.event_id, proof)
        try:
            messages = await self.ask(asked)
        except c.Refused as refused:
            await self._refuse(event, person, refused)
            return
        await self._say(event, *messages)

    async def _say(self, event: Event, *messages: m.Message) -> None:
        await self.desk.say(f"reply/{event.row.event_id}", messages, cause=event.row.event_id)

    async def _stranger(self, event: Event) -> None:
        await self._manage(event, "stranger")

    async def _manage(self, event: Event, code: str) -> None:
        details = (("account", event.row.sender),)
        await self._say(event, m.ManagementNote(to=m.To("management"), code=code, details=details))

    async def _done(self, row: InboxRow, state: inbox.InboxState) -> None:
        async with self.desk.database.begin() as tx:
            await inbox.mark(tx, row.event_id, state)


def _typed(said: Said, lang: Language) -> str:
    """What somebody would have typed to say this."""
    numbers = [str(n) for n in (said.number, said.minutes) if n is not None]
    roles = [role_word(role, lang) for role in said.roles]
    word = BY_NAME[said.verb].word(lang)
    return " ".join(x for x in (word, said.incident, *numbers, *roles, said.argument) if x)


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
