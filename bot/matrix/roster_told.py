"""What people hear of a change of the roster: who made it what was understood, and everybody it touches what it means for them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, assert_never

from bot.desk import Desk
from bot.domain import messages as m
from bot.domain.contacts import Contacts
from bot.domain.ids import PersonId
from bot.domain.people import Person
from bot.domain.rota import Rotation
from bot.domain.shift_changes import Shifted
from bot.rostering import Plan, Rostering, Slot
from bot.words import roster_words
from bot.words.catalogue import Catalogue
from bot.words.roster_words import Lines, Telling
from bot.words.when import Odd

SOON: Final = timedelta(hours=24)


def echo(telling: Telling, plan: Plan, by: Person, odd: Odd) -> Lines:
    """To who made the change; with how to undo it."""
    odd_lines = roster_words.odd_time(telling, odd)
    match plan.what:
        case "stand_in":
            own = "own" if plan.person == by.id else "other"
            return (
                telling.text(f"roster.taken_{own}", person=telling.name(plan.person), **_slot(telling, plan)),
                *roster_words.replaced(telling, plan.shifted, plan.person),
                *odd_lines,
                *((telling.text("roster.twice"),) if plan.twice else ()),
                *roster_words.undo(telling, plan.number),
            )
        case "swap_asked":
            asked = telling.text("roster.swap_asked", other=_other(telling, plan), **_slot(telling, plan))
            return (asked, *odd_lines, telling.text("roster.until_yes"), *roster_words.undo(telling, plan.number))
        case "swapped":
            asker = telling.name(plan.person)
            return (
                telling.text("roster.swap_yes", asker=asker, **_slot(telling, plan)),
                telling.text("roster.only_asker", asker=asker),
            )
        case "swap_refused":
            return (telling.text("roster.swap_no", asker=telling.name(plan.person), **_slot(telling, plan)),)
        case "absent":
            return (*_away(telling, plan, by), *odd_lines, *roster_words.undo(telling, plan.number))
        case "undone" | "swap_undone":
            return _undone(telling, plan)
        case _:
            assert_never(plan.what)


def _away(telling: Telling, plan: Plan, by: Person) -> Lines:
    own = "own" if plan.person == by.id else "other"
    first = telling.text(f"roster.absent_{own}", person=telling.name(plan.person))
    gaps = roster_words.shifts_of(telling, ("roster.gap_line", plan.lost(plan.person)))
    return (first, telling.span(plan.start, plan.end), *(gaps or (telling.text("roster.no_gap"),)))


def _undone(telling: Telling, plan: Plan) -> Lines:
    span = telling.span(plan.start, plan.end)
    if plan.slot is None:
        return (telling.text("roster.undone_absent", person=telling.name(plan.person), span=span),)
    if plan.what == "swap_undone":
        return (telling.text("roster.undone_swap", other=_other(telling, plan), **_slot(telling, plan)),)
    names = ", ".join(telling.name(one.person) for one in plan.shifted if one.gained) or telling.text("who.nobody")
    return (
        telling.text("roster.undone", **_slot(telling, plan)),
        telling.text("roster.now", names=names),
    )


def _slot(telling: Telling, plan: Plan) -> dict[str, str]:
    slot = plan.slot
    assert isinstance(slot, Slot), "only an absence has no slot"
    return {
        "role": telling.role(slot.role, slot.layer, slot.municipalities),
        "span": telling.span(slot.start, slot.end),
    }


def _other(telling: Telling, plan: Plan) -> str:
    return telling.name(plan.other) if plan.other else "–"


@dataclass(frozen=True, slots=True)
class Told:
    """The messages to everybody but who made the change. `telling` speaks to a person; `coordinator` is who is told of gaps."""

    telling: Callable[[Person], Telling]
    plan: Plan
    by: Person
    coordinator: Person | None

    def messages(self) -> tuple[m.Message, ...]:
        return (*self._to_the_other(), *self._news(), *self._to_coordinator())

    def _person(self, person: PersonId | None) -> Person | None:
        return self.telling(self.by).people.get(person) if person else None

    def _to_the_other(self) -> Iterator[m.Message]:
        """A swap concerns two: what the one asks and the other answers."""
        plan = self.plan
        match plan.what:
            case "swap_asked":
                other = self._person(plan.other)
                if other is not None:
                    yield self._question(other)
            case "swapped" | "swap_refused":
                asker = self._person(plan.person)
                if asker is not None:
                    yield self._answered(asker)
            case "swap_undone":
                for name in (plan.other, plan.person):
                    person = self._person(name)
                    if person is not None and person.id != self.by.id:
                        telling = self.telling(person)
                        yield self._note(
                            person,
                            (
                                telling.text(
                                    "roster.swap_gone", asker=telling.name(plan.person), **_slot(telling, plan)
                                ),
                            ),
                        )
            case "stand_in" | "absent" | "undone":
                return
            case _:
                assert_never(plan.what)

    def _question(self, other: Person) -> m.ReadyAsked:
        telling, plan = self.telling(other), self.plan
        lines = (
            telling.text("roster.question", asker=telling.name(plan.person), role=_slot(telling, plan)["role"]),
            _slot(telling, plan)["span"],
            telling.text("roster.answer"),
        )
        return m.ReadyAsked(
            to=m.To("person", other.id), lang=other.language, mention=(other.id,), lines=lines,
            meant=f"ruil ja {plan.number}", otherwise=f"ruil nee {plan.number}",
        )  # fmt: skip

    def _answered(self, asker: Person) -> m.Message:
        telling, plan = self.telling(asker), self.plan
        key = "roster.other_takes" if plan.what == "swapped" else "roster.other_cannot"
        slot = _slot(telling, plan)
        line = telling.text(key, other=_other(telling, plan), role=slot["role"])
        undo = (
            roster_words.undo(telling, plan.number) if plan.what == "swapped" else (telling.text("roster.still_you"),)
        )
        return self._heard(asker, (line, slot["span"], *undo), plan.start)

    def _news(self) -> Iterator[m.Message]:
        for one in self.plan.shifted:
            person = self._person(one.person)
            told_already = self.plan.what == "swapped" and one.person == self.plan.person
            if person is not None and person.id != self.by.id and not told_already:
                yield self._heard(person, roster_words.news(self.telling(person), one, self.by.name), self.plan.start)

    def _to_coordinator(self) -> Iterator[m.Message]:
        """A gap rings; that somebody else is on call is only told."""
        coordinator, plan = self.coordinator, self.plan
        touched = {self.by.id, *(one.person for one in plan.shifted)}
        if coordinator is None or coordinator.id == self.by.id or not plan.shifted:
            return
        telling = self.telling(coordinator)
        if plan.what == "absent":
            yield self._heard(
                coordinator, (*_away(telling, plan, coordinator), telling.text("roster.how_assign")), plan.start
            )
        elif coordinator.id not in touched:
            if plan.what == "undone":
                yield self._note(coordinator, _undone(telling, plan))
            else:
                taker = plan.other if plan.what == "swapped" else plan.person
                line = telling.text(
                    "roster.taken_other", person=telling.name(taker or plan.person), **_slot(telling, plan)
                )
                yield self._note(
                    coordinator, (line, *roster_words.replaced(telling, plan.shifted, taker or plan.person))
                )

    def _heard(self, person: Person, lines: Lines, start: datetime) -> m.Message:
        return _ring_if_soon(self.telling(person), person, lines, start)

    def _note(self, person: Person, lines: Lines) -> m.Answer:
        return m.Answer(to=m.To("person", person.id), lang=person.language, lines=lines)


def _ring_if_soon(telling: Telling, person: Person, lines: Lines, start: datetime) -> m.Message:
    """Nobody is woken for a shift of next week: what begins later than `SOON` is told without a sound."""
    to = m.To("person", person.id)
    if start - telling.now > SOON:
        return m.Answer(to=to, lang=person.language, lines=lines)
    return m.Reminder(to=to, lang=person.language, mention=(person.id,), lines=lines)


def news_of(
    telling: Callable[[Person], Telling], shifted: Sequence[Shifted], contacts: Contacts
) -> tuple[m.Message, ...]:
    """To everybody whose shifts new contacts changed; who is in none of them any more hears nothing."""
    found = []
    for one in shifted:
        person = contacts.people.get(one.person)
        if person is not None:
            start = min(shift.start for shift in (*one.gained, *one.lost))
            found.append(_ring_if_soon(telling(person), person, roster_words.news(telling(person), one, ""), start))
    return tuple(found)


def telling_of(catalogue: Catalogue, contacts: Contacts, person: Person, now: datetime) -> Telling:
    """How this person is told of rosters."""
    return Telling(catalogue, person.language, contacts.people, now, {m.id: m.name for m in contacts.municipalities})


async def news_of_contacts(
    desk: Desk, catalogue: Catalogue, before: Sequence[Rotation], after: Contacts
) -> tuple[m.Message, ...]:
    """What other contacts mean for people's shifts, to each of them; `before` is what they were told last."""
    moved = await Rostering(desk, lambda: after).moved(before)
    now = desk.clock().wall
    return news_of(lambda person: telling_of(catalogue, after, person, now), moved, after)
