"""Bundles that the tests of the log start from: a small night, whole, with gaps, or forged by the holder of the key."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from itertools import count
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.logbook import standalone_verify
from bot.logbook.blob import reference_to
from bot.logbook.bundle import MANIFEST, Anchor, Packing, bundle_files, manifest
from bot.logbook.canonical import JSON
from bot.logbook.chain import EMPTY, LogEntry, Opening, entry_hash, seal
from bot.logbook.checkpoint import public_key_text, sign
from bot.logbook.merkle import frontier_of

ORIGIN = "iog.example.nl/log/inc-2026-000123"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key()
PUBLIC_TEXT = public_key_text(PUBLIC)
NIGHT = datetime(2026, 11, 22, 4, 15, tzinfo=UTC)
POLICY = b'{"grace":30000}'
PLAYBOOK = '{"title":"Rellen — stationsgebied"}'.encode()
VECTOR = Path(__file__).parent / "vector"
# What the verifier in the bundle turns into a refusal; anything else that escapes it is a fault.
REFUSALS = (ValueError, LookupError, TypeError, AttributeError, RecursionError, OSError, InvalidSignature)


def salts_from(word: str) -> Callable[[], bytes]:
    numbers = count(1)
    return lambda: sha256(f"{word}{next(numbers)}".encode()).digest()


@dataclass(frozen=True)
class Night:
    """A sealed log with everything that a bundle takes."""

    origin: str
    entries: tuple[LogEntry, ...]
    openings: tuple[Opening, ...]

    @property
    def raws(self) -> list[bytes]:
        return [entry.raw for entry in self.entries]


def sealed(
    facts: Iterable[tuple[str, Mapping[str, JSON]]], origin: str = ORIGIN, salts: Callable[[], bytes] | None = None
) -> Night:
    salts = salts or salts_from("salt")
    head, entries, openings = EMPTY, list[LogEntry](), list[Opening]()
    for n, (kind, fields) in enumerate(facts):
        entry, opened = seal(origin, head, NIGHT + timedelta(seconds=n), kind, fields, salts)
        head = entry.head
        entries.append(entry)
        openings.extend(opened)
    return Night(origin, tuple(entries), tuple(openings))


def night(origin: str = ORIGIN, word: str = "salt", town: str = "Waterbrug") -> Night:
    """Twelve entries of every type of value; the two names are erased."""
    facts: list[tuple[str, Mapping[str, JSON]]] = [
        ("alarm.raised", {"actor": "bakker", "text": f"{town}: brand gemaal — Zuid", "policy": reference_to(POLICY)}),
        ("playbook.started", {"actor": "iog-bot", "playbook": reference_to(PLAYBOOK)}),
        ("person.seen", {"person": "jansen", "name": "Jip Jansen", "roles": ["expert_cyber", "iog"]}),
        ("person.seen", {"person": "devries", "name": "Pim de Vries", "roles": []}),
        ("page.requested", {"page": "p1", "person": "jansen", "number": 1, "night": True, "via": None}),
        ("page.requested", {"page": "p2", "person": "devries", "number": 2, "night": False, "via": None}),
        ("acknowledged", {"page": "p1", "eta": 900000, "said_at": "2026-11-22T04:15:05.250Z"}),
        ("declined", {"page": "p2"}),
        ("brigade.called", {}),
        ("step.finished", {"step": "BA01", "note": ""}),
        ("decision.recorded", {"actor": "devries", "text": "Evacueer blok C", "basis": {"law": "Gemeentewet 175"}}),
        ("incident.closed", {"actor": "devries", "number": -1}),
    ]
    made = sealed(facts, origin, salts_from(word))
    return Night(origin, made.entries, tuple(o for o in made.openings if o.name != "name"))


def bundle_of(made: Night, key: Ed25519PrivateKey = KEY) -> dict[str, bytes]:
    shown = made.entries[::4]
    return bundle_files(
        made.origin,
        made.raws,
        made.openings,
        sign(made.origin, len(made.entries), frontier_of(made.raws).root(), key),
        [Anchor(f"$event{entry.seq}", entry.h, "!room:iog.example", entry.seq) for entry in shown],
        {sha256(data).hexdigest(): data for data in (POLICY, PLAYBOOK)},
        key.public_key(),
        {"timeline.html": b"<!doctype html><p>04:15 alarm</p>\n"},
    )


def forged(
    raws: Sequence[bytes], openings: Sequence[bytes] = (), anchors: Sequence[bytes] = (), **other: bytes
) -> dict[str, bytes]:
    """A bundle of whatever lines, signed by the holder of the key: only the verifier's rules stand in the way."""
    files = {
        "entries.jsonl": b"".join(line + b"\n" for line in raws),
        "openings.jsonl": b"".join(line + b"\n" for line in openings),
        "anchors.jsonl": b"".join(line + b"\n" for line in anchors),
        "checkpoint.note": sign(ORIGIN, len(raws), frontier_of(raws).root(), KEY),
        **other,
    }
    head = entry_hash(raws[-1]) if raws else "0" * 64
    return files | {"manifest.json": manifest(ORIGIN, PUBLIC_TEXT, head, len(raws), files)}


def standalone(files: Mapping[str, bytes], origin: str = ORIGIN, key: str = PUBLIC_TEXT) -> str:
    """The verdict of the verifier in the bundle, in its own words."""
    standalone_verify.AT[0] = "bundle"
    try:
        return standalone_verify.verify(dict(files), origin, key)
    except REFUSALS as wrong:
        return f"REFUSED: {standalone_verify.AT[0]}: {wrong}"


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files as the zip that somebody is handed."""
    made = BytesIO()
    with Packing(made) as packing:
        for name in sorted(set(files) - {MANIFEST}):
            packing.add(name, files[name])
        packing.finish(ORIGIN, PUBLIC, files["entries.jsonl"].splitlines())
    return made.getvalue()
