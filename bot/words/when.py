"""Moments and periods as people say them in Dutch and English, understood in local time or plainly not understood.

Nothing is guessed in silence: what may mean two things is asked about, and whoever uses an understood time repeats it with its day.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from bot.domain.roster import instant_of
from bot.words.clock_words import Clock, clock, length
from bot.words.day_words import NoDay, Spoken, Trouble, spoken
from bot.words.folding import fold

Why = Trouble | Literal["not_understood", "which_time", "no_time", "no_end", "end_first"]
# A time of the clock that is not the one that was said: it does not exist that night, or comes twice.
Odd = Literal["", "skipped", "twice"]

_LONGEST: Final = 120
_DAY: Final = timedelta(days=1)
_TRIMMED: Final = re.compile(r"^(?:om|op|rond|at|on|vanaf|van|from|de|het|the) |[.,!?;]+$")
_SPACES: Final = re.compile(r"\s+")
_AT: Final = re.compile(r" (?:om|at|around|rond) |, ")
_RELATIVE: Final = re.compile(r"(?:over|in) (.+)|(.+) (?:from now|vanaf nu)")
_FOR: Final = re.compile(r"(?:voor|for|gedurende) (.+)|(.+) lang|(.+) long")
# "tot" leaves the day that it names out, "tot en met" does not; a dash does what people do who write 3 dec – 10 dec.
_INCLUSIVE: Final = re.compile(r"^(?:(.*?) )?(?:tot en met|t/m|through|up to and including) (.+)$")
_EXCLUSIVE: Final = re.compile(r"^(?:(.*?) )?(?:tot|until|till) (.+)$")
_TO: Final = re.compile(r"^(.+?) to (.+)$")
_DAYS: Final = re.compile(r"^([0-9]{1,2})-([0-9]{1,2} [a-z]+.*)$")
_DASH: Final = re.compile(r"^(.+?)(?:\s*[–—]\s*|\s+-+\s+|(?<=[a-z])-|(?<=:[0-9]{2})-|-(?=[a-z]))(.+)$")
_BETWEEN: Final = ((_INCLUSIVE, True), (_EXCLUSIVE, False), (_TO, True), (_DAYS, True), (_DASH, True))
_DAY_ONLY: Final = re.compile(r"[0-9]{1,2}")
_MONTH: Final = re.compile(r"[0-9]{1,2}(?:e|st|nd|rd|th)?( [a-z]+.*)")
_LETTER: Final = re.compile(r"[0-9]{1,2}[uh](?:[0-9]{2})?")
_MOST_WORDS: Final = 12


@dataclass(frozen=True, slots=True)
class Understood:
    """An instant (UTC)."""

    at: datetime
    odd: Odd = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A whole day, without a time."""

    date: date


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` until `end` (UTC); `odd` is about either of them."""

    start: datetime
    end: datetime
    odd: Odd = ""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Why `phrase` is not understood; `choices` are the instants (UTC) or dates that it may mean."""

    why: Why
    phrase: str
    choices: tuple[datetime | date, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """The clock on the wall; what has no day comes first after `after` (both aware)."""

    now: datetime
    after: datetime
    zone: str

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    @property
    def from_day(self) -> date:
        return self.after.astimezone(ZoneInfo(self.zone)).date()


def point(phrase: str, now: datetime, zone: str) -> Understood | Day | Unclear:
    """One moment, or a day without a time. `now` is aware; `zone` an IANA name."""
    said = _plain(phrase)
    return _point(said, _Asked(now, now, zone), bare=phrase.strip().casefold().startswith(("om ", "at ")))


def period(phrase: str, now: datetime, zone: str) -> Period | Unclear:
    """A time from and until; what names only its end begins now, and a day alone is the whole of it."""
    said = _plain(phrase)
    if not said or len(said) > _LONGEST:
        return Unclear("not_understood", said[:_LONGEST])
    lasting = _FOR.fullmatch(said)
    lasts = length(next(filter(None, lasting.groups())) if lasting else said)
    if lasts is not None and (lasting or not clock(said) or _LETTER.fullmatch(said)):
        return Period(now.astimezone(UTC), now.astimezone(UTC) + lasts)
    for pattern, inclusive in _BETWEEN:
        if hit := pattern.match(said):
            left, right = (_plain(group or "") for group in hit.groups())
            return _between(left, right, now, zone, inclusive=inclusive)
    return _alone(said, now, zone)


def is_length(phrase: str) -> bool:
    """Whether the words are a length of time alone, such as `30m` or `een uur`."""
    return length(_plain(phrase)) is not None


def _plain(phrase: str) -> str:
    text = _SPACES.sub(" ", fold(phrase).text).strip()
    while (shorter := _TRIMMED.sub("", text).strip()) != text:
        text = shorter
    return text


def _alone(said: str, now: datetime, zone: str) -> Period | Unclear:
    found = _point(said, _Asked(now, now, zone))
    match found:
        case Day(date=day):
            start, end = (_midnight(one, zone) for one in (day, day + _DAY))
            return Period(max(start, now.astimezone(UTC)), end)
        case Understood():
            return Unclear("no_end", said)
        case _:
            return found


def _between(left: str, right: str, now: datetime, zone: str, *, inclusive: bool) -> Period | Unclear:
    if _DAY_ONLY.fullmatch(left) and (month := _MONTH.fullmatch(right)):
        left += month.group(1)
    begin = _point(left, _Asked(now, now, zone), bare=True) if left else Understood(now.astimezone(UTC))
    if isinstance(begin, Unclear):
        return begin
    start = begin.at if isinstance(begin, Understood) else max(_midnight(begin.date, zone), now.astimezone(UTC))
    until = _point(right, _Asked(now, start, zone), bare=True)
    match until:
        case Unclear(why="past", choices=choices) if left:
            return Unclear("end_first", f"{left}–{right}", (start, *choices))
        case Unclear():
            return until
        case Understood():
            end, odd = until.at, until.odd
        case Day(date=day):
            end, odd = _midnight(day + _DAY if inclusive else day, zone), ""
    if end <= start:
        return Unclear("end_first", f"{left}–{right}", (start, end))
    return Period(start, end, (begin.odd if isinstance(begin, Understood) else "") or odd)


def _point(said: str, asked: _Asked, *, bare: bool = False) -> Understood | Day | Unclear:
    if not said or len(said) > _LONGEST or said.count(" ") >= _MOST_WORDS:
        return Unclear("not_understood", said[:_LONGEST])
    if said in ("nu", "now"):
        return Understood(asked.now.astimezone(UTC))
    hit = _RELATIVE.fullmatch(said)
    lasts = length((hit.group(1) or hit.group(2)) if hit else said)
    if lasts is not None and (hit or not clock(said)):
        return Understood(asked.now.astimezone(UTC) + lasts)
    if (hour := _hour_or_length(said, asked)) is not None:
        return hour
    for day_said, clock_said in _splits(said):
        named = spoken(day_said, asked.today, asked.from_day) if day_said else None
        if day_said and named is None:
            continue
        found = clock(clock_said, named.part if named else None, bare=bare or bool(named)) if clock_said else None
        if clock_said and found is None:
            continue
        return _placed(said, named, found, asked)
    return Unclear("not_understood", said)


def _hour_or_length(said: str, asked: _Asked) -> Unclear | None:
    """`1u30` behind "tot" is half past one as well as an hour and a half from now."""
    lasts, hour = length(said), clock(said)
    if _LETTER.fullmatch(said) is None or lasts is None or hour is None:
        return None
    first = _first(hour.minutes, asked)
    return Unclear("which_time", said, (first.at, asked.now.astimezone(UTC) + lasts))


def _splits(said: str) -> Iterator[tuple[str, str]]:
    """The ways to cut the words into a day and a time of day, in either order, with or without a word between."""
    words = said.split(" ")
    yield "", said
    yield said, ""
    for at in range(len(words) - 1, 0, -1):
        left, right = " ".join(words[:at]), " ".join(words[at:])
        for word in ("om ", "at ", "rond ", "around "):
            right = right.removeprefix(word)
        yield left.rstrip(","), right
    for at in range(len(words) - 1, 0, -1):
        left, right = " ".join(words[:at]), " ".join(words[at:])
        yield right.removeprefix("op ").removeprefix("on "), left.removeprefix("om ").removeprefix("at ")


def _placed(said: str, named: Spoken | None, hour: Clock | None, asked: _Asked) -> Understood | Day | Unclear:
    day = named.day if named else None
    if isinstance(day, NoDay):
        return Unclear(day.why, said, day.choices)
    if hour is None:
        return (
            Day(day.first) if day is not None and named is not None and named.part is None else Unclear("no_time", said)
        )
    if day is None:
        return _first(hour.minutes, asked)
    if len(hour.minutes) > 1:
        return Unclear("which_time", said, tuple(_all(day.first, way, asked.zone)[0].at for way in hour.minutes))
    weeks = (day.first, day.first + timedelta(days=7)) if day.weekly else (day.first,)
    ways = [way for one in weeks for way in _all(one, hour.minutes[0], asked.zone)]
    only = next((way for way in ways if way.at > asked.after), ways[0])
    return Unclear("past", said, (only.at,)) if only.at <= asked.now else only


def _first(minutes: tuple[int, ...], asked: _Asked) -> Understood:
    """The first time after `after` that the clock shows one of these."""
    ways = [
        way
        for away in range(3)
        for minute in minutes
        for way in _all(asked.from_day + timedelta(days=away), minute, asked.zone)
    ]
    return min((way for way in ways if way.at > asked.after), key=lambda way: way.at)


def _all(day: date, minutes: int, zone: str) -> tuple[Understood, ...]:
    """The instants at which the clock shows this: two in the hour that comes twice, and after a skipped one the first that is."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    at = instant_of(wall, zone)
    if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall:
        return (Understood(at, "skipped"),)
    second = wall.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC)
    return (Understood(at),) if second == at else (Understood(at, "twice"), Understood(second, "twice"))


def _midnight(day: date, zone: str) -> datetime:
    return instant_of(datetime.combine(day, time()), zone)
