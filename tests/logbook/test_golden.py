"""The logs of every release verify, decode and fold for ever: stored bytes against the code of today."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.domain import entries as e
from bot.domain.ids import IncidentId
from bot.domain.incident import Incident, evolve
from bot.logbook import standalone_verify
from bot.logbook.chain import Opening, parse, read_pre
from bot.logbook.verify import Verified, verify_bundle
from tests.logbook.golden_night import GOLDEN, codec_of

BUNDLES = sorted(path for path in GOLDEN.glob("*/*") if path.is_dir())
OF_NO_STATE = ("index", "transcript")


def _entries(bundle: Path) -> list[tuple[Any, Any]]:
    codec = codec_of(bundle.name)
    openings: dict[int, list[Opening]] = {}
    for line in (bundle / "openings.jsonl").read_text(encoding="utf-8").splitlines():
        kept = json.loads(line)
        pre = kept["pre"].encode()
        _, seq, name, _ = read_pre(pre)
        openings.setdefault(seq, []).append(Opening(seq, name, bytes.fromhex(kept["salt"]), pre))

    def blob(digest: str) -> bytes:
        return (bundle / "blobs" / digest).read_bytes()

    sealed = [parse(raw) for raw in (bundle / "entries.jsonl").read_bytes().splitlines()]
    return [(codec.read(entry, openings.get(entry.seq, []), blob), entry.ts) for entry in sealed]


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_golden_log_verifies_and_is_read(bundle: Path) -> None:
    assert isinstance(verify_bundle(bundle), Verified)
    entries = _entries(bundle)
    assert entries
    if not bundle.name.endswith(OF_NO_STATE):
        incident = Incident(IncidentId("golden"))
        for entry, at in entries:
            incident = evolve(incident, entry, at)
        assert incident.state in ("closed", "finished")


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_the_verifier_that_came_with_it_still_runs_and_the_one_of_today_says_the_same(bundle: Path) -> None:
    claimed = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    today = Path(standalone_verify.__file__)
    said = [
        subprocess.run(
            [sys.executable, str(program), str(bundle), claimed["origin"], claimed["public_key"]],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        for program in (bundle / "verify.py", today)
    ]
    assert said[0].startswith(f"OK {claimed['entries']} entries, head {claimed['head']}, ")
    assert said[1] == said[0]


def test_every_release_has_a_golden_bundle() -> None:
    named = (Path(__file__).parents[2] / "CHANGELOG.md").read_text(encoding="utf-8")
    released = set(re.findall(r"^## \[(\d+\.\d+\.\d+)\]", named, re.MULTILINE))
    assert released
    assert released <= {bundle.parent.name for bundle in BUNDLES}


def test_the_golden_logs_hold_every_kind_of_entry() -> None:
    """A new kind needs a golden log of the release that brings it."""
    found = {type(entry) for bundle in BUNDLES for entry, _ in _entries(bundle)}
    assert found == {*e.KINDS, *e.INDEX_KINDS, *e.TRANSCRIPT_KINDS}
