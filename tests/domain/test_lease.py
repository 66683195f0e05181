"""A yes is a lease: who does not come is asked again and passed over, a shift that ends is handed over, a role can want two."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.announce import announce
from bot.domain.escalation import Lease, Quorum, faster
from bot.domain.ids import PersonId, RoleId
from bot.domain.paging import may_page
from bot.domain.roster import Override
from tests.builders import ALARM, NIGHT, Case, by, of

CYBER, CTER, COORDINATOR = RoleId("expert_cyber"), RoleId("expert_cter"), RoleId("coordinator")


def night(**policy: object) -> Case:
    case = Case(**{"lease": Lease(), **policy})
    case.alarm()
    case.opens_room()
    for person in ("coordinator1", "cter1", "ondermijning1", "zorg1", "politie1", "om1", "communicatie1"):
        case.answers(person)
        case.do(c.ReportMember(person=PersonId(person), name="main", joined=True))
    return case


def said(case: Case, entries: list[e.Entry]) -> list[m.Message]:
    return [x for entry in entries for x in announce(case.incident, entry, case.world.now)]


def test_who_said_yes_and_was_not_seen_is_asked_again_and_then_passed_over() -> None:
    case = night()
    case.answers("cyber1", eta=15)
    assert of(e.AskedAgain, case.after(minutes=24).tick()) == []
    asked = case.after(minutes=1).tick()
    assert [x.person for x in of(e.AskedAgain, asked)] == ["cyber1"]
    assert any(isinstance(x, m.StillComing) for x in said(case, asked))
    lapsed = case.after(minutes=5).tick()
    assert [x.person for x in of(e.AnswerLapsed, lapsed)] == ["cyber1"]
    assert [(x.person, x.why) for x in of(e.PageRequested, lapsed)] == [("cyber2", "lapsed")]
    case.answers("cyber1")  # and may still come
    assert case.incident.calls[CYBER].by == "cyber1"


def test_who_is_asked_again_hears_it_over_the_telephone_too() -> None:
    case = Case(lease=Lease())
    case.world = replace(case.world, reachable={PersonId("cyber1"): frozenset(("sms", "voice"))})
    case.alarm()
    case.opens_room()
    case.after(seconds=60).tick()
    case.after(seconds=60).tick()
    case.answers("cyber1", eta=15)
    asked = case.after(minutes=25).tick()
    again = [x for x in said(case, asked) if isinstance(x, m.ChannelPage) and x.person == "cyber1"]
    assert [(x.channel, x.attempt) for x in again] == [("sms", 2), ("voice", 2)]
    page = case.page("cyber1").page
    assert may_page(case.incident, page)
    case.answers("cyber1")
    assert not may_page(case.incident, page)


def test_a_sign_of_life_keeps_the_role() -> None:
    case = night()
    case.answers("cyber1", eta=15)
    case.after(minutes=26).tick()
    assert [type(x) for x in case.answers("cyber1")] == [e.SignOfLife]
    assert of(e.AnswerLapsed, case.after(hours=1).tick()) == []


def test_a_new_time_counts_from_when_it_was_given() -> None:
    case = night()
    case.answers("cyber1", eta=15)
    case.after(minutes=20)
    case.answers("cyber1", eta=30)
    assert of(e.AskedAgain, case.after(minutes=39).tick()) == []
    assert of(e.AskedAgain, case.after(minutes=1).tick())


def test_who_was_asked_again_and_then_joined_is_thanked_for_a_yes() -> None:
    case = night()
    case.answers("cyber1", eta=15)
    case.after(minutes=26).tick()
    case.do(c.ReportMember(person=PersonId("cyber1"), name="main", joined=True))
    thanked = case.answers("cyber1")
    assert [type(x) for x in thanked] == [e.SignOfLife]
    assert any(isinstance(x, m.AckConfirmed) for x in said(case, thanked))
    assert of(e.AnswerLapsed, case.after(hours=1).tick()) == []


def test_in_compressed_time_who_does_not_come_is_missed_that_much_sooner() -> None:
    case = night(lease=faster(Case(lease=Lease()).world.reference.contacts.policy, 60).lease)
    case.answers("cyber1")
    assert of(e.AskedAgain, case.after(seconds=39).tick()) == []
    assert of(e.AskedAgain, case.after(seconds=1).tick())
    assert of(e.AnswerLapsed, case.after(seconds=5).tick())


def test_who_is_in_the_room_is_asked_nothing() -> None:
    case = night()
    case.answers("cyber1")
    case.do(c.ReportMember(person=PersonId("cyber1"), name="main", joined=True))
    assert of(e.AskedAgain, case.after(hours=2).tick()) == []


def test_who_came_and_left_the_room_hours_later_keeps_the_role() -> None:
    case = night()
    case.answers("cyber1")
    case.do(c.ReportMember(person=PersonId("cyber1"), name="main", joined=True))
    case.after(hours=2).do(c.ReportMember(person=PersonId("cyber1"), name="main", joined=False))
    assert of(e.AskedAgain, case.tick()) == []
    assert case.incident.calls[CYBER].by == "cyber1"


def test_without_a_room_nobody_can_be_missed_in_it() -> None:
    case = Case(lease=Lease())
    case.alarm()
    case.answers("cyber1")
    assert of(e.AskedAgain, case.after(hours=2).tick()) == []


def ends_at(case: Case, minutes: int, role: RoleId, now: str, then: str) -> None:
    end = case.world.wall + timedelta(minutes=minutes)
    spans = (
        Override(role, "eerste", PersonId(now), NIGHT - timedelta(hours=1), end),
        Override(role, "eerste", PersonId(then), end, end + timedelta(hours=8)),
    )
    case.world = replace(case.world, overrides=spans)


def handed() -> Case:
    case = Case(lease=Lease())
    ends_at(case, 60, CYBER, "cyber1", "cyber2")
    case.alarm()
    case.opens_room()
    case.answers("cyber1")
    case.do(c.ReportMember(person=PersonId("cyber1"), name="main", joined=True))
    return case


def test_at_the_end_of_a_shift_the_role_is_offered_and_the_first_stays_until_the_other_says_yes() -> None:
    case = handed()
    assert of(e.HandoverOffered, case.after(minutes=59).tick()) == []
    offered = case.after(minutes=1).tick()
    assert [(x.holder, x.successor) for x in of(e.HandoverOffered, offered)] == [("cyber1", "cyber2")]
    assert case.incident.calls[CYBER].by == "cyber1"
    asked = next(x for x in said(case, offered) if isinstance(x, m.HandoverAsked))
    assert asked.to == m.To("person", "cyber2")
    case.do(c.AcceptHandover(by=by("cyber2", "clear")))
    assert case.incident.calls[CYBER].by == "cyber2"
    assert of(e.HandoverOffered, case.after(hours=4).tick()) == []


def test_not_yet_asks_again_later_and_after_three_offers_operators_must_help() -> None:
    case = handed()
    case.after(minutes=60).tick()
    case.do(c.PutOffHandover(by=by("cyber2", "clear")))
    assert of(e.HandoverOffered, case.after(minutes=14).tick()) == []
    second = case.after(minutes=1).tick()
    assert of(e.HandoverOffered, second)
    assert "handover_unanswered" in [x.code for x in said(case, second) if isinstance(x, m.ManagementNote)]
    assert of(e.HandoverOffered, case.after(minutes=15).tick())
    assert of(e.HandoverOffered, case.after(hours=3).tick()) == []


def test_only_whom_it_was_offered_to_takes_the_role() -> None:
    case = handed()
    case.after(minutes=60).tick()
    for who in ("cyber1", "cter1", "bakker"):
        with pytest.raises(c.Refused):
            case.do(c.AcceptHandover(by=by(who)))


def test_a_roster_that_changed_meanwhile_moves_the_end_of_the_shift() -> None:
    case = handed()
    ends_at(case, 180, CYBER, "cyber1", "cyber2")
    entries = case.after(minutes=61).tick()
    assert of(e.HandoverOffered, entries) == []
    assert of(e.ShiftEndNoted, entries)
    assert of(e.HandoverOffered, case.after(minutes=120).tick())


def test_two_are_called_where_two_are_wanted_and_one_yes_is_not_enough() -> None:
    case = Case(quorum=(Quorum(CTER, 2),))
    entries = case.alarm()
    assert [x.person for x in of(e.PageRequested, entries) if CTER in x.roles] == ["cter1", "cter2"]
    case.answers("cter1")
    assert case.incident.calls[CTER].state == "calling"
    assert case.incident.pages[case.page("cter2").page].state == "open"
    case.answers("cter2")
    assert (case.incident.calls[CTER].state, case.incident.calls[CTER].holders) == ("answered", ("cter1", "cter2"))


def test_when_one_of_two_cannot_the_next_is_called_and_then_the_list_is_exhausted() -> None:
    case = Case(quorum=(Quorum(CTER, 2),))
    case.alarm()
    case.answers("cter1")
    assert [x.person for x in of(e.PageRequested, case.declines("cter2"))] == ["coordinator1"]
    gone = case.declines("coordinator1")
    assert CTER in [x.role for x in of(e.EscalationExhausted, gone)]


def test_when_the_last_who_was_asked_says_no_before_the_other_yes_it_is_still_said_that_one_is_missing() -> None:
    case = Case(quorum=(Quorum(CTER, 2),))
    case.alarm()
    case.declines("cter2")
    assert not of(e.EscalationExhausted, case.declines("coordinator1"))
    assert [x.role for x in of(e.EscalationExhausted, case.answers("cter1"))] == [CTER]


def test_of_two_who_are_wanted_the_second_is_called_when_only_one_was_called_by_name() -> None:
    case = Case(quorum=(Quorum(CTER, 2),), brigade=())
    case.alarm("Waterbrug: iets vreemds op straat")
    case.do(c.CallPerson(person=PersonId("cter2"), role=CTER, by=by("coordinator1")))
    assert [x.person for x in of(e.PageRequested, case.answers("cter2"))] == ["cter1"]


def test_calling_by_name_by_layer_and_without_waiting() -> None:
    case = Case()
    case.alarm()
    case.answers("cyber1")
    by_name = case.do(c.CallPerson(person=PersonId("cyber2"), by=by("bakker")))
    assert [(x.person, x.why) for x in of(e.PageRequested, by_name)] == [("cyber2", "by_hand")]
    assert case.incident.calls[CYBER].state == "answered"  # who came stays
    assert case.incident.pages[case.page("cyber2").page].extra
    with pytest.raises(c.Refused, match="person_already_called"):
        case.do(c.CallRole(role=CYBER, layer="reserve", by=by("bakker")))
    moved = case.do(c.Escalate(role=CTER, by=by("coordinator1")))
    assert [(x.person, x.why) for x in of(e.PageRequested, moved)] == [("cter2", "escalated")]


def test_a_stale_click_escalates_nothing() -> None:
    case = Case()
    case.alarm()
    stale = case.page("om1").page
    case.after(minutes=5).tick()
    with pytest.raises(c.Refused, match="nothing_to_escalate"):
        case.do(c.Escalate(page=stale, by=by("coordinator1", "clear")))


def test_escalating_works_after_the_wall_clock_was_set_back_an_hour() -> None:
    """The homeserver then tells a time before the page was made, as our own clock counts."""
    case = Case()
    case.alarm()
    case.after(minutes=2)
    case.world = replace(case.world, wall=case.world.wall - timedelta(hours=1))
    order = c.Escalate(role=CTER, by=replace(by("coordinator1"), said_at=case.world.wall))
    assert [x.person for x in of(e.PageRequested, case.do(order))] == ["cter2"]


def test_numbers_are_shown_to_a_coordinator_and_recorded() -> None:
    case = Case(duty_number="085-0000000")
    case.alarm()
    for who in ("bakker", "cyber1"):
        with pytest.raises(c.Refused, match="not_allowed"):
            case.do(c.ShowNumbers(by=by(who)))
    entries = case.do(c.ShowNumbers(by=by("coordinator1")))
    shown = next(x for x in said(case, entries) if isinstance(x, m.Numbers))
    assert of(e.NumbersShown, entries)[0].persons == shown.persons
    assert (shown.to, shown.duty_number) == (m.To("person", "coordinator1"), "085-0000000")
    assert "bakker" not in shown.persons


def test_the_number_of_a_reporter_who_called_is_shown_first() -> None:
    case = Case()
    case.do(c.RaiseAlarm(text=ALARM, by=replace(by("bakker", "clear"), via="voice")))
    entries = case.do(c.ShowNumbers(by=by("coordinator1")))
    assert of(e.NumbersShown, entries)[0].persons[0] == "bakker"


def test_the_card_counts_heads() -> None:
    case = night()
    case.answers("cyber1", eta=15)
    card = next(x.card for x in said(case, [case.told[-1][0]]) if isinstance(x, m.CardChanged))
    assert (card.asked, card.coming, card.under_way, card.unreachable) == (8, 7, 1, 0)
    assert card.arrival == case.world.now + timedelta(minutes=15)


def test_an_absence_of_the_bot_is_said_in_the_room() -> None:
    case = night()
    entries = case.do(c.ReportAway(seconds=240))
    assert [x.seconds for x in said(case, entries) if isinstance(x, m.AwayNote)] == [240]
