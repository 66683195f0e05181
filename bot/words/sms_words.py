"""What people text to the bot, read strictly, and what they are texted back in 160 characters."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain.ids import RoleId
from bot.domain.people import Language
from bot.words.catalogue import Catalogue
from bot.words.grammar import BY_NAME
from bot.words.gsm7 import cut
from bot.words.names import few_roles
from bot.words.parse import Said, clean, parse
from bot.words.shown import clock, length_of, shorten

# A telephone answers by itself too ("I can't talk right now"); a no among so many words is not taken for one.
MOST_WORDS: Final = 4
LONGEST: Final = 2_000  # characters; a text message in many parts is shorter
_LONGEST_NAME: Final = 24
# `1 014`: the answer, and the end of the number of the incident that is meant.
_WITH_CODE: Final = re.compile(r"(\S.*?)\s+#?([0-9]{3,5})[.!]?")
_CODE_FIRST: Final = re.compile(r"#?([0-9]{3,5})[:,]?\s+(\S.*)")
_ANSWERS: Final = frozenset(("yes", "no", "eta"))


@dataclass(frozen=True, slots=True)
class Answered:
    """A yes, with a time to come or without, or a no. `number` names an incident: in full, or as much as was texted."""

    coming: bool
    eta_minutes: int | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class Alarmed:
    text: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nothing that can be done by text message. `sentence`: it may have been meant as an alarm."""

    sentence: bool


def read(text: str, open_numbers: Sequence[str]) -> Answered | Alarmed | Unclear:
    """One text message; `open_numbers` are the incidents in which this person has a page.

    In the chat any sentence after a page counts as a sign of life. Here it does not, because phones send sentences by themselves.
    """
    text = clean(text)[:LONGEST]
    said = parse(text, "direct")
    if isinstance(said, Said) and said.verb == "alarm":
        return Alarmed(said.argument)
    for pattern, answer, code in ((_WITH_CODE, 1, 2), (_CODE_FIRST, 2, 1)):
        hit = pattern.fullmatch(text)
        found = None if hit is None else _answer(hit[answer], _full(hit[code], open_numbers))
        if hit is not None and found is not None and (len(hit[answer].split()) == 1 or found.number in open_numbers):
            return found
    return _answer(text, "") or Unclear(sentence=len(text.split()) >= MOST_WORDS)


def _answer(text: str, number: str) -> Answered | None:
    said = parse(text, "direct")
    if not isinstance(said, Said) or said.verb not in _ANSWERS:
        return None
    if said.verb == "no" and len(text.split()) > MOST_WORDS and not _begins_with_no(text):
        return None
    return Answered(said.verb != "no", said.minutes, number or said.incident)


def _begins_with_no(text: str) -> bool:
    first = text.split()[0].strip(" ,.;:!").casefold()
    return first in BY_NAME["no"].words


def _full(code: str, open_numbers: Sequence[str]) -> str:
    """The number that ends in the code; the code itself when there is none, so that no other incident is answered."""
    return next((number for number in open_numbers if number.endswith(f"-{code}")), code)


def said(catalogue: Catalogue, lang: Language, key: str, **values: str) -> str:
    """One text message, names shortened and cut to its size."""
    short = {name: shorten(value, _LONGEST_NAME) if name == "municipality" else value for name, value in values.items()}
    return cut(catalogue.text(lang, f"sms.{key}", **short))


def sent_at(catalogue: Catalogue, lang: Language, at: datetime, late: timedelta) -> str:
    """What is put behind an alarm that came late, so that nobody takes it for one of now."""
    values = {"time": clock(at), "late": length_of(round(late / timedelta(minutes=1)) * 60, lang).removesuffix(" 0 s")}
    return catalogue.text(lang, "alarm.sent_at", **values)


def choose(catalogue: Catalogue, lang: Language, pages: Sequence[tuple[str, str, Sequence[RoleId]]]) -> str:
    """Which of several pages: number, municipality and roles of each, as many as fit; the count says how many there are."""
    shown = list(pages)
    while True:
        listed = ", ".join(
            f"{number.rpartition('-')[2]} {few_roles(catalogue, lang, roles)} {shorten(municipality, _LONGEST_NAME)}"
            for number, municipality, roles in shown
        )
        values = {"count": str(len(pages)), "pages": listed, "code": pages[0][0].rpartition("-")[2]}
        text = catalogue.text(lang, "sms.choose", **values)
        if len(shown) == 1 or cut(text) == cut(text, 2 * len(text)):
            return cut(text)
        shown.pop()
