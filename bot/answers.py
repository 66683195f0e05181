"""Read-only questions about who waits for what: which page is meant, which incident somebody speaks of, how it stood at a time."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.desk import Desk
from bot.domain import entries as e
from bot.domain.authority import takes_part
from bot.domain.ids import IncidentId, PersonId
from bot.domain.incident import Action, Incident, Page
from bot.domain.people import COORDINATOR, Person
from bot.folding import BrokenLog, blob_names, fold, read_entries
from bot.logbook.chain import LogEntry
from bot.store import directory, log, outbox
from bot.store.directory import DirectoryRow

ACTIONS_LAST: Final = timedelta(days=180)  # so long after its end an incident is looked in for actions without a time


@dataclass(frozen=True, slots=True)
class OpenPage:
    """A page that waits for an answer, or that was answered last, with its incident."""

    incident: Incident
    page: Page


async def incidents(desk: Desk) -> Sequence[Incident]:
    """The open incidents whose log is sound, oldest first."""
    async with desk.database.read() as tx:
        rows = await directory.open_rows(tx)
    return await _sound(desk, rows)


async def _sound(desk: Desk, rows: Iterable[DirectoryRow]) -> list[Incident]:
    found: list[Incident] = []
    for row in sorted(rows, key=lambda r: (r.opened_at, r.number)):
        # one whose log is broken was told to operators at the start; nobody can be asked about it, or answer in it
        with suppress(BrokenLog):
            found.append(await desk.incident(row.id))
    return found


async def _spoken_to(desk: Desk, person: PersonId) -> list[Incident]:
    """The open incidents in which the bot spoke to a person, oldest first; no other has to be read for an answer."""
    async with desk.database.read() as tx:
        known = await outbox.spoken_to(tx, person)
        rows = [row for row in await directory.open_rows(tx) if row.id in known]
    return await _sound(desk, rows)


async def numbered(desk: Desk, number: str) -> Incident | None:
    """The incident that people call `2026-014`, in whatever state."""
    async with desk.database.read() as tx:
        row = await directory.by_number(tx, number)
    return None if row is None else await desk.incident(row.id)


async def pages_of(desk: Desk, person: PersonId) -> tuple[list[OpenPage], list[OpenPage]]:
    """The pages to a person in open incidents, newest first: those that wait for an answer, and the others."""
    found = [OpenPage(i, p) for i in await _spoken_to(desk, person) for p in i.pages.values() if p.person == person]
    found.sort(key=lambda o: o.page.since, reverse=True)
    return [o for o in found if o.page.state == "open"], [o for o in found if o.page.state != "open"]


async def spoken_of(desk: Desk, person: Person) -> Incident | None:
    """The incident that somebody means who names none: the newest open one in which the person takes part."""
    for incident in reversed(await _spoken_to(desk, person.id)):
        paged = any(p.person == person.id for p in incident.pages.values())
        if incident.reporter == person.id or paged or _is_offered(incident, person):
            return incident
    async with desk.database.read() as tx:
        rows = await directory.open_rows(tx)
    for row in sorted(rows, key=lambda r: (r.opened_at, r.number), reverse=True):
        with suppress(BrokenLog):
            incident = await desk.incident(row.id)
            if takes_part(incident, person) or _is_offered(incident, person):
                return incident
    return None


def _is_offered(incident: Incident, person: Person) -> bool:
    """Who is asked to take a role over had no part in the incident until now."""
    return any(call.offered_to == person.id for call in incident.calls.values())


async def last_closed(desk: Desk, person: Person) -> Incident | None:
    """The incident that was closed last in which the person took part; it can still be reopened."""
    return await _closed(desk, person, lambda _: True)


async def reopenable(desk: Desk, person: Person) -> Incident | None:
    """The incident that `heropen` without a number means: one that joined another goes on there, and is not opened by chance."""
    return await _closed(desk, person, lambda incident: incident.joined_into is None)


async def _closed(desk: Desk, person: Person, fits: Callable[[Incident], bool]) -> Incident | None:
    async with desk.database.read() as tx:
        rows = await directory.closed_rows(tx)
    for row in rows:
        with suppress(BrokenLog):
            incident = await desk.incident(row.id)
            if takes_part(incident, person) and fits(incident):
                return incident
    return None


async def with_actions(desk: Desk, person: Person) -> list[tuple[Incident, list[Action]]]:
    """The incidents in which actions are open for a person, the newest first, each with those: the own, and for a coordinator
    everybody's."""
    since = desk.clock().now - ACTIONS_LAST
    async with desk.database.read() as tx:
        rows = await directory.lasting_rows(tx, since)
    found = []
    for row in rows:
        with suppress(BrokenLog):
            incident = await desk.incident(row.id)
            leads = COORDINATOR in person.roles
            left = [one for one in incident.actions if one.state == "open" and (leads or one.owner == person.id)]
            if left and takes_part(incident, person):
                found.append((incident, left))
    return found


async def told(desk: Desk, incident_id: IncidentId) -> list[tuple[LogEntry, e.Entry]]:
    """The entries of an incident as sealed and as told."""
    async with desk.database.read() as tx:
        row = await directory.get(tx, incident_id)
        if row is None:
            return []
        raws = await log.entries(tx, row.log)
        openings = await log.openings(tx, row.log)
        blobs = await log.blobs(tx, blob_names(openings))
    return read_entries(raws, openings, blobs.__getitem__)


async def at_moment(desk: Desk, incident_id: IncidentId, moment: datetime) -> Incident | None:
    """How the incident stood at a moment (UTC): the fold of its log up to then; None before it began."""
    async with desk.database.read() as tx:
        row = await directory.get(tx, incident_id)
        if row is None or row.opened_at > moment:
            return None
        raws = await log.entries(tx, row.log)
        openings = await log.openings(tx, row.log)
        blobs = await log.blobs(tx, blob_names(openings))
    return fold(row, raws, openings, blobs.__getitem__, until=moment).incident
