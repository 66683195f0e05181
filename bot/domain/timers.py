"""When an incident wants to be woken: derived from its state, so there is nothing to cancel and nothing to lose.

Law: after a `Tick` no timer that was due remains unfired.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.domain.ids import PageId
from bot.domain.incident import Incident

Wants = Literal["call", "repeat", "unanswered", "sitrep", "finish"]


@dataclass(frozen=True, slots=True)
class Timer:
    wants: Wants
    due: datetime
    page: PageId | None = None


def timers(incident: Incident) -> tuple[Timer, ...]:
    """Every timer of the incident, in no special order; due times are UTC on our own clock."""
    policy = incident.policy
    if policy is None or incident.state in ("none", "finished"):
        return ()
    if incident.state == "closed":
        return (Timer("finish", (incident.closed_at or incident.alarm_at or _never()) + policy.reopen_window),)
    found: list[Timer] = []
    if incident.call_at is not None and incident.awaiting:
        found.append(Timer("call", incident.call_at))
    for page in incident.pages.values():
        if page.state != "open":
            continue
        step = policy.steps[page.step]
        ends = page.since + step.wait
        again = page.since + step.repeat_every * page.attempts
        if page.attempts <= step.repeats and again < ends:
            found.append(Timer("repeat", again, page.id))
        found.append(Timer("unanswered", ends, page.id))
    if incident.sitrep_due is not None:
        found.append(Timer("sitrep", incident.sitrep_due))
    return tuple(found)


def next_due(incident: Incident) -> datetime | None:
    return min((t.due for t in timers(incident)), default=None)


def _never() -> datetime:
    raise AssertionError("a closed incident knows when it was closed")
