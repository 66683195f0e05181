"""Whether a bundle is a whole log, signed with the key: the same refusals as the verifier that travels in the bundle."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile
from zlib import error as DeflateError

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bot.logbook.blob import digest_of, names_in
from bot.logbook.bundle import (
    ANCHORS,
    BLOBS,
    ENTRIES,
    MANIFEST,
    NOTE,
    OPENINGS,
    TRANSCRIPT,
    Anchor,
    is_file_name,
    manifest,
    read_anchor,
    read_opening,
    transcript_of,
)
from bot.logbook.canonical import JSON
from bot.logbook.chain import EMPTY, Break, Head, LogEntry, Opening, commitment, read_log
from bot.logbook.checkpoint import check, public_key_text, read_public_key
from bot.logbook.merkle import frontier_of

# A bundle from outside is read into memory; an honest one of the largest incident stays far below.
MAX_BYTES: Final = 1 << 30
MAX_FILES: Final = 100_000


@dataclass(frozen=True, slots=True)
class Verified:
    """A log that is what it says: `openings` and `values` hold, per entry, the fields that could be opened.

    `origin` and `public_key` (base64) are those it was verified against; when the caller gave none they are the bundle's own
    claim, and the caller must compare them with what is known from elsewhere.
    """

    origin: str
    public_key: str
    entries: tuple[LogEntry, ...]
    openings: tuple[tuple[Opening, ...], ...]
    values: tuple[Mapping[str, JSON], ...]
    head: Head
    root: bytes
    missing_openings: int
    anchors: tuple[Anchor, ...]
    blobs: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Broken:
    """The first thing that is wrong with a bundle: in which file (and line, from 1), and why."""

    where: str
    why: str


class _Refusal(Exception):
    """Carries a `Broken` out of the steps below; never leaves this module."""

    def __init__(self, where: str, why: object) -> None:
        super().__init__(where)
        self.broken = Broken(where, str(why))


def verify_bundle(path: Path, origin: str | None = None, public_key: str | None = None) -> Verified | Broken:
    """Verify the bundle at `path`, a directory or a zip. Without `origin` or `public_key` (base64) the manifest's are used.

    Raises OSError when the files cannot be read.
    """
    files = read_files(path)
    return files if isinstance(files, Broken) else verify_files(files, origin, public_key)


def read_files(path: Path) -> dict[str, bytes] | Broken:
    """The files of the bundle at `path`, a directory or a zip, by name. Raises OSError when they cannot be read."""
    try:
        return _read_directory(path) if path.is_dir() else _read_zip(path)
    except _Refusal as refusal:
        return refusal.broken


def verify_transcript(path: Path, origin: str, public_key: str) -> Verified | Broken | None:
    """Verify what travels in the bundle of an incident of which all that was said is kept; None when nothing does.

    `origin` is that of the incident's own log. Raises OSError when the files cannot be read.
    """
    files = read_files(path)
    if isinstance(files, Broken):
        return files
    said = {name.removeprefix(TRANSCRIPT): data for name, data in files.items() if name.startswith(TRANSCRIPT)}
    if not said:
        return None
    found = verify_files(said, transcript_of(origin), public_key)
    return Broken(TRANSCRIPT + found.where, found.why) if isinstance(found, Broken) else found


def verify_files(
    files: Mapping[str, bytes], origin: str | None = None, public_key: str | None = None
) -> Verified | Broken:
    """Verify a bundle given as its files by name; see `verify_bundle`."""
    try:
        return _verified(files, origin, public_key)
    except _Refusal as refusal:
        return refusal.broken


def _verified(files: Mapping[str, bytes], origin: str | None, public_key: str | None) -> Verified:
    for name in (ENTRIES, OPENINGS, NOTE, ANCHORS):
        if name not in files:
            raise _Refusal(name, "is missing")
    if origin is None or public_key is None:
        claimed = _claims(files)
        origin, public_key = origin or claimed[0], public_key or claimed[1]
    try:
        key = read_public_key(public_key)
    except ValueError as wrong:
        raise _Refusal("public key", wrong) from None
    entries = _entries(files[ENTRIES], origin)
    openings, values = _openings(files, entries, origin)
    anchors = tuple(_anchors(files, entries))
    root = _root(files[NOTE], entries, origin, key)
    head = entries[-1].head if entries else EMPTY
    _refuse_other_blobs(files)
    named = _successor(files, origin, key)
    _refuse_other_manifest(files, manifest(origin, public_key_text(named), head.h, len(entries), files))
    return Verified(
        origin=origin,
        public_key=public_key,
        entries=entries,
        openings=openings,
        values=values,
        head=head,
        root=root,
        missing_openings=sum(len(e.body) for e in entries) - sum(map(len, openings)),
        anchors=anchors,
        blobs={name.removeprefix(BLOBS): data for name, data in files.items() if name.startswith(BLOBS)},
    )


def _claims(files: Mapping[str, bytes]) -> tuple[str, str]:
    try:
        match json.loads(files[MANIFEST]):
            case {"origin": str(origin), "public_key": str(public_key)}:
                return origin, public_key
            case _:
                pass
    except (KeyError, ValueError, RecursionError):
        pass
    raise _Refusal(MANIFEST, "names no origin and public key, and none were given")


def _lines(files: Mapping[str, bytes], name: str) -> list[bytes]:
    *lines, rest = files[name].split(b"\n")
    if rest:
        raise _Refusal(name, "no newline at the end")
    return lines


def _where(name: str, index: int) -> str:
    return f"{name} line {index + 1}"


def _entries(data: bytes, origin: str) -> tuple[LogEntry, ...]:
    read = read_log(origin, _lines({ENTRIES: data}, ENTRIES))
    if isinstance(read, Break):
        raise _Refusal(_where(ENTRIES, read.seq), read.why)
    return read


def _openings(
    files: Mapping[str, bytes], entries: tuple[LogEntry, ...], origin: str
) -> tuple[tuple[tuple[Opening, ...], ...], tuple[Mapping[str, JSON], ...]]:
    openings: list[list[Opening]] = [[] for _ in entries]
    values: list[dict[str, JSON]] = [{} for _ in entries]
    for n, line in enumerate(_lines(files, OPENINGS)):
        try:
            opening, value = read_opening(line, origin)
            hidden = commitment(opening.salt, opening.pre)
        except ValueError as wrong:
            raise _Refusal(_where(OPENINGS, n), wrong) from None
        seq, name = opening.seq, opening.name
        fits = 0 <= seq < len(entries) and entries[seq].body.get(name) == hidden
        if not fits or name in values[seq]:
            raise _Refusal(_where(OPENINGS, n), "stands twice" if fits else "fits no commitment")
        for blob in () if type(value) is str else names_in(opening.pre):  # in a string every quote is escaped
            if BLOBS + blob not in files:
                raise _Refusal(_where(OPENINGS, n), f"the blob {blob} is missing")
        openings[seq].append(opening)
        values[seq][name] = value
    return tuple(map(tuple, openings)), tuple(values)


def _anchors(files: Mapping[str, bytes], entries: tuple[LogEntry, ...]) -> Iterator[Anchor]:
    for n, line in enumerate(_lines(files, ANCHORS)):
        try:
            anchor = read_anchor(line)
        except ValueError as wrong:
            raise _Refusal(_where(ANCHORS, n), wrong) from None
        if not (0 <= anchor.seq < len(entries) and entries[anchor.seq].h == anchor.h):
            raise _Refusal(_where(ANCHORS, n), "does not match the entry")
        yield anchor


def _root(note: bytes, entries: tuple[LogEntry, ...], origin: str, key: Ed25519PublicKey) -> bytes:
    try:
        stated = check(note, origin, key)
    except ValueError as wrong:
        raise _Refusal(NOTE, wrong) from None
    root = frontier_of(entry.raw for entry in entries).root()
    if stated != (len(entries), root):
        raise _Refusal(NOTE, "does not match the entries")
    return root


def _successor(files: Mapping[str, bytes], origin: str, key: Ed25519PublicKey) -> Ed25519PublicKey:
    """The key that the manifest names: ours, or another that signed the same checkpoint, as when a key was replaced."""
    if MANIFEST not in files:
        return key
    try:
        named = read_public_key(json.loads(files[MANIFEST])["public_key"])
        check(files[NOTE], origin, named)
    except (ValueError, KeyError, TypeError, RecursionError):
        return key  # what is wrong there is said with the rest of the manifest
    return named


def _refuse_other_blobs(files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        if name.startswith(BLOBS) and name != BLOBS + digest_of(data):
            raise _Refusal(name, "is not what its name says")


def _refuse_other_manifest(files: Mapping[str, bytes], due: bytes) -> None:
    # The manifest is not signed and proves nothing to a doubter: it finds a damaged copy. A bundle without one still verifies.
    if MANIFEST not in files or files[MANIFEST] == due:
        return
    try:
        listed = json.loads(files[MANIFEST])["files"]
        for name in sorted(files.keys() - {MANIFEST} | listed.keys()):
            if name not in files or listed.get(name) != sha256(files[name]).hexdigest():
                raise _Refusal(name, "is not the file that the manifest names")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _Refusal(MANIFEST, "is not a manifest") from None
    raise _Refusal(MANIFEST, "does not describe this log")


def _read_directory(path: Path) -> dict[str, bytes]:
    found = [file for file in path.rglob("*") if file.is_file()]
    _refuse_too_large(path, len(found), sum(file.stat().st_size for file in found))
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in found}


def _read_zip(path: Path) -> dict[str, bytes]:
    try:
        with ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _refuse_too_large(path, len(members), sum(member.file_size for member in members))
            for member in members:
                if not is_file_name(member.filename):
                    raise _Refusal(path.name, f"a file is called {member.filename!r}")
            files = {member.filename: archive.read(member) for member in members}
    # RuntimeError: encrypted; NotImplementedError (one of them): an unknown compression.
    except (BadZipFile, DeflateError, EOFError, RuntimeError, ValueError) as wrong:
        raise _Refusal(path.name, wrong) from None
    if len(files) != len(members):
        raise _Refusal(path.name, "a file stands in it twice")
    return files


def _refuse_too_large(path: Path, count: int, size: int) -> None:
    if count > MAX_FILES or size > MAX_BYTES:
        raise _Refusal(path.name, "too large for a bundle")
