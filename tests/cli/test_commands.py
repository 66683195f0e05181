"""What a human at a terminal gets: an answer, or one plain line; and exit code 0, 1 or 2, never a traceback."""

import asyncio
import base64
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.domain.entries import DossierExported
from bot.folding import INDEX_CODEC
from bot.logbook.chain import parse
from bot.logbook.verify import Verified, verify_bundle
from bot.store import directory, log
from bot.store.database import open_database
from bot.store.directory import DirectoryRow
from bot.store.keeper import SoleKeeper
from tests.cli.conftest import ROOT, Runs
from tests.dossier.story import HOST, INCIDENT, KEY, NUMBER

PUBLIC = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
ORIGIN = f"{HOST}/log/inc-{INCIDENT}"


def change(installation: Path, *statements: str) -> None:
    """What an administrator with the database in hand could do: past the triggers."""

    async def changed() -> None:
        database = await open_database(f"sqlite:///{installation / 'state' / 'iogplus.db'}")
        async with database.begin() as tx:
            for trigger in (await tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))).scalars():
                await tx.execute(text(f'DROP TRIGGER "{trigger}"'))
            for statement in statements:
                await tx.execute(text(statement))
        await database.close()

    asyncio.run(changed())


def row(installation: Path) -> DirectoryRow:
    async def found() -> DirectoryRow | None:
        database = await open_database(f"sqlite:///{installation / 'state' / 'iogplus.db'}", readonly=True)
        async with database.read() as tx:
            got = await directory.by_number(tx, NUMBER)
        await database.close()
        return got

    got = asyncio.run(found())
    assert got is not None
    return got


# --- check ------------------------------------------------------------------------------------------------------------


def test_check_finds_a_sound_installation_sound(installation: Path, iogplus: Runs) -> None:
    said = iogplus("check")
    assert (said.exit_code, said.stderr) == (0, "")
    assert said.stdout.endswith("geen fouten gevonden\n")
    assert ["log_host", HOST] in [line.split() for line in said.stdout.splitlines()]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_check_names_file_line_and_column(installation: Path, iogplus: Runs, lang: str) -> None:
    people = installation / "contacts" / "personen.yaml"
    people.write_text(people.read_text(encoding="utf-8").replace("organisatie:", "organisate:", 1), encoding="utf-8")
    said = iogplus("check", "--lang", lang)
    assert said.exit_code == 1
    (line,) = [x for x in said.stdout.splitlines() if "organisate" in x]
    meant = {"nl": "bedoel je: organisatie?", "en": "did you mean: organisatie?"}[lang]
    assert line.startswith("contacts/personen.yaml:7:5: ")
    assert meant in line


def test_check_speaks_json_to_programs(installation: Path, iogplus: Runs) -> None:
    (installation / "playbooks" / "PB01.yaml").write_text("id: PB01\nid: PB01\n", encoding="utf-8")
    said = iogplus("check", "--format", "json")
    assert said.exit_code == 1
    found = json.loads(said.stdout)
    assert found["mistakes"][0] | {"file": ""} == {
        "file": "",
        "line": 2,
        "column": 1,
        "message": "dubbele sleutel: id (staat al op regel 1)",
    }
    assert found["settings"]["log_host"] == HOST


CHANNELS = {
    "sms_provider": "generic",
    "sms_url": "https://sms.iog.example/send",
    "sms_token": "sleutel",
    "sms_inbox_url": "https://sms.iog.example/inbox",
    "sms_sender": "31600009000",
    "public_url": "https://bot.iog.example",
}


@pytest.mark.parametrize(
    ("changed", "warned"),
    [
        ({}, {}),
        ({"sms_sender": "IOG"}, {"sms_sender": "nobody can reply"}),
        ({"sms_inbox_url": ""}, {"sms_provider": "arrive nowhere"}),
        ({"public_url": f"https://{'oproepen.' * 10}iog.example"}, {"public_url": "holds no link"}),
        (
            {"sms_sender": "IOG", "public_url": f"https://{'oproepen.' * 4}iog.example"},
            {"sms_sender": "nobody can reply"},
        ),
        ({"sms_provider": "none", "sms_sender": "IOG"}, {}),
    ],
)
def test_check_warns_of_texts_that_surprise_and_is_content_all_the_same(
    installation: Path,
    iogplus: Runs,
    monkeypatch: pytest.MonkeyPatch,
    changed: dict[str, str],
    warned: dict[str, str],
) -> None:
    for name, value in (CHANNELS | changed).items():
        monkeypatch.setenv(f"IOGPLUS_{name.upper()}", value)
    said = iogplus("check", "--lang", "en", "--format", "json")
    assert said.exit_code == 0, said.stdout
    found = {one["file"]: one["message"] for one in json.loads(said.stdout)["warnings"]}
    assert found.keys() == warned.keys()
    assert all(part in found[name] for name, part in warned.items())
    lines = iogplus("check", "--lang", "en").stdout.splitlines()
    assert [line for line in lines if line.startswith("mind: ")] == [f"mind: {n}: {text}" for n, text in found.items()]
    noted = iogplus("check", "--lang", "en", "--format", "github").stdout
    assert noted.count("::warning file=") == len(warned)


# one of the services that Apprise loads uses a module of Python's that goes away
@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
def test_check_names_who_apprise_cannot_reach_and_never_where(
    installation: Path, iogplus: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = "jansen json://x.example\nexpert_cyber onzin://geheim\nniemand json://geheim\n"
    monkeypatch.setenv("IOGPLUS_APPRISE", "true")
    monkeypatch.setenv("IOGPLUS_APPRISE_ADDRESSES", given)
    said = iogplus("check", "--lang", "en")
    assert said.exit_code == 1
    assert [line for line in said.stdout.splitlines() if line.startswith("apprise_addresses: ")] == [
        "apprise_addresses: Apprise does not know the address of expert_cyber",
        "apprise_addresses: niemand is nobody in the contacts and no role",
    ]
    assert "geheim" not in said.stdout


def test_check_annotates_a_pull_request(installation: Path, iogplus: Runs) -> None:
    (installation / "playbooks" / "PB01.yaml").write_text("tijd: a: b\n", encoding="utf-8")
    said = iogplus("check", "--format", "github")
    assert said.exit_code == 1
    assert said.stdout.startswith("::error file=playbooks/PB01.yaml,line=1,col=8::")


def test_check_needs_no_settings_when_it_is_told_where_to_look(iogplus: Runs) -> None:
    said = iogplus("check", "--contacts", ROOT / "contacts" / "example", "--playbooks", ROOT / "playbooks")
    assert (said.exit_code, said.stdout) == (0, "geen fouten gevonden\n")


def test_check_finds_the_mistakes_of_the_settings_too(installation: Path, iogplus: Runs) -> None:
    with (installation / "config.yaml").open("a", encoding="utf-8") as config:
        config.write("web_port: veel\n")
    said = iogplus("check")
    assert said.exit_code == 1
    assert said.stdout.startswith("config.yaml:8:1: web_port kan zo niet")


@pytest.mark.parametrize("arguments", [(), ("--contacts", "weg", "--playbooks", "weg")])
def test_check_that_cannot_look_says_so(iogplus: Runs, arguments: tuple[str, ...]) -> None:
    said = iogplus("check", *arguments)
    assert (said.exit_code, said.stdout, said.stderr.count("\n")) == (2, "", 1)


# --- show -------------------------------------------------------------------------------------------------------------


def test_show_tells_an_incident(installation: Path, iogplus: Runs) -> None:
    said = iogplus("show", NUMBER)
    assert (said.exit_code, said.stderr) == (0, "")
    for part in ("Waterbrug", "Wij zetten de ME in bij het station.", "Geen noodbevel.", "Laatste regels"):
        assert part in said.stdout
    assert said.stdout.splitlines()[-1].startswith(f"#{row(installation).head_seq} · {row(installation).head_h[:8]} ")


def test_show_works_beside_a_running_bot(installation: Path, iogplus: Runs) -> None:
    keeper = SoleKeeper(installation / "state" / "keeper.lock")
    assert keeper.take()
    assert iogplus("show", NUMBER).exit_code == 0
    keeper.release()


@pytest.mark.parametrize("at", ["03:08", "22-11 03:08", "2026-11-22 03:08", "2026-11-22T02:08:59Z"])
def test_show_tells_how_it_stood(installation: Path, iogplus: Runs, at: str) -> None:
    said = iogplus("show", NUMBER, "--at", at, "--lang", "en")
    assert said.exit_code == 0, said.stderr
    assert said.stdout.startswith("As it stood at Sun 22-11 03:0")
    assert "Wij zetten de ME in bij het station." in said.stdout
    assert "Geen noodbevel." not in said.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (("2031-001",), 1, "incident 2031-001 is er niet"),
        ((NUMBER, "--at", "gisteren"), 2, "gisteren is geen moment; schrijf 03:10, 22-11 03:10 of 2026-11-22 03:10"),
        ((NUMBER, "--at", "25:10"), 2, "25:10 is geen moment; schrijf 03:10, 22-11 03:10 of 2026-11-22 03:10"),
        ((NUMBER, "--at", "2026-11-21 03:10"), 1, f"{NUMBER} was er toen nog niet"),
        ((NUMBER, "--config", "weg.yaml"), 2, "weg.yaml:1:1: het bestand ontbreekt"),
    ],
)
def test_show_that_cannot_says_why_in_one_line(
    installation: Path, iogplus: Runs, arguments: tuple[str, ...], code: int, line: str
) -> None:
    said = iogplus("show", *arguments)
    assert (said.exit_code, said.stdout, said.stderr) == (code, "", f"{line}\n")


def test_show_refuses_a_log_that_was_changed(installation: Path, iogplus: Runs) -> None:
    change(installation, "UPDATE log_entry SET raw = replace(raw, '2026', '2027') WHERE seq = 3 AND log LIKE '%inc%'")
    said = iogplus("show", NUMBER)
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr.startswith(f"het logboek klopt niet meer: {NUMBER}, #")


def test_show_without_a_database_says_so(installation: Path, iogplus: Runs) -> None:
    (installation / "state" / "iogplus.db").unlink()
    said = iogplus("show", NUMBER)
    assert (said.exit_code, said.stderr.count("\n")) == (2, 1)


# --- export and verify ------------------------------------------------------------------------------------------------


def test_an_export_verifies_and_is_kept_in_the_index_log(installation: Path, iogplus: Runs) -> None:
    said = iogplus("export", NUMBER, "--out", "uit")
    assert (said.exit_code, said.stderr) == (0, "")
    path = Path(said.stdout.splitlines()[0])
    found = verify_bundle(path, ORIGIN, PUBLIC)
    assert isinstance(found, Verified)
    verified = iogplus("verify", path, "--origin", ORIGIN, "--key", PUBLIC)
    assert verified.exit_code == 0
    assert verified.stdout.startswith(f"OK {len(found.entries)} regels, laatste hash {found.head.h}")

    async def last_of_index() -> object:
        database = await open_database(f"sqlite:///{installation / 'state' / 'iogplus.db'}", readonly=True)
        async with database.read() as tx:
            name = f"{HOST}/log/index"
            entry = parse((await log.entries(tx, name))[-1])
            openings = await log.openings(tx, name, first=entry.seq)
        await database.close()
        return INDEX_CODEC.read(entry, openings, lambda name: b"")

    kept = asyncio.run(last_of_index())
    assert isinstance(kept, DossierExported)
    assert (kept.incident, kept.head, kept.origin.via) == (INCIDENT, found.head.h, "terminal")
    assert kept.digest in said.stdout


def test_an_export_without_the_key_says_which_file_is_gone(installation: Path, iogplus: Runs) -> None:
    (installation / "state" / "log_key").unlink()
    said = iogplus("export", NUMBER)
    assert (said.exit_code, said.stderr.count("\n")) == (2, 1)
    assert said.stderr.startswith("state/log_key ontbreekt")


def test_verify_warns_when_it_takes_the_bundles_word_for_it(installation: Path, iogplus: Runs) -> None:
    path = iogplus("export", NUMBER).stdout.splitlines()[0]
    said = iogplus("verify", path)
    assert said.exit_code == 0
    assert PUBLIC in said.stdout.splitlines()[1]


def test_verify_refuses_a_changed_bundle_and_another_key(installation: Path, iogplus: Runs) -> None:
    path = Path(iogplus("export", NUMBER).stdout.splitlines()[0])
    other = base64.b64encode(bytes(32)).decode()
    assert iogplus("verify", path, "--key", other).exit_code == 1
    path.write_bytes(path.read_bytes().replace(b"noodbevel", b"noodBevel"))
    said = iogplus("verify", path, "--lang", "en")
    assert said.exit_code == 1
    assert said.stdout.startswith("REFUSED: ")


def test_verify_of_nothing_says_so(iogplus: Runs) -> None:
    said = iogplus("verify", "weg.zip")
    assert (said.exit_code, said.stdout, said.stderr) == (2, "", "weg.zip is er niet\n")


# --- what writes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [("export", NUMBER), ("migrate",), ("rebuild",)])
def test_what_writes_refuses_while_the_bot_runs(installation: Path, iogplus: Runs, command: tuple[str, ...]) -> None:
    before = (installation / "state" / "iogplus.db").read_bytes()
    keeper = SoleKeeper(installation / "state" / "keeper.lock")
    assert keeper.take()
    said = iogplus(*command)
    keeper.release()
    assert (said.exit_code, said.stdout) == (2, "")
    assert said.stderr == "de bot draait; stop hem eerst, of vraag het hem in de kamer\n"
    assert (installation / "state" / "iogplus.db").read_bytes() == before
    assert iogplus(*command).exit_code == 0


def test_migrate_makes_a_new_database(installation: Path, iogplus: Runs) -> None:
    (installation / "state" / "iogplus.db").unlink()
    assert iogplus("migrate").exit_code == 0
    assert iogplus("show", NUMBER).stderr == f"incident {NUMBER} is er niet\n"


def test_an_old_schema_is_refused(installation: Path, iogplus: Runs) -> None:
    change(installation, "UPDATE alembic_version SET version_num = 'oud'")
    said = iogplus("show", NUMBER)
    assert (said.exit_code, said.stderr) == (2, "de database heeft een ander schema; draai eerst iogplus migrate\n")


def test_rebuild_makes_the_row_that_was_there(installation: Path, iogplus: Runs) -> None:
    before = row(installation)
    assert iogplus("rebuild").stdout == "1 incidenten opnieuw gelezen, 0 rijen anders\n"
    change(installation, "UPDATE incident SET state = 'open', head_h = 'x', municipality = 'x', next_due = NULL")
    said = iogplus("rebuild")
    assert (said.exit_code, said.stdout) == (0, "1 incidenten opnieuw gelezen, 1 rijen anders\n")
    after = row(installation)
    assert after.verified_at is not None
    assert after.verified_at > datetime(2026, 1, 1, tzinfo=UTC)
    assert before.verified_at is not None
    assert [getattr(after, n) for n in after.__slots__ if n != "verified_at"] == [
        getattr(before, n) for n in before.__slots__ if n != "verified_at"
    ]


def test_rebuild_of_a_lost_directory_asks_for_a_checkpoint_at_once(installation: Path, iogplus: Runs) -> None:
    before = row(installation)
    change(installation, "DELETE FROM incident")
    assert iogplus("rebuild").stdout == "1 incidenten opnieuw gelezen, 1 rijen anders\n"
    after = row(installation)
    assert (after.id, after.head_h, after.state) == (before.id, before.head_h, before.state)
    assert after.checkpoint_size == 0
    assert after.next_due == after.checkpoint_due is not None


def test_rebuild_names_a_broken_log_and_a_lost_one(installation: Path, iogplus: Runs) -> None:
    change(installation, "UPDATE log_entry SET raw = replace(raw, '2026', '2027') WHERE seq = 3 AND log LIKE '%inc%'")
    said = iogplus("rebuild")
    assert said.exit_code == 1
    assert said.stdout.startswith("het logboek klopt niet meer: ")
    change(installation, "DELETE FROM opening WHERE log LIKE '%inc%'", "DELETE FROM log_entry WHERE log LIKE '%inc%'")
    said = iogplus("rebuild")
    assert (said.exit_code, said.stdout.splitlines()[0]) == (1, f"{NUMBER}: het hele logboek ontbreekt")


def test_schemas_writes_what_is_in_the_repository(iogplus: Runs, tmp_path: Path) -> None:
    assert iogplus("schemas", tmp_path).exit_code == 0
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) == 12
    for path in written:
        assert path.read_bytes() == (ROOT / path.relative_to(tmp_path)).read_bytes()


# --- the program itself -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("verify",), 2, "bundle"),
        (("bestaatniet",), 2, "bestaatniet"),
        (("check", "--format", "xml"), 2, "xml"),
        (("show", "2026-001", "--config", "weg.yaml"), 2, "weg.yaml:1:1"),
    ],
)
def test_a_mistake_of_the_user_is_one_plain_line(
    tmp_path: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    command = [sys.executable, "-m", "bot", *arguments]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "LC_ALL": "C.UTF-8"}
    said = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment)
    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (code, "", 1)
    assert says in said.stderr


def test_without_a_command_it_explains_itself(iogplus: Runs) -> None:
    said = iogplus()
    assert said.exit_code == 0
    for name in ("check", "verify", "show", "export", "migrate", "rebuild", "schemas"):
        assert f"\n  {name} " in said.stdout


def test_the_installed_program_is_this_one() -> None:
    assert shutil.which("iogplus", path=str(Path(sys.executable).parent)) is not None


@pytest.mark.parametrize(("name", "data", "only", "said"), [
    ("dossier.docx", b"geen docx", "word", "het eigen sjabloon dossier.docx is stuk: "),
    ("dossier.typ", b"#let x = 1\n#nergens", "pdf", "het eigen sjabloon dossier.typ is stuk (regel 2): "),
])  # fmt: skip
def test_a_broken_template_of_a_municipality_is_named_and_nothing_is_made(
    installation: Path, iogplus: Runs, name: str, data: bytes, only: str, said: str
) -> None:
    (installation / "eigen").mkdir()
    (installation / "eigen" / name).write_bytes(data)
    with (installation / "config.yaml").open("a") as config:
        config.write("document_dir: eigen\n")
    for more in ((), ("--as", only)):
        made = iogplus("export", NUMBER, "--out", "uit", *more)
        assert (made.exit_code, made.stdout, made.stderr.count("\n")) == (1, "", 1)
        assert made.stderr.startswith(said), made.stderr
        assert not (installation / "uit").exists()
