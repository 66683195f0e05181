"""The doctor finds a provisioned homeserver fit, and says of each thing that is spoiled what is wrong with it."""

import asyncio
import json
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from typer.testing import CliRunner, Result

from bot import cli_live
from bot.app import opened, real_world
from bot.cli import app
from bot.embedded.homeserver import Homeserver
from bot.matrix.doctor import Doctor
from bot.matrix.doctor_words import say
from bot.matrix.peer import Peer
from bot.matrix.rooms import DIRECT
from bot.matrix.wire import room_path
from bot.playground import Playground, set_up
from bot.store.keeper import SoleKeeper
from tests.matrix.proxy import proxy

ADMIN = "/_synapse/admin/v1/users"
PEOPLE = {"joined", "devices"}


@dataclass
class Ward:
    """A provisioned installation, and the token of an administrator who can spoil its homeserver."""

    play: Playground
    directory: Path
    admin_token: str

    @property
    def config(self) -> Path:
        return self.directory / "config.yaml"

    async def examine(self, *more: str, config: Path | None = None) -> Result:
        arguments = ["doctor", "--config", str(config or self.config), *more]
        return await asyncio.to_thread(CliRunner().invoke, app, arguments, catch_exceptions=False)

    async def wrong(self, config: Path | None = None) -> dict[str, str]:
        """What is wrong by name of the check; the exit code must agree with it."""
        result = await self.examine("--format", "json", config=config)
        found = json.loads(result.stdout)
        wrong = {c["check"]: c["text"] for c in found["checks"] if c["verdict"] == "fail"}
        assert found["fit"] == (not wrong)
        assert result.exit_code == (1 if wrong else 0)
        return wrong

    def other_config(self, name: str, **changed: object) -> Path:
        """The same installation with some settings changed and its state copied."""
        directory = self.directory / name
        shutil.copytree(self.play.settings.state_dir, directory / "state")
        values = json.loads(self.config.read_text(encoding="utf-8"))
        config = directory / "config.yaml"
        config.write_text(json.dumps(values | {"state_dir": "state"} | changed), encoding="utf-8")
        return config


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ward(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ward]:
    """On a homeserver with the limits that Synapse has by itself; provisioning took them off the bot."""
    directory = tmp_path_factory.mktemp("ward")
    homeserver = await Homeserver.start(directory / "homeserver", secret=secrets.token_hex(), limits=True)
    play = await set_up(directory, homeserver)
    password = secrets.token_hex(8)
    await homeserver.register("zuster", password, admin=True)
    token = (await homeserver.login("zuster", password)).access_token
    yield Ward(play, directory, token)
    await homeserver.stop()


@pytest.fixture(autouse=True, scope="module")
def commands() -> Iterator[None]:
    before = list(app.registered_commands)
    cli_live.register(app)
    yield
    app.registered_commands[:] = before


async def call(ward: Ward, token: str, method: str, path: str, body: dict[str, object] | None) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=ward.play.homeserver.url, headers=headers, timeout=30) as http:
        answer: dict[str, Any] = (await http.request(method, path, json=body)).raise_for_status().json()
    return answer


async def as_bot(ward: Ward, method: str, path: str, body: dict[str, object] | None = None) -> dict[str, Any]:
    return await call(ward, ward.play.settings.access_token.get_secret_value(), method, path, body)


async def as_admin(ward: Ward, method: str, path: str, body: dict[str, object] | None = None) -> dict[str, Any]:
    return await call(ward, ward.admin_token, method, path, body)


async def test_a_provisioned_homeserver_is_fit(ward: Ward) -> None:
    result = await ward.examine("--lang", "en")
    *lines, verdict = result.stdout.splitlines()
    assert result.exit_code == 0, result.stdout
    assert verdict == say("en", "fit")
    warned = [line for line in lines if not line.startswith("✓ ")]
    # nobody has logged in yet, which is theirs to mend
    assert [line.split(":")[0] for line in warned] == ["! not yet in their direct room", "! without a device"]
    dutch = (await ward.examine()).stdout.splitlines()
    assert dutch[-1] == say("nl", "fit")
    assert len(dutch) == len(lines) + 1


async def test_it_leaves_nothing_behind(ward: Ward) -> None:
    before = await as_bot(ward, "GET", "/_matrix/client/v3/joined_rooms")
    assert await ward.wrong() == {}
    assert await as_bot(ward, "GET", "/_matrix/client/v3/joined_rooms") == before
    alias = f"%23iog-doctor%3A{ward.play.homeserver.name}"
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        await as_bot(ward, "GET", f"/_matrix/client/v3/directory/room/{alias}")


async def test_who_has_joined_with_a_device_is_no_longer_warned_about(ward: Ward, tmp_path: Path) -> None:
    jansen = await ward.play.peer("jansen", tmp_path)
    await jansen.join(await direct_room(ward, jansen))
    checks = json.loads((await ward.examine("--format", "json")).stdout)["checks"]
    warned = {c["check"]: c["text"] for c in checks if c["verdict"] == "warn"}
    await jansen.close()
    assert set(warned) == PEOPLE
    assert not [text for text in warned.values() if "jansen" in text]
    assert all("devries" in text for text in warned.values())


async def direct_room(ward: Ward, peer: Peer) -> str:
    for room in peer.invites:
        create = await as_bot(ward, "GET", f"{room_path(room, 'state', 'm.room.create')}/")
        if create.get(DIRECT) == peer.user_id:
            return room
    raise AssertionError("not invited")


async def test_the_limits_of_a_server_as_it_comes_are_found(ward: Ward) -> None:
    path = f"{ADMIN}/{ward.play.bot}/override_ratelimit"
    await as_admin(ward, "DELETE", path)
    wrong = await ward.wrong()
    assert set(wrong) == {"rate_limit"}
    assert "429" in wrong["rate_limit"]
    assert "12" in wrong["rate_limit"]
    await as_admin(ward, "POST", path, {"messages_per_second": 0, "burst_count": 0})
    assert await ward.wrong() == {}


async def test_a_device_that_nobody_signed_is_found(ward: Ward) -> None:
    password = secrets.token_hex(8)
    account: dict[str, object] = {"password": password, "logout_devices": False}
    await as_admin(ward, "PUT", f"/_synapse/admin/v2/users/{ward.play.bot}", account)
    session = await ward.play.homeserver.login(ward.play.bot, password)
    config = ward.other_config("unsigned", device_id=session.device_id, access_token=session.access_token)
    for name in ("device_id", "access_token"):
        (config.parent / "state" / name).unlink()
    wrong = await ward.wrong(config)
    # neither has it uploaded its keys, as the bot does when it starts
    assert set(wrong) == {"cross_signed", "keys"}


async def test_a_login_of_another_device_or_none_is_found_first(ward: Ward) -> None:
    other = ward.other_config("other-device")
    (other.parent / "state" / "device_id").write_text("ANDERS", encoding="utf-8")
    assert list(await ward.wrong(other)) == ["login"]
    none = ward.other_config("no-login")
    (none.parent / "state" / "access_token").write_text("verlopen", encoding="utf-8")
    wrong = await ward.wrong(none)
    assert list(wrong) == ["login"]
    assert "M_UNKNOWN_TOKEN" in wrong["login"]
    assert "verlopen" not in wrong["login"]


async def test_rooms_that_were_never_made_or_that_the_bot_lost_are_found(ward: Ward) -> None:
    config = ward.other_config("no-rooms")
    for path in (config.parent / "state").glob("iogplus.db*"):
        path.unlink()
    assert set(await ward.wrong(config)) == {"alarm_room", "management_room"}


async def test_push_rules_that_let_a_page_pass_in_silence_are_found(ward: Ward) -> None:
    rule = "/_matrix/client/v3/pushrules/global/underride/.m.rule.encrypted_room_one_to_one"
    await as_bot(ward, "PUT", f"{rule}/actions", {"actions": ["notify"]})
    wrong = await ward.wrong()
    assert set(wrong) == {"push"}
    assert ".m.rule.encrypted_room_one_to_one" in wrong["push"]
    sounding = ["notify", {"set_tweak": "sound", "value": "default"}]
    await as_bot(ward, "PUT", f"{rule}/actions", {"actions": sounding})
    edits = "/_matrix/client/v3/pushrules/global/override/.m.rule.suppress_edits/enabled"
    await as_bot(ward, "PUT", edits, {"enabled": False})
    assert set(await ward.wrong()) == {"push"}
    await as_bot(ward, "PUT", edits, {"enabled": True})


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("/client/versions", {"server"}),
        ("/capabilities", {"room_version"}),
        ("/createRoom", {"round_trip"}),
        ("/keys/query", {"cross_signed", "round_trip"}),
        ("/sync", {"keys", "round_trip"}),
        ("/state/m.room.encryption", {"alarm_room", "management_room"}),
    ],
)
async def test_what_the_homeserver_does_not_answer_is_found(ward: Ward, part: str, wrong: set[str]) -> None:
    async with proxy(ward.play.homeserver.url) as way:
        way.refuse = lambda method, path: part in path
        config = ward.other_config(f"proxy{part.replace('/', '-')}", homeserver_url=way.url)
        assert set(await ward.wrong(config)) == wrong


async def test_a_room_that_cannot_be_left_is_told_and_cleaned_up_by_the_next(ward: Ward) -> None:
    before = await as_bot(ward, "GET", "/_matrix/client/v3/joined_rooms")
    async with proxy(ward.play.homeserver.url) as way:
        way.refuse = lambda method, path: path.endswith("/leave")
        config = ward.other_config("stays", homeserver_url=way.url)
        result = await ward.examine(config=config)
    assert result.exit_code == 0
    assert "! de proefkamer iog-doctor bleef staan (leave: 502)" in result.stdout
    assert await ward.wrong() == {}
    assert await as_bot(ward, "GET", "/_matrix/client/v3/joined_rooms") == before


@pytest.mark.parametrize(("seconds", "fits"), [(1, True), (-1, True), (30, False), (-30, False)])
async def test_a_clock_that_is_off_is_found(ward: Ward, seconds: int, *, fits: bool) -> None:
    around, settings = real_world(), ward.play.settings
    async with opened(settings, around) as bot:
        findings = await Doctor(
            bot.client, bot.gateway, bot.database, bot.reference.contacts, settings.pickle_key.get_secret_value(),
            lambda: around.wall() + timedelta(seconds=seconds),
        ).examine()  # fmt: skip
    (clock,) = (f for f in findings if f.check == "clock")
    assert (clock.verdict == "ok") == fits
    assert fits or "29" in clock.text("nl") or "30" in clock.text("nl")


async def test_contacts_with_a_mistake_are_found(ward: Ward) -> None:
    contacts = shutil.copytree(ward.play.settings.contacts_dir, ward.directory / "spoiled")
    (contacts / "personen.yaml").write_text("personen: [", encoding="utf-8")
    config = ward.other_config("spoiled-config", contacts_dir=str(contacts))
    wrong = await ward.wrong(config)
    assert set(wrong) == {"contacts"}
    assert "personen.yaml:2:" in wrong["contacts"]


async def test_it_refuses_while_the_bot_runs(ward: Ward) -> None:
    keeper = SoleKeeper(ward.play.settings.keeper_lock)
    assert keeper.take()
    result = await ward.examine("--lang", "en")
    keeper.release()
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines() == ["the bot is running; stop it first, or ask it in the room"]
