"""The ladder of one page: which channels are tried beside Matrix, and when; quiet first, loud later."""

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

Channel = Literal["matrix", "sms", "voice", "ntfy", "mail", "pushover", "apprise"]
CHANNELS: Final[tuple[Channel, ...]] = ("matrix", "sms", "voice", "ntfy", "mail", "pushover", "apprise")
# Two channels of one telephone number fail together; a phone that is off is off for both. Apprise counts for nothing: it goes
# one way, and nobody hears whether it came.
INDEPENDENT: Final[tuple[frozenset[Channel], ...]] = (
    frozenset(("matrix",)),
    frozenset(("sms", "voice")),
    frozenset(("ntfy", "pushover")),
    frozenset(("mail",)),
)

ENOUGH: Final = 2  # ways that do not fail together, before somebody counts as ready for the night


@dataclass(frozen=True, slots=True)
class Rung:
    """Try `channel` this long after the page was asked for. A channel may stand on the ladder more than once."""

    channel: Channel
    after: timedelta


Ladder = tuple[Rung, ...]


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How a configured channel does: `down`, when pages pass it over; when it last worked (UTC), and why it last failed."""

    channel: Channel
    down: bool
    last_success: datetime | None = None
    reason: str = ""


# Matrix itself is on no ladder: it goes first, always, and its repeats follow the policy's step.
DEFAULT_LADDER: Final[Ladder] = (
    Rung("ntfy", timedelta(0)),
    Rung("pushover", timedelta(0)),
    Rung("mail", timedelta(seconds=60)),
    Rung("sms", timedelta(seconds=60)),
    Rung("voice", timedelta(seconds=120)),
    Rung("voice", timedelta(seconds=210)),
    Rung("apprise", timedelta(seconds=210)),
)


def ladder_for(wanted: Ladder, has: Set[Channel]) -> Ladder:
    """The rungs that can be tried with what somebody has, in order of time; an empty rung never waits out its time."""
    return tuple(sorted((r for r in wanted if r.channel in has and r.channel != "matrix"), key=lambda r: r.after))


def independent(has: Set[Channel]) -> int:
    """How many of these can fail without the others."""
    return sum(bool(group & has) for group in INDEPENDENT)


def sooner(ladder: Ladder, speed: float) -> Ladder:
    """The ladder with its times divided by `speed`, in whole milliseconds as the log keeps them."""
    return tuple(
        replace(r, after=timedelta(milliseconds=round(r.after / timedelta(milliseconds=1) / speed))) for r in ladder
    )
