"""Tables as CSV: one way for Dutch Excel, one for programs.

A cell that begins as a formula would run in a spreadsheet, whoever wrote it: the Excel form puts an apostrophe before it. The
plain form leaves every text as it is, since for a program an added apostrophe is a wrong text; it is not meant for Excel.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from bot.domain.people import Language
from bot.dossier.columns import word
from bot.dossier.tables import Flat, Row, Value
from bot.words.shown import ZONE

_CHUNK: Final = 200  # rows before they are handed on
# What a spreadsheet takes for the beginning of a formula, also behind spaces and quotes and in wide letters (OWASP, CSV injection).
_FORMULA: Final = re.compile(r"""[\s"'\u200b\ufeff]*[=+\-@\t\r＝＋－＠]""")
_BREAKS: Final = re.compile(r"\r\n?")


def excel_csv(table: Flat) -> Iterator[bytes]:
    """For Dutch Excel: `;`, UTF-8 with a mark, CRLF, decimal comma; each moment in local time, and beside it in UTC."""
    moments = [n for n, column in reversed([*enumerate(table.columns)]) if column.kind == "moment"]

    def header() -> Iterator[str]:
        for column in table.columns:
            yield guarded(column.name)
            if column.kind == "moment":
                yield guarded(word(table.lang, "iso", column=column.name))

    def cells(row: Row) -> list[Value]:
        made: list[Value] = [
            # A letter or digit first, as nearly always: no need to look further.
            value if type(value) is str and value[:1].isalnum() and "\r" not in value else _for_excel(value, table.lang)
            for value in row
        ]
        for n in moments:
            value = row[n]
            made.insert(n + 1, _iso(value) if isinstance(value, datetime) else "")
        return made

    yield b"\xef\xbb\xbf"
    yield from _written([header()], ";", "\r\n")
    yield from _written(map(cells, table.rows()), ";", "\r\n")


def plain_csv(table: Flat) -> Iterator[bytes]:
    """For programs: comma, UTF-8, `\\n`, keys as header; moments in UTC, seconds with a point, `true` and `false`."""

    def cells(row: Row) -> list[Value]:
        # Most cells are text that is right already; a call for each would take longer than writing it.
        return [value if type(value) is str and "\r" not in value else _for_programs(value) for value in row]

    yield from _written([[column.key for column in table.columns]], ",", "\n")
    yield from _written(map(cells, table.rows()), ",", "\n")


def guarded(text: str) -> str:
    """The text, with an apostrophe before it when a spreadsheet could take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def _written(rows: Iterable[Iterable[Value]], delimiter: str, end: str) -> Iterator[bytes]:
    rows = iter(rows)
    while some := list(islice(rows, _CHUNK)):
        held = io.StringIO()
        csv.writer(held, delimiter=delimiter, lineterminator=end).writerows(some)
        yield held.getvalue().encode()


def _for_excel(value: Value, lang: Language) -> str:
    match value:
        case None:
            return ""
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
        case int():
            return str(value)


def _for_programs(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return _one_break(value)
        case bool():
            return "true" if value else "false"
        case datetime():
            return _iso(value)
        case timedelta():
            return _seconds(value)
        case int():
            return str(value)


def _one_break(text: str) -> str:
    return _BREAKS.sub("\n", text) if "\r" in text else text


def _seconds(length: timedelta) -> str:
    return f"{length.total_seconds():.3f}".rstrip("0").rstrip(".")


def _iso(at: datetime) -> str:
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return f"{utc.isoformat(timespec='milliseconds')[:-6]}Z"  # without its +00:00
