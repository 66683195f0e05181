"""A command in a long incident beside the same in a short one: decided, recorded, found by the outbox, settled."""

import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.desk import Desk, Moment
from bot.domain import commands as c
from bot.domain.ids import EventId, IncidentId, RoomId
from bot.domain.origin import Origin
from bot.sealing import Seal
from bot.store import outbox
from bot.store.database import Database, open_database
from bot.store.migrate import upgrade
from tests.bench.archive import REPORTER, fill, reference, utc_now
from tests.bench.report import Measured

SHORT, LONG = 100, 10_000
EACH = 10  # commands a run


@dataclass(slots=True)
class Room:
    """One incident in a database of its own, with the desk that keeps it."""

    database: Database
    desk: Desk
    incident: IncidentId
    said: int = 0

    async def command(self) -> float:
        """Milliseconds."""
        self.said += 1
        given = self.desk.reference().contacts.people[REPORTER].accounts[0]
        event = EventId(f"$new-{self.said}")
        by = Origin(actor=REPORTER, account=given, via="text", said_at=utc_now(), cause=event, proof="known_device")
        line = c.RecordLine(kind="feit", text="De groep is weg.", source=event, author=REPORTER, by=by)
        began = time.monotonic()
        await self.desk.handle(self.incident, line, cause=event)
        async with self.database.read() as tx:
            rows = await outbox.ready(tx, utc_now(), 200)
        async with self.database.begin() as tx:
            for row in rows:
                await outbox.settle(tx, row.key, EventId(f"$sent-{row.key}"), RoomId("!room:iog.example"), utc_now())
        taken = time.monotonic() - began
        if not rows:
            raise AssertionError("the command led to nothing")
        return taken * 1000


async def command(directory: Path, runs: int, *, small: bool) -> list[Measured]:
    size = LONG // 10 if small else LONG
    short = await _room(directory / "short.db", SHORT)
    long = await _room(directory / "long.db", size)
    try:
        first = [await room.command() for room in (long, short)]  # folds the log, so it is not like the others
        ours, theirs = [], []
        for _ in range(runs * EACH):
            ours.append(await long.command())
            theirs.append(await short.command())
    finally:
        await long.database.close()
        await short.database.close()
    what = f"a command in an incident of {size:,} entries, beside one of {SHORT}"
    return [
        Measured("command", what, "ms", 1.2, tuple(ours), tuple(theirs)),
        Measured("fold", f"the first command after a start, with {size:,} entries to verify", "ms", None, (first[0],)),
    ]


async def _room(path: Path, size: int) -> Room:
    url = f"sqlite:///{path}"
    await upgrade(url)
    seal = Seal("iog.example", Ed25519PrivateKey.generate(), lambda: secrets.token_bytes(32))
    (incident,) = fill(path, seal, [size], utc_now())
    database = await open_database(url)
    await database.take_epoch()
    given = reference()
    desk = Desk(database, seal, lambda: Moment(utc_now(), utc_now()), lambda: given)
    return Room(database, desk, incident)
