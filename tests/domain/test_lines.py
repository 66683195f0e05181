"""The lines of the room's log: numbered, never overwritten, and what becomes of each later points back to it."""

from dataclasses import replace
from typing import get_args

import pytest

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.announce import announce
from bot.domain.ids import EventId, IncidentId, PersonId
from bot.domain.incident import Incident, evolve
from bot.domain.playbook import LineKind
from tests.builders import NIGHT, Case, by, of

LEAD = by("coordinator1")


def opened() -> Case:
    case = Case()
    case.alarm()
    case.opens_room()
    return case


def line(kind: LineKind, text: str = "iets", **more: object) -> c.RecordLine:
    return c.RecordLine(kind=kind, text=text, by=LEAD, **more)  # type: ignore[arg-type]


def notes(case: Case, entries: list[e.Entry]) -> list[m.Message]:
    return [said for entry in entries for said in announce(case.incident, entry, case.world.now)]


def refused(case: Case, command: c.Command) -> str:
    with pytest.raises(c.Refused) as why:
        case.do(command)
    return why.value.code


def test_lines_of_every_kind_are_numbered_in_one_row_and_echoed_with_their_number() -> None:
    case = opened()
    for number, kind in enumerate(get_args(LineKind), start=1):
        recorded = case.do(line(kind, f"regel {number}"))
        assert [x.line for x in of(e.LineRecorded, recorded)] == [number]
        echo = of(m.LineNote, notes(case, recorded))
        assert [(x.kind, x.line) for x in echo] == [(kind, number)]
    assert [x.kind for x in case.incident.log_lines.values()] == list(get_args(LineKind))


def test_the_lines_of_an_older_log_count_by_order() -> None:
    incident = Incident(IncidentId("oud"))
    for text in ("een", "twee"):
        incident = evolve(incident, e.LineRecorded(kind="feit", text=text, origin=LEAD), NIGHT)
    assert {number: x.text for number, x in incident.log_lines.items()} == {1: "een", 2: "twee"}


def test_an_alarm_that_was_taken_in_is_a_line_too() -> None:
    case = opened()
    case.do(c.TakeIn(number="2026-015", person=PersonId("visser"), text="ook bij ons"))
    assert [x.line for x in of(e.LineRecorded, case.do(line("feit")))] == [2]
    assert case.incident.log_lines[1].by == "visser"


def test_what_a_line_rests_on_is_kept_and_can_be_said_later() -> None:
    case = opened()
    secret = replace(LEAD, confidentiality="vertrouwelijk")
    case.do(replace(line("feit", source_kind="politie", reliability=2), by=secret))
    known = case.incident.log_lines[1]
    assert (known.source_kind, known.reliability, known.confidentiality) == ("politie", 2, "vertrouwelijk")
    case.do(c.QualifyLine(line=1, source_kind="school", by=LEAD))
    known = case.incident.log_lines[1]
    assert (known.source_kind, known.reliability, known.confidentiality) == ("school", 2, "vertrouwelijk")
    assert refused(case, c.QualifyLine(line=1, source_kind="school", reliability=2, by=LEAD)) == "already_recorded"
    assert refused(case, c.QualifyLine(line=1, by=LEAD)) == "which_mark"
    assert refused(case, c.QualifyLine(line=2, reliability=1, by=LEAD)) == "no_such_line"


def test_a_marked_message_keeps_who_wrote_it_and_when_beside_when_it_was_recorded() -> None:
    case = opened()
    case.after(hours=1)
    mark = line("feit", source=EventId("$m"), author=PersonId("politie1"), written_at=NIGHT)
    recorded = of(e.LineRecorded, case.do(mark))[0]
    assert (recorded.author, recorded.written_at) == ("politie1", NIGHT)
    assert case.told[-1][1] > NIGHT
    assert refused(case, mark) == "already_recorded"


def test_an_assumption_is_settled_and_may_turn_out_wrong_later() -> None:
    case = opened()
    case.do(line("aanname", "ze gaan naar het plein"))
    case.do(line("feit"))
    said = notes(case, case.do(c.SettleAssumption(line=1, outcome="confirmed", by=LEAD)))
    assert [x.what for x in of(m.LineFollowed, said)] == ["confirmed"]
    assert refused(case, c.SettleAssumption(line=1, outcome="confirmed", by=LEAD)) == "already_recorded"
    case.do(c.SettleAssumption(line=1, outcome="refuted", text="het plein is leeg", by=LEAD))
    known = case.incident.log_lines[1]
    assert (known.outcome, known.answer, known.text) == ("refuted", "het plein is leeg", "ze gaan naar het plein")
    assert refused(case, c.SettleAssumption(line=2, outcome="refuted", by=LEAD)) == "not_aanname"


def test_a_question_that_nobody_could_answer_is_answered_later_also_after_the_end() -> None:
    case = opened()
    case.do(line("kennisvraag", "van welke school zijn ze?"))
    case.do(c.ProposeClosing(by=LEAD))
    case.do(c.CloseIncident(by=LEAD))
    case.after(hours=2).do(c.AnswerQuestion(line=1, text="die aan de kade", by=LEAD))
    assert case.incident.log_lines[1].answer == "die aan de kade"
    assert case.incident.log_lines[1].answered_at == case.world.now
    assert refused(case, c.AnswerQuestion(line=1, text="  ", by=LEAD)) == "text_needed"
    assert refused(case, c.AnswerNotice(line=1, text="x", by=LEAD)) == "not_externe_melding"


def test_a_notice_keeps_whom_it_went_to_its_reference_and_its_answer() -> None:
    case = opened()
    case.do(line("externe_melding", recipient="Snapchat", reference="4711", route="gebruikersmelding"))
    case.do(c.AnswerNotice(line=1, text="ze kijken ernaar", by=LEAD))
    known = case.incident.log_lines[1]
    assert (known.recipient, known.reference, known.route) == ("Snapchat", "4711", "gebruikersmelding")
    assert known.answer == "ze kijken ernaar"


def test_a_correction_points_to_the_line_that_it_puts_right_and_both_stay() -> None:
    case = opened()
    case.do(line("feit", "60 jongeren"))
    case.do(line("correctie", "het zijn er 40", about=1))
    assert [(x.text, x.about) for x in case.incident.log_lines.values()] == [
        ("60 jongeren", None), ("het zijn er 40", 1),
    ]  # fmt: skip
    assert refused(case, line("correctie", about=9)) == "no_such_line"


@pytest.mark.parametrize(
    "command",
    [
        c.QualifyLine(line=1, reliability=1, by=by("visser")),
        c.SettleAssumption(line=1, outcome="refuted", by=by("visser")),
        c.AnswerQuestion(line=1, text="x", by=by("visser")),
        c.AnswerNotice(line=1, text="x", by=by("visser")),
    ],
)
def test_only_who_takes_part_says_something_of_a_line(command: c.Command) -> None:
    case = opened()
    case.do(line("aanname"))
    assert refused(case, command) == "not_allowed"
