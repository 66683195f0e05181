"""Secret addresses: a calendar's is shown once in direct chat, works, moves and ends; an old answer link is dropped."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain import messages as m
from bot.domain.ids import PageId, PersonId
from bot.matrix.hear import Hearing
from bot.matrix.reach import Cards, Reaching
from bot.store import feeds, links
from bot.store.feeds import Feed
from bot.store.schema import answer_link, feed, inbox, outbox
from bot.subscribing import calendar_link
from tests.desk.ground import INCIDENT
from tests.reach.ground import SENDER, WORDS, Town, lines_of, refusals
from tests.reach.test_duty import duties

PUBLIC = "https://iog.example"


@pytest.fixture
def public(town: Town) -> Town:
    """The town, reached from outside."""
    reaching = Reaching(town.entering, town.onboarding, lambda: town.known, PUBLIC)
    town.hearing = Hearing(replace(town.hearing.acting, reach=reaching))
    town.cards = Cards(town.addresses, WORDS, SENDER, PUBLIC)
    return town


async def code_shown(town: Town, said: list[m.Message]) -> str:
    (shown,) = [one for one in said if isinstance(one, m.ReachShown)]
    card = await town.cards(shown)
    assert card is not None
    assert card.lines[1] == calendar_link(town.vault, PUBLIC, shown.seed)
    return card.lines[1].removeprefix(f"{PUBLIC}/rooster/").removesuffix(".ics")


async def behind(town: Town, code: str) -> Feed | None:
    async with town.ground.database.read() as tx:
        return await feeds.get(tx, code)


async def test_the_own_shifts_get_an_address(public: Town) -> None:
    code = await code_shown(public, await public.says("cyber1", "agenda"))
    found = await behind(public, code)
    assert found is not None
    assert (found.kind, found.subject, found.made_by, found.revoked_at) == ("person", "cyber1", "cyber1", None)


@pytest.mark.parametrize("said", ["agenda cyber", "calendar cyber"])
async def test_a_role_has_one_too(public: Town, said: str) -> None:
    found = await behind(public, await code_shown(public, await public.says("coordinator1", said)))
    assert found is not None
    assert (found.kind, found.subject, found.made_by) == ("role", "expert_cyber", "coordinator1")


async def test_asked_again_it_moves(public: Town) -> None:
    old = await code_shown(public, await public.says("cyber1", "agenda"))
    of_role = await code_shown(public, await public.says("cyber1", "agenda cyber"))
    new = await code_shown(public, await public.says("cyber1", "agenda"))
    assert len({old, of_role, new}) == 3
    found = [await behind(public, code) for code in (old, of_role, new)]
    assert [one is not None and one.revoked_at is None for one in found] == [False, True, True]


async def test_it_ends_when_told(public: Town) -> None:
    codes = [await code_shown(public, await public.says("cyber1", said)) for said in ("agenda", "agenda cyber")]
    others = await code_shown(public, await public.says("cyber2", "agenda"))
    told = await public.says("cyber1", "agenda stop")
    assert "werken niet meer" in lines_of(told)
    found = [await behind(public, code) for code in (*codes, others)]
    assert [one is not None and one.revoked_at is None for one in found] == [False, False, True]
    assert refusals(await public.says("cyber1", "agenda stop")) == ["no_calendar_yet"]


async def test_the_address_stands_nowhere(public: Town) -> None:
    """A message that is sent again after a crash shows the same address, made again from the vault's key."""
    said = await public.says("cyber1", "agenda")
    code = await code_shown(public, said)
    assert await code_shown(public, said) == code
    async with public.ground.database.read() as tx:
        for table in (outbox, inbox, feed):
            assert code not in str((await tx.execute(select(table))).all())
    public.key = b"another key of thirty-two bytes!"
    before = public.vault
    public.starts_again()
    (shown,) = [one for one in said if isinstance(one, m.ReachShown)]
    assert calendar_link(public.vault, PUBLIC, shown.seed) != calendar_link(before, PUBLIC, shown.seed)


async def test_a_bot_that_cannot_be_reached_says_so(town: Town) -> None:
    assert refusals(await town.says("cyber1", "agenda")) == ["no_calendar"]


async def test_a_link_that_nobody_can_use_any_more_is_dropped_at_night(town: Town) -> None:
    made = links.made(
        links.code_of(b"\x07" * 16), INCIDENT, PageId("p1"), PersonId("cyber1"), "sms", town.now(),
        town.now() + timedelta(hours=12),
    )  # fmt: skip
    async with town.ground.database.begin() as tx:
        await links.add(tx, made)
    for hours, left in ((6, 1), (7, 0)):
        town.passes(hours=hours)
        await duties(town).forget()
        async with town.ground.database.read() as tx:
            assert len((await tx.execute(select(answer_link))).all()) == left
