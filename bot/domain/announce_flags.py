"""What follows when an incident turns out to concern others too, or when some of its people go on in confidence."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Literal

from bot.domain import circle
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.addressing import in_room, main_room, to_person
from bot.domain.ids import PersonId
from bot.domain.incident import Incident
from bot.domain.people import COORDINATOR
from bot.domain.playbook import Both, Playbook

NO_PLAYBOOK: Final = Both(nl="nog geen draaiboek", en="no playbook yet")


def neighbour(
    incident: Incident, entry: e.MunicipalityInvolved | e.MunicipalityReleased, at: datetime
) -> Iterable[m.Message]:
    """Its people are told and invited; who has no other part in it leaves when their municipality does."""
    by = incident.name(entry.origin.actor)
    told: dict[str, Any] = {"municipality": incident.municipality_name, "title": _title(incident), "by": by}
    match entry:
        case e.MunicipalityInvolved(name=name, persons=persons):
            yield m.FlagNote(what="involved", name=name, by=by, at=at, **in_room(incident))
            for person in persons:
                if "main" in incident.rooms:
                    yield m.Invite(person=person, **in_room(incident))
                room = main_room(incident)
                yield m.NeighbourTold(what="involved", name=name, room=room, **told, **to_person(incident, person))
        case e.MunicipalityReleased(name=name, persons=persons, reason=reason):
            yield m.FlagNote(what="released", name=name, by=by, at=at, reason=reason, **in_room(incident))
            for person in persons:
                if _no_other_part(incident, person):
                    yield m.Remove(person=person, **in_room(incident))
                yield m.NeighbourTold(what="released", name=name, **told, **to_person(incident, person))
    yield _topic(incident)


def _no_other_part(incident: Incident, person: PersonId) -> bool:
    return person != incident.reporter and all(page.person != person for page in incident.pages.values())


def _title(incident: Incident) -> Both:
    return incident.playbooks[-1].title if incident.playbooks else NO_PLAYBOOK


def _topic(incident: Incident) -> m.Message:
    names = tuple(one.name for one in incident.neighbours)
    wide = "bovenregionaal" in incident.flags
    return m.TopicChanged(municipality=incident.municipality_name, neighbours=names, wide=wide, **in_room(incident))


def flagged(incident: Incident, entry: e.FlagRaised | e.FlagLowered, at: datetime) -> Iterable[m.Message]:
    by = incident.name(entry.origin.actor)
    what: Literal["raised", "lowered"] = "raised" if isinstance(entry, e.FlagRaised) else "lowered"
    yield m.FlagNote(what=what, by=by, at=at, reason=entry.reason, **in_room(incident))
    coordinator = _coordinator(incident)
    if isinstance(entry, e.FlagRaised) and coordinator is not None:
        number = incident.policy.duty_number if incident.policy else ""
        yield m.WideTold(by=by, reason=entry.reason, duty_number=number, **to_person(incident, coordinator))
    yield _topic(incident)


def language_chosen(incident: Incident, entry: e.LanguageChosen, at: datetime) -> Iterable[m.Message]:
    """Said in the new language, in each room of the incident."""
    by = incident.name(entry.origin.actor)
    yield m.LanguageNote(by=by, at=at, **in_room(incident))
    if circle.CIRCLE in incident.rooms:
        yield m.LanguageNote(by=by, at=at, **_in_circle(incident))


def _coordinator(incident: Incident) -> PersonId | None:
    """Who answered for the role, else who is being called for it."""
    paged = (page.person for page in incident.pages.values() if COORDINATOR in page.roles)
    return incident.owner(COORDINATOR) or next(paged, None)


# --- the closed circle --------------------------------------------------------------------------------------------------


def proposed(incident: Incident, entry: e.Acknowledged | e.PlaybookStarted) -> Iterable[m.Message]:
    """Once there is a coordinator, and a playbook that asks for few people, the bot proposes it; people decide."""
    coordinator = incident.owner(COORDINATOR)
    if coordinator is None or incident.circle:
        return
    match entry:
        case e.PlaybookStarted(playbook=playbook):
            asking: tuple[Playbook, ...] = (playbook,) if playbook.closed_circle else ()
        case e.Acknowledged(person=person, page=page):
            answers = person == coordinator and COORDINATOR in incident.pages[page].roles
            asking = tuple(book for book in incident.playbooks if book.closed_circle and answers)
    if asking:
        yield m.CircleProposed(title=asking[-1].title, **to_person(incident, coordinator))


def _in_circle(incident: Incident) -> dict[str, Any]:
    return {**in_room(incident), "to": circle.ROOM}


def _names(incident: Incident, persons: Iterable[PersonId]) -> tuple[str, ...]:
    return tuple(incident.name(person) for person in persons)


def circled(
    incident: Incident, entry: e.CircleFormed | e.CircleWidened | e.CircleNarrowed, at: datetime
) -> Iterable[m.Message]:
    actor = entry.origin.actor
    by = incident.name(actor)
    match entry:
        case e.CircleFormed(persons=persons, reason=reason):
            municipality = incident.municipality_name
            yield m.MakeRoom(name=circle.CIRCLE, municipality=municipality, **_in_circle(incident))
            names = _names(incident, persons)
            yield m.CircleTold(what="forming", by=by, names=names, reason=reason, **to_person(incident, actor))
        case e.CircleWidened(persons=persons):
            for person in persons if circle.CIRCLE in incident.rooms else ():
                yield from _invited(incident, person, by)
            yield m.CircleShown(what="widened", names=_names(incident, persons), at=at, **_in_circle(incident))
        case e.CircleNarrowed(person=person):
            yield m.Remove(person=person, **_in_circle(incident))
            yield m.CircleShown(what="narrowed", names=_names(incident, (person,)), at=at, **_in_circle(incident))
            yield m.CircleTold(what="left", by=by, **to_person(incident, person))


def _invited(incident: Incident, person: PersonId, by: str) -> Iterable[m.Message]:
    yield m.Invite(person=person, **_in_circle(incident))
    room = incident.rooms[circle.CIRCLE]
    names = _names(incident, incident.circle)
    yield m.CircleTold(what="invited", by=by, names=names, room=room, **to_person(incident, person))


def circle_opened(incident: Incident, at: datetime) -> Iterable[m.Message]:
    """Everybody is invited before the first message, so that they can read it."""
    by = incident.name(incident.circle[0]) if incident.circle else ""
    for person in incident.circle:
        yield from _invited(incident, person, by)
    names = _names(incident, incident.circle)
    yield m.CircleShown(what="opened", names=names, at=at, **_in_circle(incident))


def in_circle(incident: Incident, person: PersonId, at: datetime) -> Iterable[m.Message]:
    """Who is in the room and not in the circle reads along; the circle must know."""
    if person not in incident.circle:
        yield m.CircleShown(what="stranger", names=_names(incident, (person,)), at=at, **_in_circle(incident))


def circle_ended(
    incident: Incident, what: Literal["closed", "reopened"], person: PersonId, at: datetime
) -> Iterable[m.Message]:
    if circle.CIRCLE in incident.rooms:
        end = m.EndNote(what=what, by=incident.name(person), at=at, **_in_circle(incident))
        lock = m.LockRoom(locked=what == "closed", **_in_circle(incident))
        yield from (end, lock) if what == "closed" else (lock, end)
