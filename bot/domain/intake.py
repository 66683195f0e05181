"""What one free sentence says: municipality, phenomenon, hurry, danger. Explicit words only, so that it can be explained."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bot.domain.contacts import Contacts, Reference
from bot.domain.people import Municipality, Person
from bot.domain.playbook import BASE, Playbook

NOW: Final = ("nu", "now", "direct", "onmiddellijk", "immediately", "spoed", "urgent")
# Words of danger to life: experts are called without delay and 112 comes first.
DANGER: Final = (
    "levensgevaar", "gewond", "gewonden", "gewonde", "doden", "schietpartij", "schoten", "geschoten", "schieten", "steekpartij",
    "neergestoken", "bom", "bommelding", "explosie", "aanslag", "brandstichting", "brand", "gijzeling", "vuurwapen",
    "danger to life", "wounded", "injured", "shooting", "shots", "stabbing", "stabbed", "bomb", "explosion", "arson", "hostage",
)  # fmt: skip

# A head ends in a colon with a space behind it, so that `21:00` in a sentence is no head.
_HEAD: Final = re.compile(r"\s*([^:\n]{0,60}):\s+(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Intake:
    """`named`: the reporter named the phenomenon outright, or said `nu`; else it is a proposal."""

    municipality: Municipality | None
    playbook: Playbook | None
    named: bool
    now: bool
    danger: bool
    text: str


def folded(text: str) -> str:
    """Lower case without accents, for comparing words."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def mentions(text: str, words: Iterable[str]) -> bool:
    """Whether one of the words or phrases stands in the text as a whole word."""
    plain = folded(text)
    return any(re.search(rf"(?<!\w){re.escape(folded(word))}(?!\w)", plain) for word in words)


def _home(reporter: Person, contacts: Contacts) -> Municipality | None:
    return contacts.municipality(reporter.municipality) if reporter.municipality else None


def read_alarm(sentence: str, reporter: Person, reference: Reference) -> Intake:
    """Reads `[Waterbrug] [rellen|F01|PB01] [nu]: what is going on`; everything is optional and the colon too."""
    split = _HEAD.match(sentence)
    head, rest = (split.group(1), split.group(2)) if split else ("", sentence)
    contacts = reference.contacts
    municipality = contacts.municipality_named(head) or contacts.municipality_named(rest) or _home(reporter, contacts)
    candidates = [p for p in reference.playbooks.values() if p.id != BASE]
    start = " ".join(sentence.split()[:3])
    named = next((p for p in candidates if mentions(head, (*p.names, *p.phenomena, p.id))), None) or next(
        (p for p in candidates if mentions(start, (*p.phenomena, p.id))), None
    )
    proposed = named or next((p for p in candidates if mentions(rest, (*p.names, *p.words))), None)
    hurry = mentions(head, NOW) or mentions(sentence.split(maxsplit=1)[0] if sentence.strip() else "", NOW)
    text = _text(head, rest, municipality, named)
    return Intake(municipality, proposed, named is not None, hurry, mentions(sentence, DANGER), text)


def _text(head: str, rest: str, municipality: Municipality | None, named: Playbook | None) -> str:
    """The sentence without the head that was understood; a head with anything else in it stays, so that no word is lost."""
    known = [] if municipality is None else [municipality.name, *municipality.other_names]
    if named is not None:
        known += sorted((*named.names, *named.phenomena, named.id), key=len, reverse=True)
    left = folded(head)
    for word in (*(folded(k) for k in known), *NOW):
        left = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "", left)
    return rest.strip() if not left.strip() else f"{head.strip()}: {rest.strip()}"
