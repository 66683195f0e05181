"""The log of all that is said in an incident, where its municipality agreed so; beside the incident's own log, never in it."""

from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.addressing import in_room, to_person
from bot.domain.incident import Incident


def keeps(incident: Incident) -> bool:
    """Whether what is said in this incident is kept in full; agreed when the alarm was raised, and never changed while it runs."""
    return incident.state != "none" and incident.chat == "all"


def announce(incident: Incident, entry: e.TranscriptEntry, shared: m.FetchFile | None = None) -> list[m.Message]:
    """What must happen, or be heard, of an entry of the transcript; `shared` is the request that a file's outcome is of."""
    match entry:
        case e.FileShared(message=message, person=person):
            where = {**in_room(incident), "to": m.To("media", message)}
            return [m.FetchFile(message=message, person=person, transcript=True, **where)]
        case e.FileNotKept(why=why) if shared is not None:
            return [m.FileNote(what=why, line=None, name="", **to_person(incident, shared.person))]
        case _:
            return []
