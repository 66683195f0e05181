"""Files that people shared: read from their message with distrust, fetched from a real homeserver, kept as they came."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from nio.crypto.attachments import encrypt_attachment

from bot.cli_doctor import _files
from bot.config import Settings
from bot.domain import commands as c
from bot.domain import messages as m
from bot.domain.attachment import SharedFile
from bot.domain.delivery import Delivered, GaveUp, Outcome, Retry
from bot.domain.ids import EventId, PersonId
from bot.matrix.keeping import Bounds, Keeping, shared_file
from bot.matrix.wire import Answer
from bot.store import log
from bot.store.database import open_database
from tests.builders import by
from tests.desk.ground import INCIDENT, Ground
from tests.matrix.conftest import Bot
from tests.store.conftest import migrated_file, sqlite_url

__all__ = ["migrated_file", "sqlite_url"]
PHOTO = b"de foto van het plein" * 500
HASH = b64encode(bytes(32)).decode().rstrip("=")
FILE: dict[str, Any] = {
    "url": "mxc://iog.example/x",
    "key": {"k": "sleutel"},
    "iv": "begin",
    "hashes": {"sha256": HASH},
}
PICTURE: dict[str, Any] = {
    "msgtype": "m.image",
    "body": "plein.jpg",
    "info": {"size": 5, "mimetype": "image/jpeg"},
    "file": FILE,
}


# --- what a message says of its file ------------------------------------------------------------------------------------


def test_a_message_with_a_file_is_read() -> None:
    expected = SharedFile("plein.jpg", "image/jpeg", 5, "mxc://iog.example/x", "00" * 32, "sleutel", "begin")
    assert shared_file(PICTURE) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"msgtype": "m.text"}, {"file": {}}, {"file": "x"}, {"file": FILE | {"url": 1}}, {"file": FILE | {"key": "k"}},
        {"file": FILE | {"key": {"k": None}}}, {"file": FILE | {"iv": 3}}, {"file": FILE | {"hashes": {}}},
        {"file": FILE | {"hashes": {"sha256": "geen base64 !"}}},
    ],
)  # fmt: skip
def test_a_message_that_nobody_could_open_has_no_file(change: dict[str, Any]) -> None:
    assert shared_file(PICTURE | change) is None


def test_a_file_in_clear_is_seen_as_such() -> None:
    assert shared_file({"msgtype": "m.file", "body": "x", "url": "mxc://iog.example/x"}) == "clear"


@pytest.mark.parametrize("size", [-1, True, "5", 5.5, 1 << 60, None])
def test_a_size_that_makes_no_sense_is_not_believed(size: object) -> None:
    found = shared_file(PICTURE | {"info": {"size": size, "mimetype": 3}})
    assert isinstance(found, SharedFile)
    assert (found.size, found.media_type) == (None, "")


def test_a_caption_is_not_the_name() -> None:
    found = shared_file(PICTURE | {"body": "kijk, het plein", "filename": "plein.jpg"})
    assert isinstance(found, SharedFile)
    assert found.name == "plein.jpg"


def test_half_a_character_is_left_out_of_what_is_written_down() -> None:
    found = shared_file(PICTURE | {"body": "plein\ud800.jpg", "info": {"mimetype": "image/\udfffjpeg"}})
    assert isinstance(found, SharedFile)
    assert (found.name, found.media_type) == ("plein.jpg", "image/jpeg")


@pytest.mark.parametrize(
    "change", [{"url": "mxc://iog.example/\ud800"}, {"key": {"k": "sleutel\ud800"}}, {"iv": "begin\ud800"}]
)
def test_an_address_or_a_key_with_half_a_character_opens_nothing(change: dict[str, Any]) -> None:
    assert shared_file(PICTURE | {"file": FILE | change}) is None


# --- fetched ------------------------------------------------------------------------------------------------------------


@dataclass
class Archive:
    bot: Bot
    ground: Ground
    folder: Path
    bounds: Bounds = Bounds(each=1 << 20, hour=1 << 30, free=0, at_once=2)
    keeping: Keeping | None = None

    async def shared(self, data: bytes = PHOTO, **change: Any) -> SharedFile:  # noqa: ANN401 - fields of the file
        """Somebody's encrypted file on the homeserver, as the message of it is read."""
        closed, keys = encrypt_attachment(data)
        sent = await self.bot.client.call(
            "POST", "/_matrix/media/v3/upload", closed, content_type="application/octet-stream"
        )
        assert sent.ok
        content = {"msgtype": "m.file", "body": "plein.jpg", "file": {"url": sent.body["content_uri"], **keys}}
        found = shared_file(content)
        assert isinstance(found, SharedFile)
        return replace(found, **change)

    async def fetches(self, file: SharedFile, *, erased: bool = False) -> Outcome:
        """The file is put in the log, and what the outbox asks for is done."""
        event = EventId(f"$foto-{file.sha256}-{len(await self.ground.kinds())}")
        mark = c.RecordLine(
            kind="bericht", text=file.name, source=event, author=PersonId("bakker"), file=file, by=by("bakker")
        )
        await self.ground.desk.handle(INCIDENT, mark)
        row = (await self.ground.outbox("FetchFile"))[-1]
        seal = self.ground.desk.seal
        if erased:
            async with self.ground.database.begin() as tx:
                assert row.seq is not None
                await log.erase(tx, seal.origin(INCIDENT), row.seq, "key")
        if self.keeping is None:
            self.keeping = Keeping(
                self.bot.client, self.ground.desk, self.folder, self.bounds,
                lambda incident, said: seal.transcript(incident) if said else seal.origin(incident),
            )  # fmt: skip
        return await self.keeping(row, msgspec.json.decode(row.message, type=m.FetchFile))


@pytest_asyncio.fixture
async def archive(bot: Bot, sqlite_url: str, tmp_path: Path) -> AsyncIterator[Archive]:
    database = await open_database(sqlite_url)
    await database.take_epoch()
    ground = Ground(database)
    await ground.alarm()
    yield Archive(bot, ground, tmp_path / "blobs")
    await database.close()


async def test_a_file_is_kept_encrypted_and_fetched_once(archive: Archive) -> None:
    file = await archive.shared()
    outcome = await archive.fetches(file)
    assert isinstance(outcome, Delivered)
    assert outcome.file is not None
    assert outcome.file.opened_sha256 == sha256(PHOTO).hexdigest()
    (found,) = archive.folder.iterdir()
    assert found.name == file.sha256
    assert PHOTO[:40] not in found.read_bytes()
    assert found.stat().st_mode & 0o077 == 0
    # when it is there already the homeserver is not asked again
    assert isinstance(await archive.fetches(replace(file, url="mxc://nergens.example/weg")), Delivered)


async def test_what_is_larger_than_agreed_is_not_read_to_its_end(archive: Archive) -> None:
    archive.bounds = replace(archive.bounds, each=1_000)
    file = await archive.shared()
    assert await archive.fetches(file) == GaveUp("too_large")
    assert await archive.fetches(replace(file, size=1_001)) == GaveUp("too_large")
    assert not archive.folder.exists()


async def test_what_is_not_what_was_sent_is_not_kept(archive: Archive) -> None:
    file = await archive.shared()
    assert await archive.fetches(replace(file, sha256="0" * 64)) == GaveUp("damaged")
    assert await archive.fetches(replace(file, key="kort")) == GaveUp("damaged")
    assert await archive.fetches(replace(file, iv="!")) == GaveUp("damaged")
    assert not archive.folder.exists()


@pytest.mark.parametrize(
    "url",
    ["mxc://iog.example/niets", "https://iog.example/x", "mxc://../../_matrix/client/v3/account/whoami", "mxc://a/b/c"],
)
async def test_what_no_homeserver_has_is_given_up_at_once(archive: Archive, url: str) -> None:
    file = await archive.shared()
    url = url.replace("iog.example", archive.bot.client.account.server_name)
    assert await archive.fetches(replace(file, url=url)) == GaveUp("unavailable")


async def test_a_file_whose_key_was_erased_is_not_fetched(archive: Archive) -> None:
    assert await archive.fetches(await archive.shared(), erased=True) == GaveUp("erased")


async def test_a_homeserver_that_is_away_and_a_disk_that_is_full_are_tried_again(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await archive.shared()
    archive.folder.write_text("geen map")
    assert isinstance(await archive.fetches(file), Retry)
    archive.folder.unlink()
    account = replace(archive.bot.client.account, homeserver_url="http://127.0.0.1:9")
    monkeypatch.setattr(archive.bot.client, "account", account)
    assert isinstance(await archive.bot.client.download(file.url, 1 << 20), Answer)
    assert await archive.fetches(file) == Retry("no answer")


async def test_more_of_one_incident_than_agreed_within_an_hour_is_not_fetched(archive: Archive) -> None:
    archive.bounds = replace(archive.bounds, hour=len(PHOTO) * 2)
    first, second, third = [await archive.shared() for _ in range(3)]
    assert isinstance(await archive.fetches(first), Delivered)
    assert isinstance(await archive.fetches(second), Delivered)
    assert await archive.fetches(replace(third, size=1)) == GaveUp("too_many")
    # what is there already takes nothing more
    assert isinstance(await archive.fetches(first), Delivered)
    archive.ground.now += timedelta(minutes=61)
    assert isinstance(await archive.fetches(third), Delivered)


async def test_a_claim_of_size_that_is_not_true_is_no_way_past_the_bound(archive: Archive) -> None:
    archive.bounds = replace(archive.bounds, hour=1_000)
    assert await archive.fetches(await archive.shared(size=1)) == GaveUp("too_many")
    assert not archive.folder.exists()


async def test_a_disk_that_is_too_full_keeps_nothing_and_the_operators_hear_once(archive: Archive) -> None:
    archive.bounds = replace(archive.bounds, free=1 << 62)
    for _ in range(2):
        assert await archive.fetches(await archive.shared()) == GaveUp("no_room")
    assert not archive.folder.exists()
    notes = [row.message for row in await archive.ground.outbox("ManagementNote")]
    assert sum(b"files_no_room" in note for note in notes) == 1


async def test_no_more_are_fetched_at_once_than_agreed(archive: Archive) -> None:
    archive.bounds = replace(archive.bounds, at_once=1)
    assert isinstance(await archive.fetches(await archive.shared()), Delivered)
    assert archive.keeping is not None
    async with archive.keeping._places:
        waiting = asyncio.create_task(archive.fetches(await archive.shared()))
        await asyncio.wait((waiting,), timeout=0.2)
        assert not waiting.done()
        assert len(list(archive.folder.iterdir())) == 1
    assert isinstance(await waiting, Delivered)


# --- the folder ---------------------------------------------------------------------------------------------------------


def test_the_doctor_says_whether_files_can_be_kept(tmp_path: Path) -> None:
    settings = Settings.model_construct(state_dir=tmp_path, file_max_mib=1)
    assert _files(settings).verdict == "ok"
    crowded = Settings.model_construct(state_dir=tmp_path, file_max_mib=1 << 40)
    assert (_files(crowded).check, _files(crowded).verdict) == ("files_room", "warn")
    for lang in ("nl", "en"):
        assert str(tmp_path / "blobs") in _files(crowded).text(lang)
    (tmp_path / "bestand").write_text("geen map")
    broken = Settings.model_construct(state_dir=tmp_path / "bestand", file_max_mib=1)
    assert _files(broken).verdict == "fail"
