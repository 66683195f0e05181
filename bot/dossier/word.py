"""A sheet as a Word document, for who writes the report: out of the built-in template or a municipality's own."""

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NoReturn, assert_never
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import TemplateError, Undefined
from jinja2.sandbox import SandboxedEnvironment
from lxml.etree import XMLSyntaxError

from bot.domain.people import Language
from bot.dossier.sheet import Bar, Block, Cell, Code, Facts, Length, Ref, Section, Sentence, Sheet, Table, When
from bot.dossier.widths import widths
from bot.dossier.word_template import LEVELS, built_in

# What XML cannot hold stands as a character that says so.
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TEXT_WIDTH: Final = 9638  # twentieths of a point: 17 of the 21 cm of a page
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_LOCALE: Final[dict[Language, str]] = {"nl": "nl-NL", "en": "en-GB"}
# What a template can do wrong: as a file, as a zip, as XML, in its tags, or in what it computes.
_BROKEN: Final = (
    TemplateError, PackageNotFoundError, BadZipFile, zlib.error, XMLSyntaxError, LookupError, ValueError, TypeError,
    AttributeError, ArithmeticError, RuntimeError,
)  # fmt: skip


class _Unknown(Undefined):
    """A name that the dossier does not have may be asked for with `if`; to show it is a mistake, and no empty place."""

    def __str__(self) -> NoReturn:
        self._fail_with_undefined_error()

    def __iter__(self) -> NoReturn:
        self._fail_with_undefined_error()


@dataclass(frozen=True, slots=True)
class BrokenWordTemplate:
    """A template that makes no document, and what was said of it."""

    why: str


def word(sheet: Sheet, template: bytes | None = None) -> bytes | BrokenWordTemplate:
    """The docx; `template` is a municipality's own. The same sheet and template give the same bytes.

    A template is filled in a sandbox: it can say what the dossier holds and do nothing else.
    """
    try:
        filled = DocxTemplate(io.BytesIO(template if template is not None else built_in()))
        filled.render(_context(sheet), jinja_env=SandboxedEnvironment(autoescape=True, undefined=_Unknown))
        _columns(filled, sheet)
        _properties(filled, sheet)
        saved = io.BytesIO()
        filled.save(saved)
    except _BROKEN as wrong:
        return BrokenWordTemplate(f"{type(wrong).__name__}: {wrong}")
    return _steady(saved.getvalue())


def _context(sheet: Sheet) -> dict[str, object]:
    return {
        "lang": sheet.lang,
        "title": _clean(sheet.title),
        "handling": _clean(sheet.handling),
        "marks": [_clean(mark) for mark in sheet.marks],
        "cover": [[_clean(name), _text(cell)] for name, cell in sheet.cover],
        "made_from": _clean(sheet.made_from),
        "parts": [part for section in sheet.sections for part in _parts(section, 1)],
        "sections": {one.id: list(_parts(one, 1)) for one in _all(sheet.sections)},
    }


def _all(sections: tuple[Section, ...]) -> Iterator[Section]:
    for one in sections:
        yield one
        yield from _all(one.sections)


def _parts(section: Section, level: int) -> Iterator[dict[str, object]]:
    kind = "page" if section.own_page else "heading"
    yield {"kind": f"{kind}{min(level, LEVELS)}", "text": _clean(section.heading)}
    for block in section.blocks:
        yield _part(block)
    for inner in section.sections:
        yield from _parts(inner, level + 1)


def _part(block: Block) -> dict[str, object]:
    match block:
        case Sentence(text):
            return {"kind": "sentence", "text": _clean(text)}
        case Facts(rows):
            return {"kind": "facts", "rows": [[_clean(name), _text(cell)] for name, cell in rows]}
        case Table(header, rows, _):
            names = [_clean(name) for name in header]
            return {"kind": "table", "header": names, "rows": [[_text(cell) for cell in row] for row in rows]}
        case _:
            assert_never(block)


def _text(cell: Cell) -> str:
    match cell:
        case str():
            return _clean(cell)
        case Code(text) | When(text, _) | Length(text, _) | Ref(text, _):
            return _clean(text)
        case Bar(ground):
            return _clean(f"▒▒▒ {ground}")
        case tuple():
            return "\n".join(_text(one) for one in cell)
        case _:
            assert_never(cell)


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _columns(filled: DocxTemplate, sheet: Sheet) -> None:
    """Columns as wide as what stands in them asks for, in the tables that have a header: Word would make them all alike."""
    tables = [
        one for one in filled.docx.element.body.iter(qn("w:tbl")) if one.find(f".//{qn('w:tblHeader')}") is not None
    ]
    data = [block for section in _all(sheet.sections) for block in section.blocks if isinstance(block, Table)]
    if len(tables) != len(data):
        return  # a municipality's own template shows what it wants
    for table, block in zip(tables, data, strict=True):
        parts = widths(block)
        wide_as = [str(_TEXT_WIDTH * part // sum(parts)) for part in parts]
        for column, width in zip(table.tblGrid.findall(qn("w:gridCol")), wide_as, strict=False):
            column.set(qn("w:w"), width)
        for row in table.tr_lst:
            for cell, width in zip(row.tc_lst, wide_as, strict=False):
                wide = cell.get_or_add_tcPr().get_or_add_tcW()
                wide.set(qn("w:w"), width)
                wide.set(qn("w:type"), "dxa")


def _properties(filled: DocxTemplate, sheet: Sheet) -> None:
    """Of the document itself no other date than the log's, and the language that a screen reader speaks it in."""
    document = filled.docx  # `get_docx` would read the empty template again
    at = datetime(1980, 1, 1, tzinfo=UTC) if sheet.at is None else sheet.at.astimezone(UTC).replace(microsecond=0)
    about = document.core_properties
    about.title, about.author, about.last_modified_by, about.comments = _clean(sheet.title), "", "", ""
    about.created = about.modified = at.replace(tzinfo=None)
    about.language, about.revision = _LOCALE[sheet.lang], 1
    for said in document.styles.element.iter(qn("w:lang")):
        said.set(qn("w:val"), _LOCALE[sheet.lang])


def _steady(docx: bytes) -> bytes:
    """The same parts with a fixed date: a zip otherwise names the moment at which it was written."""
    steady = io.BytesIO()
    with ZipFile(io.BytesIO(docx)) as made, ZipFile(steady, "w", ZIP_DEFLATED) as written:
        for name in made.namelist():
            info = ZipInfo(name, _EPOCH)
            info.compress_type, info.create_system = ZIP_DEFLATED, 3
            written.writestr(info, made.read(name))
    return steady.getvalue()
