"""What is to be learned from incidents that are over: lessons and questions that stayed open, with the incidents behind each.

Nobody stands in it: what may hold personal data, or names somebody of the project, is left out and only counted. What was recorded
in a closed circle is left out without being counted.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from bot.domain.circle import open_part
from bot.domain.contacts import Contacts
from bot.domain.erased import ERASED
from bot.domain.incident import Incident
from bot.domain.personal_data import find

_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Behind:
    """An incident that something was learned from."""

    number: str
    phenomenon: str | None
    exercise: bool


@dataclass(frozen=True, slots=True)
class Learned:
    """The words as they were written first; who wrote the same again shares them."""

    text: str
    behind: tuple[Behind, ...]


@dataclass(frozen=True, slots=True)
class Harvest:
    """Newest first; `left_out` is how many texts may hold personal data."""

    found: tuple[Learned, ...]
    left_out: int = 0


def lessons(incidents: Iterable[Incident], contacts: Contacts) -> Harvest:
    """Improvement points that were not dropped, and what was recorded as an evaluation; of exercises, too. `incidents` are those
    that are over, oldest first."""
    return _harvest(((one, text) for one in incidents for text in _lessons(open_part(one))), contacts)


def open_questions(incidents: Iterable[Incident], contacts: Contacts) -> Harvest:
    """Knowledge questions that got no answer, of real incidents."""
    real = (one for one in incidents if not one.exercise)
    return _harvest(((one, text) for one in real for text in _lines(open_part(one), "kennisvraag")), contacts)


def _lessons(incident: Incident) -> Iterator[str]:
    yield from (one.text for one in incident.after.improvements if one.state != "dropped")
    yield from _lines(incident, "evaluatie")


def _lines(incident: Incident, kind: str) -> Iterator[str]:
    for line in incident.log_lines.values():
        if line.kind == kind and line.replaced_by is None and line.answered_at is None:
            yield line.text


def _harvest(texts: Iterable[tuple[Incident, str]], contacts: Contacts) -> Harvest:
    team = frozenset(_words(person.name) for person in contacts.people.values())
    found: dict[tuple[str, ...], Learned] = {}
    left_out = 0
    for incident, text in texts:
        if not text.strip() or text == ERASED:
            continue
        names = team | {_words(seen.name) for seen in incident.people.values()}
        if find(text) or _named(_words(text), names):
            left_out += 1
            continue
        behind = Behind(incident.number, incident.phenomenon, incident.exercise)
        key = _words(text)
        before = found.pop(key, Learned(text, ()))  # put back at the end: it is the newest now
        found[key] = Learned(before.text, tuple(dict.fromkeys((behind, *before.behind))))
    return Harvest(tuple(reversed(found.values())), left_out)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))


def _named(words: tuple[str, ...], names: Collection[tuple[str, ...]]) -> bool:
    """Whether a whole name stands in the words."""
    starts = range(len(words))
    return any(name and any(words[n : n + len(name)] == name for n in starts) for name in names)
