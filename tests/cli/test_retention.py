"""`iogplus retention` on an installation on disk: the dry run says what the run does, and a certificate proves it."""

import asyncio
import re
import sqlite3
from pathlib import Path

import pytest

from bot.keyfiles import read_log_key
from bot.logbook.checkpoint import check
from bot.store.keeper import SoleKeeper
from bot.words import catalogue
from tests.cli.conftest import Runs
from tests.cli.test_readings import read_by
from tests.dossier.story import HOST, NUMBER

RUN = ("retention", "--run", "--by", "vandijk")
SHORT = "bewaren:\n  dossier: 0s\n  kamer: 0s\n  oproepen: 0s\n"


@pytest.fixture
def ended(installation: Path) -> Path:
    """The night is finished, and this region keeps nothing for long."""
    region = installation / "contacts" / "regio.yaml"
    region.write_text(re.sub(r"^bewaren:.*\n", SHORT, region.read_text(), flags=re.MULTILINE))
    changed = sqlite3.connect(installation / "state" / "iogplus.db")
    changed.execute("UPDATE incident SET state = 'finished'")
    changed.commit()
    changed.close()
    return installation


def told(said: str) -> list[str]:
    return [line for line in said.splitlines() if NUMBER in line]


def test_by_default_nothing_is_past_its_term(installation: Path, iogplus: Runs) -> None:
    said = iogplus("retention")
    assert (said.exit_code, said.stdout) == (0, "Niets is over zijn termijn.\n")


def test_a_dry_run_writes_nothing_and_the_run_does_what_it_said(ended: Path, iogplus: Runs) -> None:
    assert iogplus("export", NUMBER, "--out", "uit").exit_code == 0
    before = (ended / "state" / "iogplus.db").read_bytes()
    dry = iogplus("retention")
    assert (dry.exit_code, (ended / "state" / "iogplus.db").read_bytes()) == (0, before)
    assert "er is niets vernietigd" in dry.stdout
    assert len(told(dry.stdout)) == 2, "pages and the log"
    done = iogplus(*RUN)
    assert (done.exit_code, done.stderr) == (0, "")
    assert told(done.stdout) == told(dry.stdout)
    assert "gedaan: 2" in done.stdout
    assert iogplus("retention").stdout == "Niets is over zijn termijn.\n"
    assert iogplus("show", NUMBER).stderr.startswith(f"incident {NUMBER} is er niet")
    assert iogplus("rebuild").exit_code == 0


def test_the_certificate_names_the_log_and_a_signed_checkpoint_lies_beside_it(ended: Path, iogplus: Runs) -> None:
    made = iogplus("export", NUMBER, "--out", "uit").stdout
    head = made.split("laatste hash ")[1].split()[0]
    iogplus(*RUN)
    folder = ended / "state" / "certificates"
    assert sorted(path.name for path in folder.iterdir()) == [
        f"vernietiging-{NUMBER}.checkpoint", f"vernietiging-{NUMBER}.txt",
    ]  # fmt: skip
    text = (folder / f"vernietiging-{NUMBER}.txt").read_text()
    for part in (NUMBER, head, "in opdracht van vandijk", "de bewaartermijn van een incident is over"):
        assert part in text
    key = read_log_key(ended / "state" / "log_key")
    note = (folder / f"vernietiging-{NUMBER}.checkpoint").read_bytes()
    assert check(note, f"{HOST}/log/index", key.public_key())[0] > 0  # type: ignore[union-attr]
    (folder / f"vernietiging-{NUMBER}.txt").unlink()  # as after a disk that was full
    iogplus(*RUN)
    assert (folder / f"vernietiging-{NUMBER}.txt").read_text() == text


def test_what_must_stay_is_said_with_its_reason_and_stays(ended: Path, iogplus: Runs) -> None:
    dry, done = iogplus("retention", "--lang", "en"), iogplus(*RUN, "--lang", "en")
    stays = [line for line in told(dry.stdout) if line.startswith("STAYS")]
    assert ["there is no dossier of the whole log" in line for line in stays] == [True]
    assert told(done.stdout) == told(dry.stdout)
    assert "done: 1" in done.stdout
    assert iogplus("show", NUMBER).exit_code == 0
    assert len(asyncio.run(read_by())) == 1


@pytest.mark.parametrize("by", [(), ("--by", "bakker"), ("--by", "niemand")])
def test_only_a_coordinator_destroys(ended: Path, iogplus: Runs, by: tuple[str, ...]) -> None:
    said = iogplus("retention", "--run", *by)
    assert (said.exit_code, said.stdout, said.stderr.count("\n")) == (2, "", 1)


def test_not_while_the_bot_runs(ended: Path, iogplus: Runs) -> None:
    keeper = SoleKeeper(ended / "state" / "keeper.lock")
    assert keeper.take()
    assert iogplus(*RUN).exit_code == 2
    assert iogplus("retention").exit_code == 0
    keeper.release()


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("kind", ["room", "paging", "access", "exercise", "record"])
@pytest.mark.parametrize("why", ["broken", "hold", "not_finished", "no_export", "room_first"])
def test_every_kind_and_every_reason_has_words(lang: str, kind: str, why: str) -> None:
    words = catalogue.load()
    values = {"number": NUMBER, "count": "1", "since": "22-11 20:00"}
    assert NUMBER in words.text(lang, f"retention.{kind}", **values)  # type: ignore[arg-type]
    assert words.text(lang, f"retention.barred.{why}")  # type: ignore[arg-type]
