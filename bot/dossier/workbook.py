"""Tables as one workbook for Excel: real dates in local time, seconds as numbers, and no text that runs or links anywhere."""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, Final

import xlsxwriter  # type: ignore[import-untyped]

from bot.dossier.columns import word
from bot.dossier.tables import Column, Flat, Value
from bot.words.shown import ZONE

MOST: Final = 32_767  # UTF-16 units that a cell of Excel holds
LARGE: Final = 20_000  # rows from which they go by way of the disk, and not all of them through memory
# What XML 1.0 cannot hold: Excel calls a file with one of these damaged.
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WIDE: Final = frozenset(("what", "text", "decision", "action", "reason", "reply", "why", "remark", "failure"))
# As Excel itself writes into its files.
_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class _Formats:
    header: Any  # of xlsxwriter, which has no types
    text: Any
    moment: Any
    integer: Any
    seconds: Any


def workbook(
    tables: Sequence[Flat], title: str, at: datetime, rows: int, to: IO[bytes], beside: Path | None = None
) -> None:
    """Writes the workbook into `to`; `at` (UTC), the moment of the last entry, is the only date in its properties.

    With `rows` from LARGE on it keeps little in memory, and for a while most of it in files in the directory `beside`.
    The same tables give the same bytes.
    """
    held = io.BytesIO()
    large = rows >= LARGE
    book = xlsxwriter.Workbook(held, {
        "in_memory": not large, "constant_memory": large, "tmpdir": None if beside is None else str(beside),
        "remove_timezone": True,
        "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    })  # fmt: skip
    book.set_properties({"title": shown(title), "created": at.replace(tzinfo=None)})
    formats = _formats(book)
    for table in tables:
        _sheet(book.add_worksheet(table.name), table, formats)
    book.close()
    _same_times(held, to)


def shown(text: str) -> str:
    """The text with � for each character that the file cannot hold."""
    return _NOT_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def fitted(text: str, mark: str) -> str:
    """The text as far as a cell holds it, with `mark` at the end when something was left out."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MOST:
        return text
    # Half of a pair at the end is no character.
    return units[: 2 * (MOST - len(mark))].decode("utf-16-le", "ignore") + mark


def _formats(book: Any) -> _Formats:  # noqa: ANN401 - xlsxwriter has no types
    top = {"valign": "top"}
    return _Formats(
        header=book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E8EDF3"}),
        text=book.add_format({**top, "text_wrap": True, "num_format": "@"}),
        moment=book.add_format({**top, "num_format": "dd-mm-yyyy hh:mm:ss"}),
        integer=book.add_format({**top, "num_format": "0"}),
        seconds=book.add_format({**top, "num_format": "0.###"}),
    )


def _sheet(sheet: Any, table: Flat, formats: _Formats) -> None:  # noqa: ANN401 - xlsxwriter has no types
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, _width(column))
        sheet.write_string(0, place, shown(column.name), formats.header)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&L&A&R&P / &N")
    last = 0
    for last, row in enumerate(table.rows(), start=1):
        mark = word(table.lang, "cut", number=str(row[0]))
        for place, value in enumerate(row):
            _cell(sheet, last, place, value, formats, mark, table)
    sheet.autofilter(0, 0, last, len(table.columns) - 1)


def _cell(
    sheet: Any,  # noqa: ANN401 - xlsxwriter has no types
    row: int,
    place: int,
    value: Value,
    formats: _Formats,
    mark: str,
    table: Flat,
) -> None:
    match value:
        case str():
            sheet.write_string(row, place, fitted(shown(value), mark), formats.text)
        case bool():
            sheet.write_string(row, place, word(table.lang, "yes" if value else "no"), formats.text)
        case datetime():
            sheet.write_datetime(row, place, value.astimezone(ZONE), formats.moment)
        case timedelta():
            sheet.write_number(row, place, value.total_seconds(), formats.seconds)
        case int():
            sheet.write_number(row, place, value, formats.integer)
        case None:
            pass


def _width(column: Column) -> int:
    if column.key in _WIDE or column.key.startswith("reason_"):
        return 20 if column.kind == "moment" else 60
    return {"text": 24, "integer": 10, "seconds": 14, "moment": 20, "yes_no": 12}[column.kind]


def _same_times(made: io.BytesIO, to: IO[bytes]) -> None:
    """By way of the disk the parts carry the rights of files of this machine: they are written again without."""
    with zipfile.ZipFile(made) as parts, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as book:
        for name in parts.namelist():
            plain = zipfile.ZipInfo(name, _ZIP_TIME)
            plain.compress_type = zipfile.ZIP_DEFLATED
            with parts.open(name) as part, book.open(plain, "w") as written:
                while chunk := part.read(1 << 20):
                    written.write(chunk)
