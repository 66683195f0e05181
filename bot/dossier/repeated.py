"""Words that were kept back in one place, found again where somebody repeated them: in a situation report, in a line of a file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.dossier.grounds import Ground, mark, piece
from bot.dossier.likeness import alike

LEAST: Final = 12  # characters from which on the same words elsewhere are the same words, and not a coincidence
LEAST_OF_NAME: Final = 5  # of the name of a file: a shorter one is a word like any other
_BEGIN: Final = 12  # characters that are looked up at once: each text is gone through once, however much was kept back


@dataclass(frozen=True, slots=True, order=True)
class Gone:
    """What was kept back, and for what; `by_itself`: it counts where it stands as words of its own, as the name of a file does."""

    text: str
    ground: Ground
    by_itself: bool = False


@dataclass(frozen=True, slots=True)
class Repeated:
    """`begins` gives what was kept back by its first `length` characters, the longest first; `whole` what is too short to be looked
    for within a text. All as `alike` compares them."""

    length: int
    begins: Mapping[str, tuple[Gone, ...]]
    whole: Mapping[str, Ground]

    def unsaid(self, text: str) -> str:
        """The text with the mark of its ground for each of those words; the mark alone when it says nothing else."""
        compared = alike(text)
        if (ground := self.whole.get(compared.text.strip())) is not None:
            return mark(ground)
        parts: list[str] = []
        kept = at = 0
        while at <= len(compared.text) - self.length:
            found = next((one for one in self._begun(compared.text, at) if _stands(one, compared.text, at)), None)
            if found is None:
                at += 1
                continue
            start, stop = compared.span(at, at + len(found.text))
            parts += (text[kept:start], piece(found.ground))
            at, kept = at + len(found.text), stop
        return "".join((*parts, text[kept:])) if parts else text

    def _begun(self, compared: str, at: int) -> tuple[Gone, ...]:
        return self.begins.get(compared[at : at + self.length], ())


def _stands(gone: Gone, text: str, at: int) -> bool:
    end = at + len(gone.text)
    if not text.startswith(gone.text, at):
        return False
    return not gone.by_itself or not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum())


def repeated(gone: Iterable[Gone]) -> Repeated | None:
    """None when nothing was kept back. Of two grounds for the same words the first counts."""
    every: dict[str, Gone] = {}
    for one in gone:
        compared = alike(one.text).text.strip()
        if compared:
            every.setdefault(compared, Gone(compared, one.ground, one.by_itself))
    if not every:
        return None
    long = [one for one in every.values() if len(one.text) >= (LEAST_OF_NAME if one.by_itself else LEAST)]
    length = min((_BEGIN, *(len(one.text) for one in long)))
    begins: dict[str, list[Gone]] = {}
    for one in sorted(long, key=lambda one: (-len(one.text), one.text)):
        begins.setdefault(one.text[:length], []).append(one)
    whole = {one.text: one.ground for one in every.values() if one.by_itself or one in long}
    return Repeated(length, {begin: tuple(texts) for begin, texts in begins.items()}, whole)
