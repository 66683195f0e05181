"""Who is on call: against a slow oracle that walks the clock minute by minute, and on both daylight-saving nights."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ids import PersonId, RoleId
from bot.domain.roster import LAYERS, Every, Layer, Override, Rotation, Window, on_call, shifts

CYBER = RoleId("expert_cyber")
ZORG = RoleId("expert_zorg")
A, B, C = (PersonId(name) for name in ("jansen", "devries", "bakker"))
AMSTERDAM = "Europe/Amsterdam"
MINUTE = timedelta(minutes=1)
SPRING = datetime(2027, 3, 28, tzinfo=UTC)  # 02:00 becomes 03:00 in Amsterdam, at 01:00 UTC
AUTUMN = datetime(2027, 10, 31, tzinfo=UTC)  # 03:00 becomes 02:00 in Amsterdam, at 01:00 UTC


def rotation(
    start: datetime, *order: PersonId, every: Every = "dag", layer: Layer = "eerste", zone: str = AMSTERDAM
) -> Rotation:
    return Rotation(CYBER, layer, every, start, order, zone)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def by_the_clock(one: Rotation, start: datetime, end: datetime) -> list[PersonId | None]:
    """Minute by minute: somebody watches the wall clock and hands over as soon as it shows the time or later."""
    zone = ZoneInfo(one.zone)
    step = timedelta(days=1 if one.every == "dag" else 7)
    due = one.start
    turn = -1
    seen: list[PersonId | None] = []
    # Begin before the first hand-over, so that the watcher has seen all of them.
    now = min(start, one.start.replace(tzinfo=UTC) - timedelta(days=1))
    while now < end:
        while now.astimezone(zone).replace(tzinfo=None) >= due:
            turn += 1
            due += step
        if now >= start:
            seen.append(one.order[turn % len(one.order)] if turn >= 0 else None)
        now += MINUTE
    return seen


def minutes(start: datetime, end: datetime) -> list[datetime]:
    return [start + n * MINUTE for n in range(int((end - start) / MINUTE))]


@pytest.mark.parametrize("night", [SPRING, AUTUMN], ids=["spring", "autumn"])
@pytest.mark.parametrize("at", ["01:59", "02:00", "02:30", "02:59", "03:00", "08:00"])
@pytest.mark.parametrize("every", ["dag", "week"])
def test_every_minute_around_a_daylight_saving_night_is_as_the_wall_clock_says(
    night: datetime, at: str, every: Every
) -> None:
    days_before = 2 if every == "dag" else 7
    first = (night - timedelta(days=days_before)).date()
    one = rotation(wall(f"{first} {at}"), A, B, C, every=every)
    start, end = night - timedelta(days=1), night + timedelta(days=2)

    assert [on_call([one], [], CYBER, "eerste", now) for now in minutes(start, end)] == by_the_clock(one, start, end)


def test_a_hand_over_in_the_skipped_hour_is_at_the_first_instant_that_exists() -> None:
    one = rotation(wall("2027-03-27 02:30"), A, B)

    assert on_call([one], [], CYBER, "eerste", utc("2027-03-28 00:59:59")) == A
    assert on_call([one], [], CYBER, "eerste", utc("2027-03-28 01:00:00")) == B
    assert on_call([one], [], CYBER, "eerste", utc("2027-03-29 00:29:59")) == B
    assert on_call([one], [], CYBER, "eerste", utc("2027-03-29 00:30:00")) == A


def test_a_hand_over_in_the_doubled_hour_is_at_the_first_of_the_two() -> None:
    one = rotation(wall("2027-10-30 02:30"), A, B)

    assert on_call([one], [], CYBER, "eerste", utc("2027-10-31 00:29:59")) == A
    assert on_call([one], [], CYBER, "eerste", utc("2027-10-31 00:30:00")) == B
    assert on_call([one], [], CYBER, "eerste", utc("2027-10-31 01:30:00")) == B  # the second 02:30 hands nothing over


def test_a_weekly_hand_over_keeps_its_wall_time_across_both_nights() -> None:
    one = rotation(wall("2027-01-04 08:00"), A, B, every="week")
    spans = shifts([one], [], CYBER, "eerste", utc("2027-01-01 00:00"), utc("2028-01-01 00:00"))

    assert {span.start.astimezone(ZoneInfo(AMSTERDAM)).strftime("%a %H:%M") for span in spans} == {"Mon 08:00"}
    lengths = {(span.end - span.start) / timedelta(hours=1) for span in spans[:-1]}
    assert lengths == {167.0, 168.0, 169.0}


def test_nobody_is_on_call_before_the_first_hand_over_nor_for_another_role_or_layer() -> None:
    one = rotation(wall("2027-01-04 08:00"), A, B)

    assert on_call([one], [], CYBER, "eerste", utc("2027-01-04 06:59:59")) is None
    assert on_call([one], [], CYBER, "eerste", utc("2027-01-04 07:00:00")) == A
    assert on_call([one], [], CYBER, "reserve", utc("2027-01-05 07:00:00")) is None
    assert on_call([one], [], ZORG, "eerste", utc("2027-01-05 07:00:00")) is None


def test_a_rotation_without_people_is_nobody() -> None:
    empty = rotation(wall("2027-01-04 08:00"))

    assert on_call([empty], [], CYBER, "eerste", utc("2027-01-05 08:00")) is None
    assert shifts([empty], [], CYBER, "eerste", utc("2027-01-05 08:00"), utc("2027-01-09 08:00")) == ()


def test_a_later_rotation_takes_over_at_its_start() -> None:
    old = rotation(wall("2027-01-04 08:00"), A)
    new = rotation(wall("2027-02-01 08:00"), B)
    for both in ([old, new], [new, old]):
        assert on_call(both, [], CYBER, "eerste", utc("2027-02-01 06:59:59")) == A
        assert on_call(both, [], CYBER, "eerste", utc("2027-02-01 07:00:00")) == B


def test_of_rotations_that_begin_together_one_with_windows_wins_and_then_the_last() -> None:
    begin = wall("2027-01-04 08:00")
    night = replace(rotation(begin, B), windows=(Window(start=time(17), end=time(8)),))
    for both in ([night, rotation(begin, A)], [rotation(begin, A), night]):
        assert on_call(both, [], CYBER, "eerste", utc("2027-01-05 12:00")) == A
        assert on_call(both, [], CYBER, "eerste", utc("2027-01-05 16:00")) == B
    assert on_call([rotation(begin, A), rotation(begin, B)], [], CYBER, "eerste", utc("2027-01-05 12:00")) == B


def test_a_window_that_ends_when_it_begins_is_a_whole_day_from_there() -> None:
    from_friday = Window(frozenset((4,)), time(17), time(17))
    one = replace(rotation(wall("2027-01-04 08:00"), A), windows=(from_friday,))
    spans = shifts([one], [], CYBER, "eerste", utc("2027-01-04 00:00"), utc("2027-01-11 00:00"))

    assert [(span.start, span.end) for span in spans] == [(utc("2027-01-08 16:00"), utc("2027-01-09 16:00"))]


def test_a_window_keeps_its_wall_times_in_both_nights() -> None:
    """From two to half past two: nothing on the night that skips it, once on the night that has it twice."""
    one = replace(rotation(wall("2027-01-04 08:00"), A), windows=(Window(start=time(2), end=time(2, 30)),))

    assert shifts([one], [], CYBER, "eerste", SPRING, SPRING + timedelta(hours=20)) == ()
    spans = shifts([one], [], CYBER, "eerste", AUTUMN, AUTUMN + timedelta(hours=20))
    assert [(span.start, span.end) for span in spans] == [(utc("2027-10-31 00:00"), utc("2027-10-31 00:30"))]


def test_an_override_wins_within_its_period_and_the_last_one_given_wins_most() -> None:
    one = rotation(wall("2027-01-04 08:00"), A)
    first = Override(CYBER, "eerste", B, utc("2027-01-05 10:00"), utc("2027-01-05 20:00"))
    last = Override(CYBER, "eerste", C, utc("2027-01-05 12:00"), utc("2027-01-05 14:00"))
    start, end = utc("2027-01-05 00:00"), utc("2027-01-06 00:00")
    spans = shifts([one], [first, last], CYBER, "eerste", start, end)

    assert [(span.person, span.start.hour, span.end.hour) for span in spans] == [
        (A, 0, 10),
        (B, 10, 12),
        (C, 12, 14),
        (B, 14, 20),
        (A, 20, 0),
    ]
    assert on_call([one], [first], CYBER, "reserve", utc("2027-01-05 11:00")) is None


def test_an_override_covers_where_no_rotation_does() -> None:
    stand_in = Override(CYBER, "eerste", B, utc("2027-01-05 10:00"), utc("2027-01-05 20:00"))

    assert on_call([], [stand_in], CYBER, "eerste", utc("2027-01-05 10:00")) == B
    assert on_call([], [stand_in], CYBER, "eerste", utc("2027-01-05 20:00")) is None


ZONES = st.sampled_from([AMSTERDAM, "UTC", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia"])
MOMENTS = st.integers(0, 60 * 24 * 364).map(lambda n: wall("2027-01-01 00:00") + n * MINUTE)
PEOPLE = st.lists(st.sampled_from([A, B, C]), min_size=1, max_size=4)


@st.composite
def rotations(draw: st.DrawFn) -> Rotation:
    every: Every = draw(st.sampled_from(("dag", "week")))
    return rotation(draw(MOMENTS), *draw(PEOPLE), every=every, zone=draw(ZONES))


@settings(max_examples=40, deadline=None)
@given(one=rotations(), ahead=st.integers(0, 20))
def test_random_rotations_agree_with_the_wall_clock(one: Rotation, ahead: int) -> None:
    start = one.start.replace(tzinfo=UTC) + timedelta(days=ahead - 1)
    end = start + timedelta(days=2)

    assert [on_call([one], [], CYBER, "eerste", now) for now in minutes(start, end)] == by_the_clock(one, start, end)


@st.composite
def overrides(draw: st.DrawFn) -> Override:
    start = draw(MOMENTS).replace(tzinfo=UTC)
    length = timedelta(minutes=draw(st.integers(1, 60 * 24 * 30)))
    return Override(CYBER, draw(st.sampled_from(LAYERS)), draw(st.sampled_from([A, B, C])), start, start + length)


@settings(max_examples=60, deadline=None)
@given(
    many=st.lists(rotations(), max_size=3),
    swaps=st.lists(overrides(), max_size=3),
    start=MOMENTS,
    probes=st.lists(st.integers(0, 60 * 24 * 40 - 1), min_size=20, max_size=40),
)
def test_shifts_say_at_every_moment_what_on_call_says(
    many: Sequence[Rotation], swaps: Sequence[Override], start: datetime, probes: Sequence[int]
) -> None:
    begin = start.replace(tzinfo=UTC)
    spans = shifts(many, swaps, CYBER, "eerste", begin, begin + timedelta(days=40))

    assert all(span.start < span.end for span in spans)
    for before, after in pairwise(spans):
        assert before.end < after.start or (before.end == after.start and before.person != after.person)
    for probe in probes:
        now = begin + probe * MINUTE
        said = [span.person for span in spans if span.start <= now < span.end]
        assert said == [person for person in [on_call(many, swaps, CYBER, "eerste", now)] if person is not None]
