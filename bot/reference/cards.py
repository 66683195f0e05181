"""Reads what can be looked up: legal bases, measures from light to heavy, phenomena, red flags, platforms.

A file that is not there leaves its cards out, so that a directory of playbooks from before there were cards still serves; only
`check` says so. A file that is there and wrong is refused like any other.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, TypeVar

from bot.domain.cards import Handbook, LegalBasis, Measure, Phenomenon, Platform, Route, Signal, SignalGroup
from bot.domain.ids import RoleId
from bot.domain.playbook import DecisionType
from bot.reference.fields import guess
from bot.reference.models import BasesFile, BasisShape, PhenomenaFile, PlatformsFile, PlatformShape, Shape, SignalsFile
from bot.reference.problems import START, Problem, ordered
from bot.reference.shape import shaped
from bot.reference.wording import say
from bot.reference.yaml_source import Document, Steps, read

BASES_FILE: Final = "grondslagen.yaml"
PHENOMENA_FILE: Final = "fenomenen.yaml"
SIGNALS_FILE: Final = "signalen.yaml"
PLATFORMS_FILE: Final = "platforms.yaml"
CARD_FILES: Final = (BASES_FILE, PHENOMENA_FILE, SIGNALS_FILE, PLATFORMS_FILE)
REMOVAL: Final = "B6"  # the decision type whose options the routes are
Read = TypeVar("Read", bound=Shape)


@dataclass(frozen=True, slots=True)
class CardFiles:
    """All that the four files say; `missing` says which are not there."""

    handbook: Handbook
    documents: tuple[Document, ...]
    bases: BasesFile | None
    missing: tuple[Problem, ...]

    def document(self, name: str) -> Document:
        return next(document for document in self.documents if Path(document.path).name == name)


def read_cards(directory: Path, decisions: Mapping[str, DecisionType] | None) -> CardFiles | tuple[Problem, ...]:
    """The handbook with the documents it comes from; without `decisions` what refers to them is not judged."""
    problems: list[Problem] = []
    bases = _file(directory / BASES_FILE, BasesFile, problems)
    phenomena = _file(directory / PHENOMENA_FILE, PhenomenaFile, problems)
    signals = _file(directory / SIGNALS_FILE, SignalsFile, problems)
    platforms = _file(directory / PLATFORMS_FILE, PlatformsFile, problems)
    missing = tuple(_missing(directory / name) for name in CARD_FILES if not (directory / name).exists())
    codes = {shape.code: shape for shape in bases[1].grondslagen} if bases else None
    if bases:
        problems += _basis_problems(*bases, decisions)
    if phenomena:
        problems += _twice(phenomena[0], "fenomenen", "code", (shape.code for shape in phenomena[1].fenomenen))
    if signals:
        problems += _signal_problems(*signals)
    if platforms:
        problems += _platform_problems(*platforms, codes, decisions)
    if problems:
        return ordered(problems)
    found = bases, phenomena, signals, platforms
    handbook = _handbook(*(one[1] if one else None for one in found))  # type: ignore[arg-type]
    return CardFiles(handbook, tuple(one[0] for one in found if one), bases[1] if bases else None, missing)


def _missing(path: Path) -> Problem:
    return Problem(str(path), START.line, START.column, say("file_missing"))


def _file(path: Path, model: type[Read], problems: list[Problem]) -> tuple[Document, Read] | None:
    if not path.exists():
        return None
    document = read(path)
    shape = shaped(document, model) if isinstance(document, Document) else document
    if isinstance(document, Document) and not isinstance(shape, tuple):
        return document, shape
    problems += shape if isinstance(shape, tuple) else ()
    return None


# --- what is wrong ----------------------------------------------------------------------------------------------------


def _twice(document: Document, block: str, name: str, values: Iterable[str]) -> Iterator[Problem]:
    lines: dict[str, int] = {}
    for index, value in enumerate(values):
        path = (block, index, name)
        if value in lines:
            yield document.problem("entry_twice", *path, value=value, line=lines[value])
        lines.setdefault(value, document.place(*path).line)


def _basis_problems(
    document: Document, file: BasesFile, decisions: Mapping[str, DecisionType] | None
) -> Iterator[Problem]:
    yield from _twice(document, "grondslagen", "code", (shape.code for shape in file.grondslagen))
    for index, basis in enumerate(file.grondslagen):
        path: Steps = ("grondslagen", index)
        if basis.status == "wetsvoorstel" and basis.vlag is None:
            yield document.problem("flag_missing", *path, "status")
        if basis.aan and (basis.status == "wetsvoorstel" or basis.vlag is None):
            yield document.problem("flag_on", *path, "aan")
        for n, decision in enumerate(basis.besluiten if decisions is not None else ()):
            if decisions is not None and decision not in decisions:
                yield document.problem("decision_unknown", *path, "besluiten", n, value=decision)
    codes = {shape.code: shape for shape in file.grondslagen}
    for index, measure in enumerate(file.maatregelen):
        path = ("maatregelen", index)
        yield from _unknown_bases(document, path, measure.basis, codes, carrying=True)
        if decisions is None:
            continue
        if measure.besluit not in decisions:
            yield document.problem("decision_unknown", *path, "besluit", value=measure.besluit)
        elif measure.optie not in {option.id for option in decisions[measure.besluit].options}:
            yield document.problem("option_unknown", *path, "optie", value=measure.optie, decision=measure.besluit)


def _unknown_bases(
    document: Document, path: Steps, named: Iterable[str], codes: Mapping[str, BasisShape], *, carrying: bool = False
) -> Iterator[Problem]:
    for n, code in enumerate(named):
        basis = codes.get(code)
        if basis is None:
            yield unknown_basis(document, (*path, "basis", n), code, tuple(codes))
        elif carrying and not _basis(basis).carries:
            status = basis.status.replace("_", " ")
            yield document.problem("basis_uncarried", *path, "basis", n, value=code, status=status)


def unknown_basis(document: Document, path: Steps, code: str, known: tuple[str, ...]) -> Problem:
    """A code that no legal basis has, with the one that was probably meant."""
    near = {one.casefold(): one for one in known}
    meant = guess(code.casefold(), tuple(near))
    if meant is None:
        return document.problem("basis_unknown", *path, value=code)
    return document.problem("basis_guess", *path, value=code, guess=near[meant])


def _signal_problems(document: Document, file: SignalsFile) -> Iterator[Problem]:
    yield from _twice(document, "groepen", "letter", (group.letter for group in file.groepen))
    yield from _twice(document, "signalen", "code", (signal.code for signal in file.signalen))
    letters = {group.letter for group in file.groepen}
    for index, signal in enumerate(file.signalen):
        if signal.code[0] not in letters:
            yield document.problem("letter_unknown", "signalen", index, "code", value=signal.code[0])


def _platform_problems(
    document: Document,
    file: PlatformsFile,
    codes: Mapping[str, BasisShape] | None,
    decisions: Mapping[str, DecisionType] | None,
) -> Iterator[Problem]:
    yield from _twice(document, "routes", "id", (route.id for route in file.routes))
    yield from _twice(document, "platforms", "id", (platform.id for platform in file.platforms))
    options = {option.id for option in decisions[REMOVAL].options} if decisions and REMOVAL in decisions else None
    for index, route in enumerate(file.routes):
        path: Steps = ("routes", index)
        if codes is not None:
            yield from _unknown_bases(document, path, route.basis, codes)
        if route.optie is not None and options is not None and route.optie not in options:
            yield document.problem("option_unknown", *path, "optie", value=route.optie, decision=REMOVAL)
    for index, platform in enumerate(file.platforms):
        for name in ("melden", "overheid"):
            if getattr(platform, name) and platform.gecheckt is None:
                yield document.problem("address_unchecked", "platforms", index, name)


# --- what it means ----------------------------------------------------------------------------------------------------


def _handbook(
    bases: BasesFile | None,
    phenomena: PhenomenaFile | None,
    signals: SignalsFile | None,
    platforms: PlatformsFile | None,
) -> Handbook:
    return Handbook(
        bases={shape.code: _basis(shape) for shape in bases.grondslagen} if bases else {},
        measures=_measures(bases) if bases else (),
        phenomena=_phenomena(phenomena) if phenomena else {},
        signals=_signals(signals) if signals else (),
        alarm_from=signals.alarm_vanaf if signals else 0,
        follow_from=signals.volgen_vanaf if signals else 0,
        routes=_routes(platforms) if platforms else (),
        platforms=tuple(_platform(shape) for shape in platforms.platforms) if platforms else (),
    )


def _basis(shape: BasisShape) -> LegalBasis:
    return LegalBasis(
        code=shape.code,
        names=tuple(shape.ook),
        field=shape.soort,
        title=shape.titel.both(),
        core=shape.kern.both(),
        limit=shape.grens.both(),
        competent=tuple(RoleId(role) for role in shape.bevoegd),
        status=shape.status,
        source=shape.bron,
        consulted=shape.geraadpleegd.isoformat(),
        checked_by=shape.juridisch_gecheckt_door,
        flag=shape.vlag or "",
        on=shape.aan,
        decisions=tuple(shape.besluiten),
    )


def _measures(file: BasesFile) -> tuple[Measure, ...]:
    return tuple(
        Measure(
            decision=shape.besluit,
            option=shape.optie,
            condition=shape.voorwaarde.both(),
            bases=tuple(shape.basis),
            phenomena=tuple(shape.fenomenen),
            phases=tuple(shape.fasen),
        )
        for shape in file.maatregelen
    )


def _phenomena(file: PhenomenaFile) -> Mapping[str, Phenomenon]:
    return {
        shape.code: Phenomenon(
            code=shape.code,
            names=tuple(shape.ook),
            title=shape.titel.both(),
            pattern=shape.patroon.both(),
            lead=shape.tijd.both(),
            first=tuple(RoleId(role) for role in shape.eerst),
            mind=shape.let_op.both(),
        )
        for shape in file.fenomenen
    }


def _signals(file: SignalsFile) -> tuple[SignalGroup, ...]:
    return tuple(
        SignalGroup(
            group.letter,
            group.titel.both(),
            tuple(
                Signal(signal.code, signal.tekst.both(), signal.gewicht)
                for signal in file.signalen
                if signal.code.startswith(group.letter)
            ),
        )
        for group in file.groepen
    )


def _routes(file: PlatformsFile) -> tuple[Route, ...]:
    return tuple(
        Route(
            id=shape.id,
            names=tuple(shape.ook),
            title=shape.titel.both(),
            who=shape.wie.both(),
            purpose=shape.waarvoor.both(),
            mind=shape.let_op.both(),
            bases=tuple(shape.basis),
            option=shape.optie,
        )
        for shape in file.routes
    )


def _platform(shape: PlatformShape) -> Platform:
    return Platform(
        id=shape.id,
        names=tuple(shape.ook),
        title=shape.naam,
        kinds=tuple(shape.soort),
        very_large=shape.zeer_groot,
        ephemeral=shape.verdwijnt,
        languages=tuple(shape.talen),
        report_url=shape.melden,
        authority_url=shape.overheid,
        checked=shape.gecheckt.isoformat() if shape.gecheckt else "",
    )


def year_ago(today: date) -> date:
    """The same day a year back; of 29 February the day before."""
    return today.replace(year=today.year - 1, day=28 if (today.month, today.day) == (2, 29) else today.day)
