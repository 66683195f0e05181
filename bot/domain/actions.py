"""Actions: who does what by when; they are numbered, passed on, moved, done or dropped, and their owners reminded."""

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.authority import takes_part
from bot.domain.draft import Draft
from bot.domain.ids import PersonId
from bot.domain.incident import Action
from bot.domain.people import COORDINATOR


def _text(text: str) -> str:
    stripped = text.strip()
    if not stripped:
        raise c.Refused("text_needed")
    return stripped


def _open(draft: Draft, number: int) -> Action:
    """The action that is still to be done; who is second to finish it hears what became of it."""
    actions = draft.incident.actions
    if not 1 <= number <= len(actions):
        raise c.Refused("no_such_action", {"action": str(number)})
    found = actions[number - 1]
    if found.state != "open":
        raise c.Refused("action_over", {"action": str(number)})
    return found


def _owner(draft: Draft, person: PersonId) -> PersonId:
    """Only who takes part may finish an action, so nobody else can own one."""
    known = draft.world.person(person)
    if known is None or not takes_part(draft.incident, known):
        raise c.Refused("action_owner_away", {"person": draft.incident.name(person) if known is None else known.name})
    draft.meet(person)
    return person


def give(draft: Draft, command: c.GiveAction) -> None:
    text = _text(command.text)
    draft.meet(draft.by.actor)
    owner = _owner(draft, command.owner or draft.by.actor)
    number = len(draft.incident.actions) + 1
    draft.record(e.ActionGiven(action=number, text=text, owner=owner, due=command.due))


def finish(draft: Draft, command: c.FinishAction) -> None:
    number = _open(draft, command.action).number
    draft.meet(draft.by.actor)
    draft.record(e.ActionDone(action=number, remark=command.remark.strip()))


def drop(draft: Draft, command: c.DropAction) -> None:
    number = _open(draft, command.action).number
    if not command.reason.strip():
        raise c.Refused("action_reason_needed", {"action": str(number)})
    draft.meet(draft.by.actor)
    draft.record(e.ActionDropped(action=number, reason=command.reason.strip()))


def pass_on(draft: Draft, command: c.PassOnAction) -> None:
    action = _open(draft, command.action)
    draft.meet(draft.by.actor)
    owner = _owner(draft, command.owner)
    if owner != action.owner:
        draft.record(e.ActionPassedOn(action=action.number, owner=owner, due=command.due))
    elif command.due is not None:
        draft.record(e.ActionMoved(action=action.number, due=command.due))
    else:
        raise c.Refused("already_recorded")


def move(draft: Draft, command: c.MoveAction) -> None:
    number = _open(draft, command.action).number
    draft.meet(draft.by.actor)
    draft.record(e.ActionMoved(action=number, due=command.due))


def remind(draft: Draft, number: int) -> None:
    """First the owner; the second time the coordinator."""
    action = draft.incident.actions[number - 1]
    coordinator = draft.incident.owner(COORDINATOR)
    if action.reminders and coordinator is not None:
        draft.record(e.ActionReminded(action=number, person=coordinator, who="coordinator"))
    else:
        draft.record(e.ActionReminded(action=number, person=action.owner, who="owner"))
