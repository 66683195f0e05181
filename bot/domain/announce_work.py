"""What is heard of steps that change hands or are late, of a new round, and of duties."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, assert_never

from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.addressing import in_room, to_person
from bot.domain.ids import PersonId, StepId
from bot.domain.incident import Incident
from bot.domain.playbook import Step


def _step(incident: Incident, step: StepId) -> tuple[int, Step]:
    return next((nr, known) for nr, known in enumerate(incident.steps, start=1) if known.id == step)


def _name(incident: Incident, person: PersonId | None) -> str | None:
    return None if person is None else incident.name(person)


def passed(incident: Incident, entry: e.StepOffered | e.StepPassedOn | e.StepKept, at: datetime) -> Iterable[m.Message]:
    """Who is asked hears it alone; the room hears how it stands."""
    nr, step = _step(incident, entry.step)
    what: Literal["offered", "passed", "kept"]
    match entry:
        case e.StepOffered():
            what = "offered"
            yield m.StepAsked(
                step=step.id,
                nr=nr,
                text=step.text,
                by=incident.name(entry.origin.actor),
                due_at=incident.due_at(step),
                holder=_name(incident, entry.holder),
                **to_person(incident, entry.person),
            )
        case e.StepPassedOn():
            what = "passed"
        case e.StepKept():
            what = "kept"
        case _:
            assert_never(entry)
    yield m.StepNote(nr=nr, what=what, person=incident.name(entry.person), at=at, **in_room(incident))


def late(incident: Incident, entry: e.StepReminded) -> m.Message:
    found = (_step(incident, step) for step in entry.steps)
    shown = tuple(
        m.LateStep(step.id, nr, step.text, incident.due_at(step), incident.progress[step.id].role) for nr, step in found
    )
    to = to_person(incident, entry.person)
    return m.StepLate(late=shown[0], **to) if entry.who == "owner" else m.StepsLate(steps=shown, **to)


def began(incident: Incident, entry: e.RoundStarted, at: datetime) -> m.Message:
    by = incident.name(entry.origin.actor)
    return m.RoundNote(round=entry.round, steps=len(entry.steps), by=by, at=at, **in_room(incident))


def duty(
    incident: Incident, entry: e.DutyOffered | e.DutyGiven | e.DutyDeclined | e.DutyLaidDown, at: datetime
) -> Iterable[m.Message]:
    """Who is asked hears it alone; the room hears who has it from now on, or still has."""
    holder = entry.holder if isinstance(entry, e.DutyOffered | e.DutyGiven) else incident.duty_holder(entry.duty)
    what: Literal["offered", "given", "declined", "laid_down"]
    match entry:
        case e.DutyOffered():
            what = "offered"
            yield m.DutyAsked(
                duty=entry.duty,
                holder=_name(incident, holder),
                by=incident.name(entry.origin.actor),
                **to_person(incident, entry.person),
            )
        case e.DutyGiven():
            what = "given"
        case e.DutyDeclined():
            what = "declined"
        case e.DutyLaidDown():
            what = "laid_down"
        case _:
            assert_never(entry)
    person = incident.name(entry.person)
    yield m.DutyNote(
        duty=entry.duty, what=what, person=person, holder=_name(incident, holder), at=at, **in_room(incident)
    )


def unclaimed(incident: Incident, entry: e.DutiesUnclaimed) -> m.Message:
    return m.DutiesWanted(duties=entry.duties, **to_person(incident, entry.person))
