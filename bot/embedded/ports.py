"""A port on this machine for a server that opens it later, or opens it again."""

import random
import socket
from typing import Final

# Below what the kernel gives to outgoing connections (Linux from 32768, macOS from 49152; RFC 6335 from 49152): a port
# that it picked itself can be another connection's own end by the time the server opens it.
KEPT: Final = range(20_000, 32_768)
_TRIES: Final = 100
_chance: Final = random.SystemRandom()  # of two programs that start at once neither walks the other's road


def free_port(chance: random.Random = _chance) -> int:
    """A port that nobody listens on now. Raises OSError when a hundred are taken."""
    for port in chance.sample(KEPT, _TRIES):
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise OSError(f"no free port among {_TRIES} of {KEPT.start}-{KEPT.stop - 1}")
