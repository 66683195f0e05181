"""Looking things up in the middle of a night: on a phone, with a typo, in the room and alone, and nothing of it in the log."""

import pytest

from tests.night.told import only_the_coordinator, plain
from tests.stories.test_accidents import changed
from tests.story import Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.on_synapse
async def test_a_card_in_the_room_and_alone_leaves_no_line(story: Story) -> None:
    await plain(story)
    before = await story.entries()
    await story.says("vandijk", "kaart noodbevle", where="room")
    assert (await story.last("vandijk", "room")).startswith("📖 GW175 · Noodbevel (175) · geldend")
    await story.says("bakker", "kaart snapchat")
    assert "nog niet ingevuld" in await story.last("bakker")
    await story.says("bakker", "interventies", where="room")
    shown = await story.last("bakker", "room")
    assert "lichtste eerst" in shown
    assert "geen vaststaande bevoegdheid" in shown
    assert await story.entries() == before


async def test_a_list_is_chosen_from_by_number_until_something_else_is_shown(story: Story) -> None:
    await story.says("bakker", "kaart 172")
    assert "2 GW172-3 · Licht bevel (172 lid 3)" in await story.last("bakker")
    await story.says("bakker", "kaart 2")
    assert (await story.last("bakker")).startswith("📖 GW172-3 · ")
    await story.says("bakker", "5")  # the same list, the number alone
    assert (await story.last("bakker")).startswith("📖 VERWIJDERBEVEL · ")
    await story.says("bakker", "wie")
    await story.says("bakker", "kaart 2")
    assert "Meer kaarten over „2”" in await story.last("bakker")  # no list stands there: it is looked up like any word


async def test_a_group_goes_on_after_more_and_keeps_its_numbers(story: Story) -> None:
    await story.says("bakker", "kaart")
    assert "12 platforms" in await story.last("bakker")
    await story.says("bakker", "2")
    assert (await story.last("bakker")).endswith("Meer? Typ: meer")
    await story.says("bakker", "meer")
    await story.says("bakker", "kaart 1")
    assert (await story.last("bakker")).startswith("📖 GW125 · ")


async def test_a_number_answers_the_page_that_waits_and_no_list(story: Story) -> None:
    await only_the_coordinator(story)
    story.expects_page("vandijk")
    await story.says("vandijk", "kaart 172")
    assert await story.page("p1") == "open"
    await story.says("vandijk", "1")
    story.hears("vandijk", "Genoteerd, je komt")
    await story.says("vandijk", "kaart 1")
    assert (await story.last("vandijk")).startswith("📖 GW172-1 · ")


async def test_after_five_minutes_a_bare_number_is_no_choice_any_more(story: Story) -> None:
    await story.says("bakker", "kaart 172")
    await story.passes(minutes=6)
    await story.says("bakker", "5")
    assert "VERWIJDERBEVEL · Bevel" not in await story.last("bakker")


async def test_a_list_survives_a_restart(story: Story) -> None:
    await story.says("bakker", "kaart 172")
    await story.crash_and_restart()
    await story.says("bakker", "kaart 4")
    assert (await story.last("bakker")).startswith("📖 GW172b · ")


async def test_who_reads_english_gets_english(story: Story) -> None:
    await story.says("peters", "card B7")
    shown = await story.last("peters")
    assert "11 Emergency order (175)" in shown
    assert "no settled power" in shown


async def test_the_interventions_of_an_incident_are_not_for_everybody(story: Story) -> None:
    await story.alarm()
    number = (await story.row()).number
    await story.says("mulder", f"interventies {number}")
    assert "mag je hier niet" in await story.last("mulder")
    story.heeds_everything()


async def test_reloading_takes_the_cards_along_and_keeps_the_old_on_error(story: Story) -> None:
    bases = story.brigade.directory / "playbooks" / "grondslagen.yaml"
    with changed(bases, "Licht bevel (172 lid 3)", "Licht bevel (172, derde lid)"):
        await story.says("vandijk", "herlaad")
        assert "Geladen" in await story.last("vandijk")
        await story.says("bakker", "kaart GW172-3")
        assert "172, derde lid" in await story.last("bakker")
    with changed(bases, "    status: geldend", "    status: zeker"):
        await story.says("vandijk", "herlaad")
        refused = await story.last("vandijk")
        assert "Niet geladen" in refused
        assert "grondslagen.yaml:" in refused
        await story.says("bakker", "kaart GW172-3")
        assert "172, derde lid" in await story.last("bakker")
    await story.says("vandijk", "herlaad")
    await story.says("bakker", "kaart GW172-3")
    assert "172 lid 3" in await story.last("bakker")


async def test_a_bare_one_chooses_the_first_when_no_page_waits(story: Story) -> None:
    await story.says("bakker", "kaart 172")
    await story.says("bakker", "1")
    assert (await story.last("bakker")).startswith("📖 GW172-1 · ")
    await story.says("bakker", "0")
    assert "GW172" not in await story.last("bakker")
