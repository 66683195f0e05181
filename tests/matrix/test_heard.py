"""What people say, from the inbox to what comes of it: in the room after a page, after a bare alarm, and where it may not be."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from bot.domain import commands as c
from bot.domain import messages as m
from bot.domain.ids import Account, EventId, IncidentId, PersonId, RoomId
from bot.domain.incident import Incident
from bot.matrix.act import Acting
from bot.matrix.client import MatrixClient
from bot.matrix.hear import Hearing
from bot.matrix.questions import Questions
from bot.matrix.wire import Account as Login
from bot.store import inbox, outbox, rooms
from bot.store.database import open_database
from bot.store.inbox import InboxRow
from bot.store.rooms import RoomKind
from bot.words.catalogue import load
from bot.words.replies import Lines
from tests.builders import account, by, contacts
from tests.desk.ground import INCIDENT, Ground
from tests.store.conftest import migrated_file, sqlite_url

__all__ = ["migrated_file", "sqlite_url"]


@dataclass
class Night:
    ground: Ground
    hearing: Hearing
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def room(self, room: str, kind: RoomKind, person: str | None = None) -> None:
        incident = INCIDENT if kind == "incident" else None
        who = PersonId(person) if person else None
        row = rooms.RoomRow(RoomId(room), kind, self.ground.now, True, incident=incident, person=who)
        async with self.ground.database.begin() as tx:
            await rooms.write(tx, row)

    async def says(self, person: str, room: str, text: str, *, kind: str = "m.text", known: bool = True) -> str:
        content: dict[str, object] = {"msgtype": kind, "body": text}
        return await self.does(account(person), room, "m.room.message", content, known=known)

    async def replies(self, person: str, room: str, about: str, text: str) -> str:
        relation = {"m.in_reply_to": {"event_id": about}}
        content: dict[str, object] = {"msgtype": "m.text", "body": text, "m.relates_to": relation}
        return await self.does(account(person), room, "m.room.message", content)

    async def edits(self, person: str, room: str, about: str, text: str, *, known: bool = True) -> str:
        new, relation = {"msgtype": "m.text", "body": text}, {"rel_type": "m.replace", "event_id": about}
        content: dict[str, object] = {
            "msgtype": "m.text",
            "body": f"* {text}",
            "m.new_content": new,
            "m.relates_to": relation,
        }
        return await self.does(account(person), room, "m.room.message", content, known=known)

    async def does(
        self, sender: str, room: str, kind: str, content: dict[str, object], *, known: bool = True, clear: bool = False
    ) -> str:
        event = f"$said{next(self.numbers)}"
        raw = json.dumps({"content": content, "state_key": None})
        row = InboxRow(
            EventId(event), room, Account(sender), kind, self.ground.now, self.ground.now, raw,
            decrypted=not clear, sender_key_known=known and not clear,
        )  # fmt: skip
        async with self.ground.database.begin() as tx:
            await inbox.store_batch(tx, f"after-{event}", [row], self.ground.now)
        await self.hearing.hear(row)
        return event

    async def answered(self, event: str) -> list[m.Message]:
        rows = [row for row in await self.ground.outbox() if row.key.startswith((f"reply/{event}/", "index/"))]
        return [msgspec.json.decode(row.message, type=m.BY_NAME[row.kind]) for row in rows]

    async def incident(self, incident: IncidentId = INCIDENT) -> Incident:
        return await self.ground.desk.incident(incident)

    async def index(self) -> list[str]:
        return await self.ground.kinds(self.ground.desk.seal.index)


@pytest_asyncio.fixture
async def night(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Night]:
    database = await open_database(sqlite_url)
    ground, words, known = Ground(database), load(), contacts()
    client = MatrixClient(Login("https://iog.example", "@iog:iog.example", "BOT", "x"), tmp_path, "y")

    async def export(*_: object) -> tuple[m.Message, ...]:
        raise c.Refused("not_allowed")

    async def reload(_: object) -> Lines:
        return ("herladen",)

    questions = Questions(ground.desk, words, lambda: known, export, reload)
    acting = Acting(client, ground.desk, lambda: known, questions, words, lambda _: INCIDENT)
    night = Night(ground, Hearing(acting))
    await night.room("!alarm", "alarm")
    for person in ("bakker", "cyber1", "coordinator1"):
        await night.room(f"!{person}", "direct", person)
    yield night
    await client.close()
    await database.close()


async def in_the_room(night: Night) -> None:
    await night.ground.alarm()
    await night.ground.do(c.ReportRoom(name="main", room_id=RoomId("!kamer")))
    await night.room("!kamer", "incident")


async def state(night: Night, person: str) -> str:
    return next(p.state for p in (await night.incident()).pages.values() if p.person == person)


@pytest.mark.parametrize("text", ["0", "ik kom niet", "ik kan niet komen"])
async def test_a_no_in_the_room_is_a_no(night: Night, text: str) -> None:
    await in_the_room(night)
    await night.says("coordinator1", "!kamer", text)
    assert await state(night, "coordinator1") == "declined"
    assert await state(night, "coordinator2") == "open"


async def test_a_time_in_the_room_comes_with_the_answer(night: Night) -> None:
    await in_the_room(night)
    await night.says("coordinator1", "!kamer", "ik ben er over 10 minuten")
    page = next(p for p in (await night.incident()).pages.values() if p.person == "coordinator1")
    assert (page.state, page.eta_minutes) == ("acknowledged", 10)


async def test_what_may_be_a_yes_or_a_no_is_asked_about_in_the_room(night: Night) -> None:
    await in_the_room(night)
    event = await night.says("coordinator1", "!kamer", "ja maar ik kan niet")
    assert await state(night, "coordinator1") == "open"
    assert [type(said) for said in await night.answered(event)] == [m.Answer]


async def test_talk_and_commands_after_a_page_both_say_that_somebody_is_there(night: Night) -> None:
    await in_the_room(night)
    await night.says("coordinator1", "!kamer", "feit drie bussen bij het station")
    assert await state(night, "coordinator1") == "acknowledged"
    assert (await night.incident()).lines == 1
    await night.says("coordinator1", "!kamer", "wat weten we al")
    assert (await night.incident()).lines == 1


async def test_the_sentence_after_a_bare_alarm_belongs_to_it(night: Night) -> None:
    await night.ground.do(c.RaiseAlarm(text="", by=by("bakker")))
    event = await night.says("bakker", "!bakker", "groep jongeren met messen bij het station")
    assert (await night.incident()).lines == 1
    assert [type(said) for said in await night.answered(event)] == [m.Answer]
    assert "line.recorded" in await night.ground.kinds()


async def test_half_an_hour_later_a_sentence_may_be_another_alarm(night: Night) -> None:
    await night.ground.do(c.RaiseAlarm(text="", by=by("bakker")))
    await night.ground.do(c.Tick(), minutes=31)
    event = await night.says("bakker", "!bakker", "groep jongeren met messen bij het station")
    assert [type(said) for said in await night.answered(event)] == [m.DidYouMean]


async def test_a_voice_message_is_answered(night: Night) -> None:
    event = await night.says("bakker", "!bakker", "spraak.ogg", kind="m.audio")
    (refusal,) = await night.answered(event)
    assert isinstance(refusal, m.Refusal)
    assert refusal.code == "not_text"
    assert await night.answered(await night.says("bakker", "!alarm", "foto.jpg", kind="m.image")) == []


async def test_status_in_the_alarm_room_is_told_to_who_asks_alone(night: Night) -> None:
    await night.ground.alarm()
    (answer,) = await night.answered(await night.says("bakker", "!alarm", "status"))
    assert isinstance(answer, m.Answer)
    assert (answer.to, answer.reply_to) == (m.To("person", "bakker"), "")


async def test_what_may_not_be_is_in_the_index_log(night: Night) -> None:
    await in_the_room(night)
    before = await night.index()
    await night.says("cyber1", "!cyber1", "herlaad")
    await night.says("coordinator1", "!coordinator1", "herlaad", known=False)
    await night.says("coordinator1", "!kamer", "export")
    await night.says("bakker", "!kamer", "sluit ja", known=False)
    await night.says("bakker", "!kamer", "besluit 9")
    assert (await night.index())[len(before) :] == ["command.refused"] * 4


async def test_meer_goes_on_after_a_card_and_a_note(night: Night) -> None:
    long = m.Answer(to=m.To("asked", "!bakker"), lines=("een",), rest=(("twee",),))
    card = m.ManagementNote(to=m.To("management"), code="started")
    async with night.ground.database.begin() as tx:
        for n, said in enumerate((long, card)):
            row = outbox.OutboxRow(
                key=f"k{n}", incident=None, seq=None, lane=1, target="asked:!bakker", kind=type(said).__name__,
                message=msgspec.json.encode(said), created_at=night.ground.now,
            )  # fmt: skip
            await outbox.enqueue(tx, [row])
            await outbox.settle(tx, row.key, EventId(f"$k{n}"), RoomId("!bakker"), night.ground.now)
    (answer,) = await night.answered(await night.says("bakker", "!bakker", "meer"))
    assert isinstance(answer, m.Answer)
    assert answer.lines == ("twee",)


@pytest.mark.parametrize("typed", ["!stand om 29-02 03:10", "!stand om 30-02 03:10"])
async def test_a_day_that_was_not_there_is_refused(night: Night, typed: str) -> None:
    """In January of a leap year the last 29 February was four years ago."""
    night.ground.now = datetime(2028, 1, 14, 9, tzinfo=UTC)
    await in_the_room(night)
    event = await night.says("coordinator1", "!kamer", typed)
    (said,) = await night.answered(event)
    assert isinstance(said, m.Refusal)
    assert said.code == "no_such_time"
