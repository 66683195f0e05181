"""A message in the room is taken out by a reply to it, whatever became of it; and what it is no part of stays."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot import answers
from bot.domain import entries as e
from bot.store import directory
from tests.night.test_erasing import database_of, rows_with
from tests.night.test_record import shares
from tests.night.told import plain
from tests.story import Story

pytestmark = pytest.mark.asyncio(loop_scope="session")
WIS = "wis bericht omdat het om een kind gaat"


@pytest.fixture
def kept(story: Story) -> Iterator[None]:
    """In Waterbrug everything that is said in a room is kept."""
    bot, was = story.brigade.bot, story.brigade.bot.reference
    agreed = tuple(replace(m, chat="all" if m.id == "waterbrug" else m.chat) for m in was.contacts.municipalities)
    bot.reference = replace(was, contacts=replace(was.contacts, municipalities=agreed))
    yield
    bot.reference = was


async def stands(story: Story, words: str) -> list[str]:
    """The kinds of entry in which the log still has them."""
    told = await answers.told(story.brigade.bot.desk, (await story.incident()).id)
    return [type(entry).__name__ for _, entry in told if words in repr(entry)]


@pytest.mark.usefixtures("kept")
async def test_a_message_that_became_no_line_is_erased_by_a_reply_to_it(story: Story) -> None:
    """Where all that is said is kept, talk stands in a log too; the coordinator answers on it, and another one confirms."""
    await plain(story)
    talk = await story.says("bakker", "wie belt de moeder van Femke Ooijevaar?", where="room")
    asked = await story.replies("vandijk", talk, WIS)
    note = story.hears("vandijk", "wil een bericht wissen")
    assert note.content["m.relates_to"]["m.in_reply_to"]["event_id"] == talk, "who confirms sees which one"
    assert asked
    assert _kept(story).count(b"Ooijevaar"), "nothing is gone before another person confirms"
    await story.says("bakker", "wis klopt", where="room")
    await story.settle()
    story.hears("vandijk", "Gewist: een bericht")
    retracts = await story.outbox_rows((await story.incident()).id, "Retract")
    assert talk in {json.loads(row.message)["event"] for row in retracts if row.state == "sent"}
    number = await story.number()
    await story.brigade.crash()
    assert _kept(story).count(b"Ooijevaar") == 0
    await story.brigade.start()
    await story.says("vandijk", f"export {number}")
    await story.log_is_sound(number)
    assert [entry.of for entry in await _erased(story)] == ["message", "message"], "the words, and who said them"
    story.heeds_everything()


def _kept(story: Story) -> bytes:
    """The database with what is still in its write-ahead log."""
    found = database_of(story)
    return b"".join(path.read_bytes() for path in sorted(found.parent.glob(f"{found.name}*")))


async def _erased(story: Story) -> list[e.FieldErased]:
    told = await answers.told(story.brigade.bot.desk, (await story.incident()).id)
    return [entry for _, entry in told if isinstance(entry, e.FieldErased)]


async def test_a_reply_to_a_line_or_to_what_the_bot_made_of_it_erases_the_line(story: Story) -> None:
    await plain(story)
    own = await story.says("bakker", "feit Femke Ooijevaar staat bij het station", where="room")
    confirmed = story.hears("vandijk", "Feit vastgelegd (regel 1)")
    for message in (own, confirmed):
        await story.replies("vandijk", message, "wis dit bericht omdat het om een kind gaat")
        assert "wil regel 1 wissen" in await story.last("vandijk", where="room")
    await story.says("bakker", "wis klopt", where="room")
    await story.settle()
    assert await rows_with(story, "Ooijevaar") == []
    assert {entry.of for entry in await _erased(story)} == {"line"}
    story.heeds_everything()


async def test_a_message_of_which_nothing_is_kept_is_not_erased_by_the_bot(story: Story) -> None:
    await plain(story)
    talk = await story.says("bakker", "wie belt de moeder van Sanne Wildeboer?", where="room")
    await story.replies("vandijk", talk, WIS)
    assert "Haal het zelf weg in de chat" in await story.last("vandijk", where="room")
    await story.says("vandijk", WIS, where="room")
    assert "Antwoord met wis bericht" in await story.last("vandijk", where="room")
    story.heeds_everything()


@pytest.mark.usefixtures("kept")
async def test_what_names_the_writer_stays(story: Story) -> None:
    """Somebody's name goes with their message; a page that waits, and what was noted of them, is about something else."""
    contacts = story.brigade.bot.reference.contacts
    people = {
        key: replace(one, name="Anna van Bakker") if key == "bakker" else one for key, one in contacts.people.items()
    }
    story.brigade.bot.reference = replace(story.brigade.bot.reference, contacts=replace(contacts, people=people))
    await plain(story)
    talk = await story.says("bakker", "wie belt de moeder van Femke Ooijevaar?", where="room")
    await story.says("bakker", "feit er staan 40 mensen", where="room")
    await story.says("vandijk", "roep cyber", where="room")
    story.expects_page("jansen")
    before = [row for row in await rows_with(story, "Anna van Bakker") if row.event_id is not None]
    assert {"PageText", "LineNote"} <= {row.kind for row in before}
    await story.replies("vandijk", talk, WIS)
    await story.says("bakker", "wis klopt", where="room")
    await story.settle()
    after = {row.key for row in await rows_with(story, "Anna van Bakker")}
    assert {row.key for row in before} <= after
    retracts = await story.outbox_rows((await story.incident()).id, "Retract")
    assert {json.loads(row.message)["event"] for row in retracts}.isdisjoint({row.event_id for row in before})
    await story.answers("jansen")
    story.heeds_everything()


@pytest.mark.parametrize("asked", ["reply", "line"])
@pytest.mark.usefixtures("kept")
async def test_what_was_typed_before_a_yes_goes_with_it(story: Story, asked: str) -> None:
    """The bot asked back whether an assumption was meant; the words stand in the message, and the yes made the line of it."""
    await plain(story)
    typed = await story.says("bakker", "aannamme Femke Ooijevaar is thuis", where="room")
    await story.reacts("bakker", story.hears("bakker", "Bedoel je"), "✅")
    assert await stands(story, "Ooijevaar") == ["LineRecorded"]
    if asked == "reply":
        await story.replies("vandijk", typed, WIS)
    else:
        await story.says("vandijk", "wis regel 1 omdat het om een kind gaat", where="room")
    assert "wil regel 1 wissen" in await story.last("vandijk", where="room")
    await story.says("bakker", "wis klopt", where="room")
    await story.settle()
    assert await stands(story, "Ooijevaar") == []
    retracts = await story.outbox_rows((await story.incident()).id, "Retract")
    assert typed in {json.loads(row.message)["event"] for row in retracts if row.state == "sent"}
    await story.brigade.crash()
    assert _kept(story).count(b"Ooijevaar") == 0
    await story.brigade.start()
    story.heeds_everything()


async def test_what_was_typed_before_a_number_goes_with_it(story: Story) -> None:
    """Who may not decide alone is asked in whose name; the words stand in what came before."""
    await plain(story)
    await story.says("bakker", "besluit B7 4 namens", where="room")
    typed = await story.says("bakker", "trek in 1 want Femke Ooijevaar is thuis", where="room")
    await story.says("bakker", "1", where="room")
    assert await stands(story, "Ooijevaar") == ["DecisionWithdrawn"]
    await story.replies("vandijk", typed, WIS)
    await story.says("bakker", "wis klopt", where="room")
    await story.settle()
    assert await stands(story, "Ooijevaar") == []
    story.heeds_everything()


async def test_a_message_that_became_two_things_loses_both(story: Story) -> None:
    await plain(story)
    own = await story.says("bakker", "klaar 1 de moeder van Femke Ooijevaar is gebeld", where="room")
    await story.reacts("vandijk", own, "📌")
    assert len(await stands(story, "Ooijevaar")) == 2
    await story.replies("vandijk", own, WIS)
    assert "een bericht" in await story.last("vandijk", where="room")
    await story.says("bakker", "wis klopt", where="room")
    await story.settle()
    assert await stands(story, "Ooijevaar") == []
    assert await rows_with(story, "Ooijevaar") == []
    story.heeds_everything()


@pytest.mark.usefixtures("kept")
async def test_a_note_about_a_file_is_no_entry_of_the_incident(story: Story) -> None:
    """It carries a number of the log of what is said, where another thing has that number."""
    await plain(story)
    await story.says("bakker", "feit de brug is open", where="room")
    told = await answers.told(story.brigade.bot.desk, (await story.incident()).id)
    (seq,) = [sealed.seq for sealed, entry in told if isinstance(entry, e.LineRecorded)]
    for _ in range(seq - 3):
        await story.says("bakker", "even praten", where="room")
    await shares(story, "vandijk", "groot.png", info={"size": 1 << 40})
    await story.settle()
    (note,) = [row for row in await story.outbox_rows((await story.incident()).id, "FileNote") if row.event_id]
    assert note.seq == seq
    assert note.event_id is not None
    await story.replies("vandijk", note.event_id, WIS, where="direct")
    assert "Dit is een bericht van de bot zelf" in await story.last("vandijk")
    story.heeds_everything()


async def test_a_reply_is_about_the_incident_that_the_message_is_of(story: Story) -> None:
    """Also when the bot last spoke of another one with this coordinator."""
    first = await story.says("vandijk", "alarm Waterbrug: Sanne Wildeboer wordt bedreigd op school")
    number = await story.number()
    await story.says("vandijk", "alarm Polderdam: de dijk staat op springen bij de sluis, veel water")
    await story.settle()
    assert await story.number() != number
    await story.replies("vandijk", first, WIS, where="direct")
    async with story.brigade.bot.database.read() as tx:
        row = await directory.by_number(tx, number)
    assert row is not None
    asked = (await story.brigade.bot.desk.incident(row.id)).custody.asked
    assert asked is not None
    assert (asked.of, asked.which) == ("alarm", "")
    chat = await story.says("vandijk", "dank je wel allemaal")
    await story.replies("vandijk", chat, WIS, where="direct")
    assert f"logboek van {await story.number()}" in await story.last("vandijk")
    story.heeds_everything()


async def test_a_page_shows_the_alarms_own_words(story: Story) -> None:
    await plain(story)
    (page,) = await story.outbox_rows((await story.incident()).id, "PageText")
    assert page.event_id is not None
    await story.replies("vandijk", page.event_id, WIS, where="direct")
    asked = (await story.incident()).custody.asked
    assert asked is not None
    assert (asked.of, asked.which) == ("alarm", "")
    story.heeds_everything()


async def test_it_is_no_reason_for_a_decision(story: Story) -> None:
    await plain(story)
    await story.says("vandijk", "besluit B1 3", where="room")
    (question,) = [row for row in await story.outbox_rows((await story.incident()).id, "ReasonAsked") if row.event_id]
    assert question.event_id is not None
    await story.replies("vandijk", question.event_id, WIS)
    assert await stands(story, "om een kind gaat") in ([], ["ErasureAsked"])
    assert "ReasonGiven" not in await stands(story, "")
    story.heeds_everything()


async def test_an_answer_of_the_bot_is_nobodys_message(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "feit Sanne Wildeboer is thuis", where="room")
    await story.says("vandijk", "logboek", where="room")
    answers_given = [row for row in await rows_with(story, "Sanne Wildeboer is thuis") if row.kind == "Answer"]
    assert answers_given[0].event_id is not None
    await story.replies("vandijk", answers_given[0].event_id, WIS)
    assert "Dit is een bericht van de bot zelf" in await story.last("vandijk", where="room")
    story.heeds_everything()


@pytest.mark.usefixtures("kept")
async def test_the_timeline_says_in_which_log_it_was(story: Story) -> None:
    await plain(story)
    talk = await story.says("bakker", "wie belt de moeder van Femke Ooijevaar?", where="room")
    await story.replies("vandijk", talk, WIS)
    await story.says("bakker", "wis klopt", where="room")
    await story.says("vandijk", f"tijdlijn {await story.number()}")
    told = await story.last("vandijk")
    assert "in wat gezegd werd, nr. 0" in told
    assert "text in #0" not in told
    story.heeds_everything()
