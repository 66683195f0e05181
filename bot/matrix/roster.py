"""Rosters in chat: who is on call, and changes to that, each repeated as it was understood and told to whom it touches.

A little longer than most modules: one answer for each verb of the roster.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.domain import messages as m
from bot.domain.commands import Refused
from bot.domain.contacts import Contacts, OnCall
from bot.domain.duty import Override
from bot.domain.ids import RoleId
from bot.domain.origin import Origin
from bot.domain.people import ROLES, Person
from bot.domain.roster import shifts_of, spans
from bot.domain.rota import LAYERS
from bot.domain.shift_changes import AHEAD, Standing
from bot.domain.wall import instant_of
from bot.matrix.act import Acting, Event
from bot.matrix.roster_told import Told, echo, telling_of
from bot.matrix.translate import Heard
from bot.rostering import By, Plan, Rostering, Slot
from bot.store import absences, overrides, swaps
from bot.words import replies, roster_words
from bot.words.grammar import BY_NAME, role_word
from bot.words.parse import Said
from bot.words.roster_phrases import (
    Nobody,
    Turn,
    assigned,
    find_person,
    mistyped_role,
    named_first,
    role_named,
    swapped,
    turn,
)
from bot.words.roster_words import Lines, Telling
from bot.words.when import Day, Odd, Unclear, is_length, period, point

# One's own shifts are shown further ahead than everybody's.
OWN_AHEAD: Final = timedelta(days=28)
_INSTANT: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to know or to change, and how surely it is them."""

    person: Person
    origin: Origin
    said: Said
    telling: Telling
    alone: bool = True  # whether nobody else reads the answer
    confirmed: bool = False  # a yes by a tap to what their own words were taken for

    @property
    def by(self) -> By:
        return By(self.person, self.origin, self.confirmed)


@dataclass(frozen=True, slots=True)
class Back:
    """A question back, or what is wrong; a yes runs `meant`."""

    lines: Lines
    meant: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    plan: Plan
    odd: Odd = ""


Found = Lines | Back | Change


@dataclass(frozen=True, slots=True)
class Rosters:
    """Answers and carries out what is said about the roster."""

    acting: Acting

    @property
    def contacts(self) -> Contacts:
        return self.acting.contacts()

    @property
    def rules(self) -> Rostering:
        return Rostering(self.acting.desk, self.acting.contacts)

    def telling(self, person: Person) -> Telling:
        now = self.acting.desk.clock().wall
        return telling_of(self.acting.catalogue, self.contacts, person, now)

    async def heard(self, event: Event, heard: Heard, person: Person, said: Said) -> None:
        # that somebody is away concerns no officer of another municipality, who reads along in the alarm room
        alone = event.room.kind in ("direct", "management") or said.verb != "who"
        wish = Wish(person, heard.by, said, self.telling(person), alone, heard.confirmed)
        try:
            found = await _VERBS[said.verb](self, wish)
            if isinstance(found, Change):
                await self._change(event, wish, found)
                return
        except Refused as refused:
            await self.acting.refuse(event, person, refused, said.verb if said.verb in CHANGES else None)
            return
        await self._answer(event, wish, found)

    def _reply(self, event: Event, wish: Wish) -> tuple[m.To, str]:
        """Where the answer goes, and the event that it is a reply to; in another room it is a reply to nothing."""
        if event.room.kind in ("alarm", "incident") and wish.said.verb != "who":
            return m.To("person", wish.person.id), ""
        to = self.acting.reply_to(event, wish.person)
        return to, event.row.event_id if to.kind == "asked" else ""

    async def _answer(self, event: Event, wish: Wish, found: Lines | Back) -> None:
        (to, asked), lang = self._reply(event, wish), wish.person.language
        if isinstance(found, Back) and found.meant:
            question = m.DidYouMean(to=to, lang=lang, lines=found.lines, meant=found.meant, reply_to=asked)
            await self.acting.say(event, question)
            return
        lines = found.lines if isinstance(found, Back) else found
        first, *rest = replies.pages(self.acting.catalogue, lang, lines)
        await self.acting.say(event, m.Answer(to=to, lang=lang, lines=first, rest=tuple(rest), reply_to=asked))

    async def _change(self, event: Event, wish: Wish, change: Change) -> None:
        coordinator = await self.rules.coordinator()
        lines = echo(wish.telling, change.plan, wish.person, change.odd)
        to, asked = self._reply(event, wish)
        answer = m.Answer(to=to, lang=wish.person.language, lines=lines, reply_to=asked)
        others = Told(self.telling, change.plan, wish.person, coordinator).messages()
        await self.rules.carry_out(change.plan, (answer, *others), cause=event.row.event_id)

    # --- questions --------------------------------------------------------------------------------------------------

    async def who(self, wish: Wish) -> Found:
        if wish.said.argument and not wish.said.roles:
            return self._which_role(wish)
        at, when = wish.telling.now, turn(wish.said.argument).when
        if when:
            found = point(when, at, self.contacts.region.zone)
            match found:
                case Unclear():
                    return Back(roster_words.unclear(wish.telling, found))
                case Day(date=day):
                    start, end = (self._midnight(one) for one in (day, day + timedelta(days=1)))
                    return await self._overview(wish, wish.said.roles[0], max(start, at), end)
                case moment:
                    at = moment.at
        standing = await self.rules.standing(at, at + _INSTANT)
        rows = self._on_call(wish.said.roles or ROLES, standing, at, wish.person)
        return roster_words.on_call(wish.telling, rows, at if when else None)

    def _on_call(
        self, roles: Sequence[RoleId], standing: Standing, at: datetime, person: Person
    ) -> list[tuple[RoleId, OnCall, OnCall]]:
        """Seen from the asker's own municipality; roles without any roster are left out."""
        known = {rotation.role for rotation in standing.rotations}
        known |= {change.role for change in standing.changes if isinstance(change, Override)}
        rows = []
        for role in roles:
            if role in known:
                own, reserve = (
                    self.contacts.who(role, layer, at, standing.changes, person.municipality) for layer in LAYERS
                )
                rows.append((role, own, reserve))
        return rows

    async def roster(self, wish: Wish) -> Found:
        now = wish.telling.now
        if wish.said.roles:
            return await self._overview(wish, wish.said.roles[0], now, now + AHEAD)
        standing = await self.rules.standing(now, now + OWN_AHEAD)
        async with self.acting.desk.database.read() as tx:
            asked = await swaps.open_of(tx, wish.person.id, now)
            away = await absences.standing(tx, now, now + OWN_AHEAD)
        shifts = shifts_of(standing.rotations, standing.changes, wish.person.id, now, now + OWN_AHEAD)
        kept = [
            wish.telling.text("roster.away_line", span=wish.telling.span(row.start, row.end), number=row.id)
            for row in away
            if row.person == wish.person.id
        ]
        for row in asked:
            other = row.other if row.asker == wish.person.id else row.asker
            key = "roster.asked_line" if row.asker == wish.person.id else "roster.asked_you_line"
            served = overrides.parted(row.municipalities)
            shown = {
                "role": wish.telling.role(row.role, row.layer, served),
                "span": wish.telling.span(row.start, row.end),
            }
            kept.append(wish.telling.text(key, other=wish.telling.name(other), number=row.id, **shown))
        return roster_words.mine(wish.telling, shifts, kept)

    async def _overview(self, wish: Wish, role: RoleId, start: datetime, end: datetime) -> Lines:
        standing = await self.rules.standing(start, end)
        own = wish.person.municipality
        layers = [
            (layer, spans(standing.rotations, standing.changes, role, layer, start, end, own)) for layer in LAYERS
        ]
        return roster_words.overview(wish.telling, role, layers, alone=wish.alone)

    # --- changes ----------------------------------------------------------------------------------------------------

    async def stand_in(self, wish: Wish) -> Found:
        if not wish.said.roles:
            return self._which_role(wish)
        return await self._take(wish, wish.person, wish.said.roles[0], turn(wish.said.argument))

    async def assign(self, wish: Wish) -> Found:
        found = assigned(wish.said.argument)
        if found is None:
            return Back((wish.telling.text("roster.how_assign"),))
        role = role_named(found.role_word)
        if role is None:
            return self._which_role(wish, found.role_word)
        person = find_person(found.person, self.contacts.people.values())
        if isinstance(person, Nobody):
            turn_said = " ".join(filter(None, (role_word(role, "nl"), found.turn.layer, found.turn.when)))
            return self._which_person(wish, person, lambda p: f"@{p.id} op {turn_said}")
        return await self._take(wish, person, role, found.turn)

    async def _take(self, wish: Wish, person: Person, role: RoleId, said: Turn) -> Found:
        if said.over and is_length(said.when):
            # "over een uur" is from then on as well as for so long
            return Back((wish.telling.text("when.for_or_from", said=said.when), wish.telling.text("when.example")))
        spoken = period(said.when, wish.telling.now, self.contacts.region.zone)
        if isinstance(spoken, Unclear):
            return Back(roster_words.unclear(wish.telling, spoken))
        slot = Slot(role, said.layer or "eerste", spoken.start, spoken.end)
        return Change(await self.rules.stand_in(wish.by, person, slot), spoken.odd)

    async def swap(self, wish: Wish) -> Found:
        if not wish.said.roles:
            return self._which_role(wish)
        found, role = swapped(wish.said.argument), wish.said.roles[0]
        if found is None:
            return Back((wish.telling.text("roster.how_swap"),))
        people = self.contacts.people.values()
        asker = find_person(found.asker, people) if found.asker else wish.person
        other = find_person(found.other, people)
        typed, layer = role_word(role, wish.person.language), f" {found.turn.layer}" if found.turn.layer else ""
        if isinstance(asker, Nobody):
            return self._which_person(
                wish, asker, lambda p: f"{typed}{layer} {found.turn.when} van @{p.id} met {found.other}"
            )
        if isinstance(other, Nobody):
            whose = f" van @{asker.id}" if found.asker else ""
            return self._which_person(wish, other, lambda p: f"{typed}{layer} {found.turn.when}{whose} met @{p.id}")
        spoken = period(found.turn.when, wish.telling.now, self.contacts.region.zone)
        if isinstance(spoken, Unclear):
            return Back(roster_words.unclear(wish.telling, spoken))
        slot = Slot(role, found.turn.layer or "eerste", spoken.start, spoken.end)
        plan = await self.rules.swap(wish.by, asker, other, slot, any_layer=found.turn.layer is None)
        return Change(plan, spoken.odd)

    async def swap_answer(self, wish: Wish) -> Found:
        return Change(await self.rules.answer(wish.by, str(wish.said.number), yes=wish.said.verb == "swap_yes"))

    async def absent(self, wish: Wish) -> Found:
        """`afwezig @naam 3 dec–10 dec`, or without a name the speaker."""
        person, when = wish.person, wish.said.argument
        if (named := named_first(when, self.contacts.people.values())) is not None:
            found, when = named
            if isinstance(found, Nobody):
                return self._which_person(wish, found, lambda p: f"@{p.id} {when}")
            person = found
        spoken = period(when, wish.telling.now, self.contacts.region.zone)
        if isinstance(spoken, Unclear):
            return Back(roster_words.unclear(wish.telling, spoken))
        return Change(await self.rules.absent(wish.by, person, spoken.start, spoken.end), spoken.odd)

    async def undo(self, wish: Wish) -> Found:
        number = str(wish.said.number) if wish.said.number is not None else None
        return Change(await self.rules.undo(wish.by, number))

    # --- names that are not known -------------------------------------------------------------------------------------

    def _which_role(self, wish: Wish, word: str = "") -> Back:
        found = mistyped_role(word or wish.said.argument)
        if found is None:
            return Back((wish.telling.text("roster.no_role", said=word or wish.said.argument),))
        verb = BY_NAME[wish.said.verb].word(wish.person.language)
        typed = wish.said.argument.replace(word, found.suggestion, 1) if word else f"{found.suggestion} {found.rest}"
        line = wish.telling.text("roster.which_role", said=found.said, suggestion=found.suggestion)
        return Back((line, wish.telling.text("unclear.yes_or_no")), f"{verb} {typed}".strip())

    def _which_person(self, wish: Wish, found: Nobody, typed: Callable[[Person], str]) -> Back:
        if not found.near:
            return Back((wish.telling.text("roster.no_person", said=found.said),))
        names = ", ".join(person.name for person in found.near)
        line = wish.telling.text("roster.which_person", said=found.said, names=names)
        if len(found.near) > 1:
            return Back((line,))
        verb = BY_NAME[wish.said.verb].word(wish.person.language)
        return Back((line, wish.telling.text("unclear.yes_or_no")), f"{verb} {typed(found.near[0])}")

    def _midnight(self, day: date) -> datetime:
        return instant_of(datetime.combine(day, time()), self.contacts.region.zone)


_VERBS: Final[Mapping[str, Callable[[Rosters, Wish], Awaitable[Found]]]] = {
    "who": Rosters.who,
    "roster": Rosters.roster,
    "stand_in": Rosters.stand_in,
    "assign": Rosters.assign,
    "swap": Rosters.swap,
    "swap_yes": Rosters.swap_answer,
    "swap_no": Rosters.swap_answer,
    "absent": Rosters.absent,
    "undo_roster": Rosters.undo,
}
VERBS: Final = frozenset(_VERBS)
CHANGES: Final = VERBS - {"who", "roster"}
