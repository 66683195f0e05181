"""The table of calls: which path leads to which act, and what the homeserver answers to it."""

import asyncio
import hashlib
import hmac
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.wire_homeserver import acts, keys
from tests.wire_homeserver.push import RULES
from tests.wire_homeserver.rooms import MEMBER, Event
from tests.wire_homeserver.sync import messages, sync
from tests.wire_homeserver.world import SERVER_NAME, Json, Refusal, Session, World

_PREFIX: Final = re.compile(r"^/_matrix/client/(?:r0|v1|v3|unstable)(?=/)")


@dataclass(frozen=True)
class Call:
    """One request. `parts` are the variable segments of its path, in order; `shortest` is a fault of a sync."""

    world: World
    method: str
    parts: tuple[str, ...]
    query: dict[str, str]
    body: Json
    data: bytes
    content_type: str
    session: Session | None
    shortest: int | None = None

    @property
    def who(self) -> Session:
        if self.session is None:
            raise Refusal(401, "M_MISSING_TOKEN", "Missing access token")
        return self.session

    @property
    def user(self) -> str:
        return self.who.user.user_id


@dataclass(frozen=True)
class File:
    data: bytes
    content_type: str


Answer = Json | list[Any] | File
Act = Callable[[Call], Answer] | Callable[[Call], Awaitable[Answer]]


# --- accounts ---------------------------------------------------------------------------------------------------------


def _versions(_: Call) -> Answer:
    offered = [f"v1.{n}" for n in range(1, 13)]
    return {
        "versions": ["r0.6.1", *offered],
        "unstable_features": {"org.matrix.msc4028": True, "org.matrix.msc4140": False},
    }


def _capabilities(call: Call) -> Answer:
    call.who  # noqa: B018 - only for who is logged in
    available = dict.fromkeys(acts.VERSIONS, "stable")
    return {
        "capabilities": {
            "m.room_versions": {"default": "12", "available": available},
            "m.change_password": {"enabled": True},
        }
    }


def _login(call: Call) -> Answer:
    if call.body.get("type") != "m.login.password":
        raise Refusal(400, "M_UNKNOWN", "Unknown login type")
    name = str(call.body.get("identifier", {}).get("user", call.body.get("user", "")))
    user_id = name if name.startswith("@") else f"@{name}:{SERVER_NAME}"
    user = call.world.users.get(user_id)
    if user is None or not user.password or user.password != call.body.get("password"):
        raise Refusal(403, "M_FORBIDDEN", "Invalid username or password")
    token, device = call.world.log_in(user, call.body.get("device_id"))
    return {"user_id": user_id, "access_token": token, "home_server": SERVER_NAME, "device_id": device.device_id}


def _whoami(call: Call) -> Answer:
    device = {"device_id": call.who.device.device_id} if call.who.device else {}
    return {"user_id": call.user, "is_guest": False, **device}


def _logout(call: Call) -> Answer:
    session = call.who
    for token in [token for token, other in call.world.sessions.items() if other is session]:
        del call.world.sessions[token]
    if session.device is not None:
        session.user.devices.pop(session.device.device_id, None)
        call.world.devices_changed(session.user.user_id)
    return {}


def _nonce(call: Call) -> Answer:
    return {"nonce": call.world.name(32)}


def _register(call: Call) -> Answer:
    body, admin = call.body, bool(call.body.get("admin"))
    said = "\0".join(
        (str(body["nonce"]), str(body["username"]), str(body["password"]), "admin" if admin else "notadmin")
    )
    mac = hmac.new(call.world.secret.encode(), said.encode(), hashlib.sha1).hexdigest()
    if not hmac.compare_digest(mac, str(body.get("mac", ""))):
        raise Refusal(403, "M_UNKNOWN", "HMAC incorrect")
    user = call.world.register(body["username"], body["password"], admin=admin, displayname=body.get("displayname"))
    return {"user_id": user.user_id, "home_server": SERVER_NAME}


def _as_admin(call: Call) -> None:
    if not call.who.user.admin:
        raise Refusal(403, "M_FORBIDDEN", "You are not a server admin")


def _lend(call: Call) -> Answer:
    _as_admin(call)
    token = f"syt_{call.world.name()}"
    call.world.sessions[token] = Session(call.world.user(call.parts[0]), None)
    return {"access_token": token}


def _override(call: Call) -> Answer:
    _as_admin(call)
    call.world.user(call.parts[0]).limited = False
    return {name: call.body[name] for name in ("messages_per_second", "burst_count")}


def _remove_room(call: Call) -> Answer:
    _as_admin(call)
    acts.remove_room(call.world, call.world.room(call.parts[0]))
    return {"delete_id": call.world.name(16)}


def _account_data(call: Call) -> Answer:
    user, kind = call.parts
    if user != call.user:
        raise Refusal(403, "M_FORBIDDEN", "Cannot get account data for other users.")
    kept = call.who.user.account_data
    if call.method == "PUT":
        kept[kind] = call.body
        return {}
    if kind not in kept:
        raise Refusal(404, "M_NOT_FOUND", "Account data not found")
    return kept[kind]


def _displayname(call: Call) -> Answer:
    user = call.world.user(call.parts[0])
    if call.method == "GET":
        return {"displayname": user.displayname} if user.displayname else {}
    if user.user_id != call.user:
        raise Refusal(403, "M_FORBIDDEN", "Cannot set another user's displayname")
    user.displayname = str(call.body.get("displayname", ""))
    for room in call.world.joined(user.user_id):
        content = {"membership": "join", "displayname": user.displayname}
        acts.put(call.world, room, user.user_id, MEMBER, content, state_key=user.user_id)
    return {}


def _profile(call: Call) -> Answer:
    return {"displayname": call.world.user(call.parts[0]).displayname}


def _push_rules(call: Call) -> Answer:
    call.who  # noqa: B018 - only for who is logged in
    return {"global": RULES}


# --- rooms ------------------------------------------------------------------------------------------------------------


def _create(call: Call) -> Answer:
    return acts.create(call.world, call.who, call.body)


def _alias(call: Call) -> Answer:
    room_id = call.world.aliases.get(call.parts[0])
    if room_id is None:
        raise Refusal(404, "M_NOT_FOUND", f"Room alias {call.parts[0]} not found")
    if call.method == "DELETE":
        if not call.world.rooms[room_id].may(call.user, "state_default", 50):
            raise Refusal(403, "M_FORBIDDEN", "You don't have permission to delete the alias.")
        del call.world.aliases[call.parts[0]]
        return {}
    return {"room_id": room_id, "servers": [SERVER_NAME]}


def _whole_state(call: Call) -> Answer:
    left = _left_at(call, call.parts[0])
    room = call.world.room(call.parts[0])
    found = room.state_before(left + 1) if left else list(room.state.values())
    return [event.shown(with_room=True) for event in found]


def _left_at(call: Call, room_id: str) -> int:
    """When the user left, zero when they are in the room; refused for who never was."""
    room = call.world.rooms.get(room_id)
    if room is None or (MEMBER, call.user) not in room.state or room.membership(call.user) == "invite":
        raise Refusal(403, "M_FORBIDDEN", f"User {call.user} not in room {room_id}")
    return 0 if room.membership(call.user) == "join" else room.state[MEMBER, call.user].at


def _one_state(call: Call) -> Answer:
    room_id, kind, *key = call.parts
    if call.method == "PUT":
        return acts.put_state(call.world, call.who, _known(call, room_id), kind, "".join(key), call.body)
    left = _left_at(call, room_id)
    room = call.world.room(room_id)
    events = room.state_before(left + 1) if left else room.state.values()
    found = next((e for e in events if (e.type, e.state_key) == (kind, "".join(key))), None)
    if found is None:
        raise Refusal(404, "M_NOT_FOUND", "Event not found.")
    return found.content


def _known(call: Call, room_id: str) -> Any:  # noqa: ANN401 - a room, or the refusal that a stranger gets
    if room_id not in call.world.rooms:
        raise Refusal(403, "M_FORBIDDEN", f"User {call.user} not in room {room_id}")
    return call.world.rooms[room_id]


def _members(call: Call) -> Answer:
    _left_at(call, call.parts[0])
    room, shut = call.world.room(call.parts[0]), call.query.get("not_membership")
    found = [e for (kind, _), e in room.state.items() if kind == MEMBER and e.content.get("membership") != shut]
    return {"chunk": [event.shown(with_room=True) for event in found]}


def _joined_members(call: Call) -> Answer:
    room = _known(call, call.parts[0])
    acts.inside(room, call.user)
    return {
        "joined": {
            user: {"display_name": room.content(MEMBER, user).get("displayname"), "avatar_url": None}
            for user in sorted(room.joined)
        }
    }


def _joined_rooms(call: Call) -> Answer:
    return {"joined_rooms": [room.room_id for room in call.world.joined(call.user)]}


def _messages(call: Call) -> Answer:
    return messages(call.world, call.who, _known(call, call.parts[0]), call.query)


def _event(call: Call) -> Answer:
    room = _known(call, call.parts[0])
    acts.inside(room, call.user)
    if call.parts[1] not in room.by_id:
        raise Refusal(404, "M_NOT_FOUND", "Event not found.")
    event = room.by_id[call.parts[1]]
    shown: Json = event.shown(with_room=True)
    newer = [e for e in room.events if e.sender == event.sender and _replaces(e, event.event_id)]
    if newer:
        shown["unsigned"]["m.relations"] = {"m.replace": newer[-1].shown(with_room=True)}
    return shown


def _replaces(event: Event, event_id: str) -> bool:
    relation = event.content.get("m.relates_to")
    found = relation if isinstance(relation, dict) else {}
    return (found.get("rel_type"), found.get("event_id")) == ("m.replace", event_id)


def _join(call: Call) -> Answer:
    room_id = call.parts[0]
    room_id = call.world.aliases.get(room_id, room_id)
    if room_id not in call.world.rooms:
        raise Refusal(
            404, "M_UNKNOWN", "Can't join remote room because no servers that are in the room have been provided."
        )
    room = call.world.rooms[room_id]
    if room.membership(call.user) != "join":
        acts.change_member(call.world, room, call.user, call.user, {"membership": "join"})
    room.forgotten.discard(call.user)
    return {"room_id": room_id}


def _moved(membership: str) -> Callable[[Call], Answer]:
    def move(call: Call) -> Answer:
        whom = str(call.body["user_id"]) if membership != "leave" else call.user
        content = {"membership": "leave" if membership == "kick" else membership}
        if "reason" in call.body:
            content["reason"] = call.body["reason"]
        acts.change_member(call.world, _known(call, call.parts[0]), call.user, whom, content)
        return {}

    return move


def _forget(call: Call) -> Answer:
    room = _known(call, call.parts[0])
    if room.membership(call.user) in ("join", "invite"):
        raise Refusal(400, "M_UNKNOWN", f"User {call.user} in room {room.room_id}")
    room.forgotten.add(call.user)
    return {}


def _once(call: Call, room: str, txn: str, act: Callable[[], Json]) -> Json:
    """A transaction id means one effect for ever, whatever is sent with it."""
    device = call.who.device.device_id if call.who.device else ""
    key = (call.user, device, room, txn)
    if key not in call.world.transactions:
        call.world.transactions[key] = act()
    return call.world.transactions[key]


def _send(call: Call) -> Answer:
    room_id, kind, txn = call.parts
    room = _known(call, room_id)
    return _once(call, room_id, txn, lambda: acts.send(call.world, call.who, room, kind, txn, call.body))


def _redact(call: Call) -> Answer:
    room_id, event_id, txn = call.parts
    room = _known(call, room_id)
    return _once(call, room_id, txn, lambda: acts.redact(call.world, call.who, room, event_id, txn, call.body))


async def _sync(call: Call) -> Answer:
    return await sync(call.world, call.who, call.query, call.shortest)


# --- keys and files ---------------------------------------------------------------------------------------------------


def _to_device(call: Call) -> Answer:
    kind, txn = call.parts
    return _once(call, "to-device", txn, lambda: keys.to_device(call.world, call.who, kind, call.body))


def _upload_file(call: Call) -> Answer:
    call.who  # noqa: B018 - only for who is logged in
    name = "".join(call.parts[1:]) or call.world.name(24)
    if call.parts and call.world.media.get(name, (b"", ""))[0]:
        raise Refusal(409, "M_CANNOT_OVERWRITE_MEDIA", "Media ID already has content")
    call.world.media[name] = (call.data, call.content_type)
    return {} if call.parts else {"content_uri": f"mxc://{SERVER_NAME}/{name}"}


def _reserve_file(call: Call) -> Answer:
    call.who  # noqa: B018 - only for who is logged in
    name = call.world.name(24)
    call.world.media[name] = (b"", "")
    expires = int((call.world.clock() + 86_400) * 1000)
    return {"content_uri": f"mxc://{SERVER_NAME}/{name}", "unused_expires_at": expires}


def _download(call: Call) -> Answer:
    call.who  # noqa: B018 - only for who is logged in
    data, content_type = call.world.media.get(call.parts[1], (b"", ""))
    if not data:
        raise Refusal(404, "M_NOT_FOUND", "Not found")
    return File(data, content_type)


_ADMIN: Final = "/_synapse/admin"
_FILES: Final = "/_matrix/media/v3"
# A star stands for one segment of the path. Paths of the client-server API stand here without their prefix and version.
TABLE: Final[Mapping[str, Act]] = {
    "GET /_matrix/client/versions": _versions,
    "GET /.well-known/matrix/client": lambda _: {"m.homeserver": {"base_url": ""}},
    "GET /capabilities": _capabilities,
    "GET /login": lambda _: {"flows": [{"type": "m.login.password"}]},
    "POST /login": _login,
    "POST /logout": _logout,
    "GET /account/whoami": _whoami,
    "GET /pushrules/": _push_rules,
    f"GET {_ADMIN}/v1/register": _nonce,
    f"POST {_ADMIN}/v1/register": _register,
    f"POST {_ADMIN}/v1/users/*/login": _lend,
    f"POST {_ADMIN}/v1/users/*/override_ratelimit": _override,
    f"DELETE {_ADMIN}/v2/rooms/*": _remove_room,
    "GET /user/*/account_data/*": _account_data,
    "PUT /user/*/account_data/*": _account_data,
    "GET /profile/*": _profile,
    "GET /profile/*/displayname": _displayname,
    "PUT /profile/*/displayname": _displayname,
    "GET /sync": _sync,
    "GET /joined_rooms": _joined_rooms,
    "POST /createRoom": _create,
    "GET /directory/room/*": _alias,
    "DELETE /directory/room/*": _alias,
    "POST /join/*": _join,
    "GET /rooms/*/state": _whole_state,
    "GET /rooms/*/state/*": _one_state,
    "GET /rooms/*/state/*/*": _one_state,
    "PUT /rooms/*/state/*": _one_state,
    "PUT /rooms/*/state/*/*": _one_state,
    "GET /rooms/*/members": _members,
    "GET /rooms/*/joined_members": _joined_members,
    "GET /rooms/*/messages": _messages,
    "GET /rooms/*/event/*": _event,
    "POST /rooms/*/join": _join,
    "POST /rooms/*/leave": _moved("leave"),
    "POST /rooms/*/invite": _moved("invite"),
    "POST /rooms/*/kick": _moved("kick"),
    "POST /rooms/*/ban": _moved("ban"),
    "POST /rooms/*/forget": _forget,
    "PUT /rooms/*/send/*/*": _send,
    "PUT /rooms/*/redact/*/*": _redact,
    "POST /keys/upload": lambda call: keys.upload(call.world, call.who, call.body),
    "POST /keys/query": lambda call: keys.query(call.world, call.who, call.body),
    "POST /keys/claim": lambda call: keys.claim(call.world, call.body),
    "POST /keys/device_signing/upload": lambda call: keys.upload_signing(call.world, call.who, call.body),
    "POST /keys/signatures/upload": lambda call: keys.upload_signatures(call.world, call.who, call.body),
    "PUT /sendToDevice/*/*": _to_device,
    f"POST {_FILES}/upload": _upload_file,
    f"PUT {_FILES}/upload/*/*": _upload_file,
    "POST /_matrix/media/v1/create": _reserve_file,
    "GET /media/download/*/*": _download,
    "GET /media/download/*/*/*": _download,
}


def _by_shape() -> dict[tuple[str, int], list[tuple[tuple[str, ...], Act]]]:
    found: dict[tuple[str, int], list[tuple[tuple[str, ...], Act]]] = {}
    for line, act in TABLE.items():
        method, path = line.split(" ", 1)
        segments = tuple(path.split("/")[1:])
        found.setdefault((method, len(segments)), []).append((segments, act))
    return found


_SHAPES: Final = _by_shape()


def find(method: str, path: str, segments: tuple[str, ...]) -> tuple[Act, tuple[str, ...]] | None:
    """The act behind a path and the variable parts of it. `segments` are the decoded parts of the path without prefix."""
    for pattern, act in _SHAPES.get((method, len(segments)), ()):
        if all(want in ("*", got) for want, got in zip(pattern, segments, strict=True)):
            return act, tuple(got for want, got in zip(pattern, segments, strict=True) if want == "*")
    return None


def bare(path: str) -> str:
    """A path without the prefix of the client-server API; `versions` has no version of its own and keeps it."""
    return _PREFIX.sub("", path)


async def carried_out(act: Act, call: Call) -> Answer:
    answer = act(call)
    return await answer if asyncio.iscoroutine(answer) else answer  # type: ignore[return-value]
