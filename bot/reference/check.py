"""Everything that is wrong or unwise in the reference data at a moment: what `iogplus check` prints.

Loading refuses what cannot be used. This says more: what will go wrong in the next fourteen days, and what is overdue.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import UTC, datetime
from pathlib import Path
from typing import assert_never
from zoneinfo import ZoneInfo

from bot.domain.contacts import Contacts
from bot.domain.ids import MunicipalityId, PersonId, RoleId
from bot.domain.ladder import Channel
from bot.domain.people import COORDINATOR
from bot.domain.playbook import Both
from bot.domain.roster import Change
from bot.domain.roster_lint import Finding, lint
from bot.domain.wall import instant_of
from bot.reference.cards import BASES_FILE, CardFiles, read_cards, unknown_basis, year_ago
from bot.reference.contacts import ContactFiles, read_contacts
from bot.reference.playbooks import PlaybookFiles, read_playbooks
from bot.reference.problems import Problem, ordered


def check(
    contacts_dir: Path,
    playbooks_dir: Path,
    at: datetime,
    changes: Sequence[Change] = (),
    reachable: Mapping[PersonId, Set[Channel]] | None = None,
) -> tuple[Problem, ...]:
    """All problems in both directories, by file and line; `at` is the moment (aware) from which the rosters are judged.

    `changes` and `reachable` are what only the running bot knows: who stands in, who is away, and who can be reached how.
    When the contacts are broken the playbooks are still read, without the questions that need the contacts.
    """
    contacts = read_contacts(contacts_dir)
    known = contacts.contacts if isinstance(contacts, ContactFiles) else None
    playbooks = read_playbooks(playbooks_dir, known)
    problems: list[Problem] = []
    if isinstance(contacts, ContactFiles):
        problems += _uncovered(contacts, playbooks if isinstance(playbooks, PlaybookFiles) else None)
        problems += _off_the_map(contacts)
        rostered = _rostered(contacts.contacts)
        findings = lint(contacts.contacts, changes, at, reachable)
        problems += _from_lint(contacts, [f for f in findings if f.code != "gap" or f.role in rostered])
    else:
        problems += contacts
    if isinstance(playbooks, PlaybookFiles):
        zone = ZoneInfo(known.region.zone) if known else UTC
        problems += _overdue(playbooks, at.astimezone(zone))
    else:
        problems += playbooks
    cards = read_cards(playbooks_dir, playbooks.decisions if isinstance(playbooks, PlaybookFiles) else None)
    if isinstance(cards, CardFiles):
        problems += cards.missing
        problems += _stale(cards, at)
        problems += _baseless(cards, playbooks) if isinstance(playbooks, PlaybookFiles) else ()
        problems += _cardless(cards, playbooks) if isinstance(playbooks, PlaybookFiles) else ()
    else:
        problems += cards
    return ordered(problems)


def _off_the_map(files: ContactFiles) -> Iterator[Problem]:
    """Municipalities without a square, where others have one."""
    places = files.contacts.municipalities
    if any(place.tile for place in places):
        for index, place in enumerate(places):
            if place.tile is None:
                yield files.municipalities.problem("tile_missing", "gemeenten", index, "id", value=place.name)


def _stale(cards: CardFiles, at: datetime) -> Iterator[Problem]:
    """Legal texts that nobody looked up for a year."""
    for index, basis in enumerate(cards.bases.grondslagen if cards.bases else ()):
        if basis.geraadpleegd < year_ago(at.date()):
            path = ("grondslagen", index, "geraadpleegd")
            yield cards.document(BASES_FILE).problem(
                "consulted_long_ago", *path, value=basis.code, date=basis.geraadpleegd
            )


def _baseless(cards: CardFiles, playbooks: PlaybookFiles) -> Iterator[Problem]:
    """Legal bases that steps name and no card explains."""
    if cards.bases is None:
        return
    known = tuple(cards.handbook.bases)
    for source in playbooks.sources:
        for index, step in enumerate(source.shape.stappen):
            for n, name in enumerate(step.basis):
                if not cards.handbook.bases_of(name):
                    yield unknown_basis(source.document, ("stappen", index, "basis", n), name, known)


def _cardless(cards: CardFiles, playbooks: PlaybookFiles) -> Iterator[Problem]:
    """Cards that steps point to and that nobody can look up."""
    if cards.missing:
        return
    book = cards.handbook
    ids = (*(route.id for route in book.routes), *(platform.id for platform in book.platforms))
    known = {*playbooks.decisions, *book.bases, *book.phenomena, *ids}
    for source in playbooks.sources:
        for index, step in enumerate(source.shape.stappen):
            if step.hulp is not None and step.hulp not in known:
                yield source.document.problem("card_unknown", "stappen", index, "hulp", value=step.hulp)


def _rostered(contacts: Contacts) -> frozenset[RoleId]:
    """Roles with a rotation for every municipality, whatever its gaps."""
    everywhere = frozenset(m.id for m in contacts.municipalities)
    served: dict[RoleId, frozenset[MunicipalityId]] = {}
    for rotation in contacts.rotations:
        served[rotation.role] = served.get(rotation.role, frozenset()) | (rotation.municipalities or everywhere)
    return frozenset(role for role, municipalities in served.items() if municipalities == everywhere)


def _uncovered(files: ContactFiles, playbooks: PlaybookFiles | None) -> Iterator[Problem]:
    """Roles that will be paged and for which no rotation exists."""
    rostered = _rostered(files.contacts)
    if COORDINATOR not in rostered:
        yield files.rotations.problem("rotation_missing", "roosters", role=COORDINATOR)
    for n, role in enumerate(files.contacts.policy.brigade):
        if role not in rostered:
            yield files.region.problem("rotation_missing", "opschaling", "altijd", n, role=role)
    for source in playbooks.sources if playbooks else ():
        for n, name in enumerate(source.shape.oproepen):
            if name not in rostered:
                yield source.document.problem("rotation_missing", "oproepen", n, role=name)


def _from_lint(files: ContactFiles, findings: Sequence[Finding]) -> Iterator[Problem]:
    """Of each kind the first: who mends that one has the next told the next time."""
    told: set[tuple[object, ...]] = set()
    for finding in findings:
        kind = (finding.code, finding.role, finding.layer, finding.municipality, finding.role or finding.persons)
        if finding.code != "intended_gap" and kind not in told:
            told.add(kind)
            yield _said(files, finding)


def _said(files: ContactFiles, finding: Finding) -> Problem:
    zone = files.contacts.region.zone
    start, end = (_local(at, zone) if at else "" for at in (finding.start, finding.end))
    person = finding.persons[0] if finding.persons else ""
    numbers = {"found": finding.found, "limit": finding.limit}
    role: str | Both = finding.role or ""
    if finding.municipality is not None:
        role = Both(f"{finding.role} voor {finding.municipality}", f"{finding.role} for {finding.municipality}")
    match finding.code:
        case "gap" | "intended_gap":
            path = ("roosters", _first(files, finding.role), "vanaf")
            key = "absence_gap" if person else "rotation_gap"
            who = {"person": person} if person else {}
            return files.rotations.problem(key, *path, role=role, layer=finding.layer, start=start, end=end, **who)
        case "both_layers":
            path = ("roosters", _running(files, finding), "reserve")
            return files.rotations.problem("both_layers", *path, person=person, role=role, start=start)
        case "unknown_person":
            return files.rotations.problem("stand_in_unknown", "roosters", person=person, start=start)
        case "no_channel":
            return files.rotations.problem("no_channel", *_named(files, person), person=person, start=start, **numbers)
        case "ladder_long":
            n = list(files.contacts.people).index(PersonId(person))
            return files.people.problem("ladder_long", "personen", n, "ladder", person=person, **numbers)
        case "standby_days" | "standby_rest" | "standby_nights":
            return files.rotations.problem(finding.code, *_named(files, person), person=person, start=start, **numbers)
        case _:
            assert_never(finding.code)


def _first(files: ContactFiles, role: RoleId | None) -> int:
    """The first block of roosters.yaml for a role; a role that has only fixed shifts is told at the first block of all."""
    return next((n for n, shape in enumerate(files.rotation_shapes) if shape.rol == role), 0)


def _named(files: ContactFiles, person: str) -> tuple[str | int, ...]:
    """Where roosters.yaml first names a person."""
    for n, shape in enumerate(files.rotation_shapes):
        for field in ("volgorde", "eerste", "reserve"):
            names = getattr(shape, field) or ()
            if person in names:
                return "roosters", n, field, names.index(person)
    return next((("vast", n, "persoon") for n, shape in enumerate(files.fixed_shapes) if shape.persoon == person), ())


def _running(files: ContactFiles, finding: Finding) -> int:
    """Which block of roosters.yaml began last for the role before a moment at which somebody is on call."""
    zone = files.contacts.region.zone
    begun = [
        (started, n)
        for n, shape in enumerate(files.rotation_shapes)
        if shape.rol == finding.role and finding.start and (started := instant_of(shape.vanaf, zone)) <= finding.start
    ]
    return max(begun)[1] if begun else _first(files, finding.role)


def _overdue(playbooks: PlaybookFiles, today: datetime) -> Iterator[Problem]:
    for source in playbooks.sources:
        if source.shape.herzien_voor <= today.date():
            yield source.document.problem("review_passed", "herzien_voor", date=source.shape.herzien_voor)


def _local(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
