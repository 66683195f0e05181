"""Words found in a sentence: whole words in any case and accent, hardly mistyped ones, and those that a "geen" takes back."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

# A word that stands right before another and takes it back: "geen rellen", "niemand gewond", "no shots".
_NOT: Final = re.compile(
    r"(?:\b(?:geen|niet|zonder|niemand|nooit|no|not|without|nobody)|\bgeen sprake van)(?:\s+(?:een|a))?\s+$"
)
_BACK: Final = 40  # so far before a word is looked for what takes it back
_TOKEN: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
SHORTEST_TYPO: Final = 7  # in a shorter word one other letter makes another word too often
# Words of their own that differ by one letter from one that counts.
_OWN_WORDS: Final = frozenset(("klokken", "vochten", "protect", "project", "gezucht", "feesten", "meetups"))


def folded(text: str) -> str:
    """Lower case without accents, for comparing words."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


@lru_cache(maxsize=256)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """One of the words or phrases as a whole word, the longest first; one pattern for all, because an alarm waits for it."""
    longest = sorted({folded(word) for word in words}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)")


def hits(plain: str, words: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Where the words or phrases stand in folded text as whole words, and which; not those that are taken back."""
    known = tuple(words)
    for hit in _any_of(known).finditer(plain) if known else ():
        if not _NOT.search(plain[max(hit.start() - _BACK, 0) : hit.start()]):
            yield hit.start(), hit.group()


def mentions(text: str, words: Iterable[str]) -> bool:
    """Whether one of the words or phrases stands in the text as a whole word."""
    known = tuple(words)
    return bool(known) and _any_of(known).search(folded(text)) is not None


def says(text: str, words: Iterable[str]) -> bool:
    """The same, unless the word is taken back: "geen gewonden" says nothing of wounded people."""
    return any(True for _ in hits(folded(text), words))


def mistyped(plain: str, words: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Where folded text holds one of the words with a letter too many, too few, other or out of place, and which word it is."""
    long = [word for word in map(folded, words) if len(word) >= SHORTEST_TYPO and word.isalpha()]
    for hit in _TOKEN.finditer(plain):
        token = hit.group()
        if len(token) < SHORTEST_TYPO - 1 or token in _OWN_WORDS:
            continue
        near = (w for w in long if w[0] == token[0] and abs(len(w) - len(token)) <= 1 and _one_slip(token, w))
        word = next(near, None)
        if word is not None and not _NOT.search(plain[max(hit.start() - _BACK, 0) : hit.start()]):
            yield hit.start(), word


def _one_slip(said: str, wanted: str) -> bool:
    start = 0
    while start < min(len(said), len(wanted)) and said[start] == wanted[start]:
        start += 1
    left, right = said[start:], wanted[start:]
    if len(left) == len(right):
        swapped = len(left) > 1 and left[:2] == right[1::-1] and left[2:] == right[2:]
        return left[1:] == right[1:] or swapped
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    return longer[1:] == shorter
