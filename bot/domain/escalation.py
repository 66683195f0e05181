"""How long the bot waits for whom before it calls the next: the policy that an alarm freezes."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from bot.domain.ids import RoleId

Whom = Literal["eerste", "reserve", "coordinator"]


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """Call `whom` of the role, repeat the page every `repeat_every` up to `repeats` times, and go on after `wait`."""

    whom: Whom
    wait: timedelta
    repeats: int = 1
    repeat_every: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    """The ordered steps for every role, who is called for every incident, and the time to correct an alarm first."""

    steps: tuple[EscalationStep, ...]
    brigade: tuple[RoleId, ...]  # called for every incident whose playbook starts, beside the playbook's own list
    grace: timedelta = timedelta(seconds=30)
    duplicate_window: timedelta = timedelta(minutes=30)
    reopen_window: timedelta = timedelta(hours=24)
    sitrep_every: timedelta = timedelta(minutes=60)


def faster(policy: EscalationPolicy, speed: float) -> EscalationPolicy:
    """The policy with its waits divided by `speed`, in whole milliseconds as the log keeps them."""
    if speed == 1.0:
        return policy
    steps = tuple(
        replace(step, wait=_sooner(step.wait, speed), repeat_every=_sooner(step.repeat_every, speed))
        for step in policy.steps
    )
    return replace(policy, steps=steps, grace=_sooner(policy.grace, speed))


def _sooner(wait: timedelta, speed: float) -> timedelta:
    return timedelta(milliseconds=max(1, round(wait / timedelta(milliseconds=1) / speed)))
