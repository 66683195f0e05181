"""The yardstick: plain nio, no log, no database, no outbox; it makes the same calls as the bot and nothing else."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from nio import AsyncClient, AsyncClientConfig, MatrixRoom, RoomMessageText
from nio.responses import LoginResponse, RoomSendResponse

from bot.matrix.events import mappings
from bot.matrix.power import room_levels
from bot.matrix.wire import CLIENT, quoted, room_path
from tests.bench.wire import Stopwatch

MEGOLM = "m.megolm.v1.aes-sha2"


@dataclass(slots=True)
class Plan:
    """What the script does at an alarm: pages to rooms, and (when there is a name) a room with these people invited."""

    pages: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # room: content
    invited: Sequence[str] = ()
    rescuer: str = ""
    card: Mapping[str, Any] = field(default_factory=dict)
    echoes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # what somebody says: content
    room: str = ""  # the localpart of the alias


class Bare:
    """Logged in, syncing between `listen` and the end of its block; what went over the wire stands in `wire`."""

    def __init__(self, client: AsyncClient) -> None:
        self.client = client
        self.wire = Stopwatch()
        self.plan = Plan()
        self.done = asyncio.Event()
        self._work: asyncio.Future[None] | None = None
        client.add_event_callback(self._said, RoomMessageText)

    @classmethod
    async def login(cls, url: str, user: str, password: str, store: Path) -> Self:
        await asyncio.to_thread(store.mkdir, parents=True, exist_ok=True)
        config = AsyncClientConfig(store_sync_tokens=False, pickle_key=password, max_timeouts=0, max_limit_exceeded=0)
        client = AsyncClient(url, user, store_path=str(store), config=config)
        answer = await client.login(password)
        if not isinstance(answer, LoginResponse):
            raise ConnectionError("the bare script cannot log in")
        await client.sync(full_state=True)
        await client.keys_upload()  # before anybody looks for devices in a room of ours
        bare = cls(client)
        bare.wire.attach(client.client_session)
        return bare

    @contextlib.asynccontextmanager
    async def listening(self) -> Any:  # noqa: ANN401 - a context manager that gives itself
        """Syncs as nio does it, for as long as the block lasts."""
        task = asyncio.ensure_future(self.client.sync_forever(timeout=30_000, full_state=not self.client.next_batch))
        await self.client.synced.wait()
        try:
            yield self
        finally:
            self.client.stop_sync_forever()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.client.access_token}"}
        url = self.client.homeserver + path
        async with self.client.client_session.request(method, url, json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def send(self, room_id: str, content: Mapping[str, Any], txn: str | None = None) -> str:
        answer = await self.client.room_send(
            room_id, "m.room.message", content, tx_id=txn, ignore_unverified_devices=True
        )
        if not isinstance(answer, RoomSendResponse):
            raise ConnectionError("the bare script's message was refused")
        return str(answer.event_id)

    async def direct(self, user_id: str) -> str:
        """An encrypted room for two."""
        state = [{"type": "m.room.encryption", "state_key": "", "content": {"algorithm": MEGOLM}}]
        body = {"preset": "private_chat", "is_direct": True, "invite": [user_id], "initial_state": state}
        _, made = await self.call("POST", f"{CLIENT}/createRoom", body)
        return str(made["room_id"])

    async def _said(self, room: MatrixRoom, event: RoomMessageText) -> None:
        if event.sender == self.client.user_id or self.done.is_set():
            return
        # In a task of its own, or nio would not listen while it sends; the bot does, and the server works for both.
        self._work = asyncio.ensure_future(self._answer(room, event.body))

    async def _answer(self, room: MatrixRoom, said: str) -> None:
        if said.startswith("alarm"):
            await asyncio.gather(*(self.send(room_id, content) for room_id, content in self.plan.pages.items()))
            if self.plan.room:
                await self._room()
            self.done.set()
        elif said in self.plan.echoes:
            await self.send(room.room_id, self.plan.echoes[said])
            self.done.set()

    async def _room(self) -> None:
        """Resolve, create, read back, invite one by one, say the first thing: the calls of `make_room` without its care."""
        alias = quoted(f"#{self.plan.room}:{self.client.user_id.partition(':')[2]}")
        await self.call("GET", f"{CLIENT}/directory/room/{alias}")
        _, made = await self.call("POST", f"{CLIENT}/createRoom", self._creation())
        room_id = str(made["room_id"])
        _, state = await self.call("GET", room_path(room_id, "state"))
        encrypted = any(x["type"] == "m.room.encryption" for x in mappings(state))
        for user in self.plan.invited:
            await self.call("POST", room_path(room_id, "invite"), {"user_id": user})
        room = self.client.rooms.setdefault(room_id, MatrixRoom(room_id, self.client.user_id, encrypted))
        room.encrypted = encrypted
        for user in (self.client.user_id, *self.plan.invited):
            room.add_member(user, None, None, user != self.client.user_id)
        room.members_synced = True
        self.client.olm.update_tracked_users(room)
        await self.send(room_id, self.plan.card)

    def _creation(self) -> dict[str, Any]:
        state = {
            "m.room.encryption": {"algorithm": MEGOLM},
            "m.room.history_visibility": {"history_visibility": "shared"},
            "m.room.guest_access": {"guest_access": "forbidden"},
        }
        return {
            "preset": "private_chat",
            "visibility": "private",
            "room_version": "12",
            "room_alias_name": self.plan.room,
            "name": "2026-001 · Waterbrug",
            "topic": "Incident 2026-001 · Waterbrug",
            "creation_content": {
                "nl.iog.incident": self.plan.room, "m.federate": False, "additional_creators": [self.plan.rescuer],
            },
            "power_level_content_override": room_levels(),
            "initial_state": [{"type": kind, "state_key": "", "content": content} for kind, content in state.items()],
        }  # fmt: skip
