"""A story reads like a night: people say and tap things, time passes, and they see what the bot sent them.

Nothing sleeps: `settle` syncs the people's own clients until the bot has heard everything and everybody has seen everything.
Longer than most modules: it is the one language in which all stories are told.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

import structlog
from sqlalchemy import bindparam, select

from bot.domain import commands as c
from bot.domain.ids import EventId, IncidentId, PageId, PersonId, RoleId, StepId
from bot.domain.incident import Call, Incident, PageState, Progress
from bot.domain.origin import Origin
from bot.dossier.bundle import Exported, Work, export
from bot.logbook.chain import first_break, parse
from bot.logbook.verify import Verified, verify_bundle, verify_transcript
from bot.matrix.peer import Peer, Seen
from bot.store import directory, inbox, log, outbox
from bot.store.directory import DirectoryRow
from bot.store.schema import inbox as inbox_table
from bot.store.schema import outbox as outbox_table
from bot.words import catalogue
from bot.words.fit import ANSWER_CHARACTERS, ANSWER_LINES, FIRST_LINE, MOST_CHARACTERS, MOST_LINES
from tests.stories.brigade import FIRST_NIGHT, HOME, Brigade

Where = Literal["direct", "alarm", "management", "room", "circle"]
RIOT: Final = "alarm Waterbrug rellen: op TikTok oproep om vanavond 21u te rellen bij station"
# Whom an alarm of riots calls, by the rosters of the stories.
CALLED: Final = ("vandijk", "dejong", "willems", "deboer", "dewit", "jansen", "hendriks", "vandenberg")
# An open step rings its owner, and one that is late or a duty that nobody has rings too, whatever the story is about.
STEPS: Final = ("☐ Stap ", "☐ Step ", "⏰ Stap", "⏰ Step", "📋 Nog niemand is", "📋 Nobody is")
LOOK_AGAIN: Final = 0.02  # seconds between two looks whether the bot is done
PATIENCE: Final = 60.0  # seconds until a story that does not come to rest has failed
SOON: Final = timedelta(seconds=30)
A_SECOND: Final = timedelta(seconds=1)
# Built once: asked ten times for everything that somebody says.
_WAITS: Final = select(inbox_table.c.event_id).where(
    inbox_table.c.state == "waiting", inbox_table.c.undecryptable.is_(False)
)
_SENT: Final = select(outbox_table.c.event_id, outbox_table.c.room).where(
    outbox_table.c.state == "sent",
    outbox_table.c.event_id.is_not(None),
    outbox_table.c.kind != "LockRoom",
    outbox_table.c.created_at >= bindparam("since"),
)


@dataclass(repr=False)  # what fails would else be shown with the whole night
class Story:
    """`heeded` are the events that the story expected; what else rang a phone is a failure at its end."""

    brigade: Brigade
    heeded: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    logged: list[MutableMapping[str, Any]] = field(default_factory=list)
    forgiven: set[str] = field(default_factory=set)
    _marks: dict[tuple[str, str], int] = field(default_factory=dict)
    _since: Any = None
    _number: str | None = None

    # --- beginning and end ------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        with structlog.testing.capture_logs() as logged:
            self.logged = logged
            yield

    async def begins(self) -> None:
        self.brigade.to_night()
        await self.settle()
        self._since = self.brigade.now
        for name, peer in self.brigade.peers.items():
            for room, timeline in peer.seen.items():
                self._marks[name, room] = len(timeline)

    async def ends(self) -> None:
        """Nobody was rung without reason, nothing went wrong, every log is sound and every text fits a phone at night."""
        await self.settle()
        wrong = [line for line in self.logged if line["log_level"] not in ("info", "debug")]
        wrong = [line for line in wrong if line["event"] not in self.forgiven]
        assert not wrong, wrong
        for name, peer in self.brigade.peers.items():
            assert not _unreadable(peer), f"{name} cannot read a message"
            for seen in self._new(name):
                _within_limits(seen)
                heeded = seen.event_id in self.heeded or seen.body.startswith(STEPS)
                assert heeded or not self._rings(name, seen), f"{name} was rung for: {seen.body}"
        for row in await self._incidents():
            await self.log_is_sound(row.number)

    async def cleans_up(self) -> None:
        """Closes what the story left open, so that its timers wake nobody in the next one."""
        await self.brigade.recovers()
        lead = self.account("vandijk")
        by = Origin(actor=PersonId("vandijk"), account=lead, via="text", room="direct", proof="known_device")
        desk = self.brigade.bot.desk
        async with self.brigade.bot.database.read() as tx:
            rows = await directory.lasting_rows(tx, self.brigade.now)
        for row in rows:
            if row.state == "open":
                await desk.handle(row.id, c.ProposeClosing(by=by))
                await desk.handle(row.id, c.CloseIncident(reason="het verhaal is uit", by=by))
            incident = await desk.incident(row.id)
            if incident.state == "closed" and not incident.joined_into:
                await desk.handle(row.id, c.FinishIncident(reason="het verhaal is uit", by=by))
            for action in incident.actions:
                if action.state == "open":
                    await desk.handle(row.id, c.DropAction(action=action.number, reason="het verhaal is uit", by=by))
            for one in incident.after.improvements:
                if one.state == "open":
                    done = c.ReviewImprovement(improvement=one.number, outcome="done", by=by)
                    await desk.handle(row.id, done)
        await self.settle()

    # --- people -----------------------------------------------------------------------------------------------------

    def account(self, person: str) -> str:
        return self.brigade.playground.account(person)

    def peer(self, person: str) -> Peer:
        return self.brigade.peers[person]

    async def room(self, person: str, where: Where) -> str:
        match where:
            case "direct":
                return await self.brigade.direct(person)
            case "alarm":
                return self.brigade.playground.alarm_room
            case "management":
                return self.brigade.playground.management_room
            case "room":
                found = (await self.row()).main_room
                assert found is not None, "the incident has no room"
                return found
            case "circle":
                return (await self.incident()).rooms["closed_circle"]

    async def says(self, person: str, text: str, where: Where = "direct", **more: object) -> str:
        """Gives the event's id, once everybody has seen what came of it."""
        self.takes_a_second()
        event = await self.peer(person).say(await self.room(person, where), text, **more)
        await self.sent(event)
        return event

    async def replies(self, person: str, to: Seen | str, text: str, where: Where = "room") -> str:
        room, answered = (to.room_id, to.event_id) if isinstance(to, Seen) else (await self.room(person, where), to)
        self.takes_a_second()
        relation = {"m.in_reply_to": {"event_id": answered}}
        event = await self.peer(person).say(room, text, **{"m.relates_to": relation})
        await self.sent(event)
        return event

    async def reacts(self, person: str, to: Seen | str, key: str, where: Where = "room") -> str:
        room, event = (to.room_id, to.event_id) if isinstance(to, Seen) else (await self.room(person, where), to)
        self.takes_a_second()
        reaction = await self.peer(person).react(room, event, key)
        await self.sent(reaction)
        return reaction

    async def takes_back(self, person: str, event: str, where: Where = "direct") -> None:
        self.takes_a_second()
        await self.sent(await self.peer(person).redact(await self.room(person, where), event))

    async def edits(self, person: str, event: str, text: str, where: Where = "room") -> None:
        self.takes_a_second()
        await self.sent(await self.peer(person).edit(await self.room(person, where), event, text))

    async def joins(self, *people: str) -> None:
        """Into the room of the incident."""
        room = await self.room(people[0], "room")
        await asyncio.gather(*(self.peer(person).join(room) for person in people))
        number = (await self.row()).number
        await self._until(lambda: self._has_joined(number, people))
        await self.settle()

    async def _has_joined(self, number: str, people: tuple[str, ...]) -> bool:
        incident = await self.incident(number)
        return all(PersonId(person) in incident.members for person in people)

    async def alarm(self, person: str = "bakker", text: str = RIOT, called: tuple[str, ...] = CALLED) -> None:
        """The alarm with all that belongs to it: the reporter hears of it and of the room, and who has a phone is paged."""
        await self.says(person, text)
        self.hears(person, "Alarm ontvangen")
        self.hears(person, "De kamer is open")
        for name in called:
            self.expects_page(name)

    async def answers(self, person: str, text: str = "1") -> None:
        await self.says(person, text)
        self.hears(person, "Genoteerd, je komt")

    # --- what they see ----------------------------------------------------------------------------------------------

    def _new(self, person: str) -> list[Seen]:
        """What the bot said to somebody in this story, in all rooms."""
        bot = self.brigade.playground.bot
        peer = self.peer(person)
        return [
            seen
            for room, timeline in peer.seen.items()
            for seen in timeline[self._marks.get((person, room), 0) :]
            if seen.sender == bot and seen.type in ("m.room.message", "m.room.encrypted") and seen.content
        ]

    def hears(self, person: str, part: str) -> Seen:
        """Somebody's phone showed a message with this in it, which the story did not expect before; the first such."""
        texts = [seen for seen in self._new(person) if not _is_edit(seen)]
        found = next((s for s in texts if part in s.body and s.event_id not in self.heeded), None)
        shown = "\n---\n".join(s.body for s in texts)
        assert found is not None, f"{person} did not see „{part}”, but:\n{shown}"
        self.heeded.add(found.event_id)
        return found

    def expects_page(self, person: str, part: str = "") -> Seen:
        page = self.hears(person, "🚨 ")
        assert page.content["msgtype"] == "m.text", "a page rings"
        assert page.content["m.mentions"] == {"user_ids": [self.account(person)]}
        assert part in page.body, page.body
        return page

    def heeds_everything(self) -> None:
        """For a story that is not about who is rung."""
        self.heeded |= {seen.event_id for person in self.brigade.peers for seen in self._new(person)}

    def hears_nothing(self, person: str, part: str = "") -> None:
        """Nothing with `part` in it that was not expected before; edits and notices count too."""
        found = [s.body for s in self._new(person) if part in s.body and s.event_id not in self.heeded]
        assert not found, found

    async def texts(self, person: str, where: Where = "direct") -> list[str]:
        """What the bot said to somebody there in this story; an edited message as it reads now."""
        room = await self.room(person, where)
        shown: dict[str, str] = {}
        for seen in self._new(person):
            if seen.room_id == room:
                original = seen.content.get("m.relates_to", {}).get("event_id") if _is_edit(seen) else None
                shown[original or seen.event_id] = seen.content.get("m.new_content", seen.content).get("body", "")
        return list(shown.values())

    async def last(self, person: str, where: Where = "direct") -> str:
        """The last answer: what the bot said there most recently, edits left out."""
        room = await self.room(person, where)
        return next(s.body for s in reversed(self._new(person)) if s.room_id == room and not _is_edit(s))

    def _rings(self, person: str, seen: Seen) -> bool:
        """Whether a phone makes a sound: text in a room of two, or with the person's name in it (default push rules)."""
        if seen.content.get("msgtype") != "m.text" or _is_edit(seen):
            return False
        named = self.account(person) in seen.content.get("m.mentions", {}).get("user_ids", [])
        return named or len(self.peer(person).members(seen.room_id)) == 2

    # --- time and accidents -----------------------------------------------------------------------------------------

    async def passes(self, **by: float) -> None:
        self.brigade.moves(timedelta(**by))
        await self.settle()

    def minutes(self, number: float) -> timedelta:
        return timedelta(minutes=number)

    async def wait_for(self, person: str, part: str) -> Seen:
        """For what follows from no message of a person's; `settle` cannot know that it is still to come."""
        seen = await self.sees(person, part)
        await self.settle()
        return seen

    async def sees(self, person: str, part: str) -> Seen:
        """The same while the database is away and nothing can come to rest."""
        await self.peer(person).wait_for(lambda _: any(part in seen.body for seen in self._new(person)), PATIENCE)
        return self.hears(person, part)

    async def escalates(self, minutes: int) -> None:
        """Minute by minute, as a night passes."""
        for _ in range(minutes):
            await self.passes(minutes=1)

    def clock(self) -> str:
        """What a watch shows now."""
        return self.brigade.now.astimezone(HOME).strftime("%H:%M")

    async def crash_and_restart(self) -> None:
        await self.brigade.crash()
        await self.brigade.start()
        await self.settle()

    @asynccontextmanager
    async def bot_down(self) -> AsyncIterator[None]:
        """The bot has crashed, and is started again at the end."""
        await self.brigade.crash()
        yield
        await self.brigade.start()
        await self.settle()

    def takes_a_second(self) -> None:
        """Saying and tapping do, also where no other clock counts it: nothing happens at the same moment."""
        if self.brigade.still:
            self.brigade.moves(A_SECOND)

    async def sent(self, event: str) -> None:
        self.said.append(event)
        if self.brigade.is_up:
            await self.settle()

    # --- at rest ----------------------------------------------------------------------------------------------------

    async def settle(self) -> None:
        await self._until(self._at_rest)

    async def until(self, done: Callable[[], bool]) -> None:
        """For what nobody sees: people sync until it is so."""

        async def asked() -> bool:
            return done()

        await self._until(asked)

    async def _until(self, done: Any) -> None:  # noqa: ANN401 - an asynchronous question
        try:
            async with asyncio.timeout(PATIENCE):
                while not await done():
                    if behind := [self.peer(name) for name in sorted(self._lacking)]:
                        await asyncio.gather(*(peer.sync(timeout_ms=50) for peer in behind))
                    else:
                        await asyncio.sleep(LOOK_AGAIN)
        except TimeoutError:
            raise AssertionError(f"it does not come to rest: {self._pending}") from None

    _lacking: set[str] = field(default_factory=set)
    _pending: str = ""

    async def _at_rest(self) -> bool:
        assert self.brigade.is_up
        bot = self.brigade.bot
        self._lacking = set()
        if not bot.deliverer.idle:
            self._pending = "something is on its way"
            return False
        now = bot.clock().now
        async with bot.database.read() as tx:
            unheard = [event for event in self.said if not await inbox.knows(tx, EventId(event))]
            if unheard:
                self._pending = f"{len(unheard)} unheard"
                return False
            todo = (await tx.execute(_WAITS)).first() is not None
            due = await directory.due(tx, now)
            ready = bool(await outbox.ready(tx, now, 1))
            # what is put off for longer than that, and what comes after it, is for later in the story
            later = not ready and bool(await outbox.ready(tx, now + SOON, 1))
            again = await outbox.next_not_before(tx)
            sent = [(str(e), str(r)) for e, r in await tx.execute(_SENT, {"since": self._since or FIRST_NIGHT})]
        self.said = []
        self._lacking = {name for name, peer in self.brigade.peers.items() if self._since and _lacks(peer, sent)}
        other = todo or ready or later
        self._pending = f"{due} due, {sorted(self._lacking)} lack something, other work: {other}"
        if self.brigade.still and again is not None and later and not (todo or due):
            self.brigade.moves(again - now)  # nobody else lets the wait for a second try pass
        return not (due or other or self._lacking)

    # --- the log ----------------------------------------------------------------------------------------------------

    async def _incidents(self) -> list[DirectoryRow]:
        async with self.brigade.bot.database.read() as tx:
            return await directory.raised_since(tx, self._since)

    async def row(self, number: str | None = None) -> DirectoryRow:
        """The incident that was raised last, or the one with this number."""
        rows = await self._incidents()
        assert rows, "no incident was raised"
        rows.sort(key=lambda row: row.opened_at)
        return rows[-1] if number is None else next(row for row in rows if row.number == number)

    async def incident(self, number: str | None = None) -> Incident:
        return await self.brigade.bot.desk.incident((await self.row(number)).id)

    async def call(self, role: str) -> Call:
        return (await self.incident()).calls[RoleId(role)]

    async def step(self, step: str) -> Progress:
        return (await self.incident()).progress[StepId(step)].progress

    async def page(self, page: str) -> PageState:
        return (await self.incident()).pages[PageId(page)].state

    async def number(self) -> str:
        return (await self.row()).number

    async def stand_at(self, time: str, person: str = "vandijk") -> str:
        await self.says(person, f"stand om {time}")
        return await self.last(person)

    async def entries(self, number: str | None = None) -> list[str]:
        """The kinds of the entries in the order of the log."""
        row = await self.row(number)
        async with self.brigade.bot.database.read() as tx:
            raws = await log.entries(tx, row.log)
        return [str(raw.split(b'"type":"', 1)[1].split(b'"', 1)[0].decode()) for raw in raws]

    async def times(self, number: str | None = None) -> list[datetime]:
        """When each entry was made, by the bot's own time."""
        row = await self.row(number)
        async with self.brigade.bot.database.read() as tx:
            return [parse(raw).ts for raw in await log.entries(tx, row.log)]

    async def log_is_sound(self, number: str | None = None) -> None:
        """The stored log is unbroken, all its fields but the erased ones can be opened, and a bundle made of it verifies."""
        row, bot = await self.row(number), self.brigade.bot
        async with bot.database.read() as tx:
            raws = await log.entries(tx, row.log)
        assert first_break(row.log, raws) is None
        with TemporaryDirectory() as made:
            files = bot.settings.files
            exported = await export(
                bot.database, row.id, Path(made), Work((bot.desk.seal.key,), catalogue.load()), files
            )
            assert isinstance(exported, Exported), exported
            verified = verify_bundle(exported.path, row.log)
            assert isinstance(verified, Verified), verified
            said = verify_transcript(exported.path, row.log, verified.public_key)
        assert said is None or isinstance(said, Verified), said
        gone = verified.missing_openings + (said.missing_openings if said is not None else 0)
        erased = sum(parse(raw).type == "field.erased" for raw in raws)
        assert (len(verified.entries), gone) == (len(raws), erased)

    async def outbox_rows(self, incident: IncidentId, kind: str) -> list[outbox.OutboxRow]:
        async with self.brigade.bot.database.read() as tx:
            found = select(outbox_table).where(outbox_table.c.incident == incident, outbox_table.c.kind == kind)
            rows = await tx.execute(found.order_by(outbox_table.c.created_at, outbox_table.c.seq))
            return [outbox.OutboxRow(**row) for row in rows.mappings()]


def _lacks(peer: Peer, sent: list[tuple[str, str]]) -> bool:
    """Whether something that the bot sent into this person's rooms did not come yet."""
    seen = {s.event_id for room in {r for _, r in sent} for s in peer.timeline(room)}
    here = {room for room in peer.client.rooms if not _put_out(peer, room)}
    return any(event not in seen for event, room in sent if room in here)


def _put_out(peer: Peer, room: str) -> bool:
    own = [s for s in peer.timeline(room) if s.type == "m.room.member" and s.state_key == peer.user_id]
    return bool(own) and own[-1].content.get("membership") in ("leave", "ban")


def _unreadable(peer: Peer) -> list[Seen]:
    """What came after this person had come into the room, and still cannot be read."""
    found: list[Seen] = []
    for timeline in peer.seen.values():
        came = [n for n, seen in enumerate(timeline) if _is_join(seen, peer.user_id)]
        found += [seen for seen in timeline[came[-1] if came else 0 :] if not seen.readable]
    return found


def _is_join(seen: Seen, user_id: str) -> bool:
    return seen.type == "m.room.member" and seen.state_key == user_id and seen.content.get("membership") == "join"


def _is_edit(seen: Seen) -> bool:
    relation = seen.content.get("m.relates_to")
    return isinstance(relation, dict) and relation.get("rel_type") == "m.replace"


def _within_limits(seen: Seen) -> None:
    content = seen.content.get("m.new_content", seen.content) if _is_edit(seen) else seen.content
    if content.get("msgtype") not in ("m.text", "m.notice"):
        return
    lines = str(content["body"]).split("\n")
    if "nl.iog.log" in content:
        lines = lines[:-1]  # the anchor is not counted
    characters = len("\n".join(lines))
    if content["msgtype"] == "m.text":
        assert len(lines) <= MOST_LINES, lines
        assert characters <= MOST_CHARACTERS, lines
        assert _is_edit(seen) or len(lines[0]) <= FIRST_LINE, lines  # an edit rings nobody
    else:
        assert len(lines) <= ANSWER_LINES, lines
        assert characters <= ANSWER_CHARACTERS, lines
