"""Scores of observers: who may give them, when, and that the last one counts and only its giver hears of it."""

from dataclasses import replace

import pytest

from bot.domain import commands as c
from bot.domain import messages as m
from bot.domain.after import unobserved
from bot.domain.announce import announce
from bot.domain.ids import PersonId
from bot.domain.themes import THEMES
from tests.builders import Case, by

LEAD, OBSERVER = by("coordinator1"), by("cter1")


def closed() -> Case:
    case = Case()
    case.alarm()
    case.answers("coordinator1")
    case.answers("cter1")
    case.opens_room()
    case.do(c.RecordLine(kind="feit", text="Het plein is leeg.", by=LEAD))
    case.do(c.ProposeClosing(by=LEAD))
    case.do(c.CloseIncident(by=LEAD))
    return case


def code(case: Case, command: c.Command) -> str:
    with pytest.raises(c.Refused) as refused:
        case.do(command)
    return refused.value.code


def test_a_coordinator_scores_a_theme_and_hears_of_it_alone() -> None:
    case = closed()
    entries = case.do(c.RecordObservation(theme="beeldvorming", score="+", lines=(1,), by=LEAD))
    told = [said for entry in entries for said in announce(case.incident, entry, case.world.now)]
    assert [(type(said), said.to) for said in told] == [(m.ObservationNote, m.To("person", "coordinator1"))]
    note = told[0]
    assert isinstance(note, m.ObservationNote)
    assert (note.theme, note.score, note.lines) == ("beeldvorming", "+", (1,))
    assert note.left == tuple(theme for theme in THEMES if theme != "beeldvorming")


def test_the_last_score_of_an_observer_counts_beside_those_of_others() -> None:
    case = closed()
    case.do(c.GiveDuty(duty="waarnemer", person=PersonId("cter1"), by=LEAD))
    assert code(case, c.RecordObservation(theme="nafase", score="+", by=OBSERVER)) == "not_allowed"
    case.do(c.AcceptDuty(duty="waarnemer", by=OBSERVER))
    for score in ("++", "--"):
        case.do(c.RecordObservation(theme="nafase", score=score, by=OBSERVER))
    case.do(c.RecordObservation(theme="nafase", score="-", by=LEAD))
    assert [(one.by, one.score) for one in case.incident.after.observations] == [("cter1", "--"), ("coordinator1", "-")]
    assert "nafase" not in unobserved(case.incident.after, PersonId("cter1"))
    assert len(unobserved(case.incident.after, PersonId("bakker"))) == len(THEMES)


def test_nobody_else_scores_and_nobody_before_the_end() -> None:
    case = closed()
    assert code(case, c.RecordObservation(theme="nafase", score="+", by=OBSERVER)) == "not_allowed"
    clear = replace(LEAD, proof="clear")
    assert code(case, c.RecordObservation(theme="nafase", score="+", by=clear)) == "needs_proof"
    assert code(case, c.GiveDuty(duty="voorzitter", by=LEAD)) == "incident_closed"
    early = Case()
    early.alarm()
    early.answers("coordinator1")
    assert code(early, c.RecordObservation(theme="nafase", score="+", by=LEAD)) == "incident_open"


def test_a_line_must_be_there_and_not_in_the_closed_circle() -> None:
    case = closed()
    hidden = replace(case.incident.log_lines[1], number=2, place="closed_circle")
    case.incident = replace(case.incident, log_lines=case.incident.log_lines | {2: hidden})
    for number in (2, 3):
        assert code(case, c.RecordObservation(theme="nafase", score="+", lines=(1, number), by=LEAD)) == "no_such_line"
