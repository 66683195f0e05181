"""Lessons and open questions of incidents that are over: each with the numbers behind it, and nobody's name."""

from datetime import UTC, datetime

from bot.domain.after import After, Improvement
from bot.domain.erased import ERASED
from bot.domain.growing import Growing
from bot.domain.ids import IncidentId, PersonId
from bot.domain.incident import Incident, LogLine, Seen
from bot.domain.learned import Behind, Learned, lessons, open_questions
from bot.domain.playbook import LineKind
from tests.builders import reference

CONTACTS = reference().contacts
NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
P = PersonId("p")


def over(number: str, *points: Improvement, lines: tuple[LogLine, ...] = (), exercise: bool = False) -> Incident:
    return Incident(
        IncidentId(number), state="finished", number=number, phenomenon="F03", exercise=exercise, closed_at=NOW,
        after=After(improvements=points), log_lines=Growing({line.number: line for line in lines}),
        circle_ever=frozenset((PersonId("q"),)), people={P: Seen("Oud-collega Veenstra", "IOG", (), "nl")},
    )  # fmt: skip


def point(text: str, state: str = "open") -> Improvement:
    return Improvement(1, text, P, (), state=state)  # type: ignore[arg-type]


def line(number: int, kind: LineKind, text: str, **more: object) -> LogLine:
    return LogLine(number, kind, text, NOW, P, **more)  # type: ignore[arg-type]


def behind(number: str) -> Behind:
    return Behind(number, "F03", exercise=False)


def test_a_lesson_that_came_twice_is_told_once_with_both_incidents_and_is_the_newest() -> None:
    first = over("2026-001", point("Eerder de school bellen"))
    second = over("2026-002", point("het plein beter bekijken"))
    third = over("2026-003", point("eerder de school bellen!"))
    found = lessons((first, second, third), CONTACTS).found
    assert found == (
        Learned("Eerder de school bellen", (behind("2026-003"), behind("2026-001"))),
        Learned("het plein beter bekijken", (behind("2026-002"),)),
    )


def test_what_was_recorded_as_an_evaluation_is_a_lesson_and_what_was_dropped_erased_or_secret_is_none() -> None:
    one = over(
        "2026-001", point("hoeft niet meer", "dropped"), point(ERASED),
        lines=(
            line(1, "evaluatie", "eerst de beheerder bellen"), line(2, "evaluatie", "in de kring", place="closed_circle"),
            line(3, "evaluatie", "oude woorden", replaced_by=4), line(4, "feit", "40 jongeren"),
        ),
    )  # fmt: skip
    assert [lesson.text for lesson in lessons((one,), CONTACTS).found] == ["eerst de beheerder bellen"]
    assert lessons((one,), CONTACTS).left_out == 0


def test_a_lesson_that_names_somebody_is_left_out_and_counted() -> None:
    name = next(iter(CONTACTS.people.values())).name
    texts = ("dhr. Pietersen eerder bellen", "mail jongere@voorbeeld.example", "@jongere22 blokkeren", f"{name} was te laat",
             "oud-collega veenstra weet het", "eerder bellen")  # fmt: skip
    found = lessons([over(f"2026-{n:03}", point(text)) for n, text in enumerate(texts)], CONTACTS)
    assert [lesson.text for lesson in found.found] == ["eerder bellen"]
    assert found.left_out == 5


def test_a_question_stays_open_until_it_is_answered_and_those_of_exercises_are_none() -> None:
    asked = line(1, "kennisvraag", "wie beheert zo'n kanaal?")
    answered = line(2, "kennisvraag", "hoe laat gaat de school uit?", answered_at=NOW, answer="om drie uur")
    real, exercise = over("2026-001", lines=(asked, answered)), over("2026-002", lines=(asked,), exercise=True)
    assert open_questions((real, exercise), CONTACTS).found == (Learned(asked.text, (behind("2026-001"),)),)
