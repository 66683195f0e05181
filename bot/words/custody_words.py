"""Erased and kept words in words: what is said in the room, and what the one who asks for it typed."""

import re
from dataclasses import dataclass
from typing import Final, get_args

from bot.domain import entries as e
from bot.domain import messages as m
from bot.words.catalogue import Catalogue
from bot.words.fit import Line, line
from bot.words.folding import fold
from bot.words.shown import ZONE, loose, moment

_KINDS: Final[dict[str, e.Erasable]] = {
    "regel": "line", "line": "line", "bestand": "line", "file": "line",
    "besluit": "decision", "decision": "decision",
    "actie": "action", "action": "action",
    "sitrap": "sitrep", "sitrep": "sitrep",
    "tijdlijn": "entry", "timeline": "entry", "logboek": "entry", "log": "entry",
}  # fmt: skip
MOST_COPIES: Final = 5
_NUMBERED: Final = re.compile(rf"({'|'.join(_KINDS)})\s+#?([0-9]{{1,9}})\b")
_ALARM: Final = re.compile(r"(?:het\s+|the\s+)?(?:alarm|alert|melding)\b")
_CLOSING: Final = re.compile(r"(?:het\s+|the\s+)?(?:sluiten|closing)\b")
_MESSAGE: Final = re.compile(r"(?:(?:dit|dat|het|this|that|the)\s+)?(?:bericht|message)\b")
_PERSON: Final = re.compile(r"(?:de\s+)?(?:naam|name)\s+(?:van\s+|of\s+)?@?([a-z0-9][a-z0-9._-]*)")
_BECAUSE: Final = re.compile(r"[\s,:;]*(?:omdat|wegens|vanwege|want|because|due to|grond:?|ground:?)?\s*")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be erased, and why. Of a person `which` is what stood there, in small letters; of a message it is the one that was
    replied to, which is not in the words."""

    of: e.Erasable
    which: str
    ground: str


def read(said: str) -> Wanted | None:
    """What follows the word `wis`; None when it names nothing that can be erased."""
    folded = fold(said)
    if hit := _NUMBERED.match(folded.text):
        return Wanted(_KINDS[hit.group(1)], str(int(hit.group(2))), reason(folded.after(hit.end()).bare))
    if hit := _ALARM.match(folded.text):
        return Wanted("alarm", "", reason(folded.after(hit.end()).bare))
    if hit := _CLOSING.match(folded.text):
        return Wanted("closing", "", reason(folded.after(hit.end()).bare))
    if hit := _MESSAGE.match(folded.text):
        return Wanted("message", "", reason(folded.after(hit.end()).bare))
    if hit := _PERSON.match(folded.text):
        return Wanted("person", hit.group(1), reason(folded.after(hit.end()).bare))
    return None


def reason(said: str) -> str:
    """Without the word that says that a reason follows."""
    folded = fold(said)
    hit = _BECAUSE.match(folded.text)
    return folded.after(hit.end() if hit else 0).bare


def note(catalogue: Catalogue, said: m.CustodyNote) -> list[Line]:
    thing = (
        catalogue.text(said.lang, f"erasable.{said.of}", which=said.which) if said.of in get_args(e.Erasable) else ""
    )
    first = line(
        f"custody.{said.what}",
        number=said.number,
        when=moment(said.at, said.lang),
        by=loose(said.by),
        confirmed=loose(said.confirmed_by),
        thing=thing,
    )
    ground = [line("quote", text=loose(said.reason))] if said.reason else []
    return [first, *ground, line(f"custody.{said.what}_then", number=said.number)]


def copies(said: m.CopiesOut) -> list[Line]:
    """The last of them by date: whoever has one of those is asked to destroy it."""
    first = line("custody.copies", number=said.number, count=str(len(said.made)))
    shown = ", ".join(f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}" for at in said.made[-MOST_COPIES:])
    return [first, line("custody.copies_last", when=shown), line("custody.copies_then")]
