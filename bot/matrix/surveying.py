"""The survey in a direct chat: one question at a time, each answer kept without a name, and a no at any moment."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import answers
from bot.domain import messages as m
from bot.domain.incident import Incident
from bot.domain.people import Person
from bot.domain.personal_data import find
from bot.domain.privacy import colleagues
from bot.matrix.act import Acting, Event
from bot.store import outbox, survey
from bot.store.survey import SurveyRow
from bot.words import line_words
from bot.words.folding import fold
from bot.words.parse import Said, parse

KIND: Final = "SurveyAsked"
QUESTIONS: Final = 3
_FOLLOWING: Final[Mapping[int, Literal[2, 3]]] = {1: 2, 2: 3}
# Who replies to a question has said what the words are; only what answers a page that waits goes before that.
_OF_PAGE: Final = frozenset(("yes", "no", "eta"))
# Later, words that answer nothing by name may well be a report.
WORDS_WITHIN: Final = timedelta(minutes=30)
LONGEST: Final = 500  # characters of a remark
_MARK: Final = re.compile(r"([1-5])[.!)]?|([1-5])\ufe0f?\u20e3")
_NO: Final = frozenset(("nee", "no", "stop", "niet meer"))
_PASS: Final = frozenset(("sla over", "overslaan", "pass", "skip", "geen", "none", "-"))


@dataclass(frozen=True, slots=True)
class Surveying:
    """Takes what somebody says as the answer to the question that was asked last, or that they reply to."""

    acting: Acting

    async def last(self, person: Person, text: str, row: outbox.OutboxRow | None) -> outbox.OutboxRow | None:
        """The question that a message may answer, of what it replies to or was asked last; None while a page waits."""
        if row is None or row.kind != KIND:
            return None
        if not _of_no_page(text) and (await answers.pages_of(self.acting.desk, person.id))[0]:
            return None
        return row

    async def said(self, event: Event, person: Person, row: outbox.OutboxRow, text: str, answered: str) -> bool:
        """Whether the words were an answer; then they were kept."""
        if answered and not _may_answer(text) and await self._instead(event, person, row, text):
            return True
        if not _short(text) and row.subject != str(QUESTIONS):
            return False
        asked_at = row.settled_at or row.created_at
        if not (_short(text) or answered or self.acting.desk.clock().now - asked_at <= WORDS_WITHIN):
            return False
        await self.answer(event, person, row, text)
        return True

    async def _instead(self, event: Event, person: Person, row: outbox.OutboxRow, text: str) -> bool:
        """A reply that reads as a command is carried out by nobody: it would stand in the log, under a name. What may be an alarm
        is asked back, because a lost one costs most; beside a mark only a mark is taken."""
        words, lang = self.acting.catalogue, person.language
        understood = parse(text, "direct")
        if isinstance(understood, Said) and understood.verb == "alarm":
            asked = m.DidYouMean(
                to=self.acting.reply_to(event, person),
                lang=lang,
                lines=(words.text(lang, "survey.alarm_or_answer"),),
                meant=text,
                reply_to=event.row.event_id,
            )
            await self.acting.say(event, asked)
            return True
        if row.subject == str(QUESTIONS):
            return False
        await self.acting.answer(event, person, (words.text(lang, "survey.stop"),))
        return True

    async def tapped(self, event: Event, person: Person, row: outbox.OutboxRow, key: str) -> bool:
        """Whether a reaction was a mark; then it was kept."""
        if row.target != f"person:{person.id}" and not row.target.startswith("asked:"):
            return False
        if row.subject == str(QUESTIONS) or _MARK.fullmatch(key) is None:
            return False
        await self.answer(event, person, row, key)
        return True

    async def answer(self, event: Event, person: Person, row: outbox.OutboxRow, text: str) -> None:
        """Keeps the answer and asks the next question, in one transaction."""
        incident, question = (
            await answers.numbered(self.acting.desk, json.loads(row.message)["number"]),
            int(row.subject or 1),
        )
        assert incident is not None, "a survey is about an incident"
        if not self._runs(incident):
            await self._told(event, person, incident, "survey.over")
            return
        async with self.acting.desk.database.read() as tx:
            kept = await survey.get(tx, incident.id, person.id) or SurveyRow(incident.id, person.id)
        word = _word(text)
        if word in _NO:
            kept = replace(kept, asked=0)
        elif word not in _PASS:
            if question == QUESTIONS and (kinds := find(text, colleagues(self.acting.contacts()))):
                found = line_words.personal(self.acting.catalogue, person.language, kinds)
                await self._told(event, person, incident, "survey.personal", kinds=found)
                return
            kept = replace(kept, **_given(question, text))
        await self._keep(event, person, incident, kept, question)

    async def _keep(self, event: Event, person: Person, incident: Incident, kept: SurveyRow, question: int) -> None:
        following = _FOLLOWING.get(question) if kept.asked else None
        kept = replace(kept, asked=following or kept.asked)

        async def settle(tx: AsyncConnection) -> None:
            if not self._runs(incident):
                raise _OverMeanwhileError
            await survey.write(tx, kept)

        told = (
            self._end(event, person, incident, kept)
            if following is None
            else self._next(event, person, incident, following)
        )
        try:
            await self.acting.desk.keep(f"reply/{event.row.event_id}", settle, told, cause=event.row.event_id)
        except _OverMeanwhileError:
            await self._told(event, person, incident, "survey.over")

    def _runs(self, incident: Incident) -> bool:
        """By the clock as well: it is closed at its end and not before, so what is written until then is removed with the rest."""
        sent = incident.after.survey
        return sent is not None and sent.results is None and self.acting.desk.clock().now < sent.until

    def _next(self, event: Event, person: Person, incident: Incident, question: Literal[2, 3]) -> tuple[m.Message, ...]:
        sent = incident.after.survey
        assert sent is not None, "a survey that is answered was sent"
        asked = m.SurveyAsked(
            to=self.acting.reply_to(event, person),
            lang=person.language,
            number=incident.number,
            exercise=incident.exercise,
            question=question,
            promised=sent.promised,
            people=len(sent.asked),
            until=sent.until,
        )
        return (asked,)

    def _end(self, event: Event, person: Person, incident: Incident, kept: SurveyRow) -> tuple[m.Message, ...]:
        words, lang, sent = self.acting.catalogue, person.language, incident.after.survey
        assert sent is not None, "a survey that is answered was sent"
        thanks = "survey.thanks" if sent.promised else "survey.thanks_few"
        lines = [words.text(lang, thanks if kept.asked else "survey.left", number=incident.number)]
        if kept.asked and kept.remark:
            lines.append(words.text(lang, "survey.meant_alarm"))
        return (m.Answer(to=self.acting.reply_to(event, person), lang=lang, lines=tuple(lines)),)

    async def _told(self, event: Event, person: Person, incident: Incident, key: str, **values: str) -> None:
        text = self.acting.catalogue.text(person.language, key, number=incident.number, **values)
        await self.acting.answer(event, person, (text,))


class _OverMeanwhileError(Exception):
    """The survey ended while an answer to it was on its way; nothing of it is written."""


def _word(text: str) -> str:
    return fold(text).text.strip(" .!")


def _short(text: str) -> bool:
    """A mark, a no, or nothing to say."""
    word = _word(text)
    return word in _NO or word in _PASS or _MARK.fullmatch(text.strip()) is not None


def _of_no_page(text: str) -> bool:
    understood = None if _short(text) else parse(text, "direct")
    return isinstance(understood, Said) and understood.verb not in _OF_PAGE


def for_survey(event: Event, text: str, answered: str) -> bool:
    """Whether a message may be about the survey: in a direct chat, where it says nothing else. A bare yes or no is left to whoever
    looks what those answer."""
    if event.place != "direct" or answered:
        return event.place == "direct"
    said = parse(text, "direct")
    return not (isinstance(said, Said) and said.verb in ("yes", "no")) and _may_answer(text)


def _may_answer(text: str) -> bool:
    """A command says what it is: nothing has to be looked up for it."""
    return _short(text) or not isinstance(parse(text, "direct"), Said)


def _given(question: int, text: str) -> dict[str, Any]:
    hit = _MARK.fullmatch(text.strip())
    if question == QUESTIONS or hit is None:
        return {"remark": " ".join(text.split())[:LONGEST]}
    return {("reached", "worked")[question - 1]: int(hit.group(1) or hit.group(2))}
