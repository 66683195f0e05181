"""A copy of a dossier for others: without names, or for a request under the Woo; what is kept back loses its opening.

The entries are told anew with roles for names and marks for what is kept back, and folded again as they were the first time. So
there is one rule for every page, table and file: an opening stays only where the copy says exactly what the log says.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Final

from bot.domain import entries as e
from bot.domain.circle import is_open
from bot.domain.erased import ERASED
from bot.domain.ids import PersonId
from bot.domain.incident import Incident, evolve
from bot.domain.origin import Confidentiality, Origin
from bot.domain.people import Language
from bot.domain.personal_data import find, spans
from bot.domain.playbook import Both, Playbook
from bot.dossier.collect import Dossier, Line, Recorded, Stored, open_part_of
from bot.dossier.grounds import Ground, Kind, ground_of, mark, piece
from bot.dossier.pseudonyms import Pseudonyms, of_people, pseudonyms
from bot.dossier.repeated import Gone, Repeated, repeated
from bot.folding import blob_names
from bot.words.catalogue import LANGUAGES, Catalogue
from bot.words.shown import visible
from bot.words.timeline import line

_PRIVACY: Final[Mapping[Kind, Ground]] = {"without_names": "privacy", "woo": "5.1.2e"}
# What a class is kept back for in a copy under the Woo; a human may judge otherwise and name another ground.
_CLASSES: Final[Mapping[Confidentiality, Ground]] = {"vertrouwelijk": "5.1.2i", "politie_alleen_elders": "5.1.2c"}
_ORDER: Final[tuple[Confidentiality, ...]] = ("openbaar", "intern", "vertrouwelijk", "politie_alleen_elders")
_FILES: Final = (e.FileShared, e.FileKept)
# Said by a machine elsewhere, or by somebody at a keyboard: an address or a number may stand in it.
_REPORTED: Final = (e.ChannelFailed, e.PageUnclear, e.PageUndeliverable, e.RoomNotMade, e.EmergencyPaged)
_SUBJECTS: Final = ("line", "decision", "action", "sitrep", "improvement")
_OF: Final[Mapping[e.Written, str]] = {"answer": "line", "reason": "decision"}
_READ: Final = 20_000  # characters; beyond this the detector does not look, so nobody knows what it holds

Subject = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Disclosed:
    """`grounds` counts the fields that are kept back whole, by ground; names that became roles are not among them."""

    kind: Kind
    stored: Stored
    dossier: Dossier
    grounds: Mapping[Ground, int]


def disclosed(stored: Stored, dossier: Dossier, kind: Kind, catalogue: Catalogue, lang: Language = "nl") -> Disclosed:
    """The copy of a dossier that `tell` gave. Without the closed circle, without files and without all that was said.

    Its people are called by their roles in one language, also in what it tells in the other.
    """
    facts = [one.fact for one in dossier.facts]
    # Who plays a part in the open comes first: a letter that is passed over would tell of somebody who is not told of.
    people = pseudonyms((*filter(is_open, facts), *facts), catalogue, lang)
    rules = _Rules(kind, people, _classes(facts))
    firsts = [rules.told(fact) for fact in facts]
    gone = _repeated(facts, firsts, rules)
    seconds = firsts if gone is None else [_without(fact, gone) for fact in firsts]
    redacted = _retold(dossier, seconds, catalogue)
    told = {one.seq: _names_changed(one.fact, new) for one, new in zip(dossier.facts, seconds, strict=True)}
    openings = [one for one in stored.openings if one.seq in told and one.name not in told[one.seq]]
    kept = blob_names(openings)
    copy = replace(
        stored,
        openings=openings,
        blobs={name: data for name, data in stored.blobs.items() if name in kept},
        missing=frozenset(stored.missing & kept),
        sent=(),
        said=None,
    )
    lost = len(stored.openings) - len(openings)
    copy, redacted = open_part_of(copy, replace(redacted, withheld=dossier.withheld + lost))
    marks = (ground_of(value) for one in redacted.facts for value in _texts(one.fact).values())
    return Disclosed(kind, copy, redacted, Counter(ground for ground in marks if ground is not None))


def free_texts(entry: e.Entry) -> dict[str, str]:
    """What people wrote in an entry, by field, and what was reported with it."""
    kind: type = type(entry)
    wanted = _erasable(kind) | ({"reason"} if isinstance(entry, _REPORTED) else frozenset())
    return {name: text for name, text in _texts(entry).items() if name in wanted and text}


@dataclass(frozen=True, slots=True)
class _Rules:
    kind: Kind
    people: Pseudonyms
    classes: Mapping[Subject, Confidentiality]

    def told(self, fact: e.Entry) -> e.Entry:
        """The entry as the copy tells it."""
        changed: dict[str, object] = {"origin": self._origin(fact.origin)}
        cls: type = type(fact)
        for name in of_people(cls):
            changed[name] = self._people(getattr(fact, name))
        if isinstance(fact, _FILES):
            secret = fields(fact)
            changed |= {
                one.name: self._bar() for one in secret if isinstance(getattr(fact, one.name), str) and one.name != "message"
            }  # fmt: skip
            if isinstance(fact, e.FileShared):
                changed["person"] = self.people.person(fact.person)
        elif isinstance(fact, e.PersonSeen):
            changed["name"] = str(self.people.person(fact.person))
            changed["organisation"] = fact.organisation and self._bar()
        elif isinstance(fact, e.PlaybookStarted):
            changed["playbook"] = self._playbook(fact.playbook)
        else:
            changed |= {name: self._text(fact, name, text) for name, text in free_texts(fact).items()}
        if isinstance(fact, e.ErasureAsked | e.FieldErased):
            changed["which"] = str(self.people.person(PersonId(fact.which)))
        return replace(fact, **changed)  # type: ignore[arg-type]

    def _bar(self) -> str:
        return mark(_PRIVACY[self.kind])

    def _origin(self, origin: Origin) -> Origin:
        account = origin.account and self._bar()
        return replace(origin, actor=self.people.person(origin.actor), account=account)

    def _people(self, value: object) -> object:
        if isinstance(value, tuple):
            return tuple(self.people.person(one) for one in value)
        return None if value is None else self.people.person(PersonId(str(value)))

    def _text(self, fact: e.Entry, name: str, text: str) -> str:
        if text == ERASED:
            return text
        ground = self._ground(fact, text)
        return mark(ground) if ground is not None else self.pieces(text)

    def _ground(self, fact: e.Entry, text: str) -> Ground | None:
        """Why the whole text is kept back; None: it stays, without the names in it."""
        if len(text) > _READ:
            return _PRIVACY[self.kind]
        if self.kind == "without_names":
            return None
        of_class = _stricter(fact.origin.confidentiality, self._class_of(_subject(fact)))
        if of_class in _CLASSES:
            return _CLASSES[of_class]
        found = find(self.people.hidden(_plain(text), ""))
        if found and of_class == "intern":
            return "5.1.1e" if found == ("bsn",) else "5.1.2e"
        return "5.2" if of_class == "intern" and _opinion(fact) else None

    def _class_of(self, subject: Subject | None) -> Confidentiality:
        return "openbaar" if subject is None else self.classes.get(subject, "openbaar")

    def pieces(self, text: str) -> str:
        """Without the names; a text in which nothing is found stays as it was written."""
        other = piece(_PRIVACY[self.kind])
        plain = _plain(text)  # as pages show it: a name with something invisible in it is the name again there
        hidden = self.people.hidden(plain, other)
        kept, end = "", 0
        for start, stop in sorted(span for _, span in spans(hidden)):
            if start >= end:
                kept += hidden[end:start] + other
            end = max(end, stop)
        shown = self.people.shown(kept + hidden[end:])
        return text if shown == plain else shown

    def _playbook(self, book: Playbook) -> Playbook:
        """A municipality may have named its own people in what is to be done, and names who looked at the law of it."""
        steps = tuple(replace(step, text=self._both(step.text)) for step in book.steps)
        checked = book.legally_checked_by and self._bar()
        return replace(book, steps=steps, legally_checked_by=checked)

    def _both(self, text: Both) -> Both:
        return Both(self.pieces(text.nl), self.pieces(text.en))


def _retold(dossier: Dossier, facts: Sequence[e.Entry], catalogue: Catalogue) -> Dossier:
    """The dossier of these entries in the place of its own."""
    incident = Incident(dossier.incident.id)
    recorded = tuple(replace(one, fact=fact) for one, fact in zip(dossier.facts, facts, strict=True))
    states = [incident := evolve(incident, one.fact, one.at) for one in recorded]
    at = {one.seq: (one, state) for one, state in zip(recorded, states, strict=True)}
    lines = tuple(_line(old, *at[old.seq], incident, catalogue) for old in dossier.lines)
    return replace(dossier, incident=incident, lines=lines, facts=recorded)


def _line(old: Line, one: Recorded, state: Incident, end: Incident, catalogue: Catalogue) -> Line:
    told = replace(state, people=end.people)
    text = {lang: line(catalogue, one.fact, told, one.at, lang) for lang in LANGUAGES}
    return replace(old, actor=one.fact.origin.actor, text=text)


def _names_changed(old: e.Entry, new: e.Entry) -> frozenset[str]:
    """The fields, as the log names them, in which the copy does not say what the log says."""
    here = (one.name for one in fields(old) if one.name != "origin" and _differs(old, new, one.name))
    return frozenset((*here, *(one.name for one in fields(Origin) if _differs(old.origin, new.origin, one.name))))


def _differs(old: object, new: object, name: str) -> bool:
    return bool(getattr(old, name) != getattr(new, name))


def _repeated(facts: Sequence[e.Entry], told: Sequence[e.Entry], rules: _Rules) -> Repeated | None:
    """What was kept back whole, as it may stand in another text, where its names are roles by now."""
    gone = [
        Gone(form, ground)
        for old, new in zip(facts, told, strict=True)
        for name, text in free_texts(old).items()
        if (ground := ground_of(getattr(new, name))) is not None and not isinstance(old, (*_FILES, e.PersonSeen))
        for form in (text, rules.pieces(text))
    ]
    # A file stands in the log as a line too, which says its name.
    names = {old.name for old in facts if isinstance(old, e.FileShared) and old.name != ERASED}
    return repeated([*gone, *(Gone(name, _PRIVACY[rules.kind], by_itself=True) for name in sorted(names))])


def _without(fact: e.Entry, gone: Repeated) -> e.Entry:
    changed = {name: gone.unsaid(text) for name, text in free_texts(fact).items()}
    changed = {name: text for name, text in changed.items() if text != getattr(fact, name)}
    return replace(fact, **changed) if changed else fact  # type: ignore[arg-type]


def _plain(text: str) -> str:
    return "\n".join(visible(part) for part in text.splitlines())


def _opinion(fact: e.Entry) -> bool:
    """What somebody thought of it, for the deliberation among those who took part."""
    if isinstance(fact, e.LineRecorded):
        return fact.kind == "duiding"
    if isinstance(fact, e.DecisionRecorded):
        return fact.capacity == "advice"
    return isinstance(fact, e.SurveyClosed)


def _classes(facts: Iterable[e.Entry]) -> dict[Subject, Confidentiality]:
    """What is confidential, by the strictest class that anything about it ever carried: its answers tell what it says."""
    classes: dict[Subject, Confidentiality] = {}
    same: list[tuple[Subject, Subject]] = []
    lines = 0
    for fact in facts:
        subject = _subject(fact)
        if isinstance(fact, e.LineRecorded):
            lines = fact.line or lines + 1
            subject = ("line", lines)
            same += [(subject, ("line", other)) for other in (fact.about, fact.replaces) if other is not None]
        elif isinstance(fact, e.DecisionRecorded) and fact.replaces is not None:
            same.append((("decision", fact.decision), ("decision", fact.replaces)))
        marked = fact.treated_as if isinstance(fact, e.LineQualified) else None
        for given in (fact.origin.confidentiality, marked):
            if given is not None and given in _CLASSES and subject is not None:
                classes[subject] = _stricter(classes.get(subject, "openbaar"), given)
    # Twice: a chain of lines that stand for each other is followed from either end.
    for one, other in (*same, *reversed(same)):
        strictest = _stricter(classes.get(one, "openbaar"), classes.get(other, "openbaar"))
        classes[one] = classes[other] = strictest
    return classes


def _stricter(one: Confidentiality, other: Confidentiality) -> Confidentiality:
    return max(one, other, key=_ORDER.index)


def _subject(fact: e.Entry) -> Subject | None:
    """The line, decision, … that an entry is about."""
    if isinstance(fact, e.SourceEdited | e.SourceRemoved | e.PersonalDataNoticed):
        about = fact.about or "alarm"
        return _OF.get(about, about), fact.number
    if isinstance(fact, e.AlarmRaised | e.IntakeAnswered):
        return "alarm", 0
    numbers: Iterator[Subject] = ((name, getattr(fact, name)) for name in _SUBJECTS if hasattr(fact, name))
    return next((found for found in numbers if found[1] is not None), None)


def _texts(entry: e.Entry) -> dict[str, str]:
    values = ((one.name, getattr(entry, one.name)) for one in fields(entry))
    return {name: value for name, value in values if isinstance(value, str)}


@cache
def _erasable(cls: type) -> frozenset[str]:
    return frozenset(one.name for one in fields(cls) if "erasable" in one.metadata)
