"""Situation reports: what belongs in which part, when a draft may be recorded, and who is told on coming late."""

from dataclasses import replace

import pytest

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.announce import announce
from bot.domain.erased import ERASED
from bot.domain.ids import PersonId, RoomId
from bot.domain.incident import Incident
from bot.domain.sitreps import PARTS, Part, last_told, number_of, part_of, picture, told_parts
from tests.builders import Case, by, of

LEAD, REPORTER = by("coordinator1"), by("bakker")


def in_the_room() -> Case:
    case = Case()
    case.alarm()
    case.opens_room()
    return case


def refused(case: Case, command: c.Command) -> str:
    with pytest.raises(c.Refused) as wrong:
        case.do(command)
    return wrong.value.code


def draft(case: Case, *parts: tuple[str, str], **change: object) -> c.RecordSitrep:
    made = c.RecordSitrep(
        text="", parts=parts, follows=case.incident.sitreps, drafted_at=case.world.now, by=replace(REPORTER)
    )
    return replace(made, **change)  # type: ignore[arg-type]


def shown(incident: Incident, part: Part) -> list[tuple[int, str | None, int | None]]:
    return [(k.line.number, k.text, k.by) for k in picture(incident).lines[part]]


# --- what belongs where -------------------------------------------------------------------------------------------------


def test_facts_assumptions_and_interpretations_are_kept_apart() -> None:
    case = in_the_room()
    case.do(c.RecordLine(kind="feit", text="40 jongeren", source_kind="politie", by=LEAD))
    case.do(c.RecordLine(kind="feit", text="4.000 keer gezien", source_kind="online", by=LEAD))
    case.do(c.RecordLine(kind="aanname", text="ze gaan naar het plein", by=LEAD))
    case.do(c.RecordLine(kind="duiding", text="vooral nieuwsgierigen", by=LEAD))
    case.do(c.RecordLine(kind="feit", text="het regent", by=LEAD))
    assert shown(case.incident, "fysiek") == [(5, "het regent", None), (1, "40 jongeren", None)]
    assert shown(case.incident, "online") == [(2, "4.000 keer gezien", None)]
    assert [number for number, _, _ in shown(case.incident, "duiding")] == [4, 3]


def test_every_kind_of_line_of_the_situation_has_its_part_and_what_is_for_later_has_none() -> None:
    case = in_the_room()
    where: dict[str, str] = {}
    for kind in (
        "feit", "aanname", "duiding", "besluit", "actie", "communicatie", "externe_melding", "kennisvraag", "bericht",
        "correctie", "privacytoets", "evaluatie",
    ):  # fmt: skip
        case.do(c.RecordLine(kind=kind, text=kind, by=LEAD))
        number = case.incident.lines
        found = [p for p, lines in picture(case.incident).lines.items() if any(k.line.number == number for k in lines)]
        where[kind] = found[0] if found else ""
    assert where == {
        "feit": "fysiek", "aanname": "duiding", "duiding": "duiding", "besluit": "besluiten", "actie": "acties",
        "communicatie": "communicatie", "externe_melding": "online", "kennisvraag": "onzeker", "bericht": "onzeker",
        "correctie": "fysiek", "privacytoets": "", "evaluatie": "",
    }  # fmt: skip


def test_a_line_counts_as_it_was_put_right_last() -> None:
    case = in_the_room()
    case.do(c.RecordLine(kind="feit", text="60 jongeren", by=LEAD))
    case.do(c.ReplaceLine(line=1, text="60 jongeren bij het station", by=LEAD))
    case.do(c.RecordLine(kind="correctie", text="het zijn er 40", about=1, by=LEAD))
    assert shown(case.incident, "fysiek") == [(2, "het zijn er 40", 3)]
    case.do(c.RecordLine(kind="correctie", text="het zijn er 45", about=3, by=LEAD))
    assert shown(case.incident, "fysiek") == [(2, "het zijn er 45", 4)]


@pytest.mark.parametrize("treated", ["vertrouwelijk", "politie_alleen_elders"])
def test_what_not_everybody_may_read_is_not_repeated(treated: str) -> None:
    case = in_the_room()
    case.do(c.RecordLine(kind="feit", text="het adres is bekend", by=LEAD))
    case.do(c.QualifyLine(line=1, confidentiality=treated, by=LEAD))  # type: ignore[arg-type]
    case.do(c.RecordLine(kind="feit", text="dhr. Jansen heeft de sleutel", by=LEAD))
    case.do(c.RecordLine(kind="correctie", text="toch niet bekend", about=1, by=LEAD))
    assert shown(case.incident, "fysiek") == [(2, None, None), (1, None, 3)]


def test_only_decisions_that_stand_and_actions_still_to_be_done() -> None:
    case = in_the_room()
    case.do(c.RecordDecision(text="plein afsluiten", by=REPORTER))
    case.do(c.RecordDecision(text="oproep op Instagram", by=REPORTER))
    case.do(c.WithdrawDecision(decision=1, by=REPORTER))
    case.do(c.GiveAction(text="bel de school", by=REPORTER))
    case.do(c.GiveAction(text="regel hekken", by=REPORTER))
    case.do(c.FinishAction(action=1, by=REPORTER))
    told = picture(case.incident)
    assert [d.number for d in told.decisions] == [2]
    assert [a.number for a in told.actions] == [2]


def test_parts_have_numbers_and_the_head_is_none() -> None:
    assert [number_of(part) for part in PARTS] == list(range(2, 13))
    assert [part_of(n) for n in range(2, 13)] == list(PARTS)
    assert number_of("van later") == 0
    for number in (0, 1, 13):
        with pytest.raises(c.Refused):
            part_of(number)


# --- recording ------------------------------------------------------------------------------------------------------------


def test_a_draft_is_recorded_with_its_parts_and_by_whom_it_was_confirmed() -> None:
    case = in_the_room()
    entries = case.do(draft(case, ("wat", "oproep\n tot  rellen"), ("fysiek", "rustig")))
    recorded = of(e.SitrepRecorded, entries)[0]
    assert (recorded.text, recorded.parts) == ("oproep tot rellen\nrustig", ("wat", "fysiek"))
    report = case.incident.reports[0]
    assert (report.number, report.by, report.at) == (1, "bakker", case.world.now)
    assert told_parts(report.text, report.parts) == (("wat", "oproep tot rellen"), ("fysiek", "rustig"))
    note = of(m.SitrepShown, announce(case.incident, recorded, case.world.now))[0]
    assert note.parts == (("wat", "oproep tot rellen"), ("fysiek", "rustig"))


def test_of_two_drafts_the_second_is_refused_once_the_first_is_a_report() -> None:
    case = in_the_room()
    one, two = draft(case, ("wat", "a")), draft(case, ("wat", "b"), by=LEAD)
    case.do(one)
    assert refused(case, two) == "sitrep_overtaken"
    assert refused(case, one) == "sitrep_overtaken"
    assert case.incident.sitreps == 1


def test_an_old_draft_is_no_picture_of_now() -> None:
    case = in_the_room()
    made = draft(case, ("wat", "a"))
    assert refused(case.after(minutes=61), made) == "sitrep_stale"
    assert of(e.SitrepRecorded, case.do(draft(case, ("wat", "a"))))


def test_a_draft_without_a_word_and_a_stranger_are_refused() -> None:
    case = in_the_room()
    assert refused(case, draft(case)) == "text_needed"
    assert refused(case, draft(case, ("wat", " "))) == "text_needed"
    assert refused(case, draft(case, ("wat", "a"), by=by("visser"))) == "not_allowed"
    case.do(c.ProposeClosing(by=LEAD))
    case.do(c.CloseIncident(by=LEAD))
    assert refused(case, draft(case, ("wat", "a"))) == "incident_closed"


def test_the_last_report_is_the_last_that_says_something() -> None:
    case = in_the_room()
    assert last_told(case.incident) is None
    case.do(c.RecordSitrep(text="rustig", by=REPORTER))
    case.do(c.RecordSitrep(text="", unchanged=True, by=REPORTER))
    found = last_told(case.incident)
    assert found is not None
    assert (found.number, found.text, found.parts) == (1, "rustig", ())
    assert [(r.number, r.unchanged) for r in case.incident.reports] == [(1, False), (2, True)]


def test_what_was_erased_has_no_parts_to_read() -> None:
    assert told_parts(ERASED, ("wat",)) == ()
    assert told_parts("a\nb", ("wat",)) == ()


def test_personal_data_in_a_part_is_noticed_as_anywhere() -> None:
    case = in_the_room()
    entries = case.do(draft(case, ("fysiek", "dhr. Pietersen staat op het plein")))
    assert [(n.about, n.number) for n in of(e.PersonalDataNoticed, entries)] == [("sitrep", 1)]


# --- who comes late -------------------------------------------------------------------------------------------------------


def joins(case: Case, person: str, joined: bool = True) -> list[m.Message]:
    entries = case.do(c.ReportMember(person=PersonId(person), name="main", joined=joined))
    return [said for entry in entries for said in announce(case.incident, entry, case.world.now)]


def test_who_comes_after_ten_minutes_is_told_once_in_private() -> None:
    case = in_the_room()
    case.do(c.RecordDecision(text="plein afsluiten", by=REPORTER))
    case.do(draft(case, ("wat", "oproep tot rellen"), ("fysiek", "rustig")))
    assert not of(m.CatchUp, joins(case.after(minutes=10), "bakker"))
    told = of(m.CatchUp, joins(case.after(seconds=1), "cter1"))
    assert [t.to for t in told] == [m.To("person", "cter1")]
    assert (told[0].decision, told[0].decided) == (1, "plein afsluiten")
    assert (told[0].sitrep, told[0].situation) == (1, "oproep tot rellen")
    assert told[0].room == RoomId("!kamer")
    joins(case, "cter1", joined=False)
    assert not of(m.CatchUp, joins(case.after(minutes=30), "cter1"))


def test_who_was_there_at_the_start_and_went_for_a_while_is_not_told() -> None:
    case = in_the_room()
    joins(case.after(minutes=1), "cter1")
    joins(case.after(minutes=1), "cter1", joined=False)
    assert not of(m.CatchUp, joins(case.after(minutes=30), "cter1"))


def test_being_in_the_room_alone_gives_nothing() -> None:
    case = in_the_room()
    said = joins(case.after(minutes=30), "visser")  # of another municipality, and not called
    assert not of(m.CatchUp, said)
    assert not of(e.PersonJoined, [x for x, _ in case.told])[-1].late


def test_a_closed_incident_tells_nobody_by_itself() -> None:
    case = in_the_room()
    case.do(c.ProposeClosing(by=LEAD))
    case.do(c.CloseIncident(by=LEAD))
    assert not of(m.CatchUp, joins(case.after(minutes=30), "cter1"))


def test_a_room_that_was_made_again_counts_from_the_first() -> None:
    case = in_the_room()
    opened = case.incident.room_opened_at
    case.after(minutes=20).do(c.ReportRoom(name="main", room_id=RoomId("!nieuw")))
    assert case.incident.room_opened_at == opened


def _announced(case: Case, entries: list[e.Entry]) -> list[m.Message]:
    return [told for entry in entries for told in announce(case.incident, entry, case.world.now)]


def test_who_keeps_the_minutes_is_asked_for_the_report_and_who_leads_when_nothing_comes_of_it() -> None:
    case = in_the_room()
    case.answers("coordinator1")
    case.do(c.GiveDuty(duty="verslaglegger", by=REPORTER))
    asked = []
    for _ in range(3):
        due = case.incident.sitrep_due
        assert due is not None
        case.after(seconds=(due - case.world.now).total_seconds())
        (told,) = of(m.SitrepDue, _announced(case, case.tick()))
        asked.append(told.mention)
    assert asked == [("bakker",), ("coordinator1",), ("coordinator1",)]
    case.do(c.PostponeSitrep(minutes=20, by=REPORTER))
    case.after(minutes=20)
    (told,) = of(m.SitrepDue, _announced(case, case.tick()))
    assert told.mention == ("bakker",)


def test_after_three_reminders_nobody_is_asked_for_a_report_until_something_is_recorded() -> None:
    case = in_the_room()
    case.answers("coordinator1")
    asked: list[m.SitrepDue] = []
    for _ in range(3):
        assert case.incident.sitrep_due is not None
        case.after(seconds=(case.incident.sitrep_due - case.world.now).total_seconds())
        asked += of(m.SitrepDue, _announced(case, case.tick()))
    assert [one.last for one in asked] == [False, False, True]
    case.after(hours=3)
    assert not of(m.SitrepDue, _announced(case, case.tick()))
    case.do(c.RecordLine(kind="feit", text="Er komen weer jongeren.", by=REPORTER))
    assert of(m.SitrepDue, _announced(case, case.tick()))
