"""Lays a dossier out for reading: which facts stand in which section, in one language."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.domain.ids import BOT, PersonId, RoleId
from bot.domain.incident import Decision, Page
from bot.domain.people import Language
from bot.domain.playbook import Reason, Step
from bot.domain.reasons import asked, standing
from bot.dossier.collect import Dossier, Line
from bot.dossier.labels import label
from bot.dossier.sheet import Cell, Code, Facts, Section, Sentence, Sheet, Table, When
from bot.words.catalogue import Catalogue
from bot.words.names import role_name
from bot.words.shown import ZONE, length_of, visible

ANCHOR_DIGITS: Final = 8  # as messages in the room show a hash


@dataclass(frozen=True, slots=True)
class _Layout:
    dossier: Dossier
    public_key: str
    lang: Language
    catalogue: Catalogue

    def say(self, key: str, **values: str) -> str:
        return label(self.lang, key, **values)

    def who(self, person: PersonId) -> str:
        if person == BOT:
            return self.catalogue.template(self.lang, "bot.name")
        return visible(self.dossier.incident.name(person))

    def role(self, role: RoleId) -> str:
        return role_name(self.catalogue, self.lang, role)

    def roles(self, roles: tuple[RoleId, ...]) -> str:
        return ", ".join(self.role(role) for role in roles)


def lay_out(dossier: Dossier, public_key: str, lang: Language, catalogue: Catalogue) -> Sheet:
    """The sheet of a dossier in one language; `public_key` is the log's, in base64."""
    layout = _Layout(dossier, public_key, lang, catalogue)
    incident, say = dossier.incident, layout.say
    title = say("title", number=incident.number, municipality=visible(incident.municipality_name))
    sections = (
        ("incident", Facts(tuple(_incident(layout)))),
        ("decisions", _table("nr time decision reason by state", layout, _decisions(layout))),
        ("timeline", _table("line time who what room source", layout, _timeline(layout))),
        ("pages", _table("person roles requested delivered answered outcome", layout, _pages(layout))),
        ("steps", _table("nr step role due state by at", layout, _steps(layout))),
        ("people", _table("name organisation roles", layout, _people(layout))),
    )
    proof = Section(
        "proof",
        say("proof"),
        (Sentence(say("proof.why")), Facts(_proof(layout)), Sentence(say("proof.how", origin=dossier.origin))),
    )
    return Sheet(
        lang=lang,
        title=f"{say('exercise')} · {title}" if incident.exercise else title,
        handling=say("handling"),
        sections=(*(Section(key, say(key), (block,)) for key, block in sections), proof),
    )


def when(at: datetime) -> When:
    """To the second and with its zone: in the hour that comes twice in October the two differ."""
    return When(f"{at.astimezone(ZONE):%d-%m-%Y %H:%M:%S %Z}", f"{at:%Y-%m-%dT%H:%M:%S}Z")


def _maybe(at: datetime | None) -> Cell:
    return "" if at is None else when(at)


def _table(columns: str, layout: _Layout, rows: Iterator[tuple[Cell, ...]]) -> Table | Sentence:
    found = tuple(rows)
    header = tuple(layout.say(column) for column in columns.split())
    return Table(header, found) if found else Sentence(layout.say("none"))


def _incident(layout: _Layout) -> Iterator[tuple[str, Cell]]:
    incident, say = layout.dossier.incident, layout.say
    facts: tuple[tuple[str, Cell], ...] = (
        ("number", incident.number),
        ("municipality", visible(incident.municipality_name)),
        ("involved", ", ".join(_involved(layout))),
        ("wide", say("yes") if "bovenregionaal" in incident.flags else ""),
        ("circle", ", ".join(layout.who(person) for person in incident.circle)),
        ("kept_back", str(layout.dossier.kept_back or "")),
        ("reporter", layout.who(incident.reporter)),
        ("alarm", _maybe(incident.alarm_at)),
        ("text", visible(incident.text)),
        ("expected", _maybe(incident.expected_at)),
        ("exercise", say("yes") if incident.exercise else ""),
        ("playbooks", ", ".join(f"{p.id} {_either(layout, p.title.nl, p.title.en)}" for p in incident.playbooks)),
        ("state", say(f"state.{incident.state}")),
        ("closed", _maybe(incident.closed_at)),
        ("joined", incident.joined_into or ""),
    )
    return ((say(key), cell) for key, cell in facts if cell)


def _involved(layout: _Layout) -> Iterator[str]:
    """By the name that the log gives them; one that the alarm itself named, by its id."""
    names = {neighbour.id: visible(neighbour.name) for neighbour in layout.dossier.incident.neighbours}
    return (names.get(one, str(one)) for one in layout.dossier.incident.involved)


def _reason(layout: _Layout, decision: Decision, reason: Reason) -> str:
    """One question of the motivation with its answer; what was not answered is said to be missing."""
    name = _either(layout, reason.name.nl, reason.name.en)
    given = decision.given.get(reason.id)
    if given is None:
        return f"{name}: {layout.say('reason.missing')}"
    lines = f"{layout.say('reason.lines')} " if given.lines else ""
    not_so = "" if given.applies else f"{layout.say('reason.not')} "
    return f"{name}: {lines}{not_so}{visible(given.text)}"


def _decisions(layout: _Layout) -> Iterator[tuple[Cell, ...]]:
    incident = layout.dossier.incident

    def state(decision: Decision) -> str:
        stands = standing(incident, decision)
        if decision.point is not None or stands in ("withdrawn", "replaced"):
            return layout.say(f"decision.{stands}")
        return layout.say("decision.confirmed" if decision.confirmed else "decision.unconfirmed")

    def why(decision: Decision) -> str:
        answers = [_reason(layout, decision, reason) for reason in asked(incident, decision)]
        return " · ".join(filter(None, (*answers, visible(decision.reason))))

    for d in incident.decisions:
        yield str(d.number), when(d.at), visible(d.text), why(d), layout.who(d.by), state(d)


def _timeline(layout: _Layout) -> Iterator[tuple[Cell, ...]]:
    for line in layout.dossier.lines:
        who = layout.who(line.actor)
        yield (
            Code(f"#{line.seq} · {line.h[:ANCHOR_DIGITS]}"),
            when(line.at),
            f"{who} ({layout.role(line.acting_as)})" if line.acting_as else who,
            line.text[layout.lang],
            layout.say(f"room.{line.room}"),
            _source(layout, line),
        )


def _source(layout: _Layout, line: Line) -> str:
    said = [layout.say(f"via.{line.via}")]
    if line.proof:
        said.append(layout.say(f"proof.{line.proof}"))
    if line.confidentiality != "intern":
        said.append(layout.say(f"class.{line.confidentiality}"))
    if line.happened_at:
        said.append(layout.say("happened", when=when(line.happened_at).text))
    return ", ".join(said)


def _pages(layout: _Layout) -> Iterator[tuple[Cell, ...]]:
    def outcome(page: Page) -> str:
        if page.state == "acknowledged" and page.eta_minutes is not None:
            return layout.say("page.acknowledged_eta", minutes=str(page.eta_minutes))
        return layout.say(f"page.{page.state}")

    for page in layout.dossier.incident.pages.values():
        asked = layout.dossier.requested[page.id]
        delivered, answered = (
            "" if at is None else length_of(int((at - asked).total_seconds()), layout.lang)
            for at in (page.delivered_at, page.answered_at)
        )
        yield layout.who(page.person), layout.roles(page.roles), when(asked), delivered, answered, outcome(page)


def _steps(layout: _Layout) -> Iterator[tuple[Cell, ...]]:
    incident = layout.dossier.incident

    def due(step: Step) -> Cell:
        return "" if incident.alarm_at is None else when(incident.alarm_at + step.due)

    for step in incident.steps:
        done = incident.progress.get(step.id)
        yield (
            step.id,
            _either(layout, step.text.nl, step.text.en),
            layout.role(done.role if done else incident.doer(step)),
            due(step),
            layout.say(f"step.{done.progress if done else 'none'}"),
            layout.who(done.person) if done and done.person else "",
            _maybe(done.at if done else None),
        )


def _people(layout: _Layout) -> Iterator[tuple[Cell, ...]]:
    for person in layout.dossier.incident.people.values():
        yield visible(person.name), visible(person.organisation), layout.roles(person.roles)


def _proof(layout: _Layout) -> tuple[tuple[str, Cell], ...]:
    dossier, say = layout.dossier, layout.say
    return (
        (say("origin"), Code(dossier.origin)),
        (say("entries"), str(dossier.head.seq + 1)),
        (say("head"), Code(dossier.head.h)),
        (say("root"), Code(dossier.root.hex())),
        (say("key"), Code(layout.public_key)),
        (say("withheld"), str(dossier.withheld)),
        (say("anchors"), str(len(dossier.anchors))),
    )


def _either(layout: _Layout, nl: str, en: str) -> str:
    return visible(nl if layout.lang == "nl" else en)
