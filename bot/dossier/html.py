"""A sheet as one HTML file: no script, nothing loaded, everything escaped; reads well on paper and with a screen reader."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, assert_never

from bot.dossier.sheet import Bar, Block, Cell, Code, Facts, Length, Ref, Section, Sentence, Sheet, Table, When

# Nothing may run and nothing may be fetched, whatever a text in the log says.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE: Final = """
:root { color-scheme: light; }
body { font: 1rem/1.45 system-ui, sans-serif; color: #111; background: #fff; max-width: 72rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.3rem; margin-top: 2rem; } h3 { font-size: 1.1rem; } h4 { font-size: 1rem; }
.marks { font-weight: 700; text-transform: uppercase; } .bar { background: #111; color: #fff; padding: 0 .3rem; }
.handling { border-left: .3rem solid #8a1c1c; padding-left: .6rem; }
.wide { overflow-x: auto; position: relative; }
.wide:focus-visible, a:focus-visible { outline: 3px solid #0b4f9e; outline-offset: 2px; }
a { color: #0b4f9e; } dd a, td a { display: inline-block; min-width: 1.5rem; min-height: 1.5rem; } nav li { padding: .15rem 0; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .4rem; border-bottom: 1px solid #bbb; }
th, td { overflow-wrap: anywhere; min-width: 6.6em; }
thead th { border-bottom: 2px solid #555; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
td time, td code { white-space: nowrap; }
@media (max-width: 40rem) {
  dl { grid-template-columns: minmax(0, 1fr); } dd { margin: 0 0 .4rem; }
  th, td { min-width: 12em; }
}
code { font-family: ui-monospace, monospace; font-size: .9em; }
@media print {
  @page { size: A4; margin: 18mm 15mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }
  body { max-width: none; padding: 0; font-size: 9pt; }
  nav { display: none; } .wide { overflow: visible; } a { color: inherit; text-decoration: none; min-height: 0; }
  table { font-size: 8pt; } th, td { min-width: 6.3em; } .short { break-inside: avoid; }
  dl { grid-template-columns: max-content 1fr; } dl > dd { break-inside: avoid; }
  thead { display: table-header-group; } tr { break-inside: avoid; } h2, h3, h4, h5, h6 { break-after: avoid; }
  .own { break-before: page; break-after: page; } header { break-after: page; }
  .bar { background: #fff; color: #111; border: 1px solid #111; }
}
"""
_TOP: Final = 2  # the level of the headings under the title
_SHORT: Final = 12  # rows; a table of so few stays on one page of paper
_CONTENTS: Final = {"nl": "Inhoud", "en": "Contents"}


class _Html(str):
    """Text that is markup already; any other text is escaped when it is put into a tag."""

    __slots__ = ()


def html(sheet: Sheet) -> str:
    """The whole file."""
    head = _tag(
        "head",
        _Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        _Html(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        _Html('<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">'),
        _tag("title", sheet.title),
        _tag("style", _Html(_STYLE + _every_page(sheet.marks))),
    )
    page = _Page(frozenset(_ids(sheet.sections)))
    links = (_tag("li", _tag("a", s.heading, href=f"#{s.id}")) for s in sheet.sections)
    body = _tag(
        "body",
        _tag(
            "header",
            _tag("p", " · ".join(sheet.marks), class_="marks") if sheet.marks else _Html(""),
            _tag("h1", sheet.title),
            _tag("p", sheet.handling, class_="handling"),
            page.block(Facts(sheet.cover), sheet.title) if sheet.cover else _Html(""),
            _tag("p", sheet.made_from) if sheet.made_from else _Html(""),
        ),
        _tag("nav", _tag("ul", *links), aria_label=_CONTENTS[sheet.lang]),
        _tag("main", *(page.section(section) for section in sheet.sections)),
    )
    return f"<!doctype html>\n{_tag('html', head, body, lang=sheet.lang)}\n"


def _every_page(marks: tuple[str, ...]) -> str:
    """The marks in the margin of every page of paper; each character by its number, so that none of them means anything to CSS."""
    numbers = "".join(f"\\{ord(char):x} " for char in " · ".join(marks).upper())
    return f'@page {{ @top-right {{ content: "{numbers}"; font: bold 8pt sans-serif; }} }}\n' if marks else ""


def _ids(sections: Sequence[Section]) -> Iterator[str]:
    for section in sections:
        yield section.id
        for block in section.blocks:
            if isinstance(block, Table):
                yield from block.ids
        yield from _ids(section.sections)


@dataclass(frozen=True, slots=True)
class _Page:
    """`ids` are the places that a link can lead to; one that leads nowhere, as in a part of a dossier, is plain text."""

    ids: frozenset[str]

    def section(self, section: Section, level: int = _TOP) -> _Html:
        heading = f"{section.id}-heading"
        blocks = (self.block(block, section.heading) for block in section.blocks)
        inner = (self.section(one, min(level + 1, 6)) for one in section.sections)
        named = _tag(f"h{level}", section.heading, id=heading)
        more = {"class_": "own"} if section.own_page else {}
        if (
            level == _TOP
        ):  # these are the landmarks; the ones within have names that come back, as every decision has its reasons
            more["aria_labelledby"] = heading
        return _tag("section", named, *blocks, *inner, id=section.id, **more)

    def block(self, block: Block, heading: str) -> _Html:
        match block:
            case Sentence(text):
                return _tag("p", text)
            case Facts(rows):
                return _tag("dl", *(_Html(_tag("dt", name) + _tag("dd", self.cell(cell))) for name, cell in rows))
            case Table(header, rows, ids):
                columns = _tag("thead", _tag("tr", *(_tag("th", name, scope="col") for name in header)))
                named = ids or [""] * len(rows)
                body = _tag("tbody", *(self.row(row, name) for row, name in zip(rows, named, strict=True)))
                # What scrolls sideways on a phone must be reachable by keyboard, and so needs a role and a name.
                short = {"class_": "short"} if len(rows) <= _SHORT else {}
                table = _tag("table", _tag("caption", heading), columns, body, **short)
                return _tag("div", table, class_="wide", tabindex="0", role="group", aria_label=heading)
            case _:
                assert_never(block)

    def row(self, row: tuple[Cell, ...], name: str) -> _Html:
        return _tag("tr", *(_tag("td", self.cell(cell)) for cell in row), **({"id": name} if name else {}))

    def cell(self, cell: Cell) -> str:
        match cell:
            case When(text, iso):
                return _tag("time", text, datetime=iso)
            case Code(text):
                return _tag("code", text)
            case Length(text, seconds):
                return _tag("time", text, datetime=f"PT{seconds}S")
            case Ref(text, where):
                return _tag("a", text, href=f"#{where}") if where in self.ids else text
            case Bar(ground):
                return _tag("span", f"▒▒▒ {ground}", class_="bar")
            case tuple():
                return _Html("".join(_tag("div", self.cell(one)) for one in cell))
            case str():
                return cell
            case _:
                assert_never(cell)


def _tag(tag: str, *inside: str, **attributes: str) -> _Html:
    """An element; names of attributes are written as Python takes them (`class_`, `aria_label`)."""
    named = "".join(f' {n.rstrip("_").replace("_", "-")}="{escape(value)}"' for n, value in attributes.items())
    content = "".join(part if isinstance(part, _Html) else escape(part) for part in inside)
    return _Html(f"<{tag}{named}>{content}</{tag}>")
