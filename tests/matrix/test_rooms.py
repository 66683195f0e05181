"""Rooms are made once, whole and encrypted, however often and after whatever accident they are asked for."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable

from bot.matrix.peer import Peer
from bot.matrix.power import Power, room_levels
from bot.matrix.rooms import INCIDENT, Made, NotYet, RoomSpec, leave_and_forget, make_direct, make_room
from bot.matrix.send import Invited, Sent, Unsent
from bot.matrix.wire import room_path
from tests.matrix.conftest import Bot, MakeBot

Person = Callable[[str], Awaitable[Peer]]

TEXT = {"msgtype": "m.text", "body": "Welkom in de kamer"}


def spec(**more: object) -> RoomSpec:
    incident = str(uuid.uuid4())
    return RoomSpec(f"iog-{incident}", INCIDENT, incident, "Inzet 2026-014", **more)  # type: ignore[arg-type]


async def made_by(bot: Bot, wanted: RoomSpec) -> Made:
    made = await make_room(bot.client, bot.gateway, wanted)
    assert isinstance(made, Made), made
    return made


async def state(bot: Bot, room_id: str, kind: str, state_key: str = "") -> dict[str, object]:
    status, content = await bot.client.raw("GET", room_path(room_id, "state", kind, state_key))
    assert status == 200, kind
    return content


async def test_a_room_is_whole_and_the_first_message_after_it_is_encrypted(bot: Bot, person: Person) -> None:
    anna, rescue = await person("anna"), await person("nood")
    wanted = spec(topic="Storing", additional_creators=(rescue.user_id,), federate=False, history_visibility="invited")
    made = await made_by(bot, wanted)
    assert isinstance(await bot.gateway.invite(made.room_id, anna.user_id), Invited)
    sent = await bot.gateway.send(made.room_id, "m.room.message", TEXT, "first")
    assert isinstance(sent, Sent)
    status, source = await bot.client.raw("GET", room_path(made.room_id, "event", sent.event_id))
    assert (status, source["type"]) == (200, "m.room.encrypted")
    create = await state(bot, made.room_id, "m.room.create")
    assert (create["room_version"], create["m.federate"], create[INCIDENT]) == ("12", False, wanted.marker_value)
    assert (await state(bot, made.room_id, "m.room.history_visibility"))["history_visibility"] == "invited"
    assert (await state(bot, made.room_id, "m.room.guest_access"))["guest_access"] == "forbidden"
    # Encrypted for the invited as well, before the bot's sync had seen the invite.
    await anna.wait_for(lambda peer: made.room_id in peer.invites)
    await anna.join(made.room_id)
    assert (await anna.wait_text(made.room_id, "Welkom")).encrypted


async def test_a_sync_that_sees_the_room_before_its_encryption_opens_no_hole(bot: Bot) -> None:
    for _ in range(3):
        making = asyncio.create_task(made_by(bot, spec()))
        while not making.done():
            await bot.sync(timeout_ms=20)
        sent = await bot.gateway.send(making.result().room_id, "m.room.message", TEXT, "first")
        assert isinstance(sent, Sent)
        _, source = await bot.client.raw("GET", room_path(making.result().room_id, "event", sent.event_id))
        assert source["type"] == "m.room.encrypted"


async def test_asked_twice_it_is_one_room(bot: Bot, make_bot: MakeBot) -> None:
    wanted = spec()
    first, second = await made_by(bot, wanted), await made_by(bot, wanted)
    restarted = await make_bot(like=bot)
    third = await made_by(restarted, wanted)
    assert {first.room_id, second.room_id, third.room_id} == {first.room_id}
    assert (first.created, second.created, third.created) == (True, False, False)


async def test_a_half_made_room_is_adopted_and_completed(bot: Bot) -> None:
    """A homeserver killed in createRoom leaves a joined room without encryption, name or history rule."""
    wanted = spec(topic="Storing")
    body = {"room_alias_name": wanted.alias_localpart, "creation_content": {INCIDENT: wanted.marker_value}}
    status, half = await bot.client.raw("POST", "/_matrix/client/v3/createRoom", body)
    assert status == 200
    made = await made_by(bot, wanted)
    assert (made.room_id, made.created) == (half["room_id"], False)
    assert (await state(bot, made.room_id, "m.room.encryption"))["algorithm"] == "m.megolm.v1.aes-sha2"
    assert (await state(bot, made.room_id, "m.room.name"))["name"] == wanted.name
    sent = await bot.gateway.send(made.room_id, "m.room.message", TEXT, "first")
    assert isinstance(sent, Sent)


async def test_an_alias_that_leads_nowhere_is_removed(bot: Bot) -> None:
    wanted = spec()
    lost = await made_by(bot, wanted)
    await bot.client.raw("POST", room_path(lost.room_id, "leave"), {})
    made = await made_by(bot, wanted)
    assert made.room_id != lost.room_id
    assert (made.created, made.abandoned) == (True, True)


async def test_a_room_of_somebody_else_under_our_alias_is_left_alone(bot: Bot, person: Person) -> None:
    stranger, wanted = await person("vreemde"), spec()
    body = {
        "room_alias_name": wanted.alias_localpart,
        "creation_content": {INCIDENT: wanted.marker_value},
        "invite": [bot.user_id],
    }
    theirs = await stranger.raw("POST", "/_matrix/client/v3/createRoom", body)
    await bot.client.raw("POST", room_path(str(theirs["room_id"]), "join"), {})
    made = await make_room(bot.client, bot.gateway, wanted)
    assert isinstance(made, NotYet)
    assert "another room" in made.reason


async def test_an_invite_is_repeatable_and_presence_is_as_good(bot: Bot, person: Person) -> None:
    anna, made = await person("anna"), await made_by(bot, spec())
    for _ in range(2):
        assert await bot.gateway.invite(made.room_id, anna.user_id) == Invited(already_joined=False)
    await anna.sync()
    await anna.join(made.room_id)
    assert await bot.gateway.invite(made.room_id, anna.user_id) == Invited(already_joined=True)
    await bot.until(lambda b: anna.user_id in b.client.members(made.room_id))
    assert sum(e.type == "m.room.member" and e.state_key == anna.user_id for e in bot.events) == 2


async def test_an_unreachable_invitee_costs_only_its_own_invite(bot: Bot, person: Person) -> None:
    anna, made = await person("anna"), await made_by(bot, spec())
    lost = await bot.gateway.invite(made.room_id, "@iemand:weg.example")
    assert isinstance(lost, Unsent)
    assert isinstance(await bot.gateway.invite(made.room_id, anna.user_id), Invited)


async def test_the_direct_room_is_one_and_known_as_direct(bot: Bot, person: Person) -> None:
    anna = await person("anna")
    first = await make_direct(bot.client, bot.gateway, anna.user_id, name="Piket")
    second = await make_direct(bot.client, bot.gateway, anna.user_id, name="Piket")
    assert isinstance(first, Made)
    assert isinstance(second, Made)
    assert first.room_id == second.room_id
    path = f"/_matrix/client/v3/user/{bot.user_id}/account_data/m.direct"
    assert await bot.client.raw("GET", path) == (200, {anna.user_id: [first.room_id]})
    await anna.wait_for(lambda peer: first.room_id in peer.invites)
    member = await state(bot, first.room_id, "m.room.member", anna.user_id)
    assert member["is_direct"] is True


async def test_leaving_forgets_the_room_also_when_done_already(bot: Bot) -> None:
    made = await made_by(bot, spec())
    assert await leave_and_forget(bot.client, made.room_id) is None
    assert await leave_and_forget(bot.client, made.room_id) is None
    assert bot.client.members(made.room_id) == ()


async def test_the_creator_of_a_version_12_room_is_above_all_levels(bot: Bot, person: Person) -> None:
    anna, rescue = await person("anna"), await person("nood")
    levels = room_levels({bot.user_id: 100, anna.user_id: 50}, creators=(bot.user_id, rescue.user_id))
    made = await made_by(bot, spec(additional_creators=(rescue.user_id,), power_levels=levels))
    await bot.until(lambda b: any(e.type == "m.room.create" and e.room_id == made.room_id for e in b.events))
    create = next(e.source for e in bot.events if e.type == "m.room.create" and e.room_id == made.room_id)
    power = Power.of(create, await state(bot, made.room_id, "m.room.power_levels"))
    assert power.level(bot.user_id) == power.level(rescue.user_id) == float("inf")
    assert (power.level(anna.user_id), power.level("@piet:iog.example")) == (50, 0)
    assert power.may_send(anna.user_id, "m.room.name", state=True)
    assert not power.may_send(anna.user_id, "m.room.encryption", state=True)
    assert power.may_send("@piet:iog.example", "m.room.message")
    assert not power.may_invite("@piet:iog.example")
    closed = await bot.gateway.put_state(made.room_id, "m.room.power_levels", room_levels(read_only=True))
    assert isinstance(closed, Sent)


def test_without_levels_the_creator_of_an_older_room_holds_a_hundred() -> None:
    create = {"sender": "@oud:iog.example", "content": {"room_version": "10"}}
    power = Power.of(create, None)
    assert (power.level("@oud:iog.example"), power.level("@ander:iog.example")) == (100, 0)
    assert power.may_send("@ander:iog.example", "m.room.name", state=True)
