"""What people wrote can hide nothing and mark up nothing; moments are on the Dutch clock."""

import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import RoomId
from bot.words.shown import _PLAIN, _sifted, length_of, moment, recall, room_link, shorten, visible
from bot.words.tree import grow, html, plain

NIGHT = datetime(2026, 11, 22, 2, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("regel\neen\r\n\ttwee", "regel een twee"),
        ("\u202ekwaad\u202c", "kwaad"),
        ("a\u2066b\u2069\u200b\u200d\ufeffc", "abc"),
        ("bel\x07\x00", "bel"),
        ("z" + "\u0301" * 50, "z" + "\u0301" * 3),
        ("\ud800x", "x"),
        ("wek @room nu", "wek @ room nu"),
        ("1️⃣ ✅ é", "1️⃣ ✅ é"),
    ],
)
def test_nothing_hides_in_what_is_shown(written: str, shown: str) -> None:
    assert visible(written) == shown


def test_a_text_that_is_not_looked_at_sign_by_sign_hides_nothing_either() -> None:
    """Each sign there is, alone, within a word, at both ends and twice."""
    for code in range(sys.maxunicode + 1):
        sign = chr(code)
        for text in (sign, f"a{sign}b", f"{sign}a{sign}", f"a{sign}{sign}{sign}{sign}b", f"{sign}room"):
            if _PLAIN.fullmatch(text):
                assert _sifted(text) == text


@given(st.text(st.sampled_from("a é@room\u0301\u200b\n…")))
def test_whichever_way_it_is_looked_at_the_same_is_shown(text: str) -> None:
    assert visible(text) == _sifted(text)


def test_values_are_text_and_never_markup() -> None:
    nodes = grow("**{a}** `{b}` [{a}]({url})", {"a": "<b>**x**", "b": "`y` {a}", "url": "https://x.example/?a=1&b=\"'"})
    assert plain(nodes) == "<b>**x** `y` {a} <b>**x** https://x.example/?a=1&b=\"'"
    assert html(nodes) == (
        "<strong>&lt;b&gt;**x**</strong> <code>`y` {a}</code> "
        '<a href="https://x.example/?a=1&amp;b=&quot;&#x27;">&lt;b&gt;**x**</a>'
    )


def test_a_link_leads_to_https_only() -> None:
    with pytest.raises(ValueError, match="https"):
        grow("[x]({url})", {"url": "javascript:alert(1)"})


def test_a_room_link_carries_the_room_whole() -> None:
    assert room_link(RoomId("!a b:iog.example")) == "https://matrix.to/#/!a%20b:iog.example"


@given(st.text(), st.integers(1, 40))
def test_shortening_keeps_its_length_and_says_so(text: str, length: int) -> None:
    short = shorten(text, length)
    assert len(short) <= length
    assert short == text or short.endswith("…")


def test_moments_in_both_languages_and_in_the_double_hour() -> None:
    assert (moment(NIGHT, "nl"), moment(NIGHT, "en")) == ("zo 22-11 03:06", "Sun 22-11 03:06")
    assert moment(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "nl") == "zo 25-10 02:30 CEST"
    assert moment(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "nl") == "zo 25-10 02:30 CET"


@pytest.mark.parametrize(
    ("said", "instant"),
    [
        ("03:05", datetime(2026, 11, 22, 2, 5, 59, 999_000, tzinfo=UTC)),
        ("03:06", NIGHT),  # the minute is not over yet
        ("03:10", datetime(2026, 11, 21, 2, 10, 59, 999_000, tzinfo=UTC)),
        ("25-10 02:30", datetime(2026, 10, 25, 1, 30, 59, 999_000, tzinfo=UTC)),
        ("31-02 10:00", None),
    ],
)
def test_a_time_of_the_clock_is_the_last_one_that_was(said: str, instant: datetime | None) -> None:
    assert recall(said, NIGHT) == instant


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0 s"), (72, "1 min 12 s"), (7_500, "2 u 05 min")])
def test_lengths_of_time(seconds: int, shown: str) -> None:
    assert length_of(seconds, "nl") == shown
