"""`/rooster/<secret>.ics`: a calendar that programs fetch by themselves; the secret in the address is all the proof they have."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.domain.contacts import Contacts
from bot.domain.duty import Change
from bot.domain.ids import PersonId, RoleId
from bot.store import feeds, overrides
from bot.store.database import AWAY, Database
from bot.store.feeds import Feed
from bot.web.wire import HEADERS, Misses
from bot.words.calendar_words import Calendars, Period, period, slots_of_person, slots_of_role
from bot.words.catalogue import Catalogue

log = structlog.get_logger()
_HEADERS: Final = {**HEADERS, "Content-Disposition": 'inline; filename="rooster.ics"'}


@dataclass(frozen=True, slots=True)
class CalendarPages:
    """`host` makes the names of events unique."""

    database: Database
    contacts: Callable[[], Contacts]
    catalogue: Catalogue
    host: str
    wall: Callable[[], datetime]
    misses: Misses

    def routes(self) -> list[Route]:
        return [Route("/rooster/{code}.ics", self.fetched, methods=["GET"])]

    async def fetched(self, request: Request) -> Response:
        if self.misses.too_many(request):
            return PlainTextResponse("too often\n", 429, {**HEADERS, "Retry-After": "60"})
        over = period(self.wall())
        try:
            async with self.database.read() as tx:
                feed = await feeds.get(tx, str(request.path_params["code"]))
                changes = await overrides.changes(tx, over.start, over.end) if feed is not None else ()
        except AWAY as lost:
            log.error("database", loop="web", reason=type(lost).__name__)
            return PlainTextResponse("again\n", 503, {**HEADERS, "Retry-After": "60"})
        if feed is None or not self._stands(feed):
            # unknown, renewed, or of somebody who left: it is not told which
            self.misses.miss(request)
            return PlainTextResponse("not found\n", 404, HEADERS)
        # half a year of a large roster takes a moment, in which nobody may wait for a page
        made = await asyncio.to_thread(self._made, feed, changes, over)
        return Response(made, 200, _HEADERS, "text/calendar; charset=utf-8")

    def _stands(self, feed: Feed) -> bool:
        people = self.contacts().people
        known = feed.kind == "role" or PersonId(feed.subject) in people
        return feed.revoked_at is None and feed.made_by in people and known

    def _made(self, feed: Feed, changes: tuple[Change, ...], over: Period) -> bytes:
        contacts, now = self.contacts(), self.wall()
        calendars = Calendars(self.catalogue, contacts, self.host, contacts.people[feed.made_by].language)
        if feed.kind == "person":
            return calendars.of_person(slots_of_person(contacts, changes, PersonId(feed.subject), over), over, now)
        role = RoleId(feed.subject)
        return calendars.of_role(role, slots_of_role(contacts, changes, role, over), over, now)
