"""Beginnings that many nights have in common."""

from datetime import datetime, timedelta
from typing import Final

from tests.stories.brigade import HOME
from tests.story import CALLED, Story
from tests.wire_homeserver.faults import Fault, Planned

# No phenomenon is recognised in it: the coordinator alone is called.
PLAIN: Final = "alarm Waterbrug: er is iets raars aan de hand op internet"
# A phenomenon is recognised and was not named: the experts wait for the grace.
PROPOSED: Final = "alarm jongeren roepen op snapchat op om vanavond te gaan knokken bij het station"
BRIGADE: Final = ("vandijk", "jansen", "deboer", "hendriks", "vandenberg")


async def plain(story: Story, *joining: str) -> None:
    """The coordinator is called for a plain alarm, comes, and is in the room with Bakker and whoever else."""
    await only_the_coordinator(story)
    story.expects_page("vandijk")
    await story.answers("vandijk")
    await story.joins("bakker", "vandijk", *joining)


async def only_the_coordinator(story: Story) -> None:
    await story.says("bakker", PLAIN)
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")


async def proposed(story: Story) -> None:
    """The experts will be called after half a minute."""
    await story.says("bakker", PROPOSED)
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    story.expects_page("vandijk")


async def all_but(story: Story, *silent: str) -> None:
    """An alarm of riots; everybody comes but these."""
    await story.alarm()
    for person in CALLED:
        if person not in silent:
            await story.answers(person)


async def meets(story: Story, fault: Fault, path: str, person: str, text: str, *, times: int = 1) -> Planned:
    """Somebody says something, and the bot meets the fault so many times on the way of what comes of it; then it passes."""
    bot, wire = story.brigade.playground.bot, story.brigade.at_the_wire
    with wire.faults.on(fault, path, who=bot, times=times) as planned:
        event = await story.peer(person).say(await story.room(person, "direct"), text)
        for n in range(times):
            await story.until(lambda: planned.met > n)  # noqa: B023 - awaited at once
            story.brigade.moves(timedelta(seconds=16))  # the longest wait between two tries
    story.said.append(event)
    await story.settle()
    return planned


async def goes_to(story: Story, year: int, month: int, day: int, hour: int, minute: int) -> None:
    """To this moment on the clock on the wall at home."""
    story.brigade.moves(datetime(year, month, day, hour, minute, tzinfo=HOME) - story.brigade.now)
    await story.settle()
