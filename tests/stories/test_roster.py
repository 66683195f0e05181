"""Nights on which people stand in for each other: who is paged then, who hears of it, and what a crash in between changes."""

import pytest

from tests.story import CALLED, Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_who_took_over_is_paged_and_who_was_replaced_sleeps(story: Story) -> None:
    await story.says("devries", "ik neem cyber over tot 08:00")
    echo = (await story.last("devries")).splitlines()
    assert echo[0].startswith("✅ Jij neemt cyber over: ")
    assert echo[0].endswith(f"{story.clock()}–08:00")
    assert echo[1] == "In plaats van: Jansen"
    assert "De Vries heeft je dienst veranderd" in story.hears("jansen", "📅").body
    assert "De Vries neemt cyber over" in await story.last("vandijk")
    await story.says("bakker", "wie cyber", where="alarm")
    assert "cyber: De Vries" in await story.last("bakker", "alarm")
    await story.alarm(called=tuple("devries" if name == "jansen" else name for name in CALLED))
    story.hears_nothing("jansen", "🚨")
    await story.answers("devries")


async def test_a_swap_survives_a_crash_between_the_question_and_the_tap(story: Story) -> None:
    await story.says("jansen", "ruil cyber vandaag 05:00–vandaag 07:00 met @devries")
    assert "Gevraagd aan De Vries" in await story.last("jansen")
    question = story.hears("devries", "🔁 Jansen vraagt: neem jij cyber over?")
    await story.crash_and_restart()
    await story.says("jansen", "wie cyber vandaag 06:00")
    assert "cyber: Jansen" in await story.last("jansen")
    await story.reacts("devries", question, "✅")
    assert "Jij neemt cyber over van Jansen" in await story.last("devries")
    story.hears("jansen", "✅ De Vries neemt cyber over")
    await story.says("jansen", "wie cyber vandaag 06:00")
    assert "cyber: De Vries" in await story.last("jansen")
    await story.says("jansen", "rooster herstel")
    assert "Nu heeft dienst: Jansen" in await story.last("jansen")
    story.hears("devries", "Jansen heeft je dienst veranderd")
    await story.says("jansen", "wie cyber vandaag 06:00")
    assert "cyber: Jansen" in await story.last("jansen")


async def test_who_is_away_is_not_paged_and_the_coordinator_knows_of_the_gap(story: Story) -> None:
    await story.says("jansen", "afwezig tot 08:00")
    assert "⚠️ niemand: cyber" in await story.last("jansen")
    assert "Jansen is afwezig" in story.hears("vandijk", "⚠️ niemand: cyber").body
    await story.says("vandijk", "zet @devries op cyber tot 08:00")
    assert "Er had dan niemand dienst." in await story.last("vandijk")
    story.hears("devries", "Van Dijk heeft je dienst veranderd")
    await story.alarm(called=tuple("devries" if name == "jansen" else name for name in CALLED))
    story.hears_nothing("jansen", "🚨")
    await story.answers("devries")
    await story.says("jansen", "rooster herstel")
    assert "Jansen is niet meer afwezig" in await story.last("jansen")
