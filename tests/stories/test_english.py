"""The same night in English: the installation, the people and the room."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.story import CALLED, Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def english(story: Story) -> AsyncIterator[Story]:
    """Everybody reads English for one night."""
    region, people = (story.brigade.contacts / name for name in ("regio.yaml", "personen.yaml"))
    before = {path: path.read_text(encoding="utf-8") for path in (region, people)}
    region.write_text(before[region].replace("taal: nl", "taal: en"), encoding="utf-8")
    text = before[people].replace("    taal: en\n", "")
    people.write_text(text.replace("    rollen:", "    taal: en\n    rollen:"), encoding="utf-8")
    await story.says("vandijk", "herlaad")
    try:
        yield story
    finally:
        for path, old in before.items():
            path.write_text(old, encoding="utf-8")
        await story.says("vandijk", "reload")
        story.heeds_everything()


async def test_a_night_in_english(english: Story) -> None:
    story = english
    await story.says("bakker", "alert Waterbrug riot: call on TikTok to riot at the station tonight 21:00")
    assert "I am paging" in story.hears("bakker", "Alarm received").body
    story.hears("bakker", "The room is open")
    pages = {person: story.expects_page(person) for person in CALLED}
    assert "Coming" in pages["jansen"].body
    await story.says("jansen", "coming")
    story.hears("jansen", "You are coming")
    await story.says("deboer", "can't")
    story.hears("deboer", "I am paging Peters")
    story.expects_page("peters")
    await story.joins("bakker", "vandijk", "jansen")
    first = story.hears("bakker", "☐ Step 1/")
    await story.replies("bakker", first, "done")
    await story.says("bakker", "decision mayor asks people to stay away", where="room")
    decision = story.hears("vandijk", "Decision 1 recorded")
    await story.replies("bakker", decision, "or hundreds will come")
    await story.says("vandijk", "sitrep 50 people, calm", where="room")
    story.hears("vandijk", "Sitrep 1")
    await story.says("vandijk", "close", where="room")
    story.hears("bakker", "proposed by Van Dijk")
    await story.says("vandijk", "close yes it is quiet", where="room")
    incident = await story.incident()
    assert (incident.state, incident.decisions[0].reason) == ("closed", "or hundreds will come")
    await story.says("vandijk", "log 40")
    told = await story.last("vandijk")
    for dutch in ("Besluit", "Stap ", "komt", "Kamer"):
        assert dutch not in told
