"""The embedded homeserver keeps what it was told through a kill, and leaves no secret where it can be read."""

import secrets
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from bot.embedded.homeserver import Homeserver, HomeserverDown


async def test_accounts_and_devices_survive_a_kill(tmp_path: Path) -> None:
    server = await Homeserver.start(tmp_path, secret=secrets.token_hex())
    try:
        await server.register("anna", "wachtwoord", admin=True, displayname="Anna")
        before = await server.login("anna", "wachtwoord", "TELEFOON")
        await server.override_ratelimit(before.user_id, before.access_token)
        first = server.pid
        await server.kill()
        await server.restart()
        async with httpx.AsyncClient(base_url=server.url) as http:
            headers = {"Authorization": f"Bearer {before.access_token}"}
            who = (await http.get("/_matrix/client/v3/account/whoami", headers=headers)).json()
        assert (who["user_id"], who["device_id"]) == ("@anna:iog.example", "TELEFOON")
        assert server.pid != first
    finally:
        await server.stop()


async def test_a_server_that_cannot_start_says_why(tmp_path: Path, homeserver: Homeserver) -> None:
    with pytest.raises(HomeserverDown, match="in use"):
        await Homeserver.start(tmp_path, secret=secrets.token_hex(), port=homeserver.port)


async def test_no_secret_shows(homeserver: Homeserver, fresh: Callable[[str], str]) -> None:
    name = fresh("anna")
    registered = await homeserver.register(name, "heel geheim")
    session = await homeserver.login(name, "heel geheim")
    shown = f"{homeserver!r}{registered!r}{session!r}"
    for hidden in (homeserver.secret, "heel geheim", session.access_token):
        assert hidden not in shown
