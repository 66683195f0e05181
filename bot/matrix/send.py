"""The one gateway to the homeserver: every event that leaves, and the refusal to send in clear what must be encrypted."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from nio.crypto.attachments import encrypt_attachment

from bot.matrix.client import MatrixClient
from bot.matrix.share import NotShared, Shared, share
from bot.matrix.wire import Answer, quoted, room_path

MEGOLM = "m.megolm.v1.aes-sha2"

# Reactions are never encrypted: the server groups them, and no client could read an encrypted one.
_CLEAR = frozenset({"m.reaction"})


@dataclass(frozen=True, slots=True)
class Sent:
    """The homeserver has it. Of those in the room the `reached` have a device with the key, and the `blind` have none."""

    event_id: str
    blind: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scheduled:
    """The homeserver sends it when its time comes, unless it is told otherwise by this id, which is a secret."""

    delay_id: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Invited:
    already_joined: bool


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file on the server, encrypted; `content` is the message that shows it and holds its key."""

    content: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Unsent:
    """Nothing was sent, or nobody said so: with `retry` the same call with the same transaction id may be made again."""

    reason: str
    retry: bool
    retry_after: float | None = None  # seconds

    @classmethod
    def of(cls, answer: Answer) -> "Unsent":
        # A good status without what it should bring came from something in between.
        return cls(answer.reason, answer.ok or answer.worth_repeating, answer.retry_after)


@dataclass(frozen=True, slots=True)
class _Closed:
    kind: str
    content: Mapping[str, Any] = field(repr=False)
    shared: Shared


class Gateway:
    """Sends for one login. Different rooms go side by side; within a room one after the other, so order is kept."""

    def __init__(self, client: MatrixClient) -> None:
        self._client = client
        self._locks: dict[str, asyncio.Lock] = {}

    async def send(
        self, room_id: str, kind: str, content: Mapping[str, Any], txn: str, *, require_encrypted: bool = True
    ) -> Sent | Unsent:
        """Send one event. `txn` names the effect for the lifetime of the device: the same name is never sent twice.

        With `require_encrypted` nothing leaves in clear, whatever nio believes of the room; reactions excepted.
        """
        async with self._locks.setdefault(room_id, asyncio.Lock()):
            if kind in _CLEAR:
                return await self._put(room_id, kind, content, txn)
            closed = await self._closed(room_id, kind, content)
            if isinstance(closed, _Closed):
                return await self._put(room_id, closed.kind, closed.content, txn, closed.shared)
            if isinstance(closed, Unsent) or require_encrypted:
                return closed or Unsent("the room is not encrypted", retry=False)
            return await self._put(room_id, kind, content, txn)

    async def send_later(
        self, room_id: str, kind: str, content: Mapping[str, Any], txn: str, seconds: float
    ) -> Scheduled | Unsent:
        """Hand over an event, encrypted now, that the homeserver sends after so many seconds (MSC4140).

        Only who has a device in the room now will be able to read it.
        """
        async with self._locks.setdefault(room_id, asyncio.Lock()):
            closed = await self._closed(room_id, kind, content)
            if not isinstance(closed, _Closed):
                return closed or Unsent("the room is not encrypted", retry=False)
            delay = urlencode({"org.matrix.msc4140.delay": round(seconds * 1000)})
            path = f"{room_path(room_id, 'send', closed.kind, txn)}?{delay}"
            answer = await self._client.call("PUT", path, closed.content)
            delay_id = answer.body.get("delay_id")
            return Scheduled(delay_id) if answer.ok and isinstance(delay_id, str) else Unsent.of(answer)

    async def _closed(self, room_id: str, kind: str, content: Mapping[str, Any]) -> "_Closed | Unsent | None":
        """The event encrypted for everybody in the room; None when the room is not."""
        encrypted = await self._is_encrypted(room_id)
        if not encrypted or isinstance(encrypted, Unsent):
            return encrypted or None
        shared = await share(self._client, room_id)
        if isinstance(shared, NotShared):
            return Unsent(f"keys not shared: {shared.reason}", retry=True)
        closed_kind, closed = self._client.nio.encrypt(room_id, kind, dict(content))
        return _Closed(closed_kind, closed, shared)

    async def put_state(
        self, room_id: str, kind: str, content: Mapping[str, Any], state_key: str = ""
    ) -> Sent | Unsent:
        """Set a state event (in clear, as all state); the same content again gives the same event."""
        path = room_path(room_id, "state", kind)
        return _event(await self._client.call("PUT", f"{path}/{quoted(state_key)}", content))

    async def pin(self, room_id: str, event_ids: Sequence[str]) -> Sent | Unsent:
        return await self.put_state(room_id, "m.room.pinned_events", {"pinned": list(event_ids)})

    async def redact(self, room_id: str, event_id: str, txn: str, reason: str | None = None) -> Sent | Unsent:
        body = {} if reason is None else {"reason": reason}
        return _event(await self._client.call("PUT", room_path(room_id, "redact", event_id, txn), body))

    async def invite(self, room_id: str, user_id: str, *, direct: bool = False) -> Invited | Unsent:
        """Invite somebody; being there already is as good. Says nothing of whether a local account exists at all.

        `direct` makes clients list the room among people.
        """
        if direct:
            # The invite call cannot say so; as a state event it can.
            content = {"membership": "invite", "is_direct": True}
            answer = await self._client.call("PUT", room_path(room_id, "state", "m.room.member", user_id), content)
        else:
            answer = await self._client.call("POST", room_path(room_id, "invite"), {"user_id": user_id})
        if answer.status == 403:
            member = await self._client.call("GET", room_path(room_id, "state", "m.room.member", user_id))
            if member.ok and member.body.get("membership") == "join":
                return Invited(already_joined=True)
        if not answer.ok:
            return Unsent.of(answer)
        room = self._client.nio.rooms.get(room_id)
        if room is not None:
            # At once, so that a message sent before the next sync is readable for the invited as well.
            room.add_member(user_id, None, None, True)
        return Invited(already_joined=False)

    async def remove(self, room_id: str, user_id: str) -> Unsent | None:
        """Put somebody out of a room; not being there is as good. What is sent from here on they cannot read."""
        answer = await self._client.call("POST", room_path(room_id, "kick"), {"user_id": user_id})
        if answer.status == 403:
            member = await self._client.call("GET", room_path(room_id, "state", "m.room.member", user_id))
            if member.status == 404 or member.body.get("membership") in ("leave", "ban"):
                return None
        if not answer.ok:
            return Unsent.of(answer)
        room = self._client.nio.rooms.get(room_id)
        if room is not None:
            room.remove_member(user_id)
        return None

    async def upload_encrypted(self, data: bytes, name: str, mime: str) -> Uploaded | Unsent:
        """Put a file on the server that only those can open who get the message; the server learns just its size."""
        closed, keys = encrypt_attachment(data)
        answer = await self._client.call(
            "POST", "/_matrix/media/v3/upload", closed, content_type="application/octet-stream"
        )
        url = answer.body.get("content_uri")
        if not answer.ok or not isinstance(url, str):
            return Unsent.of(answer)
        return Uploaded(
            {
                "msgtype": "m.file",
                "body": name,
                "filename": name,
                "info": {"mimetype": mime, "size": len(data)},
                "file": {"url": url, **keys},
            }
        )

    async def _is_encrypted(self, room_id: str) -> bool | Unsent:
        """What nio knows, or else the server: nio forgets (after a crash) and is late (for a room just made)."""
        room = self._client.nio.rooms.get(room_id)
        if room is not None and room.encrypted:
            return True
        answer = await self._client.call("GET", room_path(room_id, "state", "m.room.encryption"))
        if answer.status == 404:
            return False
        if not answer.ok:
            return Unsent.of(answer)
        if answer.body.get("algorithm") != MEGOLM:
            return False
        self._client.adopt_encrypted(room_id)
        return True

    async def _put(
        self, room_id: str, kind: str, content: Mapping[str, Any], txn: str, shared: Shared | None = None
    ) -> Sent | Unsent:
        sent = _event(await self._client.call("PUT", room_path(room_id, "send", kind, txn), content))
        if isinstance(sent, Unsent) or shared is None:
            return sent
        return Sent(sent.event_id, shared.blind, shared.reached)


def _event(answer: Answer) -> Sent | Unsent:
    event_id = answer.body.get("event_id")
    return Sent(event_id) if answer.ok and isinstance(event_id, str) else Unsent.of(answer)
