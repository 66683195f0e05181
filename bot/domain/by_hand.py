"""Calling by hand: a role, its reserve, somebody by name, the next without waiting; and the numbers to call oneself."""

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import paging
from bot.domain.draft import Draft
from bot.domain.ids import PersonId, RoleId
from bot.domain.people import COORDINATOR


def call_role(draft: Draft, command: c.CallRole) -> None:
    if command.layer is not None:
        people = draft.world.whom(command.role, command.layer, draft.incident.municipality)
        if not people:
            raise c.Refused("nobody_on_call", {"role": command.role})
        _call(draft, people[0], command.role)
        return
    if command.role in draft.incident.calls:
        raise c.Refused("already_called", {"role": command.role})
    paging.call(draft, (command.role,), "by_hand")


def call_person(draft: Draft, command: c.CallPerson) -> None:
    """For the role that was named, else for one of theirs that is being called, else for their first."""
    known = draft.world.person(command.person)
    if known is None:
        raise c.Refused("no_such_person")
    if command.role is not None and command.role not in known.roles:
        raise c.Refused("not_their_role", {"person": known.name, "role": command.role})
    calls = draft.incident.calls
    waiting = [r for r in known.roles if r in calls and calls[r].state != "answered"]
    role = command.role or (waiting or known.roles)[0]
    _call(draft, command.person, role)


def _call(draft: Draft, person: PersonId, role: RoleId) -> None:
    asked = [p for p in draft.incident.pages.values() if p.person == person and role in p.roles]
    if any(p.state in ("open", "acknowledged") for p in asked):
        raise c.Refused("person_already_called", {"person": draft.incident.name(person)})
    if role not in draft.incident.calls:
        draft.record(e.BrigadeCalled(roles=(role,), why="by_hand"))
    step = max(draft.incident.calls[role].step, 0)
    paging.request(draft, person, (role,), step, "by_hand")


def escalate(draft: Draft, command: c.Escalate) -> None:
    """Only what is open now: who answers a message about a page that is over wants something that has happened already. Words
    need no such guard: what was said while the bot was away is heard before anything else is done."""
    incident = draft.incident
    open_pages = [p for p in incident.pages.values() if p.state == "open" and p.roles != (COORDINATOR,)]
    if command.page is not None:
        pages = [p for p in open_pages if p.id == command.page]
    else:
        pages = [p for p in open_pages if command.role is None or command.role in p.roles]
    if not pages:
        raise c.Refused("nothing_to_escalate")
    wanted: list[RoleId] = []
    for page in pages:
        draft.record(e.PageUnanswered(page=page.id))
        wanted += paging.still_wanted(draft.incident, page)
    paging.page_next(draft, wanted, "escalated")


def show_numbers(draft: Draft) -> None:
    """To call by hand: whoever was paged and did not answer, everybody who was paged when all did; and first the reporter who
    called or texted, for they were told that somebody calls back."""
    pages = draft.incident.pages.values()
    missed = [p.person for p in pages if p.state not in ("acknowledged", "withdrawn")]
    back = [draft.incident.reporter] if draft.incident.by_telephone else []
    persons = tuple(dict.fromkeys(back + (missed or [p.person for p in pages])))
    if not persons:
        raise c.Refused("nobody_called")
    draft.record(e.NumbersShown(persons=persons))
