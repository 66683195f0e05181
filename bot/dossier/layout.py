"""Lays a dossier out for reading: which facts stand in which section, in one language."""

from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from bot.domain.origin import Confidentiality
from bot.domain.people import Language
from bot.domain.reasons import standing
from bot.dossier.collect import Dossier, Line
from bot.dossier.evaluation import evaluation_section
from bot.dossier.layout_decisions import decisions
from bot.dossier.layout_work import aftercare, work
from bot.dossier.sheet import Cell, Code, Facts, Section, Sentence, Sheet, Table
from bot.dossier.spoken import ANCHOR_DIGITS, Spoken, maybe, spoken, when
from bot.words.catalogue import Catalogue
from bot.words.shown import visible

# From what everybody may read to what only the police keep: a document is as confidential as the worst line in it.
_CLASSES: Final[tuple[Confidentiality, ...]] = ("openbaar", "intern", "vertrouwelijk", "politie_alleen_elders")


def lay_out(dossier: Dossier, public_key: str, lang: Language, catalogue: Catalogue) -> Sheet:
    """The sheet of a dossier in one language; `public_key` is the log's, in base64."""
    told = spoken(dossier, lang, catalogue)
    incident, say = dossier.incident, told.say
    title = say("title", number=incident.number, municipality=visible(incident.municipality_name))
    sections = (
        Section("incident", say("incident"), (told.facts(_incident(told)),)),
        Section("summary", say("summary"), (told.facts(_summary(told)),)),
        decisions(told),
        # A page for each decision ends where the last one does.
        Section("timeline", say("timeline"), (_timeline(told),), own_page=bool(told.dossier.incident.decisions)),
        *work(told),
        evaluation_section(dossier, lang, catalogue),
        aftercare(told),
        Section("people", say("people"), (told.table("roles name organisation", _people(told)),)),
        _proof(told, public_key),
    )
    return Sheet(
        lang=lang,
        title=f"{say('exercise')} · {title}" if incident.exercise else title,
        handling=say("handling"),
        sections=sections,
        marks=marks(told),
        cover=tuple(told.facts(_cover(told)).rows),
        made_from=version(told),
        at=dossier.lines[-1].at if dossier.lines else None,
    )


def marks(told: Spoken) -> tuple[str, ...]:
    """What stands on every page: that it is an exercise, and how confidential it is."""
    worst = max((_CLASSES.index(line.confidentiality) for line in told.dossier.lines), default=1)
    exercise = (told.say("exercise"),) if told.dossier.incident.exercise else ()
    return (*exercise, told.say(f"class.{_CLASSES[worst]}"))


def version(told: Spoken) -> str:
    """The version of a document: how many entries it was made from, and the hash of the last."""
    head = told.dossier.head
    return told.say("version", entries=str(head.seq + 1), head=head.h[:ANCHOR_DIGITS])


def _cover(told: Spoken) -> Iterator[tuple[str, Cell]]:
    incident = told.dossier.incident
    yield "number", incident.number
    yield "municipality", visible(incident.municipality_name)
    yield "alarm", maybe(incident.alarm_at)
    yield "closed", maybe(incident.closed_at)
    yield "playbooks", _playbooks(told)
    yield "state", told.say(f"state.{incident.state}")


def _playbooks(told: Spoken) -> str:
    return ", ".join(f"{book.id} {told.both(book.title)}" for book in told.dossier.incident.playbooks)


def _incident(told: Spoken) -> Iterator[tuple[str, Cell]]:
    incident, say = told.dossier.incident, told.say
    yield "number", incident.number
    yield "municipality", visible(incident.municipality_name)
    yield "involved", ", ".join(_involved(told))
    yield "wide", say("yes") if "bovenregionaal" in incident.flags else ""
    yield "circle", tuple(told.who(person) for person in incident.circle)
    yield "kept_back", str(told.dossier.kept_back or "")
    yield "reporter", told.who(incident.reporter or None)
    yield "alarm", maybe(incident.alarm_at)
    yield "text", told.text(incident.text)
    yield "place", told.text(incident.place)
    yield "channels", ", ".join(incident.channels)
    yield "expected", maybe(incident.expected_at)
    yield "exercise", say("yes") if incident.exercise else ""
    yield "playbooks", _playbooks(told)
    yield "state", say(f"state.{incident.state}")
    yield "closed", maybe(incident.closed_at)
    yield "joined", incident.joined_into or ""


def _involved(told: Spoken) -> Iterator[str]:
    """By the name that the log gives them; one that the alarm itself named, by its id."""
    names = {neighbour.id: visible(neighbour.name) for neighbour in told.dossier.incident.neighbours}
    return (names.get(one, str(one)) for one in told.dossier.incident.involved)


def _summary(told: Spoken) -> Iterator[tuple[str, Cell]]:
    """Counted, never composed: what it means is for who evaluates."""
    incident = told.dossier.incident
    pages, steps, actions = incident.pages.values(), incident.progress.values(), incident.actions
    lines = incident.log_lines.values()
    asking = [one for one in lines if one.kind in ("aanname", "kennisvraag", "externe_melding")]
    yield "state", told.say(f"state.{incident.state}")
    yield "phenomenon", _phenomenon(told)
    yield "duration", told.length(incident.alarm_at, incident.closed_at)
    yield "pages", _of(told, sum(page.state == "acknowledged" for page in pages), len(pages), "summary.pages")
    yield "decisions", _decided(told)
    yield "steps", _of(told, sum(one.progress == "done" for one in steps), len(incident.steps), "summary.done")
    yield "actions", _of(told, sum(one.state == "done" for one in actions), len(actions), "summary.done")
    yield "lines", str(len(lines))
    open_ones = [one for one in asking if one.outcome is None and one.answered_at is None and one.replaced_by is None]
    yield "summary.open", tuple(told.line(one.number) for one in open_ones)
    yield "sitreps", str(len(incident.reports))


def _phenomenon(told: Spoken) -> str:
    """The code, and what the playbook that is written for it calls it: who reads this in years has no list of codes."""
    code = told.dossier.incident.phenomenon
    named = next((one.title for one in told.dossier.incident.playbooks if one.phenomena[:1] == (code,)), None)
    return f"{code} {told.both(named)}" if named else code or ""


def _decided(told: Spoken) -> str:
    """Of the decisions that hold; one that was withdrawn or replaced, and an advice, can no longer become complete."""
    incident = told.dossier.incident
    how = [standing(incident, one) for one in incident.decisions]
    hold = [one for one in how if one not in ("withdrawn", "replaced", "advice")]
    whole, recorded = str(len(hold)), str(len(how))
    return told.say("summary.whole", some=str(hold.count("complete")), whole=whole, recorded=recorded) if how else "0"


def _of(told: Spoken, some: int, whole: int, key: str) -> str:
    return told.say(key, some=str(some), whole=str(whole)) if whole else "0"


def _timeline(told: Spoken) -> Table | Sentence:
    lines = told.dossier.lines
    ids = tuple(f"line-{line.seq}" for line in lines)
    return told.table("line time who what room source", (_line(told, line) for line in lines), ids)


def _line(told: Spoken, line: Line) -> tuple[Cell, ...]:
    who = told.who(line.actor)
    return (
        Code(f"#{line.seq} · {line.h[:ANCHOR_DIGITS]}"),
        when(line.at),
        f"{who} ({told.role(line.acting_as)})" if line.acting_as and isinstance(who, str) else who,
        told.sentence(line.text[told.lang]),
        told.say(f"room.{line.room}"),
        _source(told, line),
    )


def _source(told: Spoken, line: Line) -> str:
    said = [told.say(f"via.{line.via}")]
    if line.proof:
        said.append(told.say(f"proof.{line.proof}"))
    if line.confidentiality != "intern":
        said.append(told.say(f"class.{line.confidentiality}"))
    if line.happened_at:
        said.append(told.say("happened", when=when(line.happened_at).text))
    return ", ".join(said)


def _people(told: Spoken) -> Iterator[tuple[Cell, ...]]:
    """By role, and who had none last."""
    seen = [(told.roles(person.roles), person) for person in told.dossier.incident.people.values()]
    for roles, person in sorted(seen, key=lambda one: (not one[0], one[0], one[1].name)):
        yield roles, told.text(person.name), told.text(person.organisation)


def _proof(told: Spoken, public_key: str) -> Section:
    dossier, say = told.dossier, told.say
    stamp = dossier.stamp
    stamped: list[tuple[str, Cell]] = []
    how: list[Sentence] = []
    if stamp is not None:
        stamped.append((say("stamp"), say("stamp.on", when=when(stamp.at).text, size=str(stamp.size))))
        how.append(Sentence(say("proof.stamp")))
    facts = Facts(
        (
            (say("origin"), Code(dossier.origin)),
            (say("entries"), str(dossier.head.seq + 1)),
            (say("head"), Code(dossier.head.h)),
            (say("root"), Code(dossier.root.hex())),
            (say("key"), Code(public_key)),
            (say("fingerprint"), Code(fingerprint(public_key))),
            (say("withheld"), str(dossier.withheld)),
            (say("anchors"), str(len(dossier.anchors))),
            *stamped,
        )
    )
    sentences = (Sentence(say("proof.how", origin=dossier.origin)), *how, Sentence(say("proof.limits")))
    return Section("proof", say("proof"), (Sentence(say("proof.why")), facts, *sentences))


def fingerprint(public_key: str) -> str:
    """Of a key in base64: short enough to be read out by telephone, long enough that no other key has it."""
    try:
        digest = sha256(b64decode(public_key, validate=True)).hexdigest()
    except ValueError:
        return ""
    return " ".join(digest[at : at + 4] for at in range(0, 32, 4))
