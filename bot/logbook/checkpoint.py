"""The signed statement of how long a log is and what its root is: a C2SP checkpoint, which is a signed note."""

import re
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bot.logbook.chain import refuse_bad_origin

_ED25519: Final = b"\x01"  # the algorithm's number in C2SP signed-note
_TEXT: Final = re.compile(r"([!-~]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n", re.ASCII)
_SIGNATURE_LINE: Final = re.compile(r"— ([!-*,-~]+) ([A-Za-z0-9+/]+={0,2})\n", re.ASCII)


class Checkpoint(NamedTuple):
    """What a note states: the number of entries and the root over them (32 bytes)."""

    size: int
    root: bytes


def sign(origin: str, size: int, root: bytes, *private_keys: Ed25519PrivateKey) -> bytes:
    """Give the note that states `size` and `root` of the log `origin`, with a line of each key in their order.

    Raises ValueError without a key.
    """
    refuse_bad_origin(origin)
    if not private_keys:
        raise ValueError("a note is signed with a key")
    text = f"{origin}\n{size}\n{b64encode(root).decode()}\n"
    lines = [f"— {origin} {b64encode(_signature(origin, text, key)).decode()}\n" for key in private_keys]
    return f"{text}\n{''.join(lines)}".encode()


def check(note: bytes, origin: str, public_key: Ed25519PublicKey) -> Checkpoint:
    """Give what `note` states about the log `origin`; raises ValueError unless it is signed with this key.

    Signature lines of other keys are passed over: a key's successor and witnesses sign the same text.
    """
    text, between, signatures = note.decode().partition("\n\n")
    text += "\n"
    stated = _TEXT.fullmatch(text)
    lines = list(_SIGNATURE_LINE.finditer(signatures))
    if not stated or not between or "".join(line[0] for line in lines) != signatures:
        raise ValueError("not a checkpoint")
    if stated[1] != origin:
        raise ValueError("the checkpoint is of another log")
    # Those of other keys too: else a note would hold or not by the order of its lines.
    signed = [(line[1], _strict_base64(line[2])) for line in lines]
    if not any(_signs(name, signature, text, origin, public_key) for name, signature in signed):
        raise ValueError("not signed with this key")
    return Checkpoint(int(stated[2]), _strict_base64(stated[3]))


def stated(note: bytes) -> tuple[str, int, bytes]:
    """The log, the number of entries and the root that a note states, whoever signed it; raises ValueError."""
    text, between, _ = note.decode().partition("\n\n")
    found = _TEXT.fullmatch(text + "\n")
    if not found or not between:
        raise ValueError("not a checkpoint")
    return found[1], int(found[2]), _strict_base64(found[3])


def public_key_text(key: Ed25519PublicKey) -> str:
    """Write a public key as people exchange it: base64 of its 32 bytes."""
    return b64encode(key.public_bytes_raw()).decode()


def read_public_key(text: str) -> Ed25519PublicKey:
    """Read what `public_key_text` wrote; raises ValueError."""
    return Ed25519PublicKey.from_public_bytes(_strict_base64(text))


def _signature(origin: str, text: str, private_key: Ed25519PrivateKey) -> bytes:
    return _key_id(origin, private_key.public_key()) + private_key.sign(text.encode())


def _signs(name: str, signature: bytes, text: str, origin: str, public_key: Ed25519PublicKey) -> bool:
    key_id = _key_id(origin, public_key)
    if name != origin or signature[:4] != key_id:
        return False
    try:
        public_key.verify(signature[4:], text.encode())
    except InvalidSignature:
        raise ValueError("the signature does not fit") from None
    return True


def _key_id(origin: str, public_key: Ed25519PublicKey) -> bytes:
    return sha256(origin.encode() + b"\n" + _ED25519 + public_key.public_bytes_raw()).digest()[:4]


def _strict_base64(text: str) -> bytes:
    data = b64decode(text, validate=True)
    # Without this, unused bits in the last character would give one note several spellings.
    if b64encode(data).decode() != text:
        raise ValueError("not canonical base64")
    return data
