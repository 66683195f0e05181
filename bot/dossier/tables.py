"""A dossier as flat tables for spreadsheets and programs: one fact a row, every cell of a type of its own.

Longer than most: six tables, and a table is read best in one piece.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property, partial
from typing import Final, Literal

from bot.domain.ids import BOT, PersonId, RoleId
from bot.domain.incident import Action, Decision, Incident, Page
from bot.domain.people import Language
from bot.domain.playbook import Reason, Step
from bot.domain.reasons import asked, standing
from bot.dossier.collect import Dossier
from bot.dossier.columns import word
from bot.dossier.followed import Called, Followed, follow
from bot.dossier.labels import label
from bot.words.catalogue import Catalogue
from bot.words.names import role_name
from bot.words.shown import visible

Kind = Literal["text", "integer", "seconds", "moment", "yes_no"]
# A moment is UTC, a timedelta stands for seconds, None for nothing known.
Value = str | int | bool | datetime | timedelta | None
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is the same in every language."""

    key: str
    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Flat:
    """One table; `rows` begins anew each time that it is called, and makes its rows one by one. The first cell names its row."""

    id: str
    name: str
    lang: Language
    columns: tuple[Column, ...]
    rows: Callable[[], Iterator[Row]]


# By table: the columns, in order; a column without a kind is text.
_COLUMNS: Final[dict[str, str]] = {
    "timeline": "line:integer hash at:moment who role what room via proof class happened:moment everybody:yes_no",
    "decisions": "nr:integer at:moment decision point option by recorder taken_by capacity state confirmed:yes_no "
    "four_eyes:yes_no seconded replaces:integer replaced_by:integer review:moment reason",
    "actions": "nr:integer action owner given:moment by due:moment state done:moment done_by late:seconds remark",
    "pages": "nr:integer person roles channel requested:moment tried:moment tries:integer accepted:moment failure "
    "answered:moment to_accept:seconds to_answer:seconds page_to_answer:seconds outcome",
    "steps": "step text role due:moment state done:moment done_by late:seconds deviation why",
    "lines": "nr:integer at:moment kind text by source_kind reliability:integer reliability_words class settled about:integer "
    "recipient reference route reply replied:moment replaced_by:integer room",
}  # fmt: skip


def tables(dossier: Dossier, lang: Language, catalogue: Catalogue) -> tuple[Flat, ...]:
    """The timeline, decisions, actions, pages by channel, steps and lines."""
    told = _Told(dossier, follow(dossier), lang, catalogue)
    rows: dict[str, Callable[[], Iterator[Row]]] = {
        "timeline": told.timeline,
        "decisions": told.decisions,
        "actions": told.actions,
        "pages": told.pages,
        "steps": told.steps,
        "lines": told.lines,
    }
    more = {"decisions": told.reason_columns}
    return tuple(
        Flat(name, word(lang, name), lang, (*_columns(lang, name), *more.get(name, ())), make)
        for name, make in rows.items()
    )


def text(said: str) -> str:
    """What somebody wrote, line by line, with nothing hidden in it."""
    lines = said.splitlines()
    return visible(lines[0]) if len(lines) == 1 else "\n".join(map(visible, lines))


def _columns(lang: Language, table: str) -> Iterator[Column]:
    kinds: dict[str, Kind] = {"integer": "integer", "seconds": "seconds", "moment": "moment", "yes_no": "yes_no"}
    for one in _COLUMNS[table].split():
        key, _, kind = one.partition(":")
        yield Column(key, word(lang, key), kinds.get(kind, "text"))


# Not `slots`: it keeps which reasons there are.
@dataclass(frozen=True)
class _Told:
    dossier: Dossier
    followed: Followed
    lang: Language
    catalogue: Catalogue

    @property
    def incident(self) -> Incident:
        return self.dossier.incident

    def who(self, person: PersonId | None) -> str | None:
        if person == BOT:
            return self.catalogue.template(self.lang, "bot.name")
        return visible(self.incident.name(person)) if person else None

    def role(self, role: RoleId | None) -> str | None:
        return role_name(self.catalogue, self.lang, role) if role else None

    def named(self, key: str, value: object) -> str | None:
        """The catalogue's word for a value; one that it has no word for shows as it stands in the log."""
        if value is None:
            return None
        known = f"{key}.{value}"
        return self.catalogue.template(self.lang, known) if self.catalogue.has(known) else visible(str(value))

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """Every question of the motivation that a playbook of this incident knows, whether it was asked or not."""
        return tuple({reason.id: reason for book in self.incident.playbooks for reason in book.reasons}.values())

    @property
    def reason_columns(self) -> Iterator[Column]:
        for reason in self.reasons:
            name = visible(reason.name.nl if self.lang == "nl" else reason.name.en)
            yield Column(f"reason_{reason.id}", name, "text")
            if reason.kind == "moment":
                yield Column(f"reason_{reason.id}_at", word(self.lang, "reason.moment", reason=name), "moment")

    def timeline(self) -> Iterator[Row]:
        # Ten thousand lines have some dozens of names and labels among them.
        named = cache(self._named_on_a_line)
        for line in self.dossier.lines:
            who, role, room, via, proof, kept = named(
                line.actor, line.acting_as, line.room, line.via, line.proof, line.confidentiality
            )
            yield (
                line.seq, line.h, line.at, who, role, text(line.text[self.lang]), room, via, proof, kept, line.happened_at,
                line.open,
            )  # fmt: skip

    def _named_on_a_line(
        self, actor: PersonId | None, role: RoleId | None, room: str, via: str, proof: str | None, kept: str
    ) -> tuple[str | None, ...]:
        said = partial(label, self.lang)
        return (
            self.who(actor), self.role(role), said(f"room.{room}"), said(f"via.{via}"), said(f"proof.{proof}") if proof else None,
            said(f"class.{kept}"),
        )  # fmt: skip

    def decisions(self) -> Iterator[Row]:
        for d in self.incident.decisions:
            stands = standing(self.incident, d)
            yield (
                d.number, d.at, text(d.text), d.point, d.option, self.who(d.by), self.who(d.recorder), self.role(d.taken_by),
                word(self.lang, f"capacity.{d.capacity}"), label(self.lang, f"decision.{stands}"), d.confirmed,
                d.four_eyes, self.who(d.seconded_by), d.replaces, d.replaced_by, d.review_at, text(d.reason) or None,
                *self._reasons(d),
            )  # fmt: skip

    def _reasons(self, decision: Decision) -> Iterator[Value]:
        wanted = {reason.id for reason in asked(self.incident, decision)}
        for reason in self.reasons:
            given = decision.given.get(reason.id)
            if given is None:
                yield label(self.lang, "reason.missing") if reason.id in wanted else None
            else:
                lines = f"{label(self.lang, 'reason.lines')} " if given.lines else ""
                not_so = "" if given.applies else f"{label(self.lang, 'reason.not')} "
                yield f"{lines}{not_so}{text(given.text)}"
            if reason.kind == "moment":
                yield given.until if given else None

    def actions(self) -> Iterator[Row]:
        return (self._action(action) for action in self.incident.actions)

    def _action(self, a: Action) -> Row:
        way = self.followed.actions[a.number]
        return (
            a.number, text(a.text), self.who(a.owner), a.at, self.who(way.by), a.due,
            word(self.lang, f"action.{a.state}"), way.ended_at, self.who(way.ended_by),
            _late(a.due, way.ended_at if a.state == "done" else None), text(a.remark) or None,
        )  # fmt: skip

    def pages(self) -> Iterator[Row]:
        for number, page in enumerate(self.incident.pages.values(), start=1):
            yield from self._page(number, page, self.followed.pages[page.id])

    def _page(self, number: int, page: Page, called: Called) -> Iterator[Row]:
        roles = ", ".join(role_name(self.catalogue, self.lang, role) for role in page.roles)
        for channel, tried in called.channels.items():
            answered = called.answered_at if called.channel == channel else None
            yield (
                number, self.who(page.person), roles, self.named("channel", channel), called.requested, tried.at, tried.tries,
                tried.accepted_at, visible(tried.failure) or None, answered, _between(tried.at, tried.accepted_at),
                _between(tried.at, answered), _between(called.requested, called.answered_at),
                label(self.lang, f"page.{page.state}"),
            )  # fmt: skip

    def steps(self) -> Iterator[Row]:
        return (self._step(step) for step in self.incident.steps)

    def _step(self, step: Step) -> Row:
        incident = self.incident
        state = incident.progress.get(step.id)
        due = incident.due_at(step) if incident.alarm_at else None
        done = state.at if state and state.progress == "done" else None
        late = _late(due, done)
        deviation, why = self._deviation(step, late)
        return (
            step.id, visible(step.text.nl if self.lang == "nl" else step.text.en),
            self.role(state.role if state else incident.doer(step)), due,
            label(self.lang, f"step.{state.progress if state else 'none'}"), done, self.who(state.person if state else None),
            late, deviation, why,
        )  # fmt: skip

    def _deviation(self, step: Step, late: timedelta | None) -> tuple[str | None, str | None]:
        if (skipped := self.followed.skipped.get(step.id)) is not None:
            return word(self.lang, "deviation.skipped"), text(skipped) or None
        if (left := self.followed.left.get(step.id)) is not None:
            return word(self.lang, "deviation.left"), text(left) or None
        return (word(self.lang, "deviation.late"), None) if late else (None, None)

    def lines(self) -> Iterator[Row]:
        for one in self.incident.log_lines.values():
            yield (
                one.number, one.at, self.named("kind", one.kind), text(one.text), self.who(one.by),
                self.named("source_kind", one.source_kind), one.reliability, self.named("reliability", one.reliability),
                label(self.lang, f"class.{one.confidentiality}"),
                word(self.lang, f"outcome.{one.outcome}") if one.outcome else None, one.about,
                text(one.recipient) or None, text(one.reference) or None, self.named("route", one.route),
                text(one.answer) or None, one.answered_at, one.replaced_by, label(self.lang, f"room.{one.place}"),
            )  # fmt: skip


def _between(start: datetime, end: datetime | None) -> timedelta | None:
    return None if end is None else end - start


def _late(due: datetime | None, done: datetime | None) -> timedelta | None:
    """How much later than agreed; zero when it was in time."""
    return None if due is None or done is None else max(done - due, timedelta(0))
