"""A real server on loopback says whether the bot lives, whether it is fit for duty, and what a monitor may count."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
import pytest_asyncio

from bot.web.health import health_app, serve
from bot.web.metrics import Metrics
from bot.web.vital import Vital

WELL = Vital(
    tick_age=0.4,
    tick_lag=0.01,
    sync_age=12.0,
    database=True,
    cross_signed=True,
    oldest_waiting=0.0,
    outbox={"page": 2, "cosmetic": 7},
    incidents_open=3,
)


@dataclass
class Running:
    """The server, and how the bot fares: `vital` may be changed while it runs."""

    vital: Vital
    metrics: Metrics
    client: httpx.AsyncClient

    async def ready(self) -> tuple[int, dict[str, Any]]:
        answer = await self.client.get("/readyz")
        return answer.status_code, answer.json()


@pytest_asyncio.fixture
async def running() -> AsyncIterator[Running]:
    metrics = Metrics(lambda: bot.vital)
    async with (
        serve(health_app(lambda: bot.vital, metrics), "127.0.0.1", 0) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        bot = Running(WELL, metrics, client)
        yield bot


async def test_a_bot_that_ticks_is_alive(running: Running) -> None:
    answer = await running.client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("age", [None, 10.0, 3600.0])
async def test_a_bot_whose_clock_stands_still_is_not_alive(running: Running, age: float | None) -> None:
    running.vital = replace(WELL, tick_age=age)
    assert (await running.client.get("/healthz")).status_code == 503


async def test_a_well_bot_is_ready(running: Running) -> None:
    assert await running.ready() == (200, {"ready": True, "checks": dict.fromkeys(WELL.checks, True)})


@pytest.mark.parametrize(
    ("check", "change"),
    [
        ("tick", {"tick_age": 11.0}),
        ("sync", {"sync_age": 90.0}),
        ("sync", {"sync_age": None}),
        ("database", {"database": False}),
        ("cross_signed", {"cross_signed": False}),
        ("outbox", {"oldest_waiting": 60.0}),
        ("on_time", {"overdue": {"timers": 1}}),
    ],
)
async def test_each_failing_check_is_named(running: Running, check: str, change: dict[str, Any]) -> None:
    running.vital = replace(WELL, **change)
    status, said = await running.ready()
    assert (status, said["ready"]) == (503, False)
    assert [name for name, well in said["checks"].items() if not well] == [check]


async def test_a_monitor_reads_every_number(running: Running) -> None:
    running.vital = replace(WELL, overdue={"pages": 2})
    running.metrics.page_sent.labels("matrix", "delivered").inc(8)
    running.metrics.page_ack_seconds.observe(42)
    running.metrics.undecryptable_events.inc()
    running.metrics.malformed_to_device.inc(2)
    running.metrics.room_not_made.inc()
    answer = await running.client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    lines = answer.text.splitlines()
    for line in (
        'page_sent_total{channel="matrix",result="delivered"} 8.0',
        'page_ack_seconds_bucket{le="30.0"} 0.0',
        'page_ack_seconds_bucket{le="60.0"} 1.0',
        "sync_age_seconds 12.0",
        'overdue{what="pages"} 2.0',
        "tick_lag_seconds 0.01",
        'outbox_depth{lane="page"} 2.0',
        'outbox_depth{lane="cosmetic"} 7.0',
        "undecryptable_events_total 1.0",
        "incidents_open 3.0",
        "malformed_to_device_total 2.0",
        "room_not_made_total 1.0",
    ):
        assert line in lines


async def test_numbers_before_the_first_sync_are_not_zero_seconds_old(running: Running) -> None:
    running.vital = replace(WELL, sync_age=None)
    assert "sync_age_seconds NaN" in (await running.client.get("/metrics")).text


async def test_nothing_can_be_changed_over_http(running: Running) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert (await running.client.post(path)).status_code == 405
    assert (await running.client.get("/docs")).status_code == 404


async def test_the_port_is_free_again_after_the_block() -> None:
    app = health_app(lambda: WELL, Metrics(lambda: WELL))
    async with serve(app, "127.0.0.1", 0) as port:
        pass
    with pytest.raises(OSError, match=r"refused|failed"):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_taken_port_is_said_and_does_not_end_the_bot() -> None:
    app = health_app(lambda: WELL, Metrics(lambda: WELL))
    async with serve(app, "127.0.0.1", 0) as port:
        with pytest.raises(OSError, match="in use"):
            async with serve(app, "127.0.0.1", port):
                pass
