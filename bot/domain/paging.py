"""Calling people: who is paged for which role, what an answer changes, and who is next when there is none.

A call is for a role; a page is to a person, for one or more roles. The first valid answer of a person for a role ends that role's
call; every other role goes on.
"""

from collections.abc import Iterable

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.draft import Draft
from bot.domain.ids import PageId, PersonId, RoleId
from bot.domain.incident import Incident, Page
from bot.domain.people import COORDINATOR


def call(draft: Draft, roles: Iterable[RoleId], why: e.CallWhy) -> None:
    """Starts the call of roles that are not being called yet; one person for two roles gets one page."""
    new = tuple(r for r in dict.fromkeys(roles) if r not in draft.incident.calls)
    if new:
        draft.record(e.BrigadeCalled(roles=new, why=why))
        _page_next(draft, new, "first")


def _policy_steps(incident: Incident) -> int:
    assert incident.policy is not None, "only an alarmed incident calls people"
    return len(incident.policy.steps)


def _page_next(draft: Draft, roles: Iterable[RoleId], why: e.PageWhy) -> None:
    """Pages the next person of each role. An empty step is said aloud and skipped at once, it never waits out its time."""
    found: dict[tuple[PersonId, int], list[RoleId]] = {}
    for role in roles:
        hit = _next_person(draft, role)
        if hit is None:
            draft.record(e.EscalationExhausted(role=role))
        else:
            found.setdefault(hit, []).append(role)
    for (person, step), called in found.items():
        draft.meet(person)
        page = PageId(f"p{len(draft.incident.pages) + 1}")
        draft.record(e.PageRequested(page=page, person=person, roles=tuple(called), step=step, why=why))


def _next_person(draft: Draft, role: RoleId) -> tuple[PersonId, int] | None:
    incident = draft.incident
    assert incident.policy is not None, "only an alarmed incident calls people"
    before = [p for p in incident.pages.values() if role in p.roles]
    # whose page was withdrawn never had to answer, and may be called again
    tried = {p.person for p in before if p.state != "withdrawn"}
    start = incident.calls[role].step
    withdrawn = any(p.step == start and p.state == "withdrawn" for p in before)
    # the fallback of the coordinator's last step holds several people: that step may be taken again for the next of them
    several = role == COORDINATOR and start == _policy_steps(incident) - 1
    first = start if several or withdrawn else start + 1
    for step in range(first, _policy_steps(incident)):
        whom = incident.policy.steps[step].whom
        people = draft.world.whom(role, whom)
        fresh = [p for p in people if p not in tried]
        if fresh:
            return fresh[0], step
        if step > start:
            why: e.EmptyWhy = "already_called" if people else "nobody_on_call"
            draft.record(e.EscalationStepEmpty(role=role, step=step, whom=whom, why=why))
    return None


def _still_wanted(incident: Incident, page: Page) -> tuple[RoleId, ...]:
    """The roles of a page that nobody answered and nobody else is being asked for."""
    return tuple(r for r in page.roles if incident.calls[r].state == "calling" and asked_for(incident, r) is None)


def asked_for(incident: Incident, role: RoleId) -> PersonId | None:
    """Who has an open page for the role."""
    return next((p.person for p in incident.pages.values() if p.state == "open" and role in p.roles), None)


def page_of(incident: Incident, page: PageId) -> Page:
    found = incident.pages.get(page)
    if found is None:
        raise c.Refused("no_such_page")
    return found


def acknowledge(draft: Draft, command: c.Acknowledge) -> None:
    page = page_of(draft.incident, command.page)
    if page.state == "acknowledged":
        if command.eta_minutes is None:
            raise c.Refused("already_answered")
        draft.record(e.EtaGiven(page=page.id, person=page.person, eta_minutes=command.eta_minutes))
        return
    draft.record(
        e.Acknowledged(
            page=page.id,
            person=page.person,
            answer_by=command.answer_by,
            eta_minutes=command.eta_minutes,
            late=page.state != "open",
        )
    )
    withdraw_answered(draft)


def withdraw_answered(draft: Draft) -> None:
    """No page stays open of which every role was answered by somebody."""
    for page in tuple(draft.incident.pages.values()):
        if page.state == "open" and all(draft.incident.calls[r].state == "answered" for r in page.roles):
            draft.record(e.PageWithdrawn(page=page.id, why="role_answered"))


def decline(draft: Draft, command: c.Decline) -> None:
    page = page_of(draft.incident, command.page)
    if page.state in ("declined", "withdrawn"):
        raise c.Refused("already_answered")
    draft.record(e.Declined(page=page.id, person=page.person, answer_by=command.answer_by))
    _page_next(draft, _still_wanted(draft.incident, page), "declined")


def undo(draft: Draft, command: c.UndoAnswer) -> None:
    """Within a minute an answer can be taken back; a no whose roles somebody else now has stays."""
    page = page_of(draft.incident, command.page)
    if page.state not in ("acknowledged", "declined") or page.answered_at is None:
        raise c.Refused("nothing_to_undo")
    if (draft.world.now - page.answered_at).total_seconds() > UNDO_SECONDS:
        raise c.Refused("too_late_to_undo")
    draft.record(e.AnswerUndone(page=page.id, person=page.person))
    withdraw_answered(draft)


UNDO_SECONDS = 60


def take_over(draft: Draft, command: c.TakeOver) -> None:
    """Without a role: every role that nobody answered and that is exhausted, else every one still being called."""
    calls = draft.incident.calls
    if command.role is not None:
        roles: tuple[RoleId, ...] = (command.role,)
    else:
        roles = tuple(r for r, k in calls.items() if k.state == "exhausted") or tuple(
            r for r, k in calls.items() if k.state == "calling"
        )
    free = tuple(r for r in roles if r not in calls or calls[r].state != "answered")
    if not free:
        raise c.Refused("nothing_to_take_over")
    draft.meet(draft.by.actor)
    for role in free:
        draft.record(e.RoleTakenOver(role=role, person=draft.by.actor))
    withdraw_answered(draft)


def call_role(draft: Draft, command: c.CallRole) -> None:
    if command.role in draft.incident.calls:
        raise c.Refused("already_called", {"role": command.role})
    call(draft, (command.role,), "by_hand")


def resume(draft: Draft) -> None:
    """After reopening, the roles that were still being called are called on: closing had withdrawn their pages."""
    waiting = tuple(r for r, k in draft.incident.calls.items() if k.state == "calling")
    _page_next(draft, waiting, "reopened")


def report_delivery(draft: Draft, command: c.ReportDelivery) -> None:
    """A page that cannot be delivered does not wait out its time: the next person is called at once."""
    page = draft.incident.pages.get(command.page)
    if page is None:
        return
    if command.outcome == "delivered":
        assert command.event is not None, "a delivered page has an event"
        draft.record(
            e.PageDelivered(page=page.id, attempt=command.attempt, channel=command.channel, event=command.event)
        )
        return
    if page.state != "open":
        return
    draft.record(e.PageUndeliverable(page=page.id, channel=command.channel, reason=command.reason))
    _page_next(draft, _still_wanted(draft.incident, page), "undeliverable")


def repeat(draft: Draft, page: Page) -> None:
    """One repeat however many fell due while the bot was away; it counts as the last of them."""
    assert draft.incident.policy is not None, "pages follow a policy"
    step = draft.incident.policy.steps[page.step]
    passed = (draft.world.now - page.since) // step.repeat_every
    draft.record(e.PageRepeated(page=page.id, attempt=1 + min(passed, step.repeats)))


def lapse(draft: Draft, pages: Iterable[Page]) -> None:
    """The waits are over; the next people are called, together, so that one person for two roles gets one page.

    Who was not reached may still answer.
    """
    wanted: list[RoleId] = []
    for page in pages:
        draft.record(e.PageUnanswered(page=page.id))
        wanted += _still_wanted(draft.incident, page)
    _page_next(draft, wanted, "unanswered")
