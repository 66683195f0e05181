"""A dossier is made beside everything else: an alarm does not wait for it, a long one says how far it is, a crash costs nothing."""

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from bot import exporting
from bot.desk import Desk, Settle
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.ids import EventId
from bot.dossier.documents import COUNT, Press
from bot.matrix.content import txn_of
from bot.matrix.readback import NAME
from bot.store import outbox
from tests.night.told import plain
from tests.story import Story
from tests.wire_homeserver.faults import Answered

pytestmark = pytest.mark.asyncio(loop_scope="session")


@contextmanager
def slow_press(monkeypatch: pytest.MonkeyPatch, *, after: int) -> Iterator[threading.Event]:
    """The machine is so slow that, of a dossier, what comes after so many documents waits until the event is set."""
    go_on, each = threading.Event(), Press.each

    def slowly(press: Press) -> Iterator[Any]:
        for done, made in enumerate(each(press)):
            if done == after:
                go_on.wait(60)
            yield made

    monkeypatch.setattr(Press, "each", slowly)
    monkeypatch.setattr(exporting, "LOOK_EVERY", 0.05)
    try:
        yield go_on
    finally:
        go_on.set()


async def asks(story: Story) -> str:
    return await story.peer("vandijk").say(await story.room("vandijk", "direct"), "export")


async def files(story: Story) -> list[str]:
    room = await story.room("vandijk", "direct")
    return [s.body for s in story._new("vandijk") if s.room_id == room and s.content.get("msgtype") == "m.file"]


def made_files(story: Story) -> list[Path]:
    """What the bot made to be sent and still has, also half of it."""
    return sorted(path for path in story.brigade.bot.settings.dossiers.rglob("*") if path.is_file())


async def test_a_long_dossier_says_how_far_it_is_in_one_message(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    await plain(story)
    monkeypatch.setattr(exporting, "LONG", 1)
    with slow_press(monkeypatch, after=3) as go_on:
        event = await asks(story)
        await story.sees("vandijk", f"0 van {COUNT} documenten")
        await story.peer("vandijk").wait_for(
            lambda _: any(f"3 van {COUNT} documenten" in seen.body for seen in story._new("vandijk")), 30
        )
        other = await story.peer("bakker").say(await story.room("bakker", "alarm"), "wie cyber")
        await story.sees("bakker", "cyber: ")  # nobody else waits for it
        go_on.set()
        await story.sees("vandijk", "klaar")
    await story.sent(event)
    await story.sent(other)
    told = await story.texts("vandijk")
    assert [text for text in told if "📦" in text and "klaar" not in text] == [
        f"📦 De export van {(await story.incident()).number} is gemaakt."
    ]
    assert len(await files(story)) == 1
    assert made_files(story) == [], "what was handed over does not stay"
    story.heeds_everything()


async def test_a_bot_that_is_killed_half_way_makes_it_again_and_hands_it_over_once(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    await plain(story)
    folder = story.brigade.bot.settings.dossiers
    before = {*folder.glob("*/*")}
    with slow_press(monkeypatch, after=2):
        event = await asks(story)
        async with asyncio.timeout(30):
            while not [*folder.glob("*/.*")]:  # half of it is there, under no name that anybody would open
                await story.peer("vandijk").sync(timeout_ms=50)
        assert not {*folder.glob("*/dossier-*.zip")} - before
        await story.brigade.crash()
    while [*folder.glob("*/.*")]:  # a thread does not die with the bot that began it; a process would
        await story.peer("vandijk").sync(timeout_ms=50)
    monkeypatch.undo()
    await story.brigade.start()
    await story.sent(event)
    story.hears("vandijk", "klaar")
    assert len(await files(story)) == 1
    assert made_files(story) == [], "nor does the half of the first try"
    story.heeds_everything()


async def test_a_file_stays_until_it_is_sent_and_no_longer(story: Story) -> None:
    """Made, and the homeserver takes no file; the bot is killed, its sweeps come by, and then the file is sent once."""
    await plain(story)
    bot, wire = story.brigade.playground.bot, story.brigade.at_the_wire
    folder = story.brigade.bot.settings.dossiers
    (folder / "0123456789abcdef").mkdir(parents=True)
    (folder / "0123456789abcdef" / "dossier-2020-001.zip").write_bytes(b"of a bot that was killed after it was sent")
    with wire.faults.on(Answered(503), "/upload", who=bot) as planned:
        event = await asks(story)
        await story.until(lambda: planned.met > 0)
        (made,) = [path for path in made_files(story) if path.parent.name != "0123456789abcdef"]
        await story.brigade.bot.sweep()
        assert made_files(story) == [made], "what nobody waits for is gone, what waits to be sent is not"
        await story.brigade.crash()
        await story.brigade.start()
        assert made_files(story) == [made]
    story.brigade.moves(timedelta(seconds=16))
    await story.sent(event)
    story.hears("vandijk", "klaar")
    assert len(await files(story)) == 1
    assert made_files(story) == []
    story.heeds_everything()


async def test_words_that_are_erased_before_it_is_sent_do_not_leave_with_it(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "feit Jelle Hofstra staat bij het station", where="room")
    await story.says("vandijk", "wis regel 1 omdat het om een kind gaat", where="room")
    bot, wire = story.brigade.playground.bot, story.brigade.at_the_wire
    with wire.faults.on(Answered(503), "/upload", who=bot) as planned:
        event = await asks(story)
        await story.until(lambda: planned.met > 0)
        yes = await story.peer("bakker").say(await story.room("bakker", "room"), "wis klopt")
        await story.sees("bakker", "Gewist: regel 1")
        assert made_files(story) == []
    story.brigade.moves(timedelta(seconds=16))
    await story.sent(event)
    await story.sent(yes)
    assert await files(story) == []
    story.hears("vandijk", "Exports van")
    story.hears("vandijk", "er is intussen iets gewist. Vraag het opnieuw.")
    await story.says("vandijk", "export")
    story.hears("vandijk", "klaar")
    assert len(await files(story)) == 1
    story.heeds_everything()


async def test_what_is_taken_away_while_it_is_made_is_made_anew(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    await plain(story)
    folder = story.brigade.bot.settings.dossiers
    with slow_press(monkeypatch, after=1) as go_on:
        event = await asks(story)
        await story.until(lambda: bool([*folder.glob("*/.*")]))
        for half in folder.glob("*/.*"):
            shutil.rmtree(half)
        go_on.set()
        await story.sent(event)
    story.hears("vandijk", "klaar")
    assert len(await files(story)) == 1
    assert made_files(story) == []
    story.heeds_everything()


async def test_an_erasure_in_the_last_moment_makes_it_anew(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made and looked at, and then the words go, in the moment before it is handed over."""
    await plain(story)
    await story.says("bakker", "feit Jelle Hofstra staat bij het station", where="room")
    await story.says("vandijk", "wis regel 1 omdat het om een kind gaat", where="room")
    note, held = Desk.note, asyncio.Event()

    async def later(desk: Desk, entry: e.IndexEntry, *told: m.Message, settles: Settle | None = None) -> None:
        if isinstance(entry, e.DossierExported):
            await held.wait()
        await note(desk, entry, *told, settles=settles)

    monkeypatch.setattr(Desk, "note", later)
    event = await asks(story)
    await story.until(lambda: len(made_files(story)) == 1)
    yes = await story.peer("bakker").say(await story.room("bakker", "room"), "wis klopt")
    await story.sees("bakker", "Gewist: regel 1")
    held.set()
    await story.sent(event)
    await story.sent(yes)
    room = await story.room("vandijk", "direct")
    (file,) = [s for s in story._new("vandijk") if s.room_id == room and s.content.get("msgtype") == "m.file"]
    data = await story.peer("vandijk").download(file.content)
    with ZipFile(BytesIO(data)) as zipped:
        assert "field.erased" in zipped.read("entries.jsonl").decode()
        assert [name for name in zipped.namelist() if b"Hofstra" in zipped.read(name)] == []
    story.heeds_everything()


@contextmanager
def changed_on_disk(story: Story, number: str) -> Iterator[None]:
    """Somebody with the database's file in hand changes a letter of the sixth entry; afterwards it is as it was."""
    file = story.brigade.playground.settings.database.removeprefix("sqlite:///")
    sixth = "log = (SELECT log FROM incident WHERE number = ?) AND seq = 5"

    def put(raw: bytes) -> bytes:
        with closing(sqlite3.connect(file, timeout=30)) as database, database:
            guards = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in guards:
                database.execute(f'DROP TRIGGER "{name}"')
            (was,) = database.execute(f"SELECT raw FROM log_entry WHERE {sixth}", (number,)).fetchone()
            database.execute(
                f"UPDATE log_entry SET raw = ? WHERE {sixth}", (raw or was.replace(b'"v":1', b'"v":2'), number)
            )
            for _, guard in guards:
                database.execute(guard)
            return bytes(was)

    was = put(b"")
    try:
        yield
    finally:
        put(was)


async def test_a_log_that_does_not_verify_is_told_with_its_place_to_who_can_look(story: Story) -> None:
    await plain(story)
    number = await story.number()
    with changed_on_disk(story, number):
        await story.says("vandijk", "export")
        story.hears("vandijk", f"Het logboek van {number} klopt niet; er is geen export gemaakt.")
        story.hears("vandijk", f"geen export gemaakt, want het logboek klopt niet ({number}, #5:")
    assert made_files(story) == []
    await story.says("vandijk", "export")
    story.hears("vandijk", "klaar")
    assert len(await files(story)) == 1
    story.heeds_everything()


async def test_an_erasure_half_way_an_export_makes_it_anew_without_the_words(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    await plain(story)
    await story.says("bakker", "feit Jelle Hofstra staat bij het station", where="room")
    await story.says("vandijk", "wis regel 1 omdat het om een kind gaat", where="room")
    with slow_press(monkeypatch, after=1) as go_on:
        event = await asks(story)
        async with asyncio.timeout(30):
            while not [*story.brigade.bot.settings.dossiers.glob("*/.*")]:
                await story.peer("vandijk").sync(timeout_ms=50)
        yes = await story.peer("bakker").say(await story.room("bakker", "room"), "wis klopt")
        await story.sees("bakker", "Gewist: regel 1")
        go_on.set()
    await story.sent(event)
    await story.sent(yes)
    room = await story.room("vandijk", "direct")
    (file,) = [s for s in story._new("vandijk") if s.room_id == room and s.content.get("msgtype") == "m.file"]
    data = await story.peer("vandijk").download(file.content)
    with ZipFile(BytesIO(data)) as zipped:
        assert [name for name in zipped.namelist() if b"Hofstra" in zipped.read(name)] == []
    story.heeds_everything()


async def test_a_disk_that_is_full_leaves_nothing_half_and_is_told(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    await plain(story)
    folder = story.brigade.bot.settings.dossiers
    before = sorted(folder.glob("**/*"))
    monkeypatch.setattr("os.fsync", _full)
    await story.says("vandijk", "export")
    story.hears("vandijk", "Is de schijf vol?")
    story.hears("vandijk", "kon niet worden bewaard. De beheerder weet het.")
    assert [one for one in sorted(folder.glob("**/*")) if one not in before and one.is_file()] == []
    monkeypatch.undo()
    await story.says("vandijk", "export")
    story.hears("vandijk", "klaar")
    story.heeds_everything()


async def test_a_log_that_breaks_the_press_stops_no_page(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    await plain(story)

    def jams(_: Press) -> Iterator[Any]:
        raise RuntimeError("what people wrote")

    monkeypatch.setattr(Press, "each", jams)
    story.forgiven.add("export_failed")
    await story.says("vandijk", "export")
    story.hears("vandijk", "kon niet worden gemaakt. Het log is ongeschonden.")
    story.hears("vandijk", "ging mis (RuntimeError); dat is een fout in de bot.")
    assert [line for line in story.logged if line["event"] == "export_failed"] == [
        {"event": "export_failed", "kind": "RuntimeError", "log_level": "error"}
    ]
    monkeypatch.undo()
    await story.says("vandijk", "export")  # the bot did not stop, and what was asked for is not tried for ever
    story.hears("vandijk", "klaar")
    assert len(await files(story)) == 1
    story.heeds_everything()


def _full(_: int) -> None:
    raise OSError(28, "No space left on device")


async def test_the_message_that_comes_with_the_file_is_known_again(story: Story) -> None:
    """After a long absence the bot looks in the room for what it said: an export with the same words is another one."""
    await plain(story)
    for _ in range(2):
        await story.says("vandijk", "export")
    heard = [seen for seen in story._new("vandijk") if "📦 Export" in seen.body and seen.content["msgtype"] != "m.file"]
    async with story.brigade.bot.database.read() as tx:
        rows = {row.event_id: row for row in await outbox.of_none(tx, ("DossierReady",))}
    assert len({seen.event_id for seen in heard}) == 2
    assert [seen.content[NAME] for seen in heard] == [txn_of(rows[EventId(seen.event_id)]) for seen in heard]
    story.heeds_everything()
