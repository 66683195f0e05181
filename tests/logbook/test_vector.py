"""The published test vector: what anybody who builds the format anew must reproduce."""

from base64 import b64encode
from datetime import datetime

from bot.logbook.chain import EMPTY, entry_hash, first_break, seal
from bot.logbook.checkpoint import check, sign
from bot.logbook.merkle import frontier_of
from bot.logbook.verify import Verified, verify_bundle
from tests.logbook.bundles import KEY, ORIGIN, PUBLIC, PUBLIC_TEXT, VECTOR, salts_from, standalone

FACTS: tuple[tuple[str, str, dict[str, str | int]], ...] = (
    (
        "2026-11-22T04:15:00.123Z",
        "incident.opened",
        {"actor": "@anna:example.nl", "title": "Brand gemaal — Zuid"},
    ),
    ("2026-11-22T04:15:01.000Z", "page.sent", {"to": "@bob:example.nl", "page": 1}),
    ("2026-11-22T04:16:30.500Z", "decision.recorded", {"actor": "@bob:example.nl", "text": "Evacueer blok C"}),
)


def test_sealing_the_three_entries_gives_the_published_bytes() -> None:
    salts, head, raws, lines = salts_from("salt"), EMPTY, [], []
    for ts, kind, fields in FACTS:
        entry, openings = seal(ORIGIN, head, datetime.fromisoformat(ts), kind, dict(fields), salts)
        head = entry.head
        raws.append(entry.raw)
        lines += [(o.pre.decode(), o.salt.hex()) for o in openings]
    assert b"".join(raw + b"\n" for raw in raws) == (VECTOR / "entries.jsonl").read_bytes()
    assert head.h == "79381d20bf10ab16e2674878ad5e298d92535229eaa4b207774648033c44c429"
    assert entry_hash(raws[0]) == "df92f7956fe87f9960a4c05a7633e0b5c479da9fdb58cc394ee8a0cb98eddc88"
    assert entry_hash(raws[1]) == "93b2f5ad2808c5ff6c837d8d58a7b13505840541e4885c31dba2b8ed57ebee3f"
    assert lines[0] == (
        '["iog.example.nl/log/inc-2026-000123",0,"actor","@anna:example.nl"]',
        "dc90cf07de907ccc64636ceddb38e552a1a0d984743b1f36a447b73877012c39",
    )
    root = frontier_of(raws).root()
    assert b64encode(root) == b"NDRnc9tbMk8IMPJiL086O/6NuXy4kjmNpMiB5WUo6Qs="
    assert sign(ORIGIN, 3, root, KEY) == (VECTOR / "checkpoint.note").read_bytes()


def test_the_published_note_checks_with_the_published_key() -> None:
    assert PUBLIC_TEXT == "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
    size, root = check((VECTOR / "checkpoint.note").read_bytes(), ORIGIN, PUBLIC)
    raws = (VECTOR / "entries.jsonl").read_bytes().splitlines()
    assert (size, root) == (3, frontier_of(raws).root())
    assert first_break(ORIGIN, raws) is None


def test_both_verifiers_accept_the_published_bundle() -> None:
    verified = verify_bundle(VECTOR, ORIGIN, PUBLIC_TEXT)
    assert isinstance(verified, Verified)
    assert verified.missing_openings == 0
    assert verified.values[0] == {"actor": "@anna:example.nl", "title": "Brand gemaal — Zuid"}
    assert verified.values[1] == {"to": "@bob:example.nl", "page": 1}
    files = {path.name: path.read_bytes() for path in VECTOR.iterdir()}
    assert standalone(files) == f"OK 3 entries, head {verified.head.h}, 0 fields without opening"
