"""What may follow a verb, by the kind of argument that the grammar names: the readers of numbers, roles, moments and texts.

Longer than most modules: it is one table with a reader for each of its kinds.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from rapidfuzz.distance import DamerauLevenshtein

from bot.domain.ids import RoleId
from bot.words import observation_words
from bot.words.folding import Folded, fold
from bot.words.grammar import CHAPTERS, DUTY_WORDS, LAYER_WORDS, ROLE_WORDS, VERBS, Argument
from bot.words.line_marks import answered, only_marks, outcome_of
from bot.words.when import Unclear, point

_NUMBER: Final = re.compile(
    r"(?:(?:stap|step|besluit|decision|regel|line|aanname|assumption|nr\.?)\s*)?#?\s*([0-9]{1,4})(?![0-9]|[.,:/][0-9])[.:;,)]*(?:\s+|$)"
)
# Longer than any step has: it names one all the same, and is no remark about the sender's own.
_TOO_LONG: Final = re.compile(r"(?:(?:stap|step|besluit|decision|nr\.?)\s*)?#?\s*([0-9]{5,})[.!]*")
_LARGEST: Final = 999_999_999
_MOMENT: Final = re.compile(
    r"(?:(?:om|at)\s+)?(?:([0-3]?[0-9])[-/]([01]?[0-9])\s+)?"  # the day, when it is not the last time that the clock said so
    r"([0-2]?[0-9])[:.uh]([0-5][0-9])(?:\s*(?:uur|h))?\.?"
)
_PART: Final = re.compile(r"(?:veld|deel|part|field)?\s*(1[0-2]|[1-9])[.):]?(?:\s+|$)")
_PLAYBOOK: Final = re.compile(r"(?:pb\s*-?\s*)?([0-9]{1,2})\.?")
_POINT: Final = re.compile(r"b\s?([0-9]{1,2})(?![0-9a-z])[.:;,]*\s*")
_NAMES: Final = re.compile(r"@[^\s,;]+(?:[\s,;]+(?:(?:en|and)\s+)?@[^\s,;]+)*")
_MINUTES: Final = re.compile(r"\+?([0-9]{1,3})\s*(?:m|min|minuten|minutes)?\.?")
_WORD: Final = re.compile(r"@?[^\s:;,!?…()\"]+")
# What makes a sentence that begins with "neem cyber" more than talk: it says that a shift is taken over, or until when.
_TAKES: Final = re.compile(r"\b(?:over|tot|until|till|for)\b|[0-9]")
_PUT: Final = re.compile(r"(.+?)\s+(?:op|on|voor|for|als|as)\s+(?=\S)")
_TIMED: Final = re.compile(r"[0-9]|\b(?:vandaag|morgen|overmorgen|today|tomorrow|tot|until|till|t/m)\b")
_PERSON: Final = re.compile(
    r"(?:(?:aan|is|wordt|to|is now)\s+)?(?:(@[^\s,;!?()]+)|ik(?:zelf)?|mij(?:zelf)?|me|myself)[\s.!]*"
)
_DOWN: Final = re.compile(r"(?:neer)?[\s.!]*")
_BETWEEN: Final = re.compile(r"\s*(?:[+,&/]|\ben\b|\band\b|\s)\s*")
_WEEKDAY: Final = re.compile(
    r"\b(?:maan|dins|woens|donder|vrij|zater|zon)dag\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
)
_LONGEST_TIME: Final = 6  # words
_SOME_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)  # any will do to see whether words are a time
LONGEST_WAIT: Final = 600
LONGEST_COUNT: Final = 4  # digits of how many lines somebody asks for
LONGEST_MOMENT: Final = 40
SIMILAR_ROLE: Final = 0.75
SHORTEST_ROLE: Final = 4


@dataclass(frozen=True, slots=True)
class Fitted:
    text: str = ""
    number: int | None = None
    minutes: int | None = None
    roles: tuple[RoleId, ...] = ()


def fit_argument(kind: Argument, rest: Folded, *, colon: bool) -> Fitted | None:
    """Reads what follows the verb; None when it is not what the verb needs. Behind a colon no number is split off from a text."""
    bare = rest.bare
    return _READERS[kind](bare, colon)


def _none(bare: str, colon: bool) -> Fitted | None:
    return None if bare else Fitted()


def _any(bare: str, colon: bool) -> Fitted | None:
    return Fitted(bare)


def _text(bare: str, colon: bool) -> Fitted | None:
    return Fitted(bare) if bare else None


def _numbered(*, number: bool, text: bool, text_allowed: bool = True) -> Callable[[str, bool], Fitted | None]:
    """A reader of a number and a text, of which either may be required."""

    def read(bare: str, colon: bool) -> Fitted | None:
        folded = fold(bare)
        hit = _NUMBER.match(folded.text) if number or not colon or not text_allowed else None
        if number and not hit:
            return None
        too_long = None if hit or colon else _TOO_LONG.fullmatch(folded.text)
        if too_long:
            return None if text else Fitted("", min(int(too_long.group(1)[:12]), _LARGEST))
        said = folded.after(hit.end()).bare if hit else bare
        if (text and not said) or (said and not text_allowed):
            return None
        return Fitted(said, int(hit.group(1)) if hit else None)

    return read


def _minutes(bare: str, colon: bool) -> Fitted | None:
    if not bare:
        return Fitted()
    hit = _MINUTES.fullmatch(fold(bare).text)
    if not hit or not 1 <= int(hit.group(1)) <= LONGEST_WAIT:
        return None
    return Fitted(minutes=int(hit.group(1)))


def _roles(bare: str, colon: bool) -> Fitted | None:
    named = [_ROLE_OF.get(word) for word in _BETWEEN.split(fold(bare).text.strip(" .!?")) if word]
    found = tuple(dict.fromkeys(role for role in named if role))
    return Fitted(roles=found) if found and None not in named else None


def _role(bare: str, colon: bool) -> Fitted | None:
    fitted = _roles(bare, colon)
    return fitted if fitted and len(fitted.roles) == 1 else None


def _role_or_none(bare: str, colon: bool) -> Fitted | None:
    return _role(bare, colon) if bare else Fitted()


def _named_role(bare: str) -> tuple[RoleId | None, str] | None:
    """The role that the words begin with and what follows it; without the role when its word is mistyped; None without any."""
    folded = fold(bare)
    hit = _WORD.match(folded.text)
    word = hit.group().rstrip(".") if hit else ""
    role = _ROLE_OF.get(word)
    if role is None and similar_role(word) is None:
        return None
    return role, folded.after(hit.end() if hit else 0).bare


def similar_role(word: str) -> str | None:
    """The word for a role that a mistyped one is nearest to; None when it is near none."""
    near = [(DamerauLevenshtein.normalized_similarity(word, known), known) for known in _ROLE_OF]
    likeness, known = max(near)
    return known if len(word) >= SHORTEST_ROLE and likeness >= SIMILAR_ROLE else None


def role_of(word: str) -> RoleId | None:
    """The role that people call by this word, folded."""
    return _ROLE_OF.get(word)


def _role_and(*, needs: re.Pattern[str] | None, optional: bool) -> Callable[[str, bool], Fitted | None]:
    """A reader of a role and words about a time. Of a mistyped role all words are kept, for the question which one is meant."""

    def read(bare: str, colon: bool) -> Fitted | None:
        found = _named_role(bare)
        if found is None:
            return Fitted() if optional else None
        role, rest = found
        if needs is not None and not needs.search(fold(rest).text):
            return None
        return Fitted(bare) if role is None else Fitted(rest, roles=(role,))

    return read


def _person_role(bare: str, colon: bool) -> Fitted | None:
    """`@naam op cyber tot 08:00`; whose name that is, and until when, others know."""
    hit = _PUT.match(fold(bare).text)
    rest = fold(bare).after(hit.end()).bare if hit else ""
    return Fitted(bare) if hit and _named_role(rest) is not None and _TIMED.search(fold(rest).text) else None


def _when(bare: str, colon: bool) -> Fitted | None:
    return Fitted(bare) if bare else None


def _called(bare: str, colon: bool) -> Fitted | None:
    """A role, a role and a layer of its roster, or `@naam` with a role behind it or not; whose name it is others know."""
    first, _, last = bare.rpartition(" ")
    role = _ROLE_OF.get(fold(last).text.strip(" .!?"))
    if bare.startswith("@"):
        return Fitted(first, roles=(role,)) if first and role else Fitted(bare)
    layer = fold(last).text.strip(" .!?")
    if first and layer in LAYER_WORDS:
        fitted = _role(first, colon)
        return None if fitted is None else Fitted(layer, roles=fitted.roles)
    return _role(bare, colon)


def _playbook(bare: str, colon: bool) -> Fitted | None:
    hit = _PLAYBOOK.fullmatch(fold(bare).text)
    return Fitted(f"PB{int(hit.group(1)):02}") if hit else None


def _numbered_and(tells: Callable[[str], object]) -> Callable[[str, bool], Fitted | None]:
    """A reader of a number and words that must tell something; without that it is another verb's text."""

    def read(bare: str, colon: bool) -> Fitted | None:
        fitted = _READERS["number text"](bare, colon)
        return fitted if fitted is not None and tells(fitted.text) is not None else None

    return read


def _people(bare: str, colon: bool) -> Fitted | None:
    """Names with an @ before each, and nothing else."""
    return Fitted(bare) if _NAMES.fullmatch(bare) else None


def _point(bare: str, colon: bool) -> Fitted | None:
    """The code of a type of decision and nothing else."""
    hit = _POINT.fullmatch(fold(bare).text)
    return Fitted(f"B{int(hit.group(1))}") if hit else None


def _named(bare: str, colon: bool) -> Fitted | None:
    """`@naam`, or `ik` for oneself, which leaves nothing; who that is others know."""
    hit = _PERSON.fullmatch(fold(bare).text)
    return None if hit is None else Fitted(bare[hit.start(1) :].rstrip(" .!") if hit.group(1) else "")


def _numbered_named(bare: str, colon: bool) -> Fitted | None:
    fitted = _READERS["number? text"](bare, colon)
    named = _named(fitted.text, colon) if fitted is not None else None
    return None if fitted is None or named is None else Fitted(named.text, fitted.number)


def _duty_and(*, named: bool) -> Callable[[str, bool], Fitted | None]:
    """A reader of a duty and who has it; the text begins with what the duty is called in the log."""

    def read(bare: str, colon: bool) -> Fitted | None:
        folded = fold(bare)
        hit = _DUTY.match(folded.text)
        if hit is None:
            return None
        rest = folded.after(hit.end()).bare
        if not named:
            return Fitted(_DUTY_OF[hit.group(1)]) if _DOWN.fullmatch(fold(rest).text) else None
        person = _named(rest, colon)
        return None if person is None else Fitted(f"{_DUTY_OF[hit.group(1)]} {person.text}".strip())

    return read


def _moment_or_none(bare: str, colon: bool) -> Fitted | None:
    return _moment(bare, colon) if bare else Fitted()


def _point_and(bare: str, colon: bool) -> Fitted | None:
    """The code, the number of an answer, and what is said beside it; the text holds the code first."""
    folded = fold(bare)
    hit = _POINT.match(folded.text)
    answer = _NUMBER.match(folded.text[hit.end() :]) if hit else None
    if hit is None or answer is None:
        return None
    beside = folded.after(hit.end() + answer.end()).bare
    return Fitted(f"B{int(hit.group(1))} {beside}".strip(), int(answer.group(1)))


def _moment(bare: str, colon: bool) -> Fitted | None:
    hit = _MOMENT.fullmatch(fold(bare).text)
    if not hit or int(hit.group(3)) > 23:
        return None
    day, month, hour, minute = hit.groups()
    clock = f"{int(hour):02}:{minute}"
    if day is None:
        return Fitted(clock)
    return Fitted(f"{int(day):02}-{int(month):02} {clock}") if 1 <= int(day) <= 31 and 1 <= int(month) <= 12 else None


def _part_text(bare: str, colon: bool) -> Fitted | None:
    """The number of a part of a situation report and its words; behind a colon a number is the beginning of free words."""
    hit = _PART.match(fold(bare).text)
    said = fold(bare).after(hit.end()).bare if hit else ""
    return Fitted(said, int(hit.group(1))) if hit and not colon else None


def _timeline(bare: str, colon: bool) -> Fitted | None:
    """How many lines, what they are about, both or neither."""
    words = fold(bare).text.strip(" .!?").split()
    counts = [int(word) for word in words if word.isdecimal() and len(word) <= LONGEST_COUNT]
    chapters = [_CHAPTER_OF[word] for word in words if word in _CHAPTER_OF]
    if len(counts) + len(chapters) != len(words) or len(counts) > 1 or len(chapters) > 1 or 0 in counts:
        return None
    return Fitted(chapters[0] if chapters else "", counts[0] if counts else None)


def _day_and_time(bare: str, colon: bool) -> Fitted | None:
    """Words that name a day or a time and nothing else; which, whoever knows the clock says."""
    if len(bare.split()) > _LONGEST_TIME or not (_TIMED.search(fold(bare).text) or _WEEKDAY.search(fold(bare).text)):
        return None
    found = point(bare, _SOME_DAY, "UTC")
    return None if isinstance(found, Unclear) and found.why == "not_understood" else Fitted(bare)


def _ahead(bare: str, colon: bool) -> Fitted | None:
    """A time of the clock in words; when that is, others know."""
    return Fitted(bare) if _TIMED.search(fold(bare).text) and len(bare) <= LONGEST_MOMENT else None


def _observation(bare: str, colon: bool) -> Fitted | None:
    """A theme, a score and numbers of lines, and nothing else."""
    return Fitted(bare) if observation_words.read(bare) is not None else None


def _topic(bare: str, colon: bool) -> Fitted | None:
    word = fold(bare).text.strip(" .!?")
    if not word:
        return Fitted()
    found = next((verb.name for verb in VERBS if word in verb.words), None)
    return Fitted(found) if found else None


_ROLE_OF: Final[Mapping[str, RoleId]] = {
    word: role for role, (dutch, english) in ROLE_WORDS.items() for word in (*dutch, *english, role)
}
_CHAPTER_OF: Final[Mapping[str, str]] = {
    word: chapter for chapter, (dutch, english) in CHAPTERS.items() for word in (*dutch, *english)
}
_DUTY_OF: Final = {word: duty for duty, (dutch, english) in DUTY_WORDS.items() for word in (*dutch, *english)}
_DUTY: Final = re.compile(
    rf"({'|'.join(re.escape(word) for word in sorted(_DUTY_OF, key=len, reverse=True))})(?=$|[\s.!])"
)
_READERS: Final[Mapping[Argument, Callable[[str, bool], Fitted | None]]] = {
    "none": _none,
    "observation": _observation,
    "any": _any,
    "text": _text,
    "text?": _any,
    "number": _numbered(number=True, text=False, text_allowed=False),
    "number?": _numbered(number=False, text=False, text_allowed=False),
    "number text": _numbered(number=True, text=True),
    "number text?": _numbered(number=True, text=False),
    "number? text": _numbered(number=False, text=True),
    "number? text?": _numbered(number=False, text=False),
    "minutes?": _minutes,
    "role": _role,
    "role?": _role_or_none,
    "roles": _roles,
    "playbook": _playbook,
    "moment": _moment,
    "moment ahead": _ahead,
    "topic": _topic,
    "role? when?": _role_and(needs=None, optional=True),
    "role over when": _role_and(needs=_TAKES, optional=False),
    "role when": _role_and(needs=_TIMED, optional=False),
    "person role when": _person_role,
    "when": _when,
    "called": _called,
    "number outcome": _numbered_and(outcome_of),
    "number answer": _numbered_and(answered),
    "number marks": _numbered_and(only_marks),
    "part text": _part_text,
    "moment?": _moment_or_none,
    "timeline": _timeline,
    "number? named": _numbered_named,
    "named": _named,
    "duty named": _duty_and(named=True),
    "duty": _duty_and(named=False),
    "point": _point,
    "point number text?": _point_and,
    "day and time": _day_and_time,
    "people": _people,
}
