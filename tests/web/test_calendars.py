"""Calendars as a calendar program fetches them: over HTTP, read back by the library, shifts and gaps at the right time."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest
import pytest_asyncio
from icalendar import Calendar
from sqlalchemy import text
from starlette.applications import Starlette
from structlog.testing import capture_logs

from bot.domain.contacts import Contacts
from bot.domain.ids import MunicipalityId, PersonId, RoleId
from bot.domain.roster import shifts_of
from bot.domain.rota import Layer, Rotation
from bot.store import absences, feeds, overrides
from bot.store.absences import AbsenceRow
from bot.store.overrides import OverrideRow
from bot.web.calendars import CalendarPages
from bot.web.health import serve
from bot.web.wire import MOST_MISSES, Misses
from bot.words.shown import ZONE
from tests.desk.ground import Ground
from tests.web.conftest import WORDS

CYBER = RoleId("expert_cyber")
ANNE, BRAM = PersonId("cyber1"), PersonId("cyber2")


def utc(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@dataclass
class Fetching:
    """A calendar program, and the roster that it gets to see."""

    ground: Ground
    client: httpx.AsyncClient
    known: Contacts
    codes: int = 0

    async def feed(self, kind: feeds.FeedKind, subject: str, by: str = ANNE) -> str:
        self.codes += 1
        chance = self.codes.to_bytes(16, "big") * 2
        async with self.ground.database.begin() as tx:
            return await feeds.make_feed(tx, chance, kind, subject, PersonId(by), self.ground.now)

    async def get(self, code: str) -> httpx.Response:
        return await self.client.get(f"/rooster/{code}.ics")

    async def calendar(self, code: str) -> Calendar:
        answer = await self.get(code)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        return Calendar.from_ical(answer.content)

    async def events(self, code: str) -> list[tuple[str, datetime, datetime]]:
        return [
            # in UTC, because local times of the hour that comes twice equal nothing (PEP 495)
            (str(one["SUMMARY"]), one["DTSTART"].dt.astimezone(UTC), one["DTEND"].dt.astimezone(UTC))
            for one in await self.raw(code)
        ]

    async def raw(self, code: str) -> Any:  # noqa: ANN401 - components of the library, which hold anything
        return (await self.calendar(code)).walk("VEVENT")

    async def stands_in(
        self, person: str, start: datetime, end: datetime, town: str | None = None, layer: Layer = "eerste"
    ) -> None:
        row = OverrideRow(
            "1", CYBER, layer, PersonId(person), start, end, PersonId(person), self.ground.now, municipalities=town
        )
        async with self.ground.database.begin() as tx:
            await overrides.add(tx, row)

    async def is_away(self, person: str, start: datetime, end: datetime) -> None:
        row = AbsenceRow("2", PersonId(person), start, end, PersonId(person), self.ground.now)
        async with self.ground.database.begin() as tx:
            await absences.add(tx, row)


@pytest_asyncio.fixture
async def fetching(ground: Ground) -> AsyncIterator[Fetching]:
    made: Fetching
    pages = CalendarPages(
        ground.database, lambda: made.known, WORDS, "iog.example", lambda: ground.now, Misses(lambda: 0.0)
    )
    async with (
        serve(Starlette(routes=pages.routes()), "127.0.0.1", 0) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        contacts = ground.desk.reference().contacts
        start = datetime(2026, 1, 5, 8)  # noqa: DTZ001 - a roster counts in local wall time
        weekly = Rotation(CYBER, "eerste", "week", start, (ANNE, BRAM))
        others = tuple(r for r in contacts.rotations if (r.role, r.layer) != (CYBER, "eerste"))
        made = Fetching(ground, client, replace(contacts, rotations=(weekly, *others)))
        yield made


async def test_a_person_sees_the_own_shifts_on_the_clock_of_amsterdam(fetching: Fetching) -> None:
    code = await fetching.feed("person", ANNE)
    calendar = await fetching.calendar(code)
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Amsterdam"]
    assert str(calendar["NAME"]) == "Dienst vliegende brigade"
    events = await fetching.events(code)
    assert {summary for summary, _, _ in events} == {"Dienst cyber"}
    # every other Monday at eight by the clock, in summer and in winter; the first week is cut off by the edge of the period
    whole = [(start.astimezone(ZONE), end.astimezone(ZONE)) for _, start, end in events[1:-1]]
    assert {start.strftime("%a %H:%M") for start, _ in whole} == {"Mon 08:00"}
    assert {start.utcoffset() for start, _ in whole} == {timedelta(hours=1), timedelta(hours=2)}
    assert all(end - start == timedelta(weeks=1) for start, end in whole)
    assert whole[0][0] < fetching.ground.now < whole[-1][1]


async def test_the_file_carries_local_times_and_the_rules_of_summer_time(fetching: Fetching) -> None:
    raw = (await fetching.get(await fetching.feed("person", ANNE))).text
    assert "DTSTART;TZID=Europe/Amsterdam:20261109T080000" in raw
    assert "BEGIN:DAYLIGHT" in raw
    assert "TZOFFSETTO:+0200" in raw
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in raw
    assert "TRANSP:TRANSPARENT" in raw


async def test_a_stand_in_is_visible_on_both_sides(fetching: Fetching) -> None:
    start, end = utc(2026, 11, 23, 21), utc(2026, 11, 24, 7)
    before = await fetching.events(await fetching.feed("role", CYBER))
    await fetching.stands_in(BRAM, start, end)
    of_role = await fetching.events(await fetching.feed("role", CYBER))
    assert ("cyber: Cyber2 (vervanging)", start, end) in of_role
    assert len(of_role) == len(before) + 2
    mine = await fetching.events(await fetching.feed("person", BRAM, BRAM))
    assert ("Dienst cyber (vervanging)", start, end) in mine
    theirs = await fetching.events(await fetching.feed("person", ANNE))
    assert all(not (begun < end and start < over) for _, begun, over in theirs)


async def test_a_role_shows_both_layers_and_every_gap(fetching: Fetching) -> None:
    await fetching.is_away(ANNE, utc(2026, 11, 23, 12), utc(2026, 11, 24, 12))
    events = await fetching.events(await fetching.feed("role", CYBER))
    assert ("⚠️ cyber: niemand, Cyber1 is afwezig", utc(2026, 11, 23, 12), utc(2026, 11, 24, 12)) in events
    assert any(summary == "cyber (reserve): Cyber2" for summary, _, _ in events)
    mine = await fetching.events(await fetching.feed("person", ANNE))
    assert ("⚠️ cyber: niemand, Cyber1 is afwezig", utc(2026, 11, 23, 12), utc(2026, 11, 24, 12)) in mine


async def test_shifts_and_gaps_together_are_the_whole_period(fetching: Fetching) -> None:
    await fetching.is_away(BRAM, utc(2026, 12, 8, 3), utc(2026, 12, 9, 3))
    events = await fetching.events(await fetching.feed("role", CYBER))
    layers = [
        sorted((start, end) for summary, start, end in events if ("(reserve)" in summary) == reserve)
        for reserve in (False, True)
    ]
    for layer in layers:
        assert all(one[1] == other[0] for one, other in pairwise(layer))
    assert len({(layer[0][0], layer[-1][1]) for layer in layers}) == 1


async def test_a_role_without_a_roster_is_one_gap(fetching: Fetching) -> None:
    events = await fetching.events(await fetching.feed("role", "jurist"))
    assert [summary for summary, _, _ in events] == ["⚠️ jurist: niemand", "⚠️ jurist (reserve): niemand"]


async def test_a_roster_of_some_municipalities_says_which(fetching: Fetching) -> None:
    start = datetime(2026, 1, 5, 8)  # noqa: DTZ001
    own = Rotation(CYBER, "eerste", "week", start, (BRAM,), municipalities=frozenset({MunicipalityId("polderdam")}))
    fetching.known = replace(fetching.known, rotations=(*fetching.known.rotations, own))
    of_role = await fetching.events(await fetching.feed("role", CYBER))
    assert any(summary == "cyber: Cyber2 · Polderdam" for summary, _, _ in of_role)
    mine = await fetching.events(await fetching.feed("person", BRAM, BRAM))
    assert any(summary == "Dienst cyber · Polderdam" for summary, _, _ in mine)


async def test_events_keep_their_names_while_time_goes_by(fetching: Fetching) -> None:
    code = await fetching.feed("role", CYBER)

    async def names() -> dict[str, tuple[datetime, datetime]]:
        found = await fetching.raw(code)
        assert len({str(one["UID"]) for one in found}) == len(found)
        return {str(one["UID"]): (one["DTSTART"].dt, one["DTEND"].dt) for one in found}

    now = await names()
    fetching.ground.now += timedelta(hours=7)
    assert await names() == now
    fetching.ground.now += timedelta(weeks=3)
    later = await names()
    future = {name for name, (start, _) in now.items() if start > fetching.ground.now}
    assert future
    assert future <= later.keys()


async def test_the_hour_that_comes_twice_is_told_apart(fetching: Fetching) -> None:
    fetching.ground.now = utc(2026, 10, 20, 12)
    start, end = utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 30)  # 02:30 and once more 02:30
    await fetching.stands_in(BRAM, start, end)
    code = await fetching.feed("role", CYBER)
    assert ("cyber: Cyber2 (vervanging)", start, end) in await fetching.events(code)
    raw = (await fetching.get(code)).text
    assert "DTSTART;TZID=Europe/Amsterdam:20261025T023000" in raw
    assert "DTEND:20261025T013000Z" in raw


async def test_english_readers_get_english(fetching: Fetching) -> None:
    people = fetching.known.people
    fetching.known = replace(fetching.known, people={**people, ANNE: replace(people[ANNE], language="en")})
    assert {summary for summary, _, _ in await fetching.events(await fetching.feed("person", ANNE))} == {
        "On call cyber"
    }


async def test_names_cannot_break_out_of_a_line(fetching: Fetching) -> None:
    people = fetching.known.people
    odd = replace(people[ANNE], name="Jan\r\nBEGIN:VALARM\r\nX;Y,Z\\")
    fetching.known = replace(fetching.known, people={**people, ANNE: odd})
    code = await fetching.feed("role", CYBER)
    calendar = await fetching.calendar(code)
    assert calendar.walk("VALARM") == []
    assert any("BEGIN:VALARM X;Y,Z\\" in str(one["SUMMARY"]) for one in await fetching.raw(code))


@pytest.mark.parametrize("why", ["unknown", "nonsense", "renewed", "revoked", "maker left", "person left"])
async def test_an_address_of_no_use_says_nothing_of_why(fetching: Fetching, why: str) -> None:
    code = await fetching.feed("person", ANNE)
    match why:
        case "unknown":
            code = "1" * 22
        case "nonsense":
            code = "x"
        case "renewed":
            await fetching.feed("person", ANNE)
        case "revoked":
            async with fetching.ground.database.begin() as tx:
                await feeds.revoke(tx, "person", ANNE, fetching.ground.now)
        case "maker left":
            code = await fetching.feed("role", CYBER, "vertrokken")
        case _:
            code = await fetching.feed("person", "vertrokken", ANNE)
    answer = await fetching.get(code)
    assert (answer.status_code, answer.text) == (404, "not found\n")


async def test_it_is_read_only_and_guessing_ends_soon(fetching: Fetching) -> None:
    code = await fetching.feed("person", ANNE)
    assert (await fetching.client.head(f"/rooster/{code}.ics")).status_code == 200
    assert (await fetching.client.post(f"/rooster/{code}.ics")).status_code == 405
    for _ in range(MOST_MISSES):
        assert (await fetching.get("1" * 22)).status_code == 404
    assert (await fetching.get(code)).status_code == 429


async def test_a_database_that_is_away_is_said(fetching: Fetching) -> None:
    code = await fetching.feed("person", ANNE)
    async with fetching.ground.database.begin() as tx:
        await tx.execute(text("DROP TABLE feed"))
    with capture_logs() as logged:
        assert (await fetching.get(code)).status_code == 503
    assert code not in str(logged)


async def test_a_stand_in_on_a_municipalitys_own_roster_stands_in_that_calendar_only(fetching: Fetching) -> None:
    start, end = utc(2026, 11, 23, 21), utc(2026, 11, 24, 7)
    begin = datetime(2026, 1, 5, 8)  # noqa: DTZ001 - a roster counts in local wall time
    own = Rotation(CYBER, "eerste", "week", begin, (ANNE,), municipalities=frozenset((MunicipalityId("waterbrug"),)))
    rotations = (Rotation(CYBER, "eerste", "week", begin, (ANNE,)), own)
    fetching.known = replace(fetching.known, rotations=rotations)
    await fetching.stands_in(BRAM, start, end, "waterbrug")
    assert [(a, b) for _, a, b in await fetching.events(await fetching.feed("person", BRAM))] == [(start, end)]
    summaries = {s for s, a, b in await fetching.events(await fetching.feed("role", CYBER)) if (a, b) == (start, end)}
    assert len(summaries) == 1


async def test_a_stand_in_for_a_municipality_stands_there_also_where_it_has_no_reserve_of_its_own(
    fetching: Fetching,
) -> None:
    town = MunicipalityId("waterbrug")
    own = Rotation(
        CYBER, "eerste", "week", fetching.known.rotations[0].start, (ANNE,), municipalities=frozenset((town,))
    )
    fetching.known = replace(fetching.known, rotations=(*fetching.known.rotations, own))
    start, end = utc(2026, 11, 23, 21), utc(2026, 11, 24, 7)
    before = {s for s, _, _ in await fetching.events(await fetching.feed("role", CYBER))}
    await fetching.stands_in("coordinator1", start, end, town, "reserve")
    async with fetching.ground.database.read() as tx:
        changes = await overrides.changes(tx, start, end)
    told = shifts_of(fetching.known.rotations, changes, PersonId("coordinator1"), start, end)  # as the chat does
    assert ("reserve", frozenset((town,))) in [(shift.layer, shift.municipalities) for shift in told]
    mine = await fetching.events(await fetching.feed("person", "coordinator1"))
    assert (start, end) in [(a, b) for summary, a, b in mine if "reserve" in summary]
    after = {s for s, _, _ in await fetching.events(await fetching.feed("role", CYBER))}
    assert len(after - before) == 1  # that of all is no gap for Waterbrug
