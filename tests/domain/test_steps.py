"""A step on its way: put off, passed on, undone, late, done by two at once, asking for a decision, and put again in a new round."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.announce import announce
from bot.domain.ids import PersonId, StepId
from bot.domain.playbook import Condition
from bot.domain.steps import asks_decision
from tests.builders import RIOT, Case, by, of

FIRST, NEXT, SHARED, LATER = StepId("BA01"), StepId("BA03"), StepId("BA05"), StepId("BA09")
EXPERTS = ("coordinator1", "cyber1", "cter1")
CYBER = PersonId("cyber1")


def called(*repeating: StepId) -> Case:
    """The room is there; the coordinator and two experts answered. `repeating` are the steps that every round puts again."""
    case = Case()
    steps = tuple(replace(step, repeats=step.id in repeating) for step in RIOT.steps)
    playbook = replace(RIOT, steps=steps)
    case.world = replace(case.world, reference=replace(case.world.reference, playbooks={playbook.id: playbook}))
    case.alarm()
    for person in EXPERTS:
        case.answers(person)
    case.opens_room()
    return case


def refused(case: Case, command: c.Command) -> tuple[str, dict[str, str]]:
    with pytest.raises(c.Refused) as found:
        case.do(command)
    return found.value.code, dict(found.value.details)


def reminded(case: Case) -> list[tuple[str, PersonId, tuple[StepId, ...]]]:
    return [(x.who, x.person, x.steps) for x in of(e.StepReminded, case.tick())]


# --- later --------------------------------------------------------------------------------------------------------------


def test_a_step_that_is_put_off_makes_room_for_the_next_and_comes_back() -> None:
    case = called()
    entries = case.do(c.PostponeStep(step=NEXT, by=by("coordinator1", "clear")))
    assert [x.step for x in of(e.StepOpened, entries)] == [LATER]
    assert of(e.StepOpened, case.after(minutes=15).tick()) == [], "a role has one open step at a time"
    case.do(c.SkipStep(step=LATER, reason="geen sitrap nodig", by=by("coordinator1")))
    assert case.incident.progress[NEXT].progress == "open"


def test_it_comes_back_by_itself_when_the_role_has_nothing_else() -> None:
    case = called()
    until = case.world.now + timedelta(minutes=40)
    case.do(c.PostponeStep(until=until, by=by("bakker")))
    assert case.incident.progress[FIRST].progress == "later"
    case.do(c.FinishStep(step=StepId("PB01-5"), by=by("bakker")))
    assert of(e.StepOpened, case.after(minutes=39).tick()) == []
    assert [x.step for x in of(e.StepOpened, case.after(minutes=1).tick())] == [FIRST]


def test_it_comes_back_after_an_outage_however_long() -> None:
    case = called()
    case.do(c.FinishStep(step=StepId("PB01-5"), by=by("bakker")))
    case.do(c.PostponeStep(by=by("bakker")))
    assert FIRST in [x.step for x in of(e.StepOpened, case.after(hours=30).tick())]


def test_only_a_step_that_is_with_somebody_is_put_off_and_not_into_the_past() -> None:
    case = called()
    assert refused(case, c.PostponeStep(step=LATER, by=by("coordinator1"))) == ("step_not_put", {"step": "5"})
    assert refused(case, c.PostponeStep(until=case.world.now, by=by("bakker")))[0] == "time_over"
    case.do(c.FinishStep(step=FIRST, by=by("bakker")))
    assert refused(case, c.PostponeStep(step=FIRST, by=by("bakker")))[0] == "step_already_done"


# --- somebody else ------------------------------------------------------------------------------------------------------


def test_a_step_that_is_passed_on_stays_where_it_is_until_a_yes() -> None:
    case = called()
    entries = case.do(c.PassOnStep(step=FIRST, person=CYBER, by=by("bakker")))
    (offered,) = of(e.StepOffered, entries)
    assert (offered.holder, offered.person) == ("bakker", CYBER)
    said = [x for entry in entries for x in announce(case.incident, entry, case.world.now)]
    assert [(x.to.name, x.by, x.holder) for x in of(m.StepAsked, said)] == [("cyber1", "Bakker", "Bakker")]
    assert case.incident.progress[FIRST].person is None
    case.do(c.AcceptStep(by=by("cyber1", "clear")))
    assert (case.incident.progress[FIRST].progress, case.incident.progress[FIRST].person) == ("claimed", CYBER)
    done = of(e.StepFinished, case.do(c.FinishStep(by=by("cyber1"))))
    assert [x.step for x in done] == [FIRST], "what somebody took on goes before the steps of their roles"


def test_a_no_leaves_the_step_and_nobody_else_can_answer() -> None:
    case = called()
    case.do(c.PassOnStep(step=FIRST, person=CYBER, by=by("bakker")))
    assert refused(case, c.AcceptStep(step=FIRST, by=by("cter1")))[0] == "nothing_offered"
    case.do(c.KeepStep(step=FIRST, by=by("cyber1", "clear")))
    assert case.incident.progress[FIRST].offered_to is None
    assert case.incident.progress[FIRST].progress == "open"


def test_a_step_is_passed_on_once_and_to_somebody_who_takes_part() -> None:
    case = called()
    assert refused(case, c.PassOnStep(step=FIRST, person=PersonId("visser"), by=by("bakker")))[0] == "duty_person_away"
    case.do(c.PassOnStep(step=FIRST, person=CYBER, by=by("bakker")))
    assert refused(case, c.PassOnStep(step=FIRST, person=CYBER, by=by("bakker")))[0] == "already_recorded"
    claimed = case.do(c.PassOnStep(step=FIRST, person=PersonId("cter1"), by=by("cter1")))
    assert [x.person for x in of(e.StepClaimed, claimed)] == ["cter1"], "who names oneself takes it on"


# --- undone, and done by two --------------------------------------------------------------------------------------------


def test_a_tap_is_undone_within_a_minute_and_words_undo_later() -> None:
    case = called()
    case.do(c.FinishStep(step=FIRST, by=by("bakker", "clear")))
    late = case.after(seconds=61)
    assert refused(late, c.ReopenStep(step=FIRST, by=by("bakker", "clear"))) == ("step_undo_late", {"step": "1"})
    late.do(c.ReopenStep(step=FIRST, by=by("bakker")))
    case.do(c.FinishStep(step=FIRST, by=by("bakker", "clear")))
    case.after(seconds=60).do(c.ReopenStep(step=FIRST, by=by("bakker", "clear")))
    assert case.incident.progress[FIRST].progress == "open"


def test_who_took_a_step_on_can_give_it_back() -> None:
    case = called()
    case.do(c.ClaimStep(step=FIRST, by=by("cyber1", "clear")))
    assert refused(case, c.ReopenStep(step=FIRST, by=by("cter1", "clear")))[0] == "step_not_done"
    case.do(c.ReopenStep(step=FIRST, by=by("cyber1", "clear")))
    assert case.incident.progress[FIRST].progress == "open"


def test_of_two_who_tick_one_step_the_second_hears_who_did_it() -> None:
    case = called()
    case.do(c.FinishStep(step=SHARED, by=by("cyber1", "clear")))
    told = len(case.told)
    wanted = ("step_already_done", {"step": "3", "by": "Cyber1"})
    assert refused(case, c.FinishStep(step=SHARED, by=by("cter1", "clear"))) == wanted
    assert len(case.told) == told


def test_two_who_type_done_at_one_moment_do_not_finish_a_step_that_nobody_read() -> None:
    case = called()
    entries = case.do(c.FinishStep(step=FIRST, by=by("cyber1")))
    assert [x.step for x in of(e.StepOpened, entries)] == ["PB01-5"]
    code, details = refused(case.after(seconds=3), c.FinishStep(by=by("bakker")))
    assert (code, details["by"]) == ("step_already_done", "Cyber1")
    assert [x.step for x in of(e.StepFinished, case.after(seconds=3).do(c.FinishStep(by=by("bakker"))))] == ["PB01-5"]


# --- a step that asks for a decision ------------------------------------------------------------------------------------


def test_a_step_that_asks_for_a_decision_is_done_by_deciding_and_not_by_a_tick() -> None:
    case = called()
    case.do(c.FinishStep(step=NEXT, by=by("coordinator1")))
    assert asks_decision(case.incident, LATER) == "B1"
    asked = ("step_asks_decision", {"step": "5", "point": "B1"})
    assert refused(case, c.FinishStep(step=LATER, by=by("coordinator1", "clear"))) == asked
    case.do(c.TakeDecision(point="B1", option=1, capacity="advice", by=by("cyber1")))
    assert refused(case, c.FinishStep(by=by("coordinator1"))) == asked, "advice decides nothing"
    entries = case.do(c.TakeDecision(point="B1", option=1, by=by("coordinator1")))
    assert [x.step for x in of(e.StepFinished, entries)] == [LATER]


# --- past its time ------------------------------------------------------------------------------------------------------


def test_who_does_a_late_step_hears_it_once_and_the_coordinator_a_quarter_of_an_hour_later() -> None:
    case = called()
    assert reminded(case.after(minutes=9)) == []
    owners = reminded(case.after(minutes=1))
    assert ("owner", "bakker", (FIRST,)) in owners
    assert ("owner", "coordinator1", (NEXT,)) in owners
    assert SHARED not in [step for _, _, steps in owners for step in steps], "that one has until a quarter past"
    case.after(minutes=5).tick()
    (told,) = [x for x in reminded(case.after(minutes=10)) if FIRST in x[2]]
    assert told[:2] == ("coordinator", "coordinator1")
    assert NEXT not in told[2], "the coordinator heard of the own step already"
    assert [x for x in reminded(case.after(hours=2)) if FIRST in x[2]] == []


def test_of_a_step_that_everybody_shares_the_coordinator_alone_is_told() -> None:
    case = called()
    assert ("coordinator", "coordinator1", (SHARED,)) in reminded(case.after(minutes=15))


def test_who_takes_a_late_step_over_is_reminded_anew_and_a_done_one_of_nobody() -> None:
    case = called()
    case.after(minutes=10).tick()
    case.do(c.PassOnStep(step=FIRST, person=CYBER, by=by("bakker")))
    case.do(c.AcceptStep(by=by("cyber1")))
    assert ("owner", CYBER, (FIRST,)) in reminded(case.after(minutes=10))
    case.do(c.FinishStep(step=FIRST, by=by("cyber1")))
    assert [x for x in reminded(case.after(minutes=20)) if FIRST in x[2]] == []


def test_what_is_late_since_yesterday_is_dropped() -> None:
    case = called()
    dropped = {x.step for x in of(e.TimerDropped, case.after(hours=7).tick()) if x.wants == "step"}
    assert {FIRST, NEXT, SHARED} <= dropped
    assert reminded(case.after(minutes=30)) == []


def test_an_announced_disturbance_counts_from_its_expected_moment() -> None:
    case = called()
    expected = case.world.now + timedelta(days=2)
    case.incident = replace(case.incident, urgency="gepland", expected_at=expected)
    step = next(s for s in case.incident.steps if s.id == NEXT)
    assert case.incident.due_at(step) == expected + timedelta(minutes=5)
    before = replace(step, before=timedelta(hours=3))
    assert case.incident.due_at(before) == expected - timedelta(hours=3)
    assert reminded(case.after(hours=1)) == []


# --- a new round --------------------------------------------------------------------------------------------------------


def test_a_new_round_puts_what_repeats_again_and_keeps_what_was_answered() -> None:
    case = called(NEXT, LATER)
    case.do(c.FinishStep(step=NEXT, by=by("coordinator1")))
    case.do(c.TakeDecision(point="B1", option=1, by=by("coordinator1")))
    due = case.incident.sitrep_due
    entries = case.after(minutes=20).do(c.StartRound(by=by("coordinator1")))
    (began,) = of(e.RoundStarted, entries)
    assert (began.round, began.steps) == (2, (NEXT, LATER))
    assert [x.step for x in of(e.StepOpened, entries)] == [NEXT]
    assert len(case.incident.decisions) == 1
    assert due is not None
    assert case.incident.sitrep_due == due + timedelta(minutes=20)
    shown = [x for entry in entries for x in announce(case.incident, entry, case.world.now)]
    assert [x.round for x in of(m.StepShown, shown)] == [2]
    assert of(m.CardChanged, shown)[-1].card.round == 2


@pytest.mark.parametrize("command", [c.FinishStep, c.ClaimStep])
def test_a_message_of_the_round_before_ticks_nothing_that_is_still_to_come(
    command: type[c.FinishStep] | type[c.ClaimStep],
) -> None:
    case = called(NEXT, LATER)
    case.do(c.FinishStep(step=NEXT, by=by("coordinator1")))
    case.do(c.TakeDecision(point="B1", option=1, by=by("coordinator1")))
    case.after(minutes=20).do(c.StartRound(by=by("coordinator1")))
    wanted = ("step_of_old_round", {"step": "5", "round": "1"})
    assert refused(case, command(step=LATER, round=1, by=by("coordinator1"))) == wanted
    # the step that this round put already is the same to whoever ticks it on the older message
    assert case.do(command(step=NEXT, round=1, by=by("coordinator1")))


def test_a_decision_of_the_round_before_does_not_finish_the_step_and_a_revision_does() -> None:
    case = called(LATER)
    case.do(c.FinishStep(step=NEXT, by=by("coordinator1")))
    case.do(c.TakeDecision(point="B1", option=1, by=by("coordinator1")))
    case.after(minutes=20).do(c.StartRound(by=by("coordinator1")))
    assert refused(case, c.FinishStep(step=LATER, by=by("coordinator1")))[0] == "step_asks_decision"
    entries = case.do(c.TakeDecision(point="B1", option=1, replaces=1, by=by("coordinator1")))
    assert [x.step for x in of(e.StepFinished, entries)] == [LATER]


def test_the_time_of_a_step_counts_from_the_round() -> None:
    case = called(LATER)
    case.do(c.FinishStep(step=NEXT, by=by("coordinator1")))
    case.do(c.TakeDecision(point="B1", option=1, by=by("coordinator1")))
    case.after(hours=2).do(c.StartRound(by=by("coordinator1")))
    step = next(s for s in case.incident.steps if s.id == LATER)
    assert case.incident.due_at(step) == case.world.now + step.due


def test_the_chair_and_the_coordinator_start_a_round_and_nobody_before_something_is_done() -> None:
    case = called(FIRST)
    assert refused(case, c.StartRound(by=by("coordinator1"))) == ("round_too_early", {"round": "1"})
    case.do(c.FinishStep(step=FIRST, by=by("bakker")))
    assert refused(case, c.StartRound(by=by("cyber1")))[0] == "not_allowed"
    case.do(c.GiveDuty(duty="voorzitter", by=by("cyber1")))
    assert of(e.RoundStarted, case.do(c.StartRound(by=by("cyber1"))))


def test_a_new_round_takes_no_answer_back() -> None:
    case = called(FIRST)
    hanging = tuple(
        replace(step, when=(Condition(step=FIRST),)) if step.id == "PB01-5" else step for step in case.incident.steps
    )
    case.incident = replace(case.incident, steps=hanging)
    assert of(e.StepBecameDue, case.do(c.FinishStep(step=FIRST, by=by("bakker"))))
    assert of(e.StepStayedDue, case.do(c.StartRound(by=by("coordinator1")))) == []
