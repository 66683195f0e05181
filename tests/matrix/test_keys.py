"""Keys that strangers uploaded or took away stop nobody from writing to the bot or reading it."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace

import httpx
import pytest
import pytest_asyncio
import vodozemac

from bot.embedded.homeserver import Homeserver
from bot.matrix.client import MatrixClient
from bot.matrix.crosssigning import NotCrossSigned, ensure_cross_signed
from bot.matrix.keys import LOST
from bot.matrix.peer import Peer
from bot.matrix.send import Invited, Sent
from bot.matrix.wire import quoted, room_path
from tests.matrix.conftest import Bot, MakeBot
from tests.matrix.proxy import first, proxy

Person = Callable[[str], Awaitable[Peer]]


def text(body: str) -> dict[str, str]:
    return {"msgtype": "m.text", "body": body}


async def claim(thief: Peer, bot: Bot) -> dict[str, object]:
    device = bot.client.account.device_id
    body = {"one_time_keys": {bot.user_id: {device: "signed_curve25519"}}}
    answer = await thief.raw("POST", "/_matrix/client/v3/keys/claim", body)
    (key,) = answer["one_time_keys"][bot.user_id][device].values()
    return dict(key)


async def claim_all(thief: Peer, bot: Bot) -> tuple[int, str]:
    """Take the bot's one-time keys until only the fallback key is left; gives how many there were, and that one."""
    for number in range(60):
        key = await claim(thief, bot)
        if key.get("fallback"):
            return number, str(key["key"])
    raise AssertionError("the keys do not run out")


async def unused_fallback(bot: Bot) -> object:
    _, answer = await bot.client.raw("GET", f"/_matrix/client/v3/sync?since={bot.since}&timeout=0")
    return answer["device_unused_fallback_key_types"]


@pytest.mark.parametrize("restart", [False, True])
async def test_with_all_keys_taken_a_new_device_still_reaches_the_bot(
    bot: Bot, make_bot: MakeBot, person: Person, restart: bool
) -> None:
    anna, thief = await person("anna"), await person("dief")
    room = await anna.create_direct(bot.user_id)
    await bot.accept(room)
    await anna.wait_for(lambda p: bot.user_id in p.members(room))
    there_were, fallback = await claim_all(thief, bot)
    assert await unused_fallback(bot) == []
    await anna.say(room, "met de reservesleutel")
    again = await make_bot(like=bot) if restart else bot
    heard = await again.hears("met de reservesleutel")
    assert heard.sender_key_known
    await again.sync()
    assert await unused_fallback(again) == ["signed_curve25519"]
    there_are, fresh_fallback = await claim_all(thief, again)
    assert there_are == again.client.nio.olm.account.max_one_time_keys == there_were
    assert fresh_fallback != fallback


async def test_a_count_of_zero_is_seen_before_the_fallback_key_is_needed(bot: Bot, person: Person) -> None:
    thief = await person("dief")
    for _ in range(bot.client.nio.olm.account.max_one_time_keys):
        assert "fallback" not in await claim(thief, bot)
    await bot.sync()
    assert "fallback" not in await claim(thief, bot)


async def test_keys_offered_before_a_crash_are_still_ours_after_it(bot: Bot, make_bot: MakeBot, person: Person) -> None:
    """The upload arrived, the answer did not, and the process is gone: its keys must open what they were used for."""
    thief = await person("dief")
    await claim_all(thief, bot)
    async with proxy(bot.client.account.homeserver_url) as way:
        bot.client.account = replace(bot.client.account, homeserver_url=way.url)
        way.swallow = first(1, "/keys/upload")
        await bot.client.sync_once(bot.since, timeout_ms=0, full_state=False)
        assert await bot.client.keys.upload() == "no answer"
        assert ("POST", "/_matrix/client/v3/keys/upload") in way.passed
    bot.client.account = replace(bot.client.account, homeserver_url=thief.client.homeserver)
    restarted = await make_bot(like=bot)
    bob = await person("bob")
    room = await restarted.direct_with(bob)
    await bob.say(room, "na de klap")
    assert (await restarted.hears("na de klap")).sender_key_known


async def test_a_lost_crypto_store_is_not_papered_over(bot: Bot, make_bot: MakeBot, person: Person) -> None:
    """New keys under the old device would be refused by everybody who knew the old ones, without a word."""
    anna = await person("anna")
    before = await anna.raw("POST", "/_matrix/client/v3/keys/query", {"device_keys": {bot.user_id: []}})
    client = MatrixClient(bot.client.account, bot.client.store / "leeg", bot.pickle_key)
    await client.open()
    try:
        assert LOST in await client.after_sync()
        assert await ensure_cross_signed(client, bot.pickle_key) == NotCrossSigned(f"device keys not uploaded: {LOST}")
    finally:
        await client.close()
    after = await anna.raw("POST", "/_matrix/client/v3/keys/query", {"device_keys": {bot.user_id: []}})
    assert after["device_keys"] == before["device_keys"]


@dataclass
class Hostile:
    """Somebody whose client puts what it likes on the server."""

    user_id: str
    http: httpx.AsyncClient
    account: vodozemac.Account

    async def upload(self, one_time: dict[str, object], **keys: str) -> None:
        own = {"ed25519": self.account.ed25519_key.to_base64(), "curve25519": self.account.curve25519_key.to_base64()}
        device: dict[str, object] = {
            "algorithms": ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
            "device_id": "STUK",
            "user_id": self.user_id,
            "keys": {f"{kind}:STUK": key for kind, key in (own | keys).items()},
        }
        body = {"device_keys": self.signed(device), "one_time_keys": one_time}
        (await self.http.post("/keys/upload", json=body)).raise_for_status()

    def signed(self, content: dict[str, object]) -> dict[str, object]:
        canonical = json.dumps(content, separators=(",", ":"), sort_keys=True).encode()
        signature = self.account.sign(canonical).to_base64()
        return content | {"signatures": {self.user_id: {"ed25519:STUK": signature}}}


@pytest_asyncio.fixture
async def mallory(homeserver: Homeserver, fresh: Callable[[str], str]) -> AsyncIterator[Hostile]:
    name = fresh("mallory")
    await homeserver.register(name, "wachtwoord")
    session = await homeserver.login(name, "wachtwoord", "STUK")
    headers = {"Authorization": f"Bearer {session.access_token}"}
    async with httpx.AsyncClient(base_url=f"{homeserver.url}/_matrix/client/v3", headers=headers) as http:
        yield Hostile(session.user_id, http, vodozemac.Account())


async def in_room_with(bot: Bot, anna: Peer, mallory: Hostile) -> str:
    room = await bot.direct_with(anna)
    await anna.raw("POST", room_path(room, "invite"), {"user_id": mallory.user_id})
    (await mallory.http.post(f"/join/{quoted(room)}", json={})).raise_for_status()
    await bot.until(lambda b: mallory.user_id in b.client.members(room))
    return room


BROKEN = [{"ed25519": "AAAA"}, {"ed25519": "%%"}, {"curve25519": "AAAA"}, {"curve25519": ""}]


@pytest.mark.parametrize("broken", BROKEN, ids=["short", "not base64", "short identity", "no identity"])
async def test_malformed_device_keys_hide_nobody_elses(
    bot: Bot, person: Person, mallory: Hostile, broken: dict[str, str]
) -> None:
    anna = await person("anna")
    await mallory.upload({}, **broken)
    # Not in one room with anna: her client is bare nio, which does not survive it.
    with_anna, with_mallory = await bot.direct_with(anna), await bot.own_room()
    assert isinstance(await bot.gateway.invite(with_mallory, mallory.user_id), Invited)
    bot.client.nio.olm.device_store = type(bot.client.nio.olm.device_store)()
    assert await bot.client.keys.query([anna.user_id, mallory.user_id]) is None
    devices = bot.client.nio.olm.device_store
    assert [device.id for device in devices.active_user_devices(anna.user_id)] == [anna.device_id]
    assert list(devices.active_user_devices(mallory.user_id)) == []
    sent = await bot.gateway.send(with_mallory, "m.room.message", text("oproep"), "t")
    assert isinstance(sent, Sent)
    assert sent.blind == (mallory.user_id,)
    sent = await bot.gateway.send(with_anna, "m.room.message", text("oproep"), "u")
    assert isinstance(sent, Sent)
    assert (await anna.wait_text(with_anna, "oproep")).readable


@pytest.mark.parametrize("shape", ["garbage", "empty", "missing"])
async def test_malformed_one_time_keys_cost_only_their_owner(
    bot: Bot, person: Person, mallory: Hostile, shape: str
) -> None:
    anna = await person("anna")
    key = {
        "garbage": mallory.signed({"key": "AAAA"}),
        "empty": mallory.signed({"key": ""}),
    }.get(shape)
    await mallory.upload({} if key is None else {"signed_curve25519:AAAAAQ": key})
    room = await in_room_with(bot, anna, mallory)
    for number in range(2):
        sent = await bot.gateway.send(room, "m.room.message", text(f"oproep {number}"), f"t{number}")
        assert isinstance(sent, Sent)
        assert sent.blind == (mallory.user_id,)
        assert (await anna.wait_text(room, f"oproep {number}")).readable
