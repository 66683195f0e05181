"""The database fails: the alarm clock goes on, an alarm is paged all the same, a decision is never confirmed without the log."""

import asyncio
import json

import pytest

from tests.faults import counted, gone
from tests.story import CALLED, RIOT, Story

pytestmark = pytest.mark.asyncio(loop_scope="session")
HEARTBEAT_WITHIN = 5.0  # seconds


def _loop() -> str:
    """Which of the bot's loops the statement comes from."""
    task = asyncio.current_task()
    frame = getattr(task.get_coro(), "cr_frame", None) if task else None
    return str(frame.f_locals.get("name", "")) if frame is not None else ""


def _in_the_alarm_clock() -> bool:
    return _loop() == "wake"


async def _beats(story: Story) -> None:
    """Until the next heartbeat has reached the database."""
    wake, beaten = story.brigade.bot.wake, asyncio.Event()
    alive = wake.alive

    def heard() -> None:
        alive()
        beaten.set()

    wake.alive = heard
    story.brigade.moves(story.minutes(2.5))
    try:
        async with asyncio.timeout(HEARTBEAT_WITHIN):
            await beaten.wait()
    finally:
        wake.alive = alive


async def test_whatever_call_of_the_tick_fails_the_heart_beats_again(story: Story) -> None:
    story.forgiven |= {"database"}
    await story.alarm()
    bot = story.brigade.bot
    with counted(bot.database, _in_the_alarm_clock) as calls:
        await _beats(story)
        await _beats(story)
    assert len(calls) > 20  # an escalation was among them
    for k in range(1, len(calls) + 1):
        with counted(bot.database, _in_the_alarm_clock, fails_at=k) as seen:
            while len(seen) < k:
                await _beats(story)
            await _beats(story)
    assert story.brigade.is_up
    assert sum(line["event"] == "database" for line in story.logged) == len(calls)
    await story.settle()
    story.heeds_everything()


ON_CALL = ("vandijk", "jansen", "deboer", "hendriks", "vandenberg")  # the coordinator and the brigade


async def test_an_alarm_without_a_database_still_wakes_people_once(story: Story) -> None:
    story.forgiven |= {"database"}
    bot, bakker = story.brigade.bot, story.peer("bakker")
    room = await story.room("bakker", "direct")
    with gone(bot.database):
        event = await bakker.say(room, RIOT)
        await story.sees("bakker", "NIET VASTGELEGD")
        for person in ON_CALL:
            page = await story.sees(person, "NOODOPROEP")
            assert page.content["m.mentions"] == {"user_ids": [story.account(person)]}
    await story.sent(event)
    await story.passes(seconds=10)
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    for person in ON_CALL:
        story.hears_nothing(person, "NOODOPROEP")
    for person in CALLED:
        story.expects_page(person)
    assert "emergency.paged" in await story.entries()
    assert "5 noodoproepen achteraf vastgelegd" in story.hears("vandijk", "noodoproepen").body


def _in_the_inbox() -> bool:
    return _loop() == "inbox"


async def test_the_alarm_was_stored_but_acting_on_it_fails(story: Story) -> None:
    """A disk that is full may still take the message and then refuse the incident."""
    story.forgiven |= {"database"}
    bakker, room = story.peer("bakker"), await story.room("bakker", "direct")
    with gone(story.brigade.bot.database, _in_the_inbox):
        event = await bakker.say(room, RIOT)
        await story.sees("bakker", "NIET VASTGELEGD")
    await story.sent(event)
    story.hears("bakker", "Alarm ontvangen")
    story.heeds_everything()
    assert "emergency.paged" in await story.entries()


async def test_a_decision_is_not_confirmed_without_the_log(story: Story) -> None:
    story.forgiven |= {"database"}
    await story.alarm()
    await story.joins("bakker", "vandijk")
    number, bakker = await story.number(), story.peer("bakker")
    room, direct = await story.room("bakker", "room"), await story.room("bakker", "direct")
    with gone(story.brigade.bot.database):
        event = await bakker.say(room, "besluit plein afsluiten")
        story.said.append(await bakker.say(direct, "alarm Waterbrug nu: nog een oproep"))
        await story.sees("bakker", "NIET VASTGELEGD")  # by then the decision was refused by the database as well
        assert not [text for text in await story.texts("bakker", "direct") if "Besluit" in text]
        assert not [seen for seen in bakker.timeline(room) if "Besluit" in seen.body]
    await story.sent(event)
    story.hears("bakker", "Besluit 1 vastgelegd")
    story.heeds_everything()
    assert (await story.entries(number)).count("decision.recorded") == 1


async def test_an_emergency_page_is_recorded_by_the_next_process(story: Story) -> None:
    story.forgiven |= {"database"}
    bakker, room = story.peer("bakker"), await story.room("bakker", "direct")
    with gone(story.brigade.bot.database):
        event = await bakker.say(room, RIOT)
        await story.sees("bakker", "NIET VASTGELEGD")
        await _kept(story, event)
        await story.brigade.crash()
    await story.brigade.start()
    await story.sent(event)
    await story.wait_for("vandijk", "5 noodoproepen achteraf vastgelegd")
    story.heeds_everything()
    assert (await story.entries()).count("emergency.paged") == 1
    assert not story.brigade.bot.emergency.kept.exists()


async def test_an_emergency_page_about_a_stored_alarm_is_recorded_by_the_next_process(story: Story) -> None:
    """The alarm waits in the inbox and does not come from the homeserver again; others are handled before it."""
    story.forgiven |= {"database"}
    bakker, room = story.peer("bakker"), await story.room("bakker", "direct")
    with gone(story.brigade.bot.database, _in_the_inbox):
        before = await bakker.say(room, "wie")
        event = await bakker.say(room, RIOT)
        await story.sees("bakker", "NIET VASTGELEGD")
        await _kept(story, event)
        await story.brigade.crash()
    await story.brigade.start()
    await story.sent(before)
    await story.sent(event)
    await story.wait_for("vandijk", "5 noodoproepen achteraf vastgelegd")
    story.heeds_everything()
    assert (await story.entries()).count("emergency.paged") == 1


async def _kept(story: Story, event: str) -> None:
    """Until the file beside the database names the alarm and everybody who was reached."""
    kept = story.brigade.bot.emergency.kept
    async with asyncio.timeout(20):
        while not kept.exists() or len(json.loads(kept.read_text(encoding="utf-8")).get(event, ())) < len(ON_CALL):  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_a_database_that_hangs_wakes_people_all_the_same(story: Story) -> None:
    """It raises nothing and answers nobody: here because a transaction does not end."""
    story.forgiven |= {"database"}
    bakker, room = story.peer("bakker"), await story.room("bakker", "direct")
    async with story.brigade.bot.database.begin():
        event = await bakker.say(room, RIOT)
        await story.sees("bakker", "NIET VASTGELEGD")
        for person in ON_CALL:
            await story.sees(person, "NOODOPROEP")
        assert not story.brigade.bot.vital().checks["database"]
    await story.sent(event)
    story.hears("bakker", "Alarm ontvangen")
    story.heeds_everything()
    assert "emergency.paged" in await story.entries()
    assert any(line.get("reason") == "hangs" for line in story.logged)


async def test_an_alarm_that_comes_after_the_database_hung_is_heard(story: Story) -> None:
    """What came before it waits for the transaction that does not end; the alarm may not wait behind it."""
    story.forgiven |= {"database"}
    bakker, room = story.peer("bakker"), await story.room("bakker", "direct")
    async with story.brigade.bot.database.begin():
        before = await bakker.say(room, "wie")
        async with asyncio.timeout(20):
            while before not in story.brigade.bot.ears.unheard:  # noqa: ASYNC110
                await asyncio.sleep(0)
        event = await bakker.say(room, RIOT)
        await story.sees("bakker", "NIET VASTGELEGD")
        for person in ON_CALL:
            await story.sees(person, "NOODOPROEP")
    await story.sent(before)
    await story.sent(event)
    story.hears("bakker", "Alarm ontvangen")
    story.heeds_everything()
    assert "emergency.paged" in await story.entries()
