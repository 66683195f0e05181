"""Changing the roster: who may, whom it touches, exactly once, and back again; on a real database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import messages as m
from bot.domain.commands import Refused
from bot.domain.duty import Override
from bot.domain.ids import EventId, MunicipalityId, PersonId, RoleId
from bot.domain.people import Person
from bot.domain.rota import Layer, Rotation
from bot.rostering import By, Plan, Rostering, Slot
from bot.store import absences, overrides, swaps
from tests.builders import account, by
from tests.desk.ground import Ground

CYBER = RoleId("expert_cyber")
TOLD = m.Answer(to=m.To("person", "cyber1"), lines=("x",))


class Roster:
    """A desk with its rosters, and who asks for what, in hours from now."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.rules = Rostering(ground.desk, lambda: ground.desk.reference().contacts)

    def person(self, name: str) -> Person:
        return self.rules.contacts().people[PersonId(name)]

    def by(self, name: str) -> By:
        return By(self.person(name), by(name))

    def slot(self, start: float, end: float, layer: Layer = "eerste") -> Slot:
        return Slot(CYBER, layer, self.ground.now + timedelta(hours=start), self.ground.now + timedelta(hours=end))

    async def does(self, plan: Plan, cause: str) -> Plan:
        await self.rules.carry_out(plan, (TOLD,), cause=EventId(cause))
        return plan

    async def takes(self, name: str, start: float, end: float, cause: str = "$take", who: str = "") -> Plan:
        plan = await self.rules.stand_in(self.by(who or name), self.person(name), self.slot(start, end))
        return await self.does(plan, cause)

    async def asks(self, asker: str, other: str, start: float, end: float, who: str = "", cause: str = "$ask") -> Plan:
        slot = self.slot(start, end)
        plan = await self.rules.swap(
            self.by(who or asker), self.person(asker), self.person(other), slot, any_layer=True
        )
        return await self.does(plan, cause)

    async def answers(self, name: str, swap: str, yes: bool, cause: str = "$yes") -> Plan:
        return await self.does(await self.rules.answer(self.by(name), swap, yes=yes), cause)

    async def undoes(self, name: str, number: str | None = None, cause: str = "$undo") -> Plan:
        return await self.does(await self.rules.undo(self.by(name), number), cause)

    async def away(self, name: str, start: float, end: float, who: str = "", cause: str = "$away") -> Plan:
        slot = self.slot(start, end)
        plan = await self.rules.absent(self.by(who or name), self.person(name), slot.start, slot.end)
        return await self.does(plan, cause)

    async def on_call(self, hours: float, layer: Layer = "eerste") -> str | None:
        at = self.ground.now + timedelta(hours=hours)
        async with self.ground.database.read() as tx:
            changes = await overrides.changes(tx, at, at + timedelta(seconds=1))
        found = self.rules.contacts().on_call(CYBER, layer, at, changes)
        return found.id if found else None

    async def index(self) -> list[str]:
        return await self.ground.kinds(self.ground.desk.seal.index)


@pytest.fixture
def roster(ground: Ground) -> Roster:
    return Roster(ground)


async def test_standing_in_counts_at_once_and_is_written_down(roster: Roster) -> None:
    plan = await roster.takes("cyber2", 0, 8)
    assert [await roster.on_call(hours) for hours in (0, 7.9, 8)] == ["cyber2", "cyber2", "cyber1"]
    assert await roster.index() == ["roster.overridden"]
    assert [(s.person, len(s.gained), len(s.lost)) for s in plan.shifted] == [("cyber1", 0, 1), ("cyber2", 1, 0)]
    assert plan.twice, "the reserve is then on call twice"


async def test_an_event_that_is_heard_twice_changes_the_roster_once(roster: Roster) -> None:
    plan = await roster.takes("cyber2", 1, 2, cause="$same")
    await roster.does(plan, "$same")
    assert await roster.index() == ["roster.overridden"]
    assert len(await roster.ground.outbox("Answer")) == 1


async def test_of_overlapping_changes_the_last_counts_and_says_what_it_replaces(roster: Roster) -> None:
    await roster.takes("cyber2", 0, 8)
    plan = await roster.takes("cyber1", 2, 4, cause="$back")
    assert [await roster.on_call(hours) for hours in (1, 3, 5)] == ["cyber2", "cyber1", "cyber2"]
    assert [(s.start, s.end) for s in plan.lost(PersonId("cyber2"))] == [(plan.start, plan.end)]


@pytest.mark.parametrize(
    ("name", "who", "start", "end", "why"),
    [
        ("cter1", "cter1", 0, 8, "cannot_hold_role"),
        ("cyber2", "cter1", 0, 8, "not_allowed"),
        ("cyber2", "bakker", 0, 8, "not_allowed"),
        ("cyber1", "cyber1", 0, 8, "already_on_call"),
        ("cyber2", "cyber2", -8, 0, "time_over"),
        ("cyber2", "cyber2", 0, 24 * 31 + 1, "too_long"),
    ],
)
async def test_who_may_not_changes_nothing(
    roster: Roster, name: str, who: str, start: float, end: float, why: str
) -> None:
    with pytest.raises(Refused) as refused:
        await roster.takes(name, start, end, who=who)
    assert refused.value.code == why
    assert await roster.on_call(1) == "cyber1"
    assert await roster.index() == []


async def test_without_proof_of_who_it_is_nothing_is_changed(roster: Roster) -> None:
    tapped = By(roster.person("cyber2"), by("cyber2", "clear"))
    with pytest.raises(Refused, match="needs_text"):
        await roster.rules.stand_in(tapped, roster.person("cyber2"), roster.slot(0, 8))
    unsure = By(roster.person("cyber2"), by("cyber2", "decrypted"))
    with pytest.raises(Refused, match="needs_proof"):
        await roster.rules.stand_in(unsure, roster.person("cyber2"), roster.slot(0, 8))
    with pytest.raises(Refused, match="needs_proof"):
        await roster.rules.undo(unsure, None)


async def test_a_coordinator_does_it_for_others_and_a_start_that_is_over_is_now(roster: Roster) -> None:
    plan = await roster.takes("cyber2", -2, 8, who="coordinator1")
    assert plan.start == roster.ground.now
    assert await roster.on_call(1) == "cyber2"


async def test_who_is_away_stands_in_for_nobody(roster: Roster) -> None:
    await roster.away("cyber2", 2, 4)
    with pytest.raises(Refused, match="absent_then"):
        await roster.takes("cyber2", 0, 8)


async def test_being_away_leaves_a_gap_that_is_told(roster: Roster) -> None:
    plan = await roster.away("cyber1", 24, 48)
    assert [(s.layer, s.start, s.end) for s in plan.lost(PersonId("cyber1"))] == [("eerste", plan.start, plan.end)]
    assert [await roster.on_call(hours) for hours in (1, 30)] == ["cyber1", None]
    assert (await roster.away("cyber2", 300, 301, cause="$2")).lost(PersonId("cyber1")) == ()
    assert await roster.index() == ["absence.noted", "absence.noted"]
    with pytest.raises(Refused, match="not_allowed"):
        await roster.away("cyber1", 1, 2, who="cyber2")


async def test_a_swap_counts_only_after_the_yes_of_who_was_asked(roster: Roster) -> None:
    asked = await roster.asks("cyber1", "cyber2", 10, 20)
    assert (asked.what, asked.person, asked.other, asked.shifted) == ("swap_asked", "cyber1", "cyber2", ())
    assert await roster.on_call(12) == "cyber1"
    for name in ("cyber1", "cter1", "coordinator1"):
        with pytest.raises(Refused, match="not_allowed"):
            await roster.answers(name, asked.number, yes=True)
    done = await roster.answers("cyber2", asked.number, yes=True)
    assert (done.what, await roster.on_call(12)) == ("swapped", "cyber2")
    with pytest.raises(Refused, match="swap_answered"):
        await roster.answers("cyber2", asked.number, yes=False, cause="$no")
    assert await roster.index() == ["swap.asked", "swap.answered", "roster.overridden"]


async def test_a_yes_by_a_tap_is_enough_for_a_swap(roster: Roster) -> None:
    asked = await roster.asks("cyber1", "cyber2", 10, 20)
    tapped = By(roster.person("cyber2"), by("cyber2", "clear"))
    await roster.does(await roster.rules.answer(tapped, asked.number, yes=True), "$tap")
    assert await roster.on_call(12) == "cyber2"


async def test_a_no_leaves_everything_as_it_was(roster: Roster) -> None:
    asked = await roster.asks("cyber1", "cyber2", 10, 20)
    refused = await roster.answers("cyber2", asked.number, yes=False)
    assert (refused.what, await roster.on_call(12)) == ("swap_refused", "cyber1")
    assert await roster.index() == ["swap.asked", "swap.answered"]


async def test_a_coordinator_swaps_for_others_at_once(roster: Roster) -> None:
    await roster.asks("cyber1", "cyber2", 10, 20, who="coordinator1")
    assert await roster.on_call(12) == "cyber2"
    assert await roster.index() == ["roster.overridden"]


@pytest.mark.parametrize(
    ("asker", "other", "start", "why"),
    [
        ("cyber1", "cyber1", 10, "swap_self"),
        ("cter1", "cyber2", 10, "not_your_shift"),
        ("cyber1", "cter1", 10, "cannot_hold_role"),
        ("cyber1", "cyber2", -30, "time_over"),
    ],
)
async def test_a_swap_that_cannot_be(roster: Roster, asker: str, other: str, start: float, why: str) -> None:
    with pytest.raises(Refused, match=why):
        await roster.asks(asker, other, start, start + 10)


async def test_a_yes_to_a_shift_that_the_asker_no_longer_has_is_refused(roster: Roster) -> None:
    asked = await roster.asks("cyber1", "cyber2", 10, 20)
    await roster.takes("cyber2", 12, 13)
    with pytest.raises(Refused, match="swap_stale"):
        await roster.answers("cyber2", asked.number, yes=True)


async def test_a_yes_after_the_shift_is_too_late_and_in_the_middle_it_counts_from_now(roster: Roster) -> None:
    early, late = await roster.asks("cyber1", "cyber2", 1, 2), await roster.asks("cyber1", "cyber2", 1, 9, cause="$2")
    roster.ground.now += timedelta(hours=5)
    with pytest.raises(Refused, match="swap_over"):
        await roster.answers("cyber2", early.number, yes=True)
    done = await roster.answers("cyber2", late.number, yes=True)
    assert done.start == roster.ground.now


async def test_every_change_has_its_own_number_and_is_undone_by_it(roster: Roster) -> None:
    taken = await roster.takes("cyber2", 0, 8)
    away = await roster.away("cyber2", 20, 30)
    asked = await roster.asks("cyber1", "cyber2", 40, 50)
    assert [taken.number, away.number, asked.number] == ["1", "2", "3"]
    with pytest.raises(Refused, match="not_allowed"):
        await roster.undoes("cyber1", "1")
    with pytest.raises(Refused, match="no_such_change"):
        await roster.undoes("cyber1", "9")
    assert (await roster.undoes("cyber2", "1", cause="$u1")).gained(PersonId("cyber1")) != ()
    assert (await roster.undoes("coordinator1", "2", cause="$u2")).what == "undone"
    assert (await roster.undoes("cyber1", None, cause="$u3")).what == "swap_undone"
    for number in ("1", "2", "3"):
        with pytest.raises(Refused, match="already_undone"):
            await roster.undoes("coordinator1", number)
    assert await roster.on_call(1) == "cyber1"
    assert (await roster.index())[3:] == ["override.withdrawn", "absence.withdrawn", "swap.answered"]


async def test_the_last_own_change_is_undone_first(roster: Roster) -> None:
    await roster.takes("cyber2", 0, 2, cause="$1")
    roster.ground.now += timedelta(minutes=1)
    await roster.takes("cyber2", 20, 22, cause="$2")
    assert (await roster.undoes("cyber2", cause="$u2")).number == "2"
    assert (await roster.undoes("cyber2", cause="$u1")).number == "1"
    with pytest.raises(Refused, match="no_change"):
        await roster.undoes("cyber2")


async def test_who_took_a_shift_over_on_request_cannot_give_it_back_alone(roster: Roster) -> None:
    asked = await roster.asks("cyber1", "cyber2", 10, 20)
    await roster.answers("cyber2", asked.number, yes=True)
    with pytest.raises(Refused, match="not_allowed"):
        await roster.undoes("cyber2", "2")
    await roster.undoes("cyber1", asked.number, cause="$u")
    assert await roster.on_call(12) == "cyber1"


async def test_what_is_over_is_not_undone(roster: Roster) -> None:
    taken = await roster.takes("cyber2", 0, 2)
    roster.ground.now += timedelta(hours=3)
    with pytest.raises(Refused, match="change_over"):
        await roster.undoes("cyber2", taken.number)


async def test_new_contacts_show_whose_shifts_they_change(roster: Roster) -> None:
    contacts = roster.rules.contacts()
    turned = tuple(
        replace(r, order=(PersonId("cyber2"),)) if (r.role, r.layer) == (CYBER, "eerste") else r
        for r in contacts.rotations
    )
    moved = await roster.rules.moved(turned)
    assert [(s.person, bool(s.gained), bool(s.lost)) for s in moved] == [
        ("cyber2", False, True),
        ("cyber1", True, False),
    ]
    assert await roster.rules.moved(contacts.rotations) == ()


async def test_who_is_told_of_gaps(roster: Roster) -> None:
    async def told() -> str | None:
        found = await roster.rules.coordinator()
        return found.id if found else None

    assert await told() == "coordinator1"
    now = roster.ground.now
    await roster.does(
        await roster.rules.absent(
            roster.by("coordinator1"), roster.person("coordinator1"), now, now + timedelta(hours=1)
        ),
        "$a",
    )
    assert await told() == "achtervang"


async def test_rows_are_read_back_as_they_were_written(roster: Roster) -> None:
    asked = await roster.asks("cyber1", "cyber2", 10, 20)
    away = await roster.away("cyber1", 30, 40)
    async with roster.ground.database.read() as tx:
        (open_one,) = await swaps.open_of(tx, PersonId("cyber2"), roster.ground.now)
        (row,) = await absences.standing(tx, away.start, away.end)
        changes = await overrides.changes(tx, away.start, away.end)
    assert (open_one.id, open_one.asker, open_one.state) == (asked.number, "cyber1", "asked")
    assert changes == (row.absence,)
    await roster.answers("cyber2", asked.number, yes=True)
    async with roster.ground.database.read() as tx:
        assert await swaps.open_of(tx, PersonId("cyber2"), roster.ground.now) == []
        changes = await overrides.changes(tx, asked.start, asked.end)
    assert changes == (Override(CYBER, "eerste", PersonId("cyber2"), asked.start, asked.end),)


# --- a municipality's own roster ----------------------------------------------------------------------------------------


COORDINATOR, WATERBRUG = RoleId("coordinator"), MunicipalityId("waterbrug")


def with_its_own(roster: Roster) -> None:
    """Waterbrug has crisis coordinators of its own: groen is on call, blauw is not."""
    known = roster.ground.desk.reference()
    contacts = known.contacts
    one = contacts.people[PersonId("coordinator1")]
    people = {
        name: replace(one, id=name, name=name.capitalize(), accounts=(account(name),), municipality=WATERBRUG)
        for name in (PersonId("groen"), PersonId("blauw"))
    }
    start = contacts.rotations[0].start
    own = Rotation(
        COORDINATOR, "eerste", "week", start, (PersonId("groen"),), municipalities=frozenset((WATERBRUG,))
    )  # fmt: skip
    contacts = replace(contacts, people={**contacts.people, **people}, rotations=(*contacts.rotations, own))
    known = replace(known, contacts=contacts)
    roster.ground.desk.reference = lambda: known


async def coordinators(roster: Roster, hours: float) -> list[str | None]:
    """Of Waterbrug, and of Polderdam."""
    at = roster.ground.now + timedelta(hours=hours)
    async with roster.ground.database.read() as tx:
        changes = await overrides.changes(tx, at, at + timedelta(seconds=1))
    contacts = roster.rules.contacts()
    towns = (WATERBRUG, MunicipalityId("polderdam"))
    found = [contacts.on_call(COORDINATOR, "eerste", at, changes, town) for town in towns]
    return [person.id if person else None for person in found]


def of_coordinators(roster: Roster, start: float, end: float) -> Slot:
    return replace(roster.slot(start, end), role=COORDINATOR)


async def test_a_shift_on_a_municipalitys_own_roster_is_taken_over_and_given_back(roster: Roster) -> None:
    with_its_own(roster)
    slot = of_coordinators(roster, 10, 20)
    plan = await roster.does(await roster.rules.stand_in(roster.by("blauw"), roster.person("blauw"), slot), "$take")
    assert plan.slot is not None
    assert plan.slot.municipalities == {WATERBRUG}
    assert [(one.person, bool(one.gained), bool(one.lost)) for one in plan.shifted] == [
        ("groen", False, True),
        ("blauw", True, False),
    ]
    assert await coordinators(roster, 12) == ["blauw", "coordinator1"]
    assert await coordinators(roster, 22) == ["groen", "coordinator1"]
    await roster.undoes("blauw")
    assert await coordinators(roster, 12) == ["groen", "coordinator1"]
    assert await roster.index() == ["roster.overridden", "override.withdrawn"]


async def test_it_can_be_swapped_with_somebody_of_another_roster(roster: Roster) -> None:
    with_its_own(roster)
    slot = of_coordinators(roster, 10, 20)
    ask = await roster.rules.swap(
        roster.by("groen"), roster.person("groen"), roster.person("coordinator2"), slot, any_layer=True
    )
    await roster.does(ask, "$ask")
    assert await coordinators(roster, 12) == ["groen", "coordinator1"]
    await roster.answers("coordinator2", ask.number, yes=True)
    assert await coordinators(roster, 12) == ["coordinator2", "coordinator1"]


async def test_who_stands_in_for_the_region_leaves_a_municipalitys_own_roster_alone(roster: Roster) -> None:
    with_its_own(roster)
    slot = of_coordinators(roster, 10, 20)
    two = roster.person("coordinator2")
    plan = await roster.does(await roster.rules.stand_in(roster.by("coordinator2"), two, slot), "$take")
    assert plan.slot is not None
    assert plan.slot.municipalities == frozenset()
    assert await coordinators(roster, 12) == ["groen", "coordinator2"]
