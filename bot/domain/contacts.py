"""The reference data as one value: the region, its people and rotations, the playbooks and the decision types."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.escalation import EscalationPolicy
from bot.domain.ids import Account, MunicipalityId, PersonId, PlaybookId, RoleId
from bot.domain.people import MELDER, Language, Municipality, Person
from bot.domain.playbook import DecisionType, Playbook
from bot.domain.roster import Layer, Override, Rotation, on_call


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
class Contacts:
    """Everybody the bot knows, who is on call when, and how long it waits for whom."""

    region: Region
    municipalities: tuple[Municipality, ...]
    people: Mapping[PersonId, Person]
    rotations: tuple[Rotation, ...]
    policy: EscalationPolicy
    fallback: tuple[PersonId, ...]  # paged when nobody is on call, and in safe mode

    def person_of(self, account: Account) -> Person | None:
        """The person who speaks from exactly this Matrix id; a look-alike on another server is nobody."""
        for person in self.people.values():
            if account in person.accounts:
                return person
        return None

    def on_call(self, role: RoleId, layer: Layer, at: datetime, overrides: Sequence[Override] = ()) -> Person | None:
        """Who is on call at the instant `at` (aware); an override that names somebody unknown counts as nobody."""
        person = on_call(self.rotations, overrides, role, layer, at)
        return None if person is None else self.people.get(person)

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
