"""How long the bot waits for whom before it calls the next: the policy that an alarm freezes."""

from dataclasses import dataclass
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
