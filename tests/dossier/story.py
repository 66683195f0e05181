"""One night in Waterbrug, told through the real desk into a real database: what a dossier and the terminal have to show."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.desk import Desk, Moment
from bot.domain import commands as c
from bot.domain.contacts import Reference
from bot.domain.ids import EventId, IncidentId, RoomId
from bot.domain.incident import Incident
from bot.sealing import Seal
from bot.store import outbox
from bot.store.database import Database, open_database
from bot.store.migrate import upgrade
from tests.builders import ALARM, NIGHT, by, reference

SEED = bytes(range(32))
KEY = Ed25519PrivateKey.from_private_bytes(SEED)
HOST = "iog.example"
INCIDENT = IncidentId("00000000-0000-4000-8000-000000000014")
NUMBER = "2026-001"
# What somebody might write to break a page, a table or a reading order.
NASTY = "<script>alert(1)</script> | **vet** \u202eomgekeerd [klik](https://kwaad.example) & 'quote\""


@dataclass
class Night:
    """The desk on its own clock, with salts that are the same in every run."""

    database: Database
    now: datetime = NIGHT
    held: Reference = field(default_factory=reference)
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        numbers = count()
        seal = Seal(HOST, KEY, lambda: sha256(f"salt{next(numbers)}".encode()).digest())
        self.desk = Desk(self.database, seal, lambda: Moment(self.now, self.now), lambda: self.held)

    async def do(self, command: c.Command, **later: float) -> Incident:
        self.now += timedelta(**later)
        return await self.desk.handle(INCIDENT, command)

    async def answers(self, incident: Incident, person: str, eta: int | None = None) -> Incident:
        page = next(p for p in incident.pages.values() if p.person == person)
        command = c.Acknowledge(page=page.id, answer_by="text", eta_minutes=eta, by=by(person))
        return await self.do(command, seconds=20)

    async def sends_all(self) -> None:
        """Everything that waits becomes an event, as the homeserver would make of it."""
        async with self.database.begin() as tx:
            for row in await outbox.ready(tx, self.now, 1000):
                name = sha256(row.key.encode()).hexdigest()[:16]
                await outbox.settle(tx, row.key, EventId(f"${name}"), RoomId("!kamer:iog.example"), self.now)


async def tell(night: Night) -> Incident:
    """Alarm, answers, a room, two decisions, a finished step, a situation report and the end."""
    await night.do(c.RaiseAlarm(text=ALARM, by=by("bakker")))
    incident = await night.do(c.ReportRoom(name="main", room_id=RoomId("!kamer:iog.example")), seconds=3)
    incident = await night.answers(incident, "coordinator1", eta=10)
    await night.answers(incident, "cter1")
    await night.do(c.RecordLine(kind="feit", text=NASTY, by=by("coordinator1")), minutes=2)
    await night.do(c.RecordDecision(text="Wij zetten de ME in bij het station.", by=by("coordinator1")), minutes=1)
    await night.do(c.ExplainDecision(decision=1, reason="De oproep haalt 4.000 volgers.", by=by("coordinator1")))
    await night.do(c.ConfirmDecision(decision=1, by=by("coordinator1")))
    await night.do(c.RecordDecision(text="Geen noodbevel.", by=by("coordinator1")), minutes=5)
    await night.do(c.RecordSitrep(text="Het plein is leeg.", by=by("coordinator1")), minutes=30)
    await night.do(c.ProposeClosing(by=by("coordinator1")), minutes=1)
    closed = await night.do(c.CloseIncident(by=by("coordinator1")), seconds=5)
    await night.sends_all()
    return closed


@asynccontextmanager
async def upgraded(path: Path) -> AsyncIterator[Night]:
    """A night in which nothing happened yet, in a new SQLite database at `path`."""
    url = f"sqlite:///{path}"
    await upgrade(url)
    database = await open_database(url)
    try:
        yield Night(database)
    finally:
        await database.close()


@asynccontextmanager
async def told(path: Path) -> AsyncIterator[Night]:
    """The night in a new SQLite database at `path`."""
    async with upgraded(path) as night:
        await tell(night)
        yield night
