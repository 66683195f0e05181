"""Gives every device in a room the key of our messages before a message goes out, and says who cannot be reached."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nio.crypto import OutboundGroupSession
from nio.rooms import MatrixRoom

from bot.matrix.client import MatrixClient
from bot.matrix.events import child, mappings
from bot.matrix.wire import room_path

Device = tuple[str, str]  # user id, device id


@dataclass(frozen=True, slots=True)
class Shared:
    """All reachable devices hold the key, one at least of each of the `reached`; `blind` are the others in the room."""

    reached: tuple[str, ...]
    blind: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotShared:
    reason: str


class _Gone(Exception):
    """A sync took the room away while its key was being shared."""


async def share(client: MatrixClient, room_id: str) -> Shared | NotShared:
    """Share the room's key; on return the very next step must be to encrypt, or a membership change may come between.

    nio's own sharing counts a session as shared when the request failed, and everything after it stays unreadable. So
    here the devices are compared with those that were really served, and a hole means that nothing is sent.
    """
    try:
        return await _share(client, room_id)
    except _Gone:
        return NotShared("the bot is not in the room")


async def _share(client: MatrixClient, room_id: str) -> Shared | NotShared:
    for _ in range(3):
        failed = await _know_members(client, room_id)
        if failed is None and client.nio.olm.should_query_keys:
            failed = await client.keys.query()
        if failed is not None:
            return NotShared(failed)
        session = _session(client, room_id)
        failed = await _serve(client, room_id, session)
        if failed is None and _session(client, room_id) is session:
            session.shared = True
            return _shared(client, room_id, session)
    return NotShared(failed or "the room changed while its key was being shared")


def _room(client: MatrixClient, room_id: str) -> MatrixRoom:
    room = client.nio.rooms.get(room_id)
    if room is None:
        raise _Gone
    return room


def devices(client: MatrixClient, room_id: str) -> set[Device]:
    """All devices of those in the room and those invited to it, ours left out."""
    olm = client.nio.olm
    found = {
        (user, device.id)
        for user in _room(client, room_id).users
        for device in olm.device_store.active_user_devices(user)
    }
    return found - {(olm.user_id, olm.device_id)}


def _session(client: MatrixClient, room_id: str) -> OutboundGroupSession:
    """The room's session, or a new one when somebody holds it who should not, or does not and the ratchet is past."""
    olm = client.nio.olm
    session = olm.outbound_group_sessions.get(room_id)
    present = devices(client, room_id)
    if session is not None and not session.expired:
        served = session.users_shared_with
        if served <= present and (not session.shared or present <= served | session.users_ignored):
            return session
    olm.create_outbound_group_session(room_id)
    return olm.outbound_group_sessions[room_id]


async def _serve(client: MatrixClient, room_id: str, session: OutboundGroupSession) -> str | None:
    olm = client.nio.olm

    def without_session() -> dict[str, list[str]]:
        missing: dict[str, list[str]] = {}
        for user, device in devices(client, room_id) - session.users_shared_with - session.users_ignored:
            if not olm.session_store.get(olm.device_store[user][device].curve25519):
                missing.setdefault(user, []).append(device)
        return missing

    if session.shared:
        return None
    failed = await client.keys.claim(without_session) if without_session() else None
    if failed is not None:
        return failed
    # No session even now: the device has no keys on the server. Not asked again until the room's session is renewed.
    session.users_ignored.update((user, device) for user, ids in without_session().items() for device in ids)
    parts = olm.share_group_session_parallel(
        room_id, list(_room(client, room_id).users), ignore_unverified_devices=True
    )
    results = await asyncio.gather(*(_part(client, session, served, content) for served, content in parts))
    return next((result for result in results if result is not None), None)


async def _part(
    client: MatrixClient, session: OutboundGroupSession, served: set[Device], content: Mapping[str, Any]
) -> str | None:
    failed = await client.keys.to_device("m.room.encrypted", content)
    if failed is None:
        session.users_shared_with.update(served)
    return failed


def _shared(client: MatrixClient, room_id: str, session: OutboundGroupSession) -> Shared:
    served = {user for user, _ in session.users_shared_with}
    present = set(_room(client, room_id).users) - {client.account.user_id}
    return Shared(tuple(sorted(present & served)), tuple(sorted(present - served)))


async def _know_members(client: MatrixClient, room_id: str) -> str | None:
    """Make sure the member list is whole; a room that is sent to before any sync told of it has none yet."""
    room = _room(client, room_id)
    if not room.members_synced:
        answer = await client.call("GET", f"{room_path(room_id, 'members')}?not_membership=leave")
        if not answer.ok:
            return answer.reason
        for event in mappings(answer.body.get("chunk")):
            membership, user = child(event, "content").get("membership"), event.get("state_key")
            if membership in ("join", "invite") and isinstance(user, str):
                room.add_member(user, None, None, membership == "invite")
    room.members_synced = True  # our syncs never load members lazily, so from here on they keep the list whole
    client.nio.olm.update_tracked_users(room)
    return None
