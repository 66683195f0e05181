"""What people ask at night, in each place, and what they may see: nobody reads the incident of another municipality."""

from zipfile import ZipFile

import pytest

from bot.logbook.verify import Verified, verify_bundle
from tests.story import RIOT, Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def night(story: Story, *people: str) -> None:
    await story.alarm("bakker")
    await story.joins("bakker", "vandijk", *people)


async def test_how_it_stood_at_a_moment(story: Story) -> None:
    await night(story)
    await story.says("bakker", "feit er staan 50 mensen", where="room")
    before = story.clock()
    await story.passes(minutes=1, seconds=30)
    await story.says("bakker", "besluit plein afsluiten", where="room")
    then = await story.stand_at(before)
    assert "50 mensen" in then
    assert "plein afsluiten" not in then
    await story.says("vandijk", "meer")
    assert "plein afsluiten" in await story.stand_at(story.clock()) + await more(story, "vandijk")
    await story.says("vandijk", "stand om 03:00")
    assert "nog geen alarm" in await story.last("vandijk")
    await story.says("vandijk", "stand om 25:00")
    assert "Typ: stand om 03:10" in await story.last("vandijk")


async def more(story: Story, person: str) -> str:
    await story.says(person, "meer")
    return await story.last(person)


async def test_the_steps_are_many_and_more_shows_the_rest(story: Story) -> None:
    await night(story)
    await story.says("bakker", "stappen", where="room")
    first = await story.last("bakker", "room")
    assert first.splitlines()[-1] == "Meer? Typ: meer"
    await story.says("bakker", "meer", where="room")
    rest = await story.last("bakker", "room")
    steps = [line for line in (first + "\n" + rest).splitlines() if line.startswith("☐")]
    assert len(steps) == len((await story.incident()).steps)
    await story.says("bakker", "meer", where="room")
    assert "niets meer" in await story.last("bakker", "room")


async def test_status_log_and_duty_in_each_place(story: Story) -> None:
    await night(story)
    number = await story.number()
    await story.answers("jansen")
    for where in ("direct", "room"):
        await story.says("bakker", "status", where=where)
        said = await story.last("bakker", where)
        assert number in said
        assert "Jansen" in said
    await story.says("vandijk", "logboek")
    assert "Jansen komt" in await story.last("vandijk")
    await story.says("vandijk", "wie")
    assert "cyber: Jansen · reserve De Vries" in await story.last("vandijk")
    await story.says("bakker", "wie", where="alarm")
    assert "coördinator: Van Dijk" in await story.last("bakker", "alarm")
    await story.says("vandijk", "status", where="management")
    assert number in await story.last("vandijk", "management")


async def test_help_depends_on_where_and_who(story: Story) -> None:
    await night(story)
    said = {}
    for where in ("direct", "alarm", "room"):
        await story.says("bakker", "help", where=where)
        said[where] = await story.last("bakker", where)
    await story.says("vandijk", "help", where="management")
    said["management"] = await story.last("vandijk", "management")
    assert len(set(said.values())) == 4
    assert "besluit" in said["room"]
    assert "herlaad" in said["management"]
    assert "herlaad" not in said["room"]
    await story.says("jansen", "help besluit")
    assert "legt een besluit vast" in await story.last("jansen")


async def test_the_dossier_by_those_who_may(story: Story) -> None:
    await night(story)
    await story.says("bakker", "besluit plein afsluiten", where="room")
    await story.says("jansen", "export")
    assert "mag je hier niet" in await story.last("jansen")
    await story.says("bakker", "export")
    story.hears("bakker", "📦 Export")
    room = await story.brigade.direct("bakker")
    file = next(s for s in reversed(story.peer("bakker").timeline(room)) if s.content.get("msgtype") == "m.file")
    assert file.encrypted
    path = story.brigade.directory / "seen.zip"
    path.write_bytes(await story.peer("bakker").download(file.content))
    verified = verify_bundle(path, (await story.row()).log)
    assert isinstance(verified, Verified), verified
    with ZipFile(path) as bundle:
        assert "plein afsluiten" in bundle.read("tijdlijn.nl.md").decode()


async def test_another_municipality_neither_reads_nor_leads(story: Story) -> None:
    await night(story)
    number = await story.number()
    before = await story.entries()
    for words in (
        f"status {number}", f"logboek {number}", f"stappen {number}", f"besluiten {number}", f"export {number}",
        f"stand om {number} {story.clock()}", f"sluit {number}", f"besluit {number} dit is van ons", f"nu {number}",
    ):  # fmt: skip
        await story.says("mulder", words)
        answer = await story.last("mulder")
        for secret in ("TikTok", "Jansen", "rellen", "station"):
            assert secret not in answer, (words, answer)
    assert await story.entries() == before
    await story.says("mulder", "status")
    assert "geen open incident" in await story.last("mulder")


async def test_two_municipalities_at_once(story: Story) -> None:
    await night(story)
    waterbrug = await story.number()
    await story.says("mulder", RIOT.replace("Waterbrug", "Polderdam"))
    assert "Polderdam" in story.hears("mulder", "Alarm ontvangen").body
    story.hears("mulder", "De kamer is open")
    for person in ("vandijk", "jansen", "deboer", "dejong", "hendriks", "vandenberg", "dewit", "willems"):
        story.expects_page(person, "Polderdam")
    await story.says("mulder", "status")
    assert waterbrug not in await story.last("mulder")
    await story.says("bakker", "status")
    assert waterbrug in await story.last("bakker")
    incident = await story.incident()
    assert (incident.municipality_name, incident.similar_to) == ("Polderdam", None)


async def test_who_comes_later_gets_the_card(story: Story) -> None:
    await night(story)
    await story.says("bakker", "besluit plein afsluiten", where="room")
    await story.says("jansen", "0")
    story.hears("jansen", "Ik roep nu De Vries op")
    story.expects_page("devries")
    await story.answers("devries")
    await story.joins("devries")
    card = story.hears("devries", "Welkom De Vries")
    assert (card.encrypted, card.content["msgtype"]) == (True, "m.notice")
    assert "besluiten 1" in card.body
