"""What is kept of messages that are changed or removed, of files, and of rooms where all that is said is kept."""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from nio.crypto.attachments import decrypt_attachment, encrypt_attachment

from bot import exporting
from bot.domain import entries as e
from bot.logbook.chain import parse
from bot.store import files, log
from bot.transcribing import CODEC
from tests.night.told import plain
from tests.story import Story, Where
from tests.wire_homeserver.faults import Answered

pytestmark = pytest.mark.asyncio(loop_scope="session")
PHOTO = b"\x89PNG de foto van het plein" * 40
UPLOAD = "/_matrix/media/v3/upload"


async def shares(
    story: Story,
    person: str,
    name: str,
    data: bytes = PHOTO,
    where: Where = "room",
    **change: Any,  # noqa: ANN401 - content
) -> str:
    """Somebody shares an encrypted picture in the room; `change` is of the message's content."""
    closed, keys = encrypt_attachment(data)
    url = await _uploads(story, person, closed)
    content: dict[str, Any] = {
        "msgtype": "m.image",
        "body": name,
        "info": {"mimetype": "image/png", "size": len(data)},
        "file": {"url": url, **keys},
    }
    return await _sends(story, person, {**content, **change}, where)


async def shares_in_clear(story: Story, person: str, name: str) -> str:
    url = await _uploads(story, person, PHOTO)
    return await _sends(story, person, {"msgtype": "m.image", "body": name, "url": url})


async def _uploads(story: Story, person: str, data: bytes) -> str:
    peer = story.peer(person)
    headers = {"Authorization": f"Bearer {peer.client.access_token}", "Content-Type": "application/octet-stream"}
    answer = await peer.client.send("POST", UPLOAD, data, headers)
    return str((await answer.json())["content_uri"])


async def _sends(story: Story, person: str, content: Mapping[str, Any], where: Where = "room") -> str:
    story.takes_a_second()
    event = await story.peer(person).send(await story.room(person, where), content)
    await story.sent(event)
    return event


async def transcript(story: Story) -> list[e.TranscriptEntry]:
    """What was said in the newest incident, as its own log tells it."""
    bot, row = story.brigade.bot, await story.row()
    name = bot.desk.seal.transcript(row.id)
    async with bot.database.read() as tx:
        raws, openings = await log.entries(tx, name), await log.openings(tx, name)
    of = {n: [one for one in openings if one.seq == n] for n in range(len(raws))}

    def none(digest: str) -> bytes:
        raise AssertionError(digest)

    return [CODEC.read(parse(raw), of[n], none) for n, raw in enumerate(raws)]


async def kept(story: Story, event: str) -> bytes:
    """What the key in the log opens of the bytes in the folder."""
    bot, row = story.brigade.bot, await story.row()
    async with bot.database.read() as tx:
        openings = await log.openings(tx, row.log)
    values = {(one.seq, one.name): parse_value(one.pre) for one in openings}
    seq = next(seq for (seq, name), value in values.items() if name == "url" and (seq, "key") in values)
    assert values[seq, "message"] == event
    data = files.read(bot.settings.files, values[seq, "sha256"])
    assert data is not None, "the file is not in the folder"
    assert PHOTO[:20] not in data
    opened: bytes = decrypt_attachment(data, values[seq, "key"], _base64(values[seq, "sha256"]), values[seq, "iv"])
    return opened


def parse_value(pre: bytes) -> Any:  # noqa: ANN401 - any value of the log
    return json.loads(pre)[3]


def _base64(digest: str) -> str:
    return b64encode(bytes.fromhex(digest)).decode()


@pytest.mark.on_synapse
async def test_a_picture_a_change_and_a_removal(story: Story) -> None:
    await plain(story)
    photo = await shares(story, "bakker", "plein.png")
    await story.reacts("vandijk", photo, "📌")
    story.hears("vandijk", "Bericht vastgelegd (regel 1)")
    story.hears("vandijk", "De bijlage bij regel 1 is bewaard: plein.png")
    assert await kept(story, photo) == PHOTO
    said = await story.says("bakker", "feit er staan 40 man", where="room")
    await story.edits("bakker", said, "feit er staan 60 man")
    told = story.hears("vandijk", "wijzigde regel 2 in de chat")
    assert "er staan 60 man" in told.body
    own = story.hears("bakker", "je wijziging staat in het logboek")
    assert own.room_id == await story.room("bakker", "direct")
    assert "vervang 2 …" in own.body
    await story.takes_back("bakker", said, where="room")
    story.hears("vandijk", "verwijderde regel 2 uit de chat")
    assert "Vraag het de coördinator" in story.hears("bakker", "uit de chat, niet uit het logboek").body
    await story.says("vandijk", "regel 2", where="room")
    shown = await story.last("vandijk", "room")
    assert "er staan 40 man" in shown
    assert "er staan 60 man" in shown
    assert "Uit de chat verwijderd" in shown
    assert len((await story.incident()).log_lines) == 2
    # what was no line before is not carried out by being changed
    talk = await story.says("vandijk", "fiet er is brand", where="room")
    await story.edits("vandijk", talk, "feit er is brand")
    assert "voer ik niet uit" in await story.last("vandijk", "room")
    assert len((await story.incident()).log_lines) == 2
    story.heeds_everything()


async def test_the_alarm_is_changed_in_private_and_its_room_hears_it(story: Story) -> None:
    alarm = await story.says("bakker", "alarm Waterbrug: er is iets raars aan de hand op internet")
    story.expects_page("vandijk")
    await story.answers("vandijk")
    await story.joins("bakker", "vandijk")
    await story.edits("bakker", alarm, "alarm Waterbrug: een oproep op internet", where="direct")
    assert "een oproep op internet" in story.hears("vandijk", "wijzigde de tekst van het alarm").body
    assert "source.edited" in await story.entries()
    story.heeds_everything()


async def test_files_that_cannot_be_kept_and_one_that_is_fetched_by_the_next_start(story: Story) -> None:
    await plain(story)
    clear = await shares_in_clear(story, "bakker", "open.png")
    await story.reacts("vandijk", clear, "📌")
    assert "niet versleuteld" in await story.last("vandijk", "room")
    large = await shares(story, "bakker", "groot.png", info={"size": 1 << 40})
    await story.reacts("vandijk", large, "📌")
    assert "te groot" in story.hears("bakker", "bijlage bij regel 1 niet bewaard").body
    await story.says("vandijk", "regel 1", where="room")
    assert "groot.png (niet bewaard: te groot)" in await story.last("vandijk", "room")
    _, keys = encrypt_attachment(b"iets anders")
    swapped = await shares(story, "bakker", "verwisseld.png", file={"url": "mxc://nergens.example/x", **keys})
    await story.reacts("vandijk", swapped, "📌")
    assert "De server heeft hem niet meer" in story.hears("bakker", "bijlage bij regel 2 niet bewaard").body
    photo = await shares(story, "bakker", "plein.png")
    bot, wire = story.brigade.playground.bot, story.brigade.at_the_wire
    with wire.faults.on(Answered(502), "/media/download", who=bot) as planned:
        await story.peer("vandijk").react(await story.room("vandijk", "room"), photo, "📌")
        await story.until(lambda: planned.met > 0)
        await story.brigade.crash()
    await story.brigade.start()
    await story.settle()
    story.hears("vandijk", "De bijlage bij regel 3 is bewaard")
    assert (await story.entries()).count("file.kept") == 1
    assert (await story.entries()).count("file.not.kept") == 2
    story.heeds_everything()


async def test_a_room_where_all_that_is_said_is_kept(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    bot = story.brigade.bot
    contacts = bot.reference.contacts
    agreed = tuple(replace(m, chat="all" if m.id == "polderdam" else m.chat) for m in contacts.municipalities)
    bot.reference = replace(bot.reference, contacts=replace(contacts, municipalities=agreed))
    await story.says("mulder", "alarm Polderdam: er is iets raars aan de hand op internet")
    story.expects_page("vandijk")
    await story.answers("vandijk")
    await story.joins("mulder", "vandijk")
    assert "Dat heeft Polderdam zo afgesproken" in story.hears("vandijk", "Alles in deze kamer wordt bewaard").body
    await story.says("mulder", "ik zie 40 man", where="room")
    said = await story.says("vandijk", "wie belt de school?", where="room")
    await story.crash_and_restart()
    await story.edits("vandijk", said, "wie belt de school aan de kade?")
    await story.takes_back("vandijk", said, where="room")
    photo = await shares(story, "mulder", "plein.png")
    await story.settle()
    told = [type(entry).__name__ for entry in await transcript(story)]
    assert told == [
        "MessageSaid", "MessageSaid", "MessageChanged", "MessageWithdrawn", "MessageSaid", "FileShared", "FileKept",
    ]  # fmt: skip
    texts = [entry.text for entry in await transcript(story) if isinstance(entry, e.MessageSaid | e.MessageChanged)]
    assert texts == ["ik zie 40 man", "wie belt de school?", "wie belt de school aan de kade?", "plein.png"]
    assert [one.message for one in await transcript(story) if isinstance(one, e.FileKept)] == [photo]
    assert "message.said" not in await story.entries()
    await story.says("vandijk", "export")
    story.hears("vandijk", "Export")
    monkeypatch.setattr(exporting, "IN_CHAT", 1_000)
    await story.says("vandijk", "export")
    assert "te groot voor de chat" in await story.last("vandijk")
    assert sha256(PHOTO).hexdigest() not in str(story.logged)
    story.heeds_everything()
