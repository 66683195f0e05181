"""Decisions from a list: who may take them, which reasons they need, who looks along, and when somebody looks again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.announce import announce
from bot.domain.ids import IncidentId, MunicipalityId, PersonId, RoleId
from bot.domain.incident import Decision, Incident, evolve
from bot.domain.people import Person
from bot.domain.reasons import missing, next_missing, standing, unfinished
from bot.domain.timers import timers
from bot.words.catalogue import load
from bot.words.line_words import open_work
from tests.builders import NIGHT, Case, account, by, of

CATALOGUE = load()
MAYOR = Person(
    PersonId("vos"), "Vos", "Waterbrug", (account("vos"),), (RoleId("burgemeester"),), MunicipalityId("waterbrug")
)


def _room() -> Case:
    """A room with the coordinator, the mayor of Waterbrug and one line in the log."""
    case = Case()
    contacts = case.world.reference.contacts
    contacts = replace(contacts, people={**contacts.people, MAYOR.id: MAYOR})
    case.world = replace(case.world, reference=replace(case.world.reference, contacts=contacts))
    case.alarm()
    case.opens_room()
    case.answers("coordinator1")
    case.do(c.CallPerson(person=MAYOR.id, role=RoleId("burgemeester"), by=by("coordinator1")))
    case.do(c.RecordLine(kind="feit", text="40 jongeren bij het station", by=by("bakker")))
    return case


def _take(case: Case, person: str, point: str, option: int, **more: Any) -> Decision:  # noqa: ANN401 - other fields
    case.do(c.TakeDecision(point=point, option=option, by=by(person), **more))
    return case.incident.decisions[-1]


def _refused(case: Case, command: c.Command) -> str:
    before = case.incident
    with pytest.raises(c.Refused) as refused:
        case.do(command)
    assert case.incident is before
    return refused.value.code


def _reason(case: Case, text: str, reason: str | None = None, **more: Any) -> list[e.Entry]:  # noqa: ANN401 - other fields
    number = len(case.incident.decisions)
    return case.do(c.GiveReason(decision=number, text=text, reason=reason, by=by("vos"), **more))


def _said(case: Case, entries: list[e.Entry]) -> list[m.Message]:
    return [one for entry in entries for one in announce(case.incident, entry, case.world.now)]


def test_who_holds_the_role_decides_in_their_own_name() -> None:
    case = _room()
    taken = _take(case, "coordinator1", "B1", 1)
    assert (taken.point, taken.option, taken.capacity, taken.taken_by) == ("B1", "volgen", "own", "coordinator")
    assert taken.text == "B1 Opschalen: Kies volgen"
    assert _take(case, "vos", "B7", 2).taken_by == "burgemeester"


def test_who_does_not_must_say_whose_decision_it_is() -> None:
    case = _room()
    order = c.TakeDecision(point="B7", option=2, by=by("coordinator1"))
    assert _refused(case, order) == "which_capacity"
    for capacity in ("on_behalf", "mandate"):
        taken = _take(case, "coordinator1", "B7", 2, capacity=capacity)
        assert (taken.capacity, taken.taken_by) == (capacity, "burgemeester")


def test_one_option_can_belong_to_another_role_than_its_type() -> None:
    case = _room()
    assert _refused(case, c.TakeDecision(point="B1", option=2, by=by("coordinator1"))) == "which_capacity"
    assert _take(case, "vos", "B1", 2).capacity == "own"


def test_the_mayor_of_another_municipality_decides_nothing_here() -> None:
    case = _room()
    contacts = case.world.reference.contacts
    elsewhere = replace(MAYOR, municipality=MunicipalityId("polderdam"))
    contacts = replace(contacts, people={**contacts.people, MAYOR.id: elsewhere})
    case.world = replace(case.world, reference=replace(case.world.reference, contacts=contacts))
    case.declines("vos")
    assert _refused(case, c.TakeDecision(point="B7", option=2, by=by("vos"))) == "which_capacity"


def test_nobody_becomes_mayor_by_taking_the_role_over() -> None:
    case = Case()
    case.alarm()
    case.opens_room()
    case.answers("coordinator1")
    case.do(c.TakeOver(role=RoleId("burgemeester"), by=by("coordinator1")))
    assert _refused(case, c.TakeDecision(point="B7", option=2, by=by("coordinator1"))) == "which_capacity"


def test_a_mayor_from_elsewhere_who_was_called_decides_nothing_in_their_own_name_and_names_no_deputy() -> None:
    case = _room()
    case.answers("vos")
    contacts = case.world.reference.contacts
    elsewhere = replace(MAYOR, municipality=MunicipalityId("polderdam"))
    contacts = replace(contacts, people={**contacts.people, MAYOR.id: elsewhere})
    case.world = replace(case.world, reference=replace(case.world.reference, contacts=contacts))
    assert _refused(case, c.TakeDecision(point="B7", option=2, by=by("vos"))) == "which_capacity"
    deputy = c.GiveDuty(duty="loco_burgemeester", person=PersonId("coordinator1"), by=by("vos"))
    assert _refused(case, deputy) == "deputy_by_others"


def test_a_choice_from_a_list_is_not_changed_in_words_nor_is_what_was_replaced() -> None:
    case = _room()
    _take(case, "vos", "B7", 2)
    assert _refused(case, c.ChangeDecision(decision=1, text="verwijder alles", by=by("bakker"))) == "revise_by_number"
    _take(case, "vos", "B7", 3, replaces=1)
    assert _refused(case, c.ChangeDecision(decision=1, text="x", by=by("bakker"))) == "decision_replaced"


def test_who_looked_along_looked_at_the_words_that_stood_there() -> None:
    """An older version let a choice from a list be rewritten."""
    case = _room()
    _take(case, "vos", "B7", 2)
    case.do(c.ConfirmDecision(decision=1, by=by("bakker")))
    rewritten = e.DecisionChanged(decision=1, text="verwijder alles", origin=by("bakker"))
    assert standing(case.incident, evolve(case.incident, rewritten, NIGHT).decisions[0]) == "second"


def test_whose_decision_it_is_cannot_be_the_second_pair_of_eyes() -> None:
    case = _room()
    for number, capacity in enumerate(("on_behalf", "mandate"), start=1):
        _take(case, "coordinator1", "B7", 2, capacity=capacity)
        assert _refused(case, c.ConfirmDecision(decision=number, by=by("vos"))) == "same_eyes"


def test_who_answers_for_a_neighbour_decides_nothing_here_but_can_advise() -> None:
    case = _room()
    case.do(c.InvolveMunicipality(named="Polderdam", by=by("bakker")))
    assert _refused(case, c.TakeDecision(point="B6", option=1, by=by("visser"))) == "which_capacity"
    assert _take(case, "bakker", "B6", 1).capacity == "own"
    assert _take(case, "visser", "B6", 1, capacity="advice").capacity == "advice"


def test_who_stands_in_for_the_mayor_does_not_look_along_at_the_mayors_decision_either() -> None:
    case = _room()
    case.answers("cyber1")
    case.do(c.GiveDuty(duty="loco_burgemeester", person=PersonId("cyber1"), by=by("coordinator1")))
    case.do(c.AcceptDuty(duty="loco_burgemeester", by=by("cyber1")))
    _take(case, "coordinator1", "B7", 2, capacity="on_behalf")
    assert _refused(case, c.ConfirmDecision(decision=1, by=by("cyber1"))) == "same_eyes"


def test_the_second_pair_of_eyes_is_sure_to_be_of_somebody() -> None:
    case = _room()
    _take(case, "vos", "B7", 2)
    assert _refused(case, c.ConfirmDecision(decision=1, by=by("bakker", "clear"))) == "second_in_text"
    assert _refused(case, c.ConfirmDecision(decision=1, by=by("bakker", "decrypted"))) == "needs_proof"
    case.do(c.ConfirmDecision(decision=1, by=by("bakker")))
    assert of(e.DecisionConfirmed, case.do(c.ConfirmDecision(decision=1, by=by("coordinator1", "clear"))))


def test_a_choice_from_a_list_is_taken_back_as_it_was_taken() -> None:
    case = _room()
    _take(case, "vos", "B7", 2)
    back = c.WithdrawDecision(decision=1, reason="het plein is leeg", by=by("coordinator1"))
    assert _refused(case, replace(back, reason=" ")) == "withdraw_why"
    assert _refused(case, back) == "which_capacity"
    assert _refused(case, replace(back, capacity="advice")) == "which_capacity"
    (told,) = of(e.DecisionWithdrawn, case.do(replace(back, capacity="on_behalf")))
    assert (told.capacity, told.taken_by) == ("on_behalf", "burgemeester")
    _take(case, "vos", "B7", 2)
    (told,) = of(e.DecisionWithdrawn, case.do(replace(back, decision=2, by=by("vos"))))
    assert (told.capacity, told.taken_by, told.reason) == ("own", "burgemeester", "het plein is leeg")
    # advice and what was said in free words is no use of a power
    _take(case, "coordinator1", "B7", 2, capacity="advice")
    case.do(c.RecordDecision(text="plein vrij", by=by("vos")))
    for number in (3, 4):
        assert of(e.DecisionWithdrawn, case.do(c.WithdrawDecision(decision=number, by=by("bakker"))))


def test_what_is_taken_back_is_to_be_decided_again_and_what_it_replaced_stays_gone() -> None:
    case = _room()
    _take(case, "coordinator1", "B1", 1)
    _take(case, "coordinator1", "B1", 1, replaces=1)
    assert _refused(case, c.WithdrawDecision(decision=1, reason="x", by=by("coordinator1"))) == "decision_replaced"
    entries = case.do(c.WithdrawDecision(decision=2, reason="toch niet", by=by("coordinator1")))
    assert [s.step for s in of(e.StepReopened, entries)] == ["BA09"]
    assert [n.replaces for n in of(m.DecisionNote, _said(case, entries))] == [1]
    assert standing(case.incident, case.incident.decisions[0]) == "replaced"
    again = case.do(c.TakeDecision(point="B1", option=1, by=by("coordinator1")))
    assert [s.step for s in of(e.StepFinished, again)] == ["BA09"]


def test_the_step_stays_done_while_another_decision_of_its_kind_holds() -> None:
    case = _room()
    _take(case, "coordinator1", "B1", 1)
    _take(case, "coordinator1", "B1", 1)
    assert not of(e.StepReopened, case.do(c.WithdrawDecision(decision=1, reason="dubbel", by=by("coordinator1"))))


def test_an_advice_is_no_decision() -> None:
    case = _room()
    before = case.incident.progress
    given = _take(case, "coordinator1", "B7", 2, capacity="advice", urgent=True)
    assert standing(case.incident, given) == "advice"
    assert not missing(case.incident, given)
    assert given.reasons_due is None
    assert case.incident.progress == before
    assert _refused(case, c.PlanReview(decision=1, at=NIGHT + timedelta(hours=9), by=by("vos"))) == "only_advice"
    decided = _take(case, "vos", "B7", 2)
    _take(case, "coordinator1", "B7", 3, capacity="advice", replaces=decided.number)
    assert case.incident.decisions[1].replaced_by is None


def test_what_cannot_be_chosen_is_refused() -> None:
    case = _room()

    def order(point: str, option: int) -> c.Command:
        return c.TakeDecision(point=point, option=option, by=by("vos"))

    assert _refused(case, order("B9", 1)) == "no_such_point"
    assert _refused(case, order("B7", 0)) == "no_such_option"
    assert _refused(case, order("B7", 5)) == "no_such_option"
    assert _refused(case, order("B7", 4)) == "no_law"
    assert _refused(case, c.TakeDecision(point="B7", option=2, by=by("vos", "clear"))) == "needs_text"
    assert _refused(case, c.TakeDecision(point="B7", option=2, by=by("visser"))) == "not_allowed"
    case.do(c.ProposeClosing(by=by("coordinator1")))
    case.do(c.CloseIncident(by=by("coordinator1")))
    assert _refused(case, order("B7", 2)) == "incident_closed"


def test_a_bill_that_became_law_can_be_chosen() -> None:
    case = _room()
    book = case.incident.playbooks[-1]
    kinds = tuple(replace(k, options=tuple(replace(o, law=None) for o in k.options)) for k in book.decisions)
    case.incident = replace(case.incident, playbooks=(replace(book, decisions=kinds),))
    assert _take(case, "vos", "B7", 4).option == "verwijderbevel"


def test_the_questions_come_one_by_one_and_the_decision_is_open_until_the_last() -> None:
    case = _room()
    entries = case.do(c.TakeDecision(point="B7", option=3, by=by("vos")))
    asked = of(m.ReasonAsked, _said(case, entries))
    assert [(a.reason, a.nr, a.total) for a in asked] == [("feiten", 1, 5)]
    case.do(c.ConfirmDecision(decision=1, by=by("coordinator1")))
    order: list[str] = []
    answers: tuple[tuple[str, dict[str, Any]], ...] = (
        ("1", {}),
        ("1", {}),
        ("rust op het plein", {}),
        ("za 20:00", {"until": NIGHT + timedelta(hours=9)}),
    )
    for text, more in answers:
        assert standing(case.incident, case.incident.decisions[0]) == "open"
        order += [a.reason for a in of(m.ReasonAsked, _said(case, _reason(case, text, **more)))]
    assert order == ["grondslag", "doel", "duur", "wom"]
    notes = of(m.DecisionNote, _said(case, _reason(case, "geen betoging", applies=False)))
    assert {n.what for n in notes} == {"complete"}
    decision = case.incident.decisions[0]
    assert standing(case.incident, decision) == "complete"
    assert decision.given["feiten"].lines == (1,)
    assert decision.given["grondslag"].text == "GW175"
    assert not decision.given["wom"].applies


def test_an_answer_must_say_something_that_fits_its_question() -> None:
    case = _room()
    _take(case, "vos", "B7", 2)

    def give(text: str, reason: str | None = None, applies: bool = True, decision: int = 1) -> c.Command:
        return c.GiveReason(decision=decision, text=text, reason=reason, applies=applies, by=by("vos"))

    assert _refused(case, give(" ")) == "text_needed"
    assert _refused(case, give(" ", applies=False)) == "why_not_applicable"
    assert _refused(case, give("1, 9", "feiten")) == "no_such_line"
    assert _refused(case, give("GW999", "grondslag")) == "no_such_basis"
    assert _refused(case, give("3", "grondslag")) == "no_such_basis"
    assert _refused(case, give("ooit", "duur")) == "which_moment"
    assert _refused(case, give("x", "wom")) == "reasons_complete"  # only asked of an emergency order
    assert _refused(case, give("x", decision=2)) == "no_such_decision"
    case.do(c.RecordDecision(text="vrije woorden", by=by("vos")))
    assert _refused(case, give("x", decision=2)) == "no_reasons_asked"
    case.do(c.WithdrawDecision(decision=1, reason="rustig", by=by("vos")))
    assert _refused(case, give("x")) == "decision_withdrawn"


def test_nothing_is_said_to_hold_until_a_moment_that_is_over() -> None:
    case = _room()
    _take(case, "vos", "B7", 2)
    give = c.GiveReason(decision=1, reason="duur", text="03:00", until=NIGHT, by=by("vos"))
    assert _refused(case, give) == "until_past"
    assert of(e.ReasonGiven, case.do(replace(give, until=NIGHT + timedelta(hours=1))))
    assert of(
        e.ReasonGiven, case.after(hours=2).do(replace(give, text="het gold tot 04:04", applies=False, until=None))
    )


def test_a_basis_is_named_by_number_or_by_code() -> None:
    case = _room()
    _take(case, "vos", "B7", 2)
    _reason(case, "gw174, 1", "grondslag")
    assert case.incident.decisions[0].given["grondslag"].text == "GW174, GW172-3"


def test_a_later_answer_takes_the_place_of_the_first_and_both_stay_in_the_log() -> None:
    case = _room()
    _take(case, "coordinator1", "B1", 1)
    _reason(case, "rust", "doel")
    _reason(case, "rust en veiligheid", "doel")
    assert case.incident.decisions[0].given["doel"].text == "rust en veiligheid"
    assert [r.text for r, _ in case.told if isinstance(r, e.ReasonGiven)] == ["rust", "rust en veiligheid"]


def test_a_question_can_be_skipped_and_is_found_again() -> None:
    case = _room()
    taken = _take(case, "coordinator1", "B1", 1)
    after = next_missing(case.incident, taken, "feiten")
    assert after is not None
    assert after.id == "doel"
    assert next_missing(case.incident, taken, "doel") is None
    entries = _reason(case, "rust", "doel")
    assert [(n.what, n.missing) for n in of(m.DecisionNote, _said(case, entries))] == [("left", 1)]
    first = next_missing(case.incident, case.incident.decisions[0])
    assert first is not None
    assert first.id == "feiten"


def test_the_dialogue_goes_on_from_the_log_alone() -> None:
    case = _room()
    _take(case, "coordinator1", "B1", 1)
    _reason(case, "1", "feiten")
    again = Incident(IncidentId("00000000-0000-0000-0000-000000000001"))
    for entry, at in case.told:
        again = evolve(again, entry, at)
    following = next_missing(again, again.decisions[0])
    assert following is not None
    assert following.id == "doel"


def test_a_decision_in_free_words_is_open_until_its_reason_or_why_it_needs_none() -> None:
    case = _room()
    case.do(c.RecordDecision(text="plein vrij", by=by("vos")))
    case.do(c.ConfirmDecision(decision=1, by=by("vos")))
    entries = case.do(c.ProposeClosing(by=by("coordinator1")))
    assert [a.open_decisions for a in of(m.ClosingAsked, _said(case, entries))] == [(1,)]
    shown = "\n".join(open_work(CATALOGUE, "nl", case.incident))
    assert "Besluit 1 mist een reden (typ: reden 1 …): plein vrij" in shown
    case.do(c.ExplainDecision(decision=1, reason="nvt omdat het om één plein gaat", by=by("vos")))
    assert not unfinished(case.incident)
    assert "Besluit 1" not in "\n".join(open_work(CATALOGUE, "nl", case.incident))


def test_reasons_can_be_given_after_the_incident_was_closed() -> None:
    case = _room()
    _take(case, "coordinator1", "B1", 1)
    entries = case.do(c.ProposeClosing(by=by("coordinator1")))
    assert [a.open_decisions for a in of(m.ClosingAsked, _said(case, entries))] == [(1,)]
    case.do(c.CloseIncident(by=by("coordinator1")))
    assert of(e.ReasonGiven, _reason(case, "rust", "doel"))


def test_what_was_decided_is_seconded_reviewed_and_taken_back_after_closing_and_nothing_new_is_decided() -> None:
    case = _room()
    _take(case, "vos", "B7", 2)
    _take(case, "coordinator1", "B1", 1)
    case.do(c.RecordDecision(text="plein vrij", by=by("vos")))
    case.do(c.ProposeClosing(by=by("coordinator1")))
    case.do(c.CloseIncident(by=by("coordinator1")))
    for again in (
        c.TakeDecision(point="B7", option=2, by=by("vos")),
        c.TakeDecision(point="B7", option=2, replaces=1, by=by("vos")),
        c.RecordDecision(text="plein dicht", by=by("vos")),
        c.RecordDecision(text="plein dicht", replaces=3, by=by("vos")),
        c.ChangeDecision(decision=3, text="plein dicht", by=by("vos")),
    ):
        assert _refused(case, again) == "incident_closed"
    assert of(e.DecisionSeconded, case.do(c.ConfirmDecision(decision=1, by=by("bakker"))))
    assert of(e.ReasonsPromised, case.do(c.PromiseReasons(decision=1, by=by("vos"))))
    assert of(e.ReviewPlanned, case.do(c.PlanReview(decision=1, at=NIGHT + timedelta(hours=9), by=by("vos"))))
    taken_back = case.do(c.WithdrawDecision(decision=2, reason="het is voorbij", by=by("coordinator1")))
    assert of(e.DecisionWithdrawn, taken_back)
    assert not of(e.StepReopened, taken_back)
    # what is to be looked at again when all is finished can still be taken back then
    case.do(c.FinishIncident(reason="klaar", by=by("coordinator1")))
    assert of(e.ReviewReminded, case.after(hours=9).tick())
    assert _refused(case, c.GiveReason(decision=1, text="1", by=by("vos"))) == "incident_finished"
    assert of(e.ReviewPlanned, case.do(c.PlanReview(decision=1, at=NIGHT + timedelta(hours=12), by=by("vos"))))
    assert of(e.DecisionWithdrawn, case.do(c.WithdrawDecision(decision=1, reason="het is voorbij", by=by("vos"))))


def test_in_a_hurry_the_reasons_follow_and_are_reminded_of() -> None:
    case = _room()
    entries = case.do(c.TakeDecision(point="B1", option=1, urgent=True, by=by("bakker"), capacity="on_behalf"))
    assert not of(m.ReasonAsked, _said(case, entries))
    decision = case.incident.decisions[0]
    assert standing(case.incident, decision) == "promised"
    assert decision.reasons_due == NIGHT + timedelta(hours=2)
    assert not of(e.ReasonsReminded, case.after(hours=1, minutes=59).tick())
    assert [r.person for r in of(e.ReasonsReminded, case.after(minutes=1).tick())] == ["bakker"]
    later = case.after(minutes=15).tick()
    assert [r.person for r in of(e.ReasonsReminded, later)] == ["coordinator1"]
    assert [r.what for r in of(m.DecisionReminder, _said(case, later))] == ["reasons"]


def test_when_neither_the_recorder_nor_the_coordinator_gives_the_reasons_the_room_hears_it_once() -> None:
    case = _room()
    _take(case, "bakker", "B1", 1, capacity="on_behalf", urgent=True)
    case.after(hours=2).tick()
    case.after(minutes=15).tick()
    assert not of(e.ReasonsReminded, case.after(minutes=14).tick())
    unanswered = case.after(minutes=1).tick()
    said = _said(case, unanswered)
    assert [(n.what, n.to.kind, n.missing) for n in of(m.DecisionNote, said)] == [("unanswered", "room", 2)]
    assert not of(m.DecisionReminder, said)
    assert m.TRAITS[m.DecisionNote].shape == "notice"
    assert standing(case.incident, case.incident.decisions[0]) == "promised"
    assert not of(e.ReasonsReminded, case.after(hours=5).tick())


def test_reasons_are_put_off_twice_and_then_the_room_hears_that_they_did_not_come() -> None:
    case = _room()
    _take(case, "bakker", "B1", 1, capacity="on_behalf", urgent=True)
    later = c.PromiseReasons(decision=1, by=by("bakker"))
    notes = of(m.DecisionNote, _said(case, case.after(hours=2).do(later)))
    assert [(n.what, n.last) for n in notes if n.to.kind == "room"] == [("promised", True)]
    assert _refused(case.after(hours=1), later) == "no_more_delay"
    overdue = case.after(hours=1).tick()
    assert [n.what for n in of(m.DecisionNote, _said(case, overdue))] == ["overdue"]
    coordinator = case.after(minutes=15).tick()
    assert [r.person for r in of(e.ReasonsReminded, coordinator)] == ["coordinator1"]
    assert not of(m.DecisionNote, _said(case, coordinator))
    assert not of(e.ReasonsReminded, case.after(hours=2).tick())  # the room has heard it
    assert _refused(case, later) == "no_more_delay"
    assert of(e.ReasonGiven, _reason(case, "1"))


def test_nobody_is_reminded_of_reasons_that_were_given_or_of_what_no_longer_holds() -> None:
    case = _room()
    _take(case, "coordinator1", "B1", 1, urgent=True)
    _reason(case, "1", "feiten")
    _reason(case, "rust", "doel")
    _take(case, "coordinator1", "B1", 1, urgent=True)
    case.do(c.WithdrawDecision(decision=2, reason="rustig", by=by("coordinator1")))
    assert not [t for t in timers(case.incident) if t.wants == "reasons"]


def test_who_is_coordinator_is_reminded_once_and_then_the_room() -> None:
    case = _room()
    _take(case, "coordinator1", "B1", 1)
    case.do(c.PromiseReasons(decision=1, by=by("coordinator1")))
    assert [r.everybody for r in of(e.ReasonsReminded, case.after(hours=2).tick())] == [False]
    assert [r.everybody for r in of(e.ReasonsReminded, case.after(hours=1).tick())] == [True]
    assert not of(e.ReasonsReminded, case.after(hours=1).tick())


def test_reasons_are_not_promised_when_none_is_missing() -> None:
    case = _room()
    _take(case, "coordinator1", "B1", 1)
    _reason(case, "1", "feiten")
    _reason(case, "rust", "doel")
    assert _refused(case, c.PromiseReasons(decision=1, by=by("coordinator1"))) == "reasons_complete"


def test_a_reminder_that_is_a_day_late_is_dropped_and_the_log_says_so() -> None:
    case = _room()
    _take(case, "coordinator1", "B1", 1, urgent=True)
    entries = case.after(hours=30).tick()
    assert ("reasons", 1) in [(d.wants, d.decision) for d in of(e.TimerDropped, entries)]
    assert not of(e.ReasonsReminded, entries)


def test_a_review_reminds_and_can_be_moved() -> None:
    case = _room()
    case.do(c.RecordDecision(text="Burgemeester vraagt weg te blijven", by=by("bakker")))
    at = NIGHT + timedelta(hours=4)
    case.do(c.PlanReview(decision=1, at=at, by=by("bakker")))
    assert _refused(case, c.PlanReview(decision=1, at=NIGHT - timedelta(hours=1), by=by("bakker"))) == "time_over"
    assert [r.person for r in of(e.ReviewReminded, case.after(hours=4).tick())] == ["bakker"]
    case.do(c.PlanReview(decision=1, at=at + timedelta(hours=2), by=by("bakker")))
    assert not of(e.ReviewReminded, case.after(minutes=20).tick())
    assert of(e.ReviewReminded, case.after(hours=2).tick())


def test_a_new_decision_takes_the_place_of_an_old_one() -> None:
    case = _room()
    old = _take(case, "vos", "B7", 3)
    case.do(c.PlanReview(decision=1, at=NIGHT + timedelta(hours=4), by=by("vos")))
    new = _take(case, "vos", "B7", 1, replaces=old.number)
    assert (new.replaces, case.incident.decisions[0].replaced_by) == (1, 2)
    assert standing(case.incident, case.incident.decisions[0]) == "replaced"
    assert not [t for t in timers(case.incident) if t.wants == "review"]
    again = c.TakeDecision(point="B7", option=1, replaces=1, by=by("vos"))
    assert _refused(case, again) == "decision_replaced"
    assert _refused(case, replace(again, point="B1", replaces=2)) == "other_point"
    assert _refused(case, c.RecordDecision(text="toch niet", replaces=2, by=by("vos"))) == "revise_by_number"
    case.do(c.RecordDecision(text="plein vrij", by=by("vos")))
    case.do(c.RecordDecision(text="plein afgesloten", replaces=3, by=by("vos")))
    assert case.incident.decisions[2].replaced_by == 4


def test_a_second_person_must_look_along_where_four_eyes_are_asked_for() -> None:
    case = _room()
    _take(case, "coordinator1", "B7", 2, capacity="on_behalf")
    decision = case.incident.decisions[0]
    assert standing(case.incident, decision) == "second"
    assert _refused(case, c.ConfirmDecision(decision=1, by=by("coordinator1"))) == "same_eyes"
    entries = case.do(c.ConfirmDecision(decision=1, by=by("bakker")))
    assert [s.person for s in of(e.DecisionSeconded, entries)] == ["bakker"]
    assert standing(case.incident, case.incident.decisions[0]) == "open"
    assert of(e.DecisionConfirmed, case.do(c.ConfirmDecision(decision=1, by=by("coordinator1"))))


def test_the_decision_finishes_the_step_that_asked_for_it() -> None:
    case = _room()
    entries = case.do(c.TakeDecision(point="B1", option=1, by=by("coordinator1")))
    assert [(f.step, f.remark) for f in of(e.StepFinished, entries)] == [("BA09", "besluit 1")]
    assert [d.step for d in of(e.DecisionRecorded, entries)] == ["BA09"]
    assert not of(e.StepFinished, case.do(c.TakeDecision(point="B1", option=1, by=by("coordinator1"))))


def test_the_step_says_which_decision_it_asks_for() -> None:
    case = _room()
    case.do(c.FinishStep(by=by("coordinator1")))
    shown = [x for entry, at in case.told for x in announce(case.incident, entry, at) if isinstance(x, m.StepShown)]
    assert [s.point for s in shown if s.step == "BA09"] == ["B1"]


def test_an_incident_of_before_the_lists_knows_no_points() -> None:
    case = _room()
    old = replace(case.incident.playbooks[-1], decisions=(), reasons=())
    case.incident = replace(case.incident, playbooks=(old,))
    assert _refused(case, c.TakeDecision(point="B1", option=1, by=by("coordinator1"))) == "no_such_point"
