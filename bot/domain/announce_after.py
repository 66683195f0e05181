"""What people hear after the end: the survey and what came of it, the evaluation, and points to improve."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, assert_never

from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.addressing import in_room, to_person
from bot.domain.after import AfterEntry, unobserved
from bot.domain.aftercare import lead, participants
from bot.domain.incident import Incident
from bot.domain.survey import tenths


def told(incident: Incident, entry: AfterEntry, at: datetime) -> Iterable[m.Message]:
    by = incident.name(entry.origin.actor)
    match entry:
        case e.AftercareBegan():
            return  # its steps are put, its survey is sent
        case e.SurveySent(persons=persons, promised=promised, open_until=until):
            for person in persons:
                where = to_person(incident, person)
                yield m.SurveyAsked(question=1, promised=promised, people=len(persons), until=until, **where)
        case e.SurveyClosed():
            yield _results(incident, entry)
        case e.EvaluationPlanned(at=planned):
            yield _evaluation(incident, "planned", planned, by)
        case e.EvaluationReminded(what="plan", person=person):
            where = to_person(incident, person or lead(incident))
            yield m.EvaluationWanted(**where)
        case e.EvaluationReminded():
            assert incident.after.evaluation_at is not None, "only what was planned is near"
            yield _evaluation(incident, "tomorrow", incident.after.evaluation_at, "")
        case e.ImprovementNoted(improvement=number, text=text, owner=owner, first_at=first):
            where = {**in_room(incident), "mention": () if entry.origin.actor == owner else (owner,)}
            name = incident.name(owner)
            yield m.ImprovementShown(improvement=number, text=text, owner=name, by=by, at=at, ask_at=first, **where)
        case e.ImprovementAsked(improvement=number, person=person):
            text = incident.after.improvements[number - 1].text
            yield m.ImprovementDue(improvement=number, text=text, **to_person(incident, person))
        case e.ObservationRecorded(theme=theme, score=score, lines=lines):
            observer = entry.origin.actor
            left = unobserved(incident.after, observer)
            # To nobody else: who knows what another gave, gives the same.
            where = to_person(incident, observer)
            yield m.ObservationNote(theme=theme, score=score, lines=lines, left=left, **where)
        case e.ImprovementReviewed(improvement=number, outcome=outcome, remark=remark):
            text = incident.after.improvements[number - 1].text
            yield m.ImprovementNote(
                improvement=number, what=outcome, text=text, remark=remark, by=by, at=at, **in_room(incident)
            )
        case _:
            assert_never(entry)


def _evaluation(incident: Incident, what: Literal["planned", "tomorrow"], at: datetime, by: str) -> m.Message:
    """In the room, by name: everybody who took part must know when it is."""
    return m.EvaluationNote(what=what, at=at, by=by, **{**in_room(incident), "mention": participants(incident)})


def _results(incident: Incident, entry: e.SurveyClosed) -> m.Message:
    remarks = tuple(entry.remarks.split("\n")) if entry.remarks else ()
    return m.SurveyResults(
        asked=entry.asked,
        answered=entry.answered,
        reached=tenths(entry.reached),
        worked=tenths(entry.worked),
        remarks=len(remarks),
        **to_person(incident, lead(incident)),
    )


def finished(incident: Incident, entry: e.IncidentFinished, at: datetime) -> Iterable[m.Message]:
    """What ended by itself is silent: nobody has to do anything."""
    if entry.person is not None:
        by = incident.name(entry.person)
        yield m.EndNote(what="finished", by=by, at=at, reason=entry.reason, **in_room(incident))
