"""From a row of the outbox to a phone: who has no address or a dead channel is passed over, and nobody waits for another."""

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from pydantic import SecretStr

from bot.config import Settings
from bot.domain import messages as m
from bot.domain.delivery import Delivered, GaveUp, Outcome, Retry, Unclear
from bot.domain.ids import IncidentId, PageId, PersonId, RoleId
from bot.domain.ladder import Channel
from bot.embedded.provider_push import NtfyCounterpart, PushoverCounterpart
from bot.embedded.provider_sms import GatewayCounterpart
from bot.embedded.provider_voice import VoiceCounterpart
from bot.pagers.breaker import OPENS_AFTER, TRIES_AFTER, Breakers, is_down
from bot.pagers.build import channels
from bot.pagers.road import Pagers
from bot.store import channel_health, outbox
from bot.store.channel_health import ChannelHealth
from bot.store.database import Database, open_database
from bot.store.migrate import upgrade
from bot.store.outbox import OutboxRow
from bot.words.catalogue import Catalogue
from tests.pagers.ground import NOON, Clock, number

INCIDENT = IncidentId("00000000-0000-4000-8000-000000000014")
JANSEN, DE_VRIES, NOBODY = PersonId("jansen"), PersonId("de_vries"), PersonId("nobody")
CANARY = "kanarie-7f3c9a"
PUBLIC = "https://bot.iog.example"
USER = "u" * 30
TOPIC = "onderwerp-jansen"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("road") / "migrated.db"
    await upgrade(f"sqlite:///{path}")
    return path


@pytest_asyncio.fixture
async def database(migrated: Path, tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(f"sqlite:///{shutil.copy(migrated, tmp_path / 'bot.db')}")
    yield opened
    await opened.close()


@pytest.fixture
def settings(
    tmp_path: Path,
    gateway: GatewayCounterpart,
    voice: VoiceCounterpart,
    ntfy: NtfyCounterpart,
    pushover: PushoverCounterpart,
) -> Settings:
    """All channels but mail, with keys that must never be seen anywhere else."""
    gateway.token = voice.token = ntfy.token = pushover.token = CANARY
    return Settings(
        homeserver_url="https://matrix.iog.example",
        user_id="@iog-bot:iog.example",
        log_host="iog.example",
        state_dir=tmp_path,
        contacts_dir=tmp_path,
        playbooks_dir=tmp_path,
        fallback_people=("@smit:iog.example",),
        public_url=PUBLIC,
        sms_provider="generic",
        sms_url=f"{gateway.url}/send",
        sms_status_url=f"{gateway.url}/status",
        sms_token=SecretStr(CANARY),
        sms_sender=number(9998),
        sms_inbox_url=f"{gateway.url}/inbox",
        voice_url=f"{voice.url}/2010-04-01",
        voice_account=voice.account,
        voice_token=SecretStr(CANARY),
        voice_from=number(9999),
        ntfy_url=ntfy.url,
        ntfy_token=SecretStr(CANARY),
        pushover_url=pushover.url,
        pushover_token=SecretStr(CANARY),
        apprise=True,
    )


@asynccontextmanager
async def road(
    settings: Settings, database: Database, words: Catalogue, clock: Clock, total: float = 1.0
) -> AsyncIterator[Pagers]:
    async def address(person: PersonId, channel: Channel) -> str | None:
        own: dict[Channel, str] = {"ntfy": TOPIC, "pushover": USER}
        return None if person == NOBODY else own.get(channel, number(1 if person == JANSEN else 2))

    async def link(incident: IncidentId, page: PageId, person: PersonId, channel: Channel) -> str:
        return f"{PUBLIC}/a/{person}-{channel}"

    async with channels(settings, words, total) as made:
        yield Pagers(made.every, database, words, address, link, clock, Breakers(tuple(made.every)))


@pytest_asyncio.fixture
async def pagers(settings: Settings, database: Database, words: Catalogue, clock: Clock) -> AsyncIterator[Pagers]:
    async with road(settings, database, words, clock) as one:
        yield one


def page_row(channel: Channel, person: PersonId = JANSEN, n: int = 0) -> OutboxRow:
    said = m.ChannelPage(
        page=PageId("p1"), channel=channel, person=person, roles=(RoleId("expert_cyber"),), municipality="Waterbrug",
        said_at=NOON, next_at=NOON + timedelta(minutes=5), to=m.To("channel", f"{channel}:{person}"), number="2026-014",
    )  # fmt: skip
    return row_of(said, f"{INCIDENT}/{n}/{channel}/{person}")


def row_of(said: m.ChannelPage | m.ChannelEcho | m.ChannelCalledOff, key: str) -> OutboxRow:
    return OutboxRow(
        key=key, incident=INCIDENT, seq=1, lane=1, target=f"channel:{said.channel}:{said.person}", kind=type(said).__name__,
        message=msgspec.json.encode(said), created_at=NOON, subject=said.page,
    )  # fmt: skip


async def test_every_configured_channel_brings_its_page(
    pagers: Pagers,
    gateway: GatewayCounterpart,
    voice: VoiceCounterpart,
    ntfy: NtfyCounterpart,
    pushover: PushoverCounterpart,
) -> None:
    assert pagers.available == {"sms", "voice", "ntfy", "pushover", "apprise"}
    four: tuple[Channel, ...] = ("sms", "voice", "ntfy", "pushover")
    for channel in four:
        assert isinstance(await pagers(page_row(channel)), Delivered), channel
    assert gateway.phone(number(1)) == [
        f"OPROEP cyber 2026-014 Waterbrug 13:00. Antwoord 1=ik kom 0=kan niet, of {PUBLIC}/a/jansen-sms"
    ]
    assert voice.rang(number(1))[0].url == f"{PUBLIC}/a/jansen-voice"
    assert ntfy.notices(TOPIC)[0]["actions"][0]["url"] == f"{PUBLIC}/a/jansen-ntfy"
    assert pushover.phone(USER)[0].message["title"].startswith("OPROEP cyber")


async def test_what_cannot_be_sent_is_given_up_at_once(pagers: Pagers, gateway: GatewayCounterpart) -> None:
    assert await pagers(page_row("sms", NOBODY)) == GaveUp("no_address")
    assert await pagers(page_row("mail")) == GaveUp("not_configured")
    assert await pagers(replace(page_row("sms"), kind="PageText")) == GaveUp("unreadable row")
    assert await pagers(replace(page_row("sms"), message=b'{"channel": 3}')) == GaveUp("unreadable row")
    assert gateway.taken == 0


async def test_a_page_that_cannot_be_worded_gives_up_and_ends_nothing(
    pagers: Pagers, gateway: GatewayCounterpart
) -> None:
    wordless = replace(pagers, catalogue=Catalogue({"nl": {}, "en": {}}))
    assert await wordless(page_row("sms")) == GaveUp("no words: KeyError")
    assert gateway.taken == 0


async def test_an_answer_is_echoed_on_the_same_channel(pagers: Pagers, gateway: GatewayCounterpart) -> None:
    said = m.ChannelEcho(
        page=PageId("p1"), channel="sms", person=JANSEN, what="coming", roles=(RoleId("expert_cyber"),),
        municipality="Waterbrug", to=m.To("channel", "sms:jansen"), number="2026-014",
    )  # fmt: skip
    assert isinstance(await pagers(row_of(said, "echo")), Delivered)
    assert gateway.phone(number(1))[0].startswith("Genoteerd, je komt: cyber 2026-014 Waterbrug.")


async def test_what_rings_is_called_off_for_that_person_alone(
    pagers: Pagers, database: Database, voice: VoiceCounterpart, pushover: PushoverCounterpart
) -> None:
    rows = [page_row("voice"), page_row("voice", n=1), page_row("voice", DE_VRIES), page_row("pushover")]
    for row in rows:
        outcome = await pagers(row)
        assert isinstance(outcome, Delivered)
        async with database.begin() as tx:
            await outbox.enqueue(tx, [row])
            await outbox.settle(tx, row.key, outcome.event, None, NOON)
    off = m.ChannelCalledOff(
        page=PageId("p1"), channel="voice", person=JANSEN, to=m.To("channel", "voice:jansen"), number="2026-014"
    )
    assert await pagers(row_of(off, "off")) == Delivered()
    assert [call.status for call in voice.rang(number(1))] == ["canceled", "canceled"]
    assert [call.status for call in voice.rang(number(2))] == ["queued"]
    voice.knobs.refuse = 503
    assert await pagers(row_of(off, "off")) == Retry("busy_503")
    push = replace(off, channel="pushover", to=m.To("channel", "pushover:jansen"))
    assert await pagers(row_of(push, "off2")) == Delivered()
    assert not pushover.phone(USER)[0].rings


async def test_an_unclear_send_is_looked_up_and_not_repeated(pagers: Pagers, gateway: GatewayCounterpart) -> None:
    gateway.knobs.cut_after = True
    assert await pagers(page_row("sms")) == Unclear("RemoteProtocolError")
    assert len(gateway.phone(number(1))) == 1


async def test_an_unclear_send_that_the_provider_knows_has_arrived(
    pagers: Pagers, gateway: GatewayCounterpart, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sms = pagers.pagers["sms"]
    send = type(sms).send

    async def once_broken(self: object, notice: object) -> Outcome:
        gateway.knobs.cut_after = True
        outcome: Outcome = await send(self, notice)  # type: ignore[arg-type]
        gateway.knobs.cut_after = False
        return outcome

    monkeypatch.setattr(type(sms), "send", once_broken)
    outcome = await pagers(page_row("sms"))
    assert isinstance(outcome, Delivered)
    assert len(gateway.phone(number(1))) == 1


async def ended_while_sending(pagers: Pagers, *rows: OutboxRow) -> Pagers:
    """The next process, after one that was sending these."""
    async with pagers.database.begin() as tx:
        await outbox.enqueue(tx, rows)
        await outbox.mark_leaving(tx, [row.key for row in rows])
    later = replace(pagers, cut_short=set())
    await later.remember()
    return later


async def test_what_was_leaving_when_a_process_ended_does_not_leave_twice(
    pagers: Pagers, gateway: GatewayCounterpart, voice: VoiceCounterpart
) -> None:
    both: tuple[Channel, ...] = ("sms", "voice")
    had_left, had_not = [page_row(one) for one in both], [page_row(one, DE_VRIES) for one in both]
    first = [await pagers(row) for row in had_left]
    later = await ended_while_sending(pagers, *had_left, *had_not)
    assert [await later(row) for row in had_left] == first
    assert not [row.key for row in had_not if not isinstance(await later(row), Delivered)]
    for phone in (number(1), number(2)):
        assert (len(gateway.phone(phone)), len(voice.rang(phone))) == (1, 1)


async def test_what_cannot_be_looked_up_after_a_crash_is_passed_over_unless_a_repeat_is_known(
    pagers: Pagers, gateway: GatewayCounterpart, ntfy: NtfyCounterpart
) -> None:
    assert isinstance(await pagers(page_row("ntfy")), Delivered)
    later = await ended_while_sending(pagers, page_row("sms"), page_row("ntfy"))
    gateway.knobs.refuse = 503
    assert await later(page_row("sms")) == Unclear("cut_short")
    assert isinstance(await later(page_row("ntfy")), Delivered)
    assert (len(ntfy.notices(TOPIC)), ntfy.rings[TOPIC]) == (1, 1)
    assert later.cut_short == set()


async def test_a_channel_that_is_down_is_passed_over_and_tried_again_by_itself(
    pagers: Pagers, gateway: GatewayCounterpart, clock: Clock
) -> None:
    await gateway.stop()
    for n in range(OPENS_AFTER):
        assert await pagers(page_row("sms", n=n)) == Retry("unreachable")
    assert await pagers(page_row("sms", n=90)) == GaveUp("breaker_open")
    assert isinstance(await pagers(page_row("voice")), Delivered)
    clock.passes(TRIES_AFTER.total_seconds())
    assert await pagers(page_row("sms", n=91)) == Retry("unreachable")
    assert await pagers(page_row("sms", n=92)) == GaveUp("breaker_open")
    await gateway.start()
    clock.passes(TRIES_AFTER.total_seconds())
    gateway.knobs.delay = 0.5
    first = asyncio.ensure_future(pagers(page_row("sms", n=93)))
    await gateway.until(lambda: gateway.taken == 1)
    assert await pagers(page_row("sms", n=94)) == GaveUp("breaker_open")  # one at a time
    assert isinstance(await first, Delivered)
    assert isinstance(await pagers(page_row("sms", n=95)), Delivered)


async def test_a_wrong_number_says_nothing_of_the_channel(pagers: Pagers) -> None:
    async def wrong(person: PersonId, channel: Channel) -> str:
        return "+0"

    elsewhere = replace(pagers, address=wrong)
    for n in range(OPENS_AFTER + 1):
        assert await elsewhere(page_row("sms", n=n)) == GaveUp("message_refused")
    assert not any(map(is_down, pagers.breakers.health()))


@pytest.mark.parametrize(
    ("outcome", "counts"),
    [
        (Retry("unreachable"), True),
        (Unclear("ReadTimeout"), True),
        (GaveUp("not_arrived"), True),
        (GaveUp("refused_401"), True),
        (GaveUp("message_refused"), False),
        (Delivered(), False),
    ],
)
def test_what_a_provider_fails_at_counts(outcome: Outcome, counts: bool) -> None:
    only: tuple[Channel, ...] = ("sms",)
    breakers = Breakers(only)
    for _ in range(OPENS_AFTER):
        assert breakers.lets_through("sms", NOON)
        breakers.settle("sms", outcome, NOON)
    assert is_down(breakers.health()[0]) is counts
    assert breakers.lets_through("sms", NOON) is not counts
    assert breakers.lets_through("sms", NOON - timedelta(hours=1))  # a clock that was set back keeps nobody waiting


async def test_how_the_channels_do_is_kept_over_a_restart(
    pagers: Pagers, database: Database, gateway: GatewayCounterpart, clock: Clock
) -> None:
    await pagers(page_row("sms"))
    clock.passes(10)
    gateway.knobs.refuse = 500
    await pagers(page_row("sms", n=1))
    await pagers.keep()
    await pagers.keep()  # nothing new to write
    later = NOON + timedelta(seconds=10)
    known = ChannelHealth("sms", 1, NOON, later, "answer_500")
    async with database.read() as tx:
        assert await channel_health.every(tx) == [known]
    restarted = replace(pagers, breakers=Breakers(("voice", "sms")))
    await restarted.remember()
    assert restarted.breakers.health() == (ChannelHealth("voice"), known)


async def test_one_slow_phone_delays_nobody_else(
    settings: Settings, database: Database, words: Catalogue, clock: Clock, gateway: GatewayCounterpart, voice: VoiceCounterpart
) -> None:  # fmt: skip
    gateway.knobs.delay = 60.0
    async with road(settings, database, words, clock, total=60.0) as pagers:
        slow = [asyncio.ensure_future(pagers(page_row("sms", n=n))) for n in range(20)]
        await gateway.until(lambda: gateway.taken == 20)
        assert isinstance(await pagers(page_row("voice", DE_VRIES)), Delivered)
        assert not any(one.done() for one in slow)
        for one in slow:
            one.cancel()
        await asyncio.gather(*slow, return_exceptions=True)


async def test_a_send_that_is_cancelled_leaves_no_try_behind(
    pagers: Pagers, gateway: GatewayCounterpart, clock: Clock
) -> None:
    gateway.knobs.refuse = 500
    for n in range(OPENS_AFTER):
        await pagers(page_row("sms", n=n))
    clock.passes(60)
    gateway.knobs.refuse, gateway.knobs.delay = None, 0.5
    trying = asyncio.ensure_future(pagers(page_row("sms", n=50)))
    await gateway.until(lambda: gateway.taken == 1)
    trying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trying
    gateway.knobs.delay = 0.0
    assert isinstance(await pagers(page_row("sms", n=51)), Delivered)


TROUBLE: dict[str, Callable[[GatewayCounterpart], None]] = {
    "well": lambda _: None,
    "refused": lambda it: setattr(it.knobs, "refuse", 401),
    "broken": lambda it: setattr(it.knobs, "fail_after", 500),
    "cut": lambda it: setattr(it.knobs, "cut_after", True),
    "late": lambda it: setattr(it.knobs, "delay", 30.0),
}


@pytest.mark.parametrize("trouble", sorted(TROUBLE))
@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
async def test_no_key_and_no_number_is_ever_told(
    settings: Settings, database: Database, words: Catalogue, clock: Clock, caplog: pytest.LogCaptureFixture, trouble: str,
    gateway: GatewayCounterpart, voice: VoiceCounterpart, ntfy: NtfyCounterpart, pushover: PushoverCounterpart,
) -> None:  # fmt: skip
    caplog.set_level(logging.INFO)
    for service in (gateway, voice, ntfy, pushover):
        TROUBLE[trouble](service)  # type: ignore[arg-type]
    every: tuple[Channel, ...] = ("sms", "voice", "ntfy", "pushover", "apprise")
    async with road(settings, database, words, clock, total=0.5 if trouble == "late" else 1.0) as pagers:
        said = [await pagers(page_row(channel)) for channel in every]
        # pytest listens to the servers' own access log too, which nobody else can hear
        heard = [record.getMessage() for record in caplog.records if record.name != "uvicorn.access"]
        told = "".join((*heard, repr(said), repr(pagers), repr(pagers.breakers.health())))
    assert gateway.taken + voice.taken + ntfy.taken + pushover.taken > 0 or trouble == "refused"
    for secret in (CANARY, number(1), number(1)[1:], USER):
        assert secret not in told


async def test_a_bot_without_channels_has_none(settings: Settings, words: Catalogue) -> None:
    bare = settings.model_copy(
        update={
            "sms_provider": "none",
            "voice_account": "",
            "ntfy_url": "",
            "pushover_token": SecretStr(""),
            "apprise": False,
        }
    )
    async with channels(bare, words) as made:
        assert (dict(made.every), made.sms, made.voice, made.pushover) == ({}, None, None, None)


@pytest.mark.parametrize("provider", ["cm", "spryng"])
async def test_a_provider_has_an_address_of_its_own(settings: Settings, words: Catalogue, provider: str) -> None:
    known = settings.model_copy(
        update={"sms_provider": provider, "sms_url": "", "mail_host": "localhost", "mail_from": "iog-bot@iog.example"}
    )
    async with channels(known, words) as made:
        assert made.sms is made.every["sms"]
        assert "https://" in repr(made.sms)
        assert CANARY not in repr(made)
        assert "mail" in made.every


async def test_a_send_that_was_broken_off_is_looked_up_before_it_is_repeated_in_the_same_process(
    pagers: Pagers, gateway: GatewayCounterpart
) -> None:
    """The loop that sends begins again when the database was away; what it was doing then may have left."""
    gateway.knobs.delay = 30.0
    sending = asyncio.create_task(pagers(page_row("sms")))
    await gateway.until(lambda: bool(gateway.phone(number(1))))
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    gateway.knobs.delay = 0.0
    assert isinstance(await pagers(page_row("sms")), Delivered)
    assert len(gateway.phone(number(1))) == 1
