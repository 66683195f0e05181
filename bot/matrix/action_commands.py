"""What somebody said about actions, as commands: a new one, or what becomes of one by its number."""

from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

from bot.domain import commands as c
from bot.domain.ids import PersonId
from bot.domain.origin import Origin
from bot.domain.people import Person
from bot.words.roster_phrases import Nobody
from bot.words.when import Unclear
from bot.words.work_words import Changed, Done, Dropped, Wish, read


def command(said: str, by: Origin, people: Iterable[Person], now: datetime, zone: str) -> c.Command:
    """`now` is aware; `zone` an IANA name. Refused when a name or a time is not understood: an action is not given to a guess."""
    wish = read(said, tuple(people), now, zone)
    match wish:
        case Done(number=number, remark=remark):
            return c.FinishAction(action=number, remark=remark, by=by)
        case Dropped(number=number, reason=reason):
            return c.DropAction(action=number, reason=reason, by=by)
        case Wish(text=text, owner=owner, due=due):
            return c.GiveAction(text=text, owner=_person(owner), due=_time(due), by=by)
        case Changed(number=number):
            return _changed(wish, number, by)
        case _:
            assert_never(wish)


def _changed(wish: Changed, number: int, by: Origin) -> c.Command:
    owner, due = _person(wish.owner), _time(wish.due)
    if owner is not None:
        return c.PassOnAction(action=number, owner=owner, due=due, by=by)
    if due is None:
        raise c.Refused("action_time")
    return c.MoveAction(action=number, due=due, by=by)


def _person(named: Person | Nobody | None) -> PersonId | None:
    if isinstance(named, Nobody):
        near = ", ".join(f"@{person.id}" for person in named.near)
        raise c.Refused("which_person" if named.near else "no_such_person", {"people": near})
    return None if named is None else named.id


def _time(due: datetime | Unclear | None) -> datetime | None:
    if isinstance(due, Unclear):
        raise c.Refused("action_time")
    return due
