"""The closed circle: named people go on in confidence, and nothing of it is said, shown or counted anywhere else."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.announce import announce, card
from bot.domain.attachment import SharedFile
from bot.domain.circle import is_open, open_part
from bot.domain.ids import EventId, PersonId, RoleId, RoomId
from bot.domain.origin import Origin
from tests.builders import RIOT, Case, by, of

CYBER, CTER = PersonId("cyber1"), PersonId("cter1")
CYBER_ROLE = RoleId("expert_cyber")
SECRET = "de bron zit in eigen huis"


def inside(person: str) -> Origin:
    return replace(by(person), room="closed_circle", confidentiality="vertrouwelijk")


def said(case: Case, entries: list[e.Entry]) -> list[m.Message]:
    return [one for entry in entries for one in announce(case.incident, entry, case.world.now)]


def formed() -> Case:
    """Bakker and cter1 go on alone; the main room is there and so is theirs."""
    case = Case()
    case.alarm()
    case.answers("coordinator1")
    case.answers("cyber1")
    case.answers("cter1")
    case.opens_room()
    case.do(c.FormCircle(persons=(CTER,), reason="eigen mensen", by=by("bakker")))
    case.do(c.ReportRoom(name="closed_circle", room_id=RoomId("!kring")))
    return case


def test_who_says_so_and_who_is_named_form_it_in_a_room_of_their_own() -> None:
    case = Case()
    case.alarm()
    case.opens_room()
    entries = case.do(c.FormCircle(persons=(CTER, CTER), reason=" eigen mensen ", by=by("bakker")))
    (circle,) = of(e.CircleFormed, entries)
    assert (circle.persons, circle.reason) == (("bakker", "cter1"), "eigen mensen")
    heard = said(case, entries)
    (room,) = of(m.MakeRoom, heard)
    assert (room.name, room.to.name) == ("closed_circle", "closed_circle")
    assert [(one.what, one.to.name) for one in of(m.CircleTold, heard)] == [("forming", "bakker")]
    opened = said(case, case.do(c.ReportRoom(name="closed_circle", room_id=RoomId("!kring"))))
    assert [(one.person, one.to.name) for one in of(m.Invite, opened)] == [
        ("bakker", "closed_circle"), ("cter1", "closed_circle"),
    ]  # fmt: skip
    assert [one.to.name for one in of(m.CircleTold, opened)] == ["bakker", "cter1"]
    assert case.incident.rooms == {"main": "!kamer", "closed_circle": "!kring"}
    assert all(one.to.name != "main" for one in opened)


def test_what_is_recorded_there_is_echoed_there_and_nowhere_else() -> None:
    case = formed()
    line = case.do(c.RecordLine(kind="feit", text=SECRET, by=inside("cter1")))
    decided = case.do(c.RecordDecision(text="wij zwijgen hierover", by=inside("bakker")))
    heard = said(case, [*line, *decided])
    assert [(type(one), one.to.name) for one in heard] == [
        (m.LineNote, "closed_circle"), (m.DecisionShown, "closed_circle"),
    ]  # fmt: skip
    assert all(entry.origin.confidentiality == "vertrouwelijk" for entry in (*line, *decided))
    assert not any(is_open(entry) for entry in (*line, *decided))


def test_nobody_else_reads_it_in_any_view_nor_who_is_in_it() -> None:
    case = formed()
    case.do(c.RecordLine(kind="feit", text="open en bloot", by=by("cyber1")))
    case.do(c.RecordLine(kind="feit", text=SECRET, by=inside("cter1")))
    case.do(c.RecordDecision(text=SECRET, by=inside("bakker")))
    case.do(c.WidenCircle(persons=(PersonId("visser"),), by=inside("bakker")))
    shown = open_part(case.incident)
    assert [line.text for line in shown.log_lines.values()] == ["open en bloot"]
    assert shown.decisions == ()
    assert shown.circle == ()
    assert "closed_circle" not in shown.rooms
    # visser plays no other part here, so that she is known at all is for the circle
    assert "visser" not in shown.people
    assert {"bakker", "cter1"} <= set(shown.people)
    assert card(case.incident).decisions == 0
    told = [entry for entry, _ in case.told if not is_open(entry)]
    assert {type(x) for x in told} == {
        e.CircleFormed, e.RoomOpened, e.LineRecorded, e.DecisionRecorded, e.PersonSeen, e.CircleWidened,
    }  # fmt: skip


def test_before_there_is_a_circle_everything_is_open() -> None:
    case = Case()
    case.alarm()
    assert open_part(case.incident) is case.incident


def test_only_the_circle_speaks_in_its_room_and_only_lines_and_decisions_are_recorded_there() -> None:
    case = formed()
    with pytest.raises(c.Refused, match="not_allowed"):
        case.do(c.RecordLine(kind="feit", text="ik ook", by=inside("cyber1")))
    for command in (
        c.GiveAction(text="bel", by=inside("bakker")),
        c.FinishStep(by=inside("bakker")),
        c.RecordSitrep(text="stand", by=inside("bakker")),
        c.TakeDecision(point="B1", option=1, by=inside("bakker")),
        c.ProposeClosing(by=inside("bakker")),
    ):
        with pytest.raises(c.Refused, match="not_in_circle"):
            case.do(command)


def test_a_thing_is_dealt_with_where_it_was_recorded() -> None:
    case = formed()
    case.do(c.RecordLine(kind="aanname", text="open en bloot", by=by("bakker")))
    case.do(c.RecordLine(kind="aanname", text=SECRET, by=inside("bakker")))
    case.do(c.RecordDecision(text=SECRET, by=inside("bakker")))
    out = c.SettleAssumption(line=2, outcome="refuted", by=by("bakker"))
    with pytest.raises(c.Refused, match="of_circle"):
        case.do(out)
    with pytest.raises(c.Refused, match="not_for_you"):
        case.do(replace(out, by=by("cyber1")))
    with pytest.raises(c.Refused, match="not_of_circle"):
        case.do(c.SettleAssumption(line=1, outcome="refuted", by=inside("bakker")))
    with pytest.raises(c.Refused, match="of_circle"):
        case.do(c.ExplainDecision(reason="want", by=by("bakker")))
    case.do(replace(out, by=inside("bakker")))
    case.do(c.ExplainDecision(reason="want", by=inside("cter1")))
    with pytest.raises(c.Refused, match="no_such_line"):
        case.do(c.SettleAssumption(line=9, outcome="refuted", by=inside("bakker")))


def test_no_file_is_kept_there() -> None:
    file = SharedFile("foto.jpg", "image/jpeg", 9, "mxc://iog.example/foto", "a" * 43, "sleutel", "begin")
    with pytest.raises(c.Refused, match="no_file_in_circle"):
        formed().do(
            c.RecordLine(kind="bericht", text="foto", source=EventId("$2"), author=CTER, file=file, by=inside("bakker"))
        )


def test_an_edit_of_what_stands_in_the_closed_log_is_told_there_only() -> None:
    case = formed()
    source = EventId("$1")
    case.do(c.RecordLine(kind="feit", text=SECRET, by=replace(inside("bakker"), cause=source)))
    entries = case.do(c.EditSource(source=source, text=f"{SECRET}!", by=inside("bakker")))
    # its writer hears in private that the first wording stays
    assert {one.to.name for one in said(case, entries)} == {"closed_circle", "bakker"}


def test_the_circle_grows_and_shrinks_by_its_own_people_only() -> None:
    case = formed()
    with pytest.raises(c.Refused, match="not_allowed"):
        case.do(c.WidenCircle(persons=(CYBER,), by=by("coordinator1")))
    entries = case.do(c.WidenCircle(persons=(CYBER, CTER), by=by("cter1")))
    assert of(e.CircleWidened, entries)[0].persons == (CYBER,)
    heard = said(case, entries)
    assert [(one.person, one.to.name) for one in of(m.Invite, heard)] == [("cyber1", "closed_circle")]
    assert {one.to.name for one in heard} == {"closed_circle", "cyber1"}
    with pytest.raises(c.Refused, match="already_in_circle"):
        case.do(c.WidenCircle(persons=(CYBER,), by=inside("bakker")))
    heard = said(case, case.do(c.NarrowCircle(persons=(CTER,), by=inside("bakker"))))
    assert [(one.person, one.to.name) for one in of(m.Remove, heard)] == [("cter1", "closed_circle")]
    assert [(one.what, one.to.name) for one in of(m.CircleTold, heard)] == [("left", "cter1")]
    with pytest.raises(c.Refused, match="not_allowed"):
        case.do(c.RecordLine(kind="feit", text="ik nog", by=inside("cter1")))
    with pytest.raises(c.Refused, match="not_in_this_circle"):
        case.do(c.NarrowCircle(persons=(CTER,), by=inside("bakker")))
    with pytest.raises(c.Refused, match="circle_of_nobody"):
        case.do(c.NarrowCircle(persons=(PersonId("bakker"), CYBER), by=inside("bakker")))


def test_there_is_one_circle_and_it_takes_a_part_in_the_incident_to_form_it() -> None:
    case = formed()
    with pytest.raises(c.Refused, match="circle_exists"):
        case.do(c.FormCircle(by=by("coordinator1")))
    with pytest.raises(c.Refused, match="not_allowed"):
        case.do(c.FormCircle(by=by("visser")))
    with pytest.raises(c.Refused, match="needs_proof"):
        case.do(c.FormCircle(by=by("coordinator1", "decrypted")))


def test_who_reads_along_without_belonging_to_it_is_told_to_the_circle() -> None:
    case = formed()
    joined = case.do(c.ReportMember(person=CTER, name="closed_circle", joined=True, by=inside("cter1")))
    assert said(case, joined) == []
    entries = case.do(c.ReportMember(person=CYBER, name="closed_circle", joined=True, by=inside("cyber1")))
    (stranger,) = of(m.CircleShown, said(case, entries))
    assert (stranger.what, stranger.names, stranger.to.name) == ("stranger", ("Cyber1",), "closed_circle")
    # being there is no being in the room of the incident
    assert case.incident.members == frozenset()
    case.do(c.ReportMember(person=CYBER, name="closed_circle", joined=False, by=inside("cyber1")))
    assert case.incident.circle_present == {CTER}


def test_closing_and_reopening_are_for_both_rooms() -> None:
    case = formed()
    case.do(c.ProposeClosing(by=by("bakker")))
    closed = said(case, case.do(c.CloseIncident(by=by("bakker"))))
    assert [(one.locked, one.to.name) for one in of(m.LockRoom, closed)] == [(True, "main"), (True, "closed_circle")]
    # aftercare goes on in both
    case.do(c.RecordLine(kind="evaluatie", text=SECRET, by=inside("bakker")))
    opened = said(case, case.do(c.ReopenIncident(by=by("bakker"))))
    assert [(one.locked, one.to.name) for one in of(m.LockRoom, opened)] == [(False, "main"), (False, "closed_circle")]


@pytest.mark.parametrize(
    "command",
    [
        c.NoteImprovement(text=SECRET, by=inside("bakker")),
        c.PlanEvaluation(at=datetime(2026, 12, 1, 9, tzinfo=UTC), by=inside("bakker")),
    ],
)
def test_nothing_said_in_the_circle_becomes_a_point_or_a_date_for_everybody(command: c.Command) -> None:
    case = formed()
    with pytest.raises(c.Refused, match="not_in_circle"):
        case.do(command)
    entries = case.do(c.RecordLine(kind="evaluatie", text=SECRET, by=inside("bakker")))
    assert {message.to.name for message in said(case, entries)} <= {"closed_circle"}
    assert case.incident.after.improvements == ()


def test_what_is_open_in_the_circle_holds_up_no_closing_and_is_not_counted_out_loud() -> None:
    case = formed()
    case.do(c.RecordLine(kind="aanname", text=SECRET, by=inside("cter1")))
    case.do(c.RecordDecision(text="wij zwijgen hierover", by=inside("bakker")))
    case.do(c.RecordLine(kind="aanname", text="het plein vult zich", by=by("bakker")))
    (asked,) = of(m.ClosingAsked, said(case, case.do(c.ProposeClosing(by=by("bakker")))))
    assert (asked.open_lines, asked.open_decisions) == ((2,), ())
    offered = e.HandoverOffered(role=CYBER_ROLE, holder=CYBER, successor=PersonId("cyber2"))
    (handed,) = of(m.HandoverAsked, said(case, [replace(offered, origin=by("bot"))]))
    assert handed.last_decision is None


def test_the_reminder_of_a_situation_report_counts_what_the_room_decided_and_what_holds() -> None:
    case = formed()
    case.do(c.RecordDecision(text="wij zwijgen hierover", by=inside("bakker")))
    case.do(c.RecordDecision(text="wij gaan naar het station", by=by("bakker")))
    case.do(c.RecordDecision(text="wij bellen de school", by=by("bakker")))
    case.do(c.WithdrawDecision(decision=3, reason="al gebeld", by=by("bakker")))
    (due,) = of(m.SitrepDue, said(case, [replace(e.SitrepReminded(sitrep=1), origin=by("bot"))]))
    assert due.decisions == 1


def test_a_room_that_is_lost_or_could_not_be_made_leaves_the_main_one_as_it_is() -> None:
    case = formed()
    case.do(c.ReportRoomLost(name="closed_circle", why="removed"))
    assert case.incident.lost_rooms == {"closed_circle"}
    assert case.incident.rooms["main"] == "!kamer"


def test_the_bot_proposes_it_to_the_coordinator_where_the_playbook_asks_for_few_people() -> None:
    case = Case()
    known = case.world.reference
    book = replace(RIOT, closed_circle=True)
    case.world = replace(case.world, reference=replace(known, playbooks={**known.playbooks, book.id: book}))
    case.alarm()
    (proposed,) = of(m.CircleProposed, said(case, case.answers("coordinator1")))
    assert proposed.to.name == "coordinator1"
    assert of(m.CircleProposed, said(case, case.answers("cyber1"))) == []
    case.do(c.FormCircle(by=by("coordinator1")))
    assert case.incident.circle == ("coordinator1",)


def test_a_reason_that_everybody_reads_does_not_point_into_the_circle() -> None:
    case = formed()
    case.do(c.RecordLine(kind="feit", text="40 jongeren", by=by("bakker")))
    case.do(c.RecordLine(kind="feit", text=SECRET, by=inside("cter1")))
    case.do(c.TakeDecision(point="B1", option=1, by=by("coordinator1")))
    before = case.incident
    for text in ("1, 2", "zie regel 2", "zie de regels 1 en 2"):
        for person, code in (("coordinator1", "no_such_line"), ("bakker", "reason_of_circle")):
            for command in (
                c.GiveReason(decision=1, reason="feiten", text=text, by=by(person)),
                c.GiveReason(decision=1, reason="feiten", text=f"{text} ook", applies=False, by=by(person)),
                c.ExplainDecision(decision=1, reason=text, by=by(person)),
            ):
                if text == "1, 2" and not (isinstance(command, c.GiveReason) and command.applies):
                    continue  # only the facts are asked for by number
                with pytest.raises(c.Refused, match=code):
                    case.do(command)
    assert case.incident is before
    assert of(e.ReasonGiven, case.do(c.GiveReason(decision=1, reason="feiten", text="1", by=by("bakker"))))


def test_a_decision_that_everybody_reads_does_not_point_into_the_circle() -> None:
    case = formed()
    case.do(c.RecordLine(kind="feit", text="40 jongeren", by=by("bakker")))
    case.do(c.RecordLine(kind="feit", text=SECRET, by=inside("cter1")))
    case.do(c.RecordDecision(text="iedereen naar huis", by=by("bakker")))
    before = case.incident
    for text in ("we wachten, zie regel 2", "om de regels 1 en 2"):
        for command in (
            c.RecordDecision(text=text, by=by("bakker")),
            c.ChangeDecision(decision=1, text=text, by=by("bakker")),
            c.WithdrawDecision(decision=1, reason=text, by=by("bakker")),
            c.TakeDecision(point="B1", option=1, remark=text, by=by("bakker")),
        ):
            with pytest.raises(c.Refused, match="reason_of_circle"):
                case.do(command)
    assert case.incident is before
    # of who does not know it a number says nothing, and a refusal would
    told = case.do(c.RecordDecision(text="geen tram op regel 2", by=by("coordinator1")))
    assert of(e.DecisionRecorded, told)
    case.do(c.RecordDecision(text="we wachten, zie regel 1", by=by("bakker")))
    within = case.do(c.RecordDecision(text="we wachten, zie regel 2", by=inside("bakker")))
    assert of(e.DecisionRecorded, within)
    shown = open_part(case.incident)
    assert SECRET not in repr(shown)
    assert [one.text for one in shown.decisions][-1] == "we wachten, zie regel 1"
