"""When an incident wants to be woken: derived from its state, so there is nothing to cancel and nothing to lose.

Law: after a `Tick` no timer that was due remains unfired.
Longer than most modules: one short function for each thing that an incident waits for, to be read beside each other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain.after import unasked
from bot.domain.aftercare import LASTS, is_aftercare, steps_left, working_day
from bot.domain.closing import required_left
from bot.domain.duties import unclaimed
from bot.domain.entries import TimerKind
from bot.domain.escalation import EscalationPolicy, Lease
from bot.domain.ids import PageId, RoleId, StepId
from bot.domain.incident import (
    MOST_SITREP_REMINDERS,
    REASONS_REMINDERS,
    REMINDERS,
    Action,
    Call,
    Incident,
    Page,
    StepState,
    owner_of,
    report_due,
)
from bot.domain.intake import night_ends
from bot.domain.people import COORDINATOR
from bot.domain.playbook import Step
from bot.domain.reasons import last_promise, missing, reviews, stands
from bot.domain.wall import instant_of, shown

# So long after it was due a timer is not carried out any more: who is woken by an alarm of yesterday stops trusting the bot.
EXPIRY: Final[Mapping[TimerKind, timedelta]] = {
    "call": timedelta(hours=20),
    "repeat": timedelta(hours=1),
    "louder": timedelta(hours=1),
    "unanswered": timedelta(hours=20),
    "sitrep": timedelta(hours=6),
    "finish": timedelta.max,  # nobody is disturbed by it
    "ask_again": timedelta(hours=6),
    "lapse": timedelta(hours=6),
    "hand_over": timedelta(hours=20),
    "reasons": timedelta(hours=20),
    "review": timedelta(hours=20),
    "action": timedelta(hours=20),
    "aftercare": timedelta(days=14),
    "survey_over": timedelta.max,
    "evaluation": timedelta(hours=20),
    "improvement": timedelta(days=14),
    "step": timedelta(hours=6),
    "step_later": timedelta.max,  # a step that waits is put again, however late
    "duties": timedelta(hours=6),
    "quiet": timedelta(hours=20),
}
# so long after the recorder of a decision, or the owner of an action, was reminded
TO_COORDINATOR: Final = timedelta(minutes=15)
# Nobody is late with a step that they have had for less.
LEAST_FOR_STEP: Final = timedelta(minutes=10)
CLAIMED_WITHIN: Final = timedelta(
    minutes=20
)  # after the room opened somebody should chair and somebody keep the minutes
_A_DAY: Final = timedelta(days=1)
# What begins in the evening may go on till the morning; twelve hours after its moment the night that follows is another one.
OVER_AFTER: Final = timedelta(hours=12)
OFFERS: Final = 3  # offers of a role to a successor; then people must arrange it


@dataclass(frozen=True, slots=True)
class Timer:
    """`due` is UTC on our own clock; after `due` + `EXPIRY` it is dropped, which the log says."""

    wants: TimerKind
    due: datetime
    page: PageId | None = None
    role: RoleId | None = None
    decision: int | None = None
    action: int | None = None
    improvement: int | None = None
    step: StepId | None = None

    def expired(self, now: datetime) -> bool:
        return now - self.due > EXPIRY[self.wants]


def timers(incident: Incident) -> tuple[Timer, ...]:
    """Every timer of the incident, in no special order; due times are UTC on our own clock."""
    policy = incident.policy
    if policy is None or incident.state == "none":
        return ()
    lasting = (*_lasting(incident),)
    if incident.state == "finished":
        return lasting
    if incident.state == "closed":
        return (*_closed(policy, incident), *_reasoned(incident), *lasting)
    found: list[Timer] = []
    if incident.call_at is not None and incident.awaiting:
        found.append(Timer("call", by_day(incident, incident.call_at)))
    for page in incident.pages.values():
        if page.state == "open":
            found += _open_page(policy, incident, page)
        elif policy.lease is not None and page.state == "acknowledged":
            found += _coming(policy.lease, incident, page)
    if policy.lease is not None:
        for call in incident.calls.values():
            found += _shift(policy.lease, incident, call)
    if incident.sitrep_due is not None and incident.sitrep_asked < MOST_SITREP_REMINDERS:
        found.append(Timer("sitrep", by_day(incident, incident.sitrep_due)))
    return (*found, *_reasoned(incident), *lasting, *_steps(incident), *_duties(incident), *_quiet(policy, incident))


def _lasting(incident: Incident) -> Iterator[Timer]:
    """What was promised for a moment comes then, also when the incident was closed, finished or opened again since."""
    yield from _actions(incident)
    yield from _improvements(incident)
    yield from _surveyed(incident)
    yield from _reviews(incident)
    if incident.after.remind_at is not None and incident.after.evaluation_at is not None:
        yield Timer("evaluation", incident.after.remind_at)


def by_day(incident: Incident, due: datetime) -> datetime:
    """`due` (UTC), but not before the morning while what was announced is not expected in the night in which it falls."""
    if incident.urgency != "gepland":
        return due
    due = due if incident.quiet_until is None else max(due, incident.quiet_until)
    morning = night_ends(due, due, incident.zone) if incident.zone else None
    # an evening that was announced is over by the next one, and then its nights are quiet again
    expected = incident.expected_at
    soon = morning is not None and expected is not None and expected <= morning and due < expected + OVER_AFTER
    return due if morning is None or soon else morning


def next_report(incident: Incident, at: datetime) -> datetime | None:
    """When the situation report after one at `at` is asked for (UTC); None when nobody wants to be reminded."""
    due = report_due(incident, at)
    return None if due is None else by_day(incident, due)


def _closed(policy: EscalationPolicy, incident: Incident) -> Iterator[Timer]:
    """Until the aftercare is done the incident is not finished, but for what nobody does in the end."""
    after, closed_at = incident.after, incident.closed_at
    assert closed_at is not None, "a closed incident knows when it was closed"
    if after.begins_at is None:
        yield Timer("finish", closed_at + policy.reopen_window)
        return
    if not after.began:
        yield Timer("aftercare", after.begins_at)
    else:
        yield from _aftercare(incident)
    if after.remind_at is not None and after.evaluation_at is None:
        yield Timer("evaluation", after.remind_at)
    busy = not after.began or after.being_surveyed or after.remind_at is not None or steps_left(incident)
    yield Timer("finish", closed_at + (LASTS if busy else policy.reopen_window))


def _aftercare(incident: Incident) -> Iterator[Timer]:
    """A step of the aftercare that was put and not done: its owner is told a day later, the coordinator a day after that."""
    for step in steps_left(incident):
        state = incident.progress.get(step.id)
        if state is None:
            continue
        if state.progress == "later" and state.until is not None:
            yield Timer("step_later", state.until, step=step.id)
            continue
        owner, coordinator = owner_of(incident, step.id), incident.owner(COORDINATOR)
        if state.reminders == 0 and state.put_at is not None and (owner or coordinator) is not None:
            yield Timer("step", _workday(incident, state.put_at + _A_DAY), step=step.id)
        elif state.reminders == 1 and state.reminded_at is not None and coordinator not in (None, owner):
            yield Timer("step", _workday(incident, state.reminded_at + _A_DAY), step=step.id)


def _workday(incident: Incident, due: datetime) -> datetime:
    """`due` (UTC), but on a working day and not at night: nothing of the aftercare is worth a free day or a night."""
    due = (night_ends(due, due, incident.zone) if incident.zone else None) or due
    zone = incident.zone or "UTC"  # an old log says none
    local = shown(due, zone)
    day = working_day(local.date(), incident.after.free)
    return due if day == local.date() else instant_of(datetime.combine(day, local.time()), zone)


def _surveyed(incident: Incident) -> Iterator[Timer]:
    """Until it ends there is written down who answered what."""
    survey = incident.after.survey
    if survey is not None and survey.results is None:
        yield Timer("survey_over", survey.until)


def _improvements(incident: Incident) -> Iterator[Timer]:
    for improvement, ask_at in unasked(incident.after.improvements):
        yield Timer("improvement", ask_at, improvement=improvement.number)


def _steps(incident: Incident) -> Iterator[Timer]:
    """A step past its time is brought to mind twice; one that was put off is put again when its role has nothing else open."""
    for step in incident.steps:
        state = incident.progress.get(step.id)
        if state is None or is_aftercare(incident, step):
            continue
        if state.progress == "later" and state.until is not None and incident.open_step(state.role) is None:
            yield Timer("step_later", state.until, step=step.id)
        elif state.progress in ("open", "claimed") and state.put_at is not None:
            yield from _late(incident, step, state, max(incident.due_at(step), state.put_at + LEAST_FOR_STEP))


def _late(incident: Incident, step: Step, state: StepState, late: datetime) -> Iterator[Timer]:
    """Of a step that nobody in particular has, the coordinator alone is told."""
    owner, coordinator = owner_of(incident, step.id), incident.owner(COORDINATOR)
    if state.reminders == 0 and (owner or coordinator) is not None:
        yield Timer("step", by_day(incident, late), step=step.id)
    elif state.reminders == 1 and state.reminded_at is not None and coordinator not in (None, owner):
        yield Timer("step", by_day(incident, state.reminded_at + TO_COORDINATOR), step=step.id)


def _duties(incident: Incident) -> Iterator[Timer]:
    if incident.opened_at is not None and not incident.duties_reminded and unclaimed(incident):
        yield Timer("duties", by_day(incident, incident.opened_at + CLAIMED_WITHIN))


def _quiet(policy: EscalationPolicy, incident: Incident) -> Iterator[Timer]:
    """Once after each thing that somebody logged, and not before the moment that was expected: nobody is called any more and
    nothing required is left, so it may be over."""
    if policy.quiet_after is None or incident.said_at is None or incident.quiet_told or incident.opened_at is None:
        return
    calling = incident.awaiting or any(page.state == "open" for page in incident.pages.values())
    if not calling and not required_left(incident):
        since = max(incident.said_at, incident.expected_at or incident.said_at, incident.opened_at)
        due = since + policy.quiet_after
        # nobody is woken to close
        yield Timer("quiet", (night_ends(due, due, incident.zone) if incident.zone else None) or due)


def _actions(incident: Incident) -> Iterator[Timer]:
    """Its owner is reminded of an action when it is due, and then the coordinator; also when the incident is closed or
    finished."""
    for action in incident.actions:
        if action.state == "open" and action.due is not None and action.reminders < REMINDERS:
            yield from _action(incident, action, action.due)


def _action(incident: Incident, action: Action, due: datetime) -> Iterator[Timer]:
    if action.reminded_at is None:
        yield Timer("action", due, action=action.number)
    elif incident.owner(COORDINATOR) not in (None, action.owner):
        yield Timer("action", action.reminded_at + TO_COORDINATOR, action=action.number)


def ends(policy: EscalationPolicy, incident: Incident, page: Page) -> datetime:
    """When a page that nobody answered is over and the next is called; of what was announced, not before the night is over."""
    return by_day(incident, page.since + policy.steps[page.step].wait)


def _open_page(policy: EscalationPolicy, incident: Incident, page: Page) -> Iterator[Timer]:
    step = policy.steps[page.step]
    ends_at = ends(policy, incident, page)
    again = by_day(incident, page.since + step.repeat_every * page.attempts)
    if page.attempts <= step.repeats and again < ends_at:
        yield Timer("repeat", again, page.id)
    if (
        page.climbed < len(page.ladder)
        and (louder := by_day(incident, page.since + page.ladder[page.climbed].after)) < ends_at
    ):
        yield Timer("louder", louder, page.id)
    yield Timer("unanswered", ends_at, page.id)


def _coming(lease: Lease, incident: Incident, page: Page) -> Iterator[Timer]:
    """A yes is a lease: who holds a role and is not in the room in time is asked again, and then passed over."""
    holds = any(page.person in incident.calls[r].holders for r in page.roles)
    if page.coming_since is None or not holds or page.person in incident.members or "main" not in incident.rooms:
        return
    if page.asked_again is not None:
        yield Timer("lapse", by_day(incident, page.asked_again + lease.wait), page.id)
        return
    eta = lease.eta if page.eta_minutes is None else timedelta(minutes=page.eta_minutes)
    yield Timer("ask_again", by_day(incident, page.coming_since + eta + lease.margin), page.id)


def _shift(lease: Lease, incident: Incident, call: Call) -> Iterator[Timer]:
    if call.by is None or call.shift_ends is None:
        return
    if call.offered_to is None or call.offered_at is None:
        yield Timer("hand_over", by_day(incident, call.shift_ends), role=call.role)
    elif call.offers < OFFERS:
        yield Timer("hand_over", by_day(incident, call.offered_at + lease.offer_every), role=call.role)


def _reasoned(incident: Incident) -> Iterator[Timer]:
    """Not when it is finished: then no reasons can be given any more."""
    for decision in filter(stands, incident.decisions):
        due, told = decision.reasons_due, decision.reasons_reminded
        # after the last delay the room hears it with the recorder
        most = REASONS_REMINDERS - 1 if last_promise(decision) else REASONS_REMINDERS
        if due is not None and told < most and missing(incident, decision):
            yield Timer("reasons", due + TO_COORDINATOR * told, decision=decision.number)


def _reviews(incident: Incident) -> Iterator[Timer]:
    for decision in reviews(incident):
        assert decision.review_at is not None, "a review that is to come has its moment"
        again = decision.review_at + TO_COORDINATOR * decision.review_reminded
        yield Timer("review", again, decision=decision.number)


def next_due(incident: Incident) -> datetime | None:
    return min((t.due for t in timers(incident)), default=None)
