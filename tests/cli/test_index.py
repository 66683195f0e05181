"""`iogplus export --index`: who exported and read what, with what verifies it; the same entries are the same file."""

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.domain import entries as e
from bot.folding import INDEX_CODEC
from bot.logbook.chain import parse
from bot.logbook.verify import Verified, verify_bundle
from bot.store import log
from bot.store.database import open_database
from tests.cli.conftest import Runs
from tests.cli.test_commands import PUBLIC, change
from tests.dossier.story import HOST, NUMBER

INDEX = f"{HOST}/log/index"


def noted(installation: Path) -> list[e.IndexEntry]:
    async def found() -> list[e.IndexEntry]:
        database = await open_database(f"sqlite:///{installation / 'state' / 'iogplus.db'}", readonly=True)
        async with database.read() as tx:
            raws, openings = await log.entries(tx, INDEX), await log.openings(tx, INDEX)
        await database.close()
        told = []
        for sealed in map(parse, raws):
            mine = [one for one in openings if one.seq == sealed.seq]
            told.append(INDEX_CODEC.read(sealed, mine, dict[str, bytes]().__getitem__))
        return told

    return asyncio.run(found())


def exported(iogplus: Runs, *more: str) -> Path:
    said = iogplus("export", "--index", "--out", "uit", *more)
    assert (said.exit_code, said.stderr) == (0, "")
    return Path(said.stdout.splitlines()[0])


def test_it_tells_who_exported_and_verifies_for_us_and_for_a_stranger(installation: Path, iogplus: Runs) -> None:
    iogplus("show", NUMBER)
    iogplus("export", NUMBER, "--as", "woo", "--out", "uit")
    before = noted(installation)
    path = exported(iogplus)
    found = verify_bundle(path, INDEX, PUBLIC)
    assert isinstance(found, Verified)
    assert (len(found.entries), found.missing_openings) == (len(before), 0)
    assert iogplus("verify", path, "--origin", INDEX, "--key", PUBLIC).exit_code == 0
    unpacked = installation / "uitgepakt"
    shutil.unpack_archive(path, unpacked)
    command = [sys.executable, "-I", str(unpacked / "verify.py"), str(unpacked), INDEX, PUBLIC]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout.split(",")[0]) == (0, f"OK {len(before)} entries")
    told = [json.loads(line) for line in (unpacked / "log.jsonl").read_bytes().splitlines()]
    assert {"dossier.read", "dossier.exported"} <= {one["type"] for one in told}
    assert next(one for one in told if one["type"] == "dossier.exported")["fields"]["disclosure"] == "woo"
    assert json.loads((unpacked / "keys.json").read_bytes()) == {"before": [], "public_key": PUBLIC}


def test_it_is_noted_and_as_many_entries_are_the_same_file(installation: Path, iogplus: Runs) -> None:
    iogplus("export", NUMBER, "--out", "uit")
    path = exported(iogplus)
    first, size = path.read_bytes(), len(noted(installation)) - 1
    entry = noted(installation)[-1]
    assert isinstance(entry, e.DossierExported)
    assert (entry.incident, entry.format, entry.origin.via) == ("*", "index", "terminal")
    again = exported(iogplus, "--entries", str(size))
    assert (again, again.read_bytes()) == (path, first)
    longer = exported(iogplus)
    assert longer != path
    found = verify_bundle(longer, INDEX, PUBLIC)
    assert isinstance(found, Verified)
    assert len(found.entries) == size + 2


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        ((), 2, "noem een incident, of --index"),
        ((NUMBER, "--index"), 2, "noem een incident, of --index"),
        ((NUMBER, "--entries", "3"), 2, "noem een incident, of --index"),
        (("--index", "--as", "pdf"), 2, "noem een incident, of --index"),
        (("--index", "--entries", "9999"), 1, "zoveel regels heeft het indexlogboek niet: 9999"),
    ],
)
def test_what_cannot_be_exported_is_one_line(
    installation: Path, iogplus: Runs, arguments: tuple[str, ...], code: int, line: str
) -> None:
    said = iogplus("export", "--out", "uit", *arguments)
    assert (said.exit_code, said.stdout, said.stderr.count("\n")) == (code, "", 1)
    assert said.stderr.startswith(line)
    assert not (installation / "uit").exists()


def test_an_index_that_was_changed_is_refused_and_nothing_is_written(installation: Path, iogplus: Runs) -> None:
    iogplus("export", NUMBER, "--out", "elders")
    other = "CAST(replace(CAST(raw AS TEXT), 'incident.registered', 'incident.registeree') AS BLOB)"
    change(installation, f"UPDATE log_entry SET raw = {other} WHERE log = '{INDEX}'")
    said = iogplus("export", "--index", "--out", "uit")
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr.startswith("het logboek klopt niet meer: index, #1: ")
    assert [*installation.glob("uit/*")] == []


@pytest.mark.parametrize("what", [(NUMBER,), ("--index",)])
def test_who_takes_an_export_along_is_kept_and_must_be_known(
    installation: Path, iogplus: Runs, what: tuple[str, ...]
) -> None:
    def kept() -> list[tuple[str, str]]:
        return [(one.origin.actor, one.origin.via) for one in noted(installation) if isinstance(one, e.DossierExported)]

    assert iogplus("export", *what, "--out", "uit", "--by", "vandijk").exit_code == 0
    assert kept() == [("vandijk", "terminal")]
    said = iogplus("export", *what, "--out", "uit", "--by", "niemand")
    assert (said.exit_code, said.stdout, said.stderr) == (2, "", "niemand staat niet in de contacten: --by ID\n")
    assert len(kept()) == 1
