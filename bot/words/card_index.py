"""Finds the card that somebody means: by code, by another name, by words of its title, or nearly so; numbers are never guessed."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from rapidfuzz.distance import DamerauLevenshtein

from bot.domain.contacts import Reference
from bot.domain.playbook import Both

Kind = Literal["basis", "decision", "phenomenon", "signals", "route", "platform", "group"]
# What `kaart` alone lists, and what each is called.
GROUPS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("besluiten", ("besluittypen", "besluitpunten", "decisions", "decision types")),
    ("bestuur", ("gemeentewet", "bevoegdheden", "bestuursrecht", "powers", "municipal powers")),
    ("straf", ("strafrecht", "criminal law")),
    ("gegevens", ("privacy", "police and data")),
    ("platform", ("platformrecht", "platform law")),
    ("crisis", ("crisis en archief", "records")),
    ("onzeker", ("geen vaststaande bevoegdheid", "unsettled", "no settled power")),
    ("komend", ("wetsvoorstellen", "wetsvoorstel", "bills", "bill")),
    ("fenomenen", ("fenomeen", "phenomena", "phenomenon")),
    ("signalen", ("rode vlaggen", "rode vlag", "vlaggen", "signaal", "red flags", "red flag", "flags", "signals")),
    ("routes", ("verwijderroute", "meldroutes", "ways")),
    ("platforms", ("socials", "social media")),
)
SIMILAR: Final = 0.75
MOST_HITS: Final = 9
NEAREST: Final = 3
_ALIKE: Final = 0.04  # hits within so much of the best are offered beside it
_SHORTEST_PREFIX: Final = 4
_LAW: Final = re.compile(r"(?:GW|SR|SV)(?=[0-9])")
_WORD: Final = re.compile(r"[a-z0-9]+")
_EMPTY: Final = frozenset(
    ("art", "artikel", "article", "lid", "over", "de", "het", "een", "van", "the", "of", "about", "on")
)


@dataclass(frozen=True, slots=True)
class Card:
    """`ref` is `kind:id`, which is what an answer remembers of a list of cards."""

    ref: str
    code: str
    title: Both
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One hit is the card; several are a list to choose from; without a hit `near` are the nearest three."""

    hits: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


def cards(reference: Reference) -> Iterator[Card]:
    """Every card, the decision types first."""
    book = reference.handbook
    for decision in reference.decisions.values():
        yield Card(f"decision:{decision.id}", decision.id, decision.question, ())
    for basis in book.bases.values():
        number = _LAW.sub("", basis.code)
        yield Card(f"basis:{basis.code}", basis.code, basis.title, (number, *basis.names, basis.flag))
    for phenomenon in book.phenomena.values():
        yield Card(f"phenomenon:{phenomenon.code}", phenomenon.code, phenomenon.title, phenomenon.names)
    for group in book.signals:
        codes = tuple(signal.code for signal in group.signals)
        yield Card(f"signals:{group.letter}", group.letter, group.title, codes)
    for route in book.routes:
        yield Card(f"route:{route.id}", "", route.title, (route.id, *route.names))
    for platform in book.platforms:
        yield Card(f"platform:{platform.id}", "", Both(platform.title, platform.title), (platform.id, *platform.names))
    for name, others in GROUPS:
        yield Card(f"group:{name}", "", Both(name, others[0]), others)


def find(reference: Reference, query: str) -> Found:
    """What somebody typed behind the word, in whatever case, with or without accents, spaces and `artikel`."""
    wanted, words = _key(query), _words(query)
    known = [(card, _names(card)) for card in cards(reference)]
    exact = [card.ref for card, names in known if wanted and wanted in names]
    if exact:
        return Found(tuple(exact[:MOST_HITS]))
    scored = [(max(_whole(wanted, names), _by_word(words, card)), card.ref) for card, names in known]
    best = max((score for score, _ in scored), default=0.0)
    if words and best >= SIMILAR:
        hits = sorted((-score, n, ref) for n, (score, ref) in enumerate(scored) if score >= max(SIMILAR, best - _ALIKE))
        return Found(tuple(ref for _, _, ref in hits[:MOST_HITS]))
    near = sorted((-score, n, ref) for n, (score, ref) in enumerate(scored) if not ref.startswith("group:"))
    return Found(near=tuple(ref for _, _, ref in near[:NEAREST]))


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(c))
    return tuple(word for word in _WORD.findall(plain) if word not in _EMPTY)


def _key(text: str) -> str:
    return "".join(_words(text))


def _names(card: Card) -> frozenset[str]:
    return frozenset(_key(name) for name in (card.code, card.title.nl, card.title.en, *card.names) if name)


def _digits(text: str) -> Sequence[str]:
    return re.findall("[0-9]+", text)


def _whole(wanted: str, names: Iterable[str]) -> float:
    """How like one of the names it is as a whole; another number is another thing."""
    return max(
        (DamerauLevenshtein.normalized_similarity(wanted, name) for name in names if _digits(name) == _digits(wanted)),
        default=0.0,
    )


def _by_word(words: Sequence[str], card: Card) -> float:
    """How well every word is found among those of the card, a little less than a whole name."""
    return 0.98 * _found(words, (card.code, card.title.nl, card.title.en, *card.names))


def likeness(query: str, texts: Iterable[str]) -> float:
    """How well every word of a question is found in texts that are no cards: 1 is all of them, `SIMILAR` is enough."""
    return _found(_words(query), texts)


def _found(words: Sequence[str], texts: Iterable[str]) -> float:
    known = {word for text in texts for word in _words(text)}
    if not words or not known:
        return 0.0
    return sum(max(_like(word, other) for other in known) for word in words) / len(words)


def _like(word: str, other: str) -> float:
    if word == other:
        return 1.0
    if _digits(word) or _digits(other):
        return 0.0
    if len(word) >= _SHORTEST_PREFIX and other.startswith(word):
        return 0.95
    likeness = DamerauLevenshtein.normalized_similarity(word, other)
    return float(likeness) if likeness >= SIMILAR else 0.0
