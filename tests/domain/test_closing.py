"""Closing: what is required and open is named, and left open only with a reason."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.announce import announce
from bot.domain.closing import required_left
from bot.domain.ids import PersonId, RoleId, StepId
from bot.domain.incident import Held
from bot.domain.playbook import Both, Condition, Step
from bot.domain.triage import Moment
from tests.builders import NIGHT, RIOT, Case, by, of

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


# --- when it is quiet -------------------------------------------------------------------------------------------------------


def _quiet(begins: Moment | None = None) -> Case:
    """A room in which everybody who was called answered and nobody says anything any more."""
    case = Case(quiet_after=timedelta(hours=2))
    playbook = replace(RIOT, steps=(_step("PB01-1", 5), END))
    case.world = replace(case.world, reference=replace(case.world.reference, playbooks={playbook.id: playbook}))
    case.do(c.RaiseAlarm(text="Waterbrug rellen", begins=begins, by=OFFICER))
    case.opens_room()
    case.do(c.StopCall(by=OFFICER))
    for page in tuple(case.incident.pages.values()):
        case.answers(str(page.person))
    return case


def _suggested(case: Case) -> list[m.ClosingAsked]:
    entries = of(e.ClosingSuggested, case.tick())
    said = [announce(case.incident, entry, case.world.now) for entry in entries]
    return [asked for messages in said for asked in of(m.ClosingAsked, messages)]


def test_when_it_is_quiet_the_bot_asks_once_whether_to_close_and_closes_nothing() -> None:
    case = _quiet()
    case.do(c.FinishStep(by=OFFICER))
    assert _suggested(case.after(minutes=120)) == []  # at five in the morning nobody is asked
    assert _suggested(case.after(minutes=115)) == []
    (asked,) = _suggested(case.after(minutes=1))

    assert (asked.by, asked.mention, asked.required) == ("", ("coordinator1",), ())
    assert [text.nl for text in asked.open_steps] == ["Doe BA17."]
    assert case.incident.closed_at is None
    assert _suggested(case.after(hours=30)) == []
    assert of(e.IncidentClosed, case.do(c.CloseIncident(by=by("coordinator1"))))


def test_a_line_begins_the_quiet_anew_and_what_is_required_and_open_holds_the_question_back() -> None:
    case = _quiet()
    assert _suggested(case.after(hours=3)) == []
    case.do(c.SkipStep(reason="al bekend", by=OFFICER))
    case.after(hours=1).do(c.RecordLine(kind="feit", text="plein leeg", by=OFFICER))
    assert _suggested(case.after(minutes=119)) == []
    assert len(_suggested(case.after(minutes=1))) == 1
    case.do(c.KeepOpen(by=OFFICER))
    assert _suggested(case.after(minutes=119)) == []
    assert len(_suggested(case.after(minutes=1))) == 1


def test_who_chairs_is_asked_before_who_leads() -> None:
    case = _quiet()
    case.do(c.GiveDuty(duty="voorzitter", person=PersonId("bakker"), by=OFFICER))
    case.do(c.FinishStep(by=OFFICER))
    assert [asked.mention for asked in _suggested(case.after(hours=4))] == [("bakker",)]


def test_who_chairs_and_may_not_close_is_not_asked_to() -> None:
    case = _quiet()
    case.do(c.FinishStep(by=OFFICER))
    case.incident = replace(case.incident, duties={"voorzitter": Held(person=PersonId("cter1"))})
    (asked,) = _suggested(case.after(hours=4))
    assert asked.mention == ("coordinator1",)
    assert of(e.ClosingRejected, case.do(c.KeepOpen(by=by("coordinator1"))))


def test_who_comes_and_goes_says_nothing_and_a_line_takes_the_question_back() -> None:
    case = _quiet()
    case.do(c.FinishStep(by=OFFICER))
    assert len(_suggested(case.after(hours=4))) == 1
    case.do(c.ReportMember(person=PersonId("cter1"), name="main", joined=True, by=by("cter1")))
    assert _suggested(case.after(hours=3)) == []
    case.do(c.RecordLine(kind="feit", text="weer mensen op het plein", by=OFFICER))
    with pytest.raises(c.Refused) as wrong:
        case.do(c.CloseIncident(by=by("coordinator1")))
    assert wrong.value.code == "propose_first"


def test_nobody_is_asked_to_close_while_somebody_is_called() -> None:
    case = _quiet()
    case.do(c.FinishStep(by=OFFICER))
    case.do(c.CallRole(role=RoleId("politie"), by=OFFICER))
    entries = case.after(hours=2).tick()
    assert of(e.ClosingSuggested, entries) == []


def test_what_is_announced_is_not_asked_about_before_it_was_expected_or_at_night() -> None:
    case = _quiet(Moment(NIGHT + timedelta(hours=19), "zo 22:04", announced=True, dated=True))  # at ten in the evening
    assert case.incident.urgency == "gepland"
    case.do(c.FinishStep(by=OFFICER))
    assert _suggested(case.after(hours=18)) == []
    assert _suggested(case.after(hours=7)) == []  # four in the morning
    assert len(_suggested(case.after(hours=3))) == 1


def test_an_incident_of_before_this_setting_is_never_asked_about() -> None:
    case = _night(_step("PB01-1", 5))
    case.do(c.FinishStep(by=OFFICER))
    assert of(e.ClosingSuggested, case.after(hours=3).tick()) == []
