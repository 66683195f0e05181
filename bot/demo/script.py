"""The parts: how each role answers the page, and the words they use in both languages."""

from dataclasses import dataclass
from typing import Final, Literal

from bot.domain.ids import RoleId
from bot.domain.people import COORDINATOR, Language
from bot.domain.playbook import Both

How = Literal["react", "text", "silent"]


@dataclass(frozen=True, slots=True)
class Reply:
    """How somebody answers the page; `comes` is false for a no and for silence."""

    how: How
    with_: str = "✅"
    comes: bool = True


DECLINES: Final = RoleId("expert_cyber")
SILENT: Final = RoleId("expert_ondermijning")
ANSWERS_ETA: Final = RoleId("om")
RESERVES: Final = (DECLINES, SILENT)
POLICE, CTER = RoleId("politie"), RoleId("expert_cter")
_USUAL: Final = Reply("react")
FIRST: Final = {
    COORDINATOR: Reply("react"),
    POLICE: Reply("text", "1"),
    ANSWERS_ETA: Reply("text", "15"),
    DECLINES: Reply("react", "❌", comes=False),
    SILENT: Reply("silent", "", comes=False),
    RoleId("expert_zorg"): Reply("text", "1"),
}
RESERVE: Final = {DECLINES: Reply("text", "1"), SILENT: Reply("react")}


def reply_of(role: RoleId, part: str) -> Reply:
    """How somebody in this part answers; ✅ unless the script says otherwise."""
    return (RESERVE if part == "reserve" else FIRST).get(role, _USUAL)


LINES: Final = {
    "alarm": Both(
        "alarm Waterbrug rellen: op TikTok oproep om vanavond 21u te rellen bij station",
        "alarm Waterbrug riot: call on TikTok to riot at the station tonight 21:00",
    ),
    "done": Both("klaar", "done"),
    "mine": Both("ik", "me"),
    "skip": Both("nvt nog geen politiebeeld, volgt om 22:00", "n/a no police picture yet, it follows at 22:00"),
    "decision_1": Both(
        "besluit Burgemeester roept op Instagram op om weg te blijven",
        "decision Mayor asks people on Instagram to stay away",
    ),
    "decision_2": Both(
        "besluit Geen noodbevel; politie houdt een stopgesprek",
        "decision No emergency order; the police hold a stop talk",
    ),
    "reason": Both("Lichtste middel dat werkt; ouders lezen mee", "The lightest means that works; parents read along"),
    "remark": Both(
        "Vijftien jongeren met vuurwerk bij het busstation", "Fifteen youngsters with fireworks at the bus station"
    ),
    "sitrep": Both(
        "sitrap Rustig op straat. Oproep 4.000 keer gezien. Volgende om 21:00.",
        "sitrep Quiet in the street. Call seen 4,000 times. Next at 21:00.",
    ),
    "close": Both("sluit", "close"),
    "close_yes": Both("sluit ja", "close yes"),
    "export": Both("export", "export"),
}


def line(lang: Language, key: str) -> str:
    """The words that somebody types."""
    return LINES[key].en if lang == "en" else LINES[key].nl
