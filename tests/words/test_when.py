"""Times as people say them: understood in local time, asked about, or plainly not understood; never guessed in silence."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.words.when import Day, Period, Unclear, Understood, is_length, period, point

HOME = "Europe/Amsterdam"
ZONE = ZoneInfo(HOME)
SUNDAY = datetime(2026, 11, 22, 12, 15, tzinfo=ZONE)
VOCABULARY = (
    "za", "zaterdag", "zo", "morgen", "vanavond", "vannacht", "half", "kwart", "over", "voor", "vier", "een", "uur", "22:00",
    "08:00", "25:61", "3", "31", "dec", "feb", "2027", "9999", "–", "-", "tot", "t/m", "van", "om", "1u30", "30m", "28-11", "99-99",
    "sat", "to", "until", "noon", "24:00", "'s nachts", "volgende", "week", "dagen", "lang", "29 feb", "0", "for", "in", "next",
)  # fmt: skip


def shown(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%a %d-%m-%Y %H:%M}"


MOMENTS = (
    ("vanavond 20:00", "Sun 22-11-2026 20:00"),
    ("vanavond 8 uur", "Sun 22-11-2026 20:00"),
    ("vanavond 21u", "Sun 22-11-2026 21:00"),
    ("half vier", "Sun 22-11-2026 15:30"),
    ("kwart over 3", "Sun 22-11-2026 15:15"),
    ("kwart voor twaalf", "Sun 22-11-2026 23:45"),
    ("tien voor half vier", "Sun 22-11-2026 15:20"),
    ("over een kwartier", "Sun 22-11-2026 12:30"),
    ("over een half uur", "Sun 22-11-2026 12:45"),
    ("over anderhalf uur", "Sun 22-11-2026 13:45"),
    ("over 1u30", "Sun 22-11-2026 13:45"),
    ("over 1,5 uur", "Sun 22-11-2026 13:45"),
    ("30m", "Sun 22-11-2026 12:45"),
    ("nu", "Sun 22-11-2026 12:15"),
    ("morgen 14:00", "Mon 23-11-2026 14:00"),
    ("morgenmiddag half vier", "Mon 23-11-2026 15:30"),
    ("overmorgen om 9:00", "Tue 24-11-2026 09:00"),
    ("over twee dagen 14:00", "Tue 24-11-2026 14:00"),
    ("za 22:00", "Sat 28-11-2026 22:00"),
    ("Zaterdag 23:00!", "Sat 28-11-2026 23:00"),
    ("zaterdagavond half negen", "Sat 28-11-2026 20:30"),
    ("22:00 zaterdag", "Sat 28-11-2026 22:00"),
    ("za 28-11 22:00", "Sat 28-11-2026 22:00"),
    ("zondag 08:00", "Sun 29-11-2026 08:00"),
    ("zondag 20:00", "Sun 22-11-2026 20:00"),
    ("volgende week dinsdag 9:00", "Tue 24-11-2026 09:00"),
    ("3 dec 14:00", "Thu 03-12-2026 14:00"),
    ("3 december 2027 14.30 uur", "Fri 03-12-2027 14:30"),
    ("28-11-26 22:00", "Sat 28-11-2026 22:00"),
    ("15 mrt 07:00", "Mon 15-03-2027 07:00"),
    ("08:00", "Mon 23-11-2026 08:00"),
    ("om 8", "Sun 22-11-2026 20:00"),
    ("vannacht 3 uur", "Mon 23-11-2026 03:00"),
    ("middernacht", "Mon 23-11-2026 00:00"),
    ("morgen 24:00", "Tue 24-11-2026 00:00"),
    ("tomorrow at 2pm", "Mon 23-11-2026 14:00"),
    ("tonight 8 pm", "Sun 22-11-2026 20:00"),
    ("sat 22:00", "Sat 28-11-2026 22:00"),
    ("half past three", "Sun 22-11-2026 15:30"),
    ("quarter to 4", "Sun 22-11-2026 15:45"),
    ("in half an hour", "Sun 22-11-2026 12:45"),
    ("the 3rd of december 14:00", "Thu 03-12-2026 14:00"),
)


@pytest.mark.parametrize(("phrase", "moment"), MOMENTS)
def test_a_moment_is_understood(phrase: str, moment: str) -> None:
    found = point(phrase, SUNDAY, HOME)
    assert isinstance(found, Understood), found
    assert (shown(found.at), found.odd) == (moment, "")


PERIODS = (
    ("za 22:00–zo 08:00", "Sat 28-11-2026 22:00", "Sun 29-11-2026 08:00"),
    ("za 22:00-zo 08:00", "Sat 28-11-2026 22:00", "Sun 29-11-2026 08:00"),
    ("za 28-11 22:00–zo 29-11 08:00", "Sat 28-11-2026 22:00", "Sun 29-11-2026 08:00"),
    ("van vanavond 20:00 tot morgen 08:00", "Sun 22-11-2026 20:00", "Mon 23-11-2026 08:00"),
    ("tot 08:00", "Sun 22-11-2026 12:15", "Mon 23-11-2026 08:00"),
    ("tot half vier", "Sun 22-11-2026 12:15", "Sun 22-11-2026 15:30"),
    ("tot over een uur", "Sun 22-11-2026 12:15", "Sun 22-11-2026 13:15"),
    ("22:00-06:00", "Sun 22-11-2026 22:00", "Mon 23-11-2026 06:00"),
    ("zo 08:00-08:00", "Sun 29-11-2026 08:00", "Mon 30-11-2026 08:00"),
    ("3 dec–10 dec", "Thu 03-12-2026 00:00", "Fri 11-12-2026 00:00"),
    ("3-10 dec", "Thu 03-12-2026 00:00", "Fri 11-12-2026 00:00"),
    ("3 dec t/m 10 dec", "Thu 03-12-2026 00:00", "Fri 11-12-2026 00:00"),
    ("3 dec tot 10 dec", "Thu 03-12-2026 00:00", "Thu 10-12-2026 00:00"),
    ("28 dec–3 jan", "Mon 28-12-2026 00:00", "Mon 04-01-2027 00:00"),
    ("vrijdag–maandag", "Fri 27-11-2026 00:00", "Tue 01-12-2026 00:00"),
    ("morgen", "Mon 23-11-2026 00:00", "Tue 24-11-2026 00:00"),
    ("vandaag", "Sun 22-11-2026 12:15", "Mon 23-11-2026 00:00"),
    ("30m", "Sun 22-11-2026 12:15", "Sun 22-11-2026 12:45"),
    ("1u30", "Sun 22-11-2026 12:15", "Sun 22-11-2026 13:45"),
    ("2 uur lang", "Sun 22-11-2026 12:15", "Sun 22-11-2026 14:15"),
    ("for 2 hours", "Sun 22-11-2026 12:15", "Sun 22-11-2026 14:15"),
    ("from sat 22:00 until sun 08:00", "Sat 28-11-2026 22:00", "Sun 29-11-2026 08:00"),
)


@pytest.mark.parametrize(("phrase", "start", "end"), PERIODS)
def test_a_period_is_understood(phrase: str, start: str, end: str) -> None:
    found = period(phrase, SUNDAY, HOME)
    assert isinstance(found, Period), found
    assert (shown(found.start), shown(found.end)) == (start, end)


UNCLEAR = (
    ("morgen half vier", "which_time", ("Mon 23-11-2026 03:30", "Mon 23-11-2026 15:30")),
    ("1u30", "which_time", ("Mon 23-11-2026 01:30", "Sun 22-11-2026 13:45")),
    ("zaterdagnacht 03:00", "which_day", ("2026-11-28", "2026-11-29")),
    ("volgende dinsdag 9:00", "which_day", ("2026-11-24", "2026-12-01")),
    ("zo 28-11 22:00", "wrong_weekday", ("2026-11-28",)),
    ("vanavond", "no_time", ()),
    ("31 feb 10:00", "no_such_date", ()),
    ("99-99 10:00", "no_such_date", ()),
    ("over 99999999 dagen 10:00", "no_such_date", ()),
    ("over 99999999999999999999 weken", "no_such_date", ()),
    ("3 nov 10:00", "past", ("2026-11-03",)),
    ("gisteren 10:00", "past", ()),
    ("vandaag 10:00", "past", ("Sun 22-11-2026 10:00",)),
    ("vandaag 25:00", "not_understood", ()),
    ("vanochtend 20:00", "not_understood", ()),
    ("straks", "not_understood", ()),
    ("", "not_understood", ()),
    ("uur " * 400, "not_understood", ()),
)


@pytest.mark.parametrize(("phrase", "why", "choices"), UNCLEAR)
def test_what_may_mean_two_things_or_nothing_is_said_so(phrase: str, why: str, choices: tuple[str, ...]) -> None:
    found = point(phrase, SUNDAY, HOME)
    assert isinstance(found, Unclear), found
    assert found.why == why
    assert tuple(shown(c) if isinstance(c, datetime) else str(c) for c in found.choices) == choices


@pytest.mark.parametrize(
    ("phrase", "why"),
    [
        ("za 22:00", "no_end"),
        ("2 uur", "no_end"),
        ("10 dec–3 dec", "end_first"),
        ("3 dec 20:00 - 3 dec 19:00", "end_first"),
        ("za 22:00 tot morgen 08:00", "end_first"),
        ("tot 1u30", "which_time"),
        ("31 feb–3 mrt", "no_such_date"),
        ("tot gisteren", "past"),
        ("tot sint-juttemis", "not_understood"),
    ],
)
def test_a_period_that_is_none(phrase: str, why: str) -> None:
    found = period(phrase, SUNDAY, HOME)
    assert isinstance(found, Unclear), found
    assert found.why == why


def test_a_day_is_a_day() -> None:
    assert point("zaterdag", SUNDAY, HOME) == Day(date(2026, 11, 28))
    assert is_length("een half uur")
    assert not is_length("half vier")


def test_the_night_that_skips_an_hour_gives_the_first_moment_that_exists() -> None:
    found = point("28-3-2027 02:30", SUNDAY, HOME)
    assert found == Understood(datetime(2027, 3, 28, 3, 0, tzinfo=ZONE), "skipped")


def test_the_night_that_repeats_an_hour_gives_the_first_of_the_two_and_says_so() -> None:
    assert point("31-10-2027 02:30", SUNDAY, HOME) == Understood(datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "twice")


def test_in_the_middle_of_that_hour_the_second_comes_next() -> None:
    first = datetime(2027, 10, 31, 0, 40, tzinfo=UTC)
    found = point("02:30", first, HOME)
    assert isinstance(found, Understood)
    assert found.at - first == timedelta(minutes=50)
    assert point("02:50", first, HOME) == Understood(first + timedelta(minutes=10), "twice")


def test_over_half_an_hour_is_that_long_on_such_a_night_too() -> None:
    now = datetime(2027, 3, 28, 1, 45, tzinfo=ZONE)
    found = point("over een half uur", now, HOME)
    assert isinstance(found, Understood)
    assert shown(found.at) == "Sun 28-03-2027 03:15"


@given(st.text(max_size=130))
def test_any_text_is_read_without_a_crash(text: str) -> None:
    assert isinstance(point(text, SUNDAY, HOME), Understood | Day | Unclear)
    assert isinstance(period(text, SUNDAY, HOME), Period | Unclear)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(VOCABULARY), max_size=8), st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1)))  # noqa: DTZ001
def test_whatever_is_understood_lies_ahead(words: list[str], wall: datetime) -> None:
    now = wall.replace(tzinfo=ZONE)
    match point(" ".join(words), now, HOME):
        case Understood(at=at):
            assert at >= now
        case Day(date=day):
            assert day >= now.date()
        case Unclear():
            pass
    match period(" ".join(words), now, HOME):
        case Period(start=start, end=end):
            assert now <= start < end
        case Unclear():
            pass


def test_the_longest_phrases_are_read_quickly() -> None:
    hard = [" ".join([word] * (120 // (len(word) + 1))) for word in VOCABULARY]
    point("3 dec", SUNDAY, HOME)  # the first use reads the tables of the library
    began = process_time()
    for phrase in hard:
        point(phrase, SUNDAY, HOME)
        period(phrase, SUNDAY, HOME)
    assert process_time() - began < 2.0


def test_the_library_is_not_read_before_a_month_is_named() -> None:
    program = "import sys, bot.words.when; print('dateparser' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
