"""What people hear in good time of shifts, gaps and tests: each thing once, the newest only, and nothing at night that can wait."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import Settings
from bot.domain import messages as m
from bot.domain.ids import PersonId, RoleId
from bot.domain.rota import Rotation
from bot.duty import Duties, hours, newest
from bot.rostering import Rostering
from bot.store import absences, overrides
from bot.store.absences import AbsenceRow
from bot.store.overrides import OverrideRow
from bot.words.fit import FIRST_LINE, MOST_CHARACTERS, MOST_LINES
from tests.pagers.ground import number
from tests.reach.ground import Town

HOME = ZoneInfo("Europe/Amsterdam")
CYBER = RoleId("expert_cyber")
MONDAY = datetime(2026, 11, 30, 8, tzinfo=HOME)  # cyber2 takes over from cyber1
OWN, OTHER = number(4711), number(4712)
REMINDED = hours(Settings.model_fields["reminder_hours"].default)
WARNED = hours(Settings.model_fields["warning_hours"].default)


def in_turn(town: Town) -> None:
    """Cyber goes round every week on Monday at eight; everybody else is on call for ever."""
    order = (PersonId("cyber1"), PersonId("cyber2"))
    start = datetime(2026, 11, 23, 8)  # noqa: DTZ001 - a roster counts in local wall time
    kept = [r for r in town.known.rotations if r.role != CYBER]
    town.known = replace(town.known, rotations=(*kept, Rotation(CYBER, "eerste", "week", start, order)))


def duties(town: Town) -> Duties:
    desk = town.ground.desk
    return Duties(town.onboarding, Rostering(desk, lambda: town.known), lambda: town.known, REMINDED, WARNED)


async def told(town: Town, at: datetime) -> list[tuple[str, str]]:
    """Who was told what when the calendar came by at this moment, by name."""
    town.ground.now = at.astimezone(UTC)
    await duties(town).tell()
    return shown(await town.sends())


def shown(messages: Sequence[m.Message]) -> list[tuple[str, str]]:
    found = []
    for said in messages:
        if isinstance(said, m.Reminder):
            assert said.mention == (said.to.name,)
            assert len(said.lines) <= MOST_LINES
            assert len("\n".join(said.lines)) <= MOST_CHARACTERS
            assert len(said.lines[0]) <= FIRST_LINE, said.lines[0]
            found.append((said.to.name, "\n".join(said.lines)))
    return sorted(found)


def before(at: datetime, **lead: float) -> datetime:
    return at - timedelta(**lead)


async def reachable(town: Town, *people: str) -> None:
    for n, person in enumerate(people):
        await town.verifies(person, number(5000 + n))


async def test_who_has_a_shift_hears_of_it_two_days_and_two_hours_before(town: Town) -> None:
    in_turn(town)
    await reachable(town, "cyber2", "cyber1")
    assert await told(town, before(MONDAY, days=2, minutes=1)) == []
    ((who, text),) = await told(town, before(MONDAY, days=2))
    assert who == "cyber2"
    assert text.startswith("📅 Je hebt dienst: cyber, vanaf ma 30-11 08:00\nTot ma 07-12 08:00. Je bent de eerste.")
    assert await told(town, before(MONDAY, days=1)) == []
    assert [who for who, _ in await told(town, before(MONDAY, hours=2))] == ["cyber2"]
    assert await told(town, before(MONDAY, minutes=1)) == []
    assert await told(town, MONDAY) == []


async def test_a_run_that_comes_late_says_only_the_newest(town: Town) -> None:
    in_turn(town)
    await reachable(town, "cyber2")
    assert len(await told(town, before(MONDAY, minutes=30))) == 1
    assert await told(town, before(MONDAY, minutes=20)) == []


async def test_a_run_twice_says_nothing_twice_also_after_a_restart(town: Town) -> None:
    in_turn(town)
    await reachable(town, "cyber2")
    assert await told(town, before(MONDAY, days=2))
    town.starts_again()
    assert await told(town, before(MONDAY, days=2)) == []


async def test_who_stands_in_is_reminded_and_who_is_replaced_is_not(town: Town) -> None:
    in_turn(town)
    await reachable(town, "cyber2", "cter1")
    stand_in = OverrideRow(
        "o1", CYBER, "eerste", PersonId("cter1"), MONDAY.astimezone(UTC), before(MONDAY, days=-7).astimezone(UTC),
        PersonId("cter1"), town.now(),
    )  # fmt: skip
    async with town.ground.database.begin() as tx:
        await overrides.add(tx, stand_in)
    assert [who for who, _ in await told(town, before(MONDAY, days=2))] == ["cter1"]


async def test_with_one_channel_both_the_person_and_the_coordinator_are_warned(town: Town) -> None:
    in_turn(town)
    first = await told(town, before(MONDAY, days=6, hours=22))
    assert [(who, text.split("\n")[0]) for who, text in first] == [
        ("coordinator1", "⚠️ Maar één kanaal: Cyber2, ma 30-11 08:00"),
        ("cyber2", "⚠️ Dienst vanaf ma 30-11 08:00, maar één kanaal"),
    ]
    await reachable(town, "cyber2")
    assert [who for who, _ in await told(town, before(MONDAY, days=2))] == ["cyber2"]


@pytest.mark.parametrize("armed", [True, False])
async def test_the_fallback_is_only_promised_where_it_is_called(town: Town, *, armed: bool) -> None:
    in_turn(town)
    town.known = replace(town.known, policy=replace(town.known.policy, fallback_too=armed))
    found = await told(town, before(MONDAY, days=6, hours=22))
    assert len(found) == 2
    assert {"achtervang" in text for _, text in found} == {armed}


async def test_where_only_matrix_is_set_up_nobody_is_warned_of_it(town: Town) -> None:
    in_turn(town)
    town.pagers.clear()
    assert await told(town, before(MONDAY, days=6)) == []


async def test_a_gap_is_told_to_the_coordinator_and_to_who_is_away(town: Town) -> None:
    in_turn(town)
    await reachable(town, "cyber2", "coordinator1")
    away = AbsenceRow(
        "a1", PersonId("cyber2"), before(MONDAY, days=1).astimezone(UTC), before(MONDAY, days=-3).astimezone(UTC),
        PersonId("cyber2"), town.now(),
    )  # fmt: skip
    async with town.ground.database.begin() as tx:
        await absences.add(tx, away)
    found = await told(town, before(MONDAY, days=2))
    assert [(who, text.split("\n")[0]) for who, text in found if "rooster" in text or "open" in text] == [
        ("coordinator1", "⚠️ Gat in het rooster: cyber, ma 30-11 08:00"),
        ("cyber2", "⚠️ Je bent afwezig, je dienst is open: cyber"),
    ]
    assert "Cyber2 is afwezig." in dict(found)["coordinator1"]


async def test_what_is_days_away_waits_for_the_morning(town: Town) -> None:
    in_turn(town)
    await reachable(town, "cyber2")
    start = datetime(2026, 12, 2, 4, tzinfo=HOME)
    stand_in = OverrideRow(
        "o1", CYBER, "eerste", PersonId("cyber2"), start.astimezone(UTC), MONDAY.astimezone(UTC) + timedelta(days=9),
        PersonId("cyber2"), town.now(),
    )  # fmt: skip
    kept = tuple(r for r in town.known.rotations if r.role != CYBER)
    town.known = replace(town.known, rotations=kept)
    async with town.ground.database.begin() as tx:
        await overrides.add(tx, stand_in)
    assert await told(town, before(start, days=2)) == []  # four at night
    assert len(await told(town, datetime(2026, 11, 30, 8, tzinfo=HOME))) == 1
    assert len(await told(town, before(start, hours=2))) == 1  # two at night: it begins soon


async def test_the_night_on_which_the_clock_goes_back_changes_no_notice(town: Town) -> None:
    in_turn(town)
    await reachable(town, "cyber2", "cyber1")
    start = datetime(2027, 10, 31, 12, tzinfo=HOME)
    shift = OverrideRow(
        "o1", CYBER, "reserve", PersonId("cyber2"), start.astimezone(UTC), start.astimezone(UTC) + timedelta(hours=9),
        PersonId("cyber2"), town.now(),
    )  # fmt: skip
    async with town.ground.database.begin() as tx:
        await overrides.add(tx, shift)
    early, due = start.astimezone(UTC) - timedelta(hours=2, seconds=1), start.astimezone(UTC) - timedelta(hours=2)
    told_early, told_now = await told(town, early), await told(town, due)
    for found in (told_early, told_now):  # two days and two hours before
        assert [who for who, text in found if "zo 31-10 12:00" in text and "📅" in text] == ["cyber2"]
    # nobody is reserve after that shift, for as long as anybody looks ahead
    assert "reserve: voorlopig niemand." in "\n".join(text for _, text in told_early)


@given(st.lists(st.integers(0, 12 * 24 * 60), min_size=1, max_size=60), st.booleans())
def test_however_often_and_late_a_run_comes_no_notice_is_due_out_of_turn(minutes: list[int], by_day: bool) -> None:
    start = datetime(2026, 11, 30, 7, tzinfo=UTC)
    said = []
    for passed in sorted(minutes):
        now = start - timedelta(days=10) + timedelta(minutes=passed)
        lead = newest(WARNED, start, now, by_day=by_day)
        if lead is not None and lead not in said:
            assert start - lead <= now < start
            said.append(lead)
    assert said == sorted(said, reverse=True)
    assert len(said) <= len(WARNED)
    if not by_day:
        assert set(said) <= {min(WARNED)}


async def test_an_installation_may_remind_at_other_times_or_never(town: Town) -> None:
    in_turn(town)
    await reachable(town, "cyber1", "cyber2")
    town.ground.now = before(MONDAY, days=3).astimezone(UTC)
    for leads, count in (((), 0), ((72,), 1)):
        await replace(duties(town), reminded=hours(leads)).tell()
        assert len(shown(await town.sends())) == count


# --- tests by the calendar --------------------------------------------------------------------------------------------

WORKDAY = datetime(2026, 12, 1, 10, 5, tzinfo=HOME)


async def proved(town: Town, at: datetime) -> list[str]:
    """Who was asked whether the telephone still wakes them."""
    town.ground.now = at.astimezone(UTC)
    await duties(town).prove()
    return [said.to.name for said in await town.sends() if isinstance(said, m.ReadyAsked)]


async def test_once_a_month_everybody_who_may_be_paged_is_asked_by_day(town: Town) -> None:
    asked = await proved(town, WORKDAY)
    assert len(asked) == len(set(asked)) == 17
    assert await proved(town, WORKDAY + timedelta(days=1)) == []
    assert len(await proved(town, datetime(2027, 1, 4, 10, 5, tzinfo=HOME))) == 17


@pytest.mark.parametrize(
    "at",
    [WORKDAY.replace(hour=3), WORKDAY.replace(hour=20), WORKDAY + timedelta(days=4), WORKDAY + timedelta(days=5)],
    ids=["night", "evening", "saturday", "sunday"],
)
async def test_nobody_is_tested_outside_working_hours(town: Town, at: datetime) -> None:
    assert await proved(town, at) == []


async def test_nobody_is_tested_on_a_holiday_of_the_rosters(town: Town) -> None:
    day = WORKDAY.date()
    town.known = replace(
        town.known, rotations=tuple(replace(r, holidays=frozenset((day,))) for r in town.known.rotations)
    )  # fmt: skip
    assert await proved(town, WORKDAY) == []
    assert await proved(town, WORKDAY + timedelta(days=1))


async def test_nobody_is_tested_during_an_incident(town: Town) -> None:
    town.ground.now = WORKDAY.astimezone(UTC)
    await town.ground.alarm()
    await town.sends()
    assert await proved(town, WORKDAY + timedelta(minutes=1)) == []


async def test_the_monthly_test_goes_over_every_channel_and_renews_the_proof(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    await proved(town, WORKDAY)
    assert "TEST" in town.sms.phone(OWN)[-1]
    for _ in range(3):
        await town.says("cyber1", "1")
    assert {row.proved_at is not None and row.proved_at >= WORKDAY for row in await town.reach("cyber1")} == {True}
    assert "cyber1" not in await proved(town, datetime(2026, 12, 8, 10, 5, tzinfo=HOME))


async def test_who_tested_lately_is_left_alone(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    town.ground.now = (WORKDAY - timedelta(days=5)).astimezone(UTC)
    await town.says("cyber1", "test")
    for _ in range(3):
        await town.says("cyber1", "1")
    asked = await proved(town, WORKDAY)
    assert "cyber1" not in asked
    assert "cyber2" in asked


async def test_officers_are_asked_once_a_year_for_a_test_alarm(town: Town) -> None:
    async def asked(at: datetime) -> list[str]:
        town.ground.now = at.astimezone(UTC)
        await duties(town).remind_test_alarm()
        return [who for who, _ in shown(await town.sends())]

    assert await asked(WORKDAY) == ["bakker", "visser"]
    assert await asked(WORKDAY + timedelta(days=1)) == []
    await town.says("bakker", "testalarm")
    assert await asked(datetime(2027, 1, 4, 10, 35, tzinfo=HOME)) == []  # a new year by the calendar is not a year
    assert await asked(WORKDAY + timedelta(days=365)) == []
    assert await asked(WORKDAY + timedelta(days=366)) == ["visser"]
    assert await asked(WORKDAY + timedelta(days=367)) == ["bakker"]  # who gave one a day later
    assert await asked(WORKDAY + timedelta(days=368)) == []


async def test_who_is_first_and_reserve_hears_it_too(town: Town) -> None:
    in_turn(town)
    double = Rotation(CYBER, "reserve", "week", datetime(2026, 11, 23, 8), (PersonId("cyber2"),))  # noqa: DTZ001
    kept = [r for r in town.known.rotations if (r.role, r.layer) != (CYBER, "reserve")]
    town.known = replace(town.known, rotations=(*kept, double))
    found = [(who, lines.split(": ")[0]) for who, lines in await told(town, before(MONDAY, days=6))]
    assert ("coordinator1", "⚠️ Eerste én reserve") in found
    assert ("cyber2", "⚠️ Je bent eerste én reserve") in found
