"""The signed note: only this key, this log and this spelling."""

from base64 import b64decode, b64encode
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from bot.logbook.checkpoint import check, public_key_text, read_public_key, sign
from tests.logbook.bundles import KEY, ORIGIN, PUBLIC, PUBLIC_TEXT

OTHER = Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
NOTE = sign(ORIGIN, 3, b"\1" * 32, KEY)
SUCCESSOR = sign(ORIGIN, 3, b"\1" * 32, OTHER).splitlines(keepends=True)[-1]
LINE = NOTE.splitlines(keepends=True)[-1]


@given(st.integers(0, 10**15), st.binary(min_size=32, max_size=32))
def test_what_was_signed_is_read(size: int, root: bytes) -> None:
    assert check(sign(ORIGIN, size, root, KEY), ORIGIN, PUBLIC) == (size, root)


def test_the_lines_of_a_successor_and_a_witness_are_passed_over() -> None:
    witness = "— witness.example.org/w ".encode() + b64encode(b"\0" * 76) + b"\n"
    assert check(NOTE + SUCCESSOR + witness, ORIGIN, PUBLIC).size == 3
    assert check(NOTE.replace(LINE, SUCCESSOR + LINE), ORIGIN, PUBLIC).size == 3
    assert check(NOTE + SUCCESSOR, ORIGIN, OTHER.public_key()).size == 3


def _other_spelling(note: bytes) -> bytes:
    """The same signature with the unused bits of its last base64 character set: decodes alike, is not the same line."""
    head, tail = note[:-3], note[-3:-2]
    assert note.endswith(b"=\n")
    other = note[:-3] + bytes([tail[0] + 1]) + b"=\n"
    assert b64decode(other.split(b" ")[-1]) == b64decode(note.split(b" ")[-1])
    assert head
    return other


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note.replace(b"\n3\n", b"\n4\n"),
        lambda note: note.replace(b"\n3\n", b"\n03\n"),
        lambda note: note.replace(b"AQE", b"AgE", 1),
        lambda note: note.replace(b"000123\n", b"000124\n", 1),
        lambda note: note.replace(b"\n\n", b"\n"),
        lambda note: note.replace(b"\n\n", b"\nextension\n\n"),
        lambda note: note[:-1],
        lambda note: note + b"\n",
        lambda note: note + b"junk\n",
        lambda note: note.replace("—".encode(), b"-"),
        lambda note: note.replace(LINE, b""),
        lambda note: note.replace(LINE, SUCCESSOR),
        lambda note: note.replace(LINE, LINE.replace(b"000123", b"000124")),
        lambda note: note[:-10] + (b"A" if note[-10:-9] != b"A" else b"B") + note[-9:],
        _other_spelling,
        lambda note: note + b"\xff",
        lambda note: b"",
    ],
    ids=range(17),
)
def test_any_other_note_is_refused(change: Callable[[bytes], bytes]) -> None:
    assert change(NOTE) != NOTE
    with pytest.raises(ValueError):
        check(change(NOTE), ORIGIN, PUBLIC)


def test_a_note_of_another_log_is_refused() -> None:
    other = sign("iog.example.nl/log/other", 3, b"\1" * 32, KEY)
    with pytest.raises(ValueError, match="another log"):
        check(other, ORIGIN, PUBLIC)


def test_a_public_key_is_written_as_base64() -> None:
    assert public_key_text(read_public_key(PUBLIC_TEXT)) == PUBLIC_TEXT
    for wrong in ("", "AAAA", PUBLIC_TEXT[:-1], PUBLIC_TEXT[:-2] + "h=", PUBLIC_TEXT + "\n"):
        with pytest.raises(ValueError):
            read_public_key(wrong)
