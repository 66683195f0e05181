"""What a sync brings, as plain values: events, invites, memberships, gaps, or the reason why it brought nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

ENCRYPTED = "m.room.encrypted"


def instant(milliseconds: int) -> datetime | None:
    """The homeserver's time as evidence; None when it is nonsense."""
    if not 0 < milliseconds < 253_402_300_800_000:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One event of a room, decrypted where that was possible.

    `sender_key_known` says that the key which encrypted it belongs to a device of the sender, by both its identity and
    its signing key; without that the homeserver may have put another name on it. `undecryptable` events keep their
    `source` and can be tried again. `origin_server_ts` is in milliseconds and the sender's server chose it.
    """

    room_id: str
    event_id: str
    sender: str
    type: str
    content: Mapping[str, Any] = field(repr=False)
    origin_server_ts: int
    decrypted: bool
    sender_key_known: bool
    undecryptable: bool
    source: Mapping[str, Any] = field(repr=False)
    state_key: str | None = None


@dataclass(frozen=True, slots=True)
class Invite:
    room_id: str
    inviter: str
    is_direct: bool


@dataclass(frozen=True, slots=True)
class Membership:
    """Somebody's place in a room changed; `sender` is who changed it."""

    room_id: str
    user_id: str
    membership: str
    sender: str
    event_id: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A room where more happened than fitted in one sync; what is missing lies before `prev_batch`.

    `just_joined`: we came in within this sync, so what is missing may be older than our being there.
    """

    room_id: str
    prev_batch: str
    just_joined: bool


@dataclass(frozen=True, slots=True)
class Departure:
    """We are no longer in this room; `by` is ourselves when we left of our own accord."""

    room_id: str
    by: str
    membership: str


@dataclass(frozen=True, slots=True)
class SyncBatch:
    """One answer of the sync. `next_batch` is empty for a state-only sync: nothing may go on from there."""

    next_batch: str
    events: tuple[RawEvent, ...]
    invites: tuple[Invite, ...]
    memberships: tuple[Membership, ...]
    limited: tuple[Gap, ...]
    departures: tuple[Departure, ...]
    malformed: int  # to-device events and rooms that could not be read and were passed over


@dataclass(frozen=True, slots=True)
class SyncFailed:
    reason: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class TokenRevoked:
    """The login is gone for good: asking again can only hammer the server."""


@dataclass(frozen=True, slots=True)
class Backfill:
    """Older events, oldest first; not `complete` when the cap came before an event that was known."""

    events: tuple[RawEvent, ...]
    complete: bool


def sync_filter(timeline_limit: int) -> str:
    """The filter of a sync: whole member lists (keys go to all of them), no typing, presence or receipts."""
    nothing: dict[str, Any] = {"types": []}
    room = {
        "timeline": {"limit": timeline_limit, "lazy_load_members": False},
        "state": {"lazy_load_members": False},
        "ephemeral": nothing,
        "account_data": nothing,
    }
    return json.dumps({"room": room, "presence": nothing, "account_data": nothing}, separators=(",", ":"))


def invite_of(room_id: str, info: Mapping[str, Any], me: str) -> Invite | None:
    """The invite to us in a room's stripped state; None when the server left it out or it makes no sense."""
    for event in mappings(child(info, "invite_state").get("events")):
        content = child(event, "content")
        if (
            event.get("type") == "m.room.member"
            and event.get("state_key") == me
            and content.get("membership") == "invite"
        ):
            return Invite(room_id, str(event.get("sender", "")), content.get("is_direct") is True)
    return None


def gap_of(room_id: str, info: Mapping[str, Any], me: str, *, with_state: bool) -> Gap | None:
    timeline = child(info, "timeline")
    if timeline.get("limited") is not True:
        return None
    changes = memberships_of(room_id, info, with_state=with_state)
    joined = any(change.user_id == me and change.membership == "join" for change in changes)
    return Gap(room_id, str(timeline.get("prev_batch", "")), joined)


def departure_of(room_id: str, info: Mapping[str, Any], me: str) -> Departure:
    for event in reversed(
        mappings(child(info, "timeline").get("events")) + mappings(child(info, "state").get("events"))
    ):
        if event.get("type") == "m.room.member" and event.get("state_key") == me:
            return Departure(
                room_id, str(event.get("sender", "")), str(child(event, "content").get("membership", "leave"))
            )
    return Departure(room_id, "", "leave")


def memberships_of(room_id: str, info: Mapping[str, Any], *, with_state: bool) -> list[Membership]:
    """Changes of membership in the order they happened; `with_state` adds those that fell into a gap."""
    events = mappings(child(info, "state").get("events")) if with_state else []
    return [
        Membership(
            room_id,
            str(event.get("state_key", "")),
            str(child(event, "content").get("membership", "")),
            str(event.get("sender", "")),
            str(event.get("event_id", "")),
        )
        for event in events + mappings(child(info, "timeline").get("events"))
        if event.get("type") == "m.room.member"
    ]


def child(value: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The object below a key, or an empty one: a server's answer is not trusted to have the right shape."""
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def mappings(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
