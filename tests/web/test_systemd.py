"""The unit starts the bot under a watchdog, and what the bot tells systemd really arrives."""

import os
import socket
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest

from bot.systemd import Supervisor

UNIT = Path(__file__).parents[2] / "deploy" / "systemd" / "iogplus.service"


@pytest.fixture(params=["path", "abstract"])
def listening(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """A socket as systemd makes one, and its address as the environment names it."""
    named = f"@iogplus-{os.getpid()}-{tmp_path.name}" if request.param == "abstract" else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as made:
        made.bind("\0" + named[1:] if named.startswith("@") else named)
        made.settimeout(5)
        yield named, made


def test_systemd_hears_that_the_bot_waits_is_ready_alive_and_stopping(listening: tuple[str, socket.socket]) -> None:
    address, heard = listening
    supervisor = Supervisor(address)
    assert supervisor.waiting()
    assert supervisor.ready()
    assert supervisor.alive()
    assert supervisor.stopping()
    assert [heard.recv(64) for _ in range(4)] == [
        b"EXTEND_TIMEOUT_USEC=30000000",
        b"READY=1",
        b"WATCHDOG=1",
        b"STOPPING=1",
    ]


def test_without_systemd_nothing_is_told() -> None:
    assert not Supervisor(None).ready()


def test_a_supervisor_that_is_gone_does_not_end_the_bot(tmp_path: Path) -> None:
    assert not Supervisor(str(tmp_path / "gone")).alive()


def unit() -> ConfigParser:
    parsed = ConfigParser(strict=True, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment]
    parsed.read_string(UNIT.read_text(encoding="utf-8"))
    return parsed


def test_the_unit_starts_the_bot_again_whatever_ended_it() -> None:
    service = unit()["Service"]
    assert service["Type"] == "notify"
    assert service["NotifyAccess"] == "main"
    assert service["WatchdogSec"] == "30"
    assert service["Restart"] == "always"
    assert service["RestartSec"] == "2"
    assert unit()["Unit"]["StartLimitIntervalSec"] == "0"
    assert service["ExecStart"].endswith("iogplus run")


def test_the_unit_gives_the_bot_no_more_than_it_needs() -> None:
    service = unit()["Service"]
    assert service["User"] != "root"
    assert service["ProtectSystem"] == "strict"
    assert service["UMask"] == "0077"
    for guard in ("NoNewPrivileges", "PrivateTmp", "PrivateDevices", "ProtectHome", "ProtectKernelModules"):
        assert service[guard] == "yes"
