"""Who plays: the people that the contacts put on duty at this moment, each with a Matrix client of their own."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, TypeVar

from bot.demo.recognise import Meaning, Reader, rings
from bot.domain.contacts import Reference
from bot.domain.ids import PersonId, PlaybookId, RoleId
from bot.domain.people import COORDINATOR, MELDER, Language, Person
from bot.matrix.peer import Peer, Seen
from bot.playground import Playground

T = TypeVar("T")

MUNICIPALITY: Final = "Waterbrug"
PLAYBOOK: Final = PlaybookId("PB01")
PATIENCE: Final = 60.0  # seconds; machines are slow and shared
Part = Literal["reporter", "paged", "reserve"]


class CannotPlay(RuntimeError):
    """The story cannot be played with these contacts, or came to a halt; the message says where."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A message of the bot as one participant's client decrypted it; `at` in seconds of the monotonic clock."""

    seen: Seen
    meaning: Meaning
    at: float

    @property
    def rings(self) -> bool:
        return rings(self.seen)


@dataclass(slots=True)
class Participant:
    """A person with an own client. `room` is the incident's room once joined; `did` holds when, in which room and what the person
    said or tapped."""

    person: Person
    role: RoleId
    part: Part
    peer: Peer
    bot: str
    reader: Reader
    monotonic: Callable[[], float]
    direct: str = ""
    room: str = ""
    did: list[tuple[float, str, str]] = field(default_factory=list)
    _over: set[str] = field(default_factory=set)  # rooms of earlier parts, whose card may still change
    _begins: dict[str, int] = field(default_factory=dict)
    _first_seen: dict[str, float] = field(default_factory=dict)
    _read: dict[str, Meaning] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def language(self) -> Language:
        return self.person.language

    async def until(self, found: "Callable[[], T | None]", what: str) -> T:
        """Sync until `found` gives something; raises CannotPlay with who waited for what."""

        def look(_: Peer) -> T | None:
            self.note()
            return found()

        try:
            return await self.peer.wait_for(look, PATIENCE)
        except TimeoutError:
            raise CannotPlay(f"{self.name} ({self.role}): {what}: {PATIENCE:.0f} s") from None

    async def hears(self, kind: str, about: str | None = None) -> Heard:
        """Wait for the first message of this kind."""
        wanted = f"{kind} {about or ''}".strip()
        return await self.until(lambda: next(iter(self.heard(kind, about)), None), wanted)

    def heard(self, kind: str | None = None, about: str | None = None) -> list[Heard]:
        """The readable messages of the bot in this part so far, of one kind or of all."""
        found = [
            Heard(seen, self._meaning(seen), self._first_seen.get(seen.event_id, 0.0))
            for room, timeline in self.peer.seen.items()
            for seen in timeline[self._begins.get(room, 0) :]
            if seen.sender == self.bot and seen.type == "m.room.message" and seen.readable
        ]
        found = [one for one in found if one.seen.room_id not in self._over or one.meaning.kind != "card_changed"]
        return [
            one
            for one in found
            if (kind is None or one.meaning.kind == kind) and (about is None or one.meaning.about == about)
        ]

    @property
    def link_to_room(self) -> Heard | None:
        """The message in the direct chat that leads to the room of the incident."""
        direct = (h for h in self.heard() if h.seen.room_id == self.direct)
        return next((h for h in direct if "https://matrix.to/" in h.seen.body), None)

    async def say(self, text: str, *, room: str = "", reply_to: str = "") -> str:
        """Type something; in the direct chat when no room is given. Gives the event's id."""
        self.did.append((self.monotonic(), room or self.direct, text))
        more: dict[str, object] = {}
        if reply_to:
            more["m.relates_to"] = {"m.in_reply_to": {"event_id": reply_to}}
        return await self.peer.say(room or self.direct, text, **more)

    async def react(self, heard: Seen, key: str) -> None:
        self.did.append((self.monotonic(), heard.room_id, key))
        await self.peer.react(heard.room_id, heard.event_id, key)

    async def enter_room(self, standing: frozenset[str]) -> None:
        """Accept the invite to the room of the incident."""
        invite = await self.until(
            lambda: next((r for r, by in self.peer.invites.items() if by == self.bot and r not in standing), None),
            "invite to the room",
        )
        await self.peer.join(invite)
        self.room = invite

    def note(self) -> None:
        """Remember when each event came."""
        now = self.monotonic()
        for timeline in self.peer.seen.values():
            for seen in timeline:
                if seen.readable:
                    self._first_seen.setdefault(seen.event_id, now)

    def next_part(self) -> None:
        """What was said and done so far belongs to the part that is over."""
        self._begins = {room: len(timeline) for room, timeline in self.peer.seen.items()}
        self.did.clear()
        self._over.add(self.room)
        self.room = ""

    def _meaning(self, seen: Seen) -> Meaning:
        if seen.event_id not in self._read:
            self._read[seen.event_id] = self.reader.read(seen)
        return self._read[seen.event_id]


@dataclass(frozen=True, slots=True)
class Called:
    """A role that the alarm calls, who is on duty for it now, and who is the reserve."""

    role: RoleId
    first: Person
    reserve: Person | None


def called_for(reference: Reference, now: datetime, which: PlaybookId = PLAYBOOK) -> tuple[Called, ...]:
    """The roles that an alarm naming the phenomenon calls, each with who is on duty at `now`. Raises CannotPlay."""
    contacts, playbook = reference.contacts, reference.playbooks[which]
    found: list[Called] = []
    for role in dict.fromkeys((COORDINATOR, *playbook.calls, *contacts.policy.brigade)):
        first = contacts.on_call(role, "eerste", now)
        if first is None:
            raise CannotPlay(f"nobody is on duty for {role}")
        found.append(Called(role, first, contacts.on_call(role, "reserve", now)))
    if len({call.first.id for call in found}) < len(found):
        raise CannotPlay("somebody is on duty for two roles")
    return tuple(found)


def reporter_of(reference: Reference) -> Person:
    """The public order officer who raises the alarm. Raises CannotPlay."""
    municipality = reference.contacts.municipality_named(MUNICIPALITY)
    officers = reference.contacts.officers(municipality.id) if municipality else ()
    if not officers:
        raise CannotPlay(f"nobody reports for {MUNICIPALITY}")
    return officers[0]


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody in the order in which they are shown: reporter, those on duty, reserves."""

    everybody: tuple[Participant, ...]

    @property
    def reporter(self) -> Participant:
        return self.everybody[0]

    @property
    def paged(self) -> tuple[Participant, ...]:
        return tuple(one for one in self.everybody if one.part == "paged")

    def first(self, role: str) -> Participant:
        return next(one for one in self.everybody if one.role == role and one.part != "reserve")

    def reserve(self, role: str) -> Participant:
        return next(one for one in self.everybody if one.role == role and one.part == "reserve")

    def in_order(self, some: Iterable[Participant]) -> tuple[Participant, ...]:
        """Some of the participants in the order of the cast."""
        wanted = {one.person.id for one in some}
        return tuple(one for one in self.everybody if one.person.id in wanted)

    async def sync(self, *, timeout_ms: int = 0, without: str = "") -> None:
        """Let every client fetch what there is, waiting at most so long for more; `without` is a role that is busy elsewhere.

        A client that comes back after more than a hundred events is not told what lies before them.
        """
        some = [one for one in self.everybody if one.role != without]
        await asyncio.gather(*(one.peer.sync(timeout_ms=timeout_ms) for one in some))
        for one in some:
            one.note()

    def next_part(self) -> None:
        for one in self.everybody:
            one.next_part()

    async def close(self) -> None:
        await asyncio.gather(*(one.peer.close() for one in self.everybody))


async def assemble(
    playground: Playground,
    parts: tuple[tuple[Person, RoleId, Part], ...],
    store: Path,
    reader: Reader,
    monotonic: Callable[[], float],
) -> Cast:
    """Log everybody in and accept the bot's invite to the direct chat."""
    standing = {playground.alarm_room, playground.management_room}

    peers: list[Peer] = []

    async def enter(person: Person, role: RoleId, part: Part) -> Participant:
        peer = await playground.peer(PersonId(person.id), store)
        peers.append(peer)
        one = Participant(person, role, part, peer, playground.bot, reader, monotonic)
        one.direct = await one.until(
            lambda: next((r for r, by in peer.invites.items() if by == one.bot and r not in standing), None),
            "direct chat",
        )
        await peer.join(one.direct)
        return one

    entering = [asyncio.ensure_future(enter(*part)) for part in parts]
    try:
        return Cast(tuple(await asyncio.gather(*entering)))
    except BaseException:
        for one in entering:
            one.cancel()
        await asyncio.gather(*entering, return_exceptions=True)
        await asyncio.gather(*(peer.close() for peer in peers))
        raise


def parts_of(reference: Reference, now: datetime, reserves: tuple[str, ...]) -> tuple[tuple[Person, RoleId, Part], ...]:
    """Who plays which part; `reserves` are the roles of which the reserve is called too. Raises CannotPlay."""
    calls = called_for(reference, now)
    parts: list[tuple[Person, RoleId, Part]] = [(reporter_of(reference), MELDER, "reporter")]
    parts += [(call.first, call.role, "paged") for call in calls]
    for call in calls:
        if call.role in reserves:
            if call.reserve is None:
                raise CannotPlay(f"there is no reserve for {call.role}")
            parts.append((call.reserve, call.role, "reserve"))
    return tuple(parts)
