"""Where the messages of an incident go: its room, one person by name, or the operators."""

from typing import Any, Final

from bot.domain import messages as m
from bot.domain.ids import PersonId
from bot.domain.incident import Incident
from bot.domain.people import Language

ROOM: Final = m.To("room", "main")
MANAGEMENT: Final = m.To("management")


def in_room(incident: Incident) -> dict[str, Any]:
    return {"to": ROOM, "lang": incident.language, "number": incident.number, "exercise": incident.exercise}


def to_person(incident: Incident, person: PersonId) -> dict[str, Any]:
    """To a person's direct room, by name so that the phone makes a sound."""
    return {
        "to": m.To("person", person),
        "lang": _language(incident, person),
        "number": incident.number,
        "exercise": incident.exercise,
        "mention": (person,),
    }


def _language(incident: Incident, person: PersonId) -> Language:
    seen = incident.people.get(person)
    return seen.language if seen else incident.language


def main_room(incident: Incident) -> Any:  # noqa: ANN401 - a room id or nothing, as the messages take it
    return incident.rooms.get("main")


def manage(incident: Incident, code: str, **details: str) -> m.Message:
    given = {"number": incident.number, **details}
    where = {**in_room(incident), "to": MANAGEMENT}
    return m.ManagementNote(code=code, details=tuple(sorted(given.items())), **where)
