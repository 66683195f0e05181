"""What comes after the end of an incident, as its log tells it: aftercare, survey, evaluation, and what is to be done better."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, assert_never

from bot.domain import entries as e
from bot.domain.ids import PersonId
from bot.domain.themes import THEMES, Score, Theme

AfterEntry = (
    e.AftercareBegan | e.SurveySent | e.SurveyClosed | e.EvaluationPlanned | e.EvaluationReminded
    | e.ImprovementNoted | e.ImprovementAsked | e.ImprovementReviewed | e.ObservationRecorded
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Improvement:
    """`ask_at` are the moments (UTC) at which the owner is asked how it stands, `asked` is how often that was done."""

    number: int
    text: str
    owner: PersonId
    ask_at: tuple[datetime, ...]
    asked: int = 0
    state: Literal["open", "done", "dropped"] = "open"
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """`asked` are the people who got it, until `until` (UTC). The numbers of `results` are how often each mark was given."""

    asked: tuple[PersonId, ...]
    until: datetime
    promised: bool
    results: e.SurveyClosed | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """What one observer gave for one theme; `lines` are the numbers of the lines that show it."""

    by: PersonId
    theme: Theme
    score: Score
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class After:
    """Times are UTC on our own clock. `begins_at`: when the aftercare begins; `remind_at`: when the coordinator is reminded to plan
    the evaluation, or everybody of the one planned for `evaluation_at`."""

    begins_at: datetime | None = None
    began: bool = False
    free: frozenset[date] = frozenset()  # local days on which nobody is reminded of the aftercare
    remind_at: datetime | None = None
    evaluation_at: datetime | None = None
    survey: Survey | None = None
    improvements: tuple[Improvement, ...] = ()
    observations: tuple[Observation, ...] = ()

    @property
    def being_surveyed(self) -> bool:
        return self.survey is not None and self.survey.results is None


def closed(after: After, entry: e.IncidentClosed) -> After:
    """What was begun before an incident was opened again goes on; what was still to come is planned anew."""
    remind_at = entry.evaluate_at if after.evaluation_at is None else after.remind_at
    return replace(after, begins_at=entry.aftercare_at, began=False, remind_at=remind_at)


def reopened(after: After) -> After:
    remind_at = after.remind_at if after.evaluation_at is not None else None
    return replace(after, begins_at=None, began=False, remind_at=remind_at)


def evolved(after: After, entry: AfterEntry) -> After:
    match entry:
        case e.AftercareBegan(free=free):
            return replace(after, began=True, free=frozenset(map(date.fromisoformat, free)))
        case e.SurveySent(persons=persons, open_until=until, promised=promised):
            return replace(after, survey=Survey(persons, until, promised))
        case e.SurveyClosed():
            return replace(after, survey=None if after.survey is None else replace(after.survey, results=entry))
        case e.EvaluationPlanned(at=at, remind_at=remind_at):
            return replace(after, evaluation_at=at, remind_at=remind_at)
        case e.EvaluationReminded():
            return replace(after, remind_at=None)
        case e.ImprovementNoted():
            asks = (entry.first_at, entry.second_at)
            noted = Improvement(entry.improvement, entry.text, entry.owner, asks)
            return replace(after, improvements=(*after.improvements, noted))
        case e.ImprovementAsked(improvement=number):
            return improved(after, number, asked=after.improvements[number - 1].asked + 1)
        case e.ImprovementReviewed(improvement=number, outcome=outcome, remark=remark):
            state = "open" if outcome == "going" else outcome
            return improved(after, number, state=state, remark=remark)
        case e.ObservationRecorded(theme=theme, score=score, lines=lines):
            given = Observation(entry.origin.actor, theme, score, lines)
            kept = (one for one in after.observations if (one.by, one.theme) != (given.by, given.theme))
            return replace(after, observations=(*kept, given))
        case _:
            assert_never(entry)


def dropped(after: After, wants: e.TimerKind, improvement: int | None) -> After:
    """What was not done any more is not due any more either."""
    match wants:
        case "aftercare":
            return replace(after, began=True)
        case "evaluation":
            return replace(after, remind_at=None)
        case "improvement" if improvement is not None:
            return improved(after, improvement, asked=after.improvements[improvement - 1].asked + 1)
        case _:
            raise AssertionError(f"a timer that is never dropped: {wants}")


def improved(after: After, number: int, **change: object) -> After:
    changed = (replace(one, **change) if one.number == number else one for one in after.improvements)  # type: ignore[arg-type]
    return replace(after, improvements=tuple(changed))


def unasked(improvements: Sequence[Improvement]) -> tuple[tuple[Improvement, datetime], ...]:
    """The points that are still to be asked about, each with when."""
    left = (one for one in improvements if one.state == "open" and one.asked < len(one.ask_at))
    return tuple((one, one.ask_at[one.asked]) for one in left)


def unobserved(after: After, observer: PersonId) -> tuple[Theme, ...]:
    """The themes that this observer gave no score for yet."""
    given = {one.theme for one in after.observations if one.by == observer}
    return tuple(theme for theme in THEMES if theme not in given)
