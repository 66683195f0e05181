"""Lines of a message cut to their limits: what is fixed stays, what people wrote gives way, the longest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.people import Language
from bot.words.catalogue import Catalogue
from bot.words.shown import Loose, shorten
from bot.words.tree import Nodes, grow, plain

# Design rule for whatever rings or asks, and for an answer that somebody asked for (a page of it).
MOST_LINES: Final = 6
MOST_CHARACTERS: Final = 320
FIRST_LINE: Final = 60
ANSWER_LINES: Final = 20
ANSWER_CHARACTERS: Final = 1_500
_READABLE: Final = 12  # below this a cut text says little, so something else is cut first


@dataclass(frozen=True, slots=True)
class Line:
    """A key of the catalogue and its values; values of type Loose may be cut."""

    key: str
    values: Mapping[str, str]


def line(key: str, **values: str) -> Line:
    return Line(key, values)


def fit(
    catalogue: Catalogue, lang: Language, lines: Sequence[Line], *, characters: int, first: int | None
) -> tuple[Nodes, ...]:
    """The lines as nodes, within `characters` in all (newlines counted) and `first` on the first line."""
    templates = [catalogue.template(lang, one.key) for one in lines]
    values = [dict(one.values) for one in lines]
    if first is not None:
        _cut(templates[:1], values[:1], first)
    _cut(templates, values, characters)
    return tuple(grow(template, value) for template, value in zip(templates, values, strict=True))


def _length(templates: Sequence[str], values: Sequence[Mapping[str, str]]) -> int:
    grown = (plain(grow(template, value)) for template, value in zip(templates, values, strict=True))
    return sum(len(text) + 1 for text in grown) - 1


def _cut(templates: Sequence[str], values: Sequence[dict[str, str]], limit: int) -> None:
    """Cuts the values in place, step by step: a value may stand in a line more than once."""
    for least in (_READABLE, 1):
        while (excess := _length(templates, values) - limit) > 0:
            found = [
                (len(text), n, name)
                for n, some in enumerate(values)
                for name, text in some.items()
                if isinstance(text, Loose) and len(text) > least
            ]
            if not found:
                break
            length, n, name = max(found)
            values[n][name] = Loose(shorten(values[n][name], max(length - excess, least)))
