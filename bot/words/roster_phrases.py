"""What people type about the roster, taken apart: which layer, which person, and the words that say when."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from rapidfuzz.distance import DamerauLevenshtein

from bot.domain.ids import RoleId
from bot.domain.people import Person
from bot.domain.rota import Layer
from bot.words.arguments import role_of, similar_role
from bot.words.folding import fold

_LAYER: Final = re.compile(r"\s*(reserve|backup|back-up|achterwacht|eerste|first)\b[ ,:]*")
_LAYERS: Final[dict[str, Layer]] = {"eerste": "eerste", "first": "eerste"}
_OVER: Final = re.compile(r"\s*over\b[ ,:]*")
_WITH: Final = re.compile(r"(?:^|\s)(?:met|with)\s+(?=\S)")
_FROM: Final = re.compile(r"(?:^|\s)(?:van|from)\s+(?=\S)")
_PUT: Final = re.compile(r"(.+?)\s+(?:op|on|voor|for|als|as)\s+(?=\S)")
# How some clients write a mention in the plain text of a message.
_LINK: Final = re.compile(r"\[[^\]\n]{0,100}\]\(https://matrix\.to/#/([^)\s]{1,300})\)")
_MOST_WORDS: Final = 3  # of a name in front of a time
_WORD: Final = re.compile(r"@?[^\s:;,!?…()\"]+")
_SIMILAR: Final = 0.7
_SHORTEST: Final = 3


@dataclass(frozen=True, slots=True)
class Turn:
    """`layer` is None when it was not said. `over`: the time follows "over", which also means "from now" in Dutch."""

    layer: Layer | None
    when: str
    over: bool = False


@dataclass(frozen=True, slots=True)
class Swapped:
    """`asker` is empty for somebody's own shift; without a sign it may also be a part of `when`, as in "van za tot zo"."""

    turn: Turn
    other: str
    asker: str = ""


@dataclass(frozen=True, slots=True)
class Assigned:
    person: str
    role_word: str
    turn: Turn


@dataclass(frozen=True, slots=True)
class Nobody:
    """Who is meant is not known; `near` are the people it may be, none when the name is like no other."""

    said: str
    near: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Mistyped:
    """A word that stands where a role should; `suggestion` is the word for one that it is like."""

    said: str
    suggestion: str
    rest: str


def unlinked(said: str) -> str:
    """Mentions that came as links, as the account alone."""
    return _LINK.sub(lambda hit: unquote(hit.group(1)), said)


def turn(said: str) -> Turn:
    """Reads `reserve over tot 08:00`."""
    rest = fold(said)
    hit = _LAYER.match(rest.text)
    layer: Layer | None = _LAYERS.get(hit.group(1), "reserve") if hit else None
    rest = rest.after(hit.end()) if hit else rest
    over = _OVER.match(rest.text)
    rest = rest.after(over.end()) if over else rest
    return Turn(layer, rest.original.strip(), over is not None)


def swapped(said: str) -> Swapped | None:
    """Reads `za 22:00–zo 08:00 met @naam`, and with `van @ander` before or behind it; None without somebody to swap with."""
    said = unlinked(said)
    parts = list(_WITH.finditer(fold(said).text))
    if not parts:
        return None
    folded = fold(said)
    when = said[: folded.origin[parts[-1].start()]]
    other = folded.after(parts[-1].end()).original
    asker = ""
    if not when.strip() and other.startswith("@"):
        other, _, when = other.partition(" ")
    if hit := _last(_FROM, other):
        other, asker = other[: hit.start()], other[hit.end() :]
    elif (hit := _last(_FROM, when)) and when[hit.end() :].strip().startswith("@"):
        when, asker = when[: hit.start()], when[hit.end() :]
    return Swapped(turn(when), _name(other), _name(asker))


def assigned(said: str) -> Assigned | None:
    """Reads `@naam op cyber tot 08:00`."""
    said = unlinked(said)
    folded = fold(said)
    hit = _PUT.match(folded.text)
    rest = folded.after(hit.end()) if hit else folded
    word = _WORD.match(rest.text)
    if hit is None or word is None:
        return None
    person = said[: folded.origin[hit.end(1)]] if hit.end(1) < len(folded.origin) else said
    return Assigned(_name(person), word.group(), turn(rest.after(word.end()).original))


def named_first(said: str, people: Iterable[Person]) -> tuple[Person | Nobody, str] | None:
    """Who is named before a time, and that time: `@naam 3 dec–10 dec`, `De Vries morgen`; None when nobody is."""
    words, known = unlinked(said).split(), tuple(people)
    for many in range(min(_MOST_WORDS, len(words)), 0, -1):
        found = find_person(" ".join(words[:many]), known)
        if isinstance(found, Person):
            return found, " ".join(words[many:])
    if words and words[0].startswith("@"):
        return find_person(words[0], known), " ".join(words[1:])
    return None


def mistyped_role(said: str) -> Mistyped | None:
    """The words begin with something like a role."""
    folded = fold(said)
    hit = _WORD.match(folded.text)
    near = similar_role(hit.group()) if hit else None
    return Mistyped(hit.group(), near, folded.after(hit.end()).original.strip()) if hit and near else None


def role_named(word: str) -> RoleId | None:
    return role_of(fold(word).text)


def find_person(said: str, people: Iterable[Person]) -> Person | Nobody:
    """Who is called so: by account, id, name, or the last word of a name, without regard to case, accents and spaces."""
    plain = _plain(said)
    known = tuple(people)
    for match in (_by_account, _by_name, _by_last):
        found = tuple(person for person in known if plain and plain in match(person))
        if len(found) == 1:
            return found[0]
        if found:
            return Nobody(said, found)
    if len(plain) < _SHORTEST:
        return Nobody(said)
    likeness = [(_likeness(plain, person), person) for person in known]
    best = max((n for n, _ in likeness), default=0.0)
    return Nobody(said, tuple(p for n, p in likeness if n == best and n >= _SIMILAR))


def _likeness(plain: str, person: Person) -> float:
    names = _by_name(person) | _by_last(person)
    return max(DamerauLevenshtein.normalized_similarity(plain, name) for name in names)


def _plain(said: str) -> str:
    return fold(said.strip().lstrip("@").rstrip(" .,!?;:")).text.replace(" ", "")


def _by_account(person: Person) -> set[str]:
    accounts = {_plain(account) for account in person.accounts}
    return accounts | {account.partition(":")[0] for account in accounts}


def _by_name(person: Person) -> set[str]:
    return {_plain(person.id), _plain(person.name)}


def _by_last(person: Person) -> set[str]:
    return {_plain(person.name.split(" ")[-1])} if person.name else set()


def _name(said: str) -> str:
    return said.strip().rstrip(" .,!?;:")


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(iter(reversed(list(pattern.finditer(text)))), None)
