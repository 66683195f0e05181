"""Decisions in chat: a number answers the question that was asked last, and words are the reason that was asked for.

Longer than most modules: what a bare number or sentence answers is looked up in one place.
"""

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, Final

from bot import answers
from bot.domain import commands as c
from bot.domain import messages as m
from bot.domain.announce_decisions import question
from bot.domain.ids import RoleId
from bot.domain.incident import Decision, Incident
from bot.domain.people import Person
from bot.domain.reasons import asked as questions_of
from bot.domain.reasons import missing, next_missing
from bot.domain.wall import instant_of
from bot.matrix import translate
from bot.matrix.act import Acting, Asked, Event
from bot.matrix.translate import Heard
from bot.store import outbox
from bot.words import custody_words, decision_words
from bot.words.catalogue import Catalogue
from bot.words.decision_phrases import URGENT, in_whose_name, modifiers, named, not_applicable, sentence_again
from bot.words.folding import fold
from bot.words.parse import Said, parse
from bot.words.shown import moment
from bot.words.when import Day, Unclear, Understood, point

VERBS: Final = frozenset(("take_point", "revise", "review", "reason", "withdraw"))
# Without a reply, words or a number are an answer only for so long after the question.
ANSWERED_WITHIN: Final = timedelta(minutes=30)
_NUMBER: Final = re.compile(r"([1-9][0-9]?)[.!)]?|([1-9])\ufe0f?\u20e3")
_LATER: Final = frozenset(("later",))
_STOP: Final = frozenset(("stop",))
# Words of the grammar that, right after a question, are its answer and no command.
_ANSWERS: Final = frozenset(("yes", "no", "eta", "skip", "stop", "done", "sitrep_later", "later"))


@dataclass(frozen=True, slots=True)
class Deciding:
    """Understands what is said about decisions."""

    acting: Acting

    async def asked(self, person: Person, row: outbox.OutboxRow | None, answered: str) -> outbox.OutboxRow | None:
        """The message that is replied to; else what the bot asked last in this room, while an answer may be meant for it."""
        if answered:
            return row
        return row if row is not None and await self.in_time(person, row) else None

    async def in_time(self, person: Person, row: outbox.OutboxRow) -> bool:
        """Whether the question was asked not long ago, and no page of the person waits: a page goes before everything."""
        if row.kind not in ("Choice", "ReasonAsked", "IntakeAsked"):
            return False
        if self.acting.desk.clock().now - (row.settled_at or row.created_at) > ANSWERED_WITHIN:
            return False
        waiting, _ = await answers.pages_of(self.acting.desk, person.id)
        return not waiting

    def sentence(self, person: Person, asked: outbox.OutboxRow, text: str) -> str | None:
        """The sentence that a bare number stands for, when it answers a numbered question; else None."""
        hit = _NUMBER.fullmatch(text.strip())
        if hit is not None and asked.kind == "StepShown" and (point := json.loads(asked.message).get("point")):
            return f"besluit {point} {hit.group(1) or hit.group(2)}"
        return picked(asked, person, text)

    async def reasoned(
        self, event: Event, heard: Heard, asked: outbox.OutboxRow, person: Person, text: str, answered: str
    ) -> bool:
        """Takes the words as the answer to the question of a motivation; False when none was asked, or when it is a command."""
        if asked.kind != "ReasonAsked" or (not answered and event.place != "direct"):
            return False
        said = parse(text, "direct")
        if isinstance(said, Said) and said.verb not in _ANSWERS:
            # an alarm, and what is to be erased, may be said in a reply to anything
            erased = said.verb == "erase" and custody_words.read(said.argument) is not None
            if not answered or said.verb == "alarm" or erased:
                return False
        kept = json.loads(asked.message)
        incident = await answers.numbered(self.acting.desk, kept["number"])
        if incident is None:
            return False
        decision = incident.decisions[kept["decision"] - 1]
        await self._answer(event, replace(heard, incident=incident), person, decision, kept["reason"], text)
        return True

    async def _answer(
        self, event: Event, heard: Heard, person: Person, decision: Decision, reason: str, text: str
    ) -> None:
        word = fold(text).text.strip(" .!")
        if word in _STOP:
            await self._left(event, heard, person, decision)
        elif word in _LATER:
            await self._later(event, heard, person, decision, reason)
        elif word in URGENT:
            promise = c.PromiseReasons(decision=decision.number, by=heard.by)
            await self.acting.command(event, heard, person, lambda: promise)
        else:
            await self.acting.command(event, heard, person, lambda: self._reason(heard, decision, reason, text))

    async def _later(self, event: Event, heard: Heard, person: Person, decision: Decision, reason: str) -> None:
        assert heard.incident is not None, "the decision is of an incident"
        following = next_missing(heard.incident, decision, reason)
        if following is None:
            await self._left(event, heard, person, decision)
            return
        where = _to(heard.incident, self.acting.reply_to(event, person), person, event.row.event_id)
        await self.acting.say(event, question(heard.incident, decision, following, where))

    async def _left(self, event: Event, heard: Heard, person: Person, decision: Decision) -> None:
        assert heard.incident is not None, "the decision is of an incident"
        left = missing(heard.incident, decision)
        values = {"count": str(len(left)), "decision": str(decision.number)}
        key = decision_words.counted("reason.stopped", len(left)) if left else "reason.all"
        told = self.acting.catalogue.text(person.language, key, **values)
        await self.acting.answer(event, person, (told,))

    async def said(self, event: Event, heard: Heard, person: Person, said: Said) -> None:
        """Carries out a verb about a decision; whose it is, is asked of who may not take it in their own name."""
        try:
            incident = heard.incident
            if incident is None:
                raise c.Refused("no_incident")
            command = self._command(said, heard, incident)
            await self.acting.desk.handle(incident.id, command, cause=event.row.event_id)
        except c.Refused as refused:
            if refused.code != "which_capacity":
                await self.acting.refuse(event, person, refused)
                return
            await self._whose(event, heard, person, said, RoleId(refused.details["role"]))

    async def _whose(self, event: Event, heard: Heard, person: Person, said: Said, role: RoleId) -> None:
        taking = said.verb != "withdraw"
        lines = decision_words.capacity(self.acting.catalogue, person.language, role, advice=taking)
        words = ("namens", "mandaat", "advies") if taking else ("namens", "mandaat")
        number = heard.incident.number if heard.incident is not None else ""
        again = sentence_again(said, number and f"{number} ")
        choice = m.Choice(
            to=self.acting.reply_to(event, person),
            lang=person.language,
            number=number,
            lines=lines,
            reply_to=heard.by.typed or event.row.event_id,  # where the words stand, also when a yes came in between
            asked=person.id,
            meant=tuple(again.format(word) for word in words),
        )
        await self.acting.say(event, choice)

    def _command(self, said: Said, heard: Heard, incident: Incident) -> c.Command:
        number = said.number or 0
        match said.verb:
            case "take_point":
                code, _, beside = said.argument.partition(" ")
                return self._take(heard, code, number, beside)
            case "revise":
                return self._revise(said, heard, _known(incident, said.number))
            case "review":
                return c.PlanReview(decision=number, at=self._review(said.argument), by=heard.by)
            case "withdraw":
                return self._withdraw(said, heard)
            case _:
                return self._explain(said, heard, incident)

    def _withdraw(self, said: Said, heard: Heard) -> c.Command:
        if said.number is None:
            raise c.Refused("which_decision")
        capacity, reason = in_whose_name(said.argument)
        return c.WithdrawDecision(decision=said.number, reason=reason, capacity=capacity, by=heard.by)

    def _take(self, heard: Heard, code: str, number: int, beside: str, replaces: int | None = None) -> c.Command:
        capacity, urgent, remark = modifiers(beside)
        return c.TakeDecision(
            point=code, option=number, remark=remark, capacity=capacity, urgent=urgent, replaces=replaces, by=heard.by
        )

    def _revise(self, said: Said, heard: Heard, decision: Decision) -> c.Command:
        number, _, beside = said.argument.partition(" ")
        if decision.point is not None and _NUMBER.fullmatch(number):
            return self._take(heard, decision.point, int(number.strip(".!)")), beside, decision.number)
        return c.RecordDecision(text=said.argument, replaces=decision.number, by=heard.by)

    def _explain(self, said: Said, heard: Heard, incident: Incident) -> c.Command:
        """`reden 3 …` answers the first question that has no answer, or the one it names: `reden 3 doel: …`."""
        if not incident.decisions:
            return translate.command(said, heard)
        decision = _known(incident, said.number or len(incident.decisions))
        found = named(questions_of(incident, decision), said.argument)
        reason, text = found or (next_missing(incident, decision), said.argument)
        if reason is None:
            return translate.command(said, heard)
        return self._reason(heard, decision, reason.id, text)

    def _reason(self, heard: Heard, decision: Decision, reason: str, text: str) -> c.Command:
        why = not_applicable(text)
        if why is not None:
            return c.GiveReason(decision=decision.number, reason=reason, text=why, applies=False, by=heard.by)
        incident = heard.incident
        assert incident is not None, "the decision is of an incident"
        kind = next((one.kind for one in questions_of(incident, decision) if one.id == reason), "tekst")
        until = self._until(text) if kind == "moment" else None
        if until is not None:
            text = f"{text.strip()} ({moment(until, incident.language)})"
        return c.GiveReason(decision=decision.number, reason=reason, text=text, until=until, by=heard.by)

    def explained(self, heard: Heard, incident: Incident, number: int, text: str) -> c.Command:
        """A reply to the message of a decision: the answer to its first open question, or the reason of one in free words."""
        return self._explain(Said("reason", text, number), heard, incident)

    def _until(self, text: str) -> datetime:
        """A moment, or the end of a day."""
        zone = self.acting.contacts().region.zone
        match point(re.sub(r"^(?:tot|until|till)\s+", "", text.strip(), flags=re.IGNORECASE), self._wall(), zone):
            case Understood(at=at):
                return at
            case Day(date=day):
                return instant_of(datetime.combine(day, time(23, 59)), zone)
            case Unclear(why="past"):
                raise c.Refused("until_past")
            case _:
                raise c.Refused("which_moment")

    def _review(self, text: str) -> datetime:
        """On our own clock: the wall clock may differ from it."""
        found = point(text, self._wall(), self.acting.contacts().region.zone)
        if not isinstance(found, Understood):
            raise c.Refused("which_review")
        return self.acting.desk.clock().now + (found.at - self._wall())

    def _wall(self) -> datetime:
        return self.acting.desk.clock().wall


# What a number or a bare sentence may answer: the last of these, whatever was told or edited since.
ASKING: Final = (
    "Choice", "ReasonAsked", "DidYouMean", "ReadyAsked", "Answer", "Refusal", "PageText", "NobodyReached", "AlarmReceived",
    "LateAnswer", "AnswerTakenBack", "HandoverAsked", "StillComing", "SitrepDraft", "SurveyAsked", "DutyAsked", "StepAsked",
    "IntakeAsked", "IntakeDone",
)  # fmt: skip

# An answer that was refused leaves its question open; a note that all is said closes it.
QUESTIONS: Final = (*(kind for kind in ASKING if kind != "Refusal"), "DecisionNote")


def for_question(event: Event, text: str, answered: str) -> bool:
    """Whether a message may be about what the bot asked. A bare yes or no is left to whoever looks what those answer."""
    if answered:
        return True
    said = parse(text, event.place)
    if isinstance(said, Said) and said.verb in ("yes", "no"):
        return False
    known = isinstance(said, Said) and said.verb not in (*_ANSWERS, "now")
    # a command says what it is: nothing has to be looked up for it
    return _NUMBER.fullmatch(text.strip()) is not None or not (known or event.place != "direct")


def picked(row: outbox.OutboxRow, person: Person, text: str) -> str | None:
    """The sentence that a number, typed or tapped, stands for; None when the message offers no such answer to this person."""
    hit = _NUMBER.fullmatch(text.strip())
    if hit is None or row.kind != "Choice":
        return None
    kept = json.loads(row.message)
    number = int(hit.group(1) or hit.group(2))
    return str(kept["meant"][number - 1]) if kept["asked"] == person.id and number <= len(kept["meant"]) else None


def choice(catalogue: Catalogue, asked: Asked, incident: Incident) -> m.Choice:
    """The answers to the question of a type of decision, to choose from by number."""
    kind = incident.decision_type(asked.said.argument)
    if kind is None:
        raise c.Refused("no_such_point", {"point": asked.said.argument})
    number = f"{incident.number} " if asked.place == "direct" else ""
    return m.Choice(
        to=asked.to, lang=asked.lang, number=incident.number,
        lines=decision_words.options(catalogue, asked.lang, kind),
        reply_to=asked.replied,
        asked=asked.person.id,
        meant=tuple(f"besluit {number}{kind.id} {n}" for n in range(1, len(kind.options) + 1)),
    )  # fmt: skip


def first_question(asked: Asked, incident: Incident) -> m.ReasonAsked:
    """The first question of a motivation that has no answer yet."""
    decision = _known(incident, asked.said.number)
    if not questions_of(incident, decision):
        raise c.Refused("no_reasons_asked", {"decision": str(decision.number)})
    following = next_missing(incident, decision)
    if following is None:
        raise c.Refused("reasons_complete", {"decision": str(decision.number)})
    return question(incident, decision, following, _to(incident, asked.to, asked.person, asked.replied))


def _to(incident: Incident, to: m.To, person: Person, replied: str) -> dict[str, Any]:
    where: dict[str, Any] = {"to": to, "lang": person.language, "number": incident.number}
    return {**where, "exercise": incident.exercise, "mention": (person.id,), "reply_to": replied}


def _known(incident: Incident, number: int | None) -> Decision:
    found = next((one for one in incident.decisions if one.number == number), None)
    if found is None:
        raise c.Refused("no_such_decision", {"decision": str(number)})
    return found
