"""What goes wrong at night: crashes, lost rooms, broken files, gaps in a roster. The alarm goes on, and somebody is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.matrix.wire import quoted, room_path
from tests.story import CALLED, RIOT, Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


@contextmanager
def changed(path: Path, old: str, new: str) -> Iterator[None]:
    """A file of the contacts or playbooks, changed for the length of a block."""
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_text(before.replace(old, new), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")


async def test_a_restart_in_the_middle_pages_nobody_twice_and_goes_on(story: Story) -> None:
    await story.alarm()
    await story.answers("jansen")
    for person in CALLED:
        if person not in ("jansen", "deboer"):
            await story.answers(person)
    before = await story.entries()
    await story.crash_and_restart()
    story.hears_nothing("deboer")
    assert await story.entries() == before
    await story.escalates(2)
    story.expects_page("deboer", "Herhaling 2")
    await story.crash_and_restart()
    await story.escalates(3)
    story.expects_page("peters", "CTER")  # in English, because Peters reads English
    await story.answers("deboer")
    story.hears("peters", "is over: De Boer is coming")


async def test_an_answer_typed_while_the_bot_was_away_is_heard_before_its_time_is_up(story: Story) -> None:
    await story.alarm()
    for person in CALLED:
        if person != "jansen":
            await story.answers(person)
    async with story.bot_down():
        await story.says("jansen", "1")
        story.brigade.moves(story.minutes(7))
    story.hears("jansen", "Genoteerd, je komt")
    story.hears_nothing("devries")
    story.hears_nothing("jansen", "Herhaling")


async def test_an_alarm_typed_while_the_bot_was_away(story: Story) -> None:
    async with story.bot_down():
        await story.says("bakker", RIOT)
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    for person in CALLED:
        story.expects_page(person)


async def test_the_bot_is_put_out_of_the_room(story: Story) -> None:
    """Nobody in the room can do that, as the bot is its creator; an administrator of the homeserver can."""
    await story.alarm()
    await story.joins("bakker", "vandijk")
    number = await story.number()
    room = await story.room("bakker", "room")
    path = f"/_synapse/admin/v2/rooms/{quoted(room)}"
    await story.brigade.administers("DELETE", path, {"block": False, "purge": False})
    await story.wait_for("vandijk", f"{number}: de bot is uit de kamer verwijderd")
    await story.answers("jansen")  # paging goes on without a room
    assert (await story.call("expert_cyber")).by == "jansen"
    assert "room.lost" in await story.entries()


async def test_a_replaced_room_is_never_followed(story: Story) -> None:
    await story.alarm()
    await story.joins("bakker", "vandijk")
    number = await story.number()
    room = await story.room("bakker", "room")
    path = f"{room_path(room, 'state', 'm.room.tombstone')}/"
    tombstone = {"body": "this way", "replacement_room": "!elsewhere:iog.example"}
    await story.brigade.breaks_glass(room, "PUT", path, tombstone)
    await story.wait_for("vandijk", f"{number}: de kamer is vervangen")
    assert (await story.row()).main_room == room
    await story.answers("jansen")


async def test_reloading_shows_the_difference_and_keeps_the_old_on_error(story: Story) -> None:
    people = story.brigade.contacts / "personen.yaml"
    with changed(people, "naam: De Vries", "naam: De Vries-Jansen"):
        await story.says("vandijk", "herlaad", where="management")
        assert "1 gewijzigd" in await story.last("vandijk", "management")
        await story.says("vandijk", "wie")
        assert "De Vries-Jansen" in await story.last("vandijk")
    with changed(people, "rollen: [coordinator]", "rollen: [coordinatr]"):
        await story.says("vandijk", "herlaad", where="management")
        refused = await story.last("vandijk", "management")
        assert "Niet geladen" in refused
        assert "personen.yaml:" in refused
        await story.says("vandijk", "wie")
        assert "De Vries-Jansen" in await story.last("vandijk")
    await story.says("jansen", "herlaad")
    assert "mag je hier niet" in await story.last("jansen")
    await story.says("vandijk", "herlaad")
    assert "1 gewijzigd" in await story.last("vandijk")


async def test_a_gap_in_the_roster_is_said_aloud_and_skipped(story: Story) -> None:
    rosters = story.brigade.contacts / "roosters.yaml"
    with changed(rosters, "eerste: [jansen]", "eerste: []"):
        await story.says("vandijk", "herlaad")
        gap = await story.last("vandijk")
    if "Niet geladen" in gap:  # an empty roster is refused at the gate, so the gap comes by a roster that starts later
        text = rosters.read_text(encoding="utf-8")
        at = text.index("rol: expert_cyber")
        late = text[:at] + text[at:].replace("2026-01-05", "2027-12-06", 1)
        with changed(rosters, text, late):
            await story.says("vandijk", "herlaad")
            assert "Geladen" in await story.last("vandijk")
            _hear_of_the_roster(story, "Vervalt: cyber")
            await story.says("bakker", RIOT)
    await story.says("vandijk", "herlaad")
    _hear_of_the_roster(story, "Erbij: cyber")
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    for person in CALLED:
        if person != "jansen":
            story.expects_page(person)
    story.expects_page("vandijk", "cyber")  # the next step that has somebody, in the same tick
    story.hears_nothing("jansen")
    story.hears_nothing("devries", "🚨")
    number = await story.number()
    story.hears("vandijk", f"{number}: geen dienstdoende voor cyber in het rooster")
    await story.joins("bakker")
    assert "cyber: geen dienstdoende in het rooster" in "\n".join(await story.texts("bakker", "room"))


def _hear_of_the_roster(story: Story, what: str) -> None:
    for person in ("jansen", "devries"):
        assert what in story.hears(person, "📅 Het rooster is veranderd").body


async def test_broken_contacts_at_the_start(story: Story) -> None:
    """Safe mode: the fallback is paged for every alarm, and operators hear which file, line and column is wrong."""
    people = story.brigade.contacts / "personen.yaml"
    await story.alarm()
    with changed(people, "rollen: [coordinator]", "rollen: [coordinatr]"):
        await story.crash_and_restart()
    broken = story.hears("vandijk", "Veilige stand")
    assert "personen.yaml:" in broken.body
    await story.answers("jansen")  # a running incident keeps its frozen policy, and answers go on
    await story.says("mulder", "alarm Polderdam: brand op het gemeentehuis")
    story.hears("mulder", "112")
    story.hears("mulder", "De kamer is open")
    story.expects_page("vandijk")
    await story.says("vandijk", "herlaad")
    assert "Geladen" in await story.last("vandijk")
