"""A message that its writer changed afterwards: never carried out again, and kept beside what stands in the log of it."""

from typing import Final

from bot import answers
from bot.domain import commands as c
from bot.domain.ids import EventId
from bot.domain.incident import Incident
from bot.domain.people import Person
from bot.matrix.act import Acting, Event
from bot.matrix.events import child
from bot.words.grammar import LINE_KINDS
from bot.words.line_marks import marked
from bot.words.parse import Said, clean, parse

# Behind these words stands what was put in the log.
_RECORDED: Final = frozenset(("alarm", "decision", "sitrep", "action", *LINE_KINDS))


async def rewritten(acting: Acting, event: Event, original: EventId) -> None:
    """An edit never changes what was carried out; when the message stands in the log, the new wording is added there.

    Who makes a command of a message, or another one, is told that it was not carried out.
    """
    body = child(event.content, "m.new_content").get("body")
    heard = acting.heard(event, "text", event.incident)
    if not isinstance(body, str) or heard.person is None:
        await acting.done(event.row, "ignored")
        return
    text = clean(body)
    said = parse(text, event.place)
    incident = next((one for one in await standing(acting, event, heard.person) if original in one.sources), None)
    if incident is None:
        if isinstance(said, Said):
            await acting.refuse(event, heard.person, c.Refused("edited_command"))
        else:
            await acting.done(event.row, "ignored")
        return
    if event.room.must_encrypt and not event.row.sender_key_known:
        # the room would read that this person changed the log: that asks for the proof that new words ask for
        await acting.refuse(event, heard.person, c.Refused("needs_proof"))
        return
    if isinstance(said, Said) and said.verb in _RECORDED and (told := marked(said.argument)[0]):
        text = told
    edit = c.EditSource(source=original, text=text, by=heard.by)
    await acting.quietly(event, incident.id, edit)


async def standing(acting: Acting, event: Event, writer: Person | None) -> list[Incident]:
    """The incidents in whose log a message may stand: an alarm was said outside its room, perhaps of one that is over."""
    if event.incident is not None:
        return [event.incident]
    closed = None if writer is None else await answers.last_closed(acting.desk, writer)
    return [*await answers.incidents(acting.desk), *([] if closed is None else [closed])]
