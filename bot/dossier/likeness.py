"""Texts compared as a reader does: whatever the case, the accents, the code of a letter, and the white space between words."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_UNSEEN: Final = frozenset(("Cf", "Cc", "Cs", "Cn", "Mn", "Me"))
# Letters and signs that Unicode does not take apart, as they are typed on a keyboard without them.
_TYPED: Final = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "`": "'",
        "´": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "ı": "i",
        "ø": "o",
        "ł": "l",
        "đ": "d",
    }
    | dict.fromkeys("‐‑‒–—−", "-")
)


@dataclass(frozen=True, slots=True)
class Alike:
    """`text` is what is compared; character n of it stands for `original[origin[n]]` and what follows up to the next."""

    text: str
    original: str
    origin: Sequence[int]

    def span(self, start: int, stop: int) -> tuple[int, int]:
        """Where these characters stand in the original; accents and invisible characters go with the letter before them."""
        begin, last = self.origin[start], self.origin[stop - 1]
        after = self.origin[stop] if stop < len(self.origin) else len(self.original)
        return begin, max(after, last + 1)


def alike(text: str) -> Alike:
    """The whole text, in one pass."""
    if text.isascii() and text.isprintable() and "  " not in text and "`" not in text:
        return Alike(text.lower(), text, range(len(text)))
    shown: list[str] = []
    origin: list[int] = []
    for at, char in enumerate(text):
        for plain in _letters(char):
            if plain == " " and shown and shown[-1] == " ":
                continue
            shown.append(plain)
            origin.append(at)
    return Alike("".join(shown), text, origin)


@lru_cache(maxsize=4096)
def _letters(char: str) -> str:
    if char.isspace():
        return " "
    apart = unicodedata.normalize("NFKD", char.translate(_TYPED)).casefold().translate(_TYPED)
    letters = (" " if one.isspace() else one for one in apart if unicodedata.category(one) not in _UNSEEN)
    return "".join(letters).translate(_TYPED)
