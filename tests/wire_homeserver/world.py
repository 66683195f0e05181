"""What a homeserver knows: accounts, devices, rooms, and one stream on which everything that happens gets its position."""

import asyncio
import base64
import hashlib
import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.wire_homeserver.rooms import Room

Json = dict[str, Any]
SERVER_NAME: Final = "iog.example"


class Refusal(Exception):
    """An error answer of the specification."""

    def __init__(self, status: int, errcode: str, error: str = "", **more: object) -> None:
        super().__init__(f"{status} {errcode}")
        self.status = status
        self.body: Json = {"errcode": errcode, "error": error or errcode, **more}


@dataclass
class Device:
    """Keys as they were uploaded; `waiting` are messages to the device by their position."""

    device_id: str
    keys: Json | None = None
    one_time: dict[str, Json] = field(default_factory=dict)
    fallback: dict[str, Json] = field(default_factory=dict)
    fallback_used: bool = False
    waiting: list[tuple[int, Json]] = field(default_factory=list)


@dataclass
class User:
    user_id: str
    password: str
    admin: bool = False
    displayname: str | None = None
    devices: dict[str, Device] = field(default_factory=dict)
    signing: dict[str, Json] = field(default_factory=dict)
    account_data: dict[str, Json] = field(default_factory=dict)
    limited: bool = True  # no override of the rate limits was asked for


@dataclass(frozen=True)
class Session:
    """Who a token speaks for; a token that an administrator lent has no device."""

    user: User
    device: Device | None


@dataclass(repr=False)
class World:
    """`clock` gives the time in seconds that events are stamped with."""

    secret: str
    clock: Callable[[], float] = time.time
    users: dict[str, User] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    media: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    transactions: dict[tuple[str, ...], Json] = field(default_factory=dict)
    device_changes: list[tuple[int, str]] = field(default_factory=list)
    position: int = 1
    waiters: dict[str, set[asyncio.Event]] = field(default_factory=dict)
    _names: "itertools.count[int]" = field(default_factory=itertools.count)

    def step(self) -> int:
        """The next position of the stream."""
        self.position += 1
        return self.position

    def name(self, length: int = 43) -> str:
        """A fresh identifier; the same in every run with the same secret."""
        digest = hashlib.sha256(f"{self.secret}:{next(self._names)}".encode()).digest()
        return base64.urlsafe_b64encode(digest).decode()[:length]

    def wake(self, users: Iterable[str]) -> None:
        """Ends the long polls of these users."""
        for user in users:
            for waiter in self.waiters.get(user, ()):
                waiter.set()

    def user(self, user_id: str) -> User:
        found = self.users.get(user_id)
        if found is None:
            raise Refusal(404, "M_NOT_FOUND", "User not found")
        return found

    def room(self, room_id: str) -> Room:
        found = self.rooms.get(room_id)
        if found is None:
            raise Refusal(404, "M_NOT_FOUND", "Unknown room")
        return found

    def joined(self, user_id: str) -> list[Room]:
        return [room for room in self.rooms.values() if room.membership(user_id) == "join"]

    def sharing(self, user_id: str) -> set[str]:
        """Everybody who shares a room with a user, the user included."""
        found = {user_id}
        for room in self.joined(user_id):
            found |= room.joined
        return found

    def devices_changed(self, user_id: str) -> None:
        self.device_changes.append((self.step(), user_id))
        self.wake(self.sharing(user_id))

    def register(self, localpart: str, password: str, *, admin: bool, displayname: str | None) -> User:
        user_id = f"@{localpart}:{SERVER_NAME}"
        if user_id in self.users:
            raise Refusal(400, "M_USER_IN_USE", "User ID already taken.")
        user = self.users[user_id] = User(user_id, password, admin, displayname or localpart)
        return user

    def log_in(self, user: User, device_id: str | None) -> tuple[str, Device]:
        device_id = device_id or self.name(10).upper()
        device = user.devices.setdefault(device_id, Device(device_id))
        token = f"syt_{self.name()}"
        self.sessions[token] = Session(user, device)
        return token, device
