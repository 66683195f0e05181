"""What to do, by which role, when: the playbook that an incident freezes when it starts."""

from dataclasses import dataclass
from datetime import date, timedelta
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
    "kennisvraag",  # what nobody knew when it mattered
    "bericht",  # what somebody said in the room, kept as it was said and not yet judged
]

# What a playbook can be for; F13 is what comes back every year, such as New Year's Eve.
PHENOMENA: Final = tuple(f"F{n:02}" for n in range(1, 14))

# What became of a step, as people write it: gedaan (done) or nvt (it does not apply).
Outcome = Literal["gedaan", "nvt"]

# The base steps alone: what starts when no phenomenon is recognised.
BASE: Final = PlaybookId("PB00")


@dataclass(frozen=True, slots=True)
class Both:
    """A text in the two languages of the interface."""

    nl: str
    en: str


@dataclass(frozen=True, slots=True)
class Condition:
    """What must have been answered before a step is put to anybody. One of three: the decision of a type came out as one of
    `options`, a step ended with `outcome`, or the case is of a phenomenon."""

    decision: str | None = None  # B1..B14
    options: tuple[str, ...] = ()
    step: StepId | None = None
    outcome: Outcome = "gedaan"
    phenomenon: str | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """The answer that made a condition come true: a decision by its number, with its option; a step, with its outcome; or a
    phenomenon."""

    decision: int | None = None
    option: str | None = None
    step: StepId | None = None
    outcome: Outcome | None = None
    phenomenon: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do; `due` counts from the alarm, `via` is who does it when the playbook does not call `role`.

    A `required` step that is not done needs a reason before an incident closes. It is put to nobody before all of `when` holds.
    `before` counts back from the expected moment of an announced disturbance, and then goes before `due`. What `repeats` is put
    again in every new round.
    """

    id: StepId
    phase: Phase
    text: Both
    role: RoleId
    due: timedelta
    via: RoleId | None = None
    decision: str | None = None  # B1..B14
    kinds: tuple[LineKind, ...] = ()  # what the log should hold when it is done
    basis: tuple[str, ...] = ()
    required: bool = False
    when: tuple[Condition, ...] = ()
    four_eyes: bool = False  # the decision needs a second person
    help: str = ""  # the card that says more
    before: timedelta | None = None
    repeats: bool = False


# Bills that would give a power which nobody has as long as they are no law.
PendingLaw = Literal["wet_oaov_36789", "wet_gegevensvergaring_oo"]
ReasonKind = Literal["tekst", "feiten", "grondslag", "moment"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One question of the motivation. `kind` says what answers it: words, numbers of log lines, legal codes of the option, or a
    moment."""

    id: str
    kind: ReasonKind
    name: Both
    question: Both


@dataclass(frozen=True, slots=True)
class DecisionOption:
    """One of the answers to a decision's question; `competent` are the roles that may choose it.

    `basis` are the legal codes that can carry it, `asks` the reasons it needs beside those of its type, and `law` the bill that
    must become law before anybody may choose it.
    """

    id: str
    label: Both
    competent: tuple[RoleId, ...]
    basis: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    law: PendingLaw | None = None


@dataclass(frozen=True, slots=True)
class DecisionType:
    """A point at which a competent human decides; `reasons` is what the motivation covers beside the fixed form, and `asks` are
    the questions of the whole form in the order of asking. With `four_eyes` a second person must agree."""

    id: str  # B1..B14
    question: Both
    options: tuple[DecisionOption, ...]
    competent: tuple[RoleId, ...]
    advisers: tuple[RoleId, ...]
    reasons: Both
    asks: tuple[str, ...] = ()
    four_eyes: bool = False


@dataclass(frozen=True, slots=True)
class CalendarProfile:
    """What comes back by the calendar, and then is a phenomenon of its own. `first` and `last` are days of any year as `12-30`
    (both included, over New Year too); without them only the `words` tell."""

    phenomenon: str
    name: Both
    words: tuple[str, ...] = ()
    first: str = ""
    last: str = ""

    def covers(self, day: date) -> bool:
        """Whether a local day lies within."""
        if not self.first:
            return False
        said = f"{day:%m-%d}"
        if self.first <= self.last:
            return self.first <= said <= self.last
        return said >= self.first or said <= self.last


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
    decisions: tuple[DecisionType, ...] = ()  # the points of decision, as they were when it started
    reasons: tuple[Reason, ...] = ()  # the questions that their motivation is asked with
    first: tuple[RoleId, ...] = ()  # of `calls`: who is called before the others
    closed_circle: bool = False  # the bot proposes to go on in confidence, with named people only
    weak_words: tuple[str, ...] = ()  # words that count for half: too many other things are told with them
    calendar: tuple[CalendarProfile, ...] = ()
