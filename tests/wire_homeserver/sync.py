"""What a client is told: everything that concerns it since a position of the stream, or the wait until there is something."""

import asyncio
import contextlib
import json
import time
from dataclasses import dataclass
from typing import Any, Final

from tests.wire_homeserver.rooms import MEMBER, Event, Room
from tests.wire_homeserver.world import Json, Refusal, Session, World

SIGNED: Final = "signed_curve25519"
# Seconds. What happens together comes in one answer, as from a homeserver that needs a moment to write it down.
GATHERING: Final = 0.01
# What somebody who is asked into a room may see of it.
_BEFORE_JOINING: Final = (
    "m.room.create", "m.room.join_rules", "m.room.canonical_alias", "m.room.avatar", "m.room.encryption", "m.room.name",
    "m.room.topic",
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What a sync asks for. `limit` is the length of a timeline."""

    since: int | None
    full_state: bool
    limit: int
    rooms: tuple[str, ...] | None


def position(token: str) -> int:
    if not token.startswith("s") or not token[1:].isdigit():
        raise Refusal(400, "M_INVALID_PARAM", "Invalid stream token")
    return int(token[1:])


def wanted(query: dict[str, str], most: int | None) -> Wanted:
    """From the query of the call; `most` is a fault that makes timelines shorter than was asked for."""
    try:
        asked = json.loads(query.get("filter", "{}")).get("room", {})
    except ValueError as wrong:
        raise Refusal(400, "M_NOT_JSON") from wrong
    limit = int(asked.get("timeline", {}).get("limit", 10))
    rooms = asked.get("rooms")
    since = query.get("since")
    return Wanted(
        position(since) if since else None,
        query.get("full_state") == "true",
        limit if most is None else min(limit, most),
        tuple(rooms) if isinstance(rooms, list) else None,
    )


async def sync(world: World, session: Session, query: dict[str, str], most: int | None = None) -> Json:
    """The answer at once when there is news or everything was asked for, else after the wait or the first news."""
    asked = wanted(query, most)
    if asked.since is not None and session.device is not None:
        session.device.waiting = [w for w in session.device.waiting if w[0] > asked.since]
    ends = time.monotonic() + int(query.get("timeout", 0)) / 1000
    news = asyncio.Event()
    waiters = world.waiters.setdefault(session.user.user_id, set())
    waiters.add(news)
    try:
        while True:
            news.clear()
            body = told(world, session, asked)
            left = ends - time.monotonic()
            if asked.since is None or asked.full_state or _is_news(body) or left <= 0:
                return body
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await news.wait()
            await asyncio.sleep(GATHERING)
    finally:
        waiters.discard(news)


def _is_news(body: Json) -> bool:
    return any(part in body for part in ("rooms", "to_device", "device_lists"))


def told(world: World, session: Session, asked: Wanted) -> Json:
    user, since = session.user.user_id, asked.since
    rooms: dict[str, Json] = {}
    newcomers: set[str] = set()
    gone: set[str] = set()
    for room in world.rooms.values():
        if asked.rooms is not None and room.room_id not in asked.rooms:
            continue
        if since is not None and not asked.full_state and room.last <= since:
            continue
        place = room.membership(user)
        if place == "join":
            part = _joined(room, session, asked)
            if part is not None:
                rooms.setdefault("join", {})[room.room_id] = part
            came, went = _moves(room, user, since)
            newcomers |= came
            gone |= went
        elif place == "invite":
            event = room.state[MEMBER, user]
            if since is None or event.at > since:
                rooms.setdefault("invite", {})[room.room_id] = {"invite_state": {"events": _invitation(room, event)}}
        elif since is not None and (left := _gone_since(room, user, since)) is not None:
            rooms.setdefault("leave", {})[room.room_id] = _left(room, session, asked, left)
            gone |= room.joined
    body: Json = {"next_batch": f"s{world.position}"}
    if rooms:
        body["rooms"] = rooms
    if session.device and (waiting := [e for at, e in session.device.waiting if since is None or at > since]):
        body["to_device"] = {"events": waiting}
    if session.device is not None:
        spare = [SIGNED] if session.device.fallback and not session.device.fallback_used else []
        body["device_one_time_keys_count"] = {SIGNED: len(session.device.one_time)}
        body["device_unused_fallback_key_types"] = spare
    if since is not None:
        sharing = world.sharing(user)
        changed = {who for at, who in world.device_changes if at > since and who in sharing}
        lists = {"changed": sorted(changed | newcomers), "left": sorted(gone - sharing)}
        if any(lists.values()):
            body["device_lists"] = {name: users for name, users in lists.items() if users}
    return body


def _gone_since(room: Room, user: str, since: int) -> Event | None:
    """How the user left a room in which they were, or into which they were asked."""
    left = room.state.get((MEMBER, user))
    if left is None or left.at <= since or user in room.forgotten or room.was(user, since) not in ("join", "invite"):
        return None
    return left


def _moves(room: Room, user: str, since: int | None) -> tuple[set[str], set[str]]:
    """Who came in and who went out since; when it was the user who came, everybody is new to them."""
    if since is None:
        return set(), set()
    moved = [e for e in room.states if e.at > since and e.type == MEMBER and e.state_key]
    came = {str(e.state_key) for e in moved if e.content.get("membership") == "join"} & room.joined
    went = {str(e.state_key) for e in moved if e.content.get("membership") in ("leave", "ban")} - room.joined
    return (room.joined if user in came and room.was(user, since) != "join" else came), went


def _joined(room: Room, session: Session, asked: Wanted) -> Json | None:
    user = session.user.user_id
    newly = asked.since is not None and room.was(user, asked.since) != "join"
    whole = asked.since is None or newly
    start = 0 if whole else asked.since or 0
    visible = max(start, room.visible_from(user) - 1)
    fresh = _after(room, visible)
    timeline = fresh[-asked.limit :] if asked.limit else []
    limited = newly or len(timeline) < len(fresh)
    first = timeline[0].at if timeline else room.last + 1
    state = [e for e in room.state_before(first) if whole or asked.full_state or e.at > start]
    if not (timeline or state or asked.full_state):
        return None
    return {
        "timeline": {
            "events": _shown(timeline, session),
            "limited": limited,
            "prev_batch": f"s{first - 1}",
        },
        "state": {"events": _shown(state, session)},
        "account_data": {"events": []},
        "ephemeral": {"events": []},
        "unread_notifications": {"notification_count": 0, "highlight_count": 0},
        "summary": {},
    }


def _left(room: Room, session: Session, asked: Wanted, left: Event) -> Json:
    start = max(asked.since or 0, room.visible_from(session.user.user_id) - 1)
    fresh = [e for e in _after(room, start) if e.at <= left.at]
    timeline = fresh[-asked.limit :] if asked.limit else []
    first = timeline[0].at if timeline else left.at
    shown = _shown(timeline, session)
    return {
        "timeline": {"events": shown, "limited": len(timeline) < len(fresh), "prev_batch": f"s{first - 1}"},
        "state": {"events": [] if timeline else _shown([left], session)},
        "account_data": {"events": []},
    }


def _after(room: Room, at: int) -> list[Event]:
    found: list[Event] = []
    for event in reversed(room.events):
        if event.at <= at:
            break
        found.append(event)
    return found[::-1]


def _shown(events: list[Event], session: Session) -> list[Json]:
    device = session.device.device_id if session.device else None
    return [event.shown(device if event.sender == session.user.user_id else None) for event in events]


def _invitation(room: Room, invite: Event) -> list[Json]:
    about = [room.state[kind, ""].stripped() for kind in _BEFORE_JOINING if (kind, "") in room.state]
    host = room.state.get((MEMBER, invite.sender))
    return [*about, *([host.stripped()] if host else []), invite.stripped()]


def messages(world: World, session: Session, room: Room, query: dict[str, str]) -> Json:
    """One page of a room's history, backwards or forwards from a token."""
    user = session.user.user_id
    if room.membership(user) not in ("join", "leave") or (MEMBER, user) not in room.state:
        raise Refusal(403, "M_FORBIDDEN", "You aren't a member of the room")
    limit = min(int(query.get("limit", 10)), 1000)
    low, high = room.visible_from(user), room.visible_until(user)
    visible = [e for e in room.events if low <= e.at <= high]
    backwards = query.get("dir", "b") == "b"
    default = f"s{world.position}" if backwards else "s0"
    start = position(query.get("from") or default)
    rest = [e for e in reversed(visible) if e.at <= start] if backwards else [e for e in visible if e.at > start]
    chunk = rest[:limit]
    device = session.device.device_id if session.device else None
    body: dict[str, Any] = {
        "chunk": [e.shown(device if e.sender == user else None, with_room=True) for e in chunk],
        "start": f"s{start}",
    }
    if len(rest) > limit:
        body["end"] = f"s{chunk[-1].at - (1 if backwards else 0)}"
    return body
