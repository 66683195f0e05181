"""The documents of a dossier, each made from the same laid-out view or the same tables: all of them for a bundle, or one."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, assert_never
from zipfile import ZipFile, ZipInfo

from bot.domain.people import Language
from bot.dossier.attachments import safe_name
from bot.dossier.calendar_file import calendar_file
from bot.dossier.collect import Dossier, Stored
from bot.dossier.csv_files import excel_csv, plain_csv
from bot.dossier.disclosure import Disclosed
from bot.dossier.disclosure_page import Possible, as_copy, listed_section
from bot.dossier.evaluation import evaluation_json
from bot.dossier.html import html
from bot.dossier.json_lines import json_lines
from bot.dossier.layout import lay_out
from bot.dossier.markdown import markdown
from bot.dossier.one_page import decision_note, sitrep_sheet
from bot.dossier.pdf import Attachment, BrokenTemplate, pdf
from bot.dossier.sheet import Sheet
from bot.dossier.tables import tables
from bot.dossier.word import BrokenWordTemplate, word
from bot.dossier.workbook import workbook
from bot.words.catalogue import LANGUAGES, Catalogue

# What can be asked for by itself; the bundle holds all but the last two.
Form = Literal["pdf", "word", "excel", "csv", "html", "json", "ical", "sitrep", "note"]
LOG: Final = "log.jsonl"
WORD_TEMPLATE: Final = "dossier.docx"  # a municipality's own
EVALUATION: Final = "evaluation.json"
_TIMELINE: Final[dict[Language, str]] = {"nl": "tijdlijn.nl", "en": "timeline.en"}
_ZIP_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Templates:
    """A municipality's own: a folder with `dossier.typ` and a logo, and beside them `dossier.docx`; each may be missing."""

    folder: Path | None = None

    def word(self) -> bytes | None:
        path = None if self.folder is None else self.folder / WORD_TEMPLATE
        return path.read_bytes() if path is not None and path.is_file() else None


BUILT_IN: Final = Templates()


@dataclass(frozen=True, slots=True)
class Unmade:
    """A document that could not be made: which template is broken, at which line (0: of the whole), and what was said of it; or
    (`file` empty) there is no such report or decision."""

    file: str
    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Copied:
    """A dossier is a copy for others, in each language that is asked for; `listed` is what may be personal data in what it was
    copied from."""

    copies: Mapping[Language, Disclosed]
    listed: tuple[Possible, ...]

    def marked(self, sheet: Sheet, catalogue: Catalogue) -> Sheet:
        """The sheet, as one that says of itself that it is a copy, and what was kept back."""
        return as_copy(sheet, self.copies[sheet.lang], self.listed, sheet.lang, catalogue)


@dataclass(frozen=True, slots=True)
class Document:
    name: str
    data: bytes


# How many documents there are in a bundle beside the tables as CSV, which take little time.
COUNT: Final = 4 + 5 * 2


@dataclass(frozen=True, slots=True)
class Press:
    """Makes the documents of one dossier; `public_key` is the log's in base64. Everything here works for seconds on a long log."""

    stored: Stored
    dossier: Dossier
    public_key: str
    catalogue: Catalogue
    templates: Templates = BUILT_IN
    copied: Copied | None = None
    listed: tuple[Possible, ...] = ()  # what may be personal data in a dossier that is no copy
    beside: Path | None = None  # a directory for what is half made, elsewhere than where everybody's temporary files go

    def each(self) -> Iterator[Document | Unmade]:
        """Every document in both languages, one at a time, so that a long log is not there in every form at once. `COUNT` of
        them, and after them the tables as CSV."""
        yield Document(EVALUATION, evaluation_json(self.dossier))
        yield Document(LOG, self.log())
        yield Document("acties.nl.ics", self.calendar("nl"))
        yield Document("actions.en.ics", self.calendar("en"))
        for lang in LANGUAGES:
            sheet = self.sheet(lang)
            yield Document(f"{_TIMELINE[lang]}.html", html(sheet).encode())
            yield Document(f"{_TIMELINE[lang]}.md", markdown(sheet).encode())
            yield self.printed(sheet)
            yield self.written(sheet)
            yield Document(f"dossier.{lang}.xlsx", self.book(lang))
        for lang in LANGUAGES:
            yield from (Document(name, data) for name, data in self.csv(lang))

    def one(self, form: Form, lang: Language, number: int | None = None) -> Document | Unmade:
        """One document in one language; `number` is that of the report or decision."""
        about = f"{self.dossier.incident.number}-"
        match form:
            case "pdf":
                made = self.printed(self.sheet(lang))
            case "word":
                made = self.written(self.sheet(lang))
            case "excel":
                made = Document(f"dossier.{lang}.xlsx", self.book(lang))
            case "csv":
                made = Document(f"csv.{lang}.zip", zipped(dict(self.csv(lang))))
            case "html":
                made = Document(f"{_TIMELINE[lang]}.html", html(self.sheet(lang)).encode())
            case "json":
                made = Document(LOG, self.log())
            case "ical":
                made = Document("acties.ics" if lang == "nl" else "actions.ics", self.calendar(lang))
            case "sitrep":
                made = self._page(sitrep_sheet(self._told(lang), lang, self.catalogue, number), "sitrap")
            case "note":
                made = self._page(
                    decision_note(self._told(lang), lang, self.catalogue, number or 0), f"besluit-{number}"
                )
            case _:
                assert_never(form)
        return made if isinstance(made, Unmade) else Document(safe_name(about + made.name), made.data)

    def sheet(self, lang: Language) -> Sheet:
        sheet = lay_out(self._told(lang), self.public_key, lang, self.catalogue)
        if self.copied is not None:
            return self.copied.marked(sheet, self.catalogue)
        if not self.listed:
            return sheet
        return replace(sheet, sections=(*sheet.sections, listed_section(self.listed, lang, self.catalogue)))

    def _told(self, lang: Language) -> Dossier:
        """In a copy people are called otherwise in each language."""
        return self.dossier if self.copied is None else self.copied.copies[lang].dossier

    def log(self) -> bytes:
        return b"".join(json_lines(self.stored.raws, self.stored.openings))

    def calendar(self, lang: Language) -> bytes:
        return calendar_file(self._told(lang), lang)

    def printed(self, sheet: Sheet) -> Document | Unmade:
        log = Attachment(LOG, self.log(), "application/jsonl", "source", "log")
        made = pdf(sheet, (log,), self.templates.folder, beside=self.beside)
        if isinstance(made, BrokenTemplate):
            return Unmade(made.file, made.line, made.why)
        return Document(f"dossier.{sheet.lang}.pdf", made)

    def written(self, sheet: Sheet) -> Document | Unmade:
        try:
            own = self.templates.word()
        except OSError as wrong:  # theirs: the disk that we write on is told otherwise
            return Unmade(WORD_TEMPLATE, 0, str(wrong.strerror))
        made = word(sheet, own)
        if isinstance(made, BrokenWordTemplate):
            return Unmade(WORD_TEMPLATE, 0, made.why)
        return Document(f"dossier.{sheet.lang}.docx", made)

    def book(self, lang: Language) -> bytes:
        lines = self.dossier.lines
        at = lines[-1].at if lines else datetime(1980, 1, 1, tzinfo=UTC)
        made = io.BytesIO()
        flat, title = tables(self._told(lang), lang, self.catalogue), self.sheet(lang).title
        workbook(flat, title, at, len(lines), made, self.beside)
        return made.getvalue()

    def csv(self, lang: Language) -> Iterator[tuple[str, bytes]]:
        """A file for each table: for Excel in its language, and one for programs, which is the same in either."""
        for table in tables(self._told(lang), lang, self.catalogue):
            yield f"csv/{lang}/{safe_name(table.name).lower()}.csv", b"".join(excel_csv(table))
            if lang == "en":
                yield f"csv/systems/{table.id}.csv", b"".join(plain_csv(table))

    def _page(self, sheet: Sheet | None, name: str) -> Document | Unmade:
        if sheet is None:
            return Unmade("", 0, "")
        sheet = sheet if self.copied is None else self.copied.marked(sheet, self.catalogue)
        made = pdf(sheet, (), self.templates.folder, "note", self.beside)
        if isinstance(made, BrokenTemplate):
            return Unmade(made.file, made.line, made.why)
        return Document(f"{name}.{sheet.lang}.pdf", made)


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip with fixed dates, so that the same files give the same bytes."""
    made = io.BytesIO()
    with ZipFile(made, "w") as archive:
        for name in sorted(files):
            archive.writestr(ZipInfo(name, _ZIP_EPOCH), files[name])
    return made.getvalue()
