"""Text messages arrive once or not at all, and whoever cannot say which is never asked twice."""

import re

import pytest

from bot.domain.delivery import Delivered, GaveUp, Retry, Unclear
from bot.embedded.provider_sms import CmCounterpart, GatewayCounterpart, SmsCounterpart, SpryngCounterpart
from bot.pagers import sms_cm, sms_generic, sms_spryng
from bot.pagers.asking import Asking
from bot.pagers.build import HEARD
from bot.pagers.channel import Inbound, SmsPager, e164, reference_of
from bot.words.gsm7 import MOST_SEPTETS, is_gsm7
from tests.pagers.ground import TEXT, listening, notice, number

FIELDS = {name: name for name in ("to", "from", "text", "reference", "id")}
JANSEN = number(1)
WHO = ("cm", "spryng", "generic")


@pytest.fixture
def service(request: pytest.FixtureRequest, who: str) -> SmsCounterpart:
    found: SmsCounterpart = request.getfixturevalue({"generic": "gateway"}.get(who, who))
    return found


@pytest.fixture
def pager(service: SmsCounterpart, ask: Asking) -> SmsPager:
    return pager_for(service, ask)


def pager_for(service: SmsCounterpart, ask: Asking, token: str = "") -> SmsPager:
    token = token or service.token
    match service:
        case CmCounterpart():
            return sms_cm.CmSms(ask, token, "IOG", f"{service.url}/v1.0/message")
        case SpryngCounterpart():
            return sms_spryng.SpryngSms(ask, service.account, token, "IOG", f"{service.url}/v2")
        case GatewayCounterpart():
            urls = (f"{service.url}/status", f"{service.url}/inbox")
            return sms_generic.GenericSms(ask, f"{service.url}/send", token, "IOG", FIELDS, *urls)
        case _:
            raise AssertionError(service)


@pytest.mark.parametrize("who", WHO)
async def test_a_text_message_arrives_once_under_our_reference(service: SmsCounterpart, pager: SmsPager) -> None:
    outcome = await pager.send(notice(JANSEN))
    assert isinstance(outcome, Delivered)
    assert outcome.event
    (sms,) = service.inbox[JANSEN]
    assert (sms.text, sms.sender, sms.reference) == (TEXT, "IOG", reference_of("incident/7/0"))
    assert isinstance(await pager.call_off(outcome.event, JANSEN), Delivered)


@pytest.mark.parametrize("who", WHO)
async def test_letters_that_would_split_a_message_are_written_otherwise(
    service: SmsCounterpart, pager: SmsPager
) -> None:
    await pager.send(notice(JANSEN, text="Ik bén in Súdwest – “Coördinator” België 🚨 komt…"))
    assert service.phone(JANSEN) == ['Ik bén in Sudwest - "Coördinator" Belgie  komt...']


@pytest.mark.parametrize("who", WHO)
async def test_a_wrong_number_and_a_wrong_key_are_refused_for_good(
    service: SmsCounterpart, pager: SmsPager, ask: Asking
) -> None:
    assert await pager.send(notice("+0")) == GaveUp("message_refused")
    refused = await pager_for(service, ask, "another").send(notice(JANSEN))
    assert isinstance(refused, GaveUp)
    assert refused.reason.startswith("refused_")
    assert service.phone(JANSEN) == []


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("status", "reason"), [(429, "busy_429"), (503, "busy_503")])
async def test_a_service_that_is_busy_took_nothing(
    service: SmsCounterpart, pager: SmsPager, status: int, reason: str
) -> None:
    service.knobs.refuse = status
    assert await pager.send(notice(JANSEN)) == Retry(reason)


@pytest.mark.parametrize("who", WHO)
async def test_a_service_that_is_down_took_nothing(service: SmsCounterpart, pager: SmsPager) -> None:
    await service.stop()
    assert await pager.send(notice(JANSEN)) == Retry("unreachable")
    await service.start()
    assert isinstance(await pager.send(notice(JANSEN)), Delivered)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("trouble", ["late", "500", "cut", "html", "half", "number", "list"])
async def test_an_answer_that_does_not_come_whole_is_unclear(
    service: SmsCounterpart, pager: SmsPager, ask: Asking, trouble: str
) -> None:
    misbehave(service, trouble)
    if trouble == "late":
        ask = Asking(ask.http, 1.0)  # long enough to be taken on a busy machine
        pager = pager_for(service, ask)
    assert isinstance(await pager.send(notice(JANSEN)), Unclear)
    assert len(service.phone(JANSEN)) == 1


def misbehave(service: SmsCounterpart, trouble: str) -> None:
    match trouble:
        case "late":
            service.knobs.delay = 30.0
        case "500":
            service.knobs.fail_after = 500
        case "cut":
            service.knobs.cut_after = True
        case "html":
            service.knobs.nonsense_after = b"<html>It works!</html>"
        case "half":
            service.knobs.nonsense_after = b'{"messages": [{"sta'
        case "number":
            service.knobs.nonsense_after = b"17"
        case _:
            service.knobs.nonsense_after = b'{"messages": [], "errorCode": 0, "data": {"messageIds": []}}'


@pytest.mark.parametrize("who", ["spryng", "generic"])
async def test_what_is_unclear_can_be_looked_up(service: SmsCounterpart, pager: SmsPager) -> None:
    service.knobs.cut_after = True
    assert isinstance(await pager.send(notice(JANSEN)), Unclear)
    service.knobs.cut_after = False
    assert isinstance(await pager.find(notice(JANSEN)), Delivered)
    assert await pager.find(notice(JANSEN, key="incident/8/0")) == GaveUp("not_arrived")
    service.knobs.nonsense_after = b"{}"
    assert await pager.find(notice(JANSEN)) is None
    await service.stop()
    assert await pager.find(notice(JANSEN)) is None


async def test_a_service_without_a_list_cannot_be_asked(
    cm: CmCounterpart, gateway: GatewayCounterpart, ask: Asking
) -> None:
    assert await pager_for(cm, ask).find(notice(JANSEN)) is None
    assert await pager_for(cm, ask).inbox() is None
    bare = sms_generic.GenericSms(ask, f"{gateway.url}/send", gateway.token, "IOG", FIELDS)
    assert await bare.find(notice(JANSEN)) is None
    assert await bare.inbox() is None


async def test_a_gateway_decides_the_names_of_its_fields(gateway: GatewayCounterpart, ask: Asking) -> None:
    fields = {"to": "to", "text": "text", "id": "id"}
    pager = sms_generic.GenericSms(ask, f"{gateway.url}/send", gateway.token, "IOG", fields)
    assert isinstance(await pager.send(notice(JANSEN)), Delivered)
    other = sms_generic.GenericSms(ask, f"{gateway.url}/send", gateway.token, "IOG", {**fields, "id": "nummer"})
    assert await other.send(notice(JANSEN)) == Unclear("nonsense")


@pytest.mark.parametrize("who", ["spryng", "generic"])
async def test_answers_can_be_fetched_again_and_again(service: SmsCounterpart, pager: SmsPager) -> None:
    assert await pager.inbox() == ()
    await service.reply(JANSEN, "1")
    await service.reply(JANSEN, "15")
    for _ in range(2):
        found = await pager.inbox()
        assert found is not None
        assert [(one.number, one.text) for one in found] == [(JANSEN, "1"), (JANSEN, "15")]
        assert len({one.id for one in found}) == 2
    service.knobs.nonsense_after = b'[{"id": []}]'
    assert await pager.inbox() is None


@pytest.mark.parametrize("who", WHO)
async def test_an_answer_is_brought_as_the_service_writes_it(
    service: SmsCounterpart, cm: CmCounterpart, gateway: GatewayCounterpart, ask: Asking, who: str
) -> None:
    bodies: list[bytes] = []
    async with listening(bodies) as url:
        service.webhook = url
        service.knobs.twice = True
        assert await service.reply(JANSEN, "1 ik kom") == 200
    once, again = (HEARD[who](body) for body in bodies)
    assert once is not None
    assert once == again
    assert (once.number, once.text) == (JANSEN, "1 ik kom")


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b"\xff\xfe", b"[]", b'{"from": 1}', b"a=b", b'{"id": null, "from": "", "text": ""}',
        b'{"diep": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    ],
)  # fmt: skip
def test_what_is_no_message_is_not_heard(who: str, body: bytes) -> None:
    assert HEARD[who](body) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [(JANSEN, JANSEN), (f"00{JANSEN[1:]}", JANSEN), (JANSEN[1:], JANSEN), (f"0{JANSEN[3:]}", JANSEN), ("", "+")],
)
def test_a_senders_number_is_known_however_it_is_written(written: str, meant: str) -> None:
    assert e164(written) == meant


def test_a_reference_tells_nothing() -> None:
    assert re.fullmatch("[0-9a-f]{32}", reference_of("2026-014/7/0"))
    assert reference_of("a") != reference_of("b")


def test_a_notice_shows_no_number() -> None:
    assert JANSEN not in repr(notice(JANSEN))
    assert JANSEN not in repr(Inbound("1", JANSEN, "1"))
    assert len(TEXT) <= MOST_SEPTETS
    assert is_gsm7(TEXT)
