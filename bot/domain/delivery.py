"""What became of one message on its way out, as values; and how patient the outbox is."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.domain.attachment import KeptFile
from bot.domain.ids import EventId, RoomId


@dataclass(frozen=True, slots=True)
class Delivered:
    """The other side accepted it; `event` and `room` where there are such."""

    event: EventId | None = None
    room: RoomId | None = None
    file: KeptFile | None = None  # what was fetched


@dataclass(frozen=True, slots=True)
class Retry:
    """It may work later; `after` in seconds when the other side said when."""

    reason: str
    after: float | None = None


@dataclass(frozen=True, slots=True)
class GaveUp:
    """It will never work."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nobody can say whether it left, and it may not be sent twice as it is (a text message, a telephone call)."""

    reason: str


Outcome = Delivered | Retry | GaveUp | Unclear

BACKOFF: Final = (
    0.5,
    1.0,
    2.0,
    4.0,
    8.0,
    15.0,
)  # seconds, by the number of failed tries; the last for all further ones
# A homeserver forgets transaction ids after a day: before an older row is sent its room is read.
TOO_OLD: Final = timedelta(hours=20)
# A channel that refuses a page so often is passed over: the ladder has others, and the person sleeps on.
CHANNEL_TRIES: Final = 3
# A homeserver that is away for hours comes back with its files.
FILE_TRIES: Final = 1_000
ROOM_TROUBLE_AFTER: Final = 5  # failed tries to make a room after which people are told


def wait(attempts: int, chance: float) -> float:
    """Seconds before the next try after `attempts` failed ones; `chance` in [0, 1) spreads them by half."""
    base = BACKOFF[min(attempts, len(BACKOFF) - 1)]
    return base * (0.5 + chance / 2)
