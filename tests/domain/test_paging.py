"""Calling people, told as nights: given what happened, when this is said or time goes by, then these entries."""

from dataclasses import replace

import pytest

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.announce import announce
from bot.domain.ids import PersonId, RoleId
from bot.domain.incident import evolve
from bot.domain.ladder import Channel
from bot.domain.timers import next_due
from bot.domain.world import Recent
from tests.builders import EXPERTS, LIAISONS, Case, by, of


def test_a_named_phenomenon_calls_everybody_at_once() -> None:
    entries = Case().alarm()
    paged = {p.person for p in of(e.PageRequested, entries)}
    assert paged == {"coordinator1", "cyber1", "cter1", "ondermijning1", "zorg1", "politie1", "om1", "communicatie1"}
    assert of(e.BrigadeCalled, entries)[0].why == "named"


def test_a_proposed_phenomenon_calls_the_coordinator_now_and_the_others_after_the_grace() -> None:
    case = Case()
    first = case.alarm("ze willen vanavond rellen bij het station")
    assert [p.person for p in of(e.PageRequested, first)] == ["coordinator1"]
    assert case.after(seconds=29).tick() == []
    assert len(of(e.PageRequested, case.after(seconds=1).tick())) == len(EXPERTS) + len(LIAISONS)


def test_danger_to_life_waits_for_nothing() -> None:
    entries = Case().alarm("er wordt geschoten bij het station")
    raised = of(e.AlarmRaised, entries)[0]
    assert raised.danger
    assert {r for p in of(e.PageRequested, entries) for r in p.roles} >= set(EXPERTS)


def test_an_alarm_without_a_word_still_calls_the_coordinator() -> None:
    case = Case()
    assert [p.person for p in of(e.PageRequested, case.alarm(""))] == ["coordinator1"]
    assert case.incident.awaiting == ()


def test_the_reporter_can_stop_or_correct_the_call_before_it_is_made() -> None:
    case = Case()
    case.alarm("ze willen rellen")
    case.do(c.CorrectCall(roles=(RoleId("expert_zorg"),), by=by("bakker")))
    assert [p.person for p in of(e.PageRequested, case.after(seconds=30).tick())] == ["zorg1"]
    other = Case()
    other.alarm("ze willen rellen")
    other.do(c.StopCall(by=by("bakker")))
    assert of(e.PageRequested, other.after(minutes=1).tick()) == []


def test_silence_is_paged_again_and_then_escalates_to_the_reserve_and_then_the_coordinator() -> None:
    case = Case()
    case.alarm()
    case.answers("coordinator1")
    repeated = {r.page for r in of(e.PageRepeated, case.after(minutes=1).tick())}
    assert repeated == {f"p{n}" for n in range(2, 9)}
    later = case.after(minutes=4).tick()
    assert {u.page for u in of(e.PageUnanswered, later)} == {f"p{n}" for n in range(2, 9)}
    assert "cyber2" in {p.person for p in of(e.PageRequested, later)}
    coordinator = [p for p in of(e.PageRequested, case.after(minutes=5).tick()) if p.person == "coordinator1"]
    assert coordinator
    assert RoleId("expert_cyber") in coordinator[0].roles


def test_no_goes_on_at_once() -> None:
    case = Case()
    case.alarm()
    assert [p.person for p in of(e.PageRequested, case.declines("cyber1"))] == ["cyber2"]


def test_an_undeliverable_page_goes_on_at_once() -> None:
    case = Case()
    case.alarm()
    page = case.page("cyber1").page
    failed = c.ReportDelivery(page=page, attempt=1, channel="matrix", outcome="undeliverable", reason="no_room")
    assert [p.person for p in of(e.PageRequested, case.do(failed))] == ["cyber2"]


def test_one_person_for_two_roles_gets_one_page_that_names_both() -> None:
    case = Case()
    case.alarm()
    case.answers("coordinator1")
    case.after(minutes=5).tick()
    pages = [p for p in of(e.PageRequested, case.after(minutes=5).tick()) if p.person == "coordinator1"]
    assert [set(p.roles) for p in pages] == [{*EXPERTS, *LIAISONS}]


def test_an_answer_after_the_reserve_was_called_ends_the_call_and_withdraws_the_reserve() -> None:
    case = Case()
    case.alarm()
    case.after(minutes=5).tick()
    entries = case.answers("cyber1")
    assert of(e.Acknowledged, entries)[0].late
    assert case.page("cyber2").page in {w.page for w in of(e.PageWithdrawn, entries)}
    assert case.incident.calls[RoleId("expert_cyber")].by == "cyber1"


def test_a_late_answer_is_welcome_and_takes_nothing_away() -> None:
    case = Case()
    case.alarm()
    case.after(minutes=5).tick()
    case.answers("cyber2")
    entries = case.answers("cyber1")
    assert of(e.Acknowledged, entries)[0].late
    assert case.incident.calls[RoleId("expert_cyber")].by == "cyber2"
    said = announce(case.incident, entries[0], case.world.now)
    assert of(m.LateAnswer, said)[0].taken_by == "Cyber2"


def test_an_exhausted_list_is_told_to_the_coordinator_who_can_take_over() -> None:
    case = Case()
    case.alarm()
    case.answers("coordinator1")
    for _ in range(3):
        case.after(minutes=5).tick()
    assert case.incident.calls[RoleId("expert_cyber")].state == "exhausted"
    case.do(c.TakeOver(by=by("coordinator1")))
    assert case.incident.calls[RoleId("expert_cyber")].by == "coordinator1"


def test_when_the_coordinators_are_silent_the_regions_fallback_is_called() -> None:
    case = Case()
    case.alarm("")
    case.declines("coordinator1")
    assert [p.person for p in of(e.PageRequested, case.declines("coordinator2"))] == ["achtervang"]
    assert of(e.EscalationExhausted, case.declines("achtervang"))


def test_an_empty_step_is_said_and_skipped_in_the_same_tick() -> None:
    case = Case()
    case.alarm()
    case.declines("coordinator1")
    assert not of(e.EscalationStepEmpty, case.declines("coordinator2"))
    other = Case()
    contacts = other.world.reference.contacts
    rotations = tuple(r for r in contacts.rotations if not (r.role == "expert_cyber" and r.layer == "eerste"))
    reference = replace(other.world.reference, contacts=replace(contacts, rotations=rotations))
    other.world = replace(other.world, reference=reference)
    raised = other.alarm()
    assert of(e.EscalationStepEmpty, raised)[0].role == "expert_cyber"
    assert "cyber2" in {p.person for p in of(e.PageRequested, raised)}


def test_an_answer_can_be_taken_back_within_a_minute() -> None:
    case = Case()
    case.alarm()
    case.answers("cyber1")
    page = case.page("cyber1").page
    case.after(seconds=30).do(c.UndoAnswer(page=page, by=by("cyber1", "clear")))
    assert case.incident.calls[RoleId("expert_cyber")].state == "calling"
    assert page in {u.page for u in of(e.PageUnanswered, case.after(minutes=5).tick())}


@pytest.mark.parametrize("sender", ["cyber2", "bakker", "vreemde"])
def test_nobody_answers_for_somebody_else(sender: str) -> None:
    case = Case()
    case.alarm()
    with pytest.raises(c.Refused):
        case.do(c.Acknowledge(page=case.page("cyber1").page, answer_by="text", by=by(sender)))


def test_a_minute_count_after_yes_is_kept_as_an_eta() -> None:
    case = Case()
    case.alarm()
    case.answers("cyber1")
    assert of(e.EtaGiven, case.answers("cyber1", eta=15))[0].eta_minutes == 15


def test_a_look_alike_alarm_says_so_and_still_calls_the_coordinator() -> None:
    case = Case()
    recent = Recent("2026-013", case.world.reference.contacts.municipalities[0].id, "F01", case.world.now)
    case.world = replace(case.world, recent=(recent,))
    entries = case.alarm("ze willen rellen")
    assert of(e.AlarmRaised, entries)[0].similar_to == "2026-013"
    assert [p.person for p in of(e.PageRequested, entries)] == ["coordinator1"]
    case.do(c.JoinSimilar(by=by("bakker")))
    assert case.incident.state == "closed"
    assert case.incident.pages[case.page("coordinator1").page].state == "withdrawn"


def test_reopening_calls_on_whoever_was_still_being_called() -> None:
    case = Case()
    case.alarm()
    case.do(c.ProposeClosing(by=by("coordinator1")))
    case.do(c.CloseIncident(by=by("coordinator1")))
    assert case.incident.state == "closed"
    entries = case.after(hours=1).do(c.ReopenIncident(by=by("bakker")))
    assert {p.person for p in of(e.PageRequested, entries)} >= {PersonId("cyber1"), PersonId("coordinator1")}


def test_correcting_the_call_to_somebody_who_is_already_called_is_refused_and_the_grace_goes_on() -> None:
    case = Case()
    case.alarm("ze willen rellen")
    with pytest.raises(c.Refused):
        case.do(c.CorrectCall(roles=(RoleId("coordinator"),), by=by("bakker")))
    assert len(of(e.PageRequested, case.after(seconds=30).tick())) == 7


def test_a_yes_taken_back_after_the_reserve_was_withdrawn_calls_the_reserve_again() -> None:
    case = Case()
    case.alarm()
    case.after(minutes=5).tick()
    case.answers("cyber1")
    assert case.incident.pages[case.page("cyber2").page].state == "withdrawn"
    assert [p.person for p in of(e.PageRequested, case.declines("cyber1"))] == ["cyber2"]


def test_after_an_outage_nobody_is_paged_twice_and_passed_over_at_once() -> None:
    case = Case()
    case.alarm()
    entries = case.after(minutes=10).tick()
    assert not of(e.PageRepeated, entries)
    assert len(of(e.PageUnanswered, entries)) == 8


def test_a_no_while_the_reserve_is_being_asked_names_the_reserve() -> None:
    case = Case()
    case.alarm()
    case.after(minutes=5).tick()
    declined = case.declines("cyber1")
    said = announce(case.incident, of(e.Declined, declined)[0], case.world.now)
    assert [d.next for d in of(m.DeclineConfirmed, said)] == ["Cyber2"]


def test_whoever_says_yes_after_a_no_is_invited_to_the_room() -> None:
    case = Case()
    case.alarm()
    case.declines("cyber1")
    case.opens_room()
    answered = of(e.Acknowledged, case.answers("cyber1"))[0]
    assert "cyber1" in {i.person for i in of(m.Invite, announce(case.incident, answered, case.world.now))}


def test_reopening_an_alarm_that_was_joined_by_mistake_calls_the_experts_after_all() -> None:
    case = Case()
    same = Recent("2026-013", case.world.reference.contacts.municipalities[0].id, "F01", case.world.now)
    case.world = replace(case.world, recent=(same,))
    case.alarm("ze willen rellen")
    case.do(c.JoinSimilar(by=by("bakker")))
    entries = case.do(c.ReopenIncident(by=by("bakker")))
    assert {p.person for p in of(e.PageRequested, entries)} >= {"coordinator1", "cyber1", "om1"}


def test_what_a_joined_alarm_said_is_kept_in_the_case_it_belongs_to() -> None:
    case = Case()
    case.alarm()
    case.opens_room()
    taken = case.do(c.TakeIn(number="2026-015", person=PersonId("visser"), text="ook bij het busstation"))
    said = announce(case.incident, of(e.AlarmTakenIn, taken)[0], case.world.now)
    assert [i.person for i in of(m.Invite, said)] == ["visser"]
    assert [n.text for n in of(m.LineNote, said)] == ["ook bij het busstation"]


def test_a_role_that_is_taken_over_during_the_grace_is_not_called_after_it_and_the_others_are() -> None:
    case = Case()
    case.alarm("Waterbrug: er lopen relschoppers rond")
    awaiting = case.incident.awaiting
    case.do(c.TakeOver(role=EXPERTS[0], by=by("coordinator1")))
    assert case.incident.awaiting == tuple(r for r in awaiting if r != EXPERTS[0])
    called = of(e.BrigadeCalled, case.after(seconds=31).tick())
    assert [EXPERTS[0] in x.roles for x in called] == [False]
    assert case.incident.awaiting == ()


def test_when_every_role_was_taken_over_during_the_grace_nobody_is_called_after_it() -> None:
    case = Case()
    case.alarm("Waterbrug: er lopen relschoppers rond")
    for role in case.incident.awaiting:
        case.do(c.TakeOver(role=role, by=by("coordinator1")))
    assert of(e.PageRequested, case.after(seconds=31).tick()) == []
    assert next_due(case.incident) is not None


def test_who_is_called_by_hand_first_takes_nobodys_turn() -> None:
    case = Case(brigade=())
    case.alarm("Waterbrug: rellen bij het station", "bakker")
    role = RoleId("expert_cyber")
    case.do(c.CallRole(role=role, layer="reserve", by=by("coordinator1")))
    assert [x.person for x in of(e.PageRequested, case.declines("cyber2"))] == ["cyber1"]


def test_a_fallback_that_is_called_along_for_two_roles_skips_nobody_of_either() -> None:
    """One role has nobody in its first layer, so its reserve is called at once; the other's reserve keeps its turn."""
    case = Case(fallback_too=True)
    cyber, cter = EXPERTS[0], EXPERTS[1]
    known = case.world.reference.contacts
    rotations = tuple(r for r in known.rotations if (r.role, r.layer) != (cter, "eerste"))
    contacts = replace(known, rotations=rotations)
    reference = replace(case.world.reference, contacts=contacts)
    sms: frozenset[Channel] = frozenset(("sms",))
    has = {person: sms for person in contacts.people if person not in ("cter2", "cyber1")}
    case.world = replace(case.world, reference=reference, channels=sms, reachable=has)
    case.alarm()
    assert {case.page("cter2").step, case.page("cyber1").step} == {0, 1}
    late = of(e.PageRequested, case.after(minutes=5).tick())
    assert [x.person for x in late if cyber in x.roles and x.why == "unanswered"] == ["cyber2"]


def test_a_fallback_that_is_called_along_takes_nobodys_turn() -> None:
    case = Case(fallback_too=True)
    case.world = replace(case.world, channels=frozenset[Channel](("sms",)))
    case.alarm()
    assert case.page("achtervang").why == "unready"
    before, told = case.incident, []
    for entry in (declined := case.declines("cyber1")):
        before = evolve(before, entry, case.world.now)
        told += [x.next for x in announce(before, entry, case.world.now) if isinstance(x, m.DeclineConfirmed)]
    assert [(x.person, x.why) for x in of(e.PageRequested, declined)] == [("cyber2", "declined")]
    assert told == ["Cyber2"]
    case.answers("cyber2")
    assert case.incident.pages[case.page("achtervang").page].state == "open"  # for the other roles
