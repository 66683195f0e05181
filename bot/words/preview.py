"""A playbook as people will read it in chat: the alarm, each step with its time, and each decision with its answers."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.domain import messages as m
from bot.domain.ids import PersonId
from bot.domain.people import COORDINATOR, Language
from bot.domain.playbook import Both, Condition, DecisionType, Playbook, Step
from bot.words import decision_words
from bot.words.catalogue import Catalogue
from bot.words.names import chosen
from bot.words.render import Worded, render

_NUMBER = "2026-001"


def preview(
    catalogue: Catalogue, playbook: Playbook, decisions: Mapping[str, DecisionType], lang: Language, at: datetime
) -> Iterator[str]:
    """The blocks of the chat, in order; `at` is the moment (UTC) of the alarm that is pretended."""
    where: dict[str, Any] = {"lang": lang, "number": _NUMBER}
    title = chosen(lang, playbook.title.nl, playbook.title.en)
    yield _body(
        catalogue,
        m.AlarmReceived(
            to=m.To("person"), municipality="Waterbrug", text=title, roles=(COORDINATOR, *playbook.calls),
            grace_seconds=None, danger=False, similar_to=None, **where,
        ),
    )  # fmt: skip
    total = len(playbook.steps)
    for nr, step in enumerate(playbook.steps, start=1):
        shown = m.StepShown(
            to=m.To("room", "main"), step=step.id, nr=nr, total=total, text=step.text, role=step.via or step.role,
            due_at=at + step.due, for_role=step.role if step.via else None,
            help=step.help, **where,
        )  # fmt: skip
        notes = [catalogue.text(lang, "preview.head", step=step.id, after=_length(step.due))]
        notes += _notes(catalogue, lang, step, decisions)
        yield "\n".join((*notes, _body(catalogue, shown)))
        if step.decision is not None:
            yield "\n".join(decision_words.options(catalogue, lang, decisions[step.decision]))


def _body(catalogue: Catalogue, message: Worded) -> str:
    return render(message, catalogue, _no_account).body


def _no_account(person: PersonId) -> None:
    """Nobody is mentioned in a preview."""


def _notes(catalogue: Catalogue, lang: Language, step: Step, decisions: Mapping[str, DecisionType]) -> Iterator[str]:
    for condition in step.when:
        yield _condition(catalogue, lang, condition, decisions)
    if step.required:
        yield catalogue.text(lang, "preview.required")
    if step.four_eyes:
        yield catalogue.text(lang, "preview.four_eyes")
    if step.before is not None:
        yield catalogue.text(lang, "preview.before", before=_length(step.before))


def _length(duration: timedelta) -> str:
    """`0:15`, `2:00`, `7 d`."""
    minutes = int(duration.total_seconds()) // 60
    return f"{minutes // 1440} d" if minutes >= 2880 and not minutes % 1440 else f"{minutes // 60}:{minutes % 60:02}"


def _condition(
    catalogue: Catalogue, lang: Language, condition: Condition, decisions: Mapping[str, DecisionType]
) -> str:
    if condition.decision is not None:
        labels = {option.id: option.label for option in decisions[condition.decision].options}
        answers = " / ".join(_in(lang, labels[option]) for option in condition.options)
        return catalogue.text(lang, "preview.if_decision", decision=condition.decision, answers=answers)
    if condition.step is not None:
        return catalogue.text(lang, f"preview.if_{condition.outcome}", step=condition.step)
    return catalogue.text(lang, "preview.if_phenomenon", phenomenon=condition.phenomenon or "–")


def _in(lang: Language, both: Both) -> str:
    return chosen(lang, both.nl, both.en)
