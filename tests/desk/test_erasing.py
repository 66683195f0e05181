"""Words that must go are gone from the log, from the bot's own copies and from the file; and again after a backup was put back."""

import re
import resource
import shutil
import signal
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.erased import ERASED
from bot.domain.ids import EventId, PersonId
from bot.domain.incident import Incident
from bot.domain.origin import Origin
from bot.dossier.collect import Dossier, collect, tell
from bot.dossier.html import html
from bot.dossier.layout import lay_out
from bot.erasures import Listed, add_to_list, read_list
from bot.store import log, outbox
from bot.store.database import open_database
from bot.store.schema import metadata
from bot.words import catalogue, replies
from tests.builders import by
from tests.desk.ground import INCIDENT, Ground

SECRET = "Jelle Hofstra van de Molenkade"
ASK = c.AskErasure(of="line", which="1", ground="hij is een kind", by=by("coordinator1"))
YES = c.ConfirmErasure(by=by("coordinator2"))


def said(event: str, person: str = "bakker") -> Origin:
    return replace(by(person), cause=EventId(event), via="text")


async def told(ground: Ground) -> Ground:
    """A night in which somebody wrote a name in a line and in what came of it; everything was sent."""
    await ground.alarm()
    await ground.hears("$naam", f'{{"body": "feit {SECRET}"}}')
    await ground.do(c.RecordLine(kind="aanname", text=SECRET, by=said("$naam")), cause="$naam")
    await ground.do(c.SettleAssumption(line=1, outcome="confirmed", text=f"{SECRET} was het", by=said("$klopt")))
    await ground.sends_all()
    return ground


async def copies(ground: Ground) -> list[str]:
    """The tables that hold the words anywhere."""
    found = []
    async with ground.database.read() as tx:
        for table in metadata.sorted_tables:
            for row in await tx.execute(select(table)):
                found += [table.name] if any(SECRET in _text(value) for value in row) else []
    return found


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


async def test_two_people_erase_a_line_and_no_table_holds_it(ground: Ground) -> None:
    await told(ground)
    assert {"opening", "outbox"} <= set(await copies(ground))
    before = (await ground.row()).head_seq
    asked = await ground.do(ASK)
    assert asked.custody.asked is not None
    assert {"opening", "outbox"} <= set(await copies(ground)), "nothing is gone before another person confirms"
    after = await ground.do(YES, minutes=5)
    assert (after.log_lines[1].text, after.custody.asked) == (ERASED, None)
    assert await copies(ground) == []
    kinds = await ground.kinds()  # the chain is whole
    since = [kind for kind in kinds[before + 1 :] if kind != "person.seen"]
    assert since == ["erasure.asked", "field.erased", "field.erased"]
    again = ground.another_desk()
    assert (await again.incident(INCIDENT)).log_lines[1].text == ERASED
    async with ground.database.read() as tx:
        assert "$naam" in "".join(
            str(row.message) for row in await outbox.of_incident(tx, INCIDENT) if row.kind == "Retract"
        )


async def test_the_entries_themselves_do_not_change(ground: Ground) -> None:
    await told(ground)
    origin = ground.desk.seal.origin(INCIDENT)
    async with ground.database.read() as tx:
        before = await log.entries(tx, origin)
    await ground.do(ASK)
    await ground.do(YES)
    async with ground.database.read() as tx:
        assert (await log.entries(tx, origin))[: len(before)] == before


async def test_the_dossier_shows_a_bar_also_at_an_earlier_moment(ground: Ground) -> None:
    await told(ground)
    noted = ground.now
    await ground.do(ASK, minutes=5)
    await ground.do(YES, minutes=5)
    stored = await collect(ground.database, INCIDENT)
    assert stored is not None
    for until in (noted, None):
        dossier = tell(stored, catalogue.load(), until)
        assert isinstance(dossier, Dossier)
        whole = "\n".join(line.text["nl"] for line in dossier.lines)
        assert SECRET not in whole
        assert "▒▒▒" in whole
    assert re.search(
        r"Gewist van regel 1: text in #\d+, gevraagd door Coordinator1, bevestigd door Coordinator2", whole
    )


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (c.ConfirmErasure(by=by("coordinator1")), "four_eyes"),
        (c.ConfirmErasure(by=by("cyber1")), "not_allowed"),
        (c.ConfirmErasure(by=by("visser")), "not_allowed"),  # officer of another municipality
        (c.ConfirmErasure(by=by("coordinator2", "clear")), "needs_text"),
        (replace(ASK, by=by("bakker")), "not_allowed"),
        (replace(ASK, which="9"), "not_recorded"),
        (replace(ASK, of="decision"), "not_recorded"),
        (replace(ASK, ground=" "), "erase_ground"),
    ],
)
async def test_who_and_what_cannot_be(ground: Ground, command: c.Command, code: str) -> None:
    await told(ground)
    await ground.do(ASK)
    with pytest.raises(c.Refused) as refused:
        await ground.do(command)
    assert refused.value.code == code
    assert "opening" in await copies(ground)


async def test_what_is_gone_is_not_erased_twice(ground: Ground) -> None:
    await told(ground)
    with pytest.raises(c.Refused, match="nothing_to_erase"):
        await ground.do(YES)
    await ground.do(ASK)
    await ground.do(c.ConfirmErasure(by=by("bakker")))  # the municipality's own officer
    with pytest.raises(c.Refused, match="already_erased"):
        await ground.do(ASK)


async def test_a_hold_keeps_everything_until_it_is_lifted(ground: Ground) -> None:
    await told(ground)
    await ground.do(ASK)
    held = await ground.do(c.PlaceHold(reason="er loopt een Woo-verzoek", by=by("coordinator1")))
    assert _status(held) == 1
    for command in (ASK, c.PlaceHold(reason="nog een", by=by("coordinator1"))):
        with pytest.raises(c.Refused, match="hold_stands"):
            await ground.do(command)
    with pytest.raises(c.Refused, match="nothing_to_erase"):
        await ground.do(YES)
    with pytest.raises(c.Refused, match="hold_reason"):
        await ground.do(c.LiftHold(reason=" ", by=by("coordinator1")))
    with pytest.raises(c.Refused, match="not_allowed"):
        await ground.do(c.LiftHold(reason="klaar", by=by("bakker")))
    assert "opening" in await copies(ground)
    lifted = await ground.do(c.LiftHold(reason="het verzoek is beantwoord", by=by("coordinator1")))
    assert _status(lifted) == 0
    with pytest.raises(c.Refused, match="no_hold"):
        await ground.do(c.LiftHold(reason="nog eens", by=by("coordinator1")))
    await ground.do(ASK)
    await ground.do(YES)
    assert await copies(ground) == []


def _status(incident: Incident) -> int:
    return sum(line.startswith("🔒") for line in replies.status(catalogue.load(), "nl", incident))


async def test_at_the_terminal_two_names_are_given(ground: Ground) -> None:
    await told(ground)
    now = c.EraseNow(
        of="person",
        which="bakker",
        ground="uit dienst",
        first=PersonId("coordinator1"),
        second=PersonId("coordinator2"),
    )
    for other in ("coordinator1", "cyber1", "niemand"):
        with pytest.raises(c.Refused):
            await ground.do(replace(now, second=PersonId(other)))
    done = await ground.do(now)
    assert done.name(PersonId("bakker")) == ERASED


def _bytes(path: Path) -> bytes:
    return path.read_bytes()


async def test_no_byte_of_the_file_holds_it(one_file: Path) -> None:
    database = await open_database(f"sqlite:///{one_file}")
    try:
        ground = await told(Ground(database))
        assert SECRET.encode() in _bytes(one_file)
        await ground.do(ASK)
        await ground.do(YES)
    finally:
        await database.close()
    assert SECRET.encode() not in _bytes(one_file)


async def test_a_backup_that_is_put_back_loses_it_again(one_file: Path, tmp_path: Path) -> None:
    kept, backup = tmp_path / "erasures.jsonl", tmp_path / "backup.db"
    database = await open_database(f"sqlite:///{one_file}")
    try:
        ground = await told(Ground(database))
        shutil.copy(one_file, backup)
        ground.desk.listed = lambda erased: add_to_list(kept, erased)
        await ground.do(ASK)
        await ground.do(YES)
    finally:
        await database.close()
    assert SECRET not in kept.read_text()
    put_back = await open_database(f"sqlite:///{backup}")
    try:
        restored = Ground(put_back, now=ground.now)
        assert "opening" in await copies(restored)
        assert await restored.desk.erase_again(read_list(kept)) == 2
        assert await copies(restored) == []
        assert (await restored.desk.incident(INCIDENT)).log_lines[1].text == ERASED
        assert (await restored.kinds())[-2:] == ["field.erased", "field.erased"]
        assert await restored.another_desk().erase_again(read_list(kept)) == 0, "once is enough"
    finally:
        await put_back.close()


async def test_what_never_committed_waits_while_a_hold_that_came_later_runs(ground: Ground) -> None:
    """Listed, and killed before the commit; then somebody says that everything must be kept."""
    await told(ground)
    listed: list[Listed] = []

    def killed(erased: Sequence[Listed]) -> None:
        listed.extend(erased)
        raise KeyboardInterrupt

    ground.desk.listed = killed
    await ground.do(ASK)
    with pytest.raises(KeyboardInterrupt):
        await ground.do(YES)
    restarted = ground.another_desk()
    await restarted.handle(INCIDENT, c.PlaceHold(reason="Woo-verzoek", by=by("coordinator1")))
    assert await restarted.erase_again(listed) == 0
    assert await restarted.erase_again(listed) == 0
    assert "opening" in await copies(ground)
    async with ground.database.read() as tx:
        notes = [row for row in await outbox.of_none(tx, ("ManagementNote",)) if b"erasure_waits" in row.message]
    assert len(notes) == 1, "said once"
    await restarted.handle(INCIDENT, c.LiftHold(reason="beantwoord", by=by("coordinator1")))
    assert await restarted.erase_again(listed) == 2
    assert await copies(ground) == []


async def test_another_entry_with_that_number_is_left_alone(ground: Ground) -> None:
    """A backup of before the line goes on with other entries; the list names the entry, not only its place."""
    await told(ground)
    listed: list[Listed] = []
    ground.desk.listed = listed.extend
    await ground.do(ASK)
    row = next(line for line in await _sealed(ground) if line[1] == "alarm.raised")
    others = [Listed(
        incident=INCIDENT, log=ground.desk.seal.origin(INCIDENT), seq=row[0], h="0" * 64, name="text", of="alarm", which="",
        ground="", asked_by=PersonId("coordinator1"), confirmed_by=PersonId("coordinator2"), at=ground.now,
    )]  # fmt: skip
    assert await ground.desk.erase_again(others) == 0
    assert await ground.desk.erase_again([]) == 0


async def _sealed(ground: Ground) -> list[tuple[int, str]]:
    return list(enumerate(await ground.kinds()))


ONE = Listed(
    incident=INCIDENT, log="x", seq=1, h="00", name="text", of="line", which="1", ground="g", asked_by=PersonId("a"),
    confirmed_by=PersonId("b"), at=Ground.now,
)  # fmt: skip


def test_a_line_of_the_list_that_was_being_written_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "erasures.jsonl"
    assert read_list(path) == []
    one = ONE
    add_to_list(path, [one])
    with path.open("ab") as stream:
        stream.write(b'{"incident": "half')
    assert read_list(path) == [one]
    add_to_list(path, [one, one])
    both = [replace(one, left=1), one]
    assert read_list(path) == [one, *both], "what is added is whole also behind a line that was not"
    assert path.read_bytes().count(b"half") == 0


def test_half_an_erasure_is_none(tmp_path: Path) -> None:
    """Wherever the machine stopped while it was written: what two people decided happens whole at the next start, or not at all."""
    path = tmp_path / "erasures.jsonl"
    add_to_list(path, [ONE])
    before = path.read_bytes()
    three = [replace(ONE, seq=n) for n in (2, 3, 4)]
    add_to_list(path, three)
    whole = path.read_bytes()
    assert len(read_list(path)) == 4
    for cut in range(len(before), len(whole)):
        path.write_bytes(whole[:cut])
        assert read_list(path) == [ONE], f"{cut} of {len(whole)} bytes"
        add_to_list(path, [ONE])
        assert read_list(path) == [ONE, ONE]


def test_a_list_of_before_its_lines_were_counted_is_read(tmp_path: Path) -> None:
    path = tmp_path / "erasures.jsonl"
    add_to_list(path, [ONE])
    path.write_bytes(path.read_bytes().replace(b',"left":0', b"") * 2)
    assert read_list(path) == [ONE, ONE]


def test_a_full_disk_leaves_the_list_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "erasures.jsonl"
    add_to_list(path, [ONE])
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 40, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            add_to_list(path, [ONE])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    assert path.read_bytes() == before


def test_every_kind_of_thing_is_a_kind_of_entry_too() -> None:
    names = {name for kind in e.KINDS for name in kind.__dataclass_fields__}
    assert {"line", "decision", "action", "person"} <= names


async def test_a_report_and_the_reasons_at_closing_can_be_erased_too(ground: Ground) -> None:
    await told(ground)
    await ground.do(c.RecordSitrep(text=f"{SECRET} staat bij het station", by=said("$rapport")))
    await ground.do(c.ProposeClosing(by=by("coordinator1")))
    await ground.do(c.CloseIncident(reason=f"{SECRET} is thuis", by=by("coordinator1")))
    things: tuple[tuple[e.Erasable, str], ...] = (("line", "1"), ("sitrep", "1"), ("closing", ""))
    for of, which in things:
        await ground.do(c.AskErasure(of=of, which=which, ground="hij is een kind", by=by("coordinator1")))
        await ground.do(YES)
    incident = await ground.desk.incident(INCIDENT)
    assert incident.reports[0].text == ERASED
    assert SECRET not in repr(incident)
    stored = await collect(ground.database, INCIDENT)
    assert stored is not None
    dossier = tell(stored, catalogue.load())
    assert isinstance(dossier, Dossier)
    for lang in catalogue.LANGUAGES:
        shown = html(lay_out(dossier, "", lang, catalogue.load()))
        assert SECRET not in shown
        assert "▒▒▒" in shown
    assert await ground.another_desk().incident(INCIDENT) == incident
    with pytest.raises(c.Refused, match="already_erased"):
        await ground.do(c.AskErasure(of="sitrep", which="1", ground="nog eens", by=by("coordinator1")))
