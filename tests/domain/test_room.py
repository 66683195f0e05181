"""Steps, decisions, lines and the end of an incident: given what happened, when this is asked, then these entries or a refusal."""

import pytest

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.announce import announce
from bot.domain.authority import INTERNAL, WHO_MAY
from bot.domain.ids import EventId, PersonId, PlaybookId, RoleId, RoomId, StepId
from bot.domain.timers import timers
from tests.builders import Case, by, of


def _in_the_room() -> Case:
    case = Case()
    case.alarm()
    case.opens_room()
    return case


def _refused(case: Case, command: c.Command) -> str:
    before = case.incident
    with pytest.raises(c.Refused) as refused:
        case.do(command)
    assert case.incident is before
    return refused.value.code


def test_steps_begin_when_the_room_is_there_one_for_each_role_that_is_present() -> None:
    case = Case()
    assert not of(e.StepOpened, case.alarm())
    opened = of(e.StepOpened, case.opens_room())
    assert [(o.step, o.role) for o in opened] == [("BA01", "melder"), ("BA03", "coordinator")]


def test_an_answer_brings_the_steps_of_that_role() -> None:
    case = _in_the_room()
    opened = of(e.StepOpened, case.answers("cter1"))
    assert {(o.step, o.role) for o in opened} == {("BA05", "opgeroepen"), ("PB01-2", "expert_cter")}


def test_a_finished_step_brings_the_next_of_the_same_role() -> None:
    case = _in_the_room()
    entries = case.do(c.FinishStep(by=by("bakker", "clear")))
    assert [f.step for f in of(e.StepFinished, entries)] == ["BA01"]
    # the mayor is not called here, so the step goes through the reporting officer
    assert [(o.step, o.role) for o in of(e.StepOpened, entries)] == [("PB01-5", "melder")]


def test_a_step_that_does_not_apply_needs_a_reason_in_words() -> None:
    case = _in_the_room()
    assert _refused(case, c.SkipStep(step=StepId("BA01"), reason=" ", by=by("bakker"))) == "reason_needed"
    assert _refused(case, c.SkipStep(step=StepId("BA01"), reason="x", by=by("bakker", "clear"))) == "needs_text"
    assert of(e.StepSkipped, case.do(c.SkipStep(step=StepId("BA01"), reason="al gebeld", by=by("bakker"))))


def test_a_step_can_be_claimed_reopened_and_not_finished_twice() -> None:
    case = _in_the_room()
    assert of(e.StepClaimed, case.do(c.ClaimStep(step=StepId("BA01"), by=by("bakker", "clear"))))
    case.do(c.FinishStep(step=StepId("BA01"), by=by("bakker")))
    assert _refused(case, c.FinishStep(step=StepId("BA01"), by=by("bakker"))) == "step_already_done"
    assert of(e.StepReopened, case.do(c.ReopenStep(step=StepId("BA01"), by=by("bakker"))))
    assert _refused(case, c.FinishStep(step=StepId("ZZ"), by=by("bakker"))) == "no_such_step"


def test_a_decision_is_numbered_explained_changed_and_withdrawn_and_nothing_is_lost() -> None:
    case = _in_the_room()
    case.do(c.RecordDecision(text="burgemeester roept op om weg te blijven", by=by("bakker")))
    case.do(c.ExplainDecision(reason="lichtste middel", by=by("bakker")))
    case.do(c.ConfirmDecision(decision=1, by=by("bakker", "clear")))
    case.do(c.ChangeDecision(decision=1, text="burgemeester vraagt weg te blijven", by=by("bakker")))
    decision = case.incident.decisions[0]
    assert (decision.text, decision.reason) == ("burgemeester vraagt weg te blijven", "lichtste middel")
    assert not decision.confirmed
    case.do(c.WithdrawDecision(decision=1, reason="achterhaald", by=by("bakker")))
    assert case.incident.decisions[0].withdrawn
    assert _refused(case, c.ChangeDecision(decision=1, text="x", by=by("bakker"))) == "decision_withdrawn"
    assert "burgemeester roept op" in of(e.DecisionRecorded, [x for x, _ in case.told])[0].text


@pytest.mark.parametrize("proof", ["clear", "decrypted"])
def test_a_decision_needs_words_from_a_device_of_the_sender(proof: str) -> None:
    case = _in_the_room()
    code = _refused(case, c.RecordDecision(text="x", by=by("bakker", proof)))  # type: ignore[arg-type]
    assert code == ("needs_text" if proof == "clear" else "needs_proof")


def test_a_marked_message_is_kept_once_as_it_was_said_and_its_changes_are_added() -> None:
    case = _in_the_room()
    source = EventId("$boodschap")
    mark = c.RecordLine(
        kind="bericht", text="er lopen 40 jongeren", source=source, author=PersonId("om1"), by=by("bakker", "clear")
    )
    assert of(e.LineRecorded, case.do(mark))[0].author == "om1"
    assert _refused(case, mark) == "already_recorded"
    assert of(e.SourceEdited, case.do(c.EditSource(source=source, text="er lopen 60 jongeren", by=by("om1"))))
    assert of(e.SourceRemoved, case.do(c.RemoveSource(source=source, by=by("om1", "clear"))))


def test_closing_is_proposed_first_done_in_words_and_can_be_undone_for_a_day() -> None:
    case = _in_the_room()
    assert _refused(case, c.CloseIncident(by=by("coordinator1"))) == "propose_first"
    case.do(c.ProposeClosing(by=by("coordinator1")))
    assert _refused(case, c.CloseIncident(by=by("coordinator1", "clear"))) == "needs_text"
    closed = case.do(c.CloseIncident(by=by("coordinator1")))
    assert {p.page for p in of(e.PageWithdrawn, closed)} == set(case.incident.pages)
    assert [t.wants for t in timers(case.incident)] == ["finish"]
    assert _refused(case, c.RecordDecision(text="x", by=by("bakker"))) == "incident_closed"
    assert of(e.LineRecorded, case.do(c.RecordLine(kind="evaluatie", text="nazorg", by=by("bakker"))))
    assert of(e.IncidentReopened, case.after(hours=23).do(c.ReopenIncident(by=by("bakker"))))
    case.do(c.ProposeClosing(by=by("bakker")))
    case.do(c.CloseIncident(by=by("bakker")))
    assert of(e.IncidentFinished, case.after(hours=24).tick())
    assert _refused(case, c.ReopenIncident(by=by("bakker"))) == "incident_finished"


def test_a_situation_report_is_asked_for_every_hour_until_somebody_says_stop() -> None:
    case = _in_the_room()
    assert of(e.SitrepReminded, case.after(minutes=60).tick())[0].sitrep == 1
    assert _refused(case, c.RecordSitrep(text="", unchanged=True, by=by("coordinator1"))) == "no_sitrep_yet"
    case.do(c.RecordSitrep(text="rustig bij het station", by=by("coordinator1")))
    case.do(c.RecordSitrep(text="", unchanged=True, by=by("coordinator1", "clear")))
    assert case.incident.sitreps == 2
    case.do(c.PostponeSitrep(minutes=15, by=by("coordinator1")))
    assert of(e.SitrepReminded, case.after(minutes=15).tick())
    case.do(c.PostponeSitrep(minutes=None, by=by("coordinator1")))
    assert not of(e.SitrepReminded, case.after(hours=5).tick())


@pytest.mark.parametrize("person", ["visser", "vreemde"])
def test_an_officer_of_another_municipality_and_a_stranger_have_no_say_here(person: str) -> None:
    case = _in_the_room()
    commands: tuple[c.Command, ...] = (
        c.RecordDecision(text="x", by=by(person)),
        c.ProposeClosing(by=by(person)),
        c.RecordLine(kind="feit", text="x", by=by(person)),
        c.FinishStep(step=StepId("BA01"), by=by(person)),
        c.TakeOver(by=by(person)),
        c.StartPlaybook(playbook=case.incident.playbooks[0].id, by=by(person)),
    )
    assert {_refused(case, command) for command in commands} <= {"not_allowed", "unknown_account"}


def test_every_command_of_people_has_a_right_and_no_internal_one_can_be_given_by_people() -> None:
    assert set(WHO_MAY) | INTERNAL == set(c.COMMANDS)
    assert not set(WHO_MAY) & INTERNAL


def test_the_room_is_announced_with_invites_first_and_the_reporter_hears_of_it() -> None:
    case = Case()
    case.alarm()
    case.answers("om1")
    opened = of(e.RoomOpened, case.opens_room())[0]
    said = announce(case.incident, opened, case.world.now)
    invited = [i.person for i in of(m.Invite, said)]
    assert invited[:2] == ["om1", "bakker"]
    assert len(invited) == len(set(invited)) == 9
    assert [r.to.name for r in of(m.RoomReady, said)] == ["bakker", "om1"]


def test_a_second_playbook_adds_its_steps_and_what_was_done_stays_done() -> None:
    case = Case()
    case.alarm("")
    case.opens_room()
    case.do(c.FinishStep(step=StepId("BA01"), by=by("bakker")))
    case.do(c.StartPlaybook(playbook=PlaybookId("PB01"), by=by("bakker")))
    assert case.incident.progress[StepId("BA01")].progress == "done"
    assert len({s.id for s in case.incident.steps}) == len(case.incident.steps) == 6
    assert RoleId("om") in case.incident.calls


def test_a_room_that_is_lost_is_told_once_and_found_again() -> None:
    case = _in_the_room()
    assert of(e.RoomLost, case.do(c.ReportRoomLost(name="main", why="removed")))
    assert not case.do(c.ReportRoomLost(name="main", why="removed"))
    case.do(c.ReportRoom(name="main", room_id=RoomId("!nieuw")))
    assert case.incident.lost_rooms == frozenset()
