"""What comes in is not lost, not believed too easily, and cannot stop the sync."""

import base64
import itertools
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
import vodozemac

from bot.matrix.events import RawEvent, SyncBatch, SyncFailed, TokenRevoked
from bot.matrix.peer import Peer
from bot.matrix.send import Sent, Unsent
from bot.matrix.wire import back_off, retry_after, room_path
from tests.matrix.conftest import Bot, MakeBot
from tests.matrix.proxy import first, proxy

Person = Callable[[str], Awaitable[Peer]]

OLM = "m.olm.v1.curve25519-aes-sha2"
MEGOLM = "m.megolm.v1.aes-sha2"


def texts(events: tuple[RawEvent, ...] | list[RawEvent]) -> list[str]:
    return [str(event.content["body"]) for event in events if event.type == "m.room.message"]


def unknown_one_time_key(curve: str) -> str:
    """A sound first message that names a key the bot never offered, as after a restored back-up."""
    nobody = vodozemac.Curve25519SecretKey().public_key()
    session = vodozemac.Account().create_outbound_session(vodozemac.Curve25519PublicKey.from_base64(curve), nobody)
    _, ciphertext = session.encrypt(b"{}").to_parts()
    return base64.b64encode(ciphertext).decode()


def hostile(bot: Bot, peer: Peer) -> list[tuple[str, dict[str, object]]]:
    """To-device events that Synapse passes on from anybody, and that trip nio or might."""
    curve = str(bot.client.nio.olm.account.identity_keys["curve25519"])
    sender_key = str(peer.client.olm.account.identity_keys["curve25519"])

    def olm(message: object) -> tuple[str, dict[str, object]]:
        return "m.room.encrypted", {"algorithm": OLM, "sender_key": sender_key, "ciphertext": {curve: message}}

    return [
        olm({"type": 0, "body": "AwgAAAAA"}),
        olm({"type": 0, "body": "%%% geen base64 %%%"}),
        olm({"type": 1, "body": "AwgAAAAA"}),
        olm({"type": 1, "body": ""}),
        olm({"type": 0, "body": unknown_one_time_key(curve)}),
        olm({"type": "nul", "body": 5}),
        olm("tekst"),
        ("m.room.encrypted", {"algorithm": OLM, "sender_key": 7, "ciphertext": []}),
        (
            "m.room.encrypted",
            {"algorithm": OLM, "sender_key": "kort", "ciphertext": {curve: {"type": 0, "body": "AA"}}},
        ),
        ("m.room.encrypted", {}),
        ("m.room_key", {"algorithm": MEGOLM, "room_id": 1, "session_key": []}),
        ("m.room_key_request", {"action": "request", "body": {}, "request_id": [], "requesting_device_id": {}}),
        ("m.key.verification.start", {"transaction_id": "x", "from_device": {}, "method": 3}),
        ("nl.iog.onbekend", {"diep": [[[[]]]]}),
    ]


async def send_to_device(peer: Peer, bot: Bot, kind: str, content: dict[str, object], txn: str) -> None:
    body = {"messages": {bot.user_id: {bot.client.account.device_id: content}}}
    await peer.raw("PUT", f"/_matrix/client/v3/sendToDevice/{kind}/{txn}", body)


async def test_hostile_to_device_events_cost_nobody_an_alarm(bot: Bot, person: Person) -> None:
    anna, stranger = await person("anna"), await person("vreemde")
    room = await bot.direct_with(anna)
    for number, (kind, content) in enumerate(hostile(bot, stranger)):
        await send_to_device(stranger, bot, kind, content, f"t{number}")
    await anna.say(room, "alarm nu")
    batch = await bot.sync()
    assert "alarm nu" in texts(batch.events)
    assert batch.malformed >= 3
    assert (await bot.sync()).malformed == 0


async def test_nio_alone_still_stumbles_over_them(bot: Bot, person: Person) -> None:
    """When this fails nio has mended its fault, and the guard may go."""
    stranger, victim = await person("vreemde"), await person("slachtoffer")
    curve = str(victim.client.olm.account.identity_keys["curve25519"])
    content = {
        "algorithm": OLM,
        "sender_key": str(stranger.client.olm.account.identity_keys["curve25519"]),
        "ciphertext": {curve: {"type": 0, "body": "AwgAAAAA"}},
    }
    body = {"messages": {victim.user_id: {victim.device_id: content}}}
    await stranger.raw("PUT", "/_matrix/client/v3/sendToDevice/m.room.encrypted/t", body)
    with pytest.raises(ValueError):
        await victim.sync()


async def test_malformed_room_events_come_through_as_they_are(bot: Bot, person: Person) -> None:
    anna = await person("anna")
    room = await bot.direct_with(anna)
    odd: list[tuple[str, dict[str, object]]] = [
        ("m.room.encrypted", {}),
        (
            "m.room.encrypted",
            {"algorithm": MEGOLM, "ciphertext": "AA", "sender_key": "k", "session_id": "s", "device_id": "d"},
        ),
        ("m.room.encrypted", {"algorithm": "onbekend", "ciphertext": {"x": 1}}),
        ("m.room.message", {"msgtype": "nl.iog.onbekend", "body": ""}),
        ("m.room.message", {"msgtype": "m.image", "body": "beeld", "url": ["geen"]}),
        ("m.sticker", {"url": 3}),
        ("m.call.invite", {}),
    ]
    for number, (kind, content) in enumerate(odd):
        await anna.raw("PUT", room_path(room, "send", kind, f"o{number}"), content)
    await anna.raw("PUT", room_path(room, "state", "m.room.guest_access", ""), {"guest_access": ["geen", "regel"]})
    await anna.say(room, "en toch")
    await bot.hears("en toch")
    seen = [event for event in bot.events if event.sender == anna.user_id and event.state_key is None]
    assert [event.type for event in seen] == [kind for kind, _ in odd] + ["m.room.message"]
    assert [event.undecryptable for event in seen] == [False, True, True, False, False, False, False, False]
    assert sum(event.decrypted for event in seen) == 1


async def test_the_same_token_brings_the_same_events_again(bot: Bot, make_bot: MakeBot, person: Person) -> None:
    """Our token moves with our own transaction: a crash before it costs nothing."""
    anna = await person("anna")
    room = await bot.direct_with(anna)
    for number in range(5):
        await anna.say(room, f"bericht {number}")
    wanted = [f"bericht {number}" for number in range(5)]
    since = bot.since
    assert texts((await bot.sync()).events) == wanted
    bot.since = since
    assert texts((await bot.sync()).events) == wanted
    bot.since = since
    restarted = await make_bot(like=bot)
    batch = await restarted.sync()
    assert texts(batch.events) == wanted
    assert all(event.sender_key_known for event in batch.events if event.decrypted)


async def test_a_gap_is_filled_oldest_first(bot: Bot, person: Person) -> None:
    anna = await person("anna")
    room = await bot.direct_with(anna)
    await anna.say(room, "eerste")
    await bot.hears("eerste")
    known = {event.event_id for event in bot.events}
    for number in range(25):
        await anna.say(room, f"bericht {number}")
    batch = await bot.sync(timeline_limit=10)
    assert [(gap.room_id, gap.just_joined) for gap in batch.limited] == [(room, False)]
    assert len(texts(batch.events)) == 10

    async def is_known(event_id: str) -> bool:
        return event_id in known

    older = await bot.client.backfill(room, batch.limited[0].prev_batch, is_known, 200)
    assert not isinstance(older, SyncFailed)
    assert older.complete
    assert texts(older.events) + texts(batch.events) == [f"bericht {number}" for number in range(25)]
    assert all(event.sender_key_known for event in older.events)
    capped = await bot.client.backfill(room, batch.limited[0].prev_batch, is_known, 5)
    assert not isinstance(capped, SyncFailed)
    assert (len(capped.events), capped.complete) == (5, False)


async def test_joining_an_old_room_is_told_from_a_gap(bot: Bot, person: Person) -> None:
    anna = await person("anna")
    room = await anna.create_direct(bot.user_id)
    batch = await bot.sync()
    assert [(invite.room_id, invite.inviter, invite.is_direct) for invite in batch.invites] == [
        (room, anna.user_id, True)
    ]
    await bot.client.raw("POST", room_path(room, "join"), {})
    batch = await bot.sync(timeline_limit=2)
    assert [gap.just_joined for gap in batch.limited] == [True]


async def test_a_late_key_opens_a_kept_event(bot: Bot, person: Person) -> None:
    anna = await person("anna")
    room = await bot.direct_with(anna)
    await anna.say(room, "eerste")
    await bot.hears("eerste")
    olm = anna.client.olm
    olm.create_outbound_group_session(room)
    session = olm.outbound_group_sessions[room]
    key, session.shared = session.session_key, True
    kind, closed = anna.client.encrypt(room, "m.room.message", {"msgtype": "m.text", "body": "later leesbaar"})
    sent = await anna.raw("PUT", room_path(room, "send", kind, "laat"), closed)
    event = await bot.event(str(sent["event_id"]))
    assert (event.undecryptable, event.decrypted) == (True, False)
    assert (await bot.client.try_decrypt(event)).undecryptable
    device = olm.device_store[bot.user_id][bot.client.account.device_id]
    content = {"algorithm": MEGOLM, "room_id": room, "session_id": session.id, "session_key": key}
    late = olm._olm_encrypt(olm.session_store.get(device.curve25519), device, "m.room_key", content)
    await send_to_device(anna, bot, "m.room.encrypted", late, "sleutel")
    await bot.sync()
    opened = await bot.client.try_decrypt(event)
    assert (opened.content["body"], opened.sender_key_known, opened.undecryptable) == ("later leesbaar", True, False)


async def test_a_missing_key_is_asked_for_once(bot: Bot, person: Person) -> None:
    anna = await person("anna")
    room = await bot.direct_with(anna)
    content = {
        "algorithm": MEGOLM,
        "ciphertext": "AA",
        "sender_key": "k",
        "session_id": "kwijt",
        "device_id": anna.device_id,
    }
    for number in range(3):
        await anna.raw("PUT", room_path(room, "send", "m.room.encrypted", f"k{number}"), content)
    await bot.until(lambda b: sum(event.undecryptable for event in b.events) == 3)
    await bot.sync()
    assert list(bot.client.nio.olm.outgoing_key_requests) == ["kwijt"]


async def test_a_forged_sender_is_seen_through(bot: Bot, make_bot: MakeBot, person: Person) -> None:
    anna, mallory = await person("anna"), await person("mallory")
    room = await bot.direct_with(anna)
    event_id = await anna.say(room, "sluit")
    genuine = await bot.event(event_id)
    assert genuine.sender_key_known
    replayed = bot.client.read(room, {**genuine.source, "event_id": "$nogeens"})
    assert replayed is not None
    assert replayed.undecryptable
    # The homeserver holds the original back and delivers it under another name.
    forged = {**genuine.source, "sender": mallory.user_id}
    restarted = await make_bot(like=bot)
    first_sight = restarted.client.read(room, forged)
    assert first_sight is not None
    assert (first_sight.decrypted, first_sight.sender_key_known) == (True, False)
    assert not (await restarted.client.try_decrypt(first_sight)).sender_key_known
    # Even when the other has put up a device that claims the same identity key.
    olm = mallory.client.olm
    keys = {
        "algorithms": [OLM, MEGOLM],
        "device_id": "NAMAAK",
        "user_id": mallory.user_id,
        "keys": {
            "curve25519:NAMAAK": anna.client.olm.account.identity_keys["curve25519"],
            "ed25519:NAMAAK": olm.account.identity_keys["ed25519"],
        },
    }
    keys["signatures"] = {mallory.user_id: {"ed25519:NAMAAK": olm.sign_json(keys)}}
    login = {"type": "m.login.password", "device_id": "NAMAAK", "password": mallory.client.config.pickle_key}
    login["identifier"] = {"type": "m.id.user", "user": mallory.user_id}
    token = (await mallory.raw("POST", "/_matrix/client/v3/login", login))["access_token"]
    mallory.client.access_token = token
    await mallory.raw("POST", "/_matrix/client/v3/keys/upload", {"device_keys": keys})
    again = await restarted.client.try_decrypt(first_sight)
    assert mallory.user_id in restarted.client.nio.olm.device_store.users
    assert restarted.client.nio.olm.device_store.device_from_sender_key(
        mallory.user_id, anna.client.olm.account.identity_keys["curve25519"]
    )
    assert (again.decrypted, again.sender_key_known) == (True, False)


async def test_clear_text_in_an_encrypted_room_shows_as_not_decrypted(bot: Bot, person: Person) -> None:
    anna = await person("anna")
    room = await bot.direct_with(anna)
    content = {"msgtype": "m.text", "body": "sluit"}
    await anna.raw("PUT", room_path(room, "send", "m.room.message", "helder"), content)
    event = await bot.hears("sluit")
    assert (event.decrypted, event.sender_key_known, event.undecryptable) == (False, False, False)


async def test_edits_reactions_and_redactions_are_events(bot: Bot, person: Person) -> None:
    anna = await person("anna")
    room = await bot.direct_with(anna)
    event_id = await anna.say(room, "besluit: wachten")
    await anna.react(room, event_id, "👍🏽")
    await anna.edit(room, event_id, "besluit: gaan")
    await anna.redact(room, event_id)
    redaction = await bot.until(lambda b: next((e for e in b.events if e.type == "m.room.redaction"), None))
    assert redaction.content["redacts"] == event_id
    edit = next(e for e in bot.events if "m.new_content" in e.content)
    assert edit.content["m.relates_to"] == {"rel_type": "m.replace", "event_id": event_id}
    assert edit.decrypted
    reaction = next(e for e in bot.events if e.type == "m.reaction")
    assert reaction.content["m.relates_to"]["key"] == "👍🏽"


async def test_a_revoked_login_ends_instead_of_hammering(make_bot: MakeBot, person: Person) -> None:
    bot, anna = await make_bot(), await person("anna")
    room = await bot.direct_with(anna)
    assert (await bot.client.raw("POST", "/_matrix/client/v3/logout", {}))[0] == 200
    outcome = await bot.client.sync_once(bot.since, timeout_ms=30_000, full_state=False)
    assert outcome == TokenRevoked()
    sent = await bot.gateway.send(room, "m.room.message", {"msgtype": "m.text", "body": "nog"}, "na")
    assert isinstance(sent, Unsent)
    assert sent.retry


async def test_a_broken_gateway_is_a_failure_with_a_reason(bot: Bot) -> None:
    async with proxy(bot.client.account.homeserver_url) as through:
        bot.client.account = replace(bot.client.account, homeserver_url=through.url)
        through.refuse = first(1, "/sync")
        failed = await bot.client.sync_once(bot.since, timeout_ms=0, full_state=False)
        assert failed == SyncFailed("502")
        assert isinstance(await bot.client.sync_once(bot.since, timeout_ms=0, full_state=False), SyncBatch)
    assert await bot.client.sync_once(bot.since, timeout_ms=0, full_state=False) == SyncFailed("no answer")


async def test_a_kick_and_a_room_seen_for_the_first_time(bot: Bot, person: Person) -> None:
    anna = await person("anna")
    room = await bot.direct_with(anna)
    await anna.say(room, "laatste woord")
    await anna.raw("POST", room_path(room, "kick"), {"user_id": bot.user_id})
    batch = await bot.sync()
    assert [(d.room_id, d.by, d.membership) for d in batch.departures] == [(room, anna.user_id, "leave")]
    assert "laatste woord" in texts(batch.events)
    assert bot.client.members(room) == ()


async def test_a_state_only_sync_knows_rooms_and_takes_nothing(bot: Bot, make_bot: MakeBot, person: Person) -> None:
    anna = await person("anna")
    room = await bot.direct_with(anna)
    await anna.say(room, "tijdens de rust")
    restarted = await make_bot(like=bot)
    assert set(restarted.client.members(room)) == {anna.user_id, bot.user_id}
    batch = await restarted.client.sync_once(None, timeout_ms=0, full_state=False, state_only=True)
    assert isinstance(batch, SyncBatch)
    assert (batch.next_batch, batch.events) == ("", ())
    assert (await restarted.hears("tijdens de rust")).decrypted


def test_back_off_grows_to_fifteen_seconds_and_is_spread() -> None:
    assert [back_off(failures, lambda: 0.0) for failures in range(7)] == [1, 1, 2, 4, 8, 15, 15]
    assert [back_off(failures, lambda: 0.999) >= 0.5 for failures in (1, 5, 10_000)] == [True] * 3
    spread = itertools.cycle((0.1, 0.9))
    assert back_off(5, lambda: next(spread)) != back_off(5, lambda: next(spread))


def test_the_server_says_how_long_in_the_body_or_the_header() -> None:
    assert retry_after({"retry_after_ms": 1500}, "7") == 1.5
    assert retry_after({}, "7") == 7
    assert retry_after({"retry_after_ms": True}, None) is None
    assert retry_after(json.loads('{"retry_after_ms": "veel"}'), "morgen") is None


async def test_nothing_secret_shows(bot: Bot, person: Person) -> None:
    anna = await person("anna")
    room = await bot.direct_with(anna)
    await anna.say(room, "een geheim woord")
    event = await bot.hears("geheim woord")
    sent = await bot.gateway.send(room, "m.room.message", {"msgtype": "m.text", "body": "terug"}, "geheim")
    assert isinstance(sent, Sent)
    shown = f"{bot.client!r} {bot.client.account!r} {event!r} {bot.gateway!r} {anna!r}"
    for hidden in (bot.client.account.access_token, bot.pickle_key, "geheim woord", str(anna.client.access_token)):
        assert hidden not in shown
