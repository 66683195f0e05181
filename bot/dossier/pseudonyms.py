"""Stable roles in the place of people: the same person is "Expert cyber A" in every line of one log, whoever wrote the name."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Final, get_args, get_type_hints

from bot.domain import entries as e
from bot.domain.erased import ERASED
from bot.domain.ids import BOT, PersonId, RoleId
from bot.domain.people import MELDER, Language
from bot.domain.playbook import Both
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
class Pseudonyms:
    """`people` gives the role of each person, by id; `words` finds what people may have typed of them."""

    people: Mapping[PersonId, PersonId]
    roles: tuple[PersonId, ...]  # in the order of their stand-ins
    typed: Mapping[str, str]  # the stand-in of what was typed, in lower case
    words: re.Pattern[str] | None

    def person(self, person: PersonId) -> PersonId:
        return self.people.get(person, person)

    def hidden(self, text: str, other: str) -> str:
        """The text with a stand-in for each person that the log knows, and `other` for any other Matrix account."""
        text = _STAND_IN.sub("", text)
        if self.words is not None:
            text = self.words.sub(lambda hit: self.typed[hit[0].lower()], text)
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
    accounts = {entry.origin.account: entry.origin.actor for entry in entries if entry.origin.account}
    exact: dict[str, PersonId] = {}  # found as they are written, as they may be a common word
    loose: dict[str, PersonId] = {}  # found in capitals too
    for person, role in people.items():
        exact[str(person)] = role
    for entry in entries:
        if isinstance(entry, e.PersonSeen) and entry.name and entry.name != ERASED:
            parts = entry.name.split()
            (loose if len(parts) > 1 else exact)[entry.name] = people[entry.person]
            if len(parts) > 1 and len(parts[-1]) >= _LEAST:
                exact.setdefault(parts[-1], people[entry.person])
    for account, person in accounts.items():
        if account != ERASED and person in people:
            loose[account] = people[person]
            loose["@" + account.removeprefix("@").partition(":")[0]] = people[person]
    roles = tuple(people.values())
    stands = {role: chr(_FIRST + n) for n, role in enumerate(roles)}
    typed = {name.lower(): stands[role] for found in (exact, loose) for name, role in found.items()}
    return Pseudonyms(people, roles, typed, _pattern(exact, loose))


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


def _pattern(exact: Iterable[str], loose: Iterable[str]) -> re.Pattern[str] | None:
    """The longest first: of "Jan de Vries" nothing may be left of which "de Vries" is a part."""
    each = [(name, f"(?<!\\w){re.escape(name)}(?!\\w)") for name in exact]
    each += [(name, f"(?i:(?<!\\w){re.escape(name)}(?!\\w))") for name in loose]
    if not each:
        return None
    return re.compile("|".join(found for _, found in sorted(each, key=lambda one: (-len(one[0]), one))))
