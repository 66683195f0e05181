"""The parts: how each role answers the page, and the words they use in both languages."""

from dataclasses import dataclass
from typing import Final, Literal

from bot.domain.ids import RoleId
from bot.domain.ladder import Channel
from bot.domain.people import COORDINATOR, Language
from bot.domain.playbook import Both

# In the chat by reaction or text; by text message, by a key in a call, by the link in a mail, by the button of a push notice.
How = Literal["react", "text", "silent", "sms", "voice", "link", "button"]


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
POLICE, CTER, CARE = RoleId("politie"), RoleId("expert_cter"), RoleId("expert_zorg")
_USUAL: Final = Reply("react")
FIRST: Final = {
    COORDINATOR: Reply("react"),
    POLICE: Reply("sms", "1"),
    ANSWERS_ETA: Reply("link", "15"),
    CTER: Reply("button"),
    DECLINES: Reply("react", "❌", comes=False),
    SILENT: Reply("silent", "", comes=False),
    CARE: Reply("voice", "1"),
}
RESERVE: Final = {DECLINES: Reply("text", "1"), SILENT: Reply("voice", "1")}
# Over which channel an answer goes; the rest is answered in the chat.
OVER: Final[dict[How, Channel]] = {"sms": "sms", "voice": "voice", "link": "mail", "button": "ntfy"}
# Who can be rung how, beside the chat; a number is for text messages and calls.
REACHED: Final[dict[tuple[RoleId, str], tuple[Channel, ...]]] = {
    (COORDINATOR, "paged"): ("ntfy",),
    (POLICE, "paged"): ("sms", "voice"),
    (ANSWERS_ETA, "paged"): ("mail", "voice"),
    (CTER, "paged"): ("ntfy", "sms", "voice"),
    (CARE, "paged"): ("sms", "voice"),
    (SILENT, "paged"): ("sms", "voice"),
    (SILENT, "reserve"): ("sms", "voice"),
}
# Who gives the own number in the chat; the others did so before.
BY_CHAT: Final = POLICE


def reached(role: RoleId, part: str, number: int) -> dict[Channel, str]:
    """The addresses of one of the cast, which exist nowhere; `number` is different for each."""
    known: dict[Channel, str] = {
        "ntfy": f"iog-telefoon-{number:02}",
        "mail": f"telefoon{number:02}@iog.example",
        **dict.fromkeys(_NUMBERS, f"+3160000{number:04}"),
    }
    return {channel: known[channel] for channel in REACHED.get((role, part), ())}


_NUMBERS: Final[tuple[Channel, ...]] = ("sms", "voice")


def reply_of(role: RoleId, part: str) -> Reply:
    """How somebody in this part answers; ✅ unless the script says otherwise."""
    return (RESERVE if part == "reserve" else FIRST).get(role, _USUAL)


LINES: Final = {
    "number": Both("nummer {number}", "number {number}"),
    "alarm": Both(
        "alarm Waterbrug rellen: op TikTok oproep om over 2 uur te rellen bij station",
        "alarm Waterbrug riot: call on TikTok to riot at the station in 2 hours",
    ),
    "rumour_alarm": Both(
        "alarm Waterbrug nepnieuws: tien bellers vragen of hier een azc komt, er gaat een brief rond",
        "alarm Waterbrug fake news: ten callers ask whether an asylum centre comes here, a letter goes round",
    ),
    "rumour_named": Both(
        "feit Brief met gemeentelogo, doorgestuurd door dhr. Fictief",
        "fact Letter with our logo, sent on by Mr. Fictief",
    ),
    "rumour_again": Both(
        "vervang 1 Brief met gemeentelogo, doorgestuurd door een raadslid",
        "replace 1 Letter with our logo, sent on by a councillor",
    ),
    "rumour_denied": Both(
        "feit Er is geen besluit en de plek is nooit onderzocht /bron gemeente /b 1",
        "fact Nothing was decided and the place was never looked at /source municipality /r 1",
    ),
    "rumour_sentence": Both(
        "klaar Er gaat een brief rond die niet van de gemeente is", "done A letter goes round that is not ours"
    ),
    "rumour_street": Both(
        "feit Jongeren praten over vanavond 19.30 bij het stadhuis /bron jongerenwerk",
        "fact Youngsters speak of tonight 19.30 at the town hall /source youth work",
    ),
    "rumour_page": Both("roep politie", "page police"),
    "rumour_fear": Both("besluit B4 2", "decision B4 2"),
    "rumour_later": Both("spoed", "urgent"),
    "rumour_neighbours": Both(
        "feit Dezelfde brief gaat rond bij twee buurgemeenten /bron gemeente",
        "fact The same letter goes round in two neighbouring municipalities /source municipality",
    ),
    "rumour_wide": Both(
        "bovenregionaal omdat twee buurgemeenten dezelfde brief hebben",
        "supraregional because two neighbouring municipalities have the same letter",
    ),
    "rumour_sitrep": Both(
        "sitrap De brief is nep, het feit staat op de website. Onbekend: hoeveel er vanavond komen.",
        "sitrep The letter is false, the fact is on the website. Unknown: how many will come tonight.",
    ),
    "rumour_close": Both(
        "sluit ja het gerucht is weerlegd, een oproep voor vanavond krijgt een eigen alarm",
        "close yes the rumour is refuted, a call for tonight gets an alarm of its own",
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
    "close_yes": Both(
        "sluit ja rustig op straat, de rest volgt morgen", "close yes quiet in the street, the rest tomorrow"
    ),
    "export": Both("export", "export"),
}


def line(lang: Language, key: str) -> str:
    """The words that somebody types."""
    return LINES[key].en if lang == "en" else LINES[key].nl
