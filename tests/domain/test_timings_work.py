"""Indicators of decisions, work, notices, privacy, duties and aftercare: each night's numbers were counted by hand."""

from dataclasses import replace
from datetime import timedelta

from bot.domain import commands as c
from bot.domain.ids import PersonId, RoleId
from bot.domain.indicator import Indicator
from bot.domain.playbook import Both, DecisionOption, DecisionType, Reason
from bot.domain.timings import indicators
from tests.builders import DECISIONS, REASONS, RIOT, Case, by

LEAD, OFFICER, EXPERT = by("coordinator1"), by("bakker"), by("cter1")
SEVEN = tuple(
    Reason(f"vraag{n}", "tekst", Both(f"Vraag {n}", f"Question {n}"), Both(f"Vraag {n}?", f"Question {n}?"))
    for n in range(1, 8)
)
FEAR = DecisionType(
    "B4",
    Both("Vrees?", "Fear?"),
    tuple(DecisionOption(x, Both(x, x), (RoleId("coordinator"),), ()) for x in ("onvoldoende", "aannemelijk")),
    (RoleId("coordinator"),),
    (),
    Both("Zeven vragen.", "Seven questions."),
    asks=tuple(reason.id for reason in SEVEN),
)


def found(case: Case, name: str, about: str = "") -> Indicator:
    every = indicators(case.told, case.incident)
    return next(one for one in every if one.id == name and one.about == about)


def night() -> Case:
    case = Case()
    playbook = replace(RIOT, decisions=(*DECISIONS, FEAR), reasons=(*REASONS, *SEVEN))
    case.world = replace(case.world, reference=replace(case.world.reference, playbooks={playbook.id: playbook}))
    case.alarm()
    case.opens_room()
    for person in ("coordinator1", "cter1"):
        case.answers(person)
    return case


def test_the_causality_test_counts_when_all_seven_questions_were_answered() -> None:
    case = night()
    case.do(c.TakeDecision(point="B4", option=2, by=LEAD))
    for n in range(1, 7):
        case.do(c.GiveReason(decision=1, text="Daarom.", reason=f"vraag{n}", by=LEAD))
    assert (found(case, "causality").value, found(case, "causality").verdict) == (0, "missed")
    case.do(c.GiveReason(decision=1, text="Daarom.", reason="vraag7", by=LEAD))
    causal = found(case, "causality")
    assert (causal.value, causal.of, causal.target, causal.verdict) == (100, 1, 100, "met")


def test_a_decision_is_complete_with_every_reason_and_options_and_dissent_are_counted() -> None:
    case = night()
    case.do(c.TakeDecision(point="B1", option=1, by=LEAD))  # of two options; asks for facts and purpose
    case.do(c.TakeDecision(point="B6", option=1, by=OFFICER))  # of two options; asks for purpose
    case.do(c.GiveReason(decision=2, text="Het bericht moet weg.", reason="doel", by=OFFICER))
    complete = found(case, "decisions_complete")
    assert (complete.value, complete.of) == (50, 2)
    assert found(case, "options").value == 4
    assert (found(case, "dissent").value, found(case, "revisions").value) == (0, 0)
    case.do(c.TakeDecision(point="B6", option=2, capacity="advice", by=EXPERT))
    case.do(c.TakeDecision(point="B6", option=1, capacity="advice", by=EXPERT))
    assert found(case, "dissent").value == 1
    case.do(c.TakeDecision(point="B6", option=2, replaces=2, by=OFFICER))
    # now the other advice is the one that differs; the new decision has no reasons yet
    assert (found(case, "dissent").value, found(case, "revisions").value) == (1, 1)
    assert (found(case, "decisions_complete").value, found(case, "decisions_complete").of) == (0, 2)


def test_steps_are_on_time_late_or_skipped() -> None:
    """Of the six steps BA01 (due at once) was done at once, BA03 (5 minutes) after 7, BA05 (15) was skipped; at 26 minutes PB01-2
    (25) is still open and late, BA09 (30) and PB01-5 (55) have time."""
    case = night()
    case.do(c.FinishStep(step=RIOT.steps[0].id, by=OFFICER))
    case.after(minutes=7).do(c.FinishStep(step=RIOT.steps[1].id, by=LEAD))
    case.after(minutes=1).do(c.SkipStep(step=RIOT.steps[2].id, reason="niet nodig", by=EXPERT))
    case.after(minutes=18).do(c.RecordLine(kind="feit", text="Rustig.", by=LEAD))
    on_time, late, skipped = (found(case, f"steps_{x}") for x in ("on_time", "late", "skipped"))
    assert (on_time.value, on_time.of) == (33, 3)
    assert (late.value, late.of) == (2, 3)
    assert (skipped.value, skipped.of) == (1, 6)


def test_notices_are_measured_by_their_route() -> None:
    case = night()
    for recipient in ("Snapchat", "TikTok", "Telegram"):
        case.do(
            c.RecordLine(kind="externe_melding", text="Drie oproepen", recipient=recipient, route="dsa_art16", by=LEAD)
        )
    case.do(c.RecordLine(kind="externe_melding", text="Een oproep", recipient="Offlimits", route="offlimits", by=LEAD))
    case.after(minutes=10).do(c.AnswerNotice(line=1, text="ze kijken", by=LEAD))
    case.after(minutes=20).do(c.AnswerNotice(line=2, text="weg", by=LEAD))
    # of two answers, after 600 and 1,800 seconds, the nearest rank at half is the first
    answer, answered = found(case, "notice_answer", "dsa_art16"), found(case, "notices_answered", "dsa_art16")
    assert (answer.value, answer.of, answered.value, answered.of) == (600, 2, 2, 3)
    none = found(case, "notice_answer", "offlimits")
    assert (none.value, none.why, found(case, "notices_answered", "offlimits").value) == (None, "none", 0)


def test_a_privacy_warning_is_followed_when_the_line_was_put_right() -> None:
    case = night()
    for person in ("Pietersen", "Willemsen"):
        case.do(c.RecordLine(kind="feit", text=f"Gezien: dhr. {person}", by=LEAD))
    assert (found(case, "privacy").value, found(case, "privacy_followed").value) == (2, 0)
    case.do(c.ReplaceLine(line=1, text="De beller is bekend.", by=LEAD))
    followed = found(case, "privacy_followed")
    assert (followed.value, followed.of) == (50, 2)


def test_roles_and_duties_that_changed_hands_are_counted() -> None:
    """A duty that nobody had is taken, not handed over."""
    case = night()
    case.do(c.GiveDuty(duty="voorzitter", by=LEAD))
    assert found(case, "handed_over").value == 0
    case.do(c.GiveDuty(duty="voorzitter", person=PersonId("cter1"), by=LEAD))
    assert found(case, "handed_over").value == 0
    case.do(c.AcceptDuty(duty="voorzitter", by=EXPERT))
    assert found(case, "handed_over").value == 1


def test_improvements_are_counted_at_the_two_moments_that_they_are_asked_about() -> None:
    case = night()
    for text in ("eerder bellen", "plein bekijken", "pers een plek geven"):
        case.do(c.NoteImprovement(text=text, by=LEAD))
    assert [found(case, f"improvements_{days}").why for days in (30, 90)] == ["too_early", "too_early"]
    case.after(days=10).do(c.ReviewImprovement(improvement=1, outcome="done", by=LEAD))
    case.do(c.ReviewImprovement(improvement=2, outcome="going", by=LEAD))
    case.after(days=30).do(c.ReviewImprovement(improvement=2, outcome="dropped", remark="kan niet", by=LEAD))
    first = found(case, "improvements_30")
    assert (first.value, first.of) == (33, 3)
    assert found(case, "improvements_90").why == "too_early"
    case.after(days=80).do(c.ReviewImprovement(improvement=3, outcome="going", by=LEAD))
    second = found(case, "improvements_90")
    assert (second.value, second.of) == (66, 3)
    assert (found(case, "improvements").value, found(case, "improvements_open").value) == (3, 1)


def test_a_decision_with_four_eyes_is_complete_once_a_second_looked() -> None:
    case = night()
    case.do(c.RecordLine(kind="feit", text="40 jongeren bij het station", by=LEAD))
    case.do(c.TakeDecision(point="B7", option=2, capacity="on_behalf", by=LEAD))
    until = case.world.now + timedelta(hours=4)
    for reason, text in (("feiten", "1"), ("grondslag", "gw174"), ("doel", "rust"), ("duur", "07:00")):
        case.do(c.GiveReason(decision=1, text=text, reason=reason, until=until if reason == "duur" else None, by=LEAD))
    assert found(case, "decisions_complete").value == 0
    case.do(c.ConfirmDecision(decision=1, by=OFFICER))
    assert (found(case, "decisions_complete").value, found(case, "decisions_complete").of) == (100, 1)
