"""A red flag that somebody saw online, as a line of the log: by its code or by words of its name, and never counted or added up."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from bot.domain import commands as c
from bot.domain.cards import Signal, SignalGroup
from bot.domain.people import Language
from bot.matrix import line_commands as lines
from bot.matrix.translate import Heard
from bot.words.folding import fold
from bot.words.parse import Said

VERBS: Final = frozenset(("red_flag",))
_SAID: Final[Mapping[Language, tuple[str, str]]] = {
    "nl": ("Rode vlag", "Dempend signaal"),
    "en": ("Red flag", "Damping signal"),
}
_WORD: Final = re.compile(r"\w+")


def observed(said: Said, heard: Heard, groups: Iterable[SignalGroup]) -> c.RecordLine:
    """`rode vlag M1 Snapchat, drie keer`, or `rode vlag neem mee: Snapchat`. A fact, seen online unless its marks say otherwise.

    The weight stays out of it: it says something about a list, nothing about anybody.
    """
    found, where = _named(said.argument.strip(), tuple(groups))
    lang = heard.incident.language if heard.incident is not None else heard.language
    kind = _SAID[lang][found.weight < 0]
    text = f"{kind} {found.code}, {found.text.nl if lang == 'nl' else found.text.en}"
    told = Said("fact", f"{text}: {where}" if where else text)
    line = lines.recorded(told, heard.by, heard.incident)
    return line if line.source_kind is not None else replace(line, source_kind="online")


def _named(text: str, groups: tuple[SignalGroup, ...]) -> tuple[Signal, str]:
    every = [signal for group in groups for signal in group.signals]
    code, _, rest = text.partition(" ")
    for signal in every:
        if signal.code.casefold() == code.rstrip(":,").casefold():
            return signal, rest.strip(" :,")
    name, _, where = text.partition(":")
    asked = set(_words(name))
    near = [one for one in every if asked and any(asked <= set(_words(text)) for text in (one.text.nl, one.text.en))]
    if len(near) != 1:
        raise c.Refused("which_signals" if near else "no_such_signal", {"codes": ", ".join(one.code for one in near)})
    return near[0], where.strip()


def _words(text: str) -> Iterator[str]:
    return (found.group() for found in _WORD.finditer(fold(text).text))
