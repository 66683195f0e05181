"""Getting ready for the night: one step at a time in direct chat, a test over all channels at once, and how everybody stands.

The question that was asked last stands in the outbox and what was answered in a table, so a restart loses no step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.addresses import opened
from bot.domain import messages as m
from bot.domain.commands import Refused
from bot.domain.contacts import Contacts
from bot.domain.ids import MunicipalityId
from bot.domain.ladder import CHANNELS, Channel
from bot.domain.people import Person
from bot.domain.readiness import PROOF_LASTS, Lack, Ready, ready
from bot.entering import Asker, Installation
from bot.store import directory, reach
from bot.store.reach import ReachRow, ReadyRow, ReadyState
from bot.words import reach_words, replies
from bot.words.reach_words import CHANNEL_WORDS, STEP_WORDS, STEPS, NotReady, Step

TEST_LASTS: Final = timedelta(days=3)  # an answer that comes later is of no use: the phone was not tested that night
YEAR: Final = timedelta(days=365)
MOST_TESTS: Final = 5
TESTS_WITHIN: Final = timedelta(hours=1)
_MATRIX: Final[Channel] = "matrix"
_STEP_OF: Final[Mapping[str, Step]] = {
    **{word: step for step, word in STEP_WORDS.items()},
    "sound": "sound",
    "priority": "focus",
    "number": "number",
}
_SAID: Final[Mapping[str, ReadyState]] = {"klaar": "done", "done": "done", "later": "later", "skip": "later"}


@dataclass(frozen=True, slots=True)
class Standing:
    """All that is known of one person: verified channels that can be used, and what was said of each step."""

    person: Person
    has: frozenset[Channel]
    usable: frozenset[Channel]
    rows: Sequence[ReachRow]
    said: Mapping[str, ReadyRow]

    @property
    def proved(self) -> dict[Channel, datetime]:
        found = {row.channel: row.proved_at for row in self.rows if row.proved_at is not None}
        chat = self.said.get(f"test:{_MATRIX}")
        if chat is not None and chat.state == "done":
            found[_MATRIX] = chat.at
        return found

    @property
    def tested_at(self) -> datetime | None:
        last = self.said.get("tested")
        return last.at if last is not None else None

    def at(self, now: datetime) -> Ready | Lack:
        return ready(self.has, self.usable, self.proved, self.tested_at, now)

    def open_test(self, now: datetime) -> datetime | None:
        """When the test began that is still being answered."""
        begun = self.said.get("test")
        running = begun is not None and begun.state == "later" and now - begun.at <= TEST_LASTS
        return begun.at if begun is not None and running else None

    def tested(self, begun: datetime) -> list[tuple[Channel, bool | None]]:
        """The channels of a test in order, each with what was said of it; None: nothing yet."""
        found: list[tuple[Channel, bool | None]] = []
        for channel in (_MATRIX, *sorted(self.has, key=CHANNELS.index)):
            row = self.said.get(f"test:{channel}")
            said = row is not None and row.at >= begun
            found.append((channel, row.state == "done" if row is not None and said else None))
        return found


@dataclass(frozen=True, slots=True)
class Onboarding:
    """Every method answers the asker exactly once for the event, and raises Refused when it cannot do what is asked."""

    house: Installation
    has_numbers: bool  # whether the bot has numbers or addresses of its own to put on a contact card

    async def standing(self, person: Person) -> Standing:
        async with self.house.desk.database.read() as tx:
            rows = await reach.of_person(tx, person.id)
            said = await reach.steps_of(tx, person.id)
        return self._standing(person, rows, said)

    async def go_on(self, asker: Asker, text: str = "") -> None:
        """The next step that is not done and was not put off just now; `klaar geluid` and `later geluid` answer a step."""
        words = text.casefold().strip(" .!").split()
        row: ReadyRow | None = None
        now = self.house.desk.clock().now
        if len(words) == 2 and words[0] in _SAID and words[1] in _STEP_OF:
            row = ReadyRow(asker.person.id, _STEP_OF[words[1]], _SAID[words[0]], now)
        standing = await self.standing(asker.person)
        after = _STEP_OF[words[1]] if row else None
        step = self._next(standing, after)
        if step == "test":
            await self.test(asker, row)
            return
        messages: list[m.Message] = []
        if step is None:
            badge = reach_words.badge(self.house.catalogue, asker.person.language, standing.at(now))
            messages.append(self.house.answer(asker, (badge,)))
        else:
            if step == "contact":
                messages.append(_card(asker))
            messages.append(self._asked(asker.person, step, standing, asker.to, asker.replied))
        await self._keep(asker, [row] if row else [], messages)

    async def test(self, asker: Asker, row: ReadyRow | None = None) -> None:
        """A test over all channels at once; then the chat asks of one channel after the other whether it was heard."""
        standing, now = await self.standing(asker.person), self.house.desk.clock().now
        async with self.house.desk.database.read() as tx:
            sent = await reach.sent_since(tx, asker.person.id, "ChannelTest", now - TESTS_WITHIN)
        if sent > MOST_TESTS * len(standing.has):
            raise Refused("tests_too_many")
        messages = self.test_messages(standing, asker.to)
        begun = ReadyRow(asker.person.id, "test", "later", now)
        await self._keep(asker, [begun, *([row] if row else [])], messages)

    def test_messages(self, standing: Standing, to: m.To) -> list[m.Message]:
        """The test itself: the question that rings in the chat, and one test for every other channel."""
        person = standing.person
        channels = sorted(standing.has, key=CHANNELS.index)
        tests = [
            m.ChannelTest(
                to=m.To("channel", f"{channel}:{person.id}"), lang=person.language, channel=channel, person=person.id
            )
            for channel in channels
        ]
        return [*tests, self._ask_heard(person, _MATRIX, 1, len(channels) + 1, to)]

    async def heard(self, asker: Asker, text: str, *, yes: bool) -> None:
        """What somebody says of one channel of the test that runs."""
        channel = CHANNEL_WORDS.get(text.casefold().strip(" .!"))
        if channel is None:
            raise Refused("heard_what")
        standing, now = await self.standing(asker.person), self.house.desk.clock().now
        begun = standing.open_test(now)
        if begun is None:
            raise Refused("no_test")
        if channel != _MATRIX and channel not in standing.has:
            raise Refused("not_your_channel")
        answered = ReadyRow(asker.person.id, f"test:{channel}", "done" if yes else "failed", now)
        standing = self._standing(standing.person, standing.rows, {**standing.said, answered.step: answered})
        tested = standing.tested(begun)
        left = [(nr, one) for nr, (one, said) in enumerate(tested, 1) if said is None]
        rows = [answered]
        if left:
            nr, next_one = left[0]
            message: m.Message = self._ask_heard(asker.person, next_one, nr, len(tested), asker.to)
        else:
            rows += [ReadyRow(asker.person.id, step, "done", now) for step in ("test", "tested")]
            message = self.house.answer(asker, self._result(standing, tested, channel, yes=yes, now=now))

        async def settle(tx: AsyncConnection) -> None:
            for row in rows:
                await reach.say_ready(tx, row)
            await reach.prove(tx, asker.person.id, (channel,), now if yes else None)

        await self.house.desk.keep(f"reply/{asker.event}", settle, [message], cause=asker.event)

    def _result(
        self,
        standing: Standing,
        tested: Sequence[tuple[Channel, bool | None]],
        last: Channel,
        *,
        yes: bool,
        now: datetime,
    ) -> Sequence[str]:
        proved = {**standing.proved}
        if last != _MATRIX:
            proved.pop(last, None)
            proved |= {last: now} if yes else {}
        outcome = ready(standing.has, standing.usable, proved, now, now)
        said = [(channel, bool(heard)) for channel, heard in tested]
        return reach_words.result(self.house.catalogue, standing.person.language, said, outcome)

    async def overview(self, asker: Asker, contacts: Contacts) -> None:
        """For a coordinator: who is not ready for the night, and which municipality did not test this year."""
        now = self.house.desk.clock().now
        everybody = await self.everybody(contacts)
        lacks = [(one.person.name, one.at(now)) for one in everybody]
        found = [NotReady(name, lack) for name, lack in lacks if not isinstance(lack, Ready)]
        tested = await self.tested()
        names = [
            municipality.name
            for municipality in contacts.municipalities
            if not (last := tested.get(municipality.id)) or now - last > YEAR
        ]
        lines = reach_words.overview(self.house.catalogue, asker.person.language, found, len(everybody), names)
        first, *rest = replies.pages(self.house.catalogue, asker.person.language, lines)
        answer = m.Answer(
            to=asker.to, lang=asker.person.language, lines=first, rest=tuple(rest), reply_to=asker.replied
        )  # fmt: skip
        await self._keep(asker, [], [answer])

    async def everybody(self, contacts: Contacts) -> list[Standing]:
        """Everybody who may be paged at night: who stands on a roster, or is the fallback."""
        paged = {person for rotation in contacts.rotations for person in rotation.order} | set(contacts.fallback)
        async with self.house.desk.database.read() as tx:
            rows, steps = await reach.every(tx), await reach.all_steps(tx)
        return [
            self._standing(
                person,
                [row for row in rows if row.person == person.id],
                {row.step: row for row in steps if row.person == person.id},
            )
            for person in contacts.people.values()
            if person.id in paged
        ]

    async def tested(self) -> dict[MunicipalityId, datetime]:
        """When each municipality last gave an alarm for practice."""
        async with self.house.desk.database.read() as tx:
            return await directory.last_exercises(tx)

    # --- inside -----------------------------------------------------------------------------------------------------

    def _standing(self, person: Person, rows: Sequence[ReachRow], said: Mapping[str, ReadyRow]) -> Standing:
        open_ones = (row for row in rows if opened(self.house.vault, row) is not None)
        usable = self.house.usable()
        return Standing(person, frozenset(row.channel for row in open_ones) & usable, usable, rows, said)

    def steps(self) -> tuple[Step, ...]:
        """The steps that make sense here."""
        usable = self.house.usable()
        offered: dict[Step, bool] = {
            "number": bool(usable & {"sms", "voice"}),
            "push": bool(usable & {"ntfy", "pushover"}),
            "contact": self.has_numbers,
        }
        return tuple(step for step in STEPS if offered.get(step, True))

    def _next(self, standing: Standing, after: Step | None) -> Step | None:
        """What comes after a step that was just answered, else the first that is not done; None when only the badge is left."""
        steps = self.steps()
        rest = steps[steps.index(after) + 1 :] if after in steps else steps
        now = self.house.desk.clock().now
        found = standing.at(now)
        chat = standing.proved.get(_MATRIX)
        tested = isinstance(found, Ready) or (found == "only_chat" and chat is not None and now - chat <= PROOF_LASTS)
        return next((step for step in rest if not self._done(step, standing, tested)), None)

    def _done(self, step: Step, standing: Standing, tested: bool) -> bool:
        match step:
            case "number":
                return bool(standing.has & {"sms", "voice"})
            case "push":
                return bool(standing.has & {"ntfy", "pushover"})
            case "test":
                return tested
            case _:
                row = standing.said.get(step)
                return row is not None and row.state == "done"

    def _asked(self, person: Person, step: Step, standing: Standing, to: m.To, replied: str) -> m.ReadyAsked:
        steps, word = self.steps(), STEP_WORDS[step]
        lines = reach_words.step(self.house.catalogue, person.language, step, steps.index(step) + 1, len(steps))
        return m.ReadyAsked(
            to=to, lang=person.language, lines=lines, meant=f"nachtklaar klaar {word}",
            otherwise=f"nachtklaar later {word}", mention=(person.id,), reply_to=replied,
        )  # fmt: skip

    def _ask_heard(self, person: Person, channel: Channel, nr: int, total: int, to: m.To) -> m.ReadyAsked:
        word = reach_words.word_of(channel)
        lines = reach_words.heard(self.house.catalogue, person.language, channel, nr, total)
        return m.ReadyAsked(
            to=to, lang=person.language, lines=lines, meant=f"gehoord {word}", otherwise=f"niet gehoord {word}",
            mention=(person.id,),
        )  # fmt: skip

    async def _keep(self, asker: Asker, rows: Sequence[ReadyRow], messages: Sequence[m.Message]) -> None:
        async def settle(tx: AsyncConnection) -> None:
            for row in rows:
                await reach.say_ready(tx, row)

        await self.house.desk.keep(f"reply/{asker.event}", settle, messages, cause=asker.event)


def _card(asker: Asker) -> m.ReachShown:
    return m.ReachShown(
        to=asker.to, lang=asker.person.language, what="contact", person=asker.person.id, reply_to=asker.replied
    )
