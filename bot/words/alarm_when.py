"""The time at which something begins, found in the free sentence of an alarm; what may be a time of last night is left alone."""

import re
from datetime import datetime, timedelta
from typing import Final

from bot.domain.intake import EXPECTED
from bot.domain.triage import Moment
from bot.words.folding import fold
from bot.words.when import Understood, point

_WEEKDAY: Final = (
    r"(?:(?:deze|komende|aanstaande|volgende|this|coming|next) )?(?:maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|ma|di|wo|do|vr|za|zo|mon|tue|wed|thu|fri|sat|sun)"
    r"(?:avond|middag|ochtend|nacht)?(?: (?:evening|afternoon|morning|night))?"
)
_MONTH: Final = (
    r"(?:jan|feb|mrt|maart|apr|mei|jun|jul|aug|sep|okt|nov|dec|mar|may|oct|januari|februari|april|juni|juli|augustus|september|"
    r"oktober|november|december|january|february|march|june|july|august|october)"
)
_DATE: Final = rf"(?:[0-9]{{1,2}}[-/][0-9]{{1,2}}(?:[-/][0-9]{{2,4}})?|[0-9]{{1,2}} {_MONTH}(?: [0-9]{{4}})?)"
_RELATIVE: Final = (
    r"(?:vandaag|vanavond|vanmiddag|vanochtend|vanmorgen|vannacht|morgenavond|morgenmiddag|morgenochtend|overmorgen|morgen|"
    r"today|tonight|this evening|this afternoon|tomorrow (?:evening|afternoon|morning|night)|tomorrow)"
)
_DAY: Final = rf"(?:{_WEEKDAY},? (?:{_DATE}|avond)|{_RELATIVE}|{_DATE}|{_WEEKDAY})"
_N: Final = r"(?:[0-9]{1,2}|een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf)"
_CLOCK: Final = (
    rf"(?:[0-9]{{1,2}}[:.][0-9]{{2}}(?: ?(?:uur|u|h)\b)?|[0-9]{{1,2}}u[0-9]{{2}}|{_N} ?(?:uur|u|o'?clock)\b|[0-9]{{1,2}} ?[ap]m\b|"
    rf"half {_N}|kwart (?:over|voor) {_N})"
)
_AT: Final = r"(?: |, | om | rond | vanaf | at | around | from )"
_LENGTH: Final = (
    rf"(?:over|in) (?:een half uur|een kwartier|anderhalf uur|{_N} (?:uur|minuten|min|dagen|hours?|minutes))"
)
_DATED: Final = re.compile(rf"(?<!\w)(?:{_DAY}{_AT}{_CLOCK}|{_CLOCK}(?: op)? {_DAY})(?!\w)")
# Without a day a number alone may be anything: 12.30 is a price, too, and two hours a length.
_BARE: Final = re.compile(
    rf"(?<!\w)(?:{_LENGTH}|(?:om|rond|vanaf|at|around) {_CLOCK}|[0-9]{{1,2}}:[0-9]{{2}}|[0-9]{{1,2}}[.][0-9]{{2}} ?(?:uur|u)|"
    rf"[0-9]{{1,2}}u(?:[0-9]{{2}})?|[0-9]{{1,2}} ?[ap]m|half {_N}|kwart (?:over|voor) {_N})(?!\w)"
)
_ANNOUNCED: Final = re.compile(
    rf"(?<!\w)(?:{'|'.join(EXPECTED)})(?: (?:wordt|om|op|rond|vanaf|is|at|on|around))*[ :]\s*"
)
# What tells of something that was, or is going on already.
_PAST: Final = re.compile(
    r"\b(?:gisteren|gisteravond|eergisteren|afgelopen|vorige|sinds|geweest|was|waren|werd|werden|had|hadden|gebeurde|gezien|gepost|"
    r"geplaatst|yesterday|last|since|were|ago|posted|happened)\b"
)
# A bare time of the clock that is further off than this lies nearer behind us.
_NEXT: Final = timedelta(hours=12)


def begins(sentence: str, now: datetime, zone: str) -> Moment | None:
    """When it begins as far as the sentence says so with a time of the clock. `now` is aware; `zone` an IANA name.

    Behind "verwacht" every time counts. Elsewhere none does in a sentence about the past, and without a day only one that is
    nearer ahead than behind.
    """
    folded = fold(sentence).text
    announced = _ANNOUNCED.search(folded)
    if announced is not None:
        rest = folded[announced.end() :]
        for pattern in (_DATED, _BARE):
            hit = pattern.match(rest)
            if hit and (at := _at(hit.group(), now, zone)) is not None:
                return Moment(at, hit.group(), announced=True, dated=True)
    if _PAST.search(folded):
        return None
    if (hit := _DATED.search(folded)) is not None:
        at = _at(hit.group(), now, zone)
        return None if at is None else Moment(at, hit.group(), dated=True)
    if (hit := _BARE.search(folded)) is not None:
        at = _at(hit.group(), now, zone)
        return None if at is None or at - now > _NEXT else Moment(at, hit.group())
    return None


def moment_of(text: str, now: datetime, zone: str) -> datetime | None:
    """The time that an answer to "when?" names, in UTC and ahead; None when it is none."""
    found = begins(text, now, zone)
    if found is not None:
        return found.at
    return _at(text, now, zone)


def _at(phrase: str, now: datetime, zone: str) -> datetime | None:
    match point(phrase, now, zone):
        case Understood(at=at) if at > now:
            return at
        case _:
            return None
