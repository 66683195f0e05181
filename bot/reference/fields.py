"""The kinds of value that people write in the files: durations, moments, dates, accounts, roles and ids."""

import re
from datetime import date, datetime, time, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from rapidfuzz import process

from bot.domain.people import CALLED, ROLES
from bot.domain.roster import Every

_UNITS: Final = {"s": "seconds", "m": "minutes", "u": "hours", "h": "hours", "d": "days"}
_DURATION = re.compile(r"([0-9]{1,5})([smuhd])")
_CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEAR_DAY = re.compile(r"[0-9]{2}-[0-9]{2}")
_TURN = re.compile(r"(dag|week|([1-9][0-9]{0,2}) ?(u|uur|d|dag|dagen|week|weken))")
_EVERY: Final[dict[str, Every]] = {"u": "uur", "d": "dag", "w": "week"}
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_PHONE = re.compile(r"\+?[0-9][0-9 -]{1,18}[0-9]")
_ACCOUNT = re.compile(r"@[a-z0-9._=/+-]+:[a-z0-9.-]+(:[0-9]{1,5})?")
_SERVER = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
_WEB = re.compile(r"(https://[^\s]{1,110})?")
_ID = re.compile(r"[a-z][a-z0-9-]{0,31}")


def guess(word: str, known: tuple[str, ...]) -> str | None:
    """The known word that somebody probably meant, if one is near enough."""
    best = process.extractOne(word.lower(), known, score_cutoff=70)
    return None if best is None else str(best[0])


def _wrong(key: str, **values: object) -> PydanticCustomError:
    # The type of the error is the key in our table of sentences; pydantic's own template is never shown.
    return PydanticCustomError(key, "{value}", values)


def _text(value: object, key: str) -> str:
    if not isinstance(value, str):
        raise _wrong(key, value=value)
    return value


def duration(value: object) -> timedelta:
    """`30s`, `5m`, `2u` (or `2h`), `7d`; nothing that could be read as a time of day."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise _wrong("duration_unit", value=value)
    text = _text(value, "duration_wrong").strip()
    if _CLOCK.fullmatch(text):
        raise _wrong("duration_is_clock", value=text)
    if text.isascii() and text.isdigit():
        raise _wrong("duration_unit", value=text)
    match = _DURATION.fullmatch(text)
    if match is None:
        raise _wrong("duration_wrong", value=text)
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def moment(value: object) -> datetime:
    """A local wall time to the minute, naive: the zone is the region's."""
    text = _text(value, "moment_wrong")
    try:
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass  # falls through to the same sentence: 2026-02-30 is as little a moment as "morgen"
    raise _wrong("moment_wrong", value=text)


def day(value: object) -> date:
    """A date, yyyy-mm-dd."""
    text = _text(value, "date_wrong")
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # as above
    raise _wrong("date_wrong", value=text)


def year_day(value: object) -> str:
    """A day of any year, dd-mm; kept as `12-30`, which sorts."""
    text = _text(value, "year_day_wrong")
    try:
        return (
            f"{date.fromisoformat(f'2024-{text[3:]}-{text[:2]}'):%m-%d}" if _YEAR_DAY.fullmatch(text) else _no_day(text)
        )
    except ValueError:
        return _no_day(text)


def _no_day(text: str) -> str:
    raise _wrong("year_day_wrong", value=text)


def turn(value: object) -> tuple[Every, int]:
    """How long one turn is: `dag`, `week`, `2 weken`, `3 dagen` or `12u`."""
    text = _text(value, "turn_wrong").strip()
    match = _TURN.fullmatch(text)
    if match is None:
        raise _wrong("turn_wrong", value=text)
    return _EVERY[(match[3] or text)[0]], int(match[2] or 1)


def clock(value: object) -> time:
    """A time of day in wall time, 00:00 up to 23:59."""
    text = _text(value, "clock_wrong").strip()
    if not _TIME.fullmatch(text):
        raise _wrong("clock_wrong", value=text)
    return time.fromisoformat(text)


def _clock_end(value: object) -> time:
    return time() if value == "24:00" else clock(value)


def _zone(value: object) -> str:
    text = _text(value, "zone_wrong")
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _wrong("zone_wrong", value=text) from None
    return text


def _role_among(value: object, known: tuple[str, ...]) -> str:
    text = _text(value, "role_unknown")
    if text in known:
        return text
    near = guess(text, known)
    raise _wrong("role_guess", value=text, guess=near) if near else _wrong("role_unknown", value=text)


def _pattern(pattern: re.Pattern[str], key: str, example: str = "") -> BeforeValidator:
    def judge(value: object) -> str:
        text = _text(value, key)
        if not pattern.fullmatch(text):
            raise _wrong(key, value=text, example=example)
        return text

    return BeforeValidator(judge)


def _code(pattern: str, example: str) -> tuple[BeforeValidator, WithJsonSchema]:
    schema = WithJsonSchema({"type": "string", "pattern": f"^{pattern}$", "examples": [example]})
    return _pattern(re.compile(pattern), "code_wrong", example), schema


_STEP_ROLES: Final = (*ROLES, CALLED)
_CODE_PB, _SCHEMA_PB = _code(r"PB[0-9]{2}", "PB01")
_CODE_F, _SCHEMA_F = _code(r"F[0-9]{2}", "F01")
_CODE_B, _SCHEMA_B = _code(r"B[1-9][0-9]?", "B1")
_CODE_STEP, _SCHEMA_STEP = _code(r"(BA[0-9]{2}|PB[0-9]{2}-[1-9][0-9]?)", "PB01-1")
_CODE_OPTION, _SCHEMA_OPTION = _code(r"[a-z][a-z0-9_]{0,47}", "niet_inzetten")
_CODE_SIGNAL, _SCHEMA_SIGNAL = _code(r"[A-Z][1-9][0-9]?", "M1")
_CODE_LETTER, _SCHEMA_LETTER = _code(r"[A-Z]", "M")

Duration = Annotated[
    timedelta,
    BeforeValidator(duration),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,5}[smuhd]$", "examples": ["30s", "5m", "2u", "7d"]}),
]
Moment = Annotated[
    datetime,
    BeforeValidator(moment),
    WithJsonSchema({"type": "string", "pattern": f"^{_MOMENT.pattern}$", "examples": ["2026-01-05 08:00"]}),
]
Turn = Annotated[
    tuple[Every, int],
    BeforeValidator(turn),
    WithJsonSchema({"type": "string", "pattern": f"^{_TURN.pattern}$", "examples": ["dag", "week", "2 weken", "12u"]}),
]
Clock = Annotated[
    time,
    BeforeValidator(clock),
    WithJsonSchema({"type": "string", "pattern": f"^{_TIME.pattern}$", "examples": ["08:00"]}),
]
ClockEnd = Annotated[
    time,
    BeforeValidator(_clock_end),
    WithJsonSchema({"type": "string", "pattern": f"^({_TIME.pattern}|24:00)$", "examples": ["17:00", "24:00"]}),
]
YearDay = Annotated[
    str,
    BeforeValidator(year_day),
    WithJsonSchema({"type": "string", "pattern": f"^{_YEAR_DAY.pattern}$", "examples": ["30-12"]}),
]
Day = Annotated[date, BeforeValidator(day), WithJsonSchema({"type": "string", "format": "date"})]
Zone = Annotated[str, BeforeValidator(_zone), WithJsonSchema({"type": "string", "examples": ["Europe/Amsterdam"]})]
AccountName = Annotated[
    str,
    _pattern(_ACCOUNT, "account_wrong"),
    WithJsonSchema({"type": "string", "pattern": f"^{_ACCOUNT.pattern}$", "examples": ["@jansen:iog.example"]}),
]
PhoneNumber = Annotated[
    str,
    _pattern(_PHONE, "phone_wrong"),
    WithJsonSchema({"type": "string", "pattern": f"^{_PHONE.pattern}$", "examples": ["085-0000000"]}),
]
WebAddress = Annotated[
    str,
    _pattern(_WEB, "web_wrong"),
    WithJsonSchema({"type": "string", "pattern": "^(https://.+)?$", "examples": ["https://platform.example/melden"]}),
]
Server = Annotated[str, _pattern(_SERVER, "server_wrong"), WithJsonSchema({"type": "string", "format": "hostname"})]
Slug = Annotated[str, _pattern(_ID, "id_wrong"), WithJsonSchema({"type": "string", "pattern": f"^{_ID.pattern}$"})]
Role = Annotated[
    str, BeforeValidator(lambda v: _role_among(v, ROLES)), WithJsonSchema({"type": "string", "enum": list(ROLES)})
]
StepRole = Annotated[
    str,
    BeforeValidator(lambda v: _role_among(v, _STEP_ROLES)),
    WithJsonSchema({"type": "string", "enum": list(_STEP_ROLES)}),
]
PlaybookCode = Annotated[str, _CODE_PB, _SCHEMA_PB]
PhenomenonCode = Annotated[str, _CODE_F, _SCHEMA_F]
DecisionCode = Annotated[str, _CODE_B, _SCHEMA_B]
StepCode = Annotated[str, _CODE_STEP, _SCHEMA_STEP]
OptionCode = Annotated[str, _CODE_OPTION, _SCHEMA_OPTION]
SignalCode = Annotated[str, _CODE_SIGNAL, _SCHEMA_SIGNAL]
SignalLetter = Annotated[str, _CODE_LETTER, _SCHEMA_LETTER]

Answers = Annotated[
    list[OptionCode],
    BeforeValidator(lambda v: [v] if isinstance(v, str) else v),
    WithJsonSchema(
        {
            "anyOf": [_SCHEMA_OPTION.json_schema, {"type": "array", "items": _SCHEMA_OPTION.json_schema}],
        }
    ),
]

Name = Annotated[str, Field(min_length=1, max_length=60)]
Line = Annotated[str, Field(min_length=1, max_length=120)]
