"""docs/log-format.md is a promise: what stands there is what the code does, to the letter."""

import re
import subprocess
from hashlib import sha256
from pathlib import Path

from bot.logbook.bundle import STAMP, STAMPED
from bot.logbook.canonical import MAX_DEPTH, jcs
from bot.logbook.chain import MAX_FIELDS, MAX_RAW, MAX_VALUE, SALT_LENGTH, commitment, entry_hash
from bot.logbook.verify import Verified, verify_files
from tests.logbook.bundles import ORIGIN, PUBLIC_TEXT, VECTOR, bundle_of, night

PAGE = (Path(__file__).parents[2] / "docs" / "log-format.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SHELL, OPENING, ENTRIES, HASHES, NOTE = (block.encode() for _, block in BLOCKS)


def test_the_page_prints_the_published_vector() -> None:
    assert (VECTOR / "entries.jsonl").read_bytes() == ENTRIES
    assert (VECTOR / "checkpoint.note").read_bytes() == NOTE
    assert HASHES.decode().split() == [entry_hash(raw) for raw in ENTRIES.splitlines()]
    assert PUBLIC_TEXT in PAGE


def test_the_first_opening_on_the_page_fits_the_first_entry() -> None:
    pre, salt, hidden = (
        line.split(b"  ", 1)[1].strip() for line in re.sub(rb"^(\w+) +", rb"\1  ", OPENING, flags=re.M).splitlines()
    )
    assert commitment(bytes.fromhex(salt.decode()), pre) == hidden.decode()
    assert hidden in ENTRIES.splitlines()[0]
    assert sha256(b"salt1").hexdigest() == salt.decode()


def test_the_table_of_the_page_gives_the_openings_of_the_vector() -> None:
    rows = re.findall(r"^\| `([0-9T:.-]+Z)` \| `([a-z.]+)` \| (.+) \|$", PAGE, re.MULTILINE)
    published = (VECTOR / "openings.jsonl").read_text(encoding="utf-8").splitlines()
    k = 0
    for seq, (ts, kind, told) in enumerate(rows):
        raw = ENTRIES.splitlines()[seq].decode()
        assert f'"ts":"{ts}","type":"{kind}"' in raw
        for name, text, number in re.findall(r"`(\w+)` = (?:`([^`]+)`|(\d+))", told):
            pre = jcs([ORIGIN, seq, name, int(number) if number else text]).decode()
            salt = sha256(f"salt{k + 1}".encode()).hexdigest()
            assert published[k].encode() == jcs({"pre": pre, "salt": salt})
            k += 1
    assert k == len(published) == 6


def test_the_shell_of_the_page_prints_the_hashes(tmp_path: Path) -> None:
    (tmp_path / "entries.jsonl").write_bytes(ENTRIES)
    ended = subprocess.run(["sh", "-c", SHELL.decode()], cwd=tmp_path, capture_output=True, check=True)
    assert [line.split()[0] for line in ended.stdout.splitlines()] == HASHES.split()


def test_the_limits_on_the_page_are_the_limits() -> None:
    limits = (MAX_DEPTH, MAX_FIELDS, MAX_RAW, MAX_VALUE, SALT_LENGTH)
    assert limits == (8, 64, 64 * 1024, 256 * 1024, 32)
    for said in ("at most 8 arrays", "at most 64 KiB, at most 64 fields", "more than 256 KiB", "always has 32 bytes"):
        assert said in PAGE


def test_the_page_names_every_file_of_a_bundle() -> None:
    table = set(re.findall(r"^\| `([\w/<>]+\.\w+|blobs/<\w+>)` \|", PAGE, re.MULTILINE))
    files = {"blobs/<sha256>" if name.startswith("blobs/") else name for name in bundle_of(night())}
    only_with_a_stamp = {STAMP, STAMPED}
    assert files - {"timeline.html"} | only_with_a_stamp == table


def test_what_the_page_calls_a_limit_is_one() -> None:
    files = bundle_of(night())
    del files["manifest.json"]
    elsewhere = files | {"anchors.jsonl": files["anchors.jsonl"].replace(b"$event0", b"$elsewhere")}
    for other in (elsewhere, files | {"anchors.jsonl": b""}, files | {"timeline.html": b"lies"}):
        assert isinstance(verify_files(other, ORIGIN, PUBLIC_TEXT), Verified)
