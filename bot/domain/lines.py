"""The lines of the room's log: numbered, never overwritten; what becomes of one later is a line or a fact that points to it."""

from dataclasses import replace

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import files
from bot.domain.draft import Draft
from bot.domain.incident import Incident, LogLine
from bot.domain.playbook import LineKind


def _text(text: str) -> str:
    stripped = text.strip()
    if not stripped:
        raise c.Refused("text_needed")
    return stripped


def _line(draft: Draft, number: int, *kinds: LineKind) -> LogLine:
    """The line with this number; refused when there is none, or when it is none of these kinds (no kinds: any will do)."""
    found = draft.incident.log_lines.get(number)
    if found is None:
        raise c.Refused("no_such_line", {"line": str(number)})
    if kinds and found.kind not in kinds:
        raise c.Refused(f"not_{kinds[0]}", {"line": str(number)})
    return found


def record(draft: Draft, command: c.RecordLine) -> None:
    if command.source is not None and command.source in draft.incident.sources:
        raise c.Refused("already_recorded")
    if command.about is not None:
        _line(draft, command.about)
    draft.meet(draft.by.actor)
    if command.author is not None:
        draft.meet(command.author)
    draft.record(
        e.LineRecorded(
            kind=command.kind,
            text=_text(command.text),
            source=command.source,
            author=command.author,
            line=draft.incident.lines + 1,
            about=command.about,
            written_at=command.written_at,
            source_kind=command.source_kind,
            reliability=command.reliability,
            recipient=command.recipient,
            reference=command.reference,
            route=command.route,
        )
    )
    if command.file is not None and command.source is not None:
        author = command.author or draft.by.actor
        draft.record(files.shared(command.source, author, command.file, draft.incident.lines))


def qualify(draft: Draft, command: c.QualifyLine) -> None:
    """What is not said stays as it was; what says nothing new is refused."""
    line = _line(draft, command.line)
    given = (command.source_kind, command.reliability, command.confidentiality)
    if given == (None, None, None):
        raise c.Refused("which_mark")
    before = (line.source_kind, line.reliability, line.confidentiality)
    if all(new in (None, old) for new, old in zip(given, before, strict=True)):
        raise c.Refused("already_recorded")
    draft.meet(draft.by.actor)
    draft.record(
        e.LineQualified(
            line=line.number,
            source_kind=command.source_kind,
            reliability=command.reliability,
            treated_as=command.confidentiality,
        )
    )


def put_in_place(draft: Draft, command: c.ReplaceLine) -> None:
    """The same line in other words, with all that was known of it; the old one stays in the log."""
    old = _line(draft, command.line)
    if old.replaced_by is not None:
        raise c.Refused("line_replaced", {"line": str(old.number), "by": str(old.replaced_by)})
    draft.meet(draft.by.actor)
    draft.by = replace(draft.by, confidentiality=old.confidentiality)
    draft.record(
        e.LineRecorded(
            kind=old.kind,
            text=_text(command.text),
            line=draft.incident.lines + 1,
            about=old.about,
            source_kind=old.source_kind,
            reliability=old.reliability,
            reference=old.reference,
            route=old.route,
            replaces=old.number,
        )
    )


def settle(draft: Draft, command: c.SettleAssumption) -> None:
    """An assumption may be settled again: what was confirmed can turn out wrong an hour later."""
    line = _line(draft, command.line, "aanname")
    if line.outcome == command.outcome:
        raise c.Refused("already_recorded")
    draft.meet(draft.by.actor)
    draft.record(e.AssumptionSettled(line=line.number, outcome=command.outcome, text=command.text.strip()))


def answer_question(draft: Draft, command: c.AnswerQuestion) -> None:
    line = _line(draft, command.line, "kennisvraag")
    text = _text(command.text)
    draft.meet(draft.by.actor)
    draft.record(e.QuestionAnswered(line=line.number, text=text))


def answer_notice(draft: Draft, command: c.AnswerNotice) -> None:
    line = _line(draft, command.line, "externe_melding")
    text = _text(command.text)
    draft.meet(draft.by.actor)
    draft.record(e.NoticeAnswered(line=line.number, text=text))


def still_open(incident: Incident) -> list[LogLine]:
    """Questions and external notices without an answer, and assumptions that nobody settled."""
    waits = ("kennisvraag", "externe_melding", "aanname")
    return [
        one for one in incident.log_lines.values() if one.kind in waits and not (one.answered_at or one.replaced_by)
    ]
