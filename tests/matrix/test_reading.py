"""Messages that are read for a mark: who never comes back for one keeps no place from anybody else."""

import asyncio

from bot.domain.ids import EventId
from bot.matrix.reading import AT_ONCE, Reading, Written


async def _nothing() -> Written | None:
    return None


async def _for_ever() -> Written | None:
    await asyncio.Event().wait()
    return None


async def test_what_was_read_and_is_asked_for_no_more_keeps_no_place() -> None:
    reading = Reading()
    for n in range(AT_ONCE):
        assert reading.ask(EventId(f"$left{n}"), _nothing) == "not_yet"
    await asyncio.gather(*reading._tasks.values())
    assert reading.ask(EventId("$new"), _nothing) == "not_yet"
    await asyncio.gather(*reading._tasks.values())
    assert reading.ask(EventId("$new"), _nothing) is None
    await reading.close()


async def test_a_ninth_waits_while_eight_are_being_read() -> None:
    reading = Reading()
    for n in range(AT_ONCE):
        reading.ask(EventId(f"$slow{n}"), _for_ever)
    assert reading.ask(EventId("$new"), _nothing) == "not_yet"
    assert reading.waits(EventId("$new"))
    await reading.close()
