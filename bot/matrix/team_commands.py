"""What somebody said about duties, rounds and steps of others, as commands: names and times are understood, or refused."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from bot.domain import commands as c
from bot.domain.ids import PersonId, StepId
from bot.domain.incident import Incident
from bot.domain.origin import Origin
from bot.domain.people import Duty, Person
from bot.store.outbox import OutboxRow
from bot.words.grammar import DUTY_VERBS, DUTY_WORDS
from bot.words.parse import Said
from bot.words.roster_phrases import Nobody, find_person
from bot.words.when import Understood, point

_DUTIES: Final = tuple(DUTY_WORDS)


def duty(said: Said, by: Origin, people: Iterable[Person]) -> c.Command:
    """`voorzitter @naam`, `rol liaison @naam`, or with `ik` (nothing) for oneself."""
    known, _, name = said.argument.partition(" ")
    if said.verb in DUTY_VERBS:
        return c.GiveDuty(duty=DUTY_VERBS[said.verb], person=_person(said.argument, people), by=by)
    return c.GiveDuty(duty=_duty(known), person=_person(name, people), by=by)


def laid_down(said: Said, by: Origin) -> c.Command:
    return c.LayDownDuty(duty=_duty(said.argument), by=by)


def _duty(word: str) -> Duty:
    return next(known for known in _DUTIES if known == word)


def _person(named: str, people: Iterable[Person]) -> PersonId | None:
    if not named:
        return None
    found = find_person(named, people)
    if isinstance(found, Nobody):
        near = ", ".join(f"@{person.id}" for person in found.near)
        raise c.Refused("which_person" if found.near else "no_such_person", {"people": near})
    return found.id


def passed_on(said: Said, step: StepId | None, by: Origin, people: Iterable[Person]) -> c.Command:
    return c.PassOnStep(step=step, person=_person(said.argument, people) or by.actor, by=by)


def later(said: Said, step: StepId | None, by: Origin, now: datetime, zone: str) -> c.Command:
    """`later 2`, `later 2 15:00`, `later 2 over een half uur`. `now` is aware; `zone` an IANA name."""
    if not said.argument:
        return c.PostponeStep(step=step, by=by)
    found = point(said.argument, now, zone)
    if not isinstance(found, Understood):
        raise c.Refused("step_time")
    return c.PostponeStep(step=step, until=found.at, by=by)


def offered(incident: Incident | None, person: PersonId, by: Origin, *, yes: bool) -> c.Command | None:
    """What a yes or a no without more answers: the duty or the step that was offered to the sender; None when there is none."""
    if incident is None:
        return None
    for known, held in incident.duties.items():
        if held.offered_to == person:
            return c.AcceptDuty(duty=known, by=by) if yes else c.DeclineDuty(duty=known, by=by)
    for step, state in incident.progress.items():
        if state.offered_to == person:
            return c.AcceptStep(step=step, by=by) if yes else c.KeepStep(step=step, by=by)
    return None


def answered(row: OutboxRow, by: Origin, *, yes: bool) -> c.Command | None:
    """What a yes or a no to one of our questions means; None when the question was about something else."""
    subject = row.subject or ""
    match row.kind:
        case "DutyAsked":
            asked = _duty(subject)
            return c.AcceptDuty(duty=asked, by=by) if yes else c.DeclineDuty(duty=asked, by=by)
        case "StepAsked":
            step = StepId(subject)
            return c.AcceptStep(step=step, by=by) if yes else c.KeepStep(step=step, by=by)
        case _:
            return None
