"""A page goes out as a telephone call and is answered by a key: pager, telephone service, our address and the log together."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import pytest
import pytest_asyncio
from starlette.applications import Starlette

from bot.domain.delivery import Delivered
from bot.domain.ids import PersonId
from bot.domain.ladder import Channel
from bot.embedded.provider_push import NtfyCounterpart
from bot.embedded.provider_voice import Call, VoiceCounterpart
from bot.embedded.providers import running
from bot.linking import Linking
from bot.pagers.asking import Asking, asking
from bot.pagers.channel import Notice
from bot.pagers.ntfy import NtfyPush
from bot.pagers.voice import VoiceCalls
from bot.running import incident_of
from bot.strangers import Strangers
from bot.web.health import serve
from bot.web.voice import VoicePages
from tests.desk.ground import INCIDENT
from tests.pagers.ground import number
from tests.web.conftest import CYBER, WORDS, Night

PHONE, OURS = number(1), number(2)


@dataclass
class Calling:
    """`make` brings a page to the phone of the cyber expert, over the real road: a link of its own, a pager, a service."""

    night: Night
    voice: VoiceCounterpart
    pager: VoiceCalls
    linking: Linking

    async def make(self) -> Call:
        page = await self.night.page()
        link = await self.linking(INCIDENT, page.id, CYBER, "voice")
        words = Notice("a/7/0", PHONE, "nl", "OPROEP", "OPROEP", speech="Oproep.", link=link, asked_at=self.night.now)
        assert isinstance(await self.pager.send(words), Delivered)
        return self.voice.rang(PHONE)[-1]


@pytest_asyncio.fixture
async def ask() -> AsyncIterator[Asking]:
    async with asking(5.0) as one:
        yield one


async def nobodys(channel: Channel, said: str) -> PersonId | None:
    return None


@pytest_asyncio.fixture
async def calling(night: Night, ask: Asking) -> AsyncIterator[Calling]:
    def now() -> datetime:
        return night.now

    voice = VoiceCounterpart(now=now)
    app = Starlette()
    async with serve(app, "127.0.0.1", 0) as port, running(voice):
        public = f"http://127.0.0.1:{port}"
        pages = VoicePages(
            night.answering, WORDS, lambda: "nl", public, voice.token, nobodys, str, Strangers(night.ground.desk, now),
            incident_of,
        )  # fmt: skip
        app.router.routes += [*pages.routes(), *night.answer_pages().routes()]
        pager = VoiceCalls(ask, voice.account, voice.token, OURS, f"{voice.url}/2010-04-01")
        yield Calling(night, voice, pager, Linking(night.ground.database, public, night.chance, now))


async def test_a_key_answers_the_page(calling: Calling) -> None:
    call = await calling.make()
    said = await calling.voice.answer(call)
    assert said[0].startswith("Vliegende brigade. Oproep voor cyber. Gemeente Waterbrug.")
    assert (await calling.night.page()).state == "open"
    assert await calling.voice.press(call, "1") == ["Genoteerd. Je komt."]
    assert call.over
    assert (await calling.night.page()).state == "acknowledged"


async def test_every_callback_twice_is_one_answer(calling: Calling) -> None:
    calling.voice.knobs.twice = True
    call = await calling.make()
    await calling.voice.press(call, "0")
    assert call.said[-1].startswith("Genoteerd. Je kunt niet.")
    kinds = await calling.night.ground.kinds()
    assert kinds.count("declined") == 1


async def test_a_machine_answers_nothing(calling: Calling) -> None:
    before = await calling.night.length()
    call = await calling.make()
    await calling.voice.voicemail(call)
    assert call.over
    assert await calling.night.length() == before


async def test_wrong_keys_end_the_call_without_an_answer(calling: Calling) -> None:
    call = await calling.make()
    for _ in range(3):
        await calling.voice.press(call, "7")
    assert call.over
    assert "Dit telt niet als antwoord" in call.said[-1]
    assert (await calling.night.page()).state == "open"


async def test_who_signs_with_another_key_gets_nowhere(calling: Calling) -> None:
    calling.voice.forged = True
    call = await calling.make()
    await calling.voice.answer(call)
    assert call.last_status == 403
    assert (await calling.night.page()).state == "open"


@pytest.mark.parametrize(("label", "state"), [("channel.coming", "acknowledged"), ("channel.cannot", "declined")])
async def test_a_button_of_a_push_notice_answers_the_page(
    calling: Calling, ask: Asking, label: str, state: str
) -> None:
    ntfy = NtfyCounterpart()
    async with running(ntfy):
        page = await calling.night.page()
        link = await calling.linking(INCIDENT, page.id, CYBER, "ntfy")
        words = Notice("a/8/0", "iog-onderwerp", "nl", "OPROEP", "OPROEP", link=link)
        push = NtfyPush(ask, ntfy.url, ntfy.token, WORDS)
        assert isinstance(await push.send(words), Delivered)
        assert await ntfy.tap("iog-onderwerp", WORDS.text("nl", label)) == 200
    assert (await calling.night.page()).state == state
