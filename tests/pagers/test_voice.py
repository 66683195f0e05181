"""Telephone calls: rung once, answered by a key and not by being picked up, and hung up when nobody needs them any more."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.domain.delivery import Delivered, GaveUp, Retry, Unclear
from bot.embedded.provider_voice import VoiceCounterpart, signature
from bot.embedded.providers import Counterpart, form_of, running
from bot.pagers.asking import Asking
from bot.pagers.voice import VoiceCalls
from tests.pagers.ground import Clock, notice, number

JANSEN, OURS = number(1), number(9999)
MENU = '<Response><Gather action="key" numDigits="1"><Say>Toets 1.</Say></Gather><Redirect>menu</Redirect></Response>'
NOTED = "<Response><Say>Genoteerd. Je komt.</Say><Hangup/></Response>"


@pytest.fixture
def pager(voice: VoiceCounterpart, ask: Asking) -> VoiceCalls:
    return VoiceCalls(ask, voice.account, voice.token, OURS, f"{voice.url}/2010-04-01")


@dataclass(slots=True)
class Menu(Counterpart):
    """Our side of a call, as far as a test needs it: takes nothing without the right signature."""

    token: str = field(default="", repr=False)
    keys: list[str] = field(default_factory=list)

    def routes(self) -> list[Route]:
        return [Route("/menu", self._menu, methods=["POST"]), Route("/key", self._key, methods=["POST"])]

    async def _menu(self, request: Request) -> Response:
        return await self._signed(request, MENU)

    async def _key(self, request: Request) -> Response:
        answer = await self._signed(request, NOTED)
        if answer.status_code == 200:
            self.keys.append((await form_of(request))["Digits"])
        return answer

    async def _signed(self, request: Request, twiml: str) -> Response:
        right = signature(self.token, str(request.url), await form_of(request))
        if request.headers.get("X-Twilio-Signature") != right:
            return Response(status_code=403)
        return Response(twiml, media_type="text/xml")


@asynccontextmanager
async def menu(token: str) -> AsyncIterator[Menu]:
    ours = Menu(token=token)
    async with running(ours):
        yield ours


async def test_a_call_is_rung_once_and_tells_its_number(voice: VoiceCounterpart, pager: VoiceCalls) -> None:
    outcome = await pager.send(notice(JANSEN))
    (call,) = voice.rang(JANSEN)
    assert outcome == Delivered(event=outcome.event if isinstance(outcome, Delivered) else None)
    assert (call.sid, call.number, call.status) == (getattr(outcome, "event", ""), OURS, "queued")


async def test_a_key_is_the_answer(voice: VoiceCounterpart, pager: VoiceCalls) -> None:
    async with menu(voice.token) as ours:
        await pager.send(notice(JANSEN, link=f"{ours.url}/menu"))
        (call,) = voice.rang(JANSEN)
        assert await voice.answer(call) == ["Toets 1."]
        assert ours.keys == []
        assert await voice.press(call, "1") == ["Genoteerd. Je komt."]
        assert ours.keys == ["1"]
        assert call.over


async def test_a_machine_that_picks_up_presses_nothing(voice: VoiceCounterpart, pager: VoiceCalls) -> None:
    async with menu(voice.token) as ours:
        await pager.send(notice(JANSEN, link=f"{ours.url}/menu"))
        (call,) = voice.rang(JANSEN)
        said = await voice.voicemail(call)
    assert said[0] == "Toets 1."
    assert ours.keys == []
    assert call.over


async def test_who_signs_with_another_key_is_sent_away(voice: VoiceCounterpart, pager: VoiceCalls) -> None:
    voice.forged = True
    async with menu(voice.token) as ours:
        await pager.send(notice(JANSEN, link=f"{ours.url}/menu"))
        (call,) = voice.rang(JANSEN)
        await voice.press(call, "1")
    assert (call.last_status, ours.keys) == (403, [])


async def test_a_notice_without_an_answer_is_said_twice(voice: VoiceCounterpart, pager: VoiceCalls) -> None:
    said = replace(notice(JANSEN, link=""), speech="Je code is 4 & 5.")
    assert isinstance(await pager.send(said), Delivered)
    (call,) = voice.rang(JANSEN)
    assert await voice.answer(call) == ["Je code is 4 & 5."] * 2
    assert await pager.send(notice(JANSEN, link="")) == GaveUp("no_link")


async def test_a_wrong_number_and_a_wrong_key_are_refused_for_good(
    voice: VoiceCounterpart, pager: VoiceCalls, ask: Asking
) -> None:
    assert await pager.send(notice("+0")) == GaveUp("message_refused")
    assert await pager.send(notice(JANSEN, link="nergens")) == GaveUp("refused_400")
    other = VoiceCalls(ask, voice.account, "another", OURS, f"{voice.url}/2010-04-01")
    assert await other.send(notice(JANSEN)) == GaveUp("refused_401")
    assert voice.rang(JANSEN) == []


async def test_a_service_that_is_down_or_busy_rang_nobody(voice: VoiceCounterpart, pager: VoiceCalls) -> None:
    voice.knobs.refuse = 429
    assert await pager.send(notice(JANSEN)) == Retry("busy_429")
    await voice.stop()
    assert await pager.send(notice(JANSEN)) == Retry("unreachable")


async def test_an_unclear_call_is_looked_up_by_its_number_and_time(
    voice: VoiceCounterpart, pager: VoiceCalls, clock: Clock
) -> None:
    await pager.send(notice(JANSEN))
    clock.passes(60)
    later = replace(notice(JANSEN, key="incident/8/0"), asked_at=clock())
    assert await pager.find(later) == GaveUp("not_arrived")
    voice.knobs.fail_after = 500
    assert await pager.send(later) == Unclear("answer_500")
    voice.knobs.fail_after = None
    assert await pager.find(later) == Delivered(event=voice.rang(JANSEN)[-1].sid)  # type: ignore[arg-type]
    voice.rang(JANSEN)[-1].status = "failed"
    assert await pager.find(later) == GaveUp("call_failed")
    assert await pager.find(replace(later, asked_at=None)) is None
    voice.knobs.nonsense_after = b'{"calls": 3}'
    assert await pager.find(later) is None


@pytest.mark.parametrize("nonsense", [b"<html>", b"{}", b'{"sid": 5}', b'{"sid": ""}'])
async def test_a_call_whose_number_is_not_told_is_unclear(
    voice: VoiceCounterpart, pager: VoiceCalls, nonsense: bytes
) -> None:
    voice.knobs.nonsense_after = nonsense
    assert await pager.send(notice(JANSEN)) == Unclear("nonsense")


async def test_a_call_is_hung_up_once_nobody_needs_it(voice: VoiceCounterpart, pager: VoiceCalls) -> None:
    await pager.send(notice(JANSEN))
    (call,) = voice.rang(JANSEN)
    assert await pager.call_off(call.sid, call.to) == Delivered()
    assert call.status == "canceled"
    assert await pager.call_off(call.sid, call.to) == Delivered()
    assert await pager.call_off("CA0", call.to) == Delivered()
    voice.knobs.refuse = 500
    assert await pager.call_off(call.sid, call.to) == Retry("answer_500")


def test_a_signature_is_the_one_of_the_documentation() -> None:
    """The example of Twilio's page "Security": account key 12345."""
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+12349013030",
        "Digits": "1234",
        "From": "+12349013030",
        "To": "+18005551212",
    }
    assert signature("12345", url, form) == "0/KCTR6DLpKmkAf8muzZqo1nDgQ="
