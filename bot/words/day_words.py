"""Days as people say them, as a date or as the choice of dates that they may mean: `morgen`, `za`, `3 dec`, `28-11`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final, Literal

from bot.words.clock_words import DayPart, number

Trouble = Literal["no_such_date", "past", "wrong_weekday", "which_day"]

_WEEKDAYS: Final[Mapping[str, int]] = {
    word: n
    for n, words in enumerate(
        (
            "maandag ma monday mon", "dinsdag di tuesday tue tues", "woensdag wo wednesday wed", "donderdag do thursday thu thurs",
            "vrijdag vr friday fri", "zaterdag za saturday sat", "zondag zo sunday sun",
        )
    )
    for word in words.split()
}  # fmt: skip
_RELATIVE: Final[Mapping[str, int]] = {
    "vandaag": 0, "today": 0, "morgen": 1, "tomorrow": 1, "overmorgen": 2, "the day after tomorrow": 2,
    "day after tomorrow": 2, "gisteren": -1, "yesterday": -1, "eergisteren": -2,
}  # fmt: skip
# A part of today, and how a part is said behind a day; a night belongs to two days.
_TODAY: Final[Mapping[str, DayPart]] = {
    "vanochtend": "morning", "vanmorgen": "morning", "this morning": "morning", "vanmiddag": "afternoon",
    "this afternoon": "afternoon", "vanavond": "evening", "this evening": "evening", "vannacht": "night",
    "tonight": "evening",
}  # fmt: skip
_PARTS: Final[Mapping[str, DayPart]] = {
    "ochtend": "morning", "morning": "morning", "'s ochtends": "morning", "'s morgens": "morning",
    "in the morning": "morning", "middag": "afternoon", "afternoon": "afternoon", "'s middags": "afternoon",
    "in the afternoon": "afternoon", "avond": "evening", "evening": "evening", "'s avonds": "evening",
    "in the evening": "evening", "nacht": "night", "night": "night", "'s nachts": "night", "at night": "night",
}  # fmt: skip
_WEEKDAY: Final = "|".join(sorted(_WEEKDAYS, key=len, reverse=True))
_COMING: Final = re.compile(rf"(?:(?:deze|komende|aanstaande|a\.s\.|this|coming) )?({_WEEKDAY})\.?")
_NEXT_WEEK: Final = re.compile(rf"(?:volgende week|next week) ({_WEEKDAY})|({_WEEKDAY}) (?:volgende week|next week)")
_NEXT: Final = re.compile(rf"(?:volgende|next) ({_WEEKDAY})")
_IN_DAYS: Final = re.compile(r"(?:over|in) ([a-z0-9]+) (dagen|dag|days?|weken|week|weeks?)")
_BEFORE_DATE: Final = re.compile(rf"({_WEEKDAY})\.?,? (?=.*[0-9])")
_NUMERIC: Final = re.compile(r"([0-9]{1,2})([-/])([0-9]{1,2})(?:\2([0-9]{4}|[0-9]{2}))?")
_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TH: Final = r"(?:e|ste|de|st|nd|rd|th)?"
_NAMED: Final = re.compile(rf"(?:the )?([0-9]{{1,2}}){_TH}(?: of)? ([a-z]+)\.?(?:,? ([0-9]{{4}}))?")
_MONTH_FIRST: Final = re.compile(rf"([a-z]+)\.? (?:the )?([0-9]{{1,2}}){_TH}(?:,? ([0-9]{{4}}))?")
# A date without a year that is over by less than this is not meant for next year.
_JUST_OVER: Final = timedelta(days=120)
_LONGEST: Final = 40
FURTHEST: Final = 10  # years
_FURTHEST_DAYS: Final = FURTHEST * 365


@dataclass(frozen=True, slots=True)
class Days:
    """The date that was said, or (of a weekday) the first of those that come every week."""

    first: date
    weekly: bool = False


@dataclass(frozen=True, slots=True)
class NoDay:
    """`choices`: which dates it may be."""

    why: Trouble
    choices: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said of the day; `day` is None when only a part of today was."""

    day: Days | NoDay | None
    part: DayPart | None


def spoken(said: str, today: date, since: date) -> Spoken | None:
    """Reads `za`, `morgenavond`, `3 dec 's avonds`, `vanavond`; None when it is no day at all.

    A weekday, and a date without a year, is the first from `since` on; `morgen` is the day after `today`.
    """
    if said in _TODAY:
        # the coming night may be tonight's or tomorrow's: the clock decides
        return Spoken(None if _TODAY[said] == "night" else Days(today), _TODAY[said])
    if said in _PARTS:
        return Spoken(None, _PARTS[said])
    for word, part in _PARTS.items():
        if said.endswith(word) and (found := day(said[: -len(word)].strip(), today, since)) is not None:
            return _night(found) if part == "night" and isinstance(found, Days) else Spoken(found, part)
    found = day(said, today, since)
    return None if found is None else Spoken(found, None)


def _night(found: Days) -> Spoken:
    """The night of Saturday may be the one before or after it."""
    return Spoken(NoDay("which_day", (found.first, found.first + timedelta(days=1))), "night")


def day(said: str, today: date, since: date) -> Days | NoDay | None:
    """Reads one day; None when it is none."""
    if len(said) > _LONGEST or not said:
        return None
    if said in _RELATIVE:
        away = _RELATIVE[said]
        return Days(today + timedelta(days=away)) if away >= 0 else NoDay("past")
    return _weekday(said, today, since) or _dated(said, since)


def _weekday(said: str, today: date, since: date) -> Days | NoDay | None:
    if hit := _COMING.fullmatch(said):
        return Days(_upcoming(since, hit.group(1)), weekly=True)
    if hit := _NEXT_WEEK.fullmatch(said):
        monday = today + timedelta(days=7 - today.weekday())
        return Days(monday + timedelta(days=_WEEKDAYS[hit.group(1) or hit.group(2)]))
    if hit := _NEXT.fullmatch(said):
        first = _upcoming(since, hit.group(1))
        return NoDay("which_day", (first, first + timedelta(days=7)))
    if hit := _IN_DAYS.fullmatch(said):
        many = number(hit.group(1))
        each = 7 if hit.group(2).startswith("we") else 1
        if not many:
            return None
        return NoDay("no_such_date") if many * each > _FURTHEST_DAYS else Days(today + timedelta(days=many * each))
    return None


def _upcoming(today: date, word: str) -> date:
    return today + timedelta(days=(_WEEKDAYS[word] - today.weekday()) % 7)


def _dated(said: str, since: date) -> Days | NoDay | None:
    """A date; a weekday in front of it, as the bot itself writes it, must be that of the date."""
    weekday = _BEFORE_DATE.match(said)
    rest = said[weekday.end() :] if weekday else said
    found = _numbered(rest, since) or _with_month(rest, since)
    if weekday and isinstance(found, Days) and found.first.weekday() != _WEEKDAYS[weekday.group(1)]:
        return NoDay("wrong_weekday", (found.first,))
    return found


def _numbered(said: str, since: date) -> Days | NoDay | None:
    if hit := _ISO.fullmatch(said):
        year, month, day_ = (int(group) for group in hit.groups())
        return _placed(day_, month, year, since)
    if hit := _NUMERIC.fullmatch(said):
        given = hit.group(4)
        full = int(given) + (2000 if len(given) == 2 else 0) if given else None
        return _placed(int(hit.group(1)), int(hit.group(3)), full, since)
    return None


def _with_month(said: str, since: date) -> Days | NoDay | None:
    if hit := _NAMED.fullmatch(said):
        day_, word, year = hit.groups()
    elif hit := _MONTH_FIRST.fullmatch(said):
        word, day_, year = hit.groups()
    else:
        return None
    month = _month(word)
    return None if month is None else _placed(int(day_), month, int(year) if year else None, since)


def _placed(day_: int, month: int, year: int | None, since: date) -> Days | NoDay:
    """Without a year: this year's, or next year's when it is long over before `since`."""
    if year is not None and year > since.year + FURTHEST:
        return NoDay("no_such_date")
    try:
        found = date(year or since.year, month, day_)
        if year is None and found < since and since - found > _JUST_OVER:
            found = found.replace(year=since.year + 1)
    except ValueError:
        return NoDay("no_such_date")
    return Days(found) if found >= since else NoDay("past", (found,))


def _month(word: str) -> int | None:
    """The month of a name or of what people shorten it to, in Dutch or English."""
    return _reader()(word) if 3 <= len(word) <= 12 else None


@cache
def _reader() -> Callable[[str], int | None]:
    # imported at the first use: the library and its tables take a tenth of a second, which the start of the bot need not wait for
    from dateparser.date import DateDataParser  # type: ignore[import-untyped]

    # Only the names of months are left to the library. Given more, it guesses: it reads "di 9 uur" as the 9th of this month, and
    # leaves out what it does not know ("vandaag 25:00" is now).
    parser = DateDataParser(languages=["nl", "en"], settings={"REQUIRE_PARTS": ["month"], "PARSERS": ["absolute-time"]})

    def month(word: str) -> int | None:
        found = parser.get_date_data(f"1 {word} 2000").date_obj
        return found.month if found is not None and (found.day, found.year) == (1, 2000) else None

    return month
