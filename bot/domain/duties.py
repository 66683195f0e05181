"""Who chairs, keeps the minutes, speaks for us or stands in for the mayor: taken, offered, accepted, laid down, over time."""

from typing import Final

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.authority import takes_part
from bot.domain.draft import Draft
from bot.domain.ids import PersonId, RoleId
from bot.domain.incident import Incident
from bot.domain.people import COORDINATOR, MELDER, Duty, Person

# Without these two a meeting of people who do not know each other has neither a lead nor a memory.
NEEDED: Final[tuple[Duty, ...]] = ("voorzitter", "verslaglegger")
DEPUTY: Final[Duty] = "loco_burgemeester"
OBSERVER: Final[Duty] = "waarnemer"
_NAME_A_DEPUTY: Final = frozenset((COORDINATOR, MELDER, RoleId("burgemeester")))


def holds(incident: Incident, person: PersonId, duty: Duty) -> bool:
    """Whether the person has the duty now."""
    return incident.duty_holder(duty) == person


def unclaimed(incident: Incident) -> tuple[Duty, ...]:
    """The duties that somebody should have and nobody has; who was asked and said nothing has none."""
    return tuple(duty for duty in NEEDED if incident.duty_holder(duty) is None)


def give(draft: Draft, command: c.GiveDuty) -> None:
    """Who takes a duty has it at once; who is named by another has it when they say yes."""
    actor = draft.by.actor
    person = command.person or actor
    if draft.incident.state != "open" and command.duty != OBSERVER:
        raise c.Refused("incident_closed")
    if command.duty == DEPUTY:
        _may_name_a_deputy(draft, person)
    if holds(draft.incident, person, command.duty):
        raise c.Refused("already_recorded")
    draft.meet(actor)
    known = draft.world.person(person)
    if known is None or not takes_part(draft.incident, known):
        raise c.Refused("duty_person_away", {"person": draft.incident.name(person) if known is None else known.name})
    draft.meet(person)
    holder = draft.incident.duty_holder(command.duty)
    if person == actor:
        draft.record(e.DutyGiven(duty=command.duty, person=person, holder=holder))
    else:
        draft.record(e.DutyOffered(duty=command.duty, person=person, holder=holder))


def _may_name_a_deputy(draft: Draft, person: PersonId) -> None:
    """The duty carries a mayor's decisions: nobody gives it to themselves, and only who answers for the case gives it."""
    giver = draft.world.person(draft.by.actor)
    if draft.by.proof != "known_device":
        raise c.Refused("needs_proof")
    if person == draft.by.actor or giver is None or not _NAME_A_DEPUTY & _counting(draft.incident, giver):
        raise c.Refused("deputy_by_others")


def _counting(incident: Incident, giver: Person) -> set[RoleId]:
    """The mayor and the public order officer of another municipality have no say over who is mayor here."""
    own = giver.municipality == incident.municipality
    return {role for role in giver.roles if own or role == COORDINATOR}


def accept(draft: Draft, command: c.AcceptDuty) -> None:
    duty = _offered(draft, command.duty)
    holder = draft.incident.duty_holder(duty)
    draft.record(e.DutyGiven(duty=duty, person=draft.by.actor, holder=holder))


def decline(draft: Draft, command: c.DeclineDuty) -> None:
    draft.record(e.DutyDeclined(duty=_offered(draft, command.duty), person=draft.by.actor))


def _offered(draft: Draft, duty: Duty | None) -> Duty:
    for known, held in draft.incident.duties.items():
        if held.offered_to == draft.by.actor and duty in (None, known):
            return known
    raise c.Refused("nothing_offered")


def lay_down(draft: Draft, command: c.LayDownDuty) -> None:
    """The holder does; or the coordinator, for who left without a word."""
    holder = draft.incident.duty_holder(command.duty)
    if holder is None:
        raise c.Refused("duty_free", {"duty": command.duty})
    actor = draft.world.person(draft.by.actor)
    if holder != draft.by.actor and (actor is None or COORDINATOR not in actor.roles):
        raise c.Refused("duty_of_another", {"person": draft.incident.name(holder)})
    draft.meet(draft.by.actor)
    draft.record(e.DutyLaidDown(duty=command.duty, person=holder))


def remind(draft: Draft) -> None:
    """Once, and nobody but who leads."""
    person = draft.incident.owner(COORDINATOR) or draft.incident.reporter
    draft.record(e.DutiesUnclaimed(duties=unclaimed(draft.incident), person=person))
