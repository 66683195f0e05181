"""Reactions: one meaning per emoji everywhere, whatever skin tone or presentation a phone sends."""

import re
from collections.abc import Mapping
from typing import Final

from bot.domain.ids import RoleId

# variation selectors, the joiner and the gender signs that follow it, and the five skin tones
_DRESS: Final = re.compile("[\u200d\u2640\u2642\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
_SAME: Final[Mapping[str, str]] = {
    "👍": "✅", "👌": "✅", "✔": "✅", "☑": "✅", "🆗": "✅",
    "👎": "❌", "✖": "❌", "❎": "❌", "🚫": "❌", "⛔": "❌",
    "⏩": "⏭", "🙋": "👤", "🕐": "⏰", "⏱": "⏰", "🔙": "↩",
}  # fmt: skip

# What a reaction to a message of the bot asks: (kind of message, normal emoji) -> verb of the grammar.
REACTIONS: Final[Mapping[tuple[str, str], str]] = {
    ("PageText", "✅"): "yes",
    ("PageText", "❌"): "no",
    ("AckConfirmed", "❌"): "no",
    ("DeclineConfirmed", "✅"): "yes",
    ("LateAnswer", "✅"): "yes",
    ("LateAnswer", "❌"): "no",
    ("AnswerTakenBack", "✅"): "yes",
    ("AnswerTakenBack", "❌"): "no",
    ("NobodyReached", "✅"): "take_over",
    ("AlarmReceived", "✅"): "now",
    ("AlarmReceived", "❌"): "stop",
    ("StepShown", "✅"): "done",
    ("StepShown", "⏭"): "skip",
    ("StepShown", "👤"): "claim",
    ("StepShown", "⏰"): "later",
    ("StepShown", "🔁"): "pass_on_step",
    ("StepAsked", "✅"): "take_over",
    ("StepAsked", "❌"): "not_yet",
    ("StepLate", "✅"): "done",
    ("StepLate", "⏰"): "later",
    ("DutyAsked", "✅"): "take_over",
    ("DutyAsked", "❌"): "not_yet",
    ("ActionShown", "✅"): "done",
    ("ActionDue", "✅"): "done",
    ("ImprovementShown", "✅"): "done",
    ("ImprovementDue", "✅"): "done",
    ("DecisionShown", "✅"): "confirm",
    ("SitrepDue", "✅"): "sitrep_same",
    ("SitrepDue", "⏰"): "sitrep_later",
    ("SitrepDue", "❌"): "sitrep_stop",
    ("SitrepDraft", "✅"): "sitrep_yes",
    ("ClosingAsked", "❌"): "close_no",
    ("DidYouMean", "✅"): "yes",
    ("DidYouMean", "❌"): "no",
    ("StillComing", "✅"): "yes",
    ("StillComing", "❌"): "no",
    ("HandoverAsked", "✅"): "take_over",
    ("HandoverAsked", "❌"): "not_yet",
    ("CalledNote", "🆘"): "escalate",
    ("ReadyAsked", "✅"): "yes",
    ("ReadyAsked", "❌"): "no",
}
# What a reaction to a message of a person asks; `pin` has no typed form of its own: `feit …`, `actie …` and the like are it.
# The signs of the kinds are none that people use to each other.
MARKS: Final[Mapping[str, str]] = {
    "📌": "pin", "⚖": "decision", "🆘": "alarm",
    "🔍": "fact", "💭": "assumption", "🧭": "interpretation", "🛠": "action", "📣": "communication", "📨": "external",
    "🛡": "privacy", "🌱": "evaluation", "🧩": "question",
}  # fmt: skip
# 1️⃣ to 4️⃣ on the confirmation of an alarm, in the order in which it offers the domains.
DOMAINS: Final[tuple[RoleId, ...]] = (
    RoleId("expert_cyber"),
    RoleId("expert_cter"),
    RoleId("expert_ondermijning"),
    RoleId("expert_zorg"),
)
_KEYCAP: Final = "\u20e3"


def normal(key: str) -> str:
    """The emoji without dress, look-alikes brought to one; other text comes back as it was, without dress."""
    bare = _DRESS.sub("", key).strip()
    return _SAME.get(bare, bare)


def reacted(kind: str, key: str) -> str | None:
    """The verb that a reaction `key` to a message of the bot of this kind asks; None when it means nothing there."""
    return REACTIONS.get((kind, normal(key)))


def domain_picked(key: str) -> RoleId | None:
    """The domain behind a number from 1 to 4, tapped as 1️⃣ or typed as `1`."""
    digit = normal(key).removesuffix(_KEYCAP)
    offered = {str(n): role for n, role in enumerate(DOMAINS, start=1)}
    return offered.get(digit)
