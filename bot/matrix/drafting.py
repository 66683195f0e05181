"""A situation report in chat: the bot drafts it from the log, people put parts in their own words, and a yes records it.

The draft is kept in the message that showed it, so a restart loses nothing and two people may each have one.
"""

from dataclasses import dataclass, replace
from typing import Final

import msgspec

from bot import answers
from bot.domain import commands as c
from bot.domain import messages as m
from bot.domain.authority import takes_part
from bot.domain.echo import worded
from bot.domain.ids import EventId, RoomId
from bot.domain.incident import Incident
from bot.domain.people import Person
from bot.domain.privacy import colleagues
from bot.domain.sitreps import FRESH, LONGEST, part_of
from bot.matrix.act import Acting, Event
from bot.matrix.translate import Heard
from bot.store import outbox
from bot.words import replies, sitrep_draft
from bot.words.parse import Said
from bot.words.shown import visible
from bot.words.tree import grow, plain

VERBS: Final = frozenset(("sitrep_draft", "sitrep_part", "sitrep_yes"))
KIND: Final = "SitrepDraft"


@dataclass(frozen=True, slots=True)
class Drafting:
    """Understands what is said about a draft."""

    acting: Acting

    async def said(self, event: Event, heard: Heard, person: Person, said: Said, answered: str) -> None:
        try:
            row = await self._meant(event, person, answered)
            if said.verb == "sitrep_yes":
                if row is None:
                    raise c.Refused("no_draft")
                await self.confirmed(event, heard, person, row)
                return
            incident = _open(heard.incident, person)
            own = self._own(incident, row)
            if said.verb == "sitrep_part":
                own |= _part(said)
            await self.acting.say(event, self._draft(event, person, incident, own))
        except c.Refused as refused:
            await self.acting.refuse(event, person, refused)

    async def _meant(self, event: Event, person: Person, answered: str) -> outbox.OutboxRow | None:
        """The draft that is replied to; else the sender's own last one in this room, else anybody's."""
        room = RoomId(event.row.room)
        async with self.acting.desk.database.read() as tx:
            replied = await outbox.by_event(tx, EventId(answered)) if answered else None
            if replied is not None and replied.kind == KIND:
                return replied
            own = await outbox.last_sent_to(tx, room, (KIND,), person.id)
            return own or await outbox.last_sent_to(tx, room, (KIND,))

    def _own(self, incident: Incident, row: outbox.OutboxRow | None) -> dict[str, str]:
        """What people put in words in a draft that was not recorded yet: it stays in the next one."""
        if row is None:
            return {}
        kept = msgspec.json.decode(row.message, type=m.SitrepDraft)
        current = kept.number == incident.number and kept.follows == incident.sitreps
        if not current or self.acting.desk.clock().now - kept.drafted_at > FRESH:
            return {}
        return {part: text for part, text in kept.parts if part in kept.own}

    def _draft(self, event: Event, person: Person, incident: Incident, own: dict[str, str]) -> m.SitrepDraft:
        words, lang, now = self.acting.catalogue, person.language, self.acting.desk.clock().now
        mark = len(plain(grow(words.template(lang, "exercise.mark"), {}))) if incident.exercise else 0
        room = sitrep_draft.room_for(words, lang, incident, now, mark)
        told = sitrep_draft.parts(words, incident, now, own, room)
        shown = worded(told, own, colleagues(self.acting.contacts()))
        lines = sitrep_draft.draft(words, lang, incident, shown, now)
        first, *rest = replies.pages(words, lang, lines, reserve=mark)
        return m.SitrepDraft(
            to=self.acting.reply_to(event, person),
            lang=lang,
            number=incident.number,
            exercise=incident.exercise,
            lines=first,
            rest=tuple(rest),
            reply_to=event.row.event_id,
            asked=person.id,
            parts=told,
            own=tuple(own),
            follows=incident.sitreps,
            drafted_at=now,
        )

    async def confirmed(self, event: Event, heard: Heard, person: Person, row: outbox.OutboxRow) -> None:
        """A yes to a draft: of who asked for it or of another who takes part; the log says whose yes it was."""
        kept = msgspec.json.decode(row.message, type=m.SitrepDraft)
        incident = await answers.numbered(self.acting.desk, kept.number)
        record = c.RecordSitrep(
            text="", parts=kept.parts, follows=kept.follows, drafted_at=kept.drafted_at, by=heard.by
        )
        await self.acting.command(event, replace(heard, incident=incident), person, lambda: record)

    async def answered(self, event: Event, heard: Heard, person: Person, row: outbox.OutboxRow, verb: str) -> bool:
        """A bare yes or no to the draft that was shown last, within the hour, unless a page waits: that goes first."""
        asked_at = row.settled_at or row.created_at
        if self.acting.desk.clock().now - asked_at > FRESH or (await answers.pages_of(self.acting.desk, person.id))[0]:
            return False
        if verb == "yes":
            await self.confirmed(event, heard, person, row)
        else:
            await self.acting.answer(
                event, person, (self.acting.catalogue.template(person.language, "sitrep.draft_change"),)
            )
        return True


def _open(incident: Incident | None, person: Person) -> Incident:
    if incident is None:
        raise c.Refused("no_incident")
    if not takes_part(incident, person):
        raise c.Refused("not_allowed")
    if incident.state != "open":
        raise c.Refused(f"incident_{incident.state}")
    return incident


def _part(said: Said) -> dict[str, str]:
    number = said.number or 0
    part, text = part_of(number), visible(said.argument)
    if not text:
        raise c.Refused("part_text_needed", {"part": str(number)})
    if len(text) > LONGEST:
        raise c.Refused("part_too_long", {"part": str(number), "most": str(LONGEST)})
    return {part: text}
