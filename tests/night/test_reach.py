"""People who see to it that they wake up: step by step, with a number of their own, and once a year with a test alarm."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from pydantic import SecretStr

from bot.embedded.provider_sms import GatewayCounterpart
from bot.embedded.providers import running
from tests.pagers.ground import number
from tests.reach.ground import code_in
from tests.story import Story

pytestmark = pytest.mark.asyncio(loop_scope="session")
OWN = number(4711)
LOCAL = f"0{OWN.removeprefix('+31')}"


@asynccontextmanager
async def with_text_messages(story: Story) -> AsyncIterator[GatewayCounterpart]:
    """The same night with a service for text messages, and the bot started again to use it."""
    brigade, service = story.brigade, GatewayCounterpart()
    before = brigade.playground
    settings = before.settings.completed(
        sms_provider="generic", sms_url=f"{service.url}/send", sms_token=SecretStr(service.token), sms_sender=number(9)
    )
    async with running(service):
        settings = settings.completed(sms_url=f"{service.url}/send")
        brigade.playground = replace(before, settings=settings)
        try:
            await story.crash_and_restart()
            yield service
        finally:
            brigade.playground = before
            await story.crash_and_restart()


@pytest.mark.on_synapse
async def test_getting_ready_goes_on_after_a_crash(story: Story) -> None:
    await story.says("jansen", "nachtklaar")
    sound = story.hears("jansen", "Nachtklaar 1/3: geluid van Element")
    await story.reacts("jansen", sound, "✅")
    focus = story.hears("jansen", "Nachtklaar 2/3: niet storen")
    await story.crash_and_restart()
    await story.reacts("jansen", focus, "✅")
    story.hears("jansen", "🔔 Test 1/1. Hoor je dit? (chat)")
    await story.says("jansen", "1")
    assert "chat ✅" in await story.last("jansen")
    assert "alleen de chat" in await story.last("jansen")  # the brigade has nothing else set up


@pytest.mark.on_synapse
async def test_a_number_is_proved_by_its_code_and_found_nowhere(story: Story) -> None:
    async with with_text_messages(story) as service:
        await story.says("jansen", f"nummer {LOCAL}")
        await service.until(lambda: bool(service.phone(OWN)))
        code = code_in(service.phone(OWN)[-1])
        await story.says("jansen", code)
        assert "✅ Bevestigd: sms, telefoon op 06-••••••11." in await story.last("jansen")
        await story.says("jansen", "bereikbaar")
        assert "sms 06-••••••11" in await story.last("jansen")
        await story.says("jansen", "nachtklaar contact")
        state = story.brigade.playground.settings.state_dir
        kept = b"".join(path.read_bytes() for path in state.glob("iogplus.db*"))
        for secret in (LOCAL, OWN, OWN.removeprefix("+316"), code):
            # six digits stand in any megabyte of hashes: alone they may not
            assert not re.search(rb"(?<![0-9a-f])" + re.escape(secret.encode()) + rb"(?![0-9a-f])", kept)
            assert secret not in str(story.logged)
        await story.says("jansen", "verwijder alles")
        assert "Verwijderd" in await story.last("jansen")
        story.heeds_everything()


@pytest.mark.on_synapse
async def test_a_test_alarm_wakes_only_the_coordinator_who_sees_that_it_is_practice(story: Story) -> None:
    await story.says("mulder", "testalarm")
    story.hears("mulder", "OEFENING")
    story.hears("mulder", "De kamer is open")
    page = story.expects_page("vandijk")
    assert "🎓 OEFENING" in page.body.splitlines()[0]
    await story.answers("vandijk")
    await story.says("vandijk", "nachtklaar")
    untested = (await story.last("vandijk")).partition("Geen testalarm")[2]
    assert "Nieuwkerk" in untested
    assert "Polderdam" not in untested
    await story.escalates(2)  # nobody else is called


async def test_a_shift_that_begins_in_two_hours_is_told_once(story: Story) -> None:
    await story.says("devries", "ik neem cyber over van 05:04 tot 08:00")
    story.heeds_everything()
    await story.brigade.bot.duties.tell()
    await story.settle()
    assert "Je hebt dienst: cyber, vanaf" in story.hears("devries", "📅").body
    await story.crash_and_restart()
    await story.brigade.bot.duties.tell()
    await story.settle()
    story.hears_nothing("devries", "📅")
    await story.says("devries", "rooster herstel")
    story.heeds_everything()
