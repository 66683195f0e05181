"""Bar charts and maps as SVG: every bar has its number beside it, nothing is told by colour alone, a screen reader hears all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import quoteattr

from bot.domain.people import Language
from bot.dossier.svg_text import EDGE, INK_BAR, MARGIN, WIDTH, escaped, text
from bot.dossier.tiles import TileMap, drawn
from bot.words.shown import shorten, visible

_LABEL: Final = 340  # what stands left of the bars, right-aligned
_BAR: Final = 16
_ROW: Final = 26
_HEADING: Final = 44
_AFTER: Final = 110  # kept free for the words behind the longest bar
_LETTERS: Final = 46  # that fit left of the bars
# Verdana is wider than most, so what fits in the others fits; the last two are those that a PNG is drawn with.
_FONTS: Final = "Arial, Helvetica, 'Liberation Sans', 'New Computer Modern', 'Libertinus Serif', sans-serif"


@dataclass(frozen=True, slots=True)
class BarRow:
    """`told` stands behind the bar; without a value there is a dashed stub, as what is hidden has no length."""

    label: str
    value: int | None
    told: str


@dataclass(frozen=True, slots=True)
class Chart:
    heading: str
    rows: tuple[BarRow, ...]


def charts(title: str, about: str, found: Sequence[Chart | TileMap], notes: Sequence[str], lang: Language) -> str:
    """The charts below each other, the bars of each on a scale of their own from zero; the same input gives the same text."""
    parts, at = [], 60
    for chart in found:
        parts.append(text(MARGIN, at + 20, chart.heading, size=16, weight="bold"))
        at += _HEADING
        if isinstance(chart, TileMap):
            squares, at = drawn(chart, at - 8)
            parts += squares
            at += 12
            continue
        longest = max((row.value or 0 for row in chart.rows), default=0)
        for row in chart.rows:
            parts += _row(row, at, longest)
            at += _ROW
        at += 12
    for note in notes:
        parts.append(text(MARGIN, at + 14, note, size=12))
        at += 20
    height = at + MARGIN
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" lang="{lang}" aria-labelledby="title about" font-family={quoteattr(_FONTS)}>'
    )
    told = [f'<title id="title">{escaped(title)}</title>', f'<desc id="about">{escaped(about)}</desc>']
    ground = f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
    return "\n".join([head, *told, ground, text(MARGIN, 38, title, size=20, weight="bold"), *parts, "</svg>", ""])


def _row(row: BarRow, at: int, longest: int) -> list[str]:
    left = MARGIN + _LABEL + 10
    room = WIDTH - MARGIN - left - _AFTER
    label = text(left - 10, at + 13, shorten(visible(row.label), _LETTERS), anchor="end")
    if row.value is None:
        stub = (
            f'<rect x="{left}" y="{at}" width="14" height="{_BAR}" fill="none" stroke="{EDGE}" stroke-dasharray="3 2"/>'
        )
        return [label, stub, text(left + 22, at + 13, row.told)]
    length = max(round(room * row.value / longest), 2) if longest else 2
    bar = f'<rect x="{left}" y="{at}" width="{length}" height="{_BAR}" fill="{INK_BAR}"/>'
    return [label, bar, text(left + length + 8, at + 13, row.told)]
