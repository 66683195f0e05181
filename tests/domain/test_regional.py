"""The regional picture: what is counted, when, and what a reader of it sees."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.domain.contacts import Contacts, Reference
from bot.domain.growing import Growing
from bot.domain.ids import IncidentId, MunicipalityId, PersonId, RoleId
from bot.domain.incident import Call, Decision, Incident, LogLine
from bot.domain.people import Municipality, Size
from bot.domain.regional import (
    NONE,
    OUTCOMES,
    Case,
    Dimension,
    Picture,
    case_of,
    known_kinds,
    last_whole_month,
    only,
    picture,
)
from tests.builders import reference

REFERENCE = reference()
ZONE = ZoneInfo("Europe/Amsterdam")
KNOWN: dict[Dimension, tuple[str, ...]] = {
    "phenomenon": ("F01", "F03", NONE),
    "size": (),
    "domain": ("expert_cyber", "expert_zorg"),
    "intervention": ("B5.noodbevel",),
    "red_flag": ("M1",),
    "outcome": OUTCOMES,
}


def case(month: int, phenomenon: str = "F03", *domains: str, day: int = 10) -> Case:
    kinds: dict[Dimension, frozenset[str]] = {
        "phenomenon": frozenset((phenomenon,)), "size": frozenset((NONE,)), "domain": frozenset(domains),
        "intervention": frozenset(), "red_flag": frozenset(), "outcome": frozenset(),
    }  # fmt: skip
    return Case(datetime(2026, month, day, 12, tzinfo=UTC), kinds)


def seen(*cases: Case, month: int = 12) -> Picture:
    return picture(cases, KNOWN, (2026, month), ZONE)


def test_a_month_with_too_few_counts_with_the_months_after_it() -> None:
    found = seen(*(case(1) for _ in range(3)), *(case(2) for _ in range(4)), *(case(5) for _ in range(5)), case(7))
    assert [(s.first, s.last, s.count) for s in found.stretches] == [(1, 2, 7), (3, 5, 5)]
    assert found.waiting == (6, 12)
    assert found.counted == 12


def test_kinds_of_cases_are_told_from_five_up_with_the_total_of_the_year() -> None:
    cases = [case(1, "F01") for _ in range(6)] + [case(1, "F03") for _ in range(5)] + [case(1, NONE) for _ in range(5)]
    rows = seen(*cases).tables["phenomenon"]
    assert {kind: (row.counts, row.total) for kind, row in rows.items()} == {
        "F01": ((6,), 6), "F03": ((5,), 5), NONE: ((5,), 5),
    }  # fmt: skip


def test_a_kind_that_no_playbook_knows_any_more_counts_with_those_of_none() -> None:
    rows = seen(*(case(1, "F01") for _ in range(6)), *(case(1, "F99") for _ in range(5)), *(case(1) for _ in range(5)))
    assert rows.tables["phenomenon"][NONE].counts == (5,)


def test_a_domain_is_told_only_where_as_many_incidents_went_without_it() -> None:
    with_, without = [case(1, "F01", "expert_cyber")] * 6, [case(1, "F01")] * 4
    assert seen(*with_, *without).tables["domain"]["expert_cyber"].counts == (None,)
    row = seen(*with_, *without, case(1, "F01")).tables["domain"]["expert_cyber"]
    assert (row.counts, row.total) == ((6,), 6)


CYBER = RoleId("expert_cyber")


def of_cyber(*cases: Case, month: int = 12) -> Picture:
    return picture(cases, KNOWN, (2026, month), ZONE, domain=CYBER)


def called(month: int, phenomenon: str, with_: int, without: int) -> list[Case]:
    return [case(month, phenomenon, CYBER)] * with_ + [case(month, phenomenon)] * without


def test_a_domain_has_a_picture_of_the_incidents_in_which_it_was_called() -> None:
    cases = [*called(1, "F01", 6, 7), *called(1, "F03", 5, 9)]
    found = of_cyber(*cases)
    assert (found.domain, [(s.first, s.last, s.count) for s in found.stretches]) == (CYBER, [(1, 1, 11)])
    hidden = {kind: row.counts for kind, row in found.tables["phenomenon"].items()}
    assert hidden == {"F01": (None,), "F03": (5,), NONE: (None,)}, "one hidden kind would be what the others leave"
    rows = of_cyber(*cases, *called(1, NONE, 8, 6)).tables["phenomenon"]
    assert {kind: (row.counts, row.total) for kind, row in rows.items()} == {
        "F01": ((6,), 6), "F03": ((5,), 5), NONE: ((8,), 8),
    }  # fmt: skip
    assert "domain" not in found.tables, "who else was called would be in two pictures"


def test_a_kind_is_told_of_a_domain_only_if_five_of_it_went_without() -> None:
    cases = [*called(1, "F01", 9, 4), *called(1, "F03", 9, 9), *called(1, NONE, 9, 9)]
    rows = of_cyber(*cases).tables["phenomenon"]
    assert {kind: row.counts for kind, row in rows.items()} == {"F01": (None,), "F03": (None,), NONE: (9,)}


def test_the_months_of_a_domain_are_those_in_which_the_picture_of_all_tells_it() -> None:
    cases = [*called(1, "F01", 3, 4), *called(2, "F01", 4, 3), *called(3, "F03", 6, 6), *called(4, "F03", 2, 9)]
    found = of_cyber(*cases)
    assert [(s.first, s.last, s.count) for s in found.stretches] == [(1, 2, 7), (3, 3, 6)]
    assert found.waiting == (4, 12)
    assert seen(*cases).tables["domain"][CYBER].total == found.counted
    assert of_cyber(*cases, month=3).stretches == found.stretches
    assert of_cyber(*called(1, "F01", 4, 9)).stretches == ()


def test_one_table_can_stand_by_itself() -> None:
    found = seen(*called(1, "F01", 6, 6), *called(1, "F03", 6, 6))
    assert set(only(found, "domain").tables) == {"domain"}
    assert only(found, "domain").tables["domain"] == found.tables["domain"]
    assert only(found, "domain").stretches == found.stretches


def test_a_picture_of_an_earlier_month_is_not_changed_by_what_came_later() -> None:
    early = [case(1, "F01", day=d) for d in range(1, 7)] + [case(2) for _ in range(6)]
    late = [case(8, "F01") for _ in range(3)] + [case(9) for _ in range(9)]
    before, after = seen(*early, *late, month=3), seen(*early, *late)
    assert before == seen(*early, month=3)
    assert after.stretches[:2] == before.stretches
    for kind, row in before.tables["phenomenon"].items():
        assert after.tables["phenomenon"][kind].counts[:2] == row.counts


def test_the_month_is_that_of_the_clock_in_the_region() -> None:
    midnight = replace(case(1), closed_at=datetime(2025, 12, 31, 23, 30, tzinfo=UTC))
    assert seen(*(midnight for _ in range(5))).stretches[0].last == 1
    assert last_whole_month(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), ZONE) == (2026, 12)
    assert last_whole_month(datetime(2026, 12, 31, 12, tzinfo=UTC), ZONE) == (2026, 11)


NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
WORKED = Incident(
    IncidentId("i1"), state="closed", number="2026-014", phenomenon="F03", municipality=MunicipalityId("waterbrug"),
    closed_at=NOW, calls={RoleId("expert_cyber"): Call(RoleId("expert_cyber"), state="answered")},
    decisions=(
        Decision(1, "noodbevel", NOW, PersonId("p"), point="B7", option="noodbevel"),
        Decision(2, "in eigen woorden", NOW, PersonId("p")),
        Decision(3, "gebiedsverbod", NOW, PersonId("p"), point="B7", option="gebiedsverbod", withdrawn=True),
    ),
    circle_ever=frozenset((PersonId("q"),)),
    log_lines=Growing({
        1: LogLine(1, "feit", "Rode vlag M1, Concrete plaats én tijd genoemd: Snapchat", NOW, PersonId("p")),
        2: LogLine(2, "feit", "Red flag M2, Take along: Telegram", NOW, PersonId("p"), place="closed_circle"),
    }),
)  # fmt: skip


def test_of_an_incident_its_kind_domains_measures_and_red_flags_are_counted_and_none_of_its_closed_circle() -> None:
    found = case_of(WORKED, REFERENCE.contacts)
    assert found is not None
    assert found.kinds["phenomenon"] == {"F03"}
    assert found.kinds["domain"] == {"expert_cyber"}
    assert found.kinds["intervention"] == {"B7.noodbevel"}
    assert found.kinds["red_flag"] == {"M1"}


def test_what_came_of_it_is_counted_from_fields_of_the_log_and_never_from_free_words() -> None:
    person = PersonId("p")
    lines = (
        LogLine(1, "aanname", "ze komen niet", NOW, person, outcome="refuted"),
        LogLine(2, "kennisvraag", "wie beheert het kanaal?", NOW, person),
        LogLine(3, "externe_melding", "gemeld", NOW, person, answered_at=NOW, answer="weggehaald"),
        LogLine(4, "kennisvraag", "in de kring", NOW, person, place="closed_circle"),
    )

    def outcomes(*which: LogLine) -> frozenset[str]:
        found = case_of(replace(WORKED, log_lines=Growing({line.number: line for line in which})), REFERENCE.contacts)
        assert found is not None
        return found.kinds["outcome"]

    assert outcomes(*lines[:3]) == {"assumption_refuted", "question_open", "notice_answered"}
    assert outcomes(replace(lines[1], answered_at=NOW), lines[3]) == frozenset()
    open_ended = replace(case(1), kinds={**case(1).kinds, "outcome": frozenset(("question_open",))})
    table = seen(*(open_ended for _ in range(6)), *(case(1) for _ in range(5))).tables["outcome"]
    assert table["question_open"].total == 6
    assert table["step_skipped"].counts == (None,)


def test_what_goes_on_or_went_on_in_another_incident_is_not_counted() -> None:
    assert case_of(replace(WORKED, state="open"), REFERENCE.contacts) is None
    assert case_of(replace(WORKED, joined_into="2026-013"), REFERENCE.contacts) is None


def region(sizes: Sequence[Size | None]) -> Reference:
    places = tuple(Municipality(MunicipalityId(f"g{n}"), f"G{n}", size=size) for n, size in enumerate(sizes))
    contacts: Contacts = replace(REFERENCE.contacts, municipalities=places)
    return replace(REFERENCE, contacts=contacts)


def test_sizes_are_counted_when_three_municipalities_or_more_have_each() -> None:
    assert known_kinds(region(["klein", "klein", "klein", "groot", "groot", "groot"]))["size"] == ("klein", "groot")
    assert known_kinds(region(["klein", "klein", "klein", "klein", "groot"]))["size"] == ()
    assert known_kinds(region([None, None, None]))["size"] == (NONE,)
