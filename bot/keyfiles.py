"""Files with one secret in them: read only when nobody else can, written once and never over an older one.

The key of the logs has two files beside it: `.next`, a key that is being taken into use, and `.retired-<moment>`, one that was
replaced then (UTC).
"""

import os
import stat
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import UTC, datetime
from errno import EEXIST
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509 import Certificate, load_pem_x509_certificates

from bot.config_words import Wrong, say
from bot.sealing import Retired, still_signing

KEY_BYTES: Final = 32
_NEXT: Final = ".next"
_RETIRED: Final = ".retired-"
_MOMENT: Final = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class LogKeys:
    """The key that signs the logs, and those that it replaced."""

    key: Ed25519PrivateKey
    retired: tuple[Retired, ...] = ()

    def beside(self, now: datetime) -> tuple[Ed25519PrivateKey, ...]:
        """The keys before this one that still sign at `now` (UTC)."""
        return still_signing(self.retired, now)


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


def read_certificates(path: Path) -> tuple[Certificate, ...] | Wrong:
    """The certificates (PEM) of a file that everybody may read."""
    try:
        found = load_pem_x509_certificates(path.read_bytes())
    except OSError:
        return Wrong(str(path), say("file_unreadable", path=path))
    except ValueError:
        found = []
    return tuple(found) or Wrong(str(path), say("not_certificates", path=path))


def read_log_key(path: Path) -> Ed25519PrivateKey | Wrong | None:
    """The key that signs the log; None when there is no such file yet."""
    seed = read_key(path)
    return Ed25519PrivateKey.from_private_bytes(seed) if isinstance(seed, bytes) else seed


def read_log_keys(path: Path) -> LogKeys | Wrong | None:
    """The key that signs the log with those before it; None when there is no such file yet."""
    key = read_log_key(path)
    if not isinstance(key, Ed25519PrivateKey):
        return key
    retired: list[Retired] = []
    for old in sorted(path.parent.glob(f"{path.name}{_RETIRED}*")):
        before = read_log_key(old)
        try:
            at = datetime.strptime(old.name.removeprefix(f"{path.name}{_RETIRED}"), _MOMENT).replace(tzinfo=UTC)
        except ValueError:
            return Wrong(str(old), say("not_a_key", path=old))
        if isinstance(before, Wrong):
            return before
        # what is being replaced has its file already, and is the key for as long as that lasts
        if before is not None and before.private_bytes_raw() != key.private_bytes_raw():
            retired.append(Retired(before, at))
    return LogKeys(key, tuple(retired))


def next_log_key(path: Path) -> Ed25519PrivateKey | Wrong | None:
    """The key that is being taken into use; None when none is."""
    return read_log_key(_next(path))


def write_next_log_key(path: Path, seed: bytes) -> Ed25519PrivateKey:
    """The key that is to follow, from 32 random bytes; raises FileExistsError when one is on its way already."""
    _write_whole(_next(path), seed)
    return Ed25519PrivateKey.from_private_bytes(seed)


def retire_log_key(path: Path, keys: LogKeys, at: datetime) -> Retired:
    """Keeps the key under the moment (UTC) at which it is replaced; one that has such a file keeps that moment."""
    for old in sorted(path.parent.glob(f"{path.name}{_RETIRED}*")):
        kept = read_log_key(old)
        if isinstance(kept, Ed25519PrivateKey) and kept.private_bytes_raw() == keys.key.private_bytes_raw():
            named = old.name.removeprefix(f"{path.name}{_RETIRED}")
            return Retired(kept, datetime.strptime(named, _MOMENT).replace(tzinfo=UTC))
    at = at.replace(microsecond=0)
    place = path.with_name(f"{path.name}{_RETIRED}{at.astimezone(UTC).strftime(_MOMENT)}")
    _write_whole(place, keys.key.private_bytes_raw())
    return Retired(keys.key, at)


def take_next_log_key(path: Path) -> None:
    """The key that was to follow is the key from now on; at no moment is there none."""
    _next(path).replace(path)
    _sync(path.parent)


def _next(path: Path) -> Path:
    return path.with_name(path.name + _NEXT)


def _write_whole(path: Path, key: bytes) -> None:
    """A new file of mode 0400 that has all of the key under its name, or is not there: half a key would keep the bot from starting.

    Raises FileExistsError.
    """
    if path.exists():
        raise FileExistsError(EEXIST, os.strerror(EEXIST), str(path))
    begun = path.with_name(f".{path.name}")
    begun.unlink(missing_ok=True)
    write_secret(begun, b64encode(key).decode(), 0o400)
    begun.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """A name that is not on disk yet would be gone after a power cut, and with it what the log was signed with."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_secret(path: Path, secret: str, mode: int = 0o600) -> None:
    """A new file that only we can read; raises FileExistsError rather than lose what an older one holds."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
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
