"""The deputy mayor takes the mayor's decisions, and the log says that it was in their place."""

import pytest

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.ids import PersonId, RoleId
from tests.builders import Case, by, of

CYBER = PersonId("cyber1")


def called() -> Case:
    case = Case()
    case.alarm()
    for person in ("coordinator1", "cyber1"):
        case.answers(person)
    case.opens_room()
    return case


def test_who_deputises_for_the_mayor_decides_as_such() -> None:
    case = called()
    order = c.TakeDecision(point="B7", option=2, by=by("cyber1"))
    with pytest.raises(c.Refused, match="which_capacity"):
        case.do(order)
    case.do(c.GiveDuty(duty="loco_burgemeester", person=CYBER, by=by("coordinator1")))
    with pytest.raises(c.Refused, match="which_capacity"):
        case.do(order)  # who was asked and did not say yes deputises for nobody
    case.do(c.AcceptDuty(duty="loco_burgemeester", by=by("cyber1")))
    (decided,) = of(e.DecisionRecorded, case.do(order))
    assert (decided.capacity, decided.taken_by) == ("deputy", RoleId("burgemeester"))
    assert case.incident.decisions[-1].four_eyes
    # what is not the mayor's is not the deputy's either, and said otherwise it is otherwise
    with pytest.raises(c.Refused, match="which_capacity"):
        case.do(c.TakeDecision(point="B1", option=1, by=by("cyber1")))
    (advised,) = of(
        e.DecisionRecorded, case.do(c.TakeDecision(point="B7", option=3, capacity="advice", by=by("cyber1")))
    )
    assert advised.capacity == "advice"
    case.do(c.LayDownDuty(duty="loco_burgemeester", by=by("cyber1")))
    with pytest.raises(c.Refused, match="which_capacity"):
        case.do(order)
