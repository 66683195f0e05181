"""What people write after a page or after a bare `alarm`: it answers the one and belongs to the other."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot import answers
from bot.domain import commands as c
from bot.domain.ids import PageId
from bot.domain.incident import Incident
from bot.domain.people import Person
from bot.matrix import translate
from bot.matrix.act import Acting, Event
from bot.matrix.translate import Heard
from bot.store.outbox import OutboxRow
from bot.words import replies
from bot.words.parse import NotUnderstood, Said, parse

TOLD_WITHIN: Final = timedelta(minutes=30)  # after a bare `alarm`


def open_page(incident: Incident | None, person: Person) -> PageId | None:
    """The page of this person in this incident that waits for an answer."""
    pages = incident.pages.values() if incident is not None else ()
    return next((p.id for p in pages if p.person == person.id and p.state == "open"), None)


async def page_answered(acting: Acting, event: Event, heard: Heard, person: Person, page: PageId, text: str) -> bool:
    """In the room as in a direct chat: a no is a no, a time is a time, and what may be either is asked about."""
    understood = parse(text, "direct")
    if isinstance(understood, NotUnderstood) and understood.why == "yes_or_no":
        lines = replies.not_understood(acting.catalogue, person.language, understood)
        await acting.answer(event, person, lines)
        return True
    if not isinstance(understood, Said) or understood.verb not in ("yes", "no", "eta"):
        return False
    about = replace(heard, page=page)
    await acting.command(event, about, person, lambda: translate.command(understood, about))
    return True


async def present(acting: Acting, event: Event, heard: Heard, page: PageId) -> tuple[Event, Heard]:
    """Acknowledges the page without taking the event for handled: done twice it changes nothing, the page is not open."""
    assert event.incident is not None, "the page is of the room's incident"
    sign = c.Acknowledge(page=page, answer_by="message", by=heard.by)
    incident = await acting.desk.handle(event.incident.id, sign)
    return replace(event, incident=incident), replace(heard, incident=incident)


async def handover_answered(
    acting: Acting, event: Event, heard: Heard, person: Person, row: OutboxRow, verb: str
) -> bool:
    """A bare yes or no to a role that was offered, unless a page waits: that goes first."""
    if row.incident is None or (await answers.pages_of(acting.desk, person.id))[0]:
        return False
    about = replace(heard, incident=await acting.desk.incident(row.incident))
    word = "take_over" if verb == "yes" else "not_yet"
    await acting.command(event, about, person, lambda: translate.reaction(word, row, about))
    return True


async def told_afterwards(acting: Acting, event: Event, heard: Heard, person: Person, text: str) -> bool:
    """What follows a bare `alarm`: the bot asked what it is about, so a sentence is the answer and no second alarm."""
    mine = [i for i in await answers.incidents(acting.desk) if i.reporter == person.id and not i.joined_into]
    incident = mine[-1] if mine else None
    if incident is None or incident.text or incident.alarm_at is None:
        return False
    if acting.desk.clock().now - incident.alarm_at > TOLD_WITHIN:
        return False
    line = c.RecordLine(kind="bericht", text=text, by=heard.by)
    page = open_page(incident, person)
    if page is not None:
        await acting.desk.handle(incident.id, c.Acknowledge(page=page, answer_by="message", by=heard.by))
    try:
        await acting.desk.handle(incident.id, line, cause=event.row.event_id)
    except c.Refused as refused:
        await acting.refuse(event, person, refused)
        return True
    told = acting.catalogue.text(person.language, "alarm.told", number=incident.number)
    await acting.answer(event, person, (told,), handled=True)
    return True
