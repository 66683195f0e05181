"""What an answer changes: a yes, a no, a time, an answer taken back, a yes that nothing came of, and a role handed over."""

from datetime import timedelta
from typing import Final

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import paging
from bot.domain.draft import Draft
from bot.domain.ids import PersonId, RoleId
from bot.domain.incident import Call, Page

UNDO_SECONDS: Final = 60


def acknowledge(draft: Draft, command: c.Acknowledge) -> None:
    """The first valid answer counts, over whatever channel; a second yes can only say when, or that one still comes."""
    page = paging.page_of(draft.incident, command.page)
    if page.state == "acknowledged":
        _again(draft, page, command.eta_minutes)
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
    paging.withdraw_answered(draft)
    # of two who are wanted one came: when nobody else is being asked, the next is, or it is said that there is nobody
    paging.page_next(draft, paging.still_wanted(draft.incident, page), "first")
    for role in page.roles:
        note_shift_end(draft, role, page.person)


def _again(draft: Draft, page: Page, eta: int | None) -> None:
    if eta is not None:
        draft.record(e.EtaGiven(page=page.id, person=page.person, eta_minutes=eta))
    elif page.asked_again is not None:
        # who joined before tapping is missed no more, and is thanked all the same
        draft.record(e.SignOfLife(page=page.id, person=page.person))
    else:
        raise c.Refused("already_answered")


def decline(draft: Draft, command: c.Decline) -> None:
    page = paging.page_of(draft.incident, command.page)
    if page.state in ("declined", "withdrawn"):
        raise c.Refused("already_answered")
    draft.record(e.Declined(page=page.id, person=page.person, answer_by=command.answer_by))
    paging.page_next(draft, paging.still_wanted(draft.incident, page), "declined")


def undo(draft: Draft, command: c.UndoAnswer) -> None:
    """Within a minute an answer can be taken back; a no whose roles somebody else now has stays."""
    page = paging.page_of(draft.incident, command.page)
    if page.state not in ("acknowledged", "declined") or page.answered_at is None:
        raise c.Refused("nothing_to_undo")
    if (draft.world.now - page.answered_at).total_seconds() > UNDO_SECONDS:
        raise c.Refused("too_late_to_undo")
    draft.record(e.AnswerUndone(page=page.id, person=page.person))
    paging.withdraw_answered(draft)


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
    paging.withdraw_answered(draft)


# --- a yes is a lease ---------------------------------------------------------------------------------------------------


def ask_again(draft: Draft, page: Page) -> None:
    draft.record(e.AskedAgain(page=page.id, person=page.person))


def lapse(draft: Draft, page: Page, late: timedelta) -> None:
    """Who said yes and gave no sign of life is passed over, and may still come."""
    draft.record(e.AnswerLapsed(page=page.id, person=page.person))
    paging.page_next(draft, paging.still_wanted(draft.incident, page), "lapsed", late)


# --- the end of a shift -------------------------------------------------------------------------------------------------


def note_shift_end(draft: Draft, role: RoleId, person: PersonId) -> None:
    """Only for who has the role alone: of several, the others go on."""
    policy, call = draft.incident.policy, draft.incident.calls.get(role)
    if policy is None or policy.lease is None or call is None or call.holders != (person,):
        return
    ends = draft.world.shift_end(role, person, draft.incident.municipality)
    if ends != call.shift_ends:
        draft.record(e.ShiftEndNoted(role=role, person=person, ends=ends))


def shift_over(draft: Draft, role: RoleId) -> None:
    """The role is offered to whoever is on duty now; the roster may have changed since the end was noted."""
    call = draft.incident.calls[role]
    assert call.by is not None, "only who holds a role can hand it over"
    assert call.shift_ends is not None, "a shift that never ends is not over"
    ends = draft.world.shift_end(role, call.by, draft.incident.municipality)
    if ends is not None and ends > call.shift_ends:
        draft.record(e.ShiftEndNoted(role=role, person=call.by, ends=ends))
        return
    successor = draft.world.successor(role, call.by, draft.incident.municipality)
    if successor is None:
        draft.record(e.ShiftEndNoted(role=role, person=call.by, ends=None))
        return
    draft.meet(successor)
    draft.record(e.HandoverOffered(role=role, holder=call.by, successor=successor))


def accept_handover(draft: Draft, command: c.AcceptHandover) -> None:
    call = _offered(draft, command.role)
    assert call.by is not None, "only who holds a role can hand it over"
    successor = draft.by.actor
    draft.record(e.RoleHandedOver(role=call.role, holder=call.by, successor=successor))
    note_shift_end(draft, call.role, successor)


def put_off_handover(draft: Draft, command: c.PutOffHandover) -> None:
    call = _offered(draft, command.role)
    draft.record(e.HandoverPutOff(role=call.role, successor=draft.by.actor))


def _offered(draft: Draft, role: RoleId | None) -> Call:
    for call in draft.incident.calls.values():
        if call.offered_to == draft.by.actor and role in (None, call.role):
            return call
    raise c.Refused("nothing_offered")
