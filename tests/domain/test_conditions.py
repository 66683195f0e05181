"""Steps with a condition: put to nobody before it holds, announced when it does, and never taken back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.announce import announce
from bot.domain.conditions import standing
from bot.domain.ids import PlaybookId, RoleId, StepId
from bot.domain.incident import Decision
from bot.domain.playbook import Both, Cause, Condition, Playbook, Step
from tests.builders import NIGHT, RIOT, Case, by, of

MELDER = RoleId("melder")
ASKED, OFFICER = StepId("PB01-1"), by("bakker")


def _step(step: str, minutes: int, *when: Condition, before: timedelta | None = None) -> Step:
    text = Both(f"Doe {step}.", f"Do {step}.")
    return Step(StepId(step), "beeld", text, MELDER, timedelta(minutes=minutes), when=when, before=before)


def _night(*steps: Step) -> Case:
    """A riot with these steps for the reporting officer, in its room."""
    case = Case()
    playbook = replace(RIOT, steps=steps)
    reference = replace(case.world.reference, playbooks={playbook.id: playbook})
    case.world = replace(case.world, reference=reference)
    case.alarm()
    case.opens_room()
    return case


def _decides(case: Case, option: str, point: str = "B4") -> Decision:
    """What a decision from a list leaves in the incident, whoever took it."""
    number = len(case.incident.decisions) + 1
    taken = Decision(number, option, case.world.now, OFFICER.actor, point=point, option=option)
    case.incident = replace(case.incident, decisions=(*case.incident.decisions, taken))
    return taken


def _open(case: Case) -> Step | None:
    return case.incident.open_step(MELDER)


def _told(case: Case, entries: list[e.Entry]) -> list[m.Message]:
    return [message for entry in entries for message in announce(case.incident, entry, case.world.now)]


IF_DONE = Condition(step=ASKED)
IF_NOT = Condition(step=ASKED, outcome="nvt")
IF_FEAR = Condition(decision="B4", options=("aannemelijk", "ernstige_vrees_onderbouwd"))


def test_a_step_that_hangs_on_another_is_put_once_that_is_done_and_the_log_says_why() -> None:
    case = _night(_step("PB01-1", 5), _step("PB01-2", 10, IF_DONE), _step("PB01-3", 20))
    entries = case.do(c.FinishStep(by=OFFICER))

    assert of(e.StepBecameDue, entries)[0].because == (Cause(step=ASKED, outcome="gedaan"),)
    assert [x.step for x in of(e.StepOpened, entries)] == ["PB01-2"]
    note = of(m.StepDueNote, _told(case, entries))
    assert [(n.nr, n.because) for n in note] == [(2, (m.DueCause(step=1),))]


def test_an_answer_the_other_way_passes_the_step_over() -> None:
    case = _night(_step("PB01-1", 5), _step("PB01-2", 10, IF_NOT), _step("PB01-3", 20))
    entries = case.do(c.FinishStep(by=OFFICER))

    assert not of(e.StepBecameDue, entries)
    assert [x.step for x in of(e.StepOpened, entries)] == ["PB01-3"]
    assert standing(case.incident, case.incident.steps[1]) == "fails"


def test_whatever_waits_for_a_step_that_never_comes_does_not_come_either() -> None:
    third = _step("PB01-3", 20, Condition(step=StepId("PB01-2")))
    case = _night(_step("PB01-1", 5), _step("PB01-2", 10, IF_NOT), third)
    assert standing(case.incident, third) == "waits"
    case.do(c.FinishStep(by=OFFICER))

    assert standing(case.incident, third) == "fails"
    assert _open(case) is None


@pytest.mark.parametrize(
    ("option", "expected"), [("aannemelijk", "holds"), ("onvoldoende", "fails"), ("ernstige_vrees_onderbouwd", "holds")]
)
def test_a_step_that_hangs_on_a_decision_follows_the_option_that_was_chosen(option: str, expected: str) -> None:
    step = _step("PB01-2", 10, IF_FEAR)
    case = _night(_step("PB01-1", 5), step)
    assert standing(case.incident, step) == "waits"
    _decides(case, option)

    assert standing(case.incident, step) == expected
    due = of(e.StepBecameDue, case.do(c.FinishStep(by=OFFICER)))
    assert [x.because for x in due] == ([(Cause(decision=1, option=option),)] if expected == "holds" else [])


def test_the_latest_decision_counts_and_a_withdrawn_one_does_not() -> None:
    step = _step("PB01-2", 10, IF_FEAR)
    case = _night(_step("PB01-1", 5), step)
    _decides(case, "aannemelijk")
    _decides(case, "niets_wel_volgen", point="B5")
    assert standing(case.incident, step) == "holds"
    last = _decides(case, "onvoldoende")
    assert standing(case.incident, step) == "fails"
    kept = tuple(replace(d, withdrawn=d.number == last.number) for d in case.incident.decisions)
    assert standing(replace(case.incident, decisions=kept), step) == "holds"


def test_all_conditions_must_hold() -> None:
    case = _night(_step("PB01-1", 5), _step("PB01-2", 10, IF_DONE, IF_FEAR))
    case.do(c.FinishStep(by=OFFICER))
    assert _open(case) is None
    _decides(case, "aannemelijk")
    entries = case.do(c.RecordLine(kind="feit", text="rustig", by=OFFICER))

    because = (Cause(step=ASKED, outcome="gedaan"), Cause(decision=1, option="aannemelijk"))
    assert [x.because for x in of(e.StepBecameDue, entries)] == [because]


def test_a_phenomenon_comes_with_the_alarm_or_with_another_playbook() -> None:
    rumour = Playbook(PlaybookId("PB07"), Both("Gerucht", "Rumour"), ("F07",), (), ())
    case = _night(_step("PB01-1", 5, Condition(phenomenon="F01")), _step("PB01-2", 10, Condition(phenomenon="F07")))
    assert [x.step for x in of(e.StepBecameDue, [entry for entry, _ in case.told])] == ["PB01-1"]
    playbooks = {**case.world.reference.playbooks, rumour.id: rumour}
    case.world = replace(case.world, reference=replace(case.world.reference, playbooks=playbooks))
    entries = case.do(c.StartPlaybook(playbook=rumour.id, by=by("coordinator1")))

    assert [x.because for x in of(e.StepBecameDue, entries)] == [(Cause(phenomenon="F07"),)]


def test_taking_the_answer_back_undoes_nothing_and_the_log_says_so_once() -> None:
    case = _night(_step("PB01-1", 5), _step("PB01-2", 10, IF_DONE))
    case.do(c.FinishStep(by=OFFICER))
    entries = case.do(c.ReopenStep(step=ASKED, by=OFFICER))

    assert [x.step for x in of(e.StepStayedDue, entries)] == ["PB01-2"]
    assert [n.because for n in of(m.StepDueNote, _told(case, entries))] == [()]
    assert case.incident.progress[StepId("PB01-2")].progress == "open"
    assert not of(e.StepStayedDue, case.do(c.RecordLine(kind="feit", text="rustig", by=OFFICER)))
    again = case.do(c.FinishStep(step=ASKED, by=OFFICER))
    assert not of(e.StepBecameDue, again)


def test_who_knows_better_may_do_a_step_before_its_condition_holds() -> None:
    case = _night(_step("PB01-1", 5), _step("PB01-2", 10, IF_DONE))
    case.do(c.FinishStep(step=StepId("PB01-2"), by=OFFICER))

    assert not of(e.StepBecameDue, case.do(c.FinishStep(step=ASKED, by=OFFICER)))
    assert _open(case) is None


def test_the_phase_does_not_wait_for_a_step_that_does_not_come() -> None:
    last = replace(_step("PB01-3", 20), phase="nafase")
    case = _night(_step("PB01-1", 5), _step("PB01-2", 10, IF_NOT), last)
    case.do(c.FinishStep(by=OFFICER))
    assert case.incident.phase == "nafase"


def test_a_step_before_an_announced_disturbance_counts_back_from_it() -> None:
    step = _step("PB01-1", 5, before=timedelta(minutes=30))
    case = _night(step)
    assert case.incident.due_at(step) == NIGHT + timedelta(minutes=5)
    announced = replace(case.incident, expected_at=NIGHT + timedelta(hours=18))
    assert announced.due_at(step) == NIGHT + timedelta(hours=17, minutes=30)
