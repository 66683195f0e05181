"""A sheet as a PDF that archives keep and screen readers read: PDF/A-3a and PDF/UA-1 together, with its attachments inside.

What people wrote goes to typst as data, never as markup. Long for a module: a template's data and its compilation are one contract.
"""

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal, NoReturn, assert_never

import msgspec
import typst

from bot.domain.playbook import Both
from bot.dossier.sheet import Bar, Block, Cell, Code, Facts, Length, Ref, Section, Sentence, Sheet, Table, When
from bot.dossier.typefaces import FAMILIES, Unshown
from bot.dossier.widths import widths

_BUILT_IN: Final = Path(__file__).parent / "templates"
_NO_DATE: Final = datetime(
    1970, 1, 1, tzinfo=UTC
)  # of a log without entries; an archive takes no document without a date
TEMPLATE: Final = "dossier.typ"  # the name of a template, built in or a municipality's own
_LOGOS: Final = ("logo.svg", "logo.png")
_FONTS: Final = "fonts"
_PACKAGE: Final = re.compile(r'"@[\w-]+/')
_PLACE: Final = re.compile(r"┌─ (?P<file>[^\n]*?):(?P<line>\d+):\d+")
_WORDS: Final = {
    "contents": Both("Inhoud", "Contents"),
    "page": Both("blz. {page} van {pages}", "page {page} of {pages}"),
    "logo": Both("Logo van de gemeente", "Logo of the municipality"),
    "unshown": Both(
        "Een teken dat geen lettertype toont, staat er met zijn nummer en naam, zoals [U+2705 WHITE HEAVY CHECK MARK].",
        "A character that no font shows stands here by its number and name, such as [U+2705 WHITE HEAVY CHECK MARK].",
    ),
}

# Which the reader is given: a whole dossier with a cover and contents, or a document of one page.
Form = Literal["dossier", "note"]
Relationship = Literal["source", "data", "alternative", "supplement"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the PDF; `relationship` is what it is to the document (the AFRelationship of PDF/A-3)."""

    name: str
    data: bytes
    mime: str
    relationship: Relationship
    description: str


@dataclass(frozen=True, slots=True)
class BrokenTemplate:
    """A template that makes no PDF: `file` as its folder names it, `line` (0: of the whole), and what typst said of it."""

    file: str
    line: int
    why: str


def pdf(
    sheet: Sheet,
    attachments: Sequence[Attachment] = (),
    own: Path | None = None,
    form: Form = "dossier",
    beside: Path | None = None,
) -> bytes | BrokenTemplate:
    """The document; `own` is a municipality's folder with `dossier.typ`, a logo or `fonts`, each optional.

    What it is made of lies for a while in a directory within `beside`.
    The same sheet gives the same bytes. Works for seconds on a long timeline: call it in a thread. Raises OSError.
    """
    with TemporaryDirectory(dir=beside) as name:
        root = Path(name)
        shutil.copytree(_BUILT_IN, root, dirs_exist_ok=True)
        if own is not None:
            theirs = _brought(own)
            if isinstance(theirs, BrokenTemplate):
                return theirs
            for path, data in theirs.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_bytes(data)
            if (packaged := _packaged(own)) is not None:
                return packaged
        for number, one in enumerate(attachments):
            (root / f"attachment-{number}").write_bytes(one.data)
        return _compiled(sheet, attachments, root, form)


def _brought(own: Path) -> dict[Path, bytes] | BrokenTemplate:
    """A municipality's files by their place; what of it cannot be read is named, and not taken for a disk that is full."""
    found: dict[Path, bytes] = {}
    at = own
    try:
        for folder, _, names in os.walk(own, onerror=_raised, followlinks=True):
            for name in names:
                at = Path(folder, name)
                if at.is_file() or not at.exists():  # a pipe would be waited for
                    found[at.relative_to(own)] = at.read_bytes()
    except OSError as wrong:
        at = Path(wrong.filename) if wrong.filename else at
        return BrokenTemplate(at.relative_to(own).as_posix(), 0, str(wrong.strerror))
    return found


def _raised(wrong: OSError) -> NoReturn:
    raise wrong


def _packaged(own: Path) -> BrokenTemplate | None:
    """A package would be fetched from the internet, and tomorrow it may be another."""
    for path in sorted(own.rglob("*.typ")):
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            if _PACKAGE.search(line):
                return BrokenTemplate(path.relative_to(own).as_posix(), number, "packages are not fetched")
    return None


def _compiled(sheet: Sheet, attachments: Sequence[Attachment], root: Path, form: Form) -> bytes | BrokenTemplate:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[root / _FONTS] if (root / _FONTS).is_dir() else [])
    unshown = Unshown(fonts)
    data = msgspec.json.encode(_data(sheet, attachments, root, form, unshown))
    if unshown.tries(frozenset(data.decode())):
        data = msgspec.json.encode(_data(sheet, attachments, root, form, unshown))
    while True:
        (root / "data.json").write_bytes(data)
        try:
            return typst.compile(
                root / TEMPLATE,
                root=root,
                font_paths=fonts,
                ignore_system_fonts=True,
                pdf_standards=["a-3a", "ua-1"],
                timestamp=_date(sheet),
            )
        except typst.TypstError as wrong:
            # A mark may be in one font and its letter in another: then it shows only when the whole is set.
            if not unshown.learns(wrong.diagnostic):
                return _broken(wrong, root)
        data = msgspec.json.encode(_data(sheet, attachments, root, form, unshown))


def _broken(wrong: typst.TypstError, root: Path) -> BrokenTemplate:
    place = _PLACE.search(wrong.diagnostic)
    why = " ".join([wrong.message, *wrong.hints]).replace(str(root), "")
    # typst names a file from where the program runs, or from the root
    file = place["file"].rpartition(f"{root.name}/")[2].lstrip("/") if place else TEMPLATE
    return BrokenTemplate(file, int(place["line"]) if place else 0, why)


def _date(sheet: Sheet) -> datetime:
    return _NO_DATE if sheet.at is None else sheet.at.astimezone(UTC).replace(microsecond=0)


def _data(
    sheet: Sheet, attachments: Sequence[Attachment], root: Path, form: Form, unshown: Unshown
) -> dict[str, object]:
    """What a template reads as `data.json`; docs/beheer/archief.md tells it to who writes one."""
    reader = _Reader(unshown, frozenset(_ids(sheet.sections)))
    at = _date(sheet)
    parts = ("year", "month", "day", "hour", "minute", "second")
    return {
        "form": form,
        "lang": sheet.lang,
        "title": reader.text(sheet.title),
        "handling": reader.text(sheet.handling),
        "marks": [reader.text(one) for one in sheet.marks],
        "cover": [[reader.text(name), reader.cell(cell)] for name, cell in sheet.cover],
        "made_from": reader.text(sheet.made_from),
        "at": {part: getattr(at, part) for part in parts},
        "sections": [reader.section(one) for one in sheet.sections],
        "attachments": [
            {"name": one.name, "file": f"attachment-{number}", "mime": one.mime, "relationship": one.relationship}
            | {"description": one.description}
            for number, one in enumerate(attachments)
        ],
        "logo": next((name for name in _LOGOS if (root / name).exists()), None),
        "fonts": [*FAMILIES, *unshown.own],
        "unshown": _say(sheet, "unshown") if reader.spelled else None,
        "words": {one: _say(sheet, one) for one in ("contents", "page", "logo")},
    }


class _Reader:
    """Reads a sheet into plain values, with what no font shows spelled out; `spelled`: whether there was any."""

    def __init__(self, unshown: Unshown, ids: frozenset[str]) -> None:
        self._unshown = unshown
        self._ids = ids
        self.spelled = False

    def text(self, text: str) -> str:
        shown = self._unshown.spell(text)
        self.spelled = self.spelled or shown != text
        return shown

    def section(self, section: Section) -> dict[str, object]:
        return {
            "id": section.id,
            "heading": self.text(section.heading),
            "own_page": section.own_page,
            "blocks": [self.block(one) for one in section.blocks],
            "sections": [self.section(one) for one in section.sections],
        }

    def block(self, block: Block) -> dict[str, object]:
        match block:
            case Sentence(text):
                return {"kind": "sentence", "text": self.text(text)}
            case Facts(rows):
                return {"kind": "facts", "rows": [[self.text(name), self.cell(cell)] for name, cell in rows]}
            case Table(header, rows, ids):
                return {
                    "kind": "table",
                    "header": [self.text(one) for one in header],
                    "widths": widths(block),
                    "rows": [[self.cell(cell) for cell in row] for row in rows],
                    "ids": list(ids),
                }
            case _:
                assert_never(block)

    def cell(self, cell: Cell) -> object:
        match cell:
            case str():
                return self.text(cell)
            case Code(text):
                return {"kind": "code", "text": self.text(text)}
            case When(text, iso):
                return {"kind": "when", "text": self.text(text), "iso": iso}
            case Length(text, seconds):
                return {"kind": "length", "text": self.text(text), "seconds": seconds}
            case Ref(text, where):
                return {"kind": "ref", "text": self.text(text), "to": where if where in self._ids else None}
            case Bar(ground):
                return {"kind": "bar", "text": self.text(ground)}
            case tuple():
                return {"kind": "all", "cells": [self.cell(one) for one in cell]}
            case _:
                assert_never(cell)


def _ids(sections: Sequence[Section]) -> Iterator[str]:
    for section in sections:
        yield section.id
        for block in section.blocks:
            if isinstance(block, Table):
                yield from filter(None, block.ids)
        yield from _ids(section.sections)


def _say(sheet: Sheet, key: str) -> str:
    both = _WORDS[key]
    return both.nl if sheet.lang == "nl" else both.en
