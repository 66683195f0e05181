"""Stable roles in the place of people: the same person is "Expert cyber A" in every line of one log, whoever wrote the name."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Final, get_args, get_type_hints

from bot.domain import entries as e
from bot.domain.erased import ERASED
from bot.domain.ids import BOT, PersonId, RoleId
from bot.domain.people import MELDER, Language
from bot.domain.playbook import Both
from bot.dossier.likeness import alike
from bot.words.catalogue import Catalogue
from bot.words.names import role_name

_NOBODY: Final = PersonId("")
_PLAIN: Final[Mapping[RoleId | None, Both]] = {
    MELDER: Both("Melder", "Reporter"),
    None: Both("Deelnemer", "Participant"),
}
_LEAST: Final = 3  # letters of a last name that is looked for on its own
# Stand for people while a text is looked through: no detector takes one of these characters for a name.
_FIRST: Final = 0xF0000
_STAND_IN: Final = re.compile("[\U000f0000-\U000ffffd]")
_MATRIX_ID: Final = re.compile(r"@[\w.=/+-]+:[\w.-]*\w")


@dataclass(frozen=True, slots=True)
class Typed:
    """Who is meant by what somebody may have typed: `in_capitals` where it begins with a capital, `small` where it does not, either
    where any way of writing it does."""

    in_capitals: str | None = None
    small: str | None = None


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """`people` gives the role of each person, by id; `words` finds in a text what people may have typed of them."""

    people: Mapping[PersonId, PersonId]
    roles: tuple[PersonId, ...]  # in the order of their stand-ins
    typed: Mapping[str, Typed]  # the stand-ins of what was typed, as `alike` compares it
    words: re.Pattern[str] | None

    def person(self, person: PersonId) -> PersonId:
        return self.people.get(person, person)

    def hidden(self, text: str, other: str) -> str:
        """The text with a stand-in for each person that the log knows, and `other` for any other Matrix account."""
        text = _STAND_IN.sub("", text)
        if self.words is not None:
            compared = alike(text)
            parts: list[str] = []
            kept = 0
            for hit in self.words.finditer(compared.text):
                start, stop = compared.span(*hit.span())
                meant = self.typed[hit[0]]
                stand_in = meant.in_capitals if text[start].isupper() else meant.small
                if stand_in is not None:
                    parts += (text[kept:start], stand_in)
                    kept = stop
            text = "".join((*parts, text[kept:]))
        return _MATRIX_ID.sub(lambda _: other, text)

    def shown(self, text: str) -> str:
        """The same with roles for the stand-ins."""
        return _STAND_IN.sub(lambda hit: self.roles[ord(hit[0]) - _FIRST], text)


def pseudonyms(facts: Iterable[e.Entry], catalogue: Catalogue, lang: Language = "nl") -> Pseudonyms:
    """Letters in the order in which people first appear, within the first role that the log gives each: the same letters in every
    language, so that who lays the Dutch page beside the English one meets the same people."""
    entries = tuple(facts)
    seen: dict[PersonId, e.PersonSeen] = {}
    for entry in entries:
        if isinstance(entry, e.PersonSeen):
            seen.setdefault(entry.person, entry)
    given: Counter[str] = Counter()
    people: dict[PersonId, PersonId] = {}
    for person in (one for entry in entries for one in named(entry)):
        if person not in people and person not in (BOT, _NOBODY):
            met = seen.get(person)
            called = _called(catalogue, lang, met.roles[0] if met is not None and met.roles else None)
            people[person] = PersonId(f"{called} {_letters(given[called])}")
            given[called] += 1
    roles = tuple(people.values())
    stands = {role: chr(_FIRST + n) for n, role in enumerate(roles)}
    typed: dict[str, Typed] = {}
    for written, person, exact in _writings(entries, people):
        compared = alike(written.strip()).text
        meant = typed.get(compared, Typed())
        if not exact or written[:1].isupper():
            meant = replace(meant, in_capitals=stands[people[person]])
        if not exact or not written[:1].isupper():
            meant = replace(meant, small=stands[people[person]])
        if compared:
            typed[compared] = meant
    return Pseudonyms(people, roles, typed, _pattern(typed))


def _writings(entries: Sequence[e.Entry], people: Mapping[PersonId, PersonId]) -> Iterator[tuple[str, PersonId, bool]]:
    """What people may type of each person, what says least first; `exact` where it counts only with, or only without, its capital,
    because it may be a common word as well."""
    seen = [x for x in entries if isinstance(x, e.PersonSeen) and x.person in people and x.name and x.name != ERASED]
    for one in reversed(seen):  # of two with one last name the first is meant
        parts = one.name.split()
        if len(parts) > 1 and len(parts[-1]) >= _LEAST:
            yield parts[-1], one.person, True
    for person in people:
        yield str(person), person, True
    for one in seen:
        parts = one.name.split()
        yield one.name, one.person, len(parts) == 1 and one.name[:1].isupper()
        particle = next((n for n, part in enumerate(parts) if n and part[:1].islower()), None)
        if particle is not None and particle < len(parts) - 1:
            yield " ".join(parts[particle:]), one.person, False  # "De Vries" of Jan de Vries
    for account, person in {x.origin.account: x.origin.actor for x in entries if x.origin.account}.items():
        if account != ERASED and person in people:
            yield account, person, False
            yield "@" + account.removeprefix("@").partition(":")[0], person, False


def named(entry: e.Entry) -> Iterator[PersonId]:
    """The people whom an entry names by their id, who did it last."""
    kind: type = type(entry)
    for name in of_people(kind):
        value = getattr(entry, name)
        yield from (value if isinstance(value, tuple) else () if value is None else (value,))
    yield entry.origin.actor


@cache
def of_people(cls: type) -> frozenset[str]:
    """The fields of a kind that hold ids of people."""
    hints = get_type_hints(cls)
    return frozenset(one.name for one in fields(cls) if PersonId in (hints[one.name], *get_args(hints[one.name])))


def _called(catalogue: Catalogue, lang: Language, role: RoleId | None) -> str:
    plain = _PLAIN.get(role)
    if plain is not None or role is None:
        plain = plain or _PLAIN[None]
        return plain.nl if lang == "nl" else plain.en
    name = role_name(catalogue, lang, role)
    if role.startswith("expert_"):
        return f"Expert {name}" if lang == "nl" else f"{name[:1].upper()}{name[1:]} expert"
    return name[:1].upper() + name[1:]


def _letters(number: int) -> str:
    """A to Z, then AA, AB …, as the columns of a spreadsheet go on."""
    letters = ""
    number += 1
    while number:
        number, left = divmod(number - 1, 26)
        letters = chr(ord("A") + left) + letters
    return letters


def _pattern(typed: Iterable[str]) -> re.Pattern[str] | None:
    """The longest first: of "Jan de Vries" nothing may be left of which "de Vries" is a part."""
    longest = sorted(typed, key=lambda one: (-len(one), one))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)") if longest else None
