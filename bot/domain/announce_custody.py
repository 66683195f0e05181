"""What people hear of erased words and of what must be kept."""

from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.addressing import in_room
from bot.domain.custody import CustodyEntry
from bot.domain.ids import PersonId
from bot.domain.incident import Incident


def told(incident: Incident, entry: CustodyEntry, at: datetime) -> Iterable[m.Message]:
    by, where = incident.name(entry.origin.actor), in_room(incident)
    match entry:
        case e.ErasureAsked(of=of, which=which, ground=ground):
            named = _named(incident, of, which)
            shown = which if of == "message" else ""  # whoever confirms sees what it is about
            yield m.CustodyNote(what="asked", of=of, which=named, by=by, at=at, reason=ground, reply_to=shown, **where)
        case e.FieldErased(left=0, of=of, which=which):
            yield m.CustodyNote(
                what="erased",
                of=of,
                which=_named(incident, of, which),
                by=incident.name(entry.asked_by),
                confirmed_by=incident.name(entry.confirmed_by),
                at=at,
                reason=entry.ground,
                **where,
            )
        case e.FieldErased():
            return  # said with the last field of the same erasure
        case e.HoldPlaced(reason=reason):
            yield m.CustodyNote(what="held", by=by, at=at, reason=reason, **where)
        case e.HoldLifted(reason=reason):
            yield m.CustodyNote(what="lifted", by=by, at=at, reason=reason, **where)
        case _:
            assert_never(entry)


def _named(incident: Incident, of: e.Erasable, which: str) -> str:
    match of:
        case "person":
            return incident.name(PersonId(which))
        case "message":
            return ""  # its id tells nobody anything
        case _:
            return which
