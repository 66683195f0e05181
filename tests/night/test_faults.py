"""The homeserver and the way to it fail in the middle of a night: every page arrives once, and nobody notices more than a delay."""

import asyncio

import pytest

from bot.matrix.reading import AT_ONCE
from tests.night.told import BRIGADE, all_but, meets, only_the_coordinator, plain
from tests.story import CALLED, RIOT, Story
from tests.wire_homeserver.faults import Answered, Cut, Dropped, Fault, Held, Shortened, too_many

pytestmark = pytest.mark.asyncio(loop_scope="session")
SEND = r"/send/m\.room\.encrypted/"


def all_called(story: Story) -> None:
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    for person in CALLED:
        story.expects_page(person)
        story.hears_nothing(person, "🚨")


@pytest.mark.parametrize(
    ("fault", "path"),
    [
        pytest.param(Dropped(), SEND, id="a-page-never-arrives"),
        pytest.param(Dropped(after=True), SEND, id="a-page-arrives-and-nobody-says-so"),
        pytest.param(Answered(502), SEND, id="a-proxy-refuses-a-page"),
        pytest.param(too_many(2_000), SEND, id="too-many-messages"),
        pytest.param(Cut(), SEND, id="half-an-answer-to-a-page"),
        pytest.param(Answered(503), "/createRoom", id="no-room-can-be-made"),
        pytest.param(Dropped(after=True), "/createRoom", id="a-room-is-made-and-nobody-says-so"),
        pytest.param(Answered(502), "/invite", id="an-invitation-is-refused"),
        pytest.param(Dropped(), "/sendToDevice/", id="keys-are-not-shared"),
        pytest.param(Answered(502), "/sendToDevice/", id="a-proxy-keeps-the-keys"),
        pytest.param(Dropped(after=True), "/sendToDevice/", id="keys-are-shared-and-nobody-says-so"),
        pytest.param(Answered(500), r"/state/m\.room\.encryption", id="encryption-cannot-be-read-back"),
        pytest.param(Answered(200, b"<html>welkom op het gastennetwerk</html>"), SEND, id="a-guest-network-answers"),
    ],
)
async def test_every_page_arrives_once(story: Story, fault: Fault, path: str) -> None:
    if path == r"/state/m\.room\.encryption":
        path = "/state$"  # how a new room is read back
    await meets(story, fault, path, "bakker", RIOT)
    all_called(story)


@pytest.mark.parametrize("times", [2, 5])
async def test_a_homeserver_that_is_too_busy_for_long(story: Story, times: int) -> None:
    await meets(story, too_many(1_000), SEND, "bakker", RIOT, times=times)
    all_called(story)


async def test_an_answer_is_confirmed_after_a_fault(story: Story) -> None:
    await only_the_coordinator(story)
    story.expects_page("vandijk")
    await meets(story, Answered(502), SEND, "vandijk", "1")
    story.hears("vandijk", "Genoteerd, je komt")
    story.hears_nothing("vandijk", "Genoteerd")


async def test_the_sync_fails_ten_times_and_nothing_is_missed(story: Story) -> None:
    wire, bot = story.brigade.at_the_wire, story.brigade.playground.bot
    with wire.faults.on(Answered(502), "^/sync", who=bot, times=10) as failing:
        event = await story.peer("bakker").say(await story.room("bakker", "direct"), RIOT)
        await story.until(lambda: failing.met >= 5)
    story.said.append(event)
    await story.settle()
    all_called(story)


async def test_the_same_sync_comes_twice(story: Story) -> None:
    """Its answer is lost after it was made, so the bot asks again from where it was; every event counts once."""
    wire, bot = story.brigade.at_the_wire, story.brigade.playground.bot
    with wire.faults.on(Dropped(after=True), "^/sync", who=bot, times=4):
        await story.says("bakker", RIOT)
    all_called(story)
    assert (await story.entries()).count("alarm.raised") == 1


async def test_half_a_sync_is_no_sync(story: Story) -> None:
    wire, bot = story.brigade.at_the_wire, story.brigade.playground.bot
    with wire.faults.on(Cut(), "^/sync", who=bot, times=3):
        await story.says("bakker", RIOT)
    all_called(story)


async def test_a_gap_in_the_sync_hides_no_alarm(story: Story) -> None:
    """While the bot was away more was said than fits into a sync; what is missing is fetched."""
    wire, bot = story.brigade.at_the_wire, story.brigade.playground.bot
    room = await story.room("bakker", "alarm")
    await story.brigade.crash()
    event = await story.peer("bakker").say(room, RIOT)
    for number in range(12):
        await story.peer("mulder").say(room, f"en nog een bericht {number}")
    with wire.faults.on(Shortened(3), "^/sync", who=bot):
        await story.brigade.start()
        story.said.append(event)
        await story.settle()
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    for person in CALLED:
        story.expects_page(person)


async def test_a_gap_that_cannot_be_read_at_first(story: Story) -> None:
    wire, bot = story.brigade.at_the_wire, story.brigade.playground.bot
    room = await story.room("bakker", "direct")
    await story.brigade.crash()
    event = await story.peer("bakker").say(room, RIOT)
    for number in range(6):
        await story.peer("bakker").say(room, f"help {number}")
    with wire.faults.on(Shortened(2), "^/sync", who=bot), wire.faults.on(Answered(502), "/messages", who=bot, times=2):
        await story.brigade.start()
        story.said.append(event)
        await story.settle()
    story.hears("bakker", "Alarm ontvangen")
    story.heeds_everything()
    assert (await story.entries()).count("alarm.raised") == 1


async def test_a_no_is_lost_in_a_gap_and_found(story: Story) -> None:
    wire, bot = story.brigade.at_the_wire, story.brigade.playground.bot
    await all_but(story, "jansen")
    room = await story.room("jansen", "direct")
    await story.brigade.crash()
    event = await story.peer("jansen").say(room, "0")
    for _ in range(4):
        await story.peer("jansen").say(room, "help")
    with wire.faults.on(Shortened(1), "^/sync", who=bot):
        await story.brigade.start()
        story.said.append(event)
        await story.settle()
    story.expects_page("devries", "cyber")
    story.heeds_everything()


async def test_a_page_is_answered_before_its_sending_is_known(story: Story) -> None:
    """People see a message long before the homeserver's answer reaches the one who sent it."""
    wire, release = story.brigade.at_the_wire, asyncio.Event()
    with wire.faults.on(Held(release), SEND, who=story.brigade.playground.bot):
        alarm = await story.peer("bakker").say(await story.room("bakker", "direct"), RIOT)
        page = await story.sees("jansen", "🚨 ")
        tap = await story.peer("jansen").react(page.room_id, page.event_id, "✅")
        release.set()
    story.said += [alarm, tap]
    await story.settle()
    assert (await story.call("expert_cyber")).by == "jansen"
    story.heeds_everything()


async def test_one_persons_slow_room_holds_up_nobody_else(story: Story) -> None:
    wire, release = story.brigade.at_the_wire, asyncio.Event()
    room = await story.room("jansen", "direct")
    with wire.faults.on(Held(release, after=False), f"{room}{SEND}", who=story.brigade.playground.bot) as held:
        alarm = await story.peer("bakker").say(await story.room("bakker", "direct"), RIOT)
        for person in ("deboer", "dejong", "willems"):
            await story.sees(person, "🚨 ")
        await story.until(lambda: held.met > 0)
        release.set()
    story.said.append(alarm)
    await story.settle()
    story.expects_page("jansen")
    story.heeds_everything()


async def test_the_homeserver_is_down_for_a_while(story: Story) -> None:
    wire = story.brigade.at_the_wire
    await all_but(story, "jansen")
    wire.down = True
    story.brigade.moves(story.minutes(3))
    wire.down = False
    await story.settle()
    story.expects_page("jansen", "Herhaling 2")
    await story.answers("jansen")


async def test_a_wrong_event_of_a_busy_proxy_is_no_answer(story: Story) -> None:
    await plain(story)
    wire, bot = story.brigade.at_the_wire, story.brigade.playground.bot
    with wire.faults.on(Answered(200, {"errcode": "M_NONE"}), SEND, who=bot, times=1) as met:
        event = await story.peer("bakker").say(await story.room("bakker", "room"), "besluit plein afsluiten")
        await story.until(lambda: met.met > 0)
        story.brigade.moves(story.minutes(0.3))
    story.said.append(event)
    await story.settle()
    story.hears("vandijk", "Besluit 1 vastgelegd")
    assert (await story.incident()).decisions[0].text == "plein afsluiten"
    assert BRIGADE[0] == "vandijk"


async def test_a_message_that_is_not_read_for_a_mark_holds_up_no_answer_to_a_page(story: Story) -> None:
    await story.alarm()
    await story.answers("vandijk")
    await story.joins("bakker", "vandijk")
    seen = await story.says("bakker", "ik zie 40 man", where="room")
    wire, bot, release = story.brigade.at_the_wire, story.brigade.playground.bot, asyncio.Event()
    with wire.faults.on(Held(release, after=False), r"/event/", who=bot) as held:
        await story.peer("vandijk").react(await story.room("vandijk", "room"), seen, "📌")
        await story.until(lambda: held.met > 0)
        await story.peer("jansen").say(await story.room("jansen", "direct"), "1")
        await story.sees("jansen", "Genoteerd")
        assert "line.recorded" not in await story.entries()
        release.set()
    await story.settle()
    story.hears("vandijk", "Bericht vastgelegd (regel 1)")
    assert (await story.call("expert_cyber")).by == "jansen"


async def test_a_mark_whose_message_was_being_read_at_a_crash_is_heard_again(story: Story) -> None:
    await plain(story)
    seen = await story.says("bakker", "ik zie 40 man", where="room")
    wire, bot, never = story.brigade.at_the_wire, story.brigade.playground.bot, asyncio.Event()
    with wire.faults.on(Held(never, after=False), r"/event/", who=bot) as held:
        await story.peer("vandijk").react(await story.room("vandijk", "room"), seen, "📌")
        await story.until(lambda: held.met > 0)
        await story.brigade.crash()
    await story.brigade.start()
    await story.settle()
    story.hears("vandijk", "Bericht vastgelegd (regel 1)")
    assert (await story.entries()).count("line.recorded") == 1


async def test_more_marks_than_are_read_at_once_are_all_recorded(story: Story) -> None:
    await plain(story)
    room = await story.room("vandijk", "room")
    said = [await story.says("bakker", f"ik zie {number} man", where="room") for number in range(AT_ONCE + 2)]
    wire, bot, release = story.brigade.at_the_wire, story.brigade.playground.bot, asyncio.Event()
    with wire.faults.on(Held(release, after=False), r"/event/", who=bot) as held:
        for event in said:
            await story.peer("vandijk").react(room, event, "📌")
        await story.until(lambda: held.met >= AT_ONCE)
        assert held.met == AT_ONCE
        release.set()
    await story.settle()
    assert (await story.entries()).count("line.recorded") == len(said)
