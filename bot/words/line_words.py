"""Lines of the log in words: the echo with its number, what became of it, one line whole, and what is still open."""

from collections.abc import Sequence
from typing import Final

from bot.domain import messages as m
from bot.domain.closing import required_left
from bot.domain.entries import Written
from bot.domain.incident import Decision, Incident, LogLine
from bot.domain.lines import still_open
from bot.domain.origin import Confidentiality
from bot.domain.people import Language
from bot.domain.personal_data import PersonalData
from bot.domain.reasons import missing, stands, unfinished
from bot.domain.sources import NoticeRoute, Reliability, SourceKind
from bot.words.catalogue import Catalogue
from bot.words.fit import Line, line
from bot.words.incident_lines import IN_LIST, open_steps, step_line
from bot.words.names import chosen, role_name
from bot.words.shown import loose, moment, shorten, visible
from bot.words.work_words import action_line

Lines = list[Line]
_DEFAULT: Final[Confidentiality] = "intern"


def marks(
    catalogue: Catalogue,
    lang: Language,
    source: SourceKind | None,
    reliability: Reliability | None,
    confidentiality: Confidentiality | None,
) -> str:
    """`bron: politie · betrouwbaarheid 2 (waarschijnlijk) · vertrouwelijk`; empty when nothing was said."""
    said = []
    if source is not None:
        said.append(catalogue.text(lang, "marks.source", source=catalogue.template(lang, f"source_kind.{source}")))
    if reliability is not None:
        word = catalogue.template(lang, f"reliability.{reliability}")
        said.append(catalogue.text(lang, "marks.reliability", reliability=str(reliability), word=word))
    if confidentiality is not None:
        said.append(catalogue.template(lang, f"confidentiality.{confidentiality}"))
    return " · ".join(said)


def _unlike_default(said: Confidentiality) -> Confidentiality | None:
    return None if said == _DEFAULT else said


def note(catalogue: Catalogue, said: m.LineNote) -> Lines:
    lang = said.lang
    kind = catalogue.template(lang, f"kind.{said.kind}")
    lines = [line("line.note", kind=kind, line=str(said.line), when=moment(said.at, lang), by=loose(said.by))]
    if said.about is not None:
        lines.append(line("line.about", about=str(said.about)))
    if said.recipient or said.route is not None or said.reference:
        lines.append(line("line.notice", notice=loose(notice(catalogue, lang, said))))
    if said.replaces is not None:
        lines.append(line("line.replaces", line=str(said.replaces)))
    lines.append(line("quote", text=loose(said.text)))
    if known := marks(catalogue, lang, said.source_kind, said.reliability, _unlike_default(said.confidentiality)):
        lines.append(line("line.weight", marks=known))
    return lines


def notice(catalogue: Catalogue, lang: Language, said: m.LineNote | LogLine) -> str:
    """`Snapchat · melding bij het platform · kenmerk 4711`, as far as it is known."""
    known = [said.recipient] if said.recipient else []
    if said.route is not None:
        known.append(route_name(catalogue, lang, said.route))
    if said.reference:
        known.append(catalogue.text(lang, "line.reference", reference=said.reference))
    return " · ".join(known)


def route_name(catalogue: Catalogue, lang: Language, route: NoticeRoute) -> str:
    return catalogue.template(lang, f"route.{route}")


def followed(catalogue: Catalogue, said: m.LineFollowed) -> Lines:
    first = line(f"line.{said.what}", line=str(said.line), when=moment(said.at, said.lang), by=loose(said.by))
    known = marks(catalogue, said.lang, said.source_kind, said.reliability, said.confidentiality)
    quoted = [line("quote", text=loose(said.text))] if said.text else []
    return [first, *quoted, *([line("line.weight", marks=known)] if known else [])]


def personal(catalogue: Catalogue, lang: Language, kinds: Sequence[PersonalData]) -> str:
    return ", ".join(catalogue.template(lang, f"personal.{kind}") for kind in dict.fromkeys(kinds))


def where(catalogue: Catalogue, lang: Language, about: Written, number: int) -> str:
    return catalogue.text(lang, f"written.{about}", number=str(number))


def personal_data(catalogue: Catalogue, said: m.PersonalDataSeen) -> Lines:
    """Which kind and where, and how to say it without; never what it says."""
    place = where(catalogue, said.lang, said.about, said.named)
    return [
        line("personal.first", number=said.number),
        line("personal.kinds", where=place, kinds=loose(personal(catalogue, said.lang, said.kinds))),
        line(f"personal.how_{said.about}", number=str(said.named)),
    ]


def shown(catalogue: Catalogue, lang: Language, incident: Incident, number: int) -> tuple[str, ...] | None:
    """One line whole, with what was said of it since; None when there is no such line."""
    found = incident.log_lines.get(number)
    if found is None:
        return None
    kind = catalogue.template(lang, f"kind.{found.kind}")
    first = catalogue.text(
        lang, "line.show", kind=kind, line=str(number), when=moment(found.at, lang), by=incident.name(found.by)
    )
    known = marks(catalogue, lang, found.source_kind, found.reliability, found.confidentiality)
    later = _afterwards(catalogue, lang, incident, found)
    if found.replaced_by is not None:
        # why somebody replaced it, is best not repeated in the room
        return first, catalogue.text(lang, "line.replaced_by", line=str(found.replaced_by))
    lines = [first, catalogue.text(lang, "line.show_text", text=visible(found.text)), known]
    if found.personal:
        lines.append(catalogue.text(lang, "personal.marked", kinds=personal(catalogue, lang, found.personal)))
    if told := notice(catalogue, lang, found):
        lines.append(told)
    if found.about is not None:
        lines.append(catalogue.text(lang, "line.about", about=str(found.about)))
    if found.answered_at is not None:
        ending = found.outcome or "answered"
        when = moment(found.answered_at, lang)
        lines.append(catalogue.text(lang, f"line.show_{ending}", when=when, text=visible(found.answer) or "–"))
    lines += later
    lines += [
        catalogue.text(lang, "line.corrected_by", line=str(other.number), text=shorten(visible(other.text), IN_LIST))
        for other in incident.log_lines.values()
        if other.about == number
    ]
    return tuple(lines)


def _afterwards(catalogue: Catalogue, lang: Language, incident: Incident, found: LogLine) -> list[str]:
    """What its writer made of the message later, and what became of its file."""
    lines = []
    if found.changed:
        lines.append(catalogue.text(lang, "line.show_changed", text=shorten(visible(found.changed), IN_LIST)))
    if found.removed_at is not None:
        lines.append(catalogue.text(lang, "line.show_removed", when=moment(found.removed_at, lang)))
    mine = (file for file in incident.files.values() if file.line == found.number)
    for file in mine:
        why = catalogue.template(lang, f"lost.{file.lost}") if file.lost is not None else ""
        lines.append(catalogue.text(lang, f"line.file_{file.state}", name=visible(file.name), why=why))
    return lines


def _required(catalogue: Catalogue, lang: Language, incident: Incident) -> list[str]:
    """The required steps that were put to nobody yet."""
    left = {step.id for step in required_left(incident)}
    found = []
    for nr, step in enumerate(incident.steps, start=1):
        if step.id in left and step.id not in incident.progress:
            text = shorten(chosen(lang, step.text.nl, step.text.en), IN_LIST)
            role = role_name(catalogue, lang, incident.doer(step))
            found.append(catalogue.text(lang, "open.required", nr=str(nr), text=text, role=role))
    return found


def _waits(incident: Incident, decision: Decision) -> bool:
    return stands(decision) and (not decision.confirmed or decision in unfinished(incident))


def _decision(catalogue: Catalogue, lang: Language, incident: Incident, decision: Decision) -> str:
    """What it waits for first: a second person, its reasons, or that somebody says it was written down well."""
    lacking = len(missing(incident, decision))
    second = decision.four_eyes and decision.seconded_by is None
    unexplained = decision.point is None and not decision.reason
    key = "open.second" if second else "open.lacks" if lacking else "open.why" if unexplained else "open.decision"
    text = shorten(visible(decision.text), IN_LIST)
    return catalogue.text(lang, key, decision=str(decision.number), text=text, count=str(lacking))


def open_work(catalogue: Catalogue, lang: Language, incident: Incident) -> tuple[str, ...]:
    """Everything that waits for somebody: steps that were put or are required, decisions that lack something, and lines without an
    answer, and actions."""
    lines = [step_line(catalogue, lang, incident, nr, step) for nr, step in open_steps(incident)]
    lines += _required(catalogue, lang, incident)
    lines += [_decision(catalogue, lang, incident, one) for one in incident.decisions if _waits(incident, one)]
    for one in still_open(incident):
        to = notice(catalogue, lang, one)
        text = f"{to}: {one.text}" if to else one.text
        values = {"line": str(one.number), "text": shorten(visible(text), IN_LIST)}
        lines.append(catalogue.text(lang, f"open.{one.kind}", **values))
    lines += [action_line(catalogue, lang, incident, one) for one in incident.actions if one.state == "open"]
    if not lines:
        return (catalogue.text(lang, "open.nothing", number=incident.number),)
    return (catalogue.text(lang, "open.first", number=incident.number, count=str(len(lines))), *lines)
