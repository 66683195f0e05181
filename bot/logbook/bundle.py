"""The export of a log as files that a third party can check: always the same bytes for the same log."""

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from importlib.resources import files as resources
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final, Self
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bot.logbook.canonical import JSON, jcs, refuse_outside_profile
from bot.logbook.chain import NO_HASH, Opening, entry_hash, read_pre
from bot.logbook.checkpoint import public_key_text

ENTRIES: Final = "entries.jsonl"
OPENINGS: Final = "openings.jsonl"
NOTE: Final = "checkpoint.note"
ANCHORS: Final = "anchors.jsonl"
MANIFEST: Final = "manifest.json"
VERIFIER: Final = "verify.py"
# An authority's time stamp, and the note that it is on where that is not the newest.
STAMP: Final = "checkpoint.tsr"
STAMPED: Final = "stamped.note"
BLOBS: Final = "blobs/"
# The bundle of what was said travels in that of the incident: a bundle of its own, in this directory.
TRANSCRIPT: Final = "transcript/"
# The first moment a zip can name; any other would make two exports of the same log differ.
_ZIP_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


# Members in alphabetical order: encoding them gives the canonical form.
class Anchor(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """Where the hash of an entry was shown outside the log: a Matrix event in a room."""

    event: str
    h: str
    room: str
    seq: int


class _Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A line of the openings; members in alphabetical order too."""

    pre: str
    salt: str


_read_kept: Final = msgspec.json.Decoder(_Kept)
_read_anchor: Final = msgspec.json.Decoder(Anchor)
_write: Final = msgspec.json.Encoder(order="deterministic")


def read_opening(line: bytes, origin: str) -> tuple[Opening, JSON]:
    """A line of the openings of the log `origin`, from outside, and what it opens; ValueError when it is not as written."""
    try:
        kept = _read_kept.decode(line)
    except (msgspec.ValidationError, RecursionError):
        raise ValueError("not an opening") from None
    # Equality with the canonical form also refuses members that stand twice, spare white space and other spellings of a string.
    if _write.encode(kept) != line:
        raise ValueError("not in canonical form")
    pre = kept.pre.encode()
    log, seq, name, value = read_pre(pre)
    if type(value) is not str:  # as nearly every value is, and a string is always within it
        refuse_outside_profile(value, 1)
    if log != origin:
        raise ValueError("belongs to another log")
    salt = bytes.fromhex(kept.salt)
    if salt.hex() != kept.salt:
        raise ValueError("a salt is written in lowercase hex")
    return Opening(seq, name, salt, pre), value


def read_anchor(line: bytes) -> Anchor:
    """A line of the anchors, from outside; ValueError when it is not as written."""
    try:
        anchor = _read_anchor.decode(line)
    except (msgspec.ValidationError, RecursionError):
        raise ValueError("not an anchor") from None
    if _write.encode(anchor) != line:
        raise ValueError("not in canonical form")
    return anchor


def log_files(
    raws: Sequence[bytes],
    openings: Iterable[Opening],
    note: bytes,
    anchors: Iterable[Anchor],
    blobs: Mapping[str, bytes],
) -> Iterator[tuple[str, bytes]]:
    """The files of a log by name, one at a time; nothing is verified or made again, stored bytes go in as they are. `blobs` are
    by their SHA-256 in hex."""
    ordered = sorted(openings, key=lambda opening: (opening.seq, opening.name))
    yield ENTRIES, b"".join(raw + b"\n" for raw in raws)
    yield OPENINGS, b"".join(opening_line(opening) for opening in ordered)
    yield NOTE, note
    yield (
        ANCHORS,
        b"".join(
            anchor_line(anchor)
            for anchor in sorted(anchors, key=lambda anchor: (anchor.seq, anchor.room, anchor.event))
        ),
    )
    yield VERIFIER, (resources("bot.logbook") / "standalone_verify.py").read_bytes()
    for digest, data in blobs.items():
        yield BLOBS + digest, data


def bundle_files(
    origin: str,
    raws: Sequence[bytes],
    openings: Iterable[Opening],
    note: bytes,
    anchors: Iterable[Anchor],
    blobs: Mapping[str, bytes],
    public_key: Ed25519PublicKey,
    documents: Mapping[str, bytes],
) -> dict[str, bytes]:
    """Give the files of a bundle by name. `documents` are what people read beside the log (timeline, timestamp). Raises
    ValueError for a document whose name is taken, absolute or leads outside."""
    files = dict(log_files(raws, openings, note, anchors, blobs))
    for name, data in documents.items():
        _free(name, files)
        files[name] = data
    return files | {MANIFEST: manifest(origin, public_key_text(public_key), _head(raws), len(raws), files)}


class Packing:
    """Writes a bundle into `stream` as one zip, a file at a time, byte for byte the same on every machine: stored, because
    compressors differ between versions, and with one date. `digests` are those (SHA-256, hex) of what is in it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._zip = ZipFile(stream, "w", ZIP_STORED)
        self.digests: dict[str, str] = {}

    def add(self, name: str, data: bytes) -> None:
        """Raises ValueError for a name that is taken, absolute or leads outside."""
        _free(name, self.digests)
        self.digests[name] = sha256(data).hexdigest()
        self._write(name, data)

    def finish(self, origin: str, public_key: Ed25519PublicKey, raws: Sequence[bytes]) -> None:
        """The manifest is last: it names all the others."""
        self._write(MANIFEST, _manifest(origin, public_key_text(public_key), _head(raws), len(raws), self.digests))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def _write(self, name: str, data: bytes) -> None:
        info = ZipInfo(name, _ZIP_EPOCH)
        info.create_system = 3
        info.external_attr = 0o644 << 16
        self._zip.writestr(info, data)


def _free(name: str, taken: Container[str]) -> None:
    if name in taken or name == MANIFEST or not is_file_name(name):
        raise ValueError(f"a document cannot be called {name!r}")


def _head(raws: Sequence[bytes]) -> str:
    return entry_hash(raws[-1]) if raws else NO_HASH


def transcript_of(origin: str) -> str:
    """The name of the log of what was said in the incident whose own log is `origin`."""
    host, _, name = origin.rpartition("/inc-")
    return f"{host}/chat-{name}"


def manifest(origin: str, public_key: str, head: str, entries: int, files: Mapping[str, bytes]) -> bytes:
    """Give `manifest.json` for `files`: what the bundle claims to be, in the one spelling that verifiers accept."""
    digests = {name: sha256(data).hexdigest() for name, data in files.items() if name != MANIFEST}
    return _manifest(origin, public_key, head, entries, digests)


def _manifest(origin: str, public_key: str, head: str, entries: int, digests: Mapping[str, str]) -> bytes:
    stated = {
        "entries": entries,
        "files": digests,
        "head": head,
        "origin": origin,
        "public_key": public_key,
    }
    return json.dumps(stated, sort_keys=True, indent=2).encode() + b"\n"


def opening_line(opening: Opening) -> bytes:
    """Give the line of an opening, with its newline."""
    return jcs({"pre": opening.pre.decode(), "salt": opening.salt.hex()}) + b"\n"


def anchor_line(anchor: Anchor) -> bytes:
    """Give the line of an anchor, with its newline."""
    return jcs({"event": anchor.event, "h": anchor.h, "room": anchor.room, "seq": anchor.seq}) + b"\n"


def is_file_name(name: str) -> bool:
    """Whether `name` stays within the bundle on every system: relative, forward slashes, no `..`."""
    path = PurePosixPath(name)
    return (
        name == path.as_posix()
        and not path.is_absolute()
        and ".." not in path.parts
        and name != "."
        and "\\" not in name
    )


def write_directory(files: Mapping[str, bytes], directory: Path) -> None:
    """Write `files` into `directory`, which must not exist yet: a file left from another export would not verify."""
    directory.mkdir(parents=True)
    for name, data in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
