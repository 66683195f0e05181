"""The weeks after a night: steps in one's own chat, a survey without names, the evaluation, and what is to be done better."""

from datetime import datetime

import pytest

from bot.domain.ids import PersonId, StepId
from bot.store import survey
from tests.night.told import all_but, plain
from tests.story import Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def ends(story: Story) -> str:
    """Closed on this night; then it is the next working day at ten."""
    await story.says("vandijk", "sluit")
    await story.says("vandijk", "sluit ja het is rustig")
    story.heeds_everything()
    await to(story, (await story.incident()).after.begins_at)
    return await story.number()


async def to(story: Story, at: datetime | None) -> None:
    assert at is not None
    story.brigade.moves(at - story.brigade.now)
    await story.settle()


async def test_what_is_left_is_done_in_ones_own_chat_and_then_it_is_finished(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "actie herstel het hek @vandijk", where="room")
    number = await ends(story)
    step = story.hears("bakker", "☐ Stap 18/20")
    assert f"klaar {number} 18" in step.body
    await story.reacts("bakker", step, "✅")
    assert "☑ Stap 18/20" in "\n".join(await story.texts("bakker"))
    following = story.hears("bakker", "☐ Stap 20/20")
    await story.crash_and_restart()
    await story.replies("bakker", following, "nvt geen verbeterpunten")
    story.hears("vandijk", "☐ Stap 19/20")
    await story.says("vandijk", f"klaar {number} 19 evaluatie gehouden")
    await story.says("vandijk", "acties")
    assert f"{number} · Actie 1 · herstel het hek" in await story.last("vandijk")
    await story.says("bakker", "acties")
    assert "geen acties open" in await story.last("bakker")
    incident = await story.incident()
    assert [incident.progress[StepId(s)].progress for s in ("BA18", "BA19", "BA20")] == ["done", "done", "skipped"]
    await story.passes(days=7, minutes=1)
    assert (await story.incident()).state == "finished"
    await story.says("vandijk", f"actie {number} 1 klaar het hek staat weer")
    assert (await story.incident()).actions[0].state == "done"
    story.heeds_everything()


async def test_a_step_of_the_aftercare_is_put_off_and_handed_over_in_ones_own_chat(story: Story) -> None:
    await plain(story)
    await ends(story)
    step = story.hears("bakker", "☐ Stap 18/20")
    assert "⏰ Later · 🔁 Ander" in step.body
    await story.says("bakker", "later 18 15:00")
    assert await story.step("BA18") == "later"
    await story.passes(hours=6)
    again = story.hears("bakker", "☐ Stap 18/20")
    await story.reacts("bakker", again, "⏰")
    assert await story.step("BA18") == "later"
    await story.passes(minutes=16)
    await story.reacts("bakker", story.hears("bakker", "☐ Stap 18/20"), "🔁")
    assert "draag over 18 @naam" in await story.last("bakker")
    await story.says("bakker", "draag over 18 @vandijk")
    await story.reacts("vandijk", story.hears("vandijk", "doe jij stap 18?"), "✅")
    assert (await story.incident()).progress[StepId("BA18")].person == "vandijk"
    story.heeds_everything()


async def test_a_survey_keeps_no_names_and_is_told_when_enough_answered(story: Story) -> None:
    await all_but(story)
    number = await ends(story)
    people = ("bakker", "vandijk", "jansen", "deboer", "hendriks", "vandenberg")
    second = {}
    for person, mark in zip(people, ("4", "5", "1", "3", "5", "2"), strict=True):
        assert "zonder naam" in story.hears(person, f"Evaluatie {number} · vraag 1 van 3").body
        await story.says(person, mark)
        second[person] = story.hears(person, "vraag 2 van 3")
    await story.crash_and_restart()
    await story.says("bakker", "5")
    question = story.hears("bakker", "vraag 3 van 3")
    await story.replies("bakker", question, "vraag het aan dhr. Pietersen")
    assert "persoonsgegevens" in await story.last("bakker")
    await story.replies("bakker", question, "eerder de school bellen")
    assert "Dank je" in await story.last("bakker")
    await story.says("deboer", "sla over")
    asked = story.hears("deboer", "vraag 3 van 3")
    await story.replies("deboer", asked, "alarm kwam te laat")
    assert "Is dit een melding?" in await story.last("deboer")
    await story.replies("deboer", asked, "actie sneller verdelen")
    assert "Dank je" in await story.last("deboer")
    await story.replies("hendriks", second["hendriks"], "communicatie eerder inschakelen")
    assert "Cijfer typen" in await story.last("hendriks")
    assert (await story.incident()).actions == ()
    await story.says("jansen", "sla over")
    story.hears("jansen", "vraag 3 van 3")
    await story.says("jansen", "nee")
    assert "niets meer" in await story.last("jansen")
    await story.says("jansen", f"enquete {number}")
    assert "De antwoorden komen" not in await story.last("jansen")
    await story.says("vandijk", f"enquete {number}")
    assert "De antwoorden komen" in await story.last("vandijk")

    await story.passes(days=7)
    assert "van 9 deden mee" in story.hears("vandijk", f"Evaluatie {number}: ").body
    await story.says("vandijk", f"enquete {number}")
    told = await story.last("vandijk")
    assert "– actie sneller verdelen\n– eerder de school bellen" in told
    assert "Bakker" not in told
    incident = await story.incident()
    over = incident.after.survey
    assert over is not None
    assert over.results is not None
    assert (over.results.answered, over.results.reached) == (6, (1, 1, 1, 1, 2))
    assert "bakker" not in repr(over.results)
    async with story.brigade.bot.database.read() as tx:
        assert await survey.get(tx, incident.id, PersonId("bakker")) is None
    await story.says("jansen", f"evaluatie {number}")
    assert "mag" in await story.last("jansen")
    await story.says("vandijk", f"evaluatie {number}")
    told = await story.last("vandijk")
    assert told.startswith(f"Evaluatie van {number} in cijfers")
    assert len(told) <= 1500
    assert told.count("\n") < 20
    for _ in range(2):
        assert told.endswith("Meer? Typ: meer")
        await story.says("vandijk", "meer")
        told = await story.last("vandijk")
    assert "\nNafase en leren\n· Verbeterpunten" in told
    story.heeds_everything()


async def test_an_evaluation_is_planned_and_what_must_be_better_is_asked_about_for_months(story: Story) -> None:
    await plain(story)
    number = await ends(story)
    story.heeds_everything()
    await to(story, (await story.incident()).after.remind_at)
    wanted = story.hears("vandijk", f"Evaluatie {number}: nog niet gepland")
    await story.replies("vandijk", wanted, "evaluatie vrijdag")
    assert "Welk moment bedoel je?" in await story.last("vandijk")
    await story.says("vandijk", f"evaluatie {number} over 50 uur")
    story.hears("bakker", f"📅 Evaluatie {number}: ")
    await story.passes(days=1)
    story.hears("bakker", "📅 Morgen om ")
    await story.says("bakker", f"verbeterpunt {number} eerder de school bellen @vandijk")
    story.hears("vandijk", "🌱 Verbeterpunt 1 · Van Dijk")
    await story.says("bakker", f"verbeterpunt {number} het plein beter bekijken")
    await story.says("vandijk", f"rond af {number} alles is besproken")
    await story.crash_and_restart()
    await story.passes(days=33)
    asked = story.hears("vandijk", "Hoe gaat het met verbeterpunt 1?")
    await story.says("vandijk", f"verbeterpunt {number} 1 loopt nog afspraak gemaakt")
    await story.says("vandijk", f"verbeterpunten {number}")
    assert "2 van 2 verbeterpunten open" in await story.last("vandijk")
    await story.passes(days=62)
    story.hears("bakker", "Hoe gaat het met verbeterpunt 2?")
    await story.reacts("vandijk", asked, "✅")
    await story.says("bakker", f"verbeterpunt {number} 2 vervalt omdat het plein weg is")
    assert [one.state for one in (await story.incident()).after.improvements] == ["done", "dropped"]
    story.heeds_everything()
