"""What the telephone says and what a key does: in a call that the bot made (`/voice/<code>`) and in one that it gets (`/voice`).

Only a key is an answer. A call that was picked up, by a person or a machine, and in which nobody pressed a key, is none.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote, urlencode

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot import answers
from bot.answers import OpenPage
from bot.by_channel import Answering, Over, Reply, command, stands, waits
from bot.domain import commands as c
from bot.domain.ids import EventId, IncidentId, PageId, PersonId
from bot.domain.ladder import Channel
from bot.domain.origin import Origin
from bot.domain.people import MELDER, Language, Person
from bot.store.database import AWAY
from bot.strangers import Strangers
from bot.web import twiml
from bot.web.answer import call_of
from bot.web.wire import HEADERS, TooLarge, body_of, fields_of, too_large
from bot.words.catalogue import Catalogue
from bot.words.web_words import Call, Words, digits

KEYS: Final[dict[str, Reply]] = {"1": Reply(True), "0": Reply(False)}
ALARM_KEY: Final = "1"
AGAIN_KEY: Final = "9"
MOST_TIMES: Final = 3  # the menu is said so often; then the call ends without an answer
_TIMES: Final = "keer"
_ALARM: Final = "alarm"  # what the menu was about that no page was named in
_MACHINES: Final = ("machine", "fax")
log = structlog.get_logger()
Spoken = Callable[["Ringing"], Awaitable[str]]
Whose = Callable[[Channel, str], Awaitable[PersonId | None]]


@dataclass(frozen=True, slots=True)
class Ringing:
    """One request of the telephone service whose signature was right. `times`: how often the menu was said already."""

    path: str
    query: dict[str, str]
    fields: dict[str, str]
    code: str

    @property
    def key(self) -> str:
        return self.fields.get("Digits", "")

    @property
    def times(self) -> int:
        said = self.query.get(_TIMES, "")
        return int(said) if said.isascii() and said.isdigit() and len(said) < 3 else 0

    @property
    def by_machine(self) -> bool:
        return self.fields.get("AnsweredBy", "").startswith(_MACHINES)


@dataclass(frozen=True, slots=True)
class VoicePages:
    """`token` is the account's key at the service, `public_url` how the service knows us, `whose` says whose a number is;
    `new_id` makes an incident's id from what raised it."""

    answering: Answering
    catalogue: Catalogue
    language: Callable[[], Language]
    public_url: str
    token: str
    whose: Whose
    fingerprint: Callable[[str], str]
    strangers: Strangers
    new_id: Callable[[EventId], IncidentId]

    def routes(self) -> list[Route]:
        return [
            Route("/voice", self._only_signed(self._incoming), methods=["POST"]),
            Route("/voice/{code}", self._only_signed(self._outgoing), methods=["POST"]),
        ]

    # --- a call that the bot made -----------------------------------------------------------------------------------

    async def _outgoing(self, ringing: Ringing) -> str:
        if ringing.by_machine:
            return twiml.hung_up()
        asked = await self.answering.asked(ringing.code)
        if isinstance(asked, Over):
            words = self._words(asked.lang)
            return twiml.said_then_hung_up(words.lang, words.spoken("over"))
        words = self._words(asked.person.language)
        reply = KEYS.get(ringing.key)
        if reply is not None:
            given = await self.answering.answer(asked, reply)
            log.info("answered", channel="voice", coming=reply.coming, accepted=given.accepted)
            return _told(words, given.asked.stands, accepted=given.accepted)
        if not asked.waits:
            return _told(words, asked.stands, accepted=True)
        return self._menu(words, ringing, words.menu(call_of(asked)))

    # --- a call that the bot gets -----------------------------------------------------------------------------------

    async def _incoming(self, ringing: Ringing) -> str:
        number = ringing.fields.get("From", "")
        known = await self.whose("voice", number) if number else None
        person = None if known is None else self.answering.contacts().people.get(known)
        if person is None:
            await self.strangers.refuse("voice", self.fingerprint(number))
            words = self._words(None)
            return twiml.said_then_hung_up(words.lang, words.spoken("stranger"))
        words = self._words(person.language)
        about = ringing.query.get("over", "")
        if about == _ALARM and MELDER in person.roles:
            return await self._alarm(replace(ringing, path=f"/voice?over={_ALARM}"), person, words)
        waiting, others = await answers.pages_of(self.answering.desk, person.id)
        # the key is about what the menu named, also when another page came meanwhile or that one is over: a yes is no alarm
        meant = next((o for o in (*waiting, *others) if (_name(o) == about if about else waits(o.page))), None)
        if meant is not None:
            return await self._called_back(replace(ringing, path=f"/voice?over={quote(_name(meant))}"), person, meant)
        if about:
            return twiml.said_then_hung_up(words.lang, words.spoken("over"))
        if MELDER not in person.roles:
            return twiml.said_then_hung_up(words.lang, words.spoken("nothing_for_you"))
        return await self._alarm(replace(ringing, path=f"/voice?over={_ALARM}"), person, words)

    async def _called_back(self, ringing: Ringing, person: Person, meant: OpenPage) -> str:
        """Who was called and calls back answers the page all the same."""
        words = self._words(person.language)
        reply = KEYS.get(ringing.key)
        if reply is None:
            incident = meant.incident
            alarm_at = incident.alarm_at or meant.page.since
            call = Call(
                person.name, meant.page.roles, incident.number, incident.municipality_name, alarm_at, incident.exercise
            )
            return self._menu(words, ringing, words.menu(call))
        desk, page = self.answering.desk, meant.page.id
        by = self._origin(ringing, person)
        try:
            incident = await desk.handle(meant.incident.id, command(page, reply, "key", by), cause=by.cause)
        except c.Refused:
            incident = await desk.incident(meant.incident.id)
        standing = stands(incident.pages[PageId(page)])
        log.info("answered", channel="voice", coming=reply.coming, accepted=standing == reply)
        return _told(words, standing, accepted=standing == reply)

    async def _alarm(self, ringing: Ringing, person: Person, words: Words) -> str:
        """A registered officer raises an alarm with one key; somebody calls back for the rest."""
        if ringing.key != ALARM_KEY:
            contacts = self.answering.contacts()
            home = None if person.municipality is None else contacts.municipality(person.municipality)
            return self._menu(words, ringing, words.spoken("alarm_menu", municipality=home.name if home else ""))
        by = self._origin(ringing, person)
        assert by.cause is not None, "a call has a number of its own"
        alarm = c.RaiseAlarm(text=words.spoken("alarm_text"), by=by)
        try:
            incident = await self.answering.desk.handle(self.new_id(by.cause), alarm, cause=by.cause)
        except c.Refused:
            return twiml.said_then_hung_up(words.lang, words.spoken("no_alarm"))
        log.info("alarm", channel="voice")
        return twiml.said_then_hung_up(words.lang, words.spoken("alarm_done", number=digits(incident.number)))

    def _origin(self, ringing: Ringing, person: Person) -> Origin:
        """One call and key is one cause, however often the service tells of it."""
        return Origin(
            actor=person.id,
            account=f"voice:{self.fingerprint(ringing.fields.get('From', ''))[:16]}",
            via="voice",
            cause=EventId(f"voice:{ringing.fields.get('CallSid', '')}:{ringing.key}"),
            room="direct",
            proof="clear",
        )

    # --- both ---------------------------------------------------------------------------------------------------------

    def _menu(self, words: Words, ringing: Ringing, menu: str) -> str:
        """The menu, once more after silence, a wrong key or the key that asks for it; then the end, which answers nothing."""
        if ringing.times >= MOST_TIMES:
            return twiml.said_then_hung_up(words.lang, words.spoken("bye"))
        wrong = ringing.key not in ("", AGAIN_KEY)
        first = (words.spoken("again"),) if wrong else ()
        between = "&" if "?" in ringing.path else "?"
        here = f"{self._public(ringing.path)}{between}{urlencode({_TIMES: ringing.times + 1})}"
        return twiml.asked(words.lang, here, *first, menu)

    def _public(self, path: str) -> str:
        return f"{self.public_url.rstrip('/')}{path}"

    def _words(self, lang: Language | None) -> Words:
        return Words(self.catalogue, lang or self.language())

    def _only_signed(self, spoken: Spoken) -> Callable[[Request], Awaitable[Response]]:
        """Anybody may find the address; only who has the account's key is answered."""

        async def endpoint(request: Request) -> Response:
            try:
                fields = fields_of(await body_of(request))
            except TooLarge:
                return too_large()
            query = f"?{request.url.query}" if request.url.query else ""
            given = request.headers.get("x-twilio-signature", "")
            url = self._public(f"{request.url.path}{query}")
            if fields is None or not twiml.is_signed(self.token, url, fields, given):
                log.warning("unsigned", channel="voice")
                return PlainTextResponse("not signed\n", 403, HEADERS)
            code = str(request.path_params.get("code", ""))
            ringing = Ringing(request.url.path, dict(request.query_params), dict(fields), code)
            if not ringing.fields.get("CallSid"):
                # two calls without a name would count as one, and the second alarm as a repeat of the first
                return PlainTextResponse("no call\n", 400, HEADERS)
            try:
                said = await spoken(ringing)
            except AWAY as lost:
                log.error("database", loop="web", reason=type(lost).__name__)
                words = self._words(None)
                said = twiml.said_then_hung_up(words.lang, words.spoken("away"))
            return Response(said, 200, HEADERS, "text/xml; charset=utf-8")

        return endpoint


def _name(open_page: OpenPage) -> str:
    return f"{open_page.incident.number}/{open_page.page.id}"


def _told(words: Words, standing: Reply | None, *, accepted: bool) -> str:
    """The answer that stands, read back."""
    if standing is None:
        return twiml.said_then_hung_up(words.lang, words.spoken("over"))
    first = () if accepted else (words.spoken("stands"),)
    return twiml.said_then_hung_up(words.lang, *first, words.understood(standing.coming, standing.eta_minutes))
