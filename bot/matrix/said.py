"""What people type: which incident, page or step they mean, and what to do with it.

A little longer than most modules: every message that is typed takes one of these turns.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final, assert_never

from bot import answers
from bot.domain import commands as c
from bot.domain import messages as m
from bot.domain.ids import EventId, PersonId, RoomId
from bot.domain.incident import Incident
from bot.domain.people import Language, Person
from bot.matrix import roster, signal_commands, translate
from bot.matrix.act import Acting, Event, privileged
from bot.matrix.afterwards import handover_answered, open_page, page_answered, present, told_afterwards
from bot.matrix.card_picked import card_of, card_picked
from bot.matrix.custody_commands import Answered
from bot.matrix.deciding import ASKING, QUESTIONS, Deciding, for_question
from bot.matrix.deciding import VERBS as DECIDING
from bot.matrix.drafting import VERBS as DRAFTING
from bot.matrix.drafting import Drafting
from bot.matrix.intaking import KIND, Intaking
from bot.matrix.marking import Marking, kind_alone
from bot.matrix.overhear import Overhearing
from bot.matrix.reach import own_channel
from bot.matrix.rewriting import rewritten, standing
from bot.matrix.roster import Rosters
from bot.matrix.surveying import Surveying, for_survey
from bot.matrix.translate import Heard
from bot.store import inbox, outbox
from bot.words import replies
from bot.words.emoji import domain_picked
from bot.words.grammar import BY_NAME, role_word
from bot.words.parse import Chat, NotUnderstood, Said, clean, parse

CONFIRMED_WITHIN: Final = timedelta(hours=1)
Pages = tuple[list[answers.OpenPage], list[answers.OpenPage]]  # those that wait for an answer, and the others
_ON_A_STEP: Final = frozenset(("done", "skip", "claim", "later", "pass_on_step"))
_OFFERED: Final = frozenset(("HandoverAsked", "DutyAsked", "StepAsked"))
_OF_PAGES: Final = frozenset(("alarm", "yes", "no", "eta"))  # these find what they are about by themselves
_NO_TEXT: Final = frozenset(("m.audio", "m.image", "m.video", "m.file", "m.emote", "m.location"))

# These ask a yes or a no that is read as the sentence that they carry.
MEANT: Final = frozenset(("DidYouMean", "ReadyAsked"))


@dataclass(frozen=True, slots=True)
class Saying:
    """Understands one text message, or what a tap on a question stands for."""

    acting: Acting
    _known: dict[PersonId, Pages] = field(default_factory=dict)

    async def message(self, event: Event) -> None:
        content = event.content
        relation = content.get("m.relates_to")
        relation = relation if isinstance(relation, dict) else {}
        body = content.get("body")
        await Overhearing(self.acting).message(event)
        if content.get("msgtype") in _NO_TEXT and event.place == "direct":
            await self._no_text(event)
            return
        if content.get("msgtype") != "m.text" or not isinstance(body, str):
            await self.acting.done(event.row, "ignored")  # notices are never obeyed: two bots would talk for ever
            return
        if event.room.must_encrypt and not event.row.decrypted:
            # in clear in an encrypted room: the server may have put it there
            await self.acting.manage(event, "clear_text")
            return
        if relation.get("rel_type") == "m.replace":
            await rewritten(self.acting, event, EventId(str(relation.get("event_id", ""))))
            return
        heard = self.acting.heard(event, "text", event.incident)
        if heard.person is None:
            await self.acting.stranger(event)
            return
        if event.room.must_encrypt and not event.row.sender_key_known and not _is_alarm(clean(body), event):
            # the server may have put another name on it; an alarm counts all the same, because a lost one costs more
            await self.acting.refuse(
                event, heard.person, c.Refused("needs_proof"), _attempted(clean(body), event, heard)
            )
            return
        answered = relation.get("m.in_reply_to")
        answered = str(answered.get("event_id", "")) if isinstance(answered, dict) else ""
        await self._understand(event, heard, heard.person, clean(body), answered)

    async def _understand(self, event: Event, heard: Heard, person: Person, text: str, answered: str) -> None:
        of_survey, of_other = await self._before(event, text, answered)
        surveying = Surveying(self.acting)
        question = await surveying.last(person, text, of_survey)
        if question is not None and await surveying.said(event, person, question, text, answered):
            return
        deciding = Deciding(self.acting)
        asked = await deciding.asked(person, of_other, answered)
        if asked is not None and (meant := deciding.sentence(person, asked, text)) is not None:
            heard, text = behind(heard, asked), meant
        elif asked is not None and (
            await deciding.reasoned(event, heard, asked, person, text, answered)
            or await Intaking(self.acting).answered(event, heard, person, asked, text, replied=bool(answered))
        ):
            return
        if await self._picked(event, heard, person, text) or await card_picked(self.acting, event, heard, person, text):
            return
        understood = (own_channel(text) if event.place == "direct" else None) or parse(text, event.place)
        if isinstance(understood, Chat) and answered:
            understood = await self._on_a_step(text, event, answered)
        # what is said in the closed circle answers nothing that the whole room hears of
        page = open_page(event.incident, person) if event.place != "circle" else None
        if page is not None:
            if not isinstance(understood, Said) and await page_answered(self.acting, event, heard, person, page, text):
                return
            # whatever is written after the page says that somebody is there; then it is carried out as well
            event, heard = await present(self.acting, event, heard, page)
        if answered and event.incident is not None and (named := kind_alone(understood)) is not None:
            await Marking(self.acting).put(event, heard, person, named, EventId(answered))
            return
        match understood:
            case Said():
                await self._said(event, heard, person, understood, answered)
            case Chat():
                await self._chat(event, heard, person, answered, text)
            case NotUnderstood():
                await self._not_understood(event, heard, person, understood, text)
            case _:
                assert_never(understood)

    async def _before(
        self, event: Event, text: str, answered: str
    ) -> tuple[outbox.OutboxRow | None, outbox.OutboxRow | None]:
        """What a message may be about, for the survey and for any other question: what it replies to, or what was asked last in
        this room. One turn at the database for both, because somebody waits."""
        survey, question = for_survey(event, text, answered), for_question(event, text, answered)
        if not (survey or question):
            return None, None
        async with self.acting.desk.database.read() as tx:
            if answered:
                row = await outbox.by_event(tx, EventId(answered))
                return row if survey else None, row
            room = RoomId(event.row.room)
            last = await outbox.last_sent_to(tx, room, ASKING) if survey else None
            return last, await outbox.last_sent_to(tx, room, QUESTIONS) if question else None

    async def _on_a_step(self, text: str, event: Event, answered: str) -> Said | Chat:
        """In a reply to a step "klaar, hij is gebeld" is no talk: the step itself asks for it."""
        async with self.acting.desk.database.read() as tx:
            row = await outbox.by_event(tx, EventId(answered))
        called = parse(f"!{text}", event.place)
        if row is None or row.kind != "StepShown" or not isinstance(called, Said) or called.verb not in _ON_A_STEP:
            return Chat()
        return called

    async def _picked(self, event: Event, heard: Heard, person: Person, text: str) -> bool:
        """`2` behind a question that offers four domains is the second of them, when no page of the sender waits."""
        role = domain_picked(text)
        if role is None or event.place not in ("direct", "alarm"):
            return False
        waiting, _ = await self._pages(person)
        if waiting:
            return False
        incident = await answers.spoken_of(self.acting.desk, person)
        if incident is None or incident.reporter != person.id or not incident.awaiting:
            return False
        correct = c.CorrectCall(roles=(role,), by=heard.by)
        await self.acting.command(event, replace(heard, incident=incident), person, lambda: correct)
        return True

    async def _said(self, event: Event, heard: Heard, person: Person, said: Said, answered: str) -> None:
        if said.verb in ("yes", "no") and await self._meant(event, heard, person, said.verb):
            return
        if said.verb in roster.VERBS:
            await Rosters(self.acting).heard(event, heard, person, said)
            return
        if said.verb in translate.OF_NO_INCIDENT:
            await self.acting.question(event, heard, person, said)
            return
        if (misnamed := await self._misnamed(event, said)) is not None:
            await self.acting.refuse(event, person, misnamed)
            return
        heard = await self._about(event, await self._of_reply(event, heard, said, answered), person, said)
        heard, said = await self._replied(heard, said, answered)
        if said.verb in ("yes", "no", "eta") and heard.page is None:
            await self._which_page(event, heard, person, said)
            return
        if said.verb in translate.QUESTIONS:
            await self.acting.question(event, heard, person, said)
            return
        if said.verb in translate.OWN_CHANNELS:
            await self.acting.own_channels(event, heard, person, said)
            return
        if said.verb in DECIDING:
            await Deciding(self.acting).said(event, heard, person, said)
            return
        if said.verb in DRAFTING:
            await Drafting(self.acting).said(event, heard, person, said, answered)
            return
        await self.acting.command(event, heard, person, lambda: self._ordered(said, heard))

    def _ordered(self, said: Said, heard: Heard) -> c.Command:
        if said.verb in signal_commands.VERBS:
            return signal_commands.observed(said, heard, self.acting.desk.reference().handbook.signals)
        return translate.command(said, heard)

    async def _of_reply(self, event: Event, heard: Heard, said: Said, answered: str) -> Heard:
        """Who replies to a message of an incident speaks of that one, also in a direct chat."""
        if heard.incident is not None or said.incident or not answered or said.verb in _OF_PAGES:
            return heard
        async with self.acting.desk.database.read() as tx:
            row = await outbox.by_event(tx, EventId(answered))
        if row is None and said.verb == "erase":
            known = await standing(self.acting, event, heard.person)
            return replace(heard, incident=next((one for one in known if answered in one.sources), None))
        if row is None or row.incident is None:
            return heard
        return replace(heard, incident=await self.acting.desk.incident(row.incident))

    async def _misnamed(self, event: Event, said: Said) -> c.Refused | None:
        """A number that is of no incident, or of another than this room's: what was meant for one may not happen to another."""
        if not said.incident or said.verb in _OF_PAGES:
            return None
        if event.incident is not None and event.incident.number != said.incident:
            return c.Refused("other_incident", {"number": event.incident.number, "named": said.incident})
        if await answers.numbered(self.acting.desk, said.incident) is None:
            return c.Refused("no_such_incident", {"number": said.incident})
        return None

    async def _about(self, event: Event, heard: Heard, person: Person, said: Said) -> Heard:
        """Which incident and page is meant: the room's, the one that was named, or the newest that concerns the sender."""
        if said.verb == "alarm":
            return replace(heard, incident=None)
        incident = heard.incident
        if incident is None and said.incident:
            incident = await answers.numbered(self.acting.desk, said.incident)
            if said.verb == "same":  # who names the other one means the own alarm that looks like it
                own = await answers.spoken_of(self.acting.desk, person)
                incident = own if own is not None and own.similar_to == said.incident else incident
        if said.verb in ("yes", "no", "eta"):
            waiting, others = await self._pages(person)
            if said.incident:
                waiting = [o for o in waiting if o.incident.number == said.incident]
                others = [o for o in others if o.incident.number == said.incident]
            chosen = waiting or others
            if chosen and (len(waiting) < 2 or said.incident):
                return replace(heard, incident=chosen[0].incident, page=chosen[0].page.id)
            return replace(heard, incident=incident)
        if incident is None and said.verb == "reopen":
            incident = await answers.reopenable(self.acting.desk, person)
        if incident is None:
            incident = await answers.spoken_of(self.acting.desk, person)
        if incident is None and said.verb in translate.AFTERWARDS:
            incident = await answers.last_closed(self.acting.desk, person)
        return replace(heard, incident=incident)

    async def _pages(self, person: Person) -> Pages:
        """Read once for a message: somebody waits for the answer to it, and nothing that it does comes before this is known."""
        if person.id not in self._known:
            self._known[person.id] = await answers.pages_of(self.acting.desk, person.id)
        return self._known[person.id]

    async def _which_page(self, event: Event, heard: Heard, person: Person, said: Said) -> None:
        """With more than one page open the bot lists them; with none it says so."""
        waiting, _ = await answers.pages_of(self.acting.desk, person.id)
        if not waiting:
            await self.acting.refuse(event, person, c.Refused("no_page"))
            return
        shown = [(o.incident.number, o.incident.municipality_name, o.page.roles) for o in waiting]
        lines = replies.choose_page(self.acting.catalogue, person.language, shown)
        await self.acting.answer(event, person, lines)

    async def _replied(self, heard: Heard, said: Said, answered: str) -> tuple[Heard, Said]:
        """A reply to the message of a step, a decision or a line is about that one."""
        if not answered or said.number is not None:
            return heard, said
        async with self.acting.desk.database.read() as tx:
            row = await outbox.by_event(tx, EventId(answered))
        heard = replace(heard, answered=_answered(EventId(answered), row, heard.incident))
        if row is None or row.subject is None:
            return heard, said
        if row.kind in ("StepShown", "StepLate") and said.verb in _ON_A_STEP and row.incident is not None:
            incident = await self.acting.desk.incident(row.incident)
            place = next((n for n, s in enumerate(incident.steps, 1) if s.id == row.subject), None)
            return replace(heard, round=translate.round_of(row)), replace(said, number=place)
        if row.kind in ("DecisionShown", "DecisionNote") and said.verb in ("reason", "confirm", "withdraw", "change"):
            return heard, replace(said, number=int(row.subject))
        if row.kind == "LineNote" and said.verb == "correction":
            return heard, replace(said, number=int(row.subject))
        return heard, said

    async def _chat(self, event: Event, heard: Heard, person: Person, answered: str, text: str) -> None:
        """A reply to a decision's question is its reason; all other talk stays talk."""
        if event.incident is not None and answered and await self._reason(event, heard, person, answered, text):
            return
        await self.acting.done(event.row, "ignored")

    async def _reason(self, event: Event, heard: Heard, person: Person, answered: str, text: str) -> bool:
        async with self.acting.desk.database.read() as tx:
            row = await outbox.by_event(tx, EventId(answered))
        if row is None or row.kind != "DecisionShown":
            return False
        incident, number = event.incident, int(row.subject or 0)
        assert incident is not None, "a decision is shown in the room of its incident"
        why = Deciding(self.acting).explained
        await self.acting.command(event, heard, person, lambda: why(heard, incident, number, text))
        return True

    async def _not_understood(self, event: Event, heard: Heard, person: Person, said: NotUnderstood, text: str) -> None:
        # what may be a no, a wrong number or a half command is asked about: only a sign of life counts as coming
        if event.place == "direct" and ((said.suggestion is None and said.why == "word") or said.why == "sentence"):
            waiting, _ = await answers.pages_of(self.acting.desk, person.id)
            if await told_afterwards(self.acting, event, heard, person, text):
                return
            if len(waiting) == 1:
                page = waiting[0]
                sign = c.Acknowledge(page=page.page.id, answer_by="message", by=heard.by)
                await self.acting.command(event, replace(heard, incident=page.incident), person, lambda: sign)
                return
        to = self.acting.reply_to(event, person)
        lines = replies.not_understood(self.acting.catalogue, person.language, said)
        if said.suggestion is not None and said.meant is not None:
            meant = _typed(said.meant, person.language)
            number = event.incident.number if event.incident is not None else ""
            question = m.DidYouMean(
                to=to, lang=person.language, number=number, lines=lines, meant=meant, reply_to=event.row.event_id
            )
            await self.acting.say(event, question)
        else:
            await self.acting.answer(event, person, lines)

    async def _no_text(self, event: Event) -> None:
        """A voice message or picture may be an alarm; who sent it must know that the bot heard nothing."""
        person = self.acting.heard(event, "text", None).person
        if person is None:
            await self.acting.stranger(event)
            return
        await self.acting.refuse(event, person, c.Refused("not_text"))

    async def _meant(self, event: Event, heard: Heard, person: Person, verb: str) -> bool:
        """A yes or no to "did you mean …?" or "can you hear this?", when that was the last thing that the bot asked here.

        A page that waits goes before a test: at night a `1` says that somebody comes.
        """
        async with self.acting.desk.database.read() as tx:
            row = await outbox.last_sent_to(tx, RoomId(event.row.room), ASKING)
            if row is not None and row.kind == "Refusal":
                # an answer that was refused leaves the question about a decision open
                row = await outbox.last_sent_to(tx, RoomId(event.row.room), QUESTIONS)
                row = row if row is not None and row.kind == "ReasonAsked" else None
        surveying, text = Surveying(self.acting), clean(str(event.content.get("body", "")))
        if (question := await surveying.last(person, text, row)) is not None:
            return await surveying.said(event, person, question, text, "")
        if row is not None and row.kind == "SitrepDraft":
            return await Drafting(self.acting).answered(event, heard, person, row, verb)
        if row is not None and row.kind == KIND:
            in_time = await Deciding(self.acting).in_time(person, row)
            taken = Intaking(self.acting)
            return in_time and await taken.answered(event, heard, person, row, text, replied=False)
        if row is not None and row.kind in _OFFERED:
            return await handover_answered(self.acting, event, heard, person, row, verb)
        if row is not None and row.kind in ("Choice", "ReasonAsked"):
            return await self._decided(event, heard, person, row)
        if row is not None and row.kind == "Answer":
            return await card_of(self.acting, event, heard, person, row, text)
        if row is None or row.kind not in MEANT:
            return False
        if row.kind == "ReadyAsked" and (await answers.pages_of(self.acting.desk, person.id))[0]:
            return False
        await self.run_meant(event, heard, person, row, verb)
        return True

    async def _decided(self, event: Event, heard: Heard, person: Person, row: outbox.OutboxRow) -> bool:
        """A yes, a no or a `1` to what was asked about a decision."""
        deciding = Deciding(self.acting)
        text = clean(str(event.content.get("body", "")))
        if not await deciding.in_time(person, row):
            return False
        sentence = deciding.sentence(person, row, text)
        if sentence is None:
            return await deciding.reasoned(event, heard, row, person, text, "")
        await self.chosen(event, behind(heard, row), person, sentence)
        return True

    async def chosen(self, event: Event, heard: Heard, person: Person, sentence: str) -> None:
        """A number tapped on a question with numbered answers."""
        said = parse(sentence, event.place)
        assert isinstance(said, Said), "the bot's own sentences can be read"
        await self._said(event, heard, person, said, "")

    async def run_meant(self, event: Event, heard: Heard, person: Person, row: outbox.OutboxRow, verb: str) -> None:
        kept = json.loads(row.message)
        meant = kept["meant"] if verb == "yes" else kept.get("otherwise", "")
        if not meant:
            await self.acting.done(event.row, "handled")
            return
        said = parse(meant, event.place)
        if isinstance(said, Said):
            confirmed = verb == "yes" and await self._own_words(event, row)
            await self._said(event, replace(behind(heard, row), confirmed=confirmed), person, said, "")
        else:
            await self.acting.done(event.row, "ignored")

    async def _own_words(self, event: Event, row: outbox.OutboxRow) -> bool:
        """Whether the question was asked back, not long ago, of words that are proved to be the sender's: then a tap adds no
        more than the yes. Later the same words would mean another day."""
        asked_at = row.settled_at or row.created_at
        if row.kind != "DidYouMean" or self.acting.desk.clock().now - asked_at > CONFIRMED_WITHIN:
            return False
        about = row.key.removeprefix("reply/").rpartition("/")[0]
        async with self.acting.desk.database.read() as tx:
            return await inbox.proved_sender(tx, EventId(about)) == event.row.sender


def _answered(event: EventId, row: outbox.OutboxRow | None, incident: Incident | None) -> Answered:
    if row is None:
        return Answered(event)
    told = incident is not None and row.incident == incident.id and outbox.log_of(row) == "incident"
    return Answered(event, own=True, entry=row.seq if told else None)


def behind(heard: Heard, row: outbox.OutboxRow) -> Heard:
    """With the message that the question in `row` was asked about: there stand the words that a yes or a number is for."""
    typed = json.loads(row.message).get("reply_to")
    return replace(heard, by=replace(heard.by, typed=EventId(typed))) if typed else heard


def _attempted(text: str, event: Event, heard: Heard) -> str | None:
    """The privileged thing that a message asks for, for the index log; None when it asks for none."""
    said = parse(text, event.place)
    if not isinstance(said, Said):
        return None
    if said.verb in roster.VERBS:
        return said.verb if said.verb in roster.CHANGES else None
    if said.verb in translate.QUESTIONS or said.verb in translate.OWN_CHANNELS:
        return privileged(said)
    if said.verb in DECIDING or said.verb in DRAFTING:
        return None
    try:
        return privileged(translate.command(said, heard))
    except c.Refused:
        return None


def _is_alarm(text: str, event: Event) -> bool:
    said = parse(text, event.place)
    return isinstance(said, Said) and said.verb == "alarm"


def _typed(said: Said, lang: Language) -> str:
    """What somebody would have typed to say this."""
    numbers = [str(n) for n in (said.number, said.minutes) if n is not None]
    roles = [role_word(role, lang) for role in said.roles]
    word = BY_NAME[said.verb].word(lang)
    return " ".join(x for x in (word, said.incident, *numbers, *roles, said.argument) if x)
