"""What people say about a line, behind its text or afterwards: `/bron politie /b 2 /vertrouwelijk`, and to whom a notice went.

What is not understood stays in the text: a line is never lost or cut because of a slash.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from bot.domain.origin import Confidentiality
from bot.domain.sources import NoticeRoute, Outcome, Reliability, SourceKind
from bot.words.folding import fold

_SOURCES: Final[Mapping[SourceKind, tuple[str, ...]]] = {
    "eigen_waarneming": ("eigen waarneming", "waarneming", "zelf", "zelf gezien", "own observation", "observation", "own"),
    "politie": ("politie", "wijkagent", "agent", "police"),
    "om": ("om", "ovj", "officier", "officier van justitie", "prosecution", "prosecutor"),
    "gemeente": ("gemeente", "boa", "handhaving", "municipality"),
    "school": ("school", "onderwijs"),
    "jongerenwerk": ("jongerenwerk", "jongerenwerker", "youth work", "youth worker"),
    "zorg": ("zorg", "ggd", "ggz", "care"),
    "inwoner": ("inwoner", "bewoner", "omwonende", "buurtbewoner", "ouder", "resident", "neighbour", "parent"),
    "ondernemer": ("ondernemer", "winkelier", "horeca", "shopkeeper", "business"),
    "pers": ("pers", "media", "journalist", "press"),
    "platform": ("platform",),
    "online": ("online", "openbaar bericht", "social media", "sociale media"),
    "anders": ("anders", "overig", "other"),
}  # fmt: skip
_SOURCE_OF: Final[Mapping[str, SourceKind]] = {word: kind for kind, words in _SOURCES.items() for word in words}
_CLASS_OF: Final[Mapping[str, Confidentiality]] = {
    "openbaar": "openbaar", "public": "openbaar", "intern": "intern", "internal": "intern",
    "vertrouwelijk": "vertrouwelijk", "confidential": "vertrouwelijk",
    "alleen politie": "politie_alleen_elders", "politie alleen": "politie_alleen_elders", "police only": "politie_alleen_elders",
}  # fmt: skip
# Names that are no more than a part of other words count only when they stand alone.
_ROUTES: Final[tuple[tuple[NoticeRoute, str], ...]] = (
    ("dsa_art16", r"art(?:ikel|icle|\.)?\s*16"), ("dsa_art11", r"art(?:ikel|icle|\.)?\s*11|contactpunt|contact point"),
    ("politieportaal", r"politieportaal|opsporingsportaal|law enforcement portal|police portal"),
    ("ontoegankelijkmaking", r"ontoegankelijkmaking|125p|content disabling"),
    ("atkm", r"atkm"), ("offlimits", r"offlimits|helpwanted|meldpunt kinderporno"),
    ("discriminatie", r"discriminatie(?:\.nl)?|antidiscriminatievoorziening|adv"),
    ("zorglijn_113", r"113|0800-0113"), ("ibd", r"ibd|informatiebeveiligingsdienst"), ("ncsc", r"ncsc"),
    ("ap", r"ap|autoriteit persoonsgegevens"),
    ("gebruikersmelding", r"gebruikersmelding|user report|snapchat|tiktok|instagram|facebook|whatsapp|twitter"),
    ("gebruikersmelding", r"x|telegram|youtube|discord|twitch|reddit|marktplaats|nextdoor"),
)  # fmt: skip
_ROUTE: Final = tuple((route, re.compile(rf"(?<!\w)(?:{words})(?!\w)")) for route, words in _ROUTES)
_SLASH: Final = re.compile(r"(?:^|(?<=\s))/\s?(?=[^\s/])")
_KEYED: Final = re.compile(r"(bron|source|van|from|kenmerk|referentie|ref|reference|route|via)\s*[:=]?\s+(.+)")
_RELIABLE: Final = re.compile(r"(?:b|r|betrouwbaarheid|betrouwbaar|reliability)\s*[:=]?\s*([1-4])")
# Said afterwards the marks need no slashes: each begins with one of these words.
_BEGINS: Final = re.compile(
    r"(?:^|(?<=\s))(?=(?:bron|source|betrouwbaarheid|reliability|openbaar|public|intern|internal|vertrouwelijk|confidential"
    r"|alleen politie|politie alleen|police only|[br]\s?[1-4])(?:[\s:=]|$))"
)
_OUTCOME: Final = re.compile(
    r"(klopt niet|is onjuist|onjuist|weerlegd|is weerlegd|niet waar|refuted|is refuted|is wrong|wrong|not true)"
    r"|(klopt|is juist|juist|bevestigd|is bevestigd|waar|confirmed|is confirmed|correct|is correct|true)"
)
_BECAUSE: Final = re.compile(r"[\s,.:;–-]*(?:(?:want|omdat|because)\b[\s,:]*)?")
_ANSWERED: Final = re.compile(r"(?:antwoord|antwoordt|antwoordde|reactie|answer|answered|reply|replied)(?:[\s:,]+|$)")
_LEVELS: Final[Mapping[str, Reliability]] = {"1": 1, "2": 2, "3": 3, "4": 4}
_LONGEST: Final = 80


@dataclass(frozen=True, slots=True)
class Marks:
    """None: not said."""

    source_kind: SourceKind | None = None
    reliability: Reliability | None = None
    confidentiality: Confidentiality | None = None
    reference: str = ""
    route: NoticeRoute | None = None


def marked(text: str) -> tuple[str, Marks]:
    """The text without the marks at its end, and the marks."""
    marks = Marks()
    for hit in reversed(list(_SLASH.finditer(text))):
        read = _read(text[hit.end() :], marks)
        if read is None:
            break
        text, marks = text[: hit.start()].rstrip(), read
    return text, marks


def only_marks(text: str) -> Marks | None:
    """The marks of a line that was recorded before; None when there is anything else in the text."""
    rest, marks = marked(_BEGINS.sub("/", text.lower()).replace("//", "/"))
    return None if rest.strip() or marks == Marks() else marks


def _read(said: str, marks: Marks) -> Marks | None:
    original = said.strip().rstrip(".,;")
    whole = fold(original)
    folded = whole.text
    if (hit := _RELIABLE.fullmatch(folded)) is not None:
        return replace(marks, reliability=_LEVELS[hit.group(1)])
    if folded in _CLASS_OF:
        return replace(marks, confidentiality=_CLASS_OF[folded])
    keyed = _KEYED.fullmatch(folded)
    if keyed is None:
        return None
    word, value = keyed.groups()
    match word:
        case "bron" | "source" | "van" | "from":
            return replace(marks, source_kind=_SOURCE_OF[value]) if value in _SOURCE_OF else None
        case "route" | "via":
            route = route_of(value)
            return None if route is None else replace(marks, route=route)
        case _:
            return replace(marks, reference=whole.after(keyed.start(2)).original) if len(value) <= _LONGEST else None


def route_of(words: str) -> NoticeRoute | None:
    """The road that the name of a party outside stands for, as far as it is a known one."""
    folded = fold(words).text
    return next((route for route, known in _ROUTE if known.search(folded)), None)


def recipient_of(text: str) -> tuple[str, str]:
    """`Snapchat: drie accounts gemeld` as whom it went to and what was said; without a colon nobody was named."""
    name, colon, told = text.partition(":")
    if not colon or not told.strip() or not name.strip() or len(name) > _LONGEST or told.startswith("//"):
        return "", text
    return name.strip(), told.strip()


def outcome_of(text: str) -> tuple[Outcome, str] | None:
    """`weerlegd, want …`: whether an assumption held, and why; None when the words say neither."""
    folded = fold(text)
    hit = _OUTCOME.match(folded.text)
    if hit is None or folded.text[hit.end() : hit.end() + 1].strip(" ,.:;!–-"):
        return None
    rest = folded.after(hit.end())
    said = rest.after(len(because.group()) if (because := _BECAUSE.match(rest.text)) else 0).original.strip()
    # "klopt niet" is a no, but "waar 40 jongeren staan" is a new assumption
    if said and rest.text[:1].isspace() and because is not None and not because.group().strip():
        return None
    return ("refuted" if hit.group(1) else "confirmed"), said


def reason_of(text: str) -> str:
    """`, want het plein is leeg` without the word that joins it."""
    folded = fold(text)
    hit = _BECAUSE.match(folded.text)
    return folded.after(hit.end() if hit else 0).original.strip()


def answered(text: str) -> str | None:
    """What stands behind `antwoord`; None when the text does not begin with it."""
    folded = fold(text)
    hit = _ANSWERED.match(folded.text)
    return None if hit is None else folded.after(hit.end()).original.strip() or None
