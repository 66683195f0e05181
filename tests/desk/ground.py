"""A desk on a real database and a clock that a test moves, with what it wrote laid open."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from bot.desk import Desk, Moment
from bot.domain import commands as c
from bot.domain.ids import EventId, IncidentId, RoomId
from bot.domain.incident import Incident
from bot.logbook.chain import first_break
from bot.sealing import Seal
from bot.store import directory, inbox, log, outbox
from bot.store.database import Database
from bot.store.inbox import InboxRow
from tests.builders import ALARM, NIGHT, account, by, reference

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
INCIDENT = IncidentId("00000000-0000-4000-8000-000000000014")
FAR_FUTURE = timedelta(days=365)


@dataclass
class Ground:
    database: Database
    now: datetime = NIGHT
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self.desk = self.another_desk()

    def another_desk(self) -> Desk:
        """As after a restart: nothing in memory."""
        numbers, known = count(), reference()
        seal = Seal("iog.example", KEY, lambda: sha256(f"salt{next(numbers)}".encode()).digest())
        return Desk(self.database, seal, lambda: Moment(self.now, self.now), lambda: known)

    async def do(self, command: c.Command, *, cause: str | None = None, **later: float) -> Incident:
        self.now += timedelta(**later)
        return await self.desk.handle(INCIDENT, command, cause=EventId(cause) if cause else None)

    async def alarm(self, cause: str | None = None) -> Incident:
        return await self.do(c.RaiseAlarm(text=ALARM, by=by("bakker")), cause=cause)

    async def hears(self, event: str, body: str = "{}") -> None:
        """The event is in the inbox, waiting."""
        row = InboxRow(EventId(event), "!kamer", account("bakker"), "m.room.message", self.now, self.now, body)
        async with self.database.begin() as tx:
            await inbox.store_batch(tx, f"after-{event}", [row], self.now)

    async def waiting(self) -> list[str]:
        async with self.database.read() as tx:
            return [row.event_id for row in await inbox.waiting(tx, 100)]

    async def kinds(self, origin: str | None = None) -> list[str]:
        """The types of the entries of a log, which must be sound."""
        origin = origin or self.desk.seal.origin(INCIDENT)
        async with self.database.read() as tx:
            raws = await log.entries(tx, origin)
        assert first_break(origin, raws) is None
        return [msgspec.json.decode(raw)["type"] for raw in raws]

    async def outbox(self, kind: str | None = None) -> list[outbox.OutboxRow]:
        """What may be sent now or later, in the order of sending."""
        async with self.database.read() as tx:
            rows = await outbox.ready(tx, self.now + FAR_FUTURE, 1_000)
        return [row for row in rows if kind is None or row.kind == kind]

    async def row(self) -> directory.DirectoryRow:
        async with self.database.read() as tx:
            found = await directory.get(tx, INCIDENT)
        assert found is not None
        return found

    async def sends_all(self) -> None:
        async with self.database.begin() as tx:
            for row in await outbox.ready(tx, self.now + FAR_FUTURE, 1_000):
                await outbox.settle(tx, row.key, EventId(f"$sent-{row.key}"), RoomId("!kamer"), self.now)

    async def renames(self, table: str, to: str) -> None:
        """Under another name nothing can be written into it: what a full disk does, on both databases."""
        async with self.database.begin() as tx:
            await tx.execute(text(f"ALTER TABLE {table} RENAME TO {to}"))
