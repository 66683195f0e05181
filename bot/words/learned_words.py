"""What was learned, as people read and search it: each lesson with the numbers of the incidents behind it."""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.domain.contacts import Reference
from bot.domain.learned import Behind, Harvest, Learned
from bot.domain.people import Language
from bot.words.card_index import SIMILAR, likeness
from bot.words.catalogue import Catalogue
from bot.words.replies import Lines
from bot.words.shown import shorten

_LONGEST: Final = 300  # a lesson of more is read in its incident
_QUERY: Final = 30


def lessons(
    catalogue: Catalogue, lang: Language, reference: Reference, harvest: Harvest, query: str, broken: Sequence[str] = ()
) -> Lines:
    """Those that are about what was asked, the best first; all of them without a question. Typos are forgiven."""
    asked = shorten(query.strip(), _QUERY)
    found = _about(reference, harvest.found, query) if asked else harvest.found
    if not found:
        first = catalogue.text(lang, "lessons.none", query=asked) if asked else catalogue.text(lang, "lessons.empty")
    else:
        first = catalogue.text(lang, "lessons.first", query=asked) if asked else catalogue.text(lang, "lessons.all")
    return (first, *_lines(catalogue, lang, found), *_missing(catalogue, lang, harvest, broken))


def open_questions(catalogue: Catalogue, lang: Language, harvest: Harvest, broken: Sequence[str] = ()) -> Lines:
    first = catalogue.text(lang, "knowledge.first" if harvest.found else "knowledge.none")
    return (first, *_lines(catalogue, lang, harvest.found), *_missing(catalogue, lang, harvest, broken))


def _about(reference: Reference, known: Sequence[Learned], query: str) -> tuple[Learned, ...]:
    scored = [(likeness(query, tuple(_texts(reference, one))), one) for one in known]
    hits = [(score, one) for score, one in scored if score >= SIMILAR]
    return tuple(one for _, one in sorted(hits, key=lambda hit: -hit[0]))


def _texts(reference: Reference, one: Learned) -> Iterator[str]:
    """Its own words, and what the kinds of case behind it are called."""
    yield one.text
    for code in dict.fromkeys(behind.phenomenon for behind in one.behind if behind.phenomenon):
        yield code
        if (known := reference.handbook.phenomena.get(code)) is not None:
            yield from (known.title.nl, known.title.en, *known.names)


def _lines(catalogue: Catalogue, lang: Language, found: Sequence[Learned]) -> Iterator[str]:
    for one in found:
        numbers = ", ".join(_number(catalogue, lang, behind) for behind in one.behind)
        yield "· " + catalogue.text(lang, "lessons.line", text=shorten(one.text, _LONGEST), numbers=numbers)


def _number(catalogue: Catalogue, lang: Language, behind: Behind) -> str:
    return catalogue.text(lang, "lessons.exercise", number=behind.number) if behind.exercise else behind.number


def _missing(catalogue: Catalogue, lang: Language, harvest: Harvest, broken: Sequence[str]) -> Iterator[str]:
    if harvest.left_out:
        yield catalogue.text(lang, "lessons.left_out", count=str(harvest.left_out))
    if broken:
        yield catalogue.text(lang, "picture.broken", numbers=", ".join(broken))
