"""How people work a whole playbook from their phones: what the bot asks is answered, until the incident is finished."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final, Literal

from bot.domain.aftercare import is_aftercare
from bot.domain.conditions import standing
from bot.domain.ids import PersonId, StepId
from bot.domain.incident import Decision, Incident, finished
from bot.domain.people import Language
from bot.domain.playbook import LineKind, Reason, Step
from bot.domain.reasons import missing, next_missing
from bot.matrix.peer import Seen
from tests.story import Story, Where

Way = Literal["tap", "word", "reply"]
LEAD: Final = "vandijk"
REPORTER: Final = "bakker"
IN_CIRCLE: Final = ("deboer", "dejong")
MOST_ROUNDS: Final = 120
A_MINUTE: Final = timedelta(minutes=1)
# What people type, in their own language.
WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "nl": {
        "step": "☐ Stap", "done": "klaar", "skip": "nvt", "because": "hier speelt dat niet", "decision": "besluit",
        "question": "❓ Besluit", "behalf": "namens", "urgent": "spoed", "confirm": "klopt", "close": "sluit", "yes": "sluit ja",
        "reopen": "heropen", "chair": "voorzitter", "notes": "verslaglegger @bakker", "duty": "verslaglegger", "take": "neem over",
        "sitrep": "sitrap", "draft": "Concept van sitrap", "sitrep_yes": "sitrap ja", "circle": "vertrouwelijk @deboer @dejong",
        "not": "nvt omdat dat hier niet speelt", "until": "over 3 uur", "why": "daar is over gesproken met wie erbij was",
        "evaluation": "evaluatie {number} over 50 uur", "no": "nee",
    },
    "en": {
        "step": "☐ Step", "done": "done", "skip": "skip", "because": "that is not so here", "decision": "decision",
        "question": "❓ Decision", "behalf": "behalf", "urgent": "urgent", "confirm": "correct", "close": "close",
        "yes": "close yes", "reopen": "reopen", "chair": "chair", "notes": "note-taker @bakker", "duty": "note-taker",
        "take": "take over", "sitrep": "sitrep", "draft": "Draft of sitrep", "sitrep_yes": "sitrep yes",
        "circle": "confidential @deboer @dejong",
        "not": "n/a because that is not so here", "until": "in 3 hours", "why": "that was talked through with all who were there",
        "evaluation": "evaluation {number} in 50 hours", "no": "no",
    },
}  # fmt: skip
# What a step wants in the log, as somebody would write it.
LINES: Final[Mapping[Language, Mapping[LineKind, str]]] = {
    "nl": {
        "feit": "feit er staan 40 jongeren bij het station", "aanname": "aanname ze gaan naar het plein",
        "duiding": "duiding vooral nieuwsgierigen", "actie": "actie bel de school @bakker",
        "communicatie": "communicatie wij volgen het en helpen wie vragen heeft",
        "externe_melding": "extern Snapchat: drie oproepen gemeld", "privacytoets": "privacytoets er staan geen namen in",
        "evaluatie": "evaluatie: de school eerder bellen",
    },
    "en": {
        "feit": "fact 40 young people are at the station", "aanname": "assumption they go to the square",
        "duiding": "interpretation mostly curious people", "actie": "action call the school @bakker",
        "communicatie": "communication we follow it and help who has questions",
        "externe_melding": "external Snapchat: three calls reported", "privacytoets": "privacy check there are no names in it",
        "evaluatie": "evaluation: call the school earlier",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Habits:
    """How these people answer. With `explains` every question about a decision is answered, else the reasons follow later; with
    `records` the log gets what a step wants in it; `skips` is the part of the steps that does not apply, with a reason."""

    ways: tuple[Way, ...] = ("word",)
    explains: bool = False
    records: bool = False
    skips: float = 0.0
    options: bool = False  # any option that a law carries is chosen, and not the first
    fear: int = 3  # the answer to the question how much fear of disorder there is (B4)


@dataclass
class Walk:
    """One incident, worked by its people in one language. What is drawn, is drawn from `chance`."""

    story: Story
    habits: Habits = field(default_factory=Habits)
    lang: Language = "nl"
    chance: Random = field(default_factory=lambda: Random(1))

    @property
    def words(self) -> Mapping[str, str]:
        return WORDS[self.lang]

    # --- beginning ----------------------------------------------------------------------------------------------------

    async def called(self, text: str) -> None:
        """An alarm to which everybody who is called comes, and is in the room with the reporter."""
        await self.story.says(REPORTER, text)
        await self.come()

    async def come(self) -> None:
        """Who is wanted first answers first, and the others are called by that."""
        while asked := await self._asked():
            for person in asked:
                page = await self._newest(person, "🚨 ", "direct")
                await (self._tap(person, page) if "tap" in self.habits.ways else self.story.says(person, "1"))
        incident = await self.story.incident()
        people = (REPORTER, *(str(page.person) for page in incident.pages.values()))
        await self.story.joins(*(name for name in dict.fromkeys(people) if PersonId(name) not in incident.members))
        self.story.heeds_everything()

    async def keeps_apart(self) -> None:
        """Where the bot proposes a closed circle, the coordinator names who is in it, and one of them says something there."""
        story, incident = self.story, await self.story.incident()
        if not any(book.closed_circle for book in incident.playbooks):
            return
        await story.says(LEAD, self.words["circle"])
        room, wanted = await story.room(LEAD, "circle"), {PersonId(name) for name in (LEAD, *IN_CIRCLE)}
        await asyncio.gather(*(story.peer(str(person)).join(room) for person in wanted))

        async def met() -> bool:
            return wanted <= (await story.incident()).circle_present

        await story._until(met)
        await story.settle()
        await story.says(LEAD, LINES[self.lang]["feit"], where="circle")
        story.heeds_everything()

    async def _asked(self) -> list[str]:
        pages = (await self.story.incident()).pages.values()
        return list(dict.fromkeys(str(page.person) for page in pages if page.state == "open"))

    # --- the work -----------------------------------------------------------------------------------------------------

    async def works(self) -> None:
        """Every step that is put to somebody is answered, until none is left."""
        for _ in range(MOST_ROUNDS):
            incident = await self.story.incident()
            put = list(self._put(incident))
            if not put:
                return
            for nr, step in put:
                if not finished(await self.story.incident(), step):  # a decision may have finished another step too
                    await self.answers(nr, step)
            self.story.heeds_everything()
            await self.story.passes(minutes=1)
        raise AssertionError("the steps do not end")

    def _put(self, incident: Incident) -> Iterator[tuple[int, Step]]:
        for nr, step in enumerate(incident.steps, start=1):
            state = incident.progress.get(step.id)
            over = incident.state == "open" or is_aftercare(incident, step)
            if over and state is not None and state.progress == "open":
                yield nr, step

    async def answers(self, nr: int, step: Step) -> None:
        incident = await self.story.incident()
        owner = str(incident.owner(incident.progress[step.id].role) or REPORTER)
        shown = await self._newest(
            owner, f"{self.words['step']} {nr}/", "room" if incident.state == "open" else "direct"
        )
        if self.habits.records and incident.state == "open":
            await self._records(owner, step)
        if step.decision is None and self.chance.random() < self.habits.skips:
            await self._types(owner, f"{self.words['skip']} {nr} {self.words['because']}", incident)
        elif step.decision is not None:
            await self._decides(owner, step.decision)
        if not finished(await self.story.incident(), step):
            await self._says_done(owner, shown, nr, incident)
        assert finished(await self.story.incident(), step), step.id

    async def _says_done(self, owner: str, shown: Seen, nr: int, incident: Incident) -> None:
        match self.chance.choice(self.habits.ways):
            case "tap":
                await self._tap(owner, shown)
            case "reply":
                await self.story.replies(owner, shown, self.words["done"])
            case "word":
                await self._types(owner, f"{self.words['done']} {nr}", incident)

    async def _types(self, person: str, text: str, incident: Incident) -> None:
        """In the room; when that is closed, in one's own chat and with the number of the incident."""
        if incident.state == "open":
            await self.story.says(person, text, where="room")
        else:
            verb, rest = text.split(" ", 1)
            await self.story.says(person, f"{verb} {incident.number} {rest}")

    async def _tap(self, person: str, seen: Seen) -> None:
        await self.story.reacts(person, seen, "✅")

    async def _newest(self, person: str, start: str, where: Where) -> Seen:
        """The newest message of the bot to somebody that begins so."""
        room = await self.story.room(person, where)
        found = next(
            (one for one in reversed(self.story.peer(person).timeline(room)) if one.body.startswith(start)), None
        )
        assert found is not None, f"{person} was never shown „{start}”"
        return found

    async def _records(self, owner: str, step: Step) -> None:
        for kind in step.kinds:
            if kind == "sitrap":
                await self._reports(owner)
            elif kind in LINES[self.lang]:
                await self.story.says(owner, LINES[self.lang][kind], where="room")
        if step.id == "BA06":
            await self._shares_the_duties()

    async def _reports(self, owner: str) -> None:
        """A report of the situation is drafted from the log, and confirmed."""
        before = (await self.story.incident()).sitreps
        await self.story.says(owner, self.words["sitrep"], where="room")
        draft = self.story.hears(owner, self.words["draft"])
        if "tap" in self.habits.ways:
            await self._tap(owner, draft)
        else:
            await self.story.says(owner, self.words["sitrep_yes"], where="room")
        assert (await self.story.incident()).sitreps == before + 1

    async def _shares_the_duties(self) -> None:
        await self.story.says(LEAD, self.words["chair"], where="room")
        await self.story.says(LEAD, self.words["notes"], where="room")
        asked = self.story.hears(REPORTER, self.words["duty"])
        if "tap" in self.habits.ways:
            await self._tap(REPORTER, asked)
        else:
            await self.story.says(REPORTER, self.words["take"])
        assert (await self.story.incident()).duty_holder("verslaglegger") == REPORTER

    # --- decisions ----------------------------------------------------------------------------------------------------

    @property
    def _where(self) -> Where:
        """Who replies to questions decides in the room, and who only types in their own chat."""
        return "room" if "reply" in self.habits.ways or not self.habits.explains else "direct"

    async def _decides(self, owner: str, point: str) -> None:
        incident = await self.story.incident()
        words = [self.words["decision"], point, str(self._option(incident, point)), self.words["behalf"]]
        if not self.habits.explains:
            words.append(self.words["urgent"])
        await self.story.says(owner, " ".join(words), where=self._where)
        taken = (await self.story.incident()).decisions[-1]
        assert (len((await self.story.incident()).decisions), taken.point) == (len(incident.decisions) + 1, point)
        if self.habits.explains:
            await self._explains(owner, taken.number)
        if taken.four_eyes:
            second = LEAD if owner != LEAD else REPORTER
            await self.story.says(second, f"{self.words['confirm']} {taken.number}", where="room")
            assert (await self._decision(taken.number)).seconded_by == second

    def _option(self, incident: Incident, point: str) -> int:
        kind = incident.decision_type(point)
        assert kind is not None, point
        if point == "B4" or not self.habits.options:
            return self.habits.fear if point == "B4" else 1
        return self.chance.choice([n for n, option in enumerate(kind.options, start=1) if option.law is None])

    async def _decision(self, number: int) -> Decision:
        return (await self.story.incident()).decisions[number - 1]

    async def _explains(self, owner: str, number: int) -> None:
        """Each question in its turn, in the room as a reply to it; some do not apply, with a reason."""
        while (reason := next_missing(await self.story.incident(), await self._decision(number))) is not None:
            asked = await self._newest(owner, f"{self.words['question']} {number} ", self._where)
            if self._where == "room":
                await self.story.replies(owner, asked, self._because(reason))
            else:
                await self.story.says(owner, self._because(reason))
            given = (await self._decision(number)).given
            assert reason.id in given, (reason.id, await self.story.last(owner, "room"))
        assert not missing(await self.story.incident(), await self._decision(number))

    def _because(self, reason: Reason) -> str:
        match reason.kind:
            case "grondslag":
                return "1"
            case "moment":
                return self.words["until"]
            case _:
                return self.words["not"] if self.chance.random() < self.habits.skips else self.words["why"]

    # --- the end ------------------------------------------------------------------------------------------------------

    async def closes(self) -> None:
        """Nothing that is required is left, so that closing asks no reason."""
        await self.story.says(LEAD, self.words["close"], where="room")
        await self.story.says(LEAD, self.words["yes"], where="room")
        incident = await self.story.incident()
        assert incident.state == "closed", await self.story.last(LEAD, "room")
        self.story.heeds_everything()

    async def reopens(self) -> None:
        await self.story.says(LEAD, f"{self.words['reopen']} {await self.story.number()}")
        assert (await self.story.incident()).state == "open"
        self.story.heeds_everything()

    async def finishes(self) -> None:
        """The days after: what is left is done in one's own chat, who was asked how it went says so, and then it is over."""
        await self._to((await self.story.incident()).after.begins_at)
        await self._says_how_it_went()
        await self.works()
        await self.story.says(LEAD, self.words["evaluation"].format(number=await self.story.number()))
        incident = await self.story.incident()
        assert incident.after.evaluation_at is not None
        await self._to(incident.after.remind_at)
        assert incident.after.survey is not None
        await self._to(incident.after.survey.until + A_MINUTE)
        assert (await self.story.incident()).state == "finished"
        self.story.heeds_everything()

    async def _says_how_it_went(self) -> None:
        survey = (await self.story.incident()).after.survey
        assert survey is not None
        for person in survey.asked if self.habits.explains else ():
            for answer in ("4", "5", self.words["no"]):
                await self.story.says(str(person), answer)
        self.story.heeds_everything()

    async def _to(self, at: datetime | None) -> None:
        assert at is not None
        if at > self.story.brigade.now:
            self.story.brigade.moves(at - self.story.brigade.now)
        await self.story.settle()


def dead_ends(incident: Incident) -> tuple[StepId, ...]:
    """The steps that nobody could answer: one that applies, or that is required and waits for an answer on which it hangs, and
    was neither done nor given a reason. Those of the days after count once it is over."""
    wanted = (s for s in incident.steps if incident.applies(s) or (s.required and standing(incident, s) == "waits"))
    left = [step for step in wanted if not finished(incident, step)]
    return tuple(s.id for s in left if incident.state == "finished" or not is_aftercare(incident, s))
