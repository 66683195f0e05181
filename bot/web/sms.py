"""`/sms/<secret>`: where the provider brings text messages. It hears that one arrived only once that is in the database.

What is no text message is answered with 200 as well: services repeat whatever was answered otherwise, some for days, and it
would be no text message at the last try either. The log tells of it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hmac import compare_digest

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.store.database import AWAY
from bot.web.wire import HEADERS, Misses, TooLarge, body_of

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class SmsWebhook:
    """`take` keeps what a body holds, and says (and logs) whether that was a text message.

    The services sign nothing that all of them have, so the secret in the address is what they are known by.
    """

    secret: str = field(repr=False)
    take: Callable[[bytes], Awaitable[bool]]
    misses: Misses

    def routes(self) -> list[Route]:
        return [Route("/sms/{secret}", self.brought, methods=["POST"])]

    async def brought(self, request: Request) -> Response:
        given = str(request.path_params["secret"])
        # the secret first: however many others guess from the same address, what the provider brings is taken
        if not compare_digest(given.encode("utf-8", "replace"), self.secret.encode()):
            if self.misses.too_many(request):
                return PlainTextResponse("too often\n", 429, {**HEADERS, "Retry-After": "60"})
            self.misses.miss(request)
            return PlainTextResponse("not found\n", 404, HEADERS)
        try:
            taken = await self.take(await body_of(request))
        except TooLarge:
            log.warning("sms_too_large")
            taken = False
        except AWAY as lost:
            # the provider tries again, which is the whole point of not saying 200
            log.error("database", loop="web", reason=type(lost).__name__)
            return PlainTextResponse("again\n", 503, {**HEADERS, "Retry-After": "10"})
        return PlainTextResponse("ok\n" if taken else "no text message\n", 200, HEADERS)
