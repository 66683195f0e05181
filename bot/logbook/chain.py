"""Sealed entries: salted field commitments in the body, each entry naming the hash of the one before."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import msgspec

from bot.logbook.canonical import JSON, KEY, jcs, read_time, time_text

MAX_FIELDS: Final = 64
MAX_VALUE: Final = 256 * 1024
MAX_RAW: Final = 64 * 1024
SALT_LENGTH: Final = 32
NO_HASH: Final = "0" * 64

# A space or a plus would make a signed note ambiguous (C2SP); the rest keeps an origin free of JSON escapes.
_ORIGIN: Final = re.compile(r"[A-Za-z0-9.:\[\]_-]+/log/[A-Za-z0-9._/-]+", re.ASCII)
_BODY: Final = re.compile(rb'\{"body":\{(?:,?"[a-z0-9_.-]{1,64}":"[0-9a-f]{64}")*\},"log":')
_HEX_64: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


# Not a dataclass: a long log has a hundred thousand, and a frozen dataclass takes three times as long to make.
class Opening(msgspec.Struct, frozen=True, gc=False):
    """What opens one commitment: field `name` of entry `seq`; `pre` is the canonical `[origin, seq, name, value]`."""

    seq: int
    name: str
    salt: bytes
    pre: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a log: its number (-1 for an empty log) and its hash in hex (64 zeros for an empty log)."""

    seq: int
    h: str


EMPTY: Final = Head(-1, NO_HASH)


class LogEntry(msgspec.Struct, frozen=True):
    """One sealed entry: `body` maps field names to commitments in hex, `raw` are the bytes that `h` is the hash of."""

    log: str
    seq: int
    ts: datetime
    type: str
    body: Mapping[str, str]
    prev: str
    raw: bytes
    h: str

    @property
    def head(self) -> Head:
        """The head of the log once this entry is its last."""
        return Head(self.seq, self.h)


@dataclass(frozen=True, slots=True)
class Break:
    """The first place (counted from 0) where a log is not what it should be, and why."""

    seq: int
    why: str


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    # Members in alphabetical order: encoding them gives the canonical form.
    body: dict[str, str]
    log: str
    prev: str
    seq: int
    ts: str
    type: str
    v: int


_read_envelope: Final = msgspec.json.Decoder(_Envelope)
_read_pre: Final = msgspec.json.Decoder(tuple[str, int, str, Any])
_write: Final = msgspec.json.Encoder(order="deterministic")


def refuse_bad_origin(origin: str) -> None:
    """Raise ValueError unless `origin` reads `<host>/log/<name>`."""
    if not _ORIGIN.fullmatch(origin):
        raise ValueError(f"not an origin: {origin!r}")


def commitment(salt: bytes, pre: bytes) -> str:
    """Hide a field: without the salt nothing about `pre` can be guessed; with it nothing else fits.

    Raises ValueError unless the salt has 32 bytes: with a free length, bytes could move between salt and pre unseen.
    """
    if len(salt) != SALT_LENGTH:
        raise ValueError("a salt has 32 bytes")
    return sha256(b"iog-field-v1\0" + salt + pre).hexdigest()


def entry_hash(raw: bytes) -> str:
    """The name of an entry: what the next entry and every anchor outside refer to."""
    return sha256(b"iog-entry-v1\0" + raw).hexdigest()


def seal(
    origin: str,
    head: Head,
    ts: datetime,
    type: str,  # noqa: A002  # the log's own word
    fields: Mapping[str, JSON],
    salts: Callable[[], bytes],
) -> tuple[LogEntry, tuple[Opening, ...]]:
    """Seal `fields` onto `head` and give the entry with the openings of its fields, in the order of `fields`.

    `salts` gives 32 fresh random bytes at each call. A value may be nested 7 deep (its `pre` is the eighth).
    Raises ValueError above 64 fields, 256 KiB a value or 64 KiB an entry, and outside the canonical profile.
    """
    refuse_bad_origin(origin)
    if not KEY.fullmatch(type):
        raise ValueError(f"not a type of entry: {type!r}")
    if len(fields) > MAX_FIELDS:
        raise ValueError(f"{len(fields)} fields; an entry holds at most {MAX_FIELDS}")
    seq = head.seq + 1
    body: dict[str, str] = {}
    openings: list[Opening] = []
    for name, value in fields.items():
        if not KEY.fullmatch(name):
            raise ValueError(f"not a name of a field: {name!r}")
        pre = jcs([origin, seq, name, value])
        if len(pre) > MAX_VALUE and len(jcs(value)) > MAX_VALUE:
            raise ValueError(f"the value of {name} is larger than {MAX_VALUE} bytes")
        salt = salts()
        body[name] = commitment(salt, pre)
        openings.append(Opening(seq, name, salt, pre))
    raw = _write.encode(_Envelope(body, origin, head.h, seq, time_text(ts), type, 1))
    if len(raw) > MAX_RAW:
        raise ValueError(f"an entry of {len(raw)} bytes; at most {MAX_RAW}")
    return LogEntry(origin, seq, ts, type, body, head.h, raw, entry_hash(raw)), tuple(openings)


def parse(raw: bytes) -> LogEntry:
    """Read a stored entry; raises ValueError when it is not byte for byte the canonical form of an entry."""
    e = _envelope(raw)
    return LogEntry(e.log, e.seq, read_time(e.ts), e.type, e.body, e.prev, raw, entry_hash(raw))


def read_log(origin: str, raws: Iterable[bytes]) -> tuple[LogEntry, ...] | Break:
    """Give the entries of a whole log, from its first, or the first place where it is broken."""
    entries: list[LogEntry] = []
    for step in _walk(origin, raws):
        if isinstance(step, Break):
            return step
        entries.append(step)
    return tuple(entries)


def first_break(origin: str, raws: Iterable[bytes]) -> Break | None:
    """Name the first place where a log is broken; None when it is whole. Keeps nothing of what it read."""
    return next((step for step in _walk(origin, raws) if isinstance(step, Break)), None)


def read_pre(pre: bytes) -> tuple[str, int, str, JSON]:
    """Give origin, number, name and value of what a commitment hides; ValueError unless it reads in one way only.

    The value is not held against the whole profile: what was sealed was, and a verifier of foreign bytes calls `jcs`.
    """
    try:
        read = _read_pre.decode(pre)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if _write.encode(read) != pre:
        raise ValueError("not in canonical form")
    return read


def field_values(entry: LogEntry, openings: Sequence[Opening]) -> Mapping[str, JSON]:
    """Give the values of the fields of `entry` that have an opening; those without (erased, withheld) are left out.

    Raises ValueError for an opening that fits no commitment of this entry or stands twice.
    """
    values: dict[str, JSON] = {}
    for opening in openings:
        origin, seq, name, value = read_pre(opening.pre)
        fits = entry.body.get(name) == commitment(opening.salt, opening.pre)
        if not fits or name != opening.name or (origin, seq) != (entry.log, entry.seq):
            raise ValueError(f"the opening of {name} does not fit entry {entry.seq}")
        if name in values:
            raise ValueError(f"the opening of {name} of entry {entry.seq} stands twice")
        values[name] = value
    return values


def _walk(origin: str, raws: Iterable[bytes]) -> Iterator[LogEntry | Break]:
    prev = NO_HASH
    for seq, raw in enumerate(raws):
        try:
            entry = parse(raw)
        except ValueError as wrong:
            yield Break(seq, str(wrong))
            return
        if entry.log != origin:
            yield Break(seq, "belongs to another log")
            return
        if entry.seq != seq:
            yield Break(seq, f"carries number {entry.seq}")
            return
        if entry.prev != prev:
            yield Break(seq, "prev is not the hash of the entry before")
            return
        prev = entry.h
        yield entry


def _envelope(raw: bytes) -> _Envelope:
    if len(raw) > MAX_RAW:
        raise ValueError(f"an entry of {len(raw)} bytes; at most {MAX_RAW}")
    e = _read_envelope.decode(raw)
    # Equality with the canonical form also refuses duplicate keys, spare white space and other spellings of a string.
    if _write.encode(e) != raw:
        raise ValueError("not in canonical form")
    if e.v != 1 or e.seq < 0:
        raise ValueError("not version 1, or a negative number")
    if not (KEY.fullmatch(e.type) and _HEX_64.fullmatch(e.prev) and _BODY.match(raw)):
        raise ValueError("a type, hash or field that is not in the form of the log")
    refuse_bad_origin(e.log)
    return e
