"""What is put on the wire of a message, under which transaction id, and what an answer of the homeserver means for its row."""

from typing import Any

from bot.domain.delivery import Delivered, GaveUp, Outcome, Retry
from bot.domain.ids import EventId, RoomId
from bot.matrix.send import Sent, Unsent
from bot.store.outbox import OutboxRow
from bot.words.render import Rendered


def txn_of(row: OutboxRow) -> str:
    """Unique per effect for the lifetime of the device: the row's key and the kind of effect."""
    return f"{row.key.replace('/', '.')}.{row.kind}"


def content_of(words: Rendered, anchor: tuple[int, str] | None) -> dict[str, Any]:
    content: dict[str, Any] = {"msgtype": words.msgtype, "body": words.body, "m.mentions": {}}
    if words.html:
        content |= {"format": "org.matrix.custom.html", "formatted_body": words.html}
    if words.mentions:
        content["m.mentions"] = {"user_ids": list(words.mentions)}
    if anchor is not None:
        content["nl.iog.log"] = {"seq": anchor[0], "h": anchor[1]}
    return content


def outcome_of(sent: Sent | Unsent, room: RoomId) -> Outcome:
    if isinstance(sent, Sent):
        return Delivered(EventId(sent.event_id), room)
    return Retry(sent.reason, sent.retry_after) if sent.retry else GaveUp(sent.reason)
