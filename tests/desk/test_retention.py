"""What is past its term goes in one transaction with what the index log says of it, on both databases; a hold keeps it."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.ids import EventId, RoomId
from bot.domain.retention import Destruction, Terms
from bot.logbook.chain import first_break
from bot.rebuild import rebuild
from bot.retention import Places, certified, destroy, outlook, signed_index
from bot.store import directory, log, rooms
from bot.store.schema import metadata
from tests.builders import by
from tests.desk.ground import INCIDENT, Ground

SECRET = "Jelle Hofstra van de Molenkade"
TERMS = Terms(record=timedelta(days=3650))
BY = replace(by("coordinator1"), via="terminal")


@dataclass
class Old:
    """An incident of long ago, in which somebody wrote a name; told to its end."""

    ground: Ground
    places: Places

    async def outlook(self) -> list[tuple[str, str | None]]:
        return [(one.kind, one.barred) for one in await self.all()]

    async def all(self) -> tuple[Destruction, ...]:
        return await outlook(self.ground.desk, TERMS)

    async def run(self) -> tuple[Destruction, ...]:
        return await destroy(self.ground.desk, await self.all(), self.places, BY)

    async def export(self, **more: str) -> None:
        head = (await self.ground.row()).head_h
        entry = e.DossierExported(incident=INCIDENT, head=head, digest="0" * 64)
        await self.ground.desk.note(replace(entry, **more))  # type: ignore[arg-type]

    async def leaves_rooms(self) -> None:
        async with self.ground.database.begin() as tx:
            for room in await rooms.of_incident(tx, INCIDENT):
                await rooms.left(tx, room.room_id, self.ground.now)

    async def copies(self) -> set[str]:
        """The tables that hold the words anywhere."""
        found = set()
        async with self.ground.database.read() as tx:
            for table in metadata.sorted_tables:
                for row in await tx.execute(select(table)):
                    if any(SECRET in _text(value) for value in row):
                        found.add(table.name)
        return found


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


async def told(ground: Ground, tmp_path: Path, *, exercise: bool = False) -> Old:
    await ground.do(c.RaiseAlarm(text="rellen bij het station in Waterbrug", exercise=exercise, by=by("bakker")))
    await ground.do(c.ReportRoom(name="main", room_id=RoomId("!kamer")))
    async with ground.database.begin() as tx:
        await rooms.write(tx, rooms.RoomRow(RoomId("!kamer"), "incident", ground.now, True, incident=INCIDENT))
    await ground.hears("$naam", f'{{"body": "feit {SECRET}"}}')
    await ground.do(c.RecordLine(kind="feit", text=SECRET, by=replace(by("bakker"), cause=EventId("$naam"))))
    await ground.do(c.ProposeClosing(by=by("coordinator1")))
    await ground.do(c.CloseIncident(by=by("coordinator1")))
    await ground.sends_all()
    places = Places(tmp_path / "blobs", tmp_path / "dossiers", tmp_path / "certificates")
    for folder in (places.files, places.dossiers):
        folder.mkdir()
    return Old(ground, places)


async def finished(old: Old, days: int = 100) -> None:
    for _ in range(days // 5):
        await old.ground.do(c.Tick(), days=5)
    assert (await old.ground.row()).state == "finished"


async def test_rooms_wait_for_a_dossier_of_the_log_as_it_ends(ground: Ground, tmp_path: Path) -> None:
    old = await told(ground, tmp_path)
    await old.export()
    await finished(old)  # what came after the closing is not in that dossier
    assert await old.outlook() == [("room", "no_export"), ("paging", None)]
    await old.export(disclosure="woo")
    await old.export(format="pdf")
    assert await old.outlook() == [("room", "no_export"), ("paging", None)]
    await old.export()
    assert await old.outlook() == [("room", None), ("paging", None)]


async def test_a_run_does_what_the_outlook_said_and_then_nothing_is_due(ground: Ground, tmp_path: Path) -> None:
    old = await told(ground, tmp_path)
    await finished(old)
    await old.export()
    said = await old.all()
    assert await old.run() == said
    assert await old.outlook() == []
    asked = await ground.outbox("EmptyRoom")
    assert [row.room for row in asked] == ["!kamer"]
    assert (await ground.kinds(ground.desk.seal.index))[-1] == "records.destroyed"
    assert (await old.ground.desk.incident(INCIDENT)).number, "the log itself is not touched"
    assert not await ground.outbox("PageText")


async def test_nothing_of_a_held_incident_goes(ground: Ground, tmp_path: Path) -> None:
    old = await told(ground, tmp_path, exercise=True)
    await finished(old)
    await ground.do(c.PlaceHold(reason="er loopt een Woo-verzoek", by=by("coordinator1")))
    await old.export()
    ground.now += timedelta(days=400)
    kinds = ("room", "paging", "access", "exercise")
    assert await old.outlook() == [(kind, "hold") for kind in kinds]
    before = await ground.kinds(ground.desk.seal.index)
    assert await old.run() == ()
    assert await ground.kinds(ground.desk.seal.index) == before
    assert "opening" in await old.copies()
    await ground.do(c.LiftHold(reason="het verzoek is beantwoord", by=by("coordinator1")))
    assert [barred for _, barred in await old.outlook()] == [None, None, None, "room_first"]


async def test_the_log_of_an_exercise_is_destroyed_with_every_copy(ground: Ground, tmp_path: Path) -> None:
    old = await told(ground, tmp_path, exercise=True)
    await finished(old)
    await old.leaves_rooms()
    row = await ground.row()
    names = (f"dossier-{row.number}.zip", f"ab12/{row.number}-sitrap.nl.pdf", f"dossier-{row.number}0.zip")
    mine, single, other = (old.places.dossiers / name for name in names)
    single.parent.mkdir()
    for path in (mine, single, other):
        path.write_bytes(b"zip")
    assert {"opening", "outbox"} <= await old.copies()
    async with ground.database.read() as tx:
        raws, fields = await log.entries(tx, row.log), len(await log.openings(tx, row.log))
    said = await old.all()
    assert [one.kind for one in said] == ["paging", "exercise"]
    assert await old.run() == said
    assert await old.copies() == set()
    assert (mine.exists(), single.exists(), other.exists()) == (False, False, True)
    async with ground.database.read() as tx:
        assert await log.entries(tx, row.log) == raws
        assert await log.openings(tx, row.log) == []
        assert (await tx.execute(select(metadata.tables["blob"].c.sha256))).all() == []
        (one,) = await certified(tx, ground.desk.seal.index)
        assert await signed_index(tx, ground.desk.seal, ground.desk.clock().now)
        index = await log.entries(tx, ground.desk.seal.index)
    assert first_break(ground.desk.seal.index, index) is None
    entry = one.entry
    assert (entry.what, entry.log, entry.size, entry.head) == ("exercise", row.log, len(raws), row.head_h)
    assert (entry.count, entry.number, entry.origin.actor) == (fields, row.number, "coordinator1")
    assert await old.outlook() == []


async def test_a_destroyed_incident_is_unknown_and_its_number_is_not_given_again(
    ground: Ground, tmp_path: Path
) -> None:
    old = await told(ground, tmp_path, exercise=True)
    await finished(old)
    await old.leaves_rooms()
    number = (await ground.row()).number
    await old.run()
    async with ground.database.read() as tx:
        assert await directory.by_number(tx, number) is None
        assert await directory.struck(tx) == {INCIDENT: number}
        assert await directory.next_serial(tx, int(number[:4])) == int(number[5:]) + 1
    assert (await ground.desk.incident(INCIDENT)).state == "none"
    made = await rebuild(ground.database, ground.now)
    assert (made.read, made.broken, made.lost) == (0, (), ())


async def test_texts_that_another_incident_needs_stay(ground: Ground, tmp_path: Path) -> None:
    old = await told(ground, tmp_path, exercise=True)
    await finished(old)
    await old.leaves_rooms()
    other = type(INCIDENT)("00000000-0000-4000-8000-000000000015")
    await ground.desk.handle(other, c.RaiseAlarm(text="rellen bij het station in Waterbrug", by=by("bakker")))
    await old.run()
    assert (await ground.another_desk().incident(other)).state == "open"


async def test_who_read_is_kept_a_year_also_of_a_destroyed_log(ground: Ground, tmp_path: Path) -> None:
    old = await told(ground, tmp_path, exercise=True)
    await finished(old)
    await old.leaves_rooms()
    await ground.desk.note(e.DossierRead(incident=INCIDENT, what="show"))
    await old.run()
    ground.now += timedelta(days=200)
    assert await old.outlook() == []
    ground.now += timedelta(days=166)
    assert [(one.kind, one.count) for one in await old.run()] == [("access", 1)]
    assert await old.outlook() == []
    made = await rebuild(ground.database, ground.now)
    assert made.broken == ()


async def test_a_failing_transaction_leaves_everything(ground: Ground, tmp_path: Path) -> None:
    old = await told(ground, tmp_path, exercise=True)
    await finished(old)
    await old.leaves_rooms()
    wanted = [one for one in await old.all() if one.kind == "exercise"]
    await ground.renames("destroyed", "elsewhere")
    with pytest.raises(Exception, match="destroyed"):
        await destroy(ground.desk, wanted, old.places, BY)
    await ground.renames("elsewhere", "destroyed")
    assert "opening" in await old.copies()
    assert [one.kind for one in await old.all()] == ["paging", "exercise"]
