"""Files that people shared, opened with their keys for who gets the bundle, under names that every system can write."""

import re
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.domain import entries as e
from bot.domain.erased import Erased
from bot.domain.ids import EventId
from bot.dossier.collect import Dossier

DIRECTORY: Final = "bijlagen/"
# What Windows forbids in a name, what moves the reading order, and what nobody sees.
_FORBIDDEN: Final = re.compile(
    r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]'
)
_DEVICES: Final = re.compile(r"(?i)^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)")
_LONGEST: Final = 80  # characters: with a folder around it a path must stay below 260
_LONGEST_BYTES: Final = (
    160  # file systems take 255, and before the name stand its numbers and after it those of its metadata
)


def attachments(dossier: Dossier, blobs: Mapping[str, bytes]) -> dict[str, bytes]:
    """The opened files by their name in the bundle: number, SHA-256 of the sealed file (its first eight), and the sender's name.

    One whose key was erased, that is not there or that does not open to what was shared is left out: its sealed bytes and its
    entry still say that it was there.
    """
    shared = {one.fact.message: one.fact for one in dossier.facts if isinstance(one.fact, e.FileShared)}
    found: dict[str, bytes] = {}
    for number, kept in enumerate((one.fact for one in dossier.facts if isinstance(one.fact, e.FileKept)), 1):
        opened = _opened(shared, kept, blobs)
        if opened is not None:
            name = safe_name(shared[kept.message].name)
            found[f"{DIRECTORY}{number:03d}-{kept.content[:8]}-{name}"] = opened
    return found


def safe_name(name: str) -> str:
    """A file name that may be written on Windows, macOS and Linux, and opens nothing else than a file."""
    plain = _FORBIDDEN.sub("_", name).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if len(plain) > _LONGEST or len(plain.encode()) > _LONGEST_BYTES:
        ending = _cut(ending, 10, 40)
        left = _LONGEST_BYTES - len(ending.encode()) - len(dot)
        plain = f"{_cut(stem, _LONGEST - 12, left)}{dot}{ending}" if dot else _cut(plain, _LONGEST, _LONGEST_BYTES)
        plain = plain.rstrip(" .")
    return f"_{plain}" if _DEVICES.match(plain) or not plain else plain


def _cut(text: str, characters: int, size: int) -> str:
    """The first so many characters, in no more than so many bytes and with no character broken."""
    return text[:characters].encode()[:size].decode(errors="ignore")


def _opened(shared: Mapping[EventId, e.FileShared], kept: e.FileKept, blobs: Mapping[str, bytes]) -> bytes | None:
    described, sealed = shared.get(kept.message), blobs.get(kept.content)
    if described is None or sealed is None or isinstance(described.key, Erased) or isinstance(described.iv, Erased):
        return None
    try:
        key, counter = urlsafe_b64decode(_padded(described.key)), b64decode(_padded(described.iv))
        opener = Cipher(algorithms.AES(key), modes.CTR(counter)).decryptor()
    except ValueError:
        return None
    data = opener.update(sealed) + opener.finalize()
    return data if sha256(data).hexdigest() == kept.opened_sha256 else None


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)
