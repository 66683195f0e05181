"""What is heard of messages that stand in the log and were changed, and of files: in the room, and by who must know."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, assert_never

from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.addressing import in_room, to_person
from bot.domain.incident import Incident


def retold(incident: Incident, entry: e.SourceEdited | e.SourceRemoved, at: datetime) -> Iterable[m.Message]:
    actor, about, number = entry.origin.actor, entry.about, entry.number
    text = entry.text if isinstance(entry, e.SourceEdited) else ""
    what: Literal["edited", "removed"] = "edited" if isinstance(entry, e.SourceEdited) else "removed"
    by = incident.name(actor)
    yield m.SourceNote(what=what, by=by, at=at, about=about, named=number, text=text, **in_room(incident))
    if about is not None and actor in incident.people:
        yield m.SourceStays(what=what, about=about, named=number, **to_person(incident, actor))


def filed(incident: Incident, entry: e.FileShared | e.FileKept | e.FileNotKept) -> Iterable[m.Message]:
    file = incident.files[entry.message]
    match entry:
        case e.FileShared(message=message, person=person):
            where = {**in_room(incident), "to": m.To("media", message)}
            yield m.FetchFile(message=message, person=person, **where)
        case e.FileKept():
            yield m.FileNote(what="kept", line=file.line, name=file.name, **in_room(incident))
        case e.FileNotKept(why=why):
            for person in dict.fromkeys((file.person, file.by)):
                yield m.FileNote(what=why, line=file.line, name=file.name, **to_person(incident, person))
        case _:
            assert_never(entry)
