"""Words that are taken out of an incident by two people, in the chat where they were said."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from bot import answers
from bot.domain import entries as e
from bot.domain.erased import ERASED
from bot.erasures import read_list
from bot.made_files import clear_erased
from bot.store import outbox
from bot.store.database import open_database
from bot.store.schema import outbox as outbox_table
from tests.night.told import plain
from tests.story import Story
from tests.wire_homeserver.faults import Held

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_line_is_erased_by_two_people_also_from_the_room(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "feit Jelle Hofstra staat bij het station", where="room")
    await story.says("vandijk", "wis regel 1 omdat het om een kind gaat", where="room")
    assert "Er is nog niets weg" in await story.last("vandijk", where="room")
    await story.says("vandijk", f"export {await story.number()}")
    await story.says("vandijk", "wis klopt", where="room")
    assert (await story.incident()).log_lines[1].text.startswith("Jelle"), "nobody erases alone"
    await story.crash_and_restart()
    await story.says("bakker", "wis klopt", where="room")
    await story.settle()
    for person in ("vandijk", "bakker"):
        assert "van vóór het wissen: 1." in story.hears(person, "Exports van").body
    retracted = await story.outbox_rows((await story.incident()).id, "Retract")
    assert len(retracted) >= 2, "the message itself, and the bot's own that repeated it"
    assert {row.state for row in retracted} == {"sent"}
    texts = "\n".join(await story.texts("vandijk", "room"))
    assert "Gewist: regel 1" in texts
    assert (await story.incident()).log_lines[1].text == ERASED
    await story.crash_and_restart()
    assert (await story.incident()).log_lines[1].text == ERASED
    story.heeds_everything()


async def test_nothing_is_erased_while_a_request_runs(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "feit Jelle Hofstra staat bij het station", where="room")
    await story.says("vandijk", "bewaar omdat er een Woo-verzoek loopt", where="room")
    await story.says("vandijk", "wis regel 1 omdat het om een kind gaat", where="room")
    assert "Er kan niets gewist worden" in await story.last("vandijk", where="room")
    await story.says("vandijk", "bewaar niet langer omdat het is beantwoord", where="room")
    assert (await story.incident()).custody.hold is None
    assert (await story.incident()).log_lines[1].text.startswith("Jelle")
    story.heeds_everything()


def database_of(story: Story) -> Path:
    return Path(story.brigade.playground.settings.database.removeprefix("sqlite:///"))


async def test_an_older_database_that_is_put_back_loses_the_words_at_the_start(story: Story, tmp_path: Path) -> None:
    """As RESTORE.md says: the database is of before the erasure, the list of erasures is not."""
    await plain(story)
    await story.says("bakker", "feit Wouter Kranendonk staat bij het station", where="room")
    await story.brigade.crash()
    shutil.copy(database_of(story), tmp_path / "backup.db")
    await story.brigade.start()
    await story.says("vandijk", "wis regel 1 omdat het om een kind gaat", where="room")
    await story.says("bakker", "wis klopt", where="room")
    assert (await story.incident()).log_lines[1].text == ERASED
    number = await story.number()
    await story.brigade.crash()
    shutil.copy(tmp_path / "backup.db", database_of(story))
    assert b"Kranendonk" in database_of(story).read_bytes()
    await story.brigade.start()
    await story.settle()
    assert b"Kranendonk" not in database_of(story).read_bytes()
    assert (await story.incident()).log_lines[1].text == ERASED
    told = await answers.told(story.brigade.bot.desk, (await story.row()).id)
    erased = [entry for _, entry in told if isinstance(entry, e.FieldErased)]
    assert erased
    assert all(entry.again for entry in erased), "by the list, before anything was heard"
    for words in ("logboek", f"tijdlijn {number}", "regel 1"):
        await story.says("vandijk", words)
        shown = await story.last("vandijk")
        assert "Kranendonk" not in shown, shown
        assert "▒▒▒" in shown, shown
    await story.says("vandijk", f"export {number}")
    room = await story.room("vandijk", "direct")
    file = [seen for seen in story._new("vandijk") if seen.room_id == room and seen.content.get("msgtype") == "m.file"]
    data = await story.peer("vandijk").download(file[-1].content)
    with ZipFile(BytesIO(data)) as zipped:
        assert [name for name in zipped.namelist() if b"Kranendonk" in zipped.read(name)] == []
    await story.log_is_sound(number)
    story.heeds_everything()


@pytest.mark.parametrize("asked", ["logboek", "regel 1", "tijdlijn {number}", "tijdlijn", "stand"])
async def test_what_the_bot_answered_with_those_words_goes_too(story: Story, asked: str) -> None:
    """In the room and apart; answers cut short what they repeat, so all that was answered about the incident goes."""
    await plain(story)
    await story.says(
        "bakker",
        "feit Femke Ooijevaar staat bij het station en belt met de hele klas van groep acht over vanavond",
        where="room",
    )
    number = await story.number()
    for where in ("room", "direct"):
        await story.says("vandijk", asked.format(number=number), where=where)
    held = [row for row in await rows_with(story, "Ooijevaar") if row.kind in ("Answer", "CatchUp")]
    assert len(held) >= 2
    assert {row.incident for row in held} == {(await story.incident()).id}, "and so they go when its log is destroyed"
    await story.says("vandijk", "wis regel 1 omdat het om een kind gaat", where="room")
    await story.says("bakker", "wis klopt", where="room")
    await story.settle()
    assert [(row.kind, row.seq, row.message.decode()) for row in await rows_with(story, "Ooijevaar")] == []
    retracts = await story.outbox_rows((await story.incident()).id, "Retract")
    assert {row.state for row in retracts} == {"sent"}
    assert {row.event_id for row in held} <= {json.loads(row.message)["event"] for row in retracts}
    story.heeds_everything()


async def rows_with(story: Story, text: str) -> list[outbox.OutboxRow]:
    async with story.brigade.bot.database.read() as tx:
        rows = await tx.execute(select(outbox_table))
        return [outbox.OutboxRow(**row) for row in rows.mappings() if text.encode() in row["message"]]


async def test_an_answer_about_all_incidents_loses_what_it_repeated_of_this_one(story: Story) -> None:
    await plain(story)
    text = "vraag Femke Ooijevaar van groep acht om alle gegevens die zij van het station heeft bewaard"
    await story.says("vandijk", f"actie vandijk {text}", where="room")
    await story.says("vandijk", "acties")
    assert [row.kind for row in await rows_with(story, "Ooijevaar") if row.incident is None] == ["Answer"]
    await story.says("vandijk", "wis actie 1 omdat het om een kind gaat", where="room")
    await story.says("bakker", "wis klopt", where="room")
    await story.settle()
    assert await rows_with(story, "Ooijevaar") == []
    story.heeds_everything()


async def test_an_answer_that_says_a_longer_word_stays(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "feit Ooievaarsnest", where="room")
    await story.says("vandijk", "actie vandijk kijk in de Ooievaarsnestlaan", where="room")
    await story.says("vandijk", "acties")
    await story.says("vandijk", "wis regel 1 omdat het te veel zegt", where="room")
    await story.says("bakker", "wis klopt", where="room")
    await story.settle()
    assert [row.kind for row in await rows_with(story, "Ooievaarsnestlaan") if row.incident is None] == ["Answer"]
    assert await rows_with(story, 'Ooievaarsnest"') == []
    story.heeds_everything()


async def test_a_single_short_word_is_erased_where_it_was_said_and_nowhere_else(story: Story) -> None:
    """A line that says no more than a word of every day; the room goes on reading what was said about other things."""
    await plain(story)
    await story.says("bakker", "feit politie", where="room")
    await story.says("vandijk", "feit de politie staat op het plein", where="room")
    number = (await story.incident()).lines
    await story.says("vandijk", f"wis regel {number - 1} omdat het te veel zegt", where="room")
    await story.says("bakker", "wis klopt", where="room")
    await story.settle()
    lines = (await story.incident()).log_lines
    assert (lines[number - 1].text, lines[number].text) == (ERASED, "de politie staat op het plein")
    incident = (await story.incident()).id
    async with story.brigade.bot.database.read() as tx:
        notes = [row.message.decode() for row in await outbox.of_incident(tx, incident) if row.kind == "LineNote"]
    assert any("de politie staat op het plein" in note for note in notes)
    assert not any('"text":"politie"' in note for note in notes)
    story.heeds_everything()


async def test_any_text_of_the_log_can_be_erased_by_its_number(story: Story) -> None:
    await plain(story)
    await story.says("vandijk", "bewaar omdat de vader van Femke Ooijevaar een klacht indiende", where="room")
    await story.says("vandijk", "bewaar niet langer omdat de klacht is ingetrokken", where="room")
    told = await answers.told(story.brigade.bot.desk, (await story.incident()).id)
    (seq,) = [sealed.seq for sealed, entry in told if isinstance(entry, e.HoldPlaced)]
    await story.says("vandijk", "logboek", where="room")
    assert f"#{seq} " in await story.last("vandijk", where="room")
    await story.says("vandijk", f"wis logboek {seq} omdat het om een kind gaat", where="room")
    assert f"#{seq} in het logboek" in await story.last("vandijk", where="room")
    await story.says("bakker", "wis klopt", where="room")
    await story.settle()
    assert await rows_with(story, "Ooijevaar") == []
    told = await answers.told(story.brigade.bot.desk, (await story.incident()).id)
    after = {sealed.seq: entry for sealed, entry in told}
    assert getattr(after[seq], "reason", "") == ERASED
    for wrong, why in (
        ("wis logboek 1000 omdat het weg moet", "Dat staat niet in het logboek"),
        ("wis logboek 0", "waarom"),
    ):
        await story.says("vandijk", wrong, where="room")
        assert why in await story.last("vandijk", where="room"), wrong
    story.heeds_everything()


async def test_an_answer_that_was_on_its_way_is_taken_out_when_it_has_arrived(story: Story) -> None:
    """The homeserver has it and the bot does not know yet; meanwhile the words go."""
    await plain(story)
    await story.says("bakker", "feit Femke Ooijevaar staat bij het station", where="room")
    await story.says("vandijk", "wis regel 1 omdat het om een kind gaat", where="room")
    bot, wire, arrived = story.brigade.playground.bot, story.brigade.at_the_wire, asyncio.Event()
    with wire.faults.on(Held(arrived), "/send/m.room.encrypted", who=bot, times=1) as planned:
        asked = await story.peer("vandijk").say(await story.room("vandijk", "direct"), "regel 1")
        await story.until(lambda: planned.met > 0)
        yes = await story.peer("bakker").say(await story.room("bakker", "room"), "wis klopt")
        await story.sees("bakker", "Gewist: regel 1")
        arrived.set()
    await story.sent(asked)
    await story.sent(yes)
    await story.settle()
    assert await rows_with(story, "Ooijevaar") == []
    async with story.brigade.bot.database.read() as tx:
        answer = await outbox.get(tx, f"reply/{asked}/0")
    assert answer is not None
    retracts = await story.outbox_rows((await story.incident()).id, "Retract")
    (later,) = [row for row in retracts if json.loads(row.message)["key"] == f"reply/{asked}/0"]
    assert later.event_id is not None, "the homeserver took it out"
    assert {row.state for row in retracts} == {"sent"}
    story.heeds_everything()


async def test_what_was_made_before_a_crash_goes_at_the_start(story: Story) -> None:
    """Killed after the erasure was written and before its files were taken away."""
    await plain(story)
    await story.says("bakker", "feit Femke Ooijevaar staat bij het station", where="room")
    await story.says("vandijk", "wis regel 1 omdat het om een kind gaat", where="room")
    await story.says("bakker", "wis klopt", where="room")
    await story.settle()
    number, folder = await story.number(), story.brigade.bot.settings.dossiers / "0123456789abcdef"
    await story.brigade.crash()
    folder.mkdir(parents=True)
    other = folder / "dossier-2020-001.zip"
    for path in (folder / f"dossier-{number}.zip", other):
        path.write_bytes(b"Femke Ooijevaar")
    async with opened_only(story):
        assert [*folder.iterdir()] == [other]
    other.unlink()
    await story.brigade.start()
    story.heeds_everything()


@asynccontextmanager
async def opened_only(story: Story) -> AsyncIterator[None]:
    """What a start does before anything is heard."""
    settings = story.brigade.playground.settings
    database = await open_database(settings.database)
    try:
        await clear_erased(database, settings.dossiers, {one.incident for one in read_list(settings.erasures)})
        yield
    finally:
        await database.close()


async def test_an_entry_that_people_know_otherwise_is_erased_as_that(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "feit Femke Ooijevaar staat bij het station", where="room")
    told = await answers.told(story.brigade.bot.desk, (await story.incident()).id)
    (seq,) = [sealed.seq for sealed, entry in told if isinstance(entry, e.LineRecorded)]
    await story.says("vandijk", f"wis logboek {seq} omdat het om een kind gaat", where="room")
    assert "wil regel 1 wissen" in await story.last("vandijk", where="room")
    await story.says("bakker", "wis klopt", where="room")
    await story.settle()
    assert await rows_with(story, "Ooijevaar") == []
    story.heeds_everything()
