"""Local wall time: when a clock on the wall first shows a time, and what a roster's own clock shows at an instant.

One rule for both daylight-saving nights: a roster's clock jumps with ours in spring, and in autumn it stands still while
ours runs through the doubled hour for the second time. It never runs back, so no shift is ever shorter than nothing: a time
that the night skips comes at the first instant that exists, a time that the night has twice comes at the first of the two.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

_INSTANT: Final = timedelta(microseconds=1)


@lru_cache(maxsize=8192)
def instant_of(wall: datetime, zone: str) -> datetime:
    """The UTC instant of a naive wall time: the first of two, and the first that exists after a skipped one."""
    tz = ZoneInfo(zone)
    # PEP 495: in a gap, fold=0 lands after the jump and fold=1 before it, so the jump itself lies between the two.
    late, early = (wall.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1))
    if late.astimezone(tz).replace(tzinfo=None) == wall:
        return late
    before = early.astimezone(tz).utcoffset()
    while late - early > _INSTANT:
        middle = early + (late - early) // 2
        if middle.astimezone(tz).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


def shown(at: datetime, zone: str) -> datetime:
    """What a roster's clock in the zone shows (naive) at the instant `at` (aware); it never runs back.

    In the second run of a doubled hour it shows the last moment of the first run.
    """
    tz = ZoneInfo(zone)
    local = at.astimezone(tz)
    if local.fold == 0:
        return local.replace(tzinfo=None)
    first, second = local.replace(fold=0).utcoffset(), local.utcoffset()
    assert first is not None  # a zone of the time zone database always has an offset
    assert second is not None
    early = at.astimezone(UTC)
    late = early + (first - second)
    while late - early > _INSTANT:
        middle = early + (late - early) // 2
        if middle.astimezone(tz).fold:
            early = middle
        else:
            late = middle
    return late.astimezone(tz).replace(tzinfo=None) - _INSTANT
