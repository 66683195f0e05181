"""The Word document, read back: everything that the sheet says, the same bytes, an own template or a plain no."""

import io
from datetime import UTC, datetime
from zipfile import ZipFile

import pytest
from docx import Document
from docx.document import Document as Doc
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.people import Language
from bot.dossier.collect import Broken, collect, tell
from bot.dossier.documents import zipped
from bot.dossier.layout import lay_out
from bot.dossier.sheet import Bar, Code, Facts, Length, Ref, Section, Sentence, Sheet, Table, When
from bot.dossier.word import BrokenWordTemplate, word
from bot.dossier.word_template import built_in
from bot.words.catalogue import Catalogue
from tests.dossier.story import NUMBER, Night

AT = datetime(2026, 11, 22, 2, 10, tzinfo=UTC)


def sheet(*blocks: Facts | Table | Sentence, lang: Language = "nl") -> Sheet:
    inner = Section("b1", "Besluit 1", (Sentence("binnen"),), own_page=True)
    return Sheet(
        lang=lang, title="Dossier 2026-001", handling="Vertrouwelijk", sections=(Section("a", "Kop", blocks, (inner,)),),
        marks=("OEFENING",), cover=(("Nummer", "2026-001"),), made_from="3 regels", at=AT,
    )  # fmt: skip


def opened(made: bytes | BrokenWordTemplate) -> Doc:
    assert isinstance(made, bytes), made
    return Document(io.BytesIO(made))


def texts(document: Doc) -> list[str]:
    cells = [c.text for table in document.tables for row in table.rows for c in row.cells]
    return [*(p.text for p in document.paragraphs), *cells]


def test_every_kind_of_block_and_cell_is_there() -> None:
    cells = ("tekst", Code("#1"), When("22-11-2026 03:10", "2026-11-22T02:10:00Z"), Length("5 min", 300))
    table = Table(("a", "b", "c", "d", "e", "f", "g"), ((*cells, Ref("regel 1", "line-1"), Bar("gewist"), ("x", "y")),))
    document = opened(word(sheet(Facts((("Naam", "waarde"),)), table, Sentence("Een zin."))))
    found = texts(document)
    for said in (
        "Naam",
        "waarde",
        "Een zin.",
        "tekst",
        "#1",
        "22-11-2026 03:10",
        "5 min",
        "regel 1",
        "▒▒▒ gewist",
        "x\ny",
    ):
        assert said in found
    styles = {p.text: p.style.name for p in document.paragraphs if p.style is not None}
    assert (styles["Kop"], styles["Besluit 1"], styles["Dossier 2026-001"]) == ("Heading 1", "Heading 2", "Title")
    assert next(p for p in document.paragraphs if p.text == "Besluit 1").paragraph_format.page_break_before
    assert document.sections[0].header.paragraphs[0].text == "OEFENING"


def test_the_header_of_a_table_comes_again_on_every_page_and_a_row_is_not_cut() -> None:
    document = opened(word(sheet(Table(("Nr", "Wat"), (("1", "kort"), ("2", "een heel lange zin " * 9))))))
    table = document.tables[-1]._tbl
    assert table.tr_lst[0].find(f".//{qn('w:tblHeader')}") is not None
    assert all(row.find(f".//{qn('w:cantSplit')}") is not None for row in table.tr_lst[1:])
    narrow, wide = (int(column.get(qn("w:w"))) for column in table.tblGrid.findall(qn("w:gridCol")))
    assert wide > 2 * narrow


@pytest.mark.parametrize(("lang", "locale"), [("nl", "nl-NL"), ("en", "en-GB")])
def test_it_names_its_language_and_no_other_date_than_the_logs(lang: Language, locale: str) -> None:
    document = opened(word(sheet(lang=lang)))
    about = document.core_properties
    assert (about.language, about.author, about.title) == (locale, "", "Dossier 2026-001")
    assert about.created == about.modified == AT.replace(tzinfo=None) or about.created == AT


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert word(sheet(Sentence("zin"))) == word(sheet(Sentence("zin")))


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=60))
def test_what_people_wrote_is_text_and_nothing_else(said: str) -> None:
    document = opened(word(sheet(Facts((("Wat", f"{said}{{{{ title }}}}<w:p/>{{% x %}}"),)))))
    assert f"{said}{{{{ title }}}}<w:p/>{{% x %}}" in texts(document)


def test_what_xml_cannot_hold_is_shown_as_such() -> None:
    assert "a\ufffdb" in texts(opened(word(sheet(Sentence("a\x0bb"), Facts((("x", "a\x0bb"),))))))


def own(*paragraphs: str) -> bytes:
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def test_a_municipality_may_bring_its_own_template() -> None:
    made = word(
        sheet(Sentence("zin")),
        own("Gemeente Waterbrug: {{ title }}", "{%p for p in sections.a %}", "{{ p.text }}", "{%p endfor %}"),
    )
    assert [t for t in texts(opened(made)) if t] == [
        "Gemeente Waterbrug: Dossier 2026-001",
        "Kop",
        "zin",
        "Besluit 1",
        "binnen",
    ]


@pytest.mark.parametrize(
    "broken",
    [
        b"geen docx",
        own("{{ title"),
        own("{%p for part in parts %}"),
        own("{{ title.__class__.__mro__ }}"),
        own("{{ sections.bestaat_niet[0].text }}"),
        own("{{ bestaat_niet }}"),
        own("{{ title|bestaat_niet }}"),
        own("{{ 1 / 0 }}"),
        own("{% for i in range(9999999) %}x{% endfor %}"),
        own("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"),
        own("{% include 'x' %}"),
        built_in()[:9000],
        built_in()[:100] + bytes(200) + built_in()[300:],
        zipped({"brief.txt": b"geen docx"}),
    ],
)
def test_a_broken_template_makes_no_document(broken: bytes) -> None:
    made = word(sheet(), broken)
    assert isinstance(made, BrokenWordTemplate)
    assert made.why


def test_a_template_may_ask_whether_there_is_something() -> None:
    made = word(sheet(), own("{% if sections.bestaat_niet %}ja{% else %}nee{% endif %}"))
    assert [text for text in texts(opened(made)) if text] == ["nee"]


@pytest.mark.parametrize("lang", ["nl", "en"])
async def test_the_night_is_told_whole(night: Night, catalogue: Catalogue, lang: Language) -> None:
    stored = await collect(night.database, NUMBER)
    assert stored is not None
    dossier = tell(stored, catalogue)
    assert not isinstance(dossier, Broken)
    laid = lay_out(dossier, "S2V5", lang, catalogue)
    found = set(texts(opened(word(laid))))
    assert {line.text[lang] for line in dossier.lines} <= found
    assert {section.heading for section in laid.sections} <= found


def test_the_built_in_template_opens_by_itself() -> None:
    with ZipFile(io.BytesIO(built_in())) as archive:
        assert "word/document.xml" in archive.namelist()
