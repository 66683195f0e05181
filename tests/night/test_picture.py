"""The picture of a night: a report that the bot drafts and people confirm, how it stood, its story, and who comes late."""

from collections.abc import Sequence
from typing import Final

import pytest

from bot import answers
from bot.domain.incident import Incident, evolve
from bot.store import log
from bot.words import story_words
from bot.words.catalogue import load
from tests.night.told import plain
from tests.stories.brigade import HOME
from tests.story import Story

pytestmark = pytest.mark.asyncio(loop_scope="session")
CATALOGUE: Final = load()


async def test_a_draft_is_changed_survives_a_restart_and_is_confirmed_by_another(story: Story) -> None:
    await plain(story)
    for said in (
        "feit 40 jongeren bij het station /bron politie", "aanname ze gaan naar het plein", "duiding vooral nieuwsgierigen",
        "feit dhr. Pietersen is de beheerder", "kennisvraag van welke school zijn ze?", "communicatie wij volgen het",
        "extern Snapchat: drie oproepen gemeld", "besluit plein afsluiten", "actie bel de school @vandijk 14:00",
    ):  # fmt: skip
        await story.says("bakker", said, where="room")
    await story.says("bakker", "sitrap", where="room")
    draft = story.hears("vandijk", "Concept van sitrap 1")
    assert draft.content["msgtype"] == "m.notice"
    assert "40 jongeren bij het station (regel 1)" in draft.body
    assert "Aanname, niet nagegaan: ze gaan naar het plein (regel 2)" in draft.body
    assert "regel 4, niet voor iedereen" in draft.body
    assert "Pietersen" not in draft.body
    assert not (await story.incident()).sitreps
    await story.says("bakker", "sitrap 1 mijn kop", where="room")
    assert "2 tot en met 12" in await story.last("bakker", "room")
    await story.says("bakker", "sitrap 5 rustig bij het station", where="room")
    changed = story.hears("vandijk", "5 Beeld op straat: rustig bij het station")
    await story.crash_and_restart()
    assert not (await story.incident()).sitreps
    await story.reacts("vandijk", changed, "✅")
    shown = story.hears("bakker", "Sitrap 1 · ")
    assert "· Van Dijk" in shown.body.splitlines()[0]
    report = (await story.incident()).reports[0]
    assert (report.by, "rustig bij het station" in report.text.split("\n")) == ("vandijk", True)
    await story.reacts("vandijk", draft, "✅")
    assert "intussen vastgelegd" in await story.last("vandijk", "room")
    assert any("sitrap 1 ·" in text for text in await story.texts("bakker", "room") if text.startswith("📍"))
    await story.says("bakker", "sitrap lcms", where="room")
    assert "BEELD\n" in await story.last("bakker")
    story.hears_nothing("vandijk", "Situatierapport")
    await story.says("vandijk", "toon sitrap")
    assert "5 Beeld op straat: rustig bij het station" in await story.last("vandijk")
    story.heeds_everything()


async def test_a_draft_repeats_nobody_whom_the_writer_named_and_the_report_keeps_the_words(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "sitrap 5 dhr. Pietersen is weg, @vandijk belt", where="room")
    draft = story.hears("vandijk", "Concept van sitrap 1")
    assert "Pietersen" not in draft.body
    assert "[…] is weg, @vandijk belt" in draft.body
    await story.says("bakker", "sitrap", where="room")
    assert "Pietersen" not in story.hears("vandijk", "Concept van sitrap 1").body
    await story.says("bakker", "sitrap ja", where="room")
    report = (await story.incident()).reports[0]
    assert "dhr. Pietersen is weg, @vandijk belt" in report.text.split("\n")
    story.heeds_everything()


async def test_two_drafts_at_once_and_how_it_stood_is_a_prefix_of_the_log(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "feit er zijn er 40", where="room")
    before = story.clock()
    await story.passes(minutes=2)
    await story.says("bakker", "sitrap 6 de rust keert terug")
    await story.says("vandijk", "sitrap 6 er komt meer")
    await story.says("bakker", "nee")
    assert "Typ het nummer erbij" in await story.last("bakker")
    await story.says("bakker", "sitrap")
    assert "6 Duiding en scenario's: de rust keert terug" in await story.last("bakker")
    await story.says("bakker", "ja")
    story.hears("vandijk", "Sitrap 1 · ")
    await story.says("vandijk", "sitrap ja")
    assert "Sitrap 1 is intussen vastgelegd" in await story.last("vandijk")
    await story.says("vandijk", "sitrap")
    assert "er komt meer" not in await story.last("vandijk")
    await story.passes(minutes=61)
    story.hears("vandijk", "Sitrap 2 is aan de beurt")
    await story.says("vandijk", "sitrap ja")
    assert "ouder dan een uur" in await story.last("vandijk")
    assert (await story.incident()).sitreps == 1
    then = await story.stand_at(before)
    assert tuple(then.splitlines()) == await stood(story, before)
    assert "er zijn er 40" in then
    assert "rust keert terug" not in then
    await story.says("vandijk", "stand")
    assert "Sitrap 1 (" in await story.last("vandijk")
    await story.says("vandijk", "tijdlijn sitraps")
    told = (await story.last("vandijk")).splitlines()
    assert len(told) == 2
    assert "de rust keert terug" in told[1]
    story.heeds_everything()


async def stood(story: Story, clock: str) -> Sequence[str]:
    """How it stood at the end of a minute, folded here from the entries up to then."""
    hour, minute = map(int, clock.split(":"))
    moment = story.brigade.now.astimezone(HOME).replace(hour=hour, minute=minute, second=59, microsecond=999_000)
    row = await story.row()
    incident = Incident(row.id)
    for sealed, entry in await answers.told(story.brigade.bot.desk, row.id):
        incident = evolve(incident, entry, sealed.ts) if sealed.ts <= moment else incident
    return story_words.state(CATALOGUE, "nl", incident, moment)


async def readings(story: Story) -> int:
    """How often somebody read what a closed incident holds."""
    desk = story.brigade.bot.desk
    async with desk.database.read() as tx:
        raws = await log.entries(tx, desk.seal.index)
    return sum(b'"type":"dossier.read"' in raw for raw in raws)


@pytest.mark.on_synapse
async def test_who_comes_late_is_told_in_private_what_there_is_to_know(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "besluit plein afsluiten", where="room")
    await story.says("bakker", "sitrap 40 jongeren bij het station, rustig", where="room")
    story.hears("vandijk", "Sitrap 1 · ")
    await story.passes(minutes=11)
    await story.says("vandijk", "roep cyber", where="room")
    story.expects_page("jansen")
    await story.answers("jansen")
    await story.joins("jansen")
    told = story.hears("jansen", "👋 Bijpraten")
    assert told.room_id == await story.room("jansen", "direct")
    assert told.content["msgtype"] == "m.notice"
    assert "Besluit 1: plein afsluiten" in told.body
    assert "Sitrap 1: 40 jongeren" in told.body
    assert f"https://matrix.to/#/{await story.room('jansen', 'room')}" in told.body
    story.hears_nothing("bakker", "👋 Bijpraten")
    await story.says("jansen", "bijpraten")
    assert "👋 Bijpraten" in await story.last("jansen")
    await story.says("mulder", f"bijpraten {await story.number()}")
    await story.says("mulder", f"tijdlijn {await story.number()}")
    await story.says("mulder", f"toon sitrap {await story.number()}")
    assert not any("plein" in text or "40" in text for text in await story.texts("mulder"))
    await story.says("vandijk", "sluit", where="room")
    await story.says("vandijk", "sluit ja het is rustig", where="room")
    before = await readings(story)
    await story.says("bakker", f"tijdlijn {await story.number()}")
    assert "Sitrap 1" in await story.last("bakker")
    assert await readings(story) == before + 1
    story.heeds_everything()


async def test_a_red_flag_that_was_seen_is_a_fact_from_online_in_part_4_without_any_score(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "rode vlag m1 Snapchat, drie keer", where="room")
    await story.says("bakker", "rode vlag neem mee: Telegram /bron politie", where="room")
    await story.says("bakker", "red flag D1", where="room")
    lines = (await story.incident()).log_lines
    assert [(line.kind, line.source_kind) for line in lines.values()] == [
        ("feit", "online"), ("feit", "politie"), ("feit", "online"),
    ]  # fmt: skip
    assert lines[1].text == "Rode vlag M1, Concrete plaats én tijd genoemd: Snapchat, drie keer"
    assert lines[2].text.startswith("Rode vlag M2, ")
    assert lines[3].text.startswith("Dempend signaal D1, ")
    await story.says("bakker", "rode vlag zoiets raars", where="room")
    assert "kaart rode vlaggen" in await story.last("bakker", "room")
    await story.says("bakker", "rode vlag de", where="room")
    assert "meer dan één rode vlag" in await story.last("bakker", "room")
    assert len((await story.incident()).log_lines) == 3
    await story.says("bakker", "sitrap", where="room")
    draft = story.hears("vandijk", "Concept van sitrap 1")
    online = next(line for line in draft.body.splitlines() if line.startswith("4 "))
    assert "Rode vlag M1" in online
    assert "+3" not in draft.body
    story.heeds_everything()
