"""What the logs of an installation are sealed with: its name, its key and those before it, and the chance of its salts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.domain.ids import IncidentId
from bot.logbook.bundle import transcript_of
from bot.logbook.checkpoint import sign
from bot.logbook.merkle import Frontier

INDEX: Final = "index"
# So long whoever still checks with the old key can go on; the log format promises it.
BOTH_SIGN: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Retired:
    """A key that was replaced at `at` (UTC)."""

    key: Ed25519PrivateKey
    at: datetime


def still_signing(retired: Iterable[Retired], now: datetime) -> tuple[Ed25519PrivateKey, ...]:
    """Those that sign beside their successor at `now` (UTC), the newest first."""
    by_age = sorted(retired, key=lambda one: one.at, reverse=True)
    return tuple(one.key for one in by_age if now < one.at + BOTH_SIGN)


@dataclass(frozen=True, slots=True)
class Seal:
    """The installation's name and keys: what its logs are sealed with, and the chance that its salts come from."""

    host: str
    key: Ed25519PrivateKey
    salts: Callable[[], bytes]
    retired: tuple[Retired, ...] = ()

    def origin(self, incident: IncidentId) -> str:
        return f"{self.host}/log/inc-{incident}"

    def transcript(self, incident: IncidentId) -> str:
        return transcript_of(self.origin(incident))

    @property
    def index(self) -> str:
        return f"{self.host}/log/{INDEX}"

    def beside(self, now: datetime) -> tuple[Ed25519PrivateKey, ...]:
        """The keys before this one that still sign at `now` (UTC), the newest first."""
        return still_signing(self.retired, now)

    def note(self, origin: str, frontier: Frontier, now: datetime) -> bytes:
        """The checkpoint of a log as it stands, signed with the key of now and with those that it replaced lately."""
        return sign(origin, frontier.size, frontier.root(), self.key, *self.beside(now))
