"""One incident from beginning to end: set the stage, play, listen on, judge, and examine the bundle."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.app import real_world
from bot.demo import ladder, rumour, show_ladder, stage
from bot.demo.cast import PLAYBOOK, Cast, Part, assemble, called_for, parts_of
from bot.demo.evidence import Evidence, Published, examine, published, unpack
from bot.demo.judge import Judgement, judge, judge_ladder
from bot.demo.ladder import Climb, asked_for, climb_of
from bot.demo.phones import Handsets, phones
from bot.demo.plan import FINISHED, StepPlan
from bot.demo.reachable import enter
from bot.demo.recognise import Reader
from bot.demo.result import Result, write
from bot.demo.rumour import Rumour, complete, following, half_hour
from bot.demo.script import BY_CHAT, DECLINES, POLICE, RESERVES, SILENT, line, reached, reply_of
from bot.demo.show import Show
from bot.demo.stage import BotProcess, Crashed, RunDirectory
from bot.demo.story import Story
from bot.domain.contacts import Reference
from bot.domain.ids import EventId, PersonId, RoleId
from bot.domain.ladder import Channel
from bot.domain.people import Language, Person
from bot.embedded.homeserver import Homeserver
from bot.playground import ROOT, Playground
from bot.reference.load import load_reference
from bot.reference.problems import Broken
from bot.running import incident_of

FASTEST: Final = 25.0
SLOWEST: Final = 5.0
USUAL_SETUP: Final = 10.0  # seconds that two idle cores take for a homeserver with everybody on it
WAIT, REPEAT = 300.0, 240.0  # seconds of the demo's policy, before they are shortened


@dataclass(frozen=True, slots=True)
class Demo:
    """What a demo is started with; without `speed` it is chosen by how fast this machine set the stage."""

    run: RunDirectory
    lang: Language
    speed: float | None
    show: Show
    monotonic: Callable[[], float]

    async def set_stage(
        self, homeserver: Homeserver, speed: float, channels: Mapping[str, object] | None = None
    ) -> Playground:
        """Everybody on the homeserver and the bot provisioned, with these channels beside Matrix. Raises Crashed."""
        with self.show.phase("people") as told:
            playground = await stage.playground_on(self.run, homeserver, self.lang, speed, channels or {})
            told["people"] = len(playground.passwords)
        return playground


async def play(demo: Demo) -> int:
    """Play the incident; gives the exit code. Raises Crashed and CannotPlay."""
    started = demo.monotonic()
    demo.show.title()
    demo.show.line("directory", "dim", path=demo.run.path)
    stage.write_contacts(demo.run, demo.lang)
    reference = load_reference(demo.run.contacts, ROOT / "playbooks")
    if isinstance(reference, Broken):
        raise Crashed("\n".join(problem.text(demo.lang) for problem in reference.problems))
    world = real_world()
    async with stage.homeserver_for(demo.run) as homeserver, phones(demo.monotonic, world.wall) as handsets:
        demo.show.done("homeserver", url=homeserver.url)
        playground = await demo.set_stage(homeserver, demo.speed or FASTEST, handsets.settings())
        parts = parts_of(reference, world.wall(), RESERVES)
        known = {person.id: reached(role, part, n) for n, (person, role, part) in enumerate(parts, 1)}
        before = {one.id: known[one.id] for one, role, part in parts if (role, part) != (BY_CHAT, "paged")}
        await enter(playground.settings, before, world.wall())
        speed = demo.speed or _fitting(demo.monotonic() - started)
        stage.change_speed(demo.run, speed)
        async with stage.bot_on(demo.run) as bot:
            watch = stage.one_ends(bot, homeserver, demo.run)
            acted = _Play(demo, playground, reference, bot, speed, handsets, parts, known)
            result = await _beside(watch, acted)
    result.total = demo.monotonic() - started
    write(result, demo.run)
    ladder.write(
        result.climbs, [str(one) for one in result.faults], result.story.alarm_at, result.story.down_at, demo.run
    )
    _tell(demo.show, result)
    return 0 if result.good else 1


def _fitting(setup: float) -> float:
    """On a slow machine the waits are shortened less, so that everybody has the time to answer."""
    return round(min(FASTEST, max(SLOWEST, FASTEST * USUAL_SETUP / setup)), 1)


async def _beside(processes: Coroutine[None, None, None], played: "_Play") -> Result:
    """Play while the processes run; when one ends by itself it is a crash."""
    task, crash = asyncio.ensure_future(played.all()), asyncio.ensure_future(processes)
    try:
        await asyncio.wait((task, crash), return_when=asyncio.FIRST_COMPLETED)
        if crash.done():
            crash.result()
        return await task
    finally:
        for one in (task, crash):
            one.cancel()
        await asyncio.gather(task, crash, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class _Play:
    """The phases of one play, each with its line on the terminal."""

    demo: Demo
    playground: Playground
    reference: Reference
    bot: BotProcess
    speed: float
    handsets: Handsets
    parts: tuple[tuple[Person, RoleId, Part], ...]
    addresses: Mapping[PersonId, Mapping[Channel, str]]

    async def all(self) -> Result:
        cast = await self._enter()
        try:
            before = await self._rumour(cast)
            return await self._incident(cast, before)
        finally:
            await cast.close()

    async def _enter(self) -> Cast:
        """The bot starts while everybody logs in."""
        demo, reader = self.demo, Reader(self.demo.show.words)
        with demo.show.phase("bot") as told:
            store = demo.run.path / "clients"
            entering = assemble(self.playground, self.parts, store, reader, demo.monotonic)
            cast, _ = await asyncio.gather(entering, self.bot.ready())
            told |= {"pid": self.bot.process.pid, "clients": len(cast.everybody)}
        waits = {"repeat": demo.show.seconds(REPEAT / self.speed), "reserve": demo.show.seconds(WAIT / self.speed)}
        demo.show.line("speed", "dim", speed=f"{self.speed:g}", **waits)
        return cast

    async def _rumour(self, cast: Cast) -> Judgement:
        """The first half hour of a rumour; afterwards everybody begins anew."""
        show, book = self.demo.show, self.reference.playbooks[rumour.PLAYBOOK]
        called = frozenset(call.role for call in called_for(self.reference, real_world().wall(), book.id))
        standing = frozenset((self.playground.alarm_room, self.playground.management_room))
        steps = StepPlan.of(book, called | {POLICE}, rumour.FINISHED)
        part = Rumour(cast, steps, following(book), called, standing, self.demo.monotonic)
        title = book.title.en if show.lang == "en" else book.title.nl
        judgement = await half_hour(part, show, title)
        cast.next_part()
        self.handsets.diary.sights.clear()
        show.line("ladder_part", "bold")
        return judgement

    async def _incident(self, cast: Cast, before: Judgement) -> Result:
        demo = self.demo
        called = frozenset(call.role for call in called_for(self.reference, real_world().wall()))
        steps = StepPlan.of(self.reference.playbooks[PLAYBOOK], called)
        standing = frozenset((self.playground.alarm_room, self.playground.management_room))
        words = demo.show.words
        story = Story(cast, steps, standing, demo.monotonic, self.handsets, self.addresses, words)
        await self._called(story)
        silence = asyncio.ensure_future(story.silence())
        try:
            await self._at_work(story)
            with demo.show.phase("silence") as told:
                await silence
                told |= {"name": cast.first(SILENT).name, "reserve": cast.reserve(SILENT).name}
                told["seconds"] = demo.show.seconds(story.seconds["silence_reserve"])
        finally:
            silence.cancel()
        await self._ended(story)
        judgement = await self._settled(story)
        evidence, about, archive = await self._examined(story)
        climbs = await self._climbs(story)
        faults = judge_ladder(climbs, story.down_at)
        return Result(story, self.speed, WAIT / self.speed, before, judgement, climbs, faults, evidence, about, archive)

    async def _climbs(self, story: Story) -> tuple[Climb, ...]:
        """What everybody's phones saw, with what the bot's log says it asked for."""
        world, reader = real_world(), Reader(self.demo.show.words)
        offset = world.wall().timestamp() - world.monotonic()
        settings = self.playground.settings
        incident = incident_of(EventId(story.alarm_event))
        asked = await asked_for(settings, incident, lambda at: at.timestamp() - offset)
        return tuple(
            climb_of(one, self.addresses[one.person.id], self.handsets, reader, asked.get(one.person.id, ()))
            for one in story.cast.everybody
            if one.part != "reporter"
        )

    async def _called(self, story: Story) -> None:
        show, cast = self.demo.show, story.cast
        with show.phase("number") as told:
            await story.give_number()
            told["name"] = cast.first(BY_CHAT).name
        with show.phase("alarm") as told:
            await story.alarm()
            told |= {"name": cast.reporter.name, "text": line(cast.reporter.language, "alarm")}
        with show.phase("calls") as told:
            await story.calls()
            yes = sum(reply_of(one.role, one.part).comes for one in cast.paged)
            told |= {"count": len(cast.paged), "yes": yes, "no": cast.first(DECLINES).name}
            told |= {"silent": cast.first(SILENT).name, "seconds": show.seconds(story.seconds["alarm_all_pages"])}
        with show.phase("texts_fail"):
            await story.texts_fail()

    async def _at_work(self, story: Story) -> None:
        show = self.demo.show
        with show.phase("room") as told:
            await story.room()
            told |= {"seconds": show.seconds(story.seconds["alarm_room"]), "count": len(story.entered)}
        with show.phase("work_steps") as told:
            await story.work_steps()
            await story.cast.sync(without=SILENT)
            told["done"] = sum(FINISHED.values())
        with show.phase("decide"):
            await story.decide()
            await story.cast.sync(without=SILENT)
        with show.phase("record") as told:
            await story.record()
            await story.cast.sync(without=SILENT)
            told["name"] = story.cast.first(POLICE).name

    async def _ended(self, story: Story) -> None:
        show = self.demo.show
        with show.phase("close"):
            await story.close()
        with show.phase("take_out") as told:
            await story.take_out()
            told |= {"size": round(len(story.export) / 1000), "name": story.cast.reporter.name}

    async def _settled(self, story: Story) -> Judgement:
        """Sync until everything expected is there, stop the bot, and sync once more for what nobody expected."""
        with self.demo.show.phase("settle") as told:
            await complete(story.cast, lambda: _judged(story))
            told["code"] = await self.bot.stop()
            await story.cast.sync(timeout_ms=0)
        return _judged(story)

    async def _examined(self, story: Story) -> tuple[Evidence, Published, Path]:
        settings, run = self.playground.settings, self.demo.run
        archive = run.path / "dossier.zip"
        archive.write_bytes(story.export)
        bundle = unpack(story.export, run.path / "bundle")
        about = published(settings.log_key, settings.log_host, incident_of(EventId(story.alarm_event)))
        room = (h for h in story.cast.reporter.heard() if h.seen.room_id == story.cast.reporter.room)
        return await examine(bundle, about, room), about, archive


def _judged(story: Story) -> Judgement:
    return judge(story.cast, story.entered, story.steps)


def _tell(show: Show, result: Result) -> None:
    story = result.story
    show.side_by_side(story.cast.everybody, story.alarm_at)
    show_ladder.phones(show, result.climbs, story.alarm_at)
    show_ladder.table(show, result.climbs, story.alarm_at)
    show.room(story.cast)
    show.tables(result.judgement, story.cast, story.entered)
    show.times(story.seconds, result.wait)
    show.evidence(result.evidence, result.about)
    show.ending(result)
