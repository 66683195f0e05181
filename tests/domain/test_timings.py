"""Indicators of an evaluation: a night whose numbers were worked out by hand, and every beginning of the golden logs."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain import commands as c
from bot.domain.ids import IncidentId
from bot.domain.incident import Incident, evolve
from bot.domain.indicator import Indicator
from bot.domain.themes import THEME_OF
from bot.domain.timings import indicators
from bot.words.catalogue import LANGUAGES, load
from bot.words.indicator_words import in_words
from tests.builders import Case, by
from tests.logbook.test_golden import BUNDLES, OF_NO_STATE, _entries


def found(case: Case, name: str, about: str = "") -> Indicator:
    every = indicators(case.told, case.incident)
    return next(one for one in every if one.id == name and one.about == about)


def night() -> Case:
    """Alarm; the coordinator after 4 minutes, the expert 16 minutes after the alarm."""
    case = Case()
    case.alarm()
    case.opens_room()
    case.after(minutes=4).answers("coordinator1")
    case.after(minutes=12).answers("cter1")
    return case


def test_times_run_from_the_alarm_and_are_held_against_their_target() -> None:
    case = night()
    confirmed, expert = found(case, "confirmed"), found(case, "first_expert")
    assert (confirmed.value, confirmed.target, confirmed.verdict) == (240, 300, "met")
    assert (expert.value, expert.target, expert.verdict) == (960, 900, "missed")
    assert found(case, "role", "expert_cter").value == 960
    police = found(case, "role", "politie")
    assert (police.value, police.why, police.verdict) == (None, "not_happened", "unknown")


def test_an_answer_that_was_taken_back_is_none() -> None:
    case = Case()
    case.alarm()
    case.after(minutes=1).answers("coordinator1")
    case.after(seconds=10).do(c.UndoAnswer(page=case.page("coordinator1").page, by=by("coordinator1")))
    assert found(case, "confirmed").why == "not_happened"
    case.after(minutes=2).answers("coordinator1")
    assert found(case, "confirmed").value == 190


def test_the_room_is_counted_at_half_an_hour_and_not_before() -> None:
    case = night()
    assert found(case, "present").why == "too_early"
    for person in ("coordinator1", "cter1"):
        case.do(c.ReportMember(person=by(person).actor, name="main", joined=True))
    case.after(minutes=20).do(c.RecordSitrep(text="Het plein is leeg.", by=by("coordinator1")))
    present = found(case, "present")
    assert (present.value, present.of) == (100 * 2 // len(case.incident.calls), len(case.incident.calls))
    sitrep = found(case, "sitrep")
    assert (sitrep.value, sitrep.verdict) == (36 * 60, "missed")


def test_what_was_not_known_is_counted_with_how_long() -> None:
    case = night()
    case.do(c.RecordLine(kind="aanname", text="Het zijn er 200.", by=by("cter1")))
    case.do(c.RecordLine(kind="kennisvraag", text="Wie beheert het kanaal?", by=by("cter1")))
    case.do(c.RecordLine(kind="kennisvraag", text="Rijdt de trein?", by=by("cter1")))
    case.after(minutes=10).do(c.AnswerQuestion(line=3, text="Ja.", by=by("cter1")))
    case.after(minutes=6).do(c.SettleAssumption(line=1, outcome="refuted", by=by("cter1")))
    case.do(c.RecordLine(kind="communicatie", text="Ga niet naar het station.", by=by("cter1")))
    assert [found(case, f"assumptions_{x}").value for x in ("confirmed", "refuted", "open")] == [0, 1, 0]
    assert (found(case, "questions_open").value, found(case, "questions_waited").value) == (1, 1)
    assert found(case, "public").value == 32 * 60
    assert found(case, "sourced").value == 0


def test_actions_count_once_their_time_has_come() -> None:
    case = night()
    for minutes in (10, 20, 60):
        due = case.world.now + timedelta(minutes=minutes)
        case.do(c.GiveAction(text="Bel de school", owner=by("cter1").actor, due=due, by=by("coordinator1")))
    assert found(case, "actions_on_time").why == "none"
    case.after(minutes=5).do(c.FinishAction(action=1, by=by("cter1")))
    case.after(minutes=16).do(c.RecordLine(kind="feit", text="Rustig.", by=by("cter1")))
    late = found(case, "actions_on_time")
    assert (late.value, late.of) == (50, 2)


def test_answers_stand_by_the_channel_that_they_came_by() -> None:
    case = night()
    median, slow = found(case, "channel_median", "matrix"), found(case, "channel_p90", "matrix")
    assert (median.value, median.of, slow.of) == (240, 2, 2)
    assert slow.value is not None
    assert slow.value >= 240


def test_nothing_is_measured_before_the_alarm() -> None:
    assert indicators((), Incident(IncidentId("leeg"))) == ()


@pytest.mark.parametrize(
    "bundle",
    [b for b in BUNDLES if not b.name.endswith(OF_NO_STATE)],
    ids=lambda path: f"{path.parent.name}-{path.name}",
)
def test_every_beginning_of_a_golden_log_can_be_measured_and_told(bundle: Path) -> None:
    told, incident, words = _entries(bundle), Incident(IncidentId("golden")), load()
    for n, (entry, at) in enumerate(told, 1):
        incident = evolve(incident, entry, at)
        for one in indicators(told[:n], incident):
            assert (one.value is None) == (one.why is not None)
            assert one.id in THEME_OF
            for lang in LANGUAGES:
                assert in_words(words, lang, one)
            if one.unit == "percent" and one.value is not None:
                assert 0 <= one.value <= 100
            if one.unit == "seconds" and one.value is not None:
                assert one.value >= 0
