"""What is told of other shifts adds up: taken from the old and given to the new, it is exactly the difference, at every moment."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.duty import Absence, Change, Override
from bot.domain.ids import MunicipalityId, PersonId, RoleId
from bot.domain.roster import on_call
from bot.domain.rota import LAYERS, Rotation
from bot.domain.shift_changes import Standing, held, holds_all, shifted

CYBER, CTER = RoleId("expert_cyber"), RoleId("expert_cter")
PEOPLE = tuple(PersonId(name) for name in ("anna", "bram", "chris"))
START = datetime(2026, 10, 24, 12, tzinfo=UTC)  # the clocks go back in this night
END = START + timedelta(days=3)
HOURS = tuple(START + timedelta(hours=n) for n in range(0, 72, 1))

people = st.sampled_from(PEOPLE)
hours = st.integers(-12, 84)
orders = st.lists(people, min_size=1, max_size=3).map(tuple)


def _rotation(role: RoleId, layer: int, order: tuple[PersonId, ...]) -> Rotation:
    return Rotation(role, LAYERS[layer], "dag", datetime(2026, 10, 1, 2, 30), order)  # noqa: DTZ001 - local wall time


rotations = st.lists(st.builds(_rotation, st.sampled_from((CYBER, CTER)), st.integers(0, 1), orders), max_size=3)


@st.composite
def changes(draw: st.DrawFn) -> Change:
    start = START + timedelta(hours=draw(hours))
    end = start + timedelta(hours=draw(st.integers(1, 40)))
    if draw(st.booleans()):
        return Absence(draw(people), start, end)
    return Override(draw(st.sampled_from((CYBER, CTER))), LAYERS[draw(st.integers(0, 1))], draw(people), start, end)


standings = st.builds(Standing, rotations.map(tuple), st.lists(changes(), max_size=4).map(tuple))


@settings(deadline=None, max_examples=60)
@given(standings, standings)
def test_the_differences_are_what_changed_at_every_hour(before: Standing, after: Standing) -> None:
    found = shifted(before, after, START, END)
    for role in (CYBER, CTER):
        for layer in LAYERS:
            for at in HOURS:
                old, new = (on_call(s.rotations, s.changes, role, layer, at) for s in (before, after))

                def told(kind: str, role: RoleId = role, layer: str = layer, at: datetime = at) -> set[PersonId]:
                    return {
                        one.person
                        for one in found
                        for s in getattr(one, kind)
                        if (s.role, s.layer) == (role, layer) and s.start <= at < s.end
                    }

                assert told("lost") == ({old} if old and old != new else set())
                assert told("gained") == ({new} if new and old != new else set())


@given(standings)
def test_nothing_changes_when_nothing_does(standing: Standing) -> None:
    assert shifted(standing, standing, START, END) == ()


def test_rosters_of_one_municipality_change_apart_from_those_for_all() -> None:
    for_all = _rotation(CYBER, 0, (PEOPLE[0],))
    served = frozenset({MunicipalityId("waterbrug")})
    own = Rotation(CYBER, "eerste", "dag", for_all.start, (PEOPLE[1],), municipalities=served)
    taken = Override(CYBER, "eerste", PEOPLE[2], START, END)
    found = shifted(Standing((for_all, own), ()), Standing((for_all, own), (taken,)), START, END)
    assert [(one.person, bool(one.gained), bool(one.lost)) for one in found] == [
        (PEOPLE[0], False, True),
        (PEOPLE[2], True, False),
    ]


def test_the_whole_of_a_time_is_held_or_not() -> None:
    standing = Standing((_rotation(CYBER, 0, (PEOPLE[0],)),), (Absence(PEOPLE[0], START, START + timedelta(hours=1)),))
    shifts = held(standing, CYBER, "eerste", START, END)
    assert not holds_all(shifts, PEOPLE[0], START, END)
    assert holds_all(shifts, PEOPLE[0], START + timedelta(hours=1), END)
