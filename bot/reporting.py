"""What an incident is told of its pages and its room once they were sent, or could not be."""

from dataclasses import replace
from typing import Any, Final

import msgspec

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.attachment import KeptFile
from bot.domain.delivery import ROOM_TROUBLE_AFTER, Delivered, GaveUp, Outcome, Retry, Unclear
from bot.domain.ids import EventId, PageId
from bot.domain.ladder import CHANNELS, Channel
from bot.domain.origin import Origin, Place
from bot.store.outbox import OutboxRow

BY_DELIVERY: Final = Origin(via="delivery")


def fields_of(row: OutboxRow) -> dict[str, Any]:
    """What the message says; nothing when it cannot be read, for then it is given up and must still be settled."""
    try:
        return msgspec.json.decode(row.message, type=dict[str, Any])
    except msgspec.DecodeError:
        return {}


def room_report(row: OutboxRow, outcome: Outcome) -> c.ReportRoom | None:
    name: Place = "closed_circle" if fields_of(row).get("name") == "closed_circle" else "main"
    match outcome:
        case Delivered(room=room):
            return c.ReportRoom(name=name, room_id=room, by=BY_DELIVERY)
        case Retry(reason=reason) if row.attempts + 1 == ROOM_TROUBLE_AFTER:
            return c.ReportRoom(name=name, room_id=None, reason=reason, by=BY_DELIVERY)
        case GaveUp(reason=reason) | Unclear(reason=reason):
            return c.ReportRoom(name=name, room_id=None, reason=reason, by=BY_DELIVERY)
        case Retry():
            return None


def fetched(row: OutboxRow) -> m.FetchFile | None:
    """The request that a row carries; None when it cannot be read."""
    try:
        return msgspec.json.decode(row.message, type=m.FetchFile)
    except msgspec.MsgspecError:
        return None


def file_outcome(outcome: Outcome) -> KeptFile | e.NotKept | None:
    """What became of the fetching of a file; None while it is tried again."""
    match outcome:
        case Delivered(file=KeptFile() as kept):
            return kept
        case GaveUp(reason="too_large" | "damaged" | "erased" | "too_many" | "no_room" as why):
            return why
        case Delivered() | GaveUp() | Unclear():
            return "unavailable"
        case Retry():
            return None


def page_report(row: OutboxRow, outcome: Outcome) -> c.ReportDelivery | None:
    page = PageId(row.subject or "")
    said = fields_of(row)
    found = said.get("channel", "matrix")
    channel: Channel = next((known for known in CHANNELS if known == found), "matrix")
    report = c.ReportDelivery(
        page=page, attempt=int(said.get("attempt", 1)), channel=channel, outcome="delivered", by=BY_DELIVERY
    )
    match outcome:
        case Delivered(event=event):
            return replace(report, event=event or EventId(row.key))
        case GaveUp(reason=reason):
            return replace(report, outcome="undeliverable", reason=reason)
        case Unclear(reason=reason):
            return replace(report, outcome="unclear", reason=reason)
        case Retry():
            return None
