"""The entries that one command leads to, each seen by the next rule before anything is written."""

from dataclasses import replace

from bot.domain import entries as e
from bot.domain.authority import acting_as
from bot.domain.ids import BOT, PersonId
from bot.domain.incident import Incident, evolve
from bot.domain.origin import Origin
from bot.domain.world import World


class Draft:
    """Grows by `record`; `incident` is always the fold up to the last entry. Local to one call of `decide`."""

    def __init__(self, incident: Incident, by: Origin, world: World) -> None:
        self.incident = incident
        self.world = world
        self.entries: list[e.Entry] = []
        role = by.acting_as or (None if by.actor == BOT else acting_as(incident, by.actor, world.reference.contacts))
        self.by = replace(by, acting_as=role)

    def record(self, entry: e.Entry) -> None:
        entry = replace(entry, origin=self.by)
        self.entries.append(entry)
        self.incident = evolve(self.incident, entry, self.world.now)

    def meet(self, person: PersonId) -> None:
        """Writes down who a person is before the log first speaks of them."""
        known = self.world.person(person)
        if known is None or person in self.incident.people:
            return
        self.record(
            e.PersonSeen(
                person=person,
                name=known.name,
                organisation=known.organisation,
                roles=known.roles,
                language=known.language,
            )
        )
