"""A room past its term: emptied, left and forgotten once a dossier of the whole log was made; and not while a hold stands."""

import pytest

from bot.store import rooms
from tests.night.told import plain
from tests.story import Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def ends(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "feit Jelle Hofstra staat bij het station", where="room")
    await story.says("vandijk", "sluit")
    await story.says("vandijk", "sluit ja het is rustig")
    number = await story.number()
    await story.passes(days=120)
    assert (await story.incident(number)).state == "finished"


async def still_in(story: Story, number: str) -> int:
    row = await story.row(number)
    async with story.brigade.bot.database.read() as tx:
        return len(await rooms.of_incident(tx, row.id))


async def nightly(story: Story) -> None:
    await story.brigade.bot.empty_rooms()
    await story.settle()


async def test_a_room_is_emptied_and_left_after_the_dossier_and_never_while_held(story: Story) -> None:
    await ends(story)
    number = await story.number()
    await nightly(story)
    assert await still_in(story, number) == 1, "there is no dossier"
    await story.says("vandijk", f"bewaar {number} omdat er een Woo-verzoek loopt")
    await story.says("vandijk", f"export {number}")
    await nightly(story)
    assert await still_in(story, number) == 1
    await story.says("vandijk", f"bewaar niet langer {number} omdat het is beantwoord")
    await story.says("vandijk", f"export {number}")
    told = await story.entries(number)
    await nightly(story)
    assert await still_in(story, number) == 0
    assert await story.entries(number) == told, "the dossier is still that of the whole log"
    room = story.brigade.at_the_wire.world.rooms[await story.room("bakker", "room")]
    said = [event for event in room.events if event.type == "m.room.encrypted"]
    assert said, "there was something to take back"
    assert [event.event_id for event in said if event.redacted_by is None] == []
    assert story.brigade.bot.client.account.user_id in room.forgotten
    for person in ("bakker", "vandijk"):
        assert room.membership(story.account(person)) == "leave"
    story.heeds_everything()
