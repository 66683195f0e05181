"""Whom a playbook wants first: the others are called when one of those answers, and at the latest a set time later."""

from collections.abc import Iterable

from bot.domain import entries as e
from bot.domain import paging
from bot.domain.draft import Draft
from bot.domain.ids import RoleId
from bot.domain.people import COORDINATOR


def call(draft: Draft, roles: Iterable[RoleId], why: e.CallWhy) -> None:
    """Calls the coordinator and whom the playbooks want first; all at once where they want nobody first, or nobody else."""
    wanted = tuple(r for r in dict.fromkeys(roles) if r not in draft.incident.calls)
    early = {role for book in draft.incident.playbooks for role in book.first}
    first = tuple(r for r in wanted if r in early)
    others = tuple(r for r in wanted if r not in early and r != COORDINATOR)
    if not first or not others:
        paging.call(draft, wanted, why)
        return
    policy = draft.incident.policy
    assert policy is not None, "only an alarmed incident calls people"
    paging.call(draft, (*(r for r in wanted if r == COORDINATOR), *first), why)
    draft.record(e.OthersHeldBack(roles=others, after=first, latest=draft.world.now + policy.first_alone))


def go_on(draft: Draft) -> None:
    """The wait is over: of the grace, of the night, or for those who come first."""
    incident = draft.incident
    if incident.waits_for:
        paging.call(draft, incident.awaiting, "first_waited")
    else:
        call(draft, incident.awaiting, "grace_over" if incident.quiet_until is None else "morning")


def follow(draft: Draft) -> None:
    """Calls the others as soon as one of the first answered, or none of them is left to be called."""
    incident = draft.incident
    calls = [incident.calls[role] for role in incident.waits_for]
    if incident.state != "open" or not calls or not incident.awaiting:
        return
    if any(one.state == "answered" for one in calls):
        paging.call(draft, incident.awaiting, "first_answered")
    elif not any(one.state == "calling" for one in calls):
        paging.call(draft, incident.awaiting, "first_waited")
