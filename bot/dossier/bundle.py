"""Writes the bundle of one incident: the log as stored, what verifies it, and every document of it in both languages."""

import asyncio
import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.domain.entries import Disclosure
from bot.domain.ids import IncidentId
from bot.domain.people import Language
from bot.dossier.attachments import attachments
from bot.dossier.collect import Broken, Stored, collect, open_part_of, tell
from bot.dossier.disclosure import disclosed
from bot.dossier.disclosure_page import personal_data_listed
from bot.dossier.documents import BUILT_IN, Copied, Form, Press, Templates, Unmade
from bot.dossier.mdto import metadata
from bot.dossier.talk import MISSING, missing_files, transcript, without
from bot.logbook.bundle import STAMP, STAMPED, TRANSCRIPT, bundle_files, zip_bytes
from bot.logbook.checkpoint import public_key_text, sign
from bot.store.database import Database
from bot.words.catalogue import Catalogue

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
class Bundle:
    """The bytes of a bundle (a zip) or of one document."""

    name: str
    data: bytes
    entries: int
    head: str
    marked: int  # possible personal data, for a human to judge


async def export(
    database: Database,
    key: Ed25519PrivateKey,
    which: str,
    out_dir: Path,
    catalogue: Catalogue,
    folder: Path,
    *,
    circle: bool = True,
    templates: Templates = BUILT_IN,
    copy: Disclosure = "whole",
    beside: tuple[Ed25519PrivateKey, ...] = (),
) -> Exported | Broken | Unknown | Unmade:
    """Write the bundle of the incident with this number or id into `out_dir`, over an older one; raises OSError.

    `folder` holds the files that people shared. Without `circle` what the closed circle recorded is kept back, and the file has
    another name. `beside` are the keys that sign too.
    The same log (and the same messages sent about it) signed with the same keys gives the same bytes, on every machine and at
    every time.
    """
    stored = await collect(database, which, folder)
    if stored is None:
        return Unknown(which)
    # In a thread: to verify and to tell ten thousand entries takes seconds, and pages must not wait for them.
    made = await asyncio.to_thread(
        bundle, stored, key, catalogue, circle=circle, templates=templates, copy=copy, beside=beside
    )
    if isinstance(made, Broken | Unmade):
        return made
    path = out_dir / made.name
    await asyncio.to_thread(_write_whole, path, made.data)
    return Exported(
        stored.row.id, path, sha256(made.data).hexdigest(), made.entries, made.head, len(made.data), made.marked
    )


async def export_one(
    database: Database,
    key: Ed25519PrivateKey,
    which: str,
    out_dir: Path,
    catalogue: Catalogue,
    asked: Asked,
    *,
    circle: bool = True,
    templates: Templates = BUILT_IN,
    copy: Disclosure = "whole",
) -> Exported | Broken | Unknown | Unmade:
    """Write one document of the incident into `out_dir`, over an older one; raises OSError."""
    stored = await collect(database, which)
    if stored is None:
        return Unknown(which)
    made = await asyncio.to_thread(_one, stored, key, catalogue, asked, circle=circle, templates=templates, copy=copy)
    if isinstance(made, Broken | Unmade):
        return made
    path = out_dir / made.name
    await asyncio.to_thread(_write_whole, path, made.data)
    return Exported(
        stored.row.id, path, sha256(made.data).hexdigest(), made.entries, made.head, len(made.data), made.marked
    )


def _one(
    stored: Stored,
    key: Ed25519PrivateKey,
    catalogue: Catalogue,
    asked: Asked,
    *,
    circle: bool,
    templates: Templates,
    copy: Disclosure,
) -> Bundle | Broken | Unmade:
    handed = _handed(stored, key, catalogue, circle=circle, templates=templates, copy=copy)
    if isinstance(handed, Broken):
        return handed
    press, marked = handed
    head = press.dossier.head
    made = press.one(asked.form, asked.lang, asked.number)
    if isinstance(made, Unmade):
        return made
    name, dot, ending = made.name.partition(".")
    return Bundle(f"{name}{_COPIES[copy]}{dot}{ending}", made.data, head.seq + 1, head.h, marked)


def _handed(
    stored: Stored,
    key: Ed25519PrivateKey,
    catalogue: Catalogue,
    *,
    circle: bool,
    templates: Templates,
    copy: Disclosure,
) -> tuple[Press, int] | Broken:
    """What is handed out: everything, without what the closed circle recorded, or a copy for others; and how often personal data
    may stand in it, or in what it was copied from."""
    dossier = tell(stored, catalogue)
    if isinstance(dossier, Broken):
        return dossier
    listed = personal_data_listed(dossier)
    public = public_key_text(key.public_key())
    copied: Copied | None = None
    if copy != "whole":
        made = disclosed(stored, dossier, copy, catalogue)
        stored, dossier = made.stored, made.dossier
        copied = Copied(made, listed)
    elif not circle:
        stored, dossier = open_part_of(stored, dossier)
        listed = personal_data_listed(dossier)
    return Press(stored, dossier, public, catalogue, templates, copied), len(listed)


def bundle(
    stored: Stored,
    key: Ed25519PrivateKey,
    catalogue: Catalogue,
    *,
    circle: bool = True,
    templates: Templates = BUILT_IN,
    copy: Disclosure = "whole",
    beside: tuple[Ed25519PrivateKey, ...] = (),
) -> Bundle | Broken | Unmade:
    """The bundle of a log, with a checkpoint over all of it signed with `key`; Broken when the log does not verify, Unmade when a
    municipality's own template is broken. A little longer than most: the files of a bundle are one list."""
    handed = _handed(stored, key, catalogue, circle=circle, templates=templates, copy=copy)
    if isinstance(handed, Broken):
        return handed
    press, marked = handed
    stored, dossier, public = press.stored, press.dossier, key.public_key()
    documents = press.all()
    if isinstance(documents, Unmade):
        return documents
    documents |= attachments(dossier, stored.blobs)
    entries = dossier.head.seq + 1
    if stored.said is not None:
        talk = transcript(stored.said, dossier, key, catalogue, beside)
        if isinstance(talk, Broken):
            return talk
        documents |= {TRANSCRIPT + name: data for name, data in talk.items()}
    note = sign(dossier.origin, entries, dossier.root, key, *beside)
    if dossier.stamp is not None:
        documents[STAMP] = dossier.stamp.answer
        documents |= {} if dossier.stamp.note == note else {STAMPED: dossier.stamp.note}
    if stored.missing:
        documents[MISSING] = missing_files(stored.missing)
    documents |= metadata(dossier, documents)
    files = bundle_files(
        origin=dossier.origin,
        raws=stored.raws,
        openings=without(stored.openings, stored.missing),
        note=note,
        anchors=dossier.anchors,
        blobs=stored.blobs,
        public_key=public,
        documents=documents,
    )
    open_only = "-zonder-besloten-kring" if dossier.kept_back and copy == "whole" else _COPIES[copy]
    return Bundle(f"dossier-{stored.row.number}{open_only}.zip", zip_bytes(files), entries, dossier.head.h, marked)


def _write_whole(path: Path, data: bytes) -> None:
    """Under its name the file is whole or not there: a bundle cut short by a full disk would look like a forged one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    begun = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        # 0600: it holds what the room wrote in confidence.
        with os.fdopen(os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        begun.replace(path)
    finally:
        begun.unlink(missing_ok=True)
