"""The list of what was erased, which stands outside the database, so that a backup put back loses again what it still had.

It is written before the transaction commits: of a crash between the two nothing worse comes than that what two people decided
happens at the next start.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import msgspec

from bot.domain import entries as e
from bot.domain.ids import IncidentId, PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One erased field: which entry (`h`, so that another entry with its number is left alone), why, by whom and when (UTC).

    No words stand here. `left` lines of the same erasure follow it: what two people decided happens whole or not at all.
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
    left: int = 0


def add_to_list(path: Path, listed: Sequence[Listed]) -> None:
    """One erasure, on disk when this returns; raises OSError, and then nothing was added. What a crash left half written goes
    first: behind it the next line would be no line, and the lines of half an erasure would be taken for a whole one."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0) as stream:
        _kept_by_its_folder(path)
        whole = len(b"".join(raw for raw, _ in _whole(stream.read())))
        try:
            stream.truncate(whole)
            stream.seek(whole)
            counted = (replace(one, left=len(listed) - n) for n, one in enumerate(listed, 1))
            rest = memoryview(b"".join(msgspec.json.encode(one) + b"\n" for one in counted))
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
    """Empty when nothing was ever erased; raises ValueError when a line is not what was written. An erasure whose last line is not
    there whole was being written when the machine stopped: its transaction never committed."""
    return [one for _, one in _whole(path.read_bytes())] if path.exists() else []


def _whole(raw: bytes) -> list[tuple[bytes, Listed]]:
    """Each line of the erasures that were written to their end."""
    lines = raw.splitlines(keepends=True)
    found = [(line, msgspec.json.decode(line, type=Listed)) for line in lines if line.endswith(b"\n")]
    while found and found[-1][1].left:
        found.pop()
    return found
