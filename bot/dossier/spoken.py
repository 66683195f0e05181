"""How the sections of a dossier name things: people, roles, moments and texts, in one language."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.domain import entries as e
from bot.domain.erased import ERASED, Erased
from bot.domain.ids import BOT, PersonId, RoleId
from bot.domain.people import Language
from bot.domain.playbook import Both
from bot.dossier.collect import Dossier, Line
from bot.dossier.grounds import WORDS, Ground, ground_of, in_words
from bot.dossier.labels import label
from bot.dossier.sheet import Bar, Cell, Facts, Length, Ref, Sentence, Table, When
from bot.words.catalogue import Catalogue
from bot.words.names import role_name
from bot.words.shown import ZONE, length_of, visible

ANCHOR_DIGITS: Final = 8  # as messages in the room show a hash
_GROUNDS: Final[dict[str, Ground]] = {ground: ground for ground in WORDS}
_MARK: Final = re.compile(rf"\[?{ERASED}(?: ({'|'.join(map(re.escape, _GROUNDS))}))?\]?")

# What was done about a decision; its reasons are told in full elsewhere, and who was reminded changes nothing.
_OF_DECISIONS: Final = (
    e.DecisionRecorded, e.DecisionConfirmed, e.DecisionSeconded, e.DecisionExplained, e.DecisionChanged,
    e.DecisionWithdrawn, e.ReasonsPromised, e.ReviewPlanned,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spoken:
    """What every section needs; `seqs` says where in the log each numbered line of the room stands, `courses` has the lines that
    tell what became of each decision."""

    dossier: Dossier
    lang: Language
    catalogue: Catalogue
    seqs: dict[int, int] = field(default_factory=dict)
    courses: Mapping[int, Sequence[Line]] = field(default_factory=dict)

    def say(self, key: str, **values: str) -> str:
        return label(self.lang, key, **values)

    def both(self, text: Both) -> str:
        return visible(text.nl if self.lang == "nl" else text.en)

    def named(self, key: str, value: str) -> str:
        """A word of the catalogue for a value of a closed list; a value that it does not know shows as it is."""
        name = f"{key}.{value}"
        return self.catalogue.template(self.lang, name) if self.catalogue.has(name) else visible(value)

    def who(self, person: PersonId | None) -> Cell:
        if person is None:
            return ""
        if person == BOT:
            return self.catalogue.template(self.lang, "bot.name")
        return self.text(self.dossier.incident.name(person))

    def plain(self, person: PersonId | None) -> str:
        said = self.who(person)
        return said if isinstance(said, str) else self.say("bar.erased")

    def text(self, text: str) -> Cell:
        """What somebody wrote, line by line; where it was erased or kept back, a bar that says so and why."""
        if (ground := ground_of(text)) is not None:
            return Bar(in_words(ground, self.lang))
        if isinstance(text, Erased):
            return Bar(self.say("bar.erased"))
        lines = text.splitlines()
        return tuple(visible(one) for one in lines) if len(lines) > 1 else visible(text)

    def sentence(self, told: str) -> Cell:
        """A sentence of ours around what somebody wrote: what is gone from it stays as `[…]`, and a bar after it says why."""
        if not self.dossier.withheld:
            return told  # then somebody typed such a mark
        grounds = dict.fromkeys(hit[1] for hit in _MARK.finditer(told))
        if not grounds:
            return told
        bars = (
            Bar(self.say("bar.erased") if name is None else in_words(_GROUNDS[name], self.lang)) for name in grounds
        )
        return (_MARK.sub("[…]", told), *bars)

    def role(self, role: RoleId) -> str:
        return role_name(self.catalogue, self.lang, role)

    def roles(self, roles: tuple[RoleId, ...]) -> str:
        return ", ".join(self.role(role) for role in roles)

    def length(self, start: datetime | None, end: datetime | None) -> Cell:
        if start is None or end is None:
            return ""
        seconds = int((end - start).total_seconds())
        return Length(length_of(seconds, self.lang), seconds)

    def line(self, number: int) -> Cell:
        """A line of the room by its number, with the way to it."""
        name = f"{self.say('reason.lines')} {number}"
        seq = self.seqs.get(number)
        return name if seq is None else Ref(name, f"line-{seq}")

    def table(self, columns: str, rows: Iterator[tuple[Cell, ...]], ids: tuple[str, ...] = ()) -> Table | Sentence:
        found = tuple(rows)
        header = tuple(self.say(column) for column in columns.split())
        return Table(header, found, ids) if found else Sentence(self.say("none"))

    def facts(self, rows: Iterator[tuple[str, Cell]]) -> Facts:
        """What is empty is left out."""
        return Facts(tuple((self.say(key), cell) for key, cell in rows if cell not in ("", ())))


def spoken(dossier: Dossier, lang: Language, catalogue: Catalogue) -> Spoken:
    lines = {line.seq: line for line in dossier.lines}
    seqs: dict[int, int] = {}
    courses: dict[int, list[Line]] = {}
    for one in dossier.facts:
        if isinstance(one.fact, e.LineRecorded):
            seqs[one.fact.line] = one.seq
        elif isinstance(one.fact, _OF_DECISIONS):
            courses.setdefault(one.fact.decision, []).append(lines[one.seq])
    return Spoken(dossier, lang, catalogue, seqs, courses)


def when(at: datetime) -> When:
    """To the second and with its zone: in the hour that comes twice in October the two differ."""
    return When(f"{at.astimezone(ZONE):%d-%m-%Y %H:%M:%S %Z}", f"{at:%Y-%m-%dT%H:%M:%S}Z")


def maybe(at: datetime | None) -> Cell:
    return "" if at is None else when(at)
