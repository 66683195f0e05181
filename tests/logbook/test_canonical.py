"""The canonical form: the same bytes as plain JSON sorted by key, and nothing that two readers could read differently."""

import json
from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum, StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.erased import ERASED
from bot.logbook.canonical import JSON, jcs, read_jcs, read_time, time_text

KEYS = st.text("abcdefghijklmnopqrstuvwxyz0123456789_.-", min_size=1, max_size=64)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
VALUES: st.SearchStrategy[JSON] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
).filter(lambda value: depth(value) <= 8)


def depth(value: JSON) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


def nested(levels: int) -> JSON:
    value: JSON = 1
    for _ in range(levels):
        value = [value]
    return value


class Colour(StrEnum):
    RED = "red"


class Number(IntEnum):
    ONE = 1


@given(VALUES)
def test_canonical_form_is_plain_json_sorted_by_key(value: JSON) -> None:
    assert jcs(value) == json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@given(VALUES)
def test_what_was_written_is_read_back(value: JSON) -> None:
    assert json.dumps(read_jcs(jcs(value)), sort_keys=True) == json.dumps(value, sort_keys=True)


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        2**53,
        -(2**53),
        "\ud800",
        {"\u00e9": 1},
        {"A": 1},
        {"": 1},
        {"a" * 65: 1},
        {"a\n": 1},
        {1: 1},
        (1, 2),
        b"a",
        nested(9),
        {"a": nested(8)},
        ERASED,
        Colour.RED,
        Number.ONE,
        ["deep", {"a": [1.5]}],
    ],
    ids=repr,
)
def test_values_outside_the_profile_are_refused(value: object) -> None:
    with pytest.raises(ValueError):
        jcs(value)  # type: ignore[arg-type]  # wrong types are the case


def test_the_limits_themselves_are_allowed() -> None:
    limits: JSON = [2**53 - 1, -(2**53) + 1, {"a" * 64: None}]
    assert read_jcs(jcs(limits)) == limits
    assert jcs(nested(8)) == b"[[[[[[[[1]]]]]]]]"


@pytest.mark.parametrize(
    "data",
    [
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a": 1}',
        b'"\\u0061"',
        b'"\\/"',
        b"01",
        b"-0",
        b"1.0",
        b"1e2",
        b"NaN",
        b'"\xff"',
        b'\xef\xbb\xbf"a"',
        b"[1]\n",
        b"",
        b"[" * 100_000,
        b"9007199254740992",
    ],
    ids=lambda data: repr(data[:20]),
)
def test_other_spellings_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        read_jcs(data)


@given(
    st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive by contract
    st.integers(-14 * 60, 14 * 60),
)
def test_a_time_is_written_in_utc_and_read_back(at: datetime, offset: int) -> None:
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    text = time_text(at.astimezone(timezone(timedelta(minutes=offset))))
    assert len(text) == 24
    assert read_time(text) == at
    assert read_time(text).tzinfo is UTC


@pytest.mark.parametrize(
    "at",
    [datetime(2026, 1, 1), datetime(2026, 1, 1, microsecond=1, tzinfo=UTC)],  # noqa: DTZ001 - the naive one is the case
    ids=["naive", "microseconds"],
)
def test_a_time_that_would_change_by_writing_is_refused(at: datetime) -> None:
    with pytest.raises(ValueError):
        time_text(at)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T04:15:00Z",
        "2026-11-22T04:15:00.123456Z",
        "2026-11-22T04:15:00,123Z",
        "2026-11-22 04:15:00.123Z",
        "2026-11-22T04:15:00.123+00:00",
        "2026-11-22T04:15:00.123z",
        "2026-13-22T04:15:00.123Z",
        "2026-11-22T24:00:00.000Z",
        "2026-11-22T04:15:60.000Z",
        "٢٠٢٦-11-22T04:15:00.123Z",
        "2026-11-22T04:15:00.123Z\n",
    ],
)
def test_other_ways_to_write_a_time_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_time(text)
