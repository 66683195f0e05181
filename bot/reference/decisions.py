"""Reads the types of decision: their answers, who may choose which, and the questions of the motivation in the order of asking."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from bot.domain.ids import RoleId
from bot.domain.playbook import Both, DecisionOption, DecisionType, Reason
from bot.reference.models import DecisionsFile, DecisionShape, OptionShape, ReasonShape
from bot.reference.problems import Problem
from bot.reference.yaml_source import Document, Steps


@dataclass(frozen=True, slots=True)
class Decisions:
    """The types by their code, and every question once: those of the form first, then those of each type."""

    types: Mapping[str, DecisionType]
    reasons: tuple[Reason, ...]


def decisions_of(file: DecisionsFile, in_force: Collection[str]) -> Decisions:
    """What the file says; a bill that is in force bars nobody any more."""
    first = [one for one in file.vaste_redenen if one.soort in ("feiten", "grondslag")]
    rest = [one for one in file.vaste_redenen if one not in first]
    own = [one for shape in file.besluiten for one in shape.redenen]
    asked = [_reason(one) for one in (*first, *file.causaliteit, *rest, *own)]
    return Decisions({shape.id: _decision(shape, file, in_force) for shape in file.besluiten}, tuple(asked))


def _reason(shape: ReasonShape) -> Reason:
    return Reason(shape.id, shape.soort, shape.naam.both(), shape.vraag.both())


def _decision(shape: DecisionShape, file: DecisionsFile, in_force: Collection[str]) -> DecisionType:
    causal = tuple(one.id for one in file.causaliteit)
    form = tuple(one.id for one in file.vaste_redenen)
    own = tuple(one.id for one in shape.redenen if not one.alleen_bij_optie)
    return DecisionType(
        id=shape.id,
        question=shape.vraag.both(),
        options=tuple(_option(option, shape, file, in_force) for option in shape.opties),
        competent=_roles(shape.bevoegd),
        advisers=_roles(shape.adviseert),
        reasons=shape.motivering.both(),
        asks=(*form, *(causal if shape.causaliteit else ()), *own),
        four_eyes=shape.vier_ogen,
    )


def _option(
    option: OptionShape, shape: DecisionShape, file: DecisionsFile, in_force: Collection[str]
) -> DecisionOption:
    causal = tuple(one.id for one in file.causaliteit) if option.causaliteit and not shape.causaliteit else ()
    return DecisionOption(
        option.id,
        Both(option.nl, option.en),
        _roles(option.bevoegd or shape.bevoegd),
        basis=tuple(option.grondslag),
        asks=(*causal, *option.redenen),
        law=None if option.wet in in_force else option.wet,
    )


def decision_problems(file: DecisionsFile, document: Document, laws: Collection[str] | None) -> list[Problem]:
    """Codes that stand twice, answers that ask a question which is nowhere, and answers that wait for a law which is nowhere among
    `laws` (None: those are not known)."""
    problems: list[Problem] = []
    lines: dict[tuple[str, ...], int] = {}
    for key, path in _named(file):
        if key in lines:
            problems.append(document.problem("decision_twice", *path, value=key[-1], line=lines[key]))
        lines.setdefault(key, document.place(*path).line)
    for index, shape in enumerate(file.besluiten):
        known = {one.id for one in (*file.vaste_redenen, *file.causaliteit, *shape.redenen)}
        for n, option in enumerate(shape.opties):
            if laws is not None and option.wet is not None and option.wet not in laws:
                problems.append(
                    document.problem("law_unknown", "besluiten", index, "opties", n, "wet", value=option.wet)
                )
            for k, wanted in enumerate(option.redenen):
                if wanted not in known:
                    path = ("besluiten", index, "opties", n, "redenen", k)
                    problems.append(document.problem("reason_unknown", *path, value=wanted))
    return problems


def _named(file: DecisionsFile) -> Iterable[tuple[tuple[str, ...], Steps]]:
    for block, shapes in (("vaste_redenen", file.vaste_redenen), ("causaliteit", file.causaliteit)):
        for n, one in enumerate(shapes):
            yield ("reason", one.id), (block, n, "id")
    for index, shape in enumerate(file.besluiten):
        yield (shape.id,), ("besluiten", index, "id")
        for n, option in enumerate(shape.opties):
            yield (shape.id, option.id), ("besluiten", index, "opties", n, "id")
        for n, own in enumerate(shape.redenen):
            yield ("reason", own.id), ("besluiten", index, "redenen", n, "id")


def _roles(names: Iterable[str]) -> tuple[RoleId, ...]:
    return tuple(RoleId(name) for name in names)
