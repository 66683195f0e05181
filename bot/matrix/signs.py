"""What people do beside typing: reactions, marks, edits, removals, coming and going."""

from dataclasses import dataclass, replace

from bot.domain import commands as c
from bot.domain.ids import Account, EventId, StepId
from bot.domain.people import Person
from bot.domain.steps import asks_decision
from bot.matrix import translate
from bot.matrix.act import Acting, Event
from bot.matrix.deciding import picked as chosen_by
from bot.matrix.drafting import Drafting
from bot.matrix.intaking import Intaking
from bot.matrix.marking import Marking
from bot.matrix.overhear import Overhearing
from bot.matrix.rewriting import standing
from bot.matrix.said import MEANT, Saying, behind
from bot.matrix.surveying import Surveying
from bot.matrix.translate import Heard
from bot.store import inbox, outbox
from bot.words.emoji import domain_picked, normal, reacted
from bot.words.parse import Said


@dataclass(frozen=True, slots=True)
class Signs:
    """Understands everything that is not a text message."""

    acting: Acting
    saying: Saying

    async def reaction(self, event: Event) -> None:
        relation = event.content.get("m.relates_to")
        relation = relation if isinstance(relation, dict) else {}
        key, target = str(relation.get("key", "")), EventId(str(relation.get("event_id", "")))
        heard = self.acting.heard(event, "reaction", event.incident)
        if heard.person is None:
            await self.acting.done(event.row, "ignored")
            return
        async with self.acting.desk.database.read() as tx:
            row = await outbox.by_event(tx, target)
        if row is None:
            await Marking(self.acting).reacted(event, heard, heard.person, normal(key), target)
            return
        await self._reacted(event, heard, heard.person, key, row)

    async def _reacted(self, event: Event, heard: Heard, person: Person, key: str, row: outbox.OutboxRow) -> None:
        if row.kind in MEANT and normal(key) in ("✅", "❌"):
            await self.saying.run_meant(event, heard, person, row, "yes" if normal(key) == "✅" else "no")
            return
        if row.kind == "Choice" and (sentence := chosen_by(row, person, key)) is not None:
            await self.saying.chosen(event, behind(heard, row), person, sentence)
            return
        if row.kind == "SitrepDraft" and reacted(row.kind, key) == "sitrep_yes":
            await Drafting(self.acting).confirmed(event, heard, person, row)
            return
        if row.kind == "SurveyAsked" and await Surveying(self.acting).tapped(event, person, row, key):
            return
        if await Intaking(self.acting).answered(event, heard, person, row, key, replied=True):
            return
        if row.incident is None:
            await self.acting.done(event.row, "ignored")
            return
        incident = await self.acting.desk.incident(row.incident)
        heard = replace(heard, incident=incident)
        verb = reacted(row.kind, key)
        if row.kind == "AlarmReceived" and (role := domain_picked(key)) is not None:
            picked = c.CorrectCall(roles=(role,), by=heard.by)
            await self.acting.command(event, heard, person, lambda: picked)
        elif (
            verb is None
            or not self._is_asked(row, person)
            or (verb == "now" and incident.similar_to is not None and incident.awaiting == ())
        ):
            await self.acting.done(event.row, "ignored")
        elif verb == "done" and (point := asks_decision(incident, StepId(row.subject or ""))) is not None:
            # a tap proves too little to decide: it asks for the choices
            await self.acting.question(event, heard, person, Said("show_point", point))
        else:
            await self.acting.command(event, heard, person, lambda: translate.reaction(verb, row, heard))

    def _is_asked(self, row: outbox.OutboxRow, person: Person) -> bool:
        """In a direct room only the person it is for; elsewhere everybody, and the domain decides who may."""
        kind, _, name = row.target.partition(":")
        return kind != "person" or name == person.id

    async def redaction(self, event: Event) -> None:
        removed = EventId(str(event.content.get("redacts", "")))
        await Overhearing(self.acting).withdrawn(event, removed)
        heard = self.acting.heard(event, "reaction", event.incident)
        for incident in await standing(self.acting, event, await self._writer(removed)):
            command = translate.taken_away(incident, removed, heard)
            if command is None:
                continue
            if heard.person is None:
                # whoever runs the server can remove what others wrote, and waits for no answer
                await self.acting.quietly(event, incident.id, command)
                return
            about = replace(heard, incident=incident)
            await self.acting.command(event, about, heard.person, lambda: command)  # noqa: B023 - called at once
            return
        await self.acting.done(event.row, "ignored")

    async def _writer(self, removed: EventId) -> Person | None:
        async with self.acting.desk.database.read() as tx:
            account = await inbox.sender(tx, removed)
        return None if account is None else self.acting.contacts().person_of(Account(account))

    async def member(self, event: Event) -> None:
        person = self.acting.contacts().person_of(Account(event.state_key or ""))
        membership = event.content.get("membership")
        if event.incident is None or person is None or membership not in ("join", "leave", "ban"):
            await self.acting.done(event.row, "ignored")
            return
        if event.row.sender == self.acting.client.account.user_id and event.incident.state == "finished":
            await self.acting.done(event.row, "ignored")  # its room is being emptied, which the index log tells
            return
        by = replace(self.acting.origin(event, "membership"), actor=person.id, account=event.state_key)
        report = c.ReportMember(person=person.id, name=event.belongs, joined=membership == "join", by=by)
        await self.acting.quietly(event, event.incident.id, report)

    async def tombstone(self, event: Event) -> None:
        """A room that is replaced is never followed: whoever replaced it would choose where we speak."""
        if event.incident is None:
            await self.acting.manage(event, f"replaced_{event.room.kind}")
            return
        lost = c.ReportRoomLost(name=event.belongs, why="replaced", by=self.acting.origin(event, "membership"))
        await self.acting.quietly(event, event.incident.id, lost)
