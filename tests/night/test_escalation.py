"""From the first to the reserve to the coordinator: in time, once each, and said aloud where nobody is left."""

import pytest

from tests.night.told import all_but, only_the_coordinator
from tests.stories.test_accidents import changed
from tests.story import CALLED, RIOT, Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.on_synapse
async def test_nobody_is_called_too_early_and_nobody_too_late(story: Story) -> None:
    await all_but(story, "jansen")
    await story.passes(seconds=60)
    story.hears_nothing("jansen", "Herhaling")
    await story.passes(seconds=65)
    story.expects_page("jansen", "Herhaling 2")
    await story.passes(seconds=120)
    story.hears_nothing("devries")
    await story.passes(seconds=60)
    story.expects_page("devries")
    kinds, times = await story.entries(), await story.times()
    asked = next(n for n, kind in enumerate(kinds) if kind == "page.requested")
    again = kinds.index("page.repeated")
    given_up = kinds.index("page.unanswered")
    assert story.minutes(2) <= times[again] - times[asked] < story.minutes(3)
    assert story.minutes(5) <= times[given_up] - times[asked] < story.minutes(6)


@pytest.mark.on_synapse
async def test_each_role_goes_its_own_way(story: Story) -> None:
    await all_but(story, "jansen", "deboer")
    await story.passes(minutes=1)
    await story.says("deboer", "0")
    story.hears("deboer", "Ik roep nu Peters op")
    story.expects_page("peters")
    await story.escalates(1)
    story.expects_page("jansen", "Herhaling 2")
    await story.says("jansen", "1")
    story.hears("jansen", "Genoteerd, je komt")
    await story.escalates(1)
    story.expects_page("peters")  # a repeat by the clock of Peters' own page
    await story.says("peters", "1")
    story.hears("peters", "You are coming")


@pytest.mark.on_synapse
async def test_a_reserve_without_a_phone_is_passed_over_at_once(story: Story) -> None:
    await all_but(story, "hendriks")
    await story.says("hendriks", "0")
    story.hears("hendriks", "Ik roep nu Dekker op")
    story.expects_page("vandijk", "ondermijning")
    story.heeds_everything()
    assert (await story.call("expert_ondermijning")).step == 2


async def test_the_coordinator_is_silent_and_the_reserve_is_called(story: Story) -> None:
    await only_the_coordinator(story)
    story.expects_page("vandijk")
    await story.escalates(2)
    story.expects_page("vandijk", "Herhaling 2")
    await story.escalates(3)
    story.expects_page("smit", "coördinator")
    await story.answers("smit")
    assert (await story.call("coordinator")).by == "smit"
    story.heeds_everything()


@pytest.mark.on_synapse
async def test_nobody_at_all_answers(story: Story) -> None:
    """Every role is exhausted, each is said, and the bot stays quiet after that."""
    await story.alarm()
    for minutes in (2, 3, 2, 3, 3, 3, 4):
        await story.passes(minutes=minutes, seconds=1)
    calls = (await story.incident()).calls
    assert {call.state for call in calls.values()} == {"exhausted"}
    story.heeds_everything()
    number = await story.number()
    await story.passes(minutes=20)
    for person in CALLED:
        story.hears_nothing(person, f"🚨 OPROEP {number}")
    kinds = await story.entries()
    assert kinds.count("escalation.exhausted") == len(calls)


async def test_after_all_is_exhausted_a_late_yes_still_counts(story: Story) -> None:
    await all_but(story, "jansen")
    for minutes in (5, 5, 10):
        await story.passes(minutes=minutes, seconds=1)
    assert (await story.call("expert_cyber")).state == "exhausted"
    await story.says("jansen", "1")
    assert (await story.call("expert_cyber")).by == "jansen"
    story.heeds_everything()


async def test_one_person_for_two_roles_gets_one_page(story: Story) -> None:
    rosters, people = story.brigade.contacts / "roosters.yaml", story.brigade.contacts / "personen.yaml"
    both = changed(people, "rollen: [expert_cyber]", "rollen: [expert_cyber, expert_cter]")
    with both, changed(rosters, "eerste: [deboer]", "eerste: [jansen]"):
        await story.says("vandijk", "herlaad")
        await story.says("bakker", RIOT)
    await story.says("vandijk", "herlaad")
    page = story.expects_page("jansen", "cyber")
    assert "CTER" in page.body
    story.hears_nothing("jansen", "🚨")
    await story.answers("jansen")
    calls = (await story.incident()).calls
    assert {calls[role].by for role in ("expert_cyber", "expert_cter")} == {"jansen"}  # type: ignore[index]
    story.heeds_everything()


async def test_a_new_roster_in_the_middle_counts_for_the_next_step(story: Story) -> None:
    rosters, people = story.brigade.contacts / "roosters.yaml", story.brigade.contacts / "personen.yaml"
    await all_but(story, "jansen")
    able = changed(people, "rollen: [expert_cter]", "rollen: [expert_cter, expert_cyber]")
    with able, changed(rosters, "reserve: [devries]", "reserve: [peters]"):
        await story.says("vandijk", "herlaad")
        await story.says("jansen", "0")
        story.expects_page("peters", "cyber")
    await story.says("vandijk", "herlaad")
    assert not [text for text in await story.texts("devries") if "OPROEP" in text]
    story.heeds_everything()


async def test_roep_calls_a_role_that_was_not_called(story: Story) -> None:
    await only_the_coordinator(story)
    story.expects_page("vandijk")
    await story.says("vandijk", "roep cyber")
    story.expects_page("jansen", "cyber")
    story.heeds_everything()
    await story.answers("jansen")


async def test_a_playbook_started_by_hand_calls_its_people(story: Story) -> None:
    await only_the_coordinator(story)
    story.expects_page("vandijk")
    await story.says("vandijk", "draaiboek PB01")
    for person in CALLED[1:]:
        story.expects_page(person)
    story.heeds_everything()
    await story.says("vandijk", "draaiboek PB01")
    assert "al" in await story.last("vandijk")


@pytest.mark.on_synapse
async def test_two_incidents_escalate_side_by_side(story: Story) -> None:
    await all_but(story, "jansen")
    first = await story.number()
    await story.passes(minutes=1)
    await story.says("mulder", RIOT.replace("Waterbrug", "Polderdam"))
    second = await story.number()
    story.heeds_everything()
    for person in CALLED:
        if person != "jansen":
            await story.says(person, f"1 {second}")
    story.heeds_everything()
    await story.passes(seconds=65)
    assert first in story.expects_page("jansen", "Herhaling 2").body
    await story.passes(minutes=1)
    assert second in story.expects_page("jansen", "Herhaling 2").body
    await story.says("jansen", f"1 {first}")
    await story.says("jansen", f"1 {second}")
    story.heeds_everything()
    await story.escalates(5)
    story.hears_nothing("devries")
