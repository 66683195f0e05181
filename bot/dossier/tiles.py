"""A map of a region in squares of one size, each on its place by hand: no colour, size or order says which has more."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.dossier.svg_text import EDGE, INK_BAR, MARGIN, WIDTH, text

_GAP: Final = 6  # pixels
_LARGEST: Final = 84
_TOLD: Final = "#e3e7eb"  # the ink on it: 14:1


@dataclass(frozen=True, slots=True)
class Square:
    """Row and column from 1; `count` is told or the mark, `below` in small letters under it. `name` has seven letters at most."""

    row: int
    column: int
    name: str
    count: str
    below: str
    told: bool


@dataclass(frozen=True, slots=True)
class TileMap:
    heading: str
    squares: tuple[Square, ...]


def drawn(found: TileMap, top: int) -> tuple[list[str], int]:
    """The squares from `top` down, and where they end; empty rows and columns at the edges are left out."""
    first_row = min(square.row for square in found.squares)
    first_column = min(square.column for square in found.squares)
    columns = max(square.column for square in found.squares) - first_column + 1
    rows = max(square.row for square in found.squares) - first_row + 1
    step = min(_LARGEST + _GAP, (WIDTH - 2 * MARGIN + _GAP) // columns)
    parts = [
        part
        for square in found.squares
        for part in _square(
            square, MARGIN + (square.column - first_column) * step, top + (square.row - first_row) * step, step - _GAP
        )
    ]
    return parts, top + rows * step


def _square(square: Square, x: int, y: int, side: int) -> Iterator[str]:
    fill, edge, dashes = (_TOLD, INK_BAR, "") if square.told else ("#ffffff", EDGE, ' stroke-dasharray="3 2"')
    yield f'<rect x="{x}" y="{y}" width="{side}" height="{side}" fill="{fill}" stroke="{edge}"{dashes}/>'
    middle, third = x + side // 2, side // 3
    name = min(12 if side >= 64 else 11, round((side - 6) / _ems(square.name), 1))
    yield text(middle, y + third - 2, square.name, size=name, weight="bold", anchor="middle")
    yield text(middle, y + 2 * third, square.count, size=16 if side >= 64 else 14, anchor="middle")
    if square.below:
        yield text(middle, y + side - 7, square.below, size=11 if side >= 64 else 10, anchor="middle")


def _ems(name: str) -> float:
    """How wide a name is at most in bold letters, in units of their size."""
    return sum(1.15 if letter in "MWmw" else 0.9 if letter.isupper() else 0.68 for letter in name)
