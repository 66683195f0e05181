"""What everybody must read, derived from the script and the playbook before it is compared with what their clients show."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.demo.cast import Cast, Participant
from bot.demo.recognise import Meaning
from bot.demo.script import ANSWERS_ETA, BY_CHAT, CTER, DECLINES, POLICE, SILENT, reply_of
from bot.domain.ids import RoleId
from bot.domain.people import CALLED, COORDINATOR, MELDER
from bot.domain.playbook import Playbook

ANY: Final = 1_000
# How many steps of each role the script finishes; the next one of the role is then shown and stays open. The coordinator's second
# asks for a decision from the list: taking it on is all that a tap or a word does to it.
FINISHED: Final[Mapping[RoleId, int]] = {MELDER: 2, COORDINATOR: 1, POLICE: 1, CALLED: 1}


@dataclass(frozen=True, slots=True)
class Expected:
    """A message that one participant must read between `least` and `most` times; `phone` says whether a phone sounds for it."""

    who: Participant
    what: Meaning
    rings: bool
    in_room: bool = False
    least: int = 1
    most: int = 1


@dataclass(frozen=True, slots=True)
class StepPlan:
    """The numbers of the steps, as text, by the role that does them, and how many of each the script finishes."""

    by_role: Mapping[RoleId, tuple[str, ...]]
    finishes: Mapping[RoleId, int] = field(default_factory=lambda: FINISHED)

    @classmethod
    def of(cls, playbook: Playbook, called: frozenset[RoleId], finishes: Mapping[RoleId, int] = FINISHED) -> "StepPlan":
        """The steps in the order of their time; a role that is not called does its steps through another."""
        here = called | {MELDER, COORDINATOR, CALLED}
        found: dict[RoleId, list[str]] = {}
        for number, step in enumerate(sorted(playbook.steps, key=lambda s: s.due), start=1):
            doer = step.role if step.role in here else step.via or COORDINATOR
            found.setdefault(doer, []).append(str(number))
        return cls({role: tuple(numbers) for role, numbers in found.items()}, finishes)

    def shown(self, role: RoleId) -> tuple[str, ...]:
        """The steps that the room reads for a role: those that are finished in the script, and the next."""
        return self.by_role.get(role, ())[: self.finishes.get(role, 0) + 1]

    def finished(self, role: RoleId) -> tuple[str, ...]:
        return self.by_role.get(role, ())[: self.finishes.get(role, 0)]

    @property
    def all_shown(self) -> tuple[str, ...]:
        return tuple(number for role in self.by_role for number in self.shown(role))


def direct_messages(cast: Cast) -> Iterator[Expected]:
    """What everybody reads in the chat with the bot, beside the link to the room."""
    for one in cast.everybody:
        for kind, about, sounds in _direct(one, cast):
            yield Expected(one, Meaning(kind, about), sounds)


def _direct(one: Participant, cast: Cast) -> Iterator[tuple[str, str, bool]]:
    if one.part == "reporter":
        yield from (("alarm", "", True), ("understood", "", False), ("file", "", True), ("dossier", "", False))
        return
    if one.role == BY_CHAT and one.part == "paged":
        yield from (("code_sent", "", False), ("proved", "", False))
    yield "page", "", True
    reply = reply_of(one.role, one.part)
    if reply.how == "silent":
        yield "repeat", "", True
    elif not reply.comes:
        yield "declined", cast.reserve(one.role).name, True
        yield "page_declined", "", False
    else:
        later = one.role == ANSWERS_ETA and one.part == "paged"
        yield ("confirmation_eta", reply.with_, True) if later else ("confirmation", "", True)
        yield "page_taken", "", False


def link_expected(cast: Cast, linked: frozenset[str]) -> Iterator[Expected]:
    """The room is either linked in the confirmation (`linked`: ids of those people) or said to be open afterwards, never both."""
    for one in cast.everybody:
        comes = one.part == "reporter" or reply_of(one.role, one.part).comes
        if comes and one.person.id not in linked:
            yield Expected(one, Meaning("room_open"), rings=True)


def room_messages(cast: Cast, steps: StepPlan, late: frozenset[str]) -> Iterator[tuple[Meaning, bool, int]]:
    """What the room reads: meaning, whether phones sound, and how often at most; `late` are the names of those who were invited
    after the status card was sent, to whom the bot says again how it stands."""
    yield Meaning("card"), False, 1
    yield Meaning("card_changed"), False, ANY
    for one in cast.everybody:
        if one.name in late:
            yield Meaning("welcome", one.name), False, 1
        if one.part != "reporter":
            yield from ((meaning, False, 1) for meaning in _answer_notes(one))
    yield Meaning("not_reached", cast.first(SILENT).name), False, 1
    for role in (DECLINES, SILENT):
        yield Meaning("called", cast.reserve(role).name), False, 1
    for number in steps.all_shown:
        yield Meaning("step", number), True, 1
    yield Meaning("step_claimed", steps.shown(COORDINATOR)[1]), False, 1
    yield Meaning("step_claimed", steps.shown(CTER)[0]), False, 1
    for role in (MELDER, COORDINATOR, CALLED):
        for number in steps.finished(role):
            yield Meaning("step_done", number), False, 1
    yield Meaning("step_skipped", steps.finished(POLICE)[0]), False, 1
    for number in ("1", "2"):
        yield Meaning("decision", number), True, 1
        yield Meaning("decision_confirmed", number), False, 1
    yield Meaning("decision_explained", "1"), False, 1
    yield Meaning("line", "1"), False, 1
    yield Meaning("sitrep", "1"), True, 1
    yield Meaning("closing"), True, 1
    yield Meaning("closed"), False, 1


def _answer_notes(one: Participant) -> Iterator[Meaning]:
    reply = reply_of(one.role, one.part)
    if reply.how == "silent":
        return
    if not reply.comes:
        yield Meaning("cannot", one.name)
    elif one.role == ANSWERS_ETA and one.part == "paged":
        yield Meaning("comes_later", one.name)
    else:
        yield Meaning("comes", one.name)
