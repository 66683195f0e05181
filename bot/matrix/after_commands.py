"""What somebody said after the end, as commands: when the evaluation is, and what must be better."""

from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

from bot.domain import commands as c
from bot.domain.ids import PersonId
from bot.domain.origin import Origin
from bot.domain.people import Person
from bot.words import observation_words
from bot.words.after_words import Going, read
from bot.words.roster_phrases import Nobody
from bot.words.when import Understood, point
from bot.words.work_words import Changed, Done, Dropped, Wish


def evaluation(said: str, by: Origin, now: datetime, zone: str) -> c.Command:
    """`now` is aware; `zone` an IANA name. A day alone is not enough: people must know when to come."""
    found = point(said, now, zone)
    if not isinstance(found, Understood):
        raise c.Refused("evaluation_time")
    return c.PlanEvaluation(at=found.at, by=by)


def improvement(said: str, by: Origin, people: Iterable[Person], now: datetime, zone: str) -> c.Command:
    """A new point to improve, or how one stands, by its number."""
    wish = read(said, tuple(people), now, zone)
    match wish:
        case Done(number=number, remark=remark):
            return c.ReviewImprovement(improvement=number, outcome="done", remark=remark, by=by)
        case Going(number=number, remark=remark):
            return c.ReviewImprovement(improvement=number, outcome="going", remark=remark, by=by)
        case Dropped(number=number, reason=reason):
            return c.ReviewImprovement(improvement=number, outcome="dropped", remark=reason, by=by)
        case Wish(text=text, owner=owner):
            return c.NoteImprovement(text=text, owner=_person(owner), by=by)
        case Changed():
            raise c.Refused("improvement_stays")
        case _:
            assert_never(wish)


def observation(said: str, by: Origin) -> c.Command:
    """A theme, a score and lines, as the grammar let them through."""
    found = observation_words.read(said)
    assert found is not None, "the grammar takes nothing else"
    return c.RecordObservation(theme=found.theme, score=found.score, lines=found.lines, by=by)


def _person(named: Person | Nobody | None) -> PersonId | None:
    if isinstance(named, Nobody):
        near = ", ".join(f"@{person.id}" for person in named.near)
        raise c.Refused("which_person" if named.near else "no_such_person", {"people": near})
    return None if named is None else named.id
