"""The page of who may give which command and how each message travels, made from the tables: `python -m tests.house.tables`."""

from typing import Final

from bot.domain import commands as c
from bot.domain import messages as m
from bot.domain.authority import INTERNAL, WHO_MAY, Right
from bot.domain.decide import WHEN
from tests.house.tree import ROOT

PAGE: Final = ROOT / "docs" / "tables.md"
PROOF: Final = {
    "clear": "a reaction is enough",
    "decrypted": "decrypted text",
    "known_device": "decrypted text from a known device",
}
SHAPES: Final = {
    "text": "rings",
    "notice": "silent",
    "edit": "changes an earlier message",
    "act": "something done, no text",
}
INTRODUCTION: Final = """# Tables

Made from the tables in the code by `python -m tests.house.tables`; a test holds this page to them.

## Commands

What can be asked of an incident. *Part*: who reported it, was paged in it, or leads it as coordinator or as officer of its
municipality. *Asked*: the person whom the page is for. *Circle*: who is in the closed circle. *Duty*: who has that duty in the
room. The proof is what the bot must know of where a command came from.
"""
BETWEEN: Final = """
## Messages

What somebody hears. A lower lane goes first. The reactions are those that the bot offers below its message.
"""


def tables() -> str:
    """The page in Markdown."""
    commands = ["| Command | Who may | Proof | In an incident that is |", "|---|---|---|---|"]
    commands += [_command(kind) for kind in c.COMMANDS]
    messages = ["| Message | Lane | Travels as | Offers | Shows its log line |", "|---|---|---|---|---|"]
    messages += [_message(kind, traits) for kind, traits in m.TRAITS.items()]
    return "\n".join((INTRODUCTION, *commands, BETWEEN, *messages, ""))


def _command(kind: type[c.Command]) -> str:
    states = ", ".join(sorted(WHEN.get(kind, {"open"}), key=("none", "open", "closed", "finished").index))
    states = states.replace("none", "not there yet")
    if kind in INTERNAL:
        return f"| `{kind.__name__}` | the bot itself | – | {states} |"
    right = WHO_MAY[kind]
    return f"| `{kind.__name__}` | {_who(right)} | {PROOF[right.proof]} | {states} |"


def _who(right: Right) -> str:
    ways = ["asked"] if right.asked else []
    ways += ["part"] if right.part else []
    ways += ["circle"] if right.circle else []
    ways += [f"duty {right.duty}"] if right.duty is not None else []
    return ", ".join((*ways, *sorted(right.roles)))


def _message(kind: type[m.Message], traits: m.Traits) -> str:
    offers = " ".join(traits.seeds) or "–"
    anchored = "yes" if traits.anchored else "–"
    return f"| `{kind.__name__}` | {traits.lane.name.lower()} | {SHAPES[traits.shape]} | {offers} | {anchored} |"


if __name__ == "__main__":
    PAGE.write_text(tables(), encoding="utf-8")
