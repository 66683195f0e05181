"""A crypto store that the disk refuses ends nobody, holds the sync token, and makes no message unreadable afterwards."""

import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.matrix.peer import Peer
from bot.matrix.send import Sent
from tests.matrix.conftest import Bot, MakeBot

Person = Callable[[str], Awaitable[Peer]]


@contextmanager
def refused(bot: Bot) -> Iterator[None]:
    """Every write of a key and of a device fails, as on a full disk."""
    store = bot.client.nio.store
    files = [Path(kept._filename) for kept in (store.trust_db, store.blacklist_db, store.ignore_db)]
    aside = [path.rename(path.with_name(f"{path.name}.aside")) for path in files if path.exists()]
    store.database.execute_sql("PRAGMA query_only = ON")
    for path in files:
        path.mkdir()  # no file can take its place
    try:
        yield
    finally:
        for path in files:
            path.rmdir()
        for path in aside:
            path.rename(path.with_name(path.name.removesuffix(".aside")))
        store.database.execute_sql("PRAGMA query_only = OFF")


async def said(bot: Bot, room: str, text: str) -> None:
    sent = await bot.gateway.send(room, "m.room.message", {"msgtype": "m.text", "body": text}, text)
    assert isinstance(sent, Sent), sent


async def test_what_cannot_be_written_is_read_all_the_same_and_written_later(make_bot: MakeBot, person: Person) -> None:
    bot, anna = await make_bot(), await person("anna")
    room = await bot.direct_with(anna)
    since = bot.since
    with refused(bot):
        event = await anna.say(room, "alarm Waterbrug rellen")  # with a key that comes in the same sync
        assert (await bot.hears("rellen")).decrypted
        assert not bot.client.keys_written()
        await said(bot, room, "noodoproep")
    assert bot.client.keys_written()
    await bot.client.close()
    bot.since = since
    again = await make_bot(like=bot)
    assert (await again.event(event)).decrypted
    await said(again, room, "en verder")
    assert (await anna.wait_text(room, "noodoproep")).readable
    assert (await anna.wait_text(room, "en verder")).readable


async def test_a_bot_that_dies_with_unwritten_keys_can_be_read_afterwards(make_bot: MakeBot, person: Person) -> None:
    bot, anna = await make_bot(), await person("anna")
    room = await bot.direct_with(anna)
    await said(bot, room, "eerst")
    await anna.wait_text(room, "eerst")
    since = bot.since
    bram = await person("bram")
    with refused(bot):
        await anna.raw("POST", f"/_matrix/client/v3/rooms/{room}/invite", {"user_id": bram.user_id})
        await bram.wait_for(lambda peer: room in peer.invites)
        await bram.join(room)
        await bot.until(lambda b: bram.user_id in b.client.members(room) or None)
        await said(bot, room, "nood")  # a new key of the room, shared by sessions that move on in memory only
        assert (await anna.wait_text(room, "nood")).readable
        assert not bot.client.keys_written()
        await bot.client.close()  # and killed here
    bot.since = since
    again = await make_bot(like=bot)
    await said(again, room, "daarna")
    assert (await anna.wait_text(room, "daarna")).readable
    assert (await bram.wait_text(room, "daarna")).readable


async def test_who_takes_over_from_a_process_that_still_speaks_can_be_read(
    make_bot: MakeBot, person: Person, tmp_path: Path
) -> None:
    """As when a node is cut off from the database and pages without it, while the next node pages as well."""
    bot, anna = await make_bot(), await person("anna")
    room = await bot.direct_with(anna)
    await said(bot, room, "eerst")
    await anna.wait_text(room, "eerst")
    disk = shutil.copytree(bot.client.store, tmp_path / "verhuisd")
    bot.client.nio.olm.create_outbound_group_session(room)
    await said(bot, room, "nood")  # its key goes out with sessions that the next one holds for unused
    successor = await make_bot(like=bot, taken_over=disk)
    await said(successor, room, "oproep")
    assert (await anna.wait_text(room, "nood")).readable
    assert (await anna.wait_text(room, "oproep")).readable


async def test_a_store_that_was_never_refused_keeps_its_sessions(make_bot: MakeBot, person: Person) -> None:
    bot, anna = await make_bot(), await person("anna")
    room = await bot.direct_with(anna)
    await said(bot, room, "eerst")
    await bot.client.close()
    again = await make_bot(like=bot)
    assert again.client.nio.olm.wedged_devices == []
