"""How the bot fares at this moment: numbers and truths only, no text and no person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

ALIVE_SECONDS: Final = 10.0  # the wake loop ticks every second
SYNC_SECONDS: Final = 90.0  # a long poll ends after 30
STUCK_SECONDS: Final = 60.0  # pages are sent within seconds; back-off never waits longer than 15


@dataclass(frozen=True, slots=True)
class ChannelVital:
    """A channel beside Matrix; `success_age` in seconds, None when it has never worked."""

    up: bool
    success_age: float | None


@dataclass(frozen=True, slots=True)
class Vital:
    """Ages in seconds on the monotonic clock; None: it has not happened since the start.

    `oldest_waiting` is how long the longest waiting message that nothing holds back has waited (0 when none waits),
    `outbox` the number that waits per lane. `overdue` is what the auditor found at its last round, by name and number.
    """

    tick_age: float | None
    tick_lag: float
    sync_age: float | None
    database: bool
    cross_signed: bool
    oldest_waiting: float
    outbox: Mapping[str, int]
    incidents_open: int
    overdue: Mapping[str, int] = field(default_factory=dict)
    channels: Mapping[str, ChannelVital] = field(default_factory=dict)

    @property
    def alive(self) -> bool:
        return self.tick_age is not None and self.tick_age < ALIVE_SECONDS

    @property
    def checks(self) -> Mapping[str, bool]:
        """What must hold before an alarm can be trusted to arrive and to be passed on."""
        return {
            "tick": self.alive,
            "sync": self.sync_age is not None and self.sync_age < SYNC_SECONDS,
            "database": self.database,
            "cross_signed": self.cross_signed,
            "outbox": self.oldest_waiting < STUCK_SECONDS,
            "on_time": not self.overdue,
        }
