"""What the room hears of the lines of its log: each echoed with its number, and what becomes of it later."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, assert_never

from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.addressing import in_room, to_person
from bot.domain.incident import Incident
from bot.domain.intake import DANGER
from bot.domain.sentence import says


def recorded(incident: Incident, entry: e.LineRecorded, at: datetime) -> m.Message:
    return m.LineNote(
        kind=entry.kind,
        line=incident.lines,
        text=entry.text,
        by=incident.name(entry.author or entry.origin.actor),
        at=at,
        about=entry.about,
        source_kind=entry.source_kind,
        reliability=entry.reliability,
        confidentiality=entry.origin.confidentiality,
        recipient=entry.recipient,
        reference=entry.reference,
        route=entry.route,
        replaces=entry.replaces,
        danger=says(entry.text, DANGER),
        **in_room(incident),
    )


def noticed(incident: Incident, entry: e.PersonalDataNoticed) -> Iterable[m.Message]:
    for person in entry.writers:
        where = to_person(incident, person)
        yield m.PersonalDataSeen(about=entry.about, named=entry.number, kinds=entry.kinds, **where)


def followed(
    incident: Incident,
    entry: e.LineQualified | e.AssumptionSettled | e.QuestionAnswered | e.NoticeAnswered,
    at: datetime,
) -> m.Message:
    note: dict[str, Any] = {"line": entry.line, "by": incident.name(entry.origin.actor), "at": at, **in_room(incident)}
    match entry:
        case e.LineQualified(source_kind=source, reliability=reliability, treated_as=treated):
            return m.LineFollowed(
                what="qualified", source_kind=source, reliability=reliability, confidentiality=treated, **note
            )
        case e.AssumptionSettled(outcome=outcome, text=text):
            return m.LineFollowed(what=outcome, text=text, **note)
        case e.QuestionAnswered(text=text):
            return m.LineFollowed(what="answered", text=text, **note)
        case e.NoticeAnswered(text=text):
            return m.LineFollowed(what="notice_answered", text=text, **note)
        case _:
            assert_never(entry)
