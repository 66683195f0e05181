"""Rosters in chat, from the typed words to what everybody hears and what is on the roster then."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from sqlalchemy import Connection, event

from bot.domain import commands as c
from bot.domain import messages as m
from bot.domain.contacts import Contacts
from bot.domain.ids import Account, EventId, PersonId, RoleId, RoomId
from bot.domain.rota import Layer, Rotation
from bot.matrix.act import Acting
from bot.matrix.client import MatrixClient
from bot.matrix.hear import Hearing
from bot.matrix.questions import Questions
from bot.matrix.roster_told import news_of_contacts
from bot.matrix.wire import Account as Login
from bot.store import inbox, outbox, overrides, rooms
from bot.store.database import open_database
from bot.store.inbox import InboxRow
from bot.words.catalogue import load
from bot.words.render import is_worded, render
from bot.words.replies import Lines
from tests.builders import account
from tests.desk.ground import INCIDENT, Ground
from tests.desk.test_rostering import Roster, with_its_own
from tests.store.conftest import migrated_file, sqlite_url

__all__ = ["migrated_file", "sqlite_url"]
WORDS = load()
CYBER = RoleId("expert_cyber")
PEOPLE = ("cyber1", "cyber2", "cter1", "coordinator1", "bakker")


class Chat:
    """Each person's direct room with the bot; the wall clock stands at Sunday 22-11 03:04."""

    def __init__(self, ground: Ground, hearing: Hearing) -> None:
        self.ground, self.hearing, self.said = ground, hearing, 0
        self.known: set[str] = set()
        self.last: InboxRow | None = None

    async def says(self, person: str, text: str, *, known: bool = True, room: str = "") -> str:
        content = {"msgtype": "m.text", "body": text}
        return await self._happens(person, room or f"!{person}", "m.room.message", content, known=known)

    async def sends(self, row: outbox.OutboxRow) -> EventId:
        event = EventId(f"$sent/{row.key}")
        room = RoomId("!" + row.target.partition(":")[2].removeprefix("!"))
        async with self.ground.database.begin() as tx:
            await outbox.settle(tx, row.key, event, room, self.ground.now)
        return event

    async def taps(self, person: str, event: EventId, key: str, room: str = "") -> str:
        content = {"m.relates_to": {"rel_type": "m.annotation", "event_id": event, "key": key}}
        return await self._happens(person, room or f"!{person}", "m.reaction", content, decrypted=False, known=False)

    async def _happens(
        self, person: str, room: str, kind: str, content: object, *, known: bool, decrypted: bool = True
    ) -> str:
        row = await self._put(person, room, kind, content, known=known, decrypted=decrypted)
        await self.hearing.hear(row)
        return row.event_id

    async def puts(self, person: str, text: str) -> InboxRow:
        content = {"msgtype": "m.text", "body": text}
        return await self._put(person, f"!{person}", "m.room.message", content, known=True, decrypted=True)

    async def _put(
        self, person: str, room: str, kind: str, content: object, *, known: bool, decrypted: bool
    ) -> InboxRow:
        self.said += 1
        event = EventId(f"$said{self.said}")
        raw = json.dumps({"content": content, "state_key": None})
        row = InboxRow(
            event, room, Account(account(person)), kind, self.ground.now, self.ground.now, raw,
            decrypted=decrypted, sender_key_known=known,
        )  # fmt: skip
        async with self.ground.database.begin() as tx:
            await inbox.store_batch(tx, f"after-{event}", [row], self.ground.now)
        self.last = row
        return row

    async def news(self) -> list[outbox.OutboxRow]:
        """What was put into the outbox since this was asked last."""
        rows = [row for row in await self.ground.outbox() if row.key not in self.known and row.kind != "Seeds"]
        self.known |= {row.key for row in rows}
        return rows

    async def told(self, person: str, text: str, *, known: bool = True, room: str = "") -> dict[str, str]:
        """What came of it, by who hears it; `asked` is the answer itself."""
        await self.news()
        await self.says(person, text, known=known, room=room)
        return self.shown(await self.news())

    def shown(self, rows: list[outbox.OutboxRow]) -> dict[str, str]:
        found = {}
        for row in rows:
            message = msgspec.json.decode(row.message, type=m.BY_NAME[row.kind])
            assert is_worded(message)
            name = "asked" if row.target.startswith("asked:") else row.target.partition(":")[2]
            found[name] = render(message, WORDS, lambda person: str(person)).body
        return found

    async def index(self) -> list[str]:
        return await self.ground.kinds(self.ground.desk.seal.index)

    async def answer(self, person: str, text: str) -> str:
        return (await self.told(person, text))["asked"]

    async def on_call(self, hours: float = 0, layer: Layer = "eerste") -> str | None:
        at = self.ground.now + timedelta(hours=hours)
        async with self.ground.database.read() as tx:
            changes = await overrides.changes(tx, at, at + timedelta(seconds=1))
        found = self.ground.desk.reference().contacts.on_call(CYBER, layer, at, changes)
        return found.id if found else None


def hearing_of(ground: Ground, client: MatrixClient) -> Hearing:
    async def export(*_: object) -> tuple[m.Message, ...]:
        raise c.Refused("not_allowed")

    async def reload(_: object) -> Lines:
        return ()

    def contacts() -> Contacts:
        return ground.desk.reference().contacts

    questions = Questions(ground.desk, WORDS, contacts, export, reload)
    return Hearing(Acting(client, ground.desk, contacts, questions, WORDS, lambda _: INCIDENT))


@pytest_asyncio.fixture
async def chat(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Chat]:
    database = await open_database(sqlite_url)
    ground = Ground(database)
    client = MatrixClient(Login("https://iog.example", "@iog:iog.example", "BOT", "x"), tmp_path, "y")
    async with database.begin() as tx:
        for person in PEOPLE:
            row = rooms.RoomRow(RoomId(f"!{person}"), "direct", ground.now, True, person=PersonId(person))
            await rooms.write(tx, row)
    yield Chat(ground, hearing_of(ground, client))
    await database.close()
    await client.close()


async def test_taking_over_is_repeated_with_its_day_and_told_to_whom_it_touches(chat: Chat) -> None:
    assert await chat.told("cyber2", "ik neem cyber over tot 08:00") == {
        "asked": (
            "✅ Jij neemt cyber over: zo 22-11 03:04–08:00\nIn plaats van: Cyber1\n"
            "Let op: dan zijn de eerste en de reserve dezelfde persoon.\nOngedaan maken: rooster herstel 1"
        ),
        "cyber1": "📅 Cyber2 heeft je dienst veranderd.\nVervalt: cyber: zo 22-11 03:04–08:00",
        "coordinator1": "✅ Cyber2 neemt cyber over: zo 22-11 03:04–08:00\nIn plaats van: Cyber1",
    }
    assert [await chat.on_call(hours) for hours in (1, 6)] == ["cyber2", "cyber1"]
    assert await chat.answer("cter1", "wie cyber") == "Wie heeft nu dienst\ncyber: Cyber2 · reserve Cyber2"
    undone = await chat.told("cyber2", "rooster herstel 1")
    assert undone["asked"] == "↩️ Ongedaan gemaakt: cyber, zo 22-11 03:04–08:00\nNu heeft dienst: Cyber1"
    assert undone["cyber1"] == "📅 Cyber2 heeft je dienst veranderd.\nErbij: cyber: zo 22-11 03:04–08:00"
    assert await chat.index() == ["roster.overridden", "override.withdrawn"]


async def test_an_event_that_is_handled_twice_is_told_and_counts_once(chat: Chat) -> None:
    await chat.told("cyber2", "ik neem cyber over tot 08:00")
    assert chat.last is not None
    await chat.hearing.hear(chat.last)
    assert await chat.news() == []
    assert await chat.index() == ["roster.overridden"]


@pytest.mark.parametrize("how", ["tap", "1", "ruil ja 1"])
async def test_a_swap_is_asked_in_the_direct_chat_of_the_other(chat: Chat, how: str) -> None:
    await chat.says("cyber1", "ruil cyber za 22:00–zo 08:00 met @cyber2")
    rows = await chat.news()
    assert chat.shown(rows) == {
        "asked": (
            "🔁 Gevraagd aan Cyber2: cyber, za 28-11 22:00–zo 29-11 08:00\nTot het ja blijf jij aan de beurt.\n"
            "Ongedaan maken: rooster herstel 1"
        ),
        "cyber2": (
            "🔁 Cyber1 vraagt: neem jij cyber over?\nza 28-11 22:00–zo 29-11 08:00\n✅ ja · ❌ nee · of antwoord 1 of 0"
        ),
    }
    (question,) = [row for row in rows if row.kind == "ReadyAsked"]
    sent = await chat.sends(question)
    assert await chat.on_call(24 * 6 + 20) == "cyber1"
    await (chat.taps("cyber2", sent, "👍") if how == "tap" else chat.says("cyber2", how))
    assert chat.shown(await chat.news()) == {
        "asked": (
            "✅ Jij neemt cyber over van Cyber1: za 28-11 22:00–zo 29-11 08:00\n"
            "Kun je toch niet? Bel Cyber1 of de coördinator."
        ),
        "cyber1": "✅ Cyber2 neemt cyber over.\nza 28-11 22:00–zo 29-11 08:00\nOngedaan maken: rooster herstel 2",
        "coordinator1": "✅ Cyber2 neemt cyber over: za 28-11 22:00–zo 29-11 08:00\nIn plaats van: Cyber1",
    }
    assert await chat.on_call(24 * 6 + 20) == "cyber2"
    await chat.taps("cyber2", sent, "❌")
    assert chat.shown(await chat.news())["asked"].startswith("Op die vraag is al geantwoord")


async def test_a_no_to_a_swap_is_told_and_nobody_else_answers_it(chat: Chat) -> None:
    await chat.says("cyber1", "ruil cyber za 22:00–zo 08:00 met cyber2")
    sent = await chat.sends(next(row for row in await chat.news() if row.kind == "ReadyAsked"))
    await chat.taps("cter1", sent, "✅")
    assert await chat.on_call(24 * 6 + 20) == "cyber1"
    await chat.news()
    await chat.taps("cyber2", sent, "❌")
    assert chat.shown(await chat.news()) == {
        "asked": "❌ Genoteerd. Cyber1 houdt cyber: za 28-11 22:00–zo 29-11 08:00",
        "cyber1": (
            "❌ Cyber2 kan cyber niet overnemen.\nza 28-11 22:00–zo 29-11 08:00\n"
            "Jij blijft aan de beurt. Vraag een ander, of de coördinator."
        ),
    }


async def test_a_page_that_waits_goes_before_a_swap(chat: Chat) -> None:
    await chat.says("cyber2", "ik neem cyber over tot 08:00")
    await chat.ground.alarm()
    await chat.says("coordinator1", "ruil cyber za 22:00–zo 08:00 van @cyber1 met @cyber2")
    await chat.says("cyber1", "ruil cyber ma 22:00–di 08:00 met @cyber2")
    await chat.sends(next(row for row in await chat.news() if row.kind == "ReadyAsked"))
    await chat.says("cyber2", "1")
    incident = await chat.ground.desk.incident(INCIDENT)
    assert [p.state for p in incident.pages.values() if p.person == "cyber2"] == ["acknowledged"]
    assert await chat.on_call(24 + 20) == "cyber1"


async def test_a_restart_between_the_question_and_the_yes_changes_nothing(chat: Chat, tmp_path: Path) -> None:
    await chat.says("cyber1", "ruil cyber za 22:00–zo 08:00 met @cyber2")
    sent = await chat.sends(next(row for row in await chat.news() if row.kind == "ReadyAsked"))
    chat.ground.desk = chat.ground.another_desk()
    chat.hearing = hearing_of(chat.ground, chat.hearing.acting.client)
    await chat.taps("cyber2", sent, "✅")
    assert await chat.on_call(24 * 6 + 20) == "cyber2"


async def test_being_away_warns_the_coordinator_who_fills_the_gap(chat: Chat) -> None:
    told = await chat.told("cyber1", "afwezig 3 dec–10 dec")
    gap = "do 03-12 00:00–do 10-12 24:00\n⚠️ niemand: cyber: do 03-12 00:00–do 10-12 24:00"
    assert told == {
        "asked": f"✅ Jij bent afwezig.\n{gap}\nOngedaan maken: rooster herstel 1",
        "coordinator1": (f"✅ Cyber1 is afwezig.\n{gap}\nVul in: zet @naam op cyber za 22:00–zo 08:00"),
    }
    assert "do 03-12 00:00–24:00 ⚠️ niemand (Cyber1 is afwezig)" in await chat.answer("cyber2", "wie cyber 3 dec")
    at_night = await chat.answer("cyber2", "wie cyber 3 dec 03:00")
    assert "cyber: niemand (ik bel dan Achtervang) · reserve Cyber2" in at_night
    filled = await chat.told("coordinator1", "zet @cyber2 op cyber 3 dec–10 dec")
    assert "Er had dan niemand dienst." in filled["asked"]
    assert filled["cyber2"] == "📅 Coordinator1 heeft je dienst veranderd.\nErbij: cyber: do 03-12 00:00–do 10-12 24:00"
    assert "coordinator1" not in filled


async def test_in_a_room_with_others_nobody_reads_who_is_away(chat: Chat) -> None:
    async with chat.ground.database.begin() as tx:
        await rooms.write(tx, rooms.RoomRow(RoomId("!alarm"), "alarm", chat.ground.now, True))
    told = await chat.told("cyber1", "afwezig 3 dec–4 dec", room="!alarm")
    assert set(told) == {"cyber1", "coordinator1"}, "the answer goes to the direct chat"
    told = await chat.told("bakker", "wie cyber 3 dec", room="!alarm")
    assert "do 03-12 00:00–24:00 ⚠️ niemand" in told["asked"].splitlines()
    told = await chat.told("bakker", "rooster cyber", room="!alarm")
    assert "niemand (Cyber1 is afwezig)" in told["bakker"]


async def test_ones_own_roster_shows_shifts_absences_and_questions(chat: Chat) -> None:
    await chat.says("cyber2", "afwezig 24 dec–26 dec")
    await chat.says("cyber2", "afwezig 3 dec–4 dec")
    await chat.says("cyber1", "ruil cyber za 22:00–zo 08:00 met @cyber2")
    shown = (await chat.answer("cyber2", "rooster")).splitlines()
    assert shown[0] == "Jouw diensten, de komende 28 dagen"
    assert shown[1] == "cyber (reserve): zo 22-11 03:04–wo 02-12 24:00"
    assert "Afwezig: do 03-12 00:00–vr 04-12 24:00 (ongedaan maken: rooster herstel 2)" in shown
    assert shown[-1] == ("Cyber1 vraagt jou: cyber, za 28-11 22:00–zo 29-11 08:00 (typ: ruil ja 3 of ruil nee 3)")
    assert (await chat.answer("bakker", "rooster")) == "Je hebt de komende 28 dagen geen dienst."
    whole = (await chat.answer("bakker", "rooster cyber")).splitlines()
    assert whole == [
        "Rooster cyber", "Eerste:", "zo 22-11 03:04–zo 06-12 03:04 Cyber1", "Reserve:",
        "zo 22-11 03:04–wo 02-12 24:00 Cyber2", "do 03-12 00:00–vr 04-12 24:00 ⚠️ niemand (Cyber2 is afwezig)",
        "za 05-12 00:00–zo 06-12 03:04 Cyber2",
    ]  # fmt: skip


WRONG = (
    ("cyber1", "ruil cyber za 22:00–zo 08:00 met @cyber1", "Met jezelf ruilen kan niet"),
    ("cyber1", "ruil cyber za 22:00–zo 08:00 met piet", "Ik ken niemand die „piet” heet"),
    ("cyber1", "ruil cyber za 22:00–zo 08:00 met @cter1", "Cter1 heeft de rol cyber niet"),
    ("cyber1", "ruil cyber za 22:00–zo 08:00", "Met wie?"),
    ("cyber2", "ruil cyber za 22:00–zo 08:00 met @cyber1 van @cter1", "mag je hier niet"),
    ("cter1", "ruil cyber za 22:00–zo 08:00 met @cyber2", "Cter1 heeft dan geen dienst voor cyber"),
    ("cyber1", "ruil cyber zo 28-11 22:00–zo 08:00 met @cyber2", "De dag klopt niet"),
    ("cyber1", "ruil cyber 10 dec–3 dec met @cyber2", "Het einde is niet na het begin"),
    ("cyber1", "ruil cyber za 22:00 met @cyber2", "Tot wanneer?"),
    ("cter1", "ik neem cyber over tot 08:00", "Cter1 heeft de rol cyber niet"),
    ("cyber1", "ik neem cyber over tot 08:00", "Cyber1 heeft dan al dienst voor cyber"),
    ("cyber2", "ik neem cyber over tot 31 feb", "Die datum bestaat niet"),
    ("cyber2", "ik neem cyber over tot gisteren", "Dat is voorbij"),
    ("cyber2", "ik neem cyber over een uur", "Bedoel je „een uur” lang, of vanaf dan?"),
    ("cyber2", "ik neem cyber over tot 1u30", "kan twee dingen zijn: ma 23-11 01:30 of zo 22-11 04:34"),
    ("cyber2", "ik neem cyber over tot 1 mrt", "Langer dan 31 dagen kan zo niet"),
    ("cyber2", "ik neem cyber over tot straks 3", "De tijd „straks 3” begrijp ik niet"),
    ("cyber2", "ik neem cybre over tot 08:00", "Bedoel je cyber?"),
    ("cyber1", "ruil cyber met cyber2", "Wanneer?"),
    ("cyber2", "afwezig 3 nov", "Dat is voorbij"),
    ("cyber2", "afwezig morgenavond", "Hoe laat?"),
    ("cyber2", "afwezig @cyber1 morgen", "mag je hier niet"),
    ("cyber2", "afwezig", "Typ: afwezig 3 dec–10 dec"),
    ("cter1", "zet @cyber2 op cyber tot 08:00", "mag je hier niet"),
    ("coordinator1", "zet @cybre2 op cyber tot 08:00", "Ik ken „@cybre2” niet. Bedoel je Cyber2?"),
    ("coordinator1", "zet @cyber2 op cybr tot 08:00", "Bedoel je cyber?"),
    ("cyber2", "rooster herstel 7", "Ik ken geen wijziging 7"),
    ("cyber2", "rooster herstel", "Je hebt niets aan het rooster veranderd"),
    ("cyber2", "ruil ja 7", "mag je hier niet"),
    ("cyber2", "wie cybr", "Bedoel je cyber?"),
    ("cyber2", "wie cyber gisteren 20:00", "Dat is voorbij"),
    ("cyber2", "wie cyber morgen half vier", "ma 23-11 03:30 of ma 23-11 15:30"),
)


@pytest.mark.parametrize(("person", "text", "answer"), WRONG)
async def test_what_cannot_be_is_answered_plainly_and_changes_nothing(
    chat: Chat, person: str, text: str, answer: str
) -> None:
    told = await chat.told(person, text)
    assert answer in told.pop("asked")
    assert told == {}
    assert set(await chat.index()) <= {"command.refused"}
    assert [await chat.on_call(hours) for hours in (0, 1, 24 * 6 + 20)] == ["cyber1"] * 3


async def test_a_yes_to_what_was_meant_carries_it_out(chat: Chat) -> None:
    for text, corrected in (
        ("neem cybre over tot 08:00", "neem cyber over tot 08:00"),
        ("wie cybr zaterdag 23:00", "wie cyber zaterdag 23:00"),
    ):
        chat.ground.now += timedelta(minutes=1)
        await chat.news()
        await chat.says("cyber2", text)
        (question,) = await chat.news()
        assert msgspec.json.decode(question.message)["meant"] == corrected
        await chat.sends(question)
        await chat.says("cyber2", "ja")
    assert chat.shown(await chat.news())["asked"].startswith("Wie heeft dienst op za 28-11 23:00")
    assert await chat.on_call(1) == "cyber2"
    await chat.says("coordinator1", "zet @cybre2 op cyber za 22:00–zo 08:00")
    question = (await chat.news())[-1]
    await chat.taps("coordinator1", await chat.sends(question), "✅")
    assert await chat.on_call(24 * 6 + 20) == "cyber2"


async def test_a_tap_on_what_was_meant_counts_for_the_writer_and_not_the_day_after(chat: Chat) -> None:
    async with chat.ground.database.begin() as tx:
        row = rooms.RoomRow(RoomId("!beheer"), "management", chat.ground.now, must_encrypt=False)
        await rooms.write(tx, row)
    for who, hours, known, result in (
        ("coordinator2", 0.0, True, "cyber1"),  # nobody asked them whether they meant it
        ("coordinator1", 0.0, False, "cyber1"),  # nobody knows whether they wrote it
        ("coordinator1", 1.1, True, "cyber1"),  # and tomorrow "tonight" is another night
        ("coordinator1", 0.9, True, "cyber2"),
    ):
        await chat.news()
        await chat.says("coordinator1", "zet @cybre2 op cyber za 22:00–zo 08:00", room="!beheer", known=known)
        question = (await chat.news())[-1]
        sent = await chat.sends(question)
        chat.ground.now += timedelta(hours=hours)
        await chat.taps(who, sent, "✅", room="!beheer")
        assert await chat.on_call(24 * 6 + 20 - hours) == result, (who, hours)
        if result == "cyber1":
            (refused,) = chat.shown([row for row in await chat.news() if row.kind == "Refusal"]).values()
            assert refused.startswith("Hiervoor is een reactie niet genoeg")


async def test_text_that_may_be_somebody_elses_changes_no_roster_and_is_recorded(chat: Chat) -> None:
    told = await chat.told("cyber2", "ik neem cyber over tot 08:00", known=False)
    assert "Ik weet niet zeker dat dit van jou komt" in told["asked"]
    assert await chat.index() == ["command.refused"]


async def test_the_hour_that_comes_twice_is_said_so(chat: Chat) -> None:
    chat.ground.now = datetime(2027, 10, 30, 10, 0, tzinfo=UTC)
    told = await chat.told("cyber2", "ik neem cyber over van zo 02:30 tot zo 08:00")
    assert told["asked"].splitlines()[0] == "✅ Jij neemt cyber over: zo 31-10 02:30 CEST–08:00"
    assert "Die tijd komt die nacht twee keer. Ik neem de eerste." in told["asked"]


async def test_who_reads_english_hears_english(chat: Chat) -> None:
    known = chat.ground.desk.reference()
    people = {
        name: replace(p, language="en") if name in ("cyber1", "cyber2") else p
        for name, p in known.contacts.people.items()
    }
    english = replace(known, contacts=replace(known.contacts, people=people))
    chat.ground.desk.reference = lambda: english
    told = await chat.told("cyber2", "I take cyber until 08:00")
    assert told["asked"].splitlines()[0] == "✅ You take cyber: Sun 22-11 03:04–08:00"
    assert told["cyber1"].splitlines()[0] == "📅 Cyber2 changed your shift."
    assert told["coordinator1"].startswith("✅ Cyber2 neemt cyber over")
    asked = await chat.told("cyber1", "swap cyber backup sat 22:00–sun 08:00 with @cyber2")
    assert "is not on call for cyber then" in asked["asked"]
    asked = await chat.told("cyber1", "swap cyber sat 22:00–sun 08:00 with @cyber2")
    assert asked["cyber2"].splitlines()[:2] == [
        "🔁 Cyber1 asks: can you take cyber?",
        "Sat 28-11 22:00–Sun 29-11 08:00",
    ]
    assert (await chat.answer("cyber2", "swap yes 2")).startswith("✅ You take cyber from Cyber1")


async def test_contacts_that_are_read_again_tell_people_of_their_other_shifts(chat: Chat) -> None:
    before = chat.ground.desk.reference().contacts
    await chat.says("cyber2", "ik neem cyber over van ma 08:00 tot di 08:00")
    later = Rotation(CYBER, "eerste", "week", datetime(2026, 11, 25, 8), (PersonId("cyber2"),))  # noqa: DTZ001 - local wall time
    after = replace(before, rotations=(*before.rotations, later))
    told = await news_of_contacts(chat.ground.desk, WORDS, before.rotations, after)
    assert {(message.to.name, message.lines) for message in told if type(message) is m.Answer} == {
        ("cyber1", ("📅 Het rooster is veranderd. Voor jou:", "Vervalt: cyber: wo 25-11 08:00–zo 06-12 03:04")),
        ("cyber2", ("📅 Het rooster is veranderd. Voor jou:", "Erbij: cyber: wo 25-11 08:00–zo 06-12 03:04")),
    }
    assert await news_of_contacts(chat.ground.desk, WORDS, before.rotations, before) == ()
    chat.ground.now = datetime(2026, 11, 24, 8, tzinfo=UTC)
    soon = await news_of_contacts(chat.ground.desk, WORDS, before.rotations, after)
    assert [type(message) for message in soon] == [m.Reminder, m.Reminder], "within a day it rings"


async def test_who_costs_one_read_beside_finding_out_who_asks(chat: Chat) -> None:
    begun: list[str] = []

    def on_begin(conn: Connection) -> None:
        begun.append("write" if conn.get_execution_options().get("writes") else "read")

    engine, row = chat.ground.database._engine.sync_engine, await chat.puts("cyber2", "wie")
    event.listen(engine, "begin", on_begin)
    await chat.hearing.hear(row)
    event.remove(engine, "begin", on_begin)
    # where it was said; who is on call; the answer with the event taken for handled
    assert begun == ["read", "read", "write"]


async def test_an_answer_to_a_page_is_read_up_in_three_reads(chat: Chat) -> None:
    """Each costs a turn at the database, and somebody waits for the confirmation."""
    await chat.ground.alarm()
    await chat.ground.sends_all()
    begun: list[str] = []

    def on_begin(conn: Connection) -> None:
        begun.append("write" if conn.get_execution_options().get("writes") else "read")

    engine, row = chat.ground.database._engine.sync_engine, await chat.puts("cyber1", "1")
    event.listen(engine, "begin", on_begin)
    await chat.hearing.hear(row)
    event.remove(engine, "begin", on_begin)
    # where it was said; which pages the sender has; what the bot asked last; the answer in the log
    assert begun == ["read", "read", "read", "write"]
    assert any("acknowledged" in kind for kind in await chat.ground.kinds())


async def test_a_shift_on_a_municipalitys_own_roster_is_named_with_it(chat: Chat) -> None:
    with_its_own(Roster(chat.ground))
    async with chat.ground.database.begin() as tx:
        for person in ("groen", "blauw"):
            row = rooms.RoomRow(RoomId(f"!{person}"), "direct", chat.ground.now, True, person=PersonId(person))
            await rooms.write(tx, row)
    told = await chat.told("blauw", "ik neem coördinator over tot 08:00")
    assert "coördinator Waterbrug" in told["asked"]
    assert "In plaats van: Groen" in told["asked"]
    assert "coördinator Waterbrug" in told["groen"]
    assert "coördinator: Blauw" in (await chat.answer("blauw", "wie coördinator"))
    assert "coördinator: Coordinator1" in (await chat.answer("cyber2", "wie coördinator"))
    told = await chat.told("blauw", "rooster herstel 1")
    assert "coördinator Waterbrug" in told["asked"]
    assert "coördinator: Groen" in (await chat.answer("blauw", "wie coördinator"))


async def test_a_card_costs_no_read_beside_finding_out_who_asks(chat: Chat) -> None:
    begun: list[str] = []

    def on_begin(conn: Connection) -> None:
        begun.append("write" if conn.get_execution_options().get("writes") else "read")

    engine, row = chat.ground.database._engine.sync_engine, await chat.puts("cyber2", "kaart noodbevel")
    event.listen(engine, "begin", on_begin)
    await chat.hearing.hear(row)
    event.remove(engine, "begin", on_begin)
    # where it was said; the answer with the event taken for handled
    assert begun == ["read", "write"]
