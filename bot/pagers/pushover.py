"""Push notices by Pushover: emergencies, which ring until somebody acknowledges them on the phone.

Checked against pushover.net/api and pushover.net/api/receipts: POST /1/messages.json as a form; priority 2 wants `retry` (30
seconds at least) and `expire` (10800 at most) and gives a receipt; GET of the receipt, every five seconds at most, says whether
it was acknowledged; POST to receipts/cancel_by_tag ends all of a tag. Any 4xx means "do not send this again"; for what cannot
be sent now it wants five seconds of rest. Repeats carry the same tag, so that one cancellation silences each of them.
"""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

import msgspec

from bot.domain.delivery import Delivered, GaveUp, Outcome, Retry
from bot.domain.ids import EventId
from bot.domain.ladder import Channel
from bot.pagers.asking import Answer, Asking, may_be_repeated
from bot.pagers.channel import MESSAGE_REFUSED, Notice, reference_of

URL: Final = "https://api.pushover.net"
RETRY_SECONDS: Final = 30
EXPIRE_SECONDS: Final = 1800
_REST: Final = 5.0  # seconds
_LONGEST: Final = (250, 1024, 512)  # characters of title, message and address that Pushover takes


class _Sent(msgspec.Struct):
    status: int
    receipt: str = ""
    user: str = ""


class _Receipt(msgspec.Struct):
    status: int
    acknowledged: int = 0


@dataclass(frozen=True, slots=True)
class PushoverPush:
    ask: Asking
    token: str = field(repr=False)
    url: str = URL
    channel: Channel = "pushover"

    async def send(self, notice: Notice) -> Outcome:
        title, text, link = _LONGEST
        form = {
            "token": self.token,
            "user": notice.address,
            "title": notice.title[:title],
            "message": notice.text[:text],
        }
        if notice.link and len(notice.link) <= link:
            form["url"] = notice.link
        tag = reference_of(notice.key)
        if notice.urgent:
            form |= {"priority": "2", "retry": str(RETRY_SECONDS), "expire": str(EXPIRE_SECONDS), "tags": tag}
        asked = await self.ask(self.ask.http.build_request("POST", f"{self.url}/1/messages.json", data=form))
        sent = asked.read(_Sent) if isinstance(asked, Answer) else None
        if isinstance(asked, Answer) and asked.good:
            if sent is None or sent.status != 1 or (notice.urgent and not sent.receipt):
                return Retry("nonsense", _REST)
            return Delivered(event=EventId(f"{sent.receipt}/{tag}" if notice.urgent else ""))
        if isinstance(asked, Answer) and 400 <= asked.status < 500:
            return GaveUp(MESSAGE_REFUSED if sent and sent.user == "invalid" else f"refused_{asked.status}")
        outcome = may_be_repeated(asked)
        return Retry(outcome.reason, _REST) if isinstance(outcome, Retry) else outcome

    async def find(self, notice: Notice) -> Outcome | None:
        return None

    async def call_off(self, reference: str, address: str) -> Outcome:
        tag = reference.partition("/")[2]
        if not tag:
            return Delivered()
        url = f"{self.url}/1/receipts/cancel_by_tag/{quote(tag, safe='')}.json"
        asked = await self.ask(self.ask.http.build_request("POST", url, data={"token": self.token}))
        # Nothing of this tag rings any more.
        if isinstance(asked, Answer) and (asked.good or asked.status == 404):
            return Delivered()
        return may_be_repeated(asked)

    async def acknowledged(self, reference: str) -> bool | None:
        """Whether somebody acknowledged it; None when that cannot be told now. To be asked every five seconds at most."""
        receipt = reference.partition("/")[0]
        url = f"{self.url}/1/receipts/{quote(receipt, safe='')}.json"
        asked = await self.ask(self.ask.http.build_request("GET", url, params={"token": self.token}))
        said = asked.read(_Receipt) if isinstance(asked, Answer) and asked.good else None
        return None if said is None or said.status != 1 else said.acknowledged == 1
