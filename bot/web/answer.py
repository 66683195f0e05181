"""`/a/<code>`: a page with two large buttons. Posting answers; opening it changes nothing, for mail scanners open everything."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from hmac import compare_digest
from typing import Final

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.by_channel import Answering, Asked, Over, Reply
from bot.domain.people import Language
from bot.store.database import AWAY
from bot.store.links import form_token, is_code
from bot.web import pages
from bot.web.wire import HEADERS, Misses, TooLarge, body_of, fields_of, page, too_large
from bot.words.catalogue import Catalogue
from bot.words.web_words import ETAS, Call, Words

# What a button sends; the same words as in a text message.
REPLIES: Final[dict[str, Reply]] = {
    pages.YES: Reply(True),
    **{str(minutes): Reply(True, minutes) for minutes in ETAS},
    pages.NO: Reply(False),
}
# A push notice has its buttons in the notice itself and no form to take a token from; no scanner opens notices.
_WITHOUT_FORM: Final = frozenset(("ntfy",))
log = structlog.get_logger()
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class AnswerPages:
    """`language` is that of the region, for whoever is not known."""

    answering: Answering
    catalogue: Catalogue
    language: Callable[[], Language]
    misses: Misses

    def routes(self) -> list[Route]:
        return [
            # HEAD is answered as GET; both only read
            Route("/a/{code}", self._kept(self.show), methods=["GET"]),
            Route("/a/{code}", self._kept(self.take), methods=["POST"]),
            Route(pages.STYLE_PATH, style, methods=["GET"]),
        ]

    async def show(self, request: Request) -> Response:
        asked = await self._asked(request)
        if isinstance(asked, Response):
            return asked
        words = self._words(asked.person.language)
        if asked.waits:
            return page(pages.question(words, call_of(asked), form_token(request.path_params["code"])))
        return page(self._outcome(asked))

    async def take(self, request: Request) -> Response:
        body = await body_of(request)
        asked = await self._asked(request)
        if isinstance(asked, Response):
            return asked
        words = self._words(asked.person.language)
        given = dict(fields_of(body) or ())
        token = form_token(request.path_params["code"]).encode()
        from_page = compare_digest(given.get(pages.TOKEN, "").encode("utf-8", "replace"), token)
        reply = REPLIES.get(given.get(pages.ANSWER, ""))
        if reply is None or not (from_page or asked.link.channel in _WITHOUT_FORM):
            return page(pages.plain(words, "no_answer"), 400)
        done = await self.answering.answer(asked, reply)
        log.info("answered", channel=asked.link.channel, coming=reply.coming, accepted=done.accepted)
        if done.accepted:
            return page(self._outcome(done.asked))
        return page(self._outcome(done.asked, refused=words("stands")), 409)

    async def _asked(self, request: Request) -> Asked | Response:
        """The page that is asked about; or one and the same answer for every code that is of no use, whatever the reason."""
        code = str(request.path_params["code"])
        if self.misses.too_many(request):
            return page(pages.plain(self._words(None), "too_often"), 429, **{"Retry-After": "60"})
        asked: Asked | Over = await self.answering.asked(code) if is_code(code) else Over()
        if isinstance(asked, Asked):
            return asked
        if asked.lang is None:
            self.misses.miss(request)  # a link that is only over was not guessed: all of one office may open theirs
        return page(pages.plain(self._words(asked.lang), "gone"), 404)

    def _outcome(self, asked: Asked, refused: str = "") -> str:
        words = self._words(asked.person.language)
        stands = asked.stands
        said = words("used") if stands is None else words.answered(stands.coming, stands.eta_minutes)
        coming = stands is not None and stands.coming
        return pages.outcome(words, call_of(asked), said, coming=coming, refused=refused)

    def _words(self, lang: Language | None) -> Words:
        return Words(self.catalogue, lang or self.language())

    def _kept(self, endpoint: Endpoint) -> Endpoint:
        """Says plainly what a browser would show as an error of its own."""

        @wraps(endpoint)
        async def kept(request: Request) -> Response:
            try:
                return await endpoint(request)
            except TooLarge:
                return too_large()
            except AWAY as lost:
                log.error("database", loop="web", reason=type(lost).__name__)
                return page(pages.plain(self._words(None), "away"), 503, **{"Retry-After": "10"})

        return kept


def call_of(asked: Asked) -> Call:
    incident = asked.incident
    return Call(
        person=asked.person.name,
        roles=asked.page.roles,
        number=incident.number,
        municipality=incident.municipality_name,
        alarm_at=incident.alarm_at or asked.page.since,
        exercise=incident.exercise,
    )


async def style(_: Request) -> Response:
    headers = {**HEADERS, "Cache-Control": "public, max-age=86400"}
    return Response(pages.STYLE, 200, headers, "text/css; charset=utf-8")
