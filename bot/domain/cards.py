"""What can be looked up in an incident: legal bases and how settled they are, phenomena, red flags, platforms, ways to them.

The handbook only informs. Nothing of it is recorded, and nothing of it decides what may be done.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from bot.domain.ids import RoleId
from bot.domain.playbook import Both, Phase

# How settled a basis is: in force; still to be looked up; an agreement and no law; a power that nobody surely has; a bill.
Status = Literal["geldend", "controleer", "geen_wet", "geen_vaststaande_bevoegdheid", "wetsvoorstel"]
Field = Literal["bestuur", "straf", "gegevens", "platform", "crisis", "onzeker", "komend"]
PlatformKind = Literal["openbaar", "groepen", "berichten", "handel", "spel"]


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """`flag` names the bill behind a basis that is not law; `on` says that it became law and may be used."""

    code: str
    names: tuple[str, ...]
    field: Field
    title: Both
    core: Both
    limit: Both
    competent: tuple[RoleId, ...]
    status: Status
    source: str
    consulted: str  # date, yyyy-mm-dd
    checked_by: str  # the lawyer who looked at it; empty until one has
    flag: str = ""
    on: bool = False
    decisions: tuple[str, ...] = ()  # decision types at which people may think that this carries something

    @property
    def carries(self) -> bool:
        """Whether a measure may rest on it."""
        return self.status not in ("geen_vaststaande_bevoegdheid", "wetsvoorstel") and (not self.flag or self.on)


@dataclass(frozen=True, slots=True)
class Measure:
    """One of the interventions: an option of a decision type, when it makes sense, and what carries it.

    Without `phenomena` it is for every kind of case, without `phases` for every phase.
    """

    decision: str
    option: str
    condition: Both
    bases: tuple[str, ...]
    phenomena: tuple[str, ...]
    phases: tuple[Phase, ...]


@dataclass(frozen=True, slots=True)
class Phenomenon:
    """A kind of case: how it usually goes, how much time there is, who is needed first."""

    code: str  # F01..F13
    names: tuple[str, ...]
    title: Both
    pattern: Both
    lead: Both
    first: tuple[RoleId, ...]
    mind: Both


@dataclass(frozen=True, slots=True)
class Signal:
    """A red flag without personal data; a negative weight damps."""

    code: str
    text: Both
    weight: int


@dataclass(frozen=True, slots=True)
class SignalGroup:
    letter: str
    title: Both
    signals: tuple[Signal, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """A way to have something done about a post: who may use it, for what, and what to mind."""

    id: str
    names: tuple[str, ...]
    title: Both
    who: Both
    purpose: Both
    mind: Both
    bases: tuple[str, ...]
    option: str | None  # the option of the decision on the route to removal


@dataclass(frozen=True, slots=True)
class Platform:
    """What is known of a platform; addresses stay empty until somebody looked them up, `checked` says when (yyyy-mm-dd)."""

    id: str
    names: tuple[str, ...]
    title: str
    kinds: tuple[PlatformKind, ...]
    very_large: bool | None  # by the list of the Commission; None: not looked up
    ephemeral: bool | None
    languages: tuple[str, ...]
    report_url: str
    authority_url: str
    checked: str


@dataclass(frozen=True, slots=True)
class Handbook:
    """All that `kaart` can show beside the decision types, in the order of the files; read once, with the other reference data."""

    bases: Mapping[str, LegalBasis] = field(default_factory=dict)
    measures: tuple[Measure, ...] = ()  # lightest first
    phenomena: Mapping[str, Phenomenon] = field(default_factory=dict)
    signals: tuple[SignalGroup, ...] = ()
    alarm_from: int = 6  # a sum of weights at which an alarm is advised
    follow_from: int = 3
    routes: tuple[Route, ...] = ()
    platforms: tuple[Platform, ...] = ()

    def bases_of(self, name: str) -> tuple[LegalBasis, ...]:
        """What the `basis` of a step names: a code, or another name that one or more bases go by."""
        found = self.bases.get(name)
        return (found,) if found else tuple(basis for basis in self.bases.values() if name in basis.names)

    def measures_for(self, phenomenon: str | None, phase: Phase | None) -> tuple[Measure, ...]:
        """The measures for this kind of case in this phase, lightest first, without those that no law carries."""
        return tuple(
            measure
            for measure in self.measures
            if (phenomenon is None or not measure.phenomena or phenomenon in measure.phenomena)
            and (phase is None or not measure.phases or phase in measure.phases)
            and all(self.bases[code].carries for code in measure.bases)
        )


NO_HANDBOOK: Final = Handbook()
