"""Who does what by when: given, passed on, moved, done or dropped, and brought to mind once it is due."""

from datetime import timedelta

import pytest

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.announce import announce
from bot.domain.ids import PersonId
from bot.domain.timers import timers
from tests.builders import NIGHT, Case, by, of

DUE = NIGHT + timedelta(minutes=40)
CYBER, COORDINATOR = PersonId("cyber1"), PersonId("coordinator1")


def called() -> Case:
    """The room is there; the coordinator and the experts answered."""
    case = Case()
    case.alarm()
    case.answers("coordinator1")
    case.answers("cyber1")
    case.answers("cter1")
    case.opens_room()
    return case


def given(**wish: object) -> Case:
    case = called()
    case.do(c.GiveAction(text="bel de school", by=by("bakker"), **wish))  # type: ignore[arg-type]
    return case


def reminded(case: Case) -> list[tuple[str, PersonId]]:
    return [(x.who, x.person) for x in of(e.ActionReminded, case.tick())]


def test_an_action_is_the_writers_own_unless_another_was_named() -> None:
    case = given()
    case.do(c.GiveAction(text="bewaar het filmpje", owner=CYBER, due=DUE, by=by("bakker")))
    first, second = case.incident.actions
    assert (first.number, first.owner, first.due) == (1, "bakker", None)
    assert (second.number, second.owner, second.due) == (2, "cyber1", DUE)


def test_only_who_takes_part_is_given_an_action() -> None:
    case = called()
    with pytest.raises(c.Refused, match="action_owner_away"):
        case.do(c.GiveAction(text="bel de school", owner=PersonId("visser"), by=by("bakker")))
    with pytest.raises(c.Refused, match="text_needed"):
        case.do(c.GiveAction(text="  ", by=by("bakker")))


def test_the_owner_hears_when_it_is_due_and_the_coordinator_a_quarter_of_an_hour_later() -> None:
    case = given(owner=CYBER, due=DUE).after(minutes=39)
    assert reminded(case) == []
    assert reminded(case.after(minutes=1)) == [("owner", CYBER)]
    assert reminded(case.after(minutes=14)) == []
    assert reminded(case.after(minutes=1)) == [("coordinator", COORDINATOR)]
    assert reminded(case.after(hours=5)) == []


def test_the_coordinator_is_told_only_once_of_an_own_action() -> None:
    case = given(owner=COORDINATOR, due=DUE).after(minutes=40)
    assert reminded(case) == [("owner", COORDINATOR)]
    assert reminded(case.after(hours=1)) == []


@pytest.mark.parametrize(
    "over", [c.FinishAction(action=1, by=by("cyber1")), c.DropAction(action=1, reason="school dicht", by=by("bakker"))]
)
def test_of_what_is_over_nobody_is_reminded_and_the_second_to_say_so_hears_it(over: c.Command) -> None:
    case = given(owner=CYBER, due=DUE)
    case.do(over)
    with pytest.raises(c.Refused, match="action_over"):
        case.do(c.FinishAction(action=1, by=by("bakker")))
    assert reminded(case.after(hours=1)) == []


def test_who_takes_it_over_or_gets_another_time_is_reminded_anew() -> None:
    case = given(owner=CYBER, due=DUE).after(minutes=40)
    assert reminded(case) == [("owner", CYBER)]
    case.do(c.PassOnAction(action=1, owner=PersonId("cter1"), by=by("cyber1")))
    assert reminded(case) == [("owner", PersonId("cter1"))]
    case.do(c.MoveAction(action=1, due=case.world.now + timedelta(minutes=30), by=by("cter1")))
    assert reminded(case.after(minutes=29)) == []
    assert reminded(case.after(minutes=1)) == [("owner", PersonId("cter1"))]


def test_another_owner_and_another_time_go_in_one() -> None:
    case = given(due=DUE)
    later = DUE + timedelta(hours=1)
    entries = case.do(c.PassOnAction(action=1, owner=CYBER, due=later, by=by("bakker")))
    assert [(x.owner, x.due) for x in of(e.ActionPassedOn, entries)] == [(CYBER, later)]
    assert (case.incident.actions[0].owner, case.incident.actions[0].due) == (CYBER, later)
    moved = case.do(c.PassOnAction(action=1, owner=CYBER, due=DUE, by=by("bakker")))
    assert [x.due for x in of(e.ActionMoved, moved)] == [DUE], "who has it already only gets another time"
    case.do(c.PassOnAction(action=1, owner=COORDINATOR, by=by("bakker")))
    assert case.incident.actions[0].due == DUE


def test_an_action_lives_on_when_the_incident_is_closed() -> None:
    case = given(owner=CYBER, due=DUE)
    proposed = case.do(c.ProposeClosing(by=by("bakker")))
    asked = [x for entry in proposed for x in announce(case.incident, entry, case.world.now)]
    assert of(m.ClosingAsked, asked)[0].actions == 1
    case.do(c.CloseIncident(reason="rustig", by=by("bakker")))
    assert reminded(case.after(minutes=40)) == [("owner", CYBER)]
    case.do(c.FinishAction(action=1, by=by("cyber1", "clear")))
    assert [timer.wants for timer in timers(case.incident)] == ["finish"]


def test_a_reminder_of_yesterday_is_dropped_and_said_so() -> None:
    case = given(owner=CYBER, due=DUE).after(hours=21)
    dropped = of(e.TimerDropped, case.tick())
    assert ("action", 1) in [(x.wants, x.action) for x in dropped]
    assert not [timer for timer in timers(case.incident) if timer.wants == "action"]


def test_dropping_an_action_takes_a_reason_and_an_action_that_is_there() -> None:
    case = given()
    with pytest.raises(c.Refused, match="action_reason_needed"):
        case.do(c.DropAction(action=1, reason=" ", by=by("bakker")))
    with pytest.raises(c.Refused, match="no_such_action"):
        case.do(c.FinishAction(action=2, by=by("bakker")))
