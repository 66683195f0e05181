"""Makes the bot's rooms so that it can be repeated after any crash: by alias and marker, then put right what is missing."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.matrix import feed
from bot.matrix.client import MatrixClient
from bot.matrix.events import mappings, memberships_of
from bot.matrix.power import room_levels
from bot.matrix.send import MEGOLM, Gateway, Unsent
from bot.matrix.wire import CLIENT, Answer, quoted, room_path

INCIDENT = "nl.iog.incident"
DIRECT = "nl.iog.direct"

# Seconds after a createRoom without a good answer: the server may still be making the room.
_SETTLE = 3.0

_AFFIRMED = ("m.room.history_visibility", "m.room.guest_access")


@dataclass(frozen=True, slots=True)
class RoomSpec:
    """A room to be made once. Encryption is not a choice. `power_levels` may not name a creator among its users."""

    alias_localpart: str
    marker_key: str
    marker_value: str
    name: str
    topic: str = ""
    room_version: str = "12"
    additional_creators: tuple[str, ...] = ()  # accounts that can rescue the room when the bot's account is lost
    power_levels: Mapping[str, Any] = field(default_factory=room_levels)
    federate: bool = True
    history_visibility: str = "shared"


@dataclass(frozen=True, slots=True)
class Made:
    """The room is there, ours, encrypted and complete. `abandoned` when a broken one had to be left behind."""

    room_id: str
    created: bool
    abandoned: bool = False


@dataclass(frozen=True, slots=True)
class NotYet:
    reason: str
    retry_after: float | None = None  # seconds

    @classmethod
    def of(cls, step: str, answer: Answer) -> "NotYet":
        return cls(f"{step}: {answer.reason}", answer.retry_after)


async def make_room(client: MatrixClient, gateway: Gateway, spec: RoomSpec) -> Made | NotYet:
    """Find the room by its alias or make it, then make it complete; repeat until it says `Made`.

    createRoom is neither repeatable nor whole: a homeserver that dies in it leaves rooms without encryption, or an
    alias that leads nowhere. Nobody is invited here, because one unreachable invitee would spoil the call.
    """
    abandoned = False
    for _ in range(2):
        found = await client.call("GET", _alias_path(client, spec))
        if found.status == 404:
            return await _create(client, gateway, spec, abandoned=abandoned)
        if not found.ok:
            return NotYet.of("alias", found)
        room_id = str(found.body.get("room_id", ""))
        state = await _state(client, room_id)
        if isinstance(state, list) and not _is_ours(client, spec, state):
            return NotYet(f"the alias #{spec.alias_localpart} belongs to another room")
        if isinstance(state, list) and _is_in(client, state):
            return await _converge(
                client, gateway, spec, room_id, state, Made(room_id, created=False, abandoned=abandoned)
            )
        if isinstance(state, Answer) and state.status not in (403, 404):
            return NotYet.of("state", state)
        deleted = await client.call("DELETE", _alias_path(client, spec))
        if not deleted.ok and deleted.status != 404:
            return NotYet.of("broken alias", deleted)
        abandoned = True
    return NotYet("the alias comes back broken")


async def make_direct(
    client: MatrixClient, gateway: Gateway, user_id: str, *, name: str, topic: str = "", federate: bool = True
) -> Made | NotYet:
    """The encrypted room for the bot and one person, who is invited; where a page rings even on a silenced phone."""
    digest = hashlib.sha256(user_id.encode()).hexdigest()[:32]
    spec = RoomSpec(
        f"iog-direct-{digest}", DIRECT, user_id, name, topic, federate=federate, history_visibility="invited"
    )
    made = await make_room(client, gateway, spec)
    if isinstance(made, NotYet):
        return made
    invited = await gateway.invite(made.room_id, user_id, direct=True)
    if isinstance(invited, Unsent):
        return NotYet(f"invite: {invited.reason}", invited.retry_after)
    return await _mark_direct(client, user_id, made)


async def leave_and_forget(client: MatrixClient, room_id: str) -> NotYet | None:
    """Leave for good, so that the next start does not have to load it; not being there is as good."""
    for step in ("leave", "forget"):
        answer = await client.call("POST", room_path(room_id, step), {})
        if not answer.ok and answer.status not in (403, 404):
            return NotYet.of(step, answer)
    client.nio.rooms.pop(room_id, None)
    client.nio.encrypted_rooms.discard(room_id)
    client.nio.store.delete_encrypted_room(room_id)
    return None


async def _create(client: MatrixClient, gateway: Gateway, spec: RoomSpec, *, abandoned: bool) -> Made | NotYet:
    creation: dict[str, Any] = {spec.marker_key: spec.marker_value}
    if not spec.federate:
        creation["m.federate"] = False
    if spec.additional_creators:
        creation["additional_creators"] = list(spec.additional_creators)
    body: dict[str, Any] = {
        # Not trusted_private_chat: that would make every invited person a creator for ever.
        "preset": "private_chat",
        "visibility": "private",
        "room_version": spec.room_version,
        "room_alias_name": spec.alias_localpart,
        "name": spec.name,
        "creation_content": creation,
        "power_level_content_override": dict(spec.power_levels),
        "initial_state": [
            {"type": kind, "state_key": "", "content": content}
            for kind, content in _wanted(client, spec).items()
            if kind in ("m.room.encryption", *_AFFIRMED)
        ],
    }
    if spec.topic:
        body["topic"] = spec.topic
    answer = await client.call("POST", f"{CLIENT}/createRoom", body)
    room_id = answer.body.get("room_id")
    if not answer.ok or not isinstance(room_id, str):
        return NotYet(f"createRoom: {answer.reason}", answer.retry_after or _SETTLE)
    state = await _state(client, room_id)
    if isinstance(state, Answer):
        return NotYet.of("state", state)
    return await _converge(client, gateway, spec, room_id, state, Made(room_id, created=True, abandoned=abandoned))


async def _converge(
    client: MatrixClient, gateway: Gateway, spec: RoomSpec, room_id: str, state: list[dict[str, Any]], made: Made
) -> Made | NotYet:
    """Put what is missing, encryption first, and believe only what is read back."""
    for _ in range(2):
        lacking = _lacking(client, spec, state)
        if not lacking:
            await feed.feed(client.nio, {"rooms": {"join": {room_id: {"state": {"events": state}}}}}, to_device=None)
            return made
        for kind in lacking:
            put = await gateway.put_state(room_id, kind, _wanted(client, spec)[kind])
            if isinstance(put, Unsent):
                return NotYet(f"{kind}: {put.reason}", put.retry_after)
        again = await _state(client, room_id)
        if isinstance(again, Answer):
            return NotYet.of("state", again)
        state = again
    return NotYet(f"not taken over: {', '.join(_lacking(client, spec, state))}")


def _wanted(client: MatrixClient, spec: RoomSpec) -> dict[str, dict[str, Any]]:
    """The state that a room of ours has, in the order in which it is put right."""
    wanted: dict[str, dict[str, Any]] = {
        "m.room.encryption": {"algorithm": MEGOLM},
        "m.room.power_levels": dict(spec.power_levels),
        "m.room.join_rules": {"join_rule": "invite"},
        "m.room.history_visibility": {"history_visibility": spec.history_visibility},
        "m.room.guest_access": {"guest_access": "forbidden"},
        "m.room.name": {"name": spec.name},
        "m.room.canonical_alias": {"alias": _alias(client, spec)},
    }
    return wanted | ({"m.room.topic": {"topic": spec.topic}} if spec.topic else {})


def _lacking(client: MatrixClient, spec: RoomSpec, state: list[dict[str, Any]]) -> list[str]:
    there = {str(event.get("type")): event.get("content") for event in state if event.get("state_key") == ""}

    def lacks(kind: str, content: Mapping[str, Any]) -> bool:
        now = there.get(kind)
        if not isinstance(now, dict):
            return True
        if kind == "m.room.encryption":
            return now.get("algorithm") != MEGOLM
        # A name or a level that somebody changed since is theirs to keep; who may read is not.
        return kind in _AFFIRMED and any(now.get(key) != value for key, value in content.items())

    return [kind for kind, content in _wanted(client, spec).items() if lacks(kind, content)]


def _is_ours(client: MatrixClient, spec: RoomSpec, state: list[dict[str, Any]]) -> bool:
    return any(
        event.get("type") == "m.room.create"
        and event.get("sender") == client.account.user_id
        and isinstance(event.get("content"), dict)
        and event["content"].get(spec.marker_key) == spec.marker_value
        for event in state
    )


def _is_in(client: MatrixClient, state: list[dict[str, Any]]) -> bool:
    """Whether we are in the room: Synapse shows its state to those who left as well."""
    return any(
        change.user_id == client.account.user_id and change.membership == "join"
        for change in memberships_of("", {"state": {"events": state}}, with_state=True)
    )


async def _state(client: MatrixClient, room_id: str) -> list[dict[str, Any]] | Answer:
    """The full state of a room, a list of events; the answer itself when there was none."""
    answer = await client.call("GET", room_path(room_id, "state"))
    return mappings(answer.items) if answer.ok else answer


async def _mark_direct(client: MatrixClient, user_id: str, made: Made) -> Made | NotYet:
    path = f"{CLIENT}/user/{quoted(client.account.user_id)}/account_data/m.direct"
    answer = await client.call("GET", path)
    if not answer.ok and answer.status != 404:
        return NotYet.of("m.direct", answer)
    direct = dict(answer.body) if answer.ok else {}
    rooms = direct.get(user_id)
    rooms = rooms if isinstance(rooms, list) else []
    if made.room_id in rooms:
        return made
    put = await client.call("PUT", path, direct | {user_id: [*rooms, made.room_id]})
    return made if put.ok else NotYet.of("m.direct", put)


def _alias(client: MatrixClient, spec: RoomSpec) -> str:
    return f"#{spec.alias_localpart}:{client.account.server_name}"


def _alias_path(client: MatrixClient, spec: RoomSpec) -> str:
    return f"{CLIENT}/directory/room/{quoted(_alias(client, spec))}"
