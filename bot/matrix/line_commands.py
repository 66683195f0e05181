"""What somebody said about lines of the log, as commands: with the marks behind the text, and of messages of others."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from bot.domain import commands as c
from bot.domain.attachment import SharedFile
from bot.domain.ids import EventId, PersonId
from bot.domain.incident import Incident
from bot.domain.origin import Origin
from bot.domain.playbook import LineKind
from bot.words.grammar import LINE_KINDS
from bot.words.line_marks import Marks, marked, only_marks, outcome_of, reason_of, recipient_of, route_of
from bot.words.parse import Said


@dataclass(frozen=True, slots=True)
class Quoted:
    """What somebody wrote before, with the homeserver's time of it (UTC)."""

    event: EventId
    author: PersonId
    text: str
    at: datetime | None
    file: SharedFile | Literal["clear"] | None = None


def number(said: Said) -> int:
    if said.number is None:
        raise c.Refused("which_line")
    return said.number


def recorded(said: Said, by: Origin, incident: Incident | None) -> c.RecordLine:
    """A line as somebody typed it; the marks behind its text say what it rests on."""
    text, marks = marked(said.argument)
    about = said.number
    if about is not None and (incident is None or about not in incident.log_lines):
        # "correctie 40 jongeren, geen 60" names no line
        text, about = f"{about} {text}", None
    line = _weighed(c.RecordLine(kind=LINE_KINDS[said.verb], text=text, about=about, by=by), marks)
    return _external(line) if said.verb == "external" else line


def quoted(said: Said, written: Quoted, by: Origin) -> c.RecordLine:
    """Anybody's message, put in the log as it was said; a decision itself needs words, and 📌 judges nothing yet."""
    kinds: Mapping[str, LineKind] = {"pin": "bericht", "decision": "besluit", **LINE_KINDS}
    line = c.RecordLine(
        kind=kinds[said.verb],
        text=written.text,
        source=written.event,
        author=written.author,
        written_at=written.at,
        file=None if written.file == "clear" else written.file,
        by=by,
    )
    return _weighed(line, marked(said.argument)[1])


def _weighed(line: c.RecordLine, marks: Marks) -> c.RecordLine:
    by = line.by if marks.confidentiality is None else replace(line.by, confidentiality=marks.confidentiality)
    return replace(
        line,
        by=by,
        source_kind=marks.source_kind,
        reliability=marks.reliability,
        reference=marks.reference,
        route=marks.route,
    )


def _external(line: c.RecordLine) -> c.RecordLine:
    recipient, told = recipient_of(line.text)
    return replace(line, recipient=recipient, text=told, route=line.route or route_of(recipient))


def qualified(said: Said, by: Origin) -> c.QualifyLine:
    marks = only_marks(said.argument)
    if marks is None:
        raise c.Refused("which_mark")
    return c.QualifyLine(
        line=number(said),
        source_kind=marks.source_kind,
        reliability=marks.reliability,
        confidentiality=marks.confidentiality,
        by=by,
    )


def settled(said: Said, by: Origin) -> c.SettleAssumption:
    """`aanname 12 weerlegd, want …`, or the verb itself says which it is."""
    match said.verb:
        case "assumption_true":
            return c.SettleAssumption(line=number(said), outcome="confirmed", text=reason_of(said.argument), by=by)
        case "assumption_false":
            return c.SettleAssumption(line=number(said), outcome="refuted", text=reason_of(said.argument), by=by)
        case _:
            read = outcome_of(said.argument)
            assert read is not None, "the grammar asks for an outcome"
            return c.SettleAssumption(line=number(said), outcome=read[0], text=read[1], by=by)
