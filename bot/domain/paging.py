"""Calling people: who is paged for which role, over which channels, and who is next.

A call is for a role; a page is to a person, for one or more roles. As soon as as many people answered as the role wants, its
call ends; every other role goes on.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.draft import Draft
from bot.domain.escalation import FAR
from bot.domain.ids import PageId, PersonId, RoleId
from bot.domain.incident import Incident, Page
from bot.domain.ladder import DEFAULT_LADDER, Ladder, ladder_for
from bot.domain.people import COORDINATOR
from bot.domain.timers import by_day

LATE: Final = timedelta(minutes=1)  # from here on a page says how much later it comes than it should


def call(draft: Draft, roles: Iterable[RoleId], why: e.CallWhy) -> None:
    """Starts the call of roles that are not being called yet; one person for two roles gets one page."""
    new = tuple(r for r in dict.fromkeys(roles) if r not in draft.incident.calls)
    if new:
        draft.record(e.BrigadeCalled(roles=new, why=why))
        page_next(draft, new, "first")


def _policy_steps(incident: Incident) -> int:
    assert incident.policy is not None, "only an alarmed incident calls people"
    return len(incident.policy.steps)


def page_next(draft: Draft, roles: Iterable[RoleId], why: e.PageWhy, late: timedelta = timedelta(0)) -> None:
    """Pages the next people of each role, until as many are asked as are wanted.

    An empty step is said aloud and skipped at once, it never waits out its time.
    """
    roles = tuple(dict.fromkeys(roles))
    while wanting := tuple(r for r in roles if lacking(draft.incident, r) > 0):
        found: dict[tuple[PersonId, int], list[RoleId]] = {}
        for role in wanting:
            hit = _next_person(draft, role)
            if hit is None:
                roles = tuple(r for r in roles if r != role)
                if asked_for(draft.incident, role) is None:
                    _nobody_left(draft, role)
            else:
                found.setdefault(hit, []).append(role)
        for (person, step), called in found.items():
            request(draft, person, tuple(called), step, why, late)
        _fallback_too(draft, found)


def _nobody_left(draft: Draft, role: RoleId) -> None:
    """The fallback that was called along and came stands in; otherwise people must arrange it."""
    along = (p for p in draft.incident.pages.values() if p.along and p.state == "acknowledged" and role in p.roles)
    came = next((p.person for p in along), None)
    if came is None:
        draft.record(e.EscalationExhausted(role=role))
    else:
        draft.record(e.RoleTakenOver(role=role, person=came))


def _fallback_too(draft: Draft, found: Mapping[tuple[PersonId, int], Sequence[RoleId]]) -> None:
    """For whom one failure is enough not to be reached, the fallback is called at the same time; once for all such roles.
    Not for practice: a test alarm calls the coordinator and nobody else."""
    policy = draft.incident.policy
    ringing = {r for p in draft.incident.pages.values() if p.along and p.state == "open" for r in p.roles}
    one_way = [(step, roles) for (person, step), roles in found.items() if draft.world.one_way_only(person)]
    alone = [(step, r) for step, roles in one_way for r in roles if r not in ringing]
    if policy is None or not policy.fallback_too or draft.incident.exercise or not alone:
        return
    called = {person for person, _ in found} | {p.person for p in draft.incident.pages.values() if p.state == "open"}
    free = next((p for p in draft.world.reference.contacts.fallback if p not in called), None)
    if free is not None:
        request(draft, free, tuple(dict.fromkeys(r for _, r in alone)), alone[0][0], "unready")


def request(
    draft: Draft,
    person: PersonId,
    roles: tuple[RoleId, ...],
    step: int,
    why: e.PageWhy,
    late: timedelta = timedelta(0),
) -> None:
    """One page: by Matrix, and by the rungs of the ladder that do not wait."""
    draft.meet(person)
    page = PageId(f"p{len(draft.incident.pages) + 1}")
    draft.record(
        e.PageRequested(
            page=page,
            person=person,
            roles=roles,
            step=step,
            why=why,
            ladder=_ladder(draft, person),
            late_seconds=round(late.total_seconds()) if late >= LATE else 0,
        )
    )
    for rung in takewhile(lambda r: r.after <= timedelta(0), draft.incident.pages[page].ladder):
        attempt = draft.incident.pages[page].attempt(rung.channel) + 1
        draft.record(e.PageTried(page=page, channel=rung.channel, attempt=attempt))


def far_off(incident: Incident, now: datetime) -> bool:
    """Whether it was announced for so much later that nobody has to be rung loudly for it."""
    near = incident.expected_at is not None and incident.expected_at - now <= FAR
    return incident.urgency == "gepland" and not near


def _ladder(draft: Draft, person: PersonId) -> Ladder:
    """What was announced wakes nobody at night: then Matrix is all."""
    if far_off(draft.incident, draft.world.now) or by_day(draft.incident, draft.world.now) > draft.world.now:
        return ()
    assert draft.incident.policy is not None, "only an alarmed incident calls people"
    known = draft.world.person(person)
    own = known.ladder if known else None
    wanted = draft.incident.policy.ladder or DEFAULT_LADDER if own is None else own
    return ladder_for(wanted, draft.world.reachable.get(person, frozenset()))


def _next_person(draft: Draft, role: RoleId) -> tuple[PersonId, int] | None:
    incident = draft.incident
    assert incident.policy is not None, "only an alarmed incident calls people"
    before = [p for p in incident.pages.values() if role in p.roles]
    # whose page was withdrawn never had to answer, and may be called again
    tried = {p.person for p in before if p.state != "withdrawn"} | set(incident.calls[role].holders)
    start = incident.calls[role].step
    withdrawn = any(p.step == start and p.state == "withdrawn" for p in before)
    # the fallback of the coordinator's last step holds several people: that step may be taken again for the next of them
    several = role == COORDINATOR and start == _policy_steps(incident) - 1
    first = start if several or withdrawn else start + 1
    for step in range(max(first, 0), _policy_steps(incident)):
        whom = incident.policy.steps[step].whom
        people = draft.world.whom(role, whom, incident.municipality)
        fresh = [p for p in people if p not in tried]
        if fresh:
            return fresh[0], step
        if step > start:
            why: e.EmptyWhy = "already_called" if people else "nobody_on_call"
            draft.record(e.EscalationStepEmpty(role=role, step=step, whom=whom, why=why))
    return None


def lacking(incident: Incident, role: RoleId) -> int:
    """How many more people must be asked for a role that is being called."""
    call_ = incident.calls[role]
    if call_.state != "calling":
        return 0
    # a fallback that was called along takes nobody's turn: who cannot come is followed by the next at once
    asked = sum(p.state == "open" and not (p.extra or p.along) and role in p.roles for p in incident.pages.values())
    return call_.wanted - len(call_.holders) - asked


def still_wanted(incident: Incident, page: Page) -> tuple[RoleId, ...]:
    """The roles of a page for which too few people answered or are being asked."""
    return tuple(r for r in page.roles if lacking(incident, r) > 0)


def asked_for(incident: Incident, role: RoleId) -> PersonId | None:
    """Who has an open page for the role in their turn."""
    asked = (p for p in incident.pages.values() if p.state == "open" and not p.along and role in p.roles)
    return next((p.person for p in asked), None)


def page_of(incident: Incident, page: PageId) -> Page:
    found = incident.pages.get(page)
    if found is None:
        raise c.Refused("no_such_page")
    return found


def may_page(incident: Incident, page: PageId) -> bool:
    """Whether this page may still go out, asked at the very moment of sending: not once it was answered, given up or withdrawn."""
    found = incident.pages.get(page)
    if incident.state != "open" or found is None:
        return False
    asked_again = found.state == "acknowledged" and found.asked_again is not None and found.coming_since is not None
    return found.state == "open" or asked_again


def withdraw_answered(draft: Draft) -> None:
    """No page stays open of which every role has the people it wants; who was called beside them by hand is."""
    for page in tuple(draft.incident.pages.values()):
        answered = all(draft.incident.calls[r].state == "answered" for r in page.roles)
        if page.state == "open" and answered and not page.extra:
            draft.record(e.PageWithdrawn(page=page.id, why="role_answered"))


def resume(draft: Draft) -> None:
    """After reopening, the roles that were still being called are called on: closing had withdrawn their pages."""
    waiting = tuple(r for r, k in draft.incident.calls.items() if k.state == "calling")
    page_next(draft, waiting, "reopened")


def report_delivery(draft: Draft, command: c.ReportDelivery) -> None:
    """A page that a channel cannot bring does not wait out its time: the next channel is tried at once, and when there is none,
    the next person."""
    page = draft.incident.pages.get(command.page)
    if page is None:
        return
    match command.outcome:
        case "delivered":
            assert command.event is not None, "a delivered page has an event or a reference"
            draft.record(
                e.PageDelivered(page=page.id, attempt=command.attempt, channel=command.channel, event=command.event)
            )
        case "unclear":
            draft.record(
                e.PageUnclear(page=page.id, attempt=command.attempt, channel=command.channel, reason=command.reason)
            )
            if page.state == "open":
                climb(draft, page.id)
        case "undeliverable" if page.state == "open":
            _undeliverable(draft, page, command)
        case "undeliverable":
            return


def _undeliverable(draft: Draft, page: Page, command: c.ReportDelivery) -> None:
    failed = page.failed | {command.channel}
    others = {"matrix", *page.tried} - failed
    hopeless = page.climbed >= len(page.ladder) and not others and page.delivered_at is None
    if hopeless:
        draft.record(e.PageUndeliverable(page=page.id, channel=command.channel, reason=command.reason))
        page_next(draft, still_wanted(draft.incident, page), "undeliverable")
        return
    draft.record(e.ChannelFailed(page=page.id, channel=command.channel, attempt=command.attempt, reason=command.reason))
    climb(draft, page.id)


def climb(draft: Draft, page_id: PageId) -> None:
    """Tries the next rung now, whenever it was due."""
    page = draft.incident.pages[page_id]
    if page.climbed < len(page.ladder):
        channel = page.ladder[page.climbed].channel
        draft.record(e.PageTried(page=page.id, channel=channel, attempt=page.attempt(channel) + 1))


def louder(draft: Draft, page: Page) -> None:
    """Every rung of the latest time that is due; what should have been tried before it is not done after all."""
    passed = draft.world.now - page.since
    due = [r for r in page.ladder[page.climbed :] if r.after <= passed]
    newest = [r for r in due if r.after == due[-1].after]
    missed = len(due) - len(newest)
    for rung in newest:
        attempt = draft.incident.pages[page.id].attempt(rung.channel) + 1
        draft.record(e.PageTried(page=page.id, channel=rung.channel, attempt=attempt, missed=missed))
        missed = 0


def repeat(draft: Draft, page: Page) -> None:
    """One repeat however many fell due while the bot was away; it counts as the last of them."""
    assert draft.incident.policy is not None, "pages follow a policy"
    step = draft.incident.policy.steps[page.step]
    passed = (draft.world.now - page.since) // step.repeat_every
    draft.record(e.PageRepeated(page=page.id, attempt=1 + min(passed, step.repeats)))


def lapse(draft: Draft, pages: Iterable[tuple[Page, timedelta]]) -> None:
    """The waits are over, by so much; the next people are called, together, so that one person for two roles gets one page.

    Who was not reached may still answer.
    """
    wanted: list[RoleId] = []
    late = timedelta(0)
    for page, by in pages:
        draft.record(e.PageUnanswered(page=page.id))
        wanted += still_wanted(draft.incident, page)
        late = max(late, by)
    page_next(draft, wanted, "unanswered", late)
