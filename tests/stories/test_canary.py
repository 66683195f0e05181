"""Secrets and what people wrote never reach the log of the process: looked for in everything that a whole night writes."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from tests.faults import gone
from tests.story import Story

pytestmark = pytest.mark.asyncio(loop_scope="session")
CANARY = "kanariegeel"  # in what people say
PHONE = "06-" + "0" * 8  # nobody has it; put together here, because no file may hold a number


class Everything(logging.Handler):
    """Every record of every library, with its traceback."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def everything() -> Iterator[Everything]:
    handler, root = Everything(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.setLevel(level)
    root.removeHandler(handler)


def secrets_of(story: Story) -> dict[str, str]:
    settings = story.brigade.playground.settings
    client = story.brigade.bot.client.nio
    return {
        "access token": settings.access_token.get_secret_value(),
        "pickle key": settings.pickle_key.get_secret_value(),
        "log key": settings.log_key.read_text(encoding="utf-8").strip(),
        "a person's password": next(iter(story.brigade.playground.passwords.values())),
        "a session key": next(iter(client.olm.outbound_group_sessions.values())).session_key,
        "what was said": CANARY,
        "a phone number": PHONE,
    }


async def test_nothing_secret_and_nothing_said_is_logged(
    story: Story, everything: Everything, capfd: pytest.CaptureFixture[str]
) -> None:
    story.forgiven |= {"database", "event_failed"}
    await story.says("bakker", f"alarm Waterbrug rellen: {CANARY} bel {PHONE}")
    await story.says("jansen", "1")
    await story.joins("bakker", "vandijk")
    await story.says("bakker", f"besluit {CANARY} bellen op {PHONE}", where="room")
    await story.says("bakker", f"{CANARY} zonder woord", where="room")
    await story.says("bakker", f"bselwit {CANARY}")
    await story.says("mulder", f"besluit {CANARY}")
    await story.says("vandijk", "export")
    with gone(story.brigade.bot.database):
        story.said.append(
            await story.peer("bakker").say(
                await story.brigade.direct("bakker"), f"alarm Waterbrug nu: {CANARY} {PHONE}"
            )
        )
        await story.sees("bakker", "NIET VASTGELEGD")
    await story.settle()
    await story.crash_and_restart()
    story.heeds_everything()
    known = secrets_of(story)
    structlog.get_logger().info("canary", seeded=len(known))
    printed = capfd.readouterr()
    written = "\n".join((*everything.lines, *(repr(line) for line in story.logged), printed.out, printed.err))
    assert "database" in written  # it did listen: the outage is in it
    assert "seeded" in written
    assert not [what for what, secret in known.items() if secret in written]
