"""The law of rosters: at every minute somebody is on call or a gap is told, as a watchman with a clock on the wall says (C7).

`make campaign ARGS="--only C7"` asks the resolver itself at every minute of ten years for ten rosters. Here one roster goes
through its ten years by its spans, of which the resolver is asked at every edge and its neighbours, at every minute of the
weeks in which the clock is set, and at every minute of one year.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.duty import Held, Vacant
from bot.domain.roster import gaps, shift_end, shift_of, shifts, shifts_of
from bot.reference.free_days import free_days
from bot.reference.models import HolidaysShape
from tests.campaign.rosters import (
    END,
    LAYER,
    ROLE,
    START,
    Resolver,
    answer_of,
    compared,
    handed_over_at_night,
    holes,
    random_roster,
    resolved,
    runs_back,
    tiled,
    watched,
    winter_time,
)
from tests.campaign.watchman import DAY, EPOCH, clock_changes, holidays_of, minute_of

SEED = 9
MINUTE = timedelta(minutes=1)
YEARS = range(2026, 2036)
LEAP_YEAR = minute_of(datetime(2028, 1, 1, tzinfo=UTC))


def of_weeks_with_a_change() -> Iterator[int]:
    for at, _ in clock_changes(YEARS):
        yield from range(at - 3 * DAY, at + 4 * DAY)


def test_ten_years_of_one_roster_are_as_the_watchman_says() -> None:
    roster = random_roster(SEED)
    runs = watched(roster)
    tiles = tiled(roster)
    assert len(runs) > 1000
    assert holes(tiles) == 0
    assert [(minute_of(tile.start), answer_of(tile.duty)) for tile in tiles] == runs

    asked = {edge + near for edge, _ in runs for near in (-1, 0, 1)} | set(of_weeks_with_a_change())
    asked |= set(range(LEAP_YEAR, LEAP_YEAR + 366 * DAY))
    said = sorted(runs)
    wrong = []
    for minute in sorted(minute for minute in asked if minute_of(START) <= minute < minute_of(END)):
        while len(said) > 1 and said[1][0] <= minute:
            said.pop(0)
        if answer_of(resolved(roster, EPOCH + minute * MINUTE)) != said[0][1]:
            wrong.append(EPOCH + minute * MINUTE)
    assert wrong == []


@pytest.mark.parametrize(
    ("resolver", "begin", "minutes"),
    [(runs_back, datetime(2027, 10, 30, tzinfo=UTC), 30), (winter_time, datetime(2027, 3, 27, tzinfo=UTC), 90)],
)
def test_the_watchman_catches_a_resolver_that_is_wrong_about_the_clock(
    resolver: Resolver, begin: datetime, minutes: int
) -> None:
    end = begin + timedelta(days=3)
    assert compared(handed_over_at_night(), resolved, begin, end)["disagreements"] == 0
    assert compared(handed_over_at_night(), resolver, begin, end)["disagreements"] == minutes


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(1000, 10**9), day=st.integers(0, 365 * 10 - 30), night=st.none() | st.integers(0, 19))
def test_random_rosters_agree_with_the_watchman_for_days(seed: int, day: int, night: int | None) -> None:
    roster = random_roster(seed)
    begin = START + timedelta(days=day)
    if night is not None:
        begin = EPOCH + (clock_changes(YEARS)[night][0] - DAY) * MINUTE
    counts = compared(roster, resolved, begin, begin + timedelta(days=2))
    assert (counts["minutes"], counts["disagreements"], counts["unsound"]) == (2880, 0, 0)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(1000, 10**9), day=st.integers(0, 365 * 10 - 30))
def test_shifts_and_gaps_together_are_the_whole_period_and_agree_with_every_other_view(seed: int, day: int) -> None:
    roster = random_roster(seed)
    begin, end = START + timedelta(days=day), START + timedelta(days=day + 5)
    asked = (roster.rotations, roster.changes, ROLE, LAYER)
    on = shifts(*asked, begin, end, roster.municipality)
    off = gaps(*asked, begin, end, roster.municipality)

    lengths = [shift.end - shift.start for shift in on] + [gap.end - gap.start for gap in off]
    assert sum(lengths, timedelta(0)) == end - begin
    assert min(lengths) > timedelta(0)
    for shift in on[:4]:
        assert isinstance(resolved(roster, shift.start), Held)
        whole = shift_of(*asked, shift.start, roster.municipality)
        assert whole is not None
        assert whole.start <= shift.start < shift.end <= whole.end
        until = shift_end(*asked[:2], shift.person, ROLE, LAYER, shift.start, roster.municipality)
        assert until is None or until >= shift.end
        if shift.end < end:
            assert until == shift.end == whole.end
            assert shift_end(*asked[:2], shift.person, ROLE, LAYER, shift.end, roster.municipality) is None
    for gap in off:
        assert resolved(roster, gap.start) == gap.vacant
        assert isinstance(gap.vacant, Vacant)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(1000, 10**9), day=st.integers(0, 365 * 10 - 30))
def test_the_calendars_of_all_people_together_are_the_roster(seed: int, day: int) -> None:
    roster = random_roster(seed)
    begin, end = START + timedelta(days=day), START + timedelta(days=day + 20)
    on = shifts(roster.rotations, roster.changes, ROLE, LAYER, begin, end)  # seen without a municipality
    people = {shift.person for shift in on} | {person for r in roster.rotations for person in r.order}
    own = [s for p in people for s in shifts_of(roster.rotations, roster.changes, p, begin, end)]

    for_all = [shift for shift in own if (shift.role, shift.layer) == (ROLE, LAYER) and not shift.municipalities]
    assert [(s.start, s.end, s.person) for s in sorted(for_all, key=lambda s: s.start)] == [
        (s.start, s.end, s.person) for s in on
    ]


def test_the_holidays_of_the_library_are_those_that_follow_from_easter() -> None:
    official = free_days(HolidaysShape())
    for year in range(2020, 2061):
        assert {day for day in official if day.year == year} == holidays_of(year)
