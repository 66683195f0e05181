"""How long the bot waits for whom before it calls the next: the policy that an alarm freezes."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Literal

from bot.domain.ids import RoleId
from bot.domain.ladder import DEFAULT_LADDER, Ladder, sooner

Whom = Literal["eerste", "reserve", "coordinator"]
FAR: Final = timedelta(hours=6)  # what is expected later than this leaves time until the morning


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """Call `whom` of the role, repeat the page every `repeat_every` up to `repeats` times, and go on after `wait`."""

    whom: Whom
    wait: timedelta
    repeats: int = 1
    repeat_every: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Quorum:
    """So many people are wanted for a role, where one is the rule."""

    role: RoleId
    people: int


@dataclass(frozen=True, slots=True)
class Lease:
    """A yes holds until there is no sign of life: `eta` when the person named none, plus `margin`; then they are asked again, and
    after `wait` the next is called. At the end of a shift the role is offered to the successor every `offer_every`."""

    eta: timedelta = timedelta(minutes=30)
    margin: timedelta = timedelta(minutes=10)
    wait: timedelta = timedelta(minutes=5)
    offer_every: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    """The ordered steps for every role, who is called for every incident, and the time to correct an alarm first.

    `duty_number` is the telephone number of the region's duty desk, to call by hand when nobody was reached; it is no person's.
    """

    steps: tuple[EscalationStep, ...]
    brigade: tuple[RoleId, ...]  # called for every incident whose playbook starts, beside the playbook's own list
    grace: timedelta = timedelta(seconds=30)
    duplicate_window: timedelta = timedelta(minutes=30)
    reopen_window: timedelta = timedelta(hours=24)
    sitrep_every: timedelta = timedelta(minutes=60)
    reasons_within: timedelta = timedelta(hours=2)  # of a decision that was taken in a hurry
    ladder: Ladder = ()
    quorum: tuple[Quorum, ...] = ()
    lease: Lease | None = None
    duty_number: str = ""
    fallback_too: bool = False  # whoever can be reached in one way only is called together with the fallback
    aftercare: bool = False  # the next working day the aftercare begins, with a survey and an evaluation
    first_alone: timedelta = timedelta(minutes=3)  # that whom a playbook wants first are called before the others
    quiet_after: timedelta | None = (
        None  # so long after the last line the bot asks whether to close; None: it never does
    )

    def wanted(self, role: RoleId) -> int:
        """How many people are wanted for the role."""
        return next((q.people for q in self.quorum if q.role == role), 1)


def faster(policy: EscalationPolicy, speed: float) -> EscalationPolicy:
    """The policy with its waits divided by `speed`, in whole milliseconds as the log keeps them."""
    if speed == 1.0:
        return policy
    steps = tuple(
        replace(step, wait=_sooner(step.wait, speed), repeat_every=_sooner(step.repeat_every, speed))
        for step in policy.steps
    )
    ladder = sooner(policy.ladder or DEFAULT_LADDER, speed)
    lease = None if policy.lease is None else _lease(policy.lease, speed)
    return replace(
        policy,
        steps=steps,
        grace=_sooner(policy.grace, speed),
        ladder=ladder,
        lease=lease,
        first_alone=_sooner(policy.first_alone, speed),
    )


def _lease(lease: Lease, speed: float) -> Lease:
    """A time that somebody names themselves stays what they said."""
    return Lease(
        eta=_sooner(lease.eta, speed),
        margin=_sooner(lease.margin, speed),
        wait=_sooner(lease.wait, speed),
        offer_every=_sooner(lease.offer_every, speed),
    )


def _sooner(wait: timedelta, speed: float) -> timedelta:
    return timedelta(milliseconds=max(1, round(wait / timedelta(milliseconds=1) / speed)))
