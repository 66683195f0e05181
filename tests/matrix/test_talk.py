"""The log of all that is said, when something that was said could not be read."""

import json
from dataclasses import replace
from datetime import timedelta

from bot.domain.ids import Account, EventId
from bot.matrix.hear import UNREADABLE_AFTER
from bot.store import inbox, log
from bot.store.inbox import InboxRow
from tests.builders import account, reference
from tests.desk.ground import INCIDENT
from tests.matrix.test_heard import Night, in_the_room, migrated_file, night, sqlite_url

__all__ = ["migrated_file", "night", "sqlite_url"]


async def _said_in_secret(night: Night, event: str) -> InboxRow:
    """A message in the room whose key has not come."""
    source = {
        "event_id": event,
        "type": "m.room.encrypted",
        "sender": account("cyber1"),
        "content": {"ciphertext": "x"},
    }
    row = InboxRow(
        EventId(event), "!kamer", Account(account("cyber1")), "m.room.encrypted", night.ground.now, night.ground.now,
        json.dumps({"content": {}, "state_key": None, "source": source}), undecryptable=True,
    )  # fmt: skip
    async with night.ground.database.begin() as tx:
        await inbox.store_batch(tx, f"after-{event}", [row], night.ground.now)
    return row


async def _kinds(night: Night) -> list[str]:
    return await night.ground.kinds(night.ground.desk.seal.transcript(INCIDENT))


async def _all_is_kept(night: Night) -> None:
    """In the room of a municipality that keeps everything that is said."""
    known = reference()
    kept = tuple(replace(one, chat="all") for one in known.contacts.municipalities)
    agreed = replace(known, contacts=replace(known.contacts, municipalities=kept))
    night.ground.desk.reference = lambda: agreed
    await in_the_room(night)


async def test_a_message_that_cannot_be_read_leaves_a_gap_that_is_named(night: Night) -> None:
    await _all_is_kept(night)
    row = await _said_in_secret(night, "$geheim")
    await night.hearing.hear(row)
    assert await _kinds(night) == []  # its key may come within seconds
    night.ground.now += UNREADABLE_AFTER + timedelta(seconds=1)
    await night.hearing.hear(row)
    await night.hearing.hear(row)  # as after a crash
    assert await _kinds(night) == ["message.unreadable"]
    await night.says("bakker", "!kamer", "wat zei je?")
    assert await _kinds(night) == ["message.unreadable", "message.said"]


async def test_where_not_all_is_kept_nothing_is_written_of_it(night: Night) -> None:
    await in_the_room(night)
    row = await _said_in_secret(night, "$geheim")
    night.ground.now += UNREADABLE_AFTER + timedelta(seconds=1)
    await night.hearing.hear(row)
    assert await _kinds(night) == []


async def test_of_a_stranger_nothing_remains_once_name_and_account_are_erased(night: Night) -> None:
    await _all_is_kept(night)
    stranger = "@voorbijganger:elders.example"
    event = await night.does(stranger, "!kamer", "m.room.message", {"msgtype": "m.text", "body": "wat is hier?"})
    await night.does(stranger, "!kamer", "m.room.redaction", {"redacts": event}, clear=True)
    async with night.ground.database.read() as tx:
        openings = await log.openings(tx, night.ground.desk.seal.transcript(INCIDENT))
    told = [json.loads(one.pre)[2:] for one in openings if stranger in str(one.pre)]
    assert {field for field, _ in told} == {"account", "name"}
    assert ["actor", "stranger"] in [json.loads(one.pre)[2:] for one in openings]
