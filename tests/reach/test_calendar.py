"""A calendar is asked for in direct chat; its address is shown once, works, moves, ends, and stands nowhere."""

import msgspec
from sqlalchemy import select

from bot.domain import messages as m
from bot.domain.ids import PersonId
from bot.matrix.reach import Cards, Reaching
from bot.store import feeds
from bot.store.feeds import Feed
from bot.store.schema import feed, outbox
from bot.subscribing import calendar_link
from tests.reach.ground import SENDER, WORDS, Town, lines_of, refusals

PUBLIC = "https://iog.example"


def reached_from_outside(town: Town) -> None:
    reaching = Reaching(town.entering, town.onboarding, lambda: town.known, PUBLIC)
    town.hearing.acting.reach.__init__  # noqa: B018
    town.cards = Cards(town.addresses, WORDS, SENDER, PUBLIC)
    object.__setattr__(town.hearing.acting, "reach", reaching)


async def address(town: Town, said: list[m.Message]) -> str:
    (shown,) = [one for one in said if isinstance(one, m.ReachShown)]
    card = await town.cards(shown)
    assert card is not None
    link = card.lines[1]
    assert link == calendar_link(town.vault, PUBLIC, shown.seed)
    return link.removeprefix(f"{PUBLIC}/rooster/").removesuffix(".ics")
