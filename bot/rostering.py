"""The one place that changes who is on call: standing in, swapping, being away, and undoing that.

Deny by default: people change what concerns themselves, a coordinator may do it for others, and only who may hold a role stands
in for it. A `Plan` says what would be written and whom it touches, so that it can be told in the very transaction that writes it.
The inbox is handled one event at a time, so nothing comes between the two; what could, is checked once more when it is written.
Longer than most modules: the rules for one thing, in one place.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk import Desk, Settle
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.commands import Refused
from bot.domain.contacts import Contacts
from bot.domain.duty import Change, Override, Shift
from bot.domain.ids import EventId, MunicipalityId, PersonId, RoleId
from bot.domain.origin import Origin
from bot.domain.people import COORDINATOR, Person
from bot.domain.rota import LAYERS, Layer, Rotation
from bot.domain.shift_changes import AHEAD, Shifted, Standing, group_of, groups, held, holds_all, shifted
from bot.store import absences, overrides, swaps
from bot.store.absences import AbsenceRow
from bot.store.overrides import OverrideRow
from bot.store.swaps import SwapRow

LONGEST: Final = timedelta(days=31)  # what is longer is a new roster, not an exception to it

What = Literal["stand_in", "swap_asked", "swapped", "swap_refused", "absent", "undone", "swap_undone"]


@dataclass(frozen=True, slots=True)
class Slot:
    """A role and layer for the time [start, end) in UTC, on the rosters of all or on those of just these `municipalities`."""

    role: RoleId
    layer: Layer
    start: datetime
    end: datetime
    municipalities: frozenset[MunicipalityId] = frozenset()

    def held(self, standing: Standing, layer: Layer | None = None) -> tuple[Shift, ...]:
        return held(standing, self.role, layer or self.layer, self.start, self.end, self.municipalities)

    def is_held(self, standing: Standing, person: PersonId) -> bool:
        return holds_all(self.held(standing), person, self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be written, and whom it touches; nothing happened yet.

    `person` is whom the change is about: who stands in, is away, or asks; `other` is who is asked. `number` is what people type
    to undo it. `slot` is None for an absence. `twice`: the person is then on call in both layers of the role.
    """

    what: What
    number: str
    person: PersonId
    other: PersonId | None = None
    slot: Slot | None
    start: datetime
    end: datetime
    shifted: tuple[Shifted, ...] = ()
    twice: bool = False
    entries: tuple[e.IndexEntry, ...]
    settles: Settle

    def gained(self, person: PersonId) -> tuple[Shift, ...]:
        return tuple(shift for one in self.shifted if one.person == person for shift in one.gained)

    def lost(self, person: PersonId) -> tuple[Shift, ...]:
        return tuple(shift for one in self.shifted if one.person == person for shift in one.lost)


@dataclass(frozen=True, slots=True)
class By:
    """Who wants it, and how surely it is them. `confirmed`: their own words, proved, were asked back and they tapped yes."""

    person: Person
    origin: Origin
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Rostering:
    """Raises Refused with the reason when something may not, or cannot, be changed."""

    desk: Desk
    contacts: Callable[[], Contacts]

    async def standing(self, start: datetime, end: datetime) -> Standing:
        async with self.desk.database.read() as tx:
            changes = await overrides.changes(tx, start, end)
        return Standing(self.contacts().rotations, changes)

    async def carry_out(
        self, plan: Plan, messages: Sequence[m.Message], *, cause: EventId, entries: tuple[e.IndexEntry, ...] = ()
    ) -> None:
        """Writes it and tells of it, exactly once for the event that asked for it."""
        all_entries = (*plan.entries, *entries)
        await self.desk.keep(f"roster/{cause}", plan.settles, messages, entries=all_entries, cause=cause)

    async def moved(self, before: Sequence[Rotation]) -> tuple[Shifted, ...]:
        """Whose shifts of the next `AHEAD` are others since the rotations were `before`."""
        if tuple(before) == tuple(self.contacts().rotations):
            return ()
        wall = self.desk.clock().wall.astimezone(UTC)
        after = await self.standing(wall, wall + AHEAD)
        return shifted(Standing(before, after.changes), after, wall, wall + AHEAD)

    async def coordinator(self) -> Person | None:
        """Who is told of what goes wrong with the rosters: the coordinator on call, or the region's fallback."""
        wall = self.desk.clock().wall
        standing = await self.standing(wall, wall + timedelta(seconds=1))
        return self.contacts().who(COORDINATOR, "eerste", wall, standing.changes).person

    # --- standing in --------------------------------------------------------------------------------------------------

    async def stand_in(self, by: By, person: Person, slot: Slot) -> Plan:
        """`person` takes over what the roster gives to somebody else, or to nobody: that of their own municipality, if it has one
        for the role."""
        _allow(by, person)
        slot = self._timely(replace(slot, municipalities=group_of(self.contacts().rotations, slot.role, person)))
        standing, plan = await self._taken_by(by, person, slot)
        if slot.is_held(standing, person.id):
            raise Refused("already_on_call", {"person": person.name, "role": slot.role})
        return plan

    async def _taken_by(self, by: By, person: Person, slot: Slot) -> tuple[Standing, Plan]:
        if slot.role not in person.roles:
            raise Refused("cannot_hold_role", {"person": person.name, "role": slot.role})
        change = Override(slot.role, slot.layer, person.id, slot.start, slot.end, slot.municipalities)
        before = await self.standing(slot.start, slot.end)
        after = before.with_change(change)
        if not slot.is_held(after, person.id):
            raise Refused("absent_then", {"person": person.name})
        number = await self._number()
        row = OverrideRow(
            number, slot.role, slot.layer, person.id, slot.start, slot.end, by.person.id, self.desk.clock().now,
            municipalities=overrides.joined(slot.municipalities),
        )  # fmt: skip
        others = [slot.held(after, layer) for layer in LAYERS if layer != slot.layer]

        async def settles(tx: AsyncConnection) -> None:
            await overrides.add(tx, row)

        plan = Plan(
            what="stand_in",
            number=number,
            person=person.id,
            slot=slot,
            start=slot.start,
            end=slot.end,
            shifted=shifted(before, after, slot.start, slot.end),
            twice=any(shift.person == person.id for layer in others for shift in layer),
            entries=(_overridden(row, by),),
            settles=settles,
        )
        return before, plan

    # --- swapping -----------------------------------------------------------------------------------------------------

    async def swap(self, by: By, asker: Person, other: Person, slot: Slot, *, any_layer: bool) -> Plan:
        """Asks `other` to take a shift of `asker`; what a coordinator arranges for others counts at once."""
        _allow(by, asker)
        if asker.id == other.id:
            raise Refused("swap_self")
        slot = self._timely(slot)
        standing = await self.standing(slot.start, slot.end)
        rosters = (frozenset[MunicipalityId](), *groups(standing.rotations, slot.role))
        layers = LAYERS if any_layer else (slot.layer,)
        asked_for = [replace(slot, layer=layer, municipalities=one) for one in rosters for layer in layers]
        mine = next((one for one in asked_for if one.is_held(standing, asker.id)), None)
        if mine is None:
            raise Refused("not_your_shift", {"person": asker.name, "role": slot.role})
        slot = mine
        _, plan = await self._taken_by(by, other, slot)
        if by.person.id != asker.id:
            return plan
        number = await self._number()
        row = SwapRow(
            number, slot.role, slot.layer, asker.id, other.id, slot.start, slot.end, self.desk.clock().now,
            municipalities=overrides.joined(slot.municipalities),
        )  # fmt: skip
        asked = e.SwapAsked(
            swap=number, role=row.role, layer=row.layer, asker=asker.id, other=other.id, start=row.start, end=row.end,
            municipalities=tuple(sorted(slot.municipalities)), origin=by.origin,
        )  # fmt: skip

        async def settles(tx: AsyncConnection) -> None:
            await swaps.add(tx, row)

        return replace(
            plan, what="swap_asked", person=asker.id, other=other.id, shifted=(), entries=(asked,), settles=settles
        )

    async def answer(self, by: By, swap_id: str, *, yes: bool) -> Plan:
        """Only who was asked answers, once, and a yes counts only for what the asker still has."""
        async with self.desk.database.read() as tx:
            row = await swaps.get(tx, swap_id)
        if row is None or row.other != by.person.id:
            raise Refused("not_allowed")
        asker = self.contacts().people.get(row.asker)
        if row.state != "asked" or asker is None:
            raise Refused("swap_answered")
        if row.end <= self.desk.clock().wall:
            raise Refused("swap_over")
        slot = self._timely(_slot_of(row))
        if not yes:
            return self._settled(row, by, slot, "swap_refused")
        standing = await self.standing(slot.start, slot.end)
        if not slot.is_held(standing, asker.id):
            raise Refused("swap_stale", {"person": asker.name})
        # the asker's own change: it is they who may take the shift back, not who took it from them
        _, taken = await self._taken_by(By(asker, by.origin), by.person, slot)
        settled = self._settled(row, by, slot, "swapped", taken.number)

        async def settles(tx: AsyncConnection) -> None:
            await settled.settles(tx)
            await taken.settles(tx)

        return replace(
            taken, what="swapped", person=asker.id, other=by.person.id, settles=settles,
            entries=(*settled.entries, *taken.entries),
        )  # fmt: skip

    def _settled(self, row: SwapRow, by: By, slot: Slot, what: What, override: str | None = None) -> Plan:
        state: Literal["accepted", "refused", "withdrawn"] = "withdrawn"
        if what != "swap_undone":
            state = "refused" if override is None else "accepted"

        async def settles(tx: AsyncConnection) -> None:
            if not await swaps.settle(tx, row.id, state, override):
                raise Refused("swap_answered")

        answered = e.SwapAnswered(swap=row.id, answer=state, origin=by.origin)
        return Plan(
            what=what, number=row.id, person=row.asker, other=row.other, slot=slot, start=slot.start, end=slot.end,
            entries=(answered,), settles=settles,
        )  # fmt: skip

    # --- being away, and undoing --------------------------------------------------------------------------------------

    async def absent(self, by: By, person: Person, start: datetime, end: datetime) -> Plan:
        """What the person loses by it has nobody, until somebody stands in."""
        _allow(by, person)
        start = self._in_time(start, end)
        before = await self.standing(start, end)
        row = AbsenceRow(await self._number(), person.id, start, end, by.person.id, self.desk.clock().now)
        after = before.with_change(row.absence)
        noted = e.AbsenceNoted(absence=row.id, person=person.id, start=start, end=end, origin=by.origin)

        async def settles(tx: AsyncConnection) -> None:
            await absences.add(tx, row)

        return Plan(
            what="absent", number=row.id, person=person.id, slot=None, start=start, end=end,
            shifted=shifted(before, after, start, end), entries=(noted,), settles=settles,
        )  # fmt: skip

    async def undo(self, by: By, number: str | None) -> Plan:
        """Takes back a change that is not over; without a number the last one of who asks."""
        _prove(by)
        now = self.desk.clock().wall
        async with self.desk.database.read() as tx:
            number = number or await overrides.last_made_by(tx, by.person.id, now)
            if number is None:
                raise Refused("no_change")
            asked = await swaps.get(tx, number)
            made = await overrides.get(tx, (asked.override if asked else None) or number)
            away = await absences.get(tx, number)
        if asked is not None and made is None:
            return self._swap_withdrawn(asked, by)
        row = made or away
        if row is None:
            raise Refused("no_such_change", {"number": number})
        # who took a shift over on request cannot give it back alone: the asker, who made the change, counts on it
        concerned = {row.made_by, row.person} if isinstance(row, AbsenceRow) else {row.made_by}
        if by.person.id not in concerned and COORDINATOR not in by.person.roles:
            raise Refused("not_allowed")
        if row.withdrawn_at is not None:
            raise Refused("already_undone", {"number": number})
        if row.end <= now:
            raise Refused("change_over", {"number": number})
        return await self._taken_back(row, by, max(row.start, now.astimezone(UTC)))

    def _swap_withdrawn(self, row: SwapRow, by: By) -> Plan:
        if by.person.id != row.asker and COORDINATOR not in by.person.roles:
            raise Refused("not_allowed")
        if row.state != "asked":
            raise Refused("already_undone", {"number": row.id})
        return self._settled(row, by, _slot_of(row), "swap_undone")

    async def _taken_back(self, row: OverrideRow | AbsenceRow, by: By, start: datetime) -> Plan:
        before = await self.standing(start, row.end)
        change: Change = row.override if isinstance(row, OverrideRow) else row.absence
        left = list(before.changes)
        left.remove(change)
        at = self.desk.clock().now

        async def settles(tx: AsyncConnection) -> None:
            withdraw = overrides.withdraw if isinstance(row, OverrideRow) else absences.withdraw
            if not await withdraw(tx, row.id, at):
                raise Refused("already_undone", {"number": row.id})

        gone: e.IndexEntry = e.AbsenceWithdrawn(absence=row.id, origin=by.origin)
        slot = None
        if isinstance(row, OverrideRow):
            gone = e.OverrideWithdrawn(override=row.id, origin=by.origin)
            slot = replace(_slot_of(row), start=start)
        return Plan(
            what="undone", number=row.id, person=row.person, slot=slot, start=start, end=row.end,
            shifted=shifted(before, replace(before, changes=left), start, row.end), entries=(gone,), settles=settles,
        )  # fmt: skip

    # --- what all of them need ----------------------------------------------------------------------------------------

    async def _number(self) -> str:
        async with self.desk.database.read() as tx:
            return await overrides.next_number(tx)

    def _timely(self, slot: Slot) -> Slot:
        return replace(slot, start=self._in_time(slot.start, slot.end))

    def _in_time(self, start: datetime, end: datetime) -> datetime:
        """The start, or now when that is later: what is over cannot be changed."""
        now = self.desk.clock().wall.astimezone(UTC)
        if end <= now:
            raise Refused("time_over")
        if end - max(start, now) > LONGEST:
            raise Refused("too_long", {"days": str(LONGEST.days)})
        return max(start, now)


def _slot_of(row: OverrideRow | SwapRow) -> Slot:
    return Slot(row.role, row.layer, row.start, row.end, overrides.parted(row.municipalities))


def _overridden(row: OverrideRow, by: By) -> e.RosterOverridden:
    return e.RosterOverridden(
        override=row.id, role=row.role, layer=row.layer, person=row.person, start=row.start, end=row.end,
        municipalities=tuple(sorted(overrides.parted(row.municipalities))), origin=by.origin,
    )  # fmt: skip


def _allow(by: By, person: Person) -> None:
    _prove(by)
    if by.person.id != person.id and COORDINATOR not in by.person.roles:
        raise Refused("not_allowed")


def _prove(by: By) -> None:
    if by.confirmed:
        return
    if by.origin.via == "reaction":
        raise Refused("needs_text")
    if by.origin.proof != "known_device":
        raise Refused("needs_proof")
