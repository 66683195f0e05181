"""Who had which role and which task from when until when, read from the entries: the state at the end only knows the last."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.domain.ids import PersonId
from bot.domain.incident import Incident, evolve
from bot.dossier.collect import Dossier

Kind = Literal["role", "duty"]
_Held = tuple[Kind, str, PersonId]


@dataclass(frozen=True, slots=True)
class Holding:
    """`what` is the id of the role or the duty; moments in UTC, `until` None: until the end, and that is not there yet."""

    kind: Kind
    what: str
    person: PersonId
    since: datetime
    until: datetime | None


def holdings(dossier: Dossier) -> tuple[Holding, ...]:
    """In the order in which they began; what nobody laid down ends when the incident closes, and begins again if it is reopened."""
    incident = Incident(dossier.incident.id)
    began: dict[_Held, datetime] = {}
    found: list[Holding] = []
    for one in dossier.facts:
        before, incident = incident, evolve(incident, one.fact, one.at)
        if (before.calls, before.duties, before.closed_at) == (incident.calls, incident.duties, incident.closed_at):
            continue
        now = dict.fromkeys(_held(incident)) if incident.closed_at is None else {}
        found += [Holding(*gone, began.pop(gone), one.at) for gone in list(began) if gone not in now]
        for held in now:
            began.setdefault(held, one.at)
    found += [Holding(*held, since, None) for held, since in began.items()]
    return tuple(sorted(found, key=lambda one: one.since))


def _held(incident: Incident) -> Iterator[_Held]:
    for role, call in incident.calls.items():
        for person in call.holders:
            yield "role", role, person
    for duty, held in incident.duties.items():
        if held.person is not None:
            yield "duty", duty, held.person
