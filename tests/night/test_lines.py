"""The log of the room as people keep it: by word, by a reply of one word, by a tap; and what becomes of a line later."""

from typing import Final

import pytest

from bot.domain.playbook import LineKind
from bot.words.emoji import MARKS
from bot.words.grammar import BY_NAME, LINE_KINDS
from tests.night.told import plain
from tests.story import Story

pytestmark = pytest.mark.asyncio(loop_scope="session")
# Nobody's, and put together here so that no file holds a number to call.
NUMBER: Final = "-".join(("06", "00001234"))
# A correction says in words what is wrong, so no message of another is one.
OF_OTHERS: Final = {verb: kind for verb, kind in LINE_KINDS.items() if kind != "correctie"}


async def kinds(story: Story) -> list[LineKind]:
    return [line.kind for line in (await story.incident()).log_lines.values()]


async def test_every_kind_by_its_word(story: Story) -> None:
    await plain(story)
    typed = {verb: kind for verb, kind in LINE_KINDS.items() if verb != "action"}  # that word gives an action
    for verb in typed:
        text = "Snapchat: drie oproepen gemeld" if verb == "external" else "de groep is weg"
        await story.says("bakker", f"{BY_NAME[verb].nl[0]} {text}", where="room")
    assert await kinds(story) == list(typed.values())
    story.hears("vandijk", "Feit vastgelegd (regel 1)")
    story.heeds_everything()


async def test_every_kind_by_a_reply_of_one_word(story: Story) -> None:
    await plain(story)
    for n, verb in enumerate(OF_OTHERS):
        said = await story.says("bakker", f"wat ik zag, deel {n}", where="room")
        answer = {"m.relates_to": {"m.in_reply_to": {"event_id": said}}}
        await story.says("vandijk", BY_NAME[verb].nl[0], where="room", **answer)
    assert await kinds(story) == list(OF_OTHERS.values())
    lines = (await story.incident()).log_lines
    assert [line.text for line in lines.values()] == [f"wat ik zag, deel {n}" for n in range(len(OF_OTHERS))]
    assert {line.by for line in lines.values()} == {"bakker"}
    story.heeds_everything()


async def test_every_kind_by_a_tap(story: Story) -> None:
    await plain(story)
    for key, verb in MARKS.items():
        if verb in OF_OTHERS:
            said = await story.says("bakker", f"wat ik zag ({verb})", where="room")
            await story.reacts("vandijk", said, key)
    assert set(await kinds(story)) == set(OF_OTHERS.values())
    story.heeds_everything()


@pytest.mark.on_synapse
async def test_what_a_line_rests_on_and_what_became_of_it(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "feit Station is leeg /bron politie /b 2 /vertrouwelijk", where="room")
    echo = story.hears("vandijk", "Feit vastgelegd (regel 1)")
    assert "bron: politie · betrouwbaarheid 2 (waarschijnlijk) · vertrouwelijk" in echo.body
    said = await story.says("bakker", "volgens mij gaan ze naar het plein", where="room")
    answer = {"m.relates_to": {"m.in_reply_to": {"event_id": said}}}
    await story.says("vandijk", "aanname /bron jongerenwerk", where="room", **answer)
    await story.says("vandijk", "aanname 2 weerlegd, want het plein is leeg", where="room")
    story.hears("bakker", "Aanname 2 klopt niet")
    await story.replies("vandijk", echo, "correctie er staan nog tien mensen")
    assert (await story.incident()).log_lines[3].about == 1
    await story.says("vandijk", "regel 1", where="room")
    told = await story.last("vandijk", "room")
    assert "Station is leeg" in told
    assert "Verbeterd in regel 3: er staan nog tien mensen" in told
    story.heeds_everything()


async def test_numbers_go_on_after_a_restart_and_what_is_open_is_still_known(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "extern Snapchat: drie oproepen gemeld /kenmerk 4711", where="room")
    await story.says("bakker", "kennisvraag van welke school zijn ze?", where="room")
    await story.crash_and_restart()
    await story.says("bakker", "feit er zijn veertig jongeren", where="room")
    story.hears("vandijk", "Feit vastgelegd (regel 3)")
    await story.says("vandijk", "open", where="room")
    told = await story.last("vandijk", "room")
    assert "Externe melding 1 zonder antwoord: Snapchat" in told
    assert "Kennisvraag 2 zonder antwoord: van welke school zijn ze?" in told
    await story.says("vandijk", "extern 1 antwoord ze kijken ernaar", where="room")
    await story.says("vandijk", "antwoord 2 de school aan de kade", where="room")
    await story.says("vandijk", "open", where="room")
    assert "zonder antwoord" not in await story.last("vandijk", "room")
    story.heeds_everything()


async def test_what_is_said_of_a_line_that_is_not_there_is_refused(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "regel 7 bron politie", where="room")
    assert "Regel 7 bestaat niet" in await story.last("bakker", "room")
    await story.says("bakker", "feit iets", where="room")
    await story.says("bakker", "klopt aanname 1", where="room")
    assert "Regel 1 is geen aanname" in await story.last("bakker", "room")
    story.heeds_everything()


async def test_personal_data_is_kept_and_its_writer_hears_of_it_in_private(story: Story) -> None:
    await plain(story)
    await story.says("bakker", f"feit de beheerder is te bereiken op {NUMBER}", where="room")
    told = story.hears("bakker", "mogelijk een telefoonnummer")
    assert told.room_id == await story.room("bakker", "direct")
    assert told.content["msgtype"] == "m.notice"  # it rings nobody
    assert "vervang 1 …" in told.body
    assert NUMBER not in told.body
    story.hears("vandijk", "de beheerder is te bereiken op […]")
    story.hears_nothing("vandijk", NUMBER)
    story.hears_nothing("vandijk", "telefoonnummer")
    assert "personal.data.noticed" in await story.entries()
    await story.says("bakker", "vervang 1 de beheerder heeft de sleutel", where="room")
    story.hears("vandijk", "In plaats van regel 1")
    await story.says("vandijk", "regel 1", where="room")
    assert NUMBER not in await story.last("vandijk", "room")
    assert NUMBER not in str(story.logged)
    await story.says("bakker", "feit @vandijk ziet @rel_koning", where="room")
    story.hears("vandijk", "@vandijk ziet […]")
    await story.says("vandijk", "regel 3", where="room")
    assert "@rel_koning" in await story.last("vandijk", "room"), "the log shows what was said to who asks for it"
    story.heeds_everything()
