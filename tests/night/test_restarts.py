"""The bot is killed in the middle of everything: afterwards nobody is called twice, and everything goes on where it was."""

import asyncio

import pytest

from bot.matrix.peer import Seen
from tests.night.told import BRIGADE, all_but, only_the_coordinator, plain, proposed
from tests.stories.test_accidents import changed
from tests.story import CALLED, RIOT, Story
from tests.wire_homeserver.faults import Answered, Held

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.on_synapse
async def test_while_the_grace_runs(story: Story) -> None:
    await proposed(story)
    await story.passes(seconds=10)
    await story.crash_and_restart()
    await story.passes(seconds=21)
    for person in CALLED[1:]:
        story.expects_page(person)
    story.hears("bakker", "ik roep nu op")


async def test_the_grace_ends_while_the_bot_is_away(story: Story) -> None:
    await proposed(story)
    async with story.bot_down():
        story.brigade.moves(story.minutes(2))
    for person in CALLED[1:]:
        story.expects_page(person)
    story.hears("bakker", "ik roep nu op")
    story.heeds_everything()


async def test_after_stop(story: Story) -> None:
    await proposed(story)
    await story.says("bakker", "stop")
    story.hears("bakker", "gestopt")
    await story.crash_and_restart()
    await story.passes(minutes=1)
    for person in CALLED[1:]:
        story.hears_nothing(person)


@pytest.mark.on_synapse
async def test_between_a_no_and_the_answer_of_the_reserve(story: Story) -> None:
    await all_but(story, "jansen")
    await story.says("jansen", "0")
    story.hears("jansen", "Ik roep nu De Vries op")
    story.expects_page("devries")
    await story.crash_and_restart()
    story.hears_nothing("devries")
    await story.answers("devries")
    assert (await story.call("expert_cyber")).by == "devries"


async def test_stop_is_typed_while_the_bot_is_away(story: Story) -> None:
    await proposed(story)
    async with story.bot_down():
        await story.says("bakker", "stop")
        story.brigade.moves(story.minutes(1))
    story.hears("bakker", "gestopt")
    for person in CALLED[1:]:
        story.hears_nothing(person)


@pytest.mark.on_synapse
async def test_a_no_is_typed_while_the_bot_is_away(story: Story) -> None:
    await all_but(story, "jansen")
    async with story.bot_down():
        await story.says("jansen", "kan niet")
        story.brigade.moves(story.minutes(1))
    story.hears("jansen", "Ik roep nu De Vries op")
    story.expects_page("devries", "cyber")
    story.heeds_everything()


@pytest.mark.on_synapse
async def test_a_tick_is_tapped_while_the_bot_is_away(story: Story) -> None:
    await only_the_coordinator(story)
    page = story.expects_page("vandijk")
    async with story.bot_down():
        await story.reacts("vandijk", page, "✅")
        story.brigade.moves(story.minutes(4))
    story.hears("vandijk", "Genoteerd, je komt")
    story.hears_nothing("vandijk", "Herhaling")
    story.heeds_everything()


async def test_with_everybody_exhausted(story: Story) -> None:
    await all_but(story, "jansen")
    for minutes in (5, 5, 10):
        await story.passes(minutes=minutes, seconds=1)
    story.heeds_everything()
    await story.crash_and_restart()
    await story.passes(minutes=5)
    await story.says("vandijk", "neem over")
    assert (await story.call("expert_cyber")).by == "vandijk"
    story.heeds_everything()


@pytest.mark.on_synapse
async def test_an_answer_is_undone_after_the_restart(story: Story) -> None:
    await only_the_coordinator(story)
    page = story.expects_page("vandijk")
    tick = await story.reacts("vandijk", page, "✅")
    story.hears("vandijk", "Genoteerd, je komt")
    await story.crash_and_restart()
    await story.takes_back("vandijk", tick)
    story.hears("vandijk", "teruggenomen")
    assert await story.page("p1") == "open"


@pytest.mark.on_synapse
async def test_between_the_proposal_to_close_and_the_yes(story: Story) -> None:
    await plain(story)
    await story.says("vandijk", "sluit", where="room")
    story.hears("bakker", "sluiten?")
    await story.crash_and_restart()
    await story.says("vandijk", "sluit ja het is rustig", where="room")
    assert (await story.incident()).state == "closed"


async def test_a_closed_case_is_opened_again_after_the_restart(story: Story) -> None:
    await all_but(story, "jansen")
    await story.says("vandijk", "sluit")
    await story.says("vandijk", "sluit ja het is rustig")
    story.heeds_everything()
    await story.crash_and_restart()
    await story.says("vandijk", "heropen")
    incident = await story.incident()
    assert incident.state == "open"
    assert incident.calls["expert_cyber"].state == "calling"  # type: ignore[index]
    story.expects_page("jansen", "cyber")
    story.heeds_everything()


async def test_the_same_case_is_said_after_the_restart(story: Story) -> None:
    await all_but(story)
    first = await story.number()
    await story.says("bakker", "alarm Waterbrug rellen: nu ook op snapchat")
    story.heeds_everything()
    await story.crash_and_restart()
    await story.says("bakker", "zelfde")
    story.hears("bakker", f"dezelfde zaak als {first}")
    await story.passes(seconds=40)
    assert (await story.incident()).joined_into == first


async def test_a_yes_to_did_you_mean_after_the_restart(story: Story) -> None:
    await story.says("bakker", RIOT.replace("alarm", "alram"))
    assert "Bedoel je" in await story.last("bakker")
    await story.crash_and_restart()
    await story.says("bakker", "ja")
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    for person in CALLED:
        story.expects_page(person)


async def test_steps_and_decisions_go_on(story: Story) -> None:
    await plain(story)
    first = story.hears("bakker", "☐ Stap 1/20")
    await story.crash_and_restart()
    await story.reacts("bakker", first, "✅")
    story.hears("bakker", "☐ Stap 2/20")
    await story.says("bakker", "besluit plein afsluiten", where="room")
    decision: Seen = story.hears("vandijk", "Besluit 1 vastgelegd")
    await story.crash_and_restart()
    await story.replies("bakker", decision, "het loopt vol")
    assert (await story.incident()).decisions[0].reason == "het loopt vol"


async def test_three_restarts_in_a_row(story: Story) -> None:
    await all_but(story, "jansen")
    before = await story.entries()
    for _ in range(3):
        await story.crash_and_restart()
    assert await story.entries() == before
    story.hears_nothing("jansen")
    await story.answers("jansen")


async def test_a_restart_between_each_step_of_an_escalation(story: Story) -> None:
    await all_but(story, "jansen")
    await story.passes(minutes=2, seconds=1)
    story.expects_page("jansen", "Herhaling 2")
    await story.crash_and_restart()
    await story.passes(minutes=3)
    story.expects_page("devries")
    await story.crash_and_restart()
    await story.passes(minutes=5)
    story.heeds_everything()
    await story.crash_and_restart()
    await story.says("vandijk", "neem over")
    assert (await story.call("expert_cyber")).by == "vandijk"
    story.heeds_everything()
    kinds = await story.entries()
    assert kinds.count("page.unanswered") == 2


async def test_killed_while_a_page_is_on_its_way(story: Story) -> None:
    """The homeserver has the page and shows it; its answer never reaches the bot that sent it."""
    wire, release = story.brigade.at_the_wire, asyncio.Event()
    alarm = None
    with wire.faults.on(Held(release), r"/send/m\.room\.encrypted/", who=story.brigade.playground.bot) as held:
        alarm = await story.peer("bakker").say(await story.room("bakker", "direct"), RIOT)
        await story.until(lambda: held.met >= len(CALLED))
        await story.brigade.crash()
        release.set()
    story.said.append(alarm)
    await story.brigade.start()
    await story.settle()
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    for person in CALLED:
        story.expects_page(person)
        story.hears_nothing(person, "🚨")


async def test_killed_while_the_room_is_being_made(story: Story) -> None:
    """createRoom was answered to nobody: the bot finds the room by its name and makes no second."""
    wire, release = story.brigade.at_the_wire, asyncio.Event()
    with wire.faults.on(Held(release), "/createRoom", who=story.brigade.playground.bot) as held:
        alarm = await story.peer("bakker").say(await story.room("bakker", "direct"), RIOT)
        await story.until(lambda: held.met > 0)
        await story.brigade.crash()
        release.set()
    story.said.append(alarm)
    await story.brigade.start()
    await story.settle()
    incident = (await story.row()).id
    made = [r for r in wire.world.rooms.values() if r.content("m.room.create").get("nl.iog.incident") == incident]
    assert len(made) == 1
    await story.joins("bakker", "vandijk")
    story.heeds_everything()


async def test_killed_before_the_homeserver_heard_of_it(story: Story) -> None:
    wire, never = story.brigade.at_the_wire, asyncio.Event()
    with wire.faults.on(Held(never, after=False), r"/send/", who=story.brigade.playground.bot) as held:
        alarm = await story.peer("bakker").say(await story.room("bakker", "direct"), RIOT)
        await story.until(lambda: held.met >= len(CALLED))
        await story.brigade.crash()
    story.said.append(alarm)
    await story.brigade.start()
    await story.settle()
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    for person in CALLED:
        story.expects_page(person)


@pytest.mark.parametrize("hours", [1, 9])
async def test_a_long_outage_pages_everybody_at_most_once(story: Story, hours: int) -> None:
    """First what was said is heard, then it is worked out how things stand, then each is called at most once."""
    await story.alarm()
    await story.answers("vandijk")
    async with story.bot_down():
        await story.says("jansen", "1")
        await story.says("deboer", "0")
        story.brigade.moves(story.minutes(60 * hours))
    story.hears("jansen", "Genoteerd, je komt")
    for person in story.brigade.peers:
        rung = [s for s in story._new(person) if s.body.startswith("🚨") and s.event_id not in story.heeded]
        assert len({s.body.splitlines()[0] for s in rung}) == len(rung), person
    story.heeds_everything()
    calls = (await story.incident()).calls
    assert calls["expert_cyber"].by == "jansen"  # type: ignore[index]
    assert len(BRIGADE) == 5


async def test_contacts_that_changed_while_the_bot_was_down_are_told_at_its_start(story: Story) -> None:
    """Each time once, also to whom it is taken back again, and nothing at a start without a change."""
    rosters, people = story.brigade.contacts / "roosters.yaml", story.brigade.contacts / "personen.yaml"
    able = changed(people, "rollen: [expert_cter]", "rollen: [expert_cter, expert_cyber]")
    with able, changed(rosters, "eerste: [jansen]", "eerste: [deboer]"):
        await story.crash_and_restart()
        assert "Vervalt: cyber" in story.hears("jansen", "Het rooster is veranderd").body
        assert "Erbij: cyber" in story.hears("deboer", "Het rooster is veranderd").body
        await story.crash_and_restart()
        story.hears_nothing("jansen", "Het rooster")
    await story.crash_and_restart()
    assert "Erbij: cyber" in story.hears("jansen", "Het rooster is veranderd").body
    assert "Vervalt: cyber" in story.hears("deboer", "Het rooster is veranderd").body


async def test_what_a_time_in_safe_mode_hid_is_told_once_the_contacts_can_be_read(story: Story) -> None:
    rosters = story.brigade.contacts / "roosters.yaml"
    with changed(rosters, "eerste: [jansen]", "eerste: [jansn]"):
        await story.crash_and_restart()
    with changed(rosters, "eerste: [jansen]", "eerste: [devries]"):
        await story.says("vandijk", "herlaad")
        assert "Vervalt: cyber" in story.hears("jansen", "Het rooster is veranderd").body
    await story.says("vandijk", "herlaad")
    story.heeds_everything()


async def test_what_a_homeserver_refuses_to_sign_at_the_start_is_told_and_asked_again(story: Story) -> None:
    wire, ours = story.brigade.at_the_wire, story.brigade.playground.bot
    with wire.faults.on(Answered(502), "/keys/query", who=ours) as refused:
        await story.brigade.crash()
        await story.brigade.start()
        bot = story.brigade.bot
        assert not bot.signed
        assert refused.met
    await story.until(lambda: bot.signed)
    await story.wait_for("vandijk", "niet ondertekend")
