"""Closing: what is required and open is named, and left open only with a reason."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.announce import announce
from bot.domain.closing import required_left
from bot.domain.ids import RoleId, StepId
from bot.domain.playbook import Both, Condition, Step
from tests.builders import RIOT, Case, by, of

OFFICER = by("bakker")


def _step(step: str, minutes: int, *, required: bool = True, **given: object) -> Step:
    text = Both(f"Doe {step}.", f"Do {step}.")
    made = Step(StepId(step), "beeld", text, RoleId("melder"), timedelta(minutes=minutes), required=required)
    return replace(made, **given)  # type: ignore[arg-type]


END = _step("BA17", 1440, phase="nafase", decision="B11")


def _night(*steps: Step) -> Case:
    case = Case()
    playbook = replace(RIOT, steps=steps)
    case.world = replace(case.world, reference=replace(case.world.reference, playbooks={playbook.id: playbook}))
    case.alarm()
    case.opens_room()
    return case


def _proposal(case: Case) -> m.ClosingAsked:
    (entry,) = of(e.ClosingProposed, case.do(c.ProposeClosing(by=OFFICER)))
    (asked,) = of(m.ClosingAsked, announce(case.incident, entry, case.world.now))
    return asked


def test_the_proposal_names_what_is_required_and_open() -> None:
    case = _night(_step("PB01-1", 5), _step("PB01-2", 10, required=False), _step("PB01-3", 15), END)
    case.do(c.SkipStep(reason="al bekend", by=OFFICER))
    asked = _proposal(case)

    assert [text.nl for text in asked.required] == ["Doe PB01-3."]
    assert [text.nl for text in asked.open_steps] == ["Doe PB01-2.", "Doe PB01-3.", "Doe BA17."]


def test_closing_with_something_required_open_needs_a_reason_which_is_kept() -> None:
    case = _night(_step("PB01-1", 5), _step("PB01-2", 10), END)
    _proposal(case)
    with pytest.raises(c.Refused) as refused:
        case.do(c.CloseIncident(reason="  ", by=OFFICER))
    assert (refused.value.code, refused.value.details) == ("close_reason_needed", {"count": "2"})
    assert case.incident.state == "open"
    entries = case.do(c.CloseIncident(reason=" rustig, de rest volgt morgen ", by=OFFICER))

    (closed,) = of(e.IncidentClosed, entries)
    assert (closed.reason, closed.left) == ("rustig, de rest volgt morgen", ("PB01-1", "PB01-2"))
    said = [x.reason for x in announce(case.incident, closed, case.world.now) if isinstance(x, m.EndNote)]
    assert said == ["rustig, de rest volgt morgen"]


def test_the_step_that_asks_to_close_is_done_by_closing() -> None:
    case = _night(_step("PB01-1", 5, required=False), END)
    _proposal(case)
    entries = case.do(c.CloseIncident(by=OFFICER))

    assert [x.step for x in of(e.StepFinished, entries)] == ["BA17"]
    assert required_left(case.incident) == ()


def test_a_step_whose_condition_did_not_come_true_does_not_hold_up_the_end() -> None:
    case = _night(_step("PB01-1", 5), _step("PB01-2", 10, when=(Condition(step=StepId("PB01-1"), outcome="nvt"),)))
    case.do(c.FinishStep(by=OFFICER))
    asked = _proposal(case)

    assert (asked.required, asked.open_steps) == ((), ())
    assert of(e.IncidentClosed, case.do(c.CloseIncident(by=OFFICER)))[0].left == ()
