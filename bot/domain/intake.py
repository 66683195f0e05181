"""What one free sentence says: municipality, phenomenon, hurry, danger, and what it leaves open to ask. Explicit words only, so
that it can be explained."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.domain import triage
from bot.domain.contacts import Contacts, Reference
from bot.domain.entries import ChannelKind, IntakeField, Urgency
from bot.domain.escalation import FAR
from bot.domain.incident import Incident
from bot.domain.people import Municipality, Person
from bot.domain.playbook import BASE, Playbook
from bot.domain.sentence import folded, mentions, says
from bot.domain.triage import Moment
from bot.domain.wall import instant_of, shown

NOW: Final = ("nu", "now", "direct", "onmiddellijk", "immediately", "spoed", "urgent")
# Words of danger to life: experts are called without delay and 112 comes first.
DANGER: Final = (
    "levensgevaar", "levensbedreigend", "gewond", "gewonden", "gewonde", "doden", "schietpartij", "schoten", "geschoten",
    "schieten", "schutter", "neergeschoten", "doodgeschoten", "steekpartij", "steekincident", "neergestoken", "doodgestoken",
    "gewapend", "gewapende", "vuurwapen", "bom", "bommelding", "explosie", "ontploffing", "aanslag", "brandstichting", "brand",
    "gijzeling",
    "danger to life", "life-threatening", "wounded", "injured", "shooting", "shots", "gunman", "shooter", "armed", "stabbing",
    "stabbed", "bomb", "explosion", "arson", "hostage",
)  # fmt: skip

EXPECTED: Final = ("verwacht", "verwachting", "expected")
MORNING, EVENING = 7, 22  # local hours between which people may be rung for what was announced

# A head ends in a colon with a space behind it, so that the one in `21:00` ends none.
_HEAD: Final = re.compile(r"\s*((?:[^:\n]|(?<=[0-9]):(?=[0-9])){0,80}):\s+(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Intake:
    """`named`: the reporter named the phenomenon outright, or said `nu`; else it is a proposal, `because` of these words."""

    municipality: Municipality | None
    playbook: Playbook | None
    named: bool
    now: bool
    danger: bool
    text: str
    phenomenon: str | None = None
    because: tuple[str, ...] = ()
    place: str = ""
    channels: tuple[ChannelKind, ...] = ()


def _home(reporter: Person, contacts: Contacts) -> Municipality | None:
    return contacts.municipality(reporter.municipality) if reporter.municipality else None


def read_alarm(
    sentence: str, reporter: Person, reference: Reference, day: date, begins: Moment | None = None
) -> Intake:
    """Reads `[Waterbrug] [rellen|F01|PB01] [nu] [verwacht za 20:00]: what is going on`; everything is optional and the colon too.

    `day` is the local day that the calendar is asked about, `begins` the time that was understood from the sentence.
    """
    split = _HEAD.match(sentence)
    head, rest = (split.group(1), split.group(2)) if split else ("", sentence)
    contacts = reference.contacts
    municipality = contacts.municipality_named(head) or contacts.municipality_named(rest) or _home(reporter, contacts)
    candidates = [p for p in reference.playbooks.values() if p.id != BASE]
    start = " ".join(sentence.split()[:3])
    named = next((p for p in candidates if mentions(head, (*p.names, *p.phenomena, p.id))), None) or next(
        (p for p in candidates if mentions(start, (*p.phenomena, p.id))), None
    )
    kind = triage.proposed(rest, candidates, day)
    if named is not None:
        profile = triage.profile(folded(sentence[: triage.READ]), named, day)
        kind = triage.Kind(named, triage.weighed(folded(sentence[: triage.READ]), named)[1], profile)
    hurry = mentions(head, NOW) or mentions(sentence.split(maxsplit=1)[0] if sentence.strip() else "", NOW)
    coded = (
        None
        if named is None
        else next((code for code in named.phenomena if mentions(f"{head} {start}", (code,))), None)
    )
    return Intake(
        municipality=municipality,
        playbook=kind.playbook if kind else None,
        named=named is not None,
        now=hurry,
        danger=says(sentence, DANGER),
        text=_text(head, rest, municipality, named, begins),
        phenomenon=coded or (kind.phenomenon if kind else None),
        because=kind.because if kind else (),
        place=triage.place(rest),
        channels=triage.channels(sentence),
    )


def _text(
    head: str, rest: str, municipality: Municipality | None, named: Playbook | None, begins: Moment | None
) -> str:
    """The sentence without the head that was understood; a head with anything else in it stays, so that no word is lost."""
    known = [] if municipality is None else [municipality.name, *municipality.other_names]
    if named is not None:
        known += sorted((*named.names, *named.phenomena, named.id), key=len, reverse=True)
    if begins is not None:
        known = [begins.said, *EXPECTED, *known]
    left = folded(head)
    for word in (*(folded(k) for k in known), *NOW):
        left = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "", left)
    return rest.strip() if not left.strip(" ,;") else f"{head.strip()}: {rest.strip()}"


# --- what was announced ------------------------------------------------------------------------------------------------


def urgency(intake: Intake, begins: Moment | None, tonight: datetime | None, now: datetime) -> Urgency:
    """How much hurry there is. What was announced for much later wakes nobody; a phenomenon that was named outright does, unless
    the reporter says in so many words for when it is expected."""
    if intake.now or intake.danger:
        return "nu"
    if begins is None or not (begins.announced or (begins.dated and not intake.named)):
        return "gewoon"
    return planned(begins.at, tonight, now)


def planned(expected: datetime, tonight: datetime | None, now: datetime) -> Urgency:
    """Whether there is so much time until the expected moment that nobody has to be woken for it; `tonight` ends then."""
    early = tonight is not None and expected <= tonight
    return "gewoon" if early or expected - now <= FAR else "gepland"


def night_ends(now: datetime, wall: datetime, zone: str) -> datetime | None:
    """When the night ends that it is now, on our own clock (UTC); None by day. `wall` is the clock on the wall, which may differ
    from our own `now`."""
    local = shown(wall, zone)
    if MORNING <= local.hour < EVENING:
        return None
    ends = local.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    ends += timedelta(days=1) if local.hour >= EVENING else timedelta(0)
    return now + (instant_of(ends, zone) - wall)


# --- what was left open ------------------------------------------------------------------------------------------------

FIELDS: Final[tuple[IntakeField, ...]] = ("where", "when", "channel")
# What a number answers.
CHOICES: Final[Mapping[IntakeField, tuple[str, ...]]] = {
    "where": ("centrum", "station", "school", "park", "gebouw", "online"),
    "when": ("nu", "vandaag", "morgen", "later"),
    "channel": ("snapchat", "tiktok", "instagram", "groepsapp", "telegram", "anders"),
}


def left_open(incident: Incident) -> tuple[IntakeField, ...]:
    """What is not known yet and was not answered, in the order of asking."""
    known: dict[IntakeField, bool] = {
        "where": bool(incident.place),
        "when": incident.expected_at is not None or incident.urgency == "nu",
        "channel": bool(incident.channels),
    }
    return tuple(about for about in FIELDS if not known[about] and about not in incident.intake)


def asks(incident: Incident) -> bool:
    """Whether the reporter is asked anything: not by telephone, not for practice, and not before the first word is told."""
    return incident.state == "open" and bool(incident.text) and not (incident.exercise or incident.by_telephone)
