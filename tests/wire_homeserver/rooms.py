"""One room: its events in order, the state they add up to, and who may do what in it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Json = dict[str, Any]
MEMBER: Final = "m.room.member"
LARGEST: Final = 65_536  # bytes of an event


@dataclass(repr=False)
class Event:
    """`at` is its position on the homeserver's stream; `device` and `txn` tell the sender's own device what it sent."""

    event_id: str
    room_id: str
    sender: str
    type: str
    content: Json
    ts: int
    at: int
    state_key: str | None = None
    redacts: str | None = None
    device: str | None = None
    txn: str | None = None
    redacted_by: "Event | None" = None

    def shown(self, device: str | None = None, *, with_room: bool = False) -> Json:
        """As a client gets it."""
        body: Json = {
            "type": self.type,
            "sender": self.sender,
            "content": self.content,
            "origin_server_ts": self.ts,
            "event_id": self.event_id,
            "unsigned": {},
        }
        if self.state_key is not None:
            body["state_key"] = self.state_key
        if self.redacts is not None:
            body["redacts"] = self.redacts
        if self.txn is not None and device is not None and device == self.device:
            body["unsigned"]["transaction_id"] = self.txn
        if self.redacted_by is not None:
            body["unsigned"]["redacted_because"] = self.redacted_by.shown(with_room=with_room)
        if with_room:
            body["room_id"] = self.room_id
        return body

    def stripped(self) -> Json:
        return {"type": self.type, "sender": self.sender, "content": self.content, "state_key": self.state_key}


@dataclass(repr=False)
class Room:
    room_id: str
    version: str
    events: list[Event] = field(default_factory=list)
    state: dict[tuple[str, str], Event] = field(default_factory=dict)
    states: list[Event] = field(default_factory=list)
    joined: set[str] = field(default_factory=set)
    invited: set[str] = field(default_factory=set)
    forgotten: set[str] = field(default_factory=set)
    by_id: dict[str, Event] = field(default_factory=dict)
    annotations: set[tuple[str, str, str]] = field(default_factory=set)

    @property
    def last(self) -> int:
        return self.events[-1].at if self.events else 0

    def add(self, event: Event) -> None:
        self.events.append(event)
        self.by_id[event.event_id] = event
        if event.state_key is None:
            return
        self.states.append(event)
        self.state[event.type, event.state_key] = event
        if event.type == MEMBER:
            self.joined.discard(event.state_key)
            self.invited.discard(event.state_key)
            if (place := event.content.get("membership")) in ("join", "invite"):
                (self.joined if place == "join" else self.invited).add(event.state_key)

    def content(self, kind: str, key: str = "") -> Json:
        found = self.state.get((kind, key))
        return found.content if found else {}

    def membership(self, user: str) -> str:
        if user in self.joined:
            return "join"
        return str(self.content(MEMBER, user).get("membership", "leave"))

    def was(self, user: str, at: int) -> str:
        """The membership at a position of the stream."""
        found = "leave"
        for event in self.states:
            if event.at > at:
                break
            if event.type == MEMBER and event.state_key == user:
                found = str(event.content.get("membership"))
        return found

    def state_before(self, at: int) -> list[Event]:
        """The state as it stood before the event at this position."""
        found: dict[tuple[str, str], Event] = {}
        for event in self.states:
            if event.at >= at:
                break
            found[event.type, event.state_key or ""] = event
        return list(found.values())

    def visible_from(self, user: str) -> int:
        """From which position on somebody who is (or was) in the room may read."""
        visibility = self.content("m.room.history_visibility").get("history_visibility", "shared")
        if visibility in ("shared", "world_readable"):
            return 0
        counted = ("join",) if visibility == "joined" else ("join", "invite")
        since = 0
        inside = False
        for event in self.states:
            if event.type == MEMBER and event.state_key == user:
                comes = event.content.get("membership") in counted
                since = event.at if comes and not inside else since
                inside = comes
        return since

    def visible_until(self, user: str) -> float:
        if self.membership(user) == "join":
            return math.inf
        found = self.state.get((MEMBER, user))
        return found.at if found else 0

    # --- power --------------------------------------------------------------------------------------------------------

    def _creators(self) -> set[str]:
        create = self.state.get(("m.room.create", ""))
        if create is None or int(self.version) < 12:
            return set()
        return {create.sender, *create.content.get("additional_creators", [])}

    def level(self, user: str) -> float:
        if user in self._creators():
            return math.inf
        levels = self.content("m.room.power_levels")
        return float(levels.get("users", {}).get(user, levels.get("users_default", 0)))

    def may_send(self, user: str, kind: str, *, state: bool) -> bool:
        levels = self.content("m.room.power_levels")
        default = levels.get("state_default", 50) if state else levels.get("events_default", 0)
        return self.level(user) >= float(levels.get("events", {}).get(kind, default))

    def may(self, user: str, what: str, default: int) -> bool:
        return self.level(user) >= float(self.content("m.room.power_levels").get(what, default))


def annotation(sender: str, content: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """What makes two reactions the same one."""
    relation = content.get("m.relates_to")
    if not isinstance(relation, dict) or relation.get("rel_type") != "m.annotation":
        return None
    return sender, str(relation.get("event_id")), str(relation.get("key"))
