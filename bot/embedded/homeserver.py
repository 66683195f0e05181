"""A real Synapse as a child process: started, killed and restarted at will, with accounts made on demand."""

import asyncio
import contextlib
import hashlib
import hmac
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bot.embedded import settings
from bot.embedded.ports import free_port

_START = 60.0  # seconds; a start takes about three on two cores, more when they are busy
_STOP = 10.0


class HomeserverDown(RuntimeError):
    """The child did not come up; the end of its own output is in the message."""


@dataclass(frozen=True, slots=True)
class Registered:
    user_id: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    user_id: str
    device_id: str
    access_token: str = field(repr=False)


@dataclass(slots=True)
class Homeserver:
    """One Synapse on a loopback port. Not bound to an event loop, so that a whole test run can share it."""

    directory: Path
    port: int
    secret: str = field(repr=False)
    _child: "subprocess.Popen[bytes]" = field(repr=False)

    @classmethod
    async def start(
        cls, directory: Path, *, secret: str, limits: bool = False, port: int | None = None
    ) -> "Homeserver":
        """Write the settings and start the child; returns once it answers. `limits` leaves Synapse's own limits on.

        `secret` signs registrations: whoever knows it can make an administrator. Raises `HomeserverDown`.
        """
        port = port or free_port()
        settings.write(directory, port, secret=secret, limits=limits)
        homeserver = cls(directory, port, secret, _spawn(directory))
        await homeserver._answers()
        return homeserver

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def name(self) -> str:
        return settings.SERVER_NAME

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def running(self) -> bool:
        return self._child.poll() is None

    async def kill(self) -> None:
        """End the child as a power cut would (SIGKILL)."""
        self._child.kill()
        await self._gone()

    async def restart(self) -> None:
        """Start again on the same port and directory; stops the child first when it still runs."""
        await self.stop()
        self._child = _spawn(self.directory)
        await self._answers()

    async def stop(self) -> None:
        """Ask the child to stop and wait for it; one that does not listen is killed after ten seconds."""
        if self._child.poll() is None:
            self._child.terminate()
        await self._gone()

    async def register(
        self, localpart: str, password: str, *, admin: bool = False, displayname: str | None = None
    ) -> Registered:
        """Make an account by the shared secret; raises `httpx.HTTPStatusError` when the name is taken."""
        async with self._http() as http:
            path = "/_synapse/admin/v1/register"
            nonce = str((await http.get(path)).raise_for_status().json()["nonce"])
            signed = "\0".join((nonce, localpart, password, "admin" if admin else "notadmin"))
            body: dict[str, Any] = {
                "nonce": nonce,
                "username": localpart,
                "password": password,
                "admin": admin,
                "mac": hmac.new(self.secret.encode(), signed.encode(), hashlib.sha1).hexdigest(),
                # Without this every registration would leave a device behind that nobody uses.
                "inhibit_login": True,
            }
            if displayname is not None:
                body["displayname"] = displayname
            answer = (await http.post(path, json=body)).raise_for_status().json()
        return Registered(str(answer["user_id"]), password)

    async def login(self, localpart: str, password: str, device_id: str | None = None) -> Session:
        """Log in by password; with `device_id` the same device again. Raises `httpx.HTTPStatusError`."""
        body: dict[str, Any] = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": localpart},
            "password": password,
        }
        if device_id is not None:
            body["device_id"] = device_id
        async with self._http() as http:
            answer = (await http.post("/_matrix/client/v3/login", json=body)).raise_for_status().json()
        return Session(str(answer["user_id"]), str(answer["device_id"]), str(answer["access_token"]))

    async def override_ratelimit(self, user_id: str, admin_token: str) -> None:
        """Switch every limiter off for one account: zero means none, and it holds for more than messages."""
        async with self._http() as http:
            answer = await http.post(
                f"/_synapse/admin/v1/users/{user_id}/override_ratelimit",
                json={"messages_per_second": 0, "burst_count": 0},
                headers={"Authorization": f"Bearer {admin_token}"},
            )
            answer.raise_for_status()

    def _http(self) -> httpx.AsyncClient:
        # No certificates are needed on loopback, and reading them would cost more than the call itself.
        return httpx.AsyncClient(base_url=self.url, timeout=30.0, verify=False)

    async def _answers(self) -> None:
        async with self._http() as http:
            for _ in range(int(_START / 0.05)):
                if self._child.poll() is not None:
                    break
                with contextlib.suppress(httpx.TransportError):
                    shown = await http.get("/.well-known/matrix/client")
                    if shown.is_success and shown.json().get(settings.MARK) == settings.mark(self.secret):
                        return
                await asyncio.sleep(0.05)
        await self.kill()
        raise HomeserverDown(_tail(self.directory / "output.log"))

    async def _gone(self) -> None:
        if self._child.stdin is not None:
            self._child.stdin.close()
        try:
            await asyncio.to_thread(self._child.wait, _STOP)
        except subprocess.TimeoutExpired:
            self._child.kill()
            await asyncio.to_thread(self._child.wait)


def _spawn(directory: Path) -> "subprocess.Popen[bytes]":
    with (directory / "output.log").open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "bot.embedded.child", "--config-path", str(directory / "homeserver.json")],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            # A Ctrl-C on the terminal is for us: the homeserver must outlive the farewells of its clients.
            start_new_session=True,
        )


def _tail(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")[-2000:]
