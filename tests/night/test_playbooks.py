"""Steps that hang on an answer, and an end that asks why something required stays open."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.reference.test_guide import EXAMPLE
from tests.story import Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


@asynccontextmanager
async def own_playbook(story: Story) -> AsyncIterator[None]:
    """The playbook of the guide, beside those that are there."""
    assert EXAMPLE is not None
    file = story.brigade.directory / "playbooks" / "PB13.yaml"
    file.write_text(EXAMPLE[1], encoding="utf-8")
    try:
        await story.says("vandijk", "herlaad", where="management")
        yield
    finally:
        file.unlink()
        await story.says("vandijk", "herlaad", where="management")


async def test_a_step_waits_for_an_answer_and_the_room_hears_when_it_is_due(story: Story) -> None:
    async with own_playbook(story):
        await story.says("bakker", "alarm Waterbrug trekkeroptocht: kolonne rijdt naar het stadhuis")
        story.heeds_everything()
        for person in ("vandijk", "dejong"):
            await story.answers(person)
        await story.joins("bakker", "vandijk", "dejong")
        numbers = {str(s.id): n for n, s in enumerate((await story.incident()).steps, start=1)}
        first, second = (numbers[key] for key in ("PB13-1", "PB13-2"))
        await story.says("dejong", "stappen")
        assert f"{second} ⏸ Regel een route" in await story.last("dejong")
        await story.says("bakker", f"klaar {first}", where="room")
        story.hears("dejong", f"Stap {second} is nu aan de orde (stap {first} is gedaan)")
        await story.says("bakker", f"herstel stap {first}", where="room")
        story.hears("dejong", f"Stap {second} blijft staan")
        story.heeds_everything()
    assert {"step.became.due", "step.stayed.due"} <= set(await story.entries())


async def test_closing_names_what_is_required_and_asks_why_it_stays_open(story: Story) -> None:
    await story.says("bakker", "alarm Waterbrug: er is iets raars aan de hand op internet")
    story.heeds_everything()
    await story.answers("vandijk")
    await story.joins("bakker", "vandijk")
    story.heeds_everything()
    await story.says("vandijk", "sluit", where="room")
    proposal = story.hears("bakker", "Verplicht en nog open")
    assert "sluit ja en waarom" in proposal.body
    await story.says("vandijk", "sluit ja", where="room")
    assert "Typ sluit ja en waarom" in await story.last("vandijk", "room")
    assert (await story.incident()).state == "open"
    await story.says("vandijk", "sluit ja loos alarm, niets te doen", where="room")
    story.hears("bakker", "loos alarm, niets te doen")
    assert (await story.incident()).state == "closed"
    assert (await story.step("BA17")) == "done"
