"""Large frozen values kept beside the log: the entry names their SHA-256, the bytes are stored once."""

import re
from hashlib import sha256
from typing import Final

from bot.logbook.canonical import JSON

REFERENCE_KEY: Final = "sha256"
# An object, not a string: nobody can type one in a room, so no message can claim a blob that does not exist. And these
# bytes cannot stand inside a string of a canonical value: there every quote is escaped.
_NAME: Final = re.compile(r"[0-9a-f]{64}")
_REFERENCE: Final = re.compile(rb'\{"sha256":"([0-9a-f]{64})"\}')


def digest_of(data: bytes) -> str:
    """The name of a blob: 64 hex characters."""
    return sha256(data).hexdigest()


def reference_to(data: bytes) -> JSON:
    """The value of a field that stands for `data`."""
    return {REFERENCE_KEY: digest_of(data)}


def reference_to_file(name: object) -> JSON:
    """The value of a field that stands for a file of that name; ValueError when it is no SHA-256 in hex."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError("a file is named by its SHA-256")
    return {REFERENCE_KEY: name}


def referred_to(value: JSON) -> str:
    """The name of the blob that `value` stands for; raises ValueError when it stands for none."""
    match value:
        case {"sha256": str(name), **others} if not others:
            return name
        case _:
            raise ValueError("not a reference to a blob")


def names_in(canonical: bytes) -> list[str]:
    """The names of the blobs that a canonical value refers to, in order."""
    return [name.decode() for name in _REFERENCE.findall(canonical)]
