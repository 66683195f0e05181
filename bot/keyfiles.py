"""Files with one secret in them: read only when nobody else can, written once and never over an older one."""

import os
import stat
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.config_words import Wrong, say

KEY_BYTES: Final = 32


def read_secret(path: Path) -> str | Wrong:
    """The one line of a file; the file may not be readable by everybody."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return Wrong(str(path), say("file_unreadable", path=path))
    # 0440 stays possible: credentials that systemd hands over have it.
    if mode & 0o007:
        return Wrong(str(path), say("file_open", path=path))
    return text or Wrong(str(path), say("file_empty", path=path))


def read_key(path: Path) -> bytes | Wrong | None:
    """A key of 32 bytes; None when there is no such file yet."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError:
        return Wrong(str(path), say("file_unreadable", path=path))
    if mode & 0o077:
        return Wrong(str(path), say("file_open", path=path))
    try:
        key = b64decode(text.strip(), validate=True)
    except (Base64Error, ValueError):
        key = b""
    return key if len(key) == KEY_BYTES else Wrong(str(path), say("not_a_key", path=path))


def read_log_key(path: Path) -> Ed25519PrivateKey | Wrong | None:
    """The key that signs the log; None when there is no such file yet."""
    seed = read_key(path)
    return Ed25519PrivateKey.from_private_bytes(seed) if isinstance(seed, bytes) else seed


def write_secret(path: Path, secret: str) -> None:
    """A new file that only we can read; raises FileExistsError rather than lose what an older one holds."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as stream:
        stream.write(f"{secret}\n")
        stream.flush()
        os.fsync(stream.fileno())


def write_key(path: Path, key: bytes) -> bytes:
    """A new key of 32 random bytes, kept as base64; raises FileExistsError."""
    write_secret(path, b64encode(key).decode())
    return key


def write_log_key(path: Path, seed: bytes) -> Ed25519PrivateKey:
    """A new key that signs the log, from 32 random bytes; raises FileExistsError."""
    write_key(path, seed)
    return Ed25519PrivateKey.from_private_bytes(seed)
