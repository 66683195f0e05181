"""Without a database an alarm still rings every telephone of those on duty: once for each way, from memory, and told afterwards."""

import asyncio
import re
from datetime import timedelta
from typing import Final

import pytest

from bot.domain.ladder import Channel
from bot.embedded.providers import Knobs
from bot.matrix.events import RawEvent
from tests.faults import gone, hanging
from tests.night.phones import Phones, address
from tests.night.told import BRIGADE
from tests.story import CALLED, PATIENCE, RIOT, Story
from tests.wire_homeserver.faults import Held

pytestmark = pytest.mark.asyncio(loop_scope="session")
LOUD: Final[tuple[Channel, ...]] = ("ntfy", "sms", "voice")
_A_WHILE = timedelta(seconds=31)


def _warned(story: Story) -> int:
    timelines = story.peer("bakker").seen.values()
    return sum("NIET VASTGELEGD" in seen.body for timeline in timelines for seen in timeline)


async def _unrecorded(story: Story) -> str:
    """An alarm while the database is away, until its reporter reads that it could not be written down: only the second failure
    says so, a moment later. Gives the event."""
    before, bakker = _warned(story), story.peer("bakker")
    event = await bakker.say(await story.brigade.direct("bakker"), RIOT)
    async with asyncio.timeout(PATIENCE):
        while _warned(story) == before:
            story.brigade.moves(timedelta(seconds=1))
            await bakker.sync(timeout_ms=100)
    story.hears("bakker", "NIET VASTGELEGD")
    return event


async def _at_rest(story: Story, event: str) -> None:
    """Until the loud channels have done for this alarm what they do."""
    emergency = story.brigade.bot.emergency
    async with asyncio.timeout(PATIENCE):
        while event not in emergency.paged or emergency.is_ringing(event):
            await story.peer("bakker").sync(timeout_ms=50)


async def _remembered(phones: Phones, *people: str) -> None:
    await phones.given(*people)
    await phones.story.brigade.direct("bakker")  # asked while it can be read
    await phones.story.brigade.bot.remember()


def _ordinary(story: Story, phones: Phones, *with_phones: str) -> None:
    """The database is back: the alarm is handled as any other."""
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    for person in CALLED:
        story.expects_page(person)
    for person in with_phones:
        phones.rings(person, "ntfy", "OPROEP")


async def test_every_loud_channel_rings_once_for_who_is_on_duty(story: Story, phones: Phones) -> None:
    story.forgiven |= {"database"}
    await _remembered(phones, "vandijk", "jansen", "mulder")
    bot = story.brigade.bot
    with gone(bot.database):
        event = await _unrecorded(story)
        for person in BRIGADE:
            await story.sees(person, "NOODOPROEP")
        await _at_rest(story, event)
        for _ in range(3):  # as every loop does, for as long as the database is away
            await bot.emergency.page(bot.ears.unheard)
        await _at_rest(story, event)
        for person in ("vandijk", "jansen"):
            text = phones.rings(person, "sms", "NOODOPROEP").text
            assert "Ga naar de alarmkamer" in text
            assert len(text) <= 160
            assert "NOODOPROEP" in phones.rings(person, "ntfy").text
            phones.rings(person, "voice")
            said = await phones.handsets.services.voice.answer(phones.ringing(person))
            assert said[0].startswith("Dit is een noodoproep")
            phones.silent(person, *LOUD)
        phones.silent("mulder")  # is not on duty
    await story.sent(event)
    _ordinary(story, phones, "vandijk", "jansen")
    assert "emergency.paged" in await story.entries()
    assert "5 noodoproepen achteraf vastgelegd" in story.hears("vandijk", "noodoproepen").body
    logged = str(story.logged)
    assert not [n for n in (address(p, "sms") for p in ("vandijk", "jansen")) if n[3:] in logged]


async def test_who_cannot_be_reached_by_chat_is_reached_by_telephone_and_recorded(story: Story, phones: Phones) -> None:
    story.forgiven |= {"database"}
    await _remembered(phones, "jansen")
    bot = story.brigade.bot
    with gone(bot.database):
        bot.emergency.rooms = {p: room for p, room in bot.emergency.rooms.items() if p != "jansen"}
        event = await _unrecorded(story)
        await _at_rest(story, event)
        for channel in LOUD:
            phones.rings("jansen", channel)
        assert "jansen" in bot.emergency.reached(event)
        story.hears_nothing("jansen", "NOODOPROEP")
        for person in set(BRIGADE) - {"jansen"}:
            await story.sees(person, "NOODOPROEP")
    await story.sent(event)
    _ordinary(story, phones, "jansen")
    story.hears("vandijk", "5 noodoproepen achteraf vastgelegd")


async def test_a_provider_that_hangs_holds_up_no_chat_and_is_not_asked_twice(story: Story, phones: Phones) -> None:
    story.forgiven |= {"database"}
    await _remembered(phones, "vandijk")
    bot, texts = story.brigade.bot, phones.handsets.services.sms
    texts.knobs = Knobs(cut_after=True)  # it took the message, and nobody hears of that
    with gone(bot.database):
        event = await _unrecorded(story)
        for person in BRIGADE:
            await story.sees(person, "NOODOPROEP")
        await _at_rest(story, event)
        await bot.emergency.page(bot.ears.unheard)
        await _at_rest(story, event)
        for channel in LOUD:
            phones.rings("vandijk", channel)
        phones.silent("vandijk")
        assert "sms:vandijk" in bot.emergency.paged[event]
    texts.knobs = Knobs()
    await story.sent(event)
    _ordinary(story, phones, "vandijk")
    story.hears("vandijk", "5 noodoproepen achteraf vastgelegd")


async def test_a_provider_that_is_down_is_tried_again(story: Story, phones: Phones) -> None:
    story.forgiven |= {"database"}
    await _remembered(phones, "vandijk")
    bot, texts = story.brigade.bot, phones.handsets.services.sms
    texts.knobs = Knobs(refuse=503)
    with gone(bot.database):
        event = await _unrecorded(story)
        for person in BRIGADE:
            await story.sees(person, "NOODOPROEP")
        await _at_rest(story, event)
        assert "sms:vandijk" not in bot.emergency.paged[event]
        texts.knobs = Knobs()
        for _ in range(10):
            await bot.emergency.page(bot.ears.unheard)
            await _at_rest(story, event)
            story.brigade.moves(_A_WHILE)  # the breaker lets one try through now and then
        for channel in LOUD:
            phones.rings("vandijk", channel)
        phones.silent("vandijk")
    await story.sent(event)
    _ordinary(story, phones, "vandijk")
    story.hears("vandijk", "5 noodoproepen achteraf vastgelegd")


async def test_an_alarm_that_is_written_down_while_its_emergency_goes_out_rings_once_and_is_told(
    story: Story, phones: Phones
) -> None:
    await _remembered(phones, "vandijk")
    bot, room = story.brigade.bot, await story.room("bakker", "direct")
    event = await story.says("bakker", RIOT)
    _ordinary(story, phones, "vandijk")
    said = RawEvent(room, event, story.account("bakker"), "m.room.message", {"body": RIOT}, 0, True, True, False, {})
    unheard, go_on = {event: said}, asyncio.Event()
    with story.brigade.at_the_wire.faults.on(
        Held(go_on), re.escape(f"{room}/send/"), who=bot.client.account.user_id, times=1
    ) as held:
        paging = asyncio.create_task(bot.emergency.page(unheard))
        async with asyncio.timeout(PATIENCE):
            while not held.met:
                await story.peer("bakker").sync(timeout_ms=50)
            behind_it = asyncio.create_task(bot.emergency.page(unheard))  # another loop met the same outage
            unheard.clear()  # the database is back, and the alarm is in the log
            await bot.measure()
            go_on.set()
            await asyncio.gather(paging, behind_it)
            while bot.emergency.is_ringing(event):
                await story.peer("bakker").sync(timeout_ms=50)
    await bot.measure()
    assert "emergency.paged" in await story.entries()
    await story.sees("vandijk", "noodoproepen achteraf vastgelegd")
    phones.rings("vandijk", "ntfy", "NOODOPROEP")
    phones.rings("vandijk", "sms", "NOODOPROEP")
    phones.rings("vandijk", "voice")
    phones.silent("vandijk", *LOUD)
    story.heeds_everything()


async def test_who_is_known_by_an_account_alone_is_told_by_it(story: Story) -> None:
    """As in safe mode, in which the contacts cannot be read."""
    emergency = story.brigade.bot.emergency
    emergency.paged["$event"] = (
        "@vandijk:deltaland.example",
        "sms:@vandijk:deltaland.example",
        "voice:jansen",
        "mulder",
    )
    assert emergency.reached("$event") == ("@vandijk:deltaland.example", "jansen", "mulder")
    del emergency.paged["$event"]


async def test_a_node_that_another_may_have_replaced_pages_and_does_not_say_that_nothing_is_recorded(
    story: Story,
) -> None:
    story.forgiven |= {"database"}
    bot, bakker, room = story.brigade.bot, story.peer("bakker"), await story.room("bakker", "direct")
    before, bot.emergency.rules = _warned(story), lambda: False
    try:
        with gone(bot.database):
            event = await bakker.say(room, RIOT)
            async with asyncio.timeout(PATIENCE):
                while not bot.emergency.reached(event):
                    story.brigade.moves(timedelta(seconds=1))
                    await bakker.sync(timeout_ms=100)
            await bot.emergency.page(bot.ears.unheard)  # when the first round is over
            await story.sees("vandijk", "NOODOPROEP")
        await story.sent(event)  # a loop that waited for its turn pages once more before it is heard
    finally:
        bot.emergency.rules = lambda: True
    assert _warned(story) == before
    story.heeds_everything()


async def test_a_database_that_hangs_raises_nothing_and_pages_all_the_same(story: Story, phones: Phones) -> None:
    story.forgiven |= {"database"}
    await _remembered(phones, "vandijk")
    with hanging(story.brigade.bot.database):
        event = await story.peer("bakker").say(await story.brigade.direct("bakker"), RIOT)
        await story.sees("bakker", "NIET VASTGELEGD")
        for person in BRIGADE:
            await story.sees(person, "NOODOPROEP")
        await _at_rest(story, event)
        for channel in LOUD:
            phones.rings("vandijk", channel)
    await story.sent(event)
    _ordinary(story, phones, "vandijk")
    assert "noodoproepen achteraf vastgelegd" in story.hears("vandijk", "noodoproepen").body
