"""What is said beforehand of rosters: gaps, doubles, strangers, who cannot be reached, who is on call too much."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.domain.contacts import Contacts
from bot.domain.duty import Absence, Change, Override, Vacant
from bot.domain.ids import MunicipalityId, PersonId, RoleId
from bot.domain.ladder import Rung
from bot.domain.people import COORDINATOR
from bot.domain.roster_lint import HORIZON, Finding, lint
from bot.domain.rota import LAYERS, Every, Rotation, Window
from bot.domain.standby import StandbyRules
from tests.builders import contacts

CYBER = RoleId("expert_cyber")
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
END = AT + HORIZON
CYBER1, CYBER2, ANNA = PersonId("cyber1"), PersonId("cyber2"), PersonId("coordinator1")
WATERBRUG = MunicipalityId("waterbrug")
START = datetime(2026, 1, 5, 8)  # noqa: DTZ001 - a roster counts in local wall time
ANY = StandbyRules(days=28, blocks=0)


def with_rotations(*rotations: Rotation, rules: StandbyRules = ANY) -> Contacts:
    """Our people, and for cyber only these rotations."""
    known = contacts()
    others = tuple(rotation for rotation in known.rotations if rotation.role != CYBER)
    return replace(known, rotations=(*others, *rotations), standby=rules)


def first(*order: PersonId, **more: object) -> Rotation:
    return Rotation(CYBER, "eerste", "week", START, order, **more)  # type: ignore[arg-type]


def reserve(*order: PersonId, **more: object) -> Rotation:
    return replace(first(*order, **more), layer="reserve")


def found(known: Contacts, *changes: Change) -> list[tuple[str, tuple[PersonId, ...], str | None]]:
    return [(f.code, f.persons, f.layer) for f in lint(known, changes, AT)]


def test_a_sound_roster_has_nothing_to_say() -> None:
    assert lint(replace(contacts(), standby=ANY), (), AT) == ()


def test_an_absence_is_a_gap_that_names_who_is_away() -> None:
    away = Absence(CYBER1, AT + timedelta(days=3), AT + timedelta(days=5))

    assert lint(with_rotations(first(CYBER1), reserve(CYBER2)), [away], AT) == (
        Finding("gap", (CYBER1,), CYBER, "eerste", away.start, away.end),
    )


def test_nobody_moves_up_for_who_is_away_and_the_fallback_covers_the_gap() -> None:
    known = with_rotations(first(CYBER1, CYBER2), reserve(CYBER2, CYBER1))
    person = known.on_call(CYBER, "eerste", AT)
    assert person is not None
    away = Absence(person.id, AT, END)

    assert known.on_call(CYBER, "eerste", AT, [away]) is None
    covered = known.who(CYBER, "eerste", AT, [away])
    assert (covered.person and covered.person.id, covered.source, covered.gap) == (
        "achtervang", "fallback", Vacant("absent", person.id),
    )  # fmt: skip
    too = Absence(PersonId("achtervang"), AT, END)
    assert known.who(CYBER, "eerste", AT, [away, too]).source == "nobody"


def test_a_stand_in_covers_who_is_away_unless_the_stand_in_is_away_too() -> None:
    known = with_rotations(first(CYBER1), reserve(ANNA))
    away, covers = Absence(CYBER1, AT, END), Override(CYBER, "eerste", CYBER2, AT, END)

    orders: tuple[list[Change], ...] = ([away, covers], [covers, away])
    for changes in orders:
        who = known.who(CYBER, "eerste", AT, changes)
        assert (who.person and who.person.id, who.source, who.gap) == ("cyber2", "override", None)
    both: list[Change] = [away, covers, Absence(CYBER2, AT, END)]
    assert known.who(CYBER, "eerste", AT, both).gap == Vacant("absent", CYBER2)


def test_a_gap_that_is_meant_says_why_and_has_nobody() -> None:
    nights = (Window(frozenset(range(5)), time(17), time(8)),)
    known = with_rotations(first(CYBER1, windows=nights, reason="overdag zit de balie er"), reserve(CYBER2))
    findings = lint(known, (), AT)

    assert {(f.code, f.layer, f.reason) for f in findings} == {("intended_gap", "eerste", "overdag zit de balie er")}
    assert (
        len(findings) == 11
    )  # the weekend that runs, five days, a weekend, four days of which the last begins a weekend
    noon = datetime(2026, 11, 24, 11, tzinfo=UTC)
    who = known.who(CYBER, "eerste", noon)
    assert (who.person, who.source) == (None, "nobody")
    assert known.who(CYBER, "eerste", noon + timedelta(hours=8)).source == "rota"


def test_a_gap_that_is_not_meant_is_told_for_each_stretch() -> None:
    late = replace(first(CYBER1), start=datetime(2026, 11, 25, 8))  # noqa: DTZ001
    again = replace(first(CYBER1), until=datetime(2026, 11, 23, 8))  # noqa: DTZ001
    begin, end = datetime(2026, 11, 23, 7, tzinfo=UTC), datetime(2026, 11, 25, 7, tzinfo=UTC)

    assert lint(with_rotations(again, late, reserve(CYBER2)), (), AT) == (
        Finding("gap", (), CYBER, "eerste", begin, end),
    )


def test_one_person_in_both_layers_is_told_for_as_long_as_it_lasts() -> None:
    known = with_rotations(first(CYBER1), reserve(CYBER2))
    both = Override(CYBER, "reserve", CYBER1, AT + timedelta(days=1), AT + timedelta(days=2))

    assert lint(known, [both], AT) == (Finding("both_layers", (CYBER1,), CYBER, None, both.start, both.end),)


def test_a_stand_in_or_an_absentee_who_left_the_contacts_is_told() -> None:
    known = with_rotations(first(CYBER1), reserve(CYBER2))
    gone, left = PersonId("vertrokken"), PersonId("gestopt")
    covers = Override(CYBER, "eerste", gone, AT + timedelta(days=1), AT + timedelta(days=2))
    past = Override(CYBER, "eerste", gone, AT - timedelta(days=2), AT)

    assert found(known, covers, past, Absence(left, AT, END)) == [
        ("unknown_person", (left,), None), ("unknown_person", (gone,), "eerste"),
    ]  # fmt: skip
    who = known.who(CYBER, "eerste", covers.start, [covers])
    assert (who.source, who.gap) == ("fallback", Vacant("unknown", gone))


def test_who_is_on_call_with_too_few_ways_to_be_reached_is_told_once() -> None:
    known = with_rotations(first(CYBER1, CYBER2), reserve(CYBER2, CYBER1))
    others = {person: frozenset(("mail", "sms")) for person in known.people}
    has = others | {CYBER1: frozenset(("sms", "voice")), CYBER2: frozenset(("mail", "ntfy"))}
    findings = lint(known, (), AT, has, channels=2)  # type: ignore[arg-type]

    assert [(f.code, f.persons, f.found, f.limit) for f in findings] == [("no_channel", (CYBER1,), 1, 2)]
    assert lint(known, (), AT, has) == ()  # type: ignore[arg-type]


def test_a_ladder_that_is_longer_than_the_wait_for_its_step_is_told() -> None:
    known = with_rotations(first(CYBER1), reserve(CYBER2))
    rungs = (Rung("sms", timedelta(0)), Rung("voice", timedelta(minutes=6)))
    people = {**known.people, CYBER1: replace(known.people[CYBER1], ladder=rungs)}

    assert lint(replace(known, people=people), (), AT) == (Finding("ladder_long", (CYBER1,), found=360, limit=300),)


@pytest.mark.parametrize(
    ("order", "every", "turns", "rules", "said"),
    [
        ((CYBER1, CYBER2), "week", 1, StandbyRules(), []),
        ((CYBER1, CYBER2), "week", 2, StandbyRules(), []),
        ((CYBER1, CYBER2), "dag", 1, StandbyRules(), [("standby_rest", 0), ("standby_rest", 0)]),
        ((CYBER1, CYBER2), "dag", 1, StandbyRules(blocks=0), []),
        ((CYBER1, CYBER2, CYBER1), "week", 1, StandbyRules(), [("standby_days", 21)]),
        ((CYBER1,), "week", 1, StandbyRules(), [("standby_days", 28)]),
        ((CYBER1,), "week", 1, StandbyRules(exempt=frozenset((CYBER,))), []),
        ((CYBER1, CYBER2), "week", 1, StandbyRules(nights=40), [("standby_nights", 56), ("standby_nights", 56)]),
        ((CYBER1, CYBER2), "week", 1, StandbyRules(nights=56), []),
        ((CYBER1, CYBER2), "week", 1, StandbyRules(layers=LAYERS), [("standby_days", 28), ("standby_days", 28)]),
    ],
)  # fmt: skip
def test_more_standby_than_the_rules_allow_is_told(
    order: tuple[PersonId, ...], every: Every, turns: int, rules: StandbyRules, said: list[tuple[str, int]]
) -> None:
    rotation = replace(first(*order), every=every, turns=turns)
    others = tuple({r.role for r in contacts().rotations} - {CYBER})
    rules = replace(rules, exempt=rules.exempt | frozenset(others))
    back = (*order[1:], order[0]) if len(order) == 2 else (ANNA,)
    known = with_rotations(rotation, replace(rotation, layer="reserve", order=back), rules=rules)

    assert [(f.code, f.found) for f in lint(known, (), AT)] == said


def test_a_municipality_with_a_coordinator_of_its_own_is_served_by_that_one() -> None:
    known = contacts()
    own = Rotation(COORDINATOR, "eerste", "week", START, (CYBER1,), municipalities=frozenset((WATERBRUG,)))
    known = replace(known, rotations=(own, *known.rotations), standby=ANY)

    def coordinator(municipality: str | None, *changes: Change) -> PersonId | None:
        there = MunicipalityId(municipality) if municipality else None
        person = known.on_call(COORDINATOR, "eerste", AT, changes, there)
        return person.id if person else None

    assert [coordinator(m) for m in ("waterbrug", "polderdam", None)] == ["cyber1", "coordinator1", "coordinator1"]
    taken = Override(COORDINATOR, "eerste", CYBER2, AT, END)  # of the region's shift, not of Waterbrug's
    assert [coordinator(m, taken) for m in ("waterbrug", "polderdam")] == ["cyber1", "cyber2"]
    there = replace(taken, municipalities=frozenset((WATERBRUG,)))  # and of Waterbrug's, not of the region's
    assert [coordinator(m, there) for m in ("waterbrug", "polderdam", None)] == [
        "cyber2",
        "coordinator1",
        "coordinator1",
    ]
    assert coordinator("waterbrug", there, taken) == "cyber2"
    away = Absence(CYBER1, AT, END)
    assert coordinator("waterbrug", away) is None
    assert lint(known, [away], AT) == (
        Finding("gap", (CYBER1,), COORDINATOR, "eerste", AT, END, WATERBRUG),
        Finding("gap", (CYBER1,), CYBER, "eerste", AT, END),
    )


def test_outside_its_windows_a_municipalitys_own_roster_leaves_it_to_the_regions() -> None:
    office = (Window(frozenset(range(5)), time(9), time(17)),)
    own = first(CYBER2, windows=office, municipalities=frozenset((WATERBRUG,)))
    known = with_rotations(own, first(CYBER1), reserve(ANNA))

    day, night = datetime(2026, 11, 24, 11, tzinfo=UTC), datetime(2026, 11, 24, 22, tzinfo=UTC)
    found = [known.on_call(CYBER, "eerste", at, (), WATERBRUG) for at in (day, night)]
    assert [person and person.id for person in found] == ["cyber2", "cyber1"]
    assert lint(known, (), AT) == ()
