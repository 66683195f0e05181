"""What people hear in good time: their shift comes, the roster has a gap, one channel is not enough, a test is due.

Run again and again by the calendar: each notice has a key of its own in the outbox, so it is said once however often a run comes,
and a run that comes late says only the newest of what is due. Rosters are read through the one resolver, with all that people
changed.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.addresses import readable
from bot.domain import messages as m
from bot.domain.contacts import Contacts
from bot.domain.duty import Change, Shift
from bot.domain.ids import PersonId
from bot.domain.ladder import Channel
from bot.domain.people import Person
from bot.domain.readiness import alone
from bot.domain.roster import shift_end, shifts_of
from bot.domain.roster_lint import HORIZON, Finding, lint
from bot.onboarding import YEAR, Onboarding, Standing
from bot.rostering import Rostering
from bot.store import directory, links, outbox, reach
from bot.store.reach import ReadyRow
from bot.words import duty_words

# What is further away than this waits for the morning; what begins sooner does not.
SOON: Final = timedelta(hours=12)
DAY: Final = (time(8), time(21))
WORKING: Final = (time(9), time(17))
TESTED_LATELY: Final = timedelta(days=14)
UNPROVED_LASTS: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Notice:
    """What one person is told; `key` is the same for the same thing."""

    key: str
    person: Person
    lines: Sequence[str]


def newest(leads: Sequence[timedelta], start: datetime, now: datetime, *, by_day: bool) -> timedelta | None:
    """The last of the notices before `start` whose time has come; None when none has, it is over, or it is not day yet.

    A run that comes late thus says one thing and not all that it missed.
    """
    due = [lead for lead in leads if start - lead <= now < start]
    lead = min(due, default=None)
    return None if lead is None or (lead > SOON and not by_day) else lead


@dataclass(frozen=True, slots=True)
class Duties:
    """`reminded` is how long before a shift somebody hears of it, `warned` how long before it people hear what is wrong."""

    onboarding: Onboarding
    rostering: Rostering
    contacts: Callable[[], Contacts]
    reminded: Sequence[timedelta]
    warned: Sequence[timedelta]

    async def tell(self) -> None:
        """Reminds of shifts that come and warns of what is wrong with them; to be called every few minutes."""
        moment = self.onboarding.house.desk.clock()
        wall, contacts = moment.wall, self.contacts()
        changes, has = await self.known(wall)
        coordinator = await self.rostering.coordinator()
        # beside the loop: reading all rosters takes a few tenths of a second, and a page does not wait for that
        notices = await asyncio.to_thread(self._due, contacts, changes, has, coordinator, wall)
        for notice in notices:
            await self._say(notice)

    async def known(self, wall: datetime) -> tuple[Sequence[Change], Mapping[PersonId, frozenset[Channel]]]:
        """What the files do not say: who stands in or is away in the days to come, and who is reached over which channels that
        are set up here. Where only the chat is, that is the channel of everybody."""
        changes = (await self.rostering.standing(wall, wall + HORIZON)).changes
        usable = self.onboarding.house.usable()
        if not usable:
            chat: frozenset[Channel] = frozenset(("matrix",))
            return changes, dict.fromkeys(self.contacts().people, chat)
        async with self.onboarding.house.desk.database.read() as tx:
            found = await readable(tx, self.onboarding.house.vault)
        return changes, {person: has & usable for person, has in found.items()}

    async def prove(self) -> None:
        """The monthly test, by day on working days, once a month for each person and never during an incident."""
        house, wall = self.onboarding.house, self.onboarding.house.desk.clock().wall
        local, contacts = self._local(wall), self.contacts()
        if not house.usable() or not self._is_working(local) or await self._busy():
            return
        for standing in await self.onboarding.everybody(contacts):
            tested = standing.tested_at
            if tested is None or house.desk.clock().now - tested > TESTED_LATELY:
                await self._test(standing, f"proof/{local:%Y-%m}/{standing.person.id}")

    async def remind_test_alarm(self) -> None:
        """The officers of a municipality that gave no alarm for practice in a year are asked to, on a working day; each at most
        once in a year, counted in days and not by the calendar."""
        now, wall = self.onboarding.house.desk.clock().now, self.onboarding.house.desk.clock().wall
        local, contacts = self._local(wall), self.contacts()
        if not self._is_working(local):
            return
        tested = await self.onboarding.tested()
        for municipality in contacts.municipalities:
            last = tested.get(municipality.id)
            if last is not None and now - last <= YEAR:
                continue
            for officer in contacts.officers(municipality.id):
                about = f"testalarm/{municipality.id}/{officer.id}/"
                async with self.onboarding.house.desk.database.read() as tx:
                    asked = await outbox.last_asked(tx, about)
                if asked is not None and now - asked <= YEAR:
                    continue
                lines = duty_words.test_alarm(self._words, officer.language, municipality.name)
                await self._say(Notice(f"{about}{local:%Y-%m-%d}", officer, lines))

    async def forget(self) -> None:
        """Takes away what was entered and never verified, and links that nobody can use any more."""
        now = self.onboarding.house.desk.clock().now
        async with self.onboarding.house.desk.database.begin() as tx:
            await reach.forget_unproved(tx, now - UNPROVED_LASTS)
            await links.forget(tx, now)

    # --- what is due ------------------------------------------------------------------------------------------------

    def _due(
        self,
        contacts: Contacts,
        changes: Sequence[Change],
        has: Mapping[PersonId, Set[Channel]],
        coordinator: Person | None,
        wall: datetime,
    ) -> list[Notice]:
        return [
            *self._shifts(contacts, changes, has, coordinator, wall),
            *self._wrong(contacts, changes, coordinator, wall),
        ]

    def _shifts(
        self,
        contacts: Contacts,
        changes: Sequence[Change],
        has: Mapping[PersonId, Set[Channel]],
        coordinator: Person | None,
        wall: datetime,
    ) -> Iterator[Notice]:
        usable, by_day = self.onboarding.house.usable(), self._by_day(wall)
        for person in contacts.people.values():
            hangs = alone(has.get(person.id, frozenset()), usable)
            for shift in shifts_of(contacts.rotations, changes, person.id, wall, wall + HORIZON):
                if shift.start <= wall:
                    continue  # it runs already, or is cut off where we began to look
                what = f"{shift.role}/{shift.layer}/{person.id}/{shift.start.isoformat()}"
                lead = newest(self.reminded, shift.start, wall, by_day=by_day)
                if lead is not None:
                    end = _end(contacts, changes, shift)
                    lines = duty_words.shift(self._words, person.language, shift, end)
                    yield Notice(f"duty/{what}/{_name(lead)}", person, lines)
                lead = newest(self.warned, shift.start, wall, by_day=by_day)
                if lead is not None and hangs:
                    armed = contacts.policy.fallback_too
                    yield from self._alone(person, shift, f"{what}/{_name(lead)}", coordinator, armed=armed)

    def _alone(
        self, person: Person, shift: Shift, what: str, coordinator: Person | None, *, armed: bool
    ) -> Iterator[Notice]:
        yield Notice(f"alone/{what}", person, duty_words.alone(self._words, person.language, shift, armed=armed))
        if coordinator is not None and coordinator.id != person.id:
            lines = duty_words.alone_other(self._words, coordinator.language, shift, person.name, armed=armed)
            yield Notice(f"alone/{what}/coordinator", coordinator, lines)

    def _wrong(
        self, contacts: Contacts, changes: Sequence[Change], coordinator: Person | None, wall: datetime
    ) -> Iterator[Notice]:
        by_day = self._by_day(wall)
        for finding in lint(contacts, changes, wall):
            if finding.end is not None and finding.end >= wall + HORIZON:
                finding = replace(finding, end=None)  # cut off where the check stops looking
            if finding.code not in ("gap", "both_layers") or finding.start is None or finding.role is None:
                continue
            lead = newest(self.warned, finding.start, wall, by_day=by_day)
            if lead is None:
                continue
            what = f"{finding.role}/{finding.layer}/{finding.municipality}/{finding.start.isoformat()}/{_name(lead)}"
            yield from self._found(contacts, finding, f"{finding.code}/{what}", coordinator)

    def _found(self, contacts: Contacts, finding: Finding, key: str, coordinator: Person | None) -> Iterator[Notice]:
        people = [contacts.people[person] for person in finding.persons if person in contacts.people]
        yours = duty_words.gap_yours if finding.code == "gap" else duty_words.both_yours
        for person in people:
            yield Notice(f"{key}/{person.id}", person, yours(self._words, person.language, finding))
        if coordinator is not None:
            name = people[0].name if people else ""
            words = duty_words.gap if finding.code == "gap" else duty_words.both
            yield Notice(f"{key}/coordinator", coordinator, words(self._words, coordinator.language, finding, name))

    # --- saying it --------------------------------------------------------------------------------------------------

    @property
    def _words(self) -> duty_words.Catalogue:
        return self.onboarding.house.catalogue

    async def _say(self, notice: Notice) -> None:
        if await self._said(notice.key):
            return
        reminder = m.Reminder(
            to=m.To("person", notice.person.id),
            lang=notice.person.language,
            lines=tuple(notice.lines),
            mention=(notice.person.id,),
        )
        await self.onboarding.house.desk.say(notice.key, (reminder,))

    async def _test(self, standing: Standing, key: str) -> None:
        if await self._said(key):
            return
        person, now = standing.person, self.onboarding.house.desk.clock().now
        # silent: the question below it rings, which is the test of the chat itself
        first = m.Answer(
            to=m.To("person", person.id), lang=person.language, lines=duty_words.proof(self._words, person.language)
        )
        messages = [first, *self.onboarding.test_messages(standing, m.To("person", person.id))]

        async def settle(tx: AsyncConnection) -> None:
            await reach.say_ready(tx, ReadyRow(person.id, "test", "later", now))

        await self.onboarding.house.desk.keep(key, settle, messages)

    async def _said(self, key: str) -> bool:
        async with self.onboarding.house.desk.database.read() as tx:
            return await outbox.get(tx, f"{key}/0") is not None

    async def _busy(self) -> bool:
        async with self.onboarding.house.desk.database.read() as tx:
            return bool(await directory.open_rows(tx))

    def _local(self, wall: datetime) -> datetime:
        return wall.astimezone(ZoneInfo(self.contacts().region.zone))

    def _by_day(self, wall: datetime) -> bool:
        return DAY[0] <= self._local(wall).time() < DAY[1]

    def _is_working(self, local: datetime) -> bool:
        """Monday to Friday by day, but for the days that the rosters take for holidays."""
        free = self.contacts().free_days
        return local.weekday() < 5 and WORKING[0] <= local.time() < WORKING[1] and local.date() not in free


def hours(several: Sequence[int]) -> tuple[timedelta, ...]:
    """As the settings have them."""
    return tuple(timedelta(hours=one) for one in several)


def _end(contacts: Contacts, changes: Sequence[Change], shift: Shift) -> datetime | None:
    served = min(shift.municipalities, default=None)
    return shift_end(contacts.rotations, changes, shift.person, shift.role, shift.layer, shift.start, served)


def _name(lead: timedelta) -> str:
    return f"{round(lead.total_seconds() / 3600)}h"
