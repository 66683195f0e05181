"""Everything that is wrong or unwise in the reference data at a moment: what `iogplus check` prints.

Loading refuses what cannot be used. This says more: what will go wrong in the next fourteen days, and what is overdue.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.contacts import Contacts
from bot.domain.ids import RoleId
from bot.domain.people import COORDINATOR
from bot.domain.roster import LAYERS, Layer, Shift, instant_of, shifts
from bot.reference.contacts import ContactFiles, read_contacts
from bot.reference.playbooks import PlaybookFiles, read_playbooks
from bot.reference.problems import Problem, ordered

HORIZON: Final = timedelta(days=14)


def check(contacts_dir: Path, playbooks_dir: Path, at: datetime) -> tuple[Problem, ...]:
    """All problems in both directories, by file and line; `at` is the moment (aware) from which the rosters are judged.

    When the contacts are broken the playbooks are still read, without the questions that need the contacts.
    """
    contacts = read_contacts(contacts_dir)
    known = contacts.contacts if isinstance(contacts, ContactFiles) else None
    playbooks = read_playbooks(playbooks_dir, known)
    problems: list[Problem] = []
    if isinstance(contacts, ContactFiles):
        problems += _uncovered(contacts, playbooks if isinstance(playbooks, PlaybookFiles) else None)
        for role in _rostered(contacts.contacts):
            problems += _gap(contacts, role, at)
            problems += _in_both_layers(contacts, role, at)
    else:
        problems += contacts
    if isinstance(playbooks, PlaybookFiles):
        zone = ZoneInfo(known.region.zone) if known else UTC
        problems += _overdue(playbooks, at.astimezone(zone))
    else:
        problems += playbooks
    return ordered(problems)


def _rostered(contacts: Contacts) -> tuple[RoleId, ...]:
    return tuple(dict.fromkeys(rotation.role for rotation in contacts.rotations))


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


def _gap(files: ContactFiles, role: RoleId, at: datetime) -> Iterator[Problem]:
    """The first stretch of the coming days in which a role has nobody."""
    contacts = files.contacts
    index = next(n for n, shape in enumerate(files.rotation_shapes) if shape.rol == role)
    for layer in LAYERS:
        spans = shifts(contacts.rotations, (), role, layer, at, at + HORIZON)
        edges = [at, *(edge for span in spans for edge in (span.start, span.end)), at + HORIZON]
        for start, end in list(pairwise(edges))[::2]:
            if start < end:
                yield files.rotations.problem(
                    "rotation_gap",
                    *("roosters", index, "vanaf"),
                    role=role,
                    layer=layer,
                    start=_local(start, contacts),
                    end=_local(end, contacts),
                )
                break


def _in_both_layers(files: ContactFiles, role: RoleId, at: datetime) -> Iterator[Problem]:
    """The first moment of the coming days at which one person is both first and reserve: the reserve is then nobody."""
    contacts = files.contacts

    def of(layer: Layer) -> tuple[Shift, ...]:
        return shifts(contacts.rotations, (), role, layer, at, at + HORIZON)

    for first in of("eerste"):
        for second in of("reserve"):
            start = max(first.start, second.start)
            if first.person == second.person and start < min(first.end, second.end):
                yield files.rotations.problem(
                    "both_layers",
                    *("roosters", _running(files, role, start), "reserve"),
                    person=first.person,
                    role=role,
                    start=_local(start, contacts),
                )
                return


def _running(files: ContactFiles, role: RoleId, at: datetime) -> int:
    """Which block of roosters.yaml counts for the role at a moment at which somebody is on call."""
    zone = files.contacts.region.zone
    begun = [
        (started, n)
        for n, shape in enumerate(files.rotation_shapes)
        if shape.rol == role and (started := instant_of(shape.vanaf, zone)) <= at
    ]
    return max(begun)[1]


def _overdue(playbooks: PlaybookFiles, today: datetime) -> Iterator[Problem]:
    for source in playbooks.sources:
        if source.shape.herzien_voor <= today.date():
            yield source.document.problem("review_passed", "herzien_voor", date=source.shape.herzien_voor)


def _local(at: datetime, contacts: Contacts) -> str:
    return at.astimezone(ZoneInfo(contacts.region.zone)).strftime("%Y-%m-%d %H:%M")
