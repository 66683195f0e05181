"""Nights that others belong to as well, or only a few: a neighbour, the police's own people first, and a closed circle."""

import asyncio
from io import BytesIO
from zipfile import ZipFile

import pytest

from bot.domain.ids import PersonId
from bot.dossier.bundle import Exported, Work, export
from bot.logbook.verify import Verified, verify_bundle
from bot.words import catalogue
from tests.night.test_record import PHOTO, shares
from tests.night.told import plain
from tests.story import Story, Where
from tests.wire_homeserver.faults import Held

pytestmark = pytest.mark.asyncio(loop_scope="session")
SECRET = "de bron zit in eigen huis"


async def test_a_neighbour_is_told_reads_along_and_leaves_again(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "buurgemeente Polderdam", where="room")
    assert "Ook betrokken: Polderdam" in await story.last("bakker", "room")
    told = story.hears("mulder", "Polderdam is erbij betrokken")
    assert "Waterbrug blijft in de leiding" in told.body
    await story.joins("mulder")
    await story.says("mulder", "feit hier staan ook jongeren", where="room")
    assert "hier staan ook jongeren" in await story.last("bakker", "room")
    await story.says("vandijk", "bovenregionaal omdat het ook bij de buren rondgaat", where="room")
    assert "Bel de veiligheidsregio" in await story.last("vandijk")
    await story.says("vandijk", "status")
    assert "ook Polderdam · bovenregionaal" in await story.last("vandijk")
    shown = await story.texts("bakker", "room")
    assert any("ook Polderdam · bovenregionaal" in text for text in shown), shown
    await story.says("bakker", "buurgemeente belt zo terug", where="room")
    await story.says("bakker", "geen buurgemeente Polderdam, het was een ander dorp", where="room")
    assert "Polderdam hoort er niet bij" in await story.last("mulder")
    room = await story.room("bakker", "room")
    await story.until(lambda: story.account("mulder") not in story.peer("bakker").members(room))
    kinds = [kind for kind in await story.entries() if kind.startswith(("municipality.", "flag."))]
    assert kinds == ["municipality.involved", "flag.raised", "municipality.released"]
    story.heeds_everything()


async def test_the_police_go_first_and_the_others_follow_on_their_answer(story: Story) -> None:
    await story.alarm(
        text="alarm Waterbrug drillrap: twee groepen dagen elkaar uit op snapchat", called=("vandijk", "maas")
    )
    story.hears("bakker", "roep ik op zodra de eersten antwoorden")
    story.hears_nothing("dejong", "🚨")
    await story.answers("maas")
    for person in ("dejong", "willems", "hendriks", "vandenberg"):
        story.expects_page(person)
    story.heeds_everything()


async def _circle(story: Story) -> None:
    """Bakker and Jansen are in the room that only they know of; vandijk leads the open one."""
    await plain(story)
    await story.says("bakker", "vertrouwelijk @jansen eigen mensen genoemd")
    story.hears("bakker", "Besloten kring voor")
    story.hears("bakker", "Je hoort bij de besloten kring")
    assert "Bakker, Jansen" in story.hears("jansen", "Je hoort bij de besloten kring").body
    await _joins(story, "bakker", "jansen")


async def _joins(story: Story, *people: str) -> None:
    room = await story.room(people[0], "circle")
    for person in people:
        await story.peer(person).join(room)
    wanted = {PersonId(person) for person in people}

    async def there() -> bool:
        return wanted <= (await story.incident()).circle_present

    await story._until(there)
    await story.settle()


@pytest.mark.on_synapse
async def test_a_closed_circle_keeps_what_it_says_to_itself(story: Story) -> None:
    await _circle(story)
    await story.says("jansen", f"feit {SECRET}", where="circle")
    assert SECRET in await story.last("bakker", "circle")
    await story.says("bakker", "besluit we zeggen niets tot de ochtend", where="circle")
    await story.says("bakker", "actie bel de school @jansen 14:00", where="circle")
    assert "kan niet in de besloten kamer" in await story.last("bakker", "circle")
    await story.says("bakker", "kring", where="circle")
    assert "In de kamer: Bakker, Jansen" in await story.last("jansen", "circle")
    # outside of it nobody reads a word of it, whatever they ask
    for question in ("besluiten", "logboek 99", "open", "status", "regel 1", "besluit 1", "kring"):
        await story.says("vandijk", question)
    await story.says("bakker", "logboek 99", where="room")
    seen = [*await story.texts("vandijk"), *await story.texts("bakker", "room"), *await story.texts("vandijk", "room")]
    told = "\n".join(seen)
    assert SECRET not in told
    assert "tot de ochtend" not in told
    assert "Jansen" not in told
    # who is in it reads everything, alone with the bot
    await story.says("jansen", "regel 1")
    assert SECRET in await story.last("jansen")
    await story.says("bakker", "kring zonder @jansen", where="circle")
    story.hears("jansen", "Je hoort niet meer bij de kring")
    room = await story.room("bakker", "circle")
    await story.until(lambda: story.account("jansen") not in story.peer("bakker").members(room))
    await story.says("bakker", "feit en dit las alleen ik", where="circle")
    await story.says("jansen", "regel 1")
    assert "Er is nog geen incident" in await story.last("jansen")
    story.heeds_everything()


def answering(event: str) -> dict[str, object]:
    return {"m.relates_to": {"m.in_reply_to": {"event_id": event}}}


async def test_what_points_into_the_circle_is_refused_where_nobody_else_reads_along(story: Story) -> None:
    await _circle(story)
    await story.says("jansen", f"feit {SECRET}", where="circle")
    await story.says("bakker", "besluit we wachten, zie regel 1", where="room")
    assert "Regel 1 hoort bij de besloten kring" in await story.last("bakker")
    await story.says("bakker", "correctie 1 het is een ander huis", where="room")
    told = "\n".join([*await story.texts("vandijk", "room"), *await story.texts("vandijk")])
    assert "besloten" not in told
    assert (await story.incident()).decisions == ()
    await story.says("bakker", "besluit we wachten, zie regel 1", where="circle")
    assert "Besluit 1" in await story.last("jansen", "circle")
    story.heeds_everything()


async def test_files_of_either_room_stay_where_they_were_posted(story: Story) -> None:
    """One is posted in the room of the circle and offered to the log there, one in the main room."""
    await _circle(story)
    inner = await shares(story, "jansen", "kring-schets.png", where="circle")
    await story.says("bakker", "feit", where="circle", **answering(inner))
    await story.reacts("bakker", inner, "📌", where="circle")
    outer = await shares(story, "bakker", "plein-foto.png", data=PHOTO + b"plein")
    await story.says("bakker", "feit", where="room", **answering(outer))
    number = await story.number()
    asking: tuple[tuple[str, Where], ...] = (
        ("vandijk", "room"), ("bakker", "room"), ("vandijk", "direct"), ("jansen", "direct"), ("bakker", "direct"),
    )  # fmt: skip
    for person, where in asking:
        for words in ("tijdlijn 8", "logboek 8"):
            await story.says(person, words, where=where)
            shown = await story.last(person, where)
            assert "kring-schets" not in shown, (person, where)
            assert "plein-foto" in shown, (person, where)
    for person in ("vandijk", "bakker"):  # the first is not in the circle, the other is
        await story.says(person, f"export {number}")
        room = await story.room(person, "direct")
        sent = [one for one in story._new(person) if one.room_id == room and one.content.get("msgtype") == "m.file"]
        data = await story.peer(person).download(sent[-1].content)
        with ZipFile(BytesIO(data)) as zipped:
            names = zipped.namelist()
            assert [name for name in names if name.startswith("bijlagen/")] == [
                name for name in names if name.endswith("plein-foto.png")
            ]
            assert [name for name in names if b"kring-schets" in zipped.read(name)] == []
            assert [name for name in names if b"plein-foto" in zipped.read(name)]
    assert not any(
        b"kring-schets" in path.read_bytes() for path in story.brigade.bot.settings.files.rglob("*") if path.is_file()
    )
    story.heeds_everything()


async def test_a_kill_while_the_closed_room_is_made_makes_it_once(
    story: Story, tmp_path_factory: pytest.TempPathFactory
) -> None:
    await plain(story)
    wire, release = story.brigade.at_the_wire, asyncio.Event()
    with wire.faults.on(Held(release), "/createRoom", who=story.brigade.playground.bot) as held:
        asked = await story.peer("bakker").say(await story.room("bakker", "direct"), "vertrouwelijk @jansen")
        await story.until(lambda: held.met > 0)
        await story.brigade.crash()
        release.set()
    story.said.append(asked)
    await story.brigade.start()
    await story.settle()
    wanted = f"{(await story.row()).id}-closed-circle"
    made = [r for r in wire.world.rooms.values() if r.content("m.room.create").get("nl.iog.incident") == wanted]
    assert len(made) == 1
    assert made[0].content("m.room.history_visibility")["history_visibility"] == "invited"
    await _joins(story, "bakker", "jansen")
    kinds = await story.entries()
    assert kinds.count("circle.formed") == 1
    assert kinds.count("room.opened") == 2
    await story.says("jansen", f"feit {SECRET}", where="circle")
    assert SECRET in await story.last("bakker", "circle")
    await story.crash_and_restart()
    await story.says("jansen", "duiding het is intern", where="circle")
    assert "het is intern" in await story.last("bakker", "circle")
    await story.says("vandijk", "sluit")
    await story.says("vandijk", "sluit ja de dreiging is voorbij")
    assert "gesloten" in (await story.last("bakker", "circle")).lower()
    # the dossier of who was not in it holds none of it, and verifies all the same
    running, folder = story.brigade.bot, tmp_path_factory.mktemp("dossier")
    for circle in (True, False):
        key, which = running.desk.seal.key, (await story.row()).id
        exported = await export(
            running.database, which, folder, Work((key,), catalogue.load(), circle=circle), running.settings.files
        )
        assert isinstance(exported, Exported)
        assert (SECRET.encode() in exported.path.read_bytes()) is circle
        assert isinstance(verify_bundle(exported.path, (await story.row()).log), Verified)
    assert len(list(folder.iterdir())) == 2
    story.heeds_everything()
