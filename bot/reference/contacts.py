"""Reads the contacts: region, municipalities, people and rotations, each reference between them checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from bot.domain.contacts import Contacts, Region
from bot.domain.escalation import EscalationPolicy, EscalationStep, Lease, Quorum
from bot.domain.ids import Account, MunicipalityId, PersonId, RoleId
from bot.domain.ladder import DEFAULT_LADDER, Channel, Ladder, Rung
from bot.domain.people import BURGEMEESTER, MELDER, Municipality, Person, Tile
from bot.domain.retention import Terms
from bot.domain.standby import StandbyRules
from bot.reference.models import (
    ChannelName,
    FixedShape,
    MunicipalitiesFile,
    PeopleFile,
    PersonShape,
    RegionFile,
    RetentionShape,
    RotationsFile,
    RotationShape,
    RungShape,
    StandbyShape,
    TileShape,
)
from bot.reference.problems import START, Problem, ordered
from bot.reference.rosters import coordinator_problems, holiday_problems, roster_problems, unknown_person
from bot.reference.rosters import rotations as rotations_of
from bot.reference.shape import shaped
from bot.reference.wording import say
from bot.reference.yaml_source import Document, read

REGION: Final = "regio.yaml"
MUNICIPALITIES: Final = "gemeenten.yaml"
PEOPLE: Final = "personen.yaml"
ROTATIONS: Final = "roosters.yaml"
_CHANNELS: Final[Mapping[ChannelName, Channel]] = {
    "ntfy": "ntfy",
    "pushover": "pushover",
    "apprise": "apprise",
    "mail": "mail",
    "sms": "sms",
    "bellen": "voice",
}
FILES: Final[Mapping[str, type[BaseModel]]] = {
    REGION: RegionFile,
    MUNICIPALITIES: MunicipalitiesFile,
    PEOPLE: PeopleFile,
    ROTATIONS: RotationsFile,
}


@dataclass(frozen=True, slots=True)
class ContactFiles:
    """The four files as read, for whoever must point at a line of them; `contacts` is what they say together."""

    documents: tuple[Document, ...]
    region: Document
    municipalities: Document
    people: Document
    rotations: Document
    rotation_shapes: tuple[RotationShape, ...]
    fixed_shapes: tuple[FixedShape, ...]
    contacts: Contacts


def load_contacts(directory: Path) -> Contacts | tuple[Problem, ...]:
    """The contacts in a directory, or all that makes them unusable.

    What is usable but unwise (a gap next week, a person who is first and reserve at once) is said by `check`.
    """
    files = read_contacts(directory)
    return files.contacts if isinstance(files, ContactFiles) else files


def read_contacts(directory: Path) -> ContactFiles | tuple[Problem, ...]:
    """The contacts together with the documents they come from. Long, because each kind of mistake is looked for in one line."""
    problems = strangers(directory, tuple(FILES))
    documents: dict[str, Document] = {}
    shapes: dict[str, BaseModel] = {}
    for name, model in FILES.items():
        document = read(directory / name)
        if not isinstance(document, Document):
            problems += document
            continue
        shape = shaped(document, model)
        if isinstance(shape, tuple):
            problems += shape
            continue
        documents[name], shapes[name] = document, shape
    region, municipalities, people, rotations = (shapes.get(name) for name in FILES)
    if not (
        isinstance(region, RegionFile)
        and isinstance(municipalities, MunicipalitiesFile)
        and isinstance(people, PeopleFile)
        and isinstance(rotations, RotationsFile)
    ):
        return ordered(problems)
    problems += _municipality_problems(municipalities, documents[MUNICIPALITIES])
    problems += _tile_problems(municipalities, documents[MUNICIPALITIES])
    problems += _people_problems(people, municipalities, documents[PEOPLE])
    problems += _account_problems(people, region, documents)
    problems += _region_problems(region, people, documents[REGION])
    problems += holiday_problems(region, documents[REGION])
    problems += coordinator_problems(municipalities, people, documents[MUNICIPALITIES])
    problems += roster_problems(rotations, municipalities, people, documents[ROTATIONS])
    if problems:
        return ordered(problems)
    contacts = _contacts(region, municipalities, people, rotations)
    return ContactFiles(
        documents=tuple(documents.values()),
        region=documents[REGION],
        municipalities=documents[MUNICIPALITIES],
        people=documents[PEOPLE],
        rotations=documents[ROTATIONS],
        rotation_shapes=tuple(rotations.roosters),
        fixed_shapes=tuple(rotations.vast),
        contacts=contacts,
    )


def strangers(directory: Path, expected: tuple[str, ...], pattern: str = "") -> list[Problem]:
    """YAML files in the directory that nobody will read: a misspelt name would otherwise be silence."""
    found: list[Problem] = []
    for path in sorted(directory.glob("*.y*ml")):
        if path.suffix == ".yml":
            found.append(Problem(str(path), START.line, START.column, say("file_name")))
        elif path.name not in expected and not (pattern and path.match(pattern)):
            names = ", ".join((*expected, pattern) if pattern else expected)
            found.append(Problem(str(path), START.line, START.column, say("file_stranger", expected=names)))
    return found


def _municipality_problems(file: MunicipalitiesFile, document: Document) -> list[Problem]:
    seen: dict[str, int] = {}
    problems: list[Problem] = []
    for index, shape in enumerate(file.gemeenten):
        paths = [("id",), ("naam",), *(("ook", n) for n in range(len(shape.ook)))]
        words = [shape.id, shape.naam.casefold(), *(other.casefold() for other in shape.ook)]
        own: set[str] = set()
        for path, word in zip(paths, words, strict=True):
            place = ("gemeenten", index, *path)
            if word in seen and word not in own:
                problems.append(document.problem("municipality_twice", *place, value=word, line=seen[word]))
            own.add(word)
            seen.setdefault(word, document.place(*place).line)
    return problems


def _tile_problems(file: MunicipalitiesFile, document: Document) -> list[Problem]:
    """Two municipalities on one square of the map, or with one short name."""
    problems: list[Problem] = []
    seen: dict[object, tuple[str, int]] = {}
    for index, shape in enumerate(file.gemeenten):
        tile = shape.tegel
        for field, key in (("rij", (tile.rij, tile.kolom)), ("kort", tile.kort.casefold())) if tile else ():
            place = ("gemeenten", index, "tegel", field)
            if key in seen:
                other, line = seen[key]
                problems.append(document.problem("tile_twice", *place, value=other, line=line))
            seen.setdefault(key, (shape.naam, document.place(*place).line))
    return problems


def _people_problems(file: PeopleFile, municipalities: MunicipalitiesFile, document: Document) -> list[Problem]:
    known = {municipality.id for municipality in municipalities.gemeenten}
    seen: dict[str, int] = {}
    problems: list[Problem] = []
    for index, person in enumerate(file.personen):
        at = ("personen", index)
        if person.id in seen:
            problems.append(document.problem("person_twice", *at, "id", value=person.id, line=seen[person.id]))
        seen.setdefault(person.id, document.place(*at, "id").line)
        if person.gemeente is not None and person.gemeente not in known:
            problems.append(document.problem("municipality_unknown", *at, "gemeente", value=person.gemeente))
        if person.gemeente is None and not {MELDER, BURGEMEESTER}.isdisjoint(person.rollen):
            problems.append(document.problem("municipality_needed", *at, "rollen"))
    return problems


def _account_problems(people: PeopleFile, region: RegionFile, documents: Mapping[str, Document]) -> list[Problem]:
    """One account is one person, and everybody lives on our server unless the region federates."""
    owners: dict[str, tuple[str, int]] = {}
    problems: list[Problem] = []
    uses: list[tuple[Document, tuple[str | int, ...], str, str]] = [
        (documents[REGION], ("noodaccount",), region.noodaccount, "noodaccount")
    ]
    uses += [
        (documents[PEOPLE], ("personen", index, "accounts", n), account, person.id)
        for index, person in enumerate(people.personen)
        for n, account in enumerate(person.accounts)
    ]
    for document, path, account, owner in uses:
        if account in owners:
            first, line = owners[account]
            problems.append(document.problem("account_twice", *path, value=account, owner=first, line=line))
        owners.setdefault(account, (owner, document.place(*path).line))
        if not region.federatie and account.partition(":")[2] != region.server:
            problems.append(document.problem("account_elsewhere", *path, value=account, server=region.server))
    return problems


def _region_problems(region: RegionFile, people: PeopleFile, document: Document) -> list[Problem]:
    known = tuple(person.id for person in people.personen)
    return [
        unknown_person(document, ("terugval", index), name, known)
        for index, name in enumerate(region.terugval)
        if name not in known
    ]


def _contacts(
    region: RegionFile, municipalities: MunicipalitiesFile, people: PeopleFile, rotations: RotationsFile
) -> Contacts:
    return Contacts(
        region=Region(
            name=region.naam,
            zone=region.tijdzone,
            language=region.taal,
            server=region.server,
            federate=region.federatie,
            break_glass=Account(region.noodaccount),
        ),
        municipalities=tuple(
            Municipality(
                MunicipalityId(m.id),
                m.naam,
                tuple(m.ook),
                "all" if m.gesprek == "alles" else "marked_only",
                m.klasse,
                _tile(m.tegel),
            )
            for m in municipalities.gemeenten
        ),
        people={PersonId(shape.id): _person(shape) for shape in people.personen},
        rotations=rotations_of(region, municipalities, rotations),
        policy=_policy(region),
        fallback=tuple(PersonId(name) for name in region.terugval),
        standby=_standby(region.piket),
        retention=_retention(region.bewaren),
    )


def _tile(shape: TileShape | None) -> Tile | None:
    return None if shape is None else Tile(shape.rij, shape.kolom, shape.kort)


def _person(shape: PersonShape) -> Person:
    return Person(
        id=PersonId(shape.id),
        name=shape.naam,
        organisation=shape.organisatie,
        accounts=tuple(Account(account) for account in shape.accounts),
        roles=tuple(RoleId(role) for role in shape.rollen),
        municipality=None if shape.gemeente is None else MunicipalityId(shape.gemeente),
        language=shape.taal,
        ladder=None if shape.ladder is None else _ladder(shape.ladder),
    )


def _standby(shape: StandbyShape) -> StandbyRules:
    exempt = frozenset(RoleId(role) for role in shape.behalve)
    return StandbyRules(shape.hoogstens_dagen, shape.vrije_blokken, shape.hoogstens_nachten, tuple(shape.lagen), exempt)


def _retention(shape: RetentionShape) -> Terms:
    return Terms(shape.kamer, shape.dossier, shape.oefening, shape.inzage, shape.oproepen)


def _policy(region: RegionFile) -> EscalationPolicy:
    shape = region.opschaling
    return EscalationPolicy(
        steps=tuple(EscalationStep(s.wie, s.wacht, s.herhaal, s.herhaal_na) for s in shape.stappen),
        brigade=tuple(RoleId(role) for role in shape.altijd),
        grace=shape.bedenktijd,
        duplicate_window=shape.dubbel_binnen,
        reopen_window=shape.heropenen_binnen,
        sitrep_every=shape.sitrap_elke,
        ladder=DEFAULT_LADDER if shape.ladder is None else _ladder(shape.ladder),
        quorum=tuple(Quorum(RoleId(role), people) for role, people in shape.aantal.items()),
        lease=Lease(
            shape.aankomst.zonder_tijd, shape.aankomst.marge, shape.aankomst.wacht, shape.aankomst.overdragen_elke
        ),
        duty_number=shape.dienstnummer or "",
        fallback_too=shape.terugval_mee,
        aftercare=shape.nazorg,
        first_alone=shape.eerst_alleen,
        quiet_after=shape.stil_na or None,
    )


def _ladder(rungs: Sequence[RungShape]) -> Ladder:
    return tuple(Rung(_CHANNELS[rung.kanaal], rung.na) for rung in sorted(rungs, key=lambda rung: rung.na))
