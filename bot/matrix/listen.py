"""The sync loop: what came in is in our database, with the token, before anything is done with it.

Nothing is acted upon here. A gap in a room is filled before the token moves, so that no alarm falls into it.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, assert_never

from bot.desk import Desk
from bot.domain import commands as c
from bot.domain.contacts import Contacts
from bot.domain.ids import EventId, RoomId
from bot.matrix.client import MatrixClient
from bot.matrix.events import Backfill, Departure, Gap, RawEvent, SyncBatch, SyncFailed, TokenRevoked, instant
from bot.matrix.welcome import KINDS, Welcome, manage
from bot.matrix.wire import back_off
from bot.store import inbox, rooms
from bot.store.database import Unwritable

SYNC_WAIT_MS: Final = 30_000
GAP_CAP: Final = 10_000  # events; a larger gap is told to operators
SAID: Final = frozenset(("m.room.message", "m.reaction"))
KEPT_TYPES: Final = frozenset(
    ("m.room.message", "m.reaction", "m.room.redaction", "m.room.member", "m.room.tombstone", "m.room.encrypted")
)


class LoginLost(Exception):
    """The access token is gone for good; only an operator can mend it (`iogplus new-device`)."""


@dataclass(slots=True)
class Ears:
    """What the loop keeps while it runs; `heard` is called after each batch that is safely stored.

    `unheard` are the messages that came and were not acted upon yet, for the emergency page.
    """

    client: MatrixClient
    desk: Desk
    contacts: Callable[[], Contacts]
    chance: Callable[[], float]
    pause: Callable[[float], Awaitable[None]]
    heard: Callable[[], None]
    synced: Callable[[], None]
    failures: int = 0
    malformed: int = 0
    token: str | None = None
    unheard: dict[str, RawEvent] = field(default_factory=dict)
    _gaps_told: set[str] = field(default_factory=set)
    _welcome: Welcome = field(init=False)

    def __post_init__(self) -> None:
        self._welcome = Welcome(self.client, self.desk, self.contacts)

    async def catch_up(self) -> None:
        """At the start: learn the rooms and their members, then take in what was said while we were away."""
        while isinstance(
            found := await self.client.sync_once(None, timeout_ms=0, full_state=True, state_only=True), SyncFailed
        ):
            await self._rest(found)
        if isinstance(found, TokenRevoked):
            raise LoginLost
        self.failures = 0
        await self.client.after_sync()
        # what a crash kept us from doing after the last batch: invites stand, and rooms we were put out of are missing
        self._welcome.asked |= {invite.room_id: invite for invite in found.invites}
        # nobody is called on because of silence before the answers of that time are heard
        while not await self.once(timeout_ms=0):
            pass
        await self._missing()

    async def _missing(self) -> None:
        async with self.desk.database.read() as tx:
            known = [row for kind in KINDS for row in await rooms.of_kind(tx, kind)]
        for room in known:
            if room.room_id not in self.client.nio.rooms:
                await self._gone(room)

    async def run(self) -> None:
        while True:
            await self.once(timeout_ms=SYNC_WAIT_MS)

    async def once(self, *, timeout_ms: int) -> bool:
        """One sync; whether it came through and what it brought is stored."""
        if self.token is None:
            async with self.desk.database.read() as tx:
                self.token = await inbox.token(tx)
        # from memory, so that an alarm is heard (and paged as an emergency) while the database is away
        answer = await self.client.sync_once(self.token, timeout_ms=timeout_ms, full_state=False)
        match answer:
            case TokenRevoked():
                raise LoginLost
            case SyncFailed():
                await self._rest(answer)
                return False
            case SyncBatch():
                pass
            case _:
                assert_never(answer)
        self._not_acted_upon(answer.events)
        older = await self._fill(answer.limited)
        if older is None:
            return False  # the gap could not be read: the token stays, and everything comes again
        self.failures = 0
        self.malformed += answer.malformed
        events = [event for event in (*older, *answer.events) if self._kept(event)]
        self._not_acted_upon(older)
        rows = [self._row(event) for event in events]
        if not self.client.keys_written():
            raise Unwritable("the keys that came with this sync")  # it comes again, and so do they
        now = self.desk.clock().now
        async with self.desk.database.begin() as tx:
            await inbox.store_batch(tx, answer.next_batch, rows, now)
        self.token = answer.next_batch
        self.heard()  # before anything that needs the network: an alarm waits for nobody's keys or invites
        self.synced()
        await self.client.after_sync()
        self._welcome.asked |= {invite.room_id: invite for invite in answer.invites}
        for departure in answer.departures:
            await self._departed(departure)
        await self._welcome.settle()
        return True

    def _not_acted_upon(self, events: Sequence[RawEvent]) -> None:
        """Before the database is asked for anything: an alarm is a message, or a 🆘 on one."""
        own = self.client.account.user_id
        self.unheard |= {e.event_id: e for e in events if e.type in SAID and e.sender != own}

    async def _rest(self, failed: SyncFailed) -> None:
        self.failures += 1
        await self.pause(max(failed.retry_after or 0.0, back_off(self.failures, self.chance)))

    async def _fill(self, gaps: Sequence[Gap]) -> list[RawEvent] | None:
        found: list[RawEvent] = []
        for gap in gaps:
            if gap.just_joined:
                continue

            async def known(event_id: str) -> bool:
                async with self.desk.database.read() as tx:
                    return await inbox.knows(tx, EventId(event_id))

            older = await self.client.backfill(gap.room_id, gap.prev_batch, known, GAP_CAP)
            match older:
                case SyncFailed():
                    await self._rest(older)
                    return None
                case Backfill():
                    found += older.events
                    if not older.complete and gap.room_id not in self._gaps_told:
                        self._gaps_told.add(gap.room_id)
                        await self._manage(f"gap/{gap.room_id}/{gap.prev_batch}", "gap_too_large")
                case _:
                    assert_never(older)
        return found

    def _kept(self, event: RawEvent) -> bool:
        """Our own events are kept as ids only, so that a gap ends at them; state of others is of no use."""
        return event.type in KEPT_TYPES or event.sender == self.client.account.user_id

    def _row(self, event: RawEvent) -> inbox.InboxRow:
        own = event.sender == self.client.account.user_id
        kept = {"content": dict(event.content), "state_key": event.state_key, "source": None}
        if event.undecryptable:
            kept = {"content": {}, "state_key": None, "source": dict(event.source)}
        return inbox.InboxRow(
            event_id=EventId(event.event_id),
            room=event.room_id,
            sender=event.sender,
            type=event.type,
            received_at=self.desk.clock().now,
            said_at=instant(event.origin_server_ts),
            raw=None if own else json.dumps(kept),
            decrypted=event.decrypted,
            sender_key_known=event.sender_key_known,
            undecryptable=event.undecryptable,
            state="handled" if own else "waiting",
        )

    async def _departed(self, departure: Departure) -> None:
        """We never leave a room that we keep: where the homeserver says so, an administrator closed it in our name."""
        async with self.desk.database.read() as tx:
            room = await rooms.get(tx, RoomId(departure.room_id))
        if room is not None and room.left_at is None:
            await self._gone(room)

    async def _gone(self, room: rooms.RoomRow) -> None:
        async with self.desk.database.begin() as tx:
            await rooms.left(tx, room.room_id, self.desk.clock().now)
        await self._lost(room)

    async def _lost(self, room: rooms.RoomRow) -> None:
        if room.kind == "incident" and room.incident is not None:
            known = {of: name for name, of in (await self.desk.incident(room.incident)).rooms.items()}
            lost = c.ReportRoomLost(name=known.get(room.room_id, "main"), why="removed")
            await self.desk.handle(room.incident, lost)
        else:
            await self._manage(f"left/{room.room_id}", f"left_{room.kind}")

    async def _manage(self, key: str, code: str, **details: str) -> None:
        await manage(self.desk, key, code, **details)
