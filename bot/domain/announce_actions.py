"""What the room and the owner hear of an action."""

from datetime import datetime

from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.addressing import in_room, to_person
from bot.domain.incident import Incident


def shown(incident: Incident, entry: e.ActionGiven | e.ActionPassedOn | e.ActionMoved, at: datetime) -> m.Message:
    """The action as it stands from now on. The owner's phone rings, unless the owner said it."""
    known = incident.actions[entry.action - 1]
    by = entry.origin.actor
    where = {**in_room(incident), "mention": () if by == known.owner else (known.owner,)}
    owner = incident.name(known.owner)
    return m.ActionShown(
        action=known.number, text=known.text, owner=owner, due=known.due, by=incident.name(by), at=at, **where
    )


def noted(incident: Incident, entry: e.ActionDone | e.ActionDropped, at: datetime) -> m.Message:
    """What the action was is repeated: its number alone tells nobody anything at night."""
    known = incident.actions[entry.action - 1]
    return m.ActionNote(
        action=known.number,
        what="done" if isinstance(entry, e.ActionDone) else "dropped",
        text=known.text,
        remark=known.remark,
        by=incident.name(entry.origin.actor),
        at=at,
        **in_room(incident),
    )


def due(incident: Incident, entry: e.ActionReminded) -> m.Message:
    known = incident.actions[entry.action - 1]
    assert known.due is not None, "only an action with a time is due"
    owner = incident.name(known.owner) if entry.who == "coordinator" else None
    return m.ActionDue(
        action=known.number, text=known.text, due=known.due, owner=owner, **to_person(incident, entry.person)
    )
