"""Writes the bundle of one incident: the log as stored, what verifies it, and every document of it in both languages."""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from fcntl import LOCK_EX, LOCK_NB, flock
from hashlib import file_digest
from itertools import chain
from pathlib import Path
from tempfile import mkdtemp
from typing import BinaryIO, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.domain.entries import Disclosure
from bot.domain.ids import IncidentId
from bot.domain.people import Language
from bot.domain.retention import Terms
from bot.dossier.attachments import attachments
from bot.dossier.collect import Broken, Stored, collect, open_part_of, tell
from bot.dossier.disclosure import disclosed
from bot.dossier.disclosure_page import personal_data_listed
from bot.dossier.documents import BUILT_IN, COUNT, Copied, Document, Form, Press, Templates, Unmade
from bot.dossier.mdto import Weighed, chosen, metadata, weighed
from bot.dossier.talk import MISSING, missing_files, transcript, without
from bot.logbook.bundle import STAMP, STAMPED, TRANSCRIPT, Packing, log_files
from bot.logbook.checkpoint import public_key_text, sign
from bot.store.database import Database
from bot.words.catalogue import LANGUAGES, Catalogue

_HALF: Final = ".half-made."
_COPIES: Final[dict[Disclosure, str]] = {"whole": "", "without_names": "-zonder-namen", "woo": "-woo"}


@dataclass(frozen=True, slots=True)
class Unknown:
    """There is no incident with this number or id."""

    which: str


@dataclass(frozen=True, slots=True)
class Exported:
    """A bundle on disk: `digest` is the SHA-256 (hex) of the file, `head` the hash of the last of its `entries`."""

    incident: IncidentId
    path: Path
    digest: str
    entries: int
    head: str
    size: int  # bytes
    marked: int = 0  # possible personal data, for a human to judge


@dataclass(frozen=True, slots=True)
class Asked:
    """One document; `number` is that of the report or the decision, where it is about one."""

    form: Form
    lang: Language
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """How a dossier is made: `keys` sign it, the log's own first. Without `circle` what the closed circle recorded is kept back.
    `terms` are told to the archive. `told` hears in another thread how many of how many documents are there."""

    keys: tuple[Ed25519PrivateKey, ...]
    catalogue: Catalogue
    templates: Templates = BUILT_IN
    circle: bool = True
    copy: Disclosure = "whole"
    terms: Terms = Terms()
    told: Callable[[int, int], None] = lambda done, of: None


async def export(
    database: Database, which: str, out_dir: Path, work: Work, folder: Path
) -> Exported | Broken | Unknown | Unmade:
    """Write the bundle of the incident with this number or id into `out_dir`, over an older one; raises OSError.

    `folder` holds the files that people shared. Without the circle, and of a copy for others, the file has another name.
    The same log (and the same messages sent about it) signed with the same keys gives the same bytes, on every machine and at
    every time.
    """
    stored = await collect(database, which, folder)
    if stored is None:
        return Unknown(which)
    # In a thread: to verify and to tell ten thousand entries takes seconds, and pages must not wait for them.
    return await asyncio.to_thread(bundle, stored, out_dir, work)


async def export_one(
    database: Database, which: str, out_dir: Path, work: Work, asked: Asked
) -> Exported | Broken | Unknown | Unmade:
    """Write one document of the incident into `out_dir`, over an older one; raises OSError."""
    stored = await collect(database, which)
    if stored is None:
        return Unknown(which)
    return await asyncio.to_thread(document, stored, out_dir, work, asked)


def document(stored: Stored, out_dir: Path, work: Work, asked: Asked) -> Exported | Broken | Unmade:
    """One document of a log; Broken and Unmade as of a bundle."""
    handed = _handed(stored, work, (asked.lang,))
    if isinstance(handed, Broken):
        return handed
    press, marked = handed
    work.told(0, 1)
    with half_made(out_dir) as beside:
        made = replace(press, beside=beside).one(asked.form, asked.lang, asked.number)
        if isinstance(made, Unmade):
            return made
        work.told(1, 1)
        name, dot, ending = made.name.partition(".")
        path = out_dir / f"{name}{_COPIES[work.copy]}{dot}{ending}"
        with whole_file(path, beside) as stream:
            stream.write(made.data)
    return _exported(press, path, marked)


def _exported(press: Press, path: Path, marked: int) -> Exported:
    head = press.dossier.head
    with path.open("rb") as stream:
        digest = file_digest(stream, "sha256").hexdigest()
    return Exported(press.stored.row.id, path, digest, head.seq + 1, head.h, path.stat().st_size, marked)


def _handed(stored: Stored, work: Work, langs: Sequence[Language] = LANGUAGES) -> tuple[Press, int] | Broken:
    """What is handed out: everything, without what the closed circle recorded, or a copy for others; and how often personal data
    may stand in it, or in what it was copied from."""
    dossier = tell(stored, work.catalogue)
    if isinstance(dossier, Broken):
        return dossier
    copied: Copied | None = None
    if work.copy != "whole":
        listed = personal_data_listed(dossier)
        made = {lang: disclosed(stored, dossier, work.copy, work.catalogue, lang) for lang in langs}
        stored, dossier = made[langs[0]].stored, made[langs[0]].dossier
        copied = Copied(made, listed)
    else:
        if not work.circle:
            stored, dossier = open_part_of(stored, dossier)
        listed = personal_data_listed(dossier, circle=work.circle)
    public = public_key_text(work.keys[0].public_key())
    return Press(stored, dossier, public, work.catalogue, work.templates, copied, listed), len(listed)


def bundle(stored: Stored, out_dir: Path, work: Work) -> Exported | Broken | Unmade:
    """The bundle of a log, with a checkpoint over all of it signed with the keys; Broken when the log does not verify, Unmade when
    a municipality's own template is broken. One file after the other, each written before the next is made."""
    handed = _handed(stored, work)
    if isinstance(handed, Broken):
        return handed
    press, marked = handed
    which = "-zonder-besloten-kring" if press.dossier.kept_back and work.copy == "whole" else _COPIES[work.copy]
    path = out_dir / f"dossier-{stored.row.number}{which}.zip"
    try:
        with half_made(out_dir) as beside, whole_file(path, beside) as stream, Packing(stream) as packing:
            for one in _files(replace(press, beside=beside), work, which):
                packing.add(one.name, one.data)
            packing.finish(press.dossier.origin, work.keys[0].public_key(), press.stored.raws)
    except _Failed as failed:
        return failed.why
    return _exported(press, path, marked)


class _Failed(Exception):
    """A bundle cannot be made whole, so there is none."""

    def __init__(self, why: Broken | Unmade) -> None:
        super().__init__()
        self.why = why


def _files(press: Press, work: Work, which: str) -> Iterator[Document]:
    stored, dossier = press.stored, press.dossier
    note = sign(dossier.origin, dossier.head.seq + 1, dossier.root, *work.keys)
    openings = without(stored.openings, stored.missing)
    described: dict[str, Weighed] = {}
    log = log_files(stored.raws, openings, note, dossier.anchors, stored.blobs)
    for name, data in chain(log, _documents(press, work, note)):
        described[name] = weighed(data)
        yield Document(name, data)
    kept = chosen(work.terms, exercise=dossier.incident.exercise)
    if work.copy == "woo":
        kept = replace(kept, confidentiality="intern")  # until somebody decides what is made public
    # an archive that takes in the whole dossier and a copy must not hold them for one thing
    for name, data in metadata(replace(dossier, origin=dossier.origin + which), described, kept):
        yield Document(name, data)


def _documents(press: Press, work: Work, note: bytes) -> Iterator[tuple[str, bytes]]:
    """Every document, the files that people shared, what was said, a time stamp."""
    stored, dossier = press.stored, press.dossier
    for done, made in enumerate(press.each(), 1):
        work.told(min(done, COUNT), COUNT)
        if isinstance(made, Unmade):
            raise _Failed(made)
        yield made.name, made.data
    yield from attachments(dossier, stored.blobs).items()
    if stored.said is not None:
        talk = transcript(stored.said, dossier, work.keys[0], work.catalogue, work.keys[1:])
        if isinstance(talk, Broken):
            raise _Failed(talk)
        yield from ((TRANSCRIPT + name, data) for name, data in talk.items())
    if dossier.stamp is not None:
        yield STAMP, dossier.stamp.answer
        if dossier.stamp.note != note:
            yield STAMPED, dossier.stamp.note
    if stored.missing:
        yield MISSING, missing_files(stored.missing)


@contextmanager
def half_made(out_dir: Path) -> Iterator[Path]:
    """A directory in `out_dir` for what documents are made of, which nobody else can read: it holds what the document will. It goes
    with the export, and one that a killed process left goes with the next export to the same place."""
    fresh = not out_dir.exists()
    with suppress(FileNotFoundError):
        for left in [path for path in out_dir.iterdir() if path.name.startswith(_HALF)]:
            _sweep(left)
    beside, held = _locked(out_dir)
    try:
        yield beside
    finally:
        shutil.rmtree(beside)
        os.close(held)
        if fresh:
            with suppress(OSError):
                out_dir.rmdir()  # nothing was made, and nobody asked for an empty directory


def _locked(out_dir: Path) -> tuple[Path, int]:
    """A new directory and its lock, which ends with the process, however that ends."""
    while True:
        try:
            out_dir.mkdir(parents=True, exist_ok=True)
            beside = Path(mkdtemp(prefix=_HALF, dir=out_dir))
            held = os.open(beside, os.O_RDONLY)
        except (FileNotFoundError, FileExistsError):
            if out_dir.exists() and not out_dir.is_dir():
                raise
            continue  # another export took it away, or the empty directory that it stood in
        flock(held, LOCK_EX)
        if beside.exists():
            return beside, held
        os.close(held)  # swept before it was locked


def _sweep(left: Path) -> None:
    """Takes it away unless somebody is at work there, or it is not ours."""
    try:
        held = os.open(left, os.O_RDONLY | os.O_DIRECTORY)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    try:
        flock(held, LOCK_EX | LOCK_NB)
        shutil.rmtree(left)
    except (BlockingIOError, FileNotFoundError):
        return  # at work, or gone with its own export since
    finally:
        os.close(held)


@contextmanager
def whole_file(path: Path, beside: Path) -> Iterator[BinaryIO]:
    """Under its name the file is whole or not there: a bundle cut short by a full disk would look like a forged one. It is begun in
    the directory of what is half made."""
    begun = beside / f".{path.name}"
    # 0600: it holds what the room wrote in confidence.
    with os.fdopen(os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())
    begun.replace(path)
