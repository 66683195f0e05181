"""Asks for a time stamp and judges the answer (RFC 3161); the only module that needs the extra `timestamps`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

from cryptography.x509 import Certificate
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, VerificationError, decode_timestamp_response
from rfc3161_client.tsp import PKIStatus
from rfc3161_client.verify import VerifierBuilder

# Why an answer is no stamp on what was asked: none at all, of something else, of another question, or signed by a stranger.
Why = Literal["none", "other_hash", "other_nonce", "stranger"]


@dataclass(frozen=True, slots=True)
class Question:
    """`nonce` is drawn by the library, so that an answer to another question cannot pass for ours."""

    data: bytes
    nonce: int


@dataclass(frozen=True, slots=True)
class Unfit:
    why: Why


def question(note: bytes) -> Question:
    """The question for a stamp on the SHA-256 of `note`, with the certificates asked along."""
    made = TimestampRequestBuilder(data=note, hash_algorithm=HashAlgorithm.SHA256).build()
    assert made.nonce is not None, "a question has a nonce unless it is asked without"
    return Question(made.as_bytes(), made.nonce)


def stamped_at(
    answer: bytes, note: bytes, trusted: Sequence[Certificate], nonce: int | None = None
) -> datetime | Unfit:
    """When (UTC, by the authority) `note` was there; Unfit unless the answer is whole, of this note, of the question with this
    nonce (None: of any), and signed by who one of `trusted` vouches for."""
    try:
        found = decode_timestamp_response(answer)
        if found.status != PKIStatus.GRANTED:
            return Unfit("none")
        info = found.tst_info
        at = info.gen_time
    except ValueError:
        return Unfit("none")
    if info.message_imprint.message != sha256(note).digest():
        return Unfit("other_hash")
    if nonce is not None and info.nonce != nonce:
        return Unfit("other_nonce")
    roots = [one for one in trusted if one.issuer == one.subject]
    others = [one for one in trusted if one.issuer != one.subject]
    # a file may hold only the certificate under a root: then that is what is trusted
    try:
        VerifierBuilder(roots=roots or others, intermediates=others).build().verify_message(found, note)
    except (VerificationError, ValueError):
        return Unfit("stranger")
    return at
