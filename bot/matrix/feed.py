"""Feeds nio what it needs of a sync, in pieces, so that one malformed event takes nothing else down with it."""

import asyncio
from collections.abc import Mapping
from typing import Any

from nio import AsyncClient
from nio.responses import SyncResponse

from bot.matrix import megolm
from bot.matrix.events import RawEvent, child, mappings
from bot.matrix.unwritten import Unwritten


async def feed(nio: AsyncClient, body: Mapping[str, Any], *, to_device: Unwritten | None) -> int:
    """Hand over rooms, changed devices, and to-device events when `to_device` says where their keys wait that cannot be written;
    gives how many pieces were malformed."""
    malformed = 0
    if to_device is not None:
        # nio writes the session that opened a message and the room's key that was in it one after the other. Killed in
        # between it could never open that message again, and everything said with that key would stay unreadable.
        with to_device.together():
            for event in mappings(child(body, "to_device").get("events")):
                malformed += not await _piece(nio, {"to_device": {"events": [event]}})
    rooms = child(body, "rooms")
    for room_id, info in child(rooms, "join").items():
        malformed += not await _room(nio, room_id, info)
        await asyncio.sleep(0)  # a start with a thousand rooms must not keep everybody else waiting
    for room_id in child(rooms, "leave"):
        nio.rooms.pop(room_id, None)
    changed = child(body, "device_lists").get("changed")
    for user in changed if isinstance(changed, list) else ():
        if isinstance(user, str) and (user in nio.olm.tracked_users or user in nio.olm.device_store.users):
            nio.olm.users_for_key_query.add(user)
    return malformed


def ask_for_key(nio: AsyncClient, event: RawEvent) -> None:
    """Queue a request to the sender's device for a key we lack, once per session: its message may have been lost."""
    closed = megolm.parsed(event.room_id, event.source)
    if closed is None or closed.session_id in nio.olm.outgoing_key_requests:
        return
    queued = (getattr(message, "request_id", None) for message in nio.outgoing_to_device_messages)
    if closed.session_id not in queued:
        request = closed.as_key_request(closed.sender, nio.device_id, closed.session_id, closed.device_id)
        nio.olm.outgoing_to_device_messages.append(request)


async def _room(nio: AsyncClient, room_id: str, info: Mapping[str, Any]) -> bool:
    # Messages are left out: we open them ourselves, and what nio makes of a malformed one is anybody's guess.
    timeline = [event for event in mappings(child(info, "timeline").get("events")) if "state_key" in event]
    state = mappings(child(info, "state").get("events")) + timeline
    if not state and room_id in nio.rooms:
        return True  # as most often: messages alone
    whole = await _piece(nio, {"rooms": {"join": {room_id: {"state": {"events": state}}}}})
    for event in () if whole else state:
        await _piece(nio, {"rooms": {"join": {room_id: {"state": {"events": [event]}}}}})
    if room_id in nio.rooms and any(event.get("type") == "m.room.create" for event in state):
        # The room from its beginning, or its full state: either way all its members, who from now on are kept up.
        nio.rooms[room_id].members_synced = True
    return whole


async def _piece(nio: AsyncClient, part: Mapping[str, Any]) -> bool:
    nio.next_batch = ""  # nio passes over an answer whose token it has seen
    try:
        response = SyncResponse.from_dict({"next_batch": "piece"} | dict(part))
        if not isinstance(response, SyncResponse):
            return False
        await nio.receive_response(response)
    except megolm.UNREADABLE:
        return False
    return True
