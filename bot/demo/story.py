"""The incident, phase by phase: who does what, and what each waits for. Everybody syncs until the expected is there."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from bot.demo.cast import PATIENCE, CannotPlay, Cast, Heard, Participant
from bot.demo.phones import Handsets
from bot.demo.plan import StepPlan
from bot.demo.script import ANSWERS_ETA, BY_CHAT, CTER, DECLINES, OVER, POLICE, SILENT, Reply, line, reply_of
from bot.domain.ids import PersonId
from bot.domain.ladder import Channel
from bot.domain.people import CALLED, COORDINATOR, MELDER
from bot.words.catalogue import Catalogue

_MOST_CALLS: Final = 10


@dataclass(slots=True)
class Story:
    """One incident among the cast; everybody types in the own language. `seconds` holds what was measured, by name.

    `addresses` are those of everybody's phones, `down_at` is when text messages began to fail.
    """

    cast: Cast
    steps: StepPlan
    standing: frozenset[str]
    monotonic: Callable[[], float]
    handsets: Handsets
    addresses: Mapping[PersonId, Mapping[Channel, str]]
    words: Catalogue
    seconds: dict[str, float] = field(default_factory=dict)
    alarm_event: str = ""
    alarm_at: float = 0.0
    down_at: float = 0.0
    answered_after: list[float] = field(default_factory=list)
    entered: list[Participant] = field(default_factory=list)
    export: bytes = b""

    async def give_number(self) -> None:
        """Somebody gives the own number, and proves it with the code that the phone shows."""
        one = self.cast.first(BY_CHAT)
        number = self.addresses[one.person.id]["sms"]
        await one.say(line(one.language, "number").format(number=f"06 {number[4:]}"))
        await one.hears("code_sent")
        text = await self._comes(one, "sms")
        code = re.search(r"\d{3}[ -]?\d{3}", text)
        await one.say(code[0] if code else text)
        await one.hears("proved")

    async def alarm(self) -> None:
        """The officer types one sentence; the bot says what it understood."""
        reporter = self.cast.reporter
        self.alarm_at = self.monotonic()
        self.alarm_event = await reporter.say(line(reporter.language, "alarm"))
        await reporter.hears("alarm")

    async def calls(self) -> None:
        """The eight are paged and all but the silent one answer; the reserve of who declines comes at once."""
        others = [self.answer(one) for one in self.cast.paged if one.role != SILENT]
        await asyncio.gather(*others, self.cast.first(SILENT).hears("page"), self._reserve_at_once())
        pages = [one.heard("page")[0].at for one in self.cast.paged]
        self.seconds["alarm_first_page"] = max(0.0, min(pages) - self.alarm_at)
        self.seconds["alarm_all_pages"] = max(0.0, max(pages) - self.alarm_at)
        self.seconds["answer_confirmed_median"] = median(self.answered_after)
        self.seconds["answer_confirmed_most"] = max(self.answered_after)

    async def answer(self, one: Participant) -> None:
        """Answer the own page, and see the confirmation."""
        page = await one.hears("page")
        reply = reply_of(one.role, one.part)
        await self._reply(one, page, reply)
        kind = "declined" if not reply.comes else "confirmation_eta" if one.role == ANSWERS_ETA else "confirmation"
        confirmed = await one.hears(kind)
        self.answered_after.append(confirmed.at - self._answered_at(one, reply))

    def _answered_at(self, one: Participant, reply: Reply) -> float:
        if reply.how not in OVER:
            return one.did[-1][0]
        channel = OVER[reply.how]
        return self.handsets.diary.of(channel, self._address(one, channel), "answered")[-1].at

    async def _reply(self, one: Participant, page: Heard, reply: Reply) -> None:
        match reply.how:
            case "react":
                await one.react(page.seen, reply.with_)
            case "sms":
                await self._comes(one, "sms", after=one.role == BY_CHAT)
                await self.handsets.text(self._address(one, "sms"), reply.with_)
            case "voice":
                await self._comes(one, "voice")
                await self.handsets.press(self._address(one, "voice"), reply.with_)
            case "button":
                await self._comes(one, "ntfy")
                label = self.words.text(one.language, "channel.coming")
                await self.handsets.tap(self._address(one, "ntfy"), label)
            case "link":
                await self._after_a_scanner(one, reply)
            case _:
                await one.say(reply.with_)

    async def _after_a_scanner(self, one: Participant, reply: Reply) -> None:
        """A mail scanner opens the link, which is no answer: the phone still rings, and only then the owner presses a button."""
        await self._comes(one, "mail")
        await self.handsets.scan(self._address(one, "mail"))
        await self._comes(one, "voice")
        await self.handsets.button(self._address(one, "mail"), reply.with_)

    def _address(self, one: Participant, channel: Channel) -> str:
        return self.addresses[one.person.id][channel]

    async def _comes(self, one: Participant, channel: Channel, *, after: int = 0) -> str:
        """What a phone shows; raises CannotPlay with whose phone stayed silent."""
        try:
            sight = await self.handsets.comes(channel, self._address(one, channel), PATIENCE, after=after)
        except TimeoutError:
            raise CannotPlay(f"{one.name} ({one.role}): {channel}: {PATIENCE:.0f} s") from None
        return sight.text

    async def _reserve_at_once(self) -> None:
        await self.answer(self.cast.reserve(DECLINES))

    async def silence(self) -> None:
        """Meanwhile somebody does not answer, only a voicemail does: one repeat, then the reserve, who comes to the room.

        Text messages fail by then, so the reserve is woken by a call.
        """
        silent, reserve = self.cast.first(SILENT), self.cast.reserve(SILENT)
        page = silent.heard("page")[0]
        machine = asyncio.ensure_future(self._machine(silent))
        try:
            await silent.hears("repeat")
            await self.answer(reserve)
        finally:
            machine.cancel()
            await asyncio.gather(machine, return_exceptions=True)
        self.seconds["silence_reserve"] = max(0.0, reserve.heard("page")[0].at - page.at)
        await self.enter(reserve)

    async def _machine(self, one: Participant) -> None:
        """Each call is taken by a voicemail."""
        for taken in range(_MOST_CALLS):
            await self._comes(one, "voice", after=taken)
            await self.handsets.machine(self._address(one, "voice"))

    async def texts_fail(self) -> None:
        """Everybody who was to get a text message has it; from here on none leaves."""
        for one in self.cast.paged:
            if "sms" in self.addresses.get(one.person.id, {}) and reply_of(one.role, one.part).how in (
                "silent",
                "voice",
            ):
                await self._comes(one, "sms")
        await self.handsets.stop_texts()
        self.down_at = self.monotonic()

    async def room(self) -> None:
        """Whoever comes goes into the room; it is usable once the card can be read there."""
        coming = [one for one in self.cast.paged if reply_of(one.role, one.part).comes]
        reporter = self.cast.reporter
        entering = [self.enter(one) for one in (reporter, *coming, self.cast.reserve(DECLINES))]
        await asyncio.gather(*entering, self.cast.first(DECLINES).hears("page_declined"))
        card = await reporter.hears("card")
        self.seconds["alarm_room"] = max(0.0, card.at - self.alarm_at)

    async def enter(self, one: Participant) -> None:
        """Follow the link that came with the confirmation or after it, and wait for something to read in the room."""
        await one.until(lambda: one.link_to_room, "link to the room")
        await one.enter_room(self.standing)
        await one.until(
            lambda: any(h.seen.room_id == one.room for h in one.heard()) or None, "a readable message in the room"
        )
        self.entered.append(one)

    async def work_steps(self) -> None:
        """Steps by reaction and by text, each role its own."""
        await asyncio.gather(self._officer_steps(), self._coordinator_steps(), self._police_steps(), self._cter_steps())

    async def _officer_steps(self) -> None:
        one = self.cast.reporter
        first, second, third = self.steps.shown(MELDER)
        await one.react((await one.hears("step", first)).seen, "✅")
        await one.hears("step", second)
        await one.say(line(one.language, "done"), room=one.room)
        await one.hears("step", third)

    async def _coordinator_steps(self) -> None:
        one = self.cast.first(COORDINATOR)
        first, second = self.steps.shown(COORDINATOR)
        await one.react((await one.hears("step", first)).seen, "✅")
        await one.hears("step", second)
        await one.say(line(one.language, "mine"), room=one.room)
        await one.hears("step_claimed", second)

    async def _police_steps(self) -> None:
        one = self.cast.first(POLICE)
        own, _ = self.steps.shown(POLICE)
        await one.hears("step", own)
        await one.say(line(one.language, "skip"), room=one.room)
        await one.hears("step_skipped", own)
        shared = (await one.hears("step", self.steps.shown(CALLED)[0])).seen
        await one.say(line(one.language, "done"), room=one.room, reply_to=shared.event_id)
        await one.hears("step_done", self.steps.shown(CALLED)[0])

    async def _cter_steps(self) -> None:
        one = self.cast.first(CTER)
        (own,) = self.steps.shown(CTER)
        await one.react((await one.hears("step", own)).seen, "👤")
        await one.hears("step_claimed", own)

    async def decide(self) -> None:
        """Two decisions: one with its reason by reply, both confirmed by the other."""
        officer, coordinator = self.cast.reporter, self.cast.first(COORDINATOR)
        await officer.say(line(officer.language, "decision_1"), room=officer.room)
        first = await officer.hears("decision", "1")
        await officer.say(line(officer.language, "reason"), room=officer.room, reply_to=first.seen.event_id)
        await officer.hears("decision_explained", "1")
        await coordinator.react((await coordinator.hears("decision", "1")).seen, "✅")
        await coordinator.hears("decision_confirmed", "1")
        await coordinator.say(line(coordinator.language, "decision_2"), room=coordinator.room)
        second = await officer.hears("decision", "2")
        await officer.react(second.seen, "✅")
        await officer.hears("decision_confirmed", "2")

    async def record(self) -> None:
        """📌 on what somebody said, and a situation report."""
        police, coordinator = self.cast.first(POLICE), self.cast.first(COORDINATOR)
        remark = await police.say(line(police.language, "remark"), room=police.room)
        seen = await coordinator.until(
            lambda: next(
                (s for s in coordinator.peer.timeline(coordinator.room) if s.event_id == remark and s.readable), None
            ),
            "what was said in the room",
        )
        await coordinator.react(seen, "📌")
        await coordinator.hears("line", "1")
        await coordinator.say(line(coordinator.language, "sitrep"), room=coordinator.room)
        await coordinator.hears("sitrep", "1")

    async def close(self) -> None:
        """`sluit`, and `sluit ja`."""
        one = self.cast.first(COORDINATOR)
        await one.say(line(one.language, "close"), room=one.room)
        await one.hears("closing")
        closing_at = self.monotonic()
        await one.say(line(one.language, "close_yes"), room=one.room)
        await one.hears("closed")
        self.seconds["close_closed"] = max(0.0, self.monotonic() - closing_at)

    async def take_out(self) -> None:
        """`export`: the dossier comes as an encrypted file, which the officer's own client opens."""
        one = self.cast.reporter
        await one.hears("closed")
        asked_at = self.monotonic()
        await one.say(line(one.language, "export"))
        file = await one.hears("file")
        self.export = await one.peer.download(file.seen.content)
        await one.hears("dossier")
        self.seconds["export_file"] = max(0.0, self.monotonic() - asked_at)
        closed = one.heard("closed")[0].at
        self.seconds["close_export"] = max(0.0, self.monotonic() - closed)
