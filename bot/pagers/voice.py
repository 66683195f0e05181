"""Telephone calls by a service that speaks TwiML: it rings, fetches what to say from our address, and posts the key there.

Checked against Twilio's page on the Call resource and its security page: POST …/Accounts/{account}/Calls.json as a form with
basic authentication gives 201 and the call's `sid`; GET of the same lists calls by `To`, newest first; POST of
`Status=completed` to one ends it, ringing or not; `Twiml` holds the words themselves, in place of `Url`. A repeated POST rings
twice (error 20500 leaves it open), so nothing is repeated. The list shows no reference of ours: a call to that number since the
page was asked for is ours.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import quote
from xml.sax.saxutils import escape

import httpx
import msgspec

from bot.domain.delivery import Delivered, GaveUp, Outcome, Unclear
from bot.domain.ids import EventId
from bot.domain.ladder import Channel
from bot.pagers.asking import Answer, Asked, Asking, may_be_repeated, not_accepted
from bot.pagers.channel import MESSAGE_REFUSED, Notice
from bot.words.channel_words import LOCALES

URL: Final = "https://api.twilio.com/2010-04-01"
RING_SECONDS: Final = "30"
# Their clock and ours; and calls are told to the second.
_CLOCKS: Final = timedelta(seconds=3)
# What Twilio says of a number that cannot be called (its error dictionary): invalid, not allowed, not reachable from ours.
_OF_NUMBER: Final = frozenset((13224, 13225, 13226, 21201, 21211, 21214, 21215, 21216, 21217))
_ALREADY_OVER: Final = frozenset((20404, 21220))


class _Call(msgspec.Struct):
    sid: str
    to: str = ""
    status: str = ""
    date_created: str | None = None


class _Calls(msgspec.Struct):
    calls: list[_Call]


class _Error(msgspec.Struct):
    code: int = 0


@dataclass(frozen=True, slots=True)
class VoiceCalls:
    ask: Asking
    account: str
    token: str = field(repr=False)
    number: str  # from which is called
    url: str = URL
    channel: Channel = "voice"

    async def send(self, notice: Notice) -> Outcome:
        """What the service says it asks at the notice's link; without a link it says the speech and hangs up."""
        if not notice.link and not notice.speech:
            return GaveUp("no_link")
        form = {"To": notice.address, "From": self.number, "Timeout": RING_SECONDS}
        form |= {"Url": notice.link, "Method": "POST"} if notice.link else {"Twiml": _only_said(notice)}
        asked = await self._asked("POST", "Calls.json", form=form)
        if isinstance(asked, Answer) and asked.status == 400:
            error = asked.read(_Error)
            return GaveUp(MESSAGE_REFUSED if error and error.code in _OF_NUMBER else "refused_400")
        if not isinstance(asked, Answer) or not asked.good:
            return not_accepted(asked)
        call = asked.read(_Call)
        return Delivered(event=EventId(call.sid)) if call and call.sid else Unclear("nonsense")

    async def find(self, notice: Notice) -> Outcome | None:
        if notice.asked_at is None:
            return None
        wanted = {"To": notice.address, "From": self.number, "PageSize": "20"}
        asked = await self._asked("GET", "Calls.json", params=wanted)
        found = asked.read(_Calls) if isinstance(asked, Answer) and asked.good else None
        if found is None:
            return None
        for call in found.calls:
            at = _instant(call.date_created)
            if at is not None and call.to == notice.address and at >= notice.asked_at - _CLOCKS:
                return GaveUp("call_failed") if call.status == "failed" else Delivered(event=EventId(call.sid))
        return GaveUp("not_arrived")

    async def call_off(self, reference: str, address: str) -> Outcome:
        """Hang up; a call that is over already needs nothing."""
        path = f"Calls/{quote(reference, safe='')}.json"
        asked = await self._asked("POST", path, form={"Status": "completed"})
        if isinstance(asked, Answer):
            error = asked.read(_Error) if asked.status in (400, 404) else None
            if asked.good or (error and error.code in _ALREADY_OVER):
                return Delivered()
        return may_be_repeated(asked)

    async def _asked(
        self, method: str, path: str, *, form: dict[str, str] | None = None, params: dict[str, str] | None = None
    ) -> Asked:
        url = f"{self.url}/Accounts/{self.account}/{path}"
        request = self.ask.http.build_request(method, url, data=form, params=params)
        return await self.ask(request, httpx.BasicAuth(self.account, self.token))


def _only_said(notice: Notice) -> str:
    """Said twice: who just woke up misses the first."""
    words = f'<Say language="{LOCALES[notice.lang]}">{escape(notice.speech)}</Say>'
    return f"<Response>{words}<Pause/>{words}</Response>"


def _instant(said: str | None) -> datetime | None:
    try:
        at = parsedate_to_datetime(said or "")
    except ValueError:
        return None
    return at if at.tzinfo else None
