"""What leaves the house as a bundle verifies elsewhere, twice the same, whole or not at all."""

import asyncio
import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from bot.domain.entries import Disclosure
from bot.domain.people import Language
from bot.dossier import workbook
from bot.dossier.attachments import safe_name
from bot.dossier.bundle import Asked, Exported, Unknown, Work, export, export_one, half_made
from bot.dossier.collect import Broken, collect, tell
from bot.dossier.documents import Form, Templates, Unmade
from bot.logbook.checkpoint import public_key_text
from bot.logbook.verify import Broken as Refusal
from bot.logbook.verify import Verified, verify_bundle
from bot.store import log
from bot.words.catalogue import Catalogue
from tests.dossier.story import HOST, INCIDENT, KEY, NUMBER, Night, told

ROOT = Path(__file__).parents[2]
ORIGIN = f"{HOST}/log/inc-{INCIDENT}"
PUBLIC = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()


async def exported(night: Night, out: Path, catalogue: Catalogue, which: str = NUMBER) -> Exported:
    made = await export(night.database, which, out, Work((KEY,), catalogue), out / "files")
    assert isinstance(made, Exported)
    return made


def standalone(directory: Path, public: str = PUBLIC) -> subprocess.CompletedProcess[str]:
    """The verifier that travels in the bundle, in a process that knows nothing of us."""
    command = [sys.executable, "-I", str(directory / "verify.py"), str(directory), ORIGIN, public]
    return subprocess.run(command, capture_output=True, text=True, check=False)


async def test_a_stranger_can_verify_the_bundle(night: Night, tmp_path: Path, catalogue: Catalogue) -> None:
    made = await exported(night, tmp_path / "out", catalogue)
    found = verify_bundle(made.path, ORIGIN, PUBLIC)
    assert isinstance(found, Verified)
    assert (len(found.entries), found.head.h, found.missing_openings) == (made.entries, made.head, 0)
    assert found.anchors
    assert found.blobs
    with ZipFile(made.path) as archive:
        archive.extractall(tmp_path / "unpacked")
    said = standalone(tmp_path / "unpacked")
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith(f"OK {made.entries} entries, head {made.head}")


async def test_while_two_keys_sign_a_bundle_holds_with_either_and_with_no_other(
    night: Night, tmp_path: Path, catalogue: Catalogue
) -> None:
    new, stranger = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (7, 3))
    made = await export(night.database, NUMBER, tmp_path, Work((new, *(KEY,)), catalogue), tmp_path / "files")
    assert isinstance(made, Exported)
    with ZipFile(made.path) as archive:
        archive.extractall(tmp_path / "unpacked")
        shown = archive.read("tijdlijn.nl.html").decode()
        assert json.loads(archive.read("manifest.json"))["public_key"] == public_key_text(new.public_key())
    assert public_key_text(new.public_key()) in shown
    for key, holds in ((KEY, True), (new, True), (stranger, False)):
        public = public_key_text(key.public_key())
        assert isinstance(verify_bundle(made.path, ORIGIN, public), Verified) == holds
        assert (standalone(tmp_path / "unpacked", public).returncode == 0) == holds
    alone = await export(night.database, NUMBER, tmp_path / "later", Work((new,), catalogue), tmp_path / "files")
    assert isinstance(alone, Exported)
    assert isinstance(verify_bundle(alone.path, ORIGIN, public_key_text(new.public_key())), Verified)
    assert isinstance(verify_bundle(alone.path, ORIGIN, PUBLIC), Refusal)


async def test_one_changed_byte_of_the_timeline_is_refused(night: Night, tmp_path: Path, catalogue: Catalogue) -> None:
    made = await exported(night, tmp_path / "out", catalogue)
    with ZipFile(made.path) as archive:
        archive.extractall(tmp_path / "unpacked")
    page = tmp_path / "unpacked" / "tijdlijn.nl.html"
    page.write_bytes(page.read_bytes().replace(b"noodbevel", b"noodBevel"))
    assert standalone(tmp_path / "unpacked").returncode == 1


async def test_the_same_log_gives_the_same_bytes(night: Night, tmp_path: Path, catalogue: Catalogue) -> None:
    first = await exported(night, tmp_path / "a", catalogue)
    async with told(tmp_path / "again.db") as again:
        second = await exported(again, tmp_path / "b", catalogue, which=INCIDENT)
    assert first.digest == second.digest
    assert first.path.read_bytes() == second.path.read_bytes()


async def test_the_bundle_holds_the_timeline_in_both_languages(
    night: Night, tmp_path: Path, catalogue: Catalogue
) -> None:
    made = await exported(night, tmp_path / "out", catalogue)
    with ZipFile(made.path) as archive:
        names = set(archive.namelist())
    assert names >= {"tijdlijn.nl.html", "tijdlijn.nl.md", "timeline.en.html", "timeline.en.md"}
    assert names >= {f"dossier.{lang}.{form}" for lang in ("nl", "en") for form in ("pdf", "docx", "xlsx")}
    assert names >= {"log.jsonl", "evaluation.json", "acties.nl.ics", "csv/nl/tijdlijn.csv", "csv/systems/timeline.csv"}
    assert names >= {"mdto/dossier.xml", "mdto/dossier.nl.pdf.bestand.xml", "verify.py"}


async def test_nothing_but_the_bundle_is_left_and_nobody_else_may_read_it(
    night: Night, tmp_path: Path, catalogue: Catalogue
) -> None:
    for _ in range(2):
        made = await exported(night, tmp_path / "out", catalogue)
    assert [path.name for path in (tmp_path / "out").iterdir()] == [f"dossier-{NUMBER}.zip"]
    assert made.path.stat().st_mode & 0o777 == 0o600


async def test_a_write_that_fails_leaves_no_half_bundle(night: Night, tmp_path: Path, catalogue: Catalogue) -> None:
    # A directory stands where the file has to come: renaming onto it fails at the last moment.
    (tmp_path / "out" / f"dossier-{NUMBER}.zip").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        await export(night.database, NUMBER, tmp_path / "out", Work((KEY,), catalogue), tmp_path / "files")
    assert [path.name for path in (tmp_path / "out").iterdir()] == [f"dossier-{NUMBER}.zip"]


async def test_nothing_half_made_lies_where_everybody_s_temporary_files_go(
    night: Night, tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = await exported(night, tmp_path / "plain", catalogue)
    monkeypatch.setattr(workbook, "LARGE", 1)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "there is none"))
    made = await exported(night, tmp_path / "out", catalogue)
    assert _within(made.path.parent) == [made.path]
    assert made.marked == plain.marked
    for asked in (Asked("excel", "nl"), Asked("pdf", "en"), Asked("note", "nl", 1)):
        one = await export_one(night.database, NUMBER, tmp_path / "one", Work((KEY,), catalogue), asked)
        assert isinstance(one, Exported)
        assert _within(one.path.parent) == [one.path]
        one.path.unlink()
    none = await export_one(night.database, NUMBER, tmp_path / "none", Work((KEY,), catalogue), Asked("note", "nl", 99))
    assert isinstance(none, Unmade)
    assert not (tmp_path / "none").exists()


_KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
import xlsxwriter
from bot.dossier import workbook
from bot.dossier.bundle import Work, export
from bot.store.database import open_database
from bot.words import catalogue
from tests.dossier.story import KEY, NUMBER
workbook.LARGE = 1
def closes(book):
    for sheet in book.worksheets():
        sheet.row_data_fh.flush()
    os.kill(os.getpid(), signal.SIGKILL)
xlsxwriter.Workbook.close = closes
async def main():
    database = await open_database(f"sqlite:///{sys.argv[1]}", readonly=True)
    await export(database, NUMBER, Path(sys.argv[2]), Work((KEY,), catalogue.load()), Path(sys.argv[3]))
asyncio.run(main())
"""


async def test_what_a_killed_export_leaves_nobody_else_can_read_and_the_next_one_takes_away(
    told_night: Path, night: Night, tmp_path: Path, catalogue: Catalogue
) -> None:
    out, everybody = tmp_path / "out", tmp_path / "tmp"
    everybody.mkdir()
    command = [sys.executable, "-c", _KILLED, str(told_night), str(out), str(tmp_path / "files")]
    ended = await asyncio.to_thread(
        subprocess.run, command, check=False, cwd=ROOT, env={**os.environ, "TMPDIR": str(everybody)}
    )
    assert ended.returncode == -signal.SIGKILL
    assert _within(everybody) == []
    (half,) = _within(out)
    assert half.is_dir()
    assert half.stat().st_mode & 0o777 == 0o700
    assert any(b"noodbevel" in path.read_bytes() for path in _within(half))
    made = await exported(night, out, catalogue)
    assert _within(out) == [made.path]


async def test_two_exports_to_one_place_leave_each_other_s_work_alone(
    night: Night, tmp_path: Path, catalogue: Catalogue
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    left = out / f".half-made.{os.getpid()}"
    left.mkdir()
    (left / "half").write_bytes(b"of a process that was killed")
    with half_made(out) as ours, half_made(out) as theirs:
        made = await exported(night, out, catalogue)
        assert _within(out) == sorted((ours, theirs, made.path))
    assert _within(out) == [made.path]


def test_many_exports_that_begin_and_end_together_take_nothing_of_each_other(tmp_path: Path) -> None:
    def works(_: int) -> None:
        for _ in range(40):
            with half_made(tmp_path / "out") as beside:
                (beside / "half").write_bytes(b"half")
                assert _within(beside) == [beside / "half"]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(works, range(8))) == [None] * 8
    assert not (tmp_path / "out").exists() or _within(tmp_path / "out") == []


async def test_an_archive_meets_every_file_and_no_two_things_of_one_mark(
    night: Night, tmp_path: Path, catalogue: Catalogue
) -> None:
    marks: dict[str, set[str]] = {}
    for copy in get_args(Disclosure):
        made = await export(
            night.database, NUMBER, tmp_path / copy, Work((KEY,), catalogue, copy=copy), tmp_path / "files"
        )
        assert isinstance(made, Exported)
        with ZipFile(made.path) as archive:
            names = {name for name in archive.namelist() if not name.startswith("mdto/")} - {"manifest.json"}
            described = {name for name in archive.namelist() if name.startswith("mdto/")}
            for name in names:
                whole = ElementTree.fromstring(archive.read(f"mdto/{name}.bestand.xml"))
                assert whole.findtext(".//{*}checksumWaarde") == sha256(archive.read(name)).hexdigest()
            found = [
                ElementTree.fromstring(archive.read(name)).findtext("./{*}*/{*}identificatie/{*}identificatieKenmerk")
                or ""
                for name in described
            ]
            record = archive.read("mdto/dossier.xml").decode()
        assert len(described) == 1 + 2 * len(names)
        assert len(set(found)) == len(found)
        marks[copy] = set(found)
        assert f"Vertrouwelijkheid: {'intern' if copy == 'woo' else 'vertrouwelijk'}" in record
    assert len(set.union(*marks.values())) == sum(map(len, marks.values()))


def _within(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def test_an_incident_that_is_not_there(night: Night, tmp_path: Path, catalogue: Catalogue) -> None:
    assert await export(
        night.database, "2031-001", tmp_path / "out", Work((KEY,), catalogue), tmp_path / "files"
    ) == Unknown("2031-001")
    assert not (tmp_path / "out").exists()


async def test_a_log_that_lost_an_entry_is_not_exported(night: Night, tmp_path: Path, catalogue: Catalogue) -> None:
    async with night.database.begin() as tx:
        for trigger in (await tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))).scalars():
            await tx.execute(text(f'DROP TRIGGER "{trigger}"'))
        await tx.execute(text("DELETE FROM opening WHERE seq = 5 AND log LIKE '%/inc-%'"))
        await tx.execute(text("DELETE FROM log_entry WHERE seq = 5 AND log LIKE '%/inc-%'"))
    found = await export(night.database, NUMBER, tmp_path / "out", Work((KEY,), catalogue), tmp_path / "files")
    assert isinstance(found, Broken)
    assert found.where == f"{NUMBER}, #5"
    assert not (tmp_path / "out").exists()


async def test_a_log_that_was_cut_off_is_not_exported(night: Night, tmp_path: Path, catalogue: Catalogue) -> None:
    stored = await collect(night.database, NUMBER)
    assert stored is not None
    async with night.database.begin() as tx:
        await tx.execute(text("UPDATE incident SET head_seq = head_seq + 1"))
    found = await export(night.database, NUMBER, tmp_path / "out", Work((KEY,), catalogue), tmp_path / "files")
    assert isinstance(found, Broken)
    assert str(stored.row.head_seq + 1) in found.why


async def test_what_was_erased_is_not_in_the_bundle_and_still_verifies(
    night: Night, tmp_path: Path, catalogue: Catalogue
) -> None:
    secret = "Geen noodbevel."
    stored = await collect(night.database, NUMBER)
    assert stored is not None
    where = next(o for o in stored.openings if secret.encode() in o.pre)
    async with night.database.begin() as tx:
        assert await log.erase(tx, stored.row.log, where.seq, where.name)
    made = await exported(night, tmp_path / "out", catalogue)
    assert secret.encode() not in made.path.read_bytes()
    found = verify_bundle(made.path, ORIGIN, PUBLIC)
    assert isinstance(found, Verified)
    assert found.missing_openings == 1
    again = await collect(night.database, NUMBER)
    assert again is not None
    dossier = tell(again, catalogue)
    assert not isinstance(dossier, Broken)
    assert (dossier.withheld, dossier.incident.decisions[1].text) == (1, "▒▒▒")


async def test_a_dossier_as_it_stood_holds_nothing_later(night: Night, catalogue: Catalogue) -> None:
    stored = await collect(night.database, NUMBER)
    assert stored is not None
    whole = tell(stored, catalogue)
    assert not isinstance(whole, Broken)
    for stop in whole.lines:
        then = tell(stored, catalogue, until=stop.at)
        assert not isinstance(then, Broken)
        assert then.lines[-1].at == stop.at
        assert then.head.h == then.lines[-1].h
        assert len(then.lines) == sum(line.at <= stop.at for line in whole.lines)


FORMS: list[Form] = ["pdf", "word", "excel", "csv", "html", "json", "ical", "sitrep"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lang", ["nl", "en"])
async def test_one_document_by_itself(
    night: Night, tmp_path: Path, catalogue: Catalogue, form: Form, lang: Language
) -> None:
    asked = Asked(form, lang)
    made = [
        await export_one(night.database, NUMBER, tmp_path / "out", Work((KEY,), catalogue), asked) for _ in range(2)
    ]
    first, second = made
    assert isinstance(first, Exported)
    assert isinstance(second, Exported)
    assert first.digest == second.digest
    assert first.path.name.startswith(NUMBER)
    assert first.size == first.path.stat().st_size > 0


async def test_a_report_or_decision_that_is_not_there(night: Night, tmp_path: Path, catalogue: Catalogue) -> None:
    for asked in (Asked("sitrep", "nl", 9), Asked("note", "nl", 9)):
        found = await export_one(night.database, NUMBER, tmp_path / "out", Work((KEY,), catalogue), asked)
        assert isinstance(found, Unmade)
        assert found.file == ""
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("name", "text"), [("dossier.typ", b"#onbekend"), ("dossier.docx", b"geen docx")])
async def test_a_broken_template_makes_no_bundle(
    night: Night, tmp_path: Path, catalogue: Catalogue, name: str, text: bytes
) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / name).write_bytes(text)
    own = Templates(tmp_path / "own")
    found = await export(
        night.database, NUMBER, tmp_path / "out", Work((KEY,), catalogue, templates=own), tmp_path / "files"
    )
    assert isinstance(found, Unmade)
    assert (found.file, bool(found.why)) == (name, True)
    assert not (tmp_path / "out").exists()  # nor half a file


@pytest.mark.parametrize("name", ["dossier.typ", "dossier.docx", "logo.png", "fonts/gemeente.ttf"])
async def test_a_template_that_cannot_be_read_is_named(
    night: Night, tmp_path: Path, catalogue: Catalogue, name: str
) -> None:
    """Who may not read it is told so, and not that the disk is full. Memory at address 0 is a file that nobody can read."""
    (tmp_path / "own/fonts").mkdir(parents=True)
    (tmp_path / "own" / name).symlink_to("/proc/self/mem")
    work = Work((KEY,), catalogue, templates=Templates(tmp_path / "own"))
    found = await export(night.database, NUMBER, tmp_path / "out", work, tmp_path / "files")
    assert found == Unmade(name, 0, "Input/output error")
    assert not (tmp_path / "out").exists()


async def test_an_own_folder_without_an_end_is_named(night: Night, tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own/fonts").symlink_to(tmp_path / "own")
    work = Work((KEY,), catalogue, templates=Templates(tmp_path / "own"))
    found = await export(night.database, NUMBER, tmp_path / "out", work, tmp_path / "files")
    assert isinstance(found, Unmade)
    assert (found.file.split("/")[0], found.why) == ("fonts", "Too many levels of symbolic links")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("copy", "ending"), [("without_names", "-zonder-namen"), ("woo", "-woo")])
async def test_a_copy_for_others_verifies_and_names_nobody(
    night: Night, tmp_path: Path, catalogue: Catalogue, copy: Disclosure, ending: str
) -> None:
    made = await export(
        night.database, NUMBER, tmp_path / "out", Work((KEY,), catalogue, copy=copy), tmp_path / "files"
    )
    assert isinstance(made, Exported)
    assert made.path.name == f"dossier-{NUMBER}{ending}.zip"
    found = verify_bundle(made.path, ORIGIN, PUBLIC)
    assert isinstance(found, Verified)
    assert found.missing_openings > 0
    with ZipFile(made.path) as archive:
        for name in archive.namelist():
            assert b"Coordinator1" not in archive.read(name), name
            assert b"@coordinator1" not in archive.read(name), name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("foto.jpg", "foto.jpg"),
        ("a/b\\c:d*?.png", "a_b_c_d__.png"),
        ("..", "_"),
        ("CON.txt", "_CON.txt"),
        ("x\u202egpj.exe", "x_gpj.exe"),
        ("=HYPERLINK(1).csv", "=HYPERLINK(1).csv"),
        ("a" * 200 + ".jpeg", "a" * 68 + ".jpeg"),
        ("eind. ", "eind"),
        ("con.txt", "_con.txt"),
        ("nul .txt", "_nul .txt"),
        ("com¹.log", "_com¹.log"),
        ("console.txt", "console.txt"),
        ("x\ud800\x07y.png", "x__y.png"),
        ("🌊" * 60 + ".jpeg", "🌊" * 38 + ".jpeg"),
        ("é" * 200, "é" * 80),
        ("漢" * 100, "漢" * 53),
        ("a" * 67 + ". " + "b" * 60, "a" * 67 + "." + " " + "b" * 9),
    ],
)
def test_a_name_can_be_written_on_every_system(name: str, safe: str) -> None:
    assert safe_name(name) == safe
