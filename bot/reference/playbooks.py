"""Reads the playbooks: each its base steps and its own steps merged by time, and the types of decision they name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from bot.domain.contacts import Contacts
from bot.domain.ids import PlaybookId, RoleId, StepId
from bot.domain.people import CALLED, COORDINATOR, MELDER
from bot.domain.playbook import BASE, PHENOMENA, CalendarProfile, Condition, DecisionType, Playbook, Step
from bot.reference.cards import BASES_FILE, CARD_FILES
from bot.reference.conditions import condition_problems
from bot.reference.contacts import strangers
from bot.reference.decisions import Decisions, decision_problems, decisions_of
from bot.reference.models import BasesFile, CalendarShape, ConditionShape, DecisionsFile, PlaybookFile, StepShape
from bot.reference.problems import Problem, ordered
from bot.reference.shape import shaped
from bot.reference.yaml_source import Document, read

BASE_FILE: Final = "basis.yaml"
DECISIONS_FILE: Final = "besluiten.yaml"
PLAYBOOK_FILES: Final = "PB*.yaml"
# Whoever reports and whoever coordinates are in every incident, and "opgeroepen" is whoever was called.
ALWAYS_THERE: Final = frozenset((MELDER, COORDINATOR, CALLED))


@dataclass(frozen=True, slots=True)
class PlaybookSource:
    """One playbook as written, with its document for whoever must point at a line of it."""

    document: Document
    shape: PlaybookFile


@dataclass(frozen=True, slots=True)
class PlaybookFiles:
    """All that the directory says; `sources` begins with the base steps."""

    documents: tuple[Document, ...]
    sources: tuple[PlaybookSource, ...]
    playbooks: Mapping[PlaybookId, Playbook]
    decisions: Mapping[str, DecisionType]


def load_playbooks(
    directory: Path, contacts: Contacts | None = None
) -> Mapping[PlaybookId, Playbook] | tuple[Problem, ...]:
    """The playbooks by id (`PB00` is the base steps alone), or all that makes them unusable.

    With `contacts`, a step whose role nobody is paged for is a problem too: only they say who the brigade is.
    """
    files = read_playbooks(directory, contacts)
    return files.playbooks if isinstance(files, PlaybookFiles) else files


def read_playbooks(directory: Path, contacts: Contacts | None = None) -> PlaybookFiles | tuple[Problem, ...]:
    """The playbooks and decision types together with the documents they come from."""
    problems = strangers(directory, (BASE_FILE, DECISIONS_FILE, *CARD_FILES), PLAYBOOK_FILES)
    decision_document = read(directory / DECISIONS_FILE)
    decisions = _decisions(decision_document, _laws(directory), problems)
    paths = (directory / BASE_FILE, *sorted(directory.glob(PLAYBOOK_FILES)))
    sources = [source for path in paths if (source := _read_playbook(path, problems)) is not None]
    if not isinstance(decision_document, Document) or decisions is None or len(sources) < len(paths):
        return ordered(problems)
    base, *others = sources
    problems += _reference_problems(sources, decisions.types)
    for source in sources:
        problems += condition_problems(source.document, source.shape, base.shape, decisions.types)
    if contacts is not None:
        for source in sources:
            problems += _unreached(source, base, frozenset(contacts.policy.brigade))
    if problems:
        return ordered(problems)
    merged = [_playbook(base, None, decisions), *(_playbook(source, base, decisions) for source in others)]
    documents = (decision_document, *(source.document for source in sources))
    return PlaybookFiles(documents, tuple(sources), {playbook.id: playbook for playbook in merged}, decisions.types)


def _read_playbook(path: Path, problems: list[Problem]) -> PlaybookSource | None:
    document = read(path)
    if not isinstance(document, Document):
        problems += document
        return None
    shape = shaped(document, PlaybookFile)
    if isinstance(shape, tuple):
        problems += shape
        return None
    expected = BASE_FILE if shape.id == BASE else f"{shape.id}.yaml"
    if path.name != expected:
        problems.append(document.problem("name_differs", "id", value=shape.id, expected=expected))
    if shape.herzien_voor <= shape.geldig_vanaf:
        problems.append(document.problem("review_order", "herzien_voor"))
    return PlaybookSource(document, shape)


def _laws(directory: Path) -> Mapping[str, bool] | None:
    """The bills by the flag of their legal basis, and whether each has become law; None when that file cannot be read, which
    whoever reads the cards says."""
    path = directory / BASES_FILE
    document = read(path) if path.exists() else None
    file = shaped(document, BasesFile) if isinstance(document, Document) else None
    if not isinstance(file, BasesFile):
        return None
    return {basis.vlag: basis.aan for basis in file.grondslagen if basis.vlag is not None}


def _decisions(
    document: Document | tuple[Problem, ...], laws: Mapping[str, bool] | None, problems: list[Problem]
) -> Decisions | None:
    if not isinstance(document, Document):
        problems += document
        return None
    file = shaped(document, DecisionsFile)
    if isinstance(file, tuple):
        problems += file
        return None
    problems += decision_problems(file, document, laws)
    return decisions_of(file, {flag for flag, in_force in (laws or {}).items() if in_force})


def _reference_problems(sources: Iterable[PlaybookSource], decisions: Mapping[str, DecisionType]) -> list[Problem]:
    """Step ids stand once over all files, decisions exist, and one name means one playbook."""
    problems: list[Problem] = []
    steps: set[str] = set()
    names: dict[str, str] = {}
    for source in sources:
        for index, step in enumerate(source.shape.stappen):
            at = ("stappen", index)
            if step.id in steps:
                problems.append(source.document.problem("step_twice", *at, "id", value=step.id))
            steps.add(step.id)
            if step.besluit is not None and step.besluit not in decisions:
                problems.append(source.document.problem("decision_unknown", *at, "besluit", value=step.besluit))
            if step.vier_ogen and step.besluit is None:
                problems.append(source.document.problem("four_eyes_without_decision", *at, "vier_ogen"))
        for n, role in enumerate(source.shape.eerst):
            if role not in source.shape.oproepen:
                problems.append(source.document.problem("first_uncalled", "eerst", n, role=role))
        for n, code in enumerate(source.shape.fenomenen):
            if code not in PHENOMENA:
                problems.append(source.document.problem("phenomenon_unknown", "fenomenen", n, value=code))
        problems += _calendar_problems(source)
        for n, name in enumerate(source.shape.namen):
            other = names.setdefault(name.casefold(), source.shape.id)
            if other != source.shape.id:
                problems.append(source.document.problem("name_twice", "namen", n, value=name, other=other))
    return problems


def _calendar_problems(source: PlaybookSource) -> list[Problem]:
    """A profile is of one of the playbook's own phenomena, and says by which days or words it is known."""
    problems: list[Problem] = []
    for n, one in enumerate(source.shape.kalender):
        at = ("kalender", n)
        known = set(source.shape.fenomenen) <= set(PHENOMENA)  # else that is the mistake
        if known and one.fenomeen not in source.shape.fenomenen:
            problems.append(source.document.problem("profile_elsewhere", *at, "fenomeen", value=one.fenomeen))
        if (one.van is None) != (one.tot is None) or (one.van is None and not one.woorden):
            problems.append(source.document.problem("profile_open", *at))
    return problems


def _unreached(source: PlaybookSource, base: PlaybookSource, brigade: frozenset[RoleId]) -> list[Problem]:
    """Steps of a role that nobody is paged for, and stand-ins that are not paged themselves."""
    document, shape = source.document, source.shape
    reached = ALWAYS_THERE | brigade | {RoleId(role) for role in shape.oproepen}
    via = base.shape.via | shape.via
    problems = [
        document.problem("via_unreached", "via", role, role=stand_in)
        for role, stand_in in shape.via.items()
        if stand_in not in reached
    ]
    for index, step in enumerate(shape.stappen):
        if step.rol not in reached and step.rol not in via:
            problems.append(document.problem("role_unreached", "stappen", index, "rol", step=step.id, role=step.rol))
    if source is not base:
        problems += [
            document.problem("role_unreached", "oproepen", step=step.id, role=step.rol)
            for step in base.shape.stappen
            if step.rol not in reached and via.get(step.rol) not in reached
        ]
    return problems


def _playbook(source: PlaybookSource, base: PlaybookSource | None, decisions: Decisions) -> Playbook:
    shape = source.shape
    via = (base.shape.via if base else {}) | shape.via
    # Equal times keep the order of the files, base steps first: `sorted` is stable.
    written = [*(base.shape.stappen if base else ()), *shape.stappen]
    return Playbook(
        id=PlaybookId(shape.id),
        title=shape.titel.both(),
        phenomena=tuple(shape.fenomenen),
        calls=_roles(shape.oproepen),
        steps=tuple(_step(step, via, shape.oproepen) for step in sorted(written, key=_due)),
        names=tuple(shape.namen),
        words=tuple(shape.woorden),
        valid_from=shape.geldig_vanaf.isoformat(),
        review_before=shape.herzien_voor.isoformat(),
        legally_checked_by=shape.juridisch_gecheckt_door,
        decisions=tuple(decisions.types.values()),
        reasons=decisions.reasons,
        first=_roles(shape.eerst),
        closed_circle=shape.besloten_kring,
        weak_words=tuple(shape.zwakke_woorden),
        calendar=tuple(_profile(one) for one in shape.kalender),
    )


def _profile(shape: CalendarShape) -> CalendarProfile:
    return CalendarProfile(
        phenomenon=shape.fenomeen,
        name=shape.naam.both(),
        words=tuple(shape.woorden),
        first=shape.van or "",
        last=shape.tot or "",
    )


def _due(step: StepShape) -> timedelta:
    return step.termijn


def _step(shape: StepShape, via: Mapping[str, str], called: Iterable[str]) -> Step:
    return Step(
        id=StepId(shape.id),
        phase=shape.fase,
        text=shape.tekst.both(),
        role=RoleId(shape.rol),
        due=shape.termijn,
        via=RoleId(via[shape.rol]) if shape.rol in via and shape.rol not in called else None,
        decision=shape.besluit,
        kinds=tuple(shape.log),
        basis=tuple(shape.basis),
        required=shape.besluit is not None if shape.verplicht is None else shape.verplicht,
        when=tuple(_condition(condition) for condition in shape.als or ()),
        four_eyes=shape.vier_ogen,
        help=shape.hulp or "",
        before=shape.voor,
        repeats=shape.herhaalt,
    )


def _condition(shape: ConditionShape) -> Condition:
    return Condition(
        decision=shape.besluit,
        options=tuple(shape.is_) if shape.besluit is not None else (),
        step=StepId(shape.stap) if shape.stap is not None else None,
        outcome="nvt" if shape.stap is not None and shape.is_ == ["nvt"] else "gedaan",
        phenomenon=shape.fenomeen,
    )


def _roles(names: Iterable[str]) -> tuple[RoleId, ...]:
    return tuple(RoleId(name) for name in names)
