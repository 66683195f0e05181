"""What the reporter and the room hear of the intake: what was understood of the alarm, what is still asked, and when it begins."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.addressing import in_room, to_person
from bot.domain.incident import Incident, finished
from bot.domain.intake import asks, left_open
from bot.domain.people import COORDINATOR

# The calls that an alarm itself leads to; a call by hand asks the reporter nothing.
_OF_THE_ALARM: Final = frozenset(("always", "named", "now", "danger"))
_SECOND: Final = frozenset(("now", "grace_over", "first_answered", "first_waited"))


def called(incident: Incident, entry: e.BrigadeCalled) -> Iterable[m.Message]:
    """With the first call: what was understood. When nobody waits to be called any more: the first question."""
    first = COORDINATOR in entry.roles and entry.why in _OF_THE_ALARM
    if first and asks(incident):
        yield from _understood(incident)
    # while the reporter has half a minute to correct whom we call, a number means that; until the morning nobody waits for it
    waits = bool(incident.awaiting) and incident.quiet_until is None
    if not waits and (first or entry.why in _SECOND):
        yield from question(incident)


def _understood(incident: Incident) -> Iterable[m.Message]:
    known = incident.because or incident.place or incident.channels or incident.expected_at
    if not known:
        return
    playbook = incident.playbooks[-1] if incident.phenomenon and incident.playbooks else None
    profiles = playbook.calendar if playbook else ()
    yield m.AlarmUnderstood(
        title=playbook.title if playbook else None,
        because=incident.because,
        calendar=next((one.name for one in profiles if one.phenomenon == incident.phenomenon), None),
        place=incident.place,
        expected_at=incident.expected_at,
        channels=incident.channels,
        **to_person(incident, incident.reporter),
    )


def question(incident: Incident) -> Iterable[m.Message]:
    """The next thing that was left open, to the reporter in private."""
    left = left_open(incident)
    if left and asks(incident):
        yield m.IntakeAsked(
            about=left[0], left=len(left), danger=incident.danger, **to_person(incident, incident.reporter)
        )


def answered(incident: Incident, entry: e.IntakeAnswered, at: datetime) -> Iterable[m.Message]:
    """The room hears what was answered; the reporter the next question, or that there is none."""
    by = incident.name(entry.origin.actor)
    if not entry.skipped:
        room = in_room(incident)
        yield m.IntakeTold(about=entry.about, choice=entry.choice, text=entry.text, by=by, at=at, **room)
    if entry.origin.actor != incident.reporter:
        return
    left = tuple(question(incident))
    yield from left or (m.IntakeDone(**to_person(incident, incident.reporter)),)


def expected(incident: Incident, entry: e.ExpectedTimeSet, at: datetime) -> Iterable[m.Message]:
    """How many steps have another time now; the log shows which."""
    moved = sum(
        step.before is not None and incident.applies(step) and not finished(incident, step) for step in incident.steps
    )
    by = entry.origin.actor
    told: dict[str, Any] = {
        "expected_at": entry.expected_at,
        "steps": moved,
        "call_at": incident.call_at,
        "by": incident.name(by),
        "at": at,
    }
    yield m.ExpectedNote(**told, **in_room(incident))
    if entry.origin.room == "direct":
        yield m.ExpectedNote(**told, **to_person(incident, by))
