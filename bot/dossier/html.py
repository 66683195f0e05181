"""A sheet as one HTML file: no script, nothing loaded, everything escaped; reads well on paper and with a screen reader."""

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
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .5rem; border-bottom: 1px solid #bbb; overflow-wrap: anywhere; }
thead th { border-bottom: 2px solid #555; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
time, td code { white-space: nowrap; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; } dd { margin: 0 0 .4rem; } }
code { font-family: ui-monospace, monospace; font-size: .9em; }
@media print {
  @page { margin: 15mm; }
  body { max-width: none; padding: 0; font-size: 9pt; }
  nav { display: none; } .wide { overflow: visible; }
  thead { display: table-header-group; } tr { break-inside: avoid; } h2, h3, h4 { break-after: avoid; }
  .own { break-before: page; } .bar { border: 1px solid #111; }
}
"""
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
        _tag("style", _Html(_STYLE)),
    )
    links = (_tag("li", _tag("a", s.heading, href=f"#{s.id}")) for s in sheet.sections)
    body = _tag(
        "body",
        _tag(
            "header",
            _tag("p", " · ".join(sheet.marks), class_="marks"),
            _tag("h1", sheet.title),
            _tag("p", sheet.handling, class_="handling"),
            _tag("p", sheet.made_from),
        ),
        _tag("nav", _tag("ul", *links), aria_label=_CONTENTS[sheet.lang]),
        _tag("main", *(_section(section) for section in sheet.sections)),
    )
    return f"<!doctype html>\n{_tag('html', head, body, lang=sheet.lang)}\n"


def _section(section: Section, level: int = 2) -> _Html:
    heading = f"{section.id}-heading"
    blocks = (_block(block, heading) for block in section.blocks)
    inner = (_section(one, min(level + 1, 6)) for one in section.sections)
    named = _tag(f"h{level}", section.heading, id=heading)
    own = {"class_": "own"} if section.own_page else {}
    return _tag("section", named, *blocks, *inner, id=section.id, aria_labelledby=heading, **own)


def _block(block: Block, heading: str) -> _Html:
    match block:
        case Sentence(text):
            return _tag("p", text)
        case Facts(rows):
            return _tag("dl", *(_Html(_tag("dt", name) + _tag("dd", _cell(cell))) for name, cell in rows))
        case Table(header, rows, ids):
            columns = _tag("thead", _tag("tr", *(_tag("th", name, scope="col") for name in header)))
            named = ids or [""] * len(rows)
            body = _tag("tbody", *(_row(row, name) for row, name in zip(rows, named, strict=True)))
            # What scrolls sideways on a phone must be reachable by keyboard, and so needs a role and a name.
            table = _tag("table", columns, body)
            return _tag("div", table, class_="wide", tabindex="0", role="region", aria_labelledby=heading)
        case _:
            assert_never(block)


def _row(row: tuple[Cell, ...], name: str) -> _Html:
    return _tag("tr", *(_tag("td", _cell(cell)) for cell in row), **({"id": name} if name else {}))


def _cell(cell: Cell) -> str:
    match cell:
        case When(text, iso):
            return _tag("time", text, datetime=iso)
        case Code(text):
            return _tag("code", text)
        case Length(text, seconds):
            return _tag("time", text, datetime=f"PT{seconds}S")
        case Ref(text, where):
            return _tag("a", text, href=f"#{where}")
        case Bar(ground):
            return _tag("span", f"▒▒▒ {ground}", class_="bar")
        case tuple():
            return _Html("".join(_tag("div", _cell(one)) for one in cell))
        case str():
            return cell
        case _:
            assert_never(cell)


def _tag(tag: str, *inside: str, **attributes: str) -> _Html:
    """An element; names of attributes are written as Python takes them (`class_`, `aria_label`)."""
    named = "".join(f' {n.rstrip("_").replace("_", "-")}="{escape(value)}"' for n, value in attributes.items())
    content = "".join(part if isinstance(part, _Html) else escape(part) for part in inside)
    return _Html(f"<{tag}{named}>{content}</{tag}>")
