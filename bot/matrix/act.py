"""Acting on an event exactly once: a command to the desk, an answer, a refusal, or a line for operators."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bot.desk import Desk
from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.authority import PRIVILEGED
from bot.domain.circle import CIRCLE, open_part
from bot.domain.contacts import Contacts
from bot.domain.ids import Account, EventId, IncidentId, PersonId
from bot.domain.incident import Incident
from bot.domain.intake import DANGER
from bot.domain.origin import Origin, Place, Proof, Via
from bot.domain.people import Language, Person
from bot.domain.sentence import says
from bot.matrix.client import MatrixClient
from bot.matrix.reading import Reading
from bot.matrix.translate import Heard
from bot.store import inbox
from bot.store.database import AWAY, Fenced
from bot.store.inbox import InboxRow
from bot.store.rooms import RoomRow
from bot.words.catalogue import Catalogue
from bot.words.grammar import Where
from bot.words.parse import Said

Ask = Callable[["Asked"], Awaitable[tuple[m.Message, ...]]]
Flow = Callable[["Asked"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: who asks what, where, and about which incident, as far as the asker may read it there; the answer goes `to`, in
    `lang`."""

    said: Said
    person: Person
    place: Where
    incident: Incident | None
    to: m.To
    lang: Language
    event: EventId
    proof: Proof
    within: bool = False  # asked by somebody of the closed circle, where nobody else reads along

    @property
    def replied(self) -> str:
        """The event that the answer is a reply to; in another room than the question's it is a reply to nothing."""
        return self.event if self.to.kind == "asked" else ""


@dataclass(frozen=True, slots=True)
class Event:
    """A stored event with its room."""

    row: InboxRow
    room: RoomRow
    content: Mapping[str, Any]
    state_key: str | None
    incident: Incident | None

    @property
    def belongs(self) -> Place:
        """Which of the incident's rooms it was said in, or what other kind of room."""
        names = {} if self.incident is None else {room: name for name, room in self.incident.rooms.items()}
        return names.get(self.room.room_id, PLACES[self.room.kind])

    @property
    def place(self) -> Where:
        if self.room.kind == "incident":
            if self.belongs == CIRCLE:
                return "circle"
            return "incident" if self.incident is not None and self.incident.state == "open" else "closed"
        return self.room.kind


PLACES: Final[Mapping[str, Place]] = {
    "incident": "main",
    "direct": "direct",
    "alarm": "alarm",
    "management": "management",
}
# Questions that are answered with what an incident holds, and `more`, which goes on with such an answer.
ABOUT_INCIDENTS: Final = frozenset(
    (
        "status",
        "steps",
        "decisions",
        "show_decision",
        "state_at",
        "log",
        "more",
        "export",
        "show_line",
        "open",
        "show_point",
        "reasons",
        "actions",
        "sitrep_lcms",
        "show_sitrep",
        "timeline",
        "catch_up",
        "improvements",
        "survey_results",
        "indicators",
        "duties",
    )
)
# Asked for to be used elsewhere, where the others in the room have it already; or not for everybody in the room.
ALONE: Final = frozenset(("sitrep_lcms", "indicators", "picture", "lessons", "open_questions"))


# Refusals because of who asks, not of what is asked; of something privileged they are recorded.
NOT_THEIRS: Final = frozenset(("not_allowed", "needs_proof", "needs_text", "unknown_account"))
# Refusals that say that there is a closed circle: where others read along they are said to who asked alone.
OF_CIRCLE: Final = frozenset(("of_circle", "reason_of_circle"))


async def no_other_channels(asked: Asked) -> None:
    """Where nobody keeps private addresses."""
    raise c.Refused("no_telephone")


def privileged(what: c.Command | Said | None) -> str | None:
    """The name that a privileged command or question has in the index log; None when it is not privileged."""
    if isinstance(what, Said):
        return what.verb if what.verb in ("export", "reload", "picture", "lessons", "open_questions") else None
    return type(what).__name__ if what is not None and type(what) in PRIVILEGED else None


@dataclass(frozen=True, slots=True)
class Acting:
    """What every kind of event needs to be acted upon; `ask` answers questions and `reach` carries out what people say of their
    own channels: both are given by who builds the bot."""

    client: MatrixClient
    desk: Desk
    contacts: Callable[[], Contacts]
    ask: Ask
    catalogue: Catalogue
    new_id: Callable[[EventId], IncidentId]
    reach: Flow = no_other_channels
    reading: Reading = field(default_factory=Reading)

    def origin(self, event: Event, via: Via) -> Origin:
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
            room=event.belongs,
            proof=proof,
            confidentiality="vertrouwelijk" if event.belongs == CIRCLE else "intern",
        )

    def heard(self, event: Event, via: Via, incident: Incident | None) -> Heard:
        person = self.contacts().person_of(Account(event.row.sender))
        contacts = self.contacts()
        people, now = tuple(contacts.people.values()), self.desk.clock().now
        return Heard(person, self.origin(event, via), incident, people, now=now, zone=contacts.region.zone)

    def reply_to(self, event: Event, person: Person) -> m.To:
        """Answers go where the question was asked, but never into a room that is not encrypted."""
        return m.To("asked", event.row.room) if event.room.must_encrypt else m.To("person", person.id)

    async def command(self, event: Event, heard: Heard, person: Person, make: Callable[[], c.Command]) -> None:
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
            await self.refuse(event, person, refused, privileged(command))

    async def quietly(self, event: Event, incident: IncidentId, command: c.Command) -> None:
        """What nobody waits for an answer to."""
        try:
            await self.desk.handle(incident, command, cause=event.row.event_id)
        except c.Refused:
            await self.done(event.row, "ignored")

    async def refuse(self, event: Event, person: Person, refused: c.Refused, attempted: str | None = None) -> None:
        details = tuple(sorted(refused.details.items()))
        alone = refused.code in OF_CIRCLE and event.belongs != CIRCLE
        to = m.To("person", person.id) if alone else self.reply_to(event, person)
        answer = m.Refusal(
            to=to,
            lang=person.language,
            code=refused.code,
            details=details,
            reply_to=event.row.event_id if to.kind == "asked" else "",
            danger=says(str(event.content.get("body", "")), DANGER),
        )
        if attempted is not None and refused.code in NOT_THEIRS:
            note = e.CommandRefused(
                command=attempted,
                reason=refused.code,
                incident=event.incident.id if event.incident else None,
                origin=self.origin(event, "reaction" if event.row.type == "m.reaction" else "text"),
            )
            await self.desk.note(note, answer, cause=event.row.event_id)
        else:
            await self.say(event, answer)

    async def own_channels(self, event: Event, heard: Heard, person: Person, said: Said) -> None:
        """What somebody says of the own channels; the flow itself takes the event for handled."""
        try:
            await self.reach(self._asked(event, heard, person, said, self.reply_to(event, person)))
        except c.Refused as refused:
            await self.refuse(event, person, refused)
        except (Fenced, *AWAY):
            raise  # it will be heard again
        except Exception:
            # an event that fails keeps its text for who must look; a private number may not stay with it
            async with self.desk.database.begin() as tx:
                await inbox.forget_text(tx, event.row.event_id)
            raise

    async def question(self, event: Event, heard: Heard, person: Person, said: Said) -> None:
        # officers of every municipality read along in the alarm room: what an incident is about is not told there
        alone = said.verb in ALONE or (event.room.kind == "alarm" and said.verb in ABOUT_INCIDENTS)
        to = m.To("person", person.id) if alone else self.reply_to(event, person)
        try:
            messages = await self.ask(self._asked(event, heard, person, said, to))
        except c.Refused as refused:
            await self.refuse(event, person, refused, privileged(said))
            return
        await self.say(event, *messages)

    def _asked(self, event: Event, heard: Heard, person: Person, said: Said, to: m.To) -> Asked:
        proof = heard.by.proof or "clear"
        incident = heard.incident
        within = incident is not None and person.id in incident.circle and event.place in ("direct", "circle")
        shown = incident if incident is None or within else open_part(incident)
        return Asked(said, person, event.place, shown, to, person.language, event.row.event_id, proof, within=within)

    async def say(self, event: Event, *messages: m.Message) -> None:
        await self.desk.say(f"reply/{event.row.event_id}", messages, cause=event.row.event_id)

    async def answer(self, event: Event, person: Person, lines: tuple[str, ...], *, handled: bool = False) -> None:
        """Lines back to who asked; `handled`: the event was acted upon already, and this only says so."""
        number = event.incident.number if event.incident is not None else ""
        answer = m.Answer(
            to=self.reply_to(event, person),
            lang=person.language,
            number=number,
            lines=lines,
            reply_to=event.row.event_id,
        )
        await self.desk.say(f"reply/{event.row.event_id}", (answer,), cause=None if handled else event.row.event_id)

    async def stranger(self, event: Event) -> None:
        await self.manage(event, "stranger")

    async def manage(self, event: Event, code: str) -> None:
        details = (("account", event.row.sender),)
        await self.say(event, m.ManagementNote(to=m.To("management"), code=code, details=details))

    async def done(self, row: InboxRow, state: inbox.InboxState) -> None:
        async with self.desk.database.begin() as tx:
            await inbox.mark(tx, row.event_id, state)
