"""A sheet as Markdown, for those who paste a timeline into a report."""

import re
from typing import Final, assert_never

from bot.dossier.sheet import Bar, Block, Cell, Code, Facts, Length, Ref, Section, Sentence, Sheet, Table, When

# What would be read as markup anywhere in a line; the rest only counts at its beginning, and there a mark of ours stands.
_MARKUP: Final = re.compile(r"[\\`*_\[\]<>|~&]")
_ADDRESS: Final = re.compile(r"(?<=:)//|(?<=www)\.|@", re.IGNORECASE)


def markdown(sheet: Sheet) -> str:
    """The whole file."""
    parts = [f"# {_text(sheet.title)}", f"> {_text(sheet.handling)}", *(_section(s) for s in sheet.sections)]
    return "\n\n".join(parts) + "\n"


def _section(section: Section, level: int = 2) -> str:
    blocks = (_block(block) for block in section.blocks)
    inner = (_section(one, min(level + 1, 6)) for one in section.sections)
    return "\n\n".join([f"{'#' * level} {_text(section.heading)}", *blocks, *inner])


def _block(block: Block) -> str:
    match block:
        case Sentence(text):
            return _text(text)
        case Facts(rows):
            return "\n".join(f"- **{_text(name)}**: {_cell(cell)}" for name, cell in rows)
        case Table(header, rows, _):
            lines = [_row(header), _row(["---"] * len(header)), *(_row([_cell(c) for c in row]) for row in rows)]
            return "\n".join(lines)
        case _:
            assert_never(block)


def _row(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    match cell:
        case When(text, _) | Length(text, _) | Ref(text, _):
            return _text(text)
        case Bar(ground):
            return _text(f"▒▒▒ {ground}")
        case tuple():
            return " · ".join(_cell(one) for one in cell)
        case Code(text):
            return f"`{text}`"
        case str():
            return _text(cell)
        case _:
            assert_never(cell)


def _text(text: str) -> str:
    """Text as text: no markup, and no address that a viewer would make clickable."""
    escaped = _MARKUP.sub(lambda hit: "\\" + hit[0], text)
    return _ADDRESS.sub(lambda hit: "".join("\\" + char for char in hit[0]), escaped)
