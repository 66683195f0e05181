"""A bare number in a direct chat, right after a list of cards: it chooses from that list, unless somebody waits for a yes."""

from datetime import timedelta
from typing import Final

import msgspec

from bot import answers
from bot.domain import messages as m
from bot.domain.ids import RoomId
from bot.domain.people import Person
from bot.matrix.act import Acting, Event
from bot.matrix.translate import Heard
from bot.store import outbox
from bot.words.card_words import chosen, is_number
from bot.words.parse import Said

# Later a number is a time of arrival again.
WITHIN: Final = timedelta(minutes=5)
_ASKING: Final = (
    "Answer",
    "DidYouMean",
    "ReadyAsked",
    "PageText",
    "AlarmReceived",
    "StillComing",
    "HandoverAsked",
    "SitrepDraft",
    "LateAnswer",
)


async def card_picked(acting: Acting, event: Event, heard: Heard, person: Person, text: str) -> bool:
    """Whether the number was one of a list; then the card is shown. Not for `1` and `0`: an answer to a page waits for nothing, and
    what it may be about is looked up anyhow."""
    if event.place != "direct" or not is_number(text) or text.strip() in ("0", "1"):
        return False
    async with acting.desk.database.read() as tx:
        row = await outbox.last_sent_to(tx, RoomId(event.row.room), _ASKING)
    return row is not None and await card_of(acting, event, heard, person, row, text)


async def card_of(acting: Acting, event: Event, heard: Heard, person: Person, row: outbox.OutboxRow, text: str) -> bool:
    """Whether the number is one of the list in this message, the last that asked something here."""
    if row.kind != "Answer" or acting.desk.clock().now - (row.settled_at or row.created_at) > WITHIN:
        return False
    if chosen(msgspec.json.decode(row.message, type=m.Answer), text) is None:
        return False
    if (await answers.pages_of(acting.desk, person.id))[0]:
        return False
    await acting.question(event, heard, person, Said("card", text.strip()))
    return True
