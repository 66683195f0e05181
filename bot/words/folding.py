"""Words made equal for comparing: no case, no accents, no invisible characters, with the way back to what was really typed."""

import unicodedata
from dataclasses import dataclass
from typing import Final

# The longest way to begin a message that still matters for finding the verb; the rest of 64 KiB is only carried along.
_READ: Final = 400
_UNSEEN: Final = frozenset({"Cf", "Cc", "Cs", "Mn", "Me"})
_QUOTES: Final = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "„": '"', "\u00a0": " ", "\n": " ", "\t": " "}
)


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` is the folded beginning of `original`; character n of it stands for `original[origin[n]]`."""

    text: str
    original: str
    origin: tuple[int, ...]

    def after(self, n: int) -> "Folded":
        """What is left behind the first `n` folded characters."""
        if n <= 0:
            return self
        start = self.origin[n] if n < len(self.origin) else self.origin[-1] + 1 if self.origin else 0
        return Folded(self.text[n:], self.original[start:], tuple(o - start for o in self.origin[n:]))

    @property
    def bare(self) -> str:
        """The original without the signs between a word and what follows it."""
        return self.original.strip().lstrip(":;,.!?…*").strip()


def fold(text: str) -> Folded:
    """Folds the beginning of a message."""
    shown: list[str] = []
    origin: list[int] = []
    for at, char in enumerate(text[:_READ]):
        for plain in unicodedata.normalize("NFKD", char.translate(_QUOTES)).casefold():
            if unicodedata.category(plain) not in _UNSEEN:
                shown.append(plain)
                origin.append(at)
    if len(text) > _READ:
        shown.append(" ")
        origin.append(_READ)
    return Folded("".join(shown), text, tuple(origin))
