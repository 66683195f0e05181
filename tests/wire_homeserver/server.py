"""The homeserver on its port: reads a request, meets the fault that was planned for it, and answers."""

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from bot.embedded.homeserver import Registered
from bot.embedded.homeserver import Session as LoggedIn
from tests.wire_homeserver.calls import Call, File, bare, carried_out, find
from tests.wire_homeserver.faults import Answered, Cut, Dropped, Faults, Held, Shortened
from tests.wire_homeserver.world import SERVER_NAME, Refusal, Session, World


@dataclass
class WireHomeserver:
    """Runs in this event loop. `calls` lists what was asked of it, so that a test can see what the bot really used."""

    world: World
    port: int
    faults: Faults = field(default_factory=Faults)
    calls: list[tuple[str, str]] = field(default_factory=list)
    down: bool = False
    _runner: Any = field(default=None, repr=False)

    @classmethod
    async def start(cls, *, secret: str, clock: Callable[[], float] | None = None) -> "WireHomeserver":
        """`secret` signs registrations, as with a real one."""
        world = World(secret) if clock is None else World(secret, clock)
        made = cls(world, 0)
        made._runner = web.ServerRunner(
            # a client that went away waits for nothing any more
            web.Server(made._answer, access_log=None, handler_cancellation=True)
        )
        await made._runner.setup()
        listening = socket.create_server(("127.0.0.1", 0))
        made.port = int(listening.getsockname()[1])
        await web.SockSite(made._runner, listening).start()
        return made

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def name(self) -> str:
        return SERVER_NAME

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def register(
        self, localpart: str, password: str, *, admin: bool = False, displayname: str | None = None
    ) -> Registered:
        """Makes an account; what a real homeserver does by the shared secret."""
        user = self.world.register(localpart, password, admin=admin, displayname=displayname)
        return Registered(user.user_id, password)

    async def login(self, localpart: str, password: str, device_id: str | None = None) -> LoggedIn:
        user = self.world.user(f"@{localpart}:{SERVER_NAME}")
        if user.password != password:
            raise Refusal(403, "M_FORBIDDEN")
        token, device = self.world.log_in(user, device_id)
        return LoggedIn(user.user_id, device.device_id, token)

    # --- the wire -----------------------------------------------------------------------------------------------------

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        raw = bare(request.rel_url.raw_path)
        session = self._session(request)
        user = session.user.user_id if session is not None else ""
        path = unquote(raw)
        self.calls.append((request.method, path))
        fault = self.faults.meets(request.method, path, user)
        if self.down or (isinstance(fault, Dropped) and not fault.after):
            return self._drop(request)
        if isinstance(fault, Answered):
            await request.content.read()
            return _as_given(fault)
        if isinstance(fault, Held) and not fault.after:
            await fault.until.wait()
        shortest = fault.limit if isinstance(fault, Shortened) else None
        status, answer = await self._done(request, raw, session, shortest)
        if isinstance(fault, Held) and fault.after:
            await fault.until.wait()
        if isinstance(fault, Dropped) or self.down:
            return self._drop(request)
        if isinstance(answer, File):
            return web.Response(body=answer.data, headers={"Content-Type": answer.content_type})
        data = json.dumps(answer, separators=(",", ":")).encode()
        if isinstance(fault, Cut):
            data = data[: len(data) // 2]
        return web.Response(body=data, status=status, headers={"Content-Type": "application/json"})

    def _drop(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=502)

    def _session(self, request: web.BaseRequest) -> Session | None:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return self.world.sessions.get(given or request.query.get("access_token", ""))

    async def _done(
        self, request: web.BaseRequest, raw: str, session: Session | None, shortest: int | None
    ) -> tuple[int, Any]:
        data = await request.content.read()
        segments = tuple(unquote(part) for part in raw.split("/")[1:])
        found = find(request.method, raw, segments)
        if found is None:
            return 404, {"errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"}
        act, parts = found
        try:
            if session is None and "Authorization" in request.headers:
                raise Refusal(401, "M_UNKNOWN_TOKEN", "Invalid access token passed.", soft_logout=False)
            body = _json(request, data)
            call = Call(
                self.world,
                request.method,
                parts,
                dict(request.query),
                body,
                data,
                request.content_type,
                session,
                shortest,
            )
            return 200, await carried_out(act, call)
        except Refusal as refused:
            return refused.status, refused.body


def _json(request: web.BaseRequest, data: bytes) -> dict[str, Any]:
    if request.content_type != "application/json" or not data:
        return {}
    try:
        body = json.loads(data)
    except ValueError as wrong:
        raise Refusal(400, "M_NOT_JSON", "Content not JSON.") from wrong
    if not isinstance(body, dict):
        raise Refusal(400, "M_BAD_JSON", "Content must be a JSON object.")
    return body


def _as_given(fault: Answered) -> web.Response:
    plain = isinstance(fault.body, bytes)
    data = fault.body if isinstance(fault.body, bytes) else json.dumps(fault.body).encode()
    headers = {"Content-Type": "text/html" if plain else "application/json", **dict(fault.headers)}
    return web.Response(body=data, status=fault.status, headers=headers)
