"""Mail and Pushover are proved with a code as telephones are, each over its own service."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.domain.ids import PersonId
from bot.embedded.provider_mail import MailCounterpart
from bot.embedded.provider_push import PushoverCounterpart
from bot.embedded.providers import running
from bot.pagers.asking import asking
from bot.pagers.mail import MailPost
from bot.pagers.pushover import PushoverPush
from tests.reach.ground import Town, code_in, lines_of, refusals

ADDRESS = "Jansen@Waterbrug.Example"
USER = "u" * 30


@pytest_asyncio.fixture
async def post(town: Town) -> AsyncIterator[MailCounterpart]:
    server = MailCounterpart()
    await server.start()
    town.pagers["mail"] = MailPost(
        "127.0.0.1", server.port, "bot@regio.example", town.words, "none", server.user, server.password, total=2.0
    )
    yield server
    await server.stop()


@pytest_asyncio.fixture
async def pushover(town: Town) -> AsyncIterator[PushoverCounterpart]:
    service = PushoverCounterpart(users=frozenset((USER,)))
    async with running(service), asking(1.0) as ask:
        town.pagers["pushover"] = PushoverPush(ask, service.token, service.url)
        yield service


async def test_a_mail_address_is_proved_by_the_code_in_a_mail(town: Town, post: MailCounterpart) -> None:
    assert "j•••@waterbrug.example" in lines_of(await town.says("cyber1", f"mail {ADDRESS.lower()}")).lower()
    (mail,) = post.taken
    body = mail.get_body(("plain",))
    assert body is not None
    await town.says("cyber1", code_in(str(body.get_content())))
    assert [row.channel for row in await town.reach("cyber1")] == ["mail"]
    assert await town.addresses(PersonId("cyber1"), "mail") == ADDRESS.lower()
    assert b"jansen@waterbrug" not in town.file.read_bytes().lower()


async def test_a_pushover_key_is_proved_by_the_code_on_the_phone(town: Town, pushover: PushoverCounterpart) -> None:
    await town.says("cyber1", f"pushover {USER}")
    (notice,) = pushover.plain
    await town.says("cyber1", code_in(notice["message"]))
    assert [row.channel for row in await town.reach("cyber1")] == ["pushover"]
    assert USER.encode() not in town.file.read_bytes()


async def test_a_test_rings_once_and_does_not_go_on(town: Town, pushover: PushoverCounterpart) -> None:
    await town.says("cyber1", f"pushover {USER}")
    await town.says("cyber1", code_in(pushover.plain[-1]["message"]))
    await town.says("cyber1", "test")
    assert "TEST" in pushover.plain[-1]["message"]
    assert pushover.phone(USER) == []


async def test_a_key_that_nobody_has_is_never_proved(town: Town, pushover: PushoverCounterpart) -> None:
    await town.says("cyber1", f"pushover {'x' * 30}")
    assert pushover.plain == []
    assert await town.reach("cyber1") == []


@pytest.mark.usefixtures("pushover")
async def test_where_push_is_only_pushover_it_says_how(town: Town) -> None:
    del town.pagers["ntfy"]
    assert refusals(await town.says("cyber1", "push")) == ["push_is_pushover"]
