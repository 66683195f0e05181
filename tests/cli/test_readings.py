"""Who reads an incident at a terminal stands in the index log: at once, or as soon as the bot that runs has taken it in."""

import asyncio
from pathlib import Path

import pytest

from bot.config import Settings, load_settings
from bot.domain import entries as e
from bot.domain.ids import EVERY_INCIDENT, IncidentId
from bot.folding import INDEX_CODEC
from bot.keyfiles import read_log_keys
from bot.logbook.chain import parse, read_log
from bot.readings import take_in
from bot.store import log
from bot.store.database import open_database
from bot.store.keeper import SoleKeeper
from bot.terminal import clerk
from tests.cli.conftest import Runs
from tests.dossier.story import HOST, INCIDENT, NUMBER


def of_installation() -> Settings:
    found = load_settings(None, login=False)
    assert isinstance(found, Settings)
    return found


async def read_by() -> list[e.DossierRead]:
    """What the index log says of readings; it must verify."""
    database = await open_database(of_installation().database, readonly=True)
    try:
        async with database.read() as tx:
            name = f"{HOST}/log/index"
            raws = await log.entries(tx, name)
            assert isinstance(read_log(name, raws), tuple)
            found = []
            for sealed in map(parse, raws):
                if sealed.type == "dossier.read":
                    opened = await log.openings(tx, name, first=sealed.seq, until_seq=sealed.seq)
                    found.append(INDEX_CODEC.read(sealed, opened, lambda name: b""))
    finally:
        await database.close()
    assert all(isinstance(one, e.DossierRead) for one in found)
    return [one for one in found if isinstance(one, e.DossierRead)]


async def bot_takes_in() -> int:
    settings = of_installation()
    key = read_log_keys(settings.log_key)
    assert key is not None
    database = await open_database(settings.database)
    try:
        return await take_in(await clerk(settings, database, key), settings.readings)  # type: ignore[arg-type]
    finally:
        await database.close()


def notes(installation: Path) -> list[Path]:
    return sorted((installation / "state" / "readings").iterdir())


@pytest.mark.parametrize(
    ("arguments", "what"),
    [(("show", NUMBER), "show"), (("evaluation", NUMBER), "evaluation"), (("replay", NUMBER), "replay")],
)
def test_a_reading_is_in_the_index_log_at_once(
    installation: Path, iogplus: Runs, arguments: tuple[str, ...], what: str
) -> None:
    assert iogplus(*arguments).exit_code == 0
    (one,) = asyncio.run(read_by())
    assert (one.incident, one.what, one.origin.via) == (INCIDENT, what, "terminal")
    assert one.origin.happened_at is not None
    assert notes(installation) == []


def test_beside_a_running_bot_it_waits_for_the_bot_and_counts_once(installation: Path, iogplus: Runs) -> None:
    keeper = SoleKeeper(installation / "state" / "keeper.lock")
    assert keeper.take()
    assert iogplus("show", NUMBER).exit_code == 0
    keeper.release()
    assert asyncio.run(read_by()) == []
    (note,) = notes(installation)
    told = note.read_bytes()
    assert asyncio.run(bot_takes_in()) == 1
    note.write_bytes(told)  # as after a crash between the commit and the removal
    assert asyncio.run(bot_takes_in()) == 1
    assert (len(asyncio.run(read_by())), notes(installation)) == (1, [])


def test_without_a_key_it_waits_too(installation: Path, iogplus: Runs) -> None:
    (installation / "state" / "log_key").unlink()
    assert iogplus("show", NUMBER).exit_code == 0
    assert len(notes(installation)) == 1


def test_what_cannot_be_noted_is_not_shown(installation: Path, iogplus: Runs) -> None:
    (installation / "state" / "readings").write_text("geen map")
    said = iogplus("show", NUMBER)
    assert (said.exit_code, said.stdout, said.stderr.count("\n")) == (2, "", 1)
    assert "wie leest, wordt genoteerd" in said.stderr


def test_a_file_that_is_none_of_ours_is_left(installation: Path, iogplus: Runs) -> None:
    folder = installation / "state" / "readings"
    folder.mkdir()
    for name in ("iets.json", f"{'0' * 64}.json"):
        (folder / name).write_text("{}")
    assert iogplus("show", NUMBER).exit_code == 0
    assert len(asyncio.run(read_by())) == 1
    assert len(notes(installation)) == 2


def test_an_incident_that_is_not_there_is_not_read(installation: Path, iogplus: Runs) -> None:
    assert iogplus("show", str(IncidentId("2031-001"))).exit_code == 1
    assert not (installation / "state" / "readings").exists()


def test_who_asks_for_the_picture_of_all_incidents_is_in_the_index_log(installation: Path, iogplus: Runs) -> None:
    assert iogplus("picture", "--month", "2025-12").exit_code == 0
    (one,) = asyncio.run(read_by())
    assert (one.incident, one.what, one.origin.via) == (EVERY_INCIDENT, "picture", "terminal")
