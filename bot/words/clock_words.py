"""Times of day and lengths of time as people say them in Dutch and English, which no date library reads: `half vier`, `1u30`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

DayPart = Literal["morning", "afternoon", "evening", "night"]

_UNITS: Final = {
    word: n
    for n, words in enumerate(
        (
            "nul zero", "een one a an 'n", "twee two", "drie three", "vier four", "vijf five", "zes six", "zeven seven",
            "acht eight", "negen nine", "tien ten", "elf eleven", "twaalf twelve", "dertien thirteen",
            "veertien fourteen", "vijftien fifteen",
        )
    )
    for word in words.split()
}  # fmt: skip
_NUMBERS: Final[Mapping[str, int]] = {**_UNITS, "twintig": 20, "twenty": 20, "dertig": 30, "thirty": 30}
_N: Final = rf"(?:[0-9]{{1,3}}|{'|'.join(sorted(map(re.escape, _NUMBERS), key=len, reverse=True))})"
_HOURS: Final = r"(?:uur|uren|uurtje|u|h|hours?|hrs?)"
_MINUTES: Final = r"(?:minuten|minuut|minutes?|mins?|m)"
_LENGTHS: Final = (
    (re.compile(rf"({_N}) ?{_HOURS}(?: en| and)? ?({_N}) ?{_MINUTES}?"), lambda h, m: 60 * h + m),
    (re.compile(rf"({_N}) ?{_MINUTES}"), lambda m: m),
    (re.compile(rf"({_N}) ?{_HOURS}"), lambda h: 60 * h),
    (re.compile(r"([0-9]{1,2})[,.]5 ?" + _HOURS), lambda h: 60 * h + 30),
    (re.compile(rf"({_N}) (?:en een half|and a half) {_HOURS}"), lambda h: 60 * h + 30),
    (re.compile(rf"({_N}) kwartier(?:tje)?"), lambda q: 15 * q),
)
_FIXED: Final[Mapping[str, int]] = {
    "kwartier": 15, "kwartiertje": 15, "quarter": 15, "a quarter": 15, "a quarter of an hour": 15, "half uur": 30,
    "een half uur": 30, "halfuur": 30, "een halfuur": 30, "half uurtje": 30, "een half uurtje": 30, "half an hour": 30,
    "a half hour": 30, "half hour": 30, "uur": 60, "uurtje": 60, "anderhalf uur": 90, "an hour and a half": 90,
    "driekwartier": 45,
}  # fmt: skip

_EXACT: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?: ?(?:uur|u|h|hrs))?|([0-9]{1,2})[.]([0-9]{2}) ?(?:uur|u|h)")
_ENGLISH: Final = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))? ?([ap])[.]?m[.]?")
_WHOLE: Final = re.compile(rf"({_N}) ?(?:uur|u|h|o'?clock)")
_LETTER: Final = re.compile(r"([0-9]{1,2})[uh]([0-9]{2})")
_BARE: Final = re.compile(rf"({_N})")
_HALF: Final = re.compile(rf"half ({_N})(?: uur)?")
_AROUND: Final = re.compile(
    rf"({_N}|kwart|(?:a )?quarter)(?: {_MINUTES})? (over|voor|past|to)( half)? ({_N})(?: uur| o'?clock)?"
)
_PAST: Final = re.compile(rf"half past ({_N})")
_NAMED: Final[Mapping[str, int]] = {
    "middernacht": 24 * 60, "midnight": 24 * 60, "noon": 12 * 60, "midday": 12 * 60,
}  # fmt: skip
# The hours of the day in which a part of it lies; what is said as 8 in the evening is 20.
_WITHIN: Final[Mapping[DayPart, tuple[int, int]]] = {
    "morning": (4, 12),
    "afternoon": (12, 18),
    "evening": (17, 24),
    "night": (21, 32),
}
_TWELVE: Final = 12
_DAY: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day: `minutes` since midnight, one for each way to understand it; 24:00 is 1440."""

    minutes: tuple[int, ...]


def number(word: str) -> int | None:
    return int(word) if word.isdecimal() else _NUMBERS.get(word)


def length(said: str) -> timedelta | None:
    """`30m`, `1u30`, `anderhalf uur`, `een kwartier`; None when it is no length of time, or none at all."""
    if said in _FIXED:
        return timedelta(minutes=_FIXED[said])
    for pattern, minutes in _LENGTHS:
        if hit := pattern.fullmatch(said):
            numbers = [number(group) for group in hit.groups()]
            found = minutes(*numbers) if None not in numbers else 0
            return timedelta(minutes=found) if found else None
    return None


def clock(said: str, part: DayPart | None = None, *, bare: bool = False) -> Clock | None:
    """A time of day; None when it is none. Spoken times count to twelve, so without a part of the day they are two.

    `bare`: a number alone is a whole hour, as behind "at".
    """
    found = _exact(said) or _spoken(said, bare=bare or part is not None)
    if found is None:
        return None
    return found if part is None else _in_part(found, part)


def _exact(said: str) -> Clock | None:
    if hit := _EXACT.fullmatch(said):
        hour, minute, other, rest = hit.groups()
        return _clock(int(hour or other), int(minute or rest))
    if hit := _ENGLISH.fullmatch(said):
        hour, minute, half = hit.groups()
        if not 1 <= int(hour) <= _TWELVE:
            return None
        return _clock(int(hour) % _TWELVE + (_TWELVE if half == "p" else 0), int(minute or 0))
    if hit := _LETTER.fullmatch(said):
        return _clock(int(hit.group(1)), int(hit.group(2)))
    return Clock((_NAMED[said],)) if said in _NAMED else None


def _clock(hour: int, minute: int) -> Clock | None:
    inside = (hour < 24 and minute < 60) or (hour, minute) == (24, 0)
    return Clock((60 * hour + minute,)) if inside else None


def _spoken(said: str, *, bare: bool) -> Clock | None:
    offset = 0
    if hit := _HALF.fullmatch(said):
        hour, offset = number(hit.group(1)), -30
    elif hit := _PAST.fullmatch(said):
        hour, offset = number(hit.group(1)), 30
    elif hit := _AROUND.fullmatch(said):
        minute, way, half, named = hit.groups()
        hour = number(named)
        away = 15 if minute in ("kwart", "quarter", "a quarter") else number(minute)
        if away is None or away >= 60:
            return None
        offset = (-away if way in ("voor", "to") else away) - (30 if half else 0)
    elif (hit := _WHOLE.fullmatch(said)) or (bare and (hit := _BARE.fullmatch(said))):
        hour = number(hit.group(1))
    else:
        return None
    return None if hour is None else _either(hour, offset)


def _either(hour: int, offset: int) -> Clock | None:
    """Up to twelve an hour may be in either half of the day; a larger one, and a zero, says which."""
    if hour > 24:
        return None
    if 1 <= hour <= _TWELVE:
        first = (60 * hour + offset) % _DAY
        return Clock(tuple(sorted((first, (first + _DAY // 2) % _DAY))))
    return Clock(((60 * hour + offset) % _DAY if hour < 24 or offset else _DAY,))


def _in_part(found: Clock, part: DayPart) -> Clock | None:
    """Which of the ways to understand it lies in the part of the day; None when none does."""
    begin, end = (60 * hour for hour in _WITHIN[part])
    ways = {minute % _DAY for way in found.minutes for minute in _ways(way)}
    inside = sorted(way for way in ways if begin <= way < end or begin <= way + _DAY < end)
    return Clock(tuple(inside[:1])) if inside else None


def _ways(minutes: int) -> tuple[int, ...]:
    """`8:00` beside `this evening` is 20:00."""
    return (minutes, minutes + _DAY // 2) if minutes < _DAY // 2 else (minutes,)
