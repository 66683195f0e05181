"""What is past its term, on a real homeserver with encryption: what was said beforehand is what is done, in room and log."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.domain.ids import RoomId
from bot.domain.retention import Destruction
from bot.matrix.peer import PeerRefused
from bot.matrix.wire import room_path
from bot.retention import outlook
from bot.store import directory, rooms
from tests.story import Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def ended(story: Story) -> str:
    """An exercise with words in it, closed, and so long ago that it is finished."""
    await story.says("bakker", "testalarm")
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    story.expects_page("vandijk")
    await story.answers("vandijk")
    await story.joins("bakker", "vandijk")
    await story.says("bakker", "feit Jelle Hofstra staat bij het station", where="room")
    await story.says("vandijk", "sluit")
    await story.says("vandijk", "sluit ja het is rustig")
    await story.passes(days=120)
    number = await story.number()
    assert (await story.incident(number)).state == "finished"
    return number


async def due(story: Story, number: str) -> list[Destruction]:
    bot = story.brigade.bot
    return [one for one in await outlook(bot.desk, bot.reference.contacts.retention) if one.number == number]


async def iogplus(story: Story, *arguments: str) -> Result:
    given = [*arguments, "--config", str(story.brigade.directory / "config.yaml"), "--lang", "nl"]
    said = await asyncio.to_thread(CliRunner().invoke, app, given, catch_exceptions=False)
    assert (said.exit_code, said.stderr) == (0, "")
    return said


def of(number: str, said: Result) -> list[str]:
    return [line for line in said.stdout.splitlines() if line.startswith(number)]


async def test_a_room_is_emptied_and_a_log_destroyed_as_was_said_beforehand(story: Story) -> None:
    number = await ended(story)
    room, bakker = await story.room("bakker", "room"), story.peer("bakker")
    main = (await story.incident(number)).id
    await story.says("vandijk", f"export {number}")
    story.hears("vandijk", "klaar")
    said = [one for one in await due(story, number) if one.kind == "room"]
    assert [one.barred for one in said] == [None]
    page = await bakker.raw("GET", f"{room_path(RoomId(room), 'messages')}?dir=b&limit=100")
    before = [event["event_id"] for event in page["chunk"] if event["type"] == "m.room.encrypted" and event["content"]]
    assert len(before) > 2
    await story.brigade.bot.empty_rooms()
    await story.settle()
    assert [one for one in await due(story, number) if one.kind == "room"] == []
    await bakker.sync()
    left = await bakker.raw("GET", f"{room_path(RoomId(room), 'messages')}?dir=b&limit=100")
    assert [
        event["event_id"] for event in left["chunk"] if event["type"] == "m.room.encrypted" and event["content"]
    ] == []
    assert {event["event_id"] for event in left["chunk"]} >= set(before), "they were looked at once more"
    joined = await story.brigade.administers("GET", f"/_synapse/admin/v1/rooms/{room}/members", {})
    assert joined["members"] == []
    with pytest.raises(PeerRefused):
        await bakker.say(room, "is er nog iemand?")
    async with story.brigade.bot.database.read() as tx:
        assert await rooms.of_incident(tx, main) == []
    await destroyed(story, number)
    story.heeds_everything()


async def destroyed(story: Story, number: str) -> None:
    """At the terminal, while the bot does not run."""
    certificates = story.brigade.playground.settings.certificates
    await story.brigade.crash()
    before = of(number, await iogplus(story, "retention"))
    assert [line for line in before if "oefening" in line], before
    done = of(number, await iogplus(story, "retention", "--run", "--by", "vandijk"))
    assert done == before
    assert of(number, await iogplus(story, "retention")) == []
    assert number in (certificates / f"vernietiging-{number}.txt").read_text(encoding="utf-8")
    assert (certificates / f"vernietiging-{number}.checkpoint").is_file()
    assert _holding(Path(story.brigade.playground.settings.state_dir), b"Jelle Hofstra") == []
    await story.brigade.start()
    async with story.brigade.bot.database.read() as tx:
        assert await directory.by_number(tx, number) is None
    await story.settle()


def _holding(folder: Path, words: bytes) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and words in path.read_bytes()]
