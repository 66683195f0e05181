"""Answers to questions in chat: how it stands, who is on call, what was decided, how it was at a time, help, export, reload.

Longer than most modules: one short method for each question.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from bot import answers
from bot.desk import Desk
from bot.domain import catching_up, learned, timings
from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.authority import leads, takes_part
from bot.domain.circle import is_open, open_part
from bot.domain.contacts import Contacts
from bot.domain.ids import EVERY_INCIDENT, EventId, IncidentId, RoomId
from bot.domain.incident import Incident, evolve
from bot.domain.ladder import ChannelState
from bot.domain.origin import Origin
from bot.domain.people import COORDINATOR, MELDER, Language
from bot.ended import ended
from bot.matrix.act import Asked
from bot.matrix.deciding import choice, first_question
from bot.store import outbox, rooms
from bot.words import (
    after_words,
    decision_words,
    flag_words,
    indicator_words,
    ladder_words,
    learned_words,
    line_words,
    replies,
    sitrep_words,
    story_words,
    teamwork_words,
    work_words,
)
from bot.words import help as help_words
from bot.words.card_words import CardWords, chosen, is_number
from bot.words.catalogue import Catalogue
from bot.words.export_words import wanted
from bot.words.intervention_words import interventions
from bot.words.replies import Lines, Told

READING: Final = frozenset(
    ("status", "steps", "decisions", "show_decision", "log", "state_at", "show_line", "open", "actions",
     "sitrep_lcms", "show_sitrep", "timeline", "catch_up", "improvements", "survey_results", "duties",
     "indicators")
)  # fmt: skip
Export = Callable[[Incident, m.MakeDossier], Awaitable[tuple[m.Message, ...]]]
Reload = Callable[[Language], Awaitable[Lines]]
# The regional picture as lines, and as files below the directory of dossiers.
Pictured = tuple[Lines, tuple[str, ...]]
Picture = Callable[[str, Language, EventId], Awaitable[Pictured]]


async def no_picture(said: str, lang: Language, asked: EventId) -> Pictured:
    """Where nothing is drawn."""
    raise c.Refused("not_allowed")


@dataclass(frozen=True, slots=True)
class Questions:
    """`export` (which gives what is said at once, and the request for a dossier) and `reload` are done by who builds the bot; they
    raise Refused with the reason."""

    desk: Desk
    catalogue: Catalogue
    contacts: Callable[[], Contacts]
    export: Export
    reload: Reload
    channels: Callable[[], Sequence[ChannelState]] = tuple  # how the other channels do
    picture: Picture = no_picture

    async def __call__(self, asked: Asked) -> tuple[m.Message, ...]:
        if asked.said.verb == "export":
            return await self._export(asked)
        if asked.said.verb == "more":
            return (await self._more(asked),)
        if asked.said.verb == "picture":
            return (await self._picture(asked),)
        if asked.said.verb == "card":
            return (self._answer(asked, *await self._card(asked)),)
        if asked.said.verb == "interventions":
            return (self._answer(asked, *self._interventions(asked)),)
        if asked.said.verb == "show_point":
            return (choice(self.catalogue, asked, _incident(asked)),)
        if asked.said.verb == "reasons":
            return (first_question(asked, _incident(asked)),)
        if asked.said.verb == "catch_up":
            return (await self._catch_up(asked),)
        lines = await _ANSWERS[asked.said.verb](self, asked)
        if not _of_all(asked):
            await self._note_reading(asked, asked.incident)
        return (self._answer(asked, lines),)

    def _answer(self, asked: Asked, lines: Lines, choices: tuple[str, ...] = ()) -> m.Answer:
        first, *rest = replies.pages(self.catalogue, asked.lang, lines)
        number = "" if asked.incident is None or _of_all(asked) else asked.incident.number
        return m.Answer(
            to=asked.to,
            lang=asked.lang,
            number=number,
            lines=first,
            rest=tuple(rest),
            choices=choices,
            reply_to=asked.replied,
        )

    async def _card(self, asked: Asked) -> tuple[Lines, tuple[str, ...]]:
        """`kaart 2` is the second of the list that stands here; any other words are looked up."""
        words = CardWords(self.catalogue, asked.lang, self.desk.reference())
        last = await self._last(asked) if is_number(asked.said.argument) else None
        picked = chosen(last, asked.said.argument)
        if last is None or picked is None:
            return words.answer(asked.said.argument)
        lines, choices = words.card(picked)
        return lines, choices or last.choices  # the next number chooses from the same list

    def _interventions(self, asked: Asked) -> tuple[Lines, tuple[str, ...]]:
        incident = _readable(asked, optional=True)
        return interventions(self.catalogue, asked.lang, self.desk.reference(), incident)

    async def _picture(self, asked: Asked) -> m.Answer:
        await self._of_all(asked)
        lines, files = await self.picture(asked.said.argument, asked.lang, asked.event)
        return replace(self._answer(asked, lines), files=files)

    async def lessons(self, asked: Asked) -> Lines:
        await self._of_all(asked)
        over, reference = await ended(self.desk.database), self.desk.reference()
        harvest = learned.lessons(over.incidents, reference.contacts)
        query = asked.said.argument
        return learned_words.lessons(self.catalogue, asked.lang, reference, harvest, query, over.broken)

    async def open_questions(self, asked: Asked) -> Lines:
        await self._of_all(asked)
        over = await ended(self.desk.database)
        harvest = learned.open_questions(over.incidents, self.contacts())
        return learned_words.open_questions(self.catalogue, asked.lang, harvest, over.broken)

    async def _of_all(self, asked: Asked) -> None:
        """What all incidents tell together is for coordinators, in words from a known device; that somebody asked is recorded."""
        if COORDINATOR not in asked.person.roles:
            raise c.Refused("not_allowed")
        if asked.proof != "known_device":
            raise c.Refused("needs_proof")
        await self._note(asked, EVERY_INCIDENT)

    async def _note(self, asked: Asked, incident: IncidentId) -> None:
        by = Origin(actor=asked.person.id, via="text", cause=asked.event, room="direct", proof=asked.proof)
        await self.desk.note(e.DossierRead(incident=incident, what=asked.said.verb, origin=by))

    async def _catch_up(self, asked: Asked) -> m.CatchUp:
        incident = _incident(asked)
        await self._note_reading(asked, incident)
        where = {"to": asked.to, "lang": asked.lang, "number": incident.number, "exercise": incident.exercise}
        return catching_up.told(incident, reply_to=asked.replied, **where)

    async def _note_reading(self, asked: Asked, incident: Incident | None) -> None:
        """Who reads the content of a closed incident is itself recorded."""
        if incident is None or incident.state not in ("closed", "finished") or asked.said.verb not in READING:
            return
        await self._note(asked, incident.id)

    async def _more(self, asked: Asked) -> m.Answer:
        """The next page of the last answer in this room; it waits in the outbox, so a restart loses nothing."""
        last = await self._last(asked)
        if last is None or not last.rest:
            raise c.Refused("no_more")
        first, *rest = last.rest
        return m.Answer(
            to=asked.to, lang=asked.lang, number=last.number, lines=first, rest=tuple(rest), choices=last.choices,
            reply_to=asked.replied,
        )  # fmt: skip

    async def _last(self, asked: Asked) -> m.Answer | None:
        """The last answer in the room that this answer goes to."""
        async with self.desk.database.read() as tx:
            room: RoomId | None = RoomId(asked.to.name)
            if asked.to.kind != "asked":
                direct = await rooms.direct(tx, asked.person.id)
                room = direct.room_id if direct is not None else None
            row = None if room is None else await outbox.last_sent_to(tx, room, ("Answer", "SitrepDraft"))
        return None if row is None else msgspec.json.decode(row.message, type=m.Answer)

    async def status(self, asked: Asked) -> Lines:
        return replies.status(self.catalogue, asked.lang, _readable(asked, optional=True))

    async def steps(self, asked: Asked) -> Lines:
        return replies.steps(self.catalogue, asked.lang, _incident(asked))

    async def decisions(self, asked: Asked) -> Lines:
        return decision_words.all_of(self.catalogue, asked.lang, _incident(asked))

    async def show_decision(self, asked: Asked) -> Lines:
        number = asked.said.number or 0
        found = decision_words.whole(self.catalogue, asked.lang, _incident(asked), number)
        if found is None:
            raise c.Refused("no_such_decision", {"decision": str(number)})
        return found

    async def show_line(self, asked: Asked) -> Lines:
        number = asked.said.number or 0
        found = line_words.shown(self.catalogue, asked.lang, _incident(asked), number)
        if found is None:
            raise c.Refused("no_such_line", {"line": str(number)})
        return found

    async def open(self, asked: Asked) -> Lines:
        return line_words.open_work(self.catalogue, asked.lang, _incident(asked))

    async def actions(self, asked: Asked) -> Lines:
        """In a direct chat, unless an incident is named: what is open for the asker in all of them."""
        if asked.place != "direct" or asked.said.incident:
            return work_words.listed(self.catalogue, asked.lang, _incident(asked))
        found = await answers.with_actions(self.desk, asked.person)
        for incident, _ in found:
            await self._note_reading(asked, incident)
        return work_words.mine(self.catalogue, asked.lang, found)

    async def improvements(self, asked: Asked) -> Lines:
        return after_words.listed(self.catalogue, asked.lang, _incident(asked))

    async def survey_results(self, asked: Asked) -> Lines:
        incident = _incident(asked)
        if not leads(incident, asked.person):
            raise c.Refused("not_allowed")
        return after_words.surveyed(self.catalogue, asked.lang, incident)

    async def indicators(self, asked: Asked) -> Lines:
        incident = _incident(asked)
        _may_export(asked, incident)
        told = await self._told(asked)
        found = timings.indicators([(one.entry, one.at) for one in told], told[-1].incident)
        return indicator_words.listed(self.catalogue, asked.lang, incident.number, found)

    async def circle(self, asked: Asked) -> Lines:
        if not asked.within:
            raise c.Refused("no_circle")
        return flag_words.members(self.catalogue, asked.lang, _incident(asked))

    async def duties(self, asked: Asked) -> Lines:
        """Now, or as the log told it at a moment."""
        incident = _incident(asked)
        if not asked.said.argument:
            return teamwork_words.listed(self.catalogue, asked.lang, incident)
        moment = self._moment(asked.said.argument)
        told = [t for t in await self._told(asked) if t.at <= moment]
        if not told:
            raise c.Refused("before_alarm")
        return teamwork_words.listed(self.catalogue, asked.lang, told[-1].incident, moment)

    async def log(self, asked: Asked) -> Lines:
        told = await self._told(asked)
        return replies.log(self.catalogue, asked.lang, told, asked.said.number)

    async def state_at(self, asked: Asked) -> Lines:
        """How it stood is folded from the log up to then; without a moment how it stands."""
        incident, now = _incident(asked), self.desk.clock().now
        if not asked.said.argument:
            return story_words.state(self.catalogue, asked.lang, incident, now)
        moment = self._moment(asked.said.argument)
        stood = await answers.at_moment(self.desk, incident.id, moment)
        if stood is None or stood.alarm_at is None:
            raise c.Refused("before_alarm")
        return story_words.state(self.catalogue, asked.lang, stood if asked.within else open_part(stood), moment)

    async def timeline(self, asked: Asked) -> Lines:
        told = await self._told(asked)
        return story_words.story(self.catalogue, asked.lang, told, asked.said.argument, asked.said.number)

    async def show_sitrep(self, asked: Asked) -> Lines:
        incident, number = _incident(asked), asked.said.number
        found = sitrep_words.whole(self.catalogue, asked.lang, incident, number)
        if found is None:
            raise c.Refused("no_sitrep") if number is None else c.Refused("no_such_sitrep", {"sitrep": str(number)})
        return found

    async def sitrep_lcms(self, asked: Asked) -> Lines:
        found = sitrep_words.handed_over(self.catalogue, asked.lang, _incident(asked))
        if found is None:
            raise c.Refused("no_sitrep")
        return found

    async def channel_states(self, asked: Asked) -> Lines:
        if COORDINATOR not in asked.person.roles:
            raise c.Refused("not_allowed")
        return ladder_words.channels(self.catalogue, asked.lang, self.channels())

    async def help(self, asked: Asked) -> Lines:
        if asked.said.argument:
            return help_words.about(self.catalogue, asked.lang, asked.said.argument)
        return help_words.overview(self.catalogue, asked.lang, asked.place, asked.person.roles)

    async def reloading(self, asked: Asked) -> Lines:
        if COORDINATOR not in asked.person.roles:
            raise c.Refused("not_allowed")
        return await self.reload(asked.lang)

    async def _export(self, asked: Asked) -> tuple[m.Message, ...]:
        incident = _incident(asked)
        _may_export(asked, incident)
        what = wanted(asked.said.argument)
        if what is None:
            raise c.Refused("no_such_export")
        wish = m.MakeDossier(
            to=m.To("press", asked.event), lang=asked.lang, number=incident.number, exercise=incident.exercise,
            incident=incident.id, person=asked.person.id, asked=asked.event, circle=asked.within,
            form=what.form, copy=what.copy, which=what.number, written_in=what.lang,
        )  # fmt: skip
        return await self.export(incident, wish)

    async def _told(self, asked: Asked) -> Sequence[Told]:
        """The log as far as the asker may read it there."""
        incident = Incident(_incident(asked).id)
        told = []
        for sealed, entry in await answers.told(self.desk, incident.id):
            incident = evolve(incident, entry, sealed.ts)
            if asked.within or is_open(entry):
                shown = incident if asked.within else open_part(incident)
                told.append(Told(sealed.seq, entry, shown, sealed.ts))
        return told

    def _moment(self, said: str) -> datetime:
        """`03:10` is the last time that the clock said so; `22-11 03:10` names the day."""
        zone = ZoneInfo(self.contacts().region.zone)
        now = self.desk.clock().now.astimezone(zone)
        *day, clock = said.split()
        hour, minute = (int(x) for x in clock.split(":"))
        if hour > 23 or minute > 59:
            raise c.Refused("no_such_time", {"time": said})
        found = now.replace(hour=hour, minute=minute, second=59, microsecond=999_000)
        if day:
            number, month = (int(x) for x in day[0].split("-"))
            try:
                found = found.replace(day=number, month=month)
                return found if found <= now + timedelta(minutes=1) else found.replace(year=found.year - 1)
            except ValueError:  # also 29-02 before that day in a leap year: the last one was years ago
                raise c.Refused("no_such_time", {"time": said}) from None
        return found if found <= now + timedelta(minutes=1) else found - timedelta(days=1)


_ANSWERS: Final[Mapping[str, Callable[[Questions, Asked], Awaitable[Lines]]]] = {
    "status": Questions.status,
    "steps": Questions.steps,
    "decisions": Questions.decisions,
    "show_decision": Questions.show_decision,
    "log": Questions.log,
    "show_line": Questions.show_line,
    "open": Questions.open,
    "actions": Questions.actions,
    "improvements": Questions.improvements,
    "survey_results": Questions.survey_results,
    "indicators": Questions.indicators,
    "show_circle": Questions.circle,
    "duties": Questions.duties,
    "state_at": Questions.state_at,
    "timeline": Questions.timeline,
    "show_sitrep": Questions.show_sitrep,
    "sitrep_lcms": Questions.sitrep_lcms,
    "help": Questions.help,
    "reload": Questions.reloading,
    "lessons": Questions.lessons,
    "open_questions": Questions.open_questions,
    "channels": Questions.channel_states,
}


def _readable(asked: Asked, *, optional: bool = False) -> Incident | None:
    """The incident that is asked about, for those who take part in it."""
    incident = asked.incident
    if incident is None:
        if optional:
            return None
        raise c.Refused("no_incident")
    if not takes_part(incident, asked.person):
        raise c.Refused("not_allowed")
    return incident


def _of_all(asked: Asked) -> bool:
    """Whether the answer tells of more incidents than one."""
    mine = asked.said.verb == "actions" and asked.place == "direct" and not asked.said.incident
    return mine or asked.said.verb in ("picture", "lessons", "open_questions")


def _incident(asked: Asked) -> Incident:
    incident = _readable(asked)
    assert incident is not None, "only an optional incident may be missing"
    return incident


def _may_export(asked: Asked, incident: Incident) -> None:
    """The dossier leaves the room: a coordinator or the municipality's own officer, in words from a known device."""
    person = asked.person
    officer = MELDER in person.roles and person.municipality == incident.municipality
    if not officer and COORDINATOR not in person.roles:
        raise c.Refused("not_allowed")
    if asked.proof != "known_device":
        raise c.Refused("needs_proof")
