"""What kind of case a sentence tells of, by scored words that can be shown; where it is, and on what kind of channel it goes round.

No model guesses and no account is read: whoever asks why a playbook was proposed gets the words.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from bot.domain.entries import ChannelKind
from bot.domain.playbook import CalendarProfile, Playbook
from bot.domain.sentence import folded, hits, mistyped

# What a word of a playbook weighs: how people name the phenomenon, a word that goes with it, one that goes with much else too.
NAME: Final = 3
WORD: Final = 2
WEAK: Final = 1
ENOUGH: Final = 2  # from here on a playbook is proposed
READ: Final = 2_000  # characters; what an alarm is about stands at its beginning
SHOWN: Final = 3  # words that are told as the reason


@dataclass(frozen=True, slots=True)
class Moment:
    """When a sentence says that it begins: `at` in UTC, and the words for it. `announced`: behind "verwacht"; `dated`: a day was
    named, so that no time of last night is meant."""

    at: datetime
    said: str
    announced: bool = False
    dated: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A playbook that fits, the words because of which, and the profile of the calendar that applies."""

    playbook: Playbook
    because: tuple[str, ...]
    profile: CalendarProfile | None = None

    @property
    def phenomenon(self) -> str | None:
        if self.profile is not None:
            return self.profile.phenomenon
        return self.playbook.phenomena[0] if self.playbook.phenomena else None


def proposed(text: str, playbooks: Iterable[Playbook], day: date) -> Kind | None:
    """The playbook whose words weigh most together, as far as they weigh enough; of equal ones the first. `day` is local."""
    best: tuple[int, Kind] | None = None
    plain = folded(text[:READ])
    for playbook in playbooks:
        points, because = weighed(plain, playbook)
        if points >= ENOUGH and (best is None or points > best[0]):
            best = points, Kind(playbook, because, profile(plain, playbook, day))
    return None if best is None else best[1]


def weighed(plain: str, playbook: Playbook) -> tuple[int, tuple[str, ...]]:
    """What the words of a playbook weigh in folded text, and which they are, in the order in which they were said. Mistyped words
    count where none is typed right."""
    weights = _weights(
        playbook.weak_words, tuple(w for one in playbook.calendar for w in one.words), playbook.words, playbook.names
    )
    found = sorted(hits(plain, weights)) or sorted(mistyped(plain, weights))
    because = tuple(dict.fromkeys(word for _, word in found))
    return sum(weights[word] for word in because), because[:SHOWN]


@lru_cache(maxsize=64)
def _weights(
    weak: tuple[str, ...], calendar: tuple[str, ...], words: tuple[str, ...], names: tuple[str, ...]
) -> Mapping[str, int]:
    """By folded word; who stands in two lists has the larger weight."""
    lists = ((weak, WEAK), (calendar, WORD), (words, WORD), (names, NAME))
    return {folded(word): weight for some, weight in lists for word in some}


def profile(plain: str, playbook: Playbook, day: date) -> CalendarProfile | None:
    """The profile of the calendar that applies on a local day, or because of what was said."""
    for one in playbook.calendar:
        if one.covers(day) or any(True for _ in hits(plain, one.words)):
            return one
    return None


# --- where -------------------------------------------------------------------------------------------------------------

_PREPOSITION: Final = (
    "bij|in|op|aan|rond|rondom|voor|achter|naast|tegenover|nabij|vlakbij|langs|naar|"
    "at|near|outside|around|by|behind|inside|in front of"
)
_ARTICLE: Final = r"het|de|een|ons|onze|the|a|an|our"
_PLACES: Final = (
    "stations?plein|busstation|treinstation|metrostation|station|winkelcentrum|winkelstraat|winkelgebied|binnenstad|stadshart|"
    "centrum|marktplein|markt|dorpsplein|schoolplein|plein|park|skatepark|speeltuin|school|scholen|basisschool|middelbare school|"
    "college|lyceum|universiteit|campus|stadhuis|gemeentehuis|raadhuis|raadzaal|provinciehuis|azc|noodopvang|opvanglocatie|"
    "asielzoekerscentrum|crisisopvang|ziekenhuis|politiebureau|buurthuis|jongerencentrum|wijkcentrum|bibliotheek|zwembad|sporthal|"
    "sportpark|sportveld|voetbalveld|stadion|kerk|moskee|synagoge|strand|haven|kade|boulevard|brug|bos|dijk|rivier|viaduct|"
    "snelweg|rotonde|parkeerplaats|parkeergarage|supermarkt|evenemententerrein|festivalterrein|bedrijventerrein|industrieterrein|"
    "camping|vakantiepark|wijk|dorp|city hall|town hall|shopping centre|shopping mall|mall|square|high street|"
    "railway station|bus station|train station|church|mosque|synagogue|stadium|beach|harbour|bridge|hospital|police station|"
    "playground|car park|asylum centre|library|village"
)
_COMMON: Final = re.compile(
    rf"(?<!\w)(?:{_PREPOSITION})\s+(?:(?:{_ARTICLE})\s+)?(?:[a-z]+e\s+)?(?:{_PLACES})(?!\w)(?!-)"
)
# A name of one's own: Kerkstraat, Oude Gracht; or a compound such as stationsplein.
_NAMED: Final = re.compile(
    r"(?<!\w)(?:(?:[Oo]p|[Ii]n|[Bb]ij|[Aa]an|[Rr]ond|[Vv]oor|[Nn]aar)\s+)?(?:(?:de|het|the)\s+)?(?:[A-Z][\w'-]*\s+){0,2}"
    r"[A-Z][\w'-]*(?:straat|laan|plein|weg|kade|park|markt|singel|gracht|dijk|hof|brug|haven|steeg|dreef)(?!\w)"
    r"|(?<!\w)(?:op|in|bij|aan|rond|voor|naar)\s+(?:(?:de|het)\s+)?\w{3,}(?:straat|plein|park|kade|gracht|singel)(?!\w)"
)


def place(text: str) -> str:
    """The first place that is named, as it was said: `bij het station`, `op de Kerkstraat`; empty when none is recognised."""
    text = text[:READ]
    lower = text.lower()
    hits = [hit for hit in (_COMMON.search(lower) if len(lower) == len(text) else None, _NAMED.search(text)) if hit]
    if not hits:
        return ""
    first = min(hits, key=lambda hit: (hit.start(), -hit.end()))
    return " ".join(text[first.start() : first.end()].split())


# --- on what -----------------------------------------------------------------------------------------------------------

# What people call the kinds of channel. Never an account, a profile or the name of a group.
CHANNELS: Final[Mapping[ChannelKind, tuple[str, ...]]] = {
    "tiktok": ("tiktok", "tik tok", "tiktoks", "tictok"),
    "snapchat": ("snapchat", "snap", "snapchatten", "snapmap", "snap map", "snapchatgroep"),
    "instagram": ("instagram", "insta", "instagramstory", "insta story"),
    "facebook": ("facebook", "fb", "facebookgroep", "facebookevenement"),
    "groepsapp": (
        "whatsapp", "whats app", "wapp", "groepsapp", "appgroep", "groepsapps", "appgroepen", "whatsappgroep", "buurtapp",
        "klassenapp", "group chat", "groupchat",
    ),
    "telegram": ("telegram", "telegramgroep", "telegramkanaal"),
    "x": ("twitter", "op x", "on x", "tweet", "tweets"),
    "youtube": ("youtube", "yt"),
    "discord": ("discord", "discordserver"),
    "livestream": ("twitch", "livestream", "live stream", "livestreams", "kick.com"),
    "forum": ("reddit", "forum", "4chan", "8chan"),
    "signal": ("signal", "signalgroep"),
    "spel": ("roblox", "fortnite", "gta rp", "minecraft"),
    "mail": ("mail", "e-mail", "email", "mailtje", "mails", "dreigmail"),
    "brief": ("brief", "flyer", "flyers", "folder", "pamflet", "posters", "leaflet"),
    "telefoon": ("telefoontje", "werd gebeld", "via telefoon", "via de telefoon", "phone call"),
}  # fmt: skip


_KIND_OF: Final[Mapping[str, ChannelKind]] = {folded(word): kind for kind, words in CHANNELS.items() for word in words}


def channels(text: str) -> tuple[ChannelKind, ...]:
    """The kinds of channel that are named, in the order in which they were said."""
    plain = folded(text[:READ])
    found = sorted((*hits(plain, _KIND_OF), *mistyped(plain, _KIND_OF)))
    return tuple(dict.fromkeys(_KIND_OF[word] for _, word in found))
