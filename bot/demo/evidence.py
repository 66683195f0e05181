"""The bundle as a third party gets it: unpacked, verified by its own verifier in a process of its own, and refused once changed."""

import asyncio
import io
import json
import shutil
import zipfile
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from sys import executable
from typing import Final

from bot.config_words import Wrong
from bot.demo.cast import CannotPlay, Heard
from bot.domain.ids import IncidentId
from bot.keyfiles import read_log_key
from bot.logbook.checkpoint import public_key_text
from bot.sealing import Seal

CHANGED: Final = "entries.jsonl"
ENTRY: Final = b"iog-entry-v1\0"  # as docs/log-format.md has it


@dataclass(frozen=True, slots=True)
class Published:
    """What an installation makes known of its log beside any bundle: its name and the key that signs it."""

    origin: str
    public_key: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verifier printed, and its exit code: 0 when all is well."""

    said: str
    code: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """`anchors` of `witnessed` hashes that a client saw in the room stand in the log as they were shown."""

    bundle: Path
    whole: Verdict
    tampered: Verdict
    where: str
    witnessed: int
    anchors: int

    @property
    def good(self) -> bool:
        return self.whole.code == 0 and self.tampered.code == 1 and self.anchors == self.witnessed > 0


def published(log_key: Path, host: str, incident: IncidentId) -> Published:
    """The name and key of an incident's log, from the installation itself and not from the bundle."""
    key = read_log_key(log_key)
    if key is None or isinstance(key, Wrong):
        raise CannotPlay("the installation has no log key")
    origin = Seal(host, key, _no_salts).origin(incident)
    return Published(origin, public_key_text(key.public_key()))


def _no_salts() -> bytes:
    raise AssertionError("to name a log takes no chance")


def unpack(data: bytes, directory: Path) -> Path:
    """Unpack a bundle into an empty directory; raises CannotPlay for names that lead out of it."""
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        if any(name.startswith("/") or ".." in Path(name).parts for name in bundle.namelist()):
            raise CannotPlay("the bundle has names that lead elsewhere")
        bundle.extractall(directory)
    return directory


async def examine(bundle: Path, about: Published, heard: Iterable[Heard]) -> Evidence:
    """Verify the bundle, change one byte in a copy and verify that, and compare with the hashes that were seen in the room."""
    copy = bundle.with_name(f"{bundle.name}-changed")
    await asyncio.to_thread(shutil.copytree, bundle, copy)
    where = await asyncio.to_thread(change_one_byte, copy / CHANGED)
    whole, tampered = await asyncio.gather(verify(bundle, about), verify(copy, about))
    shown = [h.seen.content["nl.iog.log"] for h in heard if isinstance(h.seen.content.get("nl.iog.log"), dict)]
    hashes = [sha256(ENTRY + raw).hexdigest() for raw in (bundle / CHANGED).read_bytes().splitlines()]
    fits = sum(0 <= a["seq"] < len(hashes) and hashes[a["seq"]] == a["h"] for a in shown)
    return Evidence(bundle, whole, tampered, f"{CHANGED}, {where}", len(shown), fits)


async def verify(bundle: Path, about: Published) -> Verdict:
    """Run the bundle's own verify.py, as anybody would: without our directory or environment (-I)."""
    process = await asyncio.create_subprocess_exec(
        executable, "-I", str(bundle / "verify.py"), str(bundle), about.origin, about.public_key,
        stdout=PIPE, stderr=STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return Verdict(said.decode(errors="replace").strip(), process.returncode or 0)


def change_one_byte(path: Path) -> str:
    """Give the middle line's time another digit; gives where (line and what)."""
    lines = path.read_bytes().splitlines(keepends=True)
    number = len(lines) // 2
    line = lines[number]
    stamp = json.loads(line)["ts"].encode()
    at = line.index(stamp) + stamp.index(b".") - 1
    old = line[at : at + 1]
    new = b"0" if old != b"0" else b"1"
    lines[number] = line[:at] + new + line[at + 1 :]
    path.write_bytes(b"".join(lines))
    return f"{number + 1}: {old.decode()} → {new.decode()}"
