"""Values made fit to show: text without tricks, moments on the Dutch clock, lengths of time, links to rooms."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from bot.domain.ids import RoomId
from bot.domain.people import Language

ZONE: Final = ZoneInfo("Europe/Amsterdam")
ELLIPSIS: Final = "…"
# A pile of accents on one letter can cover the lines above it.
_MOST_ACCENTS: Final = 3
_SPACES: Final = re.compile(r"\s+")
# Words of letters (Latin, without loose accents) and usual signs, one space apart: nothing can hide in them. Nearly every text
# is so, and a long log has a million characters that then need not be looked at one by one.
_SIGNS: Final = r"[!-?A-~¡-¬®-ʯ‐-‧‰-›€]+"
_PLAIN: Final = re.compile(rf"(?:{_SIGNS}(?: {_SIGNS})*)?")
_ROOM_CALL: Final = re.compile(r"@(?=room\b)")
_MINUTE: Final = timedelta(minutes=1) - timedelta(milliseconds=1)
_HOUR: Final[dict[Language, str]] = {"nl": "u", "en": "h"}


class Loose(str):
    """A value that may be cut so that a message stays within its limits: what people wrote, names, lists."""

    __slots__ = ()


def visible(text: str) -> str:
    """One line of text in which nothing hides: no control, bidirectional or invisible characters, no piles of accents, and no
    `@room`, which would wake everybody when the bot repeats it."""
    return text if _PLAIN.fullmatch(text) else _sifted(text)


def _sifted(text: str) -> str:
    shown: list[str] = []
    pile = 0
    for char in text:
        category = unicodedata.category(char)
        if category == "Cc" or category in ("Zl", "Zp"):
            char = " "
        elif category in ("Cf", "Cs", "Cn"):
            continue
        pile = pile + 1 if category in ("Mn", "Me") else 0
        if pile <= _MOST_ACCENTS:
            shown.append(char)
    return _ROOM_CALL.sub("@ ", _SPACES.sub(" ", "".join(shown)).strip())


def loose(text: str) -> Loose:
    return Loose(visible(text) or "–")


def shorten(text: str, length: int) -> str:
    """At most `length` characters (one at least), with … where something was cut."""
    return text if len(text) <= length else text[: max(length - 1, 0)].rstrip() + ELLIPSIS


def moment(at: datetime, lang: Language) -> str:
    """`zo 22-11 03:06`; in the hour that comes twice in October the time zone is said as well."""
    local = at.astimezone(ZONE)
    text = format_datetime(local, "EEE dd-MM HH:mm", locale=lang)
    return f"{text} {local.tzname()}" if _twice(local) else text


def clock(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%H:%M}"


def _twice(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def recall(said: str, now: datetime) -> datetime | None:
    """The end of the minute `03:10` (or `22-11 03:10`) that the clock showed last, as an instant in UTC and never after `now`;
    None when there was none within a year."""
    day, _, time = said.rpartition(" ")
    hour, minute = (int(part) for part in time.split(":"))
    today = now.astimezone(ZONE)
    for back in range(367 if day else 2):
        date = today - timedelta(days=back)
        start = date.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=1).astimezone(UTC)
        if start <= now and (not day or f"{date:%d-%m}" == day):
            return min(start + _MINUTE, now.astimezone(UTC))
    return None


def length_of(seconds: int, lang: Language) -> str:
    """`45 s`, `1 min 12 s`, `2 u 05 min`."""
    minutes, rest = divmod(max(seconds, 0), 60)
    hours, left = divmod(minutes, 60)
    if hours:
        return f"{hours} {_HOUR[lang]} {left:02} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def room_link(room: RoomId) -> str:
    return f"https://matrix.to/#/{quote(room, safe='!:')}"
