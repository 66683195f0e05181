"""What to do, by which role, when: the playbook that an incident freezes when it starts."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from bot.domain.ids import PlaybookId, RoleId, StepId

Phase = Literal["alarm", "beeld", "oordeel", "besluit", "interventie", "communicatie", "nafase"]
PHASES: Final[tuple[Phase, ...]] = ("alarm", "beeld", "oordeel", "besluit", "interventie", "communicatie", "nafase")

LineKind = Literal[
    "feit",
    "aanname",
    "duiding",
    "besluit",
    "actie",
    "communicatie",
    "externe_melding",
    "privacytoets",
    "sitrap",
    "evaluatie",
    "correctie",
    "bericht",  # what somebody said in the room, kept as it was said and not yet judged
]

# The base steps alone: what starts when no phenomenon is recognised.
BASE: Final = PlaybookId("PB00")


@dataclass(frozen=True, slots=True)
class Both:
    """A text in the two languages of the interface."""

    nl: str
    en: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do; `due` counts from the alarm, `via` is who does it when the playbook does not call `role`."""

    id: StepId
    phase: Phase
    text: Both
    role: RoleId
    due: timedelta
    via: RoleId | None = None
    decision: str | None = None  # B1..B14
    kinds: tuple[LineKind, ...] = ()  # what the log should hold when it is done
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Playbook:
    """A playbook as it is frozen: base steps and the phenomenon's own steps, merged and ordered by their time."""

    id: PlaybookId
    title: Both
    phenomena: tuple[str, ...]
    calls: tuple[RoleId, ...]
    steps: tuple[Step, ...]
    names: tuple[str, ...] = ()  # how a reporter names this phenomenon outright ("rellen")
    words: tuple[str, ...] = ()  # words that make the bot propose it
    valid_from: str = ""
    review_before: str = ""
    legally_checked_by: str = ""


@dataclass(frozen=True, slots=True)
class DecisionOption:
    """One of the answers to a decision's question; `competent` are the roles that may choose it."""

    id: str
    label: Both
    competent: tuple[RoleId, ...]


@dataclass(frozen=True, slots=True)
class DecisionType:
    """A point at which a competent human decides; `reasons` is what the motivation covers beside the fixed form."""

    id: str  # B1..B14
    question: Both
    options: tuple[DecisionOption, ...]
    competent: tuple[RoleId, ...]
    advisers: tuple[RoleId, ...]
    reasons: Both
