"""Every story gets the same brigade on a new night, and ends with the demands that hold for all of them."""

from collections.abc import AsyncIterator, Generator

import pytest
import pytest_asyncio

from tests.stories.brigade import Brigade, assembled
from tests.story import Story

_TOLD = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "call":
        item.stash[_TOLD] = report.passed
    return report


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def brigade() -> AsyncIterator[Brigade]:
    async with assembled() as brigade:
        yield brigade


@pytest_asyncio.fixture(loop_scope="session")
async def story(brigade: Brigade, request: pytest.FixtureRequest) -> AsyncIterator[Story]:
    story = Story(brigade)
    with story.listening():
        await story.begins()
        yield story
        try:
            if request.node.stash.get(_TOLD, False):  # a story that broke off would only fail a second time
                await story.ends()
        finally:
            await story.cleans_up()
