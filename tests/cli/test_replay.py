"""`iogplus replay`: what was known, decided and open, out of the database and out of a dossier, and entry by entry."""

import asyncio
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.domain.circle import is_open
from bot.dossier.collect import Broken, Dossier, collect, tell
from bot.dossier.replay import as_of, read_bundle, stood
from bot.logbook.bundle import ENTRIES, MANIFEST, OPENINGS, manifest, write_directory
from bot.logbook.chain import read_pre
from bot.store.database import open_database
from bot.words.catalogue import LANGUAGES, load
from bot.words.replay_words import as_it_stood
from tests.cli.conftest import Runs
from tests.dossier.story import NUMBER
from tests.logbook.test_golden import BUNDLES, OF_NO_STATE

LOGS = [bundle for bundle in BUNDLES if not bundle.name.endswith(OF_NO_STATE)]


NAMES = ("Bakker", "Coordinator1", "Cyber1", "Cter1", "@bakker", "coordinator1")


def without(whole: Path, made: Path, kept_back: Callable[[int, str], bool]) -> Path:
    """A copy of a bundle in which some openings are kept back, by entry and field."""
    files = {file.relative_to(whole).as_posix(): file.read_bytes() for file in whole.rglob("*") if file.is_file()}
    claimed = json.loads(files.pop(MANIFEST))
    lines = files[OPENINGS].splitlines(keepends=True)
    files[OPENINGS] = b"".join(x for x in lines if not kept_back(*read_pre(json.loads(x)["pre"].encode())[1:3]))
    files[MANIFEST] = manifest(claimed["origin"], claimed["public_key"], claimed["head"], claimed["entries"], files)
    write_directory(files, made)
    return made


def walked(said: str, *arguments: str) -> Result:
    told = ["replay", NUMBER, "--step", "--lang", "nl", *arguments]
    return CliRunner().invoke(app, told, input=said, catch_exceptions=False)


def heads(result: Result) -> list[int]:
    """Which entries were shown, in order."""
    return [int(n) for n in re.findall(rf"^{NUMBER} · #(\d+) van", result.stdout, re.M)]


def test_a_moment_shows_what_was_known_decided_and_open_then(installation: Path, iogplus: Runs) -> None:
    then = iogplus("replay", NUMBER, "--at", "03:08", "--lang", "nl")
    assert (then.exit_code, then.stderr) == (0, "")
    known, decided, still = (then.stdout.index(f"{part} (") for part in ("Bekend", "Besloten", "Open"))
    assert known < then.stdout.index("Regel 1 · Feit") < decided
    assert decided < then.stdout.rindex("Wij zetten de ME in bij het station.") < still
    assert "Geen noodbevel." not in then.stdout
    assert "Oproep aan" in then.stdout[still:]
    end = iogplus("replay", NUMBER, "--lang", "nl").stdout
    assert "Geen noodbevel." in end[end.index("Besloten (2)") :]


def test_it_stands_at_every_entry_as_show_tells_it(installation: Path) -> None:
    async def found() -> None:
        database = await open_database(f"sqlite:///{installation / 'state' / 'iogplus.db'}", readonly=True)
        stored = await collect(database, NUMBER)
        await database.close()
        assert stored is not None
        words = load()
        whole = tell(stored, words)
        assert isinstance(whole, Dossier)
        told = stood(whole)
        assert len(told) == len(whole.lines)
        for moment in {one.at for one in told}:
            place = as_of(told, moment)
            shown = tell(stored, words, moment)
            assert isinstance(shown, Dossier)
            assert place is not None
            assert told[place].incident == shown.incident

    asyncio.run(found())


def test_a_dossier_is_replayed_as_its_database_is(installation: Path, iogplus: Runs) -> None:
    path = iogplus("export", NUMBER, "--out", "uit").stdout.splitlines()[0]
    unpacked = installation / "uitgepakt"
    shutil.unpack_archive(path, unpacked)
    for asked in ((), ("--at", "03:08")):
        kept = iogplus("replay", NUMBER, "--lang", "nl", *asked)
        assert iogplus("replay", path, "--lang", "nl", *asked).stdout == kept.stdout
        assert iogplus("replay", unpacked, "--lang", "nl", *asked).stdout == kept.stdout


def test_steps_go_on_and_back_and_to_a_number(installation: Path, iogplus: Runs) -> None:
    last = heads(walked(""))[0]
    assert last == 0
    said = walked("\n\nb\n5\n#2\nq\n\n")
    assert (said.exit_code, heads(said)) == (0, [0, 1, 2, 1, 5, 2])


def test_both_ends_and_words_it_does_not_know_are_answered(installation: Path, iogplus: Runs) -> None:
    begin = walked("b\nverder\n99999\n")
    assert heads(begin) == [0]
    assert "dit is de eerste regel" in begin.stdout
    assert begin.stdout.count("Enter: verder") == 2
    end = walked("\n", "--at", "2026-12-31 12:00")
    assert "dit is de laatste regel" in end.stdout
    assert len(heads(end)) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (("2031-001",), 1, "incident 2031-001 is er niet"),
        (("weg.zip",), 1, "incident weg.zip is er niet"),
        ((NUMBER, "--at", "gisteren"), 2, "gisteren is geen moment; schrijf 03:10, 22-11 03:10 of 2026-11-22 03:10"),
        ((NUMBER, "--at", "2026-11-21 03:10"), 1, f"{NUMBER} was er toen nog niet"),
    ],
)
def test_what_cannot_be_replayed_is_one_line(
    installation: Path, iogplus: Runs, arguments: tuple[str, ...], code: int, line: str
) -> None:
    said = iogplus("replay", *arguments)
    assert (said.exit_code, said.stdout, said.stderr) == (code, "", f"{line}\n")


def test_a_dossier_that_was_changed_is_refused(installation: Path, iogplus: Runs) -> None:
    path = Path(iogplus("export", NUMBER, "--out", "uit").stdout.splitlines()[0])
    path.write_bytes(path.read_bytes().replace(b"Geen noodbevel.", b"Wel noodbevel!!"))
    said = iogplus("replay", path)
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr.startswith("GEWEIGERD: ")


@pytest.mark.parametrize("copy", ["zonder namen", "woo"])
def test_a_copy_for_others_is_replayed_with_bars(installation: Path, iogplus: Runs, copy: str) -> None:
    path = Path(iogplus("export", NUMBER, "--out", "uit", "--as", copy).stdout.splitlines()[0])
    unpacked = installation / "uitgepakt"
    shutil.unpack_archive(path, unpacked)
    whole = CliRunner().invoke(app, ["replay", NUMBER, "--step", "--lang", "nl"], input="\n" * 500).stdout
    assert "Coordinator1" in whole
    last = 0
    for bundle in (path, unpacked):
        said = CliRunner().invoke(app, ["replay", str(bundle), "--step", "--lang", "nl"], input="\n" * 500)
        assert (said.exit_code, said.exception) == (0, None)
        assert "▒▒▒" in said.stdout
        assert [name for name in NAMES if name in said.stdout] == []
        last = max(heads(said))
    assert f"#{last} van {last} ·" in whole
    at = iogplus("replay", path, "--at", "03:08", "--lang", "nl")
    assert (at.exit_code, at.stderr) == (0, "")
    assert "Bekend (" in at.stdout
    for file in (path, unpacked / ENTRIES):
        before = file.read_bytes()
        file.write_bytes(before.replace(b"step.opened", b"step.closed", 1))
        assert file.read_bytes() != before
    for bundle in (path, unpacked):
        said = CliRunner().invoke(app, ["replay", str(bundle), "--lang", "nl"])
        assert (said.exit_code, said.stdout) == (1, "")
        assert said.stderr.startswith("GEWEIGERD: ")


@pytest.mark.parametrize("gone", ["playbook", "policy", "person", "actor", "role", "step", "text"])
def test_whatever_a_copy_keeps_back_the_rest_is_told(tmp_path: Path, gone: str) -> None:
    night = next(bundle for bundle in LOGS if bundle.name == "flags")
    whole, rest = read_bundle(night), read_bundle(without(night, tmp_path / "rest", lambda seq, name: name == gone))
    assert not isinstance(whole, Broken)
    assert not isinstance(rest, Broken)
    assert {one.seq for one in rest} <= {one.seq for one in whole}
    for lang in LANGUAGES:
        assert [as_it_stood(load(), lang, one.incident) for one in rest]


@pytest.mark.parametrize("bundle", LOGS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_golden_log_can_be_walked(bundle: Path, iogplus: Runs) -> None:
    told = read_bundle(bundle)
    assert not isinstance(told, Broken)
    said = CliRunner().invoke(app, ["replay", str(bundle), "--step", "--lang", "en"], input="\n" * len(told))
    assert (said.exit_code, said.exception) == (0, None)
    assert said.stdout.count(f"#{told[-1].seq} of {told[-1].seq} ·") == 1
    assert "this is the last entry" in said.stdout


def test_what_the_closed_circle_kept_back_is_passed_over(tmp_path: Path) -> None:
    whole = next(bundle for bundle in LOGS if bundle.name == "flags")
    told = read_bundle(whole)
    assert not isinstance(told, Broken)
    closed = {one.seq for one in told if not is_open(one.fact)}
    assert closed
    rest = read_bundle(without(whole, tmp_path / "open", lambda seq, name: seq in closed))
    assert not isinstance(rest, Broken)
    assert [one.seq for one in rest] == [one.seq for one in told if one.seq not in closed]
    assert len(rest[-1].incident.log_lines) < len(told[-1].incident.log_lines)


def test_the_log_of_something_else_is_no_incident(iogplus: Runs) -> None:
    index = next(bundle for bundle in BUNDLES if bundle.name == "index")
    said = iogplus("replay", index)
    assert (said.exit_code, said.stderr.count("\n")) == (1, 1)
