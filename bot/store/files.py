"""Files that people shared, kept encrypted as they came, in a folder beside the database: each under its SHA-256."""

import os
import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Final

_NAME: Final = re.compile(r"[0-9a-f]{64}")


def keep(folder: Path, name: str, data: bytes) -> None:
    """Write a file under its SHA-256 (hex), whole or not at all and on the disk before this returns; raises OSError.

    Raises ValueError when that is not what it is called.
    """
    if sha256(data).hexdigest() != name:
        raise ValueError("a file is named by its SHA-256")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    begun = folder / f".{name}.{os.getpid()}"
    try:
        with os.fdopen(os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        begun.replace(folder / name)
        at = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(at)
        finally:
            os.close(at)
    finally:
        begun.unlink(missing_ok=True)


def read(folder: Path, name: str) -> bytes | None:
    """The file of that name; None when it is not there, or is not what it was."""
    if not _NAME.fullmatch(name):
        return None
    try:
        data = (folder / name).read_bytes()
    except FileNotFoundError:
        return None
    return data if sha256(data).hexdigest() == name else None


def read_all(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Those files that are there."""
    found = ((name, read(folder, name)) for name in names)
    return {name: data for name, data in found if data is not None}
