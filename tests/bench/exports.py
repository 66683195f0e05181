"""A dossier of ten thousand lines beside the least that could give the same: bytes written, a table set, a loop that hashes.

A PDF is made in a process of its own, so that its memory is its own and typst has set nothing before. So is what is told of a log.
"""

import csv
import io
import json
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.dossier.attachments import attachments
from bot.dossier.bundle import Exported, Work, bundle
from bot.dossier.collect import Broken, Dossier, Stored, collect, tell
from bot.dossier.csv_files import excel_csv, plain_csv
from bot.dossier.documents import Press, Unmade
from bot.dossier.json_lines import json_lines
from bot.dossier.layout import lay_out
from bot.dossier.mdto import metadata, weighed
from bot.dossier.sheet import Section, Table
from bot.dossier.tables import tables
from bot.logbook.bundle import ENTRIES, OPENINGS, bundle_files, log_files
from bot.logbook.checkpoint import public_key_text, sign
from bot.logbook.verify import Verified, verify_files
from bot.sealing import Seal
from bot.store.database import open_database
from bot.store.migrate import upgrade
from bot.words import catalogue
from tests.bench.archive import ROOT, fill, utc_now
from tests.bench.report import Measured
from tests.bench.setting import What

SIZE: Final = 10_000
LONG: Final = 10 * SIZE
PDF_MIB: Final = 500.0
KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds, and what came of it."""
    began = time.perf_counter()
    made = work()
    return (time.perf_counter() - began) * 1_000, made


async def exports(directory: Path, runs: int, *, small: bool) -> list[Measured]:
    """A run is a whole dossier, so there are at most three of the slow ones."""
    size, long = (200, 2_000) if small else (SIZE, LONG)
    runs = 1 if small else min(runs, 3)
    short = await stored_of(directory, "short", size)
    whole = await stored_of(directory, "long", long)
    dossier = told(short)
    return [
        *written(short, dossier, runs),
        *printed(directory, dossier, runs),
        bundled(directory, short, runs),
        verified(short, dossier, runs),
        *linear(directory, (short, whole), runs),
    ]


async def stored_of(directory: Path, name: str, size: int) -> Stored:
    path = directory / f"{name}.db"
    await upgrade(f"sqlite:///{path}")
    fill(path, Seal("iog.example", KEY, lambda: os.urandom(32)), [size], utc_now())
    database = await open_database(f"sqlite:///{path}")
    try:
        stored = await collect(database, f"{utc_now().year}-001", directory / "files")
    finally:
        await database.close()
    assert stored is not None, "it was just written"
    return stored


def told(stored: Stored) -> Dossier:
    dossier = tell(stored, catalogue.load())
    assert not isinstance(dossier, Broken), dossier
    return dossier


def written(stored: Stored, dossier: Dossier, runs: int) -> list[Measured]:
    """Against writing the same bytes: JSON by joining ready-made lines, CSV by the standard library from ready-made text."""
    ready = [json.loads(line) for line in b"".join(json_lines(stored.raws, stored.openings)).splitlines()]
    timeline = next(table for table in tables(dossier, "nl", catalogue.load()) if table.id == "timeline")
    rows = list(csv.reader(io.StringIO(b"".join(plain_csv(timeline)).decode())))
    in_excel = list(csv.reader(io.StringIO(b"".join(excel_csv(timeline)).decode()), delimiter=";"))
    ours: dict[str, list[float]] = {"json": [], "excel": [], "plain": []}
    bare: dict[str, list[float]] = {"json": [], "excel": [], "plain": []}
    for _ in range(runs):
        ours["json"].append(timed(lambda: b"".join(json_lines(stored.raws, stored.openings)))[0])
        bare["json"].append(timed(lambda: b"".join(json.dumps(one).encode() + b"\n" for one in ready))[0])
        ours["excel"].append(timed(lambda: b"".join(excel_csv(timeline)))[0])
        ours["plain"].append(timed(lambda: b"".join(plain_csv(timeline)))[0])
        bare["excel"].append(timed(lambda: _by_library(in_excel, ";"))[0])
        bare["plain"].append(timed(lambda: _by_library(rows, ","))[0])
    return [
        Measured("export_json", "log as JSON Lines", "ms", 2.0, tuple(ours["json"]), tuple(bare["json"])),
        Measured(
            "export_csv_excel", "timeline as CSV for Excel", "ms", 2.0, tuple(ours["excel"]), tuple(bare["excel"])
        ),
        Measured("export_csv", "timeline as plain CSV", "ms", 2.0, tuple(ours["plain"]), tuple(bare["plain"])),
    ]


def _by_library(rows: list[list[str]], delimiter: str) -> bytes:
    made = io.StringIO()
    csv.writer(made, delimiter=delimiter).writerows(rows)
    return made.getvalue().encode()


def printed(directory: Path, dossier: Dossier, runs: int) -> list[Measured]:
    sheet = lay_out(dossier, public_key_text(KEY.public_key()), "nl", catalogue.load())
    timeline = next(one for one in sheet.sections if one.id == "timeline")
    alone = replace(sheet, sections=(timeline,))
    rows = json.dumps([[_plain(cell) for cell in row] for row in _table(timeline).rows])
    (directory / "rows.json").write_text(rows, encoding="utf-8")
    (directory / "sheet.pickle").write_bytes(pickle.dumps(alone))
    ours, bare = [], []
    for _ in range(runs):
        ours.append(_alone("template", directory / "sheet.pickle"))
        bare.append(_alone("bare", directory / "rows.json"))
    took, held = zip(*ours, strict=True)
    least, beside = zip(*bare, strict=True)
    return [
        Measured("export_pdf", "timeline as PDF", "ms", 3.0, took, least),
        Measured("export_pdf_memory", "memory of that PDF", "MiB", PDF_MIB, held),
        Measured("typst_memory", "memory of typst on the bare table", "MiB", None, beside),
    ]


def _table(section: Section) -> Table:
    return next(one for one in section.blocks if isinstance(one, Table))


def _plain(cell: Any) -> str:  # noqa: ANN401 - a cell of any kind
    return cell if isinstance(cell, str) else _plain(cell[0]) if isinstance(cell, tuple) else str(cell.text)


def _alone(what: What, given: Path) -> tuple[float, float]:
    """Milliseconds and the most memory (MiB) that a process of its own took."""
    command = [sys.executable, "-m", "tests.bench.setting", what, str(given)]
    took, held = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return float(took), float(held)


def bundled(directory: Path, stored: Stored, runs: int) -> Measured:
    """The whole bundle against its parts, each made alone from the same dossier."""
    whole, parts = [], []
    for n in range(runs):
        took, made = timed(partial(bundle, stored, directory / f"out-{n}", Work((KEY,), catalogue.load())))
        assert isinstance(made, Exported), made
        whole.append(took)
        parts.append(timed(lambda: _parts(stored))[0])
    return Measured("export_bundle", "the whole bundle", "ms", 2.0, tuple(whole), tuple(parts))


def _parts(stored: Stored) -> None:
    dossier = told(stored)
    press = Press(stored, dossier, public_key_text(KEY.public_key()), catalogue.load())
    made = {}
    for document in press.each():
        assert not isinstance(document, Unmade), document
        made[document.name] = weighed(document.data)
    made |= {name: weighed(data) for name, data in attachments(dossier, stored.blobs).items()}
    for _ in metadata(dossier, made):
        pass
    note = sign(dossier.origin, dossier.head.seq + 1, dossier.root, KEY)
    for _ in log_files(stored.raws, stored.openings, note, dossier.anchors, stored.blobs):
        pass


def verified(stored: Stored, dossier: Dossier, runs: int) -> Measured:
    """Against a loop that reads the JSON of every line and hashes it, as the verifier must at the least."""
    note = sign(dossier.origin, dossier.head.seq + 1, dossier.root, KEY)
    files = bundle_files(
        dossier.origin, stored.raws, stored.openings, note, dossier.anchors, stored.blobs, KEY.public_key(), {}
    )
    ours, bare = [], []
    for _ in range(runs):
        took, found = timed(lambda: verify_files(files, dossier.origin, public_key_text(KEY.public_key())))
        assert isinstance(found, Verified), found
        ours.append(took)
        bare.append(timed(lambda: _hashed(files))[0])
    return Measured("export_verify", "verification of a bundle", "ms", 1.5, tuple(ours), tuple(bare))


def _hashed(files: Mapping[str, bytes]) -> None:
    for name in (ENTRIES, OPENINGS):
        for line in files[name].splitlines():
            json.loads(line)
            sha256(line).digest()


def linear(directory: Path, logs: Sequence[Stored], runs: int) -> list[Measured]:
    """What a line costs in a log that is ten times as long, and how much memory telling that takes."""
    per_line: list[list[float]] = [[] for _ in logs]
    held: list[list[float]] = [[] for _ in logs]
    for stored in logs:
        (directory / f"{len(stored.raws)}.pickle").write_bytes(pickle.dumps(stored))
    for _ in range(runs):
        for stored, each, most in zip(logs, per_line, held, strict=True):
            took, memory = _alone("told", directory / f"{len(stored.raws)}.pickle")
            each.append(took / len(stored.raws))
            most.append(memory)
    (short, long), most_of_all = map(tuple, per_line), tuple(held[-1])
    return [
        Measured("export_linear", "a line of a log ten times as long", "ms", 1.2, long, short),
        Measured("export_memory", "memory of telling that", "MiB", None, most_of_all),
    ]
