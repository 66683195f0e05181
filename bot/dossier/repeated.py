"""Words that were kept back in one place, found again where somebody repeated them: in a situation report, in a line of a file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.domain.erased import ERASED

_BEGIN: Final = 12  # characters that are looked up at once: each text is gone through once, however much was kept back


@dataclass(frozen=True, slots=True)
class Repeated:
    """`begins` gives what was kept back by its first `length` characters, the longest first."""

    length: int
    begins: Mapping[str, tuple[str, ...]]

    def unsaid(self, text: str) -> str:
        """The text with a mark for each of those words; the mark alone when it says nothing else."""
        parts: list[str] = []
        kept = at = 0
        while at <= len(text) - self.length:
            found = next((one for one in self._begun(text, at) if text.startswith(one, at)), None)
            if found is None:
                at += 1
                continue
            if len(found) == len(text):
                return ERASED
            parts += (text[kept:at], f"[{ERASED}]")
            kept = at = at + len(found)
        return "".join((*parts, text[kept:])) if parts else text

    def _begun(self, text: str, at: int) -> tuple[str, ...]:
        return self.begins.get(text[at : at + self.length], ())


def repeated(gone: Iterable[str]) -> Repeated | None:
    """None when nothing was kept back."""
    every = sorted({text for text in gone if text}, key=lambda text: (-len(text), text))
    if not every:
        return None
    length = min(_BEGIN, len(every[-1]))
    begins: dict[str, list[str]] = {}
    for text in every:
        begins.setdefault(text[:length], []).append(text)
    return Repeated(length, {begin: tuple(texts) for begin, texts in begins.items()})
