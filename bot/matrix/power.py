"""Who may do what in a room, by the rules of the specification; nio gives the creator of a version 12 room no power."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.matrix.events import child

MODERATOR = 50
ADMINISTRATOR = 100

# From this version on the creators stand above every level and may not be listed among the users.
_CREATORS_ABOVE = 12


@dataclass(frozen=True, slots=True)
class Power:
    """The levels of one room. `creators` have infinite power, and only in rooms of version 12 and later."""

    creators: frozenset[str]
    levels: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, create: Mapping[str, Any], levels: Mapping[str, Any] | None) -> "Power":
        """From the create event (whole) and the content of the power levels; None when the room has none yet."""
        content = child(create, "content")
        sender = str(create.get("sender", ""))
        also = content.get("additional_creators")
        version = str(content.get("room_version", "1"))
        if version.isdigit() and int(version) >= _CREATORS_ABOVE:
            others = (user for user in also if isinstance(user, str)) if isinstance(also, list) else ()
            return cls(frozenset((sender, *others)), levels or {})
        # Without any levels the creator of an older room holds 100.
        return cls(
            frozenset(), levels if levels is not None else {"users": {sender: ADMINISTRATOR}, "state_default": 0}
        )

    def level(self, user: str) -> float:
        """The power of a user; infinite for a creator."""
        if user in self.creators:
            return math.inf
        return _int(child(self.levels, "users").get(user), _int(self.levels.get("users_default"), 0))

    def needed(self, kind: str, *, state: bool) -> int:
        """The level that sending an event of this type asks for."""
        default = (
            _int(self.levels.get("state_default"), MODERATOR) if state else _int(self.levels.get("events_default"), 0)
        )
        return _int(child(self.levels, "events").get(kind), default)

    def may_send(self, user: str, kind: str, *, state: bool = False) -> bool:
        return self.level(user) >= self.needed(kind, state=state)

    def may_invite(self, user: str) -> bool:
        return self.level(user) >= _int(self.levels.get("invite"), 0)


def room_levels(
    users: Mapping[str, int] | None = None, *, creators: Iterable[str] = (), read_only: bool = False
) -> dict[str, Any]:
    """The levels of a room of ours: everybody talks (or, when `read_only`, nobody), moderators invite and name.

    What guards the room (encryption, history, levels, upgrade) is beyond everybody but its creators.
    """
    above = set(creators)
    return {
        "users": {user: level for user, level in sorted((users or {}).items()) if user not in above},
        "users_default": 0,
        "events_default": ADMINISTRATOR if read_only else 0,
        "state_default": MODERATOR,
        "invite": MODERATOR,
        "kick": MODERATOR,
        "ban": MODERATOR,
        "redact": MODERATOR,
        "notifications": {"room": MODERATOR},
        "events": {
            "m.room.name": MODERATOR,
            "m.room.topic": MODERATOR,
            "m.room.pinned_events": MODERATOR,
            "m.room.encryption": ADMINISTRATOR,
            "m.room.history_visibility": ADMINISTRATOR,
            "m.room.power_levels": ADMINISTRATOR,
            "m.room.server_acl": ADMINISTRATOR,
            "m.room.tombstone": ADMINISTRATOR,
            "nl.iog.checkpoint": ADMINISTRATOR,
            "nl.iog.log_key": ADMINISTRATOR,
            # A reaction is an answer: whoever may read may react, as long as the room is open.
            "m.reaction": ADMINISTRATOR if read_only else 0,
        },
    }


def _int(value: object, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else default
