"""Who left the contacts leaves no number behind, but not from one day to the next."""

from datetime import timedelta

from bot.domain.ids import PersonId
from bot.leaving import KEPT_AFTER_LEAVING, let_go
from bot.store import reach
from tests.pagers.ground import number
from tests.reach.ground import Town
from tests.reach.test_entering import holding, link

OWN = number(4711)
HERE, LEFT = {PersonId("cyber2")}, {PersonId("cyber1"), PersonId("cyber2")}


async def checked(town: Town, known: set[PersonId]) -> list[str]:
    """What is kept of cyber1 once it was looked who is still there."""
    await let_go(town.ground.desk, known)
    return [row.channel for row in await town.reach("cyber1")]


async def test_an_address_is_kept_for_thirty_days_after_its_owner_left(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    await town.verifies("cyber2", number(4712))
    town.passes(days=100)
    assert await checked(town, LEFT) == ["sms", "voice"]
    assert await checked(town, HERE) == ["sms", "voice"]
    town.ground.now += KEPT_AFTER_LEAVING - timedelta(seconds=1)
    assert await checked(town, HERE) == ["sms", "voice"]
    made, before = await link(town, "sms"), len(await town.index())
    town.passes(seconds=1)
    assert await checked(town, HERE) == []
    assert await holding(town, made) == [False]
    assert (await town.index())[before:] == ["channel.removed", "channel.removed"]
    assert [row.channel for row in await town.reach("cyber2")] == ["sms", "voice"]
    assert await checked(town, HERE) == []
    assert len(await town.index()) == before + 2


async def test_who_is_back_in_time_loses_nothing_and_starts_again(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    await checked(town, HERE)
    town.passes(days=29)
    await checked(town, LEFT)
    town.passes(days=29)
    assert await checked(town, HERE) == ["sms", "voice"]
    town.passes(days=29)
    assert await checked(town, HERE) == ["sms", "voice"]
    town.passes(days=1)
    assert await checked(town, HERE) == []


async def test_who_is_back_on_the_day_itself_keeps_all(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    await checked(town, HERE)
    town.passes(days=31)
    assert await checked(town, LEFT) == ["sms", "voice"]
    async with town.ground.database.read() as tx:
        assert await reach.left_before(tx, town.now()) == []


async def test_a_code_that_waits_goes_as_well(town: Town) -> None:
    await town.says("cyber1", f"nummer {OWN}")
    await checked(town, HERE)
    town.passes(days=30)
    before = len(await town.index())
    await checked(town, HERE)
    async with town.ground.database.read() as tx:
        assert await reach.pending_of(tx, PersonId("cyber1")) == []
    assert len(await town.index()) == before
