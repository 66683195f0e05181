"""A port that is chosen now is still free when the server opens it later, whatever connections are made meanwhile."""

import asyncio
import random
import socket
from pathlib import Path

from bot.embedded.ports import KEPT, free_port
from bot.embedded.provider_mail import MailCounterpart
from bot.embedded.provider_sms import GatewayCounterpart


def test_no_connection_is_ever_given_the_port() -> None:
    """The kernel says itself which ports it gives to connections; the control is the port it picks, which is one."""
    low, high = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split())
    given = range(low, high + 1)
    with socket.create_server(("127.0.0.1", 0)) as picked:
        assert picked.getsockname()[1] in given
    assert all(free_port() not in given for _ in range(50))


def test_a_port_that_is_taken_is_passed_over() -> None:
    first = free_port(random.Random(1))
    with socket.create_server(("127.0.0.1", first)):
        assert free_port(random.Random(1)) != first


async def test_a_service_that_comes_back_finds_its_port_again() -> None:
    for server in (GatewayCounterpart(), MailCounterpart()):
        await server.start()
        port = server.port
        await server.stop()
        await asyncio.sleep(0)
        await server.start()
        assert server.port == port
        assert port in KEPT
        await server.stop()
