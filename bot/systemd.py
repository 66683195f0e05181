"""Tells systemd how the bot fares: ready, alive, stopping (the protocol of sd_notify(3), a datagram on a unix socket)."""

import socket
from typing import Final

WAIT_SECONDS: Final = 30  # a node that stands by says so more often


class Supervisor:
    """`address` is the value of NOTIFY_SOCKET; None when nobody supervises, and then nothing is told."""

    def __init__(self, address: str | None) -> None:
        self._address = address

    def ready(self) -> bool:
        """The bot accepts alarms; systemd counts the start as done."""
        return self._tell("READY=1")

    def alive(self) -> bool:
        """Feed the watchdog. To be called by the wake loop after its heartbeat was written to the database: then a ping
        proves that loop and database work, and not merely that the process exists. The one exception is a database that
        refuses while the homeserver answers (bot.running)."""
        return self._tell("WATCHDOG=1")

    def waiting(self) -> bool:
        """Another node rules and this one stands by: the start is not done yet, and may take as long as it takes."""
        return self._tell(f"EXTEND_TIMEOUT_USEC={WAIT_SECONDS * 1_000_000}")

    def stopping(self) -> bool:
        return self._tell("STOPPING=1")

    def _tell(self, state: str) -> bool:
        """Whether it was told. Not told is no reason to end: an unfed watchdog ends us if systemd itself still works."""
        if not self._address:
            return False
        # A leading @ is how the environment writes the NUL of an abstract socket.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as told:
            told.setblocking(False)
            try:
                told.sendto(state.encode(), address)
            except OSError:
                return False
        return True
