"""What a decision may know beyond the log: the time, who is on call, the reference data, and what else was raised lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.contacts import Reference
from bot.domain.escalation import Whom
from bot.domain.ids import MunicipalityId, PersonId, RoleId
from bot.domain.people import COORDINATOR, Person
from bot.domain.roster import Override


@dataclass(frozen=True, slots=True)
class Recent:
    """An incident raised lately, to see whether a new alarm looks like it."""

    number: str
    municipality: MunicipalityId
    phenomenon: str | None
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class World:
    """`now` is our own time (UTC, milliseconds, never running back); `wall` is the wall clock, which only rosters read."""

    now: datetime
    wall: datetime
    reference: Reference
    overrides: Sequence[Override] = ()
    recent: Sequence[Recent] = ()
    next_number: str = ""

    def person(self, person: PersonId) -> Person | None:
        return self.reference.contacts.people.get(person)

    def whom(self, role: RoleId, whom: Whom) -> tuple[PersonId, ...]:
        """The people that a policy's step stands for at this moment; the coordinator's own last step is the region's fallback."""
        contacts = self.reference.contacts
        match whom:
            case "eerste" | "reserve":
                found = contacts.on_call(role, whom, self.wall, self.overrides)
            case "coordinator" if role == COORDINATOR:
                return contacts.fallback
            case "coordinator":
                found = contacts.on_call(COORDINATOR, "eerste", self.wall, self.overrides)
        return (found.id,) if found else ()
