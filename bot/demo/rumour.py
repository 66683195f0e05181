"""The first half hour of a rumour: a false letter about an asylum centre, called in and worked as a real case, before the riots.

What is typed at minute 0, 5, 12, 20 and 30 is typed at once: how long people take is not what is shown here.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from bot.demo.cast import PATIENCE, Cast, Participant
from bot.demo.judge import Judgement, compare
from bot.demo.plan import ANY, Expected, StepPlan
from bot.demo.recognise import Meaning
from bot.demo.says import say
from bot.demo.script import CARE, POLICE, line
from bot.demo.show import Show
from bot.domain.ids import PlaybookId, RoleId
from bot.domain.people import COORDINATOR, MELDER
from bot.domain.playbook import Playbook

PLAYBOOK: Final = PlaybookId("PB07")
SPOKESPERSON: Final = RoleId("communicatie")
# The steps that the script finishes, by role; the next one of the role is then shown and stays open.
FINISHED: Final = {MELDER: 1, SPOKESPERSON: 1}
FEAR: Final = "B4"
NAMED, SAID_AGAIN, DENIED, STREET, NEIGHBOURS = "1", "2", "3", "4", "5"  # the lines of the log


@dataclass(slots=True)
class Rumour:
    """One incident; `called` are the roles that the playbook and the region call, `steps` what the room is shown, and `follows` the
    numbers of the steps that the answer about fear of disorder makes due."""

    cast: Cast
    steps: StepPlan
    follows: tuple[str, ...]
    called: frozenset[RoleId]
    standing: frozenset[str]
    monotonic: Callable[[], float]
    alarm_at: float = 0.0
    entered: list[Participant] = field(default_factory=list)

    @property
    def paged(self) -> tuple[Participant, ...]:
        return tuple(one for one in self.cast.paged if one.role in self.called)

    # --- what is played -------------------------------------------------------------------------------------------------

    async def alarm(self) -> None:
        """Minute 0: ten callers ask whether it is true."""
        reporter = self.cast.reporter
        self.alarm_at = self.monotonic()
        await reporter.say(line(reporter.language, "rumour_alarm"))
        await reporter.hears("alarm")

    async def calls(self) -> None:
        await asyncio.gather(*(self._comes(one) for one in self.paged))
        await asyncio.gather(*(self._enters(one) for one in (self.cast.reporter, *self.paged)))

    async def _comes(self, one: Participant) -> None:
        await one.react((await one.hears("page")).seen, "✅")
        await one.hears("confirmation")

    async def _enters(self, one: Participant) -> None:
        await one.until(lambda: one.link_to_room, "link to the room")
        await one.enter_room(self.standing)
        await one.until(
            lambda: any(h.seen.room_id == one.room for h in one.heard()) or None, "a readable message in the room"
        )
        self.entered.append(one)

    async def letter(self) -> None:
        """Minute 5: a councillor sends the letter. It is described, first with a name in it, and then without."""
        one = self.cast.reporter
        await self._record(one, "rumour_named", NAMED)
        await one.hears("warned")
        await self._record(one, "rumour_again", SAID_AGAIN)
        (first, _) = self.steps.shown(MELDER)
        await one.react((await one.hears("step", first)).seen, "✅")
        await one.hears("step_done", first)

    async def denial(self) -> None:
        """Minute 12: the department says that nothing was decided; the spokesperson has the rumour in one neutral sentence."""
        await self._record(self.cast.reporter, "rumour_denied", DENIED)
        one = self.cast.first(SPOKESPERSON)
        own = self.steps.shown(SPOKESPERSON)[0]
        step = (await one.hears("step", own)).seen
        await one.say(line(one.language, "rumour_sentence"), room=one.room, reply_to=step.event_id)
        await one.hears("step_done", own)

    async def street(self) -> None:
        """Minute 20: youngsters name a place and a time, so the police are called and the question of fear is put."""
        await self._record(self.cast.first(CARE), "rumour_street", STREET)
        coordinator, police = self.cast.first(COORDINATOR), self.cast.first(POLICE)
        await coordinator.say(line(coordinator.language, "rumour_page"), room=coordinator.room)
        await self._comes(police)
        await self._enters(police)
        await coordinator.say(line(coordinator.language, "rumour_fear"), room=coordinator.room)
        await coordinator.hears("decision", "1")
        asked = (await coordinator.hears("asked", "1")).seen
        await coordinator.say(STREET, room=asked.room_id, reply_to=asked.event_id)
        again = (await coordinator.hears("asked", "2")).seen
        await coordinator.say(line(coordinator.language, "rumour_later"), room=again.room_id, reply_to=again.event_id)
        await coordinator.hears("decision_promised", "1")

    async def neighbours(self) -> None:
        """Minute 30: two neighbours have the same letter, so it reaches further, and the first situation report."""
        one = self.cast.first(COORDINATOR)
        await self._record(one, "rumour_neighbours", NEIGHBOURS)
        await one.say(line(one.language, "rumour_wide"), room=one.room)
        await one.hears("wide_told")
        await one.say(line(one.language, "rumour_sitrep"), room=one.room)
        await self.cast.reporter.hears("sitrep", "1")

    async def close(self) -> None:
        one = self.cast.first(COORDINATOR)
        await one.say(line(one.language, "close"), room=one.room)
        await one.hears("closing")
        await one.say(line(one.language, "rumour_close"), room=one.room)
        await asyncio.gather(*(each.hears("closed") for each in self.entered))

    async def _record(self, one: Participant, key: str, number: str) -> None:
        await one.say(line(one.language, key), room=one.room)
        await one.hears("line", number)

    # --- what everybody must read ---------------------------------------------------------------------------------------

    def judged(self) -> Judgement:
        return compare(self.cast, self.entered, self._direct(), self._in_room)

    def _direct(self) -> Iterator[Expected]:
        reporter, police = self.cast.reporter, self.cast.first(POLICE)
        silent = ("understood", "where", "warned", "calling")
        for kind, rings in (("alarm", True), ("room_open", True), *((kind, False) for kind in silent)):
            yield Expected(reporter, Meaning(kind), rings)
        for one in (*self.paged, police):
            yield Expected(one, Meaning("page"), rings=True)
            yield Expected(one, Meaning("confirmation"), rings=True)
            yield Expected(one, Meaning("page_taken"), rings=False)
            if one is self.cast.first(COORDINATOR):
                yield Expected(one, Meaning("wide_told"), rings=True)
            linked = one.link_to_room
            if linked is not None and linked.meaning.kind == "room_open":
                yield Expected(one, Meaning("room_open"), rings=True)

    def _in_room(self, late: frozenset[str]) -> Iterator[tuple[Meaning, bool, int]]:
        yield Meaning("card"), False, 1
        yield Meaning("card_changed"), False, ANY
        for one in (*self.paged, self.cast.first(POLICE)):
            yield Meaning("comes", one.name), False, 1
            if one.name in late:
                yield Meaning("welcome", one.name), False, 1
        for number in self.steps.all_shown:
            yield Meaning("step", number), True, 1
        for role in FINISHED:
            yield Meaning("step_done", self.steps.finished(role)[0]), False, 1
        for number in self.follows:
            yield Meaning("step_due", number), False, 1
        for number in (NAMED, SAID_AGAIN, DENIED, STREET, NEIGHBOURS):
            yield Meaning("line", number), False, 1
        yield Meaning("decision", "1"), True, 1
        for number in ("1", "2"):
            yield Meaning("asked", number), True, 1
        yield Meaning("decision_promised", "1"), False, 1
        yield Meaning("wide"), False, 1
        yield Meaning("sitrep", "1"), True, 1
        yield Meaning("closing"), True, 1
        yield Meaning("closed"), False, 1


def following(book: Playbook) -> tuple[str, ...]:
    """The numbers of the steps that hang on the decision about fear of disorder."""
    steps = enumerate(sorted(book.steps, key=lambda step: step.due), start=1)
    return tuple(str(n) for n, step in steps if any(condition.decision == FEAR for condition in step.when))


async def half_hour(part: Rumour, show: Show, title: str) -> Judgement:
    """Play it, a line on the terminal for each moment; `title` is what the playbook is called."""
    show.line("rumour_part", "bold")
    with show.phase("rumour_alarm") as told:
        await part.alarm()
        told |= {"name": part.cast.reporter.name, "text": line(part.cast.reporter.language, "rumour_alarm")}
    with show.phase("rumour_calls") as told:
        await part.calls()
        told |= {"title": title, "count": len(part.paged)}
    with show.phase("rumour_letter") as told:
        await part.letter()
        told["name"] = part.cast.reporter.name
    with show.phase("rumour_denial") as told:
        await part.denial()
        told["name"] = part.cast.first(SPOKESPERSON).name
    with show.phase("rumour_street") as told:
        await part.street()
        told["name"] = part.cast.first(POLICE).name
    with show.phase("rumour_neighbours"):
        await part.neighbours()
    with show.phase("rumour_close") as told:
        await part.close()
        judgement = await complete(part.cast, part.judged)
        good = not judgement.differences
        told |= {"rows": len(judgement.rows), "verdict": say(show.lang, "no_difference") if good else "✗"}
    show.room(part.cast)
    show.differences(judgement)
    return judgement


async def complete(cast: Cast, judged: Callable[[], Judgement]) -> Judgement:
    """Sync until everything that is expected is there; what is still missing then, the judgement says."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while any(row.lacks for row in judged().rows):
                await cast.sync(timeout_ms=500)
    return judged()
