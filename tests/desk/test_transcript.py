"""Where all is kept: a log of its own, once for each thing said, covered by checkpoints, and any change of it is seen."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text
from typer.testing import CliRunner

from bot.cli import app
from bot.desk import CHECKPOINT_ENTRIES, CHECKPOINT_WAIT
from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.attachment import KeptFile, SharedFile
from bot.domain.files import settled, shared
from bot.domain.ids import EventId, PersonId
from bot.dossier.bundle import Exported, Work, export
from bot.logbook.bundle import TRANSCRIPT
from bot.logbook.checkpoint import check, public_key_text
from bot.logbook.verify import Broken, Verified, verify_files, verify_transcript
from bot.rebuild import rebuild
from bot.store import log, transcripts
from bot.store.files import keep
from bot.wake import Wake
from bot.words import catalogue
from tests.builders import ALARM, by, reference
from tests.desk.ground import INCIDENT, KEY, Ground

WORDS = catalogue.load()
KNOWN = ("--origin", f"iog.example/log/inc-{INCIDENT}", "--key", public_key_text(KEY.public_key()))


@pytest.fixture
async def room(ground: Ground) -> Ground:
    """An incident of a municipality that keeps everything."""
    _agrees(ground)
    await ground.alarm()
    await ground.do(c.ReportRoom(name="main", room_id=None, reason="later"))
    return ground


def _agrees(ground: Ground) -> None:
    known = reference()
    kept = tuple(replace(one, chat="all") for one in known.contacts.municipalities)
    agreed = replace(known, contacts=replace(known.contacts, municipalities=kept))
    ground.desk.reference = lambda: agreed


def said(n: int) -> e.MessageSaid:
    event = EventId(f"$zegt{n}")
    return e.MessageSaid(message=event, name="Bakker", text=f"wat ik zie, deel {n}", origin=by("bakker"))


async def says(ground: Ground, n: int) -> None:
    await ground.desk.overhear(INCIDENT, (said(n),), once=EventId(f"chat/$zegt{n}"))


async def kinds(ground: Ground) -> list[str]:
    return await ground.kinds(ground.desk.seal.transcript(INCIDENT))


async def test_what_is_said_goes_into_its_own_log_and_never_into_the_incidents(room: Ground) -> None:
    before = await room.kinds()
    await says(room, 1)
    await says(room, 1)
    await says(room, 2)
    assert await kinds(room) == ["message.said", "message.said"]
    assert await room.kinds() == before
    assert (await room.kinds(room.desk.seal.index)).count("transcript.begun") == 1


async def test_where_only_marked_lines_are_kept_nothing_is(ground: Ground) -> None:
    await ground.alarm()
    await says(ground, 1)
    assert await kinds(ground) == []


async def test_a_desk_that_starts_anew_goes_on_where_it_was(room: Ground) -> None:
    await says(room, 1)
    room.desk = room.another_desk()
    _agrees(room)
    await says(room, 2)
    assert len(await kinds(room)) == 2


async def test_what_is_said_is_covered_at_the_tenth_entry_or_after_five_minutes(room: Ground) -> None:
    for n in range(CHECKPOINT_ENTRIES):
        await says(room, n)
    origin = room.desk.seal.transcript(INCIDENT)
    note = await _note(room, origin)
    assert check(note, origin, KEY.public_key())[0] == CHECKPOINT_ENTRIES
    await room.sends_all()
    await says(room, 99)
    assert not await _notes(room, origin)
    room.now += CHECKPOINT_WAIT + timedelta(seconds=1)
    assert (await room.row()).next_due is not None
    await room.do(c.Tick())
    assert check(await _note(room, origin), origin, KEY.public_key())[0] == CHECKPOINT_ENTRIES + 1


async def _notes(ground: Ground, origin: str) -> list[bytes]:
    rows = await ground.outbox("Checkpoint")
    return [row.message for row in rows if origin.encode() in row.message]


async def _note(ground: Ground, origin: str) -> bytes:
    found = [msgspec.json.decode(one, type=m.Checkpoint) for one in await _notes(ground, origin)]
    assert found[-1].of == "transcript"
    return found[-1].note.encode()


async def test_closing_seals_how_much_was_said(room: Ground) -> None:
    await says(room, 1)
    await room.do(c.ProposeClosing(by=by("bakker")))
    await room.do(c.CloseIncident(by=by("bakker")))
    assert "transcript.sealed" in await room.kinds(room.desk.seal.index)


async def test_a_line_that_is_cut_off_or_changed_is_seen_before_anything_is_added(room: Ground) -> None:
    await says(room, 1)
    await says(room, 2)
    async with room.database.begin() as tx:
        row = await transcripts.get(tx, INCIDENT)
        assert row is not None
        await transcripts.write(tx, replace(row, head_seq=row.head_seq + 1))
    room.desk = room.another_desk()
    _agrees(room)
    for n in (3, 4):
        await says(room, n)
    assert len(await kinds(room)) == 2
    notes = [msgspec.json.decode(row.message) for row in await room.outbox("ManagementNote")]
    assert [note["code"] for note in notes if note["code"].endswith("_broken")] == ["chat_broken"]


async def test_the_incident_goes_on_without_a_transcript_that_is_not_what_was_written(room: Ground) -> None:
    await says(room, 1)
    async with room.database.begin() as tx:
        await tx.execute(text("DELETE FROM transcript"))
    room.desk = room.another_desk()
    _agrees(room)
    wake = Wake(room.desk, lambda: room.now.timestamp(), lambda: None, asyncio.Event())
    room.now += timedelta(minutes=6)  # a checkpoint is due as well
    await wake.once()
    assert "page.unanswered" in await room.kinds()
    await says(room, 2)
    page = next(page for page in (await room.desk.incident(INCIDENT)).pages.values() if page.state == "open")
    yes = c.Acknowledge(page=page.id, answer_by="message", by=by(page.person))
    assert (await room.do(yes)).pages[page.id].state == "acknowledged"
    await room.do(c.ProposeClosing(by=by("coordinator1")))
    await room.do(c.CloseIncident(by=by("coordinator1")))
    sealed = await room.kinds(room.desk.seal.index)
    assert ("incident.sealed" in sealed, "transcript.sealed" in sealed) == (True, False)
    assert len(await kinds(room)) == 1


async def test_rebuilding_finds_where_it_ends(room: Ground) -> None:
    await says(room, 1)
    async with room.database.begin() as tx:
        row = await transcripts.get(tx, INCIDENT)
        assert row is not None
        await transcripts.write(tx, replace(row, head_seq=7))
    made = await rebuild(room.database, room.now)
    assert (made.broken, made.lost) == ((), ())
    async with room.database.read() as tx:
        assert await transcripts.get(tx, INCIDENT) == row


# --- in a dossier ---------------------------------------------------------------------------------------------------------


async def _with_a_file(ground: Ground, folder: Path) -> None:
    data = b"versleutelde bytes"
    name = sha256(data).hexdigest()
    keep(folder, name, data)
    event = EventId("$foto")
    file = SharedFile("plein.jpg", "image/jpeg", len(data), "mxc://iog.example/plein", name, "sleutel", "begin")
    told = (said(1), shared(event, PersonId("bakker"), file), settled(event, KeptFile(name, "b" * 64, len(data))))
    await ground.desk.overhear(INCIDENT, told)


async def _files(ground: Ground, tmp_path: Path) -> dict[str, bytes]:
    made = await export(ground.database, INCIDENT, tmp_path, Work((KEY,), WORDS), tmp_path / "blobs")
    assert isinstance(made, Exported)
    public = public_key_text(KEY.public_key())
    found = verify_transcript(made.path, ground.desk.seal.origin(INCIDENT), public)
    assert isinstance(found, Verified), found
    with ZipFile(made.path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def test_a_dossier_holds_what_was_said_with_its_files_and_reads_in_both_languages(
    room: Ground, tmp_path: Path
) -> None:
    await _with_a_file(room, tmp_path / "blobs")
    files = await _files(room, tmp_path)
    page = files[f"{TRANSCRIPT}gesprek.nl.md"].decode()
    assert "Bakker: wat ik zie, deel 1" in page
    assert "deelde een bijlage: plein.jpg" in page
    assert "shared a file: plein.jpg" in files[f"{TRANSCRIPT}transcript.en.md"].decode()
    assert sum(name.startswith(f"{TRANSCRIPT}blobs/") for name in files) == 1


async def test_the_terminal_verifies_both_logs_of_a_dossier(room: Ground, tmp_path: Path) -> None:
    await says(room, 1)
    made = await export(room.database, INCIDENT, tmp_path, Work((KEY,), WORDS), tmp_path / "blobs")
    assert isinstance(made, Exported)
    path = made.path
    said = CliRunner().invoke(app, ["verify", str(path), "--lang", "nl"])
    assert said.exit_code == 0, said.output
    assert "OK 1 regels van wat gezegd is" in " ".join(said.output.split())
    with ZipFile(path) as archive:
        archive.extractall(tmp_path / "open")
    changed = tmp_path / "open" / TRANSCRIPT / "entries.jsonl"
    changed.write_bytes(changed.read_bytes().replace(b"message.said", b"message.sayd"))
    (tmp_path / "open" / "manifest.json").unlink()
    refused = CliRunner().invoke(app, ["verify", str(tmp_path / "open"), "--lang", "nl", *KNOWN])
    assert refused.exit_code == 1
    assert TRANSCRIPT in refused.output


async def test_what_was_said_holds_with_either_key_while_two_sign(room: Ground, tmp_path: Path) -> None:
    await says(room, 1)
    new, stranger = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (7, 3))
    made = await export(room.database, INCIDENT, tmp_path, Work((new, *(KEY,)), WORDS), tmp_path / "blobs")
    assert isinstance(made, Exported)
    for key, holds in ((KEY, Verified), (new, Verified), (stranger, Broken)):
        public = public_key_text(key.public_key())
        assert isinstance(verify_transcript(made.path, room.desk.seal.origin(INCIDENT), public), holds)


async def test_a_file_that_is_gone_is_named_and_the_rest_still_verifies(room: Ground, tmp_path: Path) -> None:
    await _with_a_file(room, tmp_path / "blobs")
    (gone,) = (tmp_path / "blobs").iterdir()
    gone.write_bytes(b"iets anders")
    files = await _files(room, tmp_path)
    assert files[f"{TRANSCRIPT}missing-files.txt"].decode().split() == [gone.name]


async def test_any_byte_of_it_that_is_changed_added_or_lost_is_refused(room: Ground, tmp_path: Path) -> None:
    await _with_a_file(room, tmp_path / "blobs")
    await says(room, 2)
    every = await _files(room, tmp_path)
    files = {name.removeprefix(TRANSCRIPT): data for name, data in every.items() if name.startswith(TRANSCRIPT)}
    public, origin = public_key_text(KEY.public_key()), room.desk.seal.transcript(INCIDENT)
    assert isinstance(verify_files(files, origin, public), Verified)
    changes: tuple[Callable[[bytes, int], bytes], ...] = (
        lambda data, at: data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :],
        lambda data, at: data[:at] + data[at + 1 :],
        lambda data, at: data[:at] + b"x" + data[at:],
    )
    passed = []
    for name in [one for one in files if one in ("entries.jsonl", "openings.jsonl") or one.startswith("blobs/")]:
        for at in range(0, len(files[name]), 7):
            for n, change in enumerate(changes):
                mutated = {**files, name: change(files[name], at)}
                if not isinstance(verify_files(mutated, origin, public), Broken):
                    passed.append((name, at, n))
    assert passed == []
    lines = files["entries.jsonl"].splitlines(keepends=True)
    for n in range(len(lines)):
        cut = {**files, "entries.jsonl": b"".join(lines[:n] + lines[n + 1 :])}
        assert isinstance(verify_files(cut, origin, public), Broken), n


async def test_a_transcript_that_was_tampered_with_in_the_database_makes_no_dossier(
    room: Ground, tmp_path: Path
) -> None:
    await says(room, 1)
    await says(room, 2)
    async with room.database.begin() as tx:
        row = await transcripts.get(tx, INCIDENT)
        assert row is not None
        await transcripts.write(tx, replace(row, head_seq=0, head_h="0" * 64))
    made = await export(room.database, INCIDENT, tmp_path, Work((KEY,), WORDS), tmp_path / "blobs")
    assert not isinstance(made, Exported)


async def test_what_an_alarm_became_is_passed_on_to_the_incident_that_it_joined(ground: Ground) -> None:
    """The reporter who changes an alarm that was joined to another case is heard there."""
    await ground.alarm()
    second = type(INCIDENT)("00000000-0000-4000-8000-000000000015")
    alarm = c.RaiseAlarm(text=ALARM, by=replace(by("bakker"), cause=EventId("$tweede")))
    await ground.desk.handle(second, alarm)
    await ground.desk.handle(second, c.JoinSimilar(by=by("bakker")))
    edit = c.EditSource(source=EventId("$tweede"), text="nu ook bij het busstation", by=by("bakker"))
    await ground.desk.handle(second, edit)
    lines = (await ground.desk.incident(INCIDENT)).log_lines.values()
    assert [line.text for line in lines][-1] == "nu ook bij het busstation"
    async with ground.database.read() as tx:
        assert len(await log.names(tx)) == 3
