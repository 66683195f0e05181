"""Who chairs and who keeps the minutes, from when until when: taken, offered, accepted, laid down, and missed by nobody's doing."""

import pytest

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.announce import announce
from bot.domain.duties import NEEDED, holds
from bot.domain.ids import IncidentId, PersonId
from bot.domain.incident import Incident, evolve
from bot.domain.people import Duty
from bot.domain.timers import timers
from tests.builders import Case, by, of

CYBER, REPORTER = PersonId("cyber1"), PersonId("bakker")


def called() -> Case:
    """The room is there; the coordinator and two experts answered."""
    case = Case()
    case.alarm()
    for person in ("coordinator1", "cyber1", "cter1"):
        case.answers(person)
    case.opens_room()
    return case


def refused(case: Case, command: c.Command) -> str:
    with pytest.raises(c.Refused) as found:
        case.do(command)
    return found.value.code


def test_who_takes_a_duty_has_it_and_who_is_asked_has_it_after_a_yes() -> None:
    case = called()
    case.do(c.GiveDuty(duty="voorzitter", by=by("bakker")))
    assert holds(case.incident, REPORTER, "voorzitter")
    offered = case.do(c.GiveDuty(duty="voorzitter", person=CYBER, by=by("bakker")))
    assert [(x.person, x.holder) for x in of(e.DutyOffered, offered)] == [(CYBER, REPORTER)]
    assert holds(case.incident, REPORTER, "voorzitter"), "until a yes it stays where it was"
    given = of(e.DutyGiven, case.do(c.AcceptDuty(by=by("cyber1", "clear"))))
    assert [(x.person, x.holder) for x in given] == [(CYBER, REPORTER)]
    assert holds(case.incident, CYBER, "voorzitter")
    assert not holds(case.incident, REPORTER, "voorzitter")


def test_the_one_who_is_asked_hears_it_alone_and_the_room_hears_how_it_stands() -> None:
    case = called()
    entries = case.do(c.GiveDuty(duty="voorzitter", person=CYBER, by=by("bakker")))
    said = [x for entry in entries for x in announce(case.incident, entry, case.world.now)]
    (asked,) = of(m.DutyAsked, said)
    assert (asked.to.name, asked.by, asked.holder) == ("cyber1", "Bakker", None)
    assert [(x.what, x.person) for x in of(m.DutyNote, said)] == [("offered", "Cyber1")]


def test_a_no_leaves_it_where_it_was_and_only_who_was_asked_can_answer() -> None:
    case = called()
    case.do(c.GiveDuty(duty="verslaglegger", person=CYBER, by=by("bakker")))
    assert refused(case, c.AcceptDuty(by=by("cter1"))) == "nothing_offered"
    case.do(c.DeclineDuty(duty="verslaglegger", by=by("cyber1", "clear")))
    assert case.incident.duty_holder("verslaglegger") is None
    assert refused(case, c.AcceptDuty(by=by("cyber1"))) == "nothing_offered"


def test_who_takes_no_part_is_given_no_duty_and_nobody_gets_one_twice() -> None:
    case = called()
    assert refused(case, c.GiveDuty(duty="liaison", person=PersonId("visser"), by=by("bakker"))) == "duty_person_away"
    assert refused(case, c.GiveDuty(duty="liaison", by=by("visser"))) == "not_allowed"
    case.do(c.GiveDuty(duty="liaison", by=by("cyber1")))
    assert refused(case, c.GiveDuty(duty="liaison", by=by("cyber1"))) == "already_recorded"
    assert refused(case, c.GiveDuty(duty="liaison", by=by("cyber1", "clear"))) == "needs_text"


def test_a_duty_is_laid_down_by_its_holder_or_the_coordinator() -> None:
    case = called()
    assert refused(case, c.LayDownDuty(duty="woordvoerder", by=by("cyber1"))) == "duty_free"
    case.do(c.GiveDuty(duty="woordvoerder", by=by("cyber1")))
    assert refused(case, c.LayDownDuty(duty="woordvoerder", by=by("bakker"))) == "duty_of_another"
    (gone,) = of(e.DutyLaidDown, case.do(c.LayDownDuty(duty="woordvoerder", by=by("coordinator1"))))
    assert gone.person == CYBER
    assert case.incident.duty_holder("woordvoerder") is None


def test_who_stands_in_for_the_mayor_is_never_named_by_oneself_and_needs_who_answers_for_the_case() -> None:
    case = called()
    deputy: Duty = "loco_burgemeester"
    assert refused(case, c.GiveDuty(duty=deputy, by=by("bakker"))) == "deputy_by_others"
    assert refused(case, c.GiveDuty(duty=deputy, person=REPORTER, by=by("bakker"))) == "deputy_by_others"
    assert refused(case, c.GiveDuty(duty=deputy, person=REPORTER, by=by("cyber1"))) == "deputy_by_others"
    assert refused(case, c.GiveDuty(duty=deputy, person=CYBER, by=by("bakker", "decrypted"))) == "needs_proof"
    case.do(c.GiveDuty(duty=deputy, person=REPORTER, by=by("coordinator1")))
    case.do(c.AcceptDuty(duty=deputy, by=by("bakker", "clear")))
    assert holds(case.incident, REPORTER, deputy)


def test_who_had_which_duty_at_a_moment_is_told_by_the_log_up_to_then() -> None:
    case = called()
    case.after(minutes=5).do(c.GiveDuty(duty="voorzitter", by=by("bakker")))
    then = case.world.now
    case.after(minutes=30).do(c.GiveDuty(duty="voorzitter", by=by("cyber1")))
    incident = Incident(IncidentId("00000000-0000-0000-0000-000000000001"))
    for entry, at in case.told:
        incident = evolve(incident, entry, at) if at <= then else incident
    assert incident.duties["voorzitter"].person == REPORTER
    assert incident.duties["voorzitter"].since == then
    assert case.incident.duty_holder("voorzitter") == CYBER


def test_the_coordinator_hears_once_that_nobody_chairs_or_keeps_the_minutes() -> None:
    case = called()
    case.do(c.GiveDuty(duty="voorzitter", by=by("bakker")))
    assert of(e.DutiesUnclaimed, case.after(minutes=19).tick()) == []
    (told,) = of(e.DutiesUnclaimed, case.after(minutes=1).tick())
    assert (told.duties, told.person) == (("verslaglegger",), "coordinator1")
    assert of(e.DutiesUnclaimed, case.after(hours=3).tick()) == []


def test_where_both_duties_are_taken_nobody_is_disturbed() -> None:
    case = called()
    for duty in NEEDED:
        case.do(c.GiveDuty(duty=duty, by=by("bakker")))
    assert "duties" not in [timer.wants for timer in timers(case.incident)]


def test_a_reminder_that_comes_hours_late_is_dropped() -> None:
    case = called()
    entries = case.after(hours=7).tick()
    assert "duties" in [x.wants for x in of(e.TimerDropped, entries)]
    assert of(e.DutiesUnclaimed, entries) == []
