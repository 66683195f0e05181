"""What a decision may know beyond the log: the time, who is on call, the reference data, and what else was raised lately."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.contacts import Reference
from bot.domain.custody import Recorded
from bot.domain.escalation import Whom
from bot.domain.ids import MunicipalityId, PersonId, RoleId
from bot.domain.ladder import Channel
from bot.domain.people import COORDINATOR, Person
from bot.domain.readiness import alone
from bot.domain.roster import LAYERS, Change, shift_end
from bot.domain.survey import Answered


@dataclass(frozen=True, slots=True)
class Recent:
    """An incident raised lately, to see whether a new alarm looks like it."""

    number: str
    municipality: MunicipalityId
    phenomenon: str | None
    raised_at: datetime
    reporter: PersonId = PersonId("")


@dataclass(frozen=True, slots=True)
class World:
    """`now` is our own time (UTC, milliseconds, never running back); `wall` is the wall clock, which only rosters read."""

    now: datetime
    wall: datetime
    reference: Reference
    overrides: Sequence[Change] = ()
    recent: Sequence[Recent] = ()
    next_number: str = ""
    reachable: Mapping[PersonId, frozenset[Channel]] = field(default_factory=dict)  # verified channels
    channels: frozenset[Channel] = frozenset()  # what this installation has beside Matrix
    recorded: Sequence[Recorded] = ()  # what the logs of the incident hold, when something of it is to be erased
    answered: Sequence[Answered] = ()  # to the survey of the incident that is ticked, when that is over

    def person(self, person: PersonId) -> Person | None:
        return self.reference.contacts.people.get(person)

    def whom(self, role: RoleId, whom: Whom, municipality: MunicipalityId | None = None) -> tuple[PersonId, ...]:
        """The people that a policy's step stands for at this moment; the coordinator's own last step is the region's fallback.

        When neither layer of a role has anybody, its fallback stands in for the reserve.
        """
        contacts, served = self.reference.contacts, municipality or None
        match whom:
            case "eerste":
                found = contacts.on_call(role, whom, self.wall, self.overrides, served)
            case "reserve":
                found = contacts.on_call(role, whom, self.wall, self.overrides, served)
                if found is None and contacts.on_call(role, "eerste", self.wall, self.overrides, served) is None:
                    found = contacts.who(role, whom, self.wall, self.overrides, served).person
            case "coordinator" if role == COORDINATOR:
                return contacts.fallback
            case "coordinator":
                found = contacts.on_call(COORDINATOR, "eerste", self.wall, self.overrides, served)
        return (found.id,) if found else ()

    def one_way_only(self, person: PersonId) -> bool:
        """Whether one failure (a flat battery, a chat that is down) would keep a page from this person, where that could be
        otherwise."""
        return alone(self.reachable.get(person, frozenset()), self.channels)

    def shift_end(self, role: RoleId, person: PersonId, municipality: MunicipalityId) -> datetime | None:
        """When the person's shift for the role ends, on our own clock; None when they have none now, or none that ends soon."""
        rotations = self.reference.contacts.rotations
        for layer in LAYERS:
            ends = shift_end(rotations, self.overrides, person, role, layer, self.wall, municipality or None)
            if ends is not None:
                return self.now + (ends - self.wall)
        return None

    def successor(self, role: RoleId, holder: PersonId, municipality: MunicipalityId) -> PersonId | None:
        """Who is on duty for the role now and is not the holder."""
        on_duty = [person for layer in LAYERS for person in self.whom(role, layer, municipality)]
        return next((person for person in on_duty if person != holder), None)
