"""The emergency page: when an alarm cannot be written down twice within five seconds, people are paged all the same.

Who is called comes from memory, the text is fixed, and the transaction id follows from event and person: however often this is
tried, each person gets one message, and who was not reached is tried again. The loud channels go beside the chat and hold it up
by nothing: each once for an alarm and a person, marked before it leaves, because a telephone rings twice where a homeserver
knows a repeat. It is recorded afterwards, also by the next process: who was reached stands in a small file beside the database.
A decision is never recorded this way.
"""

import asyncio
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

import msgspec
import structlog

from bot.desk import Moment
from bot.domain.contacts import Contacts
from bot.domain.delivery import GaveUp, Outcome, Retry
from bot.domain.ids import Account, PersonId, RoleId
from bot.domain.ladder import CHANNELS, Channel
from bot.domain.people import COORDINATOR, Person
from bot.domain.roster import Change
from bot.matrix.client import MatrixClient
from bot.matrix.events import RawEvent, child
from bot.matrix.send import Gateway, Sent
from bot.words.catalogue import Catalogue
from bot.words.emoji import MARKS, normal
from bot.words.parse import Said, clean, parse

WITHIN: Final = 5.0  # seconds between the two failures
KEEP_WITHIN: Final = 2.0  # a disk that hangs may not hold up the next page
# Per person and channel; a reporter who repeats the alarm rings nobody's telephone all night.
MOST_RINGS: Final = 5
RINGS_WITHIN: Final = timedelta(minutes=15)
log = structlog.get_logger()


class Loud(Protocol):
    """The channels that ring beside the chat; nothing of it needs the database."""

    def ways(self, person: PersonId) -> tuple[Channel, ...]: ...

    async def ring(self, key: str, person: Person, channel: Channel) -> Outcome: ...


@dataclass(slots=True)
class Emergency:
    """What is kept in memory while the database can be read: the direct `rooms` by person, the `alarm_rooms`, who stands in
    for whom. `paged` is who was reached, by event: a person by chat, `sms:person` by another channel; `kept` is the file in
    which that outlives the process. Where `rules` says no, another node may be recording the alarm: people are paged, and nobody
    is told that it is not recorded."""

    client: MatrixClient
    gateway: Gateway
    catalogue: Catalogue
    contacts: Callable[[], Contacts]
    clock: Callable[[], Moment]
    kept: Path
    loud: Loud
    rules: Callable[[], bool] = lambda: True
    rooms: Mapping[PersonId, str] = field(default_factory=dict)
    alarm_rooms: frozenset[str] = frozenset()
    overrides: Sequence[Change] = ()
    paged: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)
    _paging: str = ""
    _ringing: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _refused: set[tuple[str, str]] = field(default_factory=set)
    _rang: dict[str, list[datetime]] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _writes: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.paged = _read(self.kept)

    async def recorded(self, event: str) -> None:
        """It is in the log now, or has no place there."""
        self.paged.pop(event, None)
        self._ringing.pop(event, None)
        self._refused = {one for one in self._refused if one[0] != event}
        await self._keep()

    async def page(self, unheard: Mapping[str, RawEvent]) -> None:
        """Pages for every alarm among the events whom it did not reach yet; to be called until the alarm is written down.

        `unheard` is looked into again before each alarm: what was written down meanwhile is paged by the log.
        """
        async with self._turn:
            for event in tuple(unheard.values()):
                if event.event_id in unheard and self._is_alarm(event):
                    self._begin_ringing(event)
                    self._paging = event.event_id
                    try:
                        await self._page(event)
                    finally:
                        self._paging = ""

    def reached(self, event: str) -> tuple[PersonId, ...]:
        """Who was paged about an alarm, over whatever channel."""
        return tuple(dict.fromkeys(_person(mark) for mark in self.paged.get(event, ())))

    def is_ringing(self, event: str) -> bool:
        """Whether it is still to be seen whom the chat or the loud channels reached."""
        return event == self._paging or (event in self._ringing and not self._ringing[event].done())

    async def close(self) -> None:
        for task in self._ringing.values():
            task.cancel()
        await asyncio.gather(*self._ringing.values(), return_exceptions=True)

    async def _page(self, event: RawEvent) -> None:
        reached = self.paged.setdefault(event.event_id, ())
        missing = [person for person in self._called() if person not in reached]
        sent = await asyncio.gather(*(self._send(event, person) for person in missing))
        self._mark(event, *(person for person in sent if person is not None))
        tells = self.paged[event.event_id] and event.event_id not in self._told and self.rules()
        if tells and await self._say_unrecorded(event):
            self._told.add(event.event_id)
        if self.paged[event.event_id] != reached:
            await self._keep()

    def _mark(self, event: RawEvent, *marks: str) -> None:
        self.paged[event.event_id] = tuple(dict.fromkeys((*self.paged.get(event.event_id, ()), *marks)))

    # --- the loud channels --------------------------------------------------------------------------------------------

    def _begin_ringing(self, event: RawEvent) -> None:
        """Beside the chat: a provider that hangs may hold up neither this alarm's messages nor the next alarm."""
        before = self._ringing.get(event.event_id)
        if before is not None:
            if not before.done():
                return
            if (bug := before.exception()) is not None:  # it may not end the process, which still pages by chat
                log.error("emergency_not_rung", kind=type(bug).__name__)
        to_ring = {f"{channel}:{person}": (person, channel) for person, channel in self._ways(event)}
        if to_ring:
            self._mark(event, *to_ring)
            self._ringing[event.event_id] = asyncio.create_task(self._ring(event, to_ring), name="emergency")

    def _ways(self, event: RawEvent) -> Iterator[tuple[PersonId, Channel]]:
        """Whom to ring and how, as far as that was not tried for this alarm; nobody's telephone rings all night."""
        tried, now = self.paged.get(event.event_id, ()), self.clock().now
        for person in self._called():
            for channel in self.loud.ways(person):
                mark = f"{channel}:{person}"
                lately = [at for at in self._rang.get(mark, ()) if now - at < RINGS_WITHIN]
                if mark not in tried and (event.event_id, mark) not in self._refused and len(lately) < MOST_RINGS:
                    self._rang[mark] = [*lately, now]
                    yield person, channel

    async def _ring(self, event: RawEvent, to_ring: Mapping[str, tuple[PersonId, Channel]]) -> None:
        await self._keep()
        outcomes = await asyncio.gather(*(self._rung(event, *one) for one in to_ring.values()))
        failed = {mark for mark, outcome in zip(to_ring, outcomes, strict=True) if isinstance(outcome, Retry | GaveUp)}
        self._refused |= {
            (event.event_id, mark)
            for mark, outcome in zip(to_ring, outcomes, strict=True)
            if isinstance(outcome, GaveUp) and outcome.reason != "breaker_open"
        }
        for mark in failed:
            self._rang[mark].pop()
        self.paged[event.event_id] = tuple(m for m in self.paged.get(event.event_id, ()) if m not in failed)
        log.info("emergency_rung", rung=len(to_ring) - len(failed), failed=len(failed))
        await self._keep()

    async def _rung(self, event: RawEvent, person: PersonId, channel: Channel) -> Outcome:
        known = self.contacts().people.get(person)
        return GaveUp("no_address") if known is None else await self.loud.ring(_txn(event, person), known, channel)

    # --- what outlives the process ------------------------------------------------------------------------------------

    async def _keep(self) -> None:
        """A disk that refuses or hangs is no reason to page fewer people: then memory is all there is."""
        try:
            async with self._writes:
                writing = asyncio.ensure_future(asyncio.to_thread(_write, self.kept, dict(self.paged)))
                done, _ = await asyncio.wait((writing,), timeout=KEEP_WITHIN)
                kept = bool(done) and writing.result()
        except (OSError, RuntimeError):  # no handle, or no thread
            kept = False
        if not kept:
            log.error("emergency_not_kept", events=len(self.paged))

    def _is_alarm(self, event: RawEvent) -> bool:
        if self.contacts().person_of(Account(event.sender)) is None:
            return False
        if event.type == "m.reaction":
            key = child(event.content, "m.relates_to").get("key")
            return event.room_id in self.alarm_rooms and isinstance(key, str) and MARKS.get(normal(key)) == "alarm"
        body = event.content.get("body")
        if event.type != "m.room.message" or not isinstance(body, str):
            return False
        said = parse(clean(body), "direct")
        return isinstance(said, Said) and said.verb == "alarm"

    def _called(self) -> tuple[PersonId, ...]:
        contacts, wall = self.contacts(), self.clock().wall
        roles: tuple[RoleId, ...] = (COORDINATOR, *contacts.policy.brigade)
        people = [contacts.on_call(role, "eerste", wall, self.overrides) for role in roles]
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

    async def _say_unrecorded(self, event: RawEvent) -> bool:
        person = self.contacts().person_of(Account(event.sender))
        text = self.catalogue.text(person.language if person else "nl", "emergency.unrecorded")
        content = {"msgtype": "m.text", "body": text, "m.mentions": {}}
        sent = await self.gateway.send(event.room_id, "m.room.message", content, _txn(event, PersonId("room")))
        return isinstance(sent, Sent)


def _person(mark: str) -> PersonId:
    """In safe mode somebody's account stands for their name, and has a colon of its own."""
    first, _, rest = mark.partition(":")
    return PersonId(rest if first in CHANNELS else mark)


def _txn(event: RawEvent, person: PersonId) -> str:
    return "emergency-" + hashlib.sha256(f"{event.event_id}\n{person}".encode()).hexdigest()[:40]


def _read(path: Path) -> dict[str, tuple[str, ...]]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, tuple[str, ...]])
    except (OSError, msgspec.DecodeError):
        return {}


def _write(path: Path, paged: Mapping[str, tuple[str, ...]]) -> bool:
    """Whole or not at all, and on the disk when this returns True; with nothing in it there is no file."""
    fresh = path.with_suffix(".new")
    try:
        if paged:
            fresh.touch(mode=0o600)
            with fresh.open("wb") as file:
                file.write(msgspec.json.encode(paged))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        else:
            path.unlink(missing_ok=True)
        beside = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(beside)
        finally:
            os.close(beside)
    except OSError:
        return False
    return True
