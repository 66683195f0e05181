"""One thing out of a dossier as a document of its own: a situation report, or a decision as a note for who must answer for it."""

from collections.abc import Iterator
from dataclasses import replace

from bot.domain.people import Language
from bot.dossier.collect import Dossier
from bot.dossier.layout import marks, version
from bot.dossier.layout_decisions import decision
from bot.dossier.layout_work import sitrep
from bot.dossier.sheet import Cell, Section, Sheet
from bot.dossier.spoken import Spoken, maybe, spoken, when
from bot.words.catalogue import Catalogue
from bot.words.shown import visible


def sitrep_sheet(dossier: Dossier, lang: Language, catalogue: Catalogue, number: int | None = None) -> Sheet | None:
    """The report with this number, else the last; None when there is no such report."""
    told = spoken(dossier, lang, catalogue)
    reports = dossier.incident.reports
    found = next((one for one in reversed(reports) if number in (None, one.number)), None)
    if found is None:
        return None
    heading = f"{told.say('sitrep.number', number=str(found.number))} · {when(found.at).text}"
    return _sheet(told, heading, Section(f"sitrep-{found.number}", heading, sitrep(told, found)))


def decision_note(dossier: Dossier, lang: Language, catalogue: Catalogue, number: int) -> Sheet | None:
    """A decision with all that was recorded of it; None when there is no such decision."""
    told = spoken(dossier, lang, catalogue)
    found = next((one for one in dossier.incident.decisions if one.number == number), None)
    if found is None:
        return None
    section = replace(decision(told, found), own_page=False)
    return _sheet(told, told.say("decision.number", number=str(number)), section)


def _sheet(told: Spoken, what: str, section: Section) -> Sheet:
    incident, say = told.dossier.incident, told.say
    title = say("title", number=incident.number, municipality=visible(incident.municipality_name))
    return Sheet(
        lang=told.lang,
        title=f"{what} · {title}",
        handling=say("handling"),
        sections=(section,),
        marks=marks(told),
        cover=told.facts(_context(told)).rows,
        made_from=version(told),
        at=told.dossier.lines[-1].at if told.dossier.lines else None,
    )


def _context(told: Spoken) -> Iterator[tuple[str, Cell]]:
    incident = told.dossier.incident
    yield "alarm", maybe(incident.alarm_at)
    yield "text", told.text(incident.text)
    yield "playbooks", ", ".join(f"{book.id} {told.both(book.title)}" for book in incident.playbooks)
    yield "state", told.say(f"state.{incident.state}")
