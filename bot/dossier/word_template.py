"""The built-in template of the Word document, made here so that it can be read, and given to who wants to make an own one."""

import io

from docx import Document
from docx.document import Document as Doc
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph

_FONT = "Arial"  # on every office machine; the document is for them, the PDF for the archive
_GREY = "D9D9D9"
LEVELS = 4


def built_in() -> bytes:
    """A docx whose tags docxtpl fills: `title`, `handling`, `marks`, `cover`, `made_from` and `parts`, one after the other."""
    document = Document()
    _page(document)
    document.add_paragraph("{%p for mark in marks %}")
    document.add_paragraph("{{ mark }}", style="Subtitle")
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{{ title }}", style="Title")
    document.add_paragraph("{{ handling }}")
    _pairs(document, "cover")
    document.add_paragraph("{{ made_from }}")
    document.add_paragraph("{%p for part in parts %}")
    for level in range(1, LEVELS + 1):
        _when(document, f"heading{level}", f"Heading {level}")
        _when(document, f"page{level}", f"Heading {level}").paragraph_format.page_break_before = True
    _when(document, "sentence", "Normal")
    document.add_paragraph('{%p if part.kind == "facts" %}')
    _pairs(document, "part.rows")
    document.add_paragraph("{%p endif %}")
    document.add_paragraph('{%p if part.kind == "table" %}')
    _table(document)
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p endfor %}")
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def _page(document: Doc) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    section.header.paragraphs[0].text = "{{ marks|join(' · ') }}"
    foot = section.footer.paragraphs[0]
    foot.add_run("{{ title }} · ")
    _page_number(foot)
    for name in ("Normal", "Title", "Subtitle", *(f"Heading {n}" for n in range(1, LEVELS + 1))):
        style = document.styles[name]
        style.font.name = _FONT
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
    document.styles["Normal"].font.size = Pt(10)


def _page_number(paragraph: Paragraph) -> None:
    """A field that Word counts itself."""
    for kind, code in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = code
        run._r.append(element)  # noqa: SLF001 - python-docx has no fields of its own


def _when(document: Doc, kind: str, style: str) -> Paragraph:
    document.add_paragraph(f'{{%p if part.kind == "{kind}" %}}')
    shown = document.add_paragraph("{{ part.text }}", style=style)
    document.add_paragraph("{%p endif %}")
    return shown


def _pairs(document: Doc, rows: str) -> None:
    table = document.add_table(rows=3, cols=2, style="Table Grid")
    table.cell(0, 0).text = f"{{%tr for row in {rows} %}}"
    table.cell(1, 0).text, table.cell(1, 1).text = "{{ row[0] }}", "{{ row[1] }}"
    table.cell(2, 0).text = "{%tr endfor %}"
    for cell, width in zip(table.rows[1].cells, (Cm(5), Cm(12)), strict=True):
        cell.width = width
    _bold(table.cell(1, 0).paragraphs[0])


def _table(document: Doc) -> None:
    """As many columns as the data has; the header comes again on every page, and no row is cut in two."""
    table = document.add_table(rows=4, cols=3, style="Table Grid")
    for row, (each, cells) in zip(table.rows, _ROWS, strict=True):
        if cells:
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
        else:
            row.cells[0].text = each
    _mark(table, 0, "w:tblHeader")
    _mark(table, 2, "w:cantSplit")
    _bold(table.cell(0, 1).paragraphs[0])
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", _GREY)):
        shade.set(qn(f"w:{name}"), value)
    table.cell(0, 1)._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001 - python-docx knows no shading
    for row in (table.rows[0], table.rows[2]):
        for paragraph in row.cells[1].paragraphs:
            for run in paragraph.runs:
                run.font.size = Pt(8)


_ROWS = (
    ("", ("{%tc for name in part.header %}", "{{ name }}", "{%tc endfor %}")),
    ("{%tr for row in part.rows %}", ()),
    ("", ("{%tc for cell in row %}", "{{ cell }}", "{%tc endfor %}")),
    ("{%tr endfor %}", ()),
)


def _mark(table: WordTable, row: int, name: str) -> None:
    table.rows[row]._tr.get_or_add_trPr().append(OxmlElement(name))  # noqa: SLF001 - python-docx has no name for it


def _bold(paragraph: Paragraph) -> None:
    for run in paragraph.runs:
        run.bold = True
