"""Mistakes in the conditions of steps: answers that nobody can give, and steps that wait for each other."""

from collections.abc import Iterator, Mapping, Sequence

from bot.domain.playbook import PHENOMENA, DecisionType
from bot.reference.models import ConditionShape, PlaybookFile
from bot.reference.problems import Problem
from bot.reference.yaml_source import Document, Steps


def condition_problems(
    document: Document, shape: PlaybookFile, base: PlaybookFile, decisions: Mapping[str, DecisionType]
) -> Iterator[Problem]:
    """What is wrong with the conditions of one playbook; its steps may also name the answers to the base steps."""
    known = {step.id for step in (*base.stappen, *shape.stappen)}
    for index, step in enumerate(shape.stappen):
        for n, condition in enumerate(step.als or ()):
            at = ("stappen", index, "als", n)
            kinds = [k for k in (condition.besluit, condition.stap, condition.fenomeen) if k is not None]
            if len(kinds) != 1:
                yield document.problem("condition_kinds", *at)
            elif condition.besluit is not None:
                yield from _of_decision(document, at, condition, decisions)
            elif condition.stap is not None:
                yield from _of_step(document, at, condition, known)
            else:
                yield from _of_phenomenon(document, at, condition)
    yield from _cycles(document, shape)


def _of_decision(
    document: Document, at: Steps, condition: ConditionShape, decisions: Mapping[str, DecisionType]
) -> Iterator[Problem]:
    decision = decisions.get(condition.besluit or "")
    if decision is None:
        yield document.problem("decision_unknown", *at, "besluit", value=condition.besluit)
        return
    if not condition.is_:
        yield document.problem("condition_answer", *at)
    options = {option.id for option in decision.options}
    for k, answer in enumerate(condition.is_):
        if answer not in options:
            yield document.problem("option_unknown", *at, "is", k, decision=decision.id, value=answer)


def _of_step(document: Document, at: Steps, condition: ConditionShape, known: set[str]) -> Iterator[Problem]:
    if condition.stap not in known:
        yield document.problem("step_unknown", *at, "stap", value=condition.stap)
    if not condition.is_:
        yield document.problem("condition_answer", *at)
    elif condition.is_ not in (["gedaan"], ["nvt"]):
        yield document.problem("outcome_unknown", *at, "is", value=", ".join(condition.is_))


def _of_phenomenon(document: Document, at: Steps, condition: ConditionShape) -> Iterator[Problem]:
    if condition.fenomeen not in PHENOMENA:
        yield document.problem("phenomenon_unknown", *at, "fenomeen", value=condition.fenomeen)
    if condition.is_:
        yield document.problem("condition_no_answer", *at, "is")


def _cycles(document: Document, shape: PlaybookFile) -> Iterator[Problem]:
    """Each ring of steps that wait for each other once, at the step of it that stands first in the file."""
    waits = {step.id: [c.stap for c in step.als or () if c.stap is not None] for step in shape.stappen}
    places = {step.id: index for index, step in enumerate(shape.stappen)}
    told: set[str] = set()
    for step in waits:
        ring = _ring(step, waits)
        if ring and step not in told:
            told |= set(ring)
            yield document.problem("condition_cycle", "stappen", places[step], "als", steps=" → ".join((*ring, step)))


def _ring(start: str, waits: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The steps from `start` back to itself; empty when there is no such way."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for following in waits.get(way[-1], ()):
            if following == start:
                return way
            if following not in seen:
                seen.add(following)
                ways.append((*way, following))
    return ()
