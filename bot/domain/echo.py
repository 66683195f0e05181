"""What the bot repeats of what people wrote, without the personal data that was found in it: the log keeps it, with its mark.

Whole stays what goes out in the lane of pages, because who is woken must know what for; and what somebody asks for out of the
log, such as `regel 12`, the timeline and the dossier. What comes to somebody late leaves a marked text out (`catching_up`).
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from bot.domain import messages as m
from bot.domain.personal_data import masked

# A number that is said to be a reference is no citizen's; the same word stands before it where it is looked at for the log.
_REFERENCE: Final = "kenmerk "
# The fields of a message in which the words of people stand.
REPEATED: Final[Mapping[type[m.Message], tuple[str, ...]]] = {
    m.AlarmReceived: ("text",),
    m.AlarmUnderstood: ("place",),
    m.IntakeTold: ("text",),
    m.LineNote: ("text", "recipient", "reference"),
    m.LineFollowed: ("text",),
    m.SourceNote: ("text",),
    m.FileNote: ("name",),
    m.DecisionShown: ("text",),
    m.DecisionNote: ("text",),
    m.DecisionReminder: ("text",),
    m.ReasonAsked: ("given",),
    m.SitrepShown: ("text", "parts"),
    m.StepSettled: ("remark",),
    m.ActionShown: ("text",),
    m.ActionNote: ("text", "remark"),
    m.ActionDue: ("text",),
    m.FlagNote: ("reason",),
    m.WideTold: ("reason",),
    m.CircleTold: ("reason",),
    m.EndNote: ("reason",),
    m.CustodyNote: ("reason",),
    m.ImprovementShown: ("text",),
    m.ImprovementNote: ("text", "remark"),
    m.ImprovementDue: ("text",),
}


def hushed(messages: Iterable[m.Message], known: Collection[str]) -> list[m.Message]:
    """The messages with `[…]` for what was found; `known` are the handles of colleagues, whom one may name."""
    return [_hushed(message, known) for message in messages]


def worded(parts: m.Details, own: Collection[str], known: Collection[str]) -> m.Details:
    """The parts of a draft with `[…]` in those that people put in words themselves (`own`); the bot's own hold nothing of it."""
    return tuple((part, masked(text, known) if part in own else text) for part, text in parts)


def _hushed(message: m.Message, known: Collection[str]) -> m.Message:
    changed: dict[str, Any] = {}
    for name in REPEATED.get(type(message), ()):
        said = getattr(message, name)
        shown = _FIELDS.get(name, masked)(said, known)
        if shown != said:
            changed[name] = shown
    return replace(message, **changed) if changed else message


def _reference(said: str, known: Collection[str]) -> str:
    return masked(f"{_REFERENCE}{said}", known).removeprefix(_REFERENCE)


def _parts(said: m.Details, known: Collection[str]) -> m.Details:
    return tuple((part, masked(text, known)) for part, text in said)


_FIELDS: Final[Mapping[str, Callable[[Any, Collection[str]], Any]]] = {"reference": _reference, "parts": _parts}
