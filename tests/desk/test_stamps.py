"""Time stamps of an authority outside: asked until there is one, believed only when they are ours, and waited for by nobody."""

import asyncio
import json
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import msgspec
import pytest
import pytest_asyncio
from typer.testing import CliRunner

from bot.cli import app
from bot.deliver import Chances, Deliverer
from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.delivery import Delivered, GaveUp, Outcome, Retry
from bot.dossier.bundle import Exported, Work, export
from bot.dossier.collect import Broken
from bot.dossier.index_bundle import export_index
from bot.keyfiles import read_certificates
from bot.logbook.checkpoint import public_key_text, sign, stated
from bot.logbook.stamp import stamped as stamped_in
from bot.logbook.verify import Broken as Refusal
from bot.logbook.verify import Verified, verify_bundle, verify_files
from bot.pagers.asking import asking
from bot.rfc3161 import Unfit, question, stamped_at
from bot.stamping import AGAIN, Stamping
from bot.store import outbox, stamps
from bot.store.outbox import OutboxRow
from bot.store.stamps import StampRow
from bot.words import catalogue
from tests.builders import by
from tests.desk.authority import Authority, set_up
from tests.desk.ground import INCIDENT, KEY, Ground


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tsa") / "ours"
    set_up(folder)
    return folder


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tsa") / "theirs"
    set_up(folder)  # under the very same names
    return folder


@pytest_asyncio.fixture
async def authority(certificates: Path) -> AsyncIterator[Authority]:
    one = Authority(folder=certificates)
    await one.start()
    yield one
    await one.stop()


@pytest_asyncio.fixture
async def stamping(ground: Ground, authority: Authority, certificates: Path) -> AsyncIterator[Stamping]:
    trusted = read_certificates(certificates / "ca.pem")
    assert isinstance(trusted, tuple)
    ground.desk.stamped = True
    async with asking(20.0) as ask:
        yield Stamping(ground.desk, ask, f"{authority.url}/tsr", trusted)


async def _closed(ground: Ground) -> OutboxRow:
    """What asks for a stamp once the incident is closed."""
    await ground.alarm()
    await ground.do(c.ProposeClosing(by=by("coordinator1")), minutes=5)
    await ground.do(c.CloseIncident(by=by("coordinator1")), seconds=5)
    (row,) = await ground.outbox("StampAsked")
    return row


async def _tried(ground: Ground, stamping: Stamping, row: OutboxRow) -> tuple[OutboxRow, Outcome]:
    """One turn of the outbox: what became of the row, and the row afterwards."""
    landed: asyncio.Queue[Outcome] = asyncio.Queue()

    async def sent(other: OutboxRow) -> Outcome:
        return Delivered()

    def delivered(other: OutboxRow, outcome: Outcome) -> None:
        if other.key == row.key:
            landed.put_nowait(outcome)

    deliverer = Deliverer(
        ground.desk, sent, sent, Chances(lambda: 1.0, lambda: 0.5), delivered, stamp=stamping
    )  # fmt: skip
    running = asyncio.create_task(deliverer.run())
    try:
        async with asyncio.timeout(30):
            outcome = await landed.get()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    async with ground.database.read() as tx:
        after = await outbox.get(tx, row.key)
    assert after is not None
    return after, outcome


async def _kept(ground: Ground, log: str) -> StampRow | None:
    async with ground.database.read() as tx:
        return await stamps.newest(tx, log)


async def _told(ground: Ground) -> list[str]:
    notes = [msgspec.json.decode(row.message) for row in await ground.outbox("ManagementNote")]
    return [note["code"] for note in notes if note["code"].startswith("stamp")]


async def test_a_closed_log_gets_a_stamp_that_openssl_believes(
    ground: Ground, stamping: Stamping, certificates: Path, tmp_path: Path
) -> None:
    row = await _closed(ground)
    after, outcome = await _tried(ground, stamping, row)
    assert (after.state, outcome) == ("sent", Delivered())
    log = ground.desk.seal.origin(INCIDENT)
    kept = await _kept(ground, log)
    assert kept is not None
    assert stated(kept.note)[:2] == (log, kept.size)
    (tmp_path / "note").write_bytes(kept.note)
    (tmp_path / "tsr").write_bytes(kept.answer)
    command = ["openssl", "ts", "-verify", "-in", "tsr", "-data", "note", "-CAfile", str(certificates / "ca.pem")]
    said = await asyncio.to_thread(subprocess.run, command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Verification: OK" in said.stdout


async def test_an_authority_that_is_away_for_hours_is_asked_until_it_is_back(
    ground: Ground, stamping: Stamping, authority: Authority
) -> None:
    row = await _closed(ground)
    log = ground.desk.seal.origin(INCIDENT)
    await authority.stop()
    began, waits = ground.now, []
    while ground.now - began < timedelta(hours=30):  # longer than anything else waits in the outbox
        row, outcome = await _tried(ground, stamping, row)
        assert isinstance(outcome, Retry)
        assert row.state == "waiting"
        assert row.not_before is not None
        waits.append((row.not_before - ground.now).total_seconds())
        ground.now = row.not_before
    assert waits[: len(AGAIN)] == list(AGAIN)
    assert set(waits[len(AGAIN) :]) == {AGAIN[-1]}
    assert await _kept(ground, log) is None
    assert await _told(ground) == []
    await authority.start()
    row, outcome = await _tried(ground, stamping, row)
    assert (row.state, outcome) == ("sent", Delivered())
    assert await _kept(ground, log) is not None


@pytest.mark.parametrize("lie", ["other_hash", "other_nonce", "stranger", "none"])
async def test_an_answer_that_is_not_ours_is_refused_and_said_once(
    ground: Ground, stamping: Stamping, authority: Authority, strangers: Path, certificates: Path, lie: str
) -> None:
    row = await _closed(ground)
    match lie:
        case "stranger":
            authority.folder = strangers
        case "none":
            authority.knobs.nonsense_after = b"\x30\x03\x02\x01\x00"
        case "other_hash":
            authority.lie = "other_hash"
        case _:
            authority.lie = "other_nonce"
    for _ in range(3):
        row, outcome = await _tried(ground, stamping, row)
        assert isinstance(outcome, Retry)
        assert outcome.reason == f"unfit_{lie}"
        assert row.not_before is not None
        ground.now = row.not_before
    async with ground.database.read() as tx:
        known = await outbox.get(tx, f"stamp/{ground.desk.seal.origin(INCIDENT)}/{stated(_note(row))[1]}/0")
    assert known is not None
    assert msgspec.json.decode(known.message)["code"] == f"stamp_{lie}"
    assert await _kept(ground, ground.desk.seal.origin(INCIDENT)) is None
    authority.lie, authority.folder, authority.knobs.nonsense_after = None, certificates, None
    row, outcome = await _tried(ground, stamping, row)
    assert outcome == Delivered()


def _note(row: OutboxRow) -> bytes:
    return msgspec.json.decode(row.message, type=m.StampAsked).note.encode()


async def test_the_index_log_is_stamped_when_it_grew_and_only_its_newest_checkpoint_waits(
    ground: Ground, stamping: Stamping
) -> None:
    for _ in range(2):
        await ground.desk.checkpoint_index()
    (row,) = await ground.outbox("StampAsked")
    await ground.desk.note(e.ReferenceRefused(problems=1))
    await ground.desk.checkpoint_index()
    (newer,) = await ground.outbox("StampAsked")
    assert stated(_note(newer))[1] == stated(_note(row))[1] + 1
    await _tried(ground, stamping, newer)
    kept = await _kept(ground, ground.desk.seal.index)
    assert kept is not None
    assert kept.size == stated(_note(newer))[1]


async def test_the_index_is_exported_with_its_checkpoints_and_stamps(
    ground: Ground, stamping: Stamping, certificates: Path, tmp_path: Path
) -> None:
    sizes = []
    for problems in (1, 2):
        await ground.desk.note(e.ReferenceRefused(problems=problems))
        await ground.desk.checkpoint_index()
        (row,) = await ground.outbox("StampAsked")
        sizes.append(stated(_note(row))[1])
        await _tried(ground, stamping, row)
        await ground.sends_all()
    await ground.desk.note(e.ReferenceRefused(problems=3))
    made = [await export_index(ground.database, ground.desk.seal, tmp_path / name, ground.now) for name in "ab"]
    first, second = made
    assert isinstance(first, Exported)
    assert isinstance(second, Exported)
    assert first.digest == second.digest
    assert isinstance(verify_bundle(first.path, ground.desk.seal.index), Verified)
    with ZipFile(first.path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    posted = [json.loads(line) for line in files["checkpoints.jsonl"].splitlines()]
    assert [one["size"] for one in posted] == sizes
    assert all(one["note"].encode() == files[f"stamps/{one['size']:08}.note"] for one in posted)
    assert files["checkpoint.tsr"] == files[f"stamps/{sizes[-1]:08}.tsr"]
    trusted = read_certificates(certificates / "ca.pem")
    assert isinstance(trusted, tuple)
    for size in sizes:
        stamp = files[f"stamps/{size:08}.tsr"], files[f"stamps/{size:08}.note"]
        assert not isinstance(stamped_at(*stamp, trusted), Unfit)
    said = await asyncio.to_thread(
        CliRunner().invoke, app, ["verify", str(first.path), "--timestamp-ca", str(certificates / "ca.pem")]
    )
    assert (said.exit_code, said.output.splitlines()[-1].startswith("OK tijdstempel van")) == (0, True)
    short = await export_index(ground.database, ground.desk.seal, tmp_path / "c", ground.now, sizes[0])
    assert isinstance(short, Exported)
    with ZipFile(short.path) as archive:
        assert [name for name in archive.namelist() if name.startswith("stamps/")] == [
            f"stamps/{sizes[0]:08}.note", f"stamps/{sizes[0]:08}.tsr"
        ]  # fmt: skip


async def test_an_index_that_is_not_what_was_stamped_is_not_exported(ground: Ground, tmp_path: Path) -> None:
    await ground.desk.note(e.ReferenceRefused(problems=1))
    other = sign(ground.desk.seal.index, 1, b"\0" * 32, KEY)
    async with ground.database.begin() as tx:
        await stamps.keep(tx, StampRow(ground.desk.seal.index, 1, other, b"", ground.now))
    made = await export_index(ground.database, ground.desk.seal, tmp_path / "out", ground.now)
    assert made == Broken("index, 1", "the checkpoint is of another log")
    assert list(tmp_path.glob("out/*")) == []  # noqa: ASYNC240


async def test_without_an_authority_nothing_is_asked_and_what_waited_is_given_up_in_silence(ground: Ground) -> None:
    ground.desk.stamped = True
    row = await _closed(ground)
    ground.desk.stamped = False
    await ground.desk.note(e.ReferenceRefused(problems=1))
    await ground.desk.checkpoint_index()
    assert [one.key for one in await ground.outbox("StampAsked")] == [row.key]
    landed: list[Outcome] = []
    done = asyncio.Event()

    async def sent(other: OutboxRow) -> Outcome:
        return Delivered()

    def delivered(other: OutboxRow, outcome: Outcome) -> None:
        if other.key == row.key:
            landed.append(outcome)
            done.set()

    running = asyncio.create_task(
        Deliverer(ground.desk, sent, sent, Chances(lambda: 1.0, lambda: 0.5), delivered).run()
    )
    async with asyncio.timeout(30):
        await done.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert landed == [GaveUp("not_configured")]
    async with ground.database.read() as tx:
        assert await outbox.get(tx, f"{row.key}/lost") is None


def test_without_the_setting_the_extra_is_not_needed() -> None:
    program = "import sys; sys.modules['rfc3161_client'] = None; import bot.app, bot.cli, bot.cli_live"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


async def test_a_bundle_holds_the_stamp_with_the_note_that_it_is_on_and_differs_in_nothing_else_of_the_log(
    ground: Ground, stamping: Stamping, authority: Authority, certificates: Path, strangers: Path, tmp_path: Path
) -> None:
    row = await _closed(ground)
    authority.free = asyncio.Event()
    flying = asyncio.create_task(replace(stamping, ask=replace(stamping.ask, total=300.0))(row))
    await authority.until(lambda: len(authority.asked) > 0)
    plain = await _exported(ground, tmp_path / "plain")  # while the authority thinks
    assert "checkpoint.tsr" not in plain
    authority.free.set()
    assert await flying == Delivered()
    stamped = await _exported(ground, tmp_path / "stamped")
    assert stamped.keys() - plain.keys() == {
        "checkpoint.tsr", "mdto/checkpoint.tsr.bestand.xml", "mdto/checkpoint.tsr.informatieobject.xml",
    }  # fmt: skip
    differ = {name for name in plain if plain[name] != stamped[name]}
    assert not differ & {"entries.jsonl", "openings.jsonl", "anchors.jsonl", "checkpoint.note", "log.jsonl"}
    assert differ >= {"manifest.json", "mdto/dossier.xml", "dossier.nl.pdf"}  # what says that there is a stamp
    assert await _exported(ground, tmp_path / "again") == stamped
    page = stamped["tijdlijn.nl.html"].decode()
    assert "Tijdstempel" in page
    assert "openssl ts -verify" in page
    assert b"application/timestamp-reply" in stamped["mdto/checkpoint.tsr.bestand.xml"]
    assert b'"checkpoint.tsr"' in stamped["manifest.json"]
    trusted = read_certificates(certificates / "ca.pem")
    assert isinstance(trusted, tuple)
    assert not isinstance(stamped_at(stamped["checkpoint.tsr"], stamped["checkpoint.note"], trusted), Unfit)
    # aftercare goes on in the log: the newest checkpoint is no longer the one with the stamp
    await ground.do(c.NoteImprovement(text="Eerder bellen.", by=by("coordinator1")), minutes=5)
    later = await _exported(ground, tmp_path / "later")
    assert later["stamped.note"] == stamped["checkpoint.note"] != later["checkpoint.note"]
    assert not isinstance(stamped_at(later["checkpoint.tsr"], later["stamped.note"], trusted), Unfit)
    assert isinstance(stamped_at(later["checkpoint.tsr"], later["checkpoint.note"], trusted), Unfit)
    # the one command that judges all of it
    (whole,) = (tmp_path / "later").glob("*.zip")
    vouched = ("--timestamp-ca", str(certificates / "ca.pem"))
    for given, code, line in (
        (vouched, 0, "OK tijdstempel van"),
        ((), 0, "er is een tijdstempel op de eerste"),
        (("--timestamp-ca", str(strangers / "ca.pem")), 1, "GEWEIGERD: het tijdstempel is niet ondertekend"),
        (("--timestamp-ca", str(tmp_path / "geen.pem")), 2, f"{tmp_path / 'geen.pem'}"),
    ):
        said = await asyncio.to_thread(CliRunner().invoke, app, ["verify", str(whole), *given])
        assert said.exit_code == code, said.output
        assert said.output.splitlines()[-1].startswith(line)
    (bare,) = (tmp_path / "plain").glob("*.zip")
    said = await asyncio.to_thread(CliRunner().invoke, app, ["verify", str(bare), *vouched])
    assert (said.exit_code, said.output.splitlines()[-1]) == (1, "er is geen tijdstempel")
    # a note of another log beside a stamp is found without the authority
    foreign = {**later, "stamped.note": sign(ground.desk.seal.index, 1, b"\0" * 32, KEY)}
    del foreign["manifest.json"]
    found = verify_files(foreign, ground.desk.seal.origin(INCIDENT), public_key_text(KEY.public_key()))
    assert isinstance(found, Verified)
    assert stamped_in(foreign, found) == Refusal("stamped.note", "does not match the entries")
    assert stamped_in({**foreign, "stamped.note": b"x"}, found) == Refusal("stamped.note", "not a checkpoint")


async def test_a_log_that_does_not_begin_as_it_was_stamped_is_not_exported(ground: Ground, tmp_path: Path) -> None:
    await ground.alarm()
    origin = ground.desk.seal.origin(INCIDENT)
    other = sign(origin, 3, b"\0" * 32, KEY)
    async with ground.database.begin() as tx:
        await stamps.keep(tx, StampRow(origin, 3, other, b"", ground.now))
    made = await export(ground.database, INCIDENT, tmp_path, Work((KEY,), catalogue.load()), tmp_path / "files")
    assert made == Broken("2026-001, #2", "the checkpoint with a time stamp is of another log")


async def _exported(ground: Ground, out: Path) -> dict[str, bytes]:
    made = await export(ground.database, INCIDENT, out, Work((KEY,), catalogue.load()), out / "files")
    assert isinstance(made, Exported), made
    assert isinstance(verify_bundle(made.path, ground.desk.seal.origin(INCIDENT)), Verified)
    with ZipFile(made.path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def test_no_changed_answer_is_believed(authority: Authority, certificates: Path) -> None:
    note = b"iog.example/log/index\n1\nx\n"
    trusted = read_certificates(certificates / "ca.pem")
    assert isinstance(trusted, tuple)
    asked = question(note)
    answer = await authority.answer(asked.data)
    at = stamped_at(answer, note, trusted, asked.nonce)
    assert not isinstance(at, Unfit)
    assert at.utcoffset() == timedelta(0)
    rng = random.Random(1)
    believed = 0
    for _ in range(400):
        changed = bytearray(answer)
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        found = stamped_at(bytes(changed), note, trusted, asked.nonce)
        # what the signature does not cover (the words beside the status) may differ; what is stated may not
        believed += not isinstance(found, Unfit)
        assert isinstance(found, Unfit) or found == at
    assert believed < 40
    for cut in range(0, len(answer), 50):
        assert isinstance(stamped_at(answer[:cut], note, trusted, asked.nonce), Unfit)
    assert stamped_at(answer, note + b"x", trusted, asked.nonce) == Unfit("other_hash")
    assert replace(asked, nonce=1).nonce != asked.nonce
    assert stamped_at(answer, note, trusted, asked.nonce + 1) == Unfit("other_nonce")
