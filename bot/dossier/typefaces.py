"""Finds out what no font can show, and spells it: a letter that is missing from a PDF is never left out in silence."""

import re
import unicodedata
from collections.abc import Set
from typing import Final

import msgspec
import typst

# Neither has a shape; and a text may not turn the reading order of what stands beside it.
_NEVER: Final = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff]"
_SAID: Final = re.compile(r'(?:the text|codepoint) `("(?:[^"\\]|\\.)*")`')
_RUST: Final = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
# Every font that typst carries has these.
_PLAIN: Final = 0x17F
FAMILIES: Final = ("Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono")
_PROBE: Final = b"""
#set document(title: "-")
#let data = json(bytes(sys.inputs.data))
#set text(font: data.fonts)
#for one in data.letters { par(one) }
"""


class Unshown:
    """What these fonts cannot show, as far as it was tried; `own` names the families of a municipality."""

    def __init__(self, fonts: typst.Fonts) -> None:
        self._fonts = fonts
        self.own = sorted({font.family for font in fonts.fonts() if font.path is not None})
        self._found: set[str] = set()
        self._pattern = re.compile(_NEVER)

    def tries(self, letters: Set[str]) -> bool:
        """Whether any of these letters cannot be shown; it is known from now on."""
        wanted = [one for one in sorted(letters) if ord(one) > _PLAIN and not self._pattern.fullmatch(one)]
        data = msgspec.json.encode({"letters": wanted, "fonts": [*FAMILIES, *self.own]}).decode()
        try:
            typst.compile(
                _PROBE,
                font_paths=self._fonts,
                ignore_system_fonts=True,
                sys_inputs={"data": data},
                pdf_standards=["a-3a", "ua-1"],
                timestamp=0,
            )
        except typst.TypstError as wrong:
            return self.learns(wrong.diagnostic)
        return False

    def learns(self, diagnostic: str) -> bool:
        """Whether typst said of anything new that it cannot show it."""
        said = {_unescaped(hit[1:-1]) for hit in _SAID.findall(diagnostic)}
        # A font may lack only the whole of several characters: those are then spelled one by one.
        new = {one for one in said if one.strip()} - self._found
        self._found |= new
        longest = sorted(self._found, key=lambda one: (-len(one), one))
        self._pattern = re.compile("|".join([*map(re.escape, longest), _NEVER]))
        return bool(new)

    def spell(self, text: str) -> str:
        """The text with the names of those characters in their places."""
        return self._pattern.sub(lambda hit: "".join(map(_name, hit[0])), text)


def _name(char: str) -> str:
    return f"[{' '.join(filter(None, (f'U+{ord(char):04X}', unicodedata.name(char, ''))))}]"


def _unescaped(text: str) -> str:
    """As Rust writes a string for people who debug."""
    return _RUST.sub(lambda hit: chr(int(hit[1], 16)) if hit[1] else _ESCAPED.get(hit[2], hit[2]), text)
