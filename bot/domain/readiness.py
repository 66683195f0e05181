"""Who is ready for the night: reached over two channels that fail apart, and shown to be, lately, by a test."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from bot.domain.ladder import ENOUGH, Channel, independent

# A monthly test with two weeks' grace for holidays.
PROOF_LASTS: Final = timedelta(days=45)
_MATRIX: Final[frozenset[Channel]] = frozenset(("matrix",))

Lack = Literal["only_chat", "one_channel", "not_tested", "stale"]


@dataclass(frozen=True, slots=True)
class Ready:
    """Since when somebody is ready for the night."""

    since: datetime


def ready(
    has: Set[Channel],
    usable: Set[Channel],
    proved: Mapping[Channel, datetime],
    tested_at: datetime | None,
    now: datetime,
) -> Ready | Lack:
    """`usable` are the channels of this installation beside Matrix and `has` those of them that the person verified, `proved`
    when each (Matrix too) was last heard on, `tested_at` when the last test of all channels was over."""
    if independent(usable | _MATRIX) < ENOUGH:
        return "only_chat"
    if independent(has | _MATRIX) < ENOUGH:
        return "one_channel"
    if tested_at is None:
        return "not_tested"
    fresh = {channel for channel in has | _MATRIX if (at := proved.get(channel)) and now - at <= PROOF_LASTS}
    return Ready(tested_at) if independent(fresh) >= ENOUGH else "stale"


def alone(has: Set[Channel], usable: Set[Channel]) -> bool:
    """Whether a page to somebody hangs on one channel, although this installation has another that could be used.

    Then the fallback is called at the same time: what fails for this person may fail in silence.
    """
    return independent(has & usable | _MATRIX) < ENOUGH <= independent(usable | _MATRIX)
