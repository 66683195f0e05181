"""Incidents as they stand in the database after a busy night: decided, sealed and announced by the bot, inserted in bulk."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

from sqlalchemy import Connection, create_engine, insert

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.announce import announce
from bot.domain.contacts import Reference
from bot.domain.decide import decide
from bot.domain.ids import EventId, IncidentId, MunicipalityId, PersonId, RoomId
from bot.domain.incident import Incident, evolve
from bot.domain.origin import Origin, Via
from bot.domain.timers import next_due
from bot.domain.world import World
from bot.folding import CODEC
from bot.logbook.chain import EMPTY, seal
from bot.posting import rows_of
from bot.reference.load import load_reference
from bot.reference.problems import Broken
from bot.sealing import Seal
from bot.store import schema
from bot.store.directory import DirectoryRow
from bot.store.statements import values_of

ROOT = Path(__file__).resolve().parents[2]
NAMESPACE = UUID("3f3d0e2c-64a5-5f0e-8a53-3b0f4d0a7c11")
REPORTER = PersonId("bakker")
ALARM = "Waterbrug rellen nu: op sociale media roept men op om vanavond om 21u te komen rellen bij het station"
LINE = "De groep bij het station telt nu ongeveer {n} jongeren; de politie staat op het plein en houdt afstand."
BATCH = 50  # incidents a transaction


@dataclass(slots=True)
class Telling:
    """One incident growing by commands, each at its moment; `told` holds what was recorded, and when."""

    incident: Incident
    number: str
    reference: Reference
    at: datetime
    told: list[tuple[e.Entry, datetime]] = field(default_factory=list)

    def do(self, command: c.Command) -> list[e.Entry]:
        world = World(self.at, self.at, self.reference, next_number=self.number)
        entries = decide(self.incident, command, world)
        for entry in entries:
            self.incident = evolve(self.incident, entry, self.at)
            self.told.append((entry, self.at))
        self.at += timedelta(seconds=1)
        return entries

    def by(self, person: PersonId, n: int, via: Via = "text") -> Origin:
        account = self.reference.contacts.people[person].accounts[0]
        cause = EventId(f"$cause-{self.number}-{n}-abcdefghijklmnopqrstuvwxyz")
        return Origin(
            actor=person, account=account, via=via, said_at=self.at, cause=cause, room="main", proof="known_device"
        )


def reference() -> Reference:
    """The example's contacts and playbooks."""
    found = load_reference(ROOT / "contacts" / "example", ROOT / "playbooks")
    if isinstance(found, Broken):
        raise ValueError(str(found.problems[0]))  # noqa: TRY004 - the files are wrong, not a type
    return found


def tell(serial: int, size: int, opened_at: datetime, given: Reference) -> Telling:
    """An open incident of exactly `size` entries: alarm, eight pages, answers, room, steps, lines, a report of the situation."""
    identity = IncidentId(str(uuid5(NAMESPACE, str(serial))))
    story = Telling(Incident(identity), f"{opened_at.year}-{serial:03d}", given, opened_at)
    story.do(c.RaiseAlarm(text=ALARM, by=story.by(REPORTER, 0)))
    delivery = Origin(via="delivery")
    for page in tuple(story.incident.pages.values()):
        event = EventId(f"$page-{serial}-{page.id}-abcdefghijklmnopqrstuvwxyz")
        story.do(
            c.ReportDelivery(page=page.id, attempt=1, channel="matrix", outcome="delivered", event=event, by=delivery)
        )
    story.do(c.ReportRoom(name="main", room_id=RoomId(f"!room-{serial}:iog.example"), by=delivery))
    for n, page in enumerate(tuple(story.incident.pages.values())):
        story.do(c.Acknowledge(page=page.id, answer_by="text", eta_minutes=10 + n, by=story.by(page.person, n)))
        story.do(
            c.ReportMember(person=page.person, name="main", joined=True, by=story.by(page.person, n, "membership"))
        )
    n = 100
    while len(story.told) < size - 2:
        people = tuple(story.incident.pages.values())
        author = people[n % len(people)].person
        n += 1
        marked = EventId(f"$said-{serial}-{n}-abcdefghijklmnopqrstuvwxyz") if n % 2 else None
        story.do(c.RecordLine(kind="feit", text=LINE.format(n=n), source=marked, by=story.by(author, n)))
    story.at = max(story.at, opened_at + timedelta(minutes=90))
    while len(story.told) < size:
        story.do(c.RecordSitrep(text="Het beeld is rustig.", by=story.by(REPORTER, n)))
    if len(story.told) != size:
        raise ValueError(f"an incident of {size} entries is too short for the story")
    return story


def fill(database: Path, seal_: Seal, sizes: list[int], now: datetime, first: int = 1) -> list[IncidentId]:
    """Write incidents of these sizes into an existing database that nobody has open; gives their ids.

    They were opened two hours before `now`. Late steps and a task that nobody took wait in each;
    who wants none due lets them go first.
    """
    given = reference()
    engine = create_engine(f"sqlite:///{database}")
    found: list[IncidentId] = []
    stories = (tell(first + n, size, now - timedelta(hours=2), given) for n, size in enumerate(sizes))
    try:
        for batch in _batches(stories):
            with engine.begin() as conn:
                # A crash in the middle of making data costs nothing.
                for story in batch:
                    _insert(conn, story, seal_, first + len(found))
                    found.append(story.incident.id)
    finally:
        engine.dispose()
    return found


def _batches(stories: Iterator[Telling]) -> Iterator[list[Telling]]:
    while batch := [story for _, story in zip(range(BATCH), stories, strict=False)]:
        yield batch


def _insert(conn: Connection, story: Telling, seal_: Seal, serial: int) -> None:
    origin = seal_.origin(story.incident.id)
    head, incident = EMPTY, Incident(story.incident.id)
    entries: list[dict[str, object]] = []
    openings: list[dict[str, object]] = []
    outbox: list[dict[str, object]] = []
    blobs: dict[str, bytes] = {}
    for entry, at in story.told:
        encoded = CODEC.encode(entry)
        sealed, opened = seal(origin, head, at, encoded.type, encoded.fields, seal_.salts)
        head, incident = sealed.head, evolve(incident, entry, at)
        entries.append({"log": origin, "seq": sealed.seq, "raw": sealed.raw, "h": sealed.h, "prev": sealed.prev})
        openings += [{"log": origin, "seq": o.seq, "name": o.name, "salt": o.salt, "pre": o.pre} for o in opened]
        blobs |= encoded.blobs
        for row in rows_of(f"{incident.id}/{head.seq}", incident.id, head, announce(incident, entry, at), at):
            event = EventId(f"$sent-{row.key}-abcdefghijklmnopqrstuvwxyz")
            room = RoomId(f"!room-{serial}:iog.example")
            outbox.append(values_of(row) | {"state": "sent", "event_id": event, "room": room, "settled_at": at})
    conn.execute(insert(schema.log_entry), entries)
    conn.execute(insert(schema.opening), openings)
    for name, data in blobs.items():
        conn.execute(insert(schema.blob).prefix_with("OR IGNORE"), {"sha256": name, "bytes": data})
    conn.execute(insert(schema.outbox), outbox)
    directory = DirectoryRow(
        id=incident.id, log=origin, number=story.number, year=story.told[0][1].year, serial=serial,
        municipality=MunicipalityId(incident.municipality), state="open", exercise=False,
        opened_at=story.told[0][1], closed_at=None, next_due=next_due(incident), main_room=incident.rooms["main"],
        head_seq=head.seq, head_h=head.h, verified_at=None, phenomenon=incident.phenomenon,
        checkpoint_size=head.seq + 1, checkpoint_due=None,
    )  # fmt: skip
    conn.execute(insert(schema.incident), values_of(directory))


def utc_now() -> datetime:
    """Now, in whole milliseconds as the log keeps it."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
