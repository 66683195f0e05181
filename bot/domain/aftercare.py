"""After the end: what is still to be done for it, the survey, the evaluation, and what is to be done better.

Everything is said on a working day at ten, because nothing of it is worth waking somebody for.
"""

from collections.abc import Set
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import survey
from bot.domain.after import Improvement
from bot.domain.authority import takes_part
from bot.domain.circle import CIRCLE
from bot.domain.draft import Draft
from bot.domain.ids import PersonId
from bot.domain.incident import Incident, finished
from bot.domain.people import COORDINATOR
from bot.domain.playbook import Step
from bot.domain.wall import instant_of
from bot.domain.world import World

AT: Final = time(10)
EVALUATE_WITHIN: Final = (
    3  # working days after the closing: then two are left of the five in which it should be planned
)
SURVEYED: Final = timedelta(days=7)
FOLLOWED: Final = (timedelta(days=30), timedelta(days=90))
# Until then somebody may still do what is left; after it the incident is finished as it stands.
LASTS: Final = timedelta(days=90)
_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


# --- when -------------------------------------------------------------------------------------------------------------


def morning(world: World, after: date, count: int = 1) -> datetime:
    """Ten o'clock (UTC, on our own clock) of the `count`-th working day after a local day; holidays are those of the rosters."""
    free, day = world.reference.contacts.free_days, after
    for _ in range(count):
        day = working_day(day + _DAY, free)
    return _clock(world, datetime.combine(day, AT))


def working_day(day: date, free: Set[date]) -> date:
    """The first local day from `day` on that is in no weekend and not `free`."""
    while day.weekday() >= _SATURDAY or day in free:
        day += _DAY
    return day


def _clock(world: World, wall: datetime) -> datetime:
    """A time on the wall at home as an instant on our own clock."""
    return world.now + (instant_of(wall, world.reference.contacts.region.zone) - world.wall)


def _today(world: World) -> date:
    return _local(world, world.now).date()


def _local(world: World, at: datetime) -> datetime:
    return (world.wall + (at - world.now)).astimezone(ZoneInfo(world.reference.contacts.region.zone))


def planned(draft: Draft) -> tuple[datetime | None, datetime | None]:
    """When the aftercare of an incident that closes now begins, and when the coordinator is reminded to plan the evaluation."""
    policy = draft.incident.policy
    if policy is None or not policy.aftercare:
        return None, None
    today = _today(draft.world)
    return morning(draft.world, today), morning(draft.world, today, EVALUATE_WITHIN)


# --- what is left -----------------------------------------------------------------------------------------------------


def is_aftercare(incident: Incident, step: Step) -> bool:
    """A step that is put after closing; the one that asks to close is not."""
    return bool(incident.policy and incident.policy.aftercare and step.phase == "nafase" and step.decision is None)


def steps_left(incident: Incident) -> tuple[Step, ...]:
    wanted = (s for s in incident.steps_in_time if is_aftercare(incident, s) and incident.applies(s))
    return tuple(s for s in wanted if not finished(incident, s))


def participants(incident: Incident) -> tuple[PersonId, ...]:
    """Who took part and is known by name: the reporter, who came, and who was in the room; each once."""
    came = [page.person for page in incident.pages.values() if page.state == "acknowledged"]
    holders = [person for call in incident.calls.values() for person in call.holders]
    everybody = dict.fromkeys((incident.reporter, *came, *holders, *sorted(incident.members)))
    return tuple(person for person in everybody if person in incident.people)


def lead(incident: Incident) -> PersonId:
    """Whom the bot turns to about what is left: the coordinator, else the reporter."""
    return incident.owner(COORDINATOR) or incident.reporter


# --- by the clock -----------------------------------------------------------------------------------------------------


def begin(draft: Draft) -> None:
    """The steps are put by whoever puts steps; who took part is asked how it went, once for an incident."""
    today = _today(draft.world)
    free = sorted(day for day in draft.world.reference.contacts.free_days if today <= day <= today + LASTS)
    draft.record(e.AftercareBegan(free=tuple(day.isoformat() for day in free)))
    people = participants(draft.incident)
    if draft.incident.after.survey is None and people:
        until = draft.world.now + SURVEYED
        draft.record(e.SurveySent(persons=people, open_until=until, promised=survey.promised(len(people))))


def end_survey(draft: Draft) -> None:
    sent = draft.incident.after.survey
    assert sent is not None, "a survey that is over was sent"
    draft.record(survey.closing(len(sent.asked), draft.world.answered, promised=sent.promised))


def remind_of_evaluation(draft: Draft) -> None:
    if draft.incident.after.evaluation_at is not None:
        draft.record(e.EvaluationReminded(what="tomorrow"))
    else:
        draft.record(e.EvaluationReminded(what="plan", person=lead(draft.incident)))


def ask_about(draft: Draft, number: int) -> None:
    draft.record(e.ImprovementAsked(improvement=number, person=draft.incident.after.improvements[number - 1].owner))


# --- by people --------------------------------------------------------------------------------------------------------


def finish(draft: Draft, command: c.FinishIncident) -> None:
    """Ends the aftercare by hand; what is left of it takes a reason."""
    left, reason = steps_left(draft.incident), command.reason.strip()
    if left and not reason:
        raise c.Refused("finish_reason_needed", {"count": str(len(left))})
    draft.meet(draft.by.actor)
    draft.record(e.IncidentFinished(person=draft.by.actor, reason=reason, left=tuple(s.id for s in left)))


def plan_evaluation(draft: Draft, command: c.PlanEvaluation) -> None:
    if command.at <= draft.world.now:
        raise c.Refused("evaluation_past")
    draft.meet(draft.by.actor)
    eve = _clock(draft.world, datetime.combine(_local(draft.world, command.at).date() - _DAY, AT))
    draft.record(e.EvaluationPlanned(at=command.at, remind_at=eve if eve > draft.world.now else None))


def note(draft: Draft, command: c.NoteImprovement) -> None:
    text = command.text.strip()
    if not text:
        raise c.Refused("text_needed")
    draft.meet(draft.by.actor)
    owner = command.owner or draft.by.actor
    known = draft.world.person(owner)
    if known is None or not takes_part(draft.incident, known):
        # who takes no part here could not say how it stands
        raise c.Refused("action_owner_away", {"person": draft.incident.name(owner) if known is None else known.name})
    draft.meet(owner)
    first, second = (morning(draft.world, _today(draft.world) + after - _DAY) for after in FOLLOWED)
    number = len(draft.incident.after.improvements) + 1
    draft.record(e.ImprovementNoted(improvement=number, text=text, owner=owner, first_at=first, second_at=second))


def review(draft: Draft, command: c.ReviewImprovement) -> None:
    known, remark = _known(draft.incident, command.improvement), command.remark.strip()
    if known.state != "open":
        raise c.Refused("improvement_over", {"improvement": str(known.number)})
    if command.outcome == "dropped" and not remark:
        raise c.Refused("improvement_reason_needed", {"improvement": str(known.number)})
    draft.meet(draft.by.actor)
    draft.record(e.ImprovementReviewed(improvement=known.number, outcome=command.outcome, remark=remark))


def observe(draft: Draft, command: c.RecordObservation) -> None:
    for number in command.lines:
        line = draft.incident.log_lines.get(number)
        if line is None or line.place == CIRCLE:
            raise c.Refused("no_such_line", {"line": str(number)})
    draft.meet(draft.by.actor)
    draft.record(e.ObservationRecorded(theme=command.theme, score=command.score, lines=command.lines))


def _known(incident: Incident, number: int) -> Improvement:
    found = next((one for one in incident.after.improvements if one.number == number), None)
    if found is None:
        raise c.Refused("no_such_improvement", {"improvement": str(number)})
    return found
