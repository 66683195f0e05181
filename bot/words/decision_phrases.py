"""What people say beside a decision or instead of a reason: in whose name, in a hurry, that a question does not apply."""

import re
from collections.abc import Mapping
from typing import Final

from bot.domain.entries import Capacity
from bot.domain.playbook import Reason
from bot.words.parse import Said

_NOT_APPLICABLE: Final = re.compile(
    r"(?:nvt|n\.v\.t\.?|niet van toepassing|n/a|not applicable)(?=$|[\s:,.;-])[\s:,.;-]*"
    r"(?:(?:omdat|want|because|since)\b)?[\s:,]*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_CAPACITIES: Final[Mapping[str, Capacity]] = {
    "namens": "on_behalf", "behalf": "on_behalf", "mandaat": "mandate", "mandate": "mandate",
    "advies": "advice", "advice": "advice",
}  # fmt: skip
URGENT: Final = frozenset(("spoed", "urgent"))


def not_applicable(text: str) -> str | None:
    """Why a question does not apply, empty when that was not said; None when the words are an answer."""
    hit = _NOT_APPLICABLE.fullmatch(text.strip())
    return None if hit is None else hit.group(1)


def named(questions: tuple[Reason, ...], text: str) -> tuple[Reason, str] | None:
    """`doel: …` names its question."""
    head, colon, rest = text.partition(":")
    word = head.strip().casefold()
    found = next((one for one in questions if word in (one.name.nl.casefold(), one.name.en.casefold())), None)
    return (found, rest.strip()) if colon and found is not None else None


def modifiers(beside: str) -> tuple[Capacity | None, bool, str]:
    """In whose name, in a hurry or not, and the words that are left."""
    words, capacity, urgent = beside.split(), None, False
    while words:
        at = 0 if words[0].casefold() in _CAPACITIES or words[0].casefold() in URGENT else -1
        word = words[at].casefold().strip(".!")
        if word in URGENT:
            urgent = True
        elif word in _CAPACITIES and at == 0:
            capacity = _CAPACITIES[word]
        else:
            break
        words.pop(at)
    return capacity, urgent, " ".join(words)


def in_whose_name(text: str) -> tuple[Capacity | None, str]:
    """`namens …` or `mandaat …` before the reason why something is taken back."""
    word, _, rest = text.strip().partition(" ")
    found = _CAPACITIES.get(word.casefold())
    return (None, text) if found in (None, "advice") else (found, rest.strip())


def sentence_again(said: Said, number: str) -> str:
    """What was said once more, with a place for in whose name; `number` is the incident's with a space behind it, or empty."""
    beside = said.argument.replace("{", "").replace("}", "")
    if said.verb == "revise":
        option, _, rest = beside.partition(" ")
        return f"herzie {number}{said.number} {option} {{}} {rest}".strip()
    if said.verb == "withdraw":
        return f"trek in {number}{said.number} {{}} {beside}".strip()
    code, _, rest = beside.partition(" ")
    return f"besluit {number}{code} {said.number} {{}} {rest}".strip()
