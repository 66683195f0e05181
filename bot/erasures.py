"""The list of what was erased, which stands outside the database, so that a backup put back loses again what it still had.

It is written before the transaction commits: of a crash between the two nothing worse comes than that what two people decided
happens at the next start.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from bot.domain import entries as e
from bot.domain.ids import IncidentId, PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One erased field: which entry (`h`, so that another entry with its number is left alone), why, by whom and when (UTC).

    No words stand here.
    """

    incident: IncidentId
    log: str
    seq: int
    h: str
    name: str
    of: e.Erasable
    which: str
    ground: str
    asked_by: PersonId
    confirmed_by: PersonId
    at: datetime


def add_to_list(path: Path, listed: Sequence[Listed]) -> None:
    """On disk when this returns; raises OSError, and then nothing was added. What a crash left half written goes first: behind it
    the next line would be no line."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0) as stream:
        _kept_by_its_folder(path)
        whole = stream.read().rfind(b"\n") + 1
        try:
            stream.truncate(whole)
            stream.seek(whole)
            rest = memoryview(b"".join(msgspec.json.encode(one) + b"\n" for one in listed))
            while rest:
                rest = rest[stream.write(rest) :]
            os.fsync(stream.fileno())
        except OSError:
            stream.truncate(whole)
            raise


def _kept_by_its_folder(path: Path) -> None:
    """A new file is one that a crash leaves only once its directory is on disk."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_list(path: Path) -> list[Listed]:
    """Empty when nothing was ever erased; raises ValueError when a line is not what was written. A last line without an end was
    being written when the machine stopped: its transaction never committed."""
    if not path.exists():
        return []
    whole, _, _ = path.read_bytes().rpartition(b"\n")
    return [msgspec.json.decode(one, type=Listed) for one in whole.splitlines()]
