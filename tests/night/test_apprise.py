"""Apprise goes where the operator says, to nobody else, last and one way."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from pydantic import SecretStr

from tests.night.told import all_but
from tests.pagers.ground import listening
from tests.story import Story

# One of the services that Apprise loads uses a module of Python's that goes away.
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated"),
]


@asynccontextmanager
async def with_apprise(story: Story, *names: str) -> AsyncIterator[list[bytes]]:
    """The same night with an operator's address for these, and the bot started again to use it; gives what arrived there."""
    brigade, bodies = story.brigade, list[bytes]()
    before = brigade.playground
    async with listening(bodies) as url:
        given = "\n".join(f"{name} {url.replace('http', 'json')}" for name in names)
        settings = before.settings.completed(apprise=True, apprise_addresses=SecretStr(given))
        brigade.playground = replace(before, settings=settings)
        try:
            await story.crash_and_restart()
            yield bodies
        finally:
            brigade.playground = before
            await story.crash_and_restart()


async def test_only_whom_the_operator_named_gets_it_and_it_comes_last(story: Story) -> None:
    asleep = ("jansen", "deboer", "hendriks")  # by name, by role, and not at all
    async with with_apprise(story, "jansen", "expert_cter") as bodies:
        await all_but(story, *asleep)
        await story.passes(minutes=2)
        for person in asleep:
            story.expects_page(person, "Herhaling 2")
        assert bodies == []
        await story.passes(minutes=2)
        said = [json.loads(body) for body in bodies]
        assert sorted(one["title"].partition(" · ")[0] for one in said) == ["OPROEP CTER", "OPROEP cyber"]
        assert not any("http" in one["message"] for one in said)
        assert all("in de chat" in one["message"] for one in said)
        for person in asleep:
            await story.answers(person)
        await story.passes(minutes=5)
        assert len(bodies) == 2
        story.heeds_everything()
