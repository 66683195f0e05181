"""Text messages from a phone, over each provider's own webhook or inbox, into the database and back to the phone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from starlette.applications import Starlette
from structlog.testing import capture_logs

from bot import answers
from bot.addresses import Addresses
from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.delivery import Delivered, Outcome
from bot.domain.ids import EventId, IncidentId, PersonId
from bot.domain.incident import Incident, Page
from bot.domain.ladder import Channel
from bot.embedded.provider_sms import CmCounterpart, SmsCounterpart
from bot.pagers.asking import Asking
from bot.pagers.breaker import Breakers
from bot.pagers.build import HEARD
from bot.pagers.channel import Pager, SmsPager
from bot.pagers.hear import MOST_UNCLEAR, UNCLEAR_WITHIN, SmsHearing
from bot.pagers.inbound import Incoming
from bot.pagers.replying import Replying
from bot.pagers.road import Pagers
from bot.reach import Vault, about
from bot.running import incident_of
from bot.store import directory, inbox, outbox, reach
from bot.store.database import open_database
from bot.store.reach import ReachRow
from bot.store.schema import inbox as inbox_table
from bot.strangers import MOST, Strangers
from bot.web.health import serve
from bot.web.sms import SmsWebhook
from bot.web.wire import MISS_SECONDS, MOST_MISSES, Misses
from bot.words import sms_words
from bot.words.catalogue import LANGUAGES, load
from bot.words.gsm7 import gsm7, is_gsm7, septets
from bot.words.sms_words import Alarmed, Answered, Unclear
from tests.builders import by
from tests.desk.ground import INCIDENT, Ground
from tests.pagers.ground import number
from tests.pagers.test_sms import pager_for
from tests.store.conftest import migrated_file, sqlite_url

__all__ = ["migrated_file", "sqlite_url"]
WORDS = load()
HOME = ZoneInfo("Europe/Amsterdam")
SECRET = "geheim-van-de-webhook"
CYBER, BAKKER, STRANGER = number(1), number(2), number(99)
PEOPLE = {CYBER: PersonId("cyber1"), BAKKER: PersonId("bakker"), number(3): PersonId("politie1")}
SECOND = IncidentId("00000000-0000-4000-8000-000000000015")


@dataclass
class Phones:
    """The bot's side of text messages, and the provider's counterpart with the phones behind it."""

    ground: Ground
    service: SmsCounterpart
    pager: SmsPager
    vault: Vault
    ticks: float = 0.0
    news: int = 0
    proved: list[tuple[str, str]] = field(default_factory=list)
    _chance: "count[int]" = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        desk, contacts = self.ground.desk, lambda: self.ground.desk.reference().contacts
        names = {"CmCounterpart": "cm", "SpryngCounterpart": "spryng", "GatewayCounterpart": "generic"}
        self.provider = names[type(self.service).__name__]
        now = lambda: self.ground.now  # noqa: E731
        self.incoming = Incoming(self.provider, self.ground.database, self.vault, HEARD[self.provider], now, self._news)
        self.hearing = SmsHearing(
            desk, contacts, WORDS, lambda: "nl", Strangers(desk, now), self._heard_on, incident_of
        )
        every: dict[Channel, Pager] = {"sms": self.pager}
        addresses = Addresses(self.ground.database, self.vault)

        async def no_link(*_: object) -> str:
            return ""

        road = Pagers(every, self.ground.database, WORDS, addresses, no_link, now, Breakers(every))
        self.road = Replying(road, road.bring, self.vault)

    def _news(self) -> None:
        self.news += 1

    async def _heard_on(self, person: PersonId, channel: Channel, at: datetime) -> None:
        self.proved.append((person, channel))

    def webhook(self) -> SmsWebhook:
        return SmsWebhook(SECRET, self.incoming.take, Misses(lambda: self.ticks))

    async def verify(self, where: str, person: PersonId, kind: str = "sms") -> None:
        sealed = self.vault.seal(where, about(person, kind))
        at = self.ground.now
        row = ReachRow(person, kind, sealed, self.vault.fingerprint(where), at, at, at)
        async with self.ground.database.begin() as tx:
            await reach.write(tx, row)

    async def texts(self, where: str, said: str, at: str = "2026-11-22T02:05:00") -> list[str]:
        """Somebody texts; gives what their phone shows because of it."""
        before = len(self.service.phone(where))
        status = await self.service.reply(where, said, at)
        if status is None:
            assert await self.incoming.look(self.pager)
        else:
            assert status == 200
        await self.handles()
        return self.service.phone(where)[before:]

    async def handles(self) -> None:
        """What waits in the inbox is heard, and what is to go out over channels goes out."""
        async with self.ground.database.read() as tx:
            rows = await inbox.waiting(tx, 100)
        for row in rows:
            assert await self.hearing.hear(row)
        for out in await self.ground.outbox():
            if out.target.startswith("channel:"):
                outcome: Outcome = await self.road(out)
                assert isinstance(outcome, Delivered)
                async with self.ground.database.begin() as tx:
                    await outbox.settle(tx, out.key, EventId(f"out-{out.key}"), None, self.ground.now)

    async def page(self, person: str = "cyber1", incident: IncidentId = INCIDENT) -> Page:
        found = await self.ground.desk.incident(incident)
        return next(page for page in reversed(list(found.pages.values())) if page.person == person)

    async def second(self) -> None:
        self.ground.now += timedelta(minutes=1)
        alarm = c.RaiseAlarm(text="Polderdam rellen: nieuwe oproep", by=by("visser"))
        await self.ground.desk.handle(SECOND, alarm)


@pytest.fixture
def service(request: pytest.FixtureRequest, who: str) -> SmsCounterpart:
    found: SmsCounterpart = request.getfixturevalue({"generic": "gateway"}.get(who, who))
    return found


@pytest.fixture
def who() -> str:
    return "generic"


@pytest_asyncio.fixture
async def phones(service: SmsCounterpart, ask: Asking, sqlite_url: str) -> AsyncIterator[Phones]:
    async with AsyncExitStack() as stack:
        database = await open_database(sqlite_url)
        stack.push_async_callback(database.close)
        numbers = count(1)
        vault = Vault(b"k" * 32, lambda: next(numbers).to_bytes(32, "big"))
        made = Phones(Ground(database), service, pager_for(service, ask), vault)
        for where, person in PEOPLE.items():
            await made.verify(where, person)
        app = Starlette(routes=made.webhook().routes())
        port = await stack.enter_async_context(serve(app, "127.0.0.1", 0))
        service.webhook = f"http://127.0.0.1:{port}/sms/{SECRET}"
        await made.ground.alarm()
        yield made


# --- what is read, without any phone -------------------------------------------------------------------------------------

OPEN = ("2026-014", "2026-015")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("1", Answered(True)),
        (" 1. ", Answered(True)),
        ("Ja", Answered(True)),
        ("ik kom", Answered(True)),
        ("OK", Answered(True)),
        ("0", Answered(False)),
        ("nee", Answered(False)),
        ("Kan niet", Answered(False)),
        ("Nee sorry, ik ben op vakantie in Spanje", Answered(False)),
        ("15", Answered(True, 15)),
        ("over 20 min", Answered(True, 20)),
        ("half uur", Answered(True, 30)),
        ("1 014", Answered(True, None, "2026-014")),
        ("0 #015", Answered(False, None, "2026-015")),
        ("15 014", Answered(True, 15, "2026-014")),
        ("014: ja", Answered(True, None, "2026-014")),
        ("014 0", Answered(False, None, "2026-014")),
        ("ik kom 014", Answered(True, None, "2026-014")),
        ("1 2026-014", Answered(True, None, "2026-014")),
        ("1 099", Answered(True, None, "099")),
        ("0 099", Answered(False, None, "099")),
        ("ALARM Waterbrug rellen", Alarmed("Waterbrug rellen")),
        ("alarm: brand", Alarmed("brand")),
        ("alarm", Alarmed("")),
        ("", Unclear(False)),
        ("status", Unclear(False)),
        ("sluit", Unclear(False)),
        # what telephones send by themselves
        ("I can't talk right now.", Unclear(True)),
        ("Sorry, I can't talk right now.", Unclear(True)),
        ("Kan ik je later terugbellen?", Unclear(True)),
        ("Ik kan nu niet opnemen.", Unclear(True)),
        ("Ik rijd en heb 'Niet storen tijdens autorijden' ingeschakeld.", Unclear(True)),
        ("er wordt geschoten op het plein", Unclear(True)),
    ],
)
def test_what_a_text_message_means(said: str, meant: Answered | Alarmed | Unclear) -> None:
    assert sms_words.read(said, OPEN) == meant


@given(st.text(max_size=300))
def test_whatever_is_texted_means_something(said: str) -> None:
    assert isinstance(sms_words.read(said, OPEN), Answered | Alarmed | Unclear)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["2026-014", "2026-1015"]), st.text(min_size=1, max_size=60), st.just(("expert_cyber",))
        ),
        min_size=2,
        max_size=12,
    )
)
def test_a_list_of_pages_fits_in_one_message(pages: list[tuple[str, str, tuple[str, ...]]]) -> None:
    for lang in LANGUAGES:
        told = sms_words.choose(WORDS, lang, pages)  # type: ignore[arg-type]
        assert is_gsm7(told)
        assert septets(told) <= 160
        assert str(len(pages)) in told


def test_every_answer_fits_in_one_message_whole() -> None:
    longest = {"number": "2026-1014", "municipality": "M" * 24, "minutes": "120", "when": "wo 30-12 22:05"}
    for lang in LANGUAGES:
        for key in [key for key in WORDS.texts[lang] if key.startswith("sms.") and key != "sms.choose"]:
            told = sms_words.said(WORDS, lang, key.removeprefix("sms."), **longest)
            assert told == gsm7(WORDS.text(lang, key, **longest)), key
            assert septets(told) <= 160
    told = sms_words.said(
        WORDS, "nl", "over", number="2026-014", municipality="Waterbrug aan de oude rivier bij de dijk"
    )
    assert told.endswith("is voorbij. Je hoeft niets te doen.")


# --- from a phone, over every provider --------------------------------------------------------------------------------------

EVERY = pytest.mark.parametrize("who", ["cm", "spryng", "generic"])


@EVERY
async def test_one_text_answers_the_page_and_is_echoed(phones: Phones) -> None:
    (echo,) = await phones.texts(CYBER, "1")
    assert "2026-001" in echo
    assert septets(echo) <= 160
    assert (await phones.page()).state == "acknowledged"
    told = [entry for _, entry in await answers.told(phones.ground.desk, INCIDENT)]
    (entry,) = [entry for entry in told if isinstance(entry, e.Acknowledged)]
    assert (entry.answer_by, entry.origin.via, entry.origin.actor) == ("sms", "sms", "cyber1")
    assert CYBER not in str(entry)
    assert phones.proved == [("cyber1", "sms")]


@EVERY
async def test_a_callback_that_comes_twice_is_one_message(phones: Phones) -> None:
    phones.service.knobs.twice = True
    await phones.texts(CYBER, "0")
    assert len(phones.service.phone(CYBER)) == 1
    assert (await phones.page()).state == "declined"
    assert phones.news == 1
    twice = "2026-11-22T02:15:00"
    await phones.texts(BAKKER, "ALARM Waterbrug brand", twice)
    phones.service.knobs.twice = False
    rows = await rows_of(phones)
    assert len(rows) == 2


async def rows_of(phones: Phones) -> list[str]:
    async with phones.ground.database.read() as tx:
        found = await tx.execute(select(inbox_table.c.event_id).where(inbox_table.c.type == "iog.sms"))
    return [row.event_id for row in found]


@pytest.mark.parametrize("who", ["spryng", "generic"])
async def test_without_a_webhook_the_inbox_of_the_provider_is_looked_into(phones: Phones) -> None:
    phones.service.webhook = ""
    await phones.service.reply(CYBER, "ALARM van vorige maand")
    assert await phones.incoming.look(phones.pager)
    await phones.handles()
    assert phones.service.phone(CYBER) == []
    assert (await phones.page()).state == "open"
    (echo,) = await phones.texts(CYBER, "15")
    assert "15" in echo
    assert (await phones.page()).eta_minutes == 15
    for _ in range(3):
        assert await phones.incoming.look(phones.pager)
        await phones.handles()
    assert len(phones.service.phone(CYBER)) == 1


@pytest.mark.parametrize("who", ["cm", "spryng", "generic"])
async def test_an_inbox_that_cannot_be_read_is_no_inbox(phones: Phones) -> None:
    phones.service.knobs.refuse = 500
    assert not await phones.incoming.look(phones.pager)


async def test_the_poll_looks_again_and_again(phones: Phones) -> None:
    phones.service.webhook = ""
    looks = 0

    async def pause(seconds: float) -> None:
        nonlocal looks
        assert seconds == 5.0
        looks += 1
        if looks == 1:
            await phones.service.reply(CYBER, "1")
        if looks == 3:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await phones.incoming.poll(phones.pager, 5.0, pause)
    await phones.handles()
    assert (await phones.page()).state == "acknowledged"
    assert phones.news == 1


# --- answers ------------------------------------------------------------------------------------------------------------------


async def test_the_same_answer_again_says_what_stands(phones: Phones) -> None:
    await phones.texts(CYBER, "1")
    (again,) = await phones.texts(CYBER, "ja")
    assert again.startswith("Dat stond al genoteerd: je komt bij 2026-001 Waterbrug.")


async def test_who_is_later_texts_minutes(phones: Phones) -> None:
    await phones.texts(CYBER, "1")
    (echo,) = await phones.texts(CYBER, "25")
    assert echo == "Genoteerd: je komt over 25 min bij 2026-001 Waterbrug."
    assert (await phones.page()).eta_minutes == 25


async def test_a_mind_may_be_changed(phones: Phones) -> None:
    await phones.texts(CYBER, "1")
    await phones.texts(CYBER, "0")
    assert (await phones.page()).state == "declined"
    (again,) = await phones.texts(CYBER, "nee")
    assert again.startswith("Dat stond al genoteerd: je kunt niet")
    await phones.texts(CYBER, "1")
    assert (await phones.page()).state == "acknowledged"


async def test_with_two_pages_the_bot_asks_which(phones: Phones) -> None:
    await phones.second()
    (asked,) = await phones.texts(CYBER, "1")
    assert asked.startswith("Je hebt 2 oproepen open: 002 cyber Polderdam, 001 cyber Waterbrug.")
    assert asked.endswith("zoals 1 002")
    assert (await phones.page()).state == "open"
    (echo,) = await phones.texts(CYBER, "1 001")
    assert "2026-001" in echo
    assert (await phones.page()).state == "acknowledged"
    assert (await phones.page(incident=SECOND)).state == "open"
    await phones.texts(CYBER, "0")
    assert (await phones.page(incident=SECOND)).state == "declined"


async def test_of_several_old_pages_the_newest_is_answered_and_named(phones: Phones) -> None:
    await phones.second()
    await phones.ground.do(c.Tick(), minutes=6)
    await phones.ground.desk.handle(SECOND, c.Tick())
    assert {(await phones.page()).state, (await phones.page(incident=SECOND)).state} == {"unanswered"}
    (echo,) = await phones.texts(CYBER, "1")
    assert "2026-002 Polderdam" in echo
    assert (await phones.page(incident=SECOND)).state == "acknowledged"
    assert (await phones.page()).state == "unanswered"


async def test_a_page_that_was_withdrawn_does_not_hide_an_older_one_that_still_counts(phones: Phones) -> None:
    await phones.second()
    await phones.ground.do(c.Tick(), minutes=6)
    role = (await phones.page(incident=SECOND)).roles[0]
    await phones.ground.desk.handle(SECOND, c.TakeOver(role=role, by=by("coordinator1")))
    assert (await phones.page(incident=SECOND)).state == "withdrawn"
    (echo,) = await phones.texts(CYBER, "1")
    assert "2026-001 Waterbrug" in echo
    assert (await phones.page()).state == "acknowledged"


async def test_a_code_of_another_incident_answers_nothing(phones: Phones) -> None:
    (told,) = await phones.texts(CYBER, "1 099")
    assert told == "Er staat geen oproep voor je open. Je hoeft niets te doen."
    assert (await phones.page()).state == "open"


async def test_a_reply_to_a_page_that_is_over_gets_a_friendly_answer(phones: Phones) -> None:
    role = (await phones.page()).roles[0]
    await phones.ground.do(c.TakeOver(role=role, by=by("coordinator1")))
    (told,) = await phones.texts(CYBER, "1")
    assert told == "De oproep 2026-001 Waterbrug is voorbij. Je hoeft niets te doen."
    await phones.ground.do(c.ProposeClosing(by=by("coordinator1")))
    await phones.ground.do(c.CloseIncident(by=by("coordinator1")))
    (told,) = await phones.texts(CYBER, "0")
    assert told == "Er staat geen oproep voor je open. Je hoeft niets te doen."


async def test_a_late_yes_still_counts(phones: Phones) -> None:
    await phones.ground.do(c.Tick(), minutes=6)
    assert (await phones.page()).state == "unanswered"
    await phones.texts(CYBER, "1")
    assert (await phones.page()).state == "acknowledged"


async def test_what_is_not_understood_is_no_answer(phones: Phones) -> None:
    for said in ("huh", "I can't talk right now.", "status", "👍🏽👍🏽 top", "'; DROP TABLE inbox; --"):
        (told,) = await phones.texts(CYBER, said)
        assert told.startswith("Niet begrepen. Antwoord 1 = ik kom")
        phones.ground.now += UNCLEAR_WITHIN
    assert (await phones.page()).state == "open"


async def test_english_people_are_answered_in_english(phones: Phones) -> None:
    known = phones.ground.desk.reference().contacts
    assert known.people[PersonId("cyber1")].language == "nl"
    (told,) = await phones.texts(CYBER, "can you say more?")
    assert told.startswith("Niet begrepen")
    assert sms_words.said(WORDS, "en", "how").startswith("Not understood")


async def test_a_number_that_was_verified_by_a_call_counts_too(phones: Phones) -> None:
    await phones.verify(number(7), PersonId("cyber2"), "voice")
    await phones.ground.do(c.Tick(), minutes=6)
    await phones.service.reply(number(7), "1")
    async with phones.ground.database.read() as tx:
        (row,) = await inbox.waiting(tx, 10)
    await phones.hearing.hear(row)
    assert (await phones.page("cyber2")).state == "acknowledged"


# --- alarms -------------------------------------------------------------------------------------------------------------------


@EVERY
async def test_an_officer_raises_an_alarm_by_text(phones: Phones) -> None:
    (told,) = await phones.texts(BAKKER, "ALARM Waterbrug rellen bij het station")
    assert told.startswith("ALARM ontvangen: 2026-002 Waterbrug.")
    (event,) = await rows_of(phones)
    incident = await phones.ground.desk.incident(incident_of(EventId(event)))
    assert (incident.text, incident.reporter, incident.municipality) == (
        "Waterbrug rellen bij het station",
        "bakker",
        "waterbrug",
    )
    (_, first), *_ = await answers.told(phones.ground.desk, incident.id)
    assert (first.origin.via, first.origin.cause) == ("sms", event)


async def test_a_bare_alarm_is_one(phones: Phones) -> None:
    (told,) = await phones.texts(BAKKER, "Alarm")
    assert told.startswith("ALARM ontvangen: 2026-002")


async def test_a_sentence_of_an_officer_is_asked_about(phones: Phones) -> None:
    (told,) = await phones.texts(BAKKER, "er wordt geschoten op het plein")
    assert told == "Niet begrepen. Is dit een alarm? Sms dan ALARM met daarachter één zin."


async def test_who_may_not_raise_an_alarm_hears_so(phones: Phones) -> None:
    (told,) = await phones.texts(CYBER, "ALARM brand")
    assert told.startswith("Met dit nummer kun je geen alarm geven.")
    assert len(await phones.ground.outbox("AlarmReceived")) == 1


# --- strangers ------------------------------------------------------------------------------------------------------------------


@EVERY
async def test_a_stranger_is_refused_once_and_operators_are_told_without_the_number(phones: Phones) -> None:
    (told,) = await phones.texts(STRANGER, "ALARM bom")
    assert told.startswith("Dit nummer ken ik niet.")
    assert await phones.texts(STRANGER, "hallo?", "2026-11-22T02:06:00") == []
    (note,) = await phones.ground.outbox("ManagementNote")
    assert b"caller_refused" in note.message
    assert STRANGER[1:].encode() not in note.message
    phones.ground.now += timedelta(days=1)
    assert len(await phones.texts(STRANGER, "1", "2026-11-23T02:06:00")) == 1
    async with phones.ground.database.read() as tx:
        assert await inbox.waiting_count(tx) == 0


def ago(phones: Phones, **by: float) -> str:
    return f"{phones.ground.now - timedelta(**by):%Y-%m-%dT%H:%M:%S}"


@EVERY
async def test_an_alarm_that_waited_at_the_provider_says_when_it_was_sent(phones: Phones) -> None:
    at = ago(phones, minutes=12)
    (told,) = await phones.texts(BAKKER, "ALARM Waterbrug er wordt geschoten", at)
    assert told.startswith("ALARM ontvangen")
    incident = await newest(phones)
    shown = f"{phones.ground.now.astimezone(HOME) - timedelta(minutes=12):%H:%M}"
    assert incident.text == f"Waterbrug er wordt geschoten (gestuurd om {shown}, vertraagd met 12 min)"
    (raised,) = [x for _, x in await answers.told(phones.ground.desk, incident.id) if isinstance(x, e.AlarmRaised)]
    assert raised.origin.said_at == phones.ground.now - timedelta(minutes=12)
    assert [page for page in incident.pages.values() if page.state == "open"]


@EVERY
async def test_an_alarm_that_came_at_once_says_nothing_of_it(phones: Phones) -> None:
    await phones.texts(BAKKER, "ALARM Waterbrug er wordt geschoten", ago(phones, seconds=50))
    assert (await newest(phones)).text == "Waterbrug er wordt geschoten"


@EVERY
async def test_an_alarm_of_long_ago_asks_the_coordinator_and_wakes_nobody_else(phones: Phones) -> None:
    before = len(await phones.ground.outbox("PageText"))
    (told,) = await phones.texts(BAKKER, "ALARM Waterbrug er wordt geschoten", ago(phones, hours=6))
    assert "kwam nu pas aan" in told
    (question,) = await phones.ground.outbox("OldAlarm")
    assert question.target == "person:coordinator1"
    assert b"er wordt geschoten" in question.message
    assert len(await phones.ground.outbox("PageText")) == before
    async with phones.ground.database.read() as tx:
        assert [row.id for row in await directory.open_rows(tx)] == [INCIDENT]
    await phones.texts(BAKKER, "ALARM Waterbrug er wordt geschoten", ago(phones, hours=5, minutes=59))
    assert (await newest(phones)).id != INCIDENT


async def test_a_clock_that_is_ahead_or_nonsense_makes_no_alarm_late(phones: Phones) -> None:
    for at in (ago(phones, hours=-3), "2000-01-01T00:00:00", ago(phones, days=7, minutes=1), "gisteren", ""):
        before = (await newest(phones)).id
        await phones.texts(BAKKER, "ALARM Waterbrug er wordt geschoten", at)
        assert (await newest(phones)).id != before, at
        assert "gestuurd" not in (await newest(phones)).text
        phones.ground.now += timedelta(minutes=40)


async def newest(phones: Phones) -> Incident:
    async with phones.ground.database.read() as tx:
        rows = await directory.open_rows(tx)
    return await phones.ground.desk.incident(max(rows, key=lambda row: row.number).id)


async def test_many_strangers_cost_few_messages(phones: Phones) -> None:
    for n in range(2 * MOST):
        await phones.texts(number(100 + n), "ALARM")
    sent = [one for where, one in phones.service.inbox.items() if where >= number(100)]
    assert len(sent) == MOST
    assert len(await phones.ground.outbox("ManagementNote")) == MOST


async def test_a_telephone_that_answers_by_itself_does_not_go_on_all_night(phones: Phones) -> None:
    said = "Ik rijd nu, ik bel je straks terug."
    told = [await phones.texts(CYBER, said, f"2026-11-22T02:{minute:02}:00") for minute in range(10)]
    assert [len(one) for one in told] == [1] * MOST_UNCLEAR + [0] * (10 - MOST_UNCLEAR)
    assert (await phones.texts(CYBER, "1", "2026-11-22T02:20:00"))[0].startswith("Genoteerd, je komt")
    phones.ground.now += UNCLEAR_WITHIN
    assert len(await phones.texts(CYBER, said, "2026-11-22T03:30:00")) == 1


async def test_who_sends_under_a_name_cannot_be_answered(phones: Phones) -> None:
    await phones.incoming.take(b'{"id": "7", "from": "WINACTIE", "text": "gefeliciteerd"}')
    await phones.handles()
    assert phones.service.inbox == {}
    assert len(await phones.ground.outbox("ManagementNote")) == 1


@pytest.mark.parametrize(
    "sender", ["+447700900099", "+31" + "900" + "0000", "+31" + "88" + "0000000", "+883" + "0" * 9]
)
async def test_nobody_makes_the_bot_text_abroad_or_at_a_fee(phones: Phones, sender: str) -> None:
    assert await phones.texts(sender, "hallo") == []
    assert len(await phones.ground.outbox("ManagementNote")) == 1


async def test_who_left_the_contacts_is_a_stranger(phones: Phones) -> None:
    await phones.verify(STRANGER, PersonId("vertrokken"))
    (told,) = await phones.texts(STRANGER, "1")
    assert told.startswith("Dit nummer ken ik niet.")


# --- the webhook ----------------------------------------------------------------------------------------------------------------


async def test_the_message_is_in_the_database_before_the_provider_hears_that_it_arrived(phones: Phones) -> None:
    assert await phones.service.reply(CYBER, "1 ik kom eraan") == 200
    async with phones.ground.database.read() as tx:
        (row,) = await inbox.waiting(tx, 10)
    assert (row.type, row.room, row.state) == ("iog.sms", "sms", "waiting")
    assert CYBER[1:] not in str(row)
    assert row.sender == phones.vault.fingerprint(CYBER)
    await phones.handles()
    async with phones.ground.database.read() as tx:
        found = await tx.execute(select(inbox_table.c.raw, inbox_table.c.state))
        assert [tuple(one) for one in found] == [(None, "handled")]


@pytest.mark.parametrize(
    ("who", "body"),
    [
        ("spryng", f"MSISDN={CYBER[1:]}&KEYWORD=1&PARM=".encode()),
        ("cm", f'{{"from": {{"number": "00{CYBER[1:]}"}}, "message": {{"text": "1"}}}}'.encode()),
        ("generic", f'{{"id": "", "from": "{CYBER}", "text": "1"}}'.encode()),
    ],
)
async def test_an_answer_without_a_time_is_not_the_answer_of_yesterday(phones: Phones, body: bytes) -> None:
    for _ in range(2):
        assert await phones.incoming.take(body)
    assert phones.news == 1
    phones.ground.now += timedelta(days=1)
    assert await phones.incoming.take(body)
    assert phones.news == 2


async def test_a_crash_between_hearing_and_writing_loses_nothing(phones: Phones) -> None:
    await phones.service.reply(BAKKER, "ALARM Waterbrug brand")
    async with phones.ground.database.read() as tx:
        (row,) = await inbox.waiting(tx, 10)
    alarm = c.RaiseAlarm(text="Waterbrug brand", by=by("bakker"))
    await phones.ground.desk.handle(incident_of(row.event_id), alarm, cause=row.event_id)
    # as after a restart: the row was handled with the alarm, so nobody hears it again
    async with phones.ground.database.read() as tx:
        assert await inbox.waiting(tx, 10) == []


async def test_only_the_secret_address_takes_messages(phones: Phones) -> None:
    right = phones.service.webhook
    for wrong in (right[:-1], f"{right}x", right.rpartition("/")[0] + "/%00"):
        phones.service.webhook = wrong
        assert await phones.service.reply(CYBER, "1") == 404
    assert await rows_of(phones) == []


async def test_what_is_no_text_message_is_not_brought_again_and_again(phones: Phones) -> None:
    right = phones.service.webhook
    with capture_logs() as told:
        assert (await phones.service.bring(right, json={"from": "x"})).status_code == 200
        assert (await phones.service.bring(right, form={"x": CYBER})).status_code == 200
        much = {"id": "1", "from": CYBER, "text": "1" * 70_000}
        assert (await phones.service.bring(right, json=much)).status_code == 200
    assert [one["event"] for one in told] == ["sms_nonsense", "sms_nonsense", "sms_too_large"]
    assert CYBER[1:] not in str(told)
    assert await rows_of(phones) == []


async def test_guessing_the_secret_ends_soon(phones: Phones) -> None:
    right = phones.service.webhook
    phones.service.webhook = f"{right}x"
    for _ in range(MOST_MISSES):
        assert await phones.service.reply(CYBER, "1") == 404
    assert await phones.service.reply(CYBER, "1") == 429
    phones.service.webhook = right
    assert await phones.service.reply(CYBER, "1") == 200, "a guesser at the same address holds up no answer"
    phones.service.webhook = f"{right}x"
    phones.ticks += MISS_SECONDS
    assert await phones.service.reply(CYBER, "1") == 404


async def test_without_a_database_the_provider_is_asked_to_come_again(phones: Phones) -> None:
    async with phones.ground.database.begin() as tx:
        await tx.execute(text("ALTER TABLE inbox RENAME TO away"))
    assert await phones.service.reply(CYBER, "1") == 503
    async with phones.ground.database.begin() as tx:
        await tx.execute(text("ALTER TABLE away RENAME TO inbox"))
    assert await phones.service.reply(CYBER, "1") == 200
    await phones.handles()
    assert (await phones.page()).state == "acknowledged"


async def test_a_row_of_another_version_is_given_up(phones: Phones) -> None:
    await phones.service.reply(STRANGER, "hallo")
    await phones.hearing.hear((await waiting(phones))[0])
    (row,) = await phones.ground.outbox("ChannelReply")
    for broken in (b"{}", row.message.replace(b'"sealed":"', b'"sealed":"!')):
        assert not isinstance(await phones.road(replace(row, message=broken)), Delivered)


async def waiting(phones: Phones) -> list[inbox.InboxRow]:
    async with phones.ground.database.read() as tx:
        return await inbox.waiting(tx, 10)


async def test_no_number_and_no_text_is_logged(phones: Phones, caplog: pytest.LogCaptureFixture) -> None:
    with capture_logs() as logged:
        await phones.texts(CYBER, "1")
        await phones.texts(BAKKER, "ALARM Waterbrug geheime tekst")
        await phones.texts(STRANGER, "geheime tekst")
        await phones.service.bring(phones.service.webhook, json={"geheime": "tekst"})
    assert {line["event"] for line in logged} >= {"sms_in", "answered", "alarm", "sms_nonsense"}
    told = f"{logged} {caplog.text}"
    for secret in (CYBER[1:], BAKKER[1:], STRANGER[1:], "geheime", SECRET, "cyber1", "bakker"):
        assert secret not in told
    assert isinstance(phones.service, SmsCounterpart)
    assert not isinstance(phones.service, CmCounterpart)
