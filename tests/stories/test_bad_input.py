"""Bad input: a short answer where a person waits, a line for operators, and never a lost alarm, a crash or a changed log."""

from collections.abc import Awaitable, Callable

import pytest

from bot.matrix.peer import Peer
from bot.matrix.wire import room_path
from tests.story import CALLED, RIOT, Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def sent_as_is(story: Story, person: str, kind: str, content: object) -> str:
    """An event as no client would send it: in clear, with whatever is in it."""
    peer = story.peer(person)
    room = await story.room(person, "direct")
    path = room_path(room, "send", kind, f"as-is-{len(story.said)}-{story.brigade.now.timestamp()}")
    assert isinstance(content, dict)
    event = str((await peer.raw("PUT", path, content))["event_id"])
    await story.sent(event)
    return event


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"msgtype": "m.text"},
        {"msgtype": "m.text", "body": None},
        {"msgtype": "m.text", "body": {"a": [1]}},
        {"msgtype": 5, "body": "alarm"},
        {"msgtype": "m.text", "body": "", "m.relates_to": "x"},
        {
            "msgtype": "m.text",
            "body": "* 1",
            "m.relates_to": {"rel_type": "m.replace", "event_id": 7},
            "m.new_content": 3,
        },
        {"msgtype": "m.text", "body": "1", "m.relates_to": {"m.in_reply_to": [1]}},
        {"msgtype": "m.image", "body": "alarm", "url": "mxc://x/y"},
    ],
)
async def test_nonsense_is_passed_over(story: Story, content: dict[str, object]) -> None:
    await story.peer("bakker").send(await story.room("bakker", "direct"), content)
    await story.says("bakker", "status")
    assert "geen open incident" in await story.last("bakker")


async def test_nonsense_in_reactions_and_removals(story: Story) -> None:
    event = await story.says("bakker", "status")
    for key in ("✅", "\u202e✅", "<b>✅</b>"):
        relation = {"rel_type": "m.annotation", "event_id": event, "key": key}
        await sent_as_is(story, "bakker", "m.reaction", {"m.relates_to": relation})
    await sent_as_is(story, "bakker", "m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgA"})
    await story.says("bakker", "status")
    assert "geen open incident" in await story.last("bakker")


async def test_notices_are_never_obeyed(story: Story) -> None:
    await story.says("bakker", RIOT, msgtype="m.notice")
    assert await story.texts("bakker") == []
    await story.says("bakker", RIOT, msgtype="m.emote")
    await story.wait_for("bakker", "Ik lees alleen tekst")
    story.hears_nothing("vandijk")


async def test_clear_text_in_an_encrypted_room_is_not_carried_out(story: Story) -> None:
    await sent_as_is(story, "bakker", "m.room.message", {"msgtype": "m.text", "body": RIOT})
    story.hears_nothing("jansen")
    assert "@bakker:iog.example" in story.hears("vandijk", "Onversleuteld bericht").body


async def test_talk_in_the_alarm_room_and_talk_in_the_room_is_talk(story: Story) -> None:
    await story.says("bakker", "mooi weer vandaag, is er nog iets gebeurd?", where="alarm")
    assert await story.texts("bakker", "alarm") == []
    await story.says("bakker", "besluit we eten pizza", where="alarm")
    assert await story.texts("bakker", "alarm") == []
    await story.says("bakker", "besluit zonder incident")
    assert "geen incident" in await story.last("bakker")


async def test_a_stranger_gets_no_room_and_operators_one_line(story: Story, stranger: Peer) -> None:
    body = {"preset": "private_chat", "is_direct": True, "invite": [story.brigade.playground.bot]}
    room = str((await stranger.raw("POST", "/_matrix/client/v3/createRoom", body))["room_id"])
    await story.wait_for("vandijk", f"Uitnodiging van {stranger.user_id} geweigerd")
    await stranger.sync()
    assert story.brigade.playground.bot not in stranger.members(room)


async def test_a_look_alike_is_nobody(story: Story, stranger: Peer) -> None:
    """The display name of the coordinator on another account, in a room where it can speak."""
    await story.alarm()
    room = await story.room("vandijk", "room")
    await stranger.raw("PUT", f"/_matrix/client/v3/profile/{stranger.user_id}/displayname", {"displayname": "Van Dijk"})
    await story.brigade.bot.gateway.invite(room, stranger.user_id)
    await stranger.join(room)
    before = await story.entries()
    for text in ("sluit", "sluit ja", "besluit ik ben de baas", "export", "1"):
        await story.sent(await stranger.say(room, text))
    await story.joins("bakker", "vandijk")
    fact = await story.says("bakker", "de groep staat bij de fontein", where="room")
    before += ["person.joined"] * 2
    await story.sent(await stranger.react(room, fact, "📌"))
    assert await story.entries() == before
    assert (await story.incident()).lines == 0
    assert stranger.user_id in story.hears("vandijk", "onbekend account").body


async def test_a_message_of_the_largest_size(story: Story) -> None:
    await story.says("bakker", "alarm Waterbrug rellen: " + "station " * 5_000)
    assert "Alarm ontvangen" in story.hears("bakker", "🔔").body
    story.hears("bakker", "De kamer is open")
    for person in CALLED:
        story.expects_page(person)
    await story.says("vandijk", "1")
    story.hears("vandijk", "Genoteerd")
    await story.says("bakker", "feit " + "x" * 40_000)
    assert (await story.incident()).lines == 1


async def test_text_that_runs_backwards_stays_within_its_line(story: Story) -> None:
    await story.says(
        "bakker", "alarm Waterbrug rellen: \u202egnp.exe\u2066 \u200bkom naar [hier](https://boos.example) <b>nu</b>"
    )
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    for person in CALLED:
        page = story.expects_page(person)
        assert not {"\u202e", "\u2066", "\u200b"} & set(page.body)
        assert "<b>" not in page.content["formatted_body"]
        assert "href" not in page.content["formatted_body"]


async def test_taps_twice_in_any_colour_and_by_the_wrong_person(story: Story) -> None:
    await story.says("bakker", "alarm Waterbrug: er is iets raars aan de hand op internet")
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    page = story.expects_page("vandijk")
    await story.reacts("vandijk", page, "👍🏾")
    story.hears("vandijk", "Genoteerd, je komt")
    await story.reacts("vandijk", page, "✅")
    assert "al beantwoord" in await story.last("vandijk")
    await story.reacts("vandijk", page, "🍕")
    await story.joins("bakker", "vandijk")
    fact = await story.says("bakker", "de groep staat bij de fontein", where="room")
    await story.brigade.bot.gateway.invite(await story.room("bakker", "room"), story.account("jansen"))
    await story.joins("jansen")
    before = await story.entries()
    await story.reacts("jansen", fact, "📌")  # in the room, but nobody asked Jansen for anything
    assert await story.entries() == before


async def without_key(peer: Peer, room: str, text: str) -> tuple[str, Callable[[], Awaitable[None]]]:
    """Sends a message whose key is held back; gives its id and what sends the key after it."""
    client = peer.client
    await peer._share_keys(room)
    client.invalidate_outbound_session(room)
    users = list(client.rooms[room].users)
    keys = list(client.olm.share_group_session_parallel(room, users, ignore_unverified_devices=True))
    client.olm.outbound_group_sessions[room].shared = True
    kind, closed = client.encrypt(room, "m.room.message", {"msgtype": "m.text", "body": text})
    event = await peer._put(room, kind, closed)

    async def give() -> None:
        for _, content in keys:
            await peer.raw("PUT", f"/_matrix/client/v3/sendToDevice/m.room.encrypted/{peer._txn()}", content)

    return event, give


async def test_who_stands_in_for_the_coordinator_hears_of_a_message_that_cannot_be_read(story: Story) -> None:
    await story.says("smit", "ik neem coördinator over tot 08:00")
    story.heeds_everything()
    event, give_key = await without_key(story.peer("bakker"), await story.room("bakker", "direct"), "goedenavond")
    await story.sent(event)
    await story.passes(seconds=12)
    await story.wait_for("bakker", "niet ontsleutelen")
    assert "Bakker" in story.hears("smit", "Onleesbaar bericht van Bakker").body
    story.hears("smit", f"Onleesbaar bericht van {story.account('bakker')}")
    story.hears_nothing("vandijk", "Onleesbaar bericht van Bakker")
    await give_key()
    await story.wait_for("bakker", "goedenavond")
    story.heeds_everything()


async def test_an_unreadable_message_may_be_an_alarm(story: Story) -> None:
    """Its key comes late: after ten seconds people are told, and when the key comes the alarm still counts."""
    bakker = story.peer("bakker")
    room = await story.room("bakker", "direct")
    event, give_key = await without_key(bakker, room, RIOT)
    await story.sent(event)
    assert await story.texts("bakker") == []
    await story.passes(seconds=12)
    await story.wait_for("bakker", "niet ontsleutelen")
    assert "Bakker" in story.hears("vandijk", "Onleesbaar bericht van Bakker").body
    assert story.account("bakker") in story.hears("vandijk", f"Onleesbaar bericht van {story.account('bakker')}").body
    await give_key()
    await story.wait_for("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    for person in CALLED:
        story.expects_page(person)
