"""The reference data as one value: the region, its people and rotations, the playbooks and the decision types."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.domain.cards import NO_HANDBOOK, Handbook
from bot.domain.duty import Absence, Change, Held, Vacant
from bot.domain.escalation import EscalationPolicy
from bot.domain.ids import Account, MunicipalityId, PersonId, PlaybookId, RoleId
from bot.domain.people import MELDER, Language, Municipality, Person
from bot.domain.playbook import DecisionType, Playbook
from bot.domain.retention import Terms
from bot.domain.roster import Layer, Rotation, duty
from bot.domain.standby import StandbyRules


@dataclass(frozen=True, slots=True)
class Region:
    """One installation serves one region; `federate` says whether contacts may live on other homeservers."""

    name: str
    zone: str  # IANA name; all that people read and all hand-overs are in this zone
    language: Language
    server: str
    federate: bool
    break_glass: Account  # the second creator of every room, for when the bot's own account is lost


@dataclass(frozen=True, slots=True)
class OnCall:
    """Who stands for a role and layer, and by what; `gap` says why it is not somebody's own shift."""

    person: Person | None
    source: Literal["rota", "fixed", "override", "fallback", "nobody"]
    gap: Vacant | None = None


@dataclass(frozen=True, slots=True)
class Contacts:
    """Everybody the bot knows, who is on call when, and how long it waits for whom."""

    region: Region
    municipalities: tuple[Municipality, ...]
    people: Mapping[PersonId, Person]
    rotations: tuple[Rotation, ...]
    policy: EscalationPolicy
    fallback: tuple[PersonId, ...]  # paged when nobody is on call, and in safe mode
    standby: StandbyRules = StandbyRules()
    retention: Terms = Terms()

    @property
    def free_days(self) -> frozenset[date]:
        """The days that the rosters take for holidays."""
        return frozenset(day for rotation in self.rotations for day in rotation.holidays)

    def person_of(self, account: Account) -> Person | None:
        """The person who speaks from exactly this Matrix id; a look-alike on another server is nobody."""
        for person in self.people.values():
            if account in person.accounts:
                return person
        return None

    def on_call(
        self,
        role: RoleId,
        layer: Layer,
        at: datetime,
        changes: Sequence[Change] = (),
        municipality: MunicipalityId | None = None,
    ) -> Person | None:
        """Who is on call at the instant `at` (aware), None in a gap; the fallback is not on call, `who` tells of it."""
        found = self.who(role, layer, at, changes, municipality)
        return found.person if found.gap is None else None

    def who(
        self,
        role: RoleId,
        layer: Layer,
        at: datetime,
        changes: Sequence[Change] = (),
        municipality: MunicipalityId | None = None,
    ) -> OnCall:
        """Who stands for the role and layer at `at`, and by what: in a gap it is the region's fallback.

        A gap that is meant has nobody. An override that names somebody unknown leaves a gap.
        """
        match duty(self.rotations, changes, role, layer, at, municipality):
            case Held(person=held, by=by) if held in self.people:
                return OnCall(self.people[held], by)
            case Held(person=held):
                gap = Vacant("unknown", held)
            case Vacant(why="intended") as meant:
                return OnCall(None, "nobody", meant)
            case Vacant() as found:
                gap = found
        away = {c.person for c in changes if isinstance(c, Absence) and c.start <= at < c.end}
        covers = next((self.people[p] for p in self.fallback if p in self.people and p not in away), None)
        return OnCall(covers, "fallback" if covers else "nobody", gap)

    def municipality(self, municipality: MunicipalityId) -> Municipality | None:
        """The municipality with this id."""
        for known in self.municipalities:
            if known.id == municipality:
                return known
        return None

    def municipality_named(self, text: str) -> Municipality | None:
        """The municipality that the text names first, by one of its names as a whole word, in capitals or not."""
        found = [
            (match.start(), -len(name), municipality)
            for municipality in self.municipalities
            for name in (municipality.name, *municipality.other_names)
            if (match := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE))
        ]
        return min(found, key=lambda hit: hit[:2])[2] if found else None

    def officers(self, municipality: MunicipalityId) -> tuple[Person, ...]:
        """The public order officers of a municipality, who report for it."""
        return tuple(p for p in self.people.values() if p.municipality == municipality and MELDER in p.roles)


@dataclass(frozen=True, slots=True)
class Reference:
    """All reference data of one load; `digest` is the SHA-256 (hex) over the files it was read from."""

    contacts: Contacts
    playbooks: Mapping[PlaybookId, Playbook]  # PB00 is the base steps alone
    decisions: Mapping[str, DecisionType]
    digest: str
    handbook: Handbook = NO_HANDBOOK  # what can be looked up
