"""Empties a room whose term is over: takes back every message and puts everybody out, as far as the bot's power goes; then leaves
and forgets the room."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

from bot.domain.delivery import Delivered, GaveUp, Outcome, Retry
from bot.domain.ids import RoomId
from bot.matrix.client import MatrixClient
from bot.matrix.events import child, mappings
from bot.matrix.send import Gateway, Sent
from bot.matrix.wire import Answer, room_path

AT_A_TIME: Final = 100  # messages in one answer of the homeserver


async def empty(client: MatrixClient, gateway: Gateway, room: RoomId) -> Outcome:
    """May be done again after it was cut short: what is empty stays so. A room that we are in no more counts as done."""
    start: str | None = None
    while True:
        query = {"dir": "b", "limit": AT_A_TIME} | ({"from": start} if start else {})
        page = await client.call("GET", f"{room_path(room, 'messages')}?{urlencode(query)}")
        if page.status in (403, 404):
            break  # left already, before the answer to that came
        if not page.ok:
            return _again(page)
        for event in mappings(page.body.get("chunk")):
            if (stopped := await _take_back(gateway, room, event)) is not None:
                return stopped
        end = page.body.get("end")
        if not isinstance(end, str) or end == start:
            break
        start = end
    if (kept := await _put_out(client, gateway, room)) is not None:
        return kept
    for step in ("leave", "forget"):
        answer = await client.call("POST", room_path(room, step), {})
        if not answer.ok and answer.status not in (403, 404):
            return _again(answer)
    return Delivered(None, room)


async def _put_out(client: MatrixClient, gateway: Gateway, room: RoomId) -> Retry | GaveUp | None:
    """Everybody, also who was asked in and never came: it stands in nobody's list of rooms any more, and nothing new is said there.
    Who cannot be put out (another creator of the room) leaves by themselves."""
    found = await client.call("GET", f"{room_path(room, 'members')}?not_membership=leave")
    if found.status in (403, 404):
        return None  # left already
    if not found.ok:
        return _again(found)
    for event in mappings(found.body.get("chunk")):
        account = event.get("state_key")
        if not isinstance(account, str) or account == client.account.user_id:
            continue
        if child(event, "content").get("membership") not in ("join", "invite", "knock"):
            continue
        stays = await gateway.remove(room, account)
        if stays is not None and stays.retry:
            return Retry(stays.reason, stays.retry_after)
    return None


async def _take_back(gateway: Gateway, room: RoomId, event: Mapping[str, Any]) -> Retry | None:
    """What the bot may not take back stays: its author can, or the homeserver's operator."""
    name = event.get("event_id")
    if (
        not isinstance(name, str)
        or "state_key" in event
        or event.get("type") == "m.room.redaction"
        or not event.get("content")
    ):
        return None
    sent = await gateway.redact(room, name, f"empty-{sha256(name.encode()).hexdigest()[:32]}")
    if isinstance(sent, Sent) or not sent.retry:
        return None
    return Retry(sent.reason, sent.retry_after)


def _again(answer: Answer) -> Retry | GaveUp:
    return Retry(answer.reason, answer.retry_after) if answer.worth_repeating else GaveUp(answer.reason)
