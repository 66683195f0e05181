"""A file that somebody shared, as their message described it, and what was kept of it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SharedFile:
    """What a message says of its file. `size` is in bytes and a claim, `sha256` (hex) that of the encrypted file; `key` (base64url)
    and `iv` (base64) open it by AES-256-CTR."""

    name: str
    media_type: str
    size: int | None
    url: str
    sha256: str
    key: str = field(repr=False)
    iv: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """What is kept: the encrypted bytes by their SHA-256 (hex), the SHA-256 of the opened file, and its bytes."""

    sha256: str
    opened_sha256: str
    size: int
