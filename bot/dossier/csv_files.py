"""Tables as CSV: one way for Dutch Excel, one for programs.

A cell that begins as a formula would run in a spreadsheet, whoever wrote it: the Excel form puts an apostrophe before it. The
plain form leaves every text as it is, since for a program an added apostrophe is a wrong text; it is not meant for Excel.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any, Final, assert_never

from bot.dossier.columns import word
from bot.dossier.tables import Flat, Kind, Row, Value
from bot.words.shown import ZONE

_CHUNK: Final = 200  # rows before they are handed on
# What a spreadsheet takes for the beginning of a formula, also behind spaces and quotes and in wide letters (OWASP, CSV injection).
_FORMULA: Final = re.compile(r"""[\s"'\u200b\ufeff]*[=+\-@\t\r＝＋－＠]""")
_BREAKS: Final = re.compile(r"\r\n?")


def excel_csv(table: Flat) -> Iterator[bytes]:
    """For Dutch Excel: `;`, UTF-8 with a mark, CRLF, decimal comma; each moment in local time, and beside it in UTC."""
    yes_no = {None: "", True: word(table.lang, "yes"), False: word(table.lang, "no")}

    def header() -> Iterator[str]:
        for column in table.columns:
            yield guarded(column.name)
            if column.kind == "moment":
                yield guarded(word(table.lang, "iso", column=column.name))

    def cells(kind: Kind, column: Sequence[Any]) -> Iterator[Sequence[Value]]:
        match kind:
            case "text":
                # A letter or digit first, as nearly always: no need to look further.
                odd = {one for one in set(column) if one and not (one[:1].isalnum() and "\r" not in one)}
                yield [guarded(_one_break(one)) if one in odd else one for one in column] if odd else column
            case "integer":
                yield column
            case "yes_no":
                yield [yes_no[one] for one in column]
            case "seconds":
                yield [None if one is None else _seconds(one).replace(".", ",") for one in column]
            case "moment":
                told = [one and _iso(one) for one in column]
                yield [iso and f"{_local(iso[:16])}{iso[16:19]}" for iso in told]
                yield told
            case _:
                assert_never(kind)

    yield b"\xef\xbb\xbf"
    yield _written([tuple(header())], ";", "\r\n")
    for some in _chunks(table):
        yield _written(_by_column(table, some, cells), ";", "\r\n")


def plain_csv(table: Flat) -> Iterator[bytes]:
    """For programs: comma, UTF-8, `\n`, keys as header; moments in UTC, seconds with a point, `true` and `false`."""
    yes_no = {None: "", True: "true", False: "false"}

    def cells(kind: Kind, column: Sequence[Any]) -> Iterator[Sequence[Value]]:
        match kind:
            case "text":
                odd = {one for one in set(column) if one and "\r" in one}
                yield [_one_break(one) if one in odd else one for one in column] if odd else column
            case "integer":
                yield column
            case "yes_no":
                yield [yes_no[one] for one in column]
            case "seconds":
                yield [None if one is None else _seconds(one) for one in column]
            case "moment":
                yield [one and _iso(one) for one in column]
            case _:
                assert_never(kind)

    yield _written([tuple(column.key for column in table.columns)], ",", "\n")
    for some in _chunks(table):
        yield _written(_by_column(table, some, cells), ",", "\n")


def guarded(text: str) -> str:
    """The text, with an apostrophe before it when a spreadsheet could take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def _chunks(table: Flat) -> Iterator[Sequence[Row]]:
    rows = table.rows()
    while some := list(islice(rows, _CHUNK)):
        yield some


def _by_column(
    table: Flat, some: Sequence[Row], cells: Callable[[Kind, Sequence[Any]], Iterator[Sequence[Value]]]
) -> Iterator[tuple[Value, ...]]:
    """The rows again, made column by column: a question for each cell what it is would take longer than writing it."""
    columns = zip(table.columns, zip(*some, strict=True), strict=True)
    made = [new for column, values in columns for new in cells(column.kind, values)]
    return zip(*made, strict=True)


def _written(rows: Iterable[tuple[Value, ...]], delimiter: str, end: str) -> bytes:
    """What is None is empty, and a number stands in digits."""
    held = io.StringIO()
    csv.writer(held, delimiter=delimiter, lineterminator=end).writerows(rows)
    return held.getvalue().encode()


def _one_break(text: str) -> str:
    return _BREAKS.sub("\n", text) if "\r" in text else text


def _seconds(length: timedelta) -> str:
    return f"{length.total_seconds():.3f}".rstrip("0").rstrip(".")


def _iso(at: datetime) -> str:
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return f"{utc.isoformat(timespec='milliseconds')[:-6]}Z"  # without its +00:00


@lru_cache(maxsize=4096)
def _local(minute: str) -> str:
    """A minute (UTC, ISO) by the clock on the wall here; since long before there was a log zones differ by whole minutes."""
    at = datetime.fromisoformat(f"{minute}+00:00").astimezone(ZONE)
    return f"{at.day:02}-{at.month:02}-{at.year:04} {at.hour:02}:{at.minute:02}"
