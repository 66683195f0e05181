"""One person's Matrix client, for the demo and the tests: plain nio, so that the bot's own code is not its own judge."""

import asyncio
import contextlib
import hashlib
import itertools
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
from nio import AsyncClient, AsyncClientConfig
from nio.crypto.attachments import decrypt_attachment
from nio.events import MegolmEvent
from nio.exceptions import EncryptionError
from nio.responses import DownloadResponse, ErrorResponse, LoginResponse, Response, SyncResponse

from bot.matrix.keystore import quickened
from bot.matrix.wire import room_path

T = TypeVar("T")

_PAUSE = 0.2  # seconds between tries while the homeserver is away
_TRIES = 100


class PeerRefused(RuntimeError):
    """The homeserver refused what this person tried to do."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An event as this person's client shows it; `readable` is false while the key is missing."""

    room_id: str
    event_id: str
    sender: str
    type: str
    content: Mapping[str, Any] = field(repr=False)
    encrypted: bool
    readable: bool
    state_key: str | None = None

    @property
    def body(self) -> str:
        return str(self.content.get("body", ""))


class Peer:
    """A person on one device. `seen` holds the timeline of each room in the order it came, invites what is open."""

    def __init__(self, client: AsyncClient) -> None:
        self.client: AsyncClient = client
        self.seen: dict[str, list[Seen]] = {}
        self.invites: dict[str, str] = {}  # room id: who invited
        self._closed: dict[str, MegolmEvent] = {}
        self._numbers = itertools.count(1)

    def __repr__(self) -> str:
        return f"Peer({self.user_id})"

    @classmethod
    async def login(
        cls, homeserver_url: str, user: str, password: str, store: Path, *, device_id: str | None = None
    ) -> "Peer":
        """Log in, upload keys and sync once. With `device_id` and the same `store` the device goes on where it was."""
        await asyncio.to_thread(store.mkdir, parents=True, exist_ok=True)
        config = AsyncClientConfig(
            store_sync_tokens=False, pickle_key=password, max_timeouts=0, max_limit_exceeded=0, request_timeout=30
        )
        client = AsyncClient(homeserver_url, user, device_id=device_id, store_path=str(store), config=config)
        try:
            answer = await client.login(password)
            if not isinstance(answer, LoginResponse):
                raise PeerRefused(f"login of {user}: {answer.status_code}")
            quickened(client.store)
            peer = cls(client)
            await peer.sync(timeout_ms=0)
        except BaseException:
            await client.close()
            raise
        return peer

    @property
    def user_id(self) -> str:
        return str(self.client.user_id)

    @property
    def device_id(self) -> str:
        return str(self.client.device_id)

    async def close(self) -> None:
        await self.client.close()
        if self.client.store is not None:
            self.client.store.database.close()

    async def sync(self, *, timeout_ms: int = 0) -> None:
        """One sync with the key traffic that belongs to it; a homeserver that is away is asked again."""
        full = not self.client.next_batch
        room = {"timeline": {"limit": 200}, "ephemeral": {"types": []}}
        answer = await self._patiently(
            lambda: self.client.sync(timeout_ms, {"room": room, "presence": {"types": []}}, full_state=full)
        )
        assert isinstance(answer, SyncResponse)
        for room_id, invited in answer.rooms.invite.items():
            for event in invited.invite_state:
                if getattr(event, "membership", "") == "invite" and event.state_key == self.user_id:
                    self.invites[room_id] = event.sender
        for rooms in (answer.rooms.join, answer.rooms.leave):
            for room_id, info in rooms.items():
                self.invites.pop(room_id, None)
                for event in info.timeline.events:
                    self._notice(room_id, event)
        await self._exchange_keys()
        self._reread()

    async def wait_for(self, found: "Callable[[Peer], T | None]", seconds: float = 20.0) -> T:
        """Sync until `found` gives something that counts as true, and give that; raises TimeoutError after `seconds`."""
        async with asyncio.timeout(seconds):
            while not (value := found(self)):
                await self.sync(timeout_ms=2_000)
        return value

    async def wait_text(self, room_id: str, part: str, seconds: float = 20.0) -> Seen:
        """Wait for a readable message from somebody else with `part` in its text."""
        return await self.wait_for(
            lambda peer: next((s for s in peer.timeline(room_id) if part in s.body and s.sender != peer.user_id), None),
            seconds,
        )

    def timeline(self, room_id: str) -> list[Seen]:
        return self.seen.get(room_id, [])

    def members(self, room_id: str) -> set[str]:
        """Who has joined a room, as far as this client knows."""
        room = self.client.rooms.get(room_id)
        return set() if room is None else {user for user, member in room.users.items() if not member.invited}

    async def create_direct(self, user_id: str) -> str:
        """Make an encrypted room for two and invite the other; gives its id once this client knows it is encrypted."""
        body = {
            "preset": "private_chat",
            "is_direct": True,
            "invite": [user_id],
            "initial_state": [
                {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
            ],
        }
        room_id = str((await self.raw("POST", "/_matrix/client/v3/createRoom", body))["room_id"])
        await self.wait_for(lambda peer: room_id in peer.client.rooms and peer.client.rooms[room_id].encrypted)
        return room_id

    async def join(self, room_id: str) -> None:
        """Accept an invite and wait until this client knows the room and its encryption."""
        await self.raw("POST", room_path(room_id, "join"), {})
        await self.wait_for(lambda peer: room_id in peer.client.rooms and peer.client.rooms[room_id].encrypted)

    async def leave(self, room_id: str) -> None:
        await self.raw("POST", room_path(room_id, "leave"), {})

    async def say(self, room_id: str, text: str, **more: object) -> str:
        """Send an encrypted text; `more` goes into the content (`msgtype`, `m.mentions` …). Gives the event id."""
        return await self.send(room_id, {"msgtype": "m.text", "body": text, **more})

    async def edit(self, room_id: str, event_id: str, text: str) -> str:
        new = {"msgtype": "m.text", "body": text}
        relation = {"rel_type": "m.replace", "event_id": event_id}
        return await self.say(room_id, f"* {text}", **{"m.new_content": new, "m.relates_to": relation})

    async def send(self, room_id: str, content: Mapping[str, Any]) -> str:
        """Send an encrypted message with this content to all in the room whose devices can be found."""
        await self._share_keys(room_id)
        kind, closed = self.client.encrypt(room_id, "m.room.message", dict(content))
        return await self._put(room_id, kind, closed)

    async def react(self, room_id: str, event_id: str, key: str) -> str:
        """React with an emoji, in clear as all clients do."""
        relation = {"rel_type": "m.annotation", "event_id": event_id, "key": key}
        return await self._put(room_id, "m.reaction", {"m.relates_to": relation})

    async def redact(self, room_id: str, event_id: str) -> str:
        answer = await self.raw("PUT", room_path(room_id, "redact", event_id, self._txn()), {})
        return str(answer["event_id"])

    async def download(self, content: Mapping[str, Any]) -> bytes:
        """The opened bytes of an encrypted file message."""
        file = content["file"]
        answer = await self._patiently(lambda: self.client.download(file["url"]))
        assert isinstance(answer, DownloadResponse)
        opened: bytes = decrypt_attachment(answer.body, file["key"]["k"], file["hashes"]["sha256"], file["iv"])
        return opened

    async def raw(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Any call with this person's token; raises `PeerRefused` when the homeserver refuses."""
        headers = {"Authorization": f"Bearer {self.client.access_token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body)
        for _ in range(_TRIES):
            try:
                response = await self.client.send(method, path, data, headers)
                answer = await response.json(content_type=None)
            except (aiohttp.ClientError, TimeoutError, ValueError):
                await asyncio.sleep(_PAUSE)
                continue
            if response.ok and isinstance(answer, dict):
                return answer
            if response.status < 500 and response.status != 429:
                raise PeerRefused(f"{method} {path}: {response.status} {answer.get('errcode')}")
            await asyncio.sleep(_PAUSE)
        raise TimeoutError(f"{method} {path}")

    async def _put(self, room_id: str, kind: str, content: Mapping[str, Any]) -> str:
        answer = await self.raw("PUT", room_path(room_id, "send", kind, self._txn()), content)
        return str(answer["event_id"])

    async def _share_keys(self, room_id: str) -> None:
        """Give all devices in the room our key; nio by itself takes even a proxy's error page for success."""
        client = self.client
        await self.wait_for(lambda peer: room_id in client.rooms and client.rooms[room_id].encrypted)
        room = client.rooms[room_id]
        if not room.members_synced:
            await self._patiently(lambda: client.joined_members(room_id))
        if client.should_query_keys:
            await self._patiently(client.keys_query)
        if not client.olm.should_share_group_session(room_id):
            return
        missing = client.olm.get_missing_sessions(list(room.users))
        if missing:
            await self._patiently(lambda: client.keys_claim(missing))
        parts = client.olm.share_group_session_parallel(room_id, list(room.users), ignore_unverified_devices=True)
        for _, content in parts:
            await self.raw("PUT", f"/_matrix/client/v3/sendToDevice/m.room.encrypted/{self._txn()}", content)
        client.olm.outbound_group_sessions[room_id].shared = True

    async def _exchange_keys(self) -> None:
        client = self.client
        if client.should_upload_keys:
            await self._patiently(client.keys_upload)
        if client.should_query_keys:
            await self._patiently(client.keys_query)
        if client.should_claim_keys:
            await self._patiently(lambda: client.keys_claim(client.get_users_for_key_claiming()))
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            await client.send_to_device_messages()  # what failed stays queued for the next sync

    async def _patiently(self, call: Callable[[], Awaitable[Response]]) -> Response:
        for _ in range(_TRIES):
            try:
                answer = await call()
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(_PAUSE)
                continue
            if not isinstance(answer, ErrorResponse):
                return answer
            if answer.status_code in ("M_UNKNOWN_TOKEN", "M_FORBIDDEN"):
                raise PeerRefused(f"{self.user_id}: {answer.status_code}")
            await asyncio.sleep(_PAUSE)
        raise TimeoutError(f"no good answer for {self.user_id}")

    def _notice(self, room_id: str, event: Any) -> None:  # noqa: ANN401 - nio's events have no common type
        closed = isinstance(event, MegolmEvent)
        if closed:
            self._closed[event.event_id] = event
            event.room_id = room_id
        source = event.source
        self.seen.setdefault(room_id, []).append(
            Seen(
                room_id=room_id,
                event_id=str(event.event_id),
                sender=str(event.sender),
                type=str(source.get("type", "")),
                content=source.get("content", {}),
                encrypted=closed or bool(getattr(event, "decrypted", False)),
                readable=not closed,
                state_key=source.get("state_key"),
            )
        )

    def _reread(self) -> None:
        """Look again at what could not be opened: a key may have come after its message."""
        for event in list(self._closed.values()):
            try:
                source = self.client.decrypt_event(event).source
            except EncryptionError:
                continue
            del self._closed[event.event_id]
            timeline = self.seen[event.room_id]
            kind, content = str(source["type"]), source["content"]
            for at, seen in enumerate(timeline):
                if seen.event_id == event.event_id:
                    timeline[at] = Seen(event.room_id, seen.event_id, seen.sender, kind, content, True, True)

    def _txn(self) -> str:
        # The sync token makes it differ from those of an earlier run of the same device.
        return hashlib.sha256(f"{self.client.next_batch}:{next(self._numbers)}".encode()).hexdigest()[:24]
