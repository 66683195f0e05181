"""One Matrix login with its encryption: syncs, opens events, fills gaps, fetches files; the sole owner of nio's client.

A little longer than most modules: whatever the one login asks of a homeserver goes through it.
"""

import json
import logging
import os
import re
from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
from nio import AsyncClient, AsyncClientConfig
from nio.rooms import MatrixRoom

from bot.matrix import feed, megolm
from bot.matrix.depth import read_json, too_deep
from bot.matrix.events import (
    ENCRYPTED,
    Backfill,
    RawEvent,
    SyncBatch,
    SyncFailed,
    TokenRevoked,
    child,
    departure_of,
    gap_of,
    invite_of,
    mappings,
    memberships_of,
    sync_filter,
)
from bot.matrix.keys import Keys
from bot.matrix.keystore import quickened
from bot.matrix.unwritten import Unwritten
from bot.matrix.wire import CLIENT, Account, Answer, quoted, retry_after, room_path

# Seconds. A sync may wait 30 s at the server; a proxy that answers later than this has lost it.
_SYNC_TIMEOUT = 35.0
_FULL_SYNC_TIMEOUT = 180.0  # the whole state of all rooms takes a homeserver its time
_CALL_TIMEOUT = 30.0
_FILE_TIMEOUT = 180.0  # a video over a slow line
_CHUNK = 64 * 1024
_ERROR_BYTES = 64 * 1024
# A name from outside may lead nowhere else than into the homeserver's store of files.
_FILE = re.compile(r"mxc://(?P<server>[A-Za-z0-9.:\[\]-]{1,255})/(?P<name>[A-Za-z0-9_-]{1,255})")

# nio writes parts of events into its warnings, its store every value it saves; what matters comes back as values.
logging.getLogger("nio").setLevel(logging.CRITICAL + 1)
logging.getLogger("peewee").setLevel(logging.WARNING)


class Forked(RuntimeError):
    """This process is a fork of the one that opened the client: both would make the same encryption keys."""


class MatrixClient:
    """A login on one device. Keeps no sync token: the caller stores it together with the events it stands for."""

    def __init__(self, account: Account, store: Path, pickle_key: str) -> None:
        self.account = account
        self.store = store
        config = AsyncClientConfig(
            store_sync_tokens=False,
            encryption_enabled=True,
            pickle_key=pickle_key,
            max_timeouts=0,
            max_limit_exceeded=0,
        )
        # nio's own object, for the modules of this package only.
        self.nio: Any = AsyncClient(
            account.homeserver_url, account.user_id, device_id=account.device_id, store_path=str(store), config=config
        )
        self.keys = Keys(self.nio, self.call)
        self._pid = os.getpid()
        self._unwritten: Unwritten | None = None
        self._http: aiohttp.ClientSession | None = None

    def __repr__(self) -> str:
        return f"MatrixClient({self.account!r})"

    async def open(self, *, afresh: bool = False) -> None:
        """Load the crypto store, made on first use with access for us alone.

        `afresh`: another process that had these keys may still send with them, and a key that is used twice makes a message
        unreadable. Every device then gets a new session.
        """
        self.store.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.nio.restore_login(self.account.user_id, self.account.device_id, self.account.access_token)
        mark = self.store / "written"
        if afresh or not mark.exists():
            # keys of the last process may be used up although they stand here as unused
            self.nio.olm.wedged_devices += [
                d for d in self.nio.olm.device_store if self.nio.olm.session_store.get(d.curve25519)
            ]
            mark.touch(mode=0o600)
        quickened(self.nio.store)
        self._unwritten = Unwritten(self.nio.store, mark)
        for path in self.store.iterdir():
            if path.is_file():
                path.chmod(0o600)
        self._http = aiohttp.ClientSession(headers={"Authorization": f"Bearer {self.account.access_token}"})

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()
        await self.nio.close()
        if self.nio.store is not None:
            self.nio.store.database.close()

    async def raw(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Any call with our token: status (0 when no answer came) and body."""
        answer = await self.call(method, path, body)
        return answer.status, dict(answer.body)

    async def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | bytes | None = None,
        *,
        timeout: float = _CALL_TIMEOUT,  # noqa: ASYNC109 - the bound belongs to the request, not to its caller
        content_type: str = "application/json",
    ) -> Answer:
        """One request; a POST is never repeated. Error pages that are no JSON come back with an empty body.

        A GET or PUT goes out once more when a kept connection turns out to be closed; both may safely arrive twice.
        """
        if os.getpid() != self._pid:
            raise Forked
        assert self._http is not None, "the client is not open"
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        try:
            async with self._http.request(
                method,
                self.account.homeserver_url + path,
                data=None if data is None else BytesIO(data),  # in one piece a large file would hold up all else
                headers={"Content-Type": content_type} if data is not None else None,
                timeout=aiohttp.ClientTimeout(total=timeout),
            ) as response:
                content = await response.read()
                header = response.headers.get("Retry-After")
                status = response.status
        except (aiohttp.ClientError, TimeoutError):
            return Answer(0, {})
        try:
            parsed = read_json(content)
        except ValueError:
            # Good news that is no JSON is a proxy's: the homeserver has not heard of it.
            status, parsed = (0 if status < 400 else status), {}
        items = parsed if isinstance(parsed, list) else ()
        parsed = parsed if isinstance(parsed, dict) else {}
        return Answer(status, parsed, retry_after(parsed, header), items)

    async def download(self, url: str, most: int, *, timeout: float = _FILE_TIMEOUT) -> bytes | Answer | None:  # noqa: ASYNC109
        """The bytes of a file by its `mxc://` address; None when there are more than `most`, the homeserver's answer when it gave
        none (status 0: no answer, 404: it has no such file)."""
        found = _FILE.fullmatch(url)
        if found is None:
            return Answer(404, {"errcode": "M_NOT_FOUND"})
        server, name = quoted(found["server"]), quoted(found["name"])
        answer = await self._bytes(f"/_matrix/client/v1/media/download/{server}/{name}", most, timeout)
        if isinstance(answer, Answer) and answer.errcode == "M_UNRECOGNIZED":
            # before version 1.11 of the specification files were for everybody who knew their name
            answer = await self._bytes(f"/_matrix/media/v3/download/{server}/{name}", most, timeout)
        return answer

    async def _bytes(self, path: str, most: int, seconds: float) -> bytes | Answer | None:
        assert self._http is not None, "the client is not open"
        whole = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._http.get(self.account.homeserver_url + path, timeout=whole) as response:
                if response.status != 200:
                    try:
                        body = read_json(await response.content.read(_ERROR_BYTES))
                    except ValueError:
                        body = {}
                    body = body if isinstance(body, dict) else {}
                    return Answer(response.status, body, retry_after(body, response.headers.get("Retry-After")))
                found = bytearray()
                async for chunk in response.content.iter_chunked(_CHUNK):
                    found += chunk
                    if len(found) > most:
                        return None
                return bytes(found)
        except (aiohttp.ClientError, TimeoutError):
            return Answer(0, {})

    async def sync_once(
        self,
        since: str | None,
        *,
        timeout_ms: int,
        full_state: bool,
        timeline_limit: int = 100,
        state_only: bool = False,
    ) -> SyncBatch | SyncFailed | TokenRevoked:
        """One sync from `since`, digested. `state_only` learns the rooms and their members and takes nothing else.

        Start with a state-only sync from None, then go on from the stored token. The same `since` may be asked again:
        what came is then given again.
        """
        query: dict[str, str | int] = {
            "filter": sync_filter(0 if state_only else timeline_limit),
            "timeout": timeout_ms,
        }
        if since is not None:
            query["since"] = since
        if full_state:
            query["full_state"] = "true"
        full = since is None or full_state
        wait = _FULL_SYNC_TIMEOUT if full else max(_SYNC_TIMEOUT, timeout_ms / 1000 + 5)
        answer = await self.call("GET", f"{CLIENT}/sync?{urlencode(query)}", timeout=wait)
        if answer.revoked:
            return TokenRevoked()
        token = answer.body.get("next_batch")
        if not answer.ok or not isinstance(token, str):
            return SyncFailed(answer.reason, answer.retry_after)
        return await self._digest(answer.body, token, state_only=state_only, news=not full)

    async def _digest(self, body: Mapping[str, Any], token: str, *, state_only: bool, news: bool) -> SyncBatch:
        assert self._unwritten is not None, "the client is not open"
        malformed = await feed.feed(self.nio, body, to_device=None if state_only else self._unwritten)
        self.keys.counted(body)
        rooms = child(body, "rooms")
        me = self.account.user_id
        asked = (invite_of(room_id, info, me) for room_id, info in child(rooms, "invite").items())
        invites = tuple(invite for invite in asked if invite is not None)
        if state_only:
            return SyncBatch("", (), invites, (), (), (), malformed)
        events = [
            event
            for kind in ("join", "leave")
            for room_id, info in child(rooms, kind).items()
            for source in mappings(child(info, "timeline").get("events"))
            if (event := self.read(room_id, source)) is not None
        ]
        for event in events:
            if event.undecryptable:
                feed.ask_for_key(self.nio, event)
        joined = child(rooms, "join")
        return SyncBatch(
            token,
            await self._checked(events),
            invites,
            tuple(
                found for room_id, info in joined.items() for found in memberships_of(room_id, info, with_state=news)
            ),
            tuple(gap for room_id, info in joined.items() if (gap := gap_of(room_id, info, me, with_state=news))),
            tuple(departure_of(room_id, info, me) for room_id, info in child(rooms, "leave").items()),
            malformed,
        )

    def read(self, room_id: str, source: Mapping[str, Any]) -> RawEvent | None:
        """An event as the server gave it, opened when we hold its key; None when it is no event at all."""
        event_id, sender, kind = source.get("event_id"), source.get("sender"), source.get("type")
        if not (isinstance(event_id, str) and isinstance(sender, str) and isinstance(kind, str)) or too_deep(source):
            return None
        at, state_key = source.get("origin_server_ts"), source.get("state_key")
        content: Mapping[str, Any] = child(source, "content")
        if kind == "m.room.redaction" and "redacts" in source:
            content = {"redacts": source["redacts"]} | dict(content)  # room versions before 11 kept it outside
        # A redacted event keeps its type and loses its content: there is nothing to open.
        closed = kind == ENCRYPTED and bool(content)
        opened = megolm.open_event(self.nio.olm, room_id, source) if closed else None
        return RawEvent(
            room_id=room_id,
            event_id=event_id,
            sender=sender,
            type=opened.type if opened else kind,
            content=opened.content if opened else content,
            origin_server_ts=at if isinstance(at, int) else 0,
            decrypted=opened is not None,
            sender_key_known=opened is not None and opened.sender_key_known,
            undecryptable=closed and opened is None,
            source=source,
            state_key=state_key if isinstance(state_key, str) else None,
        )

    async def try_decrypt(self, event: RawEvent) -> RawEvent:
        """The same event with what we know by now: keys often come after the message."""
        again = self.read(event.room_id, event.source)
        assert again is not None, "an event was made of this source before"
        return (await self._checked([again]))[0]

    async def backfill(
        self, room_id: str, prev_batch: str, until: Callable[[str], Awaitable[bool]], cap: int
    ) -> Backfill | SyncFailed:
        """Page back from a gap until an event that `until` knows (by its id), the start of the room or `cap` events."""
        found: list[RawEvent] = []
        start = prev_batch
        while len(found) < cap:
            query = urlencode({"dir": "b", "from": start, "limit": min(100, cap - len(found))})
            answer = await self.call("GET", f"{room_path(room_id, 'messages')}?{query}")
            if not answer.ok:
                return SyncFailed(answer.reason, answer.retry_after)
            for source in mappings(answer.body.get("chunk")):
                event = self.read(room_id, source)
                if event is not None and await until(event.event_id):
                    return Backfill(await self._checked(found[::-1]), complete=True)
                if event is not None:
                    found.append(event)
            end = answer.body.get("end")
            if not isinstance(end, str):
                return Backfill(await self._checked(found[::-1]), complete=True)
            start = end
        return Backfill(await self._checked(found[::-1]), complete=False)

    async def after_sync(self) -> tuple[str, ...]:
        """The key traffic that a sync asks for; gives what failed, to be tried again after the next one."""
        steps = (self.keys.upload, self.keys.query, self.keys.unwedge, self.keys.flush)
        return tuple([failed for step in steps if (failed := await step()) is not None])

    def keys_written(self) -> bool:
        """Whether every key that the syncs brought is on the disk; tried again here when it was not."""
        return self._unwritten is None or self._unwritten.flush()

    def members(self, room_id: str) -> tuple[str, ...]:
        """Who has joined a room, as far as the syncs told; the invited are left out."""
        room = self.nio.rooms.get(room_id)
        return () if room is None else tuple(sorted(user for user, member in room.users.items() if not member.invited))

    def adopt_encrypted(self, room_id: str) -> MatrixRoom:
        """Make nio hold a room for encrypted; only for rooms whose encryption was read back from the server."""
        room = self.nio.rooms.setdefault(room_id, MatrixRoom(room_id, self.account.user_id, True))
        room.encrypted = True
        self.nio.encrypted_rooms.add(room_id)
        self.nio.store.save_encrypted_rooms({room_id})
        return room

    async def _checked(self, events: list[RawEvent]) -> tuple[RawEvent, ...]:
        """Ask for the devices of senders we do not know yet, then look again: the first alarm is from a new device."""
        doubtful = {event.sender for event in events if event.decrypted and not event.sender_key_known}
        if not doubtful or await self.keys.query(doubtful) is not None:
            return tuple(events)
        return tuple(
            again
            if event.decrypted and not event.sender_key_known and (again := self.read(event.room_id, event.source))
            else event
            for event in events
        )
