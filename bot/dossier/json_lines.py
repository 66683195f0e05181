"""The log for programs: one JSON object per entry, its fields opened. `docs/schemas/log-line.schema.json` says what it holds."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from bot.domain.ids import BOT
from bot.logbook.chain import Opening, entry_hash

_CHUNK: Final = 64 * 1024  # bytes before they are handed on


class _Sealed(msgspec.Struct, frozen=True, gc=False):
    body: dict[str, str]
    log: str
    prev: str
    seq: int
    ts: str
    type: str


class _Line(msgspec.Struct, frozen=True, gc=False):
    seq: int
    ts: str
    type: str
    h: str
    prev: str
    log: str
    actor: str | msgspec.Raw | None
    fields: dict[str, msgspec.Raw]
    withheld: list[str]


_read_sealed: Final = msgspec.json.Decoder(_Sealed)
# A value stays as it was sealed, byte for byte: it is canonical JSON already.
_read_pre: Final = msgspec.json.Decoder(tuple[str, int, str, msgspec.Raw])
_write: Final = msgspec.json.Encoder()


def json_lines(raws: Iterable[bytes], openings: Sequence[Opening]) -> Iterator[bytes]:
    """The lines of a log that was verified (`tell` gave a dossier of it): what does not verify is not found out here.

    `fields` are those that the log holds, in the order of the alphabet; one that equals its default is left out there. `withheld`
    names those without an opening: erased, or kept back. `actor` is null when it is one of these.
    """
    by_seq: dict[int, list[Opening]] = {}
    for opening in openings:
        by_seq.setdefault(opening.seq, []).append(opening)
    held = bytearray()
    for raw in raws:
        sealed = _read_sealed.decode(raw)
        held += _write.encode(_line(sealed, entry_hash(raw), by_seq.get(sealed.seq, ()))) + b"\n"
        if len(held) >= _CHUNK:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def _line(sealed: _Sealed, h: str, openings: Sequence[Opening]) -> _Line:
    values = {opening.name: _read_pre.decode(opening.pre)[3] for opening in openings}
    return _Line(
        seq=sealed.seq,
        ts=sealed.ts,
        type=sealed.type,
        h=h,
        prev=sealed.prev,
        log=sealed.log,
        actor=values.get("actor") if "actor" in sealed.body else BOT,
        fields={name: values[name] for name in sealed.body if name in values},
        withheld=[name for name in sealed.body if name not in values],
    )
