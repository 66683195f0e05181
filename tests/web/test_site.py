"""All parts of the web server together: nothing answers under an address that its page does not name."""

from collections.abc import AsyncIterator
from hashlib import sha256

import httpx
import pytest_asyncio
from starlette.routing import Route

from bot.domain.ids import PersonId
from bot.domain.ladder import Channel
from bot.running import incident_of
from bot.strangers import Strangers
from bot.web.calendars import CalendarPages
from bot.web.health import serve
from bot.web.metrics import Metrics
from bot.web.site import FROM_OUTSIDE, Part, site
from bot.web.sms import SmsWebhook
from bot.web.voice import VoicePages
from bot.web.wire import Misses
from tests.web.conftest import WORDS, Night
from tests.web.test_health import WELL

OPERATORS = {"/healthz", "/readyz", "/metrics"}


async def taken(body: bytes) -> bool:
    return True


async def nobodys(channel: Channel, number: str) -> PersonId | None:
    return None


def parts(night: Night) -> list[Part]:
    desk = night.ground.desk
    misses = Misses(lambda: 0.0)

    def fingerprint(number: str) -> str:
        return sha256(number.encode()).hexdigest()

    return [
        night.answer_pages(),
        SmsWebhook("geheim", taken, misses),
        CalendarPages(desk.database, night.contacts, WORDS, "iog.example", lambda: night.now, misses),
        VoicePages(
            night.answering, WORDS, lambda: "nl", "https://iog.example", "sleutel", nobodys, fingerprint,
            Strangers(desk, lambda: night.now), incident_of,
        ),
    ]  # fmt: skip


@pytest_asyncio.fixture
async def client(night: Night) -> AsyncIterator[httpx.AsyncClient]:
    metrics = Metrics(lambda: WELL)
    async with (
        serve(site(lambda: WELL, metrics, *parts(night)), "127.0.0.1", 0) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as one,
    ):
        yield one


async def test_every_address_is_for_operators_or_named_for_the_proxy(night: Night) -> None:
    app = site(lambda: WELL, Metrics(lambda: WELL), *parts(night))
    paths = {route.path for route in app.routes if isinstance(route, Route)}
    assert paths >= OPERATORS
    assert {path for path in paths if not path.startswith(FROM_OUTSIDE)} == OPERATORS
    assert all(any(path.startswith(known) for path in paths) for known in FROM_OUTSIDE)


async def test_all_parts_answer_on_one_port(night: Night, client: httpx.AsyncClient) -> None:
    code = await night.link()
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/metrics")).status_code == 200
    assert (await client.get(f"/a/{code}")).status_code == 200
    assert (await client.post("/sms/geheim", content=b"x")).status_code == 200
    assert (await client.post("/voice")).status_code == 403
    assert (await client.get(f"/rooster/{code}.ics")).status_code == 404


async def test_what_is_not_there_is_not_there(client: httpx.AsyncClient) -> None:
    for path in ("/", "/a", "/a/", "/a/x/y", "/sms", "/rooster/x", "/docs", "/openapi.json", "/static/x", "/.env"):
        answer = await client.get(path, follow_redirects=False)
        assert answer.status_code in (404, 405), path
