"""What may go when, as tables: counted from the closing, never while something forbids it, and the log last."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.ids import IncidentId
from bot.domain.retention import Facts, Terms, due
from tests.builders import NIGHT

OLD = Facts(
    incident=IncidentId("a"), number="2026-014", exercise=False, finished=True, closed_at=NIGHT, exported=True, rooms=2, pages=3,
    readings=(NIGHT, NIGHT + timedelta(days=2)),
)  # fmt: skip
PRACTICE = replace(OLD, exercise=True, exported=False)
TERMS = Terms(record=timedelta(days=3650))


def told(facts: Facts, days: float, terms: Terms = TERMS) -> list[tuple[str, int, str | None]]:
    return [(one.kind, one.count, one.barred) for one in due([facts], terms, NIGHT + timedelta(days=days))]


@pytest.mark.parametrize(
    ("facts", "days", "expected"),
    [
        (OLD, 29.99, []),
        (OLD, 30, [("room", 2, None)]),
        (OLD, 90, [("room", 2, None), ("paging", 3, None)]),
        (OLD, 365, [("room", 2, None), ("paging", 3, None), ("access", 1, None)]),
        (OLD, 367, [("room", 2, None), ("paging", 3, None), ("access", 2, None)]),
        (PRACTICE, 30, [("room", 2, None)]),
        (PRACTICE, 90, [("room", 2, None), ("paging", 3, None), ("exercise", 1, "room_first")]),
        (replace(PRACTICE, rooms=0), 90, [("paging", 3, None), ("exercise", 1, None)]),
        (replace(PRACTICE, rooms=0, emptying=True), 90, [("paging", 3, None), ("exercise", 1, "room_first")]),
        (replace(OLD, rooms=0, pages=0, readings=()), 3650, [("record", 1, None)]),
        (replace(OLD, rooms=0, pages=0, readings=()), 3649, []),
        (replace(OLD, closed_at=None), 4000, [("access", 2, None)]),
    ],
)
def test_what_is_past_its_term(facts: Facts, days: float, expected: list[tuple[str, int, str | None]]) -> None:
    assert told(facts, days) == expected


@pytest.mark.parametrize(
    ("change", "room", "paging", "access", "log"),
    [
        ({"held": True}, "hold", "hold", "hold", "hold"),
        ({"sound": False}, "broken", "broken", "broken", "broken"),
        ({"sound": False, "held": True}, "broken", "broken", "broken", "broken"),
        ({"finished": False}, "not_finished", "not_finished", None, "not_finished"),
        ({"exported": False}, "no_export", None, None, "no_export"),
        ({}, None, None, None, "room_first"),
    ],
)
def test_why_something_stays(
    change: dict[str, Any], room: str | None, paging: str | None, access: str | None, log: str | None
) -> None:
    barred = [one[2] for one in told(replace(OLD, **change), 3650)]
    assert barred == [room, paging, access, log]


def test_an_exercise_goes_without_an_export() -> None:
    assert told(replace(PRACTICE, pages=0, readings=()), 30) == [("room", 2, None)]


def test_the_record_of_a_real_incident_stays_unless_somebody_says_otherwise() -> None:
    bare = replace(OLD, rooms=0, pages=0, readings=())
    assert told(bare, 36500, Terms()) == []


def test_logs_go_last_and_the_oldest_first() -> None:
    young = replace(PRACTICE, number="2026-015", closed_at=NIGHT + timedelta(days=1), readings=())
    old = replace(PRACTICE, readings=())
    found = due([young, old], TERMS, NIGHT + timedelta(days=200))
    assert [(one.kind, one.number) for one in found] == [
        (kind, number) for kind in ("room", "paging", "exercise") for number in ("2026-014", "2026-015")
    ]
