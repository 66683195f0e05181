"""After the end: when it begins, what is still put to whom, how it was evaluated, and when the incident is finished."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.aftercare import morning
from bot.domain.announce import announce
from bot.domain.ids import PersonId, RoleId, RoomId, StepId
from bot.domain.playbook import Both, Step
from bot.domain.survey import Answered
from bot.domain.timers import next_due, timers
from bot.domain.world import World
from tests.builders import RIOT, Case, by, of, world

OFFICER, LEAD = by("bakker"), by("coordinator1")
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)  # ten o'clock in Amsterdam


def _step(step: str, role: str, phase: str = "nafase", **given: object) -> Step:
    text = Both(f"Doe {step}.", f"Do {step}.")
    made = Step(StepId(step), "nafase", text, RoleId(role), timedelta(days=1))
    return replace(made, phase=phase, **given)  # type: ignore[arg-type]


STEPS = (
    _step("BA01", "melder", "beeld"),
    _step("BA17", "coordinator", decision="B11"),
    _step("BA18", "melder", required=True),
    _step("BA19", "coordinator"),
    _step("BA20", "melder"),
    _step("PB01-11", "om"),
)


def night(*steps: Step) -> Case:
    """The coordinator, cyber and cter came; the prosecutor did not."""
    case = Case(aftercare=True)
    playbook = replace(RIOT, steps=steps or STEPS)
    case.world = replace(case.world, reference=replace(case.world.reference, playbooks={playbook.id: playbook}))
    case.alarm()
    for person in ("coordinator1", "cyber1", "cter1"):
        case.answers(person)
    case.opens_room()
    return case


def closed(*steps: Step) -> Case:
    case = night(*steps)
    case.do(c.ProposeClosing(by=LEAD))
    case.do(c.CloseIncident(by=LEAD))
    return case


def to(case: Case, at: datetime) -> Case:
    return case.after(seconds=(at - case.world.now).total_seconds())


def began() -> Case:
    case = to(closed(), MONDAY)
    case.tick()
    return case


def with_holidays(known: World, *days: date) -> World:
    contacts = known.reference.contacts
    rotations = tuple(replace(rotation, holidays=frozenset(days)) for rotation in contacts.rotations)
    return replace(known, reference=replace(known.reference, contacts=replace(contacts, rotations=rotations)))


def put(case: Case) -> list[tuple[str, str]]:
    return [(x.step, x.role) for x in of(e.StepOpened, [entry for entry, _ in case.told])]


def said(case: Case, entries: Sequence[e.Entry]) -> list[m.Message]:
    return [message for entry in entries for message in announce(case.incident, entry, case.world.now)]


# --- when -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "count", "at"),
    [
        (date(2026, 11, 22), 1, datetime(2026, 11, 23, 9, tzinfo=UTC)),  # Sunday
        (date(2026, 11, 23), 1, datetime(2026, 11, 24, 9, tzinfo=UTC)),
        (date(2026, 11, 27), 1, datetime(2026, 11, 30, 9, tzinfo=UTC)),  # Friday
        (date(2026, 11, 27), 3, datetime(2026, 12, 2, 9, tzinfo=UTC)),
        (date(2026, 3, 27), 1, datetime(2026, 3, 30, 8, tzinfo=UTC)),  # the clock goes forward in between
        (date(2026, 10, 23), 1, datetime(2026, 10, 26, 9, tzinfo=UTC)),  # and back
        (date(2026, 12, 24), 1, datetime(2026, 12, 28, 9, tzinfo=UTC)),  # Christmas, a Friday and a Saturday
    ],
)
def test_the_next_working_day_is_none_of_the_holidays_of_the_rosters(today: date, count: int, at: datetime) -> None:
    known = with_holidays(world(), date(2026, 12, 25), date(2026, 12, 26))
    assert morning(known, today, count) == at


def test_it_is_ten_on_the_wall_when_our_own_clock_runs_differently() -> None:
    known = world()
    apart = replace(known, now=known.now - timedelta(minutes=7))
    assert morning(apart, date(2026, 11, 22)) == MONDAY - timedelta(minutes=7)


# --- steps ------------------------------------------------------------------------------------------------------------


def test_the_steps_of_the_aftercare_are_put_only_after_the_end() -> None:
    case = night()
    case.do(c.FinishStep(by=OFFICER))
    case.do(c.FinishStep(step=StepId("BA17"), by=LEAD))
    assert put(case) == [("BA01", "melder"), ("BA17", "coordinator")]
    case.do(c.ProposeClosing(by=LEAD))
    proposed = case.told[-1][0]
    (asked,) = of(m.ClosingAsked, announce(case.incident, proposed, case.world.now))
    assert (asked.open_steps, asked.required) == ((), ())


def test_they_are_put_the_next_working_day_one_at_a_time_in_private() -> None:
    case = closed()
    assert to(case, MONDAY - timedelta(seconds=1)).tick() == []
    entries = case.after(seconds=1).tick()
    # nobody answered for the prosecutor, so that step is the coordinator's, after the first
    assert [(x.step, x.role) for x in of(e.StepOpened, entries)] == [("BA18", "melder"), ("BA19", "coordinator")]
    shown = of(m.StepShown, said(case, entries))
    assert [x.to for x in shown] == [m.To("person", "bakker"), m.To("person", "coordinator1")]
    done = case.do(c.FinishStep(by=OFFICER))
    assert [x.step for x in of(e.StepOpened, done)] == ["BA20"]
    done = case.do(c.SkipStep(reason="met de driehoek besproken", by=LEAD))
    assert [(x.step, x.role) for x in of(e.StepOpened, done)] == [("PB01-11", "coordinator")]


def test_an_incident_is_finished_when_its_aftercare_is_done() -> None:
    case = began()
    for step in ("BA18", "BA19", "BA20", "PB01-11"):
        case.do(c.FinishStep(step=StepId(step), by=LEAD))
    assert case.after(days=6).tick() == [] or case.incident.state == "closed"
    case.after(days=2).tick()
    assert case.incident.state == "finished"
    (over,) = [entry for entry, _ in case.told if isinstance(entry, e.IncidentFinished)]
    assert (over.person, over.left) == (None, ())


def test_what_nobody_does_is_left_after_three_months() -> None:
    case = began()
    case.after(days=80).tick()
    assert case.incident.state == "closed"
    case.after(days=11).tick()
    (over,) = [entry for entry, _ in case.told if isinstance(entry, e.IncidentFinished)]
    assert over.left == ("BA18", "BA19", "BA20", "PB01-11")
    assert timers(case.incident) == ()


def test_it_is_finished_by_hand_with_a_reason_for_what_is_left() -> None:
    case = began()
    with pytest.raises(c.Refused) as refused:
        case.do(c.FinishIncident(by=LEAD))
    assert (refused.value.code, refused.value.details) == ("finish_reason_needed", {"count": "4"})
    entries = case.do(c.FinishIncident(reason="gaat verder in het jeugdoverleg", by=LEAD))
    (over,) = of(e.IncidentFinished, entries)
    assert (over.person, over.reason, len(over.left)) == ("coordinator1", "gaat verder in het jeugdoverleg", 4)
    assert [x.what for x in of(m.EndNote, said(case, entries))] == ["finished"]
    assert [x.wants for x in timers(case.incident)] == ["survey_over"]
    with pytest.raises(c.Refused, match="incident_finished"):
        case.do(c.FinishStep(step=StepId("BA18"), by=OFFICER))


def test_only_who_leads_finishes_it_in_words() -> None:
    case = began()
    with pytest.raises(c.Refused, match="not_allowed"):
        case.do(c.FinishIncident(reason="klaar", by=by("cyber1")))
    with pytest.raises(c.Refused, match="needs_proof"):
        case.do(c.FinishIncident(reason="klaar", by=by("coordinator1", "decrypted")))


# --- opened again -----------------------------------------------------------------------------------------------------


def test_it_is_opened_again_with_a_reason_for_a_day_and_not_for_longer() -> None:
    case = closed()
    entries = case.after(hours=23).do(c.ReopenIncident(reason=" toch weer onrust ", by=LEAD))
    assert of(e.IncidentReopened, entries)[0].reason == "toch weer onrust"
    assert [x.reason for x in of(m.EndNote, said(case, entries))] == ["toch weer onrust"]
    case.do(c.ProposeClosing(by=LEAD))
    case.do(c.CloseIncident(by=LEAD))
    with pytest.raises(c.Refused, match="reopen_too_late"):
        case.after(hours=24).do(c.ReopenIncident(by=LEAD))


def test_what_was_planned_for_after_the_end_waits_for_the_next_end() -> None:
    case = closed()
    case.do(c.ReopenIncident(by=LEAD))
    to(case, MONDAY).tick()
    assert not [x for x, _ in case.told if isinstance(x, e.AftercareBegan)]
    case.do(c.ProposeClosing(by=LEAD))
    case.do(c.CloseIncident(by=LEAD))
    assert case.incident.after.begins_at == MONDAY + timedelta(days=1)


def test_steps_of_the_aftercare_hold_up_none_of_an_incident_that_is_open_again() -> None:
    case = night(_step("BA01", "melder", "beeld"), _step("BA02", "melder", "beeld"), _step("BA18", "melder"))
    case.after(hours=20)  # late on Sunday, so that the aftercare begins within the day in which it can be opened again
    case.do(c.ProposeClosing(by=LEAD))
    case.do(c.CloseIncident(by=LEAD))
    to(case, MONDAY).tick()
    assert put(case)[-1] == ("BA18", "melder")
    case.do(c.ReopenIncident(by=LEAD))
    entries = case.do(c.FinishStep(step=StepId("BA01"), by=OFFICER))
    assert [x.step for x in of(e.StepOpened, entries)] == ["BA02"]


# --- actions ----------------------------------------------------------------------------------------------------------


def test_who_promised_something_is_reminded_of_it_after_the_end_too() -> None:
    case = night()
    due = case.world.now + timedelta(days=20)
    case.do(c.GiveAction(text="herstel het hek", owner=PersonId("cyber1"), due=due, by=LEAD))
    case.do(c.ProposeClosing(by=LEAD))
    case.do(c.CloseIncident(by=LEAD))
    to(case, MONDAY).tick()
    case.do(c.FinishIncident(reason="klaar", by=LEAD))
    to(case, MONDAY + timedelta(days=7)).tick()
    assert next_due(case.incident) == due
    entries = to(case, due).tick()
    assert [(x.person, x.who) for x in of(e.ActionReminded, entries)] == [("cyber1", "owner")]
    case.do(c.FinishAction(action=1, by=by("cyber1", "clear")))
    assert timers(case.incident) == ()


# --- the survey -------------------------------------------------------------------------------------------------------


def answers(*marks: int, remark: str = "") -> tuple[Answered, ...]:
    return tuple(Answered(mark, 6 - mark, remark) for mark in marks)


def test_everybody_who_took_part_is_asked_once() -> None:
    case = closed()
    case.do(c.ReportMember(person=PersonId("om2"), name="main", joined=True))
    (sent,) = of(e.SurveySent, to(case, MONDAY).tick())
    assert sorted(sent.persons) == ["bakker", "coordinator1", "cter1", "cyber1", "om2"]
    assert sent.promised
    assert sent.open_until == MONDAY + timedelta(days=7)
    asked = of(m.SurveyAsked, said(case, [sent]))
    assert {x.to.name for x in asked} == set(sent.persons)
    assert {(x.question, x.people) for x in asked} == {(1, 5)}


def test_to_few_people_no_promise_is_made_that_cannot_be_kept() -> None:
    (sent,) = of(e.SurveySent, to(closed(), MONDAY).tick())
    assert (len(sent.persons), sent.promised) == (4, False)


def survey(members: int, filled: tuple[Answered, ...]) -> tuple[Case, e.SurveyClosed]:
    case = closed()
    for n in range(members):
        case.do(c.ReportMember(person=PersonId(f"{('om', 'politie')[n % 2]}{n // 2 + 1}"), name="main", joined=True))
    to(case, MONDAY).tick()
    case.world = replace(case.after(days=7).world, answered=filled)
    (over,) = of(e.SurveyClosed, case.tick())
    return case, over


def test_answers_are_told_by_how_often_and_words_by_the_alphabet_when_enough_answered() -> None:
    filled = (*answers(5, remark="meer  mensen"), *answers(4, 4, 3, remark=""), Answered(None, 2, "eerder bellen"))
    case, over = survey(2, (*filled, Answered()))
    assert (over.asked, over.answered) == (6, 5)
    assert (over.reached, over.worked) == ((0, 0, 1, 2, 1), (1, 3, 1, 0, 0))
    assert over.remarks == "eerder bellen\nmeer mensen"
    assert over.origin.cause is None
    assert over.origin.account is None
    (results,) = of(m.SurveyResults, said(case, [over]))
    assert (results.to, results.remarks) == (m.To("person", "coordinator1"), 2)


def test_a_survey_ends_on_its_day_also_when_the_incident_was_finished_before() -> None:
    case = began()
    case.do(c.FinishIncident(reason="klaar", by=LEAD))
    case.world = replace(case.after(days=7).world, answered=answers(5, 4))
    (over,) = of(e.SurveyClosed, case.tick())
    assert (over.answered, [x.to.name for x in of(m.SurveyResults, said(case, [over]))]) == (2, ["coordinator1"])
    assert timers(case.incident) == ()


def test_fewer_answers_than_can_hide_somebody_are_not_told_at_all() -> None:
    _, over = survey(2, answers(5, 4, 3, 1, remark="de coördinator was onbereikbaar"))
    assert over == replace(e.SurveyClosed(asked=6, answered=4), origin=over.origin)


def test_who_was_told_that_names_can_be_guessed_is_shown() -> None:
    _, over = survey(0, answers(5, 4, remark="goed gedaan"))
    assert (over.asked, over.answered, over.remarks) == (4, 2, "goed gedaan\ngoed gedaan")


# --- the evaluation and points to improve -----------------------------------------------------------------------------


def test_the_coordinator_is_reminded_to_plan_the_evaluation_unless_it_was() -> None:
    case = began()
    wednesday = MONDAY + timedelta(days=2)
    entries = to(case, wednesday).tick()
    assert [(x.what, x.person) for x in of(e.EvaluationReminded, entries)] == [("plan", "coordinator1")]
    case.do(c.PlanEvaluation(at=wednesday + timedelta(days=2, hours=4), by=LEAD))
    assert of(e.EvaluationReminded, to(case, wednesday + timedelta(days=1) - timedelta(seconds=1)).tick()) == []
    entries = case.after(seconds=1).tick()
    assert [(x.what, x.person) for x in of(e.EvaluationReminded, entries)] == [("tomorrow", None)]
    (told,) = of(m.EvaluationNote, said(case, entries))
    assert set(told.mention) == {"bakker", "coordinator1", "cyber1", "cter1"}


def test_an_evaluation_planned_in_time_is_not_asked_for_and_one_in_the_past_is_refused() -> None:
    case = began()
    with pytest.raises(c.Refused, match="evaluation_past"):
        case.do(c.PlanEvaluation(at=MONDAY - timedelta(hours=1), by=LEAD))
    case.do(c.PlanEvaluation(at=MONDAY + timedelta(hours=3), by=LEAD))
    assert [x for x in timers(case.incident) if x.wants == "evaluation"] == []


@pytest.mark.parametrize("since", ["finished", "opened again"])
def test_a_planned_evaluation_is_announced_also_when_the_incident_was_finished_or_opened_again(since: str) -> None:
    case = closed()
    case.do(c.PlanEvaluation(at=MONDAY + timedelta(days=3), by=LEAD))
    case.do(c.FinishIncident(reason="klaar", by=LEAD) if since == "finished" else c.ReopenIncident(by=LEAD))
    eve = MONDAY + timedelta(days=2)
    assert of(e.EvaluationReminded, to(case, eve - timedelta(seconds=1)).tick()) == []
    assert [x.what for x in of(e.EvaluationReminded, case.after(seconds=1).tick())] == ["tomorrow"]


@pytest.mark.parametrize("finished", [False, True])
def test_who_planned_to_look_at_a_decision_again_is_reminded_after_the_end_and_the_proposal_to_close_says_so(
    finished: bool,
) -> None:
    case = night()
    case.do(c.RecordDecision(text="wij vragen mensen om weg te blijven", by=OFFICER))
    review = case.world.now + timedelta(days=1)
    case.do(c.PlanReview(decision=1, at=review, by=OFFICER))
    (asked,) = of(m.ClosingAsked, said(case, case.do(c.ProposeClosing(by=LEAD))))
    assert asked.reviews == (1,)
    case.do(c.CloseIncident(by=LEAD))
    if finished:
        case.do(c.FinishIncident(reason="klaar", by=LEAD))
    entries = to(case, review).tick()
    assert [x.person for x in of(e.ReviewReminded, entries)] == ["bakker"]
    (told,) = of(m.DecisionReminder, said(case, entries))
    assert told.to == m.To("person", "bakker")
    assert [x.person for x in of(e.ReviewReminded, case.after(minutes=15).tick())] == ["coordinator1"]
    assert [x for x in timers(case.incident) if x.wants == "review"] == []


def noted() -> Case:
    case = began()
    case.do(c.NoteImprovement(text="eerder de school bellen", owner=PersonId("cyber1"), by=OFFICER))
    return case


def test_the_owner_is_asked_after_thirty_and_ninety_days_on_a_working_day_also_when_all_is_finished() -> None:
    case = noted()
    case.do(c.FinishIncident(reason="klaar", by=LEAD))
    (point,) = case.incident.after.improvements
    assert point.ask_at == (datetime(2026, 12, 23, 9, tzinfo=UTC), datetime(2027, 2, 22, 9, tzinfo=UTC))  # a Sunday
    asked = of(e.ImprovementAsked, to(case, point.ask_at[0]).tick())
    assert [(x.improvement, x.person) for x in asked] == [(1, "cyber1")]
    case.do(c.ReviewImprovement(improvement=1, outcome="going", remark="afspraak gemaakt", by=by("cyber1")))
    asked = of(e.ImprovementAsked, to(case, point.ask_at[1]).tick())
    assert len(asked) == 1
    assert timers(case.incident) == ()
    case.do(c.ReviewImprovement(improvement=1, outcome="done", by=by("cyber1", "clear")))
    with pytest.raises(c.Refused, match="improvement_over"):
        case.do(c.ReviewImprovement(improvement=1, outcome="done", by=OFFICER))


def test_a_point_is_dropped_only_with_a_reason_and_then_asked_about_no_more() -> None:
    case = noted()
    with pytest.raises(c.Refused, match="improvement_reason_needed"):
        case.do(c.ReviewImprovement(improvement=1, outcome="dropped", remark=" ", by=OFFICER))
    with pytest.raises(c.Refused, match="no_such_improvement"):
        case.do(c.ReviewImprovement(improvement=2, outcome="done", by=OFFICER))
    case.do(c.ReviewImprovement(improvement=1, outcome="dropped", remark="de school is dicht", by=OFFICER))
    assert [x for x in timers(case.incident) if x.wants == "improvement"] == []


def test_a_point_belongs_to_somebody_who_took_part() -> None:
    case = began()
    with pytest.raises(c.Refused, match="action_owner_away"):
        case.do(c.NoteImprovement(text="beter", owner=PersonId("visser"), by=OFFICER))
    with pytest.raises(c.Refused, match="text_needed"):
        case.do(c.NoteImprovement(text=" ", by=OFFICER))


def test_a_bot_that_was_away_for_weeks_says_what_it_did_not_do() -> None:
    case = noted()
    (point,) = case.incident.after.improvements
    entries = to(case, point.ask_at[0] + timedelta(days=15)).tick()
    assert ("improvement", 1) in [(x.wants, x.improvement) for x in of(e.TimerDropped, entries)]
    assert case.incident.after.improvements[0].asked == 1


def test_an_alarm_that_was_another_case_has_no_aftercare() -> None:
    case = closed()
    assert case.incident.after.begins_at == MONDAY
    without = Case(aftercare=False)
    without.alarm()
    without.do(c.ReportRoom(name="main", room_id=RoomId("!kamer")))
    without.do(c.ProposeClosing(by=OFFICER))
    without.do(c.CloseIncident(by=OFFICER))
    assert [x.wants for x in timers(without.incident)] == ["finish"]


# --- a step of it that stays undone ---------------------------------------------------------------------------------------


def test_who_has_a_step_of_the_aftercare_is_reminded_after_a_day_and_the_coordinator_after_another() -> None:
    case = began()
    first = of(e.StepReminded, case.after(hours=24).tick())
    assert {(x.steps, x.person, x.who) for x in first} == {
        (("BA18",), "bakker", "owner"),
        (("BA19",), "coordinator1", "owner"),
    }
    second = of(e.StepReminded, case.after(hours=24).tick())
    assert [(x.steps, x.person, x.who) for x in second] == [(("BA18",), "coordinator1", "coordinator")]
    assert of(e.StepReminded, case.after(days=3).tick()) == []


def test_nobody_is_reminded_of_the_aftercare_in_a_weekend() -> None:
    case = began()
    case.do(c.PostponeStep(step=StepId("BA18"), until=MONDAY + timedelta(days=4), by=OFFICER))
    again = of(e.StepOpened, case.after(days=4).tick())
    assert [x.step for x in again] == ["BA18"]
    assert of(e.StepReminded, case.after(days=2).tick()) == []
    assert ("BA18",) in [x.steps for x in of(e.StepReminded, case.after(days=1).tick())]


def test_nobody_is_reminded_of_the_aftercare_on_a_holiday_of_the_rosters() -> None:
    case = closed()
    tuesday, friday, next_year = date(2026, 11, 24), date(2026, 11, 27), date(2027, 11, 24)
    case.world = with_holidays(case.world, tuesday, friday, next_year)
    entries = to(case, MONDAY).tick()
    assert [x.free for x in of(e.AftercareBegan, entries)] == [("2026-11-24", "2026-11-27")]  # while it lasts
    case.world = with_holidays(case.world)  # what was frozen counts, not what the files say by then
    assert of(e.StepReminded, to(case, MONDAY + timedelta(days=1, hours=12)).tick()) == []
    assert of(e.StepReminded, to(case, MONDAY + timedelta(days=2, seconds=-1)).tick()) == []
    assert "bakker" in [x.person for x in of(e.StepReminded, to(case, MONDAY + timedelta(days=2)).tick())]
    assert "coordinator1" in [x.person for x in of(e.StepReminded, to(case, MONDAY + timedelta(days=3)).tick())]


def test_a_step_of_the_aftercare_can_be_put_off_and_given_to_another() -> None:
    case = began()
    case.do(c.PassOnStep(step=StepId("BA18"), person=PersonId("cyber1"), by=OFFICER))
    case.do(c.AcceptStep(by=by("cyber1")))
    assert [(x.steps, x.person) for x in of(e.StepReminded, case.after(hours=24).tick()) if x.steps == ("BA18",)] == [
        (("BA18",), "cyber1")
    ]
