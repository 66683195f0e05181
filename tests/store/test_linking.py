"""Links of pages that leave together are written together, and each works once it is handed out."""

import asyncio
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from bot.domain.ids import IncidentId, PageId, PersonId
from bot.linking import GOOD_FOR, Linking
from bot.store import links
from bot.store.database import Database
from tests.builders import NIGHT

INCIDENT = IncidentId("00000000-0000-4000-8000-000000000014")


def linking(database: Database, public_url: str = "https://iog.example") -> Linking:
    numbers = count(1)
    return Linking(database, public_url, lambda: next(numbers).to_bytes(16, "big") * 2, lambda: NIGHT)


async def make(one: Linking, n: int, channel: str = "sms") -> str:
    return await one(INCIDENT, PageId(f"p{n}"), PersonId(f"person{n}"), channel)


async def test_every_address_works_once_it_is_there(database: Database) -> None:
    one = linking(database)
    commits: list[object] = []
    event.listen(database._engine.sync_engine, "commit", commits.append)
    found = await asyncio.gather(*(make(one, n) for n in range(50)))
    assert len(set(found)) == 50
    # the first goes alone, all others wait for it and go together
    assert len(commits) == 2
    async with database.read() as tx:
        for n, address in enumerate(found):
            link = await links.get(tx, address.removeprefix("https://iog.example/a/"))
            assert link is not None
            assert (link.page, link.person, link.channel) == (f"p{n}", f"person{n}", "sms")
            assert link.holds(NIGHT + GOOD_FOR - timedelta(seconds=1))
            assert not link.holds(NIGHT + GOOD_FOR)


async def test_a_call_gets_the_address_of_what_to_say(database: Database) -> None:
    assert (await make(linking(database), 1, "voice")).startswith("https://iog.example/voice/")


async def test_who_cannot_be_reached_from_outside_sends_no_links(database: Database) -> None:
    assert await make(linking(database, ""), 1) == ""


async def test_a_write_that_failed_is_nobodys_link(database: Database) -> None:
    one = linking(database)
    async with database.begin() as tx:
        await tx.execute(text("ALTER TABLE answer_link RENAME TO away"))
    found = await asyncio.gather(*(make(one, n) for n in range(3)), return_exceptions=True)
    assert all(isinstance(each, DBAPIError) for each in found)
    async with database.begin() as tx:
        await tx.execute(text("ALTER TABLE away RENAME TO answer_link"))
    assert (await make(one, 4)).startswith("https://iog.example/a/")


@pytest.mark.parametrize("channel", ["sms", "mail", "ntfy", "pushover", "apprise"])
async def test_everybody_else_gets_the_page(database: Database, channel: str) -> None:
    assert (await make(linking(database), 1, channel)).startswith("https://iog.example/a/")
