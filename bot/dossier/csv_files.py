"""Tables as CSV: one way for Dutch Excel, one for programs.

A cell that begins as a formula would run in a spreadsheet, whoever wrote it: the Excel form puts an apostrophe before it. The
plain form leaves every text as it is, since for a program an added apostrophe is a wrong text; it is not meant for Excel.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.domain.people import Language
from bot.dossier.columns import word
from bot.dossier.tables import Flat, Value
from bot.words.shown import ZONE

_CHUNK: Final = 64 * 1024  # characters before they are handed on
# What a spreadsheet takes for the beginning of a formula, also behind spaces and quotes and in wide letters (OWASP, CSV injection).
_FORMULA: Final = re.compile(r"""[\s"'\u200b\ufeff]*[=+\-@\t\r＝＋－＠]""")
_BREAKS: Final = re.compile(r"\r\n?")


def excel_csv(table: Flat) -> Iterator[bytes]:
    """For Dutch Excel: `;`, UTF-8 with a mark, CRLF, decimal comma; each moment in local time, and beside it in UTC."""
    moments = [column.kind == "moment" for column in table.columns]

    def header() -> Iterator[str]:
        for column in table.columns:
            yield guarded(column.name)
            if column.kind == "moment":
                yield guarded(word(table.lang, "iso", column=column.name))

    def cells(row: Iterable[Value]) -> Iterator[str]:
        for moment, value in zip(moments, row, strict=True):
            yield _for_excel(value, table.lang)
            if moment:
                yield _iso(value) if isinstance(value, datetime) else ""

    yield b"\xef\xbb\xbf"
    yield from _written([header()], str, ";", "\r\n")
    yield from _written(map(cells, table.rows()), str, ";", "\r\n")


def plain_csv(table: Flat) -> Iterator[bytes]:
    """For programs: comma, UTF-8, `\\n`, keys as header; moments in UTC, seconds with a point, `true` and `false`."""
    yield from _written([[column.key for column in table.columns]], str, ",", "\n")
    yield from _written(table.rows(), _for_programs, ",", "\n")


def guarded(text: str) -> str:
    """The text, with an apostrophe before it when a spreadsheet could take it for a formula."""
    # A letter or digit first, as nearly always: no need to look further.
    return text if text[:1].isalnum() or not _FORMULA.match(text) else f"'{text}"


def _written(
    rows: Iterable[Iterable[Value]], cell: Callable[[Value], str], delimiter: str, end: str
) -> Iterator[bytes]:
    held = io.StringIO()
    write = csv.writer(held, delimiter=delimiter, lineterminator=end).writerow
    for row in rows:
        write([cell(value) for value in row] if cell is not str else row)
        if held.tell() >= _CHUNK:
            yield held.getvalue().encode()
            held.seek(0)
            held.truncate()
    if held.tell():
        yield held.getvalue().encode()


def _for_excel(value: Value, lang: Language) -> str:
    match value:
        case str():
            return guarded(_one_break(value))
        case bool():
            return word(lang, "yes" if value else "no")
        case datetime():
            at = value.astimezone(ZONE)
            # strftime takes three times as long
            return f"{at.day:02}-{at.month:02}-{at.year:04} {at.hour:02}:{at.minute:02}:{at.second:02}"
        case timedelta():
            return _seconds(value).replace(".", ",")
        case None:
            return ""
        case int():
            return str(value)


def _for_programs(value: Value) -> str:
    match value:
        case str():
            return _one_break(value)
        case bool():
            return "true" if value else "false"
        case datetime():
            return _iso(value)
        case timedelta():
            return _seconds(value)
        case None:
            return ""
        case int():
            return str(value)


def _one_break(text: str) -> str:
    return _BREAKS.sub("\n", text) if "\r" in text else text


def _seconds(length: timedelta) -> str:
    return f"{length.total_seconds():.3f}".rstrip("0").rstrip(".")


def _iso(at: datetime) -> str:
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return f"{utc.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
