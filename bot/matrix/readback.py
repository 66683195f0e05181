"""Whether a message left long ago: its room is read back, because a homeserver forgets transaction ids after a day."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from bot.domain.ids import EventId, RoomId
from bot.matrix.client import MatrixClient
from bot.matrix.events import child
from bot.matrix.wire import room_path

# Our own name of an effect, within the encrypted content of what we say.
NAME: Final = "nl.iog.id"
# The homeserver's clock is not ours.
MARGIN: Final = timedelta(hours=1)
PAGE: Final = 100  # events
MOST_PAGES: Final = 200


@dataclass(frozen=True, slots=True)
class NotRead:
    """The room could not be read far enough back; `retry` when it may work later."""

    reason: str
    retry: bool
    retry_after: float | None = None  # seconds


async def left_before(
    client: MatrixClient, room: RoomId, names: Set[str], body: str | None, since: datetime
) -> EventId | NotRead | None:
    """The event that a message became, under one of its names, not before `since` (UTC); None when it never left.

    What a version without names said is known by its `body`.
    """
    earliest = (since - MARGIN).timestamp() * 1000
    start: str | None = None
    for _ in range(MOST_PAGES):
        query = urlencode({"dir": "b", "limit": PAGE} | ({"from": start} if start else {}))
        answer = await client.call("GET", f"{room_path(room, 'messages')}?{query}")
        if not answer.ok:
            return NotRead(answer.reason, answer.worth_repeating, answer.retry_after)
        chunk = answer.body.get("chunk")
        events = [one for one in chunk if isinstance(one, dict)] if isinstance(chunk, list) else []
        for source in events:
            if (found := _is_it(client, room, source, names, body)) is not None:
                return found
        end = answer.body.get("end")
        times = [at for one in events if isinstance(at := one.get("origin_server_ts"), int)]
        # the newest of a page: one event with a wrong time must not end the search
        if not isinstance(end, str) or end == start or (times and max(times) < earliest):
            return None
        start = end
    return NotRead("too much was said since", retry=False)


def _is_it(
    client: MatrixClient, room: RoomId, source: Mapping[str, Any], names: Set[str], body: str | None
) -> EventId | None:
    event = client.read(room, source) if source.get("sender") == client.account.user_id else None
    if event is None:
        return None
    named = event.content.get(NAME)
    same = named is None and body is not None and event.decrypted and event.content.get("body") == body
    if named in names or child(source, "unsigned").get("transaction_id") in names or same:
        return EventId(event.event_id)
    return None
