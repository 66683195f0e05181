"""Files that people shared: read from their message, fetched once from the homeserver, and kept as they came, encrypted.

Nothing is ever opened but to see that its key fits; nothing is shown, and nothing is run.
"""

import asyncio
import binascii
import shutil
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

from nio.crypto.attachments import decrypt_attachment
from nio.exceptions import EncryptionError

from bot.desk import Desk
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.attachment import KeptFile, SharedFile
from bot.domain.delivery import Delivered, GaveUp, Outcome, Retry
from bot.domain.erased import Erased
from bot.domain.ids import IncidentId
from bot.folding import CODEC
from bot.logbook.chain import parse
from bot.matrix.client import MatrixClient
from bot.matrix.events import child
from bot.matrix.wire import Answer
from bot.store import files, log
from bot.store.outbox import OutboxRow
from bot.transcribing import CODEC as TRANSCRIPT_CODEC
from bot.words.parse import clean

WITH_FILE: Final = frozenset(("m.image", "m.file", "m.video", "m.audio"))


def name_of(content: Mapping[str, Any]) -> str:
    """What the file is called; a message with a caption keeps the name apart."""
    found = content.get("filename") or content.get("body")
    return clean(found)[:200] if isinstance(found, str) else ""


def shared_file(content: Mapping[str, Any]) -> SharedFile | Literal["clear"] | None:
    """The file of a message: "clear" when it was not encrypted, None when there is none or nobody could open it."""
    if content.get("msgtype") not in WITH_FILE:
        return None
    file, info = child(content, "file"), child(content, "info")
    if not file:
        return "clear" if isinstance(content.get("url"), str) else None
    url, key, iv = file.get("url"), child(file, "key").get("k"), file.get("iv")
    declared = child(file, "hashes").get("sha256")
    if not (isinstance(url, str) and isinstance(key, str) and isinstance(iv, str) and isinstance(declared, str)):
        return None
    if not (url + key + iv).isascii():
        return None  # neither an address nor base64
    try:
        digest = b64decode(declared + "=" * (-len(declared) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    size, kind = info.get("size"), info.get("mimetype")
    return SharedFile(
        name=name_of(content) or "–",
        media_type=clean(kind)[:100] if isinstance(kind, str) else "",
        size=size if type(size) is int and 0 <= size < 1 << 50 else None,
        url=url[:600],
        sha256=digest.hex(),
        key=key[:200],
        iv=iv[:200],
    )


@dataclass(frozen=True, slots=True)
class Bounds:
    """What files may take, in bytes: each, all of one incident within an hour, and what stays free on the disk; and how many are
    fetched at once."""

    each: int
    hour: int
    free: int
    at_once: int


HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Keeping:
    """Fetches the file that an entry names; `log` gives the name of an incident's log, or of its transcript."""

    client: MatrixClient
    desk: Desk
    folder: Path
    bounds: Bounds
    log: Callable[[IncidentId, bool], str]
    _fetched: dict[IncidentId, list[tuple[datetime, int]]] = field(
        default_factory=dict
    )  # of the last hour: when, how much
    _places: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_places", asyncio.Semaphore(self.bounds.at_once))

    async def __call__(self, row: OutboxRow, message: m.FetchFile) -> Outcome:
        shared = await self._shared(row, message)
        if shared is None or isinstance(shared.key, Erased) or isinstance(shared.iv, Erased):
            return GaveUp("erased")
        if shared.size is not None and shared.size > self.bounds.each:
            return GaveUp("too_large")
        async with self._places:
            return await self._kept(row, shared)

    async def _kept(self, row: OutboxRow, shared: e.FileShared) -> Outcome:
        assert row.incident is not None, "a file belongs to an incident"
        try:
            data = await asyncio.to_thread(files.read, self.folder, shared.sha256)
            known = data is not None
            if data is None:
                if (refused := await self._refused(row.incident, shared.size or 0)) is not None:
                    return refused
                fetched = await self.client.download(shared.url, self.bounds.each)
                if isinstance(fetched, Answer):
                    return _unfetched(fetched)
                # also what is refused after it came: a flood of it is a flood
                self._of_this_hour(row.incident).append(
                    (self.desk.clock().now, len(fetched or b"") or self.bounds.each)
                )
                if fetched is None:
                    return GaveUp("too_large")
                # how large it is was a claim until now
                if (refused := await self._refused(row.incident, 0, len(fetched))) is not None:
                    return refused
                data = fetched
            opened = await asyncio.to_thread(_opened, data, shared)
            if opened is None:
                return GaveUp("damaged")
            if not known:
                await asyncio.to_thread(files.keep, self.folder, shared.sha256, data)
        except OSError as full:  # a disk that is full today has room tomorrow, and pages may not wait for it
            return Retry(type(full).__name__)
        return Delivered(file=KeptFile(shared.sha256, opened, len(data)))

    def _of_this_hour(self, incident: IncidentId) -> list[tuple[datetime, int]]:
        since = self.desk.clock().now - HOUR
        recent = [one for one in self._fetched.get(incident, ()) if one[0] > since]
        self._fetched[incident] = recent
        return recent

    async def _refused(self, incident: IncidentId, more: int, there: int = 0) -> GaveUp | None:
        """Why nothing is kept: `more` bytes are still to come, `there` came and are counted. The operators hear once an hour of a
        disk that is too full."""
        if sum(size for _, size in self._of_this_hour(incident)) + more > self.bounds.hour:
            return GaveUp("too_many")
        at = next(folder for folder in (self.folder, *self.folder.parents) if folder.exists())
        free = (await asyncio.to_thread(shutil.disk_usage, at)).free
        if free - more - there >= self.bounds.free:
            return None
        note = m.ManagementNote(to=m.To("management"), code="files_no_room")
        await self.desk.say(f"files_no_room/{self.desk.clock().now:%Y%m%d%H}", (note,))
        return GaveUp("no_room")

    async def _shared(self, row: OutboxRow, message: m.FetchFile) -> e.FileShared | None:
        assert row.incident is not None, "a file belongs to an incident"
        assert row.seq is not None, "an entry asked for the file"
        name = self.log(row.incident, message.transcript)
        async with self.desk.database.read() as tx:
            raws = await log.entries(tx, name, first=row.seq, until_seq=row.seq)
            openings = await log.openings(tx, name, first=row.seq, until_seq=row.seq)
        codec = TRANSCRIPT_CODEC if message.transcript else CODEC
        try:
            found = codec.read(parse(raws[0]), openings, _no_blob) if raws else None
        except ValueError:
            return None  # the log is not what was written: whoever folds it says so
        return found if isinstance(found, e.FileShared) else None


def _unfetched(answer: Answer) -> Outcome:
    if answer.status == 0 or answer.worth_repeating:
        return Retry(answer.reason, answer.retry_after)
    return GaveUp("unavailable")


def _opened(data: bytes, shared: e.FileShared) -> str | None:
    """The SHA-256 (hex) of what the key opens; None when these are not the bytes that were sent, or no key fits."""
    if sha256(data).hexdigest() != shared.sha256:
        return None
    try:
        plain = decrypt_attachment(data, shared.key, b64encode(bytes.fromhex(shared.sha256)).decode(), shared.iv)
    except (EncryptionError, ValueError, OverflowError):
        return None
    return sha256(plain).hexdigest()


def _no_blob(digest: str) -> bytes:
    raise ValueError(f"a file is not read with its entry, and this is {digest}")
