"""What is said about rosters, as it comes over some weeks: made by the very code that says it, in both languages."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import messages as m
from bot.domain.contacts import OnCall
from bot.domain.duty import Duty, Held, Shift, Span, Vacant
from bot.domain.ids import PersonId, RoleId
from bot.domain.people import Language, Person
from bot.domain.rota import Layer
from bot.domain.shift_changes import Shifted
from bot.matrix.roster_told import Told, echo, news_of
from bot.rostering import Plan, Slot
from bot.words import roster_words
from bot.words.catalogue import Catalogue
from bot.words.render import is_worded, render
from bot.words.roster_words import Telling
from bot.words.when import Unclear, Why
from tests.builders import contacts

NOW: Final = datetime(2026, 11, 28, 11, 15, tzinfo=UTC)
CYBER: Final = RoleId("expert_cyber")
JANSEN, DEVRIES, VANDIJK = PersonId("jansen"), PersonId("devries"), PersonId("vandijk")
NIGHT: Final = Slot(CYBER, "eerste", datetime(2026, 11, 28, 21, tzinfo=UTC), datetime(2026, 11, 29, 7, tzinfo=UTC))


def people(lang: Language) -> dict[PersonId, Person]:
    roles = (CYBER,)
    return {
        JANSEN: Person(JANSEN, "Jansen", "Regio", (), roles, language=lang),
        DEVRIES: Person(DEVRIES, "De Vries", "Regio", (), roles, language=lang),
        VANDIJK: Person(VANDIJK, "Van Dijk", "Regio", (), (RoleId("coordinator"),), language=lang),
    }


def shift(person: PersonId, layer: Layer = "eerste", days: int = 0) -> Shift:
    return Shift(CYBER, layer, person, NIGHT.start + timedelta(days=days), NIGHT.end + timedelta(days=days))


async def _nothing(tx: AsyncConnection) -> None:
    """A sample writes nothing."""


def _plans() -> Iterator[tuple[str, Plan, PersonId]]:
    """What is planned, and by whom."""
    over = (Shifted(JANSEN, (), (shift(JANSEN),)), Shifted(DEVRIES, (shift(DEVRIES),), ()))
    taken = Plan(
        what="stand_in", number="12", person=DEVRIES, slot=NIGHT, start=NIGHT.start, end=NIGHT.end, shifted=over,
        entries=(), settles=_nothing,
    )  # fmt: skip
    yield "takes over", taken, DEVRIES
    yield "put on by the coordinator, in a gap, both layers", replace(taken, shifted=over[1:], twice=True), VANDIJK
    swap = replace(taken, what="swap_asked", person=JANSEN, other=DEVRIES, shifted=())
    yield "asks for a swap", swap, JANSEN
    yield "yes to a swap", replace(swap, what="swapped", shifted=over), DEVRIES
    yield "no to a swap", replace(swap, what="swap_refused"), DEVRIES
    yield "withdraws a swap", replace(swap, what="swap_undone"), JANSEN
    lost = tuple(shift(JANSEN, days=n) for n in range(5))
    away = replace(taken, what="absent", person=JANSEN, slot=None, shifted=(Shifted(JANSEN, (), lost),))
    yield "is away", away, JANSEN
    yield "is away without a shift", replace(away, shifted=()), JANSEN
    back = (Shifted(JANSEN, (shift(JANSEN),), ()), Shifted(DEVRIES, (), (shift(DEVRIES),)))
    yield "undoes a stand-in", replace(taken, what="undone", shifted=back), DEVRIES
    far = replace(away, start=NIGHT.start + timedelta(days=9), end=NIGHT.end + timedelta(days=9))
    yield "is away in a week", replace(far, shifted=(Shifted(JANSEN, (), (shift(JANSEN, days=9),)),)), JANSEN
    yield "undoes being away", replace(away, what="undone", shifted=(Shifted(JANSEN, lost, ()),)), VANDIJK


def _changes(catalogue: Catalogue, lang: Language) -> Iterator[str]:
    known = people(lang)

    def telling(person: Person) -> Telling:
        return Telling(catalogue, person.language, known, NOW)

    for name, plan, by in _plans():
        answer = m.Answer(to=m.To("asked"), lang=lang, lines=echo(telling(known[by]), plan, known[by], ""))
        yield _shown(f"{name}: answer", answer, catalogue)
        for message in Told(telling, plan, known[by], known[VANDIJK]).messages():
            yield _shown(f"{name}: {message.to.name}", message, catalogue)
    moved = (Shifted(JANSEN, (shift(JANSEN, "reserve"),), (shift(JANSEN),)),)
    for message in news_of(telling, moved, replace(contacts(), people=known)):
        yield _shown("new contacts: jansen", message, catalogue)


def _shown(name: str, message: m.Message, catalogue: Catalogue) -> str:
    assert is_worded(message)
    said = render(message, catalogue, lambda person: f"@{person}:iog.example")
    rings = f" → {', '.join(said.mentions)}" if said.mentions else ""
    return f"[{name} {said.msgtype}{rings}]\n{said.body}\n"


def _answers(catalogue: Catalogue, lang: Language) -> Iterator[tuple[str, tuple[str, ...]]]:
    known = people(lang)
    telling = Telling(catalogue, lang, known, NOW)
    gap = OnCall(known[VANDIJK], "fallback", Vacant("absent", JANSEN))
    rows = [(CYBER, OnCall(known[JANSEN], "rota"), OnCall(known[DEVRIES], "override"))]
    yield "who", roster_words.on_call(telling, rows)
    yield "who at a moment, in a gap", roster_words.on_call(telling, [(CYBER, gap, gap)], NIGHT.start)
    yield "who of a role without roster", roster_words.on_call(telling, [])
    hours: tuple[Duty, ...] = (
        Held(JANSEN, "rota"),
        Vacant("absent", JANSEN),
        Vacant("intended", reason="kantoor dicht"),
        Vacant("none"),
    )
    spans = [Span(NOW + timedelta(days=n), NOW + timedelta(days=n + 1), duty) for n, duty in enumerate(hours)]
    yield "roster of a role", roster_words.overview(telling, CYBER, (("eerste", spans), ("reserve", spans[:1])))
    yield "own roster", roster_words.mine(telling, (shift(JANSEN), shift(JANSEN, "reserve", 50)), ())
    yield "no shifts", roster_words.mine(telling, (), ())
    whys: tuple[tuple[Why, tuple[datetime | date, ...]], ...] = (
        ("not_understood", ()), ("which_time", (NIGHT.start, NIGHT.end)),
        ("which_day", (date(2026, 11, 28), date(2027, 1, 5))), ("wrong_weekday", (date(2026, 11, 28),)),
        ("no_time", ()), ("no_end", ()), ("end_first", ()), ("no_such_date", ()), ("past", ()),
    )  # fmt: skip
    for why, choices in whys:
        yield f"unclear: {why}", roster_words.unclear(telling, Unclear(why, "za half vier", choices))


def golden_roster(catalogue: Catalogue, lang: Language) -> str:
    """The file of a language."""
    answers = (
        _shown(name, m.Answer(to=m.To("asked"), lang=lang, lines=lines), catalogue)
        for name, lines in _answers(catalogue, lang)
    )
    return "\n".join((*answers, *_changes(catalogue, lang)))
