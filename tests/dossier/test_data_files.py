"""The data files of a dossier, opened by the readers that people and programs have: every fact in a cell of its own type."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from bot.domain import commands as c
from bot.domain.ids import PersonId
from bot.domain.incident import Decision, Given
from bot.domain.people import Language
from bot.dossier.calendar_file import calendar_file
from bot.dossier.collect import Broken, Dossier, collect, tell
from bot.dossier.csv_files import excel_csv, plain_csv
from bot.dossier.tables import Column, Flat, Row, tables
from bot.dossier.workbook import LARGE, MOST, workbook
from bot.words.catalogue import Catalogue
from tests.builders import DECISIONS, NIGHT, PLAIN, by
from tests.dossier.story import NUMBER, Night

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
TABLES = ["timeline", "decisions", "actions", "pages", "steps", "lines"]


async def read(night: Night, catalogue: Catalogue) -> Dossier:
    stored = await collect(night.database, NUMBER)
    assert stored is not None
    dossier = tell(stored, catalogue)
    assert not isinstance(dossier, Broken)
    return dossier


async def with_actions(night: Night) -> datetime:
    """The incident opens again for two actions, of which one is done late; gives when it was due."""
    night.now = NIGHT + timedelta(hours=1)
    await night.do(c.ReopenIncident(reason="Nog werk.", by=by("coordinator1")))
    due = night.now + timedelta(minutes=10)
    await night.do(c.GiveAction(text='=HYPERLINK("https://kwaad.example")', due=due, by=by("coordinator1")), seconds=5)
    await night.do(c.GiveAction(text="Bel de school", by=by("coordinator1")), seconds=5)
    await night.do(c.FinishAction(action=1, remark="Gedaan.", by=by("coordinator1")), minutes=12)
    return due


def flat(rows: list[Row], *kinds: str, lang: Language = "nl") -> Flat:
    columns = tuple(Column(f"c{n}", f"Kolom {n}", kind) for n, kind in enumerate(kinds))  # type: ignore[arg-type]
    return Flat("proef", "Proef", lang, columns, lambda: iter(rows))


def excel(table: Flat) -> list[list[str]]:
    text = b"".join(excel_csv(table)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def opened(tables: list[Flat], rows: int = 0) -> tuple[bytes, openpyxl.Workbook]:
    to = io.BytesIO()
    workbook(tables, "Dossier 2026-001", NIGHT, rows, to)
    return to.getvalue(), openpyxl.load_workbook(io.BytesIO(to.getvalue()))


async def test_every_table_tells_the_night(night: Night, catalogue: Catalogue) -> None:
    dossier = await read(night, catalogue)
    found = {table.id: table for table in tables(dossier, "nl", catalogue)}
    assert list(found) == TABLES
    rows: dict[str, list[dict[str, Any]]] = {
        name: [dict(zip((k.key for k in t.columns), row, strict=True)) for row in t.rows()] for name, t in found.items()
    }
    assert len(rows["timeline"]) == len(dossier.lines)
    assert [(d["nr"], d["confirmed"], d["state"]) for d in rows["decisions"]] == [
        (1, True, "compleet"),
        (2, False, "open: redenen ontbreken"),
    ]
    assert rows["decisions"][0]["reason"] == "De oproep haalt 4.000 volgers."
    answered = [page for page in rows["pages"] if page["answered"] is not None]
    assert len(answered) == 2
    for page in answered:
        assert page["to_answer"] == page["answered"] - page["tried"] >= timedelta(seconds=20)
    assert [line["kind"] for line in rows["lines"]] == ["Feit"]


async def test_each_reason_of_a_decision_has_its_column(night: Night, catalogue: Catalogue) -> None:
    """Also one that was not given: asked and missing is something else than not asked."""
    dossier = await read(night, catalogue)
    who, kind = PersonId("coordinator1"), DECISIONS[0]
    given = {"doel": Given("Rust.", NIGHT, who), "duur": Given("vannacht", NIGHT, who, until=NIGHT)}
    decision = Decision(1, "Ja.", NIGHT, who, point=kind.id, option=kind.options[0].id, given=given)
    changed = replace(dossier, incident=replace(dossier.incident, playbooks=(PLAIN,), decisions=(decision,)))
    table = next(t for t in tables(changed, "nl", catalogue) if t.id == "decisions")
    (row,) = table.rows()
    cells = dict(zip((column.key for column in table.columns), row, strict=True))
    assert (cells["reason_doel"], cells["reason_duur"], cells["reason_duur_at"]) == ("Rust.", "vannacht", NIGHT)
    assert cells["reason_feiten"] == "ontbreekt"
    assert cells["state"] == "open: redenen ontbreken"


async def test_an_action_that_was_done_late_says_by_how_much(night: Night, catalogue: Catalogue) -> None:
    due = await with_actions(night)
    table = next(t for t in tables(await read(night, catalogue), "nl", catalogue) if t.id == "actions")
    first, second = table.rows()
    assert (first[5], first[6], first[9]) == (due, "klaar", night.now - due)
    assert (second[5], second[6], second[9]) == (None, "open", None)


async def test_excel_reads_the_csv_of_every_table(night: Night, catalogue: Catalogue) -> None:
    await with_actions(night)
    for table in tables(await read(night, catalogue), "nl", catalogue):
        data = b"".join(excel_csv(table))
        assert data.startswith(b"\xef\xbb\xbf")
        header, *rows = excel(table)
        assert all(len(row) == len(header) for row in rows)
        assert len(rows) == len(list(table.rows()))
    action = next(t for t in tables(await read(night, catalogue), "nl", catalogue) if t.id == "actions")
    assert excel(action)[1][1].startswith("'=HYPERLINK(")


def test_excel_gets_local_time_a_decimal_comma_and_the_same_instant_beside_it() -> None:
    row: Row = (NIGHT, timedelta(milliseconds=1500), True, None, "een\r\ntwee")
    table = flat([row], "moment", "seconds", "yes_no", "integer", "text")
    local = NIGHT.astimezone(AMSTERDAM).strftime("%d-%m-%Y %H:%M:%S")
    iso = NIGHT.strftime("%Y-%m-%dT%H:%M:%S.") + f"{NIGHT.microsecond // 1000:03}Z"
    assert excel(table)[1] == [local, iso, "1,5", "ja", "", "een\ntwee"]
    assert b"".join(excel_csv(table)).endswith(b'"een\ntwee"\r\n')
    plain = b"".join(plain_csv(table)).decode()
    assert plain == f'c0,c1,c2,c3,c4\n{iso},1.5,true,,"een\ntwee"\n'


def test_nothing_known_is_empty_and_nothing_at_all_is_a_nought() -> None:
    twice = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30, which comes once more an hour later
    rows: list[Row] = [(None, None, None, None, None), (twice, timedelta(0), False, 0, "")]
    table = flat([*rows, (twice + timedelta(hours=1), *rows[1][1:])], "moment", "seconds", "yes_no", "integer", "text")
    _, nothing, first, second = excel(table)
    assert nothing == [""] * 6
    assert first == ["25-10-2026 02:30:00", "2026-10-25T00:30:00.000Z", "0", "nee", "0", ""]
    assert second[:2] == ["25-10-2026 02:30:00", "2026-10-25T01:30:00.000Z"]
    plain = b"".join(plain_csv(table)).decode().splitlines()
    assert plain[1:3] == [",,,,", "2026-10-25T00:30:00.000Z,0,false,0,"]


@given(st.text(alphabet=st.sampled_from(" \t\r\n\"'=+-@;,aé＝\u200b"), max_size=8))
@example("=1+1")
@example(" \"=cmd|' /C calc'!A0")
@example("\t=1")
def test_no_cell_begins_as_a_formula_and_nothing_else_is_changed(said: str) -> None:
    cell = excel(flat([(said, "x")], "text", "text"))[1][0]
    assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r", "＝")
    assert not cell.lstrip(' "\u200b\n').startswith(("=", "+", "-", "@", "\t", "＝"))
    told = said.replace("\r\n", "\n").replace("\r", "\n")
    assert cell in (told, f"'{told}")


@given(st.text(max_size=20))
def test_programs_get_each_text_as_it_is(said: str) -> None:
    data = b"".join(plain_csv(flat([(said, "x")], "text", "text"))).decode()
    row = list(csv.reader(io.StringIO(data, newline="")))[1]
    assert row == [said.replace("\r\n", "\n").replace("\r", "\n"), "x"]


async def test_a_workbook_has_dates_numbers_filters_and_no_formula(night: Night, catalogue: Catalogue) -> None:
    due = await with_actions(night)
    made = list(tables(await read(night, catalogue), "nl", catalogue))
    data, book = opened(made)
    assert book.sheetnames == ["Tijdlijn", "Besluiten", "Acties", "Oproepen", "Stappen", "Regels"]
    for sheet, table in zip(book.worksheets, made, strict=True):
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet.max_row == 1 + len(list(table.rows()))
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.orientation == "landscape"
    assert all(cell.data_type != "f" and cell.hyperlink is None for s in book.worksheets for r in s.rows for cell in r)
    first = [cell.value for cell in book["Acties"][2]]
    assert first[1] == '=HYPERLINK("https://kwaad.example")'
    assert first[5] == due.astimezone(AMSTERDAM).replace(tzinfo=None)
    assert first[9] == (night.now - due).total_seconds()
    assert book.properties.created == NIGHT.replace(tzinfo=None, microsecond=0)
    assert data == opened(made)[0]


@pytest.mark.parametrize("rows", [0, LARGE])
def test_what_a_cell_cannot_hold_is_shown_or_said(rows: int) -> None:
    long, odd = "é😀" * MOST, "a\x00b\x0bc\ufffed"
    data, book = opened([flat([(7, long, odd)], "integer", "text", "text")], rows)
    _, cut, shown = (cell.value for cell in book["Proef"][2])
    assert cut.endswith("[ingekort: zie regel 7]")
    assert MOST - 1 <= len(cut.encode("utf-16-le")) // 2 <= MOST
    assert shown == "a\ufffdb\ufffdc\ufffdd"
    assert data == opened([flat([(7, long, odd)], "integer", "text", "text")], rows)[0]


async def test_the_calendar_has_the_actions_that_have_a_time(night: Night, catalogue: Catalogue) -> None:
    due = await with_actions(night)
    dossier = await read(night, catalogue)
    data = calendar_file(dossier, "nl")
    (event,) = Calendar.from_ical(data).walk("VEVENT")
    assert event.decoded("DTSTART") == due.replace(microsecond=0)
    assert b"DTSTART;TZID=Europe/Amsterdam:" in data
    assert event.decoded("DTSTAMP") == night.now.replace(microsecond=0)
    assert str(event["SUMMARY"]).startswith("✓ =HYPERLINK(")
    assert str(event["UID"]).endswith("@iog.example")
    assert data == calendar_file(dossier, "nl")


def test_a_long_table_is_written_piece_by_piece() -> None:
    """The first piece is there before the last row is asked for."""
    asked = 0

    def rows() -> Iterator[Row]:
        nonlocal asked
        for n in range(100_000):
            asked = n
            yield n, "een regel van gewone lengte, met een ; erin"

    columns = (Column("nr", "Nr", "integer"), Column("text", "Tekst", "text"))
    pieces = excel_csv(Flat("proef", "Proef", "nl", columns, rows))
    assert sum(len(next(pieces)) for _ in range(3)) < 200_000
    assert asked < 5_000
