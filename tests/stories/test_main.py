"""The main job on one night: alarm, eight pages, answers by tap and by word, a silence, the room, decisions, and the end."""

import pytest

from tests.story import CALLED, Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_night_with_riots(story: Story) -> None:
    await story.says("bakker", "alarm Waterbrug rellen: op TikTok oproep om vanavond 21u te rellen bij station")
    received = story.hears("bakker", "Alarm ontvangen")
    assert "Ik roep nu op" in received.body
    assert received.content["m.mentions"] == {"user_ids": [story.account("bakker")]}
    story.hears("bakker", "De kamer is open")
    pages = {person: story.expects_page(person) for person in CALLED}
    for person, page in pages.items():
        assert page.encrypted
        assert len(story.peer(person).members(page.room_id)) == 2  # a room of two rings on a silenced phone
    assert "OPROEP cyber" in pages["jansen"].body

    await story.reacts("jansen", pages["jansen"], "✅")
    story.hears("jansen", "Genoteerd, je komt")
    await story.answers("vandijk", "1")
    await story.says("deboer", "0")
    story.hears("deboer", "Ik roep nu Peters op")
    story.expects_page("peters", "CTER")
    await story.says("dejong", "15")
    story.hears("dejong", "over 15 min")
    for person in ("willems", "dewit", "vandenberg"):
        await story.answers(person)
    await story.says("peters", "yes")
    story.hears("peters", "You are coming")
    await story.escalates(2)
    story.expects_page("hendriks", "Herhaling 2")
    await story.escalates(3)
    # the reserve has no phone in this story, so nothing can be read there: the coordinator is called at once
    assert (await story.call("expert_ondermijning")).step == 2
    story.expects_page("vandijk", "ondermijning")
    await story.answers("vandijk", "1")

    await story.joins("bakker", "jansen", "vandijk")
    first = story.hears("bakker", "☐ Stap 1/")
    await story.reacts("bakker", first, "✅")
    await story.says("bakker", "besluit burgemeester roept op om weg te blijven", where="room")
    story.hears("vandijk", "Besluit 1 vastgelegd")
    await story.says("vandijk", "besluit plein afsluiten", where="room")
    story.hears("bakker", "Besluit 2 vastgelegd")
    await story.says("vandijk", "sitrap 50 mensen, rustig", where="room")
    story.hears("bakker", "Sitrap 1")
    await story.says("vandijk", "sluit", where="room")
    story.hears("bakker", "sluiten? (voorstel van Van Dijk)")
    await story.says("vandijk", "sluit ja het is rustig", where="room")
    await story.says("vandijk", "export")
    assert "📦 Export" in await story.last("vandijk")
    kinds = await story.entries()
    for kind in (
        "alarm.raised",
        "acknowledged",
        "declined",
        "page.unanswered",
        "room.opened",
        "step.finished",
        "incident.closed",
    ):
        assert kind in kinds
    # the anchors of the log are shown in the room, where every client becomes a witness
    anchors = [
        s.content["nl.iog.log"]
        for s in story.peer("bakker").timeline(await story.room("bakker", "room"))
        if "nl.iog.log" in s.content
    ]
    assert len(anchors) > 5
    seen = story.peer("bakker").timeline(await story.room("bakker", "room"))
    assert {"nl.iog.checkpoint", "nl.iog.log_key"} <= {s.type for s in seen}
