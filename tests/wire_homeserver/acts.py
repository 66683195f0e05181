"""What people do in rooms, with the homeserver's checks: make them, come and go, say things, and take them back."""

import json
from typing import Any, Final

from tests.wire_homeserver.rooms import LARGEST, MEMBER, Event, Room, annotation
from tests.wire_homeserver.world import SERVER_NAME, Json, Refusal, Session, World

VERSIONS: Final = tuple(str(n) for n in range(1, 13))
FORBIDDEN: Final = "M_FORBIDDEN"


def inside(room: Room, user: str) -> None:
    if room.membership(user) != "join":
        raise Refusal(403, FORBIDDEN, f"User {user} not in room {room.room_id}")


def put(
    world: World,
    room: Room,
    sender: str,
    kind: str,
    content: Json,
    *,
    state_key: str | None = None,
    device: str | None = None,
    txn: str | None = None,
    redacts: str | None = None,
) -> Event:
    """Adds an event without asking whether it is allowed."""
    if len(json.dumps(content)) > LARGEST:
        raise Refusal(413, "M_TOO_LARGE", "event too large")
    at = world.step()
    event = Event(
        f"${world.name()}", room.room_id, sender, kind, content, int(world.clock() * 1000), at, state_key, redacts,
        device, txn,
    )  # fmt: skip
    leaving = {state_key} if kind == MEMBER and state_key else set()
    room.add(event)
    world.wake(room.joined | leaving)
    return event


def send(world: World, session: Session, room: Room, kind: str, txn: str, content: Json) -> Json:
    user = session.user.user_id
    inside(room, user)
    if not room.may_send(user, kind, state=False):
        raise Refusal(403, FORBIDDEN, "You don't have permission to post that to the room.")
    same = annotation(user, content) if kind == "m.reaction" else None
    if same is not None and same in room.annotations:
        raise Refusal(400, "M_DUPLICATE_ANNOTATION", "Can't send same reaction twice")
    device = session.device.device_id if session.device else None
    event = put(world, room, user, kind, content, device=device, txn=txn)
    if same is not None:
        room.annotations.add(same)
    return {"event_id": event.event_id}


def redact(world: World, session: Session, room: Room, event_id: str, txn: str, content: Json) -> Json:
    user = session.user.user_id
    inside(room, user)
    found = room.by_id.get(event_id)
    if found is None:
        raise Refusal(404, "M_NOT_FOUND", "Could not find event")
    if found.sender != user and not room.may(user, "redact", 50):
        raise Refusal(403, FORBIDDEN, "You don't have permission to redact events")
    device = session.device.device_id if session.device else None
    body = {**content, "redacts": event_id}
    event = put(world, room, user, "m.room.redaction", body, device=device, txn=txn, redacts=event_id)
    if (same := annotation(found.sender, found.content)) is not None:
        room.annotations.discard(same)
    found.content = {key: found.content[key] for key in ("membership",) if key in found.content}
    found.redacted_by = event
    return {"event_id": event.event_id}


def put_state(world: World, session: Session, room: Room, kind: str, key: str, content: Json) -> Json:
    user = session.user.user_id
    if kind == MEMBER:
        return {"event_id": change_member(world, room, user, key, content).event_id}
    inside(room, user)
    if not room.may_send(user, kind, state=True) or (key.startswith("@") and key != user):
        raise Refusal(403, FORBIDDEN, "You don't have permission to post that to the room.")
    if kind == "m.room.power_levels":
        _sound_levels(room, content)
    now = room.state.get((kind, key))
    if now is not None and now.sender == user and now.content == content:
        return {"event_id": now.event_id}
    return {"event_id": put(world, room, user, kind, content, state_key=key).event_id}


def _sound_levels(room: Room, content: Json) -> None:
    above = room._creators()
    if above & set(content.get("users", {})):
        raise Refusal(400, "M_UNKNOWN", "Creator user must not appear in content.users")


def change_member(world: World, room: Room, by: str, whom: str, content: Json) -> Event:
    """Somebody's place in the room, by themselves or by another; the same again changes nothing."""
    wanted, now = content.get("membership"), room.membership(whom)
    match wanted:
        case "join" if by == whom:
            _may_join(room, whom)
        case "leave" if by == whom:
            if now == "leave" and (gone := room.state.get((MEMBER, whom))) is not None:
                return gone
            if now not in ("join", "invite"):
                raise Refusal(403, FORBIDDEN, f"User {whom} not in room")
        case "invite":
            _may_invite(room, by, whom)
        case "leave" | "ban":
            inside(room, by)
            if wanted == "leave" and now not in ("join", "invite", "ban"):
                raise Refusal(403, FORBIDDEN, "The target user is not in the room")
            if not room.may(by, "kick" if wanted == "leave" else "ban", 50) or room.level(by) <= room.level(whom):
                raise Refusal(403, FORBIDDEN, "You cannot do that to this user")
        case _:
            raise Refusal(403, FORBIDDEN, "Cannot force another user to join.")
    before = room.state.get((MEMBER, whom))
    known = world.users.get(whom)
    if wanted in ("join", "invite") and known is not None and known.displayname:
        content = {"displayname": known.displayname, **content}
    if before is not None and before.sender == by and before.content == content:
        return before
    return put(world, room, by, MEMBER, content, state_key=whom)


def _may_join(room: Room, user: str) -> None:
    rule = room.content("m.room.join_rules").get("join_rule", "invite")
    if room.membership(user) in ("join", "invite") or rule == "public":
        return
    raise Refusal(403, FORBIDDEN, "You are not invited to this room.")


def _may_invite(room: Room, by: str, whom: str) -> None:
    inside(room, by)
    if room.membership(whom) == "join":
        raise Refusal(403, FORBIDDEN, f"{whom} is already in the room.")
    if room.membership(whom) == "ban":
        raise Refusal(403, FORBIDDEN, f"{whom} is banned from the room")
    if not room.may(by, "invite", 0):
        raise Refusal(403, FORBIDDEN, "You don't have permission to invite users")


def remove_room(world: World, room: Room) -> None:
    """As an administrator closes a room: everybody leaves it, each in their own name."""
    for alias in [alias for alias, room_id in world.aliases.items() if room_id == room.room_id]:
        del world.aliases[alias]
    for user in sorted(room.joined | room.invited):
        put(world, room, user, MEMBER, {"membership": "leave"}, state_key=user)


# --- making a room ----------------------------------------------------------------------------------------------------


def create(world: World, session: Session, body: Json) -> Json:
    """createRoom; long because it is one list of events in the order in which a room gets them."""
    user, version = session.user.user_id, str(body.get("room_version", "12"))
    if version not in VERSIONS:
        raise Refusal(400, "M_UNSUPPORTED_ROOM_VERSION", "Your homeserver does not support this room version")
    alias = f"#{body['room_alias_name']}:{SERVER_NAME}" if "room_alias_name" in body else None
    if alias is not None and alias in world.aliases:
        raise Refusal(400, "M_ROOM_IN_USE", "Room alias already taken")
    levels = _levels(user, version, body)
    suffix = "" if int(version) >= 12 else f":{SERVER_NAME}"
    room = Room(f"!{world.name(43 if int(version) >= 12 else 18)}{suffix}", version)
    world.rooms[room.room_id] = room

    def state(kind: str, content: Json, key: str = "") -> None:
        put(world, room, user, kind, content, state_key=key)

    creation = {**body.get("creation_content", {}), "room_version": version}
    state("m.room.create", creation if int(version) >= 11 else {**creation, "creator": user})
    name = session.user.displayname
    state(MEMBER, {"membership": "join", **({"displayname": name} if name else {})}, user)
    given = {(str(e["type"]), str(e.get("state_key", ""))): dict(e["content"]) for e in body.get("initial_state", [])}
    state("m.room.power_levels", given.pop(("m.room.power_levels", ""), levels))
    if alias is not None:
        world.aliases[alias] = room.room_id
        state("m.room.canonical_alias", {"alias": alias})
    public = body.get("preset", body.get("visibility", "private")) in ("public_chat", "public")
    preset: dict[str, Json] = {
        "m.room.join_rules": {"join_rule": "public" if public else "invite"},
        "m.room.history_visibility": {"history_visibility": "shared"},
        "m.room.guest_access": {"guest_access": "forbidden" if public else "can_join"},
    }
    for kind, content in preset.items():
        if (kind, "") not in given:
            state(kind, content)
    for (kind, key), content in given.items():
        state(kind, content, key)
    if "name" in body:
        state("m.room.name", {"name": body["name"]})
    if "topic" in body:
        topic = body["topic"]
        state("m.room.topic", {"topic": topic, "m.topic": {"m.text": [{"body": topic, "mimetype": "text/plain"}]}})
    direct = {"is_direct": True} if body.get("is_direct") else {}
    for invitee in body.get("invite", []):
        change_member(world, room, user, str(invitee), {"membership": "invite", **direct})
    return {"room_id": room.room_id}


def _levels(user: str, version: str, body: Json) -> Json:
    above = int(version) >= 12
    levels: Json = {
        "users": {} if above else {user: 100},
        "users_default": 0,
        "events": {
            "m.room.name": 50, "m.room.power_levels": 100, "m.room.history_visibility": 100,
            "m.room.canonical_alias": 50, "m.room.avatar": 50, "m.room.tombstone": 150 if above else 100,
            "m.room.server_acl": 100, "m.room.encryption": 100,
        },
        "events_default": 0, "state_default": 50, "ban": 50, "kick": 50, "redact": 50, "invite": 50,
        "historical": 100,
    }  # fmt: skip
    if body.get("preset") in ("private_chat", "trusted_private_chat"):
        levels["invite"] = 0
    override: dict[str, Any] = body.get("power_level_content_override", {})
    if above and {user, *body.get("creation_content", {}).get("additional_creators", [])} & set(
        override.get("users", {})
    ):
        raise Refusal(400, "M_BAD_JSON", "Creator user must not appear in content.users")
    return {**levels, **override}
