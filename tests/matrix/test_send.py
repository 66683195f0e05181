"""What goes out is encrypted, readable for everybody in the room, and never twice there."""

import asyncio
import os
import warnings
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.embedded.homeserver import Homeserver
from bot.matrix.client import Forked, MatrixClient
from bot.matrix.peer import Peer
from bot.matrix.send import Gateway, Sent, Unsent, Uploaded
from bot.matrix.wire import room_path
from tests.matrix.conftest import Bot, MakeBot
from tests.matrix.proxy import Proxy, first, proxy

Person = Callable[[str], Awaitable[Peer]]


def text(body: str) -> dict[str, str]:
    return {"msgtype": "m.text", "body": body}


async def sent(bot: Bot, room: str, body: str, txn: str) -> Sent:
    outcome = await bot.gateway.send(room, "m.room.message", text(body), txn)
    assert isinstance(outcome, Sent), outcome
    return outcome


async def type_on_server(bot: Bot, room: str, event_id: str) -> object:
    return (await bot.client.raw("GET", room_path(room, "event", event_id)))[1]["type"]


def through(bot: Bot, way: Proxy) -> None:
    bot.client.account = replace(bot.client.account, homeserver_url=way.url)


async def test_one_transaction_is_one_event_across_restarts(bot: Bot, make_bot: MakeBot, person: Person) -> None:
    anna = await person("anna")
    room = await bot.direct_with(anna)
    once = await sent(bot, room, "oproep", "oproep-1")
    assert (await sent(bot, room, "oproep", "oproep-1")).event_id == once.event_id
    restarted = await make_bot(like=bot)
    assert (await sent(restarted, room, "oproep", "oproep-1")).event_id == once.event_id
    other = await sent(restarted, room, "oproep", "oproep-2")
    await anna.wait_for(lambda p: any(seen.event_id == other.event_id and seen.readable for seen in p.timeline(room)))
    assert [seen.event_id for seen in anna.timeline(room) if seen.body == "oproep"] == [once.event_id, other.event_id]


async def test_no_message_leaves_in_clear_whatever_nio_believes(bot: Bot, person: Person) -> None:
    anna = await person("anna")
    room = await bot.direct_with(anna)
    bot.client.nio.rooms[room].encrypted = False
    assert await type_on_server(bot, room, (await sent(bot, room, "een", "a")).event_id) == "m.room.encrypted"
    bot.client.nio.rooms.pop(room)  # as just after a restart, before any sync
    bot.client.nio.encrypted_rooms.clear()
    assert await type_on_server(bot, room, (await sent(bot, room, "twee", "b")).event_id) == "m.room.encrypted"
    await anna.wait_text(room, "twee")


async def test_a_room_without_encryption_is_refused_unless_it_may_be_clear(bot: Bot) -> None:
    _, made = await bot.client.raw("POST", "/_matrix/client/v3/createRoom", {"preset": "private_chat"})
    room = str(made["room_id"])
    refused = await bot.gateway.send(room, "m.room.message", text("geheim"), "c")
    assert refused == Unsent("the room is not encrypted", retry=False)
    await bot.until(lambda b: room in b.client.nio.rooms)
    assert await bot.gateway.send(room, "m.room.message", text("geheim"), "c") == refused
    clear = await bot.gateway.send(room, "m.room.message", text("mag"), "d", require_encrypted=False)
    assert isinstance(clear, Sent)
    assert await type_on_server(bot, room, clear.event_id) == "m.room.message"
    assert not any("geheim" in str(event.content) for event in bot.events)


async def test_when_the_encryption_cannot_be_read_nothing_leaves(bot: Bot, person: Person) -> None:
    room = await bot.direct_with(await person("anna"))
    bot.client.nio.rooms.pop(room)
    async with proxy(bot.client.account.homeserver_url) as way:
        through(bot, way)
        way.refuse = first(1, "m.room.encryption")
        outcome = await bot.gateway.send(room, "m.room.message", text("x"), "e", require_encrypted=False)
        assert outcome == Unsent("502", retry=True)
        assert [path for method, path in way.passed if "/send/" in path] == []


async def test_a_failed_key_share_does_not_leave_an_unreadable_message(bot: Bot, person: Person) -> None:
    anna = await person("anna")
    room = await bot.direct_with(anna)
    async with proxy(bot.client.account.homeserver_url) as way:
        through(bot, way)
        way.refuse = first(1, "/sendToDevice/")
        await sent(bot, room, "eerste oproep", "f")
        await sent(bot, room, "tweede oproep", "g")
    assert (await anna.wait_text(room, "eerste oproep")).readable
    assert (await anna.wait_text(room, "tweede oproep")).readable


async def test_a_proxys_page_is_not_taken_for_success(bot: Bot, person: Person) -> None:
    anna = await person("anna")
    room = await bot.direct_with(anna)
    async with proxy(bot.client.account.homeserver_url) as way:
        through(bot, way)
        for part in ("/sendToDevice/", "/send/"):
            way.lie = lambda method, path, part=part: part in path  # type: ignore[misc]
            outcome = await bot.gateway.send(room, "m.room.message", text("oproep"), "page")
            assert isinstance(outcome, Unsent)
            assert outcome.retry
        way.lie = lambda method, path: False
        await sent(bot, room, "oproep", "page")
    assert (await anna.wait_text(room, "oproep")).readable


async def test_while_keys_cannot_be_shared_nothing_is_sent(bot: Bot, person: Person) -> None:
    anna = await person("anna")
    room = await bot.direct_with(anna)
    async with proxy(bot.client.account.homeserver_url) as way:
        through(bot, way)
        way.refuse = lambda method, path: "/sendToDevice/" in path
        outcome = await bot.gateway.send(room, "m.room.message", text("oproep"), "h")
        assert outcome == Unsent("keys not shared: 502", retry=True)
        assert [path for method, path in way.passed if "/send/" in path] == []
        way.refuse = lambda method, path: False
        await sent(bot, room, "oproep", "h")
    assert (await anna.wait_text(room, "oproep")).readable


async def test_a_lost_answer_is_repeated_without_a_second_event(bot: Bot, person: Person) -> None:
    anna = await person("anna")
    room = await bot.direct_with(anna)
    async with proxy(bot.client.account.homeserver_url) as way:
        through(bot, way)
        way.swallow = first(2, "/send/")  # aiohttp repeats a PUT once by itself when a kept connection was closed
        assert await bot.gateway.send(room, "m.room.message", text("oproep"), "i") == Unsent("no answer", retry=True)
        once = await sent(bot, room, "oproep", "i")
        last = await sent(bot, room, "klaar", "j")
    await anna.wait_for(lambda p: any(seen.event_id == last.event_id for seen in p.timeline(room)))
    assert [seen.event_id for seen in anna.timeline(room) if seen.body == "oproep"] == [once.event_id]


async def test_who_just_came_in_can_read_the_answer_to_it(bot: Bot, person: Person) -> None:
    anna, bob = await person("anna"), await person("bob")
    room = await bot.direct_with(anna)
    await sent(bot, room, "voor bob", "k")
    await anna.raw("POST", room_path(room, "invite"), {"user_id": bob.user_id})
    await bob.sync()
    await bob.join(room)
    await bot.until(lambda b: bob.user_id in b.client.members(room))
    await sent(bot, room, "welkom bob", "l")
    assert (await bob.wait_text(room, "welkom bob")).readable


async def test_a_key_that_nio_calls_shared_is_compared_with_who_is_there(bot: Bot, person: Person) -> None:
    """With nio's own bookkeeping set back: who lacks the key gets one, who holds it wrongly gets no more."""
    anna, bob = await person("anna"), await person("bob")
    room = await bot.direct_with(anna)
    sessions = bot.client.nio.olm.outbound_group_sessions
    await sent(bot, room, "zonder bob", "1")
    without_bob = sessions[room]
    await anna.raw("POST", room_path(room, "invite"), {"user_id": bob.user_id})
    await bob.sync()
    await bob.join(room)
    await bot.until(lambda b: bob.user_id in b.client.members(room))
    sessions[room] = without_bob
    await sent(bot, room, "met bob", "2")
    assert (await bob.wait_text(room, "met bob")).readable
    with_bob = sessions[room]
    await bob.leave(room)
    await bot.until(lambda b: bob.user_id not in b.client.members(room))
    sessions[room] = with_bob
    await sent(bot, room, "weer zonder bob", "3")
    assert sessions[room].id != with_bob.id
    assert {user for user, _ in sessions[room].users_shared_with} == {anna.user_id}


async def test_a_new_device_of_somebody_can_read_what_follows(bot: Bot, homeserver: Homeserver, person: Person) -> None:
    anna = await person("anna")
    room = await bot.direct_with(anna)
    await sent(bot, room, "op de telefoon", "m")
    tablet = await Peer.login(
        homeserver.url, anna.user_id, anna.client.config.pickle_key, bot.client.store.parent / "tablet"
    )
    try:
        batch = await bot.until(lambda b: anna.user_id in b.client.nio.olm.device_store.users)
        assert batch
        await bot.sync()
        await sent(bot, room, "op beide", "n")
        assert (await tablet.wait_text(room, "op beide")).readable
        assert (await anna.wait_text(room, "op beide")).readable
    finally:
        await tablet.close()


async def test_who_left_cannot_read_what_follows(bot: Bot, person: Person) -> None:
    anna, bob = await person("anna"), await person("bob")
    room = await bot.direct_with(anna)
    await anna.raw("POST", room_path(room, "invite"), {"user_id": bob.user_id})
    await bob.sync()
    await bob.join(room)
    await bot.until(lambda b: bob.user_id in b.client.members(room))
    await sent(bot, room, "met bob", "o")
    await bob.wait_text(room, "met bob")
    await bob.leave(room)
    await bot.until(lambda b: bob.user_id not in b.client.members(room))
    later = await sent(bot, room, "zonder bob", "p")
    _, source = await bot.client.raw("GET", room_path(room, "event", later.event_id))
    await bob.sync()
    session = source["content"]["session_id"]
    assert bob.client.olm.inbound_group_store.get(room, source["content"]["sender_key"], session) is None
    assert (await anna.wait_text(room, "zonder bob")).readable


async def test_reactions_state_pins_and_redactions(bot: Bot, person: Person) -> None:
    anna = await person("anna")
    room = await bot.direct_with(anna)
    await anna.raw(
        "PUT",
        room_path(room, "state", "m.room.power_levels", ""),
        {"users": {bot.user_id: 50}, "events": {}},
    )
    event_id = await anna.say(room, "hallo")
    await bot.event(event_id)
    relation = {"m.relates_to": {"rel_type": "m.annotation", "event_id": event_id, "key": "✅"}}
    reaction = await bot.gateway.send(room, "m.reaction", relation, "q")
    assert isinstance(reaction, Sent)
    assert await type_on_server(bot, room, reaction.event_id) == "m.reaction"
    pins = [await bot.gateway.pin(room, [event_id]) for _ in range(2)]
    assert isinstance(pins[0], Sent)
    assert pins[0] == pins[1]
    removed = [await bot.gateway.redact(room, reaction.event_id, "r") for _ in range(2)]
    assert isinstance(removed[0], Sent)
    assert removed[0] == removed[1]


async def test_what_cannot_succeed_is_not_to_be_repeated(bot: Bot, person: Person) -> None:
    anna = await person("anna")
    room = await bot.direct_with(anna)
    big = await bot.gateway.send(room, "m.room.message", text("x" * 70_000), "s")
    assert big == Unsent("413 M_TOO_LARGE", retry=False)
    await anna.raw("POST", room_path(room, "kick"), {"user_id": bot.user_id})
    kicked = await bot.gateway.send(room, "m.room.message", text("x"), "t")
    assert isinstance(kicked, Unsent)
    assert not kicked.retry


async def test_the_servers_patience_is_passed_on(make_bot: MakeBot, homeserver: Homeserver) -> None:
    bot = await make_bot()
    async with proxy(homeserver.url) as way:
        through(bot, way)
        way.limit = 2.5
        outcome = await bot.gateway.put_state("!x:iog.example", "m.room.topic", {"topic": "x"})
    assert outcome == Unsent("429 M_LIMIT_EXCEEDED", retry=True, retry_after=2.5)


async def test_a_message_before_any_sync_reaches_everybody(bot: Bot, person: Person) -> None:
    anna, bob = await person("anna"), await person("bob")
    room = await bot.direct_with(anna)
    await anna.raw("POST", room_path(room, "invite"), {"user_id": bob.user_id})
    restarted = MatrixClient(bot.client.account, bot.client.store, bot.pickle_key)
    await restarted.open()
    try:
        outcome = await Gateway(restarted).send(room, "m.room.message", text("meteen"), "x")
        assert isinstance(outcome, Sent)
    finally:
        await restarted.close()
    await bob.sync()
    await bob.join(room)
    assert (await anna.wait_text(room, "meteen")).readable
    assert (await bob.wait_text(room, "meteen")).readable


async def test_a_person_who_comes_back_goes_on_where_they_were(
    bot: Bot, homeserver: Homeserver, fresh: Callable[[str], str]
) -> None:
    name, store = fresh("anna"), bot.client.store.parent / "anna"
    await homeserver.register(name, "wachtwoord")
    anna = await Peer.login(homeserver.url, name, "wachtwoord", store, device_id="TELEFOON")
    room = await bot.direct_with(anna)
    await sent(bot, room, "voor het slapen", "y")
    await anna.wait_text(room, "voor het slapen")
    await anna.close()
    await sent(bot, room, "in de nacht", "z")
    anna = await Peer.login(homeserver.url, name, "wachtwoord", store, device_id="TELEFOON")
    try:
        assert (await anna.wait_text(room, "in de nacht")).readable
        await anna.say(room, "goedemorgen")
        assert (await bot.hears("goedemorgen")).sender_key_known
    finally:
        await anna.close()


async def test_a_person_gets_through_a_homeserver_that_stumbles(
    bot: Bot, homeserver: Homeserver, fresh: Callable[[str], str]
) -> None:
    """The other people of the stories may not be what breaks when the homeserver is killed."""
    name = fresh("anna")
    await homeserver.register(name, "wachtwoord")
    async with proxy(homeserver.url) as way:
        anna = await Peer.login(way.url, name, "wachtwoord", bot.client.store.parent / name)
        try:
            room = await bot.direct_with(anna)
            way.swallow = first(2, "/keys/claim")
            shares, syncs, sends = first(2, "/sendToDevice/"), first(2, "/sync"), first(2, "/send/")
            way.refuse = lambda method, path: shares(method, path) or syncs(method, path) or sends(method, path)
            await anna.say(room, "door de storm")
            assert (await bot.hears("door de storm")).sender_key_known
            await sent(bot, room, "gehoord", "storm")
            assert (await anna.wait_text(room, "gehoord")).readable
        finally:
            await anna.close()


async def test_a_file_is_opened_only_by_who_gets_the_message(bot: Bot, person: Person) -> None:
    anna = await person("anna")
    room = await bot.direct_with(anna)
    uploaded = await bot.gateway.upload_encrypted(b"een dossier", "dossier.zip", "application/zip")
    assert isinstance(uploaded, Uploaded)
    outcome = await bot.gateway.send(room, "m.room.message", uploaded.content, "u")
    assert isinstance(outcome, Sent)
    message = await anna.wait_text(room, "dossier.zip")
    assert await anna.download(message.content) == b"een dossier"
    media = str(uploaded.content["file"]["url"]).removeprefix("mxc://")
    async with bot.client._http.get(  # type: ignore[union-attr]
        f"{bot.client.account.homeserver_url}/_matrix/client/v1/media/download/{media}"
    ) as stored:
        assert b"dossier" not in await stored.read()


async def test_rooms_do_not_wait_for_each_other_and_keep_their_own_order(bot: Bot, person: Person) -> None:
    anna, bob = await person("anna"), await person("bob")
    first_room, second_room = await bot.direct_with(anna), await bot.direct_with(bob)
    async with proxy(bot.client.account.homeserver_url) as way:
        through(bot, way)
        way.hold = lambda method, path: "/send/" in path and first_room in path
        held = [asyncio.create_task(sent(bot, first_room, f"anna {n}", f"v{n}")) for n in range(3)]
        await sent(bot, second_room, "bob gaat door", "w")
        assert not any(task.done() for task in held)
        way.release.set()
        await asyncio.gather(*held)
    await anna.wait_text(first_room, "anna 2")
    assert [seen.body for seen in anna.timeline(first_room) if "anna" in seen.body] == ["anna 0", "anna 1", "anna 2"]


async def test_a_forked_process_may_not_use_the_login(bot: Bot) -> None:
    """Two children of one process would make the same encryption keys."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of any fork
        child = os.fork()
    if child == 0:
        try:
            bot.client.call("GET", "/").__await__().__next__()
        except Forked:
            os._exit(42)
        finally:
            os._exit(1)
    _, status = await asyncio.to_thread(os.waitpid, child, 0)
    assert os.waitstatus_to_exitcode(status) == 42
