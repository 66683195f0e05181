"""The bot's device is vouched for by its account, from the first start on and across new devices."""

import stat
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.embedded.homeserver import Homeserver
from bot.matrix.client import MatrixClient
from bot.matrix.crosssigning import FILE, CrossSigned, Identity, NotCrossSigned, ensure_cross_signed
from bot.matrix.peer import Peer
from bot.matrix.wire import Account
from tests.matrix.conftest import Bot, MakeBot
from tests.matrix.proxy import proxy

Person = Callable[[str], Awaitable[Peer]]


async def signed(bot: Bot) -> CrossSigned:
    outcome = await ensure_cross_signed(bot.client, bot.pickle_key)
    assert isinstance(outcome, CrossSigned), outcome
    return outcome


async def shown_to(peer: Peer, user_id: str) -> dict[str, Any]:
    return await peer.raw("POST", "/_matrix/client/v3/keys/query", {"device_keys": {user_id: []}})


async def test_everybody_sees_the_device_signed_by_the_account(bot: Bot, person: Person) -> None:
    outcome, anna = await signed(bot), await person("anna")
    shown = await shown_to(anna, bot.user_id)
    assert shown["master_keys"][bot.user_id]["keys"] == {f"ed25519:{outcome.fingerprint}": outcome.fingerprint}
    (self_signing,) = shown["self_signing_keys"][bot.user_id]["keys"].values()
    assert f"ed25519:{outcome.fingerprint}" in shown["self_signing_keys"][bot.user_id]["signatures"][bot.user_id]
    assert f"ed25519:{self_signing}" in shown["device_keys"][bot.user_id]["BOT"]["signatures"][bot.user_id]
    # With padding in a key id the Rust clients drop the identity without a word.
    assert "=" not in f"{outcome.fingerprint}{self_signing}"


async def test_a_second_start_changes_nothing(bot: Bot, make_bot: MakeBot) -> None:
    outcome = await signed(bot)
    stored = (bot.client.store / FILE).read_bytes()
    restarted = await make_bot(like=bot)
    async with proxy(bot.client.account.homeserver_url) as way:
        restarted.client.account = replace(bot.client.account, homeserver_url=way.url)
        assert await signed(restarted) == outcome
        assert [path for _, path in way.passed] == ["/_matrix/client/v3/keys/query"]
    assert (bot.client.store / FILE).read_bytes() == stored


async def test_a_start_that_broke_off_is_finished_by_the_next(bot: Bot) -> None:
    async with proxy(bot.client.account.homeserver_url) as way:
        bot.client.account = replace(bot.client.account, homeserver_url=way.url)
        for step in ("device_signing/upload", "signatures/upload"):
            way.refuse = lambda method, path, step=step: step in path  # type: ignore[misc]
            assert isinstance(await ensure_cross_signed(bot.client, bot.pickle_key), NotCrossSigned)
        way.refuse = lambda method, path: False
        await signed(bot)


async def test_a_new_device_is_signed_with_the_same_keys(bot: Bot, homeserver: Homeserver, person: Person) -> None:
    before, anna = await signed(bot), await person("anna")
    session = await homeserver.login(bot.user_id, bot.password, "BOT2")
    account = Account(homeserver.url, session.user_id, session.device_id, session.access_token)
    client = MatrixClient(account, bot.client.store, bot.pickle_key)
    await client.open()
    try:
        assert await ensure_cross_signed(client, bot.pickle_key) == before
    finally:
        await client.close()
    devices = (await shown_to(anna, bot.user_id))["device_keys"][bot.user_id]
    assert all(len(device["signatures"][bot.user_id]) == 2 for device in devices.values())
    assert set(devices) == {"BOT", "BOT2"}


async def test_lost_foreign_or_unreadable_keys_are_said_aloud(bot: Bot, make_bot: MakeBot) -> None:
    await signed(bot)
    path = bot.client.store / FILE
    ours = path.read_bytes()
    assert await ensure_cross_signed(bot.client, "een andere sleutel") == NotCrossSigned(
        f"{FILE} does not open with this pickle key"
    )
    path.unlink()
    assert await ensure_cross_signed(bot.client, bot.pickle_key) == NotCrossSigned(
        "the account has signing keys, but they are not here"
    )
    path.write_bytes(ours[:-1])
    assert isinstance(await ensure_cross_signed(bot.client, bot.pickle_key), NotCrossSigned)
    path.write_bytes(b"")
    assert isinstance(await ensure_cross_signed(bot.client, bot.pickle_key), NotCrossSigned)


async def test_the_private_keys_lie_closed_and_for_us_alone(bot: Bot) -> None:
    await signed(bot)
    path = bot.client.store / FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(bot.client.store.stat().st_mode) == 0o700
    assert b"master" not in path.read_bytes()
    for file in bot.client.store.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    key = Ed25519PrivateKey.generate()
    assert repr(Identity({"master": key})) == "Identity()"
