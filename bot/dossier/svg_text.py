"""What drawings as SVG have in common: the width, the colours, and text in letters that fit."""

from typing import Final
from xml.sax.saxutils import escape

from bot.words.shown import visible

WIDTH: Final = 800  # pixels
MARGIN: Final = 24
INK: Final = "#1a1a1a"
INK_BAR: Final = "#1f4e79"  # 8.6:1 on white
EDGE: Final = "#595959"


def text(x: int, y: int, said: str, *, size: float = 13, weight: str = "normal", anchor: str = "start") -> str:
    """One line of text; `y` is where the letters stand on."""
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" fill="{INK}">'
        f"{escaped(said)}</text>"
    )


def escaped(said: str) -> str:
    """What people typed, as XML, with its invisible characters made visible."""
    return escape(visible(said))
