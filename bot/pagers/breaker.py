"""The circuit breaker of each channel, as data: after so many failures in a row nobody waits for it, until a try works again.

Kept in memory, because a page may not wait for it to be written; written by `keep` from time to time, and read at the start.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from bot.domain.delivery import Delivered, GaveUp, Outcome
from bot.domain.ladder import Channel
from bot.pagers.channel import MESSAGE_REFUSED
from bot.store.channel_health import ChannelHealth

OPENS_AFTER: Final = 5  # failures in a row
TRIES_AFTER: Final = timedelta(seconds=30)  # since the last failure; then one try at a time goes through
# What says nothing about the channel: this one message, or what we ourselves lacked.
_NOT_ITS_FAULT: Final = frozenset((MESSAGE_REFUSED, "no_link"))


def is_down(health: ChannelHealth) -> bool:
    """Whether the breaker of this channel is open: pages pass it over."""
    return health.failures >= OPENS_AFTER


@dataclass(slots=True)
class Breakers:
    """One breaker for each channel that the settings configure."""

    channels: Collection[Channel]
    _known: dict[Channel, ChannelHealth] = field(default_factory=dict)
    _changed: set[Channel] = field(default_factory=set)
    _trying: set[Channel] = field(default_factory=set)

    def take(self, rows: Iterable[ChannelHealth]) -> None:
        """What the database remembers of an earlier run."""
        self._known |= {row.channel: row for row in rows if row.channel in self.channels}

    def health(self) -> tuple[ChannelHealth, ...]:
        """Every configured channel, in the order of the settings."""
        return tuple(self._known.get(channel, ChannelHealth(channel)) for channel in self.channels)

    def lets_through(self, channel: Channel, now: datetime) -> bool:
        """Whether a send may try; of a channel that is down one at a time, to see whether it is back."""
        health = self._health(channel)
        if not is_down(health):
            return True
        if channel in self._trying:
            return False
        rested = health.last_failure is None or not timedelta(0) <= now - health.last_failure < TRIES_AFTER
        if rested:
            self._trying.add(channel)
        return rested

    def settle(self, channel: Channel, outcome: Outcome, now: datetime) -> None:
        """Count what became of a send that was let through."""
        self._trying.discard(channel)
        health = self._health(channel)
        match outcome:
            case Delivered():
                self._known[channel] = replace(health, failures=0, last_success=now)
            case GaveUp(reason=reason) if reason in _NOT_ITS_FAULT:
                return
            case _:
                failures = health.failures + 1
                self._known[channel] = replace(health, failures=failures, last_failure=now, reason=outcome.reason)
        self._changed.add(channel)

    def dropped(self, channel: Channel) -> None:
        """A try that was let through ended without an outcome: another may go."""
        self._trying.discard(channel)

    def changed(self) -> tuple[ChannelHealth, ...]:
        """What is to be written since this was asked last."""
        rows = tuple(self._health(channel) for channel in sorted(self._changed))
        self._changed.clear()
        return rows

    def _health(self, channel: Channel) -> ChannelHealth:
        return self._known.get(channel, ChannelHealth(channel))
